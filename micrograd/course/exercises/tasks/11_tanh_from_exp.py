"""Tanh, out of exp

`tanh(x)` takes a Value of micrograd and returns the Value of its tanh, made of smaller operations:
exp, and sums, differences, products, powers and quotients. Do not call any tanh. The formula is
(e - 1) / (e + 1), for an e that you have to remember or to find. tanh of 0.5 is about 0.462117.
"""

from micrograd import exp


def tanh(x):
    # <solution>
    e = exp(2 * x)
    return (e - 1) / (e + 1)
    # </solution>


# <checker>
import math

from micrograd import Value
from micrograd.course.exercises.checking import Wrong, near, recognise, shown
from micrograd.graph import topological_order

NEEDS = 11
HINTS = (
    "tanh(x) is sinh(x) / cosh(x), that is, (exp(x) - exp(-x)) / (exp(x) + exp(-x)).",
    "Multiply the top and the bottom of that by exp(x): exp(x) * exp(x) is exp(2 * x).",
    "With e = exp(2 * x) the top is e - 1 and the bottom is e + 1.",
)
WRONG = {
    """
    e = exp(x)
    return (e - 1) / (e + 1)
    """: "exp(2 * x), not exp(x)",
    """
    e = exp(2 * x)
    return (1 - e) / (e + 1)
    """: "the sign is turned around",
    """
    e = exp(2 * x)
    return (e + 1) / (e - 1)
    """: "upside down",
    "return x.tanh()": "tanh is to be made of smaller operations",
    """
    e = exp(2 * x.data)
    return (e - 1) / (e + 1)
    """: "a Value is wanted",
    """
    e = exp(2 * x.detach())
    return (e - 1) / (e + 1)
    """: "no way back to x",
}
SMALLER = {"exp", "add", "sub", "mul", "div", "neg", "pow"}


def made(x):
    """The learner's tanh of the leaf x."""
    found = tanh(x)
    if found is None:
        raise Wrong("nothing comes back: is there a return?")
    if not isinstance(found, Value):
        raise Wrong(f"a Value is wanted, so that gradients can flow, and {shown(found)} came back.")
    return found


def check_the_data():
    """the data of tanh(x), at x = 0.5"""
    found, x = made(Value(0.5)).data, 0.5
    recognise(
        found,
        {
            "e is exp(2 * x), not exp(x): what came back is tanh(x / 2)": math.tanh(x / 2),
            "the sign is turned around: e - 1 is above the line, not 1 - e": -math.tanh(x),
            "upside down: e - 1 is above the line, and e + 1 below it": 1 / math.tanh(x),
            "e is exp(2 * x): it looks as if exp(x + 2) were there": math.tanh((x + 2) / 2),
            "the parentheses are missing: e - 1 / e + 1 divides 1 by e alone": (
                math.exp(2 * x) - 1 / math.exp(2 * x) + 1
            ),
            "that is the sigmoid of 2x, which goes from 0 to 1: tanh goes from -1 to 1": (
                1 / (1 + math.exp(-2 * x))
            ),
        },
    )
    near(found, math.tanh(x), "tanh(0.5)")


def check_the_gradient():
    """data and x.grad at several points, also below 0"""
    for point in (0.8813735870195432, -1.3, 0.0, 2.7, -0.2):
        x = Value(point)
        out = made(x)
        near(out.data, math.tanh(point), f"tanh({point})")
        out.backward()
        if x.grad == 0.0:
            raise Wrong("x.grad stays 0: there is no way back to x. Compute with x, not x.data.")
        near(x.grad, 1 - math.tanh(point) ** 2, f"x.grad at {point}")


def check_the_operations():
    """which operations it is made of"""
    for node in topological_order(made(Value(0.5))):
        if node.op and not (node.op.name in SMALLER or node.op.symbol.startswith("**")):
            raise Wrong(f"tanh is to be made of smaller operations, and {node.op.name} is in it.")


# </checker>
