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
import random as chance
from math import tanh

from micrograd.course.exercises.checking import (
    NOTHING_RETURNED,
    Unexplained,
    Wrong,
    close,
    compare,
    show,
    unchanged,
)
from micrograd.engine import Value as Reference

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
RIGHT = (
    (
        "self.w = []\nfor i in range(nin):\n"
        "    self.w.append(Value(2 * random.random() - 1))\nself.b = Value(0)",
        "act = self.b\nfor i in range(len(x)):\n    act = act + self.w[i] * x[i]\n"
        "return act.tanh()",
        "return self.w + [self.b]",
    ),
    (
        "from random import uniform\nself.w = tuple(Value(uniform(-1, 1)) for _ in range(nin))\n"
        "self.b = Value(0.0)",
        "return (sum(wi * xi for wi, xi in zip(self.w, x)) + self.b).tanh()",
        "return list(self.w) + [self.b]",
    ),
)
WRONG = {
    (START, "return sum(wi * xi for wi, xi in zip(self.w, x)).tanh()", ALL): "b is missing",
    (START, "return sum((wi * xi for wi, xi in zip(self.w, x)), self.b)", ALL): "tanh is missing",
    (START, "return sum(wi * xi for wi, xi in zip(self.w, x)).tanh() + self.b", ALL): "inside",
    (START, "return sum((self.w[i] * x[i] for i in range(3)), self.b).tanh()", ALL): (
        "for three inputs only"
    ),
    (START, "return sum((self.w[0] * xi for xi in x), self.b).tanh()", ALL): "w[0] is used for all",
    (START, "return Value(sum((w * i for w, i in zip(self.w, x)), self.b).data).tanh()", ALL): (
        "loses its graph"
    ),
    (START, CALL, "return self.w"): "b is missing",
    (START, CALL, "return [self.w, self.b]"): "a list within",
    (START, CALL, "self.w.append(self.b)\nreturn self.w"): "changes w itself",
    (START, CALL, "return [Value(p.data) for p in [*self.w, self.b]]"): "copies",
    (START, CALL, "return [*self.w, self.b, self.b]"): "6",
    (START, CALL, "return [self.b]"): "1",
    (START, CALL, "print([*self.w, self.b])"): "print only shows",
    ("self.w = [Value(random.uniform(-1, 1))] * nin\nself.b = Value(0.0)", CALL, ALL): "one Value",
    ("w = random.uniform(-1, 1)\nself.w = [Value(w)] + [Value(w) for _ in range(nin - 1)]\n"
     "self.b = Value(0.0)", CALL, ALL): "all weights start at the same number",
    ("self.w = [random.uniform(-1, 1) for _ in range(nin)]\nself.b = Value(0.0)", CALL, ALL): (
        "has to be a Value"
    ),
    ("self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]\nself.b = 0.0", CALL, ALL): (
        "has to be a Value"
    ),
    ("random.seed(1337)\n" + START.strip(), CALL, ALL): "in each call",
    (START.replace("uniform(-1, 1)", "randint(-1, 1)"), CALL, ALL): "whole numbers",
    (START.replace("uniform(-1, 1)", "random()"), CALL, ALL): "from 0 to 1",
    (START.replace("uniform(-1, 1)", "uniform(0, 1)"), CALL, ALL): "from 0 to 1",
    (START.replace("uniform(-1, 1)", "gauss(0, 1)"), CALL, ALL): "outside -1 to 1",
    (START.replace("uniform(-1, 1)", "uniform(-0.1, 0.1)"), CALL, ALL): "uniformly",
    (START.replace("Value(0.0)", "Value(random.uniform(-1, 1))"), CALL, ALL): "should start at 0",
    (START.replace("(nin)", "(3)"), CALL, ALL): "whatever nin is",
    (START, "x.append(1)\nreturn sum(wi * xi for wi, xi in zip([*self.w, self.b], x)).tanh()",
     ALL): "belongs to the caller",
    (START, CALL, "self.p = getattr(self, 'p', []) + [*self.w, self.b]\nreturn self.p"): (
        "second time"
    ),
    (START, "self.b = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)\nreturn self.b.tanh()",
     ALL): "replaces w or b",
    (START, "return sum((wi + xi for wi, xi in zip(self.w, x)), self.b).tanh()", ALL): "added",
    (START, "return sum((wi * xi for wi in self.w for xi in x), self.b).tanh()", ALL): "every",
    (START, "return sum((wi * xi + self.b for wi, xi in zip(self.w, x))).tanh()", ALL): "each",
    (START, "return sum((wi * xi for wi, xi in zip(self.w, x)), self.b).relu()", ALL): "`tanh`",
}  # fmt: skip
AFTER = {
    "another": RIGHT[0],
    "remark": "sum(..., self.b) starts the sum at b. Without the second argument it starts at 0, "
    "and 0 + Value works only because the class has `__radd__`.",
}
CASES = [
    ([0.5, -1.0, 2.0], 0.25, [1.0, 2.0, 0.5]),
    ([0.3, 0.7], -0.4, [1.5, -0.6]),
    ([0.9, -0.2, 0.4, 0.1, -0.6], 0.15, [0.3, -1.1, 0.7, 0.0, 0.8]),
    ([0.35, 0.35], 0.2, [0.6, 0.6]),
    ([-0.8], 0.35, [0.9]),
]


def check_the_parts(Neuron):
    """Neuron(3).w, three Values, and its b, a Value that is 0"""
    for nin in (3, 2, 5):
        neuron = Neuron(nin)
        w, b = getattr(neuron, "w", None), getattr(neuron, "b", None)
        if not isinstance(w, list | tuple):
            raise Wrong(f"Neuron({nin}).w has to be a list of Values, but is {show(w)}.", "no list")
        if len(w) == 3 != nin:
            raise Wrong("there are 3 weights whatever nin is: one for each input.", "always 3")
        if len(w) != nin:
            text = f"Neuron({nin}).w has {len(w)} weights, and should have one for each input."
            raise Wrong(text, "number of weights")
        for x in (*w, b):
            if not isinstance(x, Reference):
                text = f"everything that is trained has to be a Value, but {show(x)} is not."
                raise Wrong(text, "no Value")
        if len({id(x) for x in w}) < nin:
            text = "all weights are one Value: [Value(...)] * nin makes one Value and repeats it."
            raise Wrong(text, "one Value")
        if b.data != 0:
            raise Wrong(f"b starts at {show(b.data)}, but should start at 0.", "b is not 0")


def check_the_numbers_that_are_drawn(Neuron):
    """the weights of Neuron(500), uniform between -1 and 1, and others for the next neuron"""
    chance.seed(1337)
    drawn = sorted(w.data for w in Neuron(500).w)
    if all(float(x).is_integer() for x in drawn) and drawn[0] != drawn[-1]:
        raise Wrong("the weights are whole numbers: draw with random.uniform(-1, 1).", "randint")
    if drawn[0] == drawn[-1]:
        raise Wrong("all weights start at the same number: draw one for each.", "all the same")
    if drawn[0] < -1 or drawn[-1] > 1:
        text = f"some weights are outside -1 to 1, from {show(drawn[0])} to {show(drawn[-1])}."
        raise Wrong(f"{text} Draw uniformly from -1 to 1.", "drawn otherwise")
    if drawn[0] >= 0:
        raise Wrong("all weights are drawn from 0 to 1: draw from -1 to 1.", "from 0 to 1")
    for i in range(1, 10):
        if abs(drawn[50 * i] - (i / 5 - 1)) > 0.15:
            raise Wrong(
                f"{10 * i} % of the weights should lie below {i / 5 - 1:.1f}, but here they lie "
                f"below {drawn[50 * i]:.2f}: do you draw uniformly from -1 to 1?",
                "drawn otherwise",
            )
    if [w.data for w in Neuron(5).w] == [w.data for w in Neuron(5).w]:
        raise Unexplained("two neurons have the same weights: each should draw its own.", "a seed")


def with_numbers(Neuron, w, b):
    neuron = Neuron(len(w))
    for value, x in zip((*neuron.w, neuron.b), (*w, b)):
        value.data = x
    return neuron


def run(Neuron, w, b, inputs):
    """Return the neuron and its output, which has to be a Value."""
    neuron = with_numbers(Neuron, w, b)
    before = [*neuron.w, neuron.b]
    try:
        with unchanged(x=inputs):
            out = neuron(inputs)
    except IndexError:
        if len(w) < 3 and is_right_for_three(Neuron):
            text = "this is written for three inputs only: go through all, however many there are."
            raise Wrong(text, "three inputs") from None
        raise
    if out is None:
        raise Unexplained(NOTHING_RETURNED, "nothing returned")
    if [id(x) for x in (*neuron.w, neuron.b)] != [id(x) for x in before]:
        text = "a call replaces w or b, which have to stay: use another name for the sum."
        raise Wrong(text, "w or b is replaced")
    if not hasattr(out, "grad"):
        raise Unexplained(f"expected a Value, got {show(out)}.", "no Value")
    return neuron, out


def is_right_for_three(Neuron):
    w, b, x = CASES[0]
    return close(with_numbers(Neuron, w, b)(list(x)).data, tanh(act(w, b, x)), 1e-9)


def act(w, b, x):
    return sum(wi * xi for wi, xi in zip(w, x)) + b


def check_the_output(Neuron):
    """the output, for given weights, biases and inputs"""
    compare(
        lambda w, b, x: run(Neuron, w, b, x)[1],
        lambda w, b, x: tanh(act(w, b, x)),
        CASES,
        "the output",
        "w = {}, b = {}, x = {}",
        {
            "b is missing": lambda w, b, x: tanh(act(w, 0, x)),
            "tanh is missing": act,
            "b and tanh are missing": lambda w, b, x: act(w, 0, x),
            "take tanh of the whole sum, not of each part": (
                lambda w, b, x: b + sum(tanh(wi * xi) for wi, xi in zip(w, x))
            ),
            "b is added after tanh, but belongs inside": lambda w, b, x: tanh(act(w, 0, x)) + b,
            "b is subtracted: add it": lambda w, b, x: tanh(act(w, -b, x)),
            "b is added for each input: add it once": lambda w, b, x: tanh(act(w, b * len(w), x)),
            "w[0] is used for all inputs: each has its own weight": (
                lambda w, b, x: tanh(w[0] * sum(x) + b)
            ),
            "weights and inputs are added: multiply each pair": (
                lambda w, b, x: tanh(sum(w) + sum(x) + b)
            ),
            "every weight is multiplied by every input: zip() makes the pairs": (
                lambda w, b, x: tanh(sum(w) * sum(x) + b)
            ),
            "only the first input is used": lambda w, b, x: tanh(w[0] * x[0] + b),
            "only the last input is used": lambda w, b, x: tanh(w[-1] * x[-1] + b),
        },
    )


def check_the_grads(Neuron):
    """the grads of w, b and x after backward()"""

    def grads(w, b, x):
        inputs = [Reference(xi) for xi in x]
        neuron, out = run(Neuron, w, b, inputs)
        out.backward()
        return [value.grad for value in (*neuron.w, neuron.b, *inputs)]

    def right(w, b, x):
        slope = 1 - tanh(act(w, b, x)) ** 2
        return [slope * factor for factor in (*x, 1.0, *w)]

    compare(
        grads,
        right,
        CASES,
        "grad {}",
        lambda w, b, x: f"w = {show(w)}, b = {b}, x = {show(x)}: the grads of w, b and x",
        {
            "all grads are 0: the output loses its graph where you take .data": (
                lambda w, b, x: [0.0] * (2 * len(w) + 1)
            ),
        },
    )


def check_the_parameters(Neuron):
    """parameters(): all weights and the bias themselves"""
    first, neuron = Neuron(4), Neuron(4)
    first.parameters()
    count, wanted = len(neuron.w), [*neuron.w, neuron.b]
    answer = neuron.parameters()
    again = neuron.parameters()
    if answer is None:
        raise Unexplained(NOTHING_RETURNED, "nothing returned")
    if not isinstance(answer, list | tuple):
        raise Wrong(f"parameters() has to return a list, but returns {show(answer)}.", "no list")
    if any(isinstance(p, list | tuple) for p in answer):
        text = "there is a list within the list of parameters(): unpack it, with *self.w."
        raise Wrong(text, "a list within")
    if len(neuron.w) != count:
        raise Wrong("parameters() changes w itself: make a new list.", "w is changed")
    if len(again) > 5 >= len(answer) or (answer is again and len(again) > 5):
        text = "parameters() is longer the second time: make a new list in each call."
        raise Unexplained(text, "state stays")
    ids = [id(p) for p in answer]
    if len(ids) == 4 and id(neuron.b) not in ids:
        raise Wrong("b is missing in parameters(), so it could never learn.", "b is missing")
    if len(ids) != 5:
        text = f"Neuron(4) has 5 parameters, but parameters() returns {len(ids)}."
        raise Unexplained(text, "number of parameters")
    if set(ids) != {id(p) for p in wanted}:
        text = "parameters() has to return the Values themselves: these are copies or others."
        raise Wrong(text, "copies")


# </checker>
