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
from micrograd.course.exercises.checking import Wrong, near, number, numbers, recognise

HINTS = (
    "Draw the graph of the loss: what was it computed from?",
    "out.data is a float without a graph; a Value made from it is a new leaf.",
    "Use the Values themselves: (out - y) ** 2, added up with sum.",
)
WRONG = {
    "loss = Value(sum((out.data - y) ** 2 for out, (_, y) in zip(outs, points)))": "new leaf",
    "loss = sum((Value(out.data) - y) ** 2 for out, (_, y) in zip(outs, points))": "new leaf",
    "loss = sum(out - y for out, (_, y) in zip(outs, points))": "square",
    "loss = sum((out - y) ** 2 for out, (_, y) in zip(outs, points)) / len(points)": "the mean",
    "loss = (outs[-1] - points[-1][1]) ** 2": "last point",
    "loss = Value(sum((out - y) ** 2 for out, (_, y) in zip(outs, points)).data)": "new leaf",
    "loss = sum((out - y) ** 2 for out, (_, y) in zip(outs, points)).data": "loss is a float",
}
GIVEN = [next(iter(WRONG))]  # the bug that learners fix
POINTS = [(-1.2, 3.0), (0.4, 0.7), (1.5, 5.5)]


def curve(steps, lr, a=0.6, b=-0.3):
    """Return a, b and the losses of training with plain floats."""
    losses = []
    for _ in range(steps):
        errors = [a * x**2 + b - y for x, y in POINTS]
        losses.append(sum(e**2 for e in errors) / len(POINTS))
        grads = [2 * sum(e * x**2 for e, (x, _) in zip(errors, POINTS)) / len(POINTS)]
        grads.append(2 * sum(errors) / len(POINTS))
        a, b = a - lr * grads[0], b - lr * grads[1]
    return a, b, losses


def train_here(steps, lr):
    """Return a, b and the losses of the learner's training."""
    a, b = Value(0.6), Value(-0.3)
    try:
        losses = train(a, b, POINTS, steps, lr)
    except AttributeError as error:
        if "float" not in str(error):
            raise
        raise Wrong("the loss is a float, which has no backward(): keep it a Value.") from None
    return number(a), number(b), numbers(losses, steps)


def check_one_step():
    """the loss before the first step, and a and b after it"""
    a, b, (loss,) = train_here(1, 0.05)
    _, _, (wanted,) = curve(1, 0.05)
    errors = [0.6 * x**2 - 0.3 - y for x, y in POINTS]
    recognise(
        loss,
        {
            "the square is missing: the differences themselves are added up": sum(errors) / 3,
            "the line below takes the mean: compute the sum here": wanted / 3,
            "this uses only the last point: add up the squares of all points": errors[-1] ** 2 / 3,
        },
    )
    near(loss, wanted, "the loss before the first step")
    still = "nothing moves: the loss is a new leaf, made from floats, so a and b get no grad"
    recognise([a, b], {still: [0.6, -0.3]})
    near([a, b], curve(1, 0.05)[:2], "[a, b] after one step")


def check_fifty_steps():
    """a, b and the losses of fifty steps"""
    (a, b, losses), wanted = train_here(50, 0.05), curve(50, 0.05)
    near([a, b], wanted[:2], "[a, b] after 50 steps")
    near(losses, wanted[2], "the losses of 50 steps")


# </checker>
