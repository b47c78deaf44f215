"""A neuron by hand, in lines of code

The neuron o = tanh(x1*w1 + x2*w2 + b) is computed step by step. Write a line for each grad, from o
backwards, that is right for all inputs, weights and biases.
"""

from math import tanh


def grads(x1, w1, x2, w2, b):
    p1 = x1 * w1
    p2 = x2 * w2
    s = p1 + p2
    n = s + b
    o = tanh(n)

    # <solution>
    grad_o = 1.0
    grad_n = grad_o * (1.0 - o**2)
    grad_s = grad_n * 1.0
    grad_b = grad_n * 1.0
    grad_p1 = grad_s * 1.0
    grad_p2 = grad_s * 1.0
    grad_x1 = grad_p1 * w1
    grad_w1 = grad_p1 * x1
    grad_x2 = grad_p2 * w2
    grad_w2 = grad_p2 * x2
    # </solution>
    return [
        *(grad_o, grad_n, grad_s, grad_b, grad_p1, grad_p2),
        *(grad_x1, grad_w1, grad_x2, grad_w2),
    ]


# <checker>
import math

from micrograd.course.exercises.by_hand import PRODUCT, SUM, TANH, Edge, compare_lines

HINTS = (
    "Begin with grad_o = 1.0. The slope of tanh is one minus the square of its result, o.",
    "Two sums follow: each hands on what has arrived. At a product each gets the other number.",
    "grad_n is grad_o * (1.0 - o**2), and grad_x1 is grad_p1 * w1.",
)
ANSWER = {
    "o": "1.0",
    "n": "grad_o * (1.0 - o**2)",
    "s": "grad_n * 1.0",
    "b": "grad_n * 1.0",
    "p1": "grad_s * 1.0",
    "p2": "grad_s * 1.0",
    "x1": "grad_p1 * w1",
    "w1": "grad_p1 * x1",
    "x2": "grad_p2 * w2",
    "w2": "grad_p2 * x2",
}


def lines(**other):
    """Return the lines of the answer, with these instead of some of them."""
    return "\n".join(f"grad_{name} = {text}" for name, text in (ANSWER | other).items())


GIVEN = [lines(**dict.fromkeys(ANSWER, "..."))]
RIGHT = (
    lines(n="1.0 - tanh(n) * tanh(n)", s="grad_n", b="grad_n", p1="grad_n", p2="grad_n"),
    lines(n="(1 - o) * (1 + o)", x1="grad_n * w1", w2="x2 * grad_b"),
)
WRONG = {
    lines(o="o"): "the number o and not a rate",
    lines(n="grad_o * (1.0 - n**2)"): "squares n",
    lines(n="grad_o * (1.0 - o)"): "without the square",
    lines(n="(1 - o) ** 2"): "squares the whole of 1 - o",
    lines(n="1 - o * 2"): "doubles o",
    lines(n="1 - tanh(o) ** 2"): "a tanh already",
    lines(n="grad_o * o**2"): "the 1 - is missing",
    lines(n="grad_o"): "as if tanh were a sum",
    lines(n="-(1.0 - o**2)"): "grad_n has the wrong sign",
    lines(n="o"): "tanh itself",
    lines(s="1.0"): "grad_s is the partial alone",
    lines(b="1.0"): "grad_b is the partial alone",
    lines(b="grad_n * b"): "b's own number",
    lines(b="grad_n * s", s="grad_n * b"): "the rule of a product",
    lines(p1="grad_s * p1", p2="grad_s * p2"): "the size of p1",
    lines(x1="grad_p1 * x1", w1="grad_p1 * w1"): "grad_x1 has x1's own number",
    lines(x1="w1", w1="x1", x2="w2", w2="x2"): "grad_x1 is the partial alone",
    lines(x1="grad_p1 + w1", w1="grad_p1 + x1"): "grad_x1 is a sum of rates",
    lines(x1="-grad_p1 * w1"): "grad_x1 has the wrong sign",
    lines(x1="grad_p1", w1="grad_p1"): "handed on as it is",
    lines(x2="grad_p2 * x2"): "grad_x2 has x2's own number",
    lines(w2="grad_p2 * p2"): "the product p2 itself",
    lines(w2="grad_p2 * w2"): "grad_w2 has w2's own number",
    lines(x1="grad_p1 * (p1 / x1)"): "divides by a number that may be 0",
}
AFTER = {
    "another": """
    grad_o = 1.0
    grad_n = 1.0 - o * o
    grad_s = grad_b = grad_p1 = grad_p2 = grad_n
    grad_x1, grad_w1 = grad_n * w1, grad_n * x1
    grad_x2, grad_w2 = grad_n * w2, grad_n * x2
    """,
    "remark": "Everything that happens behind the two products is in one number, grad_n. That is "
    "why a backward pass is cheap.",
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
POINTS = [
    (3.0, -2.0, 5.0, 0.5, 4.2),
    (-1.2, 0.7, 0.6, 1.9, -0.8),
    (0.5, 1.3, -1.1, 0.4, 0.9),
    (2.0, -3.0, 0.0, 1.0, 6.9),
    (0.0, 1.4, -0.6, 0.0, 0.3),
]


def data_of(x1, w1, x2, w2, b):
    data = {"x1": x1, "w1": w1, "x2": x2, "w2": w2, "b": b, "p1": x1 * w1, "p2": x2 * w2}
    data["s"] = data["p1"] + data["p2"]
    data["n"] = data["s"] + b
    return {**data, "o": math.tanh(data["n"])}


def check_the_lines(grads):
    """the ten grads for x1 = 3, w1 = -2, x2 = 5, w2 = 0.5, b = 4.2, and for other numbers"""
    compare_lines(grads, EDGES, data_of, POINTS, "x1 = {}, w1 = {}, x2 = {}, w2 = {}, b = {}")


# </checker>
