"""`compile_step`: a whole step of training, forward, backward and update, as machine code.

Rule: the loss is written for one example, the penalty for the model, and the rule of the optimizer
for one parameter. Each is a program, and a step runs them over all examples and all parameters.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from micrograd import errors
from micrograd.compiler.build import Frame, Lowered, Machine, spelled
from micrograd.compiler.gradient import differentiate
from micrograd.compiler.llvm import WIDTH, Code
from micrograd.compiler.program import Program
from micrograd.compiler.simplify import simplify
from micrograd.compiler.straight import Part, Stream
from micrograd.compiler.trace import Tracer, expand, written
from micrograd.engine import Value, read_data
from micrograd.nest import nest_map
from micrograd.optim import Optimizer
from micrograd.tracing import collector_paused, recording

WORDS = range(9)  # of the frame
MEMORY, ROWS, TARGETS, ORDER, RATES, LOSSES, STEPS, COUNT, MOVE = WORDS
PAD = 16  # numbers: every section begins at a whole number of registers
AT_ONCE = 2**14  # steps between two looks at Ctrl-C
SEED = 0


def compile_step(
    loss: Callable,
    model,
    optimizer: Optimizer,
    penalty: Callable | None = None,
    dtype: str = "float64",
) -> "Step":
    """One step of training in machine code, to be called as `step(X, y)` or `step.run(X, y, ...)`.

    `loss(model, x, y)` is that of one example; a step minimizes its mean over those it is given,
    plus `penalty(model)`. Without data it is `loss(model)`, and `step()`. The rule of the optimizer
    is traced as well. `dtype` is "float64" or "float32".
    """
    return Step(loss, model, optimizer, penalty, dtype)


class Step:
    """A compiled step. `program` is what it computes, `ir` and `asm` how, `report()` how much."""

    def __init__(self, loss, model, optimizer, penalty, dtype):
        self.loss, self.model, self.optimizer, self.penalty = loss, model, optimizer, penalty
        if dtype not in WIDTH:
            raise ValueError(errors.unknown_name("dtype", dtype, WIDTH))
        self.dtype = dtype
        self.versions: dict = {}

    def __call__(self, X=None, y=None) -> float:
        """Take one step; the loss before it."""
        return float(self.run(X, y)[0])

    def run(
        self, X=None, y=None, steps: int = 1, batch_size: int | None = None, seed: int = SEED
    ) -> np.ndarray:
        """Take `steps` steps; returns the loss before each, an array.

        Each is over all examples or, with `batch_size`, over so many, in an order that is drawn
        anew, from `seed`, each time all have been seen. Parameters, their grads and the optimizer's
        state are those reached when it returns, also when it is interrupted. Raises ShapeError
        for arguments that do not fit each other, or no examples.
        """
        rows, targets = as_array(X, self.dtype), as_array(y, self.dtype)
        count = len(rows) if rows is not None else int(targets is None)
        if targets is not None and len(targets) != count:
            raise errors.ShapeError(errors.rows_and_labels(count, len(targets)))
        if not count:
            raise errors.ShapeError(errors.empty("the mean"))
        size = count if batch_size is None else min(batch_size, count)
        if size < 1:
            raise errors.ShapeError(errors.empty_batch(size))
        version = self.version(rows, targets)
        order = batches(count, size, seed) if size < count else None
        return version.run(rows, targets, size, steps, order)

    def version(self, rows, targets) -> "Compiled":
        shapes = tuple(None if a is None else a.shape[1:] for a in (rows, targets))
        if shapes not in self.versions:
            with collector_paused():
                made = Compiled(self, shapes, 1 if rows is None else len(rows))
            self.versions[shapes] = made
        return self.versions[shapes]

    @property
    def latest(self) -> "Compiled":
        if not self.versions:
            raise errors.TraceError(errors.not_run_yet())
        return list(self.versions.values())[-1]

    @property
    def program(self) -> str:
        """The programs, as text: for each example, for the penalty, for each parameter."""
        return self.latest.text()

    @property
    def kernels(self) -> "Kernels":
        """The kernels of all programs; print them for a table."""
        return Kernels(kernel for part in self.latest.parts for kernel in part.kernels)

    @property
    def ir(self) -> str:
        return self.latest.machine.ir

    @property
    def asm(self) -> str:
        return self.latest.machine.asm

    def report(self) -> str:
        """How many instructions there are, and how much memory."""
        return self.latest.report()


class Kernels(list):
    """Kernels, one a line: level, grid, what it is, terms, how its inputs are reached."""

    def __str__(self):
        return "\n".join(map(str, self))


class Compiled:
    """A step for examples of one shape."""

    def __init__(self, step: Step, shapes: tuple, count: int):
        self.count, self.lock = count, threading.Lock()
        self.step, self.optimizer, self.dtype = step, step.optimizer, step.dtype
        self.parameters = self.optimizer.parameters
        self.met: set[Value] = set()  # by the loss and the penalty
        self.example, self.frozen, widths = self.traced_loss(shapes)
        self.penalty = self.traced_penalty()
        if self.met.isdisjoint(self.parameters):
            raise errors.TraceError(errors.nothing_moves())
        self.update = self.traced_update()
        self.lay_out(widths)
        key = "\n".join(map(str, self.parts))
        self.machine = Machine(
            f"step {widths} {self.sections}\n{key}", self.write, self.dtype, False
        )

    # ---------------------------------------------------------------------------- three programs

    def traced_loss(self, shapes) -> tuple[Program, list[Value], list[int]]:
        """(loss and grads of one example, parameters that do not move, numbers in x and in y)."""
        variables: list[Tracer] = []
        widths = []
        with recording() as recorder:

            def variable(_):
                variables.append(recorder.trace.variable())
                return variables[-1]

            def example(shape):
                made = nest_map(variable, np.zeros(shape).tolist())
                widths.append(int(np.prod(shape)))
                return made

            data = [example(shape) for shape in shapes if shape is not None]
            y = self.minimized(recorder, self.step.loss(self.step.model, *data))
        names = {x: f"x{i}" for i, x in enumerate(variables)}
        return *self.with_gradient(names, recorder, y), widths

    def traced_penalty(self) -> Program | None:
        if self.step.penalty is None:
            return None
        with recording() as recorder:
            y = self.minimized(recorder, self.step.penalty(self.step.model))
        program, frozen = self.with_gradient({}, recorder, y)
        if frozen:
            raise errors.TraceError(errors.penalty_of_strangers())
        return program

    def minimized(self, recorder, y):
        """What was returned, one number; parameters that were not met become variables, too."""
        found = recorder.known(y)
        if not isinstance(found, Tracer | float):
            raise TypeError(errors.not_one_number("compile_step", y))
        self.met |= recorder.parameters.keys()
        for p in self.parameters:
            recorder.capture(p)
        return found

    def with_gradient(self, names, recorder, y) -> tuple[Program, list[Value]]:
        """(y and its gradient by every parameter of the optimizer; the other parameters)."""
        variables, moving = recorder.parameters, set(self.parameters)
        frozen = [p for p in variables if p not in moving]
        places = list(range(len(names), len(names) + len(self.parameters)))
        names = {**names, **{variables[p]: f"p{i}" for i, p in enumerate(self.parameters)}}
        names |= {variables[p]: f"c{i}" for i, p in enumerate(frozen)}
        program = differentiate(written(names, [y]), 0, places)
        return simplify(expand(program, spelled(False))), frozen

    def traced_update(self) -> Program:
        """The optimizer's rule for one parameter."""
        optimizer = self.optimizer
        with recording() as recorder:
            names = ["lr", "t", "p", "grad"] + ["penalty"] * (self.penalty is not None)
            names += [f"s{i}" for i in range(len(optimizer.start))]
            lr, t, p, grad, *rest = [recorder.trace.variable() for _ in names]
            variables = [lr, t, p, grad, *rest]
            if self.penalty is not None:
                grad, rest = grad + rest[0], rest[1:]
            moved, state = optimizer.update(p, grad, tuple(rest), lr, t)
            self.keeps_state = any(new is not old for new, old in zip(state, rest))
            outputs = [recorder.known(x) for x in (moved, grad, *state)]
        program = simplify(written(dict(zip(variables, names)), outputs))
        return expand(program, spelled(False))

    def text(self) -> str:
        parts = [f"for each example:\n{self.example}"]
        if self.penalty is not None:
            parts.append(f"penalty:\n{self.penalty}")
        return "\n\n".join([*parts, f"for each parameter:\n{self.update}"])

    # ------------------------------------------------------------------------------------ memory

    def lay_out(self, widths: list[int]) -> None:
        """Sections of one array; each begins at a whole number of registers."""
        count, sections = len(self.parameters), {}
        sizes = {"p": count, "grad": count, "penalty": count, "frozen": len(self.frozen)}
        sizes |= {f"s{i}": count for i in range(len(self.optimizer.start))}
        sizes |= {"scalars": 4}
        total = 0
        for name, size in sizes.items():
            sections[name] = total
            total += -(-size // PAD) * PAD + PAD
        self.sections, self.widths = sections, widths
        self.parts = []
        for part in filter(None, (self.examples(), self.penalties(), self.updates())):
            self.parts.append(Lowered(replace(part, work=total), self.dtype, False, self.count))
            total += -(-self.parts[-1].size // PAD) * PAD + PAD
        self.memory = np.zeros(total, self.dtype)
        for part in self.parts:
            part.prepare(self.memory)

    def section(self, name: str, count: int | None = None) -> np.ndarray:
        start = self.sections[name]
        return self.memory[start : start + (len(self.parameters) if count is None else count)]

    def at(self, name: str, stride: int = 0, i: int = 0) -> Stream:
        return Stream(MEMORY, self.sections[name] + i, stride)

    def each(self, name: str) -> list[Stream]:
        return [self.at(name, 0, i) for i in range(len(self.parameters))]

    # ---------------------------------------------------------------------------------- the code

    def write(self, code: Code) -> None:
        memory, rates, losses = code.array(MEMORY), code.array(RATES), code.array(LOSSES)
        order = code.whole_array(ORDER)
        count, scalars = code.word(COUNT), self.sections["scalars"]
        with code.loop(code.word(STEPS)) as (step, _):
            code.store(code.load(rates, step * 2), memory, scalars)
            code.store(code.load(rates, step * 2 + 1), memory, scalars + 1)
            here = code.place(order, step * code.word(MOVE))
            examples, *others = self.parts
            examples.write(code, count=count, order=here)
            for part in others:
                part.write(code)
            total = code.load(memory, scalars + 2)
            if self.penalty is not None:
                total = total + code.load(memory, scalars + 3)
            code.store(total, losses, step)

    def examples(self) -> Part:
        inputs = []
        for word, width in zip((ROWS, TARGETS), self.widths):
            inputs += [Stream(word, i, width, ordered=True) for i in range(width)]
        inputs += self.each("p")
        inputs += [self.at("frozen", 0, i) for i in range(len(self.frozen))]
        outputs = (self.at("scalars", 0, 2), *self.each("grad"))
        sums = frozenset(range(len(outputs)) if self.widths else ())
        return Part(self.example, tuple(inputs), outputs, sums=sums, array=MEMORY)

    def penalties(self) -> Part | None:
        if self.penalty is None:
            return None
        outputs = (self.at("scalars", 0, 3), *self.each("penalty"))
        return Part(self.penalty, tuple(self.each("p")), outputs)

    def updates(self) -> Part:
        state = [self.at(f"s{i}", 1) for i in range(len(self.optimizer.start))]
        inputs = [self.at("scalars"), self.at("scalars", 0, 1), self.at("p", 1), self.at("grad", 1)]
        inputs += [self.at("penalty", 1)] * (self.penalty is not None)
        outputs = (self.at("p", 1), self.at("grad", 1), *state)
        return Part(self.update, (*inputs, *state), outputs, len(self.parameters))

    # ----------------------------------------------------------------------------------- running

    def run(self, rows, targets, size: int, steps: int, order) -> np.ndarray:
        losses = np.zeros(steps, self.dtype)
        everything = np.arange(size) if order is None else None
        frame = Frame(np.zeros(len(WORDS), np.int64))
        frame.bind(MEMORY, self.memory)
        for word, array in ((ROWS, rows), (TARGETS, targets)):
            if array is not None:
                frame.bind(word, array)
        frame.words[COUNT], frame.words[MOVE] = size, 0 if order is None else size
        with self.lock:
            self.steps_of(frame, losses, size, order, everything)
        return losses

    def steps_of(self, frame, losses, size: int, order, everything) -> None:
        """Take the steps, as many at once as a wait for Ctrl-C allows."""
        self.gather()
        first, done, steps = self.optimizer.steps, 0, len(losses)
        number = self.section("scalars", 2)
        number[1] = first
        try:
            while done < steps:
                now = min(self.at_once(size), steps - done)
                taken = everything if order is None else order_of(order, now)
                rates = self.rates(now)
                frame.bind(ORDER, taken)
                frame.bind(RATES, rates)
                frame.bind(LOSSES, losses[done:])
                frame.words[STEPS] = now
                self.machine(frame.pointer)
                done += now
                self.optimizer.steps = first + done
        finally:  # Ctrl-C may come between a step and the line that counts it
            self.optimizer.steps = max(self.optimizer.steps, int(number[1]))
            self.scatter()

    def at_once(self, size: int) -> int:
        """Steps in one call: Ctrl-C should not wait longer than a moment."""
        return max(1, min(AT_ONCE, 200_000_000 // (size * (len(self.example) + 1))))

    def rates(self, steps: int) -> np.ndarray:
        """Learning rate and number of each step, as Optimizer.step() has them."""
        lr, first = self.optimizer.lr, self.optimizer.steps
        rates = np.empty((steps, 2), self.dtype)
        rates[:, 0] = [lr(first + i) for i in range(steps)] if callable(lr) else lr
        rates[:, 1] = np.arange(first + 1, first + steps + 1)
        return rates

    def gather(self) -> None:
        """Read the Values and the optimizer's state."""
        for name, values in (("p", self.parameters), ("frozen", self.frozen)):
            count = len(values)
            self.section(name, count)[:] = np.fromiter(map(read_data, values), float, count)
        if self.keeps_state:
            for i, column in enumerate(zip(*self.optimizer.state)):
                self.section(f"s{i}")[:] = column

    def scatter(self) -> None:
        """Write them."""
        if self.keeps_state:
            columns = [self.section(f"s{i}").tolist() for i in range(len(self.optimizer.start))]
            self.optimizer.state = list(zip(*columns))
        data, grads = self.section("p").tolist(), self.section("grad").tolist()
        for p, x, grad in zip(self.parameters, data, grads):
            p.data, p.grad = x, grad

    def report(self) -> str:
        programs = {"each example": self.example, "each parameter": self.update}
        if self.penalty is not None:
            programs["the penalty"] = self.penalty
        lines = [f"{len(program):9,} instructions for {of}" for of, program in programs.items()]
        return "\n".join([*lines, f"{self.memory.nbytes:9,} bytes of memory"])


def as_array(x, dtype: str):
    """A contiguous array. Raises ShapeError for what is not rows of equally many numbers."""
    if x is None:
        return None
    try:
        return np.ascontiguousarray(x, dtype)
    except (ValueError, TypeError) as error:
        raise errors.ShapeError(errors.not_an_array(x)) from error


def batches(count: int, size: int, seed: int) -> Iterator[np.ndarray]:
    """Orders of `size` examples, without end: all in a random order, then in another."""
    generator = np.random.default_rng(seed)
    while True:
        order = generator.permutation(count)
        for start in range(0, count - size + 1, size):
            yield order[start : start + size]


def order_of(order: Iterator[np.ndarray], steps: int) -> np.ndarray:
    return np.concatenate([next(order) for _ in range(steps)]).astype(np.int64)
