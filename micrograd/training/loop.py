"""`fit`: a whole run of training, compiled, with progress, checkpoints, and a history of it.

Rule: between two looks at the run (to show, to validate, to save) the steps are one call; whatever
the run does follows from its arguments and the number of the step, so that it can go on anywhere.
"""

import inspect
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from numbers import Real
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from micrograd import errors
from micrograd.nn import Module
from micrograd.optim import Adam, Optimizer
from micrograd.support.arguments import whole_number
from micrograd.support.randomness import seeded
from micrograd.support.splitting import hold_out
from micrograd.training import messages
from micrograd.training.checkpoint import Checkpoint, digest
from micrograd.training.divergence import diagnosed
from micrograd.training.evaluation import Evaluation
from micrograd.training.history import History, mean
from micrograd.training.progress_bar import Bar
from micrograd.training.snapshot import Moment, Ring
from micrograd.training.steps.compiled_step import compile_step
from micrograd.training.steps.eager_step import EagerStep
from micrograd.training.steps.minibatches import as_array, examples

ENGINES = ("jit", "eager")
LOOK = 0.1  # seconds between two looks at a run
BESIDE = 20  # times what is done besides: steps take that long at least between two looks
LONGEST = 2.0  # seconds between them, if that would be more
VALIDATIONS = 100  # in a run, at most, unless `validate_every` says otherwise


def fit(
    model: Module | Callable,
    loss: Callable,
    X=None,
    y=None,
    *,
    optimizer: Optimizer | Callable = Adam,
    epochs: int | None = None,
    steps: int | None = None,
    batch_size: int | None = None,
    engine: str = "jit",
    dtype: str = "float64",
    per_example: bool = True,
    penalty: Callable | None = None,
    lr_schedule: Callable | None = None,
    weight_decay: float | None = None,
    clip: float | None = None,
    validation=None,
    metrics: dict[str, Callable] | None = None,
    validate_every: int | None = None,
    patience: int | None = None,
    seed: int = 0,
    repeats: int = 1,
    callbacks: Iterable[Callable] = (),
    checkpoint: Path | str | None = None,
    checkpoint_seconds: float = 10.0,
    resume: bool = True,
    keep_every: int | None = None,
    start: Moment | None = None,
    progress: bool = True,
) -> History:
    """Train `model`, in place, to make the mean of `loss` small; returns what is known of the run.

    `loss(model, x, y)` is that of one example (with `per_example=False`, of a batch), to which
    `penalty(model)` is added. `optimizer` is one, or makes one of the parameters; `lr_schedule` and
    `weight_decay` take the place of its own. An epoch is len(X) // batch_size steps, each example
    at most once. Both engines walk through the same examples, and agree but for rounding.

    `validation` is (X, y), or the share of the data to set aside; `metrics` are functions (outputs,
    targets) of it. It is looked at `validate_every` steps (an epoch, or more: a hundred times in
    all); after `patience` looks without a better loss the run stops, at the best parameters.
    `callbacks` get the History about ten times a second; who returns True stops the run. `clip` is
    the greatest norm of all grads together.

    `checkpoint` is a file that is written every so many seconds and at the end, from which the same
    run goes on if there is one (unless `resume=False`), to the same bits. `keep_every` keeps a
    moment each so many steps: `history.at(step)`, from which `start` goes on. Ctrl-C ends the run
    and keeps what was reached. With `repeats` the model, a function that makes one, is made and
    trained with as many seeds, and the history is the mean of theirs.

    Raises ValueError for arguments that do not go together, ShapeError for data that do not fit,
    Diverged for nan and inf; then the model has the last good parameters.

    >>> from micrograd import MLP, data, losses, optim
    >>> X, y = data.moons(50, seed=1)
    >>> model = MLP(2, [8, 1])
    >>> history = fit(model, lambda model, x, y: losses.hinge(model(x), y), X, y,
    ...               optimizer=lambda p: optim.Adam(p, lr=0.01), steps=200, progress=False)
    >>> history.losses[-1] < history.losses[0]
    True
    """
    given = {**locals()}
    model, repeats = given.pop("model"), whole_number(given.pop("repeats"), "repeats", 1)
    if repeats > 1:
        return repeated(model, repeats, given)
    return Training(model if isinstance(model, Module) else build_seeded(model, seed), given).run()


def repeated(make: Callable, repeats: int, given: dict) -> History:
    """The mean of runs with seeds that follow each other."""
    if isinstance(make, Module) or isinstance(given["optimizer"], Optimizer):
        raise ValueError(messages.repeats_need_makers())
    if given["checkpoint"] is not None or given["start"] is not None:
        raise ValueError(messages.repeats_and_checkpoint())
    seeds = range(given["seed"], given["seed"] + repeats)
    return mean(
        [Training(build_seeded(make, seed), {**given, "seed": seed}).run() for seed in seeds]
    )


def build_seeded(make: Callable[[], Module], seed: int) -> Module:
    """Return make()'s model, whose random weights follow from `seed`. TypeError for no function."""
    if not callable(make):
        raise TypeError(messages.not_a_model(make))
    with seeded(seed):
        return make()


class Training:
    """A run: what was asked for, and how far it has come."""

    def __init__(self, model: Module, given: dict):
        self.model, self.asked = model, SimpleNamespace(**given)
        check(self.asked)
        check_loss(self.asked)
        self.optimizer = self.chosen_optimizer()
        self.rows, self.targets, held_out = self.data()
        count = examples(self.rows, self.targets)
        size = count if self.asked.batch_size is None else self.asked.batch_size
        self.size = min(whole_number(size, "batch_size", 1), count)
        epochs = self.asked.epochs
        self.total = self.asked.steps if epochs is None else epochs * (count // self.size)
        self.history = History(total=self.total)
        self.evaluation = self.evaluated(*held_out) if held_out else None
        self.every = self.asked.validate_every or max(count // self.size, self.total // VALIDATIONS)
        self.checkpoint = self.opened_checkpoint()
        self.ring = self.opened_ring()
        self.best: Moment | None = None
        self.step, self.done = self.made_step(), 0
        self.active = None  # the block that takes steps, once it is known where to begin

    # -------------------------------------------------------------------------------- what is given

    def chosen_optimizer(self) -> Optimizer:
        asked, chosen = self.asked, self.asked.optimizer
        if not isinstance(chosen, Optimizer):
            if not callable(chosen):
                raise TypeError(messages.not_an_optimizer(chosen))
            chosen = chosen(self.model.parameters())
        if asked.lr_schedule is not None:
            chosen.lr = asked.lr_schedule
        if asked.weight_decay is not None:
            chosen.weight_decay = asked.weight_decay
        return chosen

    def data(self) -> tuple:
        """(rows, targets, (rows, targets) to validate with or None), arrays or None."""
        asked = self.asked
        X, y = (as_array(x, asked.dtype) for x in (asked.X, asked.y))
        examples(X, y)
        share = asked.validation
        if share is None:
            return X, y, None
        if not isinstance(share, Real):
            held_out = [as_array(x, asked.dtype) for x in share]
            examples(*held_out)
            return X, y, held_out
        order = np.random.default_rng(asked.seed).permutation(whole_number(len(X), "len(X)", 2))
        kept, held = hold_out(order, float(share))
        y_kept, y_held = (None, None) if y is None else (y[kept], y[held])
        return X[kept], y_kept, (X[held], y_held)

    def evaluated(self, X, y) -> Evaluation:
        asked, compiled = self.asked, self.asked.engine == "jit"
        metrics = asked.metrics or {}
        self.history.validation |= {name: [] for name in metrics}
        whole = not asked.per_example
        return Evaluation(self.model, asked.loss, X, y, metrics, whole, compiled)

    def made_step(self):
        asked = self.asked
        how = {"penalty": asked.penalty, "clip": asked.clip, "per_example": asked.per_example}
        if asked.engine == "jit":
            return compile_step(asked.loss, self.model, self.optimizer, dtype=asked.dtype, **how)
        return EagerStep(asked.loss, self.model, self.optimizer, **how)

    def opened_checkpoint(self) -> Checkpoint | None:
        if self.asked.checkpoint is None:
            return None
        names = ("seed", "engine", "dtype", "per_example", "clip", "patience", "validate_every")
        settings = {name: getattr(self.asked, name) for name in names}
        settings["batch_size"] = self.size
        settings["data"] = digest(self.rows, self.targets)
        apart = {"lr", "parameters", "steps", "state"}
        numbers = {name: x for name, x in vars(self.optimizer).items() if name not in apart}
        settings["optimizer"] = {"class": type(self.optimizer).__name__, **numbers}
        return Checkpoint(self.asked.checkpoint, settings)

    def opened_ring(self) -> Ring | None:
        if self.asked.keep_every is None:
            return None
        path = self.checkpoint and self.checkpoint.path.with_suffix(".ring.npy")
        self.history.ring = Ring(self.optimizer, self.asked.keep_every, path)
        return self.history.ring

    # -------------------------------------------------------------------------------------- the run

    def run(self) -> History:
        """Take the steps that are left; the history."""
        with Bar(self.total, self.asked.progress) as self.bar:
            try:
                self.begin()
                while self.done < self.total and not self.history.stopped:
                    self.advance(self.stretch())
                    self.look()
            except KeyboardInterrupt:
                self.history.stopped = "interrupted"
            self.finish()
        return self.history

    def begin(self) -> None:
        found = self.resumed() if self.checkpoint and self.asked.resume else None
        moment = found or self.asked.start
        if moment is not None:
            moment.restore(self.optimizer)
            self.done = moment.step
            self.history.first = moment.step - len(self.history.losses)
        now = Moment.of(self.optimizer, self.done)
        if not now.sound:
            raise ValueError(messages.starts_unsound())
        if self.ring is not None and self.done % self.ring.every == 0:
            self.ring.keep(now)
        past = self.history.seconds
        self.clock = time.perf_counter() - (past[-1] if past else 0.0)
        self.saved, self.active = time.perf_counter(), self.steps_from(self.done)
        self.pace = self.active.at_once
        with self.active:
            pass  # compiled now, so that it is not taken for the time of a step

    def resumed(self) -> Moment | None:
        found = self.checkpoint.read(self.model, self.history)
        if found is None:
            return None
        moment, self.best = found
        if self.history.stopped != "early":
            self.history.stopped = ""
        self.bar.say(messages.resumed(self.checkpoint.path, moment.step, self.total))
        return moment

    def steps_from(self, first: int):
        """A block that takes steps, the next one being that number."""
        return self.step.bound(self.rows, self.targets, self.size, self.asked.seed, first)

    def stretch(self) -> int:
        """How many steps to take before the next look."""
        grids = [self.every] if self.evaluation else []
        grids += [self.ring.every] if self.ring else []
        next_ones = [every - self.done % every for every in grids]
        return min(self.pace, self.total - self.done, *next_ones)

    def advance(self, count: int) -> None:
        """Take so many steps. Diverged if there is a nan or an inf then."""
        began = time.perf_counter()
        before = Moment.of(self.optimizer, self.done)
        losses, rates = np.zeros(count, self.asked.dtype), np.zeros(count)
        try:
            with self.active as steps:
                inside = time.perf_counter()
                steps.fill(losses, rates)
                spent = time.perf_counter() - inside
        except KeyboardInterrupt:
            before.restore(self.optimizer)  # it may have come in the middle of a step
            raise
        self.note(losses, rates, began - self.clock)
        beside = time.perf_counter() - began - spent
        stretch = min(max(LOOK, BESIDE * beside), LONGEST)
        self.pace = max(1, int(stretch * count / spent))
        self.check_numbers(before, losses, rates)

    def note(self, losses, rates, began: float) -> None:
        """Add steps that were taken evenly since then to the history."""
        now, count = time.perf_counter() - self.clock, len(losses)
        self.done += count
        self.history.losses += losses.tolist()
        self.history.rates += rates.tolist()
        self.history.seconds += np.linspace(began, now, count + 1)[1:].tolist()

    # -------------------------------------------------------------------------------- between steps

    def look(self) -> None:
        """Validate, keep, save and show, whatever is due."""
        due = self.done % self.every == 0 or self.done == self.total
        if self.evaluation is not None and due:
            self.validate()
        if self.ring is not None and self.done % self.ring.every == 0:
            self.ring.keep(Moment.of(self.optimizer, self.done))
        if time.perf_counter() - self.saved >= self.asked.checkpoint_seconds:
            self.save()
        self.bar(self.history)
        answers = [callback(self.history) for callback in self.asked.callbacks]
        if any(answer is True for answer in answers):
            self.history.stopped = self.history.stopped or "callback"

    def validate(self) -> None:
        """Add to the history how good the model is now; it stops where patience ends."""
        kept = self.history.validation
        for name, number in {"step": self.done, **self.evaluation()}.items():
            kept[name].append(number)
        step, _ = self.history.best
        if step == self.done:
            self.best = Moment.of(self.optimizer, self.done)
        looks = (self.done - step) // self.every
        if self.asked.patience is not None and looks >= self.asked.patience:
            self.history.stopped = "early"

    def save(self) -> None:
        if self.checkpoint is not None:
            now = Moment.of(self.optimizer, self.done)
            self.checkpoint.write(self.model, now, self.best, self.history)
        self.saved = time.perf_counter()

    def finish(self) -> None:
        if self.active is not None:
            self.save()
        self.bar(self.history)
        if self.history.stopped == "early" and self.best is not None:
            self.best.restore(self.optimizer)

    # ------------------------------------------------------------------------------------- nan, inf

    def check_numbers(self, before: Moment, losses, rates) -> None:
        """Diverged, at the last good parameters, if a loss or a parameter is no number."""
        good = np.isfinite(losses)
        count = len(losses) if good.all() else int(good.argmin())
        if count == len(losses) and Moment.of(self.optimizer, self.done).sound:
            return
        if not self.taken_again(before, count):
            count -= 1
            self.taken_again(before, count)
        self.done = before.step + count
        for numbers in (self.history.losses, self.history.rates, self.history.seconds):
            del numbers[self.done - self.history.first :]
        raise self.diverged(float(rates[count]))

    def taken_again(self, before: Moment, count: int) -> bool:
        """Go back, and take so many steps again; whether the parameters are sound then."""
        before.restore(self.optimizer)
        self.active = self.steps_from(before.step)
        with self.active as steps:
            steps.fill(np.zeros(count, self.asked.dtype), np.zeros(count))
        return Moment.of(self.optimizer, before.step + count).sound

    def diverged(self, rate: float) -> errors.Diverged:
        """The exception, with the history until then; what was reached is saved."""
        asked = self.asked
        how = (asked.penalty, asked.clip, asked.per_example)
        step = EagerStep(asked.loss, self.model, self.optimizer, *how)
        run = step.bound(self.rows, self.targets, self.size, asked.seed, self.done)
        message = diagnosed(run, self.history.losses, self.done, rate)
        self.optimizer.zero_grad()
        self.history.stopped = "diverged"
        self.save()
        return errors.Diverged(message, self.history)


def check(asked) -> None:
    """ValueError for arguments that do not go together."""
    if (asked.steps is None) == (asked.epochs is None):
        raise ValueError(messages.steps_or_epochs())
    for name in ("steps", "epochs", "validate_every", "keep_every", "patience"):
        if getattr(asked, name) is not None:
            whole_number(getattr(asked, name), name, 1)
    if asked.engine not in ENGINES:
        raise ValueError(errors.unknown_name("engine", asked.engine, ENGINES))
    if asked.engine == "eager" and asked.dtype != "float64":
        raise ValueError(messages.eager_is_float64(asked.dtype))
    for name in ("patience", "metrics"):
        if getattr(asked, name) is not None and asked.validation is None:
            raise ValueError(messages.without_validation(name))
    if asked.clip is not None and not asked.clip > 0.0:
        raise ValueError(messages.no_norm(asked.clip))
    if isinstance(asked.validation, Real) and not 0.0 < asked.validation < 1.0:
        raise ValueError(errors.not_a_share(asked.validation))


def check_loss(asked) -> None:
    """TypeError for a loss that cannot be called with the model and what data there is."""
    names = [name for name in ("X", "y") if getattr(asked, name) is not None]
    with suppress(ValueError):  # of what is written in C nobody knows
        signature = inspect.signature(asked.loss)
        try:
            signature.bind("model", *names)
        except TypeError as error:
            raise TypeError(messages.loss_of_others(["model", *map(str.lower, names)])) from error
