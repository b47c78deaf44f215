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
from micrograd.course.exercises.checking import compare, number, unchanged
from micrograd.course.exercises.checking import numbers as as_numbers
from micrograd.engine import Value as Reference

HINTS = (
    "A grad tells you which way the loss goes when its parameter grows.",
    "If the loss grows with p, p has to become smaller.",
    "The step has to go against the grad: a minus instead of a plus.",
)
RIGHT = (
    "p.data = p.data - lr * p.grad",
    "p.data += -lr * p.grad",
    "step = lr * p.grad\np.data -= step",
)
WRONG = {
    "p.data += lr * p.grad": "uphill",
    "p.data -= p.grad": "lr",
    "p.data = -lr * p.grad": "from where it is",
    "p.data =- lr * p.grad": "in the wrong order",
    "p.grad -= lr * p.grad": "nothing moves",
    "p = p - lr * p.grad": "only gives the name `p`",
    "p -= lr * p.grad": "only gives the name `p`",
    "p.data += lr / 100 * p.grad": "with a smaller lr",
    "p.data -= lr * p.grad\nlosses[-1] = losses[-1] ** 0.5 if p is b else losses[-1]": (
        "the roots of the losses"
    ),
    "p.data -= lr": "grad",
    "p.data -= lr * p.data": "the data times lr",
    "p.data - lr * p.grad": "is not used",
    "p.data -= lr * loss.grad": "every p moves by lr",
    "p.data -= lr * abs(p.grad)": "abs",
    "lr = -lr\np.data += lr * p.grad": "is the sign of lr turned",
    "if p is not b:\n    p.data -= lr * p.grad": "the bias does not move",
    "p.data -= p.grad / lr": "divided by lr",
    "p.data -= lr * p.grad ** 2": "square",
    "p.data *= lr * p.grad": "*=",
    "p.data -= -lr * p.grad": "uphill",
    "loss.data -= lr * p.grad": "nothing moves",
    "p.data = lr * p.grad": "from where it is",
    "p.data = lr * p.grad - p.data": "wrong way round",
}
GIVEN = [next(iter(WRONG))]  # the bug that learners fix
AFTER = {
    "another": RIGHT[1],
    "remark": "p.data += -lr * p.grad is how the lecture writes it: the minus belongs to the step.",
}
EXAMPLES = [(2.0, 0.5, 1.0), (-1.0, 1.5, -1.0), (0.3, -2.0, 0.5)]
CASES = [((0.4, -0.3, 0.2), 0.05), ((-0.7, 0.9, 0.1), 0.03), ((1.1, 0.6, -0.5), 0.08)]


def loss_of(values):
    w0, w1, b = values
    return sum(((w0 * x + w1 * y + b).tanh() - t) ** 2 for x, y, t in EXAMPLES)


def grads(point):
    values = [Reference(x) for x in point]
    loss_of(values).backward()
    return [value.grad for value in values]


def plus_in_the_square(point, lr):
    """Return the parameters after a step uphill on a loss that adds the target."""
    values = w0, w1, b = [Reference(x) for x in point]
    sum(((w0 * x + w1 * y + b).tanh() + t) ** 2 for x, y, t in EXAMPLES).backward()
    return [value.data + lr * value.grad for value in values]


def step(change):
    """Return the parameters after a step, each as change(p, grad, lr)."""
    return lambda point, lr: [change(p, g, lr) for p, g in zip(point, grads(point))]


def by_turns(point, lr):
    """Return the parameters after a step down, up and down again."""
    signs = [-1.0, 1.0, -1.0]
    return [p + sign * lr * g for p, sign, g in zip(point, signs, grads(point))]


def without_bias(point, lr):
    return [*step(lambda p, g, lr: p - lr * g)(point, lr)[:2], point[2]]


def check_one_step(train):
    """the parameters after one step"""

    def run(point, lr):
        values = [Reference(x) for x in point]
        with unchanged(parameters=values):
            train(values, EXAMPLES, 1, lr)
        return [number(value) for value in values]

    compare(
        run,
        step(lambda p, g, lr: p - lr * g),
        CASES,
        "w0 w1 b",
        "a step from {} with lr = {}",
        {
            "this goes uphill: a grad points to where the loss grows, so subtract": (
                step(lambda p, g, lr: p + lr * g)
            ),
            "this still goes uphill, with a smaller lr: the sign is the bug": (
                step(lambda p, g, lr: p + lr * g / 100)
            ),
            "this still goes uphill, with a smaller lr: the sign is the bug ": (
                step(lambda p, g, lr: p + lr * g / 10)
            ),
            "there is a plus in the square, and the step still goes uphill: undo the one, and "
            "mend the other": plus_in_the_square,
            "lr is missing: the whole grad is subtracted": step(lambda p, g, lr: p - g),
            "the grad is divided by lr: multiply by it": step(lambda p, g, lr: p - g / lr),
            "p moves from where it is: write -= instead of =": step(lambda p, g, lr: -lr * g),
            "p moves from where it is: write -= instead of = ": step(lambda p, g, lr: lr * g),
            "nothing moves: change p.data": step(lambda p, g, lr: p),
            "the grad is missing: every p moves by lr": step(lambda p, g, lr: p - lr),
            "the grad is missing: this is the data times lr": step(lambda p, g, lr: p - lr * p),
            "p.data is multiplied by the step, with *=: subtract the step": (
                step(lambda p, g, lr: p * lr * g)
            ),
            "the grad is squared, so that its sign is lost": step(lambda p, g, lr: p - lr * g * g),
            "abs() takes the sign of the grad away, which says where to go": (
                step(lambda p, g, lr: p - lr * abs(g))
            ),
            "w1 goes uphill, the others downhill: is the sign of lr turned for each p?": by_turns,
            "the bias does not move: it is a parameter, too": without_bias,
            "the difference is the wrong way round: p.data minus the step": (
                step(lambda p, g, lr: lr * g - p)
            ),
        },
    )


def losses_of(point, lr, kept=0.0):
    """Return the losses of thirty steps, in which this part of the grads stays."""
    x, losses, old = list(point), [], [0.0] * len(point)
    for _ in range(30):
        losses.append(number(loss_of([Reference(xi) for xi in x])))
        old = [kept * g + h for g, h in zip(old, grads(x))]
        x = [p - lr * g for p, g in zip(x, old)]
    return losses


def check_the_losses(train):
    """the losses of thirty steps, each smaller than the one before"""

    compare(
        lambda point, lr: as_numbers(
            train([Reference(x) for x in point], EXAMPLES, 30, lr), 30, plain=True
        ),
        losses_of,
        CASES[:2],
        "loss {}",
        "thirty steps from {} with lr = {}",
        {
            "the grads pile up: set each to 0 before backward(), as the program did": (
                lambda point, lr: losses_of(point, lr, kept=1.0)
            ),
            "these are the roots of the losses: append the losses themselves": (
                lambda point, lr: [x**0.5 for x in losses_of(point, lr)]
            ),
        },
    )


# </checker>
