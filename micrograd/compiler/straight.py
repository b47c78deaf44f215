"""Lowering a small program as one straight line in registers, with examples side by side in lanes.

Rule: a part is a program and where its numbers stand in memory; one that is run once is a loop over
one example.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from micrograd.compiler.llvm import Code, Lanes, Whole
from micrograd.compiler.program import Program


@dataclass(frozen=True)
class Stream:
    """Where a number stands: in the array at that word of the frame, at that offset.

    From one example to the next it moves on by `stride`; with 0 all share it. `ordered` rows are
    those that the part's `order` names.
    """

    array: int
    offset: int = 0
    stride: int = 0
    ordered: bool = False


@dataclass(frozen=True)
class Part:
    """A program, to be run for `count` examples (a word of the frame, or a number).

    An output with stride 0 is one number: what comes last, or, if listed in `sums`, the mean over
    the examples. `work` is an offset in `array`, for numbers in between.
    """

    program: Program
    inputs: tuple[Stream, ...]
    outputs: tuple[Stream, ...]
    count: int | Whole = 1
    sums: frozenset[int] = frozenset()
    order: object = None  # a pointer to integers
    array: int = 0  # the word of the frame for the sums in between
    work: int = 0
    apart: object = 1  # how far apart the offsets of outputs with a stride of 1 are


def scratch(part: Part, lanes: int) -> int:
    """How many numbers of `work` the straight line needs."""
    return 2 * lanes * len(part.sums)


def lower(code: Code, part: Part, spellings: dict[object, Callable], lanes: int) -> None:
    """Write the loop over the examples, `lanes` of them at a time."""
    Straight(code, part, spellings, lanes).write()


class Straight:
    """The state of writing one part."""

    def __init__(self, code: Code, part: Part, spellings, lanes: int):
        self.code, self.part, self.spellings, self.lanes = code, part, spellings, lanes
        self.count = part.count if isinstance(part.count, Whole) else code.whole(part.count)
        self.arrays = {s.array: code.array(s.array) for s in (*part.inputs, *part.outputs)}
        self.varies = varying(part)
        self.sums = sorted(part.sums)
        self.work = None
        if self.sums:
            array = code.array(part.array)
            self.work = code.place(array, part.work)

    def write(self) -> None:
        code, program, lanes = self.code, self.part.program, self.lanes
        known: dict[int, Lanes] = {}
        self.shared(known)
        self.clear()
        with code.loop(self.count, lanes) as (first, _):
            rows = [self.row(first + lane) for lane in range(lanes)] if self.by_rows() else []
            inside = dict(known)
            for place in range(len(program.names)):
                if self.varies[place]:
                    inside[place] = self.read(self.part.inputs[place], first, rows)
            for i, op in enumerate(program.ops):
                place = len(program.names) + i
                if self.varies[place]:
                    inside[place] = self.instruction(op, program.inputs[i], inside, lanes)
            self.results(inside, first, rows)
        self.finish()

    def shared(self, known) -> None:
        """What does not change from example to example is computed once."""
        program = self.part.program
        for i, op in enumerate(program.ops):
            place = len(program.names) + i
            if not self.varies[place]:
                known[place] = self.instruction(op, program.inputs[i], known, 1)

    def instruction(self, op, inputs, known, lanes: int) -> Lanes:
        return self.spellings[op](*[self.operand(x, known, lanes) for x in inputs])

    def operand(self, x, known, lanes: int) -> Lanes:
        """The constant, the result or the input, the latter loaded where it is used."""
        code = self.code
        if type(x) is float:
            return code.number(x, lanes)
        if x in known:
            return code.spread(known[x], lanes)
        stream = self.part.inputs[x]
        return code.spread(code.load(self.arrays[stream.array], stream.offset), lanes)

    # ------------------------------------------------------------------------------ examples

    def by_rows(self) -> bool:
        return any(s.stride != 1 and s.stride for s in (*self.part.inputs, *self.part.outputs)) or (
            any(s.ordered for s in self.part.inputs)
        )

    def row(self, example: Whole) -> tuple[Whole, Whole]:
        """(the example, none after the last; the row that it is)."""
        example = example.at_most(self.count - 1)
        if self.part.order is None:
            return example, example
        return example, self.code.load_whole(self.part.order, example)

    def read(self, stream: Stream, first: Whole, rows) -> Lanes:
        array = self.arrays[stream.array]
        if stream.stride == 1 and not stream.ordered:
            return self.code.load(array, first + stream.offset, self.lanes)
        return self.code.gather(array, self.indices(stream, rows))

    def indices(self, stream: Stream, rows) -> list[Whole]:
        return [row[stream.ordered] * stream.stride + stream.offset for row in rows]

    def results(self, known, first: Whole, rows) -> None:
        """Store them, or add them up: those of a last, incomplete block beside the others."""
        base = self.accumulators(first) if self.sums else None
        for i, (x, stream) in enumerate(zip(self.part.program.outputs, self.part.outputs)):
            array, y = self.arrays[stream.array], self.operand(x, known, self.lanes)
            if i in self.part.sums:
                index = base + self.sums.index(i) * self.lanes
                total = self.code.load(self.work, index, self.lanes) + y
                self.code.store(total, self.work, index)
            elif stream.stride == 1:
                self.code.store(y, array, first + self.code.whole(stream.offset) * self.part.apart)
            elif stream.stride:
                self.code.scatter(y, array, self.indices(stream, rows))
            else:
                self.code.store(y.first(), array, stream.offset)

    # ---------------------------------------------------------------------------------- sums

    def clear(self) -> None:
        if not self.sums:
            return
        zero = self.code.number(0.0, self.lanes)
        with self.code.loop(scratch(self.part, self.lanes), self.lanes) as (i, _):
            self.code.store(zero, self.work, i)

    def accumulators(self, first: Whole) -> Whole:
        complete = (first + (self.lanes - 1)).less(self.count)
        beside = self.code.whole(self.lanes * len(self.sums))
        return complete.either(self.code.whole(0), beside)

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


def runs(streams: list[Stream]) -> list[tuple[int, Stream, int]]:
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


def varying(part: Part) -> list[bool]:
    """For each place whether it differs from example to example."""
    program = part.program
    found = [bool(s.stride) for s in part.inputs]
    for inputs in program.inputs:
        found.append(any(type(x) is int and found[x] for x in inputs))
    return found
