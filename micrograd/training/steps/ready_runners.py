"""The calls of a compiled step, `step(X, y)` and `step.run(X, y)`: between them all stays ready.

Rule: a call does what a block of one step or of many does. It uses again whatever the last call has
left and nobody has changed: memory, the state, the parameters, the count of steps, and the array.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy
from functools import partial
from threading import get_ident
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from micrograd.support.arguments import whole_number
from micrograd.training.example_losses import check_targets
from micrograd.training.steps.memory import Word
from micrograd.training.steps.minibatches import MinibatchSampler, count_examples
from micrograd.training.steps.runner import StepRunner

if TYPE_CHECKING:
    from micrograd.training.steps.compiled_step import CompiledStep, Step

Array = np.ndarray | None
R = TypeVar("R")

MOST_RUNNERS = 8  # that are kept
SEED = 0
OF_DATA = (Word.ROWS, Word.TARGETS, Word.ORDER, Word.LOSSES)  # the words of arrays that users have
set_attribute = object.__setattr__  # an optimizer's own is for settings, and takes longer


class ReadyRunner(StepRunner):
    """A runner without a block. Each call may see other arrays, of the shapes of the first ones."""

    is_whole = False  # whether the whole batch is one example, whose rows need not be copied
    reached = 0  # how many steps the optimizer had taken after the last single step

    def take(self, work: Callable[[CompiledStep, Any], R], rows: Array, targets: Array) -> R:
        """Return work(the step for the state of now, its machine code), with the optimizer's lock.

        `work` is `take_one` or `take_many`, over these arrays.
        """
        if self.is_whole:
            rows, targets = one_example(rows), one_example(targets)
        compiled = self.compiled
        if not compiled.state.is_current():
            compiled = self.specialise(self.sampler_of(rows, targets))
        code = compiled.machine.call  # compiles first, before the optimizer is locked
        optimizer_lock, thread = self.lock, get_ident()
        optimizer_lock.require_other(thread)
        with optimizer_lock.lock:  # as `hold` does, which takes longer
            optimizer_lock.owner = thread
            try:
                self.serve(rows, targets)
                return work(compiled, code)
            finally:
                optimizer_lock.owner = None

    def sampler_of(self, rows: Array, targets: Array) -> MinibatchSampler:
        sampler = copy(self.sampler)
        sampler.rows, sampler.targets = rows, targets
        return sampler

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

    # ------------------------------------------------------------------------------ many steps

    def take_many(self, losses: np.ndarray, compiled: CompiledStep, code: Any) -> None:
        """Take len(losses) steps, and put the loss before each there."""
        self.begin(compiled)
        self.numbers.freeze(self.optimizer)
        self.call = self.machine_call(code)
        try:
            try:
                self.run_into(losses)
            finally:
                self.end()
        except BaseException:
            self.end()  # once more: Ctrl-C may have come before it had ended
            raise
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Keep no array of the user's alive."""
        self.sampler.rows = self.sampler.targets = None
        for frame in self.frames:
            for word in OF_DATA:
                frame.bound.pop(word, None)

    # ------------------------------------------------------------------------------ one step

    def take_one(self, compiled: CompiledStep, code: Any) -> float:
        """Take one step over all examples; return the loss before it."""
        if not self.counts_on(compiled):
            self.begin_count(compiled)
            self.call = self.machine_call(code)
        is_loaded = self.is_loaded()
        if not is_loaded:
            self.load()
        else:
            self.load_others()
        try:
            try:
                return self()
            finally:
                self.end_one(is_loaded)
        except BaseException:
            self.put_back()
            self.end_one(is_loaded)  # once more: Ctrl-C may have come before it had ended
            raise

    def end_one(self, is_loaded: bool) -> None:
        """Let everybody have what was reached, unless they read it where it stands."""
        steps = self.steps_taken
        if steps > self.optimizer.steps:
            if not (is_loaded and self.is_loaded()):
                self.store_parameters(is_live=True)
            else:
                self.store_others()
            set_attribute(self.optimizer, "steps", steps)
        self.reached = steps

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


class ReadyCalls:
    """The calls of a step. A copy of the step, or a pickle, begins anew."""

    def __init__(self) -> None:
        self.runners: dict[Hashable, ReadyRunner] = {}  # by the arrays' shapes and the order
        # the form of X and y, and the runner, of the last single call that had to convert nothing
        self.ready: tuple[Any, Any] = (None, None)

    def __reduce__(self) -> Any:
        return ReadyCalls, ()

    def take(self, step: Step, X: Any, y: Any) -> float:
        """Take one step over all examples; return the loss before it."""
        rows, targets, form = X, y, (form_of(X), form_of(y))
        ready, runner = self.ready
        if form == ready:
            check_targets(step.definition.loss, targets)
        else:
            rows, targets = step.arrays(X, y)
            runner = self.find_runner(step, rows, targets, count_examples(rows, targets))
            if rows is X and targets is y:
                self.ready = form, runner
        return runner.take(runner.take_one, rows, targets)

    def run(self, step: Step, X: Any, y: Any, steps: int, *order: Any) -> np.ndarray:
        """Take `steps` steps; return the loss before each. The order is as in `Step.run`."""
        rows, targets = step.arrays(X, y)
        runner = self.find_runner(step, rows, targets, *step.check_order(rows, targets, *order))
        losses = np.zeros(whole_number(steps, "steps", 0), step.dtype)
        runner.take(partial(runner.take_many, losses), rows, targets)
        return losses

    def find_runner(
        self,
        step: Step,
        rows: Array,
        targets: Array,
        size: int,
        seed: int = SEED,
        shuffle: bool = True,
    ) -> ReadyRunner:
        """Return the runner for arrays of these shapes, and for minibatches in that order."""
        key = (form_of(rows), form_of(targets), size, seed, shuffle)
        if key not in self.runners:
            if len(self.runners) == MOST_RUNNERS:
                self.runners.clear()
            self.runners[key] = build_runner(step, rows, targets, size, seed, shuffle)
        return self.runners[key]


def build_runner(
    step: Step, rows: Array, targets: Array, size: int, seed: int, shuffle: bool
) -> ReadyRunner:
    is_batch = rows is not None and not step.per_example
    is_whole = is_batch and size == count_examples(rows, targets)
    if is_whole:
        rows, targets, size = one_example(rows), one_example(targets), 1
    one_batch = is_batch and not is_whole
    order = (size, seed, 0, shuffle)
    runner = step.runner(ReadyRunner, rows, targets, *order, step.idle, one_batch)
    runner.is_whole = is_whole
    return runner


def one_example(batch: Array) -> Array:
    return None if batch is None else batch[None]


def form_of(x: Any) -> Any:
    """Return the facts that decide whether machine code can read `x` as it stands."""
    return (x.shape, x.strides, x.dtype) if type(x) is np.ndarray else type(x)
