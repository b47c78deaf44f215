"""The axes of a kernel's grid: in the order in which a target returns them, and cut along one.

Rule: of a product of matrices, the axes on which the numbers of an example depend come first, and
those of the parameters after them: in any other order a target would transpose the product. One
that reads several arrays of parameters is as many products.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from micrograd.compiler import CONSTANT, SHARED, VARYING, Access, Grid, Kernel, places_of

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
    long = [segment for segment in kernel.segments if segment.terms > 1]
    factors = {access.kind: access for segment in long for access in segment.factors}
    is_product = len(long) == 1 and len(long[0].factors) == 2
    return factors if is_product and factors.keys() == {SHARED, VARYING} else {}


def cut_by_array(kernel: Kernel, owner: np.ndarray) -> list[Kernel]:
    """Return a kernel for each array of parameters that a product of matrices reads.

    `owner` is the number of the array that has each slot of shared memory. It is the kernel alone
    if there is one array, if there are many, or if they differ along more than one axis.
    """
    factors = factors_of(kernel)
    if not factors:
        return [kernel]
    (terms,) = (segment.terms for segment in kernel.segments if segment.terms > 1)
    owners = owner[places_of(factors[SHARED], kernel.grid, terms)]
    axes = [axis for axis in range(len(kernel.grid)) if np.diff(owners, axis=axis).any()]
    if len(axes) != 1 or np.diff(owners).any():
        return [kernel]
    (axis,) = axes
    arrays = len(np.unique(owners))
    if arrays < kernel.grid[axis] or arrays > MOST_PRODUCTS:
        return [kernel]
    return [at_index(kernel, axis, i) for i in range(arrays)]


def at_index(kernel: Kernel, axis: int, i: int) -> Kernel:
    """Return the members of a kernel that stand at an index of an axis of its grid."""

    def there(access: Access) -> Access:
        if access.kind == CONSTANT:
            return access
        offsets, table = access.member_offsets, access.offset_table
        if offsets is not None:
            offsets = offsets.reshape(kernel.grid).take(i, axis).ravel()
        if table is not None:
            rows = table.reshape(*kernel.grid, -1).take(i, axis)
            table = rows.reshape(-1, rows.shape[-1])
        stride = access.strides[axis] if access.strides else 0
        return replace(
            access,
            base=access.base + i * stride,
            strides=access.strides[:axis] + access.strides[axis + 1 :],
            member_offsets=offsets,
            offset_table=table,
        )

    return with_accesses(kernel, kernel.grid[:axis] + kernel.grid[axis + 1 :], there)


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
