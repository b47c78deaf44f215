"""The network that a graph was computed with: its layers, read off the labels of the parameters.

Rule: the units of a layer have weights that are numbered, one for each unit of the layer before,
and at most one bias; and a layer uses the results of the one before it and of no other. A graph
whose units do not form such a row of layers shows its modules.
"""

from collections.abc import Sequence
from itertools import pairwise

from micrograd.drawing.folding import enclosing_module
from micrograd.drawing.network_layers import NeuronLayer
from micrograd.drawing.units import Units, place_in
from micrograd.engine import Value
from micrograd.explaining import label_of, owner_of
from micrograd.ops import neg

Nodes = Sequence[Value]
Parameters = dict[int, list[Value]]  # of each unit
Members = dict[str, list[int]]  # the units of each layer


def network_of(nodes: Nodes, units: Units) -> dict[str, NeuronLayer]:
    """Return {layer: its weights} from the first to the last, and {} for a graph without a network.

    The units of a layer are those of `units_in`, in the order of its neurons.
    """
    members = units_in(units.names)
    if not members or not is_chain(nodes, units, members):
        return {}
    parameters, activations = contents(nodes, units)
    layers = {}
    for name, own in members.items():
        rows = [weights_and_bias(parameters[unit]) for unit in own]
        weights, biases = [], []
        for of_row, bias in rows:
            weights.append(of_row)
            biases += bias
        activation = activations.get(own[0], "linear")
        layers[name] = NeuronLayer(name, weights, biases, activation)
    return layers if is_row(list(layers.values())) else {}


def contents(nodes: Nodes, units: Units) -> tuple[Parameters, dict[int, str]]:
    """Return the parameters of each unit, and the activation of those that have one."""
    parameters: Parameters = {unit: [] for unit in range(len(units.names))}
    activations: dict[int, str] = {}
    for node in nodes:
        unit = units.unit_of.get(node)
        if unit is None:
            continue
        if not node.inputs:
            parameters[unit].append(node)
        elif is_activation(node):
            activations.setdefault(unit, node._op)
    return parameters, activations


def is_chain(nodes: Nodes, units: Units, members: Members) -> bool:
    """Return whether each layer is computed from the one before it, and from no other."""
    layer_of_unit = {}
    for layer, own in enumerate(members.values()):
        for unit in own:
            layer_of_unit[unit] = layer
    used = [0] * len(members)  # a bit for each layer that a layer is computed from
    below: dict[Value, int] = {}  # and for each that a result was last computed by
    for node in nodes:
        sources = 0
        for x in node.inputs:
            sources |= below.get(x, 0)
        if node.inputs and node in units.unit_of:
            layer = layer_of_unit[units.unit_of[node]]
            used[layer] |= sources & ~(1 << layer)
            sources = 1 << layer
        below[node] = sources
    return used == [(1 << layer) >> 1 for layer in range(len(members))]


def units_in(names: Sequence[str]) -> Members:
    """Return {layer: its units}, in the order of their numbers.

    >>> units_in(["m.layers.0.neurons.1", "m.layers.0.neurons.0", "m.layers.1.neurons.0"])
    {'m.layers.0': [1, 0], 'm.layers.1': [2]}
    """
    layers: Members = {}
    for unit, name in enumerate(names):
        layers.setdefault(layer_of(name), []).append(unit)
    for members in layers.values():
        members.sort(key=lambda unit: number_of(names[unit]))
    return layers


def layer_of(unit: str) -> str:
    """Return "m.layers.0" for "m.layers.0.neurons.3", and "m.steps.0" for "m.steps.0[3]"."""
    layer, bracket, _ = unit.partition("[")
    return layer if bracket else enclosing_module(unit, unit.count("."))


def number_of(unit: str) -> int:
    """Return the number at the end of a unit's name, or 0."""
    digits = unit.rstrip("]").replace("[", ".").rpartition(".")[2]
    return int(digits) if digits.isdigit() else 0


def weights_and_bias(parameters: Nodes) -> tuple[list[Value], list[Value]]:
    """Return (weights, bias) of a unit; no weights if its parameters are of another kind."""
    places = []
    for node in parameters:
        label = label_of(node)
        places.append(place_in(label, owner_of(label)))
    if max(map(len, places), default=0) > 1:
        places = [place[1:] for place in places]  # the row is that of the unit
    numbered: dict[int, Value] = {}
    biases = []
    for place, node in zip(places, parameters):
        if not place:
            biases.append(node)
        elif len(place) == 1:
            numbered[place[0]] = node
    is_whole = len(numbered) + len(biases) == len(parameters)
    is_counted = sorted(numbered) == list(range(len(numbered)))
    if len(biases) > 1 or not is_whole or not is_counted:
        return [], []
    return [numbered[i] for i in sorted(numbered)], biases


def is_activation(node: Value) -> bool:
    """Return whether an op of one input computed the node, and no power or minus."""
    op = node.op
    is_by_one = op is not None and op is not neg and not op.family
    return is_by_one and len(node.inputs) == 1


def is_row(layers: Sequence[NeuronLayer]) -> bool:
    """Return whether each layer takes as many numbers as the one before it returns."""
    for layer in layers:
        widths = set(map(len, layer.weights))
        neurons = len(layer.weights)
        if len(widths) != 1 or 0 in widths:
            return False
        if len(layer.biases) not in (0, neurons):
            return False
    for before, after in pairwise(layers):
        if len(before.weights) != after.inputs:
            return False
    return bool(layers)
