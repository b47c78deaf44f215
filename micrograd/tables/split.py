"""Rows, shared out between training, validation and the test at the end.

Rule: the same seed gives the same shares; what is tested is never trained on, nor looked at to
decide when training ends.
"""

from dataclasses import dataclass

import numpy as np

LEAST = 5  # rows: three to train on, one for validation and one held out
EVERY = 5  # of so many rows one is held out, and of so many of the others one is for validation


@dataclass
class Split:
    """The places of the rows of each share."""

    training: list[int]
    validation: list[int]
    held_out: list[int]


def split(groups: list, seed: int) -> Split:
    """A fifth of the rows is held out, a fifth of the others is for validation.

    Each share has of each group, the class of a row, as large a part; a group's only row is trained
    on.
    """
    chance = np.random.default_rng(seed)
    rest, held_out = parted(list(range(len(groups))), groups, chance)
    training, validation = parted(rest, groups, chance)
    return Split(training, validation, held_out)


def parted(rows: list[int], groups: list, chance) -> tuple[list[int], list[int]]:
    """(most of the rows, a fifth of them), both in random order."""
    shuffled = [rows[i] for i in chance.permutation(len(rows))]
    members: dict = {}
    for row in shuffled:
        members.setdefault(groups[row], []).append(row)
    ordered = [row for group in members.values() if len(group) > 1 for row in group]
    taken = set(ordered[EVERY // 2 :: EVERY])
    most = [row for row in shuffled if row not in taken]
    return most, [row for row in shuffled if row in taken]
