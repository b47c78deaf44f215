"""A layer

A layer is a list of neurons that all receive the same inputs. `Layer(3, 4)` has a list `neurons` of
four neurons with three inputs each. When called with x, it returns the list of their outputs, in
order; a layer of one neuron returns that output itself, without a list around it. `parameters()`
returns the list of all Values of all its neurons: 16 for Layer(3, 4).
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
from micrograd.course.exercises.checking import Wrong, near, numbers, recognise, show

HINTS = (
    "nin is the number of inputs of each neuron, and nout is the number of neurons.",
    "outs = [neuron(x) for neuron in self.neurons]; check its length before you return it.",
    "parameters() loops over the neurons, and over the neuron.parameters() of each: two `for`s.",
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
    """Layer(3, 4).neurons, four neurons with three inputs each"""
    for nin, nout in ((3, 4), (2, 5), (4, 1)):
        neurons = getattr(Layer(nin, nout), "neurons", None)
        name = f"Layer({nin}, {nout})"
        if not isinstance(neurons, list | tuple):
            raise Wrong(f"{name}.neurons has to be a list of neurons, but is {show(neurons)}.")
        if not all(isinstance(neuron, Neuron) for neuron in neurons):
            raise Wrong(f"{name}.neurons has to hold only Neurons, but is {show(neurons)}.")
        answer = [len(neuron.w) for neuron in neurons]
        if answer == [nout] * nin:
            raise Wrong(f"nin and nout are swapped: {name} has {nin} neurons with {nout} inputs.")
        if len(answer) != nout:
            raise Wrong(f"{name} has {len(answer)} neurons, but should have {nout}.")
        if answer != [nin] * nout:
            raise Wrong(f"the neurons of {name} have {answer} inputs, but should have {nin} each.")
        if len({id(neuron) for neuron in neurons}) < nout:
            raise Wrong("it is the same neuron every time: make a new neuron for each output.")


def outputs(layer, x):
    try:
        return layer(x)
    except TypeError as error:
        if "'Value' object is not iterable" in str(error):
            raise Wrong(
                "a neuron receives an output of another: pass the same x to each."
            ) from None
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
            recognise(out.data, {"only the first neuron is used": wanted[0]})
        answer = numbers(out, nout)
        if answer != wanted and answer[0] == wanted[0]:
            raise Wrong(
                "the first output is right, but others are not: pass the same x to all neurons."
            )
        near(answer, wanted, f"the list of outputs for x = {show(X)}")


def check_a_layer_of_one_neuron():
    """the output of Layer(3, 1), which is not a list"""
    layer = Layer(3, 1)
    out = outputs(layer, X)
    if isinstance(out, list | tuple):
        raise Wrong("Layer(3, 1) has to return its one output itself, without a list around it.")
    if not isinstance(out, Value):
        raise Wrong(f"Layer(3, 1) has to return a Value, but returns {show(out)}.")
    near(out.data, layer.neurons[0](X).data, f"the output of Layer(3, 1) for x = {show(X)}")


def check_the_grads():
    """backward() from all outputs, which has to reach all parameters"""
    layer = Layer(3, 4)
    sum(outputs(layer, X)).backward()
    if not all(p.grad for neuron in layer.neurons for p in neuron.parameters()):
        raise Wrong("some parameters have no grad: do you take .data on the way?")


def check_the_parameters():
    """parameters(): the 16 Values of Layer(3, 4) themselves"""
    for nin, nout in ((3, 4), (2, 3), (5, 1)):
        layer = Layer(nin, nout)
        answer, name = layer.parameters(), f"Layer({nin}, {nout})"
        if not isinstance(answer, list | tuple):
            raise Wrong(f"parameters() has to return a list, but returns {show(answer)}.")
        if any(isinstance(p, list | tuple) for p in answer):
            raise Wrong("parameters() returns a list of lists: put all Values in one list.")
        ids = [id(p) for p in answer]
        parts = [[id(p) for p in neuron.parameters()] for neuron in layer.neurons]
        if nout > 1 and ids in (parts[0], parts[-1]):
            which = "first" if ids == parts[0] else "last"
            raise Wrong(f"parameters() returns those of the {which} neuron only.")
        if len(ids) != sum(map(len, parts)):
            count = sum(map(len, parts))
            raise Wrong(f"{name} has {count} parameters, but parameters() returns {len(ids)}.")
        if set(ids) != {one for part in parts for one in part}:
            raise Wrong("parameters() has to return the neurons' Values themselves, each once.")


# </checker>
