"""Repeated targets: where an operand has one number at several places along an axis.

Rule: what these places owe it is one sum, with a column for each number that it is multiplied with.
So the gradient of all pairs of some rows with some others is a product of matrices.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from micrograd.compiler.lines import distinct, line
from micrograd.compiler.rolled.blocks import Array, Places, Terms, is_places
from micrograd.compiler.rolled.boxes import box_of, numbered_rows, ranks_within
from micrograd.compiler.rolled.owed import Owed

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
    if len(factors) == 1:
        return columns, None
    for i, x in enumerate(factors):
        if len(x) > 1:
            rows, numbers = numbered_rows(x, 0)
            if len(rows) < fewest:
                fewest, columns, partner = len(rows), numbers, i
    return columns, partner
