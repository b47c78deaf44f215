"""Names of a network's numbers, as the page writes them: w[0][3][1], b[0][3], s[0][3], h[0][3].

Rule: every index counts from 0, as in Python: `w[layer][neuron][input]`. A neuron's sum is s, and
its output, after the activation, is h. Inputs have the names of their columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd.lab import messages
from micrograd.lab.messages import LabError

BIAS = -1  # the place of the bias among the inputs of a neuron


def weight_name(layer: int, neuron: int, place: int) -> str:
    """Return the name of a weight, or of the bias.

    >>> weight_name(0, 3, 1), weight_name(0, 3, BIAS)
    ('w[0][3][1]', 'b[0][3]')
    """
    if place == BIAS:
        return f"b[{layer}][{neuron}]"
    return f"w[{layer}][{neuron}][{place}]"


def path_of(layer: int, neuron: int, place: int) -> str:
    """Return the name of a weight, or of the bias, among the network's parameters.

    >>> path_of(0, 3, 1), path_of(0, 3, BIAS)
    ('layers.0.neurons.3.w.1', 'layers.0.neurons.3.b')
    """
    own = "b" if place == BIAS else f"w.{place}"
    return f"layers.{layer}.neurons.{neuron}.{own}"


def sum_name(layer: int, neuron: int) -> str:
    return f"s[{layer}][{neuron}]"


def output_name(layer: int, neuron: int) -> str:
    return f"h[{layer}][{neuron}]"


def input_names(model: Any, columns: Sequence[str], layer: int) -> list[str]:
    """Return the names of the inputs of a layer: columns, or the outputs of the layer before it."""
    count = len(model.layers[layer].neurons[0].w)
    if layer > 0:
        return [output_name(layer - 1, place) for place in range(count)]
    return list(columns) or [f"x{place + 1}" for place in range(count)]


def activation_name(neuron: Any) -> str:
    """Return the name of a neuron's activation, "" if it has none."""
    if not neuron.nonlin:
        return ""
    name = getattr(neuron.activation, "name", type(neuron.activation).__name__.lower())
    return "" if name == "identity" else str(name)


def find_neuron(model: Any, layer: Any, index: Any) -> Any:
    """Return the neuron at that place. Raises LabError if there is none."""
    layers = model.layers
    if is_place(layer, len(layers)) and is_place(index, len(layers[layer].neurons)):
        return layers[layer].neurons[index]
    raise LabError(messages.no_such_neuron(layer, index))


def find_weight(neuron: Any, place: Any) -> Any:
    """Return the weight at that place, or the bias at -1. Raises LabError if there is none."""
    if place == BIAS and type(place) is int:
        return neuron.b
    if not is_place(place, len(neuron.w)):
        raise LabError(messages.no_such_weight(place))
    return neuron.w[place]


def is_place(place: Any, count: int) -> bool:
    return type(place) is int and 0 <= place < count
