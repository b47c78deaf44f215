"""A neuron

Write the class: `Neuron(3)` has a list `w` of three Values, each drawn uniformly between -1 and 1,
and a Value `b` that starts at 0. When called with a list of three numbers or Values, it returns the
Value tanh(w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + b). `parameters()` returns the list of all its
Values that can be trained. With w = [0.5, -1, 2] and b = 0.25, the output for x = [1, 2, 0.5] is
-0.244919.
"""

import random

from micrograd import Value


class Neuron:
    def __init__(self, nin):
        # <solution>
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        # </solution>

    def __call__(self, x):
        # <solution>
        return sum((wi * xi for wi, xi in zip(self.w, x)), self.b).tanh()
        # </solution>

    def parameters(self):
        # <solution>
        return [*self.w, self.b]
        # </solution>


# <checker>
from math import tanh

from micrograd.course.exercises.checking import Wrong, near, number, recognise, show, slope

HINTS = (
    "Make one weight per input and one bias, all Values; zip(self.w, x) pairs weights and inputs.",
    "Start the sum at self.b, add wi * xi for each pair, and take .tanh() of the sum at the end.",
    "w is [Value(random.uniform(-1, 1)) for _ in range(nin)]; parameters() is that list and b.",
)
START = """
self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
self.b = Value(0.0)
"""
CALL = "return sum((wi * xi for wi, xi in zip(self.w, x)), self.b).tanh()"
ALL = "return [*self.w, self.b]"
WRONG = {
    (START, "return sum(wi * xi for wi, xi in zip(self.w, x)).tanh()", ALL): "b is missing",
    (START, "return sum((wi * xi for wi, xi in zip(self.w, x)), self.b)", ALL): "tanh is missing",
    (START, "return sum(wi * xi for wi, xi in zip(self.w, x)).tanh() + self.b", ALL): "inside",
    (START, "return sum((self.w[0] * xi for xi in x), self.b).tanh()", ALL): "w[0] is used for all",
    (START, "return Value(sum((w * i for w, i in zip(self.w, x)), self.b).data).tanh()", ALL): (
        "loses its graph"
    ),
    (START, CALL, "return self.w"): "b is missing",
    (START, CALL, "return [self.w, self.b]"): "a list within",
    (START, CALL, "self.w.append(self.b)\nreturn self.w"): "changes w itself",
    (START, CALL, "return [Value(p.data) for p in [*self.w, self.b]]"): "copies",
    ("self.w = [Value(random.uniform(-1, 1))] * nin\nself.b = Value(0.0)", CALL, ALL): "one Value",
    ("w = random.uniform(-1, 1)\nself.w = [Value(w)] + [Value(w) for _ in range(nin - 1)]\n"
     "self.b = Value(0.0)", CALL, ALL): "all weights start at the same number",
    ("self.w = [random.uniform(-1, 1) for _ in range(nin)]\nself.b = Value(0.0)", CALL, ALL): (
        "has to be a Value"
    ),
}  # fmt: skip


def check_the_parts():
    """Neuron(3).w, three Values, and its b, a Value that is 0"""
    random.seed(1337)
    neuron = Neuron(3)
    w, b = getattr(neuron, "w", None), getattr(neuron, "b", None)
    if not isinstance(w, list | tuple) or len(w) != 3:
        raise Wrong(f"Neuron(3).w has to be a list of three Values, but is {show(w)}.")
    for x in (*w, b):
        if not isinstance(x, Value):
            raise Wrong(f"everything that is trained has to be a Value, but {show(x)} is not.")
    if len({id(x) for x in w}) < 3:
        raise Wrong("all weights are one Value: [Value(...)] * nin makes one Value and repeats it.")
    if len({x.data for x in w}) == 1:
        raise Wrong("all weights start at the same number: draw one for each.")
    if b.data != 0:
        raise Wrong(f"b starts at {show(b.data)}, but should start at 0.")


def check_the_numbers_that_are_drawn():
    """the weights of Neuron(500), uniform between -1 and 1"""
    random.seed(1337)
    drawn = sorted(w.data for w in Neuron(500).w)
    if len(drawn) != 500:
        raise Wrong(f"Neuron(500) has {len(drawn)} weights.")
    if drawn[0] < -1 or drawn[-1] > 1:
        raise Wrong(
            f"weights are drawn from {show(drawn[0])} to {show(drawn[-1])}: draw from -1 to 1."
        )
    for i in range(1, 10):
        if abs(drawn[50 * i] - (i / 5 - 1)) > 0.15:
            raise Wrong(
                f"{i} in 10 weights should lie below {i / 5 - 1:.1f}, but here they lie below "
                f"{drawn[50 * i]:.2f}: do you draw uniformly from -1 to 1?"
            )


def neuron_with(w, b):
    neuron = Neuron(len(w))
    for value, x in zip((*neuron.w, neuron.b), (*w, b)):
        value.data = x
    return neuron


CASES = (
    ([0.5, -1.0, 2.0], 0.25, [1.0, 2.0, 0.5]),
    ([0.3, 0.7], -0.4, [1.5, -0.6]),
    ([-0.8], 0.35, [0.9]),
    ([0.9, -0.2, 0.4, 0.1, -0.6], 0.15, [0.3, -1.1, 0.7, 2.0, 0.8]),
)


def check_the_output():
    """the output, for given weights, biases and inputs"""
    for w, b, x in CASES:
        out = neuron_with(w, b)(x)
        answer, act = number(out), sum(wi * xi for wi, xi in zip(w, x))
        mistakes = {
            "b is missing": tanh(act),
            "tanh is missing": act + b,
            "b and tanh are missing": act,
            "take tanh of the whole sum, not of each part": b
            + sum(tanh(wi * xi) for wi, xi in zip(w, x)),
            "b is added after tanh, but belongs inside": tanh(act) + b,
        }
        if len(w) > 1:
            mistakes["w[0] is used for all inputs: each has its own weight"] = tanh(
                w[0] * sum(x) + b
            )
        recognise(answer, mistakes)
        near(answer, tanh(act + b), f"the output for w = {show(w)}, b = {b}, x = {show(x)}")
        if not isinstance(out, Value):
            raise Wrong(f"expected a Value, got {show(out)}.")


def check_a_second_call():
    """the same neuron, called twice"""
    neuron = neuron_with([0.5, -1.0], 0.25)
    before = [*neuron.w, neuron.b]
    first, second = number(neuron([1.0, 2.0])), number(neuron([1.0, 2.0]))
    if [id(x) for x in (*neuron.w, neuron.b)] != [id(x) for x in before]:
        raise Wrong("a call replaces w or b, which have to stay: use another name for the sum.")
    near(second, first, "the second output for the same input")


def check_the_grads():
    """the grads of w, b and x after backward()"""
    for w, b, x in CASES:
        neuron, inputs = neuron_with(w, b), [Value(xi) for xi in x]
        neuron(inputs).backward()
        values = [*neuron.w, neuron.b, *inputs]
        point, n = (*w, b, *x), len(w)

        def f(*p, n=n):
            return tanh(sum(wi * xi for wi, xi in zip(p, p[n + 1 :])) + p[n])

        answer = [value.grad for value in values]
        if not any(answer):
            raise Wrong("all grads are 0: the output loses its graph where you take .data.")
        wanted = [slope(f, point, i) for i in range(len(point))]
        near(answer, wanted, "the list of the grads of w, b and x", rel=1e-6)


def check_the_parameters():
    """parameters(): all weights and the bias themselves"""
    neuron = Neuron(4)
    count = len(neuron.w)
    if count != 4:
        raise Wrong(f"Neuron(4) has {count} weights, but needs one for each of its nin inputs.")
    answer, wanted = neuron.parameters(), [*neuron.w, neuron.b]
    if not isinstance(answer, list | tuple):
        raise Wrong(f"parameters() has to return a list, but returns {show(answer)}.")
    if any(isinstance(p, list | tuple) for p in answer):
        raise Wrong("there is a list within the list of parameters(): unpack it, with *self.w.")
    if len(neuron.w) != count:
        raise Wrong("parameters() changes w itself: make a new list.")
    ids = [id(p) for p in answer]
    if len(ids) == 4 and id(neuron.b) not in ids:
        raise Wrong("b is missing in parameters(), so it could never learn.")
    if len(ids) != 5:
        raise Wrong(f"Neuron(4) has 5 parameters, but parameters() returns {len(ids)}.")
    if set(ids) != {id(p) for p in wanted}:
        raise Wrong("parameters() has to return the Values themselves: these are copies or others.")


# </checker>
