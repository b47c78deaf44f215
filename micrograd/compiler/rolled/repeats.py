"""Repeated targets: where an operand has one number at several places along an axis.

Rule: what these places owe it is one sum, with a column for each number that it is multiplied with.
So the gradient of all pairs of some rows with some others is a product of matrices.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from micrograd.compiler.lines import distinct, line
from micrograd.compiler.rolled.blocks import Array, Places, Terms, is_places
from micrograd.compiler.rolled.owed import Owed

DENSEST = 0.4  # the fraction of products that must be there, for all of them to be computed

NewZero = Callable[[], int]  # returns the place of a 0, for products that are not there


def with_single_targets(owed: Owed, live: np.ndarray, new_zero: NewZero) -> Owed:
    """Return the same where each target stands once, if one axis repeats whole rows of them.

    Only the targets that are `live` count; the others receive no grad.
    """
    targets = owed.targets if live.all() else np.where(live, owed.targets, -1)
    if all_differ(targets) or any(x.shape[-1] > 1 for x in owed.terms.factors):
        return owed
    for axis in range(targets.ndim):
        if len(distinct(line(targets, axis))) == targets.shape[axis]:
            continue  # no row is another one
        rows, group = numbered_rows(targets, axis)
        if len(rows) < len(group) and all_differ(rows):
            return group_targets(owed, axis, group, new_zero) or owed
    return owed


def all_differ(targets: Places) -> bool:
    """Return whether no target, other than -1, stands twice."""
    flat = targets.ravel()
    if flat.min(initial=0) < 0:
        flat = flat[flat >= 0]
    if not len(flat):
        return True
    first = flat.min()
    marks = np.zeros(int(flat.max() - first) + 1, bool)
    marks[flat - first] = True
    return len(flat) == int(np.count_nonzero(marks))


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


def group_targets(owed: Owed, axis: int, group: Places, new_zero: NewZero) -> Owed | None:
    """Return what is owed where the places along the axis with one group number are one target."""
    factors = [np.moveaxis(x, axis, 0)[..., 0] for x in owed.terms.factors]
    if all(len(x) == 1 for x in factors):
        return None
    columns, partner = columns_of(factors, group)
    box = box_of(group, columns)
    if box is None and partner is not None:
        partner, box = None, box_of(group, ranks_within(group))
    if box is None:
        return None
    targets = np.moveaxis(owed.targets, axis, 0)[box.max(axis=2)]
    products = [spread(x, box, i == partner) for i, x in enumerate(factors)]
    if (box < 0).any():
        own = [i for i, x in enumerate(factors) if len(x) > 1 and i != partner]
        if not own:
            return None
        products[own[0]] = with_zeros(products[own[0]], box, new_zero)
    return Owed(targets, Terms(owed.terms.negative, products))


def spread(x: Array, box: Places, is_partner: bool) -> Array:
    """Return a factor as components x groups x the other axes x columns.

    The partner has one number for each column, whatever the group.
    """
    if len(x) == 1:
        return x[None, ..., None]
    if is_partner:
        return np.moveaxis(x[box.max(axis=1)], 1, -1)[:, None]
    return np.moveaxis(x[np.maximum(box, 0)], 2, -1)


def with_zeros(x: Array, box: Places, new_zero: NewZero) -> Array:
    """Return a factor that is 0 wherever the box has no product."""
    missing = np.moveaxis((box < 0).reshape(*box.shape, *(1,) * (x.ndim - 3)), 2, -1)
    return np.where(missing, new_zero() if is_places(x) else 0.0, x)


def columns_of(factors: list[Array], group: Places) -> tuple[Places, int | None]:
    """Return (a column for each place along the axis, the factor with one number a column)."""
    fewest, columns, partner = len(group), ranks_within(group), None
    for i, x in enumerate(factors if len(factors) > 1 else ()):
        if len(x) > 1:
            rows, numbers = numbered_rows(x, 0)
            if len(rows) < fewest:
                fewest, columns, partner = len(rows), numbers, i
    return columns, partner


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
    if len(distinct(flat)) < len(flat) or len(flat) < DENSEST * np.prod(shape):
        return None
    box = np.full(shape, -1)
    box.ravel()[flat] = np.arange(len(flat))
    is_full = (box.max(axis=2) >= 0).all() and (box.max(axis=1) >= 0).all()
    return box if is_full else None


def components(group: Places, columns: Places) -> Places:
    """Return the number of the component of each place: 0, 1 and so on."""
    label, before = group.copy(), None
    while before is None or (label != before).any():
        before = label
        for key in (columns, group):
            least = np.full(int(key.max()) + 1, len(group))
            np.minimum.at(least, key, label)
            label = least[key]
    return np.unique(label, return_inverse=True)[1].ravel()


def rank_in(part: Places, x: Places) -> Places:
    """Return the rank of each number among those of its part."""
    pairs, inverse = np.unique(np.stack([part, x]), axis=1, return_inverse=True)
    ranks = np.arange(pairs.shape[1]) - np.searchsorted(pairs[0], pairs[0])
    return np.asarray(ranks[inverse.ravel()])
