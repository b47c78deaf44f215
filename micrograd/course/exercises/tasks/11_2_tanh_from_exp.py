"""Build tanh from exp

`tanh(x)` takes a Value of micrograd and returns the Value of its tanh, made of smaller operations:
exp, and sums, differences, products, powers and quotients. Do not call any tanh. The formula is
(e - 1) / (e + 1), for an e that you have to remember or work out. tanh of 0.5 is about 0.462117.
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
from micrograd.course.exercises.checking import NOTHING_RETURNED, Wrong, near, recognise, show
from micrograd.graph import topological_order

HINTS = (
    "tanh(x) is sinh(x) / cosh(x), that is, (exp(x) - exp(-x)) / (exp(x) + exp(-x)).",
    "Multiply numerator and denominator by exp(x): exp(x) * exp(x) is exp(2 * x).",
    "With e = exp(2 * x), the numerator is e - 1 and the denominator is e + 1.",
)
WRONG = {
    """
    e = exp(x)
    return (e - 1) / (e + 1)
    """: "exp(2 * x), not exp(x)",
    """
    e = exp(2 * x)
    return (1 - e) / (e + 1)
    """: "the sign is reversed",
    """
    e = exp(2 * x)
    return (e + 1) / (e - 1)
    """: "upside down",
    "return x.tanh()": "tanh has to be made of smaller operations",
    """
    e = exp(2 * x.data)
    return (e - 1) / (e + 1)
    """: "expected a Value",
    """
    e = exp(2 * x.detach())
    return (e - 1) / (e + 1)
    """: "no way back to x",
}
SMALLER = {"exp", "add", "sub", "mul", "div", "neg", "pow"}


def run_tanh(x):
    """Return the learner's tanh of the leaf x. Wrong unless it is a Value."""
    answer = tanh(x)
    if answer is None:
        raise Wrong(NOTHING_RETURNED)
    if not isinstance(answer, Value):
        raise Wrong(f"expected a Value, so that gradients can flow, got {show(answer)}.")
    return answer


def check_the_data():
    """the data of tanh(x), at x = 0.5"""
    answer, x = run_tanh(Value(0.5)).data, 0.5
    recognise(
        answer,
        {
            "e is exp(2 * x), not exp(x): your answer is tanh(x / 2)": math.tanh(x / 2),
            "the sign is reversed: the numerator is e - 1, and e is exp(2 * x)": -math.tanh(x),
            "the fraction is upside down: the numerator is e - 1, the denominator e + 1": 1
            / math.tanh(x),
            "e is exp(2 * x): you seem to use exp(x + 2)": math.tanh((x + 2) / 2),
            "parentheses are missing: e - 1 / e + 1 divides only 1 by e": (
                math.exp(2 * x) - 1 / math.exp(2 * x) + 1
            ),
            "that is the sigmoid of 2x, which goes from 0 to 1: tanh goes from -1 to 1": (
                1 / (1 + math.exp(-2 * x))
            ),
        },
    )
    near(answer, math.tanh(x), "tanh(0.5)")


def check_the_gradient():
    """the data and x.grad at several points, some of them negative"""
    for point in (0.8813735870195432, -1.3, 0.0, 2.7, -0.2):
        x = Value(point)
        out = run_tanh(x)
        near(out.data, math.tanh(point), f"tanh({point})")
        out.backward()
        if x.grad == 0.0:
            raise Wrong(
                "x.grad stays 0: there is no way back to x. Compute with x, not with x.data."
            )
        near(x.grad, 1 - math.tanh(point) ** 2, f"x.grad at {point}")


def check_the_operations():
    """the operations that tanh(x) is made of"""
    for node in topological_order(run_tanh(Value(0.5))):
        if node.op and not (node.op.name in SMALLER or node.op.symbol.startswith("**")):
            raise Wrong(f"tanh has to be made of smaller operations, but it uses {node.op.name}.")


# </checker>
