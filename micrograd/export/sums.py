"""Sums of products: each is a contraction, a product of matrices or vectors where it can be one.

Rule: the order of the terms is free. Only `ragged` and `windows` make one sum of several kernels,
and only `ragged` completes the products of some rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from micrograd import ops
from micrograd.compiler import (
    CONSTANT,
    SHARED,
    VARYING,
    Grid,
    Kernel,
    Segment,
    places_of,
    without_repeats,
)
from micrograd.export import ragged
from micrograd.export.memory import AXES, Memory
from micrograd.export.ragged import ZERO, AllPairs, Form, form, forms, padded_slots
from micrograd.export.target import Shape, varies
from micrograd.export.windows import Convolution


class SumWriter:
    """Writes sums over arrays of a memory, for its target."""

    def __init__(self, memory: Memory) -> None:
        self.memory, self.target = memory, memory.target

    def sum(self, kernel: Kernel) -> Any:
        """Return the sum of the kernel's segments."""
        negative, parts = [], []
        for terms in forms(kernel):
            segments = [segment for segment in kernel.segments if form(segment) == terms]
            together = self.short_products(kernel, segments)
            if together is not None:
                negative.append(terms.negative)
                parts.append(together)
            elif terms != ZERO:
                negative += [terms.negative] * len(segments)
                parts += [self.segment(kernel.grid, segment) for segment in segments]
        return self.total(negative, parts)

    def total(self, negative: Sequence[bool], parts: Sequence[Any]) -> Any:
        """Return the sum of the parts, some of which are subtracted."""
        add, sub, neg = (self.target.ops[op] for op in (ops.add, ops.sub, ops.neg))
        total: Any = None
        for is_negative, part in zip(negative, parts):
            if total is None:
                total = neg(part) if is_negative else part
            else:
                total = sub(total, part) if is_negative else add(total, part)
        return 0.0 if total is None else total

    def segment(self, grid: Grid, segment: Segment) -> Any:
        """Return the sum of a segment's terms: of one, or a contraction."""
        if segment.terms == 1:
            inputs = [self.memory.operand(access, grid) for access in segment.factors]
            return inputs[0] if len(inputs) == 1 else self.target.ops[ops.mul](*inputs)
        scale, kinds, slots = 1.0, [], []
        for access in segment.factors:
            if access.kind == CONSTANT:
                scale *= access.number
            else:
                kinds.append(access.kind)
                slots.append(places_of(access, grid, segment.terms))
        if not slots or prod(grid) > 1:
            return self.part(kinds, slots, segment.terms, scale, grid)
        parts = self.memory.split_terms(kinds, slots, segment.terms)
        sums = [self.part(kinds, part, part[0].size, scale, grid) for part in parts]
        return self.total([False] * len(sums), sums)

    def part(
        self,
        kinds: Sequence[str],
        slots: Sequence[np.ndarray],
        terms: int,
        scale: float,
        grid: Grid,
    ) -> Any:
        """Return the sum of so many terms, given the slots of each factor."""
        slots = list(map(self.memory.without_zeros, kinds, slots))
        factors = list(map(self.memory.read_with_zeros, kinds, slots))
        return self.contract(factors, terms, scale, grid)

    def short_products(self, kernel: Kernel, segments: Sequence[Segment]) -> Any:
        """Return single products of one form as a contraction, None if a table is needed."""
        kinds = [access.kind for access in segments[0].factors]
        is_short = len(segments) > 1 and segments[0].terms == 1
        if not is_short or len(kinds) < 2 or CONSTANT in kinds:
            return None
        slots = [x[0] for x in padded_slots([kernel], form(segments[0]))]
        if not all(map(self.memory.is_regular, kinds, slots)):
            return None
        factors = list(map(self.memory.read_axes, kinds, slots))
        return self.contract(factors, len(segments), 1.0, kernel.grid)

    def contract(
        self, factors: Sequence[tuple[Any, str]], terms: int, scale: float, grid: Grid
    ) -> Any:
        """Return the sum of so many products, given arrays and the names of their axes.

        It is 1 long along each axis of the grid on which no factor depends.
        """
        if not any("k" in labels for _, labels in factors):
            scale *= terms  # which are all the same
        if not factors:
            return scale
        used, names = {name for _, labels in factors for name in labels}, AXES[: len(grid)]
        out = "".join(name for name in f"e{names}" if name in used)
        arrays, labels = zip(*in_order_of(out, factors))
        self.memory.words.append(contraction_name(labels, out))
        if all(names == out for names in labels):
            x = reduce(self.target.ops[ops.mul], arrays)
        else:
            x = self.target.contract(arrays, labels, out)
        if scale != 1.0:
            x = self.target.ops[ops.mul](x, scale)
        shape = tuple(n if name in used else 1 for name, n in zip(names, grid))
        return self.memory.reshape(x, shape)

    # ----------------------------------------------------------------------------- several as one

    def padded_sums(self, kernels: list[Kernel]) -> Any:
        """Return sums of unequal length as one, rows x grid of a row; what is missing is 0."""
        shape = ragged.rows_of_slots(kernels).shape
        terms = [x for x in forms(kernels[0]) if x != ZERO]
        self.memory.words.append("padded")
        parts = [self.padded_sum(x, padded_slots(kernels, x), shape) for x in terms]
        x = self.total([x.negative for x in terms], parts)
        return self.memory.whole(x, shape, kernels[0].varies)

    def padded_sum(self, terms: Form, slots: list[np.ndarray], shape: Shape) -> Any:
        """Return the sum of terms of one form. A factor is 0 where a kernel has no term."""
        scale = prod([number for kind, number in terms.factors if kind == CONSTANT], start=1.0)
        arrays = [i for i, (kind, _) in enumerate(terms.factors) if kind != CONSTANT]
        for i in arrays:
            slots[i] = self.memory.without_zeros(terms.factors[i][0], slots[i])
        if not arrays:
            return self.contract([self.memory.count(slots[0])], 1, scale, shape)
        full = [without_repeats(ragged.fill_in(x)) for x in slots]
        # the factor in which most terms are missing, or which differs between kernels
        zeros = max(arrays, key=lambda i: ((slots[i] < 0).sum(), full[i].shape[0]))
        factors = []
        for i in arrays:
            kind, _ = terms.factors[i]
            if i == zeros:
                factors.append(self.memory.read_with_zeros(kind, slots[i]))
            else:
                factors.append(self.memory.read_axes(kind, full[i]))
        return self.contract(factors, slots[0].shape[-1], scale, shape)

    def convolution(self, kernels: Sequence[Kernel], windows: Convolution) -> Any:
        """Return the sums of kernels that are a convolution, and of what else they add."""
        image = self.memory.read(VARYING, windows.image)
        filters = self.memory.read(SHARED, windows.filters)
        terms = [x for x in forms(kernels[0]) if x != ZERO]
        parts = []
        for each in terms:
            if each == windows.form:
                self.memory.words.append("convolution")
                parts.append(self.target.convolve(image, filters, windows.strides, windows.padding))
            else:
                parts.append(self.padded_sum(each, windows.places(kernels, each), windows.grid))
        return self.total([x.negative for x in terms], parts)

    def products(self, pairs: AllPairs, kernel: Kernel) -> Any:
        """Return the products of each row with each other one of its group."""
        self.memory.words.append("all pairs")
        x, y = map(self.memory.read, pairs.kinds, (pairs.left, pairs.right))
        labels = ["e" * varies(x) + "gak", "e" * varies(y) + "gbk"]
        out = "e" * kernel.varies + "gab"
        self.memory.words.append(contraction_name(labels, out))
        return self.target.contract([x, y], labels, out)


def in_order_of(out: str, factors: Sequence[tuple[Any, str]]) -> list[tuple[Any, str]]:
    """Return the factors in the order in which the axes of their product come from them.

    A product of matrices has its axes in that order, so that it need not be transposed.

    >>> in_order_of("eab", [("w", "bk"), ("x", "eak")])
    [('x', 'eak'), ('w', 'bk')]
    """
    return sorted(
        factors, key=lambda factor: min(map(out.find, set(factor[1]) & set(out)), default=0)
    )


def contraction_name(labels: Sequence[str], out: str) -> str:
    """Return what a contraction is called: a sum, or a product of matrices and vectors.

    >>> contraction_name(["ek", "ak"], "ea")
    'matrix product'
    """
    if len(labels) < 2:
        return "sum"
    both = set(labels[0]) & set(labels[1])
    free = [bool(set(label) - both) for label in labels]
    name = "dot product"
    if any(free):
        name = "matrix product" if all(free) else "matrix times vector"
    return f"batched {name}" if both & set(out) else name
