"""From the options of a run to its parts: the optimizer, the training step, and the data."""

from typing import Any

import numpy as np

from micrograd.nn import Module
from micrograd.optim import Optimizer
from micrograd.support.arguments import whole_number
from micrograd.support.splitting import hold_out
from micrograd.training import messages
from micrograd.training.options import Options
from micrograd.training.steps.compiled_step import compile_step
from micrograd.training.steps.eager_step import EagerStep
from micrograd.training.steps.minibatches import as_array, count_examples
from micrograd.training.steps.protocol import TrainingStep


def build_optimizer(options: Options, model: Module) -> Optimizer:
    optimizer = options.optimizer
    if not isinstance(optimizer, Optimizer):
        if not callable(optimizer):
            raise TypeError(messages.not_an_optimizer(optimizer))
        optimizer = optimizer(model.parameters())
    if options.lr_schedule is not None:
        optimizer.lr = options.lr_schedule
    if options.weight_decay is not None:
        optimizer.weight_decay = options.weight_decay  # type: ignore[attr-defined]
    return optimizer


def build_eager_step(options: Options, model: Module, optimizer: Optimizer) -> EagerStep:
    return EagerStep(
        options.loss, model, optimizer, options.penalty, options.clip, options.per_example
    )


def build_step(options: Options, model: Module, optimizer: Optimizer) -> TrainingStep:
    if options.engine == "eager":
        return build_eager_step(options, model, optimizer)
    return compile_step(
        options.loss,
        model,
        optimizer,
        penalty=options.penalty,
        dtype=options.dtype,
        clip=options.clip,
        per_example=options.per_example,
    )


def split_data(options: Options) -> tuple[Any, Any, tuple[Any, Any] | None]:
    """Return (rows, targets, validation) as arrays: validation is (rows, targets) or None.

    Rows and targets are None where there are none.
    """
    rows, targets = (as_array(x, options.dtype) for x in (options.X, options.y))
    count_examples(rows, targets)
    if options.validation is None:
        return rows, targets, None
    if not options.has_share:
        held_rows, held_targets = (as_array(x, options.dtype) for x in options.validation)
        count_examples(held_rows, held_targets)
        return rows, targets, (held_rows, held_targets)
    return hold_out_rows(rows, targets, options)


def hold_out_rows(rows: Any, targets: Any, options: Options) -> tuple[Any, Any, tuple[Any, Any]]:
    """Return what `split_data` does, for a share of the data, drawn at random from the seed."""
    count = whole_number(0 if rows is None else len(rows), "len(X)", 2)
    order = np.random.default_rng(options.seed).permutation(count)
    rest, held_out = hold_out(order, float(options.validation))
    if targets is None:
        return rows[rest], None, (rows[held_out], None)
    return rows[rest], targets[rest], (rows[held_out], targets[held_out])
