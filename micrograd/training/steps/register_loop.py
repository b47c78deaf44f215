"""The loop of a small step, whose parameters stay in registers from one step to the next.

Rule: numbers are loaded before the loop and stored behind it. Within it, only data and rates are
loaded, and only losses are stored: a number that is stored and loaded again costs 2 ns a step.
"""

from collections.abc import Sequence

from micrograd.compiler import Code, Int, Lanes, Program, lowering_rules, write_program
from micrograd.training.steps.memory import DATA, Memory, Word
from micrograd.training.steps.programs import StepPrograms

MOST_PARAMETERS = 15  # the update of more is faster in lanes
MOST_INSTRUCTIONS = 500  # so that LLVM stays quick

Numbers = list[Lanes]


def fits_registers(programs: StepPrograms, parameters: int) -> bool:
    """Return whether the step of one example is small enough."""
    if not isinstance(programs.example, Program):
        return False
    instructions = parameters * len(programs.update)
    for program in (programs.example, programs.penalty, programs.clipping):
        if program is not None:
            instructions += len(program)
    return parameters <= MOST_PARAMETERS and instructions <= MOST_INSTRUCTIONS


class RegisterLoop:
    """Writes the loop over the steps. Each step sees one example, or there is no data."""

    def __init__(self, code: Code, programs: StepPrograms, memory: Memory) -> None:
        self.code, self.programs, self.memory = code, programs, memory
        self.count = memory.sizes["p"]
        of_parameters = ("p", "grad", *memory.state_sections)
        self.carried = dict.fromkeys(of_parameters, self.count)  # how many of each section
        self.carried["other"] = programs.moved
        self.carried["loss"] = 1
        self.constants = self.load("other", programs.moved, memory.sizes["other"])

    def write(self) -> None:
        code = self.code
        before: Numbers = []
        for name, size in self.carried.items():
            before += self.load(name, 0, size)
        done = code.word(Word.DONE)
        with code.loop(code.word(Word.STEPS), carried=before) as (i, numbers):
            step = i + (done - code.word(Word.SINCE))
            numbers[:] = self.take_step(step, self.by_section(numbers))
        for name, section in self.by_section(numbers).items():
            self.store(name, section)

    def load(self, name: str, start: int, stop: int) -> Numbers:
        """Return the numbers from `start` to `stop` of a section of the memory."""
        memory = self.code.array(Word.MEMORY)
        first = self.memory.starts[name]
        return [self.code.load(memory, first + i) for i in range(start, stop)]

    def store(self, name: str, numbers: Numbers) -> None:
        memory = self.code.array(Word.MEMORY)
        first = self.memory.starts[name]
        for i, x in enumerate(numbers):
            self.code.store(x, memory, first + i)

    def by_section(self, numbers: Sequence[Lanes]) -> dict[str, Numbers]:
        """Return the carried numbers by the section that they belong to."""
        sections: dict[str, Numbers] = {}
        start = 0
        for name, size in self.carried.items():
            sections[name] = list(numbers[start : start + size])
            start += size
        return sections

    # ---------------------------------------------------------------------------------- one step

    def take_step(self, step: Int, before: dict[str, Numbers]) -> Numbers:
        """Return the carried numbers after the step, and store its loss."""
        p = before["p"]
        inputs = self.example(step) + p + before["other"] + self.constants
        example = self.programs.example
        assert isinstance(example, Program)
        loss, *outputs = self.run(example, inputs)
        grads = outputs[: self.count]
        moved = outputs[self.count :]
        columns = [p, grads]
        if self.programs.penalty is not None:
            penalty, *penalties = self.run(self.programs.penalty, p)
            loss = loss + penalty
            columns.append(penalties)
        factors = self.factors(columns[1:])
        columns += [before[name] for name in self.memory.state_sections]
        self.code.store(loss, self.code.array(Word.LOSSES), step)
        return self.update(self.rates(step), factors, columns) + moved + [loss]

    def run(self, program: Program, inputs: Numbers) -> Numbers:
        return write_program(self.code, program, lowering_rules(False), inputs)

    def factors(self, gradients: list[Numbers]) -> Numbers:
        """Return the factor that clips the gradients, if any does."""
        if self.programs.clipping is None:
            return []
        inputs = [x for column in gradients for x in column]
        return self.run(self.programs.clipping, inputs)

    def update(self, rates: Numbers, factors: Numbers, columns: list[Numbers]) -> Numbers:
        """Return all new parameters, then their gradients, then each number of their states."""
        states = len(self.memory.state_sections)
        updated: list[Numbers] = []
        for row in zip(*columns):
            split = len(row) - states
            inputs = [*rates, *row[:split], *factors, *row[split:]]
            updated.append(self.run(self.programs.update, inputs))
        return [x for column in zip(*updated) for x in column]

    def rates(self, step: Int) -> Numbers:
        """Return the numbers that all parameters share in that step."""
        array = self.code.array(Word.RATES)
        width = self.memory.sizes["rates"]
        first = step * width
        return [self.code.load(array, first + i) for i in range(width)]

    def example(self, step: Int) -> Numbers:
        """Return the numbers of x, those of y and the random numbers of the step's example."""
        code, programs = self.code, self.programs
        if not programs.widths:
            return []
        place = step * code.word(Word.STRIDE) + code.word(Word.FIRST)
        row = code.load_int(code.int_array(Word.ORDER), place)
        numbers: Numbers = []
        drawn: Numbers = []
        for k, width in enumerate(programs.row_widths):
            array = code.array(DATA[k])
            first = row * width
            loaded = [code.load(array, first + i) for i in range(width)]
            numbers += loaded[: programs.widths[k]]
            drawn += loaded[programs.widths[k] :]
        return numbers + drawn
