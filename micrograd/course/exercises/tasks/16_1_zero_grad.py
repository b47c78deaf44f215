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
from micrograd.course.exercises.checking import Wrong, close, near, number, numbers, show
from micrograd.data import four_points

HINTS = (
    "Write four parts, in this order: forward, zero, backward, update. Then append the loss.",
    "backward() adds to the grads that are there: before it, set p.grad = 0.0 for all parameters.",
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
    """: "lr is missing",
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
    """: "do you append",
}


def surface(a, b):
    return (a * b - 0.7) ** 2 + (a + 0.4) ** 2 + 0.5 * b * b


def descend(point, steps, lr, zero=True, moves=1.0, sign=-1.0, after=False, rest=1.0):
    """Return the losses of a loop with these mistakes, and its last point."""
    x, losses, grads = list(point), [], [0.0, 0.0]
    for _ in range(steps):
        values = [Value(xi) for xi in x]
        out = surface(*values)
        out.backward()
        old = grads if not zero else [0.0, 0.0]
        grads = [g + value.grad for g, value in zip(old, values)]
        x = [rest * xi + sign * lr * g * moves for xi, g in zip(x, grads)]
        losses.append(surface(*x) if after else out.data)
    return losses, x


def same(xs, ys):
    return all(close(x, y, 1e-9) for x, y in zip(xs, ys))


def check_the_losses():
    """the losses and the parameters, on a surface of two parameters"""
    for point, steps, lr in (((1.3, -0.6), 6, 0.1), ((-0.8, 1.1), 9, 0.05), ((0.4, 0.9), 1, 0.2)):
        values = [Value(x) for x in point]
        answer = train(values, lambda v=values: surface(*v), steps, lr)
        if answer == []:
            raise Wrong("the list of losses is empty: do you append the loss in each step?")
        answer, at = numbers(answer, steps, plain=True), [value.data for value in values]
        mistakes = {
            "nothing moves: are all grads 0 at the update, or do you change p instead of p.data": (
                "moves",
                0.0,
            ),
            "this goes uphill: a grad points to where the loss grows, so subtract": ("sign", 1),
            "grads pile up from step to step: backward() adds, so set them to 0": ("zero", False),
            "the step replaces p.data: subtract it from p.data": ("rest", 0),
            "lr is missing: a step is lr * p.grad": ("sign", -1 / lr),
            "the loss is computed after the update: append that of the forward part": (
                "after",
                True,
            ),
        }
        losses, end = descend(point, steps, lr)
        if steps > 1 and not same([*answer, *at], [*losses, *end]):
            for sentence, (key, what) in mistakes.items():
                other_losses, other_end = descend(point, steps, lr, **{key: what})
                if same([*answer, *at], [*other_losses, *other_end]):
                    raise Wrong(f"{sentence}.")
        near(answer, losses, f"the list of losses from {show(point)}, with lr = {lr}")
        near(at, end, f"the parameters from {show(point)}, after {steps} steps with lr = {lr}")


def check_grads_from_before():
    """parameters that already have a grad when training starts"""
    values = [Value(1.3), Value(-0.6)]
    for value in values:
        value.grad = 5.0
    answer = numbers(train(values, lambda: surface(*values), 3, 0.1), 3)
    if not close(answer[-1], descend((1.3, -0.6), 3, 0.1)[0][-1], 1e-9):
        raise Wrong("a grad from before the first step is added: set grads to 0 before backward().")


def check_the_network_of_the_lecture():
    """the lecture's network on its four points: the loss falls from 3.1407 to 0.0062"""
    random.seed(1337)
    model = MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")
    xs, ys = four_points()

    def loss_of():
        return sum((model(x) - y) ** 2 for x, y in zip(xs, ys))

    answer = numbers(train(model.parameters(), loss_of, 50, 0.1), 50)
    near([answer[0], answer[-1]], [3.1407178684, 0.0062], "[first loss, last loss]", rel=1e-4)
    if number(loss_of()) >= answer[-1]:
        raise Wrong("the last loss on the list has to be from before the last update.")


# </checker>
