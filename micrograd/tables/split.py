"""The rows of a table, divided into shares for training, for validation and for the final test.

Rule: the same seed gives the same shares. Held-out rows are never trained on, and never decide when
training ends.
"""

from dataclasses import dataclass

import numpy as np

LEAST = 5  # rows: three to train on, one for validation and one held out
EVERY = 5  # one row in five is held out, and one in five of the others is for validation


@dataclass
class Split:
    """The places of the rows of each share."""

    training: list[int]
    validation: list[int]
    held_out: list[int]


def split(groups: list, seed: int) -> Split:
    """Return a split that holds out a fifth of the rows, and takes a fifth of the rest to validate.

    `groups` has the class of each row. Each share has as large a part of every class; the only row
    of a class is trained on.
    """
    generator = np.random.default_rng(seed)
    rest, held_out = stratified_holdout(list(range(len(groups))), groups, generator)
    training, validation = stratified_holdout(rest, groups, generator)
    return Split(training, validation, held_out)


def stratified_holdout(
    rows: list[int], groups: list, generator: np.random.Generator
) -> tuple[list[int], list[int]]:
    """Return (four fifths of the rows, one fifth), both in random order.

    The fifth is every fifth row after the rows were put in order of their groups, so that each
    group gives its part.
    """
    shuffled = [rows[i] for i in generator.permutation(len(rows))]
    members: dict = {}
    for row in shuffled:
        members.setdefault(groups[row], []).append(row)
    ordered = [row for group in members.values() if len(group) > 1 for row in group]
    fifth = set(ordered[EVERY // 2 :: EVERY])
    rest = [row for row in shuffled if row not in fifth]
    return rest, [row for row in shuffled if row in fifth]
