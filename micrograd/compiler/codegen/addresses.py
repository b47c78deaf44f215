"""Addresses: how a kernel loads its operands and stores its results, in lanes or one by one.

Rule: an index has an integer for each axis of the loop nest: the axes of the kernel's grid, the
examples ("e") and the terms of a sum ("k"). Whatever is neither a broadcast nor contiguous is
gathered, one lane at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from micrograd.compiler.access import CONSTANT, VARYING, Access, Computed, Grid
from micrograd.compiler.codegen.code import Code
from micrograd.compiler.codegen.lanes import Int, Lanes
from micrograd.compiler.codegen.llvm import Pointer
from micrograd.compiler.codegen.lowering_rules import Rules
from micrograd.compiler.codegen.unit import Buffer
from micrograd.compiler.plan import Kernel

EXAMPLES, TERMS = "e", "k"
AxisName = int | str  # the number of an axis of the grid, or one of the two above
Index = dict[AxisName, Int]


class Table(NamedTuple):
    """Offsets that are stored with the machine code, 1 long along each axis with a stride."""

    pointer: Pointer
    strides: Grid
    shape: Grid


@dataclass(frozen=True, eq=False)
class Context:
    """The function that the code of kernels stands in, and what is the same for all of them."""

    code: Code
    rules: Rules
    exact: bool
    lanes: int
    block: int  # how many examples are computed together
    rows: list[tuple[int, Buffer, int]]  # varying inputs: (first slot, its buffer, how many)
    data: dict[tuple[int, Grid], Table]  # in the machine code, by the id of their offsets
    memory: Pointer  # the shared numbers
    examples: Pointer  # the slots, each with a number for every example of the block
    first: Int  # the number of the first example of the block
    here: Int  # how many examples the block has
    order: Pointer | None  # to the row of each example
    bases: dict[int, Int] = field(default_factory=dict)  # of accesses, where they are arguments

    def row_start(self, buffer: Buffer, example: Int) -> Int:
        """Return where the row of an example begins."""
        if buffer.ordered and self.order is not None:
            example = self.code.load_int(self.order, example)
        return example * buffer.stride + buffer.offset

    def load_offset(self, offsets: np.ndarray, shape: Grid, index: Sequence[Int]) -> Int:
        """Return an entry of a table, given its index along each axis of the shape."""
        key = id(offsets), shape
        if key not in self.data:
            strides, rest = without_affine_axes(offsets.reshape(shape))
            self.data[key] = Table(self.code.data(rest.ravel().tolist()), strides, rest.shape)
        table, place = self.data[key], self.code.integer(0)
        offset = self.code.integer(0)
        for i, stride, size in zip(index, table.strides, table.shape):
            if size > 1:
                place = place * size + i
            elif stride:
                offset = offset + i * stride
        return offset + self.code.load_int(table.pointer, place)


@dataclass(frozen=True)
class Point:
    """An accumulator in the loop nest: its index on each axis, and its offset in the tile."""

    index: Index
    offset: dict[AxisName, int]
    lanes: int
    lane_axis: AxisName | None


class Addresses:
    """Loads and stores of one kernel."""

    def __init__(self, context: Context, kernel: Kernel):
        self.context, self.code, self.kernel = context, context.code, kernel

    def stride(self, access: Access, axis: AxisName | None) -> int | None:
        """Return the distance between consecutive lanes along the axis, or None if it varies."""
        varies = access.kind == VARYING
        if access.kind == CONSTANT:
            return 0
        if access.offset_table is not None:
            return 0 if axis == EXAMPLES and not varies else None
        if axis == EXAMPLES:
            return 1 if varies else 0
        scale = self.context.block if varies else 1
        if axis == TERMS:
            return None if access.term_offsets is not None else access.term_stride * scale
        assert isinstance(axis, int)
        return None if access.member_offsets is not None else access.strides[axis] * scale

    def row_source(self, access: Access) -> tuple[int, Buffer] | None:
        """Return (slot of the first number, its buffer) if the operands are neighbours in a row."""
        regular = access.member_offsets is None and access.offset_table is None
        if access.kind != VARYING or not regular:
            return None
        ends = [(size - 1) * stride for size, stride in zip(self.kernel.grid, access.strides)]
        low = access.base + sum(x for x in ends if x < 0)
        high = access.base + sum(x for x in ends if x > 0)
        for slot, buffer, length in self.context.rows:
            if slot <= low and high < slot + length:
                return slot, buffer
        return None

    # ---------------------------------------------------------------------------- loads and stores

    def fetch(
        self, access: Access, point: Point, term: Int | None = None, lanes: int | None = None
    ) -> Lanes:
        """Return the operand at a point, in lanes. With `lanes`, these are terms from `term` on."""
        if isinstance(access, Computed):
            inputs = [self.fetch(x, point) for x in access.inputs]
            return self.context.rules[access.op](*inputs)
        if lanes:
            return self.load(access, point, term, lanes, TERMS)
        return self.load(access, point, term, point.lanes, point.lane_axis)

    def load(
        self, access: Access, point: Point, term: Int | None, lanes: int, axis: AxisName | None
    ) -> Lanes:
        code, kernel = self.code, self.kernel
        if access.kind == CONSTANT:
            return code.number(access.number, lanes)
        if kernel.reduces and axis not in (TERMS, EXAMPLES, None) and depends_on(access, axis):
            return self.load_from_row(access, point, lanes)
        index = {**point.index, TERMS: code.integer(0) if term is None else term}
        array = self.array_of(access)
        stride = self.stride(access, axis) if lanes > 1 else 0
        if stride == 0:
            return code.broadcast(code.load(array, self.address(access, index)), lanes)
        if stride == 1:
            return code.load(array, self.address(access, index), lanes)
        assert axis is not None
        return code.gather(array, self.lane_addresses(access, index, axis, lanes))

    def load_from_row(self, access: Access, point: Point, lanes: int) -> Lanes:
        """Return numbers that stand side by side in an example's row, as it was given."""
        source = self.row_source(access)
        assert source is not None
        slot, buffer = source
        row = self.context.row_start(buffer, self.context.first + point.index[EXAMPLES])
        place = row + self.affine_part(access, point.index) - slot
        return self.code.load(self.code.array(buffer.array), place, lanes)

    def store(self, point: Point, x: Lanes) -> None:
        """Store the kernel's result at a point."""
        code, access = self.code, self.kernel.result
        array = self.array_of(access)
        x = code.broadcast(x, point.lanes)
        if point.lanes == 1 or self.stride(access, point.lane_axis) == 1:
            code.store(x, array, self.address(access, point.index))
        else:
            assert point.lane_axis is not None
            where = self.lane_addresses(access, point.index, point.lane_axis, point.lanes)
            code.scatter(x, array, where)

    def array_of(self, access: Access) -> Pointer:
        return self.context.examples if access.kind == VARYING else self.context.memory

    # ----------------------------------------------------------------------------------- addresses

    def lane_addresses(self, access: Access, index: Index, axis: AxisName, lanes: int) -> list[Int]:
        indices = [{**index, axis: index[axis] + lane} for lane in range(lanes)]
        return [self.address(access, lane_index) for lane_index in indices]

    def address(self, access: Access, index: Index) -> Int:
        context, term = self.context, index.get(TERMS, self.code.integer(0))
        grid = self.kernel.grid
        member = [index[axis] for axis in range(len(grid))]
        place = self.affine_part(access, index)
        if access.term_stride:
            place = place + term * access.term_stride
        if access.member_offsets is not None:
            place = place + context.load_offset(access.member_offsets, grid, member)
        if access.term_offsets is not None:
            terms = access.term_offsets.shape
            place = place + context.load_offset(access.term_offsets, terms, [term])
        if access.offset_table is not None:
            shape = (*grid, access.offset_table.shape[1])
            place = place + context.load_offset(access.offset_table, shape, [*member, term])
        if access.kind == VARYING:
            place = place * context.block + index[EXAMPLES]
        return place

    def affine_part(self, access: Access, index: Index) -> Int:
        """Return the access's base plus stride times index along each axis of the grid."""
        base = self.context.bases.get(id(access))
        place = self.code.integer(access.base) if base is None else base
        for axis, stride in enumerate(access.strides):
            if stride:
                place = place + index[axis] * stride
        return place


def without_affine_axes(offsets: np.ndarray) -> tuple[Grid, np.ndarray]:
    """Return (the stride along each axis, 0 where it varies, and the offsets without the others).

    >>> strides, rest = without_affine_axes(np.array([[0, 7, 1], [5, 12, 6]]))
    >>> strides, rest.tolist()
    ((5, 0), [[0, 7, 1]])
    """
    strides = []
    for axis in range(offsets.ndim):
        distances = np.diff(offsets, axis=axis)
        is_affine = bool(distances.size) and bool((distances == distances.flat[0]).all())
        strides.append(int(distances.flat[0]) if is_affine else 0)
        if is_affine:
            offsets = offsets.take([0], axis)
    return tuple(strides), offsets


def depends_on(access: Access, axis: AxisName | None) -> bool:
    """Return whether the operand is another one further along the axis."""
    if isinstance(access, Computed):
        return any(depends_on(x, axis) for x in access.inputs)
    if access.kind == CONSTANT:
        return False
    if axis == EXAMPLES:
        return access.kind == VARYING
    if access.offset_table is not None or access.member_offsets is not None:
        return True
    return isinstance(axis, int) and bool(access.strides[axis])
