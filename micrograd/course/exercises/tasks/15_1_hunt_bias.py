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
from micrograd.course.exercises.checking import NOTHING_RETURNED, Wrong, near, show

HINTS = (
    "Look at neuron.b.grad and neuron.b.data after a step: which of them changes?",
    "train() moves what parameters() returns, and nothing else.",
    "Return a new list, not self.w itself: the weights and, at the end, the bias.",
)
WRONG = {
    "return self.w": "the bias is missing",
    "return [self.b]": "the weights are missing",
    "return [self.w, self.b]": "a list within the list",
    "return [w.data for w in self.w] + [self.b.data]": "plain numbers",
    """
    self.w.append(self.b)
    return self.w
    """: "adds a weight",
    "return [self.w[0], self.b]": "a weight is missing",
    "return [Value(w.data) for w in self.w] + [Value(self.b.data)]": "copies",
    "return [*self.w, self.b, self.b]": "twice",
    "[*self.w, self.b]": "is there a return",
}
GIVEN = [next(iter(WRONG))]  # the bug that learners fix


def check_the_list():
    """parameters() of a neuron with three weights: the weights and the bias"""
    neuron = Neuron([0.5, -1.5, 2.5])
    weights, bias = list(neuron.w), neuron.b
    answer = neuron.parameters()
    if answer is None:
        raise Wrong(NOTHING_RETURNED)
    if neuron.w != weights:
        raise Wrong("each call adds a weight to self.w: make a new list.")
    if not isinstance(answer, list | tuple):
        raise Wrong(f"expected a list, got {show(answer)}.")
    if any(isinstance(p, list | tuple) for p in answer):
        raise Wrong("there is a list within the list: put all Values in one list, as in [*a, b].")
    if any(not isinstance(p, Value) for p in answer):
        raise Wrong("these are plain numbers: return the Values themselves.")
    listed = {id(p) for p in answer}
    if not listed & {id(p) for p in [*weights, bias]}:
        raise Wrong("these are copies: return the neuron's own Values, so that train() moves them.")
    if id(bias) not in listed:
        raise Wrong("the bias is missing: nothing ever moves it.")
    missing = [w for w in weights if id(w) not in listed]
    if missing:
        text = "the weights are missing" if len(missing) == 3 else "a weight is missing"
        raise Wrong(f"{text}: nothing ever moves what is not in the list.")
    if len(answer) > 4:
        raise Wrong("a Value is in the list twice: each step would move it twice.")


def check_the_training():
    """train() on points of y = 2 x + 3, which ends with w = 2, b = 3 and a loss of 0"""
    neuron = Neuron([-0.5])
    points = [([x], 2.0 * x + 3.0) for x in (-1.0, 0.5, 1.5)]
    loss = train(neuron, points, 200, 0.2)
    near(neuron.b.data, 3.0, "b after 200 steps", rel=1e-6)
    near(neuron.w[0].data, 2.0, "w after 200 steps", rel=1e-6)
    near(loss, 0.0, "the loss after 200 steps", rel=1e-6)


# </checker>
