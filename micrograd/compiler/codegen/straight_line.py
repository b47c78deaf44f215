"""Straight lines: a small program in registers, with examples side by side in lanes.

Rule: each instruction is written once, without loops over members. A long program is several
functions, and numbers that one computes and another reads are spilled to memory.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from micrograd.compiler.codegen.code import Code
from micrograd.compiler.codegen.lanes import Int, Lanes
from micrograd.compiler.codegen.llvm import Pointer
from micrograd.compiler.codegen.lowering_rules import Rules
from micrograd.compiler.codegen.unit import Buffer, CompilationUnit, runs
from micrograd.compiler.program import Operand, Program

PIECE = 500  # instructions of a program that are one function, so that LLVM stays quick

Row = tuple[Int, Int]  # the number of an example, and the row that holds it


def scratch(unit: CompilationUnit, lanes: int) -> int:
    """Return how many numbers of the unit's work memory the straight line needs."""
    spilled = spilled_places(unit.program, unit.varying())
    return lanes * (len(unit.means) + len(spilled))


def pieces(program: Program) -> list[range]:
    """Return the instructions of each function, as indices."""
    count = len(program)
    return [range(i, min(i + PIECE, count)) for i in range(0, count, PIECE)]


def spilled_places(program: Program, varies: Sequence[bool]) -> dict[int, int]:
    """Number the places that are read in another function than the one that computes them.

    Each piece has a function for what varies from example to example, and one for what does not.
    """
    first = len(program.input_names)
    spilled: dict[int, int] = {}
    if len(program) <= PIECE:
        return spilled

    def function_of(place: int) -> tuple[bool, int]:
        return (varies[place], (place - first) // PIECE)

    readers = [(function_of(first + i), xs) for i, xs in enumerate(program.operands)]
    for reader, operands in (*readers, (None, program.outputs)):
        for x in operands:
            if isinstance(x, int) and (x < first or function_of(x) != reader):
                spilled.setdefault(x, len(spilled))
    return spilled


def write_program(
    code: Code, program: Program, rules: Rules, inputs: Sequence[Lanes]
) -> list[Lanes]:
    """Write a program whose inputs are in registers; return its outputs."""
    registers = list(inputs)

    def number(x: Operand) -> Lanes:
        return code.number(x) if isinstance(x, float) else registers[x]

    for op, operands in zip(program.ops, program.operands):
        registers.append(rules[op](*map(number, operands)))
    return [number(x) for x in program.outputs]


@dataclass
class Scope:
    """The function that is being written, its arrays, and the numbers in its registers."""

    code: Code
    arrays: dict[int, Pointer]  # by the word of the frame
    work: Pointer | None
    registers: dict[int, Lanes]  # by place


class StraightLine:
    """Writes one unit, an instruction after the other."""

    def __init__(
        self,
        code: Code,
        unit: CompilationUnit,
        rules: Rules,
        lanes: int,
    ):
        self.code, self.unit, self.rules, self.lanes = code, unit, rules, lanes
        self.count = unit.count if isinstance(unit.count, Int) else code.integer(unit.count)
        self.varies = unit.varying()
        self.means = sorted(unit.means)
        self.spilled = spilled_places(unit.program, self.varies)
        buffers = (*unit.inputs, *unit.outputs)
        self.uses_rows = any(b.ordered or b.stride not in (0, 1) for b in buffers)

    def scope(self, code: Code) -> Scope:
        """Return the arrays as a function sees them. Each function has to load their addresses."""
        unit = self.unit
        used = [b.array for b in (*unit.inputs, *unit.outputs)]
        arrays = {word: code.array(word) for word in used}
        work = None
        if self.means or self.spilled:
            work = code.element(code.array(unit.array), unit.work)
        return Scope(code, arrays, work, {})

    def write(self) -> None:
        """Write the loop over the examples, `lanes` of them at a time."""
        lanes, program = self.lanes, self.unit.program
        scope = self.scope(self.code)
        shared = scope.registers
        self.write_instructions(scope, False, 1)  # those with the same result for all examples
        self.zero_sums(scope)
        for first in self.code.unrolled_loop(self.unit.count, lanes):
            rows = self.rows(first)
            scope.registers = dict(shared)
            for place in range(len(program.input_names)):
                if self.varies[place]:
                    self.define(scope, place, self.read(scope, place, first, rows))
            self.write_instructions(scope, True, lanes)
            self.write_results(scope, first, rows)
        self.store_means(scope)

    # -------------------------------------------------------------------------------- instructions

    def write_instructions(self, scope: Scope, varies: bool, lanes: int) -> None:
        """Write the instructions that do or do not vary; each of several pieces is a function."""
        first = len(self.unit.program.input_names)
        for piece in pieces(self.unit.program):
            lines = [i for i in piece if self.varies[first + i] == varies]
            if not self.spilled:
                self.write_lines(scope, lines, lanes)
            elif lines:
                with self.code.outlined() as (inner, _):
                    self.write_lines(self.scope(inner), lines, lanes)

    def write_lines(self, scope: Scope, lines: Iterable[int], lanes: int) -> None:
        program = self.unit.program
        for i in lines:
            inputs = [self.operand(scope, x, lanes) for x in program.operands[i]]
            result = self.rules[program.ops[i]](*inputs)
            self.define(scope, len(program.input_names) + i, result)

    def define(self, scope: Scope, place: int, x: Lanes) -> None:
        """Note the number at a place, and spill it if another function reads it."""
        scope.registers[place] = x
        if place in self.spilled:
            scope.code.store(x, scope.work, self.spill_offset(place))

    def spill_offset(self, place: int) -> int:
        return self.lanes * (len(self.means) + self.spilled[place])

    def operand(self, scope: Scope, x: Operand, lanes: int) -> Lanes:
        """Return the constant, the result or the input; inputs are loaded where they are used."""
        code, registers = scope.code, scope.registers
        if isinstance(x, float):
            return code.number(x, lanes)
        is_input = x < len(self.unit.program.input_names)
        if x not in registers and (self.varies[x] or not is_input):
            width = self.lanes if self.varies[x] else 1
            registers[x] = code.load(scope.work, self.spill_offset(x), width)
        if x in registers:
            return code.broadcast(registers[x], lanes)
        buffer = self.unit.inputs[x]
        number = code.load(scope.arrays[buffer.array], buffer.offset)
        return code.broadcast(number, lanes)

    # ------------------------------------------------------------------------------------ examples

    def rows(self, first: Int) -> list[Row]:
        """Return the row for each lane, if there is anything that stands in rows."""
        if not self.uses_rows:
            return []
        return [self.row(first + lane) for lane in range(self.lanes)]

    def row(self, example: Int) -> Row:
        """Return an example and its row. Examples after the last are the last one again."""
        example = example.at_most(self.count - 1)
        if self.unit.order is None:
            return example, example
        return example, self.code.load_int(self.unit.order, example)

    def read(self, scope: Scope, place: int, first: Int, rows: Sequence[Row]) -> Lanes:
        """Return an input of the program, for the examples from `first` on."""
        buffer = self.unit.inputs[place]
        array = scope.arrays[buffer.array]
        if buffer.stride == 1 and not buffer.ordered:
            return self.code.load(array, first + buffer.offset, self.lanes)
        return self.code.gather(array, self.indices(buffer, rows))

    def indices(self, buffer: Buffer, rows: Sequence[Row]) -> list[Int]:
        numbers = [row if buffer.ordered else example for example, row in rows]
        return [number * buffer.stride + buffer.offset for number in numbers]

    def write_results(self, scope: Scope, first: Int, rows: Sequence[Row]) -> None:
        """Store the outputs, or add them to their sums."""
        code, unit = self.code, self.unit
        valid = code.lane_mask(first, self.count, self.lanes)  # not behind the last example
        for i, x in enumerate(unit.program.outputs):
            buffer = unit.outputs[i]
            array = scope.arrays[buffer.array]
            y = self.operand(scope, x, self.lanes)
            if i in unit.means:
                index = self.means.index(i) * self.lanes
                total = code.load(scope.work, index, self.lanes)
                code.store(valid.select(total + y, total), scope.work, index)
            elif buffer.stride == 1:
                begin = code.integer(buffer.offset) * unit.output_stride
                code.store(y, array, first + begin)
            elif buffer.stride:
                code.scatter(y, array, self.indices(buffer, rows))
            else:
                code.store(y.first(), array, buffer.offset)

    # --------------------------------------------------------------------------------------- means

    def zero_sums(self, scope: Scope) -> None:
        if not self.means:
            return
        zero = self.code.number(0.0, self.lanes)
        with self.code.loop(len(self.means) * self.lanes, self.lanes) as (i, _):
            self.code.store(zero, scope.work, i)

    def store_means(self, scope: Scope) -> None:
        """Store the means over all examples; of outputs side by side, `lanes` at a time."""
        if not self.means:
            return
        code, lanes = self.code, self.lanes
        share = 1.0 / self.count.to_float()
        outputs = [self.unit.outputs[i] for i in self.means]
        for start, buffer, length in runs(outputs):
            array, whole = scope.arrays[buffer.array], length // lanes * lanes
            with code.loop(whole, lanes) as (i, _):
                sums = [self.sum(scope, i + (start + k)) for k in range(lanes)]
                means = reduce_rows(sums) * code.broadcast(share, lanes)
                code.store(means, array, i + buffer.offset)
            with code.loop(length - whole) as (i, _):
                total = self.sum(scope, i + (start + whole))
                code.store(total.reduce_add() * share, array, i + (buffer.offset + whole))

    def sum(self, scope: Scope, number: Int) -> Lanes:
        """Return the sum of that number, which has a part in each lane."""
        return self.code.load(scope.work, number * self.lanes, self.lanes)


def reduce_rows(rows: Sequence[Lanes]) -> Lanes:
    """Return the sum of each of as many rows as each has lanes, in the order of `reduce_add`.

    Each round adds halves onto halves, and puts two rows into one.
    """
    width = len(rows)
    while width > 1:
        half = width // 2
        low = [k for k in range(2 * rows[0].lanes) if k % width < half]
        rows = [
            x.mixed(y, low) + x.mixed(y, [k + half for k in low])
            for x, y in zip(rows[::2], rows[1::2])
        ]
        width = half
    return rows[0]
