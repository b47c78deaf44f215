"""Single calls of a compiled step, `step(X, y)`: between two of them all stays ready.

Rule: a call does what a block of one step does. It uses again whatever the last call has left and
nobody has changed: the state, the parameters, the count of steps, and the array.
"""

from __future__ import annotations

from collections.abc import Hashable
from threading import get_ident
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd.training.example_losses import check_targets
from micrograd.training.steps.memory import Word
from micrograd.training.steps.runner import StepRunner

if TYPE_CHECKING:
    from micrograd.training.steps.compiled_step import CompiledStep, Step

Array = np.ndarray | None

MOST_RUNNERS = 8  # that are kept
set_attribute = object.__setattr__  # an optimizer's own is for settings, and takes longer


class SingleRunner(StepRunner):
    """A runner of single steps over all examples. Their rows are copied for random draws alone."""

    reached = 0  # how many steps the optimizer had taken after the last call

    def take_one(self, compiled: CompiledStep, rows: Array, targets: Array) -> float:
        """Take one step over arrays that have the shapes of the first ones."""
        code = compiled.machine.call  # compiles first, before the optimizer is locked
        optimizer_lock, thread = self.lock, get_ident()
        optimizer_lock.require_other(thread)
        with optimizer_lock.lock:  # as `hold` does, which takes longer
            optimizer_lock.owner = thread
            try:
                return self.take_alone(compiled, code, rows, targets)
            finally:
                optimizer_lock.owner = None

    def take_alone(self, compiled: CompiledStep, code: Any, rows: Array, targets: Array) -> float:
        """Take one step, with the lock of the optimizer."""
        self.serve(rows, targets)
        if not self.counts_on(compiled):
            self.begin_count(compiled)
            self.call = self.machine_call(code)
        is_loaded, others = self.is_loaded(), compiled.programs.other_parameters
        if not is_loaded:
            self.load()
        elif others:
            self.load_others()
        try:
            return self()
        except BaseException:
            self.put_back()
            raise
        finally:
            steps = self.reached = self.steps_taken
            if steps > self.optimizer.steps:
                set_attribute(self.optimizer, "steps", steps)
                if not (is_loaded and self.is_loaded()):
                    self.store_parameters()
                elif others:
                    self.store_others()

    def serve(self, rows: Array, targets: Array) -> None:
        """Let the next steps, also those that are prepared, see these examples."""
        sampler = self.sampler
        if sampler.rows is rows and sampler.targets is targets:
            return
        sampler.rows, sampler.targets = rows, targets
        for frame in self.frames:
            for word, array in ((Word.ROWS, rows), (Word.TARGETS, targets)):
                if array is not None:
                    frame.bind(word, array)

    def most_prepared(self) -> int:
        """Return 1 if rows are copied, as the next call has others; see `StepRunner`."""
        return 1 if self.sampler.copies_rows else super().most_prepared()

    def counts_on(self, compiled: CompiledStep) -> bool:
        """Return whether the next step follows the last one of this runner."""
        is_same = compiled is self.compiled and self.call is not None
        return is_same and self.reached == self.optimizer.steps

    def is_loaded(self) -> bool:
        """Return whether the array has what the optimizer moves, and all read it there."""
        array, keeps_state = self.compiled.array, self.compiled.programs.keeps_state
        return (
            array.user is self.token
            and self.threads == 1
            and self.numbers.is_untouched(self.optimizer, array, keeps_state)
        )


class SingleCalls:
    """The calls `step(X, y)` of a step. A copy of the step, or a pickle, begins anew."""

    def __init__(self) -> None:
        self.runners: dict[Hashable, SingleRunner] = {}  # by the shapes of the arrays
        # the form of X and y, and the runner, of the last call that had to convert nothing
        self.ready: tuple[Any, Any] = (None, None)

    def __reduce__(self) -> Any:
        return SingleCalls, ()

    def take(self, step: Step, X: Any, y: Any) -> float:
        """Take one step; return the loss before it."""
        rows, targets, form = X, y, (form_of(X), form_of(y))
        ready, runner = self.ready
        if form == ready:
            check_targets(step.definition.loss, targets)
        else:
            rows, targets = step.arrays(X, y)
            runner = self.find_runner(step, shapes_of(rows, targets), rows, targets)
            if rows is X and targets is y:
                self.ready = form, runner
        compiled = runner.compiled
        if not compiled.state.is_current():
            compiled = runner.specialise()
        return runner.take_one(compiled, *examples_of(step, rows, targets))

    def find_runner(self, step: Step, shapes: Any, rows: Array, targets: Array) -> SingleRunner:
        """Return the runner for arrays of these shapes."""
        if shapes not in self.runners:
            if len(self.runners) == MOST_RUNNERS:
                self.runners.clear()
            self.runners[shapes] = step.runner(SingleRunner, *examples_of(step, rows, targets))
        return self.runners[shapes]


def examples_of(step: Step, rows: Array, targets: Array) -> tuple[Array, Array]:
    """Return the arrays with a row for each example; a loss that sees a batch has one example."""
    if step.per_example or rows is None:
        return rows, targets
    return rows[None], None if targets is None else targets[None]


def form_of(x: Any) -> Any:
    """Return on what it depends whether `x` is an array that machine code can read as it stands."""
    return (x.shape, x.strides, x.dtype) if type(x) is np.ndarray else type(x)


def shapes_of(rows: Array, targets: Array) -> tuple[Any, Any]:
    """Return the shape and the type of both arrays."""
    first = None if rows is None else (rows.shape, rows.dtype)
    return first, None if targets is None else (targets.shape, targets.dtype)
