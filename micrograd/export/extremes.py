"""Extremes: the largest or smallest of many numbers, as one array.

Rule: where rows have unequal lengths, as in causal attention, a shorter one repeats its last slot.
If the rows of a whole array begin so, the array is read behind a mask, and no table chooses.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from micrograd import ops
from micrograd.compiler import Access, Grid, places_of, without_repeats
from micrograd.export.memory import Memory
from micrograd.export.target import varies

LEAST = {ops.maximum: -math.inf, ops.minimum: math.inf}  # what changes no extreme


def slots_of_each(inputs: Sequence[Access], grid: Grid) -> np.ndarray:
    """Return the slots of the inputs, inputs x grid."""
    slots = []
    for access in inputs:
        places = places_of(access, grid, 1)
        slots.append(places[..., 0])
    same = np.broadcast_arrays(*slots)
    return np.stack(same)


def extreme_of_slots(memory: Memory, op: Any, kind: str, slots: np.ndarray) -> Any:
    """Return the largest or smallest of the slots along the first axis."""
    rows = np.moveaxis(slots, 0, -1)
    whole, is_wanted = whole_rows(memory, kind, rows)
    if is_wanted.all() or not memory.is_regular(kind, whole):
        table = memory.read(kind, without_repeats(slots, first=1))
        return extreme_along(memory, op, table, 0)
    mask = without_repeats(is_wanted.astype(float))
    mask = memory.target.constant(mask)
    x = memory.read(kind, whole)
    where = memory.target.ops[ops.where]
    x = where(mask, x, LEAST[op])
    return extreme_along(memory, op, x, rows.ndim - 1)


def whole_rows(memory: Memory, kind: str, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return rows that go on where a slot is repeated, and which of their slots are wanted."""
    is_wanted = np.ones(rows.shape, bool)
    is_wanted[..., 1:] = np.diff(rows) != 0
    gaps = np.where(is_wanted, rows, -1)
    return memory.fill(kind, gaps), is_wanted


def extreme_along(memory: Memory, op: Any, x: Any, axis: int) -> Any:
    """Return the largest or smallest along an axis of each example."""
    memory.words.append(f"{op.name} of many")
    lead = int(varies(x))
    return memory.target.extreme(op.name, x, axis + lead)
