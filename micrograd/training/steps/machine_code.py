"""The machine code of a compiled step: programs over memory, and the loop around them.

Rule: this writes code and runs none. The loop over the steps runs the program of the examples, then
those of the parameters; several threads share the examples, and the first one leads.
"""

from collections.abc import Callable
from typing import Any

from micrograd.compiler import (
    Buffer,
    Code,
    CompilationUnit,
    Int,
    LoweredProgram,
    Program,
    native_lanes,
)
from micrograd.training.steps.memory import Memory, Scalar, Word
from micrograd.training.steps.programs import StepPrograms

DATA = (Word.ROWS, Word.TARGETS)  # the words of the arrays of data


class StepCode:
    """Writes the code of one step. With `has_batch` the loss sees several examples in a step."""

    def __init__(
        self, programs: StepPrograms, memory: Memory, dtype: str, examples: int, threads: int
    ) -> None:
        self.programs, self.memory = programs, memory
        self.threads, self.lanes = threads, native_lanes(dtype)
        self.has_batch = bool(programs.widths) and examples > 1
        self.copies_example = bool(programs.widths) and examples == 1

    # ------------------------------------------------------------------------------- programs

    def units(self) -> list[CompilationUnit]:
        """Return each program, in the order in which they run, with the places of its numbers."""
        units = [self.example_unit()]
        if self.programs.penalty is not None:
            units.append(self.penalty_unit(self.programs.penalty))
        if self.programs.clipping is not None:
            units.append(self.clipping_unit(self.programs.clipping))
        return [*units, self.update_unit()]

    def example_unit(self) -> CompilationUnit:
        memory = self.memory
        inputs = [*self.example_buffers(), *memory.buffers("p"), *memory.buffers("other")]
        outputs = [memory.buffer("loss"), *memory.buffers("grad"), *memory.buffers("moved")]
        return CompilationUnit(
            self.programs.example,
            tuple(inputs),
            tuple(outputs),
            means=frozenset(range(len(outputs)) if self.has_batch else ()),
            array=Word.MEMORY,
        )

    def example_buffers(self) -> list[Buffer]:
        """Return where the numbers of x, those of y and the random numbers stand."""
        programs = self.programs
        buffers = []
        for k, width in enumerate(programs.widths):
            buffers += [self.example_buffer(k, i) for i in range(width)]
        for i in range(programs.random_per_example):
            place = programs.widths[0] + i
            buffers.append(self.example_buffer(0, place))
        return buffers

    def example_buffer(self, k: int, i: int) -> Buffer:
        """Return where number i of an example stands, in the rows (k = 0) or the targets."""
        if not self.has_batch:
            return self.memory.buffer(f"data{k}", i)
        width = self.programs.row_widths[k]
        return Buffer(DATA[k], i, width, ordered=True)

    def penalty_unit(self, program: Program) -> CompilationUnit:
        inputs = self.memory.buffers("p")
        penalty = self.memory.buffer("scalars", Scalar.PENALTY)
        outputs = [penalty, *self.memory.buffers("penalty")]
        return CompilationUnit(program, tuple(inputs), tuple(outputs))

    def clipping_unit(self, program: Program) -> CompilationUnit:
        inputs = self.memory.buffers("grad")
        if self.programs.penalty is not None:
            inputs += self.memory.buffers("penalty")
        scale = self.memory.buffer("scalars", Scalar.SCALE)
        return CompilationUnit(program, tuple(inputs), (scale,))

    def update_unit(self) -> CompilationUnit:
        """Return the optimizer's rule, as a loop over the parameters."""
        memory = self.memory
        p = memory.buffer("p", stride=1)
        grad = memory.buffer("grad", stride=1)
        inputs = [*memory.buffers("rates"), p, grad]
        if self.programs.penalty is not None:
            inputs.append(memory.buffer("penalty", stride=1))
        if self.programs.clipping is not None:
            inputs.append(memory.buffer("scalars", Scalar.SCALE))
        state = [memory.buffer(name, stride=1) for name in memory.state_sections]
        return CompilationUnit(
            self.programs.update,
            (*inputs, *state),
            (p, grad, *state),
            count=memory.sizes["p"],
        )

    # ------------------------------------------------------------------------------- the loop

    def write(self, code: Code, lowered: list[LoweredProgram]) -> None:
        """Write the loop over the steps; `lowered` are the programs of `units`."""
        example, *others = lowered
        done, steps = code.word(Word.DONE), code.word(Word.STEPS)
        with code.loop(steps) as (i, _):
            step = i + (done - code.word(Word.SINCE))
            first = step * code.word(Word.STRIDE) + code.word(Word.FIRST)
            order = code.element(code.int_array(Word.ORDER), first)
            if self.has_batch:
                count = code.word(Word.COUNT)
                example.write(code, count=count, order=order)
            else:
                self.copy_example(code, order)
                example.write(code)
                self.copy_moved(code)
            if self.threads == 1:
                self.update_parameters(code, step, others)
            else:
                self.reduce_across_threads(code, step, others)
        code.set_word(Word.DONE, done + steps)

    def copy_example(self, code: Code, order: Any) -> None:
        """Copy the only example of the step to where the program reads it."""
        if not self.copies_example:
            return
        index = code.load_int(order, 0)
        memory = code.array(Word.MEMORY)
        for k, width in enumerate(self.programs.row_widths):
            array, start = code.array(DATA[k]), self.memory.starts[f"data{k}"]
            with code.loop(width) as (i, _):
                number = code.load(array, index * width + i)
                code.store(number, memory, i + start)

    def copy_moved(self, code: Code) -> None:
        """Copy the new numbers of what the step moves to where the next step reads them."""
        memory, starts = code.array(Word.MEMORY), self.memory.starts
        if self.programs.moved:
            with code.loop(self.programs.moved) as (i, _):
                code.store(code.load(memory, i + starts["moved"]), memory, i + starts["other"])

    def update_parameters(self, code: Code, step: Int, others: list[LoweredProgram]) -> None:
        """Run the programs that follow the examples', and store the loss of the step."""
        memory, rates = code.array(Word.MEMORY), code.array(Word.RATES)
        scalars, loss = self.memory.starts["scalars"], self.memory.starts["loss"]
        start, width = self.memory.starts["rates"], self.memory.sizes["rates"]
        for i in range(width):
            code.store(code.load(rates, step * width + i), memory, start + i)
        for program in others:
            program.write(code)
        total = code.load(memory, loss)
        if self.programs.penalty is not None:
            total = total + code.load(memory, scalars + Scalar.PENALTY)
        code.store(total, memory, loss)
        losses = code.array(Word.LOSSES)
        code.store(total, losses, step)

    # ------------------------------------------------------------------------------- threads

    def reduce_across_threads(self, code: Code, step: Int, others: list[LoweredProgram]) -> None:
        """Add the gradients of all threads, in order, in the first one, which updates parameters.

        Two barriers hold the others: until all gradients are there, and until the first thread has
        updated the parameters, which they then copy.
        """
        threads, leads = code.word(Word.THREADS), code.word(Word.LEADS)
        memory, signal = code.array(Word.MEMORY), code.int_array(Word.SIGNAL)
        peers = code.int_array(Word.PEERS)
        share = code.load(memory, self.memory.starts["share"])
        share = code.broadcast(share, self.lanes)
        for name in ("loss", "grad"):
            self.map_section(code, name, lambda x, _: x * share)
        code.barrier(signal, (step * 2 + 1) * threads)
        with code.loop(leads):
            with code.loop(threads - 1) as (i, _):
                self.add_from(code, code.load_int(peers, i + 1))
            self.update_parameters(code, step, others)
        code.barrier(signal, (step * 2 + 2) * threads)
        with code.loop(1 - leads):
            first = code.pointer(code.load_int(peers, 0))
            self.map_section(code, "p", lambda x, at: code.load(first, at, x.lanes))

    def add_from(self, code: Code, address: Int) -> None:
        """Add the loss and the gradients in the memory at that address."""
        other = code.pointer(address)
        for name in ("loss", "grad"):
            self.map_section(code, name, lambda x, at: x + code.load(other, at, x.lanes))

    def map_section(self, code: Code, name: str, f: Callable[[Any, Any], Any]) -> None:
        """Write f(x, offset) in place of each x of a section, several at once.

        The numbers between two sections change as well: nobody reads them.
        """
        memory, start = code.array(Word.MEMORY), self.memory.starts[name]
        with code.loop(self.memory.sizes[name], self.lanes) as (i, _):
            offset = i + start
            x = code.load(memory, offset, self.lanes)
            code.store(f(x, offset), memory, offset)
