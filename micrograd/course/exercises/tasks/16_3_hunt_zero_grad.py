"""A bug hunt: the loss goes down, then rises, then swings

The program fits a line w * x + b to points. It runs, the gradients of the first step are right, and
the loss goes down at first. Then it rises again, and goes on swinging. There is one bug.

Find it and fix it. `train(xs, ys, steps, lr)` starts at w = 1, b = -1 and returns (w, b) after
`steps` steps of gradient descent, as floats.
"""

from micrograd import Value


def train(xs, ys, steps, lr):
    w, b = Value(1.0), Value(-1.0)
    for _ in range(steps):
        loss = sum((w * x + b - y) ** 2 for x, y in zip(xs, ys)) * (1 / len(xs))
        # <solution>
        w.grad = b.grad = 0.0
        loss.backward()
        # </solution>
        w.data -= lr * w.grad
        b.data -= lr * b.grad
    return w.data, b.data


# <checker>
from micrograd.course.exercises.checking import compare, numbers, unchanged
from micrograd.engine import Value as Reference

HINTS = (
    "Print w.grad in the first three steps, and compute the second one by hand.",
    "backward() adds to the grads that are there. What is there in the second step?",
    "Set w.grad and b.grad to 0.0 before backward().",
)
RIGHT = (
    "w.grad, b.grad = 0.0, 0.0\nloss.backward()",
    "for p in (w, b):\n    p.grad = 0\nloss.backward()",
    "w, b = Value(w.data), Value(b.data)\n"
    "loss = sum((w * x + b - y) ** 2 for x, y in zip(xs, ys)) / len(xs)\nloss.backward()",
)
WRONG = {
    "loss.backward()": "never set to zero",
    """
    loss.backward()
    w.grad = b.grad = 0.0
    """: "after backward()",
    """
    w.grad = 0.0
    loss.backward()
    """: "grad of b is not",
    """
    b.grad = 0.0
    loss.backward()
    """: "grad of w is not",
    """
    w, b = Value(w.data), Value(b.data)
    loss.backward()
    """: "after backward()",
    """
    w.data = b.data = 0.0
    loss.backward()
    """: "the data",
    "w.grad = b.grad = 0.0": "backward() is not called",
    "loss.grad = 0.0\nloss.backward()": "never set to zero",
    "w.grad = b.grad = 0.0\nloss.backward": "only names a function",
    "w.grad == 0.0\nb.grad == 0.0\nloss.backward()": "is not used",
    "w.grad, b.grad = w.grad / 2, b.grad / 2\nloss.backward()": "half of the grads stays",
    "lr = lr / 10 if _ == 0 else lr\nloss.backward()": "lr is made smaller",
    "lr = lr * 0.9 if _ else lr\nloss.backward()": "lr becomes smaller from step to step",
    "lr = lr / 2 if _ else lr\nloss.backward()": "lr becomes smaller from step to step",
    "lr = lr * _ / (_ + 1) if _ else lr\nloss.backward()": "divided by the number of the step",
    """
    w, b = Value(1.0), Value(-1.0)
    loss = sum((w * x + b - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
    loss.backward()
    """: "made anew in each step",
    "w.grad = b.grad = 0.0\nloss.backward()\nloss.backward()": "twice",
    "if _ == 0:\n    w.grad = b.grad = 0.0\nloss.backward()": "never set to zero",
    "if _ % 2 == 0:\n    w.grad = b.grad = 0.0\nloss.backward()": "every second step",
    "w.grad = b.grad = 1.0\nloss.backward()": "starts at 1",
    "w.grad = b.grad = None\nloss.backward()": "None",
}
GIVEN = [next(iter(WRONG))]  # the bug that learners fix
AFTER = {
    "another": RIGHT[1],
    "remark": "Only w and b have to be set to zero: all other nodes are made anew in each step.",
}
POINTS = [-1.0, 0.5, 2.0, 3.0], [-3.5, 0.2, 3.1, 6.3]
CASES = [(0.05, 1), (0.05, 2), (0.03, 3), (0.04, 7), (0.05, 40)]


def line(
    lr, steps, keep_w=0.0, keep_b=0.0, restart=False, moves=1.0, every=1, start=0.0, rate=None
):
    """Return [w, b] after training that keeps these parts of the previous grads.

    `rate` tells by which factor the move of each step, from 0 on, is another one.
    """
    w, b, grad_w, grad_b = 1.0, -1.0, 0.0, 0.0
    xs, ys = POINTS
    for step in range(steps):
        values = Reference(w), Reference(b)
        outs = [values[0] * x + values[1] for x in xs]
        loss = sum((out - y) ** 2 for out, y in zip(outs, ys)) * (1 / len(xs))
        for value in values if restart else ():
            value.data = 0.0
        loss.backward()
        w, b = (value.data for value in values)
        kept = 1.0 if step % every else 0.0
        grad_w *= max(keep_w, kept)
        grad_b *= max(keep_b, kept)
        grad_w += start + values[0].grad
        grad_b += start + values[1].grad
        move = moves * lr * (rate(step) if rate else 1.0)
        w, b = w - move * grad_w, b - move * grad_b
    return [w, b]


def model(**mistake):
    """Return the training with one mistake as a function of a case."""
    return lambda lr, steps: line(lr, steps, **mistake)


def smaller(rate):
    return model(keep_w=1.0, keep_b=1.0, rate=rate)


SHRINKS = "lr becomes smaller from step to step: it was right, and the grads pile up as before"
SHRINKING = {
    f"{SHRINKS}{' ' * i}": smaller(lambda step, factor=factor: factor**step)
    for i, factor in enumerate([0.9, 0.5, 0.99, 0.95, 0.8, 0.1])
}


def check_the_steps(train):
    """one step, which was right from the start; then two, three, seven and forty"""
    xs, ys = map(list, POINTS)

    def run(lr, steps):
        with unchanged(xs=xs, ys=ys):
            return numbers(train(xs, ys, steps, lr), 2, plain=True)

    compare(
        run,
        line,
        CASES,
        "w b",
        "lr = {} and {} steps",
        {
            "nothing moves: either backward() is not called, or the grads are set to zero (or w "
            "and b are made again) after backward() instead of before": model(moves=0.0),
            "the data is set to zero instead of the grad": model(
                restart=True, keep_w=1.0, keep_b=1.0
            ),
            "the grads are never set to zero: backward() adds to those of earlier steps": (
                model(keep_w=1.0, keep_b=1.0)
            ),
            "the grad of b is not set to zero, and adds up": model(keep_b=1.0),
            "the grad of w is not set to zero, and adds up": model(keep_w=1.0),
            "w and b are made anew in each step, so each is the first one: make them before the "
            "loop": lambda lr, steps: line(lr, 1),
            "lr is made smaller: it was right, and the grads pile up as before": (
                lambda lr, steps: line(lr / 10, steps, keep_w=1.0, keep_b=1.0)
            ),
            "the grads still pile up, also divided by the number of the step: set them to zero": (
                smaller(lambda step: 1 / (step + 1))
            ),
            **SHRINKING,
            "half of the grads stays for the next step: set them to zero": (
                model(keep_w=0.5, keep_b=0.5)
            ),
            "the grads are set to zero in every second step only": model(every=2),
            "each grad counts twice: is backward() called twice?": model(moves=2.0),
            "each grad starts at 1: it has to start at 0": model(start=1.0),
        },
    )


# </checker>
