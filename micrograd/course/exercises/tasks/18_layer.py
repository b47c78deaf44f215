"""A layer

Neurons side by side, which all look at the same inputs. `Layer(3, 4)` has a list `neurons` of four
neurons for three inputs each. Called with x, it returns the list of their outputs, in order; a
layer of one neuron returns that output itself, with no list around it. `parameters()` is the list
of all Values of all its neurons: 16 for Layer(3, 4).
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
        # <solution>
        self.neurons = [Neuron(nin) for _ in range(nout)]
        # </solution>

    def __call__(self, x):
        # <solution>
        outs = [neuron(x) for neuron in self.neurons]
        return outs[0] if len(outs) == 1 else outs
        # </solution>

    def parameters(self):
        # <solution>
        return [p for neuron in self.neurons for p in neuron.parameters()]
        # </solution>


# <checker>
from micrograd.course.exercises.checking import Wrong, near, numbers, recognise, shown

NEEDS = 13
HINTS = (
    "nin is how many inputs each neuron has, nout how many neurons there are. None knows another.",
    "outs = [neuron(x) for neuron in self.neurons]; look at its length before you return it.",
    "parameters() goes through the neurons and through neuron.parameters() of each: two `for`s.",
)
START = "self.neurons = [Neuron(nin) for _ in range(nout)]"
CALL = """
outs = [neuron(x) for neuron in self.neurons]
return outs[0] if len(outs) == 1 else outs
"""
ALL = "return [p for neuron in self.neurons for p in neuron.parameters()]"
ALONG = """
outs = []
for neuron in self.neurons:
    x = [neuron(x)]
    outs += x
return outs[0] if len(outs) == 1 else outs
"""
FURTHER = """
for neuron in self.neurons:
    x = neuron(x)
return x
"""
WRONG = {
    ("self.neurons = [Neuron(nin)] * nout", CALL, ALL): "the same neuron",
    ("self.neurons = [Neuron(nout) for _ in range(nin)]", CALL, ALL): "nin and nout are swapped",
    (START, ALONG, ALL): "the same x",
    (START, FURTHER, ALL): "the same x",
    (START, "return [neuron(x) for neuron in self.neurons]", ALL): "without a list",
    (START, "return self.neurons[0](x)", ALL): "only the first neuron",
    (START, CALL, "return self.neurons[0].parameters()"): "of the first neuron only",
    (START, CALL, "return [neuron.parameters() for neuron in self.neurons]"): "a list of lists",
}
X = [0.7, -1.3, 0.4]


def check_the_parts():
    """Layer(3, 4).neurons, four neurons of three inputs"""
    for nin, nout in ((3, 4), (2, 5), (4, 1)):
        neurons = getattr(Layer(nin, nout), "neurons", None)
        said = f"Layer({nin}, {nout})"
        if not isinstance(neurons, list | tuple):
            raise Wrong(f"{said}.neurons should be a list of neurons, and is {shown(neurons)}.")
        if not all(isinstance(neuron, Neuron) for neuron in neurons):
            raise Wrong(f"{said}.neurons should hold Neurons only, and is {shown(neurons)}.")
        found = [len(neuron.w) for neuron in neurons]
        if found == [nout] * nin:
            raise Wrong(f"nin and nout are swapped: {said} has {nin} neurons of {nout} inputs.")
        if found != [nin] * nout:
            raise Wrong(f"{said} has neurons of so many inputs: {found}, not {[nin] * nout}.")
        if len({id(neuron) for neuron in neurons}) < nout:
            raise Wrong("it is the same neuron again and again: make a new one for each output.")


def outputs(layer, x):
    try:
        return layer(x)
    except TypeError as error:
        if "'Value' object is not iterable" in str(error):
            raise Wrong("a neuron is given one output: each has to be given the same x.") from None
        raise


def check_the_outputs():
    """the outputs of layers of two, three and five neurons"""
    random.seed(1337)
    for nout in (2, 3, 5):
        layer = Layer(3, nout)
        for i, neuron in enumerate(layer.neurons):
            neuron.b.data = 0.3 - 0.2 * i
        wanted = [neuron(X).data for neuron in layer.neurons]
        out = outputs(layer, X)
        if isinstance(out, Value):
            recognise(out.data, {"only the first neuron is asked": wanted[0]})
        found = numbers(out, nout)
        if found != wanted and found[0] == wanted[0]:
            raise Wrong("the first output is right, others are not: all neurons get the same x.")
        near(found, wanted, f"for x = {shown(X)} the list of outputs")


def check_a_layer_of_one_neuron():
    """the output of Layer(3, 1), which is no list"""
    layer = Layer(3, 1)
    out = outputs(layer, X)
    if isinstance(out, list | tuple):
        raise Wrong("Layer(3, 1) should return its one output itself, without a list around it.")
    if not isinstance(out, Value):
        raise Wrong(f"Layer(3, 1) should return a Value, and returns {shown(out)}.")
    near(out.data, layer.neurons[0](X).data, f"for x = {shown(X)} the output of Layer(3, 1)")


def check_the_grads():
    """that backward() from all outputs reaches all parameters"""
    layer = Layer(3, 4)
    sum(outputs(layer, X)).backward()
    if not all(p.grad for neuron in layer.neurons for p in neuron.parameters()):
        raise Wrong("some parameters have no grad: is .data taken on the way?")


def check_the_parameters():
    """parameters(): 16 Values for Layer(3, 4), themselves"""
    for nin, nout in ((3, 4), (2, 3), (5, 1)):
        layer = Layer(nin, nout)
        found, said = layer.parameters(), f"Layer({nin}, {nout})"
        if not isinstance(found, list | tuple):
            raise Wrong(f"parameters() should return a list, and returns {shown(found)}.")
        if any(isinstance(p, list | tuple) for p in found):
            raise Wrong("parameters() returns a list of lists: all Values belong in one list.")
        ids = [id(p) for p in found]
        parts = [[id(p) for p in neuron.parameters()] for neuron in layer.neurons]
        if nout > 1 and ids in (parts[0], parts[-1]):
            which = "first" if ids == parts[0] else "last"
            raise Wrong(f"these are the parameters of the {which} neuron only.")
        if len(ids) != sum(map(len, parts)):
            count = sum(map(len, parts))
            raise Wrong(f"{said} has {count} parameters, and parameters() returns {len(ids)}.")
        if set(ids) != {one for part in parts for one in part}:
            raise Wrong("parameters() should return the neurons' Values themselves, each once.")


# </checker>
