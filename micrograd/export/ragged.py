"""Sums of unequal length as one padded sum, and products of some rows with some others as all.

Rule: only sums of products are completed. The products that are added are finite where the numbers
are, and their grads are 0; an `exp` of a number that nobody asked for could overflow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from micrograd.compiler import (
    CONSTANT,
    EXTREMES,
    SHARED,
    VARYING,
    Grid,
    Kernel,
    Segment,
    places_of,
)

MOST = 8  # products are completed if all are at most so many times those that are wanted


class Form(NamedTuple):
    """The form of a term: whether it is subtracted, and (kind, number) of each factor."""

    negative: bool
    factors: tuple[tuple[str, float], ...]


ZERO = Form(False, ((CONSTANT, 0.0),))  # of a term that adds nothing


def form(segment: Segment) -> Form:
    """Return what the terms of a segment have in common: the sign, and the factors' kinds."""
    factors = [(f.kind, f.number if f.kind == CONSTANT else 0.0) for f in segment.factors]
    return Form(segment.negative, tuple(factors))


def forms(kernel: Kernel) -> list[Form]:
    """Return the forms of the kernel's terms, each once."""
    return list(dict.fromkeys(map(form, kernel.segments)))


def first_alike(kernels: Sequence[Kernel], is_padded: Callable[[Kernel], bool]) -> list[Kernel]:
    """Return the first kernels that are the same sums but for the number of their terms.

    None of them reads what another one writes. `is_padded` says whether some terms of a sum are
    always 0: it is several sums of unequal length already.
    """
    group = list(kernels[:1])
    for kernel in kernels[1:]:
        if not joins(group, kernel, is_padded):
            break
        group.append(kernel)
    return group


def joins(group: list[Kernel], kernel: Kernel, is_padded: Callable[[Kernel], bool]) -> bool:
    """Return whether the kernel is one more of the group."""
    first = group[0]
    if first.op is not kernel.op or first.op not in (None, *EXTREMES):
        return False
    same_rows = [have_same_rows(other, kernel, is_padded) for other in group]
    if first.varies != kernel.varies or not all(same_rows):
        return False
    if length(kernel) in set(map(length, group)) or kinds_of(first) != kinds_of(kernel):
        return False
    if first.op and len(kinds_of(first)) > 1:
        return False  # the inputs of extremes are read as one array
    written = np.concatenate([slots_of(other).ravel() for other in group])
    return not np.isin(written, places_read(kernel)).any()


def have_same_rows(first: Kernel, kernel: Kernel, is_padded: Callable[[Kernel], bool]) -> bool:
    """Return whether both have the same grid, or one of two sums has several rows of it."""
    if first.grid == kernel.grid:
        return True
    small, large = sorted((first, kernel), key=lambda kernel: prod(kernel.grid))
    return not first.op and has_rows(large.grid, small.grid) and is_padded(large)


def has_rows(grid: Grid, row: Grid) -> bool:
    """Return whether a grid consists of such rows.

    >>> has_rows((15, 2, 8), (2, 8)), has_rows((30,), (2,)), has_rows((30, 2), (2,))
    (True, True, True)
    """
    if len(grid) == len(row) == 1:
        return grid[0] % row[0] == 0
    return grid[1:] == row


def common_row(kernels: Sequence[Kernel]) -> Grid:
    """Return the smallest of their grids, of which the others have several rows."""
    return min((kernel.grid for kernel in kernels), key=prod)


def places_read(kernel: Kernel) -> np.ndarray:
    """Return the places that a kernel reads of the memory that it writes to."""
    terms = most_terms(kernel)
    places = [np.zeros(0, np.int64)]
    for access in kernel.accesses():
        if access.kind == kernel.result.kind:
            places.append(places_of(access, kernel.grid, terms).ravel())
    return np.concatenate(places)


def length(kernel: Kernel) -> int:
    """Return the number of its terms, or of its inputs."""
    return kernel.terms or len(kernel.inputs)


def kinds_of(kernel: Kernel) -> set[Any]:
    """Return the forms of its terms, or the kinds of its inputs."""
    return set(forms(kernel)) or {access.kind for access in kernel.inputs}


def most_terms(kernel: Kernel) -> int:
    return max([1, *(segment.terms for segment in kernel.segments)])


def rows_of_slots(kernels: Sequence[Kernel]) -> np.ndarray:
    """Return where the results of kernels that are alike stand, rows x grid of a row."""
    row = common_row(kernels)
    return np.concatenate([slots_of(kernel).reshape(-1, *row) for kernel in kernels])


def kind_of(kernel: Kernel) -> str:
    """Return the memory in which the results of a kernel stand."""
    return VARYING if kernel.varies else SHARED


def slots_of(kernel: Kernel) -> np.ndarray:
    """Return where the results of a kernel stand, in the shape of its grid."""
    return np.broadcast_to(places_of(kernel.result, kernel.grid, 1)[..., 0], kernel.grid)


def padded_slots(kernels: Sequence[Kernel], terms: Form) -> list[np.ndarray]:
    """Return the places of each factor of these terms, rows x grid of a row x terms.

    Where a kernel has fewer terms than another, its places are -1.
    """
    factors = []
    row = common_row(kernels)
    for i in range(len(terms.factors)):
        parts = [places_in(kernel, terms, i) for kernel in kernels]
        most = max(part.shape[-1] for part in parts)
        rows = [padded(part, most).reshape(-1, *row, most) for part in parts]
        factors.append(np.concatenate(rows))
    return factors


def places_in(kernel: Kernel, terms: Form, factor: int) -> np.ndarray:
    """Return the places of one factor of all terms of that form, grid x terms."""
    pieces = []
    for segment in kernel.segments:
        if form(segment) == terms:
            places = places_of(segment.factors[factor], kernel.grid, segment.terms)
            pieces.append(np.broadcast_to(places, (*kernel.grid, segment.terms)))
    return np.concatenate(pieces, axis=-1)


def padded(row: np.ndarray, length: int) -> np.ndarray:
    widths = [(0, 0)] * (row.ndim - 1) + [(0, length - row.shape[-1])]
    return np.pad(row, widths, constant_values=-1)


def repeated_slots(kernels: Sequence[Kernel]) -> np.ndarray:
    """Return the places of all inputs, inputs x kernels x grid, of extremes of any lengths.

    Where a kernel has fewer inputs than another, its last one is repeated.
    """
    most = max(map(length, kernels))
    columns = []
    for kernel in kernels:
        inputs = [*kernel.inputs, *[kernel.inputs[-1]] * (most - len(kernel.inputs))]
        places = [places_of(access, kernel.grid, 1)[..., 0] for access in inputs]
        columns.append(np.stack([np.broadcast_to(x, kernel.grid) for x in places]))
    return np.stack(columns, axis=1)


def fill_in(places: np.ndarray) -> np.ndarray:
    """Return the places with those of another kernel, which has more terms, in place of -1."""
    return np.where(places < 0, places.max(0, keepdims=True), places)


# -------------------------------------------------------------------------------- all with all


class AllPairs(NamedTuple):
    """Rows in groups, each row of a group to be multiplied by each on the other side."""

    kinds: tuple[str, str]  # of the two factors
    left: np.ndarray  # places, groups x rows x terms
    right: np.ndarray
    members: np.ndarray  # which of groups x rows x rows each member of the kernel is


def all_pairs(kernel: Kernel) -> AllPairs | None:
    """Return a kernel of products of rows as groups in which each row meets each, or None.

    The scores of causal attention are such: each position meets those before it alone.
    """
    segment = one_long_segment(kernel)
    if segment is None:
        return None
    members = prod(kernel.grid)
    sides = [places_of(f, kernel.grid, segment.terms) for f in segment.factors]
    if any(places.shape != (*kernel.grid, segment.terms) for places in sides):
        return None
    sides = [places.reshape(members, segment.terms) for places in sides]
    (left, u), (right, v) = (np.unique(places, axis=0, return_inverse=True) for places in sides)
    u, v = u.ravel(), v.ravel()
    if members in (len(left), len(right)):
        return None
    group, other = groups_that_meet(u, v, len(left), len(right))
    n, p = even_groups(group)
    _, q = even_groups(other)
    if not 0 < p * q * n <= MOST * members:
        return None
    order, order_right = np.argsort(group, kind="stable"), np.argsort(other, kind="stable")
    place, place_right = np.argsort(order), np.argsort(order_right)
    return AllPairs(
        (segment.factors[0].kind, segment.factors[1].kind),
        left[order].reshape(n, p, -1),
        right[order_right].reshape(n, q, -1),
        place[u] * q + place_right[v] % q,
    )


def even_groups(group: np.ndarray) -> tuple[int, int]:
    """Return how many groups there are, and the size of each; 0 if sizes differ."""
    names, sizes = np.unique(group, return_counts=True)
    return len(names), int(sizes[0]) if (sizes == sizes[0]).all() else 0


def one_long_segment(kernel: Kernel) -> Segment | None:
    """Return the segment of a kernel that is one sum of products of two arrays, else None."""
    segments = [segment for segment in kernel.segments if form(segment) != ZERO]
    if kernel.op or len(segments) != 1:
        return None
    (segment,) = segments
    is_product = len(segment.factors) == 2 and all(f.kind != CONSTANT for f in segment.factors)
    return segment if is_product and segment.terms > 1 and not segment.negative else None


def groups_that_meet(
    u: np.ndarray,
    v: np.ndarray,
    left: int,
    right: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the group of each row on the left and on the right, given the pairs that meet.

    Rows that meet, directly or through others, are of one group.
    """
    group, other = np.arange(left), np.full(right, left)
    while True:
        np.minimum.at(other, v, group[u])
        before = group.copy()
        np.minimum.at(group, u, other[v])
        if (group == before).all():
            return group, other
