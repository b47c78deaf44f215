"""Compiled steps: a whole step of training, forward, backward and update, as machine code.

Rule: a step is compiled when it first sees data of some shapes. `programs` says what it computes,
`memory` where its numbers stand, and `machine_code` how it runs.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np

from micrograd import errors
from micrograd.compiler import (
    WIDTH,
    CannotRoll,
    Code,
    MachineCode,
    RolledProgram,
    StageTimes,
    collector_paused,
)
from micrograd.support.arguments import whole_number
from micrograd.support.wording import plural
from micrograd.training import messages
from micrograd.training.checks import check_loss
from micrograd.training.example_losses import check_targets
from micrograd.training.steps.definition import StepDefinition
from micrograd.training.steps.memory import StepArray
from micrograd.training.steps.minibatches import (
    MinibatchSampler,
    Orders,
    count_examples,
    first_example,
)
from micrograd.training.steps.ready_runners import SEED, ReadyCalls
from micrograd.training.steps.runner import StepRunner
from micrograd.training.steps.step_plan import StepKind, StepPlan, check_plan, trace_plan
from micrograd.training.steps.stored_plans import StoredPlan
from micrograd.transforms import SMALL, Compilations, State, as_array

UNROLL = "unroll=True"  # why a loss is not rolled, as one reason


R = TypeVar("R", bound=StepRunner)


class Step:
    """A compiled step.

    `program` is what it computes; `kernels`, `ir` and `asm` show how; `report()` says how much.
    """

    SEEN_BY_TRACES = ("definition",)  # of functions that can reach the step

    def __init__(
        self, definition: StepDefinition, dtype: str, threads: int, per_example: bool
    ) -> None:
        if dtype not in WIDTH:
            raise ValueError(errors.unknown_name("dtype", dtype, WIDTH))
        self.definition, self.dtype, self.per_example = definition, dtype, per_example
        self.threads = whole_number(threads, "threads", 1)
        self.specialisations: Compilations[CompiledStep] = Compilations("The training step")
        self.calls = ReadyCalls()
        self.idle: Orders = {}  # the order of minibatches, where the last block left it

    def __repr__(self) -> str:
        count = len(self.definition.optimizer.parameters)
        kind = type(self.definition.optimizer).__name__
        return f"<compiled step of {kind}, {plural(count, 'parameter')}, {self.dtype}>"

    def __call__(self, X: Any = None, y: Any = None) -> float:
        """Take one step; return the loss before it."""
        return self.calls.take(self, X, y)

    def run(
        self,
        X: Any = None,
        y: Any = None,
        steps: int = 1,
        batch_size: int | None = None,
        seed: int = SEED,
        shuffle: bool = True,
    ) -> np.ndarray:
        """Take `steps` steps; return the loss before each, as an array.

        Each step sees all examples or, with `batch_size`, that many of them, in a random order that
        follows from `seed` and is another one in each epoch; without `shuffle` they come in the
        order of the data. Both the order and random draws, as those of Dropout, go on from the
        number of steps that the optimizer has taken, so six calls see what one run of six sees.
        When it returns, or is interrupted, the parameters, their gradients and the optimizer's
        state are those it has reached.

        Raises ShapeError for arrays that do not fit each other, or no examples.
        """
        return self.calls.run(self, X, y, steps, batch_size, seed, shuffle)

    def bound(
        self,
        X: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        seed: int = SEED,
        first: int | None = None,
        shuffle: bool = True,
    ) -> StepRunner:
        """Return a block in which a call takes one step over that data, for loops of your own.

        The first step sees the examples of step number `first` of the order; without `first`, the
        order goes on from the steps that the optimizer has taken, as in `run`. Within the block the
        parameters are numbers in an array: Values, gradients and the optimizer's state are read
        where it begins and written where it ends. So a call costs about half a microsecond beyond
        the step itself (several threads are started for each call, which costs hundreds). The
        optimizer's `lr` is read at each step.

        >>> from micrograd import MLP, compile_step, optim
        >>> model = MLP(1, [1])
        >>> optimizer = optim.SGD(model.parameters(), lr=0.01)
        >>> step = compile_step(lambda model, x, y: (model(x) - y) ** 2, model, optimizer)
        >>> with step.bound([[1.0], [2.0]], [3.0, 5.0]) as take:
        ...     losses = [take() for _ in range(100)]
        >>> losses[-1] < losses[0]
        True
        """
        idle = self.idle if first is None else None
        rows, targets = self.arrays(X, y)
        size, seed, shuffle = self.check_order(rows, targets, batch_size, seed, shuffle)
        order = (size, seed, first or 0, shuffle)
        one_batch = rows is not None and not self.per_example
        return self.runner(StepRunner, rows, targets, *order, idle, one_batch)

    def arrays(self, X: Any, y: Any) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Return the rows and the targets. Raises ShapeError or ValueError for bad ones."""
        rows, targets = as_array(X, self.dtype, "X"), as_array(y, self.dtype, "y")
        count_examples(rows, targets)
        check_targets(self.definition.loss, targets)
        return rows, targets

    def check_order(
        self,
        rows: np.ndarray | None,
        targets: np.ndarray | None,
        batch_size: int | None,
        seed: int,
        shuffle: bool,
    ) -> tuple[int, int, bool]:
        """Return (examples of a step, seed, shuffle). Raises ValueError for bad ones."""
        size = count_examples(rows, targets)
        if batch_size is not None:
            size = min(whole_number(batch_size, "batch_size", 1), size)
        return size, whole_number(seed, "seed", 0), bool(shuffle)

    def runner(
        self,
        cls: type[R],
        rows: np.ndarray | None,
        targets: np.ndarray | None,
        size: int,
        seed: int,
        first: int,
        shuffle: bool,
        idle: Orders | None,
        one_batch: bool,
    ) -> R:
        """Return a runner of that class; see `bound` and `MinibatchSampler`."""
        sampler = MinibatchSampler(rows, targets, size, seed, first, one_batch, shuffle=shuffle)
        shapes = [array.shape[1:] for array in sampler.arrays]
        if one_batch:
            shapes = [(size, *shape) for shape in shapes]
        kind = StepKind(self.dtype, self.threads, tuple(shapes), sampler.examples_per_step)
        specialise = partial(self.specialisation, kind)
        return cls(specialise, self.definition.optimizer, sampler, idle)

    def specialisation(self, kind: StepKind, sampler: MinibatchSampler) -> "CompiledStep":
        """Return the step compiled for rows of those shapes, for one example or several.

        It is compiled for the state of now (see `transforms.state`), and for what `sampler` serves.
        """
        example = partial(first_example, sampler)

        def make() -> tuple[State, CompiledStep]:
            check_loss(self.definition.loss, ("x", "y")[: len(kind.shapes)])
            with collector_paused():
                return self.compile(kind, example)

        return self.specialisations.find_or_compile((kind.shapes, kind.examples > 1), make)

    def compile(
        self, kind: StepKind, example: Callable[[], list[Any]]
    ) -> tuple[State, "CompiledStep"]:
        """Return the state and the step, whose plan may be on disk."""
        times, state = StageTimes(), self.definition.state()
        stored = StoredPlan(self.definition, state, kind)
        plan = stored.find(times)
        if plan is None:
            state, plan = self.trace(state, kind, example, times)
            stored.keep(plan, state)
        state.let_go()
        return state, CompiledStep(state, plan, kind, times)

    def trace(
        self, state: State, kind: StepKind, example: Callable[[], list[Any]], times: StageTimes
    ) -> tuple[State, StepPlan]:
        """Return the state and the plan: rolled, if the loss is large and can be."""
        if self.definition.unroll:
            return state, trace_plan(self.definition, state, kind, times, UNROLL)
        try:
            plan = trace_plan(self.definition, state, kind, times)
            check_plan(plan, self.definition, state, example())
        except CannotRoll as cannot:
            reason = str(cannot)
        except Exception as error:  # which the whole trace raises as well, if it is the user's
            reason = f"{type(error).__name__}: {error}"
        else:
            return state, plan
        state = self.definition.state()
        times.clear()
        return state, trace_plan(self.definition, state, kind, times, reason)

    @property
    def latest(self) -> "CompiledStep":
        """The specialisation that was compiled last. TraceError before the first call."""
        if self.specialisations.latest is None:
            raise errors.TraceError(messages.not_run_yet())
        return self.specialisations.latest

    @property
    def program(self) -> str:
        """The programs as text: for each example, for the penalty, for each parameter."""
        return str(self.latest.programs)

    @property
    def kernels(self) -> "Kernels":
        """The kernels of all programs; print them for a table.

        A program that is small enough to be a straight line is shown as the kernels it would be.
        """
        return Kernels(kernel for program in self.latest.lowered for kernel in program.kernels)

    @property
    def ir(self) -> str:
        """The code in LLVM's intermediate representation."""
        return self.latest.machine.ir

    @property
    def asm(self) -> str:
        """The code in this machine's assembly language."""
        return self.latest.machine.asm

    def report(self) -> str:
        """Return what became of the programs, how long each stage took, and the memory needed."""
        return self.latest.report()


class Kernels(list[Any]):
    """Kernels, printed one a line: level, grid, what it is, terms, how its inputs are reached."""

    def __str__(self) -> str:
        return "\n".join(map(str, self))


class CompiledStep:
    """A step for examples of one shape: its programs, its memory, and its machine code."""

    def __init__(
        self,
        state: State,
        plan: StepPlan,
        kind: StepKind,
        times: StageTimes,
    ) -> None:
        self.state, self.times = state, times
        self.dtype, self.threads, self.why_unrolled = kind.dtype, kind.threads, plan.why_unrolled
        self.programs, self.layout, self.code = plan.programs, plan.layout, plan.code
        self.lowered = plan.lowered
        self.array = StepArray(self.layout, self.dtype)
        self.memories = [self.array.memory]
        for program in self.lowered:
            program.prepare(self.array.memory)
        self.machine = MachineCode(self.key(), self.write, self.dtype, False, self.times)

    def key(self) -> str:
        """Return a text on which the machine code depends, for the cache."""
        keys = [program.key for program in self.lowered]
        widths, starts = self.programs.widths, self.layout.starts
        return f"step {widths} {starts} {self.threads > 1} {keys}"

    def write(self, code: Code) -> None:
        self.code.write(code, self.lowered)

    def allocate(self, threads: int) -> list[np.ndarray]:
        """Return an array of memory for each thread; the first one is `array`'s.

        All runners have the same arrays, as only one of them runs at a time.
        """
        while len(self.memories) < threads:
            self.memories.append(self.layout.allocate(self.dtype))
        return self.memories[:threads]

    def report(self) -> str:
        lines = []
        programs = self.programs
        rows = zip(programs.by_name(), programs.traced_counts, self.lowered, strict=True)
        for name, traced, program in rows:
            lines.append(f"for {name}: {traced:,} traced -> {program.summary()}")
        if isinstance(self.programs.example, RolledProgram):
            lines += self.programs.example.report
        elif self.why_unrolled not in (SMALL, UNROLL):
            lines.append(f"not rolled: {self.why_unrolled}")
        lines.append(", ".join(f"{stage} {time:.3f} s" for stage, time in self.times.items()))
        memory = f"{self.array.memory.nbytes:,} bytes of memory"
        if self.threads > 1:
            memory += f" for each of {self.threads} threads"
        return "\n".join([*lines, memory])
