"""`compile_step`: a whole step of training, forward, backward and update, as machine code.

Rule: the loss is written for one example, the penalty for the model, and the rule of the optimizer
for one parameter. Each is a program, and a step runs them over all examples and all parameters.
"""

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from micrograd import errors
from micrograd.compiler import (
    LINE,
    WIDTH,
    Buffer,
    Code,
    CompilationUnit,
    Int,
    LoweredProgram,
    MachineCode,
    Program,
    StageTimes,
    Tracer,
    collector_paused,
    expand,
    gradients,
    lowering_rules,
    native_lanes,
    padded,
    program_of,
    simplify,
    zeros,
)
from micrograd.engine import Value
from micrograd.optim import Optimizer, clip_factor
from micrograd.support.arguments import whole_number
from micrograd.support.nest import tree_map
from micrograd.support.randomness import use_generator
from micrograd.training import messages
from micrograd.training.steps.minibatches import Feed, as_array, examples
from micrograd.training.steps.runner import Run, Word
from micrograd.transforms import record

SEED = 0
BUILDING = threading.RLock()  # a step is traced once, also if several threads call it first


def compile_step(
    loss: Callable,
    model,
    optimizer: Optimizer,
    penalty: Callable | None = None,
    dtype: str = "float64",
    threads: int = 1,
    clip: float | None = None,
    per_example: bool = True,
) -> "Step":
    """One step of training in machine code, to be called as `step(X, y)` or `step.run(X, y, ...)`.

    `loss(model, x, y)` is that of one example; a step minimizes its mean over those it is given,
    plus `penalty(model)`. Without data it is `loss(model)`, and `step()`. The rule of the optimizer
    is traced as well. `dtype` is "float64" or "float32". Each of `threads` takes a part of the
    examples; how many there are decides how sums are rounded, and nothing else does. `clip` is the
    greatest norm that all grads together may have. With `per_example=False` the loss is that of a
    whole batch, `loss(model, X, y)`.
    """
    return Step(loss, model, optimizer, penalty, dtype, threads, clip, per_example)


class Step:
    """A compiled step. `program` is what it computes, `ir` and `asm` how, `report()` how much."""

    def __init__(self, loss, model, optimizer, penalty, dtype, threads, clip, per_example):
        self.loss, self.model, self.optimizer, self.penalty = loss, model, optimizer, penalty
        self.clip, self.per_example = clip, per_example
        if dtype not in WIDTH:
            raise ValueError(errors.unknown_name("dtype", dtype, WIDTH))
        self.dtype, self.threads = dtype, whole_number(threads, "threads", 1)
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
        with self.bound(X, y, batch_size, seed) as take:
            return take.through(steps)

    def bound(
        self, X=None, y=None, batch_size: int | None = None, seed: int = SEED, first: int = 0
    ) -> Run:
        """A block in which a call takes one step over that data, for loops of one's own.

        Its first step sees the examples of step number `first` of that order.

        Within it parameters are numbers in an array: Values, grads and the optimizer's state are
        read where it begins and written where it ends. So such a call costs about a microsecond
        beyond the step itself (with several threads, which are started for it, hundreds). The
        optimizer's `lr` is read at each step.

        >>> from micrograd import MLP, optim
        >>> model = MLP(1, [1])
        >>> optimizer = optim.SGD(model.parameters(), lr=0.01)
        >>> step = compile_step(lambda model, x, y: (model(x) - y) ** 2, model, optimizer)
        >>> with step.bound([[1.0], [2.0]], [3.0, 5.0]) as take:
        ...     losses = [take() for _ in range(100)]
        >>> losses[-1] < losses[0]
        True
        """
        rows, targets = as_array(X, self.dtype), as_array(y, self.dtype)
        count = examples(rows, targets)
        size = count
        if batch_size is not None:
            size = min(whole_number(batch_size, "batch_size", 1), count)
        seed, whole = whole_number(seed, "seed", 0), rows is not None and not self.per_example
        feed = Feed(rows, targets, size, seed, first, whole)
        batch = (size,) * whole
        shapes = [None if a is None else (*batch, *a.shape[1:]) for a in (rows, targets)]
        version = self.version(tuple(shapes), feed.examples)
        feed.draws = version.draws
        return Run(version, feed)

    def version(self, shapes: tuple, count: int) -> "Compiled":
        """The one for examples of those shapes, and for one a step or several."""
        key = (shapes, count > 1)
        with BUILDING:
            if key not in self.versions:
                with collector_paused():
                    self.versions[key] = Compiled(self, shapes, count)
            return self.versions[key]

    @property
    def latest(self) -> "Compiled":
        if not self.versions:
            raise errors.TraceError(messages.not_run_yet())
        return list(self.versions.values())[-1]

    @property
    def program(self) -> str:
        """The programs, as text: for each example, for the penalty, for each parameter."""
        return self.latest.text()

    @property
    def kernels(self) -> "Kernels":
        """The kernels of all programs; print them for a table.

        Of a program that is a straight line, those that it would be, were it longer.
        """
        return Kernels(kernel for part in self.latest.parts for kernel in part.kernels)

    @property
    def ir(self) -> str:
        return self.latest.machine.ir

    @property
    def asm(self) -> str:
        return self.latest.machine.asm

    def report(self) -> str:
        """What the stages made of the step, how long each took, and how much memory it needs."""
        return self.latest.report()


class Kernels(list):
    """Kernels, one a line: level, grid, what it is, terms, how its inputs are reached."""

    def __str__(self):
        return "\n".join(map(str, self))


class Compiled:
    """A step for examples of one shape."""

    def __init__(self, step: Step, shapes: tuple, count: int):
        self.count, self.single, self.seconds = count, count == 1, StageTimes()
        self.step, self.optimizer, self.dtype = step, step.optimizer, step.dtype
        self.parameters = self.optimizer.parameters
        self.met: set[Value] = set()  # by the loss and the penalty
        self.nodes: list[int] = []  # that were traced, of each program
        self.example, self.frozen, widths = self.traced_loss(shapes)
        self.penalty = self.traced_penalty()
        self.clipping = self.traced_clipping()
        if self.met.isdisjoint(self.parameters):
            raise errors.TraceError(messages.nothing_moves())
        self.update = self.traced_update()
        self.lay_out(widths)
        key = f"{widths} {self.sections} {step.threads > 1} {[part.key for part in self.parts]}"
        self.machine = MachineCode(f"step {key}", self.write, self.dtype, False, self.seconds)

    # ---------------------------------------------------------------------------- three programs

    def traced_loss(self, shapes) -> tuple[Program, list[Value], list[int]]:
        """(loss and grads of one example, parameters that do not move, numbers in x and in y)."""
        variables: list[Tracer] = []
        widths = []

        def loss(recorder):
            def variable(_):
                variables.append(recorder.trace.variable())
                return variables[-1]

            def example(shape):
                made = tree_map(variable, np.zeros(shape).tolist())
                widths.append(int(np.prod(shape)))
                return made

            data = [example(shape) for shape in shapes if shape is not None]
            known = len(variables)
            with use_generator(lambda: variable(None)):
                found = self.step.loss(self.step.model, *data)
            self.draws = len(variables) - known
            return found

        made = self.minimized(loss, variables)
        if self.draws and not widths:
            raise errors.TraceError(messages.chance_without_data())
        return *made, widths

    def traced_penalty(self) -> Program | None:
        if self.step.penalty is None:
            return None
        program, frozen = self.minimized(lambda _: self.step.penalty(self.step.model), [])
        if frozen:
            raise errors.TraceError(messages.penalty_of_strangers())
        return program

    def minimized(self, f: Callable, variables: list[Tracer]) -> tuple[Program, list[Value]]:
        """(f and its gradient by every parameter of the optimizer; the other parameters)."""
        with record() as recorder:
            with self.seconds.measure("trace"):
                returned = f(recorder)
                y = recorder.as_result(returned)
            if not isinstance(y, Tracer | float):
                raise TypeError(errors.not_one_number("compile_step", returned))
            self.nodes.append(len(recorder.trace.tracers))
            self.met |= recorder.parameters.keys()
            with self.seconds.measure("differentiate"):
                moving = [recorder.capture(p) for p in self.parameters]
                outputs = [y, *gradients(y, moving)]
        known = set(self.parameters)
        frozen = [p for p in recorder.parameters if p not in known]
        names = {x: f"x{i}" for i, x in enumerate(variables)}
        names |= {x: f"p{i}" for i, x in enumerate(moving)}
        names |= {recorder.parameters[p]: f"c{i}" for i, p in enumerate(frozen)}
        with self.seconds.measure("simplify"):
            return simplify(expand(program_of(names, outputs), lowering_rules(False))), frozen

    def traced_clipping(self) -> Program | None:
        """What all grads are multiplied by, so that their norm is not beyond `clip`."""
        if self.step.clip is None:
            return None
        kinds = ["grad", "penalty"][: 1 + (self.penalty is not None)]
        names = [f"{kind}{i}" for kind in kinds for i in range(len(self.parameters))]
        with record() as recorder:
            variables = [recorder.trace.variable() for _ in names]
            n = len(self.parameters)
            grads = [x + y for x, y in zip(variables, variables[n:])] or variables
            scale = recorder.as_result(clip_factor(grads, self.step.clip))
        return self.simplified(recorder, zip(variables, names), [scale])

    def traced_update(self) -> Program:
        """The optimizer's rule for one parameter."""
        optimizer = self.optimizer
        with record() as recorder:
            names = ["lr", "t", "p", "grad"] + ["penalty"] * (self.penalty is not None)
            names += ["scale"] * (self.clipping is not None)
            names += [f"s{i}" for i in range(len(optimizer.start))]
            lr, t, p, grad, *rest = [recorder.trace.variable() for _ in names]
            variables = [lr, t, p, grad, *rest]
            if self.penalty is not None:
                grad, rest = grad + rest[0], rest[1:]
            if self.clipping is not None:
                grad, rest = grad * rest[0], rest[1:]
            moved, state = optimizer.update(p, grad, tuple(rest), lr, t)
            self.keeps_state = any(new is not old for new, old in zip(state, rest))
            outputs = [recorder.as_result(x) for x in (moved, grad, *state)]
        return self.simplified(recorder, zip(variables, names), outputs)

    def simplified(self, recorder, names, outputs: list) -> Program:
        self.nodes.append(len(recorder.trace.tracers))
        with self.seconds.measure("simplify"):
            return expand(simplify(program_of(dict(names), outputs)), lowering_rules(False))

    def text(self) -> str:
        parts = [f"for each example:\n{self.example}"]
        if self.penalty is not None:
            parts.append(f"penalty:\n{self.penalty}")
        if self.clipping is not None:
            parts.append(f"clipping:\n{self.clipping}")
        return "\n\n".join([*parts, f"for each parameter:\n{self.update}"])

    # ------------------------------------------------------------------------------------ memory

    def lay_out(self, widths: list[int]) -> None:
        """Sections of one array; each begins a cache line."""
        count, sections = len(self.parameters), {}
        sizes = {"p": count, "grad": count, "penalty": count, "frozen": len(self.frozen)}
        sizes |= {f"s{i}": count for i in range(len(self.optimizer.start))}
        sizes |= {"scalars": 4, "loss": 1, "share": 1}
        sizes |= {f"data{i}": width for i, width in enumerate(self.rows_of(widths))}
        total = 0
        for name, size in sizes.items():
            sections[name] = total
            total += padded(size) + LINE
        self.sections, self.sizes, self.widths = sections, sizes, widths
        self.parts = []
        parts = (self.examples(), self.penalties(), self.clippings(), self.updates())
        for part in filter(None, parts):
            with self.seconds.measure("batch"):
                self.parts.append(
                    LoweredProgram(replace(part, work=total), self.dtype, False, self.count)
                )
            total += padded(self.parts[-1].size) + LINE
        self.memory = zeros(total, self.dtype)
        for part in self.parts:
            part.prepare(self.memory)

    def section(self, name: str, count: int | None = None) -> np.ndarray:
        start = self.sections[name]
        return self.memory[start : start + (len(self.parameters) if count is None else count)]

    def at(self, name: str, stride: int = 0, i: int = 0) -> Buffer:
        return Buffer(Word.MEMORY, self.sections[name] + i, stride)

    def each(self, name: str) -> list[Buffer]:
        return [self.at(name, 0, i) for i in range(len(self.parameters))]

    # ---------------------------------------------------------------------------------- the code

    def write(self, code: Code) -> None:
        """The loop over the steps; several threads run it together, and the first one leads."""
        done, steps = code.word(Word.DONE), code.word(Word.STEPS)
        with code.loop(steps) as (i, _):
            step = i + (done - code.word(Word.SINCE))
            order = step * code.word(Word.MOVE) + code.word(Word.FIRST)
            here = code.element(code.int_array(Word.ORDER), order)
            data = {"count": code.word(Word.COUNT), "order": here} if self.many else {}
            if self.widths and self.single:
                self.fetch(code, code.load_int(here, 0))
            self.parts[0].write(code, **data)
            if self.step.threads == 1:
                self.move(code, step)
            else:
                self.meet(code, step)
        code.set_word(Word.DONE, done + steps)

    def fetch(self, code: Code, place: Int) -> None:
        """Copy the one example to where the program has its data."""
        memory = code.array(Word.MEMORY)
        for i, width in enumerate(self.rows_of(self.widths)):
            array = code.array((Word.ROWS, Word.TARGETS)[i])
            with code.loop(width) as (k, _):
                number = code.load(array, place * width + k)
                code.store(number, memory, k + self.sections[f"data{i}"])

    def move(self, code: Code, step: Int) -> None:
        """Move the parameters, now that grads and loss of the examples are known."""
        memory, rates = code.array(Word.MEMORY), code.array(Word.RATES)
        scalars, loss = self.sections["scalars"], self.sections["loss"]
        code.store(code.load(rates, step * 2), memory, scalars)
        code.store(code.load(rates, step * 2 + 1), memory, scalars + 1)
        for part in self.parts[1:]:
            part.write(code)
        total = code.load(memory, loss)
        if self.penalty is not None:
            total = total + code.load(memory, scalars + 2)
        code.store(total, memory, loss)
        code.store(total, code.array(Word.LOSSES), step)

    def meet(self, code: Code, step: Int) -> None:
        """The first thread adds the others' grads to its own, in order, and moves parameters."""
        threads, leads = code.word(Word.THREADS), code.word(Word.LEADS)
        memory, signal = code.array(Word.MEMORY), code.int_array(Word.SIGNAL)
        peers = code.int_array(Word.PEERS)
        share = code.broadcast(code.load(memory, self.sections["share"]), native_lanes(self.dtype))
        for name in ("loss", "grad"):
            self.change(code, name, lambda x, at: x * share)
        code.barrier(signal, (step * 2 + 1) * threads)
        with code.loop(leads):
            with code.loop(threads - 1) as (i, _):
                other = code.pointer(code.load_int(peers, i + 1))
                for name in ("loss", "grad"):
                    self.change(code, name, lambda x, at: x + code.load(other, at, x.lanes))
            self.move(code, step)
        code.barrier(signal, (step * 2 + 2) * threads)
        with code.loop(1 - leads):
            first = code.pointer(code.load_int(peers, 0))
            self.change(code, "p", lambda x, at: code.load(first, at, x.lanes))

    def change(self, code: Code, name: str, f: Callable) -> None:
        """f(x, place) in place of each x of a section, in lanes; what pads it changes as well."""
        memory, lanes = code.array(Word.MEMORY), native_lanes(self.dtype)
        with code.loop(self.sizes[name], lanes) as (i, _):
            at = i + self.sections[name]
            code.store(f(code.load(memory, at, lanes), at), memory, at)

    def examples(self) -> CompilationUnit:
        inputs = [self.datum(k, i) for k, width in enumerate(self.widths) for i in range(width)]
        inputs += [self.datum(0, self.widths[0] + i) for i in range(self.draws)]
        inputs += self.each("p")
        inputs += [self.at("frozen", 0, i) for i in range(len(self.frozen))]
        outputs = (self.at("loss"), *self.each("grad"))
        means = frozenset(range(len(outputs)) if self.many else ())
        return CompilationUnit(self.example, tuple(inputs), outputs, means=means, array=Word.MEMORY)

    @property
    def many(self) -> bool:
        """Whether a step has several examples."""
        return bool(self.widths) and not self.single

    def rows_of(self, widths: list[int]) -> list[int]:
        """How many numbers a row of each array has: those that were drawn follow the first's."""
        return [width + self.draws * (k == 0) for k, width in enumerate(widths)]

    def datum(self, k: int, i: int) -> Buffer:
        """Number i of an example, in rows (k = 0) or targets."""
        if self.single:
            return self.at(f"data{k}", 0, i)
        width = self.rows_of(self.widths)[k]
        return Buffer((Word.ROWS, Word.TARGETS)[k], i, width, ordered=True)

    def penalties(self) -> CompilationUnit | None:
        if self.penalty is None:
            return None
        outputs = (self.at("scalars", 0, 2), *self.each("penalty"))
        return CompilationUnit(self.penalty, tuple(self.each("p")), outputs)

    def clippings(self) -> CompilationUnit | None:
        if self.clipping is None:
            return None
        inputs = self.each("grad")
        inputs += self.each("penalty") if self.penalty is not None else []
        return CompilationUnit(self.clipping, tuple(inputs), (self.at("scalars", 0, 3),))

    def updates(self) -> CompilationUnit:
        state = [self.at(f"s{i}", 1) for i in range(len(self.optimizer.start))]
        inputs = [self.at("scalars"), self.at("scalars", 0, 1), self.at("p", 1), self.at("grad", 1)]
        inputs += [self.at("penalty", 1)] * (self.penalty is not None)
        inputs += [self.at("scalars", 0, 3)] * (self.clipping is not None)
        outputs = (self.at("p", 1), self.at("grad", 1), *state)
        return CompilationUnit(self.update, (*inputs, *state), outputs, len(self.parameters))

    # ----------------------------------------------------------------------------------- running

    def memories(self, threads: int) -> list[np.ndarray]:
        """The array of each thread; the first one's is `memory`."""
        return [self.memory, *[zeros(len(self.memory), self.dtype) for _ in range(threads - 1)]]

    def report(self) -> str:
        programs = {"the penalty": self.penalty, "the clipping": self.clipping}
        between = [what for what, program in programs.items() if program is not None]
        of = ["each example", *between, "each parameter"]
        lines = [
            f"for {what}: {nodes:,} nodes -> {part}"
            for what, nodes, part in zip(of, self.nodes, map(LoweredProgram.summary, self.parts))
        ]
        stages = [f"{stage} {seconds:.3f} s" for stage, seconds in self.seconds.items()]
        memory = f"{self.memory.nbytes:,} bytes of memory"
        memory += f" for each of {self.step.threads} threads" if self.step.threads > 1 else ""
        return "\n".join([*lines, ", ".join(stages), memory])
