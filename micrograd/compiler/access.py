"""Accesses: where an operand of a kernel stands in memory, as a function of member and term.

Rule: the members of a kernel form a grid, chosen so that nearly always the place of an operand is
an affine function of the grid index and of the number of the term. The simplest form that fits
is taken.
"""

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from micrograd.ops import Op, detach

CONSTANT: str = "constant"
SHARED: str = "shared"
VARYING: str = "varying"
Grid = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Access:
    """Where an operand of a kernel stands, for each member and each term.

    The place is base + the sum of stride * index over the grid's axes + term_stride * term. Where
    that does not fit, arrays of offsets are added to the base: `member_offsets` (one for each
    member), `term_offsets` (one for each term) or `offset_table` (one for each pair of them).
    """

    kind: str
    base: int = 0
    strides: tuple[int, ...] = ()
    term_stride: int = 0
    number: float = 0.0  # of a constant that is the same everywhere
    member_offsets: np.ndarray | None = None
    term_offsets: np.ndarray | None = None
    offset_table: np.ndarray | None = None

    def form(self) -> Hashable:
        """Return all of it but the base."""
        tables = (self.member_offsets, self.term_offsets, self.offset_table)
        contents = [None if x is None else hashlib.sha256(x.tobytes()).digest() for x in tables]
        return (self.kind, self.strides, self.term_stride, self.number.hex(), *contents)

    def __str__(self) -> str:
        if self.kind == CONSTANT:
            return repr(self.number)
        if self.offset_table is not None:
            return "table"
        return (
            "affine" if self.member_offsets is None and self.term_offsets is None else "separable"
        )

    def leaves(self) -> list["Access"]:
        """Return the accesses to memory that the operand needs: this one."""
        return [self]


@dataclass(frozen=True, eq=False)
class Computed(Access):
    """An operand that no memory has: it is computed where it is read, as an op of others."""

    op: Op = detach
    inputs: tuple[Access, ...] = ()

    def leaves(self) -> list[Access]:
        return [leaf for x in self.inputs for leaf in x.leaves()]

    def form(self) -> Hashable:
        return (self.op.name, *[x.form() for x in self.inputs])

    def __str__(self) -> str:
        return f"{self.op.name} of {', '.join(dict.fromkeys(map(str, self.inputs)))}"


def fit_access(kind: str, places: np.ndarray, grid: Grid) -> Access:
    """Return the simplest access that gives these places, an array of members x terms."""
    members, terms = places[:, 0], places[0] - places[0, 0]
    if not is_separable(places):
        return Access(kind, offset_table=places)
    strides = affine_strides(members, grid)
    term_stride = int(terms[1]) if len(terms) > 1 else 0
    is_regular = (terms == term_stride * np.arange(len(terms))).all()
    in_terms: dict[str, Any] = (
        {"term_stride": term_stride} if is_regular else {"term_offsets": terms}
    )
    if strides is None:
        return Access(kind, strides=(0,) * len(grid), member_offsets=members, **in_terms)
    return Access(kind, base=int(members[0]), strides=strides, **in_terms)


def is_separable(places: np.ndarray) -> bool:
    """Return whether each place, of members x terms, is an offset by member and one by term."""
    offsets = places - places[:, :1]
    return bool((offsets == offsets[0]).all())


def affine_strides(members: np.ndarray, grid: Grid) -> tuple[int, ...] | None:
    """Return the stride along each axis of the grid, or None if the places are not affine."""
    box = members.reshape(grid)
    strides: list[int] = []
    fitted = np.full(grid, box.flat[0])
    for axis, size in enumerate(grid):
        second = tuple(1 if a == axis else 0 for a in range(len(grid)))
        stride = int(box[second] - box.flat[0]) if size > 1 else 0
        strides.append(stride)
        shape = [-1 if a == axis else 1 for a in range(len(grid))]
        fitted = fitted + stride * np.arange(size).reshape(shape)
    return tuple(strides) if (fitted == box).all() else None


def linear_stride(access: Access, grid: Grid) -> int | None:
    """Return the stride from each member to the next, None if it is not the same for all.

    >>> linear_stride(Access(SHARED, 7, (6, 2)), (4, 3))
    2
    """
    if access.kind == CONSTANT:
        return 0
    if str(access) != "affine":
        return None
    stride, size = 0, 1
    for axis in reversed(range(len(grid))):
        if size == 1:
            stride = access.strides[axis]
        elif grid[axis] > 1 and access.strides[axis] != stride * size:
            return None
        size *= grid[axis]
    return stride if size > 1 else 1


def places_of(access: Access, grid: Grid, terms: int) -> np.ndarray:
    """Return the places of an access, grid x terms; 1 long along an axis it does not depend on.

    >>> places_of(Access(SHARED, 10, (0, 1), term_stride=5), (2, 3), 2).tolist()
    [[[10, 15], [11, 16], [12, 17]]]
    """
    if access.offset_table is not None:
        return access.base + access.offset_table.reshape(*grid, -1)
    axes = [*zip(grid, access.strides), (terms, access.term_stride)]
    places = np.full((1,) * len(axes), access.base)
    for axis, (size, stride) in enumerate(axes):
        if stride:
            shape = [-1 if a == axis else 1 for a in range(len(axes))]
            places = places + (stride * np.arange(size)).reshape(shape)
    if access.member_offsets is not None:
        places = places + access.member_offsets.reshape(*grid, 1)
    if access.term_offsets is not None:
        places = places + access.term_offsets
    return places


def ascending(accesses: Sequence[Access], terms: int) -> tuple[Access, ...]:
    """Reverse the order of the terms if all places descend, so that loads become contiguous."""
    for access in accesses:
        regular = access.term_offsets is None and access.offset_table is None
        if access.term_stride > 0 or not regular:
            return tuple(accesses)
    return tuple(
        replace(a, base=a.base + a.term_stride * (terms - 1), term_stride=-a.term_stride)
        for a in accesses
    )


# -------------------------------------------------------------------------------------------- grids


def common_grid(columns: Sequence[np.ndarray], partly: bool = False) -> Grid:
    """Return a grid of the members in which as many columns as possible are affine.

    A column has the place of one operand for each member. The last axis is the innermost. With
    `partly`, inner axes count also where the outer ones are not affine.

    >>> common_grid([np.array([0, 1, 2, 10, 11, 12])])
    (2, 3)
    """
    count = len(columns[0])
    sizes: list[int] = []
    for column in columns:
        merged = sorted({*sizes, *periods(column, partly)})
        if all(outer % inner == 0 for inner, outer in pairwise([*merged, count])):
            sizes = merged
    grid = [outer // inner for inner, outer in pairwise([1, *sizes, count]) if outer != inner]
    return tuple(reversed(grid))


def periods(column: np.ndarray, partly: bool = False) -> list[int]:
    """Return after how many members each axis of the column's own grid repeats, inner axes first.

    If there is no such grid there are none; with `partly`, those that were found.

    >>> periods(np.array([0, 1, 2, 10, 11, 12]))
    [3]
    """
    sizes: list[int] = []
    size = 1
    while len(column) > 2:
        strides = np.diff(column)
        breaks = np.flatnonzero(strides != strides[0])
        if not len(breaks):
            return sizes
        run = int(breaks[0]) + 1
        is_grid = len(column) % run == 0
        rows = column.reshape(-1, run) if is_grid else column[None]
        if not is_grid or not (rows - rows[:, :1] == rows[0] - rows[0, 0]).all():
            return sizes if partly else []
        size *= run
        sizes.append(size)
        column = rows[:, 0]
    return sizes
