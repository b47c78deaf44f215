"""Lowering a small program as one straight line in registers, with examples side by side in lanes.

Rule: a part is a program and where its numbers stand in memory; one that is run once is a loop over
one example.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from micrograd.compiler.codegen.llvm import Code, Int, Lanes
from micrograd.compiler.program import Program

PIECE = 500  # instructions of a program that are one function
LINE = 16  # numbers: what begins at a multiple of so many never shares a cache line


def padded(count: int) -> int:
    """The next multiple of LINE."""
    return -(-count // LINE) * LINE


@dataclass(frozen=True)
class Buffer:
    """Where a number stands: in the array at that word of the frame, at that offset.

    From one example to the next it moves on by `stride`; with 0 all share it. `ordered` rows are
    those that the part's `order` names.
    """

    array: int
    offset: int = 0
    stride: int = 0
    ordered: bool = False


@dataclass(frozen=True)
class CompilationUnit:
    """A program, to be run for `count` examples (a word of the frame, or a number).

    An output with stride 0 is one number: what comes last, or, if listed in `sums`, the mean over
    the examples. `work` is an offset in `array`, for numbers in between.
    """

    program: Program
    inputs: tuple[Buffer, ...]
    outputs: tuple[Buffer, ...]
    count: int | Int = 1
    sums: frozenset[int] = frozenset()
    order: object = None  # a pointer to integers
    array: int = 0  # the word of the frame for the sums in between
    work: int = 0
    output_stride: object = 1  # between consecutive outputs with a stride of 1


def scratch(part: CompilationUnit, lanes: int) -> int:
    """How many numbers of `work` the straight line needs."""
    return lanes * (2 * len(part.sums) + len(kept(part.program, varying(part))))


def pieces(program: Program) -> list[range]:
    """The instructions, so many at a time as LLVM is quick with."""
    return [range(i, min(i + PIECE, len(program))) for i in range(0, len(program), PIECE)]


def kept(program: Program, varies: list[bool]) -> dict[int, int]:
    """The places that another function reads than the one that computed them, numbered.

    There is a function for what varies, and one for what does not, of each piece.
    """
    first, found = len(program.names), {}
    if len(program) <= PIECE:
        return found

    def function(place: int) -> tuple:
        return (varies[place], (place - first) // PIECE)

    inputs = [(function(first + i), xs) for i, xs in enumerate(program.inputs)]
    for here, xs in (*inputs, (None, program.outputs)):
        for x in xs:
            if type(x) is int and (x < first or function(x) != here):
                found.setdefault(x, len(found))
    return found


def lower(code: Code, part: CompilationUnit, spellings: dict[object, Callable], lanes: int) -> None:
    """Write the loop over the examples, `lanes` of them at a time."""
    Straight(code, part, spellings, lanes).write()


class Straight:
    """The state of writing one part."""

    def __init__(self, code: Code, part: CompilationUnit, spellings, lanes: int):
        self.code, self.part, self.spellings, self.lanes = code, part, spellings, lanes
        self.count = part.count if isinstance(part.count, Int) else code.int(part.count)
        self.varies = varying(part)
        self.sums, self.kept = sorted(part.sums), kept(part.program, self.varies)
        self.enter()

    def enter(self) -> None:
        """Find the arrays; each function has to find its own."""
        code, part = self.code, self.part
        self.arrays = {s.array: code.array(s.array) for s in (*part.inputs, *part.outputs)}
        if self.sums or self.kept:
            self.work = code.element(code.array(part.array), part.work)

    def write(self) -> None:
        code, program, lanes = self.code, self.part.program, self.lanes
        known: dict[int, Lanes] = {}
        self.lines(known, False, 1)  # what does not change from example to example
        self.clear()
        for first in code.turns(self.part.count, lanes):
            rows = [self.row(first + lane) for lane in range(lanes)] if self.by_rows() else []
            inside = dict(known)
            for place in range(len(program.names)):
                if self.varies[place]:
                    self.know(place, self.read(self.part.inputs[place], first, rows), inside)
            self.lines(inside, True, lanes)
            self.results(inside, first, rows)
        self.finish()

    def lines(self, known, varies: bool, lanes: int) -> None:
        """The instructions that do or do not vary; of several pieces each is a function."""
        first = len(self.part.program.names)
        for piece in pieces(self.part.program):
            lines = [i for i in piece if self.varies[first + i] == varies]
            if not self.kept:
                self.instructions(lines, known, lanes)
            elif lines:
                outside = self.arrays, self.work
                with self.code.apart():
                    self.enter()
                    self.instructions(lines, {}, lanes)
                self.arrays, self.work = outside

    def instructions(self, lines, known, lanes: int) -> None:
        program = self.part.program
        for i in lines:
            inputs = [self.operand(x, known, lanes) for x in program.inputs[i]]
            self.know(len(program.names) + i, self.spellings[program.ops[i]](*inputs), known)

    def know(self, place: int, x: Lanes, known) -> None:
        known[place] = x
        if place in self.kept:
            self.code.store(x, self.work, self.slot(place))

    def slot(self, place: int) -> int:
        return self.lanes * (2 * len(self.sums) + self.kept[place])

    def operand(self, x, known, lanes: int) -> Lanes:
        """The constant, the result or the input, the latter loaded where it is used."""
        code = self.code
        if type(x) is float:
            return code.number(x, lanes)
        if x not in known and (self.varies[x] or x >= len(self.part.program.names)):
            known[x] = code.load(self.work, self.slot(x), self.lanes if self.varies[x] else 1)
        if x in known:
            return code.broadcast(known[x], lanes)
        stream = self.part.inputs[x]
        return code.broadcast(code.load(self.arrays[stream.array], stream.offset), lanes)

    # ------------------------------------------------------------------------------ examples

    def by_rows(self) -> bool:
        return any(s.stride != 1 and s.stride for s in (*self.part.inputs, *self.part.outputs)) or (
            any(s.ordered for s in self.part.inputs)
        )

    def row(self, example: Int) -> tuple[Int, Int]:
        """(the example, none after the last; the row that it is)."""
        example = example.at_most(self.count - 1)
        if self.part.order is None:
            return example, example
        return example, self.code.load_int(self.part.order, example)

    def read(self, stream: Buffer, first: Int, rows) -> Lanes:
        array = self.arrays[stream.array]
        if stream.stride == 1 and not stream.ordered:
            return self.code.load(array, first + stream.offset, self.lanes)
        return self.code.gather(array, self.indices(stream, rows))

    def indices(self, stream: Buffer, rows) -> list[Int]:
        return [row[stream.ordered] * stream.stride + stream.offset for row in rows]

    def results(self, known, first: Int, rows) -> None:
        """Store them, or add them up: those of a last, incomplete block beside the others."""
        base = self.accumulators(first) if self.sums else None
        for i, (x, stream) in enumerate(zip(self.part.program.outputs, self.part.outputs)):
            array, y = self.arrays[stream.array], self.operand(x, known, self.lanes)
            if i in self.part.sums:
                index = base + self.sums.index(i) * self.lanes
                total = self.code.load(self.work, index, self.lanes) + y
                self.code.store(total, self.work, index)
            elif stream.stride == 1:
                self.code.store(
                    y, array, first + self.code.int(stream.offset) * self.part.output_stride
                )
            elif stream.stride:
                self.code.scatter(y, array, self.indices(stream, rows))
            else:
                self.code.store(y.first(), array, stream.offset)

    # ---------------------------------------------------------------------------------- sums

    def clear(self) -> None:
        if not self.sums:
            return
        zero = self.code.number(0.0, self.lanes)
        with self.code.loop(2 * len(self.sums) * self.lanes, self.lanes) as (i, _):
            self.code.store(zero, self.work, i)

    def accumulators(self, first: Int) -> Int:
        complete = (first + (self.lanes - 1)).less(self.count)
        beside = self.code.int(self.lanes * len(self.sums))
        return complete.either(self.code.int(0), beside)

    def finish(self) -> None:
        """Means, of all lanes of the complete blocks and of the incomplete one's first lanes."""
        if not self.sums:
            return
        code, lanes = self.code, self.lanes
        complete = self.count // lanes * lanes
        valid = code.counting(complete, self.count, lanes)
        share = 1.0 / self.count.real()
        for run in runs([self.part.outputs[i] for i in self.sums]):
            start, stream, length = run
            with code.loop(length) as (i, _):
                index = (i + start) * lanes
                rest = code.load(self.work, index + lanes * len(self.sums), lanes)
                total = code.load(self.work, index, lanes) + valid.choose(rest, 0.0)
                array = self.arrays[stream.array]
                code.store(total.total() * share, array, i + stream.offset)


def runs(streams: list[Buffer]) -> list[tuple[int, Buffer, int]]:
    """(number of the first, the first, how many) of streams that stand side by side."""
    found: list = []
    for i, stream in enumerate(streams):
        if found:
            start, first, length = found[-1]
            if stream == replace(first, offset=first.offset + length):
                found[-1] = (start, first, length + 1)
                continue
        found.append((i, stream, 1))
    return found


def varying(part: CompilationUnit) -> list[bool]:
    """For each place whether it differs from example to example."""
    program = part.program
    found = [bool(s.stride) for s in part.inputs]
    for inputs in program.inputs:
        found.append(bool([x for x in inputs if type(x) is int and found[x]]))
    return found
