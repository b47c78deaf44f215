"""The training loop

`train(parameters, loss_of, steps, lr)` makes `steps` steps of gradient descent on the Values in
`parameters`, and returns the list of the losses, as numbers, each computed before its update. Write
one turn of the loop: forward (`loss_of()`, called without arguments, returns the loss, a Value),
set all grads to 0, backward, and move each parameter by lr times its grad, so that the loss falls.
For x = Value(3.0) and the loss x * x, two steps with lr = 0.25 give [9.0, 2.25], and x is 0.75.
"""


def train(parameters, loss_of, steps, lr):
    losses = []
    for _ in range(steps):
        # <solution>
        loss = loss_of()
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        for p in parameters:
            p.data -= lr * p.grad
        losses.append(loss.data)
        # </solution>
    return losses


# <checker>
import random

from micrograd import MLP, Value
from micrograd.course.exercises.checking import Wrong, compare, numbers, unchanged
from micrograd.data import four_points

HINTS = (
    "Write four parts, in this order: forward, zero, backward, update. Then append the loss.",
    "backward() adds to the grads that are there: before it, set p.grad = 0.0 for all parameters.",
    "The grad points uphill: p.data -= lr * p.grad for each, then losses.append(loss.data).",
)
ZERO = "for p in parameters:\n    p.grad = 0.0\n"
BACK = "loss.backward()\n"
STEP = "for p in parameters:\n    p.data -= lr * p.grad\n"
FORWARD, APPEND = "loss = loss_of()\n", "losses.append(loss.data)\n"
RIGHT = (
    ZERO + FORWARD + BACK + APPEND + STEP,
    FORWARD + ZERO + BACK + "for p in parameters:\n    p.data = p.data - p.grad * lr\n" + APPEND,
    FORWARD + "for p in parameters:\n    p.grad = 0\n" + BACK
    + "for i in range(len(parameters)):\n    parameters[i].data += -lr * parameters[i].grad\n"
    "losses += [float(loss.data)]",
)  # fmt: skip
WRONG = {
    FORWARD + BACK + STEP + APPEND: "grads pile up",
    FORWARD + BACK + ZERO + STEP + APPEND: "nothing moves",
    FORWARD + ZERO + BACK + STEP.replace("-=", "+=") + APPEND: "uphill",
    FORWARD + ZERO + BACK + STEP.replace("-=", "=-") + APPEND: "in the wrong order",
    FORWARD + ZERO + BACK + STEP.replace("lr * ", "") + APPEND: "lr is missing",
    FORWARD + ZERO + BACK + STEP + "losses.append(loss_of().data)": "after the update",
    FORWARD + BACK + STEP + "    p.grad = 0.0\n" + APPEND: "before the first step",
    FORWARD + ZERO + BACK + STEP: "do you append",
    FORWARD + ZERO + STEP + APPEND: "nothing moves",
    FORWARD + ZERO + BACK + APPEND: "nothing moves",
    FORWARD + ZERO + BACK + STEP.replace("p.data -= lr *", "p = p - lr *") + APPEND: (
        "only gives the name `p`"
    ),
    FORWARD + ZERO + BACK + STEP.replace("p.data", "p.grad") + APPEND: "nothing moves",
    FORWARD
    + ZERO
    + BACK
    + STEP.replace("p.grad", "loss.grad")
    + APPEND: "the grad of the loss itself",
    FORWARD + ZERO + BACK + STEP + "losses.append(loss)": "take its .data",
    FORWARD + ZERO + BACK + STEP.replace("-=", "=") + APPEND: "replaces p.data",
    FORWARD + ZERO + BACK + STEP.replace("lr * p.grad", "lr") + APPEND: "the grad is missing",
    FORWARD + ZERO + "loss.backward\n" + STEP + APPEND: "only names a function",
    FORWARD + ZERO.replace("p.grad", "p.data") + BACK + STEP + APPEND: "the data is set to 0",
    FORWARD + "loss.grad = 0.0\n" + BACK + STEP + APPEND: "grads pile up",
    FORWARD + ZERO + BACK + STEP + "losses = [loss.data]": "1",
    FORWARD + ZERO + BACK + STEP + "return [loss.data]": "list of 4 numbers",
    ZERO + BACK + STEP + APPEND: "`loss`",
    FORWARD + ZERO + BACK + STEP.replace("lr * p.grad", "p.grad / lr") + APPEND: "divided by lr",
    FORWARD + ZERO + BACK + BACK + STEP + APPEND: "twice",
    "losses.append(loss_of().data)\nfor p in parameters:\n    for q in parameters:\n"
    "        q.grad = 0.0\n    loss_of().backward()\n    p.data -= lr * p.grad": (
        "after a backward() of its own"
    ),
    FORWARD
    + ZERO
    + BACK
    + APPEND
    + "for i, p in enumerate(parameters):\n    parameters[i] = p - lr * p.grad": (
        "replaced by a new one"
    ),
}
AFTER = {
    "another": RIGHT[0],
    "remark": "The zeroing may stand anywhere between an update and the next backward(). PyTorch's "
    "loops put it first: optimizer.zero_grad().",
}


def surface(a, b):
    return (a * b - 0.7) ** 2 + (a + 0.4) ** 2 + 0.5 * b * b


def descend(
    point, steps, lr, own, zero=True, sign=-1.0, after=False, rest=1.0, first=True,
    zero_data=False, moves=None,
):  # fmt: skip
    """Return the losses of a loop with these mistakes, and its last point, in one list."""
    x, losses, grads = list(point), [], [own, own]
    for step in range(steps):
        values = [Value(xi) for xi in x]
        out = surface(*values)
        loss = out.data
        for value in values if zero_data else ():
            value.data = 0.0
        out.backward()
        x = [value.data for value in values]
        kept = grads if not zero or (step == 0 and not first) else [0.0, 0.0]
        grads = [g + value.grad for g, value in zip(kept, values)]
        change = [moves(g, lr) if moves else sign * lr * g for g in grads]
        x = [rest * xi + c for xi, c in zip(x, change)]
        losses.append(surface(*x) if after else loss)
    return [*losses, *x]


def model(**mistake):
    """Return the loop with one mistake as a function of a case."""
    return lambda point, steps, lr, own: descend(point, steps, lr, own, **mistake)


def one_by_one(point, steps, lr, own):
    """Return the same for a loop that takes each grad after the parameters before it have moved."""
    x, losses = list(point), []
    for _ in range(steps):
        losses.append(surface(*x))
        for i in range(len(x)):
            values = [Value(xi) for xi in x]
            surface(*values).backward()
            x[i] -= lr * values[i].grad
    return [*losses, *x]


def run(train, point, steps, lr, own):
    """Return the losses of the learner's loop, and its last point; the grads are `own` before."""
    values = [Value(x) for x in point]
    for value in values:
        value.grad = own
    with unchanged(parameters=values):
        answer = train(values, lambda: surface(*values), steps, lr)
    if answer == []:
        text = "the list of losses is empty: do you append the loss in each step?"
        raise Wrong(text, "nothing appended")
    return [*numbers(answer, steps, plain=True), *(float(value.data) for value in values)]


CASES = [
    ((1.3, -0.6), 4, 0.1, 0.0), ((-0.8, 1.1), 4, 0.05, 0.0), ((0.4, 0.9), 3, 0.2, 0.0),
    ((1.3, -0.6), 3, 0.1, 5.0), ((0.7, 0.7), 3, 0.15, -2.0),
]  # fmt: skip


def check_the_losses(train):
    """the losses and the parameters, on a surface of two parameters, some with grads before"""
    compare(
        lambda *case: run(train, *case),
        lambda *case: descend(*case),
        CASES,
        "number {}",
        "[losses and parameters] from {}, {} steps, lr = {} and grads of {} before",
        {
            "nothing moves: are all grads 0 at the update, or do you change p instead of p.data?": (
                model(sign=0.0)
            ),
            "this goes uphill: a grad points to where the loss grows, so subtract": model(sign=1.0),
            "grads pile up from step to step: backward() adds, so set them to 0": model(zero=False),
            "a grad from before the first step is added: set grads to 0 before backward()": (
                model(first=False)
            ),
            "the step replaces p.data: subtract it from p.data": model(rest=0.0),
            "the step, with a plus, replaces p.data: subtract it from p.data": (
                model(rest=0.0, sign=1.0)
            ),
            "lr is missing: a step is lr * p.grad": model(moves=lambda g, lr: -g),
            "the grad is missing: a step is lr * p.grad": model(moves=lambda g, lr: -lr),
            "the grad is divided by lr: multiply by it": model(moves=lambda g, lr: -g / lr),
            "the loss is computed after the update: append that of the forward part": (
                model(after=True)
            ),
            "the data is set to 0: it is the grad that has to be 0": model(
                zero_data=True, zero=False
            ),
            "each parameter moves after a backward() of its own: take all grads at one point": (
                one_by_one
            ),
            "each grad counts twice: is backward() called twice?": (
                model(moves=lambda g, lr: -2 * lr * g)
            ),
        },
    )


def check_the_network_of_the_lecture(train):
    """the lecture's network on its four points: the loss falls from 3.1407 to 0.0062"""
    random.seed(1337)
    model = MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")
    xs, ys = four_points()

    def loss_of():
        return sum((model(x) - y) ** 2 for x, y in zip(xs, ys))

    answer = numbers(train(model.parameters(), loss_of, 50, 0.1), 50)
    compare(
        lambda: [answer[0], answer[-1]],
        lambda: [3.1407178684, 0.0062],
        [()],
        "first last",
        "fifty steps",
        rel=1e-4,
    )


# </checker>
