"""Two moons

The last stage: points of two classes, which no straight
line separates. It is the demo of micrograd's repository,
with your engine. The labels are +1 and -1, and the loss is
the *max-margin* loss: a point costs nothing if its score
has the sign of its label and is beyond 1, and otherwise as
much as it lacks.

Write:

- `relu(self)` in Value, if you have not done so: 0 for a
  negative number, the number itself otherwise.
- `hinge_loss(model, xs, ys)`: the mean over all points of
  `(1 - y * score).relu()`, where score is `model(x)`, plus
  a small price for large parameters: 0.0001 times the sum
  of `p*p` over all parameters.
- `accuracy(model, xs, ys)`: the share of points, from 0.0
  to 1.0, whose score has the sign of the label.
- In `train`, a last argument `loss=squared_loss`, so that
  it can train with either: `loss(model, xs, ys)` takes the
  place of `squared_loss(model, xs, ys)`. Call the result
  `total`: `loss` is the function, in each step.

For example:

    >>> from micrograd.data import moons
    >>> X, y = moons(60, seed=1)
    >>> model = MLP(2, [8, 8, 1])
    >>> accuracy(model, X, y)
    0.5                           (or another share)
    >>> losses = train(model, X, y, 10, 0.5, hinge_loss)

When this stage holds, `micrograd build check` trains your
network for 100 steps, which takes 20 to 60 seconds, draws
what it has learned, and runs the tests of micrograd's
repository on your Value.
"""

import random
from collections.abc import Sequence
from typing import Any

from micrograd.course.build.learner import Learner, equal, is_number, kind_of
from micrograd.course.build.stages.s09_squash import check_function, check_twice
from micrograd.course.build.stages.s12_training import zero
from micrograd.course.exercises.checking import Unexplained, Wrong, show

LESSONS = (18, 19)
MINUTES = 22
OWNER = ""
EARLY = ("relu",)
NEEDS = ("Value.relu", "hinge_loss", "accuracy")
CODE = """
class Value:
    def relu(self):
        out = Value(max(0.0, self.data), (self,), "ReLU")

        def _backward():
            self.grad += (out.data > 0) * out.grad

        out._backward = _backward
        return out


def hinge_loss(model, xs, ys):
    hinges = [(1 - y * model(x)).relu() for x, y in zip(xs, ys)]
    penalty = 0.0001 * sum(p * p for p in model.parameters())
    return sum(hinges) / len(hinges) + penalty


def accuracy(model, xs, ys):
    right = [(model(x).data > 0) == (y > 0) for x, y in zip(xs, ys)]
    return sum(right) / len(right)


def train(model, xs, ys, steps, lr, loss=squared_loss):
    losses = []
    for step in range(steps):
        total = loss(model, xs, ys)
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= lr * p.grad
        losses.append(total.data)
    return losses
"""
HINTS = (
    "Label times score is positive if the sign is right, and at least 1 beyond the margin.",
    "Make the list of all (1 - y * model(x)).relu(), and divide its sum by its length. The price "
    "is 0.0001 * sum(p * p for p in model.parameters()).",
    "In accuracy, compare signs: (model(x).data > 0) == (y > 0). True counts as 1 in sum().",
)
HINGE = """
def hinge_loss(model, xs, ys):
    hinges = [(1 - y * model(x)).relu() for x, y in zip(xs, ys)]
    penalty = 0.0001 * sum(p * p for p in model.parameters())
    return sum(hinges) / len(hinges) + penalty
"""
ACCURACY = """
def accuracy(model, xs, ys):
    right = [(model(x).data > 0) == (y > 0) for x, y in zip(xs, ys)]
    return sum(right) / len(right)
"""
TRAIN = """
def train(model, xs, ys, steps, lr, loss=squared_loss):
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
    HINGE.replace(" + penalty", ""): "the price for large parameters is missing",
    HINGE.replace(" / len(hinges)", ""): "the sum, and not the mean",
    HINGE.replace(".relu()", ""): "relu is missing",
    HINGE.replace("1 - y", "1 + y"): "the sign of the label",
    HINGE.replace("1 - y * model(x)", "y * model(x) - 1"): "the wrong way round",
    HINGE.replace("1 - y", "-y"): "margin of 1 is missing",
    HINGE.replace("0.0001", "0.001"): "0.0001 times",
    HINGE.replace("p * p", "p"): "squares",
    HINGE.replace("p * p", "p.data * p.data"): ".data cuts the graph",
    HINGE.replace("return sum", "total = sum"): "no return",
    HINGE.replace("1 - y * model(x)", "1 - model(x)"): "the label is missing",
    ACCURACY.replace(" == (y > 0)", ""): "label",
    ACCURACY.replace("/ len(right)", ""): "number of points",
    ACCURACY.replace("/ len(right)", "/ len(right) * 100"): "percent",
    ACCURACY.replace("==", "!="): "share of wrong",
    ACCURACY.replace("(model(x).data > 0) == (y > 0)", "model(x).data == y"): "sign",
    HINGE.replace("(1 - y * model(x)).relu()", "max(0.0, (1 - y * model(x)).data)"): (
        "the points give no grad"
    ),
    HINGE.replace("(1 - y * model(x)).relu()", "max(0.0, 1 - y * model(x))"): "use relu()",
    ACCURACY.replace("(model(x).data > 0) == (y > 0)", "round(model(x).data) == y"): "the sign of",
    TRAIN: "whatever loss it is given",
    TRAIN.replace(", loss=squared_loss", ""): "last argument",
}
XS = [[0.3, 0.9], [-0.8, 0.4], [1.6, -0.3], [0.9, 0.1], [-0.2, 1.4]]
YS = [1, -1, 1, -1, 1]
SCORES = [0.7, 0.2, 1.9, -0.4, 0.1]  # one is of the wrong sign, one beyond the margin


def check(my: Learner) -> None:
    for x in (0.5, -0.8):
        check_function(my, "relu", x)
    check_twice(my, "relu")
    check_loss(my)
    check_accuracy(my)
    check_train(my)


def check_loss(my: Learner) -> None:
    model = Scorer(my.Value, SCORES, [0.6, -1.5, 2.0])
    total = my.hinge_loss(model, XS, YS)
    data = my.data(total, "hinge_loss(model, xs, ys)")
    mean, price = mean_hinge([1 - y * s for s, y in zip(SCORES, YS)]), 0.0001 * 6.61
    right, count = mean + price, len(YS)
    mistakes = {
        "the price for large parameters is missing: 0.0001 times the sum of p*p": mean,
        "that is the sum, and not the mean: divide by the number of points": mean * count + price,
        "relu is missing: a point beyond the margin costs nothing, and not less": price
        + sum(1 - y * s for s, y in zip(SCORES, YS)) / count,
        "the sign of the label is turned: 1 - y * score": price
        + mean_hinge([1 + y * s for s, y in zip(SCORES, YS)]),
        "it is the wrong way round: 1 - y * score": price
        + mean_hinge([y * s - 1 for s, y in zip(SCORES, YS)]),
        "the margin of 1 is missing: 1 - y * score": price
        + mean_hinge([-y * s for s, y in zip(SCORES, YS)]),
        "the label is missing: 1 - y * score": price + mean_hinge([1 - s for s in SCORES]),
        "the price is 0.0001 times the squares": mean + 10 * price,
        "the price takes the squares of the parameters, p*p": mean + 0.0001 * 1.1,
    }
    where = f"the hinge loss of 5 points is {show(data)}, and should be {show(right)}"
    for sentence, number in mistakes.items():
        if equal(data, number):
            raise Wrong(f"{where}: {sentence}.", sentence)
    if not equal(data, right):
        raise Unexplained(f"{where}, for scores {show(SCORES)} and labels {YS}.")
    check_price(model, total)
    check_graph(my)


def check_price(model: Any, total: Any) -> None:
    """Raise Wrong unless the price gives each parameter its grad."""
    zero(model)
    total.backward()
    if not all(equal(p.grad, 0.0002 * p.data) for p in model.parameters()):
        raise Wrong(
            "after backward() of the loss, the price gives no grad to the parameters, or a wrong "
            "one: write p * p, since .data cuts the graph.",
            "the price loses its graph",
        )


def check_graph(my: Learner) -> None:
    """Raise Wrong unless the loss gives grads to parameters, beside those of the price alone.

    In a network of relu all points may be beyond the bend, so several networks may try.
    """
    for _ in range(5):
        model = my.MLP(2, [3, 1])
        zero(model)
        my.hinge_loss(model, XS, YS).backward()
        if not all(equal(p.grad, 0.0002 * p.data) for p in model.parameters()):
            return
    raise Wrong(
        "after backward() of the loss, the points give no grad to the parameters: is .data taken "
        "on the way, or max() where relu() belongs?",
        "the loss loses its graph",
    )


def mean_hinge(lacks: Sequence[float]) -> float:
    return sum(max(0.0, x) for x in lacks) / len(lacks)


class Scorer:
    """Stands for a network, whose scores and parameters are given."""

    def __init__(self, value: Any, scores: Sequence[float], parameters: Sequence[float] = ()):
        self.scores = {tuple(x): value(score) for x, score in zip(XS, scores)}
        self.values = [value(x) for x in parameters]

    def __call__(self, x: Sequence[float]) -> Any:
        return self.scores[tuple(x)]

    def parameters(self) -> list[Any]:
        return self.values


NEGATIVE = [-1.0, -2.0, -0.5, -0.1, -3.0]
ACCURACIES = {  # {mistake: the answers for SCORES and for NEGATIVE}
    "divide by the number of points": [4.0, 2.0],
    "that is in percent": [80.0, 40.0],
    "that is the share of wrong ones": [0.2, 0.6],
    "compare the sign of the score with that of the label, not the numbers": [0.0, 0.0],
    "compare the sign of the score with that of the label, and do not round": [0.2, 0.0],
}


def check_accuracy(my: Learner) -> None:
    answers = []
    for scores in (SCORES, NEGATIVE):
        answer = my.accuracy(Scorer(my.Value, scores), XS, YS)
        answer = getattr(answer, "data", answer)
        if not is_number(answer):
            raise Wrong(f"accuracy() returns {kind_of(answer)}: it must be a number.", "no number")
        answers.append(float(answer))
    where = (
        f"with labels +1, -1, +1, -1, +1, the accuracy of the scores {show(SCORES)} is "
        f"{show(answers[0])} (should be 0.8), and that of five negative scores is "
        f"{show(answers[1])} (should be 0.4): "
    )
    for sentence, numbers in ACCURACIES.items():
        if all(map(equal, answers, numbers)):
            raise Wrong(f"{where}{sentence}.", sentence)
    if not all(map(equal, answers, [0.8, 0.4])):
        raise Unexplained(f"{where.removesuffix(': ')}.", "other accuracy")


def check_train(my: Learner) -> None:
    seen: list[int] = []

    def loss(model: Any, xs: Any, ys: Any) -> Any:
        seen.append(len(xs))
        return my.hinge_loss(model, xs, ys)

    model = my.MLP(2, [3, 1])
    try:
        losses = my.train(model, XS, YS, 2, 0.1, loss)
    except TypeError as error:
        if "argument" not in str(error):
            raise
        raise Wrong(
            "train takes no loss yet: give it a last argument, `loss=squared_loss`.", "no loss"
        ) from error
    if len(seen) != 2 or len(losses) != 2:
        raise Wrong(
            "train must use whatever loss it is given: loss(model, xs, ys), once in each step.",
            "the loss is not used",
        )
    random.seed(1)
    my.train(my.MLP(2, [2, 1]), XS, YS, 1, 0.1)  # with squared_loss, as before
