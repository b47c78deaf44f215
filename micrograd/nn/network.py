"""Neurons, layers and networks of them.

Rule: a module is an object with plain attributes. What can be trained is found by walking them, in
the order in which they were set, so that no module lists its parameters.
"""

import math
import random
from collections.abc import Callable, Iterator

from micrograd import errors
from micrograd.engine import Value, read_data
from micrograd.ieee import as_number
from micrograd.nn import messages
from micrograd.ops import OPS, Op
from micrograd.support.nest import children, leaves, shape, tree_map

# The weights are drawn evenly from (-bound, bound): the lecture's; Glorot and Bengio 2010, eq. 16;
# the variance of He et al. 2015, eq. 10.
INITS = {
    "uniform": lambda nin, nout: 1.0,
    "xavier": lambda nin, nout: math.sqrt(6.0 / (nin + nout)),
    "he": lambda nin, nout: math.sqrt(6.0 / nin),
}


class Module:
    """Whatever has parameters: Values among its attributes, or in lists and modules there.

    A Value that was computed, as a result that is kept, is not a parameter.
    """

    training = True

    def named_parameters(self) -> list[tuple[str, Value]]:
        """[("layers.0.neurons.0.w.0", Value), ...] in declaration order, each Value once."""
        names = {}
        for path, entry in entries(self):
            for name, value in single(entry, path):
                names.setdefault(value, name)
        return [(name, value) for value, name in names.items()]

    def parameters(self) -> list[Value]:
        """The Values to train, in declaration order, each once."""
        return [value for _, value in self.named_parameters()]

    def zero_grad(self) -> None:
        """Set every parameter's grad to 0: `backward()` adds to what is there."""
        for p in self.parameters():
            p.grad = 0.0

    def train(self, mode: bool = True) -> "Module":
        """Switch what is for training alone, as Dropout, on (or off); the module itself."""
        self.training = mode
        for _, part in children(vars(self)):
            for module in filter(lambda x: isinstance(x, Module), leaves(part)):
                module.train(mode)
        return self

    def eval(self) -> "Module":
        """Switch what is for training alone off; the module itself."""
        return self.train(False)

    def state_dict(self) -> dict:
        """{"layers.0.neurons.0.w": [0.1, ...], "layers.0.neurons.0.b": 0.0, ...}, fit for JSON."""
        return {name: tree_map(read_data, entry) for name, entry in entries(self)}

    def load_state_dict(self, state: dict) -> None:
        """Set the parameters from what `state_dict()` returned.

        Raises ShapeError, which names every missing, unexpected and misshapen entry, and then sets
        nothing.
        """
        mine = dict(entries(self))
        problems = [f"missing {name}" for name in mine if name not in state]
        problems += [f"unexpected {name}" for name in state if name not in mine]
        for name in mine.keys() & state.keys():
            found, wanted = shape(state[name]), shape(mine[name])
            if found != wanted:
                problems.append(f"misshapen {name}: {found}, where the module has {wanted}")
        if problems:
            raise errors.ShapeError(messages.state_does_not_fit(sorted(problems)))
        loaded = [float(as_number(x)) for name in mine for x in leaves(state[name])]
        for value, x in zip(leaves(list(mine.values())), loaded):
            value.data = x


class Neuron(Module):
    """`nin` weights, a bias and an activation: activation(w . x + b), of `nin` numbers or Values.

    `activation`, applied if `nonlin`, is the name of an op, an op or any function of one Value;
    `init` is a name in INITS or a function (nin, nout) -> bound of the weights.

    >>> random.seed(1337)
    >>> Neuron(2)([1.0, -2.0])
    Value(data=0.102443419482938, grad=0.0)
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        activation: str | Callable = "relu",
        init: str | Callable = "uniform",
        nout: int = 1,
    ):
        bound = named("init", init, INITS)(nin, nout)
        self.w = [Value(random.uniform(-bound, bound)) for _ in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin
        self.activation = named("activation", activation, activations())

    def __call__(self, x) -> Value:
        """The output for `nin` inputs. Raises ShapeError for another number of them."""
        x = list(x) if hasattr(x, "__iter__") else [x]
        if len(x) != len(self.w):
            raise errors.ShapeError(messages.wrong_length(repr(self), len(self.w), len(x)))
        act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return self.activation(act) if self.nonlin else act

    def __repr__(self):
        return f"{self._kind()}Neuron({len(self.w)})"

    def _kind(self):
        if not self.nonlin:
            return "Linear"
        activation = self.activation
        name = getattr(activation, "__name__", type(activation).__name__)
        name = activation.symbol if isinstance(activation, Op) else name
        return name[:1].upper() + name[1:]


class Layer(Module):
    """`nout` neurons side by side; the keyword arguments are the neurons'.

    Returns the list of their outputs, or the output itself where there is one neuron.
    """

    def __init__(self, nin: int, nout: int, **kwargs):
        self.neurons = [Neuron(nin, nout=nout, **kwargs) for _ in range(nout)]

    def __call__(self, x) -> Value | list[Value]:
        out = [n(x) for n in self.neurons]
        return out[0] if len(out) == 1 else out

    def __repr__(self):
        return f"Layer of [{', '.join(str(n) for n in self.neurons)}]"


class MLP(Module):
    """A multi-layer perceptron: layers of `nouts` neurons, one after the other, on `nin` inputs.

    Every layer has the `activation` but the last, which has `output_activation` or, without, none.
    The lecture's is `MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")`.
    Returns the list of the last layer's outputs, or the output itself where there is one.

    >>> MLP(2, [3, 1])
    MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(3)]]
    """

    def __init__(
        self,
        nin: int,
        nouts: list[int],
        activation: str | Callable = "relu",
        output_activation: str | Callable | None = None,
        init: str | Callable = "uniform",
    ):
        if not isinstance(nouts, list | tuple) or not nouts:
            raise TypeError(messages.no_layers(nouts))
        sizes = [nin, *nouts]
        inner = {"activation": activation, "init": init}
        outer = {**inner, "nonlin": bool(output_activation)}
        if output_activation:
            outer["activation"] = output_activation
        options = [inner] * (len(nouts) - 1) + [outer]
        self.layers = [Layer(*size, **kw) for *size, kw in zip(sizes, nouts, options)]

    def __call__(self, x) -> Value | list[Value]:
        for layer in self.layers:
            x = layer(x)
        return x

    def __repr__(self):
        return f"MLP of [{', '.join(str(layer) for layer in self.layers)}]"


def activations() -> dict[str, Op]:
    """The ops of one input, by name; also those that were added to OPS."""
    return {op.name: op for op in OPS.values() if len(op.partials) == 1}


def named(what: str, choice, known: dict) -> Callable:
    """`choice` itself if it is a function, else what `known` has under that name. ValueError."""
    if callable(choice):
        return choice
    if choice in known:
        return known[choice]
    raise ValueError(errors.unknown_name(what, choice, known))


# -------------------------------------------------------------------------- walking the attributes


def entries(x, name: str = "") -> Iterator[tuple[str, object]]:
    """(path, a Value or a nested list of Values) for each attribute, below `x`, that is one."""
    for key, part in children(vars(x) if isinstance(x, Module) else x):
        path = f"{name}.{key}" if name else key
        if only_values(part):
            yield path, part
        else:
            yield from entries(part, path)


def only_values(x) -> bool:
    if isinstance(x, list | tuple):
        return bool(x) and all(map(only_values, x))
    return isinstance(x, Value) and not x.inputs


def single(x, name: str) -> Iterator[tuple[str, Value]]:
    """(path, Value) for each Value in a nested list of them."""
    if isinstance(x, Value):
        yield name, x
    for key, part in children(x):
        yield from single(part, f"{name}.{key}")
