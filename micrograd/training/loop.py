"""The run of `fit`: a whole run of training, with progress, checkpoints, and a history of it.

Rule: between two reports (to show, to validate, to save) all steps are one call. Whatever the run
does follows from its options and the number of the step, so that it can go on anywhere.
"""

import time
import warnings
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import numpy as np

from micrograd import errors
from micrograd.engines import advise
from micrograd.nn import Module
from micrograd.optim import Optimizer
from micrograd.support.arguments import whole_number
from micrograd.support.interrupts import Interrupts
from micrograd.training import messages
from micrograd.training.divergence import diagnose_divergence
from micrograd.training.evaluation import VALIDATIONS, validations_since_better
from micrograd.training.history import History, mean_history
from micrograd.training.options import Options, build_optimizer, build_seeded
from micrograd.training.pace import Pace
from micrograd.training.parts import (
    build_checkpoint,
    build_eager_step,
    build_evaluation,
    build_processes,
    build_ring,
    build_settings,
    build_step,
    facts_of,
    numbers_of_run,
    split_data,
)
from micrograd.training.progress_bar import ProgressBar
from micrograd.training.snapshot import Snapshot, buffers_of
from micrograd.training.steps.minibatches import count_examples
from micrograd.training.steps.protocol import Runner

USER_LEVEL = 6  # the level of the line that called fit, for a warning between two steps


def fit_repeatedly(make: Any, repeats: int, options: Options) -> History:
    """Return the mean of runs with consecutive seeds, each of a new model."""
    if isinstance(make, Module) or isinstance(options.optimizer, Optimizer):
        raise ValueError(messages.repeats_need_makers())
    if options.checkpoint is not None or options.start is not None:
        raise ValueError(messages.repeats_and_checkpoint())
    runs = []
    first = whole_number(options.seed, "seed", 0)
    for seed in range(first, first + repeats):
        model = build_seeded(make, seed)
        runs.append(Training(model, replace(options, seed=seed)).run())
    return mean_history(runs)


# -------------------------------------------------------------------------------------- the run


class Training:
    """A run: its parts, and how far it has come."""

    def __init__(self, model: Module, options: Options) -> None:
        options = options.resolve()
        self.model, self.options = model, options
        self.optimizer = build_optimizer(options, model)
        self.rows, self.targets, validation = split_data(options)
        count = count_examples(self.rows, self.targets)
        size = count if options.batch_size is None else options.batch_size
        self.batch_size = min(whole_number(size, "batch_size", 1), count)
        epoch = count // self.batch_size
        self.total = options.total_steps(epoch)
        self.validate_every = options.validate_every or max(epoch, self.total // VALIDATIONS)
        self.history = History(total=self.total)
        self.history.validation |= {name: [] for name in options.metrics or {}}
        self.evaluation = build_evaluation(options, model, validation)
        arrays = [self.rows, self.targets]
        self.checkpoint = build_checkpoint(options, self.optimizer, self.batch_size, arrays)
        self.buffers = buffers_of(model)
        ring = build_ring(options, self.optimizer, len(self.buffers), self.checkpoint)
        self.ring = self.history.ring = ring
        self.best: Snapshot | None = None
        self.processes = build_processes(options)  # late: a process alone may still raise above
        self.step = build_step(options, model, self.optimizer)
        self.runner: Runner | None = None  # once it is known where to begin
        self.done = 0
        self.looks = 0  # calls of the step so far

    def run(self) -> History:
        """Take the steps that are left, and return the history."""
        lock = self.checkpoint.lock() if self.checkpoint else nullcontext()
        bar = ProgressBar(self.total, self.options.progress and self.processes.is_first)
        interrupts = Interrupts(deferred=self.processes.count > 1)
        with interrupts as self.interrupts, self.processes.lead_block(lock), bar as self.bar:
            try:
                self.interrupts.release()
                self.begin()
                self.interrupts.raise_if_lost()
                while self.done < self.total and not self.history.stopped:
                    self.interrupts.rearm()
                    self.advance(self.steps_until_report())
                    self.report()
                self.interrupts.ignore()
            except KeyboardInterrupt:
                self.interrupts.ignore()
                self.history.stopped = self.history.stopped or "interrupted"
            self.finish()
        return self.history

    # ------------------------------------------------------------------------------ beginning

    def begin(self) -> None:
        """Resume if there is a checkpoint, and compile the step."""
        self.processes.check_same(self.facts)
        resumed = self.resume()
        snapshot = resumed or self.options.start
        if snapshot is not None:
            snapshot.restore(self.optimizer, self.buffers)
            self.done = snapshot.step
            self.history.first = snapshot.step - len(self.history.losses)
        self.processes.check_same(lambda: numbers_of_run(self.model, self.snapshot()))
        if not self.snapshot().is_finite:
            raise ValueError(messages.starts_with_nan())
        self.begin_ring(resumed)
        past_seconds = self.history.seconds[-1] if self.history.seconds else 0.0
        self.started = time.perf_counter() - past_seconds
        self.saved = time.perf_counter()
        self.runner = self.runner_from(self.done)
        self.pace = Pace(self.runner.steps_per_call)
        with self.runner:
            pass  # compile now, so that it does not count as the time of a step
        self.validate_if_due()  # Ctrl-C may have come before the validation was done

    def facts(self) -> dict[str, Any]:
        """Return what all processes of the run must have in common."""
        data = (self.batch_size, [self.rows, self.targets])
        settings = build_settings(self.options, self.optimizer, *data)
        return facts_of(self.options, settings, self.total)

    def begin_ring(self, resumed: Snapshot | None) -> None:
        """Open the ring; without one, remove the snapshots of an earlier run."""
        ring = self.ring
        if ring is not None:
            step = None if resumed is None else resumed.step
            self.processes.lead(lambda: ring.begin(step))
            self.keep_if_due()
        elif self.checkpoint is not None and resumed is None:
            self.checkpoint.ring_path.unlink(missing_ok=True)

    def resume(self) -> Snapshot | None:
        """Restore the checkpoint; return its snapshot, or None if there is nothing to resume."""
        if self.checkpoint is None or not self.options.resume:
            return None
        content = self.processes.lead(self.checkpoint.read)
        if content is None:
            return None
        snapshot, self.best = self.checkpoint.restore(content, self.model, self.history)
        if self.history.stopped != "early":
            self.history.stopped = ""
        sentence = messages.resuming(self.checkpoint.path, snapshot.step, self.total)
        self.processes.lead(lambda: self.bar.say(sentence))
        return snapshot

    def snapshot(self) -> Snapshot:
        return Snapshot.of(self.optimizer, self.done, self.buffers)

    def runner_from(self, first: int) -> Runner:
        """Return the block of steps whose first one is step number `first`."""
        options = self.options
        data = (self.rows, self.targets, self.batch_size)
        return self.step.bound(*data, options.seed, first, options.shuffle)

    # ---------------------------------------------------------------------------------- steps

    def steps_until_report(self) -> int:
        """Return how many steps to take before something is due.

        Raises KeyboardInterrupt if Ctrl-C waits in one of several processes.
        """
        wishes = self.processes.gather((self.pace.steps, self.interrupts.must_be_told))
        if any(is_interrupted for _, is_interrupted in wishes):
            raise KeyboardInterrupt
        steps, _ = wishes[0]
        periods = []
        if self.evaluation:
            periods.append(self.validate_every)
        if self.ring:
            periods.append(self.ring.every)
        due = [period - self.done % period for period in periods]
        return min(steps, self.total - self.done, *due)

    def advance(self, count: int) -> None:
        """Take `count` steps. Raises Diverged if they end in nan or inf."""
        began = time.perf_counter()
        before = self.snapshot()
        losses, rates = np.zeros(count, self.options.number_type), np.zeros(count)
        try:
            with self.hold_calls():
                seconds = self.run_steps(losses, rates)
                with self.interrupts.hold():
                    self.record(losses, rates, began - self.started)
                    overhead = time.perf_counter() - began - seconds
                    self.pace.update(count, seconds, overhead)
                    self.advise(before, seconds / count)
                    self.check_numbers(before, losses, rates)
        except KeyboardInterrupt:
            if self.done == before.step:
                with self.interrupts.hold():  # Ctrl-C may have come in the middle of a step
                    before.restore(self.optimizer, self.buffers)
            raise

    def hold_calls(self) -> AbstractContextManager[None]:
        """Return a block in which Ctrl-C waits if it must not end a call of the step."""
        assert self.runner is not None  # begin() has made it
        return self.interrupts.hold() if self.runner.is_atomic else nullcontext()

    def advise(self, before: Snapshot, seconds: float) -> None:
        """Say once, when steps are compiled and take `seconds`, if one process would be quicker."""
        is_second = self.looks == 1
        self.looks += 1
        if is_second and self.processes.count > 1:
            sentence = advise(self.processes, before.parameters.size, seconds)
            self.processes.lead(lambda: self.bar.say(sentence) if sentence else None)

    def run_steps(self, losses: np.ndarray, rates: np.ndarray) -> float:
        """Take as many steps as `losses` is long; return the seconds that the steps alone took."""
        assert self.runner is not None  # begin() has made it
        with self.runner as runner:
            began = time.perf_counter()
            runner.run_into(losses, rates)
            return time.perf_counter() - began

    def record(self, losses: np.ndarray, rates: np.ndarray, began: float) -> None:
        """Add steps that were taken evenly since `began` to the history."""
        now, count = time.perf_counter() - self.started, len(losses)
        self.done += count
        self.history.losses += losses.tolist()
        self.history.learning_rates += rates.tolist()
        self.history.seconds += np.linspace(began, now, count + 1)[1:].tolist()

    # -------------------------------------------------------------------------- between steps

    def report(self) -> None:
        """Validate, keep a snapshot, save and show, as far as each is due."""
        self.validate_if_due()
        self.keep_if_due()
        since = time.perf_counter() - self.saved
        if self.processes.first(since >= self.options.checkpoint_seconds):
            self.save()
        self.bar(self.history)
        settings = [dict(group) for group in self.optimizer.param_groups]
        if any(self.processes.together(self.ask_callbacks)):
            self.history.stopped = self.history.stopped or "callback"
        if settings != [dict(group) for group in self.optimizer.param_groups]:
            warnings.warn(messages.changed_in_a_callback(), stacklevel=USER_LEVEL)

    def ask_callbacks(self) -> bool:
        """Call each callback; return whether one of them wants to stop the run."""
        answers = [callback(self.history) for callback in self.options.callbacks]
        return any(answer is True for answer in answers)

    def validate_if_due(self) -> None:
        """Add a validation to the history; stop the run if its patience has ended."""
        if self.evaluation is None or not self.history.losses:
            return
        due = self.done % self.validate_every == 0 or self.done == self.total
        if due and self.done not in self.history.validation["step"][-1:]:
            measured = {"step": self.done, **self.processes.lead(self.evaluation)}
            with self.interrupts.hold():
                for name, number in measured.items():
                    self.history.validation[name].append(number)
                self.note_best()

    def note_best(self) -> None:
        """Keep the parameters if none were better; stop the run if its patience has ended."""
        best_step, _ = self.history.best
        if best_step == self.done:
            self.best = self.snapshot()
        if self.options.patience is not None:
            waited = validations_since_better(self.history.validation["loss"], self.options.tol)
            if waited >= self.options.patience:
                self.history.stopped = "early"

    def keep_if_due(self) -> None:
        """Keep a snapshot, if one is due; a full disk costs this one alone."""
        ring = self.ring
        if ring is None or self.done % ring.every:
            return
        try:
            with self.interrupts.hold():
                self.processes.lead(lambda: ring.keep(self.snapshot()))
        except OSError as error:
            path = ring.rows.path
            warnings.warn(messages.snapshot_not_kept(path, error), stacklevel=USER_LEVEL)

    def save(self) -> None:
        """Write the checkpoint, if one is wanted; a full disk costs this one alone."""
        if self.checkpoint is not None:
            try:
                with self.interrupts.hold():
                    self.processes.lead(self.write_checkpoint)
            except OSError as error:
                problem = messages.checkpoint_not_written(self.checkpoint.path, error)
                warnings.warn(problem, stacklevel=USER_LEVEL)
        self.saved = time.perf_counter()

    def write_checkpoint(self) -> None:
        assert self.checkpoint is not None  # save() has looked
        self.checkpoint.write(self.model, self.snapshot(), self.best, self.history)

    def finish(self) -> None:
        """Save, and restore the best parameters if the run has stopped early."""
        if self.runner is not None and self.done:
            self.save()
        self.bar(self.history)
        if self.history.stopped == "early" and self.best is not None:
            self.best.restore(self.optimizer, self.buffers)
        if self.processes.any(self.interrupts.is_waiting):
            self.history.stopped = self.history.stopped or "interrupted"

    # ---------------------------------------------------------------------------- nan and inf

    def check_numbers(self, before: Snapshot, losses: np.ndarray, rates: np.ndarray) -> None:
        """Raise Diverged, at the last good parameters, if a loss or a parameter is nan or inf."""
        finite = np.isfinite(losses)
        count = len(losses) if finite.all() else int(finite.argmin())
        if count == len(losses) and self.snapshot().is_finite:
            return
        if not self.replay(before, count):
            count -= 1  # the last of them had a good loss, and an update that was not
            self.replay(before, count)
        self.done = before.step + count
        self.history.forget_after(self.done)
        raise self.divergence(float(rates[count]))

    def replay(self, before: Snapshot, count: int) -> bool:
        """Go back and take `count` steps again; return whether the parameters are finite then."""
        before.restore(self.optimizer, self.buffers)
        self.runner = self.runner_from(before.step)
        self.run_steps(np.zeros(count, self.options.number_type), np.zeros(count))
        return self.snapshot().is_finite

    def divergence(self, rate: float) -> errors.Diverged:
        """Save what was reached, and return the exception, with the history until then."""
        step = build_eager_step(self.options, self.model, self.optimizer)
        data = (self.rows, self.targets, self.batch_size)
        runner = step.bound(*data, self.options.seed, self.done, self.options.shuffle)
        good = self.snapshot()  # the failing step moves running statistics
        message = diagnose_divergence(runner, self.history.losses, self.done, rate)
        good.restore(self.optimizer, self.buffers)
        self.optimizer.zero_grad()
        self.history.stopped = "diverged"
        self.save()
        return errors.Diverged(message, self.history)
