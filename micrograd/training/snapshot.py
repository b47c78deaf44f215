"""Snapshots of a run: everything that its next step depends on; and a file that keeps many of them.

Rule: parameters are in the optimizer's order, and the numbers of a snapshot are one row of a file.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from micrograd import errors
from micrograd.optim import Optimizer
from micrograd.training import messages

CAPACITY = 1000  # snapshots in a file
FREE = -1.0  # the step of a row without a snapshot


@dataclass(frozen=True)
class Snapshot:
    """The state of a run after `step` steps.

    `optimizer_steps` is how many steps the optimizer has taken in all. `state` has a row for each
    number that the optimizer keeps about a parameter, and a column for each parameter.
    """

    step: int
    optimizer_steps: int
    parameters: np.ndarray
    state: np.ndarray

    @classmethod
    def of(cls, optimizer: Optimizer, step: int) -> "Snapshot":
        """Return the snapshot of a run whose model and optimizer are as they are now."""
        parameters = np.array([p.data for p in optimizer.parameters], float)
        state = np.array(optimizer.state, float).reshape(len(parameters), -1)
        return cls(step, optimizer.steps, parameters, state.T)

    def restore(self, optimizer: Optimizer) -> None:
        """Set the parameters and the optimizer's state. ShapeError if it is another optimizer's."""
        wanted = (len(self.parameters), len(self.state))
        if wanted != (len(optimizer.parameters), len(optimizer.start)):
            count = len(optimizer.parameters)
            raise errors.ShapeError(messages.snapshot_of_another_model(count, len(self.parameters)))
        for p, number in zip(optimizer.parameters, self.parameters.tolist()):
            p.data = number
        optimizer.state = [tuple(column) for column in self.state.T.tolist()]
        optimizer.steps = self.optimizer_steps

    @property
    def is_finite(self) -> bool:
        """Whether no parameter is nan or inf."""
        return bool(np.isfinite(self.parameters).all())


class SnapshotRing:
    """A file of snapshots that are `every` steps apart: of the latest CAPACITY ones.

    Without a path the file is a temporary one, which is removed together with the ring.
    """

    def __init__(self, optimizer: Optimizer, every: int, path: Path | None = None) -> None:
        self.every, self.count = every, len(optimizer.parameters)
        width = 2 + self.count * (1 + len(optimizer.start))  # two step numbers come first
        shape = (CAPACITY, width)
        self.rows = temporary_rows(shape) if path is None else open_rows(path, shape)

    def keep(self, snapshot: Snapshot) -> None:
        row = self.row_of(snapshot.step)
        row[0] = FREE  # until the rest is written
        row[1] = snapshot.optimizer_steps
        row[2:] = np.concatenate([snapshot.parameters, snapshot.state.ravel()])
        row[0] = snapshot.step

    def row_of(self, step: int) -> np.ndarray:
        row: np.ndarray = self.rows[step // self.every % len(self.rows)]
        return row

    @property
    def steps(self) -> list[int]:
        """The numbers of the steps after which there is a snapshot, in order."""
        return sorted(int(step) for step in self.rows[:, 0] if step >= 0)

    def at(self, step: int) -> Snapshot:
        """Return the snapshot after that step. KeyError, which lists them, if there is none."""
        row = self.row_of(step)
        if row[0] != step:
            raise KeyError(messages.no_snapshot_of_step(step, self.steps))
        numbers = np.array(row[2:])
        parameters, state = numbers[: self.count], numbers[self.count :]
        return Snapshot(step, int(row[1]), parameters, state.reshape(-1, self.count))


def temporary_rows(shape: tuple[int, int]) -> np.ndarray:
    """Return rows without snapshots, in a temporary file."""
    with tempfile.TemporaryFile() as file:
        rows = np.memmap(file, float, "w+", shape=shape)
    rows[:, 0] = FREE
    return rows


def open_rows(path: Path, shape: tuple[int, int]) -> np.ndarray:
    """Return the rows of that file if it has this shape, else those of a new file."""
    try:
        existing: np.ndarray = np.load(path, mmap_mode="r+")
        if existing.shape == shape:
            return existing
    except (OSError, ValueError):
        path.parent.mkdir(parents=True, exist_ok=True)
    rows = np.lib.format.open_memmap(path, "w+", float, shape)
    rows[:, 0] = FREE
    return rows
