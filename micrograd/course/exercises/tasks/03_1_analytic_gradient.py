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
import math

from micrograd.course.exercises.checking import compare

HINTS = (
    "Take one input at a time. A term without that input is a constant, and its slope is 0.",
    "The slope of x**n is n * x**(n - 1), also for n = -1, 2.5 and 0.5; sin(3 b) has a 3 inside.",
    "df/da is -3 * a**2 - 0.5 * a**-0.5. The other two have one and two terms.",
)
RIGHT = ("return [-3 * a * a - 0.5 / a**0.5, 3 * cos(3 * b) + 2.5 * b**1.5, c**-2]",)
WRONG = {
    "return [-3 * a**2, 3 * cos(3 * b) + 2.5 * b**1.5, 1 / c**2]": "a occurs in two terms",
    "return [-3 * a**2 - 0.5 * a**-0.5, 3 * cos(3 * b), 1 / c**2]": "b occurs in two terms",
    "return [-3 * a**2 - 0.5 * a**-0.5, cos(3 * b) + 2.5 * b**1.5, 1 / c**2]": "the 3 inside",
    "return [-3 * a**2 - 0.5 * a**-0.5, 3 * cos(b) + 2.5 * b**1.5, 1 / c**2]": "inside cos",
    "return [-3 * a**2 - 0.5 * a**-0.5, 3 * cos(3 * b) + 2.5 * b**1.5, -1 / c**2]": (
        "a sign is wrong"
    ),
    "return [3 * a**2 + 0.5 * a**-0.5, -3 * cos(3 * b) - 2.5 * b**1.5, -1 / c**2]": (
        "df/da, df/db and df/dc have the wrong sign"
    ),
    "return [-3 * a**2 - 0.5 * a**-0.5, -3 * cos(3 * b) + 2.5 * b**1.5, 1 / c**2]": "cos, not -cos",
    "return [-3 * a**2 - 0.5 * a**-0.5, 3 * sin(3 * b) + 2.5 * b**1.5, 1 / c**2]": "slope of sin",
    "return [-3 * a**2 - 0.5 * a**0.5, 3 * cos(3 * b) + 2.5 * b**1.5, 1 / c**2]": "a**0.5",
    "return [-3 * a**2 - 0.5 * a**-0.5, 3 * cos(3 * b) + 2.5 * b**2.5, 1 / c**2]": "b**2.5",
    "return [-3 * a**2 - 0.5 * a**-0.5, 3 * cos(3 * b) + 2.5 * b**1.5, 1 / c]": "1/c",
    "return [-3 * a**2 - 0.5 * a**-0.5, 3 * cos(3 * b) + 2.5 * b**2, 1 / c**2]": "a fraction",
    "return [-3 * a**2 - 1 / 2 * a**-1 / 2, 3 * cos(3 * b) + 2.5 * b**1.5, 1 / c**2]": (
        "missing around `-1 / 2`"
    ),
    "from math import log\n"
    "return [-3 * a**2 - 0.5 * a**-0.5, 3 * cos(3 * b) + 2.5 * b**1.5, -log(c)]": "integrating 1/c",
    "from math import log\n"
    "return [-3 * a**2 - 0.5 * a**-0.5, 3 * cos(3 * b) + 2.5 * b**1.5, log(c)]": "integrating 1/c",
    "return [-3 * a**2 - 0.5 * a**-0.5 + sin(3 * b) - 1 / c + b**2.5, "
    "3 * cos(3 * b) + 2.5 * b**1.5, 1 / c**2]": "without a are still in df/da",
    "return [-3 * a**2 - 0.5 * a**-0.5, 3 * cos(3 * b) + 2.5 * b**1.5 - a**3 - 1 / c - a**0.5, "
    "1 / c**2]": "without b are still in df/db",
    "return [-3 * a**2 - 0.5 * a**-0.5, 3 * cos(3 * b) + 2.5 * b**1.5, "
    "-(a**3) + sin(3 * b) + 1 / c**2 + b**2.5 - a**0.5]": "without c are still in df/dc",
    "return [-3 * a ^ 2 - 0.5 * a**-0.5, 3 * cos(3 * b), 1 / c**2]": "a power is `**`",
    "return [-12.353553390593273, 10.25699027111255, 0.0625]": "the example written in",
    "return [1 / c**2, 3 * cos(3 * b) + 2.5 * b**1.5, -3 * a**2 - 0.5 * a**-0.5]": "swapped",
    "return (-3 * a**2 - 0.5 * a**-0.5) + (3 * cos(3 * b) + 2.5 * b**1.5) + 1 / c**2": (
        "list of 3 numbers"
    ),
}
AFTER = {
    "another": """
    by_a = -3 * a * a - 1 / (2 * a**0.5)
    by_b = 3 * cos(3 * b) + 2.5 * b * b**0.5
    return [by_a, by_b, c**-2]
    """,
    "remark": "A root is the power 0.5, and 1 / c is the power -1: one rule gives all four slopes.",
}
POINTS = [(2, 3, 4), (0.5, 0.25, 2.0), (3.1, 1.4, 0.7), (0.7, 0.7, 0.7), (1.3, 2.1, -3.2)]


def by_a(a):
    return -3 * a**2 - 0.5 * a**-0.5


def by_b(b):
    return 3 * math.cos(3 * b) + 2.5 * b**1.5


def check_the_points(gradf):
    """gradf(2, 3, 4), which is [-12.353553390593273, 10.25699027111255, 0.0625], and others"""
    compare(
        gradf,
        lambda a, b, c: [by_a(a), by_b(b), 1 / c**2],
        POINTS,
        "df/da df/db df/dc",
        "gradf({}, {}, {})",
        {
            "a occurs in two terms: that of a**0.5 is missing": (
                lambda a, b, c: [-3 * a**2, None, None]
            ),
            "a occurs in two terms: that of a**3 is missing": (
                lambda a, b, c: [-0.5 * a**-0.5, None, None]
            ),
            "the slope of a**3 has a minus in front, as -a**3 has": (
                lambda a, b, c: [3 * a**2 - 0.5 * a**-0.5, None, None]
            ),
            "the slope of a**0.5 has a minus in front, as -a**0.5 has": (
                lambda a, b, c: [-3 * a**2 + 0.5 * a**-0.5, None, None]
            ),
            "the slope of a**0.5 is 0.5 * a**-0.5: the exponent is one less than 0.5": (
                lambda a, b, c: [-3 * a**2 - 0.5 * a**0.5, None, None]
            ),
            "the slope of a**0.5 is 0.5 * a**-0.5: the 0.5 comes down in front": (
                lambda a, b, c: [-3 * a**2 - a**-0.5, None, None]
            ),
            "the slope of a**3 is 3 * a**2: the exponent is one less than 3": (
                lambda a, b, c: [-3 * a**3 - 0.5 * a**-0.5, None, None]
            ),
            "the slope of a**3 is 3 * a**2: the 3 comes down in front": (
                lambda a, b, c: [-(a**2) - 0.5 * a**-0.5, None, None]
            ),
            "b occurs in two terms: that of b**2.5 is missing": (
                lambda a, b, c: [None, 3 * math.cos(3 * b), None]
            ),
            "b occurs in two terms: that of sin(3 b) is missing": (
                lambda a, b, c: [None, 2.5 * b**1.5, None]
            ),
            "the 3 inside sin(3 b) has to come out as a factor": (
                lambda a, b, c: [None, math.cos(3 * b) + 2.5 * b**1.5, None]
            ),
            "the 3 stays inside cos, too: the slope of sin(3 b) is 3 cos(3 b)": (
                lambda a, b, c: [None, 3 * math.cos(b) + 2.5 * b**1.5, None]
            ),
            "the slope of sin is cos, without the 3 in it and in front: here it is 3 cos(3 b)": (
                lambda a, b, c: [None, math.cos(b) + 2.5 * b**1.5, None]
            ),
            "the slope of sin is cos, not -cos": (
                lambda a, b, c: [None, -3 * math.cos(3 * b) + 2.5 * b**1.5, None]
            ),
            "the slope of sin is cos: there is still a sin": (
                lambda a, b, c: [None, 3 * math.sin(3 * b) + 2.5 * b**1.5, None]
            ),
            "the slope of b**2.5 is 2.5 * b**1.5: the exponent is one less than 2.5": (
                lambda a, b, c: [None, 3 * math.cos(3 * b) + 2.5 * b**2.5, None]
            ),
            "the slope of b**2.5 is 2.5 * b**1.5: the 2.5 comes down in front": (
                lambda a, b, c: [None, 3 * math.cos(3 * b) + b**1.5, None]
            ),
            "the slope of b**2.5 is 2.5 * b**1.5: the exponent is one less, and stays a fraction": (
                lambda a, b, c: [None, 3 * math.cos(3 * b) + 2.5 * b**2, None]
            ),
            "the terms without a are still in df/da: their slope is 0": (
                lambda a, b, c: [by_a(a) + math.sin(3 * b) - 1 / c + b**2.5, None, None]
            ),
            "the terms without b are still in df/db: their slope is 0": (
                lambda a, b, c: [None, by_b(b) - a**3 - 1 / c - a**0.5, None]
            ),
            "the terms without c are still in df/dc: their slope is 0": (
                lambda a, b, c: [None, None, 1 / c**2 - a**3 + math.sin(3 * b) + b**2.5 - a**0.5]
            ),
            "a log comes from integrating 1/c: the slope of -1/c is 1 / c**2": (
                lambda a, b, c: [None, None, -math.log(c)]
            ),
            "a log comes from integrating 1/c, and the slope of -1/c is 1 / c**2": (
                lambda a, b, c: [None, None, math.log(c)]
            ),
            "the slope of -1/c is 1 / c**2: 1/c is the power -1, so the new exponent is -2": (
                lambda a, b, c: [None, None, 1 / c]
            ),
        },
    )


# </checker>
