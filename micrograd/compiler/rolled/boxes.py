"""Boxes: rows and columns of which most meet, as a dense array.

Rule: nothing here knows what a row or a column stands for. A box has the index of each pair that
meets, and -1 for one that does not.
"""

from __future__ import annotations

import numpy as np

from micrograd.compiler.lines import distinct
from micrograd.compiler.rolled.blocks import Array, Places

LEAST_FILLED = 0.4  # the fraction of an array that must be there, for all of it to be computed


def box_of(group: Places, columns: Places) -> Places | None:
    """Return the place at each column of each group, -1 for none: components x groups x columns.

    Groups that have no column in common are in different components, which must have one size.
    None if too few of the box's entries are there, or an entry has two places.

    >>> box_of(np.array([0, 1, 1]), np.array([0, 0, 1])).tolist()
    [[[0, -1], [1, 2]]]
    """
    part = components(group, columns)
    index = part, rank_in(part, group), rank_in(part, columns)
    shape = tuple(int(x.max()) + 1 for x in index)
    flat = np.ravel_multi_index(index, shape)
    is_sparse = len(flat) < LEAST_FILLED * np.prod(shape)
    if is_sparse or len(distinct(flat)) < len(flat):
        return None
    box = np.full(shape, -1)
    box.ravel()[flat] = np.arange(len(flat))
    has_columns = (box.max(axis=2) >= 0).all()
    has_groups = (box.max(axis=1) >= 0).all()
    return box if has_columns and has_groups else None


def components(group: Places, columns: Places) -> Places:
    """Return the number of the component of each place: 0, 1 and so on."""
    label, before = group.copy(), None
    while before is None or (label != before).any():
        before = label
        for key in (columns, group):
            least = np.full(int(key.max()) + 1, len(group))
            np.minimum.at(least, key, label)
            label = least[key]
    return np.asarray(np.searchsorted(distinct(label), label))


def rank_in(part: Places, x: Places) -> Places:
    """Return the rank of each number among those of its part."""
    bound = int(x.max()) + 1
    keys = part * bound + x
    different = distinct(keys)
    parts = different // bound
    ranks = np.arange(len(parts)) - np.searchsorted(parts, parts)
    return np.asarray(ranks[np.searchsorted(different, keys)])


def ranks_within(group: Places) -> Places:
    """Return how many earlier places are in the group of each.

    >>> ranks_within(np.array([0, 0, 1, 0])).tolist()
    [0, 1, 0, 2]
    """
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], group[order])
    ranks = np.empty(len(group), np.int64)
    ranks[order] = np.arange(len(group)) - starts
    return ranks


def numbered_rows(x: Array, axis: int) -> tuple[Array, Places]:
    """Return (the different rows along an axis, the number of each).

    >>> rows, numbers = numbered_rows(np.array([[7, 8], [5, 6], [7, 8]]), 0)
    >>> rows.tolist(), numbers.tolist()
    ([[5, 6], [7, 8]], [1, 0, 1])
    """
    rows = np.ascontiguousarray(np.moveaxis(x, axis, 0).reshape(x.shape[axis], -1))
    first: dict[bytes, int] = {}
    of_row = np.array([first.setdefault(row.tobytes(), i) for i, row in enumerate(rows)])
    different = np.array(list(first.values()))
    order = different[np.argsort(rows[different, 0], kind="stable")]
    number = np.empty(len(rows), np.int64)
    number[order] = np.arange(len(order))
    return rows[order], number[of_row]
