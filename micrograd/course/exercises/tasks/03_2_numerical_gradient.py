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
from micrograd.course.exercises.checking import near, numbers, recognise, slope

HINTS = (
    "How far does f move when a moves by h, and nothing else moves?",
    "(f(a + h, b, c) - f(a, b, c)) / h is the slope with respect to a.",
    "Return three such quotients, one for each input; in each of them only one input moves.",
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
}


def check_the_lectures_point():
    """gradf(2, 3, 4), near [-12.35355, 10.25699, 0.06250]"""
    answer, wanted = numbers(gradf(2, 3, 4), 3), [slope(f, (2, 3, 4), i) for i in range(3)]
    recognise(
        answer,
        {
            "divide by h: your answer says how far f moves, not how fast": [
                x * 1e-6 for x in wanted
            ],
            "all inputs move together: move one input at a time": [sum(wanted)] * 3,
            "the difference is the wrong way round: subtract f before the move from f after it": [
                -x for x in wanted
            ],
        },
        rel=1e-3,
    )
    near(answer, wanted, "gradf(2, 3, 4)", rel=1e-4)


def check_other_points():
    """other points"""
    for point in ((1.0, 2.0, -3.0), (0.5, 0.25, 2.0)):
        wanted = [slope(f, point, i) for i in range(3)]
        near(numbers(gradf(*point), 3), wanted, f"gradf{point}", rel=1e-4)


# </checker>
