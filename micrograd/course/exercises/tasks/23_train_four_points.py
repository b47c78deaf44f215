"""Training the network of the lecture

Write `train(model, xs, ys)`: it moves the parameters of the model until the sum of the squares of
model(x) - y over all points is under 0.01, and returns that loss, a number, measured after the last
update. How many steps, and how large, is up to you. It begins at 3.14 and is under 0.01 within a
second; lesson 16 does it with lr = 0.1. Run this file to see how far you are. The function has to
be able to train from another random start as well: the checker tries one.
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
from micrograd.course.exercises.checking import Wrong, close, number, shown

NEEDS = 16
HINTS = (
    "It is the loop of lesson 16: forward, grads to zero, backward, update, again and again.",
    "model.zero_grad(), squared_loss(...).backward(), then p.data -= 0.1 * p.grad, 100 times.",
    "After the loop, return squared_loss(model, xs, ys).data: measured once more, at the end.",
)
LOOP = """
for _ in range({}):
    model.zero_grad()
    squared_loss(model, xs, ys).backward()
    for p in model.parameters():
        p.data {} 0.1 * p.grad
"""
END = "return squared_loss(model, xs, ys).data"
WRONG = {
    "before = squared_loss(model, xs, ys).data" + LOOP.format(100, "-=") + "return before": (
        "the loss before training"
    ),
    LOOP.format(10, "-=") + END: "stops too early",
    LOOP.format(100, "+=") + END: "uphill",
    "return 0.005": "made up",
    LOOP.format(100, "-=") + "return 0.001": "not measured",
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
}


def trained(seed, turned):
    """(loss before, loss after, what came back) of the learner's function, measured here."""
    random.seed(seed)
    model = MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")
    xs, ys = four_points()
    xs, ys = ([x[::-1] for x in xs], [-y for y in ys]) if turned else (xs, ys)

    def measured():
        return sum((number(model(x)) - y) ** 2 for x, y in zip(xs, ys))

    before = measured()
    found = number(train(model, xs, ys))
    return before, measured(), found


def looked_at(seed, turned, enough):
    """Wrong unless the model is good enough and what came back is its loss."""
    before, after, found = trained(seed, turned)
    if close(before, after, 1e-9):
        if close(before, found, 1e-9):
            raise Wrong("the model has not moved: are there grads at the update, and is there one?")
        raise Wrong(
            f"{shown(found)} is made up: the loss of the model is {shown(after)} as before."
        )
    if after > 12:
        raise Wrong(f"the loss goes uphill, to {shown(after)}: subtract lr * p.grad.")
    if not after < before:
        raise Wrong(f"the loss ends at {shown(after)}: do grads pile up, or is lr too large?")
    if not after < enough:
        raise Wrong(f"it stops too early: the loss is {shown(after)}, not under {enough}.")
    if close(found, before, 1e-9):
        raise Wrong(f"the loss before training comes back: after it, it is {shown(after)}.")
    if not close(found, after, 1e-9) and found > after:
        raise Wrong(f"{shown(found)} is the loss from before an update: it is {shown(after)} now.")
    if not close(found, after, 1e-9):
        raise Wrong(f"{shown(found)} is not measured: the loss of the model is {shown(after)}.")


def check_the_network_of_the_lecture():
    """the loss of the model, under 0.01, and what comes back"""
    looked_at(1337, False, 0.01)


def check_another_start():
    """another random start and other points: at least under 0.5"""
    looked_at(15, True, 0.5)


# </checker>
