"""The checks of the arguments of `fit`, before anything is compiled or written.

Rule: an argument of the wrong kind is a TypeError, a number out of range a ValueError; each message
says what to write.
"""

import inspect
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from micrograd import errors
from micrograd.compiler import WIDTH
from micrograd.export import BFLOAT16
from micrograd.support.arguments import whole_number
from micrograd.support.splitting import not_a_share
from micrograd.training import messages
from micrograd.training.snapshot import Snapshot

if TYPE_CHECKING:
    from micrograd.training.options import Options

ENGINES = ("jit", "eager", "jax")
DTYPES = (*WIDTH, BFLOAT16)
WHOLE = ("steps", "epochs", "batch_size", "validate_every", "keep_every", "patience")
NOT_NEGATIVE = ("weight_decay", "tol", "checkpoint_seconds")


def check_options(options: "Options") -> None:
    """Raise TypeError or ValueError for an option that is wrong, or that contradicts another."""
    check_lengths(options)
    check_numbers(options)
    check_names(options)
    check_functions(options)
    check_validation(options)
    check_kept(options)
    check_loss(options.loss, data_of(options))


def data_of(options: "Options") -> list[str]:
    """Return the names of the loss's arguments after the model."""
    pairs = (("x", options.X), ("y", options.y))
    return [name for name, data in pairs if data is not None]


def check_lengths(options: "Options") -> None:
    if (options.steps is None) == (options.epochs is None):
        raise ValueError(messages.steps_or_epochs())
    for name in WHOLE:
        number = getattr(options, name)
        if number is not None:
            whole_number(number, name, 1)
    whole_number(options.seed, "seed", 0)


def check_numbers(options: "Options") -> None:
    check_clip(options.clip)
    for name in NOT_NEGATIVE:
        number = getattr(options, name)
        if number is None and name == "weight_decay":
            continue
        if isinstance(number, bool) or not isinstance(number, Real):
            raise TypeError(messages.not_a_number(name, number))
        if not float(number) >= 0.0:
            raise ValueError(messages.negative(name, float(number)))


def check_clip(clip: Any) -> None:
    """Raise TypeError or ValueError unless this is None or a number greater than 0."""
    if clip is None:
        return
    if isinstance(clip, bool) or not isinstance(clip, Real):
        raise TypeError(messages.not_a_number("clip", clip))
    if not float(clip) > 0.0:
        raise ValueError(messages.clip_not_positive(float(clip)))


def check_penalty(penalty: Any) -> None:
    if penalty is not None and not callable(penalty):
        raise TypeError(messages.not_a_penalty(penalty))


def check_names(options: "Options") -> None:
    if not is_one_of(options.engine, ENGINES):
        raise ValueError(errors.unknown_name("engine", options.engine, ENGINES))
    if not is_one_of(options.dtype, DTYPES):
        raise ValueError(errors.unknown_name("dtype", options.dtype, DTYPES))
    if options.mesh is not None and options.engine != "jax":
        raise ValueError(messages.mesh_without_jax(options.engine))
    if options.engine == "eager" and options.dtype != "float64":
        raise ValueError(messages.eager_is_float64(options.dtype))
    if options.dtype == BFLOAT16 and options.engine != "jax":
        raise ValueError(messages.bfloat16_without_jax(options.engine))


def is_one_of(name: object, names: Iterable[str]) -> bool:
    return isinstance(name, str) and name in names


def check_functions(options: "Options") -> None:
    check_penalty(options.penalty)
    if options.lr_schedule is not None and not callable(options.lr_schedule):
        raise TypeError(messages.not_a_schedule(options.lr_schedule))
    for callback in options.callbacks:
        if not callable(callback):
            raise TypeError(messages.not_a_callback(callback))


def check_validation(options: "Options") -> None:
    for name in ("patience", "metrics"):
        if getattr(options, name) and options.validation is None:
            raise ValueError(messages.without_validation(name))
    if options.has_share and not 0.0 < options.validation < 1.0:
        raise ValueError(not_a_share(options.validation))
    if options.validation is None or options.has_share:
        return
    if not isinstance(options.validation, tuple | list) or len(options.validation) != 2:
        raise TypeError(messages.not_examples(options.validation))


def check_kept(options: "Options") -> None:
    if options.start is not None and not isinstance(options.start, Snapshot):
        raise TypeError(messages.not_a_snapshot(options.start))
    if options.checkpoint is None:
        return
    if not isinstance(options.checkpoint, str | Path):
        raise TypeError(messages.not_a_path(options.checkpoint))
    path = Path(options.checkpoint)
    if "\0" in str(path) or not path.name:
        raise ValueError(messages.not_a_path(options.checkpoint))
    if path.is_dir():
        raise IsADirectoryError(messages.is_a_folder(path))


def check_loss(loss: Callable[..., Any], data: Sequence[str]) -> None:
    """Raise TypeError if the loss cannot be called with a model and with `data`, "x" and "y"."""
    with suppress(ValueError):  # functions written in C have no signature
        signature = inspect.signature(loss)
        arguments = ["model", *data]
        try:
            signature.bind(*arguments)
        except TypeError as error:
            raise TypeError(messages.loss_takes_other_arguments(arguments)) from error
