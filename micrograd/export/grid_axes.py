"""The axes of a kernel's grid: in the order in which a target returns them, and cut along one.

Rule: of a product of matrices, the axes on which the numbers of an example depend come first, and
those of the parameters after them: in any other order a target would transpose the product. One
that reads several arrays of parameters is as many products.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from micrograd.compiler import CONSTANT, SHARED, VARYING, Access, Grid, Kernel, Segment, places_of
from micrograd.export.pieces import breaks

MOST_PRODUCTS = 8  # in place of one: queries, keys and values are three


def with_natural_axes(kernel: Kernel) -> Kernel:
    """Return the kernel with its axes in natural order, if it is a product of matrices."""
    factors = factors_of(kernel)
    if not factors:
        return kernel
    rows, columns = (axes_of(factors[kind], kernel.grid) for kind in (VARYING, SHARED))
    order = [*rows, *(axis for axis in range(len(kernel.grid)) if axis not in rows)]
    if set(rows) & set(columns) or order == sorted(order):
        return kernel
    return transposed(kernel, order)


def axes_of(access: Access, grid: Grid) -> list[int]:
    """Return the axes of the grid on which the place of an operand depends."""
    places = np.broadcast_to(places_of(access, grid, 1)[..., 0], grid)
    return [axis for axis in range(len(grid)) if np.diff(places, axis=axis).any()]


def factors_of(kernel: Kernel) -> dict[str, Access]:
    """Return {kind: factor} of a long sum of products of an example's numbers and parameters."""
    segment = long_products(kernel)
    factors = {access.kind: access for access in segment.factors} if segment else {}
    return factors if factors.keys() == {SHARED, VARYING} else {}


def long_products(kernel: Kernel) -> Segment | None:
    """Return the one segment of a kernel that is a long sum, if it is one of products."""
    long = [segment for segment in kernel.segments if segment.terms > 1]
    return long[0] if len(long) == 1 and len(long[0].factors) == 2 else None


def cut_by_array(kernel: Kernel, owner: np.ndarray) -> list[Kernel]:
    """Return a kernel for each array of parameters that a product of matrices reads.

    `owner` is the number of the array that has each slot of shared memory. It is the kernel alone
    if there is one array, if there are many, or if they differ along more than one axis.
    """
    segment = long_products(kernel)
    if segment is None:
        return [kernel]
    for access in segment.factors:
        if access.kind != SHARED:
            continue
        places = places_of(access, kernel.grid, segment.terms)
        axis, starts = cuts_along(owner[places])
        if 1 < len(starts) <= MOST_PRODUCTS:
            ends = [*starts[1:], kernel.grid[axis]]
            return [part_of(kernel, axis, *run) for run in zip(starts, ends)]
    return [kernel]


def cuts_along(owners: np.ndarray) -> tuple[int, list[int]]:
    """Return the one axis along which owners differ, and where each of them begins.

    >>> cuts_along(np.array([[7, 7], [7, 7], [8, 8]]))
    (0, [0, 2])
    """
    axes = [axis for axis in range(owners.ndim) if np.diff(owners, axis=axis).any()]
    if len(axes) != 1 or np.diff(owners).any():
        return 0, []
    (axis,) = axes
    line = np.moveaxis(owners, axis, -1).ravel()[: owners.shape[axis]]
    starts = [0, *breaks(line, 0).tolist()]
    is_each_once = len(starts) == len(np.unique(line))
    return axis, starts if is_each_once else []


def part_of(kernel: Kernel, axis: int, start: int, end: int) -> Kernel:
    """Return the members of a kernel from one index of an axis of its grid to another.

    An axis of one index is left out.
    """
    grid = list(kernel.grid)
    grid[axis] = end - start
    if end - start == 1:
        del grid[axis]

    def part(table: np.ndarray, columns: int) -> np.ndarray:
        whole = table.reshape(*kernel.grid, columns)
        return whole.take(range(start, end), axis).reshape(-1, columns)

    def there(access: Access) -> Access:
        if access.kind == CONSTANT:
            return access
        offsets, table = access.member_offsets, access.offset_table
        strides, base = access.strides, access.base
        if strides:
            base += start * strides[axis]
        if end - start == 1:
            strides = strides[:axis] + strides[axis + 1 :]
        return replace(
            access,
            base=base,
            strides=strides,
            member_offsets=None if offsets is None else part(offsets, 1).ravel(),
            offset_table=None if table is None else part(table, table.shape[-1]),
        )

    return with_accesses(kernel, tuple(grid), there)


def transposed(kernel: Kernel, order: list[int]) -> Kernel:
    """Return the kernel with the axes of its grid in that order."""

    def move(access: Access) -> Access:
        if access.kind == CONSTANT:
            return access
        offsets, table = access.member_offsets, access.offset_table
        if offsets is not None:
            offsets = offsets.reshape(kernel.grid).transpose(order).ravel()
        if table is not None:
            whole = table.reshape(*kernel.grid, -1)
            whole = whole.transpose(*order, len(order))
            table = whole.reshape(-1, whole.shape[-1])
        strides = access.strides
        if strides:
            strides = tuple(strides[axis] for axis in order)
        return replace(
            access,
            strides=strides,
            member_offsets=offsets,
            offset_table=table,
        )

    return with_accesses(kernel, tuple(kernel.grid[axis] for axis in order), move)


def with_accesses(kernel: Kernel, grid: Grid, move: Callable[[Access], Access]) -> Kernel:
    """Return the kernel with another grid, and each of its accesses as that function returns it."""
    segments = []
    for segment in kernel.segments:
        factors = tuple(map(move, segment.factors))
        segments.append(replace(segment, factors=factors))
    return replace(
        kernel,
        grid=grid,
        result=move(kernel.result),
        inputs=tuple(map(move, kernel.inputs)),
        segments=tuple(segments),
    )
