"""A slope, and the line that belongs to it

slope(f, x, h) measures how many times as fast as x the result of f moves, with a small move by h,
as in the lesson: for f(x) = x * x, slope(f, 3.0, 0.5) is 6.5.

line(f, x, h, to) is the height, at the place `to`, of the straight line that begins at the curve's
point above x and has the slope that slope(f, x, h) measures: for the same f, line(f, 3.0, 0.5, 4.0)
is 15.5.
"""


def slope(f, x, h):
    # <solution>
    return (f(x + h) - f(x)) / h
    # </solution>


def line(f, x, h, to):
    # <solution>
    return f(x) + slope(f, x, h) * (to - x)
    # </solution>


# <checker>
import math

from micrograd.course.exercises.checking import compare

HINTS = (
    "How far does f move when x moves by h? Divide that by h.",
    "The line has the height f(x) at x. How far is it from x to `to`, and how fast does it rise?",
    "slope is (f(x + h) - f(x)) / h, and the line is at f(x) + slope(f, x, h) * (to - x).",
)
SLOPE, LINE = "return (f(x + h) - f(x)) / h", "return f(x) + slope(f, x, h) * (to - x)"
RIGHT = (
    ("before = f(x)\nafter = f(x + h)\nreturn (after - before) / h", LINE),
    (
        "return f(x + h) / h - f(x) / h",
        "rise = f(x + h) - f(x)\nreturn f(x) + rise * (to - x) / h",
    ),
)
WRONG = {
    ("return f(x + h) - f(x)", LINE): "divide by h",
    ("return (f(x) - f(x + h)) / h", LINE): "the wrong way round",
    ("return f(x + h) / h", LINE): "f(x) is not subtracted",
    ("return f(x + h) - f(x) / h", LINE): "parentheses",
    ("return (f(x + h) - f(x)) * h", LINE): "multiplied by h",
    ("return (f(x * h) - f(x)) / h", LINE): "x is multiplied by h",
    ("return (f(x * (1 + h)) - f(x)) / h", LINE): "h times x",
    ("return (f(h) - f(x)) / h", LINE): "f is taken at h",
    ("return (f(x + h) - f(x)) / x", LINE): "divided by x",
    ("return (f(x) - f(x - h)) / h", LINE): "a step back",
    ("return (f(x + h) - f(x - h)) / (2 * h)", LINE): "to both sides",
    ("return (f(x + h) - f(x)) / (x + h)", LINE): "divided by x + h",
    ("return f(x + h)", LINE): "the height after the move",
    ("return 6 * x - 4", LINE): "for one function",
    ("return (f(x) + h - f(x)) / h", LINE): "moves f, not x",
    (SLOPE, "return f(x) * slope(f, x, h) * (to - x)"): "multiplied by f(x)",
    (SLOPE, "return slope(f, x, h) * to"): "through the origin",
    (SLOPE, "return f(x) + slope(f, x, h) * h"): "the height at x + h",
    (SLOPE, "return f(x) + slope(f, x, h)"): "at any distance",
    (SLOPE, "return slope(f, x, h) * (to - x)"): "begins at 0",
    (SLOPE, "return f(x) + slope(f, x, h) * to"): "from x to `to`",
    (SLOPE, "return f(x) + slope(f, x, h) * to - x"): "parentheses are missing around `to - x`",
    (SLOPE, "return f(x) + slope(f, to, h) * (to - x)"): "the slope at `to`",
    (SLOPE, "return f(x) + slope(f, x, h) * (x - to)"): "the wrong way",
    (SLOPE, "return f(to)"): "the curve, not the line",
    (
        SLOPE,
        "y, step = f(x), slope(f, x, h) * h\nwhile x < to - 1e-9:\n    x, y = x + h, y + step\n"
        "return y",
    ): "whole steps of h",
    (SLOPE, "return slope(f, x, h) * to + f(0)"): "another height than f(0)",
    (SLOPE, "return f(x) + h * (to - x)"): "h is not the slope",
}
AFTER = {
    "another": RIGHT[1],
    "remark": "Near x the line and the curve can hardly be told apart: that is what a derivative "
    "claims. In lesson 6 a step goes along such a line.",
}


def square(x):
    return x * x


def cubic(x):
    return x**3 - 2 * x + 1


def cup(x):
    return 3 * x**2 - 4 * x + 5


POINTS = [
    (square, 3.0, 0.5),
    (cup, 3.0, 0.001),
    (cup, -3.0, 0.25),
    (cubic, 0.7, 0.125),
    (cubic, -1.3, 0.01),
]
NAMES = {square: "x*x", cubic: "x**3 - 2*x + 1", cup: "3*x**2 - 4*x + 5"}


def right(f, x, h):
    return (f(x + h) - f(x)) / h


def check_the_slope(slope):
    """slope(f, 3.0, 0.5) for f(x) = x * x, which is 6.5, and other slopes"""
    compare(
        slope,
        right,
        POINTS,
        "the slope",
        lambda f, x, h: f"f(x) = {NAMES[f]}, x = {x} and h = {h}",
        {
            "divide by h: that is only how far f moves": lambda f, x, h: f(x + h) - f(x),
            "the difference is taken the wrong way round: f after the move, minus f before": (
                lambda f, x, h: (f(x) - f(x + h)) / h
            ),
            "f(x) is not subtracted: how far f moves is f(x + h) - f(x)": (
                lambda f, x, h: f(x + h) / h
            ),
            "parentheses are missing: without them only f(x) is divided by h": (
                lambda f, x, h: f(x + h) - f(x) / h
            ),
            "the move of f is multiplied by h: divide by it": lambda f, x, h: (f(x + h) - f(x)) * h,
            "x is multiplied by h: move it, x + h": lambda f, x, h: (f(x * h) - f(x)) / h,
            "x moves by h times x: move it by h, x + h": (
                lambda f, x, h: (f(x * (1 + h)) - f(x)) / h
            ),
            "f is taken at h: it is x that moves, to x + h": lambda f, x, h: (f(h) - f(x)) / h,
            "the move of f is divided by x: divide it by how far x has moved, h": (
                lambda f, x, h: (f(x + h) - f(x)) / x
            ),
            "the move of f is divided by x + h: divide it by how far x has moved, h": (
                lambda f, x, h: (f(x + h) - f(x)) / (x + h)
            ),
            "that is a step back: here x goes up by h": lambda f, x, h: (f(x) - f(x - h)) / h,
            "that is a step to both sides, which is more exact, but here x only goes up": (
                lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h)
            ),
            "that is the rule for one function, 3x**2 - 4x + 5: measure the slope of the given f": (
                lambda f, x, h: 6 * x - 4
            ),
            "that moves f, not x: the move belongs inside, f(x + h)": lambda f, x, h: 1.0,
            "that is the height after the move: how far has f moved, and relative to h?": (
                lambda f, x, h: f(x + h)
            ),
        },
    )


def in_steps(f, x, h, to):
    """Return the height of a line that goes up by steps of h until it is at `to` or behind it."""
    steps = math.ceil(round((to - x) / h, 6))
    return f(x) + right(f, x, h) * h * max(steps, 0)


def check_the_line(line):
    """line(f, 3.0, 0.5, 4.0) for f(x) = x * x, which is 15.5, and other lines"""
    points = [(f, x, h, x + far) for (f, x, h), far in zip(POINTS, (1.0, 2.0, -1.5, 0.6, 0.9))]
    compare(
        line,
        lambda f, x, h, to: f(x) + right(f, x, h) * (to - x),
        points,
        "the height",
        lambda f, x, h, to: f"f(x) = {NAMES[f]}, x = {x}, h = {h} and to = {to:.4g}",
        {
            "the line rises by the slope at any distance: multiply it by to - x": (
                lambda f, x, h, to: f(x) + right(f, x, h)
            ),
            "the line begins at 0: it begins at the curve, at the height f(x)": (
                lambda f, x, h, to: right(f, x, h) * (to - x)
            ),
            "the distance is that from x to `to`, which is to - x": (
                lambda f, x, h, to: f(x) + right(f, x, h) * to
            ),
            "that is the slope at `to`: the line keeps the slope that it has at x": (
                lambda f, x, h, to: f(x) + right(f, to, h) * (to - x)
            ),
            "the line goes the wrong way from x: the distance is to - x": (
                lambda f, x, h, to: f(x) + right(f, x, h) * (x - to)
            ),
            "the rise of the line is multiplied by f(x): add it to f(x)": (
                lambda f, x, h, to: f(x) * right(f, x, h) * (to - x)
            ),
            "that is a line through the origin: this one goes through the point (x, f(x))": (
                lambda f, x, h, to: right(f, x, h) * to
            ),
            "the line crosses the axis at another height than f(0): begin at x, where it has the "
            "height f(x)": lambda f, x, h, to: f(0) + right(f, x, h) * to,
            "the line goes in whole steps of h: use the distance itself, to - x, which may lie "
            "between two steps, or be below 0": in_steps,
            "that is the height at x + h: how far is it from x to `to`?": (
                lambda f, x, h, to: f(x) + right(f, x, h) * h
            ),
            "that is the curve, not the line": lambda f, x, h, to: f(to),
            "h is not the slope: it is how far x moves to measure it": (
                lambda f, x, h, to: f(x) + h * (to - x)
            ),
        },
    )


# </checker>
