"""Lines: the entries of an array of places along one axis, and axes along which nothing changes.

Rule: a line is looked at before the whole array, as it often settles the question.
"""

import numpy as np


def without_repeats(places: np.ndarray, first: int = 0, end: int | None = None) -> np.ndarray:
    """Return the places, 1 long along each axis from `first` to `end` where nothing changes.

    >>> without_repeats(np.array([[5, 6], [5, 6]]))
    array([[5, 6]])
    """
    for axis in range(first, places.ndim if end is None else end):
        start = places.take([0], axis)
        if places.shape[axis] > 1 and may_repeat(places, axis) and (places == start).all():
            places = start
    return places


def may_repeat(places: np.ndarray, axis: int) -> bool:
    """Return whether nothing changes along an axis at the begin of all others."""
    return not places.size or len(set(line(places, axis).tolist())) == 1


def line(x: np.ndarray, axis: int) -> np.ndarray:
    """Return the entries along one axis, at the begin of all others."""
    return np.asarray(x[(0,) * axis + (slice(None),) + (0,) * (x.ndim - axis - 1)])
