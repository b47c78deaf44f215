"""The script of one process of a run: it takes part in runs, one after the other.

Rule: each run is named, and what came of it is a line of JSON on the standard output. Run as
`python -m tests.support.one_of_several NAME FOLDER ...`; the place of the process is in the
environment.
"""

import json
import os
import random
import signal
import sys
import warnings
from pathlib import Path
from unittest import mock

import numpy as np

from micrograd import MLP, data, errors, fit, optim
from micrograd.cli.exit_codes import TRY_AGAIN
from micrograd.engines import Disconnected, Processes, connect
from micrograd.training.checkpoint import Checkpoint
from micrograd.training.pace import Pace
from micrograd.training.progress_bar import ProgressBar
from micrograd.training.steps.jax_step import JaxRunner

STEPS = 36
SLOW_STEPS = 300


def train(points=1, weights=3, **options):
    """Return the history of a small run; all processes train the same model."""
    X, y = data.moons(60, seed=points)
    random.seed(weights)
    settings = {
        "optimizer": lambda p: optim.Adam(p, lr=0.01),
        "steps": STEPS,
        "batch_size": 20,
        "engine": "jax",
        "progress": False,
    }
    model = MLP(2, [8, 1])
    return fit(model, "hinge", np.array(X), np.array(y, float), **{**settings, **options})


def is_first() -> bool:
    return connect().is_first


def fail_as_a_penalty(model):
    """Fail while the step is compiled, in the second process alone."""
    if not is_first():
        raise KeyError("a penalty")
    return sum(p * p for p in model.parameters())


def penalty_of_one(model):
    return (0.1 if is_first() else 0.2) * sum(p * p for p in model.parameters())


def stop_in_the_second(history):
    return not is_first()


def fail_in_the_second(history):
    if not is_first():
        raise KeyError("a callback")


def interrupt_the_second(history):
    if not is_first() and history.done < STEPS:
        signal.raise_signal(signal.SIGINT)


def fail_to_write(*_):
    assert is_first()
    raise OSError(28, "No space left on device")


def train_on_a_full_disk(path):
    with mock.patch.object(Checkpoint, "write", fail_to_write):
        return train(checkpoint=path)


def train_with_advice(sum):
    """Train where a sum over all processes takes so many seconds; what is said becomes warnings."""
    with (
        mock.patch("micrograd.engines.advice.seconds_of_sum", lambda numbers: sum),
        mock.patch.object(ProgressBar, "say", lambda _, text: warnings.warn(text, stacklevel=1)),
    ):
        return train(keep_every=4)


def train_slowly(folder):
    """Train with a report and a checkpoint after each step; the first process writes the result."""
    with mock.patch.object(JaxRunner, "steps_per_call", 1), mock.patch.object(Pace, "update"):
        history = train(checkpoint=folder / "slow", checkpoint_seconds=0.0, steps=SLOW_STEPS)
    if is_first():
        result = {"losses": history.losses, "stopped": history.stopped}
        (folder / "slow.json").write_text(json.dumps(result))
    return history


RUNS = {
    "plain": lambda folder: train(),
    "split": lambda folder: train(mesh={"data": 2, "model": 2}),
    "checkpoint": lambda folder: train(checkpoint=folder / "checkpoint", steps=20),
    "all kept": lambda folder: train(checkpoint=folder / "k", keep_every=10, validation=0.2),
    "unequal data": lambda folder: train(points=1 if is_first() else 2),
    "unequal weights": lambda folder: train(weights=3 if is_first() else 4),
    "unequal code": lambda folder: train(penalty=penalty_of_one),
    "a failing penalty": lambda folder: train(penalty=fail_as_a_penalty),
    "unequal seeds": lambda folder: train(seed=0 if is_first() else 1),
    "a callback": lambda folder: train(callbacks=[stop_in_the_second], keep_every=4),
    "a failing callback": lambda folder: train(callbacks=[fail_in_the_second]),
    "nan": lambda folder: train(optimizer=lambda p: optim.SGD(p, lr=1e200)),
    "a full disk": lambda folder: train_on_a_full_disk(folder / "full"),
    "taken": lambda folder: train(checkpoint=folder / "taken"),
    "ctrl-c": lambda folder: train(callbacks=[interrupt_the_second], keep_every=4),
    "slow sums": lambda folder: train_with_advice(1000.0),
    "quick sums": lambda folder: train_with_advice(0.0),
    "slow": train_slowly,
    "large": lambda folder: share_large_things(connect()),
    "too few devices": lambda folder: train(mesh={"data": 1}),
}


def share_large_things(processes: Processes):
    """Check that arrays arrive whole, in the order of the processes."""
    arrays = processes.gather(np.arange(1000.0) + processes.index)
    assert [array[0] for array in arrays] == [0.0, 1.0]
    assert arrays[1].sum() == arrays[0].sum() + 1000


def outcome(name: str, folder: Path) -> dict:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            history = RUNS[name](folder)
            result = {"error": ""}
        except errors.Diverged as error:
            history, result = error.history, {"error": str(error)}
        except Disconnected:
            os._exit(TRY_AGAIN)  # JAX would wait for the others
        except Exception as error:
            history, result = None, {"error": f"{type(error).__name__}: {error}"}
    if history is not None:
        result |= {"losses": history.losses, "stopped": history.stopped}
    return result | {"warnings": [str(each.message) for each in seen]}


if __name__ == "__main__":
    folder, *names = sys.argv[1:]
    for name in names:
        print("RUN", json.dumps({"name": name, **outcome(name, Path(folder))}), flush=True)
