"""The loop of a small step, whose parameters stay in registers from one step to the next.

Rule: numbers are loaded before the loop and stored behind it. Within it, only data and rates are
loaded, and only losses are stored: a number that is stored and loaded again costs 2 ns a step.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from micrograd.compiler import Code, Int, Lanes, Program, evaluate, lowering_rules
from micrograd.training.steps.memory import DATA, Memory, Word
from micrograd.training.steps.programs import StepPrograms

MOST_PARAMETERS = 15  # the update of more is faster in lanes
MOST_INSTRUCTIONS = 500  # so that LLVM stays quick


def fits_registers(programs: StepPrograms, parameters: int) -> bool:
    """Return whether the step of one example is small enough."""
    once = (programs.example, programs.penalty, programs.clipping)
    instructions = sum(len(program) for program in once if program is not None)
    instructions += parameters * len(programs.update)
    return parameters <= MOST_PARAMETERS and instructions <= MOST_INSTRUCTIONS


class RegisterLoop:
    """Writes the loop over the steps. Each step sees one example, or there is no data."""

    def __init__(self, code: Code, programs: StepPrograms, memory: Memory) -> None:
        self.code, self.programs, self.memory = code, programs, memory
        sizes = dict.fromkeys(("p", "grad", *memory.state_sections), memory.sizes["p"])
        self.carried = {**sizes, "other": programs.moved, "loss": 1}  # numbers of each section
        others = range(programs.moved, memory.sizes["other"])
        self.constants = [self.load("other", i) for i in others]

    def load(self, section: str, i: int) -> Lanes:
        memory, start = self.code.array(Word.MEMORY), self.memory.starts[section]
        return self.code.load(memory, start + i)

    def write(self) -> None:
        code = self.code
        steps, done = code.word(Word.STEPS), code.word(Word.DONE)
        before = [self.load(name, i) for name, n in self.carried.items() for i in range(n)]
        with code.loop(steps, carried=before) as (i, numbers):
            step = i + (done - code.word(Word.SINCE))
            numbers[:] = self.step(step, numbers)
        self.store(numbers)

    def store(self, numbers: Sequence[Lanes]) -> None:
        memory = self.code.array(Word.MEMORY)
        for name, section in self.sections(numbers).items():
            for i, x in enumerate(section):
                self.code.store(x, memory, self.memory.starts[name] + i)

    def sections(self, numbers: Sequence[Lanes]) -> dict[str, list[Lanes]]:
        """Return the carried numbers by the section that they belong to."""
        rest = iter(numbers)
        return {name: list(islice(rest, size)) for name, size in self.carried.items()}

    # ---------------------------------------------------------------------------------- one step

    def step(self, step: Int, numbers: Sequence[Lanes]) -> list[Lanes]:
        """Return the carried numbers after the step, and store its loss."""
        before, count = self.sections(numbers), self.memory.sizes["p"]
        p, moved = before["p"], before["other"]
        inputs = [*self.example(step), *p, *moved, *self.constants]
        loss, *outputs = self.run(self.programs.example, inputs)
        grads, moved = outputs[:count], outputs[count:]
        penalties: list[Lanes] = []
        if self.programs.penalty is not None:
            penalty, *penalties = self.run(self.programs.penalty, p)
            loss = loss + penalty
        scale: list[Lanes] = []
        if self.programs.clipping is not None:
            scale = self.run(self.programs.clipping, [*grads, *penalties])
        self.code.store(loss, self.code.array(Word.LOSSES), step)
        rates = list(self.rates(step))
        states = [before[name] for name in self.memory.state_sections]
        columns = [p, grads, *([penalties] if penalties else [])]
        rows = zip(zip(*columns), zip(*states) if states else [()] * count)
        updated = [
            self.run(self.programs.update, [*rates, *row, *scale, *state]) for row, state in rows
        ]
        return [*(x for column in zip(*updated) for x in column), *moved, loss]

    def run(self, program: Program, inputs: Sequence[Lanes]) -> list[Lanes]:
        return evaluate(self.code, program, lowering_rules(False), inputs)

    def rates(self, step: Int) -> Iterator[Lanes]:
        """Yield the numbers that all parameters share in that step."""
        array, width = self.code.array(Word.RATES), self.memory.sizes["rates"]
        for i in range(width):
            yield self.code.load(array, step * width + i)

    def example(self, step: Int) -> Iterator[Lanes]:
        """Yield the numbers of x, those of y and the random numbers of the step's example."""
        code, programs = self.code, self.programs
        if not programs.widths:
            return
        first = step * code.word(Word.STRIDE) + code.word(Word.FIRST)
        row = code.load_int(code.int_array(Word.ORDER), first)
        places = [(k, i) for k, width in enumerate(programs.widths) for i in range(width)]
        places += [(0, programs.widths[0] + i) for i in range(programs.random_per_example)]
        for k, i in places:
            index = row * programs.row_widths[k] + i
            yield code.load(code.array(DATA[k]), index)
