"""The same gradient, without any calculus

Move one input of f by h and see how far the result moves: the slope is roughly how far the result
moved, divided by h. `gradf(a, b, c)` returns [df/da, df/db, df/dc]; compute each of them from a
single move by h = 0.000001.
"""

from math import sin


def f(a, b, c):
    return -(a**3) + sin(3 * b) - 1 / c + b**2.5 - a**0.5


def gradf(a, b, c):
    h = 0.000001
    # <solution>
    here = f(a, b, c)
    return [
        (f(a + h, b, c) - here) / h,
        (f(a, b + h, c) - here) / h,
        (f(a, b, c + h) - here) / h,
    ]
    # </solution>


# <checker>
import math

from micrograd.course.exercises.checking import compare

HINTS = (
    "How far does f move when a moves by h, and nothing else moves?",
    "(f(a + h, b, c) - f(a, b, c)) / h is the slope with respect to a.",
    "Return three such quotients, one for each input; in each of them only one input moves.",
)
RIGHT = (
    """
    point, slopes = [a, b, c], []
    for i in range(3):
        moved = list(point)
        moved[i] += h
        slopes.append((f(*moved) - f(*point)) / h)
    return slopes
    """,
    """
    return [
        (f(a + h, b, c) - f(a - h, b, c)) / (2 * h),
        (f(a, b + h, c) - f(a, b - h, c)) / (2 * h),
        (f(a, b, c + h) - f(a, b, c - h)) / (2 * h),
    ]
    """,
)
WRONG = {
    """
    here = f(a, b, c)
    return [f(a + h, b, c) - here, f(a, b + h, c) - here, f(a, b, c + h) - here]
    """: "divide by h",
    """
    d = (f(a + h, b + h, c + h) - f(a, b, c)) / h
    return [d, d, d]
    """: "one input at a time",
    """
    here = f(a, b, c)
    return [(here - f(a + h, b, c)) / h, (here - f(a, b + h, c)) / h, (here - f(a, b, c + h)) / h]
    """: "the wrong way round",
    """
    h = 1e-17
    here = f(a, b, c)
    return [(f(a + h, b, c) - here) / h, (f(a, b + h, c) - here) / h, (f(a, b, c + h) - here) / h]
    """: "h is lost",
    """
    h = 0.1
    here = f(a, b, c)
    return [(f(a + h, b, c) - here) / h, (f(a, b + h, c) - here) / h, (f(a, b, c + h) - here) / h]
    """: "`0.1`",
    """
    here = f(a, b, c)
    return [(f(a + h, b, c) - here) * h, (f(a, b + h, c) - here) * h, (f(a, b, c + h) - here) * h]
    """: "divide by h",
    """
    here = f(a, b, c)
    a += h
    da = (f(a, b, c) - here) / h
    b += h
    db = (f(a, b, c) - here) / h
    c += h
    return [da, db, (f(a, b, c) - here) / h]
    """: "still moved",
    """
    here = f(a, b, c)
    return [(f(a + h, b, c) - here) / h, (f(a, b + h, c) - here) / h, (f(a, b, c - h) - here) / h]
    """: "df/dc has the wrong sign",
    """
    here = f(a, b, c)
    return [f(a + h, b, c) - here / h, f(a, b + h, c) - here / h, f(a, b, c + h) - here / h]
    """: "parentheses",
    "return [-12.35355, 10.25699, 0.06250]": "the example written in",
    """
    return [f(a + h, b, c) / h, f(a, b + h, c) / h, f(a, b, c + h) / h]
    """: "nothing is subtracted",
    """
    y = f(a, b, c)
    return [(f(a + h, b, c) - y) / h, (f(a + h, b, c) - y) / h, (f(a, b, c + h) - y) / h]
    """: "df/db is what df/da should be",
    """
    y = f(a, b, c)
    return [(f(a + h, b, c) - y) / (a * h), (f(a, b + h, c) - y) / (b * h),
        (f(a, b, c + h) - y) / (c * h)]
    """: "h times the input",
    """
    y = f(a, b, c)
    return [(f(a * (1 + h), b, c) - y) / h, (f(a, b * (1 + h), c) - y) / h,
        (f(a, b, c * (1 + h)) - y) / h]
    """: "times the input itself",
    """
    y = f(a, b, c)
    return [round((f(a + h, b, c) - y) / h, 1), round((f(a, b + h, c) - y) / h, 1),
        round((f(a, b, c + h) - y) / h, 1)]
    """: "`round()` loses digits",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "A loop over the inputs does it for any number of them, with one run of f for each.",
}
POINTS = [(2, 3, 4), (1.3, 2.1, -3.2), (0.5, 0.25, 2.0), (0.9, 1.7, 1.1)]


def check_the_points(gradf, f):
    """gradf(2, 3, 4), near [-12.35355, 10.25699, 0.06250], and others"""
    h = 0.000001
    compare(
        gradf,
        right,
        POINTS,
        "df/da df/db df/dc",
        "gradf({}, {}, {})",
        {
            "divide by h: your answer says how far f moves, not how fast": (
                lambda *p: [h * x for x in right(*p)]
            ),
            "divide by h: multiplying by it makes a small move even smaller": (
                lambda *p: [h * h * x for x in right(*p)]
            ),
            "each move is divided by h times the input, too: h alone is how far it moves": (
                lambda *p: [slope / x for slope, x in zip(right(*p), p)]
            ),
            "each slope comes out times the input itself: move the input by h, and not by h times "
            "the input": lambda *p: [slope * x for slope, x in zip(right(*p), p)],
            "all inputs move together: move one input at a time": (lambda *p: [sum(right(*p))] * 3),
            "a is still moved when b moves, and both when c does: move one input at a time": (
                lambda *p: [right(*p)[0], sum(right(*p)[:2]), sum(right(*p))]
            ),
            "a moves in all three: for df/db only b moves, and for df/dc only c": (
                lambda *p: [right(*p)[0]] * 3
            ),
            "the move is to both sides, and the distance of the two points is 2 h: divide by 2 h": (
                lambda *p: [2 * x for x in right(*p)]
            ),
            "the difference is the wrong way round: subtract f before the move from f after it": (
                lambda *p: [-x for x in right(*p)]
            ),
            "every slope is 0: the h is lost, since it is too small to change a float, or nothing "
            "moves": (lambda *p: [0.0] * 3),
            "nothing is subtracted: f itself is divided by h": (lambda *p: [g(*p) / h] * 3),
        },
        rel=1e-4,
    )


def g(a, b, c):
    return -(a**3) + math.sin(3 * b) - 1 / c + b**2.5 - a**0.5


def right(a, b, c):
    by_a, by_b = -3 * a**2 - 0.5 * a**-0.5, 3 * math.cos(3 * b) + 2.5 * b**1.5
    return [by_a, by_b, 1 / c**2]


# </checker>
