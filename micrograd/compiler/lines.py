"""Lines: the entries of an array of places along one axis, and axes along which nothing changes.

Rule: a line is looked at before the whole array, as it often settles the question.
"""

import numpy as np


def without_repeats(places: np.ndarray, first: int = 0, end: int | None = None) -> np.ndarray:
    """Return the places, 1 long along each axis from `first` to `end` where nothing changes.

    >>> without_repeats(np.array([[5, 6], [5, 6]]))
    array([[5, 6]])
    """
    last = places.ndim if end is None else end
    for axis in range(first, last):
        start = places.take([0], axis)
        if places.shape[axis] == 1 or changes_in_line(places, axis):
            continue
        if (places == start).all():
            places = start
    return places


def changes_in_line(places: np.ndarray, axis: int) -> bool:
    """Return whether something changes along an axis at the begin of all others."""
    if not places.size:
        return False
    along = line(places, axis)
    changes = along != along[0]
    return bool(changes.any())


def line(x: np.ndarray, axis: int) -> np.ndarray:
    """Return the entries along one axis, at the begin of all others."""
    begin: list[int | slice] = [0] * x.ndim
    begin[axis] = slice(None)
    return np.asarray(x[tuple(begin)])
