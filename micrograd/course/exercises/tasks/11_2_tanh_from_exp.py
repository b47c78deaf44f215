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
from micrograd.course.exercises.checking import NOTHING_RETURNED, Unexplained, Wrong, compare, show
from micrograd.graph import topological_order

HINTS = (
    "tanh(x) is sinh(x) / cosh(x), that is, (exp(x) - exp(-x)) / (exp(x) + exp(-x)).",
    "Multiply numerator and denominator by exp(x): exp(x) * exp(x) is exp(2 * x).",
    "With e = exp(2 * x), the numerator is e - 1 and the denominator is e + 1.",
)
RIGHT = (
    "up, down = exp(x), exp(-x)\nreturn (up - down) / (up + down)",
    "return 1 - 2 / (x.exp() ** 2 + 1)",
    "e = exp(x * 2)\nreturn (e - 1) * (e + 1) ** -1",
)
WRONG = {
    """
    e = exp(x)
    return (e - 1) / (e + 1)
    """: "exp(2 * x), not exp(x)",
    """
    e = exp(-2 * x)
    return (e - 1) / (e + 1)
    """: "a sign is wrong in line 12 or 13",
    """
    e = exp(2 * x)
    return (1 - e) / (e + 1)
    """: "wrong sign",
    """
    e = exp(2 * x)
    return (e + 1) / (e - 1)
    """: "the wrong way round",
    "return x.tanh()": "tanh has to be made of smaller operations",
    """
    e = exp(2 * x.data)
    return (e - 1) / (e + 1)
    """: "from which no gradient comes back",
    """
    e = exp(2 * x.detach())
    return (e - 1) / (e + 1)
    """: "cuts the graph",
    """
    e = exp(2 * x)
    return e - 1 / e + 1
    """: "parentheses are missing",
    """
    e = exp(2 + x)
    return (e - 1) / (e + 1)
    """: "exp(x + 2)",
    """
    e = exp(2 * x)
    return e / (e + 1)
    """: "sigmoid",
    """
    import math
    e = math.exp(2 * x)
    return (e - 1) / (e + 1)
    """: "`math.exp` gives a plain number",
    """
    e = exp(2 * x)
    (e - 1) / (e + 1)
    """: "return missing",
    """
    import math
    from micrograd import Value
    e = math.exp(2 * x.data)
    return Value((e - 1) / (e + 1))
    """: "no gradient comes back",
    """
    import math
    e = math.exp(2 * x.data)
    return 0 * x + (e - 1) / (e + 1)
    """: "no gradient comes back",
    """
    x.data *= 2
    e = exp(x)
    return (e - 1) / (e + 1)
    """: "changes the data of x",
    "return (exp(x) - exp(-x)) / 2": "sinh",
    "e = 2.718281828459045**2\nreturn x * (e - 1) / (e + 1)": "belongs into the exponent",
    "return (exp(x) - exp(-x)) / (exp(x) - exp(-x) + 1)": "the minus of the numerator",
    "return Value(0.462117)": "no `Value`",
    """
    from micrograd import Value
    if abs(x.data) > 4:
        return Value(1.0 if x.data > 0 else -1.0)
    e = exp(2 * x)
    return (e - 1) / (e + 1)
    """: "exactly 1 or -1",
    """
    e = exp(2 * x)
    return (e - 1) // (e + 1)
    """: "`//`",
}
AFTER = {
    "another": RIGHT[1],
    "remark": "exp(2 * x) overflows for x above 354, where tanh is 1 already: 1 - 2 / (e + 1) "
    "still gives 1 there, and (e - 1) / (e + 1) gives nan.",
}
SMALLER = {"exp", "add", "sub", "mul", "div", "neg", "pow"}
POINTS = [(0.5,), (0.8813735870195432,), (-1.3,), (0.0,), (2.7,), (-0.2,), (5.0,), (-6.0,)]


def run(tanh, x):
    """Return the learner's tanh of the leaf x. Wrong unless it is a Value, and x stays."""
    before = x.data
    answer = tanh(x)
    if x.data != before:
        text = "tanh(x) changes the data of x, which belongs to the caller: make a new Value, such "
        raise Wrong(f"{text}as 2 * x.", "the input is changed")
    if answer is None:
        raise Unexplained(NOTHING_RETURNED, "nothing returned")
    if not isinstance(answer, Value):
        text = f"expected a Value, so that gradients can flow, got {show(answer)}."
        raise Unexplained(text, "no Value")
    return answer


def check_the_data(tanh):
    """the data of tanh(x), at 0.5 and other points"""
    compare(
        lambda x: run(tanh, Value(x)),
        math.tanh,
        POINTS,
        "the data",
        "tanh({})",
        {
            "e is exp(2 * x), not exp(x): your answer is tanh(x / 2)": lambda x: math.tanh(x / 2),
            "e is exp(2 * x): your answer is tanh(2 x)": lambda x: math.tanh(2 * x),
            "e is exp(2 * x): you seem to use exp(x + 2)": lambda x: math.tanh((x + 2) / 2),
            "parentheses are missing: e - 1 / e + 1 divides only 1 by e": (
                lambda x: math.exp(2 * x) - 1 / math.exp(2 * x) + 1
            ),
            "that is the sigmoid of 2x, which goes from 0 to 1: tanh goes from -1 to 1": (
                lambda x: 1 / (1 + math.exp(-2 * x))
            ),
            "that is x times tanh(1): the x belongs into the exponent, exp(2 * x)": (
                lambda x: x * math.tanh(1)
            ),
            "the denominator has the minus of the numerator: it is exp(x) + exp(-x)": (
                lambda x: 2 * math.sinh(x) / (2 * math.sinh(x) + 1)
            ),
            "that is exactly 1 or -1 far from 0, where tanh only comes close: use the formula "
            "there, too, so that a gradient comes back": (
                lambda x: math.copysign(1.0, x) if abs(x) > 3 else math.tanh(x)
            ),
            "that is sinh(x): it is still to be divided by cosh(x)": math.sinh,
            "that is cosh(x): tanh is sinh(x) / cosh(x)": math.cosh,
            "the difference is divided by exp(2 x) alone: the denominator is e + 1": (
                lambda x: 1 - math.exp(-2 * x)
            ),
        },
    )


def check_the_gradient(tanh):
    """x.grad at the same points"""

    def grad(x):
        leaf = Value(x)
        run(tanh, leaf).backward()
        if leaf.grad == 0.0:
            text = "no gradient comes back to x: compute with x itself and not with its data, and "
            raise Unexplained(f"{text}with the exp of micrograd.", "no way back")
        return leaf.grad

    compare(
        grad,
        lambda x: 1 - math.tanh(x) ** 2,
        POINTS,
        "x.grad",
        "x = {}",
    )


def check_the_operations(tanh):
    """the operations that tanh(x) is made of"""
    for node in topological_order(run(tanh, Value(0.5))):
        if node.op and not (node.op.name in SMALLER or node.op.symbol.startswith("**")):
            raise Wrong(
                f"tanh has to be made of smaller operations, but it uses {node.op.name}.",
                "not made of smaller operations",
            )


# </checker>
