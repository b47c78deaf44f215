"""The run of `fit` where NumPy is missing, as in a browser: plain Python, and no files.

Rule: the numbers are those of engine="eager" with NumPy, to the last bit. An option that this does
not have is refused, with a sentence.
"""

import math
import time
from typing import Any, NamedTuple

from micrograd import errors
from micrograd.engine import Value
from micrograd.nn import Module
from micrograd.support.arguments import whole_number
from micrograd.support.numpy_draws import Permutations
from micrograd.support.splitting import hold_out, rows_and_labels, too_few_examples
from micrograd.training import messages
from micrograd.training.divergence import diagnose_divergence
from micrograd.training.evaluation import VALIDATIONS, Evaluation, validations_since_better
from micrograd.training.example_losses import check_targets
from micrograd.training.history import History
from micrograd.training.options import Options, build_optimizer
from micrograd.training.pace import REPORT_SECONDS
from micrograd.training.snapshot import buffers_of
from micrograd.training.steps.definition import StepDefinition
from micrograd.training.steps.eager_step import Batch, EagerRunner
from micrograd.training.steps.plain_step import PlainStep, Rows, flat

NEED_NUMPY = ("checkpoint", "keep_every", "start", "mesh")  # options that keep arrays


class Kept(NamedTuple):
    """All that the next step depends on."""

    numbers: list[float]  # of parameters and buffers
    state: list[Any]
    steps: int


class PlainTraining:
    """A run: its parts, and how far it has come."""

    def __init__(self, model: Module, options: Options) -> None:
        self.model, self.options = model, options.resolve()
        for name in NEED_NUMPY:
            if getattr(options, name) is not None:
                raise ImportError(messages.option_needs_numpy(name))
        self.optimizer = build_optimizer(self.options, model)
        self.values = [*self.optimizer.parameters, *buffers_of(model)]
        rows, targets, held_out = split_rows(self.options)
        count = 1 if rows is None else len(rows)
        size = count if options.batch_size is None else options.batch_size
        size = min(whole_number(size, "batch_size", 1), count)
        self.total = self.options.total_steps(count // size)
        every = max(count // size, self.total // VALIDATIONS)
        self.validate_every = options.validate_every or every
        self.history = History(total=self.total)
        self.history.validation |= {name: [] for name in self.options.metrics}
        self.evaluation = held_out and Evaluation(model, self.options, *held_out)
        self.best: Kept | None = None
        self.runner = self.start_runner(rows, targets, size)

    def start_runner(self, rows: Rows | None, targets: Rows | None, size: int) -> EagerRunner:
        options = self.options
        parts = (options.loss, self.model, self.optimizer, options.penalty, options.clip)
        step = PlainStep(StepDefinition(*parts), options.per_example)
        runner = step.bound(rows, targets, size, options.seed, 0, options.shuffle)
        return Remembering(step, runner.sampler)

    def run(self) -> History:
        """Take all steps, and return the history."""
        if not all(math.isfinite(value.data) for value in self.values):
            raise ValueError(messages.starts_with_nan())
        self.began, self.last_call = time.perf_counter(), -math.inf
        try:
            with self.runner:
                while self.history.done < self.total and not self.history.stopped:
                    self.advance()
                    self.validate_if_due()
                    self.ask_callbacks()
        except KeyboardInterrupt:
            self.history.stopped = "interrupted"
        if self.history.stopped == "early" and self.best is not None:
            self.restore(self.best)
        return self.history

    def advance(self) -> None:
        """Take a step. Raises Diverged, at the parameters before it, if it ends in nan or inf."""
        before, losses, rates = self.keep(), [0.0], [0.0]
        try:
            self.runner.run_into(losses, rates)
        except KeyboardInterrupt:
            self.restore(before)
            raise
        if not math.isfinite(losses[0]) or not self.is_finite():
            self.restore(before)
            raise self.divergence(before, rates[0])
        self.history.losses += losses
        self.history.learning_rates += rates
        self.history.seconds.append(time.perf_counter() - self.began)

    def is_finite(self) -> bool:
        return all(math.isfinite(parameter.data) for parameter in self.optimizer.parameters)

    def divergence(self, before: Kept, rate: float) -> errors.Diverged:
        """Return the exception, with the history until then, and the reason."""
        history = self.history
        reason = diagnose_divergence(self.runner, history.losses, history.done, rate)
        self.restore(before)
        self.optimizer.zero_grad()
        history.stopped = "diverged"
        return errors.Diverged(reason, history)

    def validate_if_due(self) -> None:
        """Add a validation to the history; stop the run if its patience has ended."""
        history = self.history
        due = history.done % self.validate_every == 0 or history.done == self.total
        if self.evaluation is None or not due:
            return
        measured = {"step": history.done, **self.evaluation()}
        for name, number in measured.items():
            history.validation[name].append(number)
        if history.best.step == history.done:
            self.best = self.keep()
        waited = validations_since_better(history.validation["loss"], self.options.tol)
        if self.options.patience is not None and waited >= self.options.patience:
            history.stopped = "early"

    def ask_callbacks(self) -> None:
        """Call each callback, about ten times a second and at the end; one may stop the run."""
        now = time.perf_counter()
        if now - self.last_call < REPORT_SECONDS and self.history.done < self.total:
            return
        self.last_call = now
        answers = [callback(self.history) for callback in self.options.callbacks]
        if any(answer is True for answer in answers):
            self.history.stopped = self.history.stopped or "callback"

    def keep(self) -> Kept:
        numbers = [value.data for value in self.values]
        return Kept(numbers, list(self.optimizer.state), self.optimizer.steps)

    def restore(self, kept: Kept) -> None:
        for value, number in zip(self.values, kept.numbers):
            value.data = number
        self.optimizer.state, self.optimizer.steps = list(kept.state), kept.steps


class Remembering(EagerRunner):
    """A block of steps that serves its last minibatch once more, to whoever asks why it failed."""

    last: tuple[Batch, list[list[float]]] | None = None

    def run_into(self, losses: Any, rates: Any) -> None:
        self.last = None
        super().run_into(losses, rates)

    def next_batch(self) -> tuple[Batch, list[list[float]]]:
        self.last = self.last or super().next_batch()
        return self.last


# ------------------------------------------------------------------------------------ the examples


def split_rows(options: Options) -> tuple[Rows | None, Rows | None, Any]:
    """Return (rows, targets, validation): validation is (rows, targets) or None."""
    rows, targets = examples_of(options.X, options.y, options)
    if options.validation is None:
        return rows, targets, None
    if not options.has_share:
        held_rows, held_targets = options.validation
        return rows, targets, examples_of(held_rows, held_targets, options)
    if rows is None or len(rows) < 2:
        raise ValueError(too_few_examples(0 if rows is None else len(rows)))
    order = Permutations(options.seed).draw(len(rows))
    rest, held_out = hold_out(order, float(options.validation))
    parts = [(rows[places], targets and targets[places]) for places in (rest, held_out)]
    return *parts[0], parts[1]


def examples_of(X: Any, y: Any, options: Options) -> tuple[Rows | None, Rows | None]:
    """Return (rows, targets). Raises ShapeError or ValueError if they are no examples."""
    rows, targets = as_rows("X", X), as_rows("y", y)
    count = len(rows) if rows is not None else int(targets is None)
    if targets is not None and len(targets) != count:
        raise errors.ShapeError(rows_and_labels(count, len(targets)))
    if not count:
        raise errors.ShapeError(messages.no_examples())
    check_targets(options.loss, targets)
    return rows, targets


def as_rows(name: str, x: Any) -> Rows | None:
    """Return `x` as Rows of floats; None for None. Raises ShapeError or ValueError."""
    if x is None:
        return None
    content = x.tolist() if hasattr(x, "tolist") else x
    rows = as_floats(name, content)
    if not isinstance(rows, list) or len(set(map(shape_of, rows))) > 1:
        raise errors.ShapeError(messages.rows_of_other_lengths(name))
    for place, row in enumerate(rows):
        if any(map(math.isnan, flat(row))):
            raise ValueError(messages.nan_in_data(name, [place]))
    return Rows(rows)


def as_floats(name: str, x: Any) -> Any:
    """Return nested lists of floats."""
    if isinstance(x, list | tuple):
        return [as_floats(name, child) for child in x]
    if isinstance(x, str | bytes | complex | Value) or not hasattr(x, "__float__"):
        raise errors.ShapeError(messages.not_a_number_in(name, x))
    return float(x)


def shape_of(row: Any) -> tuple[int, ...]:
    return (len(row), *(shape_of(row[0]) if row else ())) if isinstance(row, list) else ()
