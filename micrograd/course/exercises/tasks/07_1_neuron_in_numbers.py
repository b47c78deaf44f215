"""A neuron by hand, in numbers

A neuron has x1 = 3, w1 = -2, x2 = 5, w2 = 0.5 and b = 4.1931471805599453, an odd number that makes
the others round. It is computed in five steps:

    p1 = x1 * w1      p2 = x2 * w2      s = p1 + p2      n = s + b      o = tanh(n) = 0.6

On paper, find the grad of each node, from o backwards: how many times as fast as this node does o
move? Replace each ... by your number, or by a product of numbers. You need no calculator, since 0.6
squared is 0.36.
"""


def grads():
    # <solution>
    grad_o = 1
    grad_n = 0.64
    grad_s = 0.64
    grad_b = 0.64
    grad_p1 = 0.64
    grad_p2 = 0.64
    grad_x1 = -1.28
    grad_w1 = 1.92
    grad_x2 = 0.32
    grad_w2 = 3.2
    # </solution>
    return [
        *(grad_o, grad_n, grad_s, grad_b, grad_p1, grad_p2),
        *(grad_x1, grad_w1, grad_x2, grad_w2),
    ]


# <checker>
import math

from micrograd.course.exercises.by_hand import PRODUCT, SUM, TANH, Edge, examine_numbers

HINTS = (
    "Begin with grad_o, which is 1. The slope of tanh is one minus the square of its result.",
    "grad_n is 1 - 0.6**2. The two sums hand it on as it is, to s, b, p1 and p2.",
    "grad_n is 0.64, and grad_x1 is 0.64 times the other number of its product, w1 = -2.",
)
NAMES = ("o", "n", "s", "b", "p1", "p2", "x1", "w1", "x2", "w2")
GIVEN = ["\n".join(f"grad_{name} = ..." for name in NAMES)]


def filled(*numbers):
    """Return the lines with these numbers."""
    return "\n".join(f"grad_{name} = {x}" for name, x in zip(NAMES, numbers))


RIGHT = (
    filled(
        *(1.0, "1 - 0.6**2", "grad_n", "grad_n", "grad_s", "grad_s"),
        *("grad_p1 * -2", "grad_p1 * 3", "grad_p2 * 0.5", "grad_p2 * 5"),
    ),
    filled(1, *["16 / 25"] * 5, -1.28, 1.92, 0.32, 3.2),
)
WRONG = {
    filled(0.6, *[0.64] * 5, -1.28, 1.92, 0.32, 3.2): "exactly as fast as itself",
    filled(1, *[0.52] * 5, -1.04, 1.56, 0.26, 2.6): "squares n",
    filled(1, *[0.5195] * 5, -1.039, 1.5586, 0.26, 2.5977): "squares n",
    filled(1, *[0.4] * 5, -0.8, 1.2, 0.2, 2): "without the square",
    filled(1, *[0.36] * 5, -0.72, 1.08, 0.18, 1.8): "the 1 - is missing",
    filled(1, *[0.6] * 5, -1.2, 1.8, 0.3, 3): "tanh itself",
    filled(1, *[1] * 5, -2, 3, 0.5, 5): "as if tanh were a sum",
    filled(1, *[-0.64] * 5, 1.28, -1.92, -0.32, -3.2): "grad_n has the wrong sign",
    filled(1, 0.64, 0.64, 1, 0.64, 0.64, -1.28, 1.92, 0.32, 3.2): "grad_b is the partial alone",
    filled(1, 0.64, 0.64, 2.6836, 0.64, 0.64, -1.28, 1.92, 0.32, 3.2): "the size of b",
    filled(1, 0.64, 1, 1, 1, 1, -2, 3, 0.5, 5): "grad_s is the partial alone",
    filled(1, 0.64, 1.64, 1.64, 2.64, 2.64, 0, 0, 0, 0): "grad_s is a sum of rates",
    filled(1, *[0.64] * 5, 1.92, -1.28, 3.2, 0.32): "grad_x1 has x1's own number",
    filled(1, *[0.64] * 5, -2, 3, 0.5, 5): "grad_x1 is the partial alone",
    filled(1, *[0.64] * 5, -1.36, 3.64, 1.14, 5.64): "grad_x1 is a sum of rates",
    filled(1, *[0.64] * 5, 1.28, 1.92, 0.32, 3.2): "grad_x1 has the wrong sign",
    filled(1, *[0.64] * 5, 0.64, 0.64, 0.64, 0.64): "handed on as it is",
    filled(1, *[0.64] * 5, -1.28, 1.92, 3.2, 0.32): "grad_x2 has x2's own number",
    filled(1, *[0.64] * 5, -1.28, 1.92, 0.32, -3.2): "grad_w2 has the wrong sign",
    filled(1, *[0.64] * 5, -1.28, 1.92, 0.32, 5): "grad_w2 is the partial alone",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "w2 has the largest grad, since x2 is the largest input: moving it changes the "
    "answer most. The two inputs have grads as well, but nobody trains them.",
}
EDGES = (
    Edge("n", "o", TANH),
    Edge("s", "n", SUM, "b"),
    Edge("b", "n", SUM, "s"),
    Edge("p1", "s", SUM, "p2"),
    Edge("p2", "s", SUM, "p1"),
    Edge("x1", "p1", PRODUCT, "w1"),
    Edge("w1", "p1", PRODUCT, "x1"),
    Edge("x2", "p2", PRODUCT, "w2"),
    Edge("w2", "p2", PRODUCT, "x2"),
)
BIAS = 4.1931471805599453
DATA = {"x1": 3, "w1": -2, "x2": 5, "w2": 0.5, "b": BIAS, "p1": -6, "p2": 2.5, "s": -3.5}
DATA |= {"n": BIAS - 3.5, "o": math.tanh(BIAS - 3.5)}


def check_the_numbers(grads):
    """the ten grads, from o backwards"""
    examine_numbers(grads(), EDGES, DATA)


# </checker>
