"""A multi-layer perceptron

A network is a list of layers, one after the other. `MLP(3, [4, 4, 1])` takes three inputs and has a
list `layers` of three layers, with 4, 4 and 1 neurons; each layer has as many inputs as the layer
before it has outputs. When called with x, it passes x to the first layer, the outputs of that layer
to the second, and so on, and returns what the last layer returns. `parameters()` returns the list
of all Values of all layers: 41 in this example. A layer of one neuron returns a Value, not a list,
so only the last one may have a single neuron.
"""

import random

from micrograd import Value


class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)

    def __call__(self, x):
        return sum((wi * xi for wi, xi in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [neuron(x) for neuron in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        # <solution>
        self.layers = [Layer(a, b) for a, b in zip([nin, *nouts], nouts)]
        # </solution>

    def __call__(self, x):
        # <solution>
        for layer in self.layers:
            x = layer(x)
        return x
        # </solution>

    def parameters(self):
        # <solution>
        return [p for layer in self.layers for p in layer.parameters()]
        # </solution>


# <checker>
import random as chance

from micrograd.course.exercises.checking import (
    NOTHING_RETURNED,
    Unexplained,
    Wrong,
    compare,
    end,
    refuse_lost_grads,
    show,
    unchanged,
)

HINTS = (
    "Write the sizes in a row: nin, then nouts. There is a layer between any two neighbours.",
    "Layer(a, b) for a, b in zip([nin, *nouts], nouts): pairs each size with the next one.",
    "__call__ loops over the layers with x = layer(x); parameters() loops over them as well.",
)
START = "self.layers = [Layer(a, b) for a, b in zip([nin, *nouts], nouts)]"
CALL = """
for layer in self.layers:
    x = layer(x)
return x
"""
ALL = "return [p for layer in self.layers for p in layer.parameters()]"
RIGHT = (
    (
        "sizes = [nin] + nouts\n"
        "self.layers = [Layer(sizes[i], sizes[i + 1]) for i in range(len(nouts))]",
        "out = x\nfor layer in self.layers:\n    out = layer(out)\nreturn out",
        "return sum([layer.parameters() for layer in self.layers], [])",
    ),
    (
        "self.layers = []\nfor nout in nouts:\n    self.layers.append(Layer(nin, nout))\n"
        "    nin = nout",
        "from functools import reduce\n"
        "return reduce(lambda out, layer: layer(out), self.layers, x)",
        ALL,
    ),
)
EACH = """
for layer in self.layers:
    out = layer(x)
return out
"""
SHORT = """
for layer in self.layers[:-1]:
    x = layer(x)
return x
"""
WRONG = {
    ("self.layers = [Layer(nin, nout) for nout in nouts]", CALL, ALL): "takes nin inputs",
    ("self.layers = [Layer(a, b) for a, b in zip([nin, *nouts], nouts[:-1])]", CALL, ALL): (
        "the last layer is missing"
    ),
    ("self.layers = [Layer(a, b) for a, b in zip(nouts, nouts[1:])]", CALL, ALL): (
        "the first layer is missing"
    ),
    ("self.layers = [Layer(b, a) for a, b in zip([nin, *nouts], nouts)]", CALL, ALL): "swapped",
    ("nouts.insert(0, nin)\nself.layers = [Layer(a, b) for a, b in zip(nouts, nouts[1:])]", CALL,
     ALL): "belongs to the caller",
    ("self.layers = []\nwhile nouts:\n    n = nouts.pop(0)\n"
     "    self.layers.append(Layer(nin, n))\n    nin = n", CALL, ALL): "belongs to the caller",
    ("self.layers = [Layer(nin, nouts[0]), Layer(nouts[0], nouts[1]),"
     " Layer(nouts[1], nouts[2])]", CALL, ALL): "always 3 layers",
    ("self.layers = [Layer(nin, nouts[0])] * len(nouts)", CALL, ALL): "expected",
    (START, EACH, ALL): "each layer receives x",
    (START, SHORT, ALL): "the last layer is missing",
    (START, "return [layer(x) for layer in self.layers]", ALL): "returned",
    (START, "for layer in self.layers:\n    x = layer(x)\n    return x", ALL): "inside the loop",
    (START, "for layer in self.layers:\n    layer(x)\nreturn x", ALL): "x itself is returned",
    (START, "for layer in self.layers:\n    x = layer(x)", ALL): "nothing was returned",
    (START, "return self.layers(x)", ALL): "called like a function",
    (START, "for layer in reversed(self.layers):\n    x = layer(x)\nreturn x", ALL): "reverse",
    (START, CALL, "return self.layers[0].parameters()"): "of the first layer only",
    (START, CALL, "return [layer.parameters() for layer in self.layers]"): "a list of lists",
    (START, CALL, "return self.layers"): "layers themselves",
    (START, CALL, "return [p for layer in self.layers[:-1] for p in layer.parameters()]"): (
        "takes only a part"
    ),
}  # fmt: skip
AFTER = {
    "another": RIGHT[0],
    "remark": "All these make one layer fewer than there are sizes. zip() stops at the shorter "
    "list, so zip([nin, *nouts], nouts) needs no index.",
}
NETS = ((3, [4, 4, 1]), (2, [3, 5, 2]), (4, [2, 3]), (2, [3]))


def make(MLP, nin, nouts):
    """Return a network; the list of its sizes may not change."""
    kept = list(nouts)
    with unchanged(nouts=kept):
        try:
            return MLP(nin, kept)
        except IndexError:
            count = fixed_count(MLP)
            if count and count != len(nouts):
                text = f"there are always {count} layers: make one for each number in nouts."
                raise Wrong(text, "a fixed number of layers") from None
            raise


def fixed_count(MLP):
    """Return how many layers a network of ten has, if others have as many; else 0."""
    count = len(MLP(2, [2] * 10).layers)
    return count if count < 9 and len(MLP(2, [2] * 9).layers) == count else 0


def check_the_parts(MLP, Layer):
    """MLP(3, [4, 4, 1]).layers, from 3 to 4, 4 to 4 and 4 to 1"""
    for nin, nouts in NETS:
        layers, name = getattr(make(MLP, nin, nouts), "layers", None), f"MLP({nin}, {nouts})"
        if not isinstance(layers, list | tuple):
            text = f"{name}.layers has to be a list of layers, but is {show(layers)}."
            raise Wrong(text, "no list")
        if not all(isinstance(layer, Layer) and layer.neurons for layer in layers):
            text = f"{name}.layers has to hold only Layers, but is {show(layers)}."
            raise Wrong(text, "no layers")
        answer = [(len(layer.neurons[0].w), len(layer.neurons)) for layer in layers]
        right = list(zip([nin, *nouts], nouts))
        for sentence, sizes in {
            f"the last layer is missing: {name} has {len(nouts)}": right[:-1],
            f"the first layer is missing: {name} has {len(nouts)}": right[1:],
            "each layer takes nin inputs: a later layer takes the outputs of the one before it": (
                [(nin, nout) for nout in nouts]
            ),
            "inputs and outputs of each layer are swapped": [(b, a) for a, b in right],
        }.items():
            if answer == sizes != right:
                raise Wrong(f"{sentence}.", sentence)
        if answer != right:
            text = f"the layers of {name} (inputs, outputs): expected {right}, got {answer}."
            raise Unexplained(text, "sizes")
        if len({id(layer) for layer in layers}) < len(layers):
            text = "it is the same layer every time: make a new layer for each of nouts."
            raise Wrong(text, "one layer")


def data(x):
    return [xi.data for xi in x] if isinstance(x, list | tuple) else x.data


def check_the_output(MLP):
    """the output, layer after layer"""
    chance.seed(1337)
    for nin, nouts in NETS:
        model, start = make(MLP, nin, nouts), [0.7, -1.3, 0.4, 2.0][:nin]
        for i, p in enumerate(p for layer in model.layers for p in layer.parameters()):
            p.data += 0.01 * i % 0.13  # so that no bias is 0
        outs = [start]
        for layer in model.layers:
            outs.append(layer(outs[-1]))
        with unchanged(x=start):
            answer = model(start)
        what = f"the output of MLP({nin}, {nouts})"
        if answer is None:
            raise Unexplained(NOTHING_RETURNED, "nothing returned")
        if answer is start:
            raise Wrong("x itself is returned: do you write x = layer(x)?", "x itself")
        several = answer if isinstance(answer, list | tuple) else [answer]
        if any(isinstance(one, list | tuple) for one in several):
            text = "the outputs of every layer are returned: return only those of the last."
            raise Wrong(text, "all outputs")
        if not all(hasattr(one, "grad") for one in several):
            raise Unexplained(f"expected Values, got {show(answer)}.", "no Values")
        if len(nouts) > 1:
            for sentence, other in (
                ("the last layer is missing: return its outputs", outs[-2]),
                ("each layer receives x: the second one needs the outputs of the first", None),
                ("only the first layer is used: is the return inside the loop?", outs[1]),
            ):
                numbers = data(model.layers[-1](start)) if other is None else data(other)
                if data(answer) == numbers:
                    raise Wrong(end(sentence), sentence)
        names = "output {}" if nouts[-1] > 1 else "the output"
        compare(
            lambda x, answer=answer: answer,
            lambda x, outs=outs: data(outs[-1]),
            [(start,)],
            names,
            f"{what} for {{}}",
        )


def check_the_grads(MLP):
    """backward() from the output, which has to reach all parameters"""
    model = make(MLP, 3, [4, 4, 1])
    model([0.7, -1.3, 0.4]).backward()
    refuse_lost_grads([p for layer in model.layers for p in layer.parameters()])


def check_the_parameters(MLP, Layer):
    """parameters(): the 41 Values of MLP(3, [4, 4, 1]) themselves"""
    for nin, nouts in NETS:
        model = make(MLP, nin, nouts)
        for when in ("", ", the second time,"):
            examine(model.parameters(), model, Layer, f"MLP({nin}, {nouts}){when}")


def examine(answer, model, Layer, name):
    """Raise Wrong unless the answer is the list of all parameters of the model."""
    if answer is None:
        raise Unexplained(NOTHING_RETURNED, "nothing returned")
    if not isinstance(answer, list | tuple):
        raise Wrong(f"parameters() has to return a list, but returns {show(answer)}.", "no list")
    if any(isinstance(p, list | tuple) for p in answer):
        raise Wrong("parameters() returns a list of lists: put all Values in one list.", "lists")
    if any(isinstance(p, Layer) for p in answer):
        text = "parameters() returns the layers themselves: take the parameters() of each."
        raise Wrong(text, "layers")
    ids = [id(p) for p in answer]
    parts = [[id(p) for p in layer.parameters()] for layer in model.layers]
    count = sum(map(len, parts))
    if len(parts) > 1 and ids in (parts[0], parts[-1]):
        which = "first" if ids == parts[0] else "last"
        raise Wrong(f"parameters() returns those of the {which} layer only.", f"only the {which}")
    if len(ids) != count:
        text = f"{name} has {count} parameters, but parameters() returns {len(ids)}."
        raise Unexplained(text, "number of parameters")
    if set(ids) != {value for part in parts for value in part}:
        text = "parameters() has to return the layers' Values themselves, each once."
        raise Wrong(text, "copies")


# </checker>
