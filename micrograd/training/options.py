"""The options of a run, which are the arguments of `fit`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from numbers import Real
from pathlib import Path
from typing import Any

from micrograd.engine import Value
from micrograd.export import number_type
from micrograd.nn import Module
from micrograd.optim import Optimizer
from micrograd.support.arguments import whole_number
from micrograd.support.randomness import seeded
from micrograd.training import messages
from micrograd.training.checks import check_options
from micrograd.training.example_losses import loss_of, metrics_of
from micrograd.training.history import History
from micrograd.training.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class Options:
    """The arguments of `fit`, under the same names, for one run."""

    loss: Any  # a name or a function, and a function once it is resolved
    X: Any
    y: Any
    optimizer: Optimizer | Callable[[list[Value]], Optimizer]
    epochs: int | None
    steps: int | None
    batch_size: int | None
    engine: str
    mesh: Mapping[str, int] | None
    dtype: str
    per_example: bool
    penalty: Callable[[Any], Any] | None
    lr_schedule: Callable[[int], float] | None
    weight_decay: float | None
    clip: float | None
    validation: Any
    metrics: Any  # Metrics, and {name: function} once they are resolved
    validate_every: int | None
    patience: int | None
    tol: float
    shuffle: bool
    seed: int
    callbacks: Iterable[Callable[[History], Any]]
    checkpoint: Path | str | None
    checkpoint_seconds: float
    resume: bool
    keep_every: int | None
    start: Snapshot | None
    progress: bool

    def resolve(self) -> "Options":
        """Return these options with functions in place of names, checked.

        Raises TypeError or ValueError for an option that is wrong, or that contradicts another.
        """
        options = replace(
            self,
            loss=loss_of(self.loss, self.per_example),
            metrics=metrics_of(self.metrics),
            callbacks=callbacks_of(self.callbacks),
        )
        check_options(options)
        return options

    def total_steps(self, epoch: int) -> int:
        """Return how many steps the run takes, with `epoch` steps in an epoch."""
        if self.steps is not None:
            return self.steps
        return (self.epochs or 0) * epoch

    @property
    def number_type(self) -> str:
        """The type of the losses, the parameters and the data: float32 if products are bfloat16."""
        return number_type(self.dtype)

    @property
    def has_share(self) -> bool:
        """Whether `validation` is a share of the data, not examples."""
        return isinstance(self.validation, Real)


def callbacks_of(callbacks: Any) -> tuple[Any, ...]:
    """Return the callbacks as a tuple, since a generator gives its items only once."""
    if callable(callbacks) or not isinstance(callbacks, Iterable):
        raise TypeError(messages.not_a_list_of_callbacks(callbacks))
    return tuple(callbacks)


def build_optimizer(options: Options, model: Module) -> Optimizer:
    optimizer = options.optimizer
    if not isinstance(optimizer, Optimizer):
        if not callable(optimizer):
            raise TypeError(messages.not_an_optimizer(optimizer))
        optimizer = optimizer(model.parameters())
        if not isinstance(optimizer, Optimizer):
            raise TypeError(messages.no_optimizer_made(optimizer))
    if options.lr_schedule is not None:
        optimizer.lr = options.lr_schedule
    if options.weight_decay is not None:
        if not hasattr(optimizer, "weight_decay"):
            raise ValueError(messages.no_weight_decay(optimizer))
        optimizer.weight_decay = options.weight_decay
    return optimizer


def build_seeded(make: Callable[[], Module], seed: int) -> Module:
    """Return make()'s model, whose random weights follow from `seed`. TypeError for no function."""
    if not callable(make):
        raise TypeError(messages.not_a_model(make))
    with seeded(whole_number(seed, "seed", 0)):
        model = make()
    if not isinstance(model, Module):
        raise TypeError(messages.no_model_made(model))
    return model
