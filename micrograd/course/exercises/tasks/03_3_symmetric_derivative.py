"""The slope from both sides

A move to one side sees the curve ahead, but not the curve behind. So move x up by h and down by h:
`symmetric(f, x, h)` returns the difference of the two results of f, divided by the distance of the
two points. For f(x) = x**3 at 2 with h = 0.25 that is 12.0625. A move up only gives 13.5625, and
the true slope is 12.
"""


def symmetric(f, x, h):
    # <solution>
    return (f(x + h) - f(x - h)) / (2 * h)
    # </solution>


# <checker>
from math import exp, hypot, sin

from micrograd.course.exercises.checking import compare

HINTS = (
    "f is called twice: at the point above x, and at the point below x.",
    "Subtract f at the lower point from f at the upper point. How far apart are the two points?",
    "The points are x + h and x - h; their distance is 2 * h. Put it in parentheses.",
)
RIGHT = ("return ((f(x + h) - f(x)) / h + (f(x) - f(x - h)) / h) / 2",)
WRONG = {
    "return (f(x + h) - f(x)) / h": "a move up only",
    "return (f(x) - f(x - h)) / h": "a move down only",
    "return (f(x + h) - f(x - h)) / h": "2 h apart",
    "return (f(x - h) - f(x + h)) / (2 * h)": "wrong way round",
    "return (f(x + h) - f(x - h)) / 2 * h": "parentheses",
    "return f(x + h) - f(x - h)": "not yet divided",
    """
    from math import hypot
    x1, y1 = x - h, f(x - h)
    x2, y2 = x + h, f(x + h)
    return (y2 - y1) / hypot(x2 - x1, y2 - y1)
    """: "two points of the curve",
    "return (f(x + h) - f(x)) / (2 * h)": "half of the slope",
    "(f(x + h) - f(x - h)) / (2 * h)": "or a return missing",
    "return (f(x + h) - f(x - h)) // (2 * h)": "`//` in",
    "return (f(x + h) + f(x - h)) / (2 * h)": "added",
    "return f(x + h) - f(x - h) / (2 * h)": "parentheses",
    "return (f(x + h) - f(x - h)) / 2": "divided by 2 only",
    "print((f(x + h) - f(x - h)) / (2 * h))": "return it",
    "return round((f(x + h) - f(x - h)) / (2 * h), 3)": "right to a few digits",
    "return (f(x + h) - 2 * f(x) + f(x - h)) / h**2": "the second derivative",
    "return 12.0625": "the example written in",
    "return (f(x + h / 2) - f(x - h / 2)) / h": "half of h",
    "return (f(x * (1 + h)) - f(x * (1 - h))) / (2 * h)": "h times x",
    "return f(x + h) - f(x - h) / 2 * h": "two pairs of parentheses",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "The symmetric slope is the mean of the two one-sided ones. For x**3 its error is "
    "h**2, where that of a move up is 3 x h + h**2.",
}
FUNCTIONS = {
    "x**3": lambda x: x**3,
    "3 x**2 - 4 x + 5": lambda x: 3 * x**2 - 4 * x + 5,
    "exp(x)": exp,
    "sin(5 x)": lambda x: sin(5 * x),
    "1 / x": lambda x: 1 / x,
}
POINTS = [
    ("x**3", 2, 0.25), ("3 x**2 - 4 x + 5", 3.0, 0.5), ("3 x**2 - 4 x + 5", -3.0, 0.1),
    ("exp(x)", -0.7, 1.25), ("sin(5 x)", 1.3, 0.01), ("1 / x", 2.5, 0.75), ("x**3", 0.0, 0.3),
]  # fmt: skip


def parts(name, x, h):
    f = FUNCTIONS[name]
    return f(x + h), f(x), f(x - h)


def check_functions(symmetric):
    """symmetric(f, 2, 0.25) with f(x) = x**3, which is 12.0625, and others"""

    def model(formula):
        return lambda name, x, h: formula(*parts(name, x, h), h)

    compare(
        lambda name, x, h: symmetric(FUNCTIONS[name], x, h),
        model(lambda up, here, down, h: (up - down) / (2 * h)),
        POINTS,
        "the slope",
        lambda name, x, h: f"f(x) = {name} at x = {x:g} with h = {h:g}",
        {
            "that is a move up only: move down from x by h as well": model(
                lambda up, here, down, h: (up - here) / h
            ),
            "that is a move down only: move up from x by h as well": model(
                lambda up, here, down, h: (here - down) / h
            ),
            "the two points are 2 h apart, but you divide by h": model(
                lambda up, here, down, h: (up - down) / h
            ),
            "the difference is the wrong way round: take f above minus f below": model(
                lambda up, here, down, h: (down - up) / (2 * h)
            ),
            "/ 2 * h divides by 2, then multiplies by h: add parentheses": model(
                lambda up, here, down, h: (up - down) / 2 * h
            ),
            "that is divided by the distance of the two points of the curve: the distance on the "
            "x axis is 2 h": model(lambda up, here, down, h: (up - down) / hypot(2 * h, up - down)),
            "the difference of the results is not yet divided by their distance, 2 h": model(
                lambda up, here, down, h: up - down
            ),
            "the difference is divided by 2 only: the distance of the points is 2 * h": model(
                lambda up, here, down, h: (up - down) / 2
            ),
            "that is half of the slope by a move up only: move down as well": model(
                lambda up, here, down, h: (up - here) / (2 * h)
            ),
            "the two results are added: their difference is how far f moves": model(
                lambda up, here, down, h: (up + down) / (2 * h)
            ),
            "parentheses are missing: only f at the lower point is divided": model(
                lambda up, here, down, h: up - down / (2 * h)
            ),
            "two pairs of parentheses are missing: around the difference, and around 2 * h": model(
                lambda up, here, down, h: up - down / 2 * h
            ),
            "x moves by h times x to each side: move it by h": lambda name, x, h: (
                (parts(name, x, h * x)[0] - parts(name, x, h * x)[2]) / (2 * h)
            ),
            "that is the second derivative: take f above minus f below, and divide by 2 h": (
                model(lambda up, here, down, h: (up - 2 * here + down) / h**2)
            ),
            "this moves by half of h to each side: move by h": (
                lambda name, x, h: (parts(name, x, h / 2)[0] - parts(name, x, h / 2)[2]) / h
            ),
        },
    )


# </checker>
