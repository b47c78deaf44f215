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
from micrograd.course.exercises.checking import Wrong, close, number, show

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
WRONG = {
    "before = squared_loss(model, xs, ys).data" + LOOP.format(100, "-=") + "return before": (
        "the loss before training"
    ),
    LOOP.format(10, "-=") + END: "stops too early",
    LOOP.format(100, "+=") + END: "uphill",
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
}


def train_once(seed, mirrored):
    """Return the loss before and after training, as measured here, and the learner's result."""
    random.seed(seed)
    model = MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")
    xs, ys = four_points()
    xs, ys = ([x[::-1] for x in xs], [-y for y in ys]) if mirrored else (xs, ys)

    def loss():
        return sum((number(model(x)) - y) ** 2 for x, y in zip(xs, ys))

    before = loss()
    answer = number(train(model, xs, ys))
    return before, loss(), answer


def examine(seed, mirrored, enough):
    """Raise Wrong unless the loss ends below `enough`, and the learner's result is that loss."""
    before, after, answer = train_once(seed, mirrored)
    if close(before, after, 1e-9):
        if close(before, answer, 1e-9):
            raise Wrong(
                "the model has not moved: is there an update, and are there grads at that point?"
            )
        raise Wrong(
            f"the model has not moved: its loss is still {show(after)}, not {show(answer)}."
        )
    if after > 12:
        raise Wrong(f"the loss goes uphill, to {show(after)}: subtract lr * p.grad.")
    if not after < before:
        raise Wrong(f"the loss ends at {show(after)}: do grads pile up, or is lr too large?")
    if not after < enough:
        raise Wrong(f"training stops too early: the loss is {show(after)}, not below {enough}.")
    if close(answer, before, 1e-9):
        raise Wrong(f"this is the loss before training: afterwards it is {show(after)}.")
    if not close(answer, after, 1e-9) and answer > after:
        raise Wrong(f"{show(answer)} is the loss before an update: it ends at {show(after)}.")
    if not close(answer, after, 1e-9):
        raise Wrong(f"{show(answer)} is not the loss of your model, which is {show(after)}.")


def check_the_network_of_the_lecture():
    """the loss of the model, below 0.01, and the number that is returned"""
    examine(1337, False, 0.01)


def check_another_start():
    """another random start and other points: a loss below 0.5"""
    examine(15, True, 0.5)


# </checker>
