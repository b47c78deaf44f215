"""Training the network of the lecture

Write `train(model, xs, ys)`: it moves the parameters of the model until the sum of the squares of
model(x) - y over all points is below 0.01, and returns that loss, a number, measured after the last
update. You choose how many steps it takes, and how large they are. The loss starts at 3.14 and can
be below 0.01 within a second; lesson 16 uses lr = 0.1. Run this file to see how far you are. The
function also has to work from another random start: the checker tries one.
"""

import random

from micrograd import MLP
from micrograd.data import four_points


def squared_loss(model, xs, ys):
    return sum((model(x) - y) ** 2 for x, y in zip(xs, ys))


def train(model, xs, ys):
    # <solution>
    for _ in range(100):
        model.zero_grad()
        squared_loss(model, xs, ys).backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad
    return squared_loss(model, xs, ys).data
    # </solution>


if __name__ == "__main__":
    random.seed(1337)
    model = MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")
    print(train(model, *four_points()))


# <checker>
from random import seed as start_at

from micrograd import MLP as Reference
from micrograd.course.exercises.checking import (
    NOTHING_RETURNED,
    Unexplained,
    Wrong,
    join,
    number,
    show,
    unchanged,
)
from micrograd.course.exercises.relations import close
from micrograd.data import four_points as points_of_the_lecture

HINTS = (
    "Write the loop of lesson 16: forward, grads to zero, backward, update, again and again.",
    "100 times: model.zero_grad(), squared_loss(...).backward(), then p.data -= 0.1 * p.grad.",
    "After the loop, return squared_loss(model, xs, ys).data, measured once more.",
)
LOOP = """
for _ in range({}):
    model.zero_grad()
    squared_loss(model, xs, ys).backward()
    for p in model.parameters():
        p.data {} 0.1 * p.grad
"""
END = "return squared_loss(model, xs, ys).data"
RIGHT = (
    """
    loss = squared_loss(model, xs, ys)
    while loss.data > 0.004:
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data -= 0.05 * p.grad
        loss = squared_loss(model, xs, ys)
    return loss.data
    """,
    """
    from micrograd.optim import Adam
    optimizer = Adam(model.parameters(), lr=0.05)
    for step in range(150):
        optimizer.zero_grad()
        loss = squared_loss(model, xs, ys)
        loss.backward()
        optimizer.step()
    return float(squared_loss(model, xs, ys).data)
    """,
)
WRONG = {
    "before = squared_loss(model, xs, ys).data" + LOOP.format(100, "-=") + "return before": (
        "the loss before training"
    ),
    LOOP.format(10, "-=") + END: "stops too early",
    LOOP.format(100, "+=") + END: "uphill",
    LOOP.format(100, "=-") + END: "in the wrong order",
    "return 0.005": "has not moved",
    LOOP.format(100, "-=") + "return 0.001": "is not the loss",
    END: "has not moved",
    """
    for _ in range(100):
        model.zero_grad()
        loss = squared_loss(model, xs, ys)
        loss.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad
    return loss.data
    """: "before an update",
    LOOP.format(100, "-=").replace("model.zero_grad()", "pass") + END: "pile up",
    LOOP.format(100, "-=") + "return squared_loss(model, xs, ys)": "take its .data",
    LOOP.format(100, "-="): "nothing was returned",
    LOOP.format(200, "-=").replace("xs, ys", "xs[:1], ys[:1]")
    + "return squared_loss(model, xs[:1], ys[:1]).data": "never gets the points 1, 2 and 3",
    "del xs[1:], ys[1:]" + LOOP.format(100, "-=") + END: "belongs to the caller",
    "ys[:] = [model(x).data for x in xs]\n" + END: "belongs to the caller",
    LOOP.format(100, "-=").replace("p.data -= 0.1 * p.grad", "p = p - 0.1 * p.grad") + END: (
        "only gives the name `p`"
    ),
    LOOP.format(100, "-=").replace(".backward()", "") + END: "has not moved",
    "model = MLP(3, [4, 4, 1])" + LOOP.format(30, "-=") + END: "has not moved",
}
AFTER = {
    "another": RIGHT[0],
    "remark": "That one stops when it is good enough, and never if it never is. Adam needs no lr "
    "that fits the network so well.",
}


class Watched(Reference):
    """A model that keeps what it is called with."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.inputs = []

    def __call__(self, x):
        several = isinstance(x, list) and x and isinstance(x[0], list)
        self.inputs += x if several else [list(x)]
        return super().__call__(x)


def require_all_points(train):
    """Raise Wrong if the model is trained on some of the points only."""
    model = Watched(3, [4, 4, 1], activation="tanh", output_activation="tanh")
    xs, ys = points_of_the_lecture()
    own_xs = [list(x) for x in xs]
    train(model, xs, ys)
    unused = [str(i) for i, x in enumerate(own_xs) if x not in model.inputs]
    if 0 < len(unused) < len(own_xs):
        text = f"the model never gets the points {join(unused)} of xs: train it on all of them"
        raise Wrong(f"{text}.", "points are left out")


def train_once(train, seed, mirrored):
    """Return the loss before and after training, as measured here, and the learner's result."""
    start_at(seed)
    model = Reference(3, [4, 4, 1], activation="tanh", output_activation="tanh")
    xs, ys = points_of_the_lecture()
    xs, ys = ([x[::-1] for x in xs], [-y for y in ys]) if mirrored else (xs, ys)
    own_xs, own_ys = [list(x) for x in xs], list(ys)

    def loss():
        return sum((number(model(x)) - y) ** 2 for x, y in zip(own_xs, own_ys))

    before = loss()
    with unchanged(xs=xs, ys=ys):
        answer = train(model, xs, ys)
    if answer is None:
        raise Unexplained(NOTHING_RETURNED, "nothing returned")
    return before, loss(), number(answer, plain=True)


def examine(train, seed, mirrored, enough):
    """Raise Wrong unless the loss ends below `enough`, and the learner's result is that loss."""
    before, after, answer = train_once(train, seed, mirrored)
    if close(before, after, 1e-9):
        text = "the model has not moved: is there an update of the p.data of its parameters?"
        if not close(before, answer, 1e-9):
            text = f"{text} Its loss is still {show(after)}, not {show(answer)}."
        raise Wrong(text, "not moved")
    if after > 12:
        text = f"the loss goes uphill, to {show(after)}: subtract lr * p.grad."
        raise Wrong(text, "uphill")
    if not after < enough:
        require_all_points(train)
    if not after < before:
        text = f"the loss ends at {show(after)}: do grads pile up, or is lr too large?"
        raise Wrong(text, "grads pile up")
    if not after < enough:
        text = f"training stops too early: the loss is {show(after)}, not below {enough}."
        raise Wrong(text, "too early")
    if close(answer, before, 1e-9):
        text = f"this is the loss before training: afterwards it is {show(after)}."
        raise Wrong(text, "loss before training")
    if not close(answer, after, 1e-9) and after < answer < 2 * after:
        text = f"{show(answer)} is the loss before an update: it ends at {show(after)}."
        raise Wrong(text, "loss before an update")
    if not close(answer, after, 1e-9):
        text = f"{show(answer)} is not the loss of the model, which is {show(after)}."
        raise Wrong(text, "another loss")


def check_the_network_of_the_lecture(train):
    """the loss of the model, below 0.01, and the number that is returned"""
    examine(train, 1337, False, 0.01)


def check_another_start(train):
    """another random start and other points: a loss below 0.5"""
    examine(train, 15, True, 0.5)


# </checker>
