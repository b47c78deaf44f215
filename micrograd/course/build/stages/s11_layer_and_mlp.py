"""Layers, and a whole network

A layer is a row of neurons that all see the same inputs. An
MLP (multi-layer perceptron) is a row of layers, where each
layer sees the outputs of the layer before.

Write two classes, and a method for three:

- `Layer(nin, nout)` has a list `self.neurons` of `nout`
  neurons with `nin` inputs each. A call with x returns the
  list of their outputs, or, if there is one neuron only,
  its output itself.
- `MLP(nin, nouts)` has a list `self.layers`: `nouts` are
  the sizes of the layers, so MLP(3, [4, 4, 1]) has a layer
  from 3 to 4, one from 4 to 4, and one from 4 to 1. A call
  sends x through all of them.
- `parameters(self)` of Neuron, Layer and MLP returns one
  flat list of all Values that are trained: the weights and
  biases themselves, no copies, no lists within the list.
- `zero_grad(self)` of MLP sets the grad of each of its
  parameters to 0.0. (backward() only adds.)

For example:

    >>> model = MLP(3, [4, 4, 1])
    >>> len(model.parameters())
    41
    >>> model([2.0, 3.0, -1.0])
    Value(data=0.53...)           (yours is another number)

A Neuron has `nin` + 1 parameters: count the 41.
"""

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from micrograd.course.build.learner import Learner, equal, is_number, kind_of
from micrograd.course.build.stages.s10_neuron import SQUASHES, find_squash
from micrograd.course.exercises.checking import Unexplained, Wrong, show

LESSONS = (13, 15, 16)
MINUTES = 19
OWNER = "MLP"
NEEDS = (
    *("Layer", "Layer.__call__", "MLP", "MLP.__call__", "Neuron.parameters", "Layer.parameters"),
    *("MLP.parameters", "MLP.zero_grad"),
)
CODE = """
class Neuron:
    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [n(x) for n in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        sz = [nin] + nouts
        self.layers = [Layer(sz[i], sz[i + 1]) for i in range(len(nouts))]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0
"""
HINTS = (
    "Write the sizes into one list, [nin] + nouts: each layer goes from one size to the next.",
    "In a call of MLP, the output of a layer is the x of the next: for layer in self.layers: "
    "x = layer(x).",
    "A flat list of lists: [p for layer in self.layers for p in layer.parameters()]. A Neuron's "
    "is self.w + [self.b].",
)
LAYER = "class Layer:\n    def __init__(self, nin, nout):\n        self.neurons = {}"
MODEL = "def __init__(self, nin, nouts):\n    sz = [nin] + nouts\n    self.layers = {}"
WRONG = {
    LAYER.format("[Neuron(nin)] * nout"): "one neuron",
    LAYER.format("[Neuron(nout) for _ in range(nin)]"): "the wrong way round",
    "class Layer:\n    def __call__(self, x):\n        return [n(x) for n in self.neurons]": (
        "a list of one"
    ),
    "class Layer:\n    def __call__(self, x):\n        for n in self.neurons:\n"
    "            return n(x)": "first turn",
    MODEL.format("[Layer(nin, n) for n in nouts]"): "as the layer before has neurons",
    MODEL.format("[Layer(sz[i], sz[i + 1]) for i in range(len(nouts) - 1)]"): "2 layers",
    MODEL.format("[Layer(sz[i + 1], sz[i]) for i in range(len(nouts))]"): "the wrong way round",
    "def __call__(self, x):\n    for layer in self.layers:\n"
    "        out = layer(x)\n    return out": ("x = layer(x)"),
    "def __call__(self, x):\n    for layer in self.layers:\n"
    "        x = layer(x)\n        return x": ("first turn"),
    "def parameters(self):\n    return [layer.parameters() for layer in self.layers]": "flat",
    "def parameters(self):\n    for layer in self.layers:\n        return layer.parameters()": (
        "first turn"
    ),
    "def parameters(self):\n"
    "    return [p.data for layer in self.layers for p in layer.parameters()]": ("the numbers"),
    "def parameters(self):\n"
    "    return [Value(p.data) for layer in self.layers for p in layer.parameters()]": "copies",
    "class Neuron:\n    def parameters(self):\n        return self.w": "biases are missing",
    "class Neuron:\n    def parameters(self):\n        return [self.w, self.b]": "flat",
    "class Neuron:\n    def parameters(self):\n        return self.w + self.b": "[self.b]",
    "class Neuron:\n    def parameters(self):\n"
    "        self.w.append(self.b)\n        return self.w": ("changes w"),
    "def zero_grad(self):\n    for p in self.parameters():\n        p.data = 0.0": "p.grad",
    "def zero_grad(self):\n    for p in self.parameters():\n        p.grad == 0.0": "compares",
    "def zero_grad(self):\n    for p in self.parameters():\n        p = Value(0.0)": "still",
    "def zero_grad(self):\n    for p in self.parameters():\n        p.grad = None": "plain number",
    "def zero_grad(self):\n    self.grad = 0.0": "still",
}
Function = Callable[[float], float]
X = [2.0, 3.0, -1.0]


def check(my: Learner) -> None:
    check_neuron(my)
    check_layer(my)
    check_sizes(my)
    check_parameters(my)
    check_output(my)
    check_zero_grad(my)


def neuron_parameters(neuron: Any) -> Any:
    """Return the parameters. Raises Wrong if a Value is added to a list, which has a long error."""
    try:
        return neuron.parameters()
    except TypeError as error:
        if "list" not in str(error):
            raise
        raise Wrong(
            "Neuron(4).parameters() adds a list and a Value: put [] around the Value, as in "
            "self.w + [self.b].",
            "a list plus a Value",
        ) from error


def check_neuron(my: Learner) -> None:
    neuron = my.Neuron(4)
    w = list(neuron.w)
    answer = flat(my, neuron_parameters(neuron), "Neuron(4).parameters()")
    if list(neuron.w) != w and len(neuron.w) != 4:
        raise Wrong("parameters() changes w itself: make a new list, self.w + [self.b].", "changes")
    if len(answer) == 4:
        raise Wrong("Neuron(4).parameters() has 4 Values: the biases are missing.", "no bias")
    if {id(x) for x in answer} != {id(x) for x in (*w, neuron.b)}:
        raise Wrong(
            "Neuron(4).parameters() must hold the Values of w and b themselves, and holds others: "
            "are they copies?",
            "copies",
        )


def flat(my: Learner, answer: Any, text: str) -> list[Any]:
    """Return the answer as a list. Raises Wrong unless it is a flat list of Values."""
    if not isinstance(answer, list | tuple):
        raise Wrong(f"`{text}` is {kind_of(answer)}: it must be a list of Values.", "no list")
    for p in answer:
        if isinstance(p, list | tuple):
            raise Wrong(
                f"`{text}` has lists within the list: it must be flat, with two loops in one: [p "
                "for part in parts for p in part.parameters()], and self.w + [self.b] in a neuron.",
                "not flat",
            )
        if not isinstance(p, my.Value):
            note = "not the numbers, the Values" if is_number(p) else "it must hold Values"
            raise Wrong(f"`{text}` holds {kind_of(p)}: {note}.", "no Values")
    return list(answer)


def check_layer(my: Learner) -> None:
    layer = my.Layer(3, 5)
    neurons = getattr(layer, "neurons", None)
    if not isinstance(neurons, list | tuple):
        raise Wrong("a Layer must have a list `neurons`.", "no neurons")
    if len(neurons) == 3 and len(neurons[0].w) == 5:
        raise Wrong("Layer(3, 5) has 3 neurons of 5 inputs: the wrong way round.", "swapped")
    if len(neurons) != 5:
        raise Wrong(f"Layer(3, 5) has {len(neurons)} neurons, and should have 5.", "count")
    if len({id(neuron) for neuron in neurons}) < 5:
        raise Wrong(
            "all neurons of a layer are one neuron: [Neuron(nin)] * nout repeats it.", "one neuron"
        )
    if any(len(neuron.w) != 3 for neuron in neurons):
        raise Wrong(f"a neuron of Layer(3, 5) has {len(neurons[0].w)} weights, and should have 3.")
    outs, single = layer(X), my.Layer(3, 1)(X)
    if isinstance(outs, my.Value):
        raise Wrong(
            "Layer(3, 5) returns one Value, and should return a list of 5: does its loop return in "
            "its first turn?",
            "return in the first turn",
        )
    if not isinstance(outs, list | tuple) or len(outs) != 5:
        raise Wrong(f"Layer(3, 5) returns {show(outs)}, and should return a list of 5 Values.")
    for out, neuron in zip(outs, neurons):
        if not equal(my.data(out, "layer(x)"), neuron(X).data):
            raise Wrong("each neuron of a layer sees the same x: its outputs are others here.")
    if isinstance(single, list | tuple):
        raise Wrong(
            "Layer(3, 1) returns a list of one: return its only Value itself, outs[0] if len(outs) "
            "== 1 else outs.",
            "a list of one",
        )


def check_sizes(my: Learner) -> None:
    layers = getattr(my.MLP(3, [4, 4, 1]), "layers", None)
    if not isinstance(layers, list | tuple):
        raise Wrong("an MLP must have a list `layers`.", "no layers")
    if len(layers) != 3:
        raise Wrong(f"MLP(3, [4, 4, 1]) has {len(layers)} layers, and should have 3.", "count")
    sizes = [(len(layer.neurons[0].w), len(layer.neurons)) for layer in layers]
    if sizes == [(4, 3), (4, 4), (1, 4)]:
        raise Wrong("the sizes of each layer are the wrong way round: Layer(nin, nout).", "swapped")
    if sizes != [(3, 4), (4, 4), (4, 1)]:
        raise Wrong(
            f"the layers of MLP(3, [4, 4, 1]) have (inputs, neurons) {sizes}, and should have "
            "[(3, 4), (4, 4), (4, 1)]: a layer has as many inputs as the layer before has neurons.",
            "sizes do not follow",
        )


def check_parameters(my: Learner) -> None:
    for nin, nouts, count in ((3, [4, 4, 1], 41), (2, [3, 1], 13)):
        model = my.MLP(nin, nouts)
        text = f"MLP({nin}, {nouts}).parameters()"
        answer = flat(my, model.parameters(), text)
        own = [x for layer in model.layers for n in layer.neurons for x in (*n.w, n.b)]
        first = [x for n in model.layers[0].neurons for x in (*n.w, n.b)]
        if len(answer) == len(first):
            raise Wrong(
                f"`{text}` has those of one layer only: does a loop return in its first turn?",
                "return in the first turn",
            )
        if len(answer) != count:
            raise Wrong(f"`{text}` has {len(answer)} Values, and should have {count}.", "count")
        if {id(x) for x in answer} != {id(x) for x in own}:
            raise Wrong(
                f"`{text}` holds copies: a step changes them, and the network stays as it was.",
                "copies",
            )


def check_output(my: Learner) -> None:
    """The output of a network whose parameters are known."""
    model = my.MLP(3, [4, 4, 1])
    for i, layer in enumerate(model.layers):
        for j, neuron in enumerate(layer.neurons):
            for k, x in enumerate((*neuron.w, neuron.b)):
                x.data = math.sin(3.0 + 7 * i + 3 * j + k)
    try:
        out = model(X)
    except (TypeError, AttributeError) as error:
        raise Unexplained(
            f"a call of MLP(3, [4, 4, 1]) fails ({error}): in their order, the output of a layer "
            "is the x of the next.",
            "layers are not chained",
        ) from error
    if isinstance(out, list | tuple) and len(out) == 4:
        raise Wrong(
            "MLP(3, [4, 4, 1]) returns the 4 outputs of its first layer: does the loop return in "
            "its first turn?",
            "return in the first turn",
        )
    data = my.data(out, "model(x)")
    own = find_squash(my)
    hidden = [own, *SQUASHES]
    rights = [forward(model, X, a, b) for a, b in product(hidden, (*SQUASHES, identity))]
    if any(equal(data, right) for right in rights):
        return
    last = model.layers[-1].neurons[0]
    if equal(data, last(X).data):
        raise Wrong(
            "the last layer sees the x of the first: the output of a layer is the x of the next, "
            "x = layer(x).",
            "layers are not chained",
        )
    raise Unexplained(f"model(x) is {show(data)}, and should be {show(rights[0])}.")


def identity(x: float) -> float:
    return x


def forward(model: Any, x: Sequence[float], hidden: Function, last: Function) -> float:
    """Return the output of the network, computed from its numbers."""
    values = list(x)
    for i, layer in enumerate(model.layers):
        squash = last if i == len(model.layers) - 1 else hidden
        values = [
            squash(sum(w.data * v for w, v in zip(n.w, values)) + n.b.data) for n in layer.neurons
        ]
    return values[0]


def check_zero_grad(my: Learner) -> None:
    model = my.MLP(2, [3, 1])
    before = [p.data for p in model.parameters()]
    for p in model.parameters():
        p.grad = 5.0
    model.zero_grad()
    if [p.data for p in model.parameters()] != before:
        raise Wrong("zero_grad() changes the data: set p.grad, not p.data.", "zeroes the data")
    for p in model.parameters():
        if p.grad == 5.0:
            raise Wrong(
                "after zero_grad(), grads are still what they were: set p.grad = 0.0 for each p of "
                "self.parameters() (`==` only compares, and `p = ...` only renames).",
                "grads stay",
            )
        if p.grad != 0.0:
            raise Wrong(f"after zero_grad(), a grad is {p.grad}: it is a plain number, 0.0.")
