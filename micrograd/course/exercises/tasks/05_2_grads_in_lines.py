"""Backpropagation by hand, in lines of code

The expression L = (a - b*c) * d * h is computed in four steps: e = b * c, f = a - e, g = f * d and
L = g * h. Write a line for each grad, from L backwards, that is right whatever the five numbers
are. Every line is of one form: what has arrived at the node that the number goes into, times the
partial of that step.
"""


def grads(a, b, c, d, h):
    e = b * c
    f = a - e
    g = f * d

    # <solution>
    grad_L = 1.0
    grad_g = grad_L * h
    grad_h = grad_L * g
    grad_f = grad_g * d
    grad_d = grad_g * f
    grad_a = grad_f * 1.0
    grad_e = grad_f * -1.0
    grad_b = grad_e * c
    grad_c = grad_e * b
    # </solution>
    return [grad_L, grad_g, grad_h, grad_f, grad_d, grad_a, grad_e, grad_b, grad_c]


# <checker>
from micrograd.course.exercises.by_hand import MINUS, PRODUCT, SUM, Edge, compare_lines

HINTS = (
    "grad_L is 1.0. In L = g * h, each of the two inputs gets the other one's number.",
    "In f = a - e, what does f do when a grows by a little? And when e grows by a little?",
    "grad_e is grad_f * -1.0, and grad_b is grad_e * c.",
)
NAMES = ("L", "g", "h", "f", "d", "a", "e", "b", "c")
ANSWER = {
    "L": "1.0",
    "g": "grad_L * h",
    "h": "grad_L * g",
    "f": "grad_g * d",
    "d": "grad_g * f",
    "a": "grad_f * 1.0",
    "e": "grad_f * -1.0",
    "b": "grad_e * c",
    "c": "grad_e * b",
}


def lines(**other):
    """Return the lines of the answer, with these instead of some of them."""
    return "\n".join(f"grad_{name} = {text}" for name, text in (ANSWER | other).items())


GIVEN = [lines(**dict.fromkeys(NAMES, "..."))]
RIGHT = (
    lines(g="h", h="g", f="h * d", d="h * f", a="grad_f", e="-grad_f"),
    lines(b="-(h * d) * c", c="b * grad_e", a="d * h"),
)
WRONG = {
    lines(L="0.0"): "begin with 1",
    lines(L="g * h"): "the number L and not a rate",
    lines(g="grad_L * g", h="grad_L * h"): "grad_g has g's own number",
    lines(f="d", d="f"): "grad_f is the partial alone",
    lines(f="grad_g + d", d="grad_g + f"): "grad_f is a sum of rates",
    lines(f="grad_g * f", d="grad_g * d"): "grad_f has f's own number",
    lines(f="grad_g", d="grad_g"): "grad_f is grad_g handed on",
    lines(d="grad_g * g"): "the product g itself",
    lines(a="1.0"): "grad_a is the partial alone",
    lines(a="grad_f * a"): "grad_a has a's own number",
    lines(a="grad_f * e", e="-grad_f * a"): "grad_a has the rule of a product",
    lines(a="-grad_f", e="grad_f"): "grad_a has the wrong sign",
    lines(e="grad_f"): "e is taken away in f",
    lines(e="-1.0"): "grad_e is the partial alone",
    lines(b="c", c="b"): "grad_b is the partial alone",
    lines(b="grad_e * b", c="grad_e * c"): "grad_b has b's own number",
    lines(b="grad_f * c", c="grad_f * b"): "grad_b has the wrong sign",
    lines(c="grad_e + b"): "grad_c is a sum of rates",
    lines(b="grad_e / c"): "grad_b is divided by the partial",
    lines(f="grad_g * (g / f)", d="grad_g * (g / d)"): "divides by a number that may be 0",
    lines(b="grad_e * (e / b)", c="grad_e * (e / c)"): "divides by a number that may be 0",
}
AFTER = {
    "another": """
    grad_L = 1.0
    grad_g, grad_h = h, g
    grad_f, grad_d = d * grad_g, f * grad_g
    grad_a, grad_e = grad_f, -grad_f
    grad_b, grad_c = c * grad_e, b * grad_e
    """,
    "remark": "Each line needs only one grad, that of the node behind it, and two numbers of the "
    "forward pass at most. Lesson 8 lets every operation write its own line.",
}
EDGES = (
    Edge("g", "L", PRODUCT, "h"),
    Edge("h", "L", PRODUCT, "g"),
    Edge("f", "g", PRODUCT, "d"),
    Edge("d", "g", PRODUCT, "f"),
    Edge("a", "f", SUM, "e"),
    Edge("e", "f", MINUS, "a"),
    Edge("b", "e", PRODUCT, "c"),
    Edge("c", "e", PRODUCT, "b"),
)
POINTS = [
    (2.0, -3.0, 1.5, 4.0, -2.0),
    (-1.3, 0.7, 2.2, -0.6, 3.1),
    (0.4, 1.9, -2.7, 1.3, 0.8),
    (3.2, -1.1, -0.5, -2.3, -1.7),
    (1.3, 0.0, -0.7, 2.4, 0.0),
    (-0.8, 1.6, 0.0, 0.0, 1.1),
]


def data_of(a, b, c, d, h):
    data = {"a": a, "b": b, "c": c, "d": d, "h": h, "e": b * c, "f": a - b * c}
    data["g"] = data["f"] * d
    return {**data, "L": data["g"] * h}


def check_the_lines(grads):
    """the nine grads for a = 2, b = -3, c = 1.5, d = 4 and h = -2, and for other numbers"""
    compare_lines(grads, EDGES, data_of, POINTS, "a = {}, b = {}, c = {}, d = {}, h = {}")


# </checker>
