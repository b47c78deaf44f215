"""Neurons, layers and networks of them.

Rule: a module is an object with plain attributes. Its parameters are found by walking them, in the
order in which they were set, so that no module lists its parameters.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence

from micrograd import errors
from micrograd.engine import Value, read_data
from micrograd.ieee import as_number
from micrograd.ops import OPS, Op
from micrograd.support.nest import CONTAINERS, as_list, children, is_batch, leaves, shape, tree_map
from micrograd.support.whole_numbers import whole_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    M = TypeVar("M", bound="Module")
    Activation = str | Callable[..., Any]
    Bound = Callable[[int, int], float]
    Init = str | float | Bound

# Weights are drawn uniformly from (-bound, bound). The bounds are the lecture's; that of Glorot and
# Bengio 2010, eq. 16; and the one for the variance of He et al. 2015, eq. 10.
INITS: dict[str, Bound] = {
    "uniform": lambda nin, nout: 1.0,
    "xavier": lambda nin, nout: math.sqrt(6.0 / (nin + nout)),
    "he": lambda nin, nout: math.sqrt(6.0 / nin),
}


class Module:
    """A thing with parameters: Values among its attributes, or in lists, arrays and modules there.

    A Value that was computed, such as a result that is kept in an attribute, is not a parameter,
    nor is one whose `requires_grad` is False; but `state_dict()` has the latter.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> [name for name, value in Line().named_parameters()]
    ['slope', 'offset']
    """

    training = True

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        """Return `forward(...)`, as in PyTorch; or a subclass defines `__call__` itself."""
        return self.forward(*inputs, **named)  # type: ignore[attr-defined]

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Return [("layers.0.neurons.0.w.0", Value), ...] in declaration order, each Value once."""
        names: dict[Value, str] = {}
        for name, value in parameter_groups(self, is_group=is_leaf_value):
            names.setdefault(value, name)
        return [(name, value) for value, name in names.items() if value.requires_grad]

    def parameters(self) -> list[Value]:
        """Return the Values to train, in declaration order, each once."""
        values = dict.fromkeys(leaf_values(vars(self)))
        return [value for value in values if value.requires_grad]

    def zero_grad(self) -> None:
        """Set every parameter's grad to 0, since `backward()` adds to it."""
        for p in self.parameters():
            p.grad = 0.0

    def train(self: M, mode: bool = True) -> M:
        """Turn training-only behaviour such as Dropout on or off. Returns the module."""
        self.training = mode
        for _, child in children(vars(self)):
            for module in leaves(child):
                if isinstance(module, Module):
                    module.train(mode)
        return self

    def eval(self: M) -> M:
        """Turn training-only behaviour off. Returns the module."""
        return self.train(False)

    def state_dict(self) -> dict[str, Any]:
        """Return {"layers.0.neurons.0.w": [0.1, ...], "layers.0.neurons.0.b": 0.0, ...}.

        The numbers are floats in the lists that the parameters stand in, fit for JSON.
        """
        return {name: tree_map(read_data, group) for name, group in parameter_groups(self)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set the parameters from what `state_dict()` returned.

        Arrays stand for lists. Raises ShapeError, which names every missing, unexpected and
        misshapen entry, and then sets nothing.
        """
        if not isinstance(state, Mapping):
            raise TypeError(errors.not_a_state(state))
        state = {name: x.tolist() if hasattr(x, "tolist") else x for name, x in state.items()}
        groups = dict(parameter_groups(self))
        problems = [f"missing {name}" for name in groups if name not in state]
        problems += [errors.unexpected_name(name) for name in state if name not in groups]
        for name in groups.keys() & state.keys():
            got, expected = shape(state[name]), shape(groups[name])
            if got != expected:
                problems.append(f"misshapen {name}: {got}, where the module has {expected}")
        if problems:
            raise errors.ShapeError(errors.state_does_not_fit(sorted(problems)))
        loaded = [float(as_number(x)) for x in leaves([state[name] for name in groups])]
        for value, x in zip(leaves(groups), loaded):
            value.data = x


class Neuron(Module):
    """A neuron: activation(w . x + b) of `nin` numbers or Values, with a weight for each.

    `activation`, applied if `nonlin`, is the name of an op, an op or any function of one Value, or
    a module such as nn.ReLU(); its class, nn.ReLU, stands for one of its objects. The weights are
    drawn from (-bound, bound); `init` is the bound, a name in INITS or a function
    (nin, nout) -> bound. Raises ValueError for an unknown name, or an `nin` below 0. Called with a
    list of rows, this module and the two below return the list of their outputs.

    >>> random.seed(1337)
    >>> Neuron(2)([1.0, -2.0])
    Value(data=0.102443419482938, grad=0.0)
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        activation: Activation = "relu",
        init: Init = "uniform",
    ):
        count = whole_number(nin, "nin", 0)
        bound = init_bound(init, nin, 1)
        self.w = [Value(random.uniform(-bound, bound)) for _ in range(count)]
        self.b = Value(0)
        self.nonlin = nonlin
        self.activation = look_up("activation", activation, activations())

    def __call__(self, x: Any) -> Value:
        """Return the output for `nin` inputs. Raises ShapeError for another number of them."""
        if is_batch(x):
            return [self(row) for row in x]  # type: ignore[return-value]
        x = list(x) if hasattr(x, "__iter__") else [x]
        if len(x) != len(self.w):
            raise errors.ShapeError(errors.wrong_length(repr(self), len(self.w), len(x)))
        products = (wi * xi for wi, xi in zip(self.w, x))
        act: Value = sum(products, self.b)
        return self.activation(act) if self.nonlin else act

    def __repr__(self) -> str:
        return f"{self._kind()}Neuron({len(self.w)})"

    def _kind(self) -> str:
        if not self.nonlin:
            return "Linear"
        activation = self.activation
        if isinstance(activation, Op):
            name = activation.symbol
        else:
            name = getattr(activation, "__name__", type(activation).__name__)
        return name[:1].upper() + name[1:]


class Layer(Module):
    """A layer of `nout` neurons, each on the same `nin` inputs.

    The other arguments are those of Neuron. A call returns the list of the neurons' outputs, or the
    output itself if there is one neuron.

    >>> random.seed(1337)
    >>> Layer(2, 3)([1.0, -2.0])[0]
    Value(data=0.102443419482938, grad=0.0)
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        init: Init = "uniform",
        **kwargs: Any,
    ):
        kwargs = {name: instantiate(choice) for name, choice in kwargs.items()}
        self.neurons = []
        for _ in range(whole_number(nout, "nout", 0)):
            # a function of the user's is asked for each neuron
            bound = init_bound(init, nin, nout)
            self.neurons.append(Neuron(nin, init=bound, **kwargs))

    def __call__(self, x: Any) -> Any:
        if is_batch(x):
            return [self(row) for row in x]
        out = [n(x) for n in self.neurons]
        return out[0] if len(out) == 1 else out

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(str(n) for n in self.neurons)}]"


class MLP(Module):
    """A multi-layer perceptron: layers of `nouts` neurons, one after the other, on `nin` inputs.

    Every layer but the last has the `activation`; the last has `output_activation`, or none. The
    lecture's network is `MLP(3, [4, 4, 1], activation="tanh", output_activation="tanh")`. A call
    returns the list of the last layer's outputs, or the output itself if there is one. Raises
    TypeError if `nouts` is not a list of sizes.

    >>> MLP(2, [3, 1])
    MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(3)]]
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation = "relu",
        output_activation: Activation | None = None,
        init: Init = "uniform",
    ):
        if not isinstance(nouts, list | tuple) or not nouts:
            raise TypeError(errors.no_layers(nouts))
        activation, output_activation = map(instantiate, (activation, output_activation))
        self.layers: list[Layer] = []
        for i, nout in enumerate(nouts):
            is_last = i == len(nouts) - 1
            nonlin = not is_last or bool(output_activation)
            applied = output_activation if is_last and output_activation else activation
            layer = Layer(nin, nout, init, nonlin=nonlin, activation=applied)
            self.layers.append(layer)
            nin = nout

    def __call__(self, x: Any) -> Any:
        if is_batch(x):
            return [self(row) for row in x]
        for layer in self.layers:
            x = layer(x)
        return x

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(str(layer) for layer in self.layers)}]"


def activations() -> dict[str, Op]:
    """Return the ops of one input, by name, with those that were added to OPS."""
    return {op.name: op for op in OPS.values() if len(op.partials) == 1}


def init_bound(init: Init, nin: int, nout: int) -> float:
    """Return the bound of the weights of a layer from `nin` to `nout`."""
    if isinstance(init, float | int):
        return init
    return float(look_up("init", init, INITS)(nin, nout))


def look_up(what: str, choice: Any, known: Mapping[str, Callable[..., Any]]) -> Callable[..., Any]:
    """Return `choice` if it is a function, else the function that `known` has under that name.

    Raises ValueError if there is none.
    """
    choice = instantiate(choice)
    if callable(choice):
        return choice
    if choice in known:
        return known[choice]
    raise ValueError(errors.unknown_name(what, choice, known, ", or pass a function"))


def instantiate(x: Any) -> Any:
    """Return an object of `x` if it is a class of modules, such as nn.ReLU, and else `x` itself.

    Raises TypeError if the class cannot be called without arguments.
    """
    if not isinstance(x, type) or not issubclass(x, Module):
        return x
    try:
        return x()
    except TypeError as error:
        raise TypeError(errors.class_needs_arguments(x.__name__)) from error


# -------------------------------------------------------------------------- walking the attributes


def is_leaf_value(x: Any) -> bool:
    """Return whether `x` is a Value that was not computed."""
    return isinstance(x, Value) and not x.op


def is_parameter_group(x: Any) -> bool:
    """Return whether `x` is a leaf Value, or a list of such groups that is not empty."""
    if isinstance(x, Value):
        return not x.op
    return isinstance(x, list | tuple) and bool(x) and all(map(is_parameter_group, x))


def parameter_groups(
    x: Any, name: str = "", is_group: Callable[[Any], bool] = is_parameter_group
) -> Iterator[tuple[str, Any]]:
    """Yield (path, group) for each attribute below `x` that is a Value or a nested list of them.

    `is_group` decides what is yielded as a whole.
    """
    nest = vars(x) if isinstance(x, Module) else x
    for key, child in children(nest):
        path = f"{name}.{key}" if name else key
        if is_group(child):
            yield path, child
        else:
            yield from parameter_groups(child, path, is_group)


def leaf_values(nest: Any) -> list[Value]:
    """Return the Values below `nest` that were not computed, in the order of their names."""
    values: list[Value] = []
    for x in nest.values() if isinstance(nest, dict) else nest:
        if isinstance(x, Value):
            if not x.op:
                values.append(x)
        else:
            inner = vars(x) if isinstance(x, Module) else as_list(x)
            if isinstance(inner, CONTAINERS):
                values += leaf_values(inner)
    return values
