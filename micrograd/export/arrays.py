"""The walk over kernels: what each computes, in the words of a target.

Rule: a kernel's result is one array of the shape of its grid, with the examples as an axis in front
where it varies. A sum of products is a contraction. Only `ragged` makes one array of several
kernels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from micrograd import ops
from micrograd.compiler import (
    CONSTANT,
    SHARED,
    VARYING,
    Access,
    Grid,
    Kernel,
    Operand,
    Segment,
    places_of,
)
from micrograd.export import ragged
from micrograd.export.dialects import PICK
from micrograd.export.function import ArrayFunction
from micrograd.export.memory import AXES, Memory
from micrograd.export.ragged import ZERO, AllPairs, Form, form, forms, padded_slots, slots_of
from micrograd.export.target import EXAMPLES, Shape, Target, inner_shape, varies
from micrograd.export.views import without_repeats
from micrograd.support.nest import tree_map


class ArrayWriter:
    """Writes the kernels of one function for one target.

    `steps` notes how each kernel came out, for tests and for those who want to know.
    """

    def __init__(
        self,
        function: ArrayFunction,
        target: Target,
        parameters: Mapping[str, Any],
        example: Sequence[Any],
    ) -> None:
        self.function, self.target = function, target
        plan, inputs = function.plan, len(function.program.input_names)
        self.memory = Memory(target, inputs + plan.shared, plan.varying)
        self.steps: list[tuple[str, list[str]]] = []
        start = 0
        for name, values in function.layout.items():
            self.memory.put(SHARED, start + np.arange(values.size), parameters[name])
            start += values.size
        if function.numbers.size:
            self.memory.put_constants(start, function.numbers)
        for place, numbers in plan.constants:
            self.memory.put_constants(place, numbers)
        start = 0
        for x, shape in zip(example, function.shapes):
            self.memory.put(VARYING, start + np.arange(prod(shape)), x)
            start += prod(shape)

    def write(self) -> Any:
        """Return the results, in the structure of what the function returns."""
        for kernels in ragged.alike(self.function.plan.kernels):
            self.write_kernels(kernels)
            many = f"{len(kernels)} x " if len(kernels) > 1 else ""
            self.note(f"{many}{kernels[0]}")
        return tree_map(self.output, self.function.result)

    def note(self, what: str) -> None:
        self.steps.append((what, self.memory.words))
        self.memory.words = []

    def write_kernels(self, kernels: list[Kernel]) -> None:
        kernel, members = kernels[0], None
        slots = slots_of(kernel)
        if len(kernels) > 1:
            slots = np.stack([slots_of(other) for other in kernels])
            x = self.extremes(kernels) if kernel.op else self.padded_sums(kernels)
        elif pairs := ragged.all_pairs(kernel):
            x, members = self.products(pairs, kernel), pairs.members
        else:
            x = self.result(kernel)
        x = self.target.keep(x, str(kernel))
        self.memory.put(VARYING if kernel.varies else SHARED, slots, x, members)

    # ------------------------------------------------------------------------------- one kernel

    def result(self, kernel: Kernel) -> Any:
        """Return the array of the kernel's results, in the shape of its grid."""
        if kernel.op is None:
            x = self.sum(kernel)
        elif kernel.op.family == PICK:
            x = self.pick(kernel)
        elif len(kernel.inputs) > len(kernel.op.partials):
            x = self.extreme(kernel.op, self.table(kernel.inputs, kernel.grid))
        else:
            self.memory.words.append(kernel.op.name)
            inputs = [self.operand(access, kernel.grid) for access in kernel.inputs]
            x = self.target.ops[kernel.op](*inputs)
        return self.memory.whole(x, kernel.grid, kernel.varies)

    def operand(self, access: Access, grid: Grid) -> Any:
        """Return a number, or an array 1 long along each axis on which it does not depend."""
        if access.kind == CONSTANT:
            return access.number
        slots = places_of(access, grid, 1)[..., 0]
        return self.memory.read(access.kind, without_repeats(slots))

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
            inputs = [self.operand(access, grid) for access in segment.factors]
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
        factors = list(map(self.memory.read_axes, kinds, slots))
        if not any("k" in labels for _, labels in factors):
            scale *= terms  # which are all the same
        return self.contract(factors, scale, grid)

    def short_products(self, kernel: Kernel, segments: Sequence[Segment]) -> Any:
        """Return single products of one form as a contraction, None if a table is needed."""
        kinds = [access.kind for access in segments[0].factors]
        is_short = len(segments) > 1 and segments[0].terms == 1
        if not is_short or len(kinds) < 2 or CONSTANT in kinds:
            return None
        slots = [x[0] for x in padded_slots([kernel], form(segments[0]))]
        if not all(map(self.memory.is_regular, kinds, slots)):
            return None
        return self.contract(list(map(self.memory.read_axes, kinds, slots)), 1.0, kernel.grid)

    def contract(self, factors: Sequence[tuple[Any, str]], scale: float, grid: Grid) -> Any:
        """Return the sum of products over the terms, given arrays and the names of their axes.

        It is 1 long along each axis of the grid on which no factor depends.
        """
        if not factors:
            return scale
        arrays, labels = zip(*factors)
        used, names = set("".join(labels)), AXES[: len(grid)]
        out = "".join(name for name in f"e{names}" if name in used)
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
        """Return sums of unequal length as one, kernels x grid, in which what is missing is 0."""
        shape = (len(kernels), *kernels[0].grid)
        terms = [x for x in forms(kernels[0]) if x != ZERO]
        parts = [self.padded_sum(x, padded_slots(kernels, x), shape) for x in terms]
        x = self.total([x.negative for x in terms], parts)
        return self.memory.whole(x, shape, kernels[0].varies)

    def padded_sum(self, terms: Form, slots: list[np.ndarray], shape: Shape) -> Any:
        """Return the sum of terms of one form. A factor is 0 where a kernel has no term."""
        full = [without_repeats(ragged.continued(x)) for x in slots]
        zeros = max(range(len(full)), key=lambda i: full[i].shape[0])  # differs between kernels
        scale, factors = 1.0, []
        for i, (kind, number) in enumerate(terms.factors):
            if kind == CONSTANT:
                scale *= number
            elif i == zeros:
                factors.append(self.memory.read_with_zeros(kind, without_repeats(slots[i])))
            else:
                factors.append(self.memory.read_axes(kind, full[i]))
        self.memory.words.append("padded")
        return self.contract(factors, scale, shape)

    def extremes(self, kernels: list[Kernel]) -> Any:
        """Return the largest or smallest of any number of inputs, kernels x grid."""
        op, slots = kernels[0].op, ragged.repeated_slots(kernels)
        table = self.memory.read(kernels[0].inputs[0].kind, slots)
        return self.extreme(op, table)

    def extreme(self, op: Any, table: Any) -> Any:
        """Return the largest or smallest along the first axis of a table."""
        self.memory.words.append(f"{op.name} of many")
        return self.target.extreme(op.name, table, int(varies(table)))

    def products(self, pairs: AllPairs, kernel: Kernel) -> Any:
        """Return the products of each row with each other one of its group."""
        self.memory.words.append("all pairs")
        x, y = map(self.memory.read, pairs.kinds, (pairs.left, pairs.right))
        labels = ["e" * varies(x) + "gak", "e" * varies(y) + "gbk"]
        out = "e" * kernel.varies + "gab"
        self.memory.words.append(contraction_name(labels, out))
        return self.target.contract([x, y], labels, out)

    # --------------------------------------------------------------------------- picks by an index

    def pick(self, kernel: Kernel) -> Any:
        """Return entries of tables by an index: rows of one table, or one entry of each."""
        grid, entries = kernel.grid, kernel.inputs[1:]
        index, table = self.operand(kernel.inputs[0], grid), self.table(entries, grid)
        sizes = zip(inner_shape(table)[1:], inner_shape(index))
        if not varies(table) and all(1 in pair for pair in sizes):
            self.memory.words.append("rows by an index")
            return self.pick_rows(table, index)
        self.memory.words.append("entries by an index")
        lead = (EXAMPLES,) if kernel.varies else ()
        index = self.memory.whole(index, grid, varies(index))
        index = self.memory.reshape(index, (1, *grid))
        index = self.memory.expand(index, (*lead, 1, *grid))
        table = self.memory.expand(table, (*lead, len(entries), *grid))
        return self.memory.reshape(self.target.pick_along(table, index, len(lead)), grid)

    def table(self, entries: Sequence[Access], grid: Grid) -> Any:
        """Return the entries as one array, in the order of a new axis before those of the grid."""
        kinds = {access.kind for access in entries}
        if len(kinds) == 1 and CONSTANT not in kinds:
            slots = [places_of(access, grid, 1)[..., 0] for access in entries]
            stacked = np.stack(np.broadcast_arrays(*slots))
            return self.memory.read(entries[0].kind, without_repeats(stacked, first=1))
        lead = (EXAMPLES,) if VARYING in kinds else ()
        rows = []
        for access in entries:
            x = self.operand(access, grid)
            x = self.memory.whole(x, grid, access.kind == VARYING)
            x = self.memory.reshape(x, (1, *grid))
            rows.append(self.memory.expand(x, (*lead, 1, *grid)))
        return self.target.concatenate(rows, len(lead))

    def pick_rows(self, table: Any, index: Any) -> Any:
        """Return the table's rows at the index. They depend on different axes of the grid."""
        sizes = list(zip(inner_shape(index), table.shape[1:]))
        outer = [axis for axis, (n, _) in enumerate(sizes) if n > 1]
        inner = [axis for axis, (_, n) in enumerate(sizes) if n > 1]
        index = self.memory.reshape(index, tuple(sizes[axis][0] for axis in outer))
        rows = [table.shape[0], *(sizes[axis][1] for axis in inner)]
        x = self.target.pick_rows(self.memory.reshape(table, tuple(rows)), index)
        x = self.memory.transpose(x, np.argsort([*outer, *inner]).tolist())
        return self.memory.reshape(x, tuple(map(max, sizes)))

    # ------------------------------------------------------------------------------------- outputs

    def output(self, numbers: np.ndarray) -> Any:
        """Return the array of those outputs of the program."""
        operands = [self.function.program.outputs[i] for i in numbers.ravel()]
        kinds = {self.kind(x) for x in operands}
        if len(kinds) == 1 and CONSTANT not in kinds:
            slots = self.function.plan.slots[np.array(operands)]
            x = self.memory.read(kinds.pop(), slots.reshape(numbers.shape))
        else:
            lead = (EXAMPLES,) if VARYING in kinds else ()
            parts = [self.memory.expand(self.one_number(x), (*lead, 1)) for x in operands]
            x = self.target.concatenate(parts, len(lead))
            x = self.memory.reshape(x, numbers.shape)
        self.note("output")
        return self.target.keep(x, "output")

    def kind(self, x: Operand) -> str:
        if isinstance(x, float):
            return CONSTANT
        return VARYING if self.function.plan.varies[x] else SHARED

    def one_number(self, x: Operand) -> Any:
        """Return one output, as an array of one number."""
        if isinstance(x, float):
            return self.target.constant(np.array([x]))
        return self.memory.read(self.kind(x), self.function.plan.slots[[x]])


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
