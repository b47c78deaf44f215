"""The schedule: which nodes run together, as one kernel, and in which order.

Rule: the nodes of a group have one signature, and the group comes after all that they depend on.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from statistics import fmean
from typing import Any

# The groups by agenda are planned, too, if there are fewer than this fraction of those by level.
WORTHWHILE = 0.75
NodeIds = list[int]
Group = tuple[int, NodeIds]  # (its level or turn, its nodes)
Signature = tuple[Any, ...]


def schedules(
    signatures: Sequence[Signature],
    dependencies: Sequence[NodeIds],
    worthwhile: float = WORTHWHILE,
) -> list[list[Group]]:
    """Return the groups by level, and those by agenda if there are few enough of these.

    That is if there are fewer than `worthwhile` times as many.

    `dependencies` has, for each node, the nodes that it is computed from; these come before it. A
    signature begins with whether the node varies from example to example: nodes that do not vary
    run before all others.
    """
    levels = levels_of(dependencies)
    usual = by_level(signatures, levels)
    if len(usual) == len(set(signatures)):  # there cannot be fewer groups
        return [usual]
    other = by_agenda(signatures, levels, dependencies)
    return [usual, other] if len(other) < worthwhile * len(usual) else [usual]


def levels_of(dependencies: Sequence[NodeIds]) -> list[int]:
    """Return the level of each node: 1 + the deepest level among its dependencies."""
    levels: list[int] = []
    for inputs in dependencies:
        levels.append(1 + max(map(levels.__getitem__, inputs), default=0))
    return levels


def by_level(signatures: Sequence[Signature], levels: list[int]) -> list[Group]:
    """Return the groups of nodes that have the same level and signature."""
    groups: dict[tuple[int, Signature], NodeIds] = {}
    for i, key in enumerate(zip(levels, signatures)):
        groups.setdefault(key, []).append(i)
    order = sorted(groups, key=lambda key: (key[1][0], key[0]))
    return [(key[0], groups[key]) for key in order]


def by_agenda(
    signatures: Sequence[Signature], levels: list[int], dependencies: Sequence[NodeIds]
) -> list[Group]:
    """Return groups of all nodes that are ready and have the same signature, whatever their level.

    The next group is the ready signature whose nodes have the lowest level on average. So the
    readouts of a recurrent network wait until its last state is computed, and are then one matrix
    product. See Neubig, Goldberg and Dyer, "On-the-fly operation batching in dynamic computation
    graphs" (2017).
    """
    depth = average_levels(signatures, levels)
    pending = [len(set(inputs)) for inputs in dependencies]
    users = users_of(dependencies)
    ready: dict[Signature, NodeIds] = {}
    for i, count in enumerate(pending):
        if not count:
            ready.setdefault(signatures[i], []).append(i)
    groups: list[Group] = []
    while ready:
        signature = min(ready, key=lambda key: (key[0], depth[key]))
        members = sorted(ready.pop(signature))
        groups.append((len(groups) + 1, members))
        for i in chain.from_iterable(users[x] for x in members):
            pending[i] -= 1
            if not pending[i]:
                ready.setdefault(signatures[i], []).append(i)
    return groups


def users_of(dependencies: Sequence[NodeIds]) -> list[NodeIds]:
    """Return, for each node, the nodes that depend on it."""
    users: list[NodeIds] = [[] for _ in dependencies]
    for i, inputs in enumerate(dependencies):
        for x in set(inputs):
            users[x].append(i)
    return users


def average_levels(signatures: Sequence[Signature], levels: list[int]) -> dict[Signature, float]:
    levels_by_signature = defaultdict(list)
    for signature, level in zip(signatures, levels):
        levels_by_signature[signature].append(level)
    return {signature: fmean(numbers) for signature, numbers in levels_by_signature.items()}
