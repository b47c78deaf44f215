"""A multi-layer perceptron

Layers, one after the other. `MLP(3, [4, 4, 1])` takes three inputs and has a list `layers` of three
layers, of 4, 4 and 1 neurons; each has as many inputs as there are outputs before it. Called with
x, it hands x to the first layer, the outputs of that to the second, and so on, and returns what the
last one returns. `parameters()` is the list of all Values of all layers: 41 for this one.
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
from micrograd.course.exercises.checking import Wrong, near, number, numbers, recognise, shown

NEEDS = 13
HINTS = (
    "Write down the sizes in a row: nin, then nouts. A layer stands between two neighbours.",
    "Layer(a, b) for a, b in zip([nin, *nouts], nouts): each size with the one that follows.",
    "__call__ is a loop over the layers with x = layer(x); parameters() goes through them as well.",
)
START = "self.layers = [Layer(a, b) for a, b in zip([nin, *nouts], nouts)]"
CALL = """
for layer in self.layers:
    x = layer(x)
return x
"""
ALL = "return [p for layer in self.layers for p in layer.parameters()]"
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
        "the last layer is left out"
    ),
    ("self.layers = [Layer(a, b) for a, b in zip(nouts, nouts[1:])]", CALL, ALL): (
        "the first layer is left out"
    ),
    (START, EACH, ALL): "x is given to each layer",
    (START, SHORT, ALL): "the last layer is left out",
    (START, "return [layer(x) for layer in self.layers]", ALL): "of every layer",
    (START, CALL, "return self.layers[0].parameters()"): "of the first layer only",
    (START, CALL, "return [layer.parameters() for layer in self.layers]"): "a list of lists",
}
NETS = ((3, [4, 4, 1]), (2, [3, 5, 2]), (4, [2, 3]), (2, [3]))


def check_the_parts():
    """MLP(3, [4, 4, 1]).layers, of 3 to 4, 4 to 4 and 4 to 1"""
    for nin, nouts in NETS:
        layers, said = getattr(MLP(nin, nouts), "layers", None), f"MLP({nin}, {nouts})"
        if not isinstance(layers, list | tuple):
            raise Wrong(f"{said}.layers should be a list of layers, and is {shown(layers)}.")
        if not all(isinstance(layer, Layer) and layer.neurons for layer in layers):
            raise Wrong(f"{said}.layers should hold Layers only, and is {shown(layers)}.")
        found = [(len(layer.neurons[0].w), len(layer.neurons)) for layer in layers]
        wanted = list(zip([nin, *nouts], nouts))
        if found == wanted[:-1]:
            raise Wrong(f"the last layer is left out: {said} has {len(nouts)}.")
        if found == wanted[1:]:
            raise Wrong(f"the first layer is left out: {said} has {len(nouts)}.")
        if found == [(nin, nout) for nout in nouts] != wanted:
            raise Wrong("each layer takes nin inputs: a later one takes the outputs before it.")
        if found != wanted:
            raise Wrong(f"{said} has layers of (inputs, outputs) {found}, and should {wanted}.")
        if len({id(layer) for layer in layers}) < len(layers):
            raise Wrong("it is the same layer again: make a new one for each of nouts.")


def check_the_output():
    """the output, layer after layer"""
    random.seed(1337)
    for nin, nouts in NETS:
        model, start = MLP(nin, nouts), [0.7, -1.3, 0.4, 2.0][:nin]
        for i, p in enumerate(p for layer in model.layers for p in layer.parameters()):
            p.data += 0.01 * i % 0.13  # so that no bias is 0
        outs = [start]
        for layer in model.layers:
            outs.append(layer(outs[-1]))
        found, said = model(start), f"the output of MLP({nin}, {nouts}) for {shown(start)}"
        if isinstance(found, list | tuple) and len(nouts) > 1:
            if len(found) == len(nouts) and isinstance(found[0], list):
                raise Wrong("the outputs of every layer come back: only those of the last should.")
            if data(found) == data(outs[-2]):
                raise Wrong("the last layer is left out: its outputs should come back.")
        if found is start:
            raise Wrong("x itself comes back: is it x = layer(x)?")
        if len(nouts) > 1 and found is not None:
            recognise(
                data(found),
                {
                    "x is given to each layer: the second wants the outputs of the first": data(
                        model.layers[-1](start)
                    ),
                    "only the first layer is asked": data(outs[1]),
                },
            )
        if nouts[-1] > 1:
            near(numbers(found, nouts[-1]), data(outs[-1]), said)
        else:
            near(number(found), outs[-1].data, said)


def data(x):
    return [number(xi) for xi in x] if isinstance(x, list | tuple) else number(x)


def check_the_grads():
    """that backward() from the output reaches all parameters"""
    model = MLP(3, [4, 4, 1])
    model([0.7, -1.3, 0.4]).backward()
    if not all(p.grad for layer in model.layers for p in layer.parameters()):
        raise Wrong("some parameters have no grad: is .data taken on the way?")


def check_the_parameters():
    """parameters(): 41 Values for MLP(3, [4, 4, 1]), themselves"""
    for nin, nouts in NETS:
        model = MLP(nin, nouts)
        found, said = model.parameters(), f"MLP({nin}, {nouts})"
        if not isinstance(found, list | tuple):
            raise Wrong(f"parameters() should return a list, and returns {shown(found)}.")
        if any(isinstance(p, list | tuple) for p in found):
            raise Wrong("parameters() returns a list of lists: all Values belong in one list.")
        ids = [id(p) for p in found]
        parts = [[id(p) for p in layer.parameters()] for layer in model.layers]
        if len(parts) > 1 and ids in (parts[0], parts[-1]):
            which = "first" if ids == parts[0] else "last"
            raise Wrong(f"these are the parameters of the {which} layer only.")
        if len(ids) != sum(map(len, parts)):
            count = sum(map(len, parts))
            raise Wrong(f"{said} has {count} parameters, and parameters() returns {len(ids)}.")
        if set(ids) != {one for part in parts for one in part}:
            raise Wrong("parameters() should return the layers' Values themselves, each once.")


# </checker>
