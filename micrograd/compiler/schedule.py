"""The schedule: which nodes are run together, as one kernel, and in which order.

Rule: a group has nodes of one signature and comes after all that they are computed from.
"""

from collections import defaultdict
from itertools import chain
from statistics import fmean

WORTHWHILE = 0.75  # of the groups by level, so many by agenda, for a second plan to be made
Numbers = list[int]  # of nodes
Group = tuple[int, Numbers]  # when it is run, and its nodes, in order


def schedules(signatures: list, below: list[Numbers]) -> list[list[Group]]:
    """Groups of nodes; `below` are, for each, the nodes that it is computed from, which come first.

    By level, and, where that saves enough, by agenda. A signature begins with whether the node
    varies from example to example: those that do not are run before all others.
    """
    levels = levels_of(below)
    usual = by_level(signatures, levels)
    other = by_agenda(signatures, levels, below)
    return [usual, other] if len(other) < WORTHWHILE * len(usual) else [usual]


def levels_of(below: list[Numbers]) -> Numbers:
    """Of each node 1 + the level of the deepest one below."""
    found = []
    for inputs in below:
        found.append(1 + max([found[i] for i in inputs], default=0))
    return found


def by_level(signatures: list, levels: Numbers) -> list[Group]:
    """What has the same level and signature is one group."""
    groups: dict = {}
    for i, key in enumerate(zip(levels, signatures)):
        groups.setdefault(key, []).append(i)
    order = sorted(groups, key=lambda key: (key[1][0], key[0]))
    return [(key[0], groups[key]) for key in order]


def by_agenda(signatures: list, levels: Numbers, below: list[Numbers]) -> list[Group]:
    """All that waits for nothing and has the same signature is one group, level or no level.

    Next is the signature that lies lowest, on average, of those that could be: so the readouts of
    a recurrent net wait until its last state is there, and are one product of matrices then.
    Neubig, Goldberg and Dyer, "On-the-fly operation batching in dynamic computation graphs" (2017).
    """
    depth = average_levels(signatures, levels)
    waits = [len(set(inputs)) for inputs in below]
    above = [[] for _ in below]
    for i, inputs in enumerate(below):
        for x in set(inputs):
            above[x].append(i)
    ready: dict = {}
    for i, count in enumerate(waits):
        if not count:
            ready.setdefault(signatures[i], []).append(i)
    found = []
    while ready:
        signature = min(ready, key=lambda key: (key[0], depth[key]))
        members = sorted(ready.pop(signature))
        found.append((len(found) + 1, members))
        for i in chain.from_iterable(above[x] for x in members):
            waits[i] -= 1
            if not waits[i]:
                ready.setdefault(signatures[i], []).append(i)
    return found


def average_levels(signatures: list, levels: Numbers) -> dict[tuple, float]:
    of = defaultdict(list)
    for signature, level in zip(signatures, levels):
        of[signature].append(level)
    return {signature: fmean(found) for signature, found in of.items()}
