"""One step up, and what it promises

The leaves of a result have their grads. Write two functions.

    step(leaves, size)     moves each leaf, so that the result goes up: its data changes by size
                           times its grad. It returns nothing.
    promise(leaves, size)  returns by how much the result should go up in such a step, roughly. It
                           moves nothing.

For the leaves of the lesson, with the grads 6, -4, -2 and 4, promise(leaves, 0.01) is 0.72.
"""


class Value:
    def __init__(self, data, grad=0.0):
        self.data = data
        self.grad = grad

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"


def step(leaves, size):
    # <solution>
    for x in leaves:
        x.data += size * x.grad
    # </solution>


def promise(leaves, size):
    # <solution>
    rise = 0.0
    for x in leaves:
        rise += size * x.grad * x.grad
    return rise
    # </solution>


# <checker>
from micrograd.course.exercises.checking import Wrong, compare, unchanged

HINTS = (
    "A loop over the leaves: x.data changes by size * x.grad, whatever its sign.",
    "A leaf that moves by m moves the result by about grad * m. Here m is size * grad.",
    "In step: x.data += size * x.grad. In promise: add up size * x.grad**2, and return the sum.",
)
STEP = "for x in leaves:\n    x.data += size * x.grad"
PROMISE = "return sum(size * x.grad**2 for x in leaves)"
RIGHT = (
    (
        "for i in range(len(leaves)):\n    leaves[i].data = leaves[i].data + leaves[i].grad * size",
        "return size * sum(x.grad * x.grad for x in leaves)",
    ),
    (
        "for x in leaves:\n    x.data -= -size * x.grad",
        "moves = [size * x.grad for x in leaves]\n"
        "return sum(move * x.grad for move, x in zip(moves, leaves))",
    ),
)
WRONG = {
    (STEP.replace("+=", "-="), PROMISE): "goes down",
    (STEP.replace("+=", "="), PROMISE): "replaced by the step",
    (STEP.replace("+=", "=+"), PROMISE): "in the wrong order",
    (STEP.replace("size * x.grad", "size"), PROMISE): "all leaves move by `size`",
    (
        "for x in leaves:\n    x.data += size if x.grad > 0 else -size",
        PROMISE,
    ): "multiply by the grad",
    (STEP.replace("size * ", ""), PROMISE): "size is missing",
    (STEP.replace("x.data +=", "x.grad +="), PROMISE): "the grads are changed",
    (STEP.replace("size * x.grad", "size * x.data"), PROMISE): "its own data",
    (STEP.replace("size * x.grad", "size * abs(x.grad)"), PROMISE): "lost its sign",
    (STEP.replace("+=", "*="), PROMISE): "multiplied by the step",
    (STEP.replace("size * x.grad", "size / x.grad"), PROMISE): "divided by the grad",
    ("for x in leaves:\n    x = Value(x.data + size * x.grad)", PROMISE): "has moved",
    ("leaves = [Value(x.data + size * x.grad) for x in leaves]", PROMISE): "has moved",
    (
        "for i, x in enumerate(leaves):\n    leaves[i] = Value(x.data + size * x.grad, x.grad)",
        PROMISE,
    ): "is replaced by a new one",
    ("x = leaves[0]\nx.data += size * x.grad", PROMISE): "only the first leaf",
    (STEP + "\n    return", PROMISE): "only the first leaf",
    (STEP + "\n    x.grad = 0.0", PROMISE): "the grads are changed",
    (STEP, "return sum(size * x.grad for x in leaves)"): "the moves of the leaves",
    (STEP, "return sum(size * abs(x.grad) for x in leaves)"): "without their signs",
    (STEP, "return sum(x.grad**2 for x in leaves)"): "size is missing",
    (STEP, "return sum(size * x.grad for x in leaves) ** 2"): "square of the sum",
    (STEP, "return size * sum(x.grad for x in leaves) ** 2"): "square of the sum",
    (STEP, "return sum(x.grad for x in leaves)"): "these are the grads",
    (
        STEP,
        "step(leaves, size)\nreturn sum(size * x.grad**2 for x in leaves)",
    ): "changes the leaves",
    (STEP, "return sum((size * x.grad) ** 2 for x in leaves)"): "size is squared",
    (STEP, "return sum(size * x.data * x.grad for x in leaves)"): "the data of a leaf",
    (STEP, "return -sum(size * x.grad**2 for x in leaves)"): "sign",
    (STEP, "x = leaves[0]\nreturn size * x.grad**2"): "only the first leaf",
    (STEP, "return size * max(x.grad**2 for x in leaves)"): "only the largest share",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "A share is size * grad**2, which is never negative: every leaf helps. With a minus "
    "in front of size the same loop makes a loss smaller, and that is training.",
}
LEAVES = [
    [(2.0, 6.0), (-3.0, -4.0), (10.0, -2.0), (-2.0, 4.0)],
    [(0.5, -1.5), (0.0, 2.25)],
    [(-1.25, 0.5), (3.0, 0.0), (4.5, -3.5)],
    [(1.7, 0.3)],
]
SIZES = (0.01, 0.1, 0.5, 2.0)
POINTS = list(zip(LEAVES, SIZES))
AT = "leaves with (data, grad) = {} and the size {}"


def build(Value, pairs):
    return [Value(data, grad) for data, grad in pairs]


def check_the_step(Value, step):
    """the data of the leaves after a step, with the lesson's numbers and with others"""
    compare(
        lambda pairs, size: data_after(Value, step, pairs, size),
        lambda pairs, size: [data + size * grad for data, grad in pairs],
        POINTS,
        "data of leaf {}",
        AT,
        {
            "nothing has moved: a new Value is not the caller's leaf, whose data has to change": (
                lambda pairs, size: [data for data, _ in pairs]
            ),
            "the result goes down: to go up, each leaf moves in the direction of its grad": (
                lambda pairs, size: [data - size * grad for data, grad in pairs]
            ),
            "the data is replaced by the step: add the step to it": (
                lambda pairs, size: [size * grad for _, grad in pairs]
            ),
            "all leaves move by `size`: each moves by size times its grad": (
                lambda pairs, size: [data + size for data, _ in pairs]
            ),
            "all leaves move by `size`, up or down by the sign of the grad: multiply by the grad": (
                lambda pairs, size: [
                    data + size * ((grad > 0) - (grad < 0)) for data, grad in pairs
                ]
            ),
            "all leaves move by `size`, up where the grad is positive: multiply by the grad": (
                lambda pairs, size: [data + size * (1 if grad > 0 else -1) for data, grad in pairs]
            ),
            "size is missing: the leaves move by their whole grad": (
                lambda pairs, size: [data + grad for data, grad in pairs]
            ),
            "each leaf moves by size times its own data: the grad says which way and how far": (
                lambda pairs, size: [data + size * data for data, _ in pairs]
            ),
            "the grad has lost its sign, and so no leaf goes down": (
                lambda pairs, size: [data + size * abs(grad) for data, grad in pairs]
            ),
            "the data is multiplied by the step: add it": (
                lambda pairs, size: [data * size * grad for data, grad in pairs]
            ),
            "size is divided by the grad: a leaf with a large grad moves far": (
                lambda pairs, size: [data + size / grad for data, grad in pairs]
            ),
            "only the first leaf moves: does the loop end too early?": (
                lambda pairs, size: [
                    data + size * grad if i == 0 else data for i, (data, grad) in enumerate(pairs)
                ]
            ),
        },
    )


def data_after(Value, step, pairs, size):
    """Return the data of the leaves after the step. Wrong if their grads have changed."""
    leaves = build(Value, pairs)
    try:
        with unchanged(leaves=leaves):
            step(leaves, size)
    except ZeroDivisionError:
        raise Wrong("something is divided by the grad, and a grad may be 0: multiply.") from None
    if [x.grad for x in leaves] != [grad for _, grad in pairs]:
        raise Wrong("the grads are changed: a step moves the data, and only that.", "grads change")
    return [x.data for x in leaves]


def promised(Value, promise, pairs, size):
    """Return the promised rise. Wrong if a leaf has changed."""
    leaves = build(Value, pairs)
    answer = promise(leaves, size)
    if [(x.data, x.grad) for x in leaves] != pairs:
        raise Wrong("promise changes the leaves: it only says what a step would do.", "moves")
    return answer


def check_the_promise(Value, promise):
    """promise(leaves, size), with the lesson's numbers and with others"""
    compare(
        lambda pairs, size: promised(Value, promise, pairs, size),
        lambda pairs, size: sum(size * grad * grad for _, grad in pairs),
        POINTS,
        "the promised rise",
        AT,
        {
            "these are the moves of the leaves, added: each moves the result by its grad times "
            "that": lambda pairs, size: sum(size * grad for _, grad in pairs),
            "these are the moves of the leaves without their signs: multiply each by its grad": (
                lambda pairs, size: sum(size * abs(grad) for _, grad in pairs)
            ),
            "size is missing: that is only the sum of the squares": (
                lambda pairs, size: sum(grad * grad for _, grad in pairs)
            ),
            "that is the square of the sum: square each grad on its own": (
                lambda pairs, size: sum(size * grad for _, grad in pairs) ** 2
            ),
            "that is the square of the sum, times size: square each grad on its own": (
                lambda pairs, size: size * sum(grad for _, grad in pairs) ** 2
            ),
            "these are the grads, added: each leaf moves by size * grad, and the result by grad "
            "times that": lambda pairs, size: sum(grad for _, grad in pairs),
            "size is squared, too: the move is size * grad, and the rise is grad times that": (
                lambda pairs, size: sum((size * grad) ** 2 for _, grad in pairs)
            ),
            "the data of a leaf does not matter: its move is size * grad, and the rise is grad "
            "times that": lambda pairs, size: sum(size * data * grad for data, grad in pairs),
            "only the first leaf counts: add up the shares of all": (
                lambda pairs, size: size * pairs[0][1] ** 2
            ),
            "that is only the largest share: all leaves move at once, so add them up": (
                lambda pairs, size: size * max(grad * grad for _, grad in pairs)
            ),
        },
    )


# </checker>
