"""Loop nests of C: one for each kernel of a plan, as a person would write it.

Rule: whatever is computed goes into `work`; the other arrays are only read. A place is an affine
function of the loops' variables, written out; where it is not, it is looked up in a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import groupby, takewhile
from math import prod
from typing import NamedTuple

import numpy as np

from micrograd.compiler import (
    CONSTANT,
    SHARED,
    VARYING,
    Access,
    Grid,
    Kernel,
    Operand,
    Segment,
    common_grid,
    fit_access,
    places_of,
)
from micrograd.export.c_ops import CType
from micrograd.export.dialects import PICK
from micrograd.export.function import ArrayFunction, one_memory
from micrograd.ops import Op

AXES = "ijlmnoqrtuv"  # the loops over a grid; k are the terms, s is a sum, x and y are arrays
ONE_LINE = 3  # a sum of at most so many terms is one expression
WIDTH = 96  # of a line of numbers


class Copy(NamedTuple):
    """Operands that are to stand side by side in an array, from `start` on."""

    comment: str
    array: str
    start: int
    operands: Sequence[Operand]


class Tables:
    """The constant arrays of a file: numbers, and places that are no affine function."""

    def __init__(self, real: CType) -> None:
        self.real = real
        self.definitions: dict[str, str] = {}
        self.names: dict[bytes, str] = {}

    def places(self, places: np.ndarray) -> str:
        """Return the name of a table of places; equal ones are one table."""
        key = places.tobytes()
        if key not in self.names:
            self.names[key] = f"places{len(self.names)}"
            self.add("int", self.names[key], [str(place) for place in places.ravel().tolist()])
        return self.names[key]

    def numbers(self, name: str, numbers: np.ndarray) -> None:
        """Define an array of numbers."""
        self.add(self.real.name, name, [self.real.number(x).strip("()") for x in numbers.tolist()])

    def add(self, kind: str, name: str, sources: Sequence[str]) -> None:
        head = f"static const {kind} {name}[{len(sources)}] = {{"
        self.definitions[name] = "\n".join([head, *lines_of(sources), "};"])

    def used_in(self, lines: Sequence[str]) -> list[str]:
        """Return the definitions of the arrays that the lines read."""
        words = set(re.findall(r"\w+", "\n".join(lines)))
        return [source for name, source in self.definitions.items() if name in words]


def lines_of(entries: Sequence[str]) -> Iterator[str]:
    """Yield the entries in lines, as many in each as find room.

    >>> list(lines_of(["1", "2"]))
    ['    1, 2,']
    """
    line = "   "
    for entry in entries:
        if len(line) + len(entry) > WIDTH:
            yield line
            line = "   "
        line += f" {entry},"
    yield line


class KernelWriter:
    """The lines of one function of C.

    `inputs` are the arrays of the example and their lengths. If an access reaches from one of them
    into another, or into `work`, they are copied: `work` then begins with them.
    """

    def __init__(
        self,
        function: ArrayFunction,
        tables: Tables,
        inputs: Sequence[str],
        constants: str = "constants",
    ) -> None:
        self.function, self.plan, self.tables = function, function.plan, tables
        self.inputs = list(zip(inputs, map(prod, function.shapes)))
        self.width = sum(size for _, size in self.inputs)
        self.first_constant = len(function.values)
        self.constants = constants
        self.lines: list[str] = []
        self.depth, self.copies = 1, False
        numbers = np.zeros(self.plan.shared)
        for place, known in self.plan.constants:
            numbers[place - self.first_constant : place - self.first_constant + len(known)] = known
        tables.numbers(constants, numbers)

    def write(self, outputs: Sequence[Copy]) -> list[str]:
        """Return the lines that run the kernels, and copy the outputs where they are wanted."""
        self.lines, copies = [], self.copies
        if copies:
            self.copy_inputs()
        for kernel in self.plan.kernels:
            self.kernel(kernel)
        for output in outputs:
            self.line(comment(output.comment))
            self.copy(output)
        return self.lines if copies == self.copies else self.write(outputs)

    @property
    def size(self) -> int:
        """How many numbers `work` needs."""
        return self.plan.varying - (0 if self.copies else self.width)

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def loops(self, grid: Grid, declares: bool = False) -> Iterator[None]:
        """Write a loop over each axis that is longer than 1; at least a block if it `declares`."""
        long = [(axis, count) for axis, count in zip(AXES, grid) if count > 1]
        with ExitStack() as stack:
            for axis, count in long:
                stack.enter_context(self.loop(axis, count))
            if declares and not long:
                stack.enter_context(self.block("{"))
            yield

    def loop(self, name: str, count: int) -> AbstractContextManager[None]:
        return self.block(f"for (int {name} = 0; {name} < {count}; {name}++) {{")

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        self.line(head)
        self.depth += 1
        yield
        self.depth -= 1
        self.line("}")

    # -------------------------------------------------------------------------------------- kernels

    def kernel(self, kernel: Kernel) -> None:
        self.line(comment(str(kernel)))
        op, declares = kernel.op, True
        if op is None:
            write = self.sum
            declares = kernel.terms > len(kernel.segments) or len(kernel.segments) > ONE_LINE
        elif op.family == PICK:
            write = self.pick
        elif kernel.is_extreme:
            write = self.extreme
        else:
            write, declares = self.apply, False
        with self.loops(kernel.grid, declares):
            write(kernel, self.read(kernel.result, kernel.grid))

    def apply(self, kernel: Kernel, result: str) -> None:
        inputs = [self.read(access, kernel.grid) for access in kernel.inputs]
        self.line(f"{result} = {self.tables.real.apply(op_of(kernel), inputs)};")

    def sum(self, kernel: Kernel, result: str) -> None:
        """Write a sum of products as one expression, or as loops that add to `s`."""
        singles = list(takewhile(lambda segment: segment.terms == 1, kernel.segments))
        short = singles[:ONE_LINE]
        start = sum_source([self.sign_and_product(segment, kernel.grid) for segment in short])
        if len(short) == len(kernel.segments):
            self.line(f"{result} = {start};")
            return
        real = self.tables.real
        nothing = f"{real.number(-0.0).strip('()')};  /* a sum of nothing, even beside -0.0 */"
        self.line(f"{real.name} s = {f'{start};' if start else nothing}")
        for segment in kernel.segments[len(short) :]:
            self.add_segment(segment, kernel.grid)
        self.line(f"{result} = s;")

    def add_segment(self, segment: Segment, grid: Grid) -> None:
        """Add the terms of a segment to `s`, several in a loop."""
        sign, product = self.sign_and_product(segment, grid)
        with ExitStack() as stack:
            if segment.terms > 1:
                stack.enter_context(self.loop("k", segment.terms))
            self.line(f"s {sign}= {product};")

    def sign_and_product(self, segment: Segment, grid: Grid) -> tuple[str, str]:
        """Return the sign of a segment and the source of one of its products."""
        factors = [self.read(factor, grid, segment.terms) for factor in segment.factors]
        return "-" if segment.negative else "+", " * ".join(factors)

    def pick(self, kernel: Kernel, result: str) -> None:
        """Write the entry of a list by an index, nan for an index that the list does not have."""
        index, *entries = kernel.inputs
        number, count = self.read(index, kernel.grid), len(entries)
        table = self.table(entries, kernel.grid)
        if table is not None:
            self.line(f"const int k = entry({number}, {count});")
            self.line(f"{result} = k < 0 ? NAN : {self.read(table, kernel.grid, count)};")
            return
        sources = [self.read(access, kernel.grid) for access in entries]
        choices = [f"{number} == {i} ? {source} : " for i, source in enumerate(sources)]
        self.line(f"{result} = {''.join(choices)}NAN;")

    def extreme(self, kernel: Kernel, result: str) -> None:
        """Write the largest, or the smallest, of several numbers."""
        real = self.tables.real
        first, *others = [self.read(access, kernel.grid) for access in kernel.inputs]
        self.line(f"{real.name} s = {first};")
        table = self.table(kernel.inputs[1:], kernel.grid)
        if table is None:
            for other in others:
                self.line(f"s = {real.apply(op_of(kernel), ['s', other])};")
        else:
            with self.loop("k", len(others)):
                entry = self.read(table, kernel.grid, len(others))
                self.line(f"s = {real.apply(op_of(kernel), ['s', entry])};")
        self.line(f"{result} = s;")

    def table(self, entries: Sequence[Access], grid: Grid) -> Access | None:
        """Return what the entry number `k` reads, None for entries of several kinds."""
        kind = one_memory(access.kind for access in entries)
        if kind is None:
            return None
        places = [places_of(access, grid, 1)[..., 0] for access in entries]
        columns = [np.broadcast_to(x, grid).ravel() for x in places]
        return fit_access(kind, np.stack(columns, axis=1), grid)

    # --------------------------------------------------------------------------------------- copies

    def copy_inputs(self) -> None:
        start = 0
        for name, size in self.inputs:
            to = Access(VARYING, start, (1,))
            with self.loops((size,)):
                self.line(f"{self.read(to, (size,))} = {name}[{'i' if size > 1 else 0}];")
            start += size

    def copy(self, output: Copy) -> None:
        """Write the operands into their array: runs of one kind in a loop each."""
        start = output.start
        for kind, run in groupby(output.operands, self.kind):
            numbers = list(run)
            places = start + np.arange(len(numbers))
            start += len(numbers)
            columns = [places]
            if kind in (SHARED, VARYING):
                columns.append(self.plan.slots[np.array(numbers)])
            grid = common_grid(columns) or (len(numbers),)
            to, *sources = [fit_access(kind, column[:, None], grid) for column in columns]
            with self.loops(grid):
                source = self.read(sources[0], grid) if sources else kind
                self.line(f"{output.array}[{self.index(to, grid, 1, 0)}] = {source};")

    def kind(self, x: Operand) -> str:
        """Return the memory in which an operand stands; for a number, its source."""
        if isinstance(x, float):
            return self.tables.real.number(x)
        return self.function.memory_of(x)

    # --------------------------------------------------------------------------------------- places

    def operand(self, x: Operand) -> str:
        """Return the source of one operand of the program."""
        kind = self.kind(x)
        if isinstance(x, float):
            return kind
        return self.read(Access(kind, int(self.plan.slots[x])), ())

    def read(self, access: Access, grid: Grid, terms: int = 1) -> str:
        """Return the source of what an access reads: a number, or an entry of an array."""
        if access.kind == CONSTANT:
            return self.tables.real.number(access.number)
        places = places_of(access, grid, terms)
        array, start = self.array(access.kind, int(places.min()), int(places.max()))
        return f"{array}[{self.index(access, grid, terms, start)}]"

    def array(self, kind: str, lowest: int, highest: int) -> tuple[str, int]:
        """Return the array that holds these places, and the place of its first number."""
        for name, start, stop in self.arrays(kind):
            if start <= lowest and highest < stop:
                return name, start
        self.copies = True
        return "work", 0

    def arrays(self, kind: str) -> Iterator[tuple[str, int, int]]:
        """Yield (name, first place, place behind the last) of each array of that kind."""
        if kind == SHARED:
            yield "parameters", 0, self.first_constant
            yield self.constants, self.first_constant, self.first_constant + self.plan.shared
            return
        start = 0
        for name, size in self.inputs:
            if not self.copies:
                yield name, start, start + size
                start += size
        yield "work", start, self.plan.varying

    def index(self, access: Access, grid: Grid, terms: int, start: int) -> str:
        """Return the source of the place, counted from `start`."""
        axes = [(AXES[axis], count) for axis, count in enumerate(grid)]
        member = [
            (prod(grid[axis + 1 :]), name) for axis, (name, count) in enumerate(axes) if count > 1
        ]
        if access.offset_table is not None:
            whole = [(factor * terms, name) for factor, name in member]
            whole += [(1, "k")] if terms > 1 else []
            return self.look_up(access.base + access.offset_table - start, whole)
        steps = [(x, name) for x, (name, count) in zip(access.strides, axes) if x and count > 1]
        if access.term_stride:
            steps.append((access.term_stride, "k"))
        base = access.base - start
        if access.member_offsets is not None:
            steps.append((1, self.look_up(access.member_offsets + base, member)))
            base = 0
        if access.term_offsets is not None:
            steps.append((1, self.look_up(access.term_offsets, [(1, "k")])))
        return affine(base, steps)

    def look_up(self, places: np.ndarray, index: Sequence[tuple[int, str]]) -> str:
        return f"{self.tables.places(places)}[{affine(0, index)}]"


def op_of(kernel: Kernel) -> Op:
    assert kernel.op is not None
    return kernel.op


def comment(text: str) -> str:
    """Return the text as a comment, which it cannot end."""
    return f"/* {text.replace('*/', '* /').replace('/*', '/ *')} */"


def affine(base: int, steps: Sequence[tuple[int, str]]) -> str:
    """Return the source of a sum of strides times indices.

    >>> affine(32, [(1, "i"), (-4, "j")]), affine(0, [(3, "i")]), affine(0, [])
    ('32 + i - 4 * j', '3 * i', '0')
    """
    pieces = [("+", str(base))] if base or not steps else []
    for stride, name in steps:
        piece = name if abs(stride) == 1 else f"{abs(stride)} * {name}"
        pieces.append(("-" if stride < 0 else "+", piece))
    return sum_source(pieces)


def sum_source(pieces: Sequence[tuple[str, str]]) -> str:
    """Return the source of a sum of pieces, each with its sign."""
    text = " ".join(f"{sign} {piece}" for sign, piece in pieces)
    return f"-{text[2:]}" if text.startswith("-") else text[2:]
