"""A bug hunt: nothing moves

The program fits a * x**2 + b to points. The loss is computed correctly, backward() is called, and
every step subtracts lr times the grad. But the loss is the same in every step, and all grads are 0.
There is one bug.

Find it and fix it. `train(a, b, points, steps, lr)` moves the data of the Values a and b, and
returns the losses, each computed before its step: the mean of the squares, as floats.
"""

from micrograd import Value


def train(a, b, points, steps, lr):
    losses = []
    for _ in range(steps):
        outs = [a * x**2 + b for x, _ in points]
        # <solution>
        loss = sum((out - y) ** 2 for out, (_, y) in zip(outs, points))
        # </solution>
        loss = loss * (1 / len(points))
        a.grad = b.grad = 0.0
        loss.backward()
        losses.append(loss.data)
        a.data -= lr * a.grad
        b.data -= lr * b.grad
    return losses


# <checker>
from micrograd.course.exercises.checking import compare, number, numbers, unchanged
from micrograd.engine import Value as Reference

HINTS = (
    "Draw the graph of the loss: what was it computed from?",
    "out.data is a float without a graph; a Value made from it is a new leaf.",
    "Use the Values themselves: (out - y) ** 2, added up with sum.",
)
RIGHT = (
    "loss = sum((y - out) ** 2 for out, (_, y) in zip(outs, points))",
    "loss = Value(0.0)\nfor i in range(len(points)):\n"
    "    off = outs[i] - points[i][1]\n    loss = loss + off * off",
)
WRONG = {
    "loss = Value(sum((out.data - y) ** 2 for out, (_, y) in zip(outs, points)))": "new leaf",
    "loss = sum((Value(out.data) - y) ** 2 for out, (_, y) in zip(outs, points))": "new leaf",
    "loss = sum(out - y for out, (_, y) in zip(outs, points))": "square",
    "loss = sum((out - y) ** 2 for out, (_, y) in zip(outs, points)) / len(points)": "the mean",
    "loss = (outs[-1] - points[-1][1]) ** 2": "last point",
    "loss = (outs[0] - points[0][1]) ** 2": "first point",
    "loss = Value(sum((out - y) ** 2 for out, (_, y) in zip(outs, points)).data)": "new leaf",
    "loss = sum((out - y) ** 2 for out, (_, y) in zip(outs, points)).data": "plain number",
    "loss = sum((out.data - y) ** 2 for out, (_, y) in zip(outs, points))": "plain number",
    "loss = sum((out + y) ** 2 for out, (_, y) in zip(outs, points))": "plus",
    "loss = sum((out - y) ^ 2 for out, (_, y) in zip(outs, points))": "a power is `**`",
    "loss = sum((out - x) ** 2 for out, (x, _) in zip(outs, points))": "x instead of y",
    "loss = sum(3 * (out - y) ** 2 for out, (_, y) in zip(outs, points))": "the sum here",
    "loss = sum(abs(out - y) for out, (_, y) in zip(outs, points))": "the sizes",
    "loss = sum((out - y) * 2 for out, (_, y) in zip(outs, points))": "twice",
    "loss = sum((out - y) ** 2 for out in outs for _, y in points)": "every",
    "loss = sum(outs - y for _, y in points) ** 2": "whole list",
}
GIVEN = [next(iter(WRONG))]  # the bug that learners fix
AFTER = {
    "another": RIGHT[1],
    "remark": "PyTorch has the same trap: loss.item(), .detach() and torch.tensor(loss) leave the "
    "graph behind.",
}
POINTS = [(-1.2, 3.0), (0.4, 0.7), (1.5, 5.5)]
CASES = [(0.6, -0.3, 1, 0.05), (1.1, 0.4, 1, 0.02), (-0.8, 0.9, 2, 0.03), (0.6, -0.3, 12, 0.05)]


def curve(a, b, steps, lr, loss=None, moves=True):
    """Return a, b and the losses of training; `loss` is another loss of (out, x, y)."""
    losses = []
    for _ in range(steps):
        va, vb = Reference(a), Reference(b)
        outs = [va * x**2 + vb for x, _ in POINTS]
        if loss is None:
            total = sum((out - y) ** 2 for out, (_, y) in zip(outs, POINTS))
        else:
            total = loss(outs)
        total = total * (1 / len(POINTS))
        total.backward()
        losses.append(total.data)
        if moves:
            a, b = a - lr * va.grad, b - lr * vb.grad
    return [a, b, *losses]


def model(**mistake):
    """Return the training with one mistake as a function of a case."""
    return lambda a, b, steps, lr: curve(a, b, steps, lr, **mistake)


def pairs(term):
    """Return the loss that adds up term(out, x, y)."""
    return lambda outs: sum(term(out, x, y) for out, (x, y) in zip(outs, POINTS))


def check_the_training(train):
    """a, b and the losses of one, two and twelve steps"""
    points = list(POINTS)

    def run(a, b, steps, lr):
        first, second = Reference(a), Reference(b)
        with unchanged(points=points):
            losses = train(first, second, points, steps, lr)
        return [number(first), number(second), *numbers(losses, steps, plain=True)]

    compare(
        run,
        curve,
        CASES,
        "number {}",
        "[a, b, *losses] from a = {}, b = {}, {} steps and lr = {}",
        {
            "nothing moves: either the loss is a new leaf, made from floats, so that a and b "
            "get no grad, or their grads are set to 0 after backward()": model(moves=False),
            "the square is missing: the differences themselves are added up": (
                model(loss=pairs(lambda out, x, y: out - y))
            ),
            "that is twice each difference: square with ** 2": (
                model(loss=pairs(lambda out, x, y: 2 * (out - y)))
            ),
            "the loss is the sum here, and a mean was right: divide by the number of points": (
                model(loss=pairs(lambda out, x, y: len(POINTS) * (out - y) ** 2))
            ),
            "the square is missing: these are the sizes of the differences": (
                model(loss=pairs(lambda out, x, y: abs(out - y)))
            ),
            "there is a plus in the square: the difference counts": (
                model(loss=pairs(lambda out, x, y: (out + y) ** 2))
            ),
            "this uses x instead of y": model(loss=pairs(lambda out, x, y: (out - x) ** 2)),
            "the line below takes the mean: compute the sum here": (
                model(loss=pairs(lambda out, x, y: (out - y) ** 2 / len(POINTS)))
            ),
            "this uses only the last point: add up the squares of all points": (
                model(loss=lambda outs: (outs[-1] - POINTS[-1][1]) ** 2)
            ),
            "this uses only the first point: add up the squares of all points": (
                model(loss=lambda outs: (outs[0] - POINTS[0][1]) ** 2)
            ),
            "every result is compared with every y: zip() makes the pairs": (
                model(loss=lambda outs: sum((out - y) ** 2 for out in outs for _, y in POINTS))
            ),
        },
    )


# </checker>
