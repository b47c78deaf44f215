"""The walk over kernels: what each computes, in the words of a target.

Rule: a kernel's result is one array of the shape of its grid, with the examples as an axis in front
where it varies. Only `ragged` and `windows` make one array of several kernels; `sums` writes sums
of products.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from micrograd.compiler import (
    SHARED,
    VARYING,
    Access,
    Grid,
    Kernel,
    Operand,
    without_repeats,
)
from micrograd.export import ragged, windows
from micrograd.export.completed import CompletedArrays
from micrograd.export.dialects import PICK
from micrograd.export.extremes import extreme_along, extreme_of_slots, slots_of_each
from micrograd.export.function import ArrayFunction, one_memory
from micrograd.export.grid_axes import cut_by_array, with_natural_axes
from micrograd.export.memory import Memory
from micrograd.export.ragged import kind_of, slots_of
from micrograd.export.sums import SumWriter
from micrograd.export.target import EXAMPLES, Target, inner_shape, varies
from micrograd.support.nest import tree_map


class ArrayWriter:
    """Writes the kernels of one function for one target.

    `steps` lists how each kernel came out, for tests and for curious readers.
    """

    def __init__(
        self,
        function: ArrayFunction,
        target: Target,
        parameters: Mapping[str, Any],
        example: Sequence[Any],
    ) -> None:
        self.function, self.target = function, target
        plan, inputs = function.plan, len(function.values)
        self.memory = Memory(target, inputs + plan.shared, plan.varying)
        self.sums = SumWriter(self.memory)
        self.completed = CompletedArrays(self.memory, self.result)
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

    def write(self, by_row: bool = False) -> Any:
        """Return the results, in the structure of what the function returns.

        With `by_row`, a result that does not depend on the example is repeated for each.
        """
        rest = list(map(without_axis, self.function.plan.kernels))
        while rest:
            kernels = self.write_convolution(rest)
            if not kernels:
                kernels = self.write_kernels(self.next_kernels(rest))
            many = f"{len(kernels)} x " if len(kernels) > 1 else ""
            self.note(f"{many}{kernels[0]}")
            rest = rest[len(kernels) :]
        return tree_map(lambda x: self.output(x, by_row), self.function.result)

    def note(self, what: str) -> None:
        self.steps.append((what, self.memory.words))
        self.memory.words = []

    def write_convolution(self, kernels: Sequence[Kernel]) -> list[Kernel]:
        """Write the first kernels if they are a convolution; return them, and else none."""
        same = windows.with_same_filters(kernels) if self.target.has_convolutions else []
        convolution = windows.convolution_of(same) if same else None
        if convolution is None:
            return []
        x = self.target.keep(self.sums.convolution(same, convolution), str(same[0]))
        slots = np.concatenate([slots_of(kernel).ravel() for kernel in same])
        self.memory.put(VARYING, slots, x, convolution.members)
        return same

    def next_kernels(self, kernels: Sequence[Kernel]) -> list[Kernel]:
        """Return the first kernels that are alike but for their lengths, the shortest one first."""
        same = ragged.first_alike(kernels, self.memory.is_padded)
        return sorted(same, key=ragged.length)

    def write_kernels(self, kernels: list[Kernel]) -> list[Kernel]:
        """Write kernels that are alike; return them."""
        kernel = kernels[0]
        if len(kernels) > 1:
            x = self.extremes(kernels) if kernel.op else self.sums.padded_sums(kernels)
            self.put(kernel, ragged.rows_of_slots(kernels), x)
        elif pairs := ragged.all_pairs(kernel):
            x = self.target.keep(self.sums.products(pairs, kernel), str(kernel))
            is_each_once = len(np.unique(pairs.members)) == len(pairs.members)
            owner = self.completed if is_each_once else self.memory
            owner.put(kind_of(kernel), slots_of(kernel), x, pairs.members)
        elif not self.completed.write(kernel):
            kernel = with_natural_axes(kernel)
            for each in cut_by_array(kernel, self.memory.owner[SHARED]):
                self.put(each, slots_of(each), self.result(each))
        return kernels

    def put(self, kernel: Kernel, slots: np.ndarray, x: Any) -> None:
        """Keep the array of a kernel's results, and note which slots it holds."""
        x = self.target.keep(x, str(kernel))
        self.memory.put(kind_of(kernel), slots, x)

    # ------------------------------------------------------------------------------- one kernel

    def result(self, kernel: Kernel) -> Any:
        """Return the array of the kernel's results, in the shape of its grid."""
        if kernel.op is None:
            x = self.sums.sum(kernel)
            if x == 0.0:
                is_zero = self.memory.is_zero[kind_of(kernel)]
                is_zero[slots_of(kernel)] = True
        elif kernel.op.family == PICK:
            x = self.pick(kernel)
        elif kernel.is_extreme:
            x = self.extreme(kernel)
        else:
            self.memory.words.append(kernel.op.name)
            inputs = [self.memory.operand(access, kernel.grid) for access in kernel.inputs]
            x = self.target.ops[kernel.op](*inputs)
        return self.memory.whole(x, kernel.grid, kernel.varies)

    # ----------------------------------------------------------------------------- several as one

    def extremes(self, kernels: list[Kernel]) -> Any:
        """Return the largest or smallest of any number of inputs, kernels x grid."""
        kind, slots = kernels[0].inputs[0].kind, ragged.repeated_slots(kernels)
        return extreme_of_slots(self.memory, kernels[0].op, kind, slots)

    def extreme(self, kernel: Kernel) -> Any:
        """Return the largest or smallest input of each member."""
        kind = one_memory(access.kind for access in kernel.inputs)
        if kind is None:
            table = self.table(kernel.inputs, kernel.grid)
            return extreme_along(self.memory, kernel.op, table, 0)
        slots = slots_of_each(kernel.inputs, kernel.grid)
        return extreme_of_slots(self.memory, kernel.op, kind, slots)

    # --------------------------------------------------------------------------- picks by an index

    def pick(self, kernel: Kernel) -> Any:
        """Return entries of tables by an index: rows of one table, or one entry of each."""
        grid, entries = kernel.grid, kernel.inputs[1:]
        index, table = self.memory.operand(kernel.inputs[0], grid), self.table(entries, grid)
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
        kinds = [access.kind for access in entries]
        kind = one_memory(kinds)
        if kind is not None:
            return self.memory.read(kind, without_repeats(slots_of_each(entries, grid), first=1))
        lead = (EXAMPLES,) if VARYING in kinds else ()
        rows = []
        for access in entries:
            x = self.memory.operand(access, grid)
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

    def output(self, numbers: np.ndarray, by_row: bool) -> Any:
        """Return the array of those outputs of the program."""
        operands = [self.function.outputs[i] for i in numbers.ravel()]
        kinds = [self.function.memory_of(x) for x in operands]
        kind = one_memory(kinds)
        if kind is not None:
            slots = self.function.plan.slots[np.array(operands)]
            x = self.memory.read(kind, slots.reshape(numbers.shape))
        else:
            lead = (EXAMPLES,) if VARYING in kinds else ()
            parts = [self.memory.expand(self.one_number(x), (*lead, 1)) for x in operands]
            x = self.target.concatenate(parts, len(lead)) if len(parts) > 1 else parts[0]
            x = self.memory.reshape(x, numbers.shape)
        x = self.memory.whole(x, numbers.shape, by_row or varies(x))
        self.note("output")
        return self.target.keep(x, "output")

    def one_number(self, x: Operand) -> Any:
        """Return one output, as an array of one number."""
        if isinstance(x, float):
            return self.target.constant(np.array([x]))
        slots = self.function.plan.slots[[x]]
        return self.memory.read(self.function.memory_of(x), slots)


def without_axis(kernel: Kernel) -> Kernel:
    """Return a kernel of a single member with a grid of no axis: its result is one number."""
    return replace(kernel, grid=()) if prod(kernel.grid) == 1 else kernel
