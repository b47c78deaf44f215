"""Backpropagation by hand, in numbers

x = 7, y = -4, z = -2, v = -0.5 and w = 8. The expression is computed in four steps:

    p = x + y
    q = p * z
    r = v * w
    L = q * r

On paper, first work out p, q, r and L. Then go backwards from L and find the grad of each node: how
many times as fast as this node does L move? Replace each ... by your number, or by a product of
numbers, such as 3 * 2; other code is not needed.
"""


def grads():
    # <solution>
    grad_L = 1
    grad_q = -4
    grad_r = -6
    grad_p = 8
    grad_z = -12
    grad_v = -48
    grad_w = 3
    grad_x = 8
    grad_y = 8
    # </solution>
    return [grad_L, grad_q, grad_r, grad_p, grad_z, grad_v, grad_w, grad_x, grad_y]


# <checker>
from micrograd.course.exercises.by_hand import PRODUCT, SUM, Edge, examine_numbers

HINTS = (
    "Draw the graph. p is 3, q is -6 and r is -4. Begin with grad_L, which is 1.",
    "Each grad is what has arrived at the node that it goes into, times a partial: 1 for a sum, "
    "and the other number for a product.",
    "grad_q is 1 times r, so -4. grad_p is grad_q times z, and grad_x is grad_p times 1.",
)
NAMES = ("L", "q", "r", "p", "z", "v", "w", "x", "y")
BLANK = "\n".join(f"grad_{name} = ..." for name in NAMES)
GIVEN = [BLANK]  # a line for each number


def filled(*numbers):
    """Return the lines with these numbers."""
    return "\n".join(f"grad_{name} = {x}" for name, x in zip(NAMES, numbers))


RIGHT = (
    filled(1, -4, -6, "grad_q * -2", "grad_q * 3", "8 * grad_r", "-0.5 * grad_r", 8.0, "grad_p"),
    filled(1.0, "-0.5 * 8", "(7 - 4) * -2", 8, -12, -48, 3, 8, 8),
)
WRONG = {
    filled(0, -4, -6, 8, -12, -48, 3, 8, 8): "exactly as fast as itself",
    filled(24, -4, -6, 8, -12, -48, 3, 8, 8): "exactly as fast as itself",
    filled(1, -6, -4, 12, -18, -32, 2, 12, 12): "grad_q has q's own number",
    filled(1, -4, -4, 8, -12, -32, 2, 8, 8): "grad_r has r's own number",
    filled(1, -4, -6, -2, 3, 8, -0.5, 1, 1): "grad_p is the partial alone",
    filled(1, -4, -6, -6, -1, 2, -6.5, -5, -5): "grad_p is a sum of rates",
    filled(1, -4, -6, -12, 8, 3, -48, -12, -12): "grad_p has p's own number",
    filled(1, -4, -6, -8, 12, 48, -3, -8, -8): "grad_p has the wrong sign",
    filled(1, -4, -6, -4, -4, -6, -6, -4, -4): "handed on as it is",
    filled(1, -4, -6, 8, 3, -48, 3, 8, 8): "grad_z is the partial alone",
    filled(1, -4, -6, 8, -12, 3, -48, 8, 8): "grad_v has v's own number",
    filled(1, -4, -6, 8, -12, -48, -3, 8, 8): "grad_w has the wrong sign",
    filled(1, -4, -6, 8, -12, -48, 3, 1, 1): "grad_x is the partial alone",
    filled(1, -4, -6, 8, -12, -48, 3, -32, 56): "the rule of a product",
    filled(1, -4, -6, 8, -12, -48, 3, 8, -8): "grad_y has the wrong sign",
    filled(1, -4, -6, 8, -12, -48, 3, 56, -32): "does not matter",
    filled(1, -4, -6, 8, -12, -48, 3, 5, 5): "not what a nudge of x says",
    filled(1, 4, -6, -8, -12, -48, 3, -8, -8): "grad_q has the wrong sign",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "x, y and p have the same grad, because a plus hands on all that has arrived. The "
    "grad of v is large because w is: each factor of a product gets the other one.",
}
EDGES = (
    Edge("q", "L", PRODUCT, "r"),
    Edge("r", "L", PRODUCT, "q"),
    Edge("p", "q", PRODUCT, "z"),
    Edge("z", "q", PRODUCT, "p"),
    Edge("v", "r", PRODUCT, "w"),
    Edge("w", "r", PRODUCT, "v"),
    Edge("x", "p", SUM, "y"),
    Edge("y", "p", SUM, "x"),
)
DATA = {"x": 7, "y": -4, "z": -2, "v": -0.5, "w": 8, "p": 3, "q": -6, "r": -4, "L": 24}


def check_the_numbers(grads):
    """the nine grads, from L backwards"""
    examine_numbers(grads(), EDGES, DATA)


# </checker>
