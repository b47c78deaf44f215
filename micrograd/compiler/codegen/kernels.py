"""Lowering kernels: blocks of examples and, for each block, the loop nest of each kernel.

Rule: a block of examples is copied into slots, kernels go from slots to slots, and the outputs are
copied to where they are wanted. Kernels that are the same for all examples run once, before.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from micrograd.compiler.access import CONSTANT, SHARED, VARYING
from micrograd.compiler.codegen.addresses import Context
from micrograd.compiler.codegen.code import Code
from micrograd.compiler.codegen.lanes import Int, Lanes
from micrograd.compiler.codegen.llvm import Function, Pointer
from micrograd.compiler.codegen.loop_nest import LoopNest
from micrograd.compiler.codegen.lowering_rules import Rules
from micrograd.compiler.codegen.series import series_of
from micrograd.compiler.codegen.unit import LINE, Buffer, CompilationUnit, padded, runs
from micrograd.compiler.plan import Kernel, Plan
from micrograd.compiler.program import Operand

# The size of a block of examples; with a quarter of it wide layers were a seventh slower.
BLOCK_BYTES = 2**20
MAX_BLOCK = 128  # examples
KERNELS_PER_FUNCTION = 64  # LLVM's time grows faster than the length of a function

Copy = tuple[Buffer, Operand, int]  # where to, what, and how many numbers side by side
Turns = list[Sequence[Kernel]]  # of a series


class Source(NamedTuple):
    """An array that numbers stand in, the place of each, and whether each example has its own."""

    array: Pointer
    starts: list[int]
    varies: bool


def block_size(plan: Plan, lanes: int, count: int, width: int) -> int:
    """Return how many examples are computed together, in blocks that the cache has room for.

    Blocks are equal: 64 examples in blocks of 48 would cost as much as 96.
    """
    room = BLOCK_BYTES // (max(plan.varying, 1) * width // 8)
    largest = max(min(room, MAX_BLOCK) // lanes, 1) * lanes
    blocks = -(-max(count, 1) // largest)
    return -(-count // (blocks * lanes)) * lanes or lanes


def memory_size(plan: Plan, block: int) -> int:
    """Return how many numbers of the unit's work memory the kernels need."""
    return padded(plan.shared) + plan.varying * block + LINE


class KernelWriter:
    """Writes the kernels of one unit."""

    def __init__(
        self,
        code: Code,
        unit: CompilationUnit,
        plan: Plan,
        rules: Rules,
        lanes: int,
        block: int,
        exact: bool,
    ):
        self.code, self.unit, self.plan, self.block = code, unit, plan, block
        self.functions: dict[Hashable, Function] = {}
        self.count = unit.count if isinstance(unit.count, Int) else code.integer(unit.count)
        memory, examples = self.arrays(code)
        self.context = Context(
            code=code,
            rules=rules,
            exact=exact,
            lanes=lanes,
            block=block,
            rows=runs([buffer for buffer in unit.inputs if buffer.stride]),
            data={},
            memory=memory,
            examples=examples,
            first=code.integer(0),
            here=self.count,
            order=unit.order,
        )

    def arrays(self, code: Code) -> tuple[Pointer, Pointer]:
        """Return the shared numbers and the slots. Each function has to load their addresses."""
        memory = code.array(self.unit.array)
        return memory, code.element(memory, self.unit.work + padded(self.plan.shared))

    def write(self) -> None:
        """Write the loop over blocks of examples and, within it, the kernels."""
        code, unit = self.code, self.unit
        self.write_kernels(self.context, [k for k in self.plan.kernels if not k.varies])
        if self.plan.varying or unit.means or any(buffer.stride for buffer in unit.outputs):
            self.update_means(lambda x: x.like(0.0))
            with code.loop(self.count, self.block) as (first, _):
                here = (self.count - first).at_most(self.block)
                context = replace(self.context, first=first, here=here)
                self.load_examples(context)
                self.write_kernels(context, [k for k in self.plan.kernels if k.varies])
                self.store_examples(context)
            share = 1.0 / self.count.to_float()
            self.update_means(lambda x: x * code.broadcast(share, x.lanes))
        self.copy_shared()

    # --------------------------------------------------------------------------------- the kernels

    def write_kernels(self, context: Context, kernels: Sequence[Kernel]) -> None:
        """Write kernels one after the other; many of them are several functions."""
        functions = list(in_functions(self.series(kernels)))
        for some in functions:
            if len(functions) > 1:
                with self.outlined(context) as inner:
                    self.write_series(inner, some)
            else:
                self.write_series(context, some)

    def series(self, kernels: Sequence[Kernel]) -> Iterator[Turns]:
        """Yield the kernels by their series, each a list of turns of equal forms."""
        for start, length, times in series_of([self.forms[id(kernel)] for kernel in kernels]):
            ends = range(start + length, start + length * times + 1, length)
            yield [kernels[end - length : end] for end in ends]

    def write_series(self, context: Context, series: Iterable[Turns]) -> None:
        for turns in series:
            if len(turns) == 1:
                for kernel in turns[0]:
                    self.write_kernel(context, kernel)
            else:
                with context.code.loop(len(turns)) as (turn, _):
                    for kernels in zip(*turns):
                        self.call_nest(context, kernels, turn)

    def write_kernel(self, context: Context, kernel: Kernel) -> None:
        form = self.forms[id(kernel)]
        if form is None or self.repeats[form] < 2:
            LoopNest(context, kernel).write()
        else:
            self.call_nest(context, [kernel], context.code.integer(0))

    @cached_property
    def forms(self) -> dict[int, Hashable]:
        """The form of each kernel, by its id; None if none has the same."""
        kernels = self.plan.kernels
        return {id(k): form(k) if self.plan.has_repeats else None for k in kernels}

    @cached_property
    def repeats(self) -> Counter[Hashable]:
        """How many kernels there are of each form."""
        return Counter(self.forms.values())

    def call_nest(self, context: Context, kernels: Sequence[Kernel], turn: Int) -> None:
        """Write a call of the one function of all kernels that differ only in where they begin.

        It is that of one of `kernels`, which the number of the `turn` selects.
        """
        code, (kernel, *_) = context.code, kernels
        accesses, needed = kernel.every_access(), self.needed(context)
        places = zip(*[[access.base for access in k.every_access()] for k in kernels])
        bases = [selected(code, numbers, turn) for numbers in places]
        key = self.forms[id(kernel)]
        if key not in self.functions:
            with code.defined(*needed, *bases) as (function, inner, inside):
                moved = self.inside(context, inner, inside)
                starts = dict(zip(map(id, accesses), inside[len(needed) :]))
                LoopNest(replace(moved, bases=starts), kernel).write()
            self.functions[key] = function
        code.call_function(self.functions[key], *needed, *bases)

    @contextmanager
    def outlined(self, context: Context) -> Iterator[Context]:
        """Yield the context of a function of its own, which is called from here."""
        with context.code.outlined(*self.needed(context)) as (code, inside):
            yield self.inside(context, code, inside)

    def needed(self, context: Context) -> list[Int | Pointer]:
        """Return what a function of its own needs of the one that calls it."""
        order = [context.order] if context.order else []
        return [context.first, context.here, *order]

    def inside(self, context: Context, code: Code, needed: Sequence[Any]) -> Context:
        """Return the context in a function that was given what it needs."""
        memory, examples = self.arrays(code)
        return replace(
            context,
            code=code,
            memory=memory,
            examples=examples,
            first=needed[0],
            here=needed[1],
            order=needed[2] if context.order else None,
        )

    # ------------------------------------------------------------------------ in and out of memory

    def update_means(self, change: Callable[[Lanes], Lanes]) -> None:
        """Replace each output that is a mean by what `change` returns for it."""
        code, memory = self.code, self.context.memory
        for _, buffer, length in self.unit.mean_runs():
            for start, count, lanes in self.in_lanes(length):
                with code.loop(count, lanes) as (i, _):
                    place = i + (buffer.offset + start)
                    code.store(change(code.load(memory, place, lanes)), memory, place)

    def in_lanes(self, count: int) -> list[tuple[int, int, int]]:
        """Return (first, how many, lanes) of the parts of a loop: full lanes, then one by one."""
        rest = count % self.context.lanes
        parts = [(0, count - rest, self.context.lanes), (count - rest, rest, 1)]
        return [part for part in parts if part[1]]

    def load_examples(self, context: Context) -> None:
        """Copy rows of examples into slots. Examples after the last are the last one again."""
        for slot, buffer, length in context.rows:
            for start, count, lanes in self.in_lanes(length):
                part = replace(buffer, offset=buffer.offset + start)
                self.load_squares(context, slot + start, part, count, lanes)

    def load_squares(
        self, context: Context, slot: int, buffer: Buffer, length: int, lanes: int
    ) -> None:
        """Copy `length` numbers of each row: squares of lanes x lanes, which turn in registers."""
        code, block = self.code, self.block
        source = code.array(buffer.array)
        with code.loop(block, lanes) as (e, _):
            examples = [(context.first + e + k).at_most(self.count - 1) for k in range(lanes)]
            starts = [context.row_start(buffer, example) for example in examples]
            if lanes == 1:  # too few for a square: each is written out
                for i in range(length):
                    number = code.load(source, starts[0] + i)
                    code.store(number, context.examples, (slot + i) * block + e)
            else:
                with code.loop(length, lanes) as (f, _):
                    rows = [code.load(source, start + f, lanes) for start in starts]
                    for k, column in enumerate(code.transpose(rows)):
                        code.store(column, context.examples, (f + (slot + k)) * block + e)

    def store_examples(self, context: Context) -> None:
        """Copy the outputs that each example has from slots to where they are wanted.

        Those of one kind are one loop: a loop for each would be long code.
        """
        groups: dict[tuple[int, int, str], list[tuple[Buffer, Operand]]] = {}
        for output, x in self.plan.copies:
            buffer = self.unit.outputs[output]
            if buffer.stride:
                key = buffer.array, buffer.stride, self.kind(x)
                groups.setdefault(key, []).append((buffer, x))
        for (_, _, kind), copies in groups.items():
            buffers, operands = zip(*copies)
            self.store_outputs(context, buffers, self.source(context, kind, operands))

    def store_outputs(self, context: Context, buffers: Sequence[Buffer], source: Source) -> None:
        """Write the loop that copies numbers to buffers of one array and one stride."""
        code, (array, stride) = self.code, (buffers[0].array, buffers[0].stride)
        offsets, starts = code.data(b.offset for b in buffers), code.data(source.starts)
        target = code.array(array)
        with code.loop(len(buffers)) as (i, _):
            begin = code.load_int(offsets, i) * self.unit.output_stride + context.first * stride
            start = code.load_int(starts, i)
            with code.loop(context.here) as (e, _):
                value = code.load(source.array, start + e if source.varies else start)
                code.store(value, target, begin + e * stride)

    def kind(self, x: Operand) -> str:
        if isinstance(x, float):
            return CONSTANT
        return VARYING if self.plan.varies[x] else SHARED

    def source(self, context: Context, kind: str, operands: Sequence[Operand]) -> Source:
        """Return where operands of one kind stand."""
        if kind == CONSTANT:
            numbers = self.code.data(operands, self.code.real)
            return Source(numbers, list(range(len(operands))), False)
        slots = self.plan.slots[np.array(operands)]
        if kind == SHARED:
            return Source(context.memory, slots.tolist(), False)
        return Source(context.examples, (slots * self.block).tolist(), True)

    def copy_shared(self) -> None:
        """Copy the outputs that are inputs or constants to where they are wanted."""
        code, memory = self.code, self.context.memory
        for buffer, x, length in self.merged_copies():
            target = code.array(buffer.array)
            with code.loop(length) as (i, _):
                if isinstance(x, float):
                    value = code.number(x)
                else:
                    value = code.load(memory, i + int(self.plan.slots[x]))
                code.store(value, target, i + buffer.offset)

    def merged_copies(self) -> list[Copy]:
        """Return the copies, where those of one number, or of neighbours, are one loop."""
        copies: list[Copy] = []
        for output, x in self.plan.copies:
            buffer = self.unit.outputs[output]
            if buffer.stride:
                continue
            if copies and self.continues(copies[-1], buffer, x):
                first, start, length = copies[-1]
                copies[-1] = (first, start, length + 1)
            else:
                copies.append((buffer, x, 1))
        return copies

    def continues(self, copy: Copy, buffer: Buffer, x: Operand) -> bool:
        """Return whether copying `x` to `buffer` is one more turn of the loop of `copy`."""
        first, start, length = copy
        if buffer != replace(first, offset=first.offset + length):
            return False
        if isinstance(start, float) or isinstance(x, float):
            return isinstance(start, float) and isinstance(x, float) and start.hex() == x.hex()
        return bool(self.plan.slots[x] == self.plan.slots[start] + length)


def in_functions(series: Iterable[Turns]) -> Iterator[list[Turns]]:
    """Yield the series of one function after the other."""
    some: list[Turns] = []
    for turns in series:
        some.append(turns)
        if sum(len(each[0]) for each in some) >= KERNELS_PER_FUNCTION:
            yield some
            some = []
    if some:
        yield some


def selected(code: Code, numbers: Sequence[int], i: Int) -> Int:
    """Return the number at `i`, from a table unless all are one."""
    if len(set(numbers)) == 1:
        return code.integer(numbers[0])
    return code.load_int(code.data(numbers), i)


def form(kernel: Kernel) -> Hashable:
    """Return what the code of a kernel depends on, but where its operands begin.

    None for a mean, which may read rows of examples as they were given.
    """
    if kernel.reduces:
        return None
    return (kernel.op, kernel.varies, kernel.grid, *kernel.operand_forms())
