"""The options of a run, which are the arguments of `fit`, and their checks."""

import inspect
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

from micrograd import errors
from micrograd.engine import Value
from micrograd.optim import Optimizer
from micrograd.support.arguments import whole_number
from micrograd.training import messages
from micrograd.training.history import History
from micrograd.training.snapshot import Snapshot

ENGINES = ("jit", "eager")

Metric = Callable[[list[Any], list[Any]], float]  # of outputs and targets


@dataclass(frozen=True, kw_only=True)
class Options:
    """The arguments of `fit`, under the same names, for one run."""

    loss: Callable[..., Any]
    X: Any
    y: Any
    optimizer: Optimizer | Callable[[list[Value]], Optimizer]
    epochs: int | None
    steps: int | None
    batch_size: int | None
    engine: str
    dtype: str
    per_example: bool
    penalty: Callable[[Any], Any] | None
    lr_schedule: Callable[[int], float] | None
    weight_decay: float | None
    clip: float | None
    validation: Any
    metrics: dict[str, Metric] | None
    validate_every: int | None
    patience: int | None
    seed: int
    callbacks: Iterable[Callable[[History], Any]]
    checkpoint: Path | str | None
    checkpoint_seconds: float
    resume: bool
    keep_every: int | None
    start: Snapshot | None
    progress: bool

    def check(self) -> None:
        """Raise ValueError for options that contradict each other, TypeError for another loss."""
        check_numbers(self)
        check_combinations(self)
        check_loss(self)

    def total_steps(self, epoch: int) -> int:
        """Return how many steps the run takes, with `epoch` steps in an epoch."""
        if self.steps is not None:
            return self.steps
        return (self.epochs or 0) * epoch

    @property
    def has_share(self) -> bool:
        """Whether `validation` is a share of the data, not examples."""
        return isinstance(self.validation, Real)


def check_numbers(options: Options) -> None:
    if (options.steps is None) == (options.epochs is None):
        raise ValueError(messages.steps_or_epochs())
    for name in ("steps", "epochs", "validate_every", "keep_every", "patience"):
        number = getattr(options, name)
        if number is not None:
            whole_number(number, name, 1)


def check_combinations(options: Options) -> None:
    if options.engine not in ENGINES:
        raise ValueError(errors.unknown_name("engine", options.engine, ENGINES))
    if options.engine == "eager" and options.dtype != "float64":
        raise ValueError(messages.eager_is_float64(options.dtype))
    for name in ("patience", "metrics"):
        if getattr(options, name) is not None and options.validation is None:
            raise ValueError(messages.without_validation(name))
    if options.clip is not None and not options.clip > 0.0:
        raise ValueError(messages.clip_not_positive(options.clip))
    if options.has_share and not 0.0 < options.validation < 1.0:
        raise ValueError(errors.not_a_share(options.validation))
    if not (options.validation is None or options.has_share or is_pair(options.validation)):
        raise TypeError(messages.not_examples(options.validation))


def is_pair(x: object) -> bool:
    return isinstance(x, tuple | list) and len(x) == 2


def check_loss(options: Options) -> None:
    """Raise TypeError if the loss cannot be called with a model and with the data there is."""
    names = [name for name in ("X", "y") if getattr(options, name) is not None]
    with suppress(ValueError):  # functions written in C have no signature
        signature = inspect.signature(options.loss)
        try:
            signature.bind("model", *names)
        except TypeError as error:
            arguments = ["model", *map(str.lower, names)]
            raise TypeError(messages.loss_takes_other_arguments(arguments)) from error
