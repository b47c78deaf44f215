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
from micrograd.course.exercises.checking import near, numbers, recognise

HINTS = (
    "Print w.grad in the first three steps, and compute the second one by hand.",
    "backward() adds to the grads that are there. What is there in the second step?",
    "Set w.grad and b.grad to 0.0 before backward().",
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
}
GIVEN = [next(iter(WRONG))]  # the bug that learners fix
POINTS = [-1.0, 0.5, 2.0, 3.0], [-3.5, 0.2, 3.1, 6.3]


def line(xs, ys, steps, lr, keep_w=0.0, keep_b=0.0, restart=False):
    """Return [w, b] after training that keeps these parts of the previous grads."""
    w, b, grad_w, grad_b = 1.0, -1.0, 0.0, 0.0
    for _ in range(steps):
        errors = [w * x + b - y for x, y in zip(xs, ys)]
        grad_w = keep_w * grad_w + sum(2 * e * x for e, x in zip(errors, xs)) / len(xs)
        grad_b = keep_b * grad_b + sum(2 * e for e in errors) / len(xs)
        if restart:
            w = b = 0.0
        w, b = w - lr * grad_w, b - lr * grad_b
    return [w, b]


def check_one_step():
    """the first step, which was right from the start"""
    answer = numbers(train(*POINTS, 1, 0.05), 2, plain=True)
    nothing = (
        "nothing moves: either backward() is not called, or the grads are set to zero (or w and b "
        "are made again) after backward() instead of before"
    )
    data = "the data is set to zero instead of the grad"
    zeroed = line(*POINTS, 1, 0.05, restart=True)
    recognise(answer, {nothing: [1.0, -1.0], data: zeroed})
    near(answer, line(*POINTS, 1, 0.05), "(w, b) after one step")


def check_more_steps():
    """two, three and forty steps"""
    for steps in (2, 3, 40):
        way = (*POINTS, steps, 0.05)
        answer = numbers(train(*way), 2, plain=True)
        recognise(
            answer,
            {
                "the grads are never set to zero: backward() adds to those of earlier steps": line(
                    *way, 1.0, 1.0
                ),
                "the grad of b is not set to zero, and adds up": line(*way, 0.0, 1.0),
                "the grad of w is not set to zero, and adds up": line(*way, 1.0, 0.0),
            },
        )
        near(answer, line(*way), f"(w, b) after {steps} steps")


# </checker>
