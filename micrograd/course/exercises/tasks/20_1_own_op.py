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
from micrograd import Value, gradcheck, gradients
from micrograd.course.exercises.checking import Wrong, near, number, recognise

HINTS = (
    "Each function is one line, the formula from the text; |x| is abs(x).",
    "abs(x) of a Value is a Value, and of a float a float. But math.fabs(x) is always a float.",
    "forward: x / (1 + abs(x)). partial: 1 divided by the square of that denominator.",
)
SIGN = "return x / (1 + abs(x))"
WRONG = {
    (SIGN, "return 1 / (1 + abs(x))"): "the square",
    (SIGN, "return -1 / (1 + abs(x)) ** 2"): "goes up everywhere",
    (SIGN, "return x / (1 + abs(x)) ** 2"): "numerator",
    (SIGN, "return 1 / (1 + x) ** 2"): "|x|",
    ("return x / (1 + x)", "return 1 / (1 + abs(x)) ** 2"): "|x|",
    (SIGN, "import math\nreturn 1 / (1 + math.fabs(x)) ** 2"): "math",
    (SIGN, "return 1 / (1 + abs(float(x))) ** 2"): "math",
    ("return 1 / (1 + abs(x))", "return 1 / (1 + abs(x)) ** 2"): "numerator",
}
POINTS = (-2.6, -0.7, 0.4, 2.5)


def check_the_number():
    """softsign at -2.6, -0.7, 0.4 and 2.5"""
    for x in POINTS:
        answer, denominator = number(softsign(x)), 1 + abs(x)
        mistakes = {"the numerator has to be x": 1 / denominator}
        if x < 0:
            mistakes["the |x| is missing: this is x / (1 + x)"] = x / (1 + x)
        recognise(answer, mistakes)
        near(answer, x / denominator, f"softsign({x:g})")


def check_the_derivative():
    """the derivative at -2.6, -0.7, 0.4 and 2.5, and gradcheck there"""
    for x in POINTS:
        v, denominator = Value(x), 1 + abs(x)
        (answer,) = gradients(softsign(v), (v,))
        mistakes = {
            "the square is missing in the partial": 1 / denominator,
            "the sign is wrong: softsign goes up everywhere": -1 / denominator**2,
            "the numerator of the partial has to be 1": x / denominator**2,
        }
        if x < 0:
            mistakes["the |x| is missing in the partial"] = 1 / (1 + x) ** 2
        recognise(answer, mistakes)
        near(answer, 1 / denominator**2, f"the derivative at {x:g}")
        if not gradcheck(softsign, x):
            raise Wrong(f"gradcheck: at {x:g}, partial disagrees with the slope of forward.")


def check_the_second_derivative():
    """the second derivative at the same points"""
    for x in POINTS:
        v = Value(x)
        (first,) = gradients(softsign(v), (v,), create_graph=True)
        (answer,) = gradients(first, (v,))
        constant = (
            "the second derivative is 0, because the partial is a plain number. Does it use the "
            "module math, or float()"
        )
        recognise(answer, {constant: 0.0})
        wanted = (-2 if x > 0 else 2) / (1 + abs(x)) ** 3
        near(answer, wanted, f"the second derivative at {x:g}")


# </checker>
