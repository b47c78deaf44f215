"""The layers of a network: the matrices of its weights, from the first layer to the last.

Rule: a module is a network if all its parameters are weights and biases of layers, each of which
takes as many numbers as the one before it returns.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Any

from micrograd.drawing import messages
from micrograd.engine import Value
from micrograd.nn import Dropout, Layer, Linear, Module, Neuron, Sequential
from micrograd.ops import Op
from micrograd.support.nest import children


@dataclass(frozen=True)
class NeuronLayer:
    """A layer: its path in the model, and for each neuron its weights and, if it has one, its bias.

    `activation` is what follows the sum: "ReLU", or "linear" for nothing.
    """

    path: str
    weights: list[list[Value]]
    biases: list[Value]
    activation: str = "linear"

    @property
    def values(self) -> Iterator[Value]:
        """All weights and biases."""
        return chain(*self.weights, self.biases)

    @property
    def inputs(self) -> int:
        """The number of inputs that each neuron takes."""
        return len(self.weights[0]) if self.weights else 0


def layers_of(model: Module) -> list[NeuronLayer]:
    """Return the layers of a network. Raises TypeError for a model that is none.

    >>> from micrograd import MLP
    >>> [(layer.path, layer.inputs, layer.activation) for layer in layers_of(MLP(2, [3, 1]))]
    [('layers.0', 2, 'ReLU'), ('layers.1', 3, 'linear')]
    """
    layers = list(layers_in(model, ""))
    owned = {value for layer in layers for value in layer.values}
    chained = all(len(one.weights) == other.inputs for one, other in pairwise(layers))
    whole = all(layer.inputs for layer in layers) and owned.issuperset(model.parameters())
    if not (layers and chained and whole):
        raise TypeError(messages.no_network(model))
    return layers


def layers_in(x: Any, path: str) -> Iterator[NeuronLayer]:
    """Yield each layer in a module or a container, in the order of the attributes."""
    match x:
        case Neuron():
            yield NeuronLayer(path, [x.w], [x.b], activation_of(x))
        case Layer() if x.neurons:
            neurons = x.neurons
            weights, biases = [neuron.w for neuron in neurons], [neuron.b for neuron in neurons]
            yield NeuronLayer(path, weights, biases, activation_of(neurons[0]))
        case Linear():
            yield NeuronLayer(path, x.weight, x.bias or [])
        case Sequential():
            yield from layers_in_row(x.steps, path_to(path, "steps"))
        case _:
            for key, child in children(vars(x) if isinstance(x, Module) else x):
                yield from layers_in(child, path_to(path, key))


def layers_in_row(steps: list[Any], path: str) -> Iterator[NeuronLayer]:
    """Yield each layer among steps; the first step after it that has none is its activation."""
    layers: list[NeuronLayer] = []
    for i, step in enumerate(steps):
        own = list(layers_in(step, path_to(path, i)))
        is_activation = not own and not isinstance(step, Dropout)
        if is_activation and layers and layers[-1].activation == "linear":
            layers[-1] = replace(layers[-1], activation=name_of(step))
        layers += own
    yield from layers


def path_to(path: str, key: Any) -> str:
    return f"{path}.{key}" if path else str(key)


def activation_of(neuron: Neuron) -> str:
    return name_of(neuron.activation) if neuron.nonlin else "linear"


def name_of(step: Any) -> str:
    """Return what an activation is called: an op, a function or a module."""
    if isinstance(step, Op):
        return step.symbol
    return getattr(step, "__name__", type(step).__name__)
