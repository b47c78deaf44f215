"""A gradient, read

A gradient is a rate: how many times as far the result moves when a number moves a little. Write
three functions that use it.

    after_a_move(g, grad, move)  is roughly the result after the number has moved by `move`; before,
                                 it was g: after_a_move(24.7, 645.6, 0.001) is 25.3456
    move_for(grad, change)       is how far the number has to move so that the result changes by
                                 about `change`: move_for(4.0, 0.5) is 0.125
    matters_most(grads)          is the index, from 0 on, of the number whose small moves change the
                                 result most, up or down: matters_most([2.0, -5.0, 1.0]) is 1.
                                 The largest is larger than all others, up or down.
"""


def after_a_move(g, grad, move):
    # <solution>
    return g + grad * move
    # </solution>


def move_for(grad, change):
    # <solution>
    return change / grad
    # </solution>


def matters_most(grads):
    # <solution>
    sizes = [abs(grad) for grad in grads]
    return sizes.index(max(sizes))
    # </solution>


# <checker>
from micrograd.course.exercises.checking import Wrong, compare

HINTS = (
    "A bath with 30 litres gets 12 litres a minute. How much is in it after half a minute?",
    "The result moves by grad * move. Turned round: which move makes grad * move equal to change?",
    "For the last one, a grad of -5 moves the result further than one of 2: compare abs(grad).",
)
AFTER_A_MOVE, MOVE_FOR = "return g + grad * move", "return change / grad"
MOST = "sizes = [abs(grad) for grad in grads]\nreturn sizes.index(max(sizes))"
RIGHT = (
    (
        "rise = move * grad\nreturn rise + g",
        "return change * (1 / grad)",
        "return max(range(len(grads)), key=lambda i: abs(grads[i]))",
    ),
    (
        "return g - grad * -move",
        MOVE_FOR,
        "best = 0\nfor i, grad in enumerate(grads):\n"
        "    if grad**2 > grads[best] ** 2:\n        best = i\nreturn best",
    ),
)
WRONG = {
    ("return grad", MOVE_FOR, MOST): "read as the result",
    ("return g + grad", MOVE_FOR, MOST): "as if the number moved by 1",
    ("return grad * move", MOVE_FOR, MOST): "only how far the result moves",
    ("return g - grad * move", MOVE_FOR, MOST): "goes the wrong way",
    ("return g + move", MOVE_FOR, MOST): "as far as the number",
    ("return g * grad * move", MOVE_FOR, MOST): "multiplied by g",
    ("return g + grad / move", MOVE_FOR, MOST): "divided by the move",
    ("return g + abs(grad * move)", MOVE_FOR, MOST): "always goes up",
    (AFTER_A_MOVE, "return grad / change", MOST): "upside down",
    (AFTER_A_MOVE, "return grad * change", MOST): "the other question",
    (AFTER_A_MOVE, "return -change / grad", MOST): "wrong sign",
    (AFTER_A_MOVE, "return change - grad", MOST): "taken away",
    (AFTER_A_MOVE, "return change / abs(grad)", MOST): "sign of the grad is lost",
    (AFTER_A_MOVE, "return grad - change", MOST): "taken from the grad",
    (AFTER_A_MOVE, "return change", MOST): "as if the grad were 1",
    (AFTER_A_MOVE, MOVE_FOR, "return grads.index(max(grads))"): "a negative grad counts as much",
    (AFTER_A_MOVE, MOVE_FOR, "return grads.index(max(map(abs, grads)))"): "the list of sizes",
    (AFTER_A_MOVE, MOVE_FOR, "return sum(grads)"): "the sum of the grads",
    (AFTER_A_MOVE, MOVE_FOR, "return grads.index(min(grads))"): "the smallest",
    (AFTER_A_MOVE, MOVE_FOR, "return max(abs(grad) for grad in grads)"): "its size, not its index",
    (AFTER_A_MOVE, MOVE_FOR, MOST + " + 1"): "counted from 1",
    (
        AFTER_A_MOVE,
        MOVE_FOR,
        "for i, grad in enumerate(grads):\n    if abs(grad) > abs(grads[0]):\n        return i\n"
        "return 0",
    ): "the first grad that is larger",
    (
        AFTER_A_MOVE,
        MOVE_FOR,
        "best, index = grads[0], 0\nfor i, grad in enumerate(grads):\n    if abs(grad) > best:\n"
        "        best, index = grad, i\nreturn index",
    ): "keep the largest size",
    (
        AFTER_A_MOVE,
        MOVE_FOR,
        "best, index = grads[0], 0\nfor i, grad in enumerate(grads):\n"
        "    if i and abs(grad) > best:\n        best, index = abs(grad), i\nreturn index",
    ): "the first grad is taken with its sign",
    (AFTER_A_MOVE, MOVE_FOR, "return max(enumerate(map(abs, grads)))[0]"): "always the last index",
    (AFTER_A_MOVE, MOVE_FOR, "return max(grads, key=abs)"): "the grad itself, not its index",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "All three are one rule, change = grad * move, solved for three things. It holds for "
    "small moves only, since the grad itself changes on the way.",
}
MOVES = [
    (24.7, 645.6, 0.001),
    (-3.0, -2.0, 0.25),
    (0.5, 4.0, -0.125),
    (1.73219, -0.31, -2.0007),
    (2.0, 0.0, 0.4),
]
CHANGES = [(4.0, 0.5), (-2.0, 0.3), (0.25, -1.5), (-0.7, -0.9)]
LISTS = [
    [2.0, -5.0, 1.0],
    [0.5, 3.0],
    [-6.0, 4.0, 5.0, 1.0],
    [-4.0, 2.0, 3.5],
    [0.1, 0.2, -0.4],
    [-1.0, -2.0],
    [1.0, -2.0, 3.0],
    [1.0, 0.5, -3.0, 4.0],
]


def check_after_a_move(after_a_move):
    """after_a_move(24.7, 645.6, 0.001), which is 25.3456, and others"""
    compare(
        after_a_move,
        lambda g, grad, move: g + grad * move,
        MOVES,
        "the result",
        "after_a_move({}, {}, {})",
        {
            "the gradient is read as the result, but it is a rate": lambda g, grad, move: grad,
            "that is as if the number moved by 1: multiply the rate by the move": (
                lambda g, grad, move: g + grad
            ),
            "that is only how far the result moves: where does it end, if it begins at g?": (
                lambda g, grad, move: grad * move
            ),
            "the result goes the wrong way: with a positive grad both go up together": (
                lambda g, grad, move: g - grad * move
            ),
            "the result moves as far as the number: multiply the move by the rate": (
                lambda g, grad, move: g + move
            ),
            "the change is multiplied by g instead of added to it": (
                lambda g, grad, move: g * grad * move
            ),
            "the rate is divided by the move: multiply them": lambda g, grad, move: g + grad / move,
            "the result always goes up here, but with a negative grad a move up brings it down": (
                lambda g, grad, move: g + abs(grad * move)
            ),
            "the result always goes up here: keep the sign of the grad": (
                lambda g, grad, move: g + abs(grad) * move
            ),
        },
    )


def check_move_for(move_for):
    """move_for(4.0, 0.5), which is 0.125, and others"""
    compare(
        move_for,
        lambda grad, change: change / grad,
        CHANGES,
        "the move",
        "move_for({}, {})",
        {
            "that is upside down: the larger the grad, the smaller is the move that is needed": (
                lambda grad, change: grad / change
            ),
            "that answers the other question, how far the result moves: divide by the grad": (
                lambda grad, change: grad * change
            ),
            "the grad is taken away from the change: divide by it": (
                lambda grad, change: change - grad
            ),
            "the change is taken from the grad: divide the change by the grad": (
                lambda grad, change: grad - change
            ),
            "the sign of the grad is lost: if it is negative, the number moves the other way": (
                lambda grad, change: change / abs(grad)
            ),
            "that is as if the grad were 1": lambda grad, change: change,
        },
    )


def check_matters_most(matters_most):
    """matters_most([2.0, -5.0, 1.0]), which is 1, and others"""
    compare(
        lambda grads: index_by(matters_most, grads),
        lambda grads: float(largest(grads)),
        [(grads,) for grads in LISTS],
        "the index",
        "matters_most({})",
        {
            "a negative grad counts as much as a positive one: compare their sizes, abs(grad)": (
                lambda grads: grads.index(max(grads))
            ),
            "that is the number with the smallest grad: a grad below 0 is not a small one": (
                lambda grads: grads.index(min(grads))
            ),
            "that is the sum of the grads, and not the index of one of them": sum,
            "that is its size, not its index": lambda grads: abs(grads[largest(grads)]),
            "that is the grad itself, not its index": lambda grads: grads[largest(grads)],
            "that is the first grad that is larger than grads[0]: go on to the end, and keep the "
            "largest": first_larger,
            "the size of a grad is compared with a grad that has its sign: keep the largest size": (
                signed_best
            ),
            "the first grad is taken with its sign, and the others without: take abs() of all": (
                first_with_sign
            ),
            "that is always the last index: max of pairs (index, size) compares indices first": (
                lambda grads: len(grads) - 1
            ),
            "the index is counted from 1: Python counts from 0": lambda grads: largest(grads) + 1,
        },
    )


def index_by(matters_most, grads):
    """Return the learner's index. Wrong if the largest size itself is looked up in the list."""
    try:
        return matters_most(grads)
    except ValueError as error:
        if "not in list" not in str(error) or max(map(abs, grads)) in grads:
            raise
        text = "the largest size is looked up among the grads, where a negative one has its minus"
        raise Wrong(f"{text}: look it up in the list of sizes.", text) from None


def signed_best(grads):
    index = 0
    for i, grad in enumerate(grads):
        if abs(grad) > grads[index]:
            index = i
    return index


def first_with_sign(grads):
    sizes = [grads[0], *map(abs, grads[1:])]
    return sizes.index(max(sizes))


def first_larger(grads):
    return next((i for i, grad in enumerate(grads) if abs(grad) > abs(grads[0])), 0)


def largest(grads):
    sizes = [abs(grad) for grad in grads]
    return sizes.index(max(sizes))


# </checker>
