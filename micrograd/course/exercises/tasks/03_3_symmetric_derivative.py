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
from math import exp, sin

from micrograd.course.exercises.checking import near, number, recognise

HINTS = (
    "f is called twice: at the point above x, and at the point below x.",
    "Subtract f at the lower point from f at the upper point. How far apart are the two points?",
    "The points are x + h and x - h; their distance is 2 * h. Put it in parentheses.",
)
WRONG = {
    "return (f(x + h) - f(x)) / h": "a move up only",
    "return (f(x) - f(x - h)) / h": "a move down only",
    "return (f(x + h) - f(x - h)) / h": "2 h apart",
    "return (f(x - h) - f(x + h)) / (2 * h)": "wrong way round",
    "return (f(x + h) - f(x - h)) / 2 * h": "parentheses",
    "return f(x + h) - f(x - h)": "not yet divided",
    "return (f(x + h) - f(x)) / (2 * h)": "half of the slope",
    "(f(x + h) - f(x - h)) / (2 * h)": "is there a return",
}
CASES = (
    (lambda x: 3 * x**2 - 4 * x + 5, "3 x**2 - 4 x + 5", 3.0, 0.5),
    (lambda x: 3 * x**2 - 4 * x + 5, "3 x**2 - 4 x + 5", -3.0, 0.1),
    (exp, "exp(x)", -0.7, 1.25),
    (lambda x: sin(5 * x), "sin(5 x)", 1.3, 0.01),
    (lambda x: 1 / x, "1 / x", 2.5, 0.75),
)


def check_a_cube():
    """symmetric(f, 2, 0.25) with f(x) = x**3, which is 12.0625"""
    answer = number(symmetric(lambda x: x**3, 2, 0.25))
    recognise(
        answer,
        {
            "that is a move up only: move down from x by h as well": 13.5625,
            "that is a move down only: move up from x by h as well": 10.5625,
            "the two points are 2 h apart, but you divide by h": 24.125,
            "the difference is the wrong way round: take f above minus f below": -12.0625,
            "/ 2 * h divides by 2, then multiplies by h: add parentheses": 0.75390625,
            "the difference of the results is not yet divided by their distance, 2 h": 6.03125,
            "that is half of the slope by a move up only: move down as well": 6.78125,
        },
    )
    near(answer, 12.0625, "symmetric(f, 2, 0.25) with f(x) = x**3")


def check_other_functions():
    """other functions, points and distances"""
    for f, text, x, h in CASES:
        up, down = f(x + h), f(x - h)
        what = f"symmetric(f, {x:g}, {h:g}) with f(x) = {text}"
        near(number(symmetric(f, x, h)), (up - down) / (2 * h), what)


# </checker>
