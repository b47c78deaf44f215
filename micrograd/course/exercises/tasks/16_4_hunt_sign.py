"""A bug hunt: the loss grows from the first step

The program trains one neuron, tanh(w . x + b), on examples with targets. The loss and the grads are
right, and the parameters move a little in each step, but after each step the loss is larger. There
is one bug.

Find it and fix it. `train(parameters, examples, steps, lr)` moves the data of the parameters
[w0, w1, b] (Values) and returns the losses, each computed before its step.
"""

from micrograd import Value


def train(parameters, examples, steps, lr):
    w0, w1, b = parameters
    losses = []
    for _ in range(steps):
        loss = Value(0.0)
        for x0, x1, target in examples:
            loss = loss + ((w0 * x0 + w1 * x1 + b).tanh() - target) ** 2
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        losses.append(loss.data)
        for p in parameters:
            # <solution>
            p.data -= lr * p.grad
            # </solution>
    return losses


# <checker>
from itertools import pairwise

from micrograd.course.exercises.checking import Wrong, near, number, recognise, slope

HINTS = (
    "A grad tells you which way the loss goes when its parameter grows.",
    "If the loss grows with p, p has to become smaller.",
    "The step has to go against the grad: a minus instead of a plus.",
)
WRONG = {
    "p.data += lr * p.grad": "uphill",
    "p.data -= p.grad": "lr",
    "p.data = -lr * p.grad": "from where it is",
    "p.grad -= lr * p.grad": "nothing moves",
    "p = p - lr * p.grad": "nothing moves",
    "p.data -= lr": "grad",
    "p.data -= lr * p.data": "grad",
}
GIVEN = [next(iter(WRONG))]  # the bug that learners fix
EXAMPLES = [(2.0, 0.5, 1.0), (-1.0, 1.5, -1.0), (0.3, -2.0, 0.5)]
START = (0.4, -0.3, 0.2)


def loss_at(w0, w1, b):
    w0, w1, b = map(Value, (w0, w1, b))
    return sum(((w0 * x + w1 * y + b).tanh() - t) ** 2 for x, y, t in EXAMPLES)


def check_one_step():
    """the parameters after one step, with lr = 0.05"""
    values = [Value(x) for x in START]
    train(values, EXAMPLES, 1, 0.05)
    answer, grads = [number(p) for p in values], [slope(loss_at, START, i) for i in range(3)]
    recognise(
        answer,
        {
            "this goes uphill: a grad points to where the loss grows, so subtract": [
                x + 0.05 * g for x, g in zip(START, grads)
            ],
            "lr is missing: the whole grad is subtracted": [x - g for x, g in zip(START, grads)],
            "p moves from where it is: write -= instead of =": [-0.05 * g for g in grads],
            "nothing moves: change p.data": START,
            "the grad is missing: every p moves by lr": [x - 0.05 for x in START],
            "the grad is missing: this is the data times lr": [0.95 * x for x in START],
        },
        rel=1e-6,
    )
    near(answer, [x - 0.05 * g for x, g in zip(START, grads)], "[w0, w1, b] after a step", rel=1e-6)


def check_the_loss_goes_down():
    """the losses of thirty steps, each smaller than the one before"""
    values = [Value(x) for x in START]
    losses = train(values, EXAMPLES, 30, 0.05)
    if any(after >= before for before, after in pairwise(losses)):
        raise Wrong("the loss grows in one of thirty steps with lr = 0.05, but should always fall.")
    near(losses[0], number(loss_at(*START)), "the loss before the first step")


# </checker>
