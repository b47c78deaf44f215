"""The contents of a folded picture: the neurons of each module, and one sample of each neuron.

Rule: the nodes of a module are split by the owner of their parameters, and those of an owner into
samples: nodes that are connected other than through leaves. All samples are computed in the same
way, so the first stands for all.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from micrograd.drawing.folding import group_nodes, labelled_owner, owners_of
from micrograd.engine import Value

MOST_CARDS = 1000  # in all details together: a page of half a megabyte
MOST_IN_ONE = 150  # in one of them


@dataclass(frozen=True)
class ModuleDetail:
    """One owner in a module: how many nodes and samples it has, and the nodes of the first sample.

    `nodes` includes what the sample is computed from; it is empty if they are too many to draw.
    """

    group: str
    owner: str
    count: int
    samples: int
    nodes: tuple[Value, ...]


def module_details(nodes: Sequence[Value]) -> Iterator[ModuleDetail]:
    """Yield the detail of each owner in each module of a folded graph, as long as there is room."""
    room = MOST_CARDS
    for (group, owner), own in members_of(nodes).items():
        samples = connected_components(own)
        first = with_inputs(samples[0]) if samples else ()
        if len(first) > min(room, MOST_IN_ONE):
            first = ()
        room -= len(first)
        yield ModuleDetail(group, owner, len(own), len(samples), first)


def members_of(nodes: Sequence[Value]) -> dict[tuple[str, str], list[Value]]:
    """Return {(group, owner): its nodes}, if any node has an owner."""
    if not any(map(labelled_owner, nodes)):
        return {}
    groups, owners = group_nodes(nodes), owners_of(nodes)
    members: dict[tuple[str, str], list[Value]] = {}
    for node in nodes:
        if owners[node]:
            members.setdefault((groups[node], owners[node]), []).append(node)
    return members


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


def with_inputs(nodes: Sequence[Value]) -> tuple[Value, ...]:
    """Return the nodes and, before them, the inputs that they use from outside."""
    inside = set(nodes)
    outside = dict.fromkeys(x for node in nodes for x in node.inputs if x not in inside)
    return (*outside, *nodes)


def group_counts(details: Iterable[ModuleDetail]) -> Counter[str]:
    """Return {group: how many nodes its details have}."""
    counts: Counter[str] = Counter()
    for detail in details:
        counts[detail.group] += detail.count
    return counts
