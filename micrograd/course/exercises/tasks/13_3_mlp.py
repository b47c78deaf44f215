"""A multi-layer perceptron

A network is a list of layers, one after the other. `MLP(3, [4, 4, 1])` takes three inputs and has a
list `layers` of three layers, with 4, 4 and 1 neurons; each layer has as many inputs as the layer
before it has outputs. When called with x, it passes x to the first layer, the outputs of that layer
to the second, and so on, and returns what the last layer returns. `parameters()` returns the list
of all Values of all layers: 41 in this example.
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
from micrograd.course.exercises.checking import Wrong, near, number, numbers, recognise, show

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
    (START, EACH, ALL): "each layer receives x",
    (START, SHORT, ALL): "the last layer is missing",
    (START, "return [layer(x) for layer in self.layers]", ALL): "of every layer",
    (START, CALL, "return self.layers[0].parameters()"): "of the first layer only",
    (START, CALL, "return [layer.parameters() for layer in self.layers]"): "a list of lists",
}
NETS = ((3, [4, 4, 1]), (2, [3, 5, 2]), (4, [2, 3]), (2, [3]))


def check_the_parts():
    """MLP(3, [4, 4, 1]).layers, from 3 to 4, 4 to 4 and 4 to 1"""
    for nin, nouts in NETS:
        layers, name = getattr(MLP(nin, nouts), "layers", None), f"MLP({nin}, {nouts})"
        if not isinstance(layers, list | tuple):
            raise Wrong(f"{name}.layers has to be a list of layers, but is {show(layers)}.")
        if not all(isinstance(layer, Layer) and layer.neurons for layer in layers):
            raise Wrong(f"{name}.layers has to hold only Layers, but is {show(layers)}.")
        answer = [(len(layer.neurons[0].w), len(layer.neurons)) for layer in layers]
        wanted = list(zip([nin, *nouts], nouts))
        if answer == wanted[:-1]:
            raise Wrong(f"the last layer is missing: {name} has {len(nouts)}.")
        if answer == wanted[1:]:
            raise Wrong(f"the first layer is missing: {name} has {len(nouts)}.")
        if answer == [(nin, nout) for nout in nouts] != wanted:
            raise Wrong(
                "each layer takes nin inputs: a later layer takes the outputs of the one before it."
            )
        if answer != wanted:
            raise Wrong(f"the layers of {name} (inputs, outputs): expected {wanted}, got {answer}.")
        if len({id(layer) for layer in layers}) < len(layers):
            raise Wrong("it is the same layer every time: make a new layer for each of nouts.")


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
        answer, what = model(start), f"the output of MLP({nin}, {nouts}) for {show(start)}"
        if isinstance(answer, list | tuple) and len(nouts) > 1:
            if len(answer) == len(nouts) and isinstance(answer[0], list):
                raise Wrong(
                    "the outputs of every layer are returned: return only those of the last."
                )
            if data(answer) == data(outs[-2]):
                raise Wrong("the last layer is missing: return its outputs.")
        if answer is start:
            raise Wrong("x itself is returned: do you write x = layer(x)?")
        if len(nouts) > 1 and answer is not None:
            recognise(
                data(answer),
                {
                    "each layer receives x: the second one needs the outputs of the first": data(
                        model.layers[-1](start)
                    ),
                    "only the first layer is used": data(outs[1]),
                },
            )
        if nouts[-1] > 1:
            near(numbers(answer, nouts[-1]), data(outs[-1]), what)
        else:
            near(number(answer), outs[-1].data, what)


def data(x):
    return [number(xi) for xi in x] if isinstance(x, list | tuple) else number(x)


def check_the_grads():
    """backward() from the output, which has to reach all parameters"""
    model = MLP(3, [4, 4, 1])
    model([0.7, -1.3, 0.4]).backward()
    if not all(p.grad for layer in model.layers for p in layer.parameters()):
        raise Wrong("some parameters have no grad: do you take .data on the way?")


def check_the_parameters():
    """parameters(): the 41 Values of MLP(3, [4, 4, 1]) themselves"""
    for nin, nouts in NETS:
        model = MLP(nin, nouts)
        answer, name = model.parameters(), f"MLP({nin}, {nouts})"
        if not isinstance(answer, list | tuple):
            raise Wrong(f"parameters() has to return a list, but returns {show(answer)}.")
        if any(isinstance(p, list | tuple) for p in answer):
            raise Wrong("parameters() returns a list of lists: put all Values in one list.")
        ids = [id(p) for p in answer]
        parts = [[id(p) for p in layer.parameters()] for layer in model.layers]
        if len(parts) > 1 and ids in (parts[0], parts[-1]):
            which = "first" if ids == parts[0] else "last"
            raise Wrong(f"parameters() returns those of the {which} layer only.")
        if len(ids) != sum(map(len, parts)):
            count = sum(map(len, parts))
            raise Wrong(f"{name} has {count} parameters, but parameters() returns {len(ids)}.")
        if set(ids) != {value for part in parts for value in part}:
            raise Wrong("parameters() has to return the layers' Values themselves, each once.")


# </checker>
