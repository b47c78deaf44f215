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
import random as chance

from micrograd.course.exercises.checking import (
    NOTHING_RETURNED,
    Unexplained,
    Wrong,
    compare,
    join,
    refuse_lost_grads,
    show,
    unchanged,
)
from micrograd.engine import Value as Reference

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
RIGHT = (
    (
        "self.neurons = []\nwhile len(self.neurons) < nout:\n    self.neurons.append(Neuron(nin))",
        "if len(self.neurons) == 1:\n    return self.neurons[0](x)\n"
        "return [n(x) for n in self.neurons]",
        "return sum((n.parameters() for n in self.neurons), [])",
    ),
    (
        START.replace("[", "tuple(").replace("]", ")"),
        "outs = tuple(n(x) for n in self.neurons)\nreturn outs if len(outs) > 1 else outs[0]",
        "params = []\nfor neuron in self.neurons:\n    params.extend(neuron.parameters())\n"
        "return params",
    ),
)
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
    ("self.neurons = [Neuron(nin) for _ in range(nin)]", CALL, ALL): "as many neurons as inputs",
    ("self.neurons = [Neuron(nout) for _ in range(nout)]", CALL, ALL): "inputs each",
    ("self.neurons = Neuron(nin)", CALL, ALL): "a list of neurons",
    ("self.neurons = [Neuron for _ in range(nout)]", CALL, ALL): "the class",
    (
        "self.neurons = []\nfor _ in range(nout):\n    random.seed(42)\n"
        "    self.neurons.append(Neuron(nin))",
        CALL,
        ALL,
    ): "in each call",
    (START, ALONG, ALL): "the same x",
    (START, FURTHER, ALL): "the same x",
    (START, "return [neuron(x) for neuron in self.neurons]", ALL): "without a list",
    (START, "return self.neurons[0](x)", ALL): "only the first neuron",
    (START, "return sum(neuron(x) for neuron in self.neurons)", ALL): "added up",
    (START, "return [neuron for neuron in self.neurons]", ALL): "call",
    (START, "return [neuron(x).data for neuron in self.neurons]", ALL): "Value",
    (START, "for neuron in self.neurons:\n    return neuron(x)", ALL): "first neuron",
    (START, "outs = [neuron(xi) for neuron, xi in zip(self.neurons, x)]\nreturn outs", ALL): "list",
    (START, "[neuron(x) for neuron in self.neurons]", ALL): "nothing was returned",
    (
        START,
        "outs = [neuron([xi]) for neuron, xi in zip(self.neurons, x)]\n"
        "return outs[0] if len(outs) == 1 else outs",
        ALL,
    ): "a single number",
    (
        START,
        "outs = [Neuron(len(x))(x) for _ in self.neurons]\n"
        "return outs[0] if len(outs) == 1 else outs",
        ALL,
    ): "made anew",
    (START, CALL, "return self.neurons[0].parameters()"): "of the first neuron only",
    (START, CALL, "return [neuron.parameters() for neuron in self.neurons]"): "a list of lists",
    (START, CALL, "return [p for neuron in self.neurons for p in neuron.w]"): "the biases",
    (START, CALL, "return self.neurons"): "neurons themselves",
    (START, CALL, "for neuron in self.neurons:\n    out = neuron.parameters()\nreturn out"): (
        "of the last neuron only"
    ),
}
AFTER = {
    "another": RIGHT[0],
    "remark": "sum(lists, []) puts lists together; it has to start at [], since 0 + a list is an "
    "error. For many lists a comprehension is faster.",
}
X = [0.7, -1.3, 0.4]


def check_the_parts(Layer, Neuron):
    """Layer(3, 4).neurons, four neurons with three inputs each"""
    for nin, nout in ((3, 4), (2, 5), (4, 1)):
        neurons = getattr(Layer(nin, nout), "neurons", None)
        name = f"Layer({nin}, {nout})"
        if not isinstance(neurons, list | tuple):
            text = f"{name}.neurons has to be a list of neurons, but is {show(neurons)}."
            raise Wrong(text, "no list")
        if any(neuron is Neuron for neuron in neurons):
            raise Wrong("the class Neuron is in the list: call it, as in Neuron(nin).", "the class")
        if not all(isinstance(neuron, Neuron) for neuron in neurons):
            text = f"{name}.neurons has to hold only Neurons, but is {show(neurons)}."
            raise Wrong(text, "no neurons")
        answer = [len(neuron.w) for neuron in neurons]
        if answer == [nout] * nin:
            text = f"nin and nout are swapped: {name} has {nin} neurons with {nout} inputs."
            raise Wrong(text, "swapped")
        if len(answer) == nin != nout:
            text = f"there are as many neurons as inputs: {name} should have {nout} neurons."
            raise Wrong(text, "number of neurons")
        if len(answer) != nout:
            text = f"{name} has {len(answer)} neurons, but should have {nout}."
            raise Unexplained(text, "number of neurons")
        if answer != [nin] * nout:
            counts = join([str(x) for x in sorted(set(answer))])
            text = f"the neurons of {name} have {counts} inputs each, but should have {nin}."
            raise Wrong(text, "number of inputs")
        if len({id(neuron) for neuron in neurons}) < nout:
            text = "it is the same neuron every time: make a new neuron for each output."
            raise Wrong(text, "one neuron")


def check_the_numbers_that_are_drawn(Layer):
    """the weights of Layer(3, 4), others for each neuron and for the next layer"""
    drawn = [[w.data for w in neuron.w] for _ in range(2) for neuron in Layer(3, 4).neurons]
    if any(drawn.count(weights) > 1 for weights in drawn):
        text = "two neurons have the same weights: each should draw its own."
        raise Unexplained(text, "a seed")


def outputs(layer, x):
    """Return what the layer returns, which may not change its input."""
    same = "a neuron receives an output of another: pass the same x to each."
    try:
        with unchanged(x=x):
            out = layer(x)
    except TypeError as error:
        if "'Value' object is not iterable" in str(error):
            raise Unexplained(f"one number is passed where a list belongs: {same}", "x") from None
        raise
    if out is None:
        raise Unexplained(NOTHING_RETURNED, "nothing returned")
    return out


def make(Layer, nin, nout):
    """Return a layer whose biases are not 0."""
    layer = Layer(nin, nout)
    for i, neuron in enumerate(layer.neurons):
        neuron.b.data = 0.3 - 0.2 * i
    return layer


def check_the_outputs(Layer, Neuron):
    """the outputs of layers of two, three and five neurons"""
    chance.seed(1337)
    for nout in (2, 3, 5):
        layer = make(Layer, 3, nout)
        right = [neuron(X).data for neuron in layer.neurons]
        out = outputs(layer, list(X))
        if isinstance(out, Reference):
            for sentence, number in (
                ("only the first neuron is used: return the outputs of all", right[0]),
                ("only the last neuron is used: return the outputs of all", right[-1]),
                ("the outputs are added up: return the list of them", sum(right)),
            ):
                if abs(out.data - number) < 1e-9:
                    raise Wrong(f"{sentence}.", sentence)
        if isinstance(out, list | tuple) and any(isinstance(x, Neuron) for x in out):
            text = "the neurons themselves are returned: call each of them with x."
            raise Wrong(text, "not called")
        if isinstance(out, list | tuple) and not all(isinstance(x, Reference) for x in out):
            raise Unexplained(f"expected a list of Values, got {show(out)}.", "no Values")
        if isinstance(out, list | tuple) and len(out) == nout:
            numbers = [x.data for x in out]
            if numbers[0] == right[0] and numbers[1] != right[1]:
                text = "the first output is right, but others are not: pass the same x to all."
                raise Wrong(text, "not the same x")
            alone = [neuron([x]).data for neuron, x in zip(layer.neurons, X)]
            if numbers[: len(alone)] == alone[:nout] != right:
                text = "each neuron gets a single number of x: pass the whole x to each."
                raise Wrong(text, "one number for each")
            if [x.data for x in outputs(layer, list(X))] != numbers:
                text = "a second call gives other numbers: are neurons made anew in each call?"
                raise Wrong(f"{text} Call those of __init__.", "new neurons in each call")
        compare(
            lambda x, out=out: out,
            lambda x, right=right: right,
            [(list(X),)],
            "output {}",
            "x = {}",
        )


def check_a_layer_of_one_neuron(Layer):
    """the output of Layer(3, 1), which is not a list"""
    layer = make(Layer, 3, 1)
    out = outputs(layer, list(X))
    if isinstance(out, list | tuple):
        text = "Layer(3, 1) has to return its one output itself, without a list around it."
        raise Wrong(text, "a list around one")
    if not isinstance(out, Reference):
        raise Wrong(f"Layer(3, 1) has to return a Value, but returns {show(out)}.", "no Value")
    compare(lambda x: out, lambda x: layer.neurons[0](x).data, [(X,)], "the output", "x = {}")


def check_the_grads(Layer):
    """backward() from all outputs, which has to reach all parameters"""
    layer = make(Layer, 3, 4)
    sum(outputs(layer, list(X))).backward()
    refuse_lost_grads([p for neuron in layer.neurons for p in neuron.parameters()])


def check_the_parameters(Layer, Neuron):
    """parameters(): the 16 Values of Layer(3, 4) themselves"""
    for nin, nout in ((3, 4), (2, 3), (5, 1)):
        layer = Layer(nin, nout)
        examine(layer.parameters(), layer, Neuron, f"Layer({nin}, {nout})")
        examine(layer.parameters(), layer, Neuron, f"Layer({nin}, {nout}), the second time,")


def examine(answer, layer, Neuron, name):
    """Raise Wrong unless the answer is the list of all parameters of the layer."""
    if answer is None:
        raise Unexplained(NOTHING_RETURNED, "nothing returned")
    if not isinstance(answer, list | tuple):
        raise Wrong(f"parameters() has to return a list, but returns {show(answer)}.", "no list")
    if any(isinstance(p, list | tuple) for p in answer):
        raise Wrong("parameters() returns a list of lists: put all Values in one list.", "lists")
    if any(isinstance(p, Neuron) for p in answer):
        text = "parameters() returns the neurons themselves: take the parameters() of each."
        raise Wrong(text, "neurons")
    ids = [id(p) for p in answer]
    parts = [[id(p) for p in neuron.parameters()] for neuron in layer.neurons]
    weights = [id(w) for neuron in layer.neurons for w in neuron.w]
    count = sum(map(len, parts))
    if ids == weights:
        raise Wrong("the biases are missing in parameters().", "no biases")
    if len(parts) > 1 and ids in (parts[0], parts[-1]):
        which = "first" if ids == parts[0] else "last"
        raise Wrong(f"parameters() returns those of the {which} neuron only.", f"only the {which}")
    if len(ids) != count:
        text = f"{name} has {count} parameters, but parameters() returns {len(ids)}."
        raise Unexplained(text, "number of parameters")
    if set(ids) != {one for part in parts for one in part}:
        text = "parameters() has to return the neurons' Values themselves, each once."
        raise Wrong(text, "copies")


# </checker>
