"""Debts: a kernel owes each number of an operand a sum of products.

Rule: the sum runs over the axes of the kernel along which the operand stays the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from micrograd.compiler.rolled.blocks import Array, Places, Shape, Terms


@dataclass(eq=False)
class Owed:
    """Targets, and the terms of what each of them is owed."""

    targets: Places
    terms: Terms
    results: Places | None = None  # where it stands, if it was computed on its own

    def within(self, start: int, end: int) -> Places:
        """Return its targets from one place to another, flat."""
        flat = self.targets.ravel()
        return flat[(flat >= start) & (flat < end)]

    def covers(self, places: Places) -> bool:
        """Return whether each of these places, in order, is one of the targets, and no other is."""
        flat, first, last = self.targets.ravel(), places[0], places[-1]
        if flat.size != places.size or flat.min() != first or flat.max() != last:
            return False
        marks = np.zeros(last - first + 1, bool)
        marks[flat - first] = True
        return bool(marks[places - first].all())


def owed_to(x: Places, negative: bool, factors: list[Array], shape: Shape) -> Owed:
    """Return what a kernel of that shape, whose last axis is that of terms, owes the operand."""
    x, *factors = [with_rank(array, len(shape)) for array in (x, *factors)]
    kept = [axis for axis, size in enumerate(x.shape) if size > 1]
    summed = [axis for axis, size in enumerate(shape) if size > 1 and axis not in kept]
    terms = with_terms_last(factors, kept, summed, shape)
    return Owed(x.reshape([x.shape[axis] for axis in kept]), Terms(negative, terms))


def with_rank(x: Array, rank: int) -> Array:
    return x.reshape((1,) * (rank - x.ndim) + x.shape)


def with_terms_last(
    factors: Sequence[Array], kept: list[int], summed: list[int], shape: Shape
) -> list[Array]:
    """Return the factors with the kept axes, and with the summed ones as one, the last."""
    order, lengths = [*kept, *summed], [shape[axis] for axis in summed]
    inside = sorted(order)
    ranks = [inside.index(axis) for axis in order]
    short = tuple(axis for axis in range(len(shape)) if axis not in order)
    count = int(np.prod(lengths))
    terms = []
    for x in factors:
        moved = x.squeeze(short).transpose(ranks)
        lead, sizes = moved.shape[: len(kept)], moved.shape[len(kept) :]
        if len(summed) > 1 and max(sizes, default=1) > 1:
            moved = np.broadcast_to(moved, (*lead, *lengths))
        terms.append(moved.reshape((*lead, -1)))
    if count > 1 and all(x.shape[-1] == 1 for x in terms):
        terms[0] = np.broadcast_to(terms[0], (*terms[0].shape[:-1], count))
    return terms
