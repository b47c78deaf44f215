"""A bug hunt: the loss stops too early

A linear neuron is trained on points of y = 2 x + 3. The loss goes down, and stays at about the
same height however long it trains: w becomes something, and b is 0 for ever. There is one
mistake.

Find it and mend it. `neuron.parameters()` returns the list of all Values that are to be trained.
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
from micrograd.course.exercises.checking import Wrong, near, shown

NEEDS = 15
HINTS = (
    "Look at neuron.b.grad and neuron.b.data after a step: which of them moves?",
    "train() moves what parameters() returns, and nothing else.",
    "The list of the weights and, at its end, the bias: a new list, not self.w itself.",
)
WRONG = {
    "return self.w": "the bias is missing",
    "return [self.b]": "the weights are missing",
    "return [self.w, self.b]": "a list within the list",
    "return [w.data for w in self.w] + [self.b.data]": "plain numbers",
    """
    self.w.append(self.b)
    return self.w
    """: "a weight is added",
    "return [self.w[0], self.b]": "a weight is missing",
    "return [Value(w.data) for w in self.w] + [Value(self.b.data)]": "copies",
    "return [*self.w, self.b, self.b]": "twice",
    "[*self.w, self.b]": "is there a return",
}
GIVEN = [next(iter(WRONG))]  # what is to be mended


def check_the_list():
    """parameters() of a neuron with three weights: these, and the bias"""
    neuron = Neuron([0.5, -1.5, 2.5])
    weights, bias = list(neuron.w), neuron.b
    found = neuron.parameters()
    if found is None:
        raise Wrong("nothing comes back: is there a return?")
    if neuron.w != weights:
        raise Wrong("a weight is added to self.w with each call: make a new list.")
    if not isinstance(found, list | tuple):
        raise Wrong(f"a list is wanted, and this came back: {shown(found)}.")
    if any(isinstance(p, list | tuple) for p in found):
        raise Wrong("there is a list within the list: all Values belong into one, as in [*a, b].")
    if any(not isinstance(p, Value) for p in found):
        raise Wrong("these are plain numbers: the Values themselves are wanted.")
    there = {id(p) for p in found}
    if not there & {id(p) for p in [*weights, bias]}:
        raise Wrong("these are copies: train() has to get the Values that the neuron has.")
    if id(bias) not in there:
        raise Wrong("the bias is missing: nothing ever moves it.")
    missing = [w for w in weights if id(w) not in there]
    if missing:
        how = "the weights are missing" if len(missing) == 3 else "a weight is missing"
        raise Wrong(f"{how}: nothing ever moves what is not in the list.")
    if len(found) > 4:
        raise Wrong("one is there twice, and would be moved twice in a step.")


def check_the_training():
    """train() on points of y = 2 x + 3, which ends with w = 2, b = 3 and a loss of 0"""
    neuron = Neuron([-0.5])
    points = [([x], 2.0 * x + 3.0) for x in (-1.0, 0.5, 1.5)]
    loss = train(neuron, points, 200, 0.2)
    near(neuron.b.data, 3.0, "b after 200 steps", rel=1e-6)
    near(neuron.w[0].data, 2.0, "w after 200 steps", rel=1e-6)
    near(loss, 0.0, "the loss after 200 steps", rel=1e-6)


# </checker>
