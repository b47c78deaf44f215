"""A bug hunt: the loss stops too early

A linear neuron is trained on points of y = 2 x + 3. The loss goes down, but then stays at about the
same height, however long you train: w settles at some number, but b stays 0 for ever. There is one
bug.

Find it and fix it. `neuron.parameters()` returns the list of all Values that training moves.
"""

from micrograd import Value


class Neuron:
    def __init__(self, weights):
        self.w = [Value(x) for x in weights]
        self.b = Value(0.0)

    def __call__(self, xs):
        return sum((w * x for w, x in zip(self.w, xs)), self.b)

    def parameters(self):
        # <solution>
        return [*self.w, self.b]
        # </solution>


def train(neuron, points, steps, lr):
    for _ in range(steps):
        loss = sum((neuron(xs) - y) ** 2 for xs, y in points) * (1 / len(points))
        for p in neuron.parameters():
            p.grad = 0.0
        loss.backward()
        for p in neuron.parameters():
            p.data -= lr * p.grad
    return loss.data


# <checker>
from micrograd.course.exercises.checking import NOTHING_RETURNED, Unexplained, Wrong, compare, show
from micrograd.engine import Value as Reference

HINTS = (
    "Look at neuron.b.grad and neuron.b.data after a step: which of them changes?",
    "train() moves what parameters() returns, and nothing else.",
    "Return a new list, not self.w itself: the weights and, at the end, the bias.",
)
RIGHT = (
    "return self.w + [self.b]",
    "return [self.b, *self.w]",
    "out = list(self.w)\nout.append(self.b)\nreturn out",
    "return (*self.w, self.b)",
)
WRONG = {
    "return self.w": "the bias is missing",
    "return [self.b]": "the weights are missing",
    "return [self.w, self.b]": "a list within the list",
    "return [w.data for w in self.w] + [self.b.data]": "plain number",
    """
    self.w.append(self.b)
    return self.w
    """: "adds a weight",
    "return [self.w[0], self.b]": "some weights are missing",
    "return [Value(w.data) for w in self.w] + [Value(self.b.data)]": "copies",
    "return [*self.w, Value(self.b.data)]": "in the place of the bias",
    "return [*self.w, self.b, self.b]": "twice",
    "[*self.w, self.b]": "is the return missing",
    "return self.w + self.b": "put [] around",
    "return [*self.w, b]": "there is no `b` here",
    "return [*self.w, self.b.data]": "plain number",
    "return [*self.w, self.bias]": "no `.bias`",
    "return self.w.append(self.b)": "adds a weight",
    "return [sum(self.w), self.b]": "are missing",
}
GIVEN = [next(iter(WRONG))]  # the bug that learners fix
AFTER = {
    "another": RIGHT[0],
    "remark": "self.w + [self.b] is a new list, too. The order does not matter to training, but a "
    "saved model needs the same order each time.",
}


def check_the_list(Neuron):
    """parameters() of a neuron with three weights: the weights and the bias"""
    neuron = Neuron([0.5, -1.5, 2.5])
    weights, bias = list(neuron.w), neuron.b
    answer = neuron.parameters()
    if neuron.w != weights:
        raise Wrong("each call adds a weight to self.w: make a new list.", "w is changed")
    if answer is None:
        raise Unexplained(NOTHING_RETURNED, "nothing returned")
    if not isinstance(answer, list | tuple):
        raise Wrong(f"expected a list, got {show(answer)}.", "no list")
    if any(isinstance(p, list | tuple) for p in answer):
        text = "there is a list within the list: put all Values in one list, as in [*a, b]."
        raise Wrong(text, "a list within")
    plain = [p for p in answer if not isinstance(p, Reference)]
    if plain:
        kind = "these are plain numbers" if len(plain) > 1 else "there is a plain number"
        raise Wrong(f"{kind}: return the Values themselves.", "plain numbers")
    listed = {id(p) for p in answer}
    if not listed & {id(p) for p in [*weights, bias]}:
        text = "these are copies: return the neuron's own Values, so that train() moves them."
        raise Wrong(text, "copies")
    if id(bias) not in listed and len(answer) == 4:
        text = "another Value is in the place of the bias, so nothing moves the bias itself"
        raise Wrong(f"{text}: return self.b.", "a copy of the bias")
    if id(bias) not in listed:
        raise Wrong("the bias is missing: nothing ever moves it.", "no bias")
    missing = [w for w in weights if id(w) not in listed]
    if missing:
        text = "the weights are missing" if len(missing) == 3 else "some weights are missing"
        raise Wrong(f"{text}: nothing ever moves what is not in the list.", "no weights")
    if len(answer) > 4:
        raise Wrong("a Value is in the list twice: each step would move it twice.", "twice")


def check_the_training(Neuron, train):
    """train() on points of y = 2 x + 3, which ends with w = 2, b = 3 and a loss of 0"""

    def train_line(slope, offset):
        neuron = Neuron([-0.5])
        points = [([x], slope * x + offset) for x in (-1.0, 0.5, 1.5)]
        loss = train(neuron, points, 200, 0.2)
        return [neuron.w[0].data, neuron.b.data, loss]

    compare(
        train_line,
        lambda slope, offset: [slope, offset, 0.0],
        [(2.0, 3.0), (-1.3, 0.7)],
        "w b loss",
        "points of y = {} x + {}, after 200 steps",
        rel=1e-6,
    )


# </checker>
