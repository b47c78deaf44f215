"""An op of your own: softsign

The softsign of x is x / (1 + |x|): it goes from -1 to 1 like tanh, but more slowly. Its derivative
is 1 / (1 + |x|)**2. Write both in the way that a row of micrograd's table needs them.

`forward(x)` takes a float and returns a float. `partial(x, out)` takes the input and the result, as
floats or, if somebody asks for the second derivative, as Values. So write it with operators and ops
that work on either (Python's own abs does), and not with the module math. You need not write the
chain rule: the engine applies it. softsign(-3.0) is -0.75, and the derivative there is 0.0625.
"""

from micrograd import Op


def forward(x):
    # <solution>
    return x / (1 + abs(x))
    # </solution>


def partial(x, out):
    # <solution>
    return 1 / (1 + abs(x)) ** 2
    # </solution>


softsign = Op("softsign", "softsign({})", forward, (partial,))


# <checker>
from micrograd.check import gradcheck
from micrograd.course.exercises.checking import Wrong, compare, number
from micrograd.engine import Value, gradients

HINTS = (
    "Each function is one line, the formula from the text; |x| is abs(x).",
    "abs(x) of a Value is a Value, and of a float a float. But math.fabs(x) is always a float.",
    "forward: x / (1 + abs(x)). partial: 1 divided by the square of that denominator.",
)
SIGN = "return x / (1 + abs(x))"
SLOPE = "return 1 / (1 + abs(x)) ** 2"
RIGHT = (
    ("if x < 0:\n    return x / (1 - x)\nreturn x / (1 + x)", "return (1 - abs(out)) ** 2"),
    ("return x * (1 + abs(x)) ** -1", "d = abs(x) + 1\nreturn 1 / (d * d)"),
)
WRONG = {
    (SIGN, "return 1 / (1 + abs(x))"): "the square",
    (SIGN, "return -1 / (1 + abs(x)) ** 2"): "goes up everywhere",
    (SIGN, "return x / (1 + abs(x)) ** 2"): "numerator",
    (SIGN, "return 1 / (1 + x) ** 2"): "|x|",
    (SIGN, "return x / abs(x) / (1 + abs(x)) ** 2"): "the sign of x",
    (SIGN, "return out / (1 + abs(x)) ** 2"): "out is a factor",
    ("return x / (1 + x)", SLOPE): "|x|",
    (SIGN, "import math\nreturn 1 / (1 + math.fabs(x)) ** 2"): "`abs(x)` in place",
    (SIGN, "return 1 / (1 + abs(float(x))) ** 2"): "no graph",
    ("return 1 / (1 + abs(x))", SLOPE): "numerator",
    ("return x / 1 + abs(x)", SLOPE): "parentheses",
    ("return x / (1 + abs(x)) ** 2", SLOPE): "does not belong",
    ("return abs(x) / (1 + abs(x))", SLOPE): "abs()",
    ("return x // (1 + abs(x))", SLOPE): "`//`",
    ("return x / (1 - abs(x))", SLOPE): "sign",
    (SIGN, "return 1 / 1 + abs(x) ** 2"): "parentheses",
    (SIGN, "return 1 / (1 + abs(x) ** 2)"): "the whole denominator",
    (SIGN, "return 1 / (1 + abs(x)) * 2"): "twice",
    (SIGN, "return 1 - out ** 2"): "tanh",
    (SIGN, "return out"): "the result itself",
    (SIGN, "return 1 / (1 + abs(x)) ^ 2"): "a power is `**`",
    (SIGN, "return 1 / (1 + abs(out)) ** 2"): "of the result",
    (SIGN, "print(1 / (1 + abs(x)) ** 2)"): "return",
    ("return -x / (1 + abs(x))", SLOPE): "sign",
    ("return x / (1 + x * x) ** 0.5", SLOPE): "for softsign(-2.6), the result is",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "1 - |out| is 1 / (1 + |x|), so the derivative follows from the result alone, as "
    "that of tanh does.",
}
POINTS = [(-2.6,), (-0.7,), (0.4,), (2.5,), (-1.3,), (0.0,)]


def check_the_number(softsign):
    """softsign at several points, negative ones too"""
    compare(
        lambda x: number(softsign(x)),
        lambda x: x / (1 + abs(x)),
        POINTS,
        "the result",
        "softsign({})",
        {
            "the numerator has to be x": lambda x: 1 / (1 + abs(x)),
            "the |x| is missing: this is x / (1 + x)": lambda x: x / (1 + x),
            "parentheses are missing: only 1 is the denominator": lambda x: x / 1 + abs(x),
            "the numerator has lost its sign: is there an abs() too many?": (
                lambda x: abs(x) / (1 + abs(x))
            ),
            "the denominator has the wrong sign: 1 + |x|": lambda x: x / (1 - abs(x)),
        },
    )


def check_the_derivative(softsign):
    """the derivative at the same points, and gradcheck there"""

    def slope(x):
        v = Value(x)
        (answer,) = gradients(softsign(v), (v,))
        return answer

    compare(
        slope,
        lambda x: 1 / (1 + abs(x)) ** 2,
        POINTS,
        "the derivative",
        "x = {}",
        {
            "the square is missing in the partial": lambda x: 1 / (1 + abs(x)),
            "the sign is wrong: softsign goes up everywhere": lambda x: -1 / (1 + abs(x)) ** 2,
            "the numerator of the partial has to be 1": lambda x: x / (1 + abs(x)) ** 2,
            "the partial has the sign of x, x / abs(x): softsign goes up everywhere": (
                lambda x: x / abs(x) / (1 + abs(x)) ** 2
            ),
            "out is a factor of the partial, or its numerator: that has to be 1": (
                lambda x: x / (1 + abs(x)) / (1 + abs(x)) ** 2
            ),
            "the |x| is missing in the partial": lambda x: 1 / (1 + x) ** 2,
            "the whole denominator is squared, not only |x|": lambda x: 1 / (1 + abs(x) ** 2),
            "parentheses are missing around the denominator": lambda x: 1 / 1 + abs(x) ** 2,
            "twice takes the place of the square: ** 2, not * 2": lambda x: 2 / (1 + abs(x)),
            "that is the derivative of tanh, 1 - out**2": lambda x: 1 - (x / (1 + abs(x))) ** 2,
            "that is the result itself: take its slope": lambda x: x / (1 + abs(x)),
            "the partial takes |x|, not the absolute value of the result": (
                lambda x: 1 / (1 + abs(x / (1 + abs(x)))) ** 2
            ),
            "the 1 + in the denominator is missing": lambda x: 1 / abs(x) ** 2,
        },
    )
    for (x,) in POINTS[:-1]:
        if not gradcheck(softsign, x):
            text = f"gradcheck: at {x:g}, partial disagrees with the slope of forward."
            raise Wrong(text, "gradcheck")


def check_the_second_derivative(softsign):
    """the second derivative at the same points"""

    def second(x):
        v = Value(x)
        (first,) = gradients(softsign(v), (v,), create_graph=True)
        (answer,) = gradients(first, (v,))
        return answer

    compare(
        second,
        lambda x: (-2 if x > 0 else 2) / (1 + abs(x)) ** 3,
        POINTS[:-1],
        "the second derivative",
        "x = {}",
    )


# </checker>
