"""The loop of training

`train(parameters, loss_of, steps, lr)` makes so many steps of gradient descent on the Values in
`parameters`, and returns the list of the losses, as numbers, each from before its update. Write
one turn of the loop: forward (`loss_of()`, with nothing in its brackets, returns the loss, a
Value), set all grads to 0, backward, and move each parameter by lr times its grad, so that the
loss falls.
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
from micrograd.course.exercises.checking import Wrong, close, near, number, numbers, shown
from micrograd.data import four_points

NEEDS = 16
HINTS = (
    "Four parts, in this order: forward, zero, backward, update. And the loss goes on the list.",
    "backward() adds to the grads that are there: set p.grad = 0.0 for all parameters before it.",
    "The grad points uphill: p.data -= lr * p.grad for each, then losses.append(loss.data).",
)
WRONG = {
    """
    loss = loss_of()
    loss.backward()
    for p in parameters:
        p.data -= lr * p.grad
    losses.append(loss.data)
    """: "grads pile up",
    """
    loss = loss_of()
    loss.backward()
    for p in parameters:
        p.grad = 0.0
    for p in parameters:
        p.data -= lr * p.grad
    losses.append(loss.data)
    """: "nothing moves",
    """
    loss = loss_of()
    for p in parameters:
        p.grad = 0.0
    loss.backward()
    for p in parameters:
        p.data += lr * p.grad
    losses.append(loss.data)
    """: "uphill",
    """
    loss = loss_of()
    for p in parameters:
        p.grad = 0.0
    loss.backward()
    for p in parameters:
        p.data -= p.grad
    losses.append(loss.data)
    """: "lr is forgotten",
    """
    loss = loss_of()
    for p in parameters:
        p.grad = 0.0
    loss.backward()
    for p in parameters:
        p.data -= lr * p.grad
    losses.append(loss_of().data)
    """: "after the update",
    """
    loss = loss_of()
    loss.backward()
    for p in parameters:
        p.data -= lr * p.grad
        p.grad = 0.0
    losses.append(loss.data)
    """: "before the first step",
    """
    loss = loss_of()
    for p in parameters:
        p.grad = 0.0
    loss.backward()
    for p in parameters:
        p.data -= lr * p.grad
    """: "is it put on the list",
}


def surface(a, b):
    return (a * b - 0.7) ** 2 + (a + 0.4) ** 2 + 0.5 * b * b


def ours(point, steps, lr, zero=True, keep=True, sign=-1.0, after=False, rest=1.0):
    """The losses and the point at the end of a loop with these mistakes."""
    x, losses, grads = list(point), [], [0.0, 0.0]
    for _ in range(steps):
        values = [Value(xi) for xi in x]
        out = surface(*values)
        out.backward()
        old = grads if not zero else [0.0, 0.0]
        grads = [g + value.grad for g, value in zip(old, values)]
        x = [rest * xi + sign * lr * g * keep for xi, g in zip(x, grads)]
        losses.append(surface(*x) if after else out.data)
    return losses, x


def same(xs, ys):
    return all(close(x, y, 1e-9) for x, y in zip(xs, ys))


def check_the_losses():
    """the losses and the parameters, on a surface of two parameters"""
    for point, steps, lr in (((1.3, -0.6), 6, 0.1), ((-0.8, 1.1), 9, 0.05), ((0.4, 0.9), 1, 0.2)):
        values = [Value(x) for x in point]
        found = train(values, lambda v=values: surface(*v), steps, lr)
        if found == []:
            raise Wrong("the list of losses is empty: is it put on the list in each turn?")
        found, at = numbers(found, steps, plain=True), [value.data for value in values]
        mistakes = {
            "nothing moves: are all grads 0 at the update, or is p set, not p.data": ("keep", 0),
            "it goes uphill: a grad points to where the loss grows, so subtract": ("sign", 1),
            "grads pile up from step to step: backward() adds, so set them to 0": ("zero", False),
            "a step is subtracted from p.data: here it takes the place of it": ("rest", 0),
            "lr is forgotten: a step is lr * p.grad": ("sign", -1 / lr),
            "a loss is from after the update: take that of the forward part": ("after", True),
        }
        losses, end = ours(point, steps, lr)
        if steps > 1 and not same([*found, *at], [*losses, *end]):
            for sentence, (key, what) in mistakes.items():
                other_losses, other_end = ours(point, steps, lr, **{key: what})
                if same([*found, *at], [*other_losses, *other_end]):
                    raise Wrong(f"{sentence}.")
        near(found, losses, f"from {shown(point)}, with lr = {lr}, the list of losses")
        near(at, end, f"from {shown(point)}, after steps = {steps} with lr = {lr}, the point")


def check_grads_that_are_there_already():
    """parameters that have a grad when training begins"""
    values = [Value(1.3), Value(-0.6)]
    for value in values:
        value.grad = 5.0
    found = numbers(train(values, lambda: surface(*values), 3, 0.1), 3)
    if not close(found[-1], ours((1.3, -0.6), 3, 0.1)[0][-1], 1e-9):
        raise Wrong("a grad from before the first step takes part in it: zero before backward().")


def check_the_network_of_the_lecture():
    """the lecture's network on its four points: the loss falls from 3.1407 to 0.0062"""
    random.seed(1337)
    model = MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")
    xs, ys = four_points()

    def loss_of():
        return sum((model(x) - y) ** 2 for x, y in zip(xs, ys))

    found = numbers(train(model.parameters(), loss_of, 50, 0.1), 50)
    near([found[0], found[-1]], [3.1407178684, 0.0062], "[first loss, last loss]", rel=1e-4)
    if number(loss_of()) >= found[-1]:
        raise Wrong("the last loss on the list is not from before the last update.")


# </checker>
