"""Pieces: where what is read breaks into parts, each of which is a slice or stands in one array.

Rule: a few pieces are put side by side; where there are more, a table chooses the numbers.
"""

from __future__ import annotations

import numpy as np

MOST_SLICES = 3  # that are put side by side where a table would choose what they have


def cuts_of(owners: np.ndarray) -> tuple[int, list[int]]:
    """Return the one axis along which owners differ, and where; no cuts if they are many.

    >>> cuts_of(np.array([[7, 8, 8], [7, 8, 8]]))
    (1, [1])
    """
    differs = [bool(np.diff(owners, axis=axis).any()) for axis in range(owners.ndim)]
    if sum(differs) != 1:
        return 0, []
    axis = differs.index(True)
    lines = np.moveaxis(owners, axis, -1)
    line = lines.reshape(-1, owners.shape[axis])[0]
    cuts = breaks(line, 0).tolist()
    if len(cuts) >= MOST_SLICES:
        return axis, []
    return axis, cuts


def runs_of(places: np.ndarray) -> list[np.ndarray]:
    """Return the places in pieces, in each of which one follows the other.

    >>> [run.tolist() for run in runs_of(np.array([7, 0, 1, 2]))]
    [[7], [0, 1, 2]]
    """
    return np.split(places, breaks(places, 1))


def breaks(numbers: np.ndarray, step: int) -> np.ndarray:
    """Return the indices of the numbers that are not the one before them plus the step."""
    return np.flatnonzero(np.diff(numbers) != step) + 1


def is_few_slices(places: np.ndarray) -> bool:
    return len(runs_of(places)) <= MOST_SLICES
