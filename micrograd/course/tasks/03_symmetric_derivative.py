"""The slope from both sides

A move to one side sees the curve ahead, and not the curve behind. Move x up by h and down by h:
`symmetric(f, x, h)` returns the difference of the two results of f, divided by the distance between
the two points. For f(x) = x**3 at 2 with h = 0.5 that is 12.25; a move up alone would give 15.25.
"""


def symmetric(f, x, h):
    # <solution>
    return (f(x + h) - f(x - h)) / (2 * h)
    # </solution>


# <checker>
from math import exp, sin

from micrograd.course.checking import near, number, recognise

NEEDS = 3
HINTS = (
    "f is called twice: at the point above x, and at the point below x.",
    "What f is above, minus what f is below; and how far are these two points from each other?",
    "The points are x + h and x - h; their distance is 2 * h, and Python needs brackets for that.",
)
WRONG = {
    "return (f(x + h) - f(x)) / h": "a move up alone",
    "return (f(x) - f(x - h)) / h": "a move down alone",
    "return (f(x + h) - f(x - h)) / h": "2 h apart",
    "return (f(x - h) - f(x + h)) / (2 * h)": "wrong way round",
    "return (f(x + h) - f(x - h)) / 2 * h": "brackets",
    "return f(x + h) - f(x - h)": "divide by the distance",
    "return (f(x + h) + f(x - h)) / (2 * h)": "the sum of the two",
    "(f(x + h) - f(x - h)) / (2 * h)": "is there a return",
}


def check_a_cube():
    """symmetric(f, 2, 0.5) with f(x) = x**3, which is 12.25"""
    found = number(symmetric(lambda x: x**3, 2, 0.5))
    recognise(
        found,
        {
            "that is a move up alone: go down from x as well, by h": 15.25,
            "that is a move down alone: go up from x as well, by h": 9.25,
            "the two points are 2 h apart, and it is divided by h": 24.5,
            "it is the wrong way round: f above minus f below": -12.25,
            "/ 2 * h divides by 2 and then multiplies by h: brackets around 2 * h": 3.0625,
            "divide by the distance of the two points: how fast, not how far": 12.25 * 1.0,
        }
        if found != 12.25
        else {},
    )
    near(found, 12.25, "symmetric(f, 2, 0.5) with f(x) = x**3")


# </checker>
