"""Memory: which array holds each number, and how numbers are read as an array.

Rule: what is read is a view of the one array that holds it, or of several side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

import numpy as np

from micrograd.compiler import (
    CONSTANT,
    SHARED,
    VARYING,
    Access,
    Grid,
    Kernel,
    places_of,
    without_repeats,
)
from micrograd.export.pieces import cuts_of, is_few_slices, runs_of
from micrograd.export.target import EXAMPLES, Cut, Shape, Target, inner_shape, varies
from micrograd.export.views import Step, view
from micrograd.ops import where

AXES = "abcdfghijlmnopqrstuvwxyz"  # of a grid; "e" are the examples, "k" the terms of a sum


class Memory:
    """The slots of a plan, and the arrays of a target that hold them.

    `words` lists what was done to read arrays, for tests and for curious readers.
    """

    def __init__(self, target: Target, shared: int, varying: int) -> None:
        self.target = target
        self.owner = {
            SHARED: np.full(shared, -1),
            VARYING: np.full(varying, -1),
        }
        self.place = {
            SHARED: np.zeros(shared, np.int64),
            VARYING: np.zeros(varying, np.int64),
        }
        self.is_zero = {  # always
            SHARED: np.zeros(shared, bool),
            VARYING: np.zeros(varying, bool),
        }
        self.arrays: list[Any] = []
        self.joined: dict[tuple[int, ...], Any] = {}
        self.words: list[str] = []

    def put(
        self,
        kind: str,
        slots: np.ndarray,
        x: Any,
        places: np.ndarray | None = None,
    ) -> None:
        """Note that the array holds what belongs in these slots, in order or at `places`."""
        flat = slots.ravel()
        self.owner[kind][flat] = len(self.arrays)
        self.place[kind][flat] = np.arange(flat.size) if places is None else places
        self.arrays.append(x)

    def put_constants(self, start: int, numbers: np.ndarray) -> None:
        slots = start + np.arange(numbers.size)
        self.put(SHARED, slots, self.target.constant(numbers))
        if numbers.size == 1:  # a 0 alone stands where a sum has no term
            self.is_zero[SHARED][slots] = numbers == 0.0

    def new_slots(self, kind: str, count: int) -> np.ndarray:
        """Return slots that the plan does not have."""
        first = len(self.owner[kind])
        for table in (self.owner, self.place):
            table[kind] = np.append(table[kind], np.full(count, -1))
        self.is_zero[kind] = np.append(self.is_zero[kind], np.zeros(count, bool))
        return np.arange(first, first + count)

    # --------------------------------------------------------------------------------------- reads

    def read(self, kind: str, slots: np.ndarray) -> Any:
        """Return the numbers in those slots as one array."""
        owners = self.owner[kind][slots]
        places = self.place[kind][slots]
        ids = np.unique(owners)
        if len(ids) == 1:
            return self.view(self.arrays[ids[0]], places)
        starts = self.starts(ids)
        whole = places + starts[np.searchsorted(ids, owners)]
        axis, cuts = cuts_of(owners)
        if cuts and "take" in map(word_of, view((starts[-1],), whole)):
            parts = [self.read(kind, part) for part in np.split(slots, cuts, axis)]
            return self.target.concatenate(parts, axis + int(varies(parts[0])))
        return self.view(self.join(tuple(map(int, ids))), whole)

    def starts(self, ids: Iterable[int]) -> np.ndarray:
        """Return where each array begins, side by side with the others, and where the last ends."""
        counts = [prod(inner_shape(self.arrays[i])) for i in ids]
        return np.cumsum([0, *counts])

    def operand(self, access: Access, grid: Grid) -> Any:
        """Return a number, or an array 1 long along each axis on which it does not depend."""
        if access.kind == CONSTANT:
            return access.number
        slots = places_of(access, grid, 1)[..., 0]
        return self.read(access.kind, without_repeats(slots))

    def join(self, ids: tuple[int, ...]) -> Any:
        """Return several arrays as one, side by side."""
        if ids not in self.joined:
            arrays = [self.arrays[i] for i in ids]
            flat = [self.reshape(x, (prod(inner_shape(x)),)) for x in arrays]
            self.words.append(f"concatenate {len(ids)}")
            x = self.target.concatenate(flat, int(varies(arrays[0])))
            self.joined[ids] = self.target.keep(x, "side by side")
        return self.joined[ids]

    def read_axes(self, kind: str, slots: np.ndarray) -> tuple[Any, str]:
        """Return the array without the axes on which it does not depend, and the names of others.

        The last axis is that of the terms.
        """
        return self.read_long_axes(kind, without_repeats(slots))

    def read_long_axes(self, kind: str, slots: np.ndarray) -> tuple[Any, str]:
        """Return the array without the axes of length 1, and the names of the others."""
        x = self.read(kind, slots.squeeze())
        labels = long_axes(slots)
        return x, f"e{labels}" if varies(x) else labels

    def read_with_zeros(self, kind: str, slots: np.ndarray) -> tuple[Any, str]:
        """Return what `read_axes` does, with 0 for each slot below 0."""
        is_there = slots >= 0
        if is_there.all():
            return self.read_axes(kind, slots)
        both = np.stack([self.fill(kind, slots), is_there])
        slots, is_there = without_repeats(both, first=1)
        x, labels = self.read_long_axes(kind, slots)
        mask = without_repeats(is_there.astype(float).squeeze())
        return self.target.ops[where](self.target.constant(mask), x, 0.0), labels

    def fill(self, kind: str, slots: np.ndarray) -> np.ndarray:
        """Return the slots with others in place of those below 0.

        A row goes on as it begins, if one array has all of its rows.
        """
        is_there = slots >= 0
        owners = np.unique(self.owner[kind][slots[is_there]])
        places = continue_rows(np.where(is_there, self.place[kind][slots], -1))
        if len(owners) == 1 and places is not None:
            (owner,) = owners
            held = np.flatnonzero(self.owner[kind] == owner)
            count = prod(inner_shape(self.arrays[owner]))
            slot_at = np.full(max(count, places.max() + 1), -1)
            slot_at[self.place[kind][held]] = held
            if (slot_at[places] >= 0).all():
                return slot_at[places]
        return np.where(is_there, slots, slots.max())

    def without_zeros(self, kind: str, slots: np.ndarray) -> np.ndarray:
        """Return the slots with -1 for those that always hold 0."""
        return np.where(self.is_zero[kind][slots], -1, slots)

    def is_padded(self, kernel: Kernel) -> bool:
        """Return whether some terms of a sum are always 0."""
        for segment in kernel.segments:
            for access in segment.factors:
                slots = places_of(access, kernel.grid, segment.terms)
                if access.kind != CONSTANT and self.is_zero[access.kind][slots].any():
                    return True
        return False

    def count(self, slots: np.ndarray) -> tuple[Any, str]:
        """Return, in the same form, how many slots along the last axis are not below 0."""
        is_there = slots >= 0
        counts = is_there.sum(axis=-1, keepdims=True)
        counts = without_repeats(counts)
        x = self.target.constant(counts.astype(float).squeeze())
        return x, long_axes(counts)

    def split_terms(
        self,
        kinds: Sequence[str],
        slots: Sequence[np.ndarray],
        terms: int,
    ) -> list[list[np.ndarray]]:
        """Return the slots of a sum of so many terms in parts, each of one array for each factor.

        Within a part, terms are in the order of the first factor's array: a sum may be in any.
        """
        whole = [np.broadcast_to(x.ravel(), terms) for x in slots]
        owners = [self.owner[kind][x] for kind, x in zip(kinds, whole)]
        part_of = np.unique(owners, axis=1, return_inverse=True)[1].ravel()
        order = np.lexsort((self.place[kinds[0]][whole[0]], part_of))
        starts = np.flatnonzero(np.diff(part_of[order])) + 1
        shape = (1,) * (slots[0].ndim - 1) + (-1,)
        return [[x[part].reshape(shape) for x in whole] for part in np.split(order, starts)]

    def is_regular(self, kind: str, slots: np.ndarray) -> bool:
        """Return whether the numbers are a view of one array that needs no table."""
        owners = np.unique(self.owner[kind][slots])
        shape = inner_shape(self.arrays[owners[0]])
        places = without_repeats(self.place[kind][slots])
        steps = view(shape, places)
        return len(owners) == 1 and all(step.word != "take" for step in steps)

    # --------------------------------------------------------------------------------------- views

    def view(self, x: Any, places: np.ndarray) -> Any:
        """Return the entries of an array at those places."""
        steps = view(inner_shape(x), places)
        self.words += [word_of(step) for step in steps]
        return self.follow(x, steps)

    def follow(self, x: Any, steps: Iterable[Step]) -> Any:
        """Return the array after those steps, in each example if it varies."""
        lead = int(varies(x))
        for word, argument in steps:
            match word:
                case "reshape":
                    x = self.reshape(x, argument)
                case "expand":
                    x = self.expand(x, (EXAMPLES,) * lead + argument)
                case "slice":
                    x = self.target.slice(x, [None] * lead + list(argument))
                case "transpose":
                    x = self.transpose(x, argument)
                case "flip":
                    x = self.target.flip(x, argument + lead)
                case "take":
                    axis, places = argument
                    x = self.take(x, places, axis + lead)
        return x

    def take(self, x: Any, places: np.ndarray, axis: int) -> Any:
        """Return the entries at those places along an axis: slices side by side if they are few."""
        if not is_few_slices(places):
            return self.target.take(x, places, axis)
        parts = [self.cut(x, run, axis) for run in runs_of(places)]
        return self.target.concatenate(parts, axis)

    def cut(self, x: Any, run: np.ndarray, axis: int) -> Any:
        """Return the entries at places that follow each other along an axis."""
        if len(run) == x.shape[axis]:
            return x
        cuts: list[Cut] = [None if n == EXAMPLES else (0, n, 1) for n in x.shape]
        cuts[axis] = (int(run[0]), int(run[-1]) + 1, 1)
        return self.target.slice(x, cuts)

    def reshape(self, x: Any, shape: Shape) -> Any:
        """Return the array with that shape in each example."""
        shape = (EXAMPLES, *shape) if varies(x) else tuple(shape)
        return x if x.shape == shape else self.target.reshape(x, shape)

    def transpose(self, x: Any, order: Iterable[int]) -> Any:
        """Return the array with the axes of each example in that order."""
        lead = int(varies(x))
        whole = [*range(lead), *(axis + lead for axis in order)]
        return x if whole == sorted(whole) else self.target.transpose(x, whole)

    def expand(self, x: Any, shape: Shape) -> Any:
        """Return the array with that shape, the examples included."""
        return x if x.shape == shape else self.target.expand(x, shape)

    def whole(self, x: Any, grid: Shape, is_varying: bool) -> Any:
        """Return a number or an array in the shape of the grid."""
        if isinstance(x, float):
            x = self.target.constant(np.full(grid, x))
        return self.expand(x, (EXAMPLES, *grid) if is_varying else tuple(grid))


def word_of(step: Step) -> str:
    """Return what a step is called: a table that chooses a few slices is none."""
    is_slices = step.word == "take" and is_few_slices(step.argument[1])
    return "slices" if is_slices else step.word


def continue_rows(places: np.ndarray) -> np.ndarray | None:
    """Return rows of places that go on by one stride where they end in -1; None if they cannot.

    >>> continue_rows(np.array([[4, -1, -1], [8, 9, -1]])).tolist()
    [[4, 5, 6], [8, 9, 10]]
    """
    steps = np.diff(places)[places[..., 1:] >= 0]
    if not steps.size or steps[0] < 0:
        return None
    whole = places[..., :1] + steps[0] * np.arange(places.shape[-1])
    fits = (places[..., 0] >= 0).all() and ((whole == places) | (places < 0)).all()
    return whole if fits else None


def long_axes(slots: np.ndarray) -> str:
    """Return the names of the axes that are longer than 1, of which the last is that of terms.

    >>> long_axes(np.zeros((2, 1, 3)))
    'ak'
    """
    names = [*AXES[: slots.ndim - 1], "k"]
    return "".join(name for name, size in zip(names, slots.shape) if size > 1)
