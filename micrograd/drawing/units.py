"""The units of a graph, which are its neurons in most models, and its examples.

Rule: the labels of the parameters name the units. A unit is what one module computes or, where a
module has a matrix of weights, what it computes with one row. An example is what is connected other
than through leaves, up to where examples meet, as in the sum of a loss.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from micrograd.drawing.folding import labelled_owner, owners_of
from micrograd.engine import Value
from micrograd.explaining import label_of

MANY = -1  # in place of an example's number: computed from several


@dataclass(frozen=True)
class Units:
    """`names` of the units, and for nodes the unit and the example that they belong to.

    Examples are counted from 1; a node that is in none, such as a parameter, is in neither dict.
    """

    names: list[str]
    unit_of: dict[Value, int]
    example_of: dict[Value, int]

    @property
    def examples(self) -> int:
        """The number of examples."""
        return max(self.example_of.values(), default=0)


def units_of(nodes: Sequence[Value]) -> Units:
    """Return the units and the examples of a graph in its order; none without labels."""
    parameters = {node: labelled_owner(node) for node in nodes if not node.inputs}
    parameters = {node: owner for node, owner in parameters.items() if owner}
    if not parameters:
        return Units([], {}, {})
    owners = owners_of(nodes, rows_of(parameters))
    owned = {node: owner for node, owner in owners.items() if owner}
    computed = dict.fromkeys(owned[node] for node in nodes if node.inputs and node in owned)
    names = {name: i for i, name in enumerate(computed)}
    unit_of = {node: names[owner] for node, owner in owned.items() if owner in names}
    return Units(list(names), unit_of, examples_of(nodes, unit_of))


def rows_of(owners: Mapping[Value, str]) -> dict[Value, str]:
    """Return {parameter: its unit}: its owner, with a row if the owner has a matrix.

    The unit of "model.steps.0.weight.3.1" is "model.steps.0[3]".
    """
    places = {node: place_in(label_of(node), owner) for node, owner in owners.items()}
    with_matrix = {owners[node] for node, place in places.items() if len(place) > 1}
    units = dict(owners)
    for node, owner in owners.items():
        if owner in with_matrix and places[node]:
            units[node] = f"{owner}[{places[node][0]}]"
    return units


def place_in(label: str, owner: str) -> list[int]:
    """Return the indices at the end of a parameter's label: [3, 1] for "weight.3.1"."""
    _, *indices = label.removeprefix(f"{owner}.").split(".")
    return [int(index) for index in indices]


def examples_of(nodes: Sequence[Value], unit_of: Mapping[Value, int]) -> dict[Value, int]:
    """Return {node: its example, or MANY} for the results that are computed by units."""
    inside = {node for node in nodes if node.inputs and node in unit_of}
    for node in reversed(nodes):
        if node in inside:
            inside.update(x for x in node.inputs if x.inputs)
    parts = connected_components([node for node in nodes if node in inside])
    examples = {node: i for i, part in enumerate(parts, 1) for node in part}
    for node in nodes:
        if node.inputs and node not in examples:
            below = {examples[x] for x in node.inputs if x in examples}
            if below:
                examples[node] = below.pop() if len(below) == 1 else MANY
    return examples


def connected_components(nodes: Iterable[Value]) -> list[list[Value]]:
    """Return the nodes that are not leaves, those that are connected with each other together."""
    leader: dict[Value, Value] = {}  # union-find: following the leaders ends at the component's own

    def find(node: Value) -> Value:
        while leader[node] is not node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for node in nodes:
        if node.inputs:
            leader[node] = node
            for x in node.inputs:
                if x in leader:
                    leader[find(x)] = node
    components: dict[Value, list[Value]] = {}
    for node in leader:
        components.setdefault(find(node), []).append(node)
    return list(components.values())
