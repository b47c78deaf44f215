"""Pieces: where what is read breaks into parts, each of which is a slice or stands in one array.

Rule: a few pieces are put side by side; where there are more, a table chooses the numbers.
"""

from __future__ import annotations

import numpy as np

MOST_SLICES = 3  # that are put side by side


def cuts_of(owners: np.ndarray) -> tuple[int, list[int]]:
    """Return the one axis along which owners differ, and where; no cuts if they are many.

    >>> cuts_of(np.array([[7, 8, 8], [7, 8, 8]]))
    (1, [1])
    """
    axes = [axis for axis in range(owners.ndim) if np.diff(owners, axis=axis).any()]
    if len(axes) != 1:
        return 0, []
    line = np.moveaxis(owners, axes[0], 0).reshape(owners.shape[axes[0]], -1)[:, 0]
    cuts = (np.flatnonzero(np.diff(line)) + 1).tolist()
    return axes[0], cuts if len(cuts) < MOST_SLICES else []


def runs_of(places: np.ndarray) -> list[np.ndarray]:
    """Return the places in pieces, in each of which one follows the other.

    >>> [run.tolist() for run in runs_of(np.array([7, 0, 1, 2]))]
    [[7], [0, 1, 2]]
    """
    return np.split(places, np.flatnonzero(np.diff(places) != 1) + 1)


def is_few_slices(places: np.ndarray) -> bool:
    return len(runs_of(places)) <= MOST_SLICES
