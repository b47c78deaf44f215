"""What a folded picture hides: of each module its neurons, and of each neuron one of its samples.

Rule: a module's nodes are split by the owner of their parameters, and an owner's into samples: what
is connected by other than leaves. All samples are computed alike, so the first stands for all.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from micrograd.drawing.folding import fold, owner_of_label, owners_of

MOST_CARDS = 1000  # of all insides together: a page of half a megabyte
MOST_IN_ONE = 150  # of one inside


@dataclass(frozen=True)
class Inside:
    """Of one owner: how many nodes, how many samples, and those of the first, with what they use.

    There are no `nodes` where these are too many to be drawn.
    """

    group: str
    owner: str
    count: int
    samples: int
    nodes: tuple


def insides(nodes: list) -> Iterator[Inside]:
    """That of each owner in each module of a folded graph, as long as there is room for them."""
    if not any(map(owner_of_label, nodes)):
        return
    groups, owners, members = fold(nodes), owners_of(nodes), {}
    for node in nodes:
        if owners[node]:
            members.setdefault((groups[node], owners[node]), []).append(node)
    room = MOST_CARDS
    for (group, owner), found in members.items():
        samples = samples_of(found)
        first = with_inputs(samples[0]) if samples else ()
        fits = len(first) <= min(room, MOST_IN_ONE)
        room -= len(first) if fits else 0
        yield Inside(group, owner, len(found), len(samples), first if fits else ())


def samples_of(nodes: list) -> list[list]:
    """The nodes that are no leaves, those that are connected together."""
    leader: dict = {}

    def find(node):
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
    found: dict = {}
    for node in leader:
        found.setdefault(find(node), []).append(node)
    return list(found.values())


def with_inputs(nodes: list) -> tuple:
    """The nodes and, before them, what they are computed from."""
    known = set(nodes)
    outside = dict.fromkeys(x for node in nodes for x in node.inputs if x not in known)
    return (*outside, *nodes)


def counts(found: list[Inside]) -> Counter:
    """{group: its nodes}."""
    total: Counter = Counter()
    for inside in found:
        total[inside.group] += inside.count
    return total
