"""The machine code of a compiled step: programs over memory, and the loop around them.

Rule: this writes code and runs none. The loop over the steps runs the program of the examples, then
those of the parameters. Several threads share the examples, and then the parameters; the first one
leads where a number depends on all parameters.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from micrograd.compiler import (
    LINE,
    Buffer,
    Code,
    CompilationUnit,
    Int,
    Lanes,
    LoweredProgram,
    Program,
    RolledProgram,
    RolledUnit,
    native_lanes,
)
from micrograd.training.steps.memory import DATA, Memory, Peer, Scalar, Word
from micrograd.training.steps.programs import StepPrograms
from micrograd.training.steps.reciprocals import with_reciprocals
from micrograd.training.steps.register_loop import RegisterLoop, fits_registers


class StepCode:
    """Writes the code of one step.

    With `has_batch` the program of the examples computes several of them, side by side.
    """

    def __init__(
        self, programs: StepPrograms, memory: Memory, dtype: str, examples: int, threads: int
    ) -> None:
        self.programs, self.memory = programs, memory
        self.threads, self.lanes = threads, native_lanes(dtype)
        self.has_batch = bool(programs.widths) and examples > 1 and not memory.in_turn
        self.copies_example = bool(programs.widths) and not self.has_batch
        is_alone = not self.has_batch and threads == 1
        self.in_registers = is_alone and fits_registers(programs, memory.sizes["p"])

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
        if isinstance(self.programs.example, RolledProgram):
            return RolledUnit(
                self.programs.example,
                tuple(self.example_buffers()),
                (),
                means=frozenset({0} if self.has_batch else ()),
                array=Word.MEMORY,
                sections={name: memory.starts[name] for name in ("p", "other")}
                | {name: memory.starts[self.of_one(name)] for name in ("loss", "grad")},
                trained=memory.sizes["p"],
            )
        inputs = [*self.example_buffers(), *memory.buffers("p"), *memory.buffers("other")]
        outputs = [memory.buffer("loss"), *memory.buffers("grad"), *memory.buffers("moved")]
        return CompilationUnit(
            self.programs.example,
            tuple(inputs),
            tuple(outputs),
            means=frozenset(range(len(outputs)) if self.has_batch else ()),
            array=Word.MEMORY,
        )

    def of_one(self, name: str) -> str:
        """Return the section of the loss, or the gradients, that the program of examples writes."""
        return f"{name} of one" if self.memory.in_turn else name

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
        p, grad = self.parameter_buffer("p"), self.parameter_buffer("grad")
        inputs = [*memory.buffers("rates"), p, grad]
        if self.programs.penalty is not None:
            inputs.append(self.parameter_buffer("penalty"))
        if self.programs.clipping is not None:
            inputs.append(memory.buffer("scalars", Scalar.SCALE))
        state = [self.parameter_buffer(name) for name in memory.state_sections]
        unit = CompilationUnit(
            self.programs.update,
            (*inputs, *state),
            (p, grad, *state),
            count=memory.sizes["p"],
        )
        return replace(unit, program=with_reciprocals(unit.program, unit.varying()))

    def parameter_buffer(self, name: str) -> Buffer:
        """Return where a section has the numbers of the parameters that this thread updates."""
        word = Word.MEMORY if self.threads == 1 else Word.PART
        return Buffer(word, self.memory.starts[name], stride=1)

    # ------------------------------------------------------------------------------- the loop

    def write(self, code: Code, lowered: list[LoweredProgram]) -> None:
        """Write the loop over the steps; `lowered` are the programs of `units`."""
        done, steps = code.word(Word.DONE), code.word(Word.STEPS)
        if self.in_registers:
            RegisterLoop(code, self.programs, self.memory).write()
        else:
            self.write_loop(code, lowered)
        code.set_word(Word.DONE, done + steps)

    def write_loop(self, code: Code, lowered: list[LoweredProgram]) -> None:
        """Write the loop of a step whose numbers stand in memory."""
        example, *others = lowered
        done, steps = code.word(Word.DONE), code.word(Word.STEPS)
        with code.loop(steps) as (i, _):
            step = i + (done - code.word(Word.SINCE))
            first = step * code.word(Word.STRIDE) + code.word(Word.FIRST)
            order = code.element(code.int_array(Word.ORDER), first)
            if self.has_batch:
                count = code.word(Word.COUNT)
                example.write(code, count=count, order=order)
            elif self.memory.in_turn:
                self.write_turns(code, example, order)
            else:
                self.copy_example(code, order)
                example.write(code)
                self.copy_moved(code)
            if self.threads == 1:
                self.update_parameters(code, step, others)
            else:
                self.update_in_threads(code, step, others)

    def write_turns(self, code: Code, example: LoweredProgram, order: Any) -> None:
        """Run the program of one example for each, and store the means of what they compute."""
        count = code.word(Word.COUNT)
        share = code.broadcast(1.0 / count.to_float(), self.lanes)
        self.change_means(code, lambda mean, _: mean.like(0.0))
        with code.loop(count) as (e, _):
            self.copy_example(code, code.element(order, e))
            example.write(code)
            self.change_means(code, lambda mean, of_one: mean + of_one * share)

    def change_means(self, code: Code, change: Callable[[Lanes, Lanes], Lanes]) -> None:
        """Replace each mean, and what follows in its cache line, by what `change` returns."""
        memory, starts = code.array(Word.MEMORY), self.memory.starts
        for name in ("loss", "grad"):
            with code.loop(self.memory.sizes[name], self.lanes) as (i, _):
                of_one = code.load(memory, i + starts[self.of_one(name)], self.lanes)
                mean = code.load(memory, i + starts[name], self.lanes)
                code.store(change(mean, of_one), memory, i + starts[name])

    def copy_example(self, code: Code, order: Any) -> None:
        """Copy an example of the step to where the program reads it."""
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
        self.copy_rates(code, step)
        for program in others:
            program.write(code)
        self.store_loss(code, step)

    def copy_rates(self, code: Code, step: Int) -> None:
        """Copy the rates of the step to where the update reads them."""
        memory, rates = code.array(Word.MEMORY), code.array(Word.RATES)
        start, width = self.memory.starts["rates"], self.memory.sizes["rates"]
        for i in range(width):
            code.store(code.load(rates, step * width + i), memory, start + i)

    def store_loss(self, code: Code, step: Int) -> None:
        """Add the penalty to the loss, and store it among the losses."""
        memory, losses = code.array(Word.MEMORY), code.array(Word.LOSSES)
        scalars, loss = self.memory.starts["scalars"], self.memory.starts["loss"]
        total = code.load(memory, loss)
        if self.programs.penalty is not None:
            total = total + code.load(memory, scalars + Scalar.PENALTY)
        code.store(total, memory, loss)
        code.store(total, losses, step)

    # ------------------------------------------------------------------------------- threads

    def update_in_threads(self, code: Code, step: Int, others: list[LoweredProgram]) -> None:
        """Update the parameters, each thread its own part of them, and exchange the new ones.

        The first barrier holds each thread until all gradients are there, and the last one until
        all parameters are updated. Penalty and clipping depend on all parameters and gradients: the
        first thread computes them between two more barriers.
        """
        *between, update = others
        signal, threads = code.int_array(Word.SIGNAL), code.word(Word.THREADS)
        barriers = iter(range(1, 5))
        a_step = 4 if between else 2

        def barrier() -> None:
            code.barrier(signal, (step * a_step + next(barriers)) * threads)

        barrier()
        self.add_across_threads(code)
        self.copy_rates(code, step)
        if between:
            barrier()
            self.lead(code, between)
            barrier()
            self.follow(code)
        with code.loop(code.word(Word.LEADS)):
            self.store_loss(code, step)
        update.write(code, count=code.word(Word.SIZE))
        barrier()
        self.collect(code, "p")

    def add_across_threads(self, code: Code) -> None:
        """Add the gradients of all threads in this thread's part; in the first, add the losses."""
        first, last = self.memory.starts["grad"], self.memory.starts["loss"]
        with code.loop(code.word(Word.SIZE), LINE) as (i, _):
            self.add_at(code, i + code.word(Word.START) + first, LINE // self.lanes, self.lanes)
        with code.loop(code.word(Word.LEADS)):
            self.add_at(code, code.integer(last), 1, 1)

    def add_at(self, code: Code, offset: Int, registers: int, lanes: int) -> None:
        """Add the numbers there in all memories, each times its thread's share of the examples."""
        memory, peers = code.array(Word.MEMORY), code.int_array(Word.PEERS)
        offsets = [offset + lanes * k for k in range(registers)]

        def weighted(array: Any) -> list[Any]:
            share = code.load(array, self.memory.starts["share"])
            share = code.broadcast(share, lanes)
            return [code.load(array, place, lanes) * share for place in offsets]

        others = code.word(Word.THREADS) - 1
        with code.loop(others, carried=weighted(memory)) as (i, sums):
            peer = (i + 1) * Peer.NUMBER + Peer.MEMORY
            array = code.pointer(code.load_int(peers, peer))
            sums[:] = [total + x for total, x in zip(sums, weighted(array))]
        for total, place in zip(sums, offsets):
            code.store(total, memory, place)

    def lead(self, code: Code, programs: list[LoweredProgram]) -> None:
        """In the first thread, run programs that read or write the numbers of all parameters."""
        with code.loop(code.word(Word.LEADS)):
            if self.programs.clipping is not None:
                self.collect(code, "grad")
            for program in programs:
                program.write(code)

    def follow(self, code: Code) -> None:
        """In the other threads, copy what the first one computed for this thread's parameters."""
        leader, scalars = code.array(Word.LEADER), self.memory.starts["scalars"]
        with code.loop(1 - code.word(Word.LEADS)):
            if self.programs.penalty is not None:
                self.copy_part(code, "penalty", leader, code.word(Word.START), code.word(Word.SIZE))
            for i in range(Scalar.NUMBER):
                code.store(code.load(leader, scalars + i), code.array(Word.MEMORY), scalars + i)

    def collect(self, code: Code, name: str) -> None:
        """Copy each other thread's part of a section from its memory."""
        peers = code.int_array(Word.PEERS)
        with code.loop(code.word(Word.THREADS) - 1) as (i, _):
            peer = (i + 1) * Peer.NUMBER
            words = (Peer.MEMORY, Peer.START, Peer.SIZE)
            address, start, size = (code.load_int(peers, peer + word) for word in words)
            self.copy_part(code, name, code.pointer(address), start, size)

    def copy_part(self, code: Code, name: str, source: Any, start: Int, size: Int) -> None:
        """Copy a part of a section from another memory, a cache line at a time.

        After the last part, numbers between two sections are copied as well: nobody reads them.
        """
        memory, first = code.array(Word.MEMORY), self.memory.starts[name]
        with code.loop(size, LINE) as (i, _):
            for k in range(0, LINE, self.lanes):
                offset = i + start + (first + k)
                code.store(code.load(source, offset, self.lanes), memory, offset)
