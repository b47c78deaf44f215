"""Lines: entries of an array of places along one axis, and of lists, and which of them differ.

Rule: a line is looked at before the whole array, as it often settles the question.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import numpy as np


def without_repeats(places: np.ndarray, first: int = 0, end: int | None = None) -> np.ndarray:
    """Return the places, 1 long along each axis from `first` to `end` where nothing changes.

    >>> without_repeats(np.array([[5, 6], [5, 6]]))
    array([[5, 6]])
    """
    last = places.ndim if end is None else end
    for axis in range(first, last):
        if places.shape[axis] == 1 or changes_in_line(places, axis):
            continue
        start = places.take([0], axis)
        if (places == start).all():
            places = start
    return places


def changes_in_line(places: np.ndarray, axis: int) -> bool:
    """Return whether something changes along the axis, at index 0 of all others."""
    if not places.size:
        return False
    along = line(places, axis)
    changes = along != along[0]
    return bool(changes.any())


def line(x: np.ndarray, axis: int) -> np.ndarray:
    """Return the entries along one axis, at index 0 of all others."""
    begin: list[int | slice] = [0] * x.ndim
    begin[axis] = slice(None)
    return np.asarray(x[tuple(begin)])


def distinct(x: np.ndarray) -> np.ndarray:
    """Return the different entries in order.

    np.unique would load numpy.ma, which takes 10 ms, unless it is asked for indices, too.

    >>> distinct(np.array([[7, 5], [5, 7]]))
    array([5, 7])
    """
    ordered = np.sort(x, axis=None)
    is_first = np.ones(len(ordered), bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return np.asarray(ordered[is_first])


def run_lengths(items: Iterable[Any]) -> list[tuple[Any, int]]:
    """Return (item, count) for each run of equal neighbours.

    >>> run_lengths("aab")
    [('a', 2), ('b', 1)]
    """
    return [(item, len(list(run))) for item, run in groupby(items)]
