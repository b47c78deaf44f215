"""An op of your own: softsign

The softsign of x is x / (1 + |x|): it goes from -1 to 1 like tanh, and slower. Its derivative is
1 / (1 + |x|)**2. Write both as a row of micrograd's table wants them.

`forward(x)` is given a float and returns one. `partial(x, out)` is given the input and the result,
as floats or, where somebody wants the second derivative, as Values: so write it in operators and
ops that work on either (Python's own abs does), and not with the module math. The chain rule is
the table's business. softsign(-3.0) is -0.75, and the derivative there is 0.0625.
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

NEEDS = 19
HINTS = (
    "Both are one line each, the formulas of the text; |x| is abs(x).",
    "abs(x) of a Value is a Value, that of a float a float. math.fabs(x) is a float always.",
    "forward: x / (1 + abs(x)). partial: one over the square of that denominator.",
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
        found, below = number(softsign(x)), 1 + abs(x)
        mistakes = {"the numerator is x": 1 / below}
        if x < 0:
            mistakes["the |x| is missing: this is x / (1 + x)"] = x / (1 + x)
        recognise(found, mistakes)
        near(found, x / below, f"softsign({x:g})")


def check_the_derivative():
    """the derivative at -2.6, -0.7, 0.4 and 2.5, and what gradcheck says"""
    for x in POINTS:
        v, below = Value(x), 1 + abs(x)
        (found,) = gradients(softsign(v), (v,))
        mistakes = {
            "the square is missing in the partial": 1 / below,
            "the sign is wrong: softsign goes up everywhere": -1 / below**2,
            "the numerator of the partial is 1": x / below**2,
        }
        if x < 0:
            mistakes["the |x| is missing in the partial"] = 1 / (1 + x) ** 2
        recognise(found, mistakes)
        near(found, 1 / below**2, f"the derivative at {x:g}")
        if not gradcheck(softsign, x):
            raise Wrong(f"gradcheck finds another slope of forward at {x:g} than partial says.")


def check_the_second_derivative():
    """the second derivative at the same points"""
    for x in POINTS:
        v = Value(x)
        (first,) = gradients(softsign(v), (v,), create_graph=True)
        (found,) = gradients(first, (v,))
        constant = (
            "the second derivative is 0: the partial is a plain number, no Value. Does it use the "
            "module math, or float()"
        )
        recognise(found, {constant: 0.0})
        wanted = (-2 if x > 0 else 2) / (1 + abs(x)) ** 3
        near(found, wanted, f"the second derivative at {x:g}")


# </checker>
