"""The gradient of a function, on paper

f(a, b, c) = -a**3 + sin(3 b) - 1 / c + b**2.5 - a**0.5

Differentiate f with respect to each of its three inputs, and write the three formulas down:
`gradf(a, b, c)` returns the list [df/da, df/db, df/dc].
"""

from math import cos, sin


def f(a, b, c):
    return -(a**3) + sin(3 * b) - 1 / c + b**2.5 - a**0.5


def gradf(a, b, c):
    # <solution>
    return [-3 * a**2 - 0.5 * a**-0.5, 3 * cos(3 * b) + 2.5 * b**1.5, 1 / c**2]
    # </solution>


# <checker>
from micrograd.course.exercises.checking import near, numbers, recognise, slope

HINTS = (
    "Take one input at a time. A term without that input is a constant, and its slope is 0.",
    "The slope of x**n is n * x**(n - 1), also for n = -1, 2.5 and 0.5; sin(3 b) has a 3 inside.",
    "df/da is -3 * a**2 - 0.5 * a**-0.5. The other two have one and two terms.",
)
WRONG = {
    "return [-3 * a**2, 3 * cos(3 * b) + 2.5 * b**1.5, 1 / c**2]": "a occurs in two terms",
    "return [-3 * a**2 - 0.5 * a**-0.5, cos(3 * b) + 2.5 * b**1.5, 1 / c**2]": "the 3 inside",
    "return [-3 * a**2 - 0.5 * a**-0.5, 3 * cos(3 * b) + 2.5 * b**1.5, -1 / c**2]": "sign of df/dc",
    "return [3 * a**2 + 0.5 * a**-0.5, -3 * cos(3 * b) - 2.5 * b**1.5, -1 / c**2]": "every sign",
}


def check_the_lectures_point():
    """gradf(2, 3, 4), which is [-12.353553390593273, 10.25699027111255, 0.0625]"""
    answer, a, b = numbers(gradf(2, 3, 4), 3), 2, 3
    wanted = [-12.353553390593273, 10.25699027111255, 0.0625]
    recognise(
        answer,
        {
            "every sign is reversed": [-x for x in wanted],
            "a occurs in two terms: one of them is missing": [-3 * a**2, *wanted[1:]],
            "the 3 inside sin(3 b) has to come out as a factor": [
                wanted[0],
                cos(3 * b) + 2.5 * b**1.5,
                wanted[2],
            ],
            "check the sign of df/dc: -1/c goes up when c does": [*wanted[:2], -wanted[2]],
        },
    )
    near(answer, wanted, "gradf(2, 3, 4)")


def check_other_points():
    """other points, compared with the slope of f over a small distance"""
    for point in ((1.0, 2.0, -3.0), (0.5, 0.25, 2.0), (3.0, 1.0, 0.5)):
        slopes = [slope(f, point, i) for i in range(3)]
        near(numbers(gradf(*point), 3), slopes, f"gradf{point}", rel=1e-5)


# </checker>
