"""A neuron

A neuron multiplies each input by a weight of its own, adds
everything up, adds a bias, and squashes the sum. Weights
and bias are Values: they are what will be trained.

Write a class `Neuron` into the same file:

- `Neuron(nin)` has `nin` weights, a list `self.w` of
  Values, each drawn with `random.uniform(-1, 1)` (write
  `import random` at the top), and a bias `self.b`, one
  Value, which may start at 0 or be drawn, too.
- `__call__(self, x)` makes it work like a function: with a
  list x of `nin` numbers or Values, it returns the Value
  tanh(w[0]*x[0] + w[1]*x[1] + ... + b).

(relu instead of tanh is fine, as in micrograd's repository.
Stage 12 says where it makes a difference.)

    >>> n = Neuron(3)
    >>> n([1.0, -2.0, 0.5])
    Value(data=-0.6216...)        (yours is another number)

`zip(self.w, x)` pairs each weight with its input. `sum`
takes a second argument, the number to start with:
`sum(list, self.b)`.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from micrograd.course.build.learner import Learner, compare_grads, equal, kind_of
from micrograd.course.exercises.checking import Unexplained, Wrong, show

LESSONS = (7, 13)
MINUTES = 11
OWNER = "Neuron"
NEEDS = ("Neuron", "Neuron.__init__", "Neuron.__call__")
CODE = """
import random


class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)

    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return act.tanh()
"""
HINTS = (
    "Make the list of weights with a comprehension, so that each is a Value of its own.",
    "Start the sum at self.b, add wi * xi for each pair of zip(self.w, x), and squash the whole.",
    "return sum((wi * xi for wi, xi in zip(self.w, x)), self.b).tanh()",
)
INIT = "def __init__(self, nin):\n    self.w = {}\n    self.b = {}"
WEIGHTS = "[Value(random.uniform(-1, 1)) for _ in range(nin)]"
CALL = "def __call__(self, x):\n    {}"
PRODUCTS = "(wi * xi for wi, xi in zip(self.w, x))"
WRONG = {
    INIT.format("[Value(random.uniform(-1, 1))] * nin", "Value(0.0)"): "one Value",
    INIT.format("[random.uniform(-1, 1) for _ in range(nin)]", "Value(0.0)"): "must be Values",
    INIT.format("[Value(0.0) for _ in range(nin)]", "Value(0.0)"): "the same number",
    INIT.format(WEIGHTS, "0.0"): "b is",
    INIT.format("Value(random.uniform(-1, 1))", "Value(0.0)"): "a list",
    INIT.format(WEIGHTS.replace("(nin)", "(nin + 1)"), "Value(0.0)"): "4 weights",
    INIT.format(WEIGHTS.replace("nin", "3"), "Value(0.0)"): "Neuron(2) has 3 weights",
    INIT.format(WEIGHTS.replace("uniform(-1, 1)", "uniform(0, 1)"), "Value(0.0)"): "from -1 to 1",
    CALL.format(f"return sum({PRODUCTS}).tanh()"): "b is missing",
    CALL.format(f"return sum({PRODUCTS}, self.b)"): "not squashed",
    CALL.format(f"return sum({PRODUCTS}).tanh() + self.b"): "b is added after",
    CALL.format("return sum((self.w[0] * xi for xi in x), self.b).tanh()"): "w[0] is used for all",
    CALL.format(f"sum({PRODUCTS}, self.b).tanh()"): "no return",
    CALL.format(f"return Value(sum({PRODUCTS}, self.b).data).tanh()"): "loses its graph",
    CALL.format(f"return sum({PRODUCTS}, self.b).data"): "and not a Value",
    CALL.format(f"return sum({PRODUCTS}, self.b).tanh"): "parentheses are missing",
    CALL.format(f"return sum({PRODUCTS.replace('wi * xi', 'wi.data * xi')}, self.b).tanh()"): (
        "`.data` cuts the graph"
    ),
    CALL.format("for wi, xi in zip(self.w, x):\n        return (wi * xi + self.b).tanh()"): (
        "first turn"
    ),
    CALL.format("return sum(((wi * xi + self.b) for wi, xi in zip(self.w, x))).tanh()"): (
        "b is added for each input"
    ),
    CALL.format("return sum(((wi + xi) for wi, xi in zip(self.w, x)), self.b).tanh()"): ("w + x"),
    CALL.format(f"self.b = sum({PRODUCTS}, self.b)\n    return self.b.tanh()"): "replaces",
}
Function = Callable[[float], float]


def relu(x: float) -> float:
    return max(0.0, x)


SQUASHES: tuple[Function, ...] = (math.tanh, relu)
SLOPES: dict[Function, Function] = {
    math.tanh: lambda x: 1 - math.tanh(x) ** 2,
    relu: lambda x: float(x > 0),
}
# weights, bias and inputs; the sums are positive, so that relu shows
CASES = (
    ([0.5, -1.0, 2.0], 0.25, [1.0, 0.4, 0.5]),
    ([0.3, 0.7], -0.4, [1.5, 0.6]),
    ([0.8], 0.35, [0.9]),
    ([0.9, -0.2, 0.4, 0.1, -0.6], 0.15, [0.3, -1.1, 0.7, 2.0, 0.8]),
)


def check(my: Learner) -> None:
    check_parts(my)
    squash = find_squash(my)
    for w, b, x in CASES:
        check_output(my, w, b, x, squash)
        check_grads(my, w, b, x, squash)
    check_second_call(my)


def check_parts(my: Learner) -> None:
    for nin in (3, 2, 5):
        check_count(my, nin)
    neuron = my.Neuron(3)
    w: Any = getattr(neuron, "w", None)
    b: Any = getattr(neuron, "b", None)
    for x in w:
        if not isinstance(x, my.Value):
            raise Wrong(
                f"a weight is {kind_of(x)}: weights must be Values, or they get no grad.", "w"
            )
    if not isinstance(b, my.Value):
        raise Wrong(f"b is {kind_of(b)}: it must be a Value, or it gets no grad.", "b")
    if len({id(x) for x in w}) < 3:
        raise Wrong(
            "all weights are one Value: [Value(...)] * nin makes one, and repeats it.", "one Value"
        )
    drawn = [x.data for x in my.Neuron(200).w]
    if len(set(drawn)) == 1:
        raise Wrong(
            "all weights start at the same number: draw one for each, or they all learn the same.",
            "the same number",
        )
    if min(drawn) >= 0.0 or max(drawn) <= 0.0:
        raise Wrong("no weight has the other sign: draw from -1 to 1.", "one sign")


def check_count(my: Learner, nin: int) -> None:
    """Raise Wrong unless a neuron has a list of as many weights as inputs."""
    w = getattr(my.Neuron(nin), "w", None)
    if not isinstance(w, list | tuple):
        raise Wrong(f"`Neuron({nin}).w` is {kind_of(w)}: it must be a list of {nin} Values.", "w")
    if len(w) != nin:
        raise Wrong(
            f"Neuron({nin}) has {len(w)} weights, and should have {nin}, one per input.", "count"
        )


def neuron_with(my: Learner, w: Sequence[float], b: float) -> Any:
    """Return a neuron with these weights and this bias."""
    neuron = my.Neuron(len(w))
    for value, x in zip((*neuron.w, neuron.b), (*w, b)):
        value.data = x
    return neuron


def find_squash(my: Learner) -> Function:
    """Return the function that the learner's neurons squash with: tanh or relu."""
    w, b, x = CASES[0]
    data = my.data(neuron_with(my, w, b)(x), "Neuron(3)(x)")
    act = sum(wi * xi for wi, xi in zip(w, x)) + b
    below = my.data(neuron_with(my, [-each for each in w], -b)(x), "Neuron(3)(x)")
    if equal(data, act) and equal(below, -act):
        raise Wrong("the sum is not squashed: take tanh of it, or relu.", "no squash")
    return relu if equal(data, act) and below == 0.0 else math.tanh


def check_output(my: Learner, w: list[float], b: float, x: list[float], squash: Function) -> None:
    neuron = neuron_with(my, w, b)
    data = my.data(neuron(x), "neuron(x)")
    products = [wi * xi for wi, xi in zip(w, x)]
    act = sum(products)
    right = squash(act + b)
    where = (
        f"the output for w = {show(w)}, b = {b}, x = {show(x)} is {show(data)}, and should be "
        f"{show(right)}"
    )
    mistakes: dict[str, float] = {"b is missing": squash(act), "not squashed": act + b}
    mistakes["b is added after the squash, and belongs inside"] = squash(act) + b
    if len(w) > 1:
        mistakes |= {
            "w[0] is used for all inputs: each has its own": squash(w[0] * sum(x) + b),
            "the loop returns in its first turn: only w[0]*x[0] is there": squash(products[0] + b),
            "only the last product is in it: add them up": squash(products[-1] + b),
            "each weight meets each input: pair them by zip": squash(sum(w) * sum(x) + b),
            "b is added for each input, and should be added once": squash(act + len(w) * b),
        }
    mistakes["it adds w + x, and should multiply"] = squash(sum(w) + sum(x) + b)
    for sentence, number in mistakes.items():
        if equal(data, number) and not equal(number, right):
            raise Wrong(f"{where}: {sentence}.", sentence)
    if not equal(data, right):
        raise Unexplained(f"{where}.")


def check_grads(my: Learner, w: list[float], b: float, x: list[float], squash: Function) -> None:
    neuron, inputs = neuron_with(my, w, b), [my.Value(xi) for xi in x]
    neuron(inputs).backward()
    slope = SLOPES[squash](sum(wi * xi for wi, xi in zip(w, x)) + b)
    right = [slope * xi for xi in x] + [slope] + [slope * wi for wi in w]
    names = [f"w[{i}]" for i in range(len(w))] + ["b"] + [f"x[{i}]" for i in range(len(w))]
    pairs = list(zip(names, (*neuron.w, neuron.b, *inputs)))
    cut = "no grad arrives at w, and it does at b: `.data` cuts the graph, so write wi * xi"
    lost = "no grad arrives at the weights: the output loses its graph, where .data is taken"
    compare_grads(
        f"neuron(x) with w = {show(w)}, b = {b}, x = {show(x)}, after backward()",
        pairs,
        right,
        {cut: [0.0] * len(w) + right[len(w) :], lost: [0.0] * len(right)},
    )


def check_second_call(my: Learner) -> None:
    neuron = neuron_with(my, [0.5, -1.0], 0.25)
    before = [id(x) for x in (*neuron.w, neuron.b)]
    first, second = neuron([1.0, 2.0]).data, neuron([1.0, 2.0]).data
    if [id(x) for x in (*neuron.w, neuron.b)] != before or first != second:
        raise Wrong(
            "a call replaces or changes w or b, and both must stay: use another name for the sum.",
            "a call changes the neuron",
        )
