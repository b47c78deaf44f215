"""Completed arrays: they hold more numbers than are wanted, such as the scores of all pairs.

Rule: what is computed from a completed array number by number is a completed array again, so that
no table has to choose its entries. Numbers that nobody wants are read behind a mask alone, and
stay finite: where an op is not linear, 1 takes their place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any, NamedTuple

import numpy as np

from micrograd import ops
from micrograd.compiler import CONSTANT, Access, Grid, Kernel, places_of, without_repeats
from micrograd.export.dialects import PICK
from micrograd.export.grid_axes import with_accesses
from micrograd.export.memory import Memory
from micrograd.export.ragged import kind_of, slots_of
from micrograd.export.target import inner_shape

Key = tuple[str, bytes]  # of slots in a memory
LINEAR = (None, ops.neg, ops.mul, ops.detach)  # None is a sum; and div by a constant


class Completed(NamedTuple):
    """The slots of a completed array, in its shape, and the place of each that is wanted."""

    slots: np.ndarray
    members: np.ndarray


class CompletedArrays:
    """The completed arrays of a memory, by the slots that are wanted."""

    def __init__(self, memory: Memory, result: Callable[[Kernel], Any]) -> None:
        self.memory, self.target, self.result = memory, memory.target, result
        self.by_slots: dict[Key, Completed] = {}

    def put(self, kind: str, wanted: np.ndarray, x: Any, members: np.ndarray) -> Completed:
        """Note that an array holds what belongs in the slots `wanted`, at the places `members`.

        No place may stand there twice, as what is computed from it could differ.
        """
        shape = inner_shape(x)
        slots = self.memory.new_slots(kind, prod(shape))
        slots[members] = wanted.ravel()
        completed = Completed(slots.reshape(shape), members)
        self.memory.put(kind, completed.slots, x)
        self.by_slots[key_of(kind, wanted)] = completed
        return completed

    def write(self, kernel: Kernel) -> bool:
        """Write a kernel number by number over a completed array; return whether it is one."""
        slots = [slots_by_number(x, kernel.grid) for x in kernel.accesses()]
        keys = [key_of(access.kind, x) for access, x in zip(kernel.accesses(), slots)]
        known = list(map(self.by_slots.get, keys))
        like = next(filter(None, known), None)
        if like is None or not is_by_number(kernel):
            return False
        operands = list(zip(kernel.accesses(), known, slots))
        wholes = [self.whole(*operand, like, is_linear(kernel)) for operand in operands]
        accesses = {id(x): whole for x, whole in zip(kernel.accesses(), wholes) if whole}
        if len(accesses) < len(wholes):
            return False

        def as_whole(access: Access) -> Access:
            return accesses.get(id(access), access)

        x = self.result(with_accesses(kernel, like.slots.shape, as_whole))
        x = self.target.keep(x, str(kernel))
        self.put(kind_of(kernel), slots_of(kernel), x, like.members)
        return True

    def whole(
        self,
        access: Access,
        own: Completed | None,
        wanted: np.ndarray,
        like: Completed,
        is_linear: bool,
    ) -> Access | None:
        """Return the access for each entry of a completed array; None if it cannot be completed."""
        strides = (0,) * like.slots.ndim
        if access.kind == CONSTANT:
            return replace(access, strides=strides)
        if own is not None and np.array_equal(own.members, like.members):
            slots: np.ndarray | None = (own if is_linear else self.masked(access.kind, own)).slots
        else:
            slots = spread(wanted, like)
        if slots is None:
            return None
        return Access(access.kind, strides=strides, member_offsets=slots.ravel())

    def masked(self, kind: str, completed: Completed) -> Completed:
        """Return a completed array with 1 for each number that nobody wants."""
        mask = np.zeros(completed.slots.shape)
        mask.flat[completed.members] = 1.0
        x = self.memory.read(kind, completed.slots)
        x = self.target.ops[ops.where](self.target.constant(without_repeats(mask)), x, 1.0)
        wanted = self.memory.new_slots(kind, len(completed.members))
        return self.put(
            kind, wanted, self.target.keep(x, "with 1 behind the mask"), completed.members
        )


def is_by_number(kernel: Kernel) -> bool:
    """Return whether a result depends on one number of each operand alone."""
    if kernel.is_extreme or (kernel.op and kernel.op.family == PICK):
        return False
    return all(segment.terms == 1 for segment in kernel.segments)


def is_linear(kernel: Kernel) -> bool:
    return kernel.op in LINEAR or (kernel.op is ops.div and kernel.inputs[1].kind == CONSTANT)


def slots_by_number(access: Access, grid: Grid) -> np.ndarray:
    """Return the slot of an operand for each member of the grid, in order; none of a constant."""
    if access.kind == CONSTANT:
        return np.zeros(0, int)
    return np.broadcast_to(places_of(access, grid, 1)[..., 0], grid).ravel()


def key_of(kind: str, slots: np.ndarray) -> Key:
    return kind, slots.astype(np.int64).tobytes()


def spread(wanted: np.ndarray, like: Completed) -> np.ndarray | None:
    """Return slots for a whole array, given those of its members; None if the others have none.

    A line of the array in which all slots are the same is filled with it.
    """
    slots = np.full(like.slots.shape, -1)
    slots.flat[like.members] = wanted
    for axis in reversed(range(slots.ndim)):
        largest = slots.max(axis, keepdims=True)
        if ((slots == largest) | (slots < 0)).all():
            slots = np.broadcast_to(largest, slots.shape)
    return None if (slots < 0).any() else slots
