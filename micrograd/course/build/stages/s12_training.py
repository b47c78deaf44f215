"""A loss, and training

Four examples, four targets. The loss is one number that
says how wrong the network is, and it is a Value, so it has
a backward(). Training is then a loop of four lines.

Write two functions, outside of any class:

- `squared_loss(model, xs, ys)` returns the Value that is
  the sum over all examples of (output - target)**2.
- `train(model, xs, ys, steps, lr)` repeats this `steps`
  times: compute the loss (forward), set all grads to 0,
  backward, and then move each parameter a little against
  its grad: `p.data -= lr * p.grad`. It returns the
  list of the losses, one plain number per step, each as it
  was before its update.

Try it, with the data of the lecture:

    >>> xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5],
    ...       [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    >>> ys = [1.0, -1.0, -1.0, 1.0]
    >>> model = MLP(3, [4, 4, 1])
    >>> losses = train(model, xs, ys, 50, 0.05)
    >>> losses[0], losses[-1]
    (4.7..., 0.03...)             (yours are other numbers)

Now `[model(x) for x in xs]` is near ys. If your neurons
have relu, no output is negative, and no target of -1 can be
reached: then the neurons of the last layer must not squash.
Give Neuron and Layer one more argument for it, as the
repository does: `nonlin=True`. MLP passes `nonlin=False` to
its last layer.
"""

from collections.abc import Callable, Sequence
from typing import Any

from micrograd.course.build.learner import Learner, equal, kind_of
from micrograd.course.exercises.checking import Unexplained, Wrong, show

LESSONS = (14, 16)
MINUTES = 18
OWNER = ""
NEEDS = ("squared_loss", "train")
CODE = """
def squared_loss(model, xs, ys):
    return sum((model(x) - y) ** 2 for x, y in zip(xs, ys))


def train(model, xs, ys, steps, lr):
    losses = []
    for step in range(steps):
        total = squared_loss(model, xs, ys)
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= lr * p.grad
        losses.append(total.data)
    return losses
"""
HINTS = (
    "One (model(x) - y)**2 for each pair of zip(xs, ys), and sum() of them, by your __radd__.",
    "Inside the loop, in this order: loss, zero_grad, backward, update. The loss is made anew in "
    "each step, since the parameters have changed.",
    "for p in model.parameters(): p.data -= lr * p.grad. Then losses.append(total.data), and "
    "return losses after the loop.",
)
LOSS = "def squared_loss(model, xs, ys):\n    {}"
TRAIN = """
def train(model, xs, ys, steps, lr):
    losses = []
    for step in range(steps):
        total = squared_loss(model, xs, ys)
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= lr * p.grad
        losses.append(total.data)
    return losses
"""
WRONG = {
    LOSS.format("return sum(model(x) - y for x, y in zip(xs, ys))"): "is not squared",
    LOSS.format("return sum((model(x) - y) ** 2 for x, y in zip(xs, ys)) / len(xs)"): "mean",
    LOSS.format("return sum((model(x).data - y) ** 2 for x, y in zip(xs, ys))"): "not a Value",
    LOSS.format("return Value(sum((model(x).data - y) ** 2 for x, y in zip(xs, ys)))"): (
        "loses its graph"
    ),
    LOSS.format("return sum(model(x) - y for x, y in zip(xs, ys)) ** 2"): "of the whole sum",
    LOSS.format("for x, y in zip(xs, ys):\n        return (model(x) - y) ** 2"): "first example",
    LOSS.format(
        "for x, y in zip(xs, ys):\n        last = (model(x) - y) ** 2\n    return last"
    ): "only the last example",
    LOSS.format("sum((model(x) - y) ** 2 for x, y in zip(xs, ys))"): "no return",
    LOSS.format("return sum((model(x) + y) ** 2 for x, y in zip(xs, ys))"): "minus the target",
    TRAIN.replace("        model.zero_grad()\n", ""): "pile up",
    TRAIN.replace("-= lr", "+= lr"): "the wrong direction",
    TRAIN.replace("p.data -= lr * p.grad", "p.data -= p.grad"): "lr is missing",
    TRAIN.replace("p.data -= lr * p.grad", "p.data = -lr * p.grad"): "replaces the number",
    TRAIN.replace("p.data -= lr * p.grad", "p = p - lr * p.grad"): "only gives another Value",
    TRAIN.replace("p.data -= lr * p.grad", "p.data -= lr"): "by lr alone",
    TRAIN.replace("        total.backward()\n", ""): "do not move",
    TRAIN.replace("        model.zero_grad()\n        total.backward()\n",
                  "        total.backward()\n        model.zero_grad()\n"): "do not move",
    TRAIN.replace("losses.append(total.data)", "losses.append(total)"): "plain numbers",
    TRAIN.replace("        losses.append(total.data)\n    return losses",
                  "        losses.append(total.data)\n        return losses"): "first turn",
    TRAIN.replace("    return losses\n", ""): "returns None",
    TRAIN.replace("range(steps)", "range(steps + 1)"): "4 losses",
    TRAIN.replace("lr):", "lr, loss=squared_loss):").replace("total = squared_loss", "loss = loss")
    .replace("total", "loss"): "call the result `total`",
    "def train(model, xs, ys, steps, lr):\n    losses = []\n"
    "    total = squared_loss(model, xs, ys)\n    for step in range(steps):\n"
    "        model.zero_grad()\n        total.backward()\n"
    "        for p in model.parameters():\n            p.data -= lr * p.grad\n"
    "        losses.append(total.data)\n    return losses": "anew in each step",
}  # fmt: skip
XS = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
YS = [1.0, -1.0, -0.5, 1.0]
LR, STEPS = 0.03, 3
Update = Callable[[Any, float, Sequence[float]], None]


def check(my: Learner) -> None:
    check_signs(my)
    check_loss(my)
    check_train(my)
    check_learning(my)


def check_signs(my: Learner) -> None:
    """Raise Wrong if a network can return no negative number."""
    outputs = [my.data(my.MLP(3, [4, 1])(x), "model(x)") for x in XS for _ in range(10)]
    if min(outputs) >= 0.0:
        raise Wrong(
            "the outputs of 10 networks are never negative, and a target is -1: the neurons of the "
            "last layer end in relu. Let them return their sum, as with `nonlin=False`.",
            "the last layer squashes by relu",
        )


def check_loss(my: Learner) -> None:
    model = my.MLP(3, [2, 1])
    outputs = [my.data(model(x), "model(x)") for x in XS]
    errors = [out - y for out, y in zip(outputs, YS)]
    total = my.squared_loss(model, XS, YS)
    data, right = my.data(total, "squared_loss(model, xs, ys)"), sum(e * e for e in errors)
    mistakes = {
        "the difference is not squared": sum(errors),
        "that is the mean, and the lecture's loss is the sum": right / len(errors),
        "the square is taken of the whole sum, and not of each difference": sum(errors) ** 2,
        "only the first example is in it: does the loop return in its first turn": errors[0] ** 2,
        "only the last example is in it: add the squares up": errors[-1] ** 2,
        "output minus the target, not plus": sum((o + y) ** 2 for o, y in zip(outputs, YS)),
    }
    where = f"the loss of four examples is {show(data)}, and should be {show(right)}"
    for sentence, number in mistakes.items():
        if equal(data, number):
            raise Wrong(f"{where}: {sentence}.", sentence)
    if not equal(data, right):
        raise Unexplained(f"{where}.")
    zero(model)
    total.backward()
    if not any(p.grad for p in model.parameters()):
        raise Wrong(
            "after backward() of the loss, no parameter has a grad: the loss loses its graph where "
            ".data is taken.",
            "the loss loses its graph",
        )


def zero(model: Any) -> None:
    for p in model.parameters():
        p.grad = 0.0


def twin(my: Learner, numbers: Sequence[float]) -> Any:
    """Return a network with these numbers."""
    model = my.MLP(3, [3, 1])
    for p, x in zip(model.parameters(), numbers):
        p.data = x
    return model


def check_train(my: Learner) -> None:
    """Three steps, compared with those of the same network, taken here."""
    numbers = [p.data for p in lively(my).parameters()]
    model = twin(my, numbers)
    losses = my.train(model, XS, YS, STEPS, LR)
    if not isinstance(losses, list | tuple):
        raise Wrong(
            f"train() returns {kind_of(losses)}: it must return the list of losses.", "list"
        )
    if any(isinstance(each, my.Value) for each in losses):
        raise Wrong(
            "the losses are Values: keep plain numbers, .data, or every graph stays in memory.",
            "losses are Values",
        )
    if len(losses) == 1:
        raise Wrong("train() of 3 steps returns 1 loss: does it return in its first turn?", "turn")
    if len(losses) != STEPS:
        raise Wrong(f"train() of 3 steps returns {len(losses)} losses, and should return 3.")
    answer = [p.data for p in model.parameters()]
    right, right_losses = take_steps(my, numbers, True, step_against)
    if agree(answer, right) and not agree(losses, right_losses):
        raise Unexplained(
            f"the losses are {show(list(losses))}, and should be {show(right_losses)}, the losses "
            "before each step.",
            "other losses",
        )
    if not agree(answer, right):
        raise explain_steps(my, numbers, answer)


def lively(my: Learner) -> Any:
    """Return a network in which many parameters have a grad, which relu may prevent."""
    best, most = None, -1
    for _ in range(20):
        model = my.MLP(3, [3, 1])
        zero(model)
        my.squared_loss(model, XS, YS).backward()
        count = sum(p.grad != 0.0 for p in model.parameters())
        if count > most:
            best, most = model, count
    return best


def agree(xs: Sequence[float], ys: Sequence[float]) -> bool:
    return len(xs) == len(ys) and all(equal(x, y) for x, y in zip(xs, ys))


def step_against(p: Any, lr: float, _: Sequence[float]) -> None:
    p.data -= lr * p.grad


def take_steps(
    my: Learner,
    numbers: Sequence[float],
    zeroes: bool,
    update: Callable[..., None],
    anew: bool = True,
) -> tuple[list[float], list[float]]:
    """Return (parameters, losses) after three steps of a network that starts with `numbers`."""
    model = twin(my, numbers)
    zero(model)
    total, losses = my.squared_loss(model, XS, YS), []
    for _ in range(STEPS):
        if anew:
            total = my.squared_loss(model, XS, YS)
        losses.append(float(total.data))
        if zeroes:
            zero(model)
        total.backward()
        for p in model.parameters():
            update(p, LR, numbers)
    return [p.data for p in model.parameters()], losses


def explain_steps(my: Learner, numbers: Sequence[float], answer: Sequence[float]) -> Wrong:
    """Return what is wrong with parameters that three steps lead to."""
    if agree(answer, numbers):
        return Wrong(
            "after 3 steps the parameters are what they were, they do not move: is backward() "
            "called, after zero_grad() and before the update, and is p.data changed? "
            "(`p = p - ...` only gives another Value the name p.)",
            "parameters do not move",
        )

    def add(p: Any, lr: float, _: Any) -> None:
        p.data += lr * p.grad

    def whole(p: Any, lr: float, _: Any) -> None:
        p.data -= p.grad

    def replace(p: Any, lr: float, _: Any) -> None:
        p.data = -lr * p.grad

    def constant(p: Any, lr: float, _: Any) -> None:
        p.data -= lr

    known: tuple[tuple[str, bool, Callable[..., None], bool], ...] = (
        ("the grads pile up from step to step: call zero_grad() before backward()", False,
         step_against, True),
        ("each step goes in the wrong direction: minus lr times grad", True, add, True),
        ("lr is missing in the update: p.data -= lr * p.grad", True, whole, True),
        ("the update replaces the number, and should change it: -=", True, replace, True),
        ("each number moves by lr alone, whatever its grad: lr * p.grad", True, constant, True),
        ("the loss is computed once: compute it anew in each step", True, step_against, False),
    )  # fmt: skip
    for sentence, zeroes, update, anew in known:
        if agree(answer, take_steps(my, numbers, zeroes, update, anew)[0]):
            return Wrong(f"{sentence}.", sentence)
    if agree(answer, take_steps(my, numbers, False, step_against, False)[0]):
        return Wrong("the loss is computed once: compute it anew in each step.", "once")
    return Unexplained(
        "after 3 steps the parameters are not where three times p.data -= lr * p.grad leads: in "
        "each step, loss, zero_grad, backward and update, in this order.",
        "other steps",
    )


def check_learning(my: Learner) -> None:
    """The loss of the four examples falls; a network of relu may be stuck, so some may try."""
    for _ in range(5):
        losses = my.train(my.MLP(3, [4, 4, 1]), XS, YS, 40, 0.05)
        if losses[-1] < 0.6 * losses[0]:
            return
    raise Wrong(
        f"the loss goes from {show(losses[0])} to {show(losses[-1])} in 40 steps, in 5 networks: "
        "none of them learns.",
        "no learning",
    )
