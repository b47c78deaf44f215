"""Grids and accesses of kernels whose operands are arrays of places.

Rule: an array has an axis for each of the grid, 1 long where it is the same along one, and a last
one for the terms. Axes are split where that makes places affine, and merged where they go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from micrograd.compiler.access import Access, Grid, common_grid
from micrograd.compiler.lines import line, without_repeats
from micrograd.compiler.rolled.blocks import Array, Places, is_places

Shaped = tuple[Grid, list[Array]]  # a grid, and arrays of its axes


def best_grid(shape: Grid, arrays: Sequence[Array]) -> Shaped:
    """Return the grid in which most places are affine, and the arrays in it."""
    return merge_axes(*split_axes(*drop_short_axes(shape, arrays)))


def drop_short_axes(shape: Grid, arrays: Sequence[Array]) -> Shaped:
    """Return both without the axes of the grid that are 1 long."""
    short = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return tuple(size for size in shape if size > 1), [x.squeeze(short) for x in arrays]


def split_axes(shape: Grid, arrays: Sequence[Array]) -> Shaped:
    """Return both with each axis split along which places are not affine, if two axes help."""
    axes: list[Grid] = []
    for axis, size in enumerate(shape):
        long = [x for x in arrays if x.shape[axis] > 1 and is_places(x)]
        lines = [line(x, axis) for x in long]
        is_affine = all(stride_of(x) is not None for x in lines)
        axes.append((size,) if is_affine else common_grid(lines, partly=True))
    grid = tuple(n for sizes in axes for n in sizes)
    if len(grid) == len(shape):
        return shape, list(arrays)
    return grid, [without_repeats(with_axes(x, axes), end=len(grid)) for x in arrays]


def stride_of(places: Places) -> int | None:
    """Return the stride from each place to the next, or None if it varies.

    >>> stride_of(np.array([3, 5, 7])), stride_of(np.array([3, 5, 8]))
    (2, None)
    """
    if len(places) < 2:
        return 0
    # np.diff and all() take three times as long for a short line.
    strides = places[1:] - places[:-1]
    is_same = not np.count_nonzero(strides != strides[0])
    return int(strides[0]) if is_same else None


def with_axes(x: Array, axes: Sequence[Grid]) -> Array:
    """Return the array with several axes in place of each."""
    shape: list[int] = []
    for size, sizes in zip(x.shape, axes):
        shape += sizes if size > 1 else (1,) * len(sizes)
    return x.reshape(*shape, *x.shape[len(axes) :])


def merge_axes(grid: Grid, arrays: Sequence[Array]) -> Shaped:
    """Return both with two axes as one wherever every array goes on from one to the other."""
    arrays = list(arrays)
    for axis in range(len(grid) - 2, -1, -1):
        if all(goes_on(x, axis) for x in arrays):
            grid = merged_shape(grid, axis)
            arrays = [x.reshape(merged_shape(x.shape, axis)) for x in arrays]
    return grid, arrays


def merged_shape(shape: Grid, axis: int) -> Grid:
    """Return the shape with an axis and the next one as one."""
    whole = shape[axis] * shape[axis + 1]
    return (*shape[:axis], whole, *shape[axis + 2 :])


def goes_on(x: Array, axis: int) -> bool:
    """Return whether an axis and the next one are affine as one."""
    outer, inner = x.shape[axis : axis + 2]
    if outer == inner == 1:
        return True
    if 1 in (outer, inner) or not is_places(x):
        return False
    stride = stride_of(line(x, axis + 1))
    if stride is None or stride_of(line(x, axis)) != stride * inner:
        return False
    whole = x.reshape(merged_shape(x.shape, axis))
    return bool((np.diff(whole, axis=axis) == stride).all())


# ---------------------------------------------------------------------------------------- accesses


def affine(kind: str, x: Places) -> Access | None:
    """Return the affine access to these places, None if they are not affine."""
    base = int(x.flat[0])
    lines = [stride_of(line(x, axis)) for axis in range(x.ndim)]
    if None in lines:
        return None
    strides = [stride for stride in lines if stride is not None]
    fitted = np.array(base)
    for stride, size in zip(strides, x.shape):
        fitted = np.add.outer(fitted, stride * np.arange(size))
    if not (fitted == x).all():
        return None
    return Access(kind, base, tuple(strides[:-1]), strides[-1])


def separable(kind: str, x: Places, grid: Grid) -> Access | None:
    """Return an access that adds an offset by member and one by term, None if none fits."""
    first, members = x[(0,) * (x.ndim - 1)], x[..., :1]
    if not (x - members == first - first[0]).all():
        return None
    access = affine(kind, members) or by_member(kind, members[..., 0], grid)
    stride = stride_of(first)
    if stride is None:
        return replace(access, term_offsets=first - first[0])
    return replace(access, term_stride=stride)


def by_member(kind: str, x: Places, grid: Grid) -> Access:
    base = int(x.flat[0])
    offsets = np.broadcast_to(x, grid).ravel() - base
    strides = (0,) * len(grid)
    return Access(kind, base, strides, member_offsets=offsets)


def by_table(kind: str, x: Places, grid: Grid) -> Access:
    base, terms = int(x.flat[0]), x.shape[-1]
    places = np.broadcast_to(x, (*grid, terms)).reshape(-1, terms)
    return Access(kind, base, offset_table=places - base)


def simplest(kind: str, x: Places, grid: Grid) -> Access:
    """Return the simplest access to these places."""
    return affine(kind, x) or separable(kind, x, grid) or by_table(kind, x, grid)
