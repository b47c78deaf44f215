"""From the options of a run to its parts: optimizer, training step, data, and what is kept."""

import json
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from micrograd.engines import Processes, connect
from micrograd.nn import Module
from micrograd.optim import Optimizer
from micrograd.saving import digest_of_arrays
from micrograd.support.splitting import hold_out, too_few_examples
from micrograd.training import messages
from micrograd.training.checkpoint import Checkpoint, optimizer_settings, run_settings
from micrograd.training.evaluation import Evaluation
from micrograd.training.example_losses import check_targets
from micrograd.training.options import Options
from micrograd.training.public import compile_step
from micrograd.training.snapshot import Snapshot
from micrograd.training.snapshot_ring import SnapshotRing
from micrograd.training.steps.definition import StepDefinition
from micrograd.training.steps.eager_step import EagerStep
from micrograd.training.steps.minibatches import count_examples
from micrograd.training.steps.protocol import TrainingStep
from micrograd.transforms import as_array


def build_definition(options: Options, model: Module, optimizer: Optimizer) -> StepDefinition:
    return StepDefinition(options.loss, model, optimizer, options.penalty, options.clip)


def build_eager_step(options: Options, model: Module, optimizer: Optimizer) -> EagerStep:
    definition = build_definition(options, model, optimizer)
    return EagerStep(definition, options.per_example)


def build_step(options: Options, model: Module, optimizer: Optimizer) -> TrainingStep:
    if options.engine == "eager":
        return build_eager_step(options, model, optimizer)
    if options.engine == "jax":
        from micrograd.training.steps.jax_step import JaxStep  # here, as it needs the exports

        definition = build_definition(options, model, optimizer)
        return JaxStep(definition, options.dtype, options.per_example, options.mesh)
    return compile_step(
        options.loss,
        model,
        optimizer,
        penalty=options.penalty,
        dtype=options.dtype,
        clip=options.clip,
        per_example=options.per_example,
    )


def build_evaluation(
    options: Options, model: Module, validation: tuple[Any, Any] | None
) -> Evaluation | None:
    return None if validation is None else Evaluation(model, options, *validation)


def build_processes(options: Options) -> Processes:
    """Return the processes that take part: with engine "jax" all that were started together."""
    return connect() if options.engine == "jax" else Processes()


def build_settings(
    options: Options, optimizer: Optimizer, batch_size: int, arrays: Sequence[np.ndarray | None]
) -> dict[str, Any]:
    """Return the settings of the run over these arrays, which all its processes share."""
    settings = run_settings(options, batch_size, arrays)
    return settings | {"optimizer": optimizer_settings(optimizer)}


def build_checkpoint(
    options: Options, optimizer: Optimizer, batch_size: int, arrays: Sequence[np.ndarray | None]
) -> Checkpoint | None:
    """Return the checkpoint of the run over these arrays, None if none is wanted."""
    if options.checkpoint is None:
        return None
    settings = build_settings(options, optimizer, batch_size, arrays)
    return Checkpoint(options.checkpoint, settings)


def facts_of(options: Options, settings: dict[str, Any], total: int) -> dict[str, Any]:
    """Return what must be the same in all processes of a run before its first step."""
    facts = {**settings, "steps": total, "mesh": options.mesh, "keep_every": options.keep_every}
    facts["callbacks"] = len(tuple(options.callbacks))
    facts["checkpoint"] = options.checkpoint is not None
    return facts | {name: import_module(name).__version__ for name in ("micrograd", "jax")}


def numbers_of_run(model: Module, snapshot: Snapshot) -> dict[str, str]:
    """Return a digest of all numbers that the next step begins with, under its name."""
    arrays = [("state", snapshot.state), ("", np.array([snapshot.step, snapshot.optimizer_steps]))]
    arrays += [(name, np.array(x, float)) for name, x in model.state_dict().items()]
    return {"the model's numbers": digest_of_arrays(arrays)}


def build_ring(
    options: Options, optimizer: Optimizer, buffers: int, checkpoint: Checkpoint | None
) -> SnapshotRing | None:
    """Return the ring of snapshots: a file beside the checkpoint, or else a temporary one."""
    if options.keep_every is None:
        return None
    shape = (len(optimizer.parameters), len(optimizer.start))
    if checkpoint is None:
        return SnapshotRing(*shape, options.keep_every, buffers=buffers)
    settings = json.dumps(checkpoint.settings)
    return SnapshotRing(*shape, options.keep_every, checkpoint.ring_path, settings, buffers)


def split_data(options: Options) -> tuple[Any, Any, tuple[Any, Any] | None]:
    """Return (rows, targets, validation) as arrays: validation is (rows, targets) or None.

    Rows and targets are None where there are none.
    """
    rows, targets = examples_of(options.X, options.y, options)
    if options.validation is None:
        return rows, targets, None
    if not options.has_share:
        held_rows, held_targets = options.validation
        return rows, targets, examples_of(held_rows, held_targets, options)
    return hold_out_rows(rows, targets, options)


def examples_of(X: Any, y: Any, options: Options) -> tuple[Any, Any]:
    """Return (rows, targets) as arrays. Raises ShapeError or ValueError if they are no examples."""
    rows, targets = (
        as_array(array, options.number_type, name) for name, array in (("X", X), ("y", y))
    )
    count_examples(rows, targets)
    for name, array in (("X", rows), ("y", targets)):
        if array is not None and np.isnan(array).any():
            raise ValueError(messages.nan_in_data(name, np.argwhere(np.isnan(array))[0]))
    check_targets(options.loss, targets)
    return rows, targets


def hold_out_rows(rows: Any, targets: Any, options: Options) -> tuple[Any, Any, tuple[Any, Any]]:
    """Return what `split_data` does, for a share of the data, drawn at random from the seed."""
    count = 0 if rows is None else len(rows)
    if count < 2:
        raise ValueError(too_few_examples(count))
    order = np.random.default_rng(options.seed).permutation(count)
    rest, held_out = hold_out(order, float(options.validation))
    if targets is None:
        return rows[rest], None, (rows[held_out], None)
    return rows[rest], targets[rest], (rows[held_out], targets[held_out])
