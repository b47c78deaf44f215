"""A moment of a run: all that the next step depends on. And the file that keeps many of them.

Rule: parameters are in the optimizer's order; a moment is a row of numbers.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from micrograd import errors
from micrograd.optim import Optimizer
from micrograd.training import messages

MOST = 1000  # moments in a file


@dataclass(frozen=True)
class Moment:
    """After `step` steps of a run: the parameters and the optimizer's state, a row of each kind.

    `taken` is how many steps the optimizer had taken in all.
    """

    step: int
    taken: int
    parameters: np.ndarray
    state: np.ndarray

    @classmethod
    def of(cls, optimizer: Optimizer, step: int) -> "Moment":
        parameters = np.array([p.data for p in optimizer.parameters], float)
        state = np.array(optimizer.state, float).reshape(len(parameters), -1)
        return cls(step, optimizer.steps, parameters, state.T)

    def restore(self, optimizer: Optimizer) -> None:
        """Put it into the parameters and the optimizer. ShapeError if they are others."""
        have = (len(optimizer.parameters), len(optimizer.start))
        if have != (len(self.parameters), len(self.state)):
            raise errors.ShapeError(messages.moment_of_another(have[0], len(self.parameters)))
        for p, x in zip(optimizer.parameters, self.parameters.tolist()):
            p.data = x
        optimizer.state = [tuple(row) for row in self.state.T.tolist()]
        optimizer.steps = self.taken

    @property
    def sound(self) -> bool:
        """Whether no parameter is nan or inf."""
        return bool(np.isfinite(self.parameters).all())


class Ring:
    """A file with the latest MOST moments, every `every` steps; the oldest gives way.

    Without a path it is a temporary one, which goes when the Ring does.
    """

    def __init__(self, optimizer: Optimizer, every: int, path: Path | None = None):
        self.every, self.count = every, len(optimizer.parameters)
        shape = (MOST, 2 + self.count * (1 + len(optimizer.start)))
        if path is None:
            with tempfile.TemporaryFile() as file:
                self.rows = np.memmap(file, float, "w+", shape=shape)
            self.rows[:, 0] = -1.0
        else:
            self.rows = opened(path, shape)

    def keep(self, moment: Moment) -> None:
        row = self.rows[moment.step // self.every % len(self.rows)]
        row[0] = -1.0  # until the rest is there
        row[1:] = np.concatenate([[moment.taken], moment.parameters, moment.state.ravel()])
        row[0] = moment.step

    @property
    def steps(self) -> list[int]:
        """The numbers of the steps after which there is a moment."""
        return sorted(int(step) for step in self.rows[:, 0] if step >= 0)

    def at(self, step: int) -> Moment:
        """KeyError, with those there are, if that one was not kept."""
        row = self.rows[step // self.every % len(self.rows)]
        if row[0] != step:
            raise KeyError(messages.not_kept(step, self.steps))
        numbers = np.array(row[2:])
        parameters, state = numbers[: self.count], numbers[self.count :]
        return Moment(step, int(row[1]), parameters, state.reshape(-1, self.count))


def opened(path: Path, shape: tuple) -> np.ndarray:
    """The rows of that file, if there is one of that shape, else of a new one."""
    try:
        found = np.load(path, mmap_mode="r+")
        if found.shape == shape:
            return found
    except (OSError, ValueError):
        path.parent.mkdir(parents=True, exist_ok=True)
    rows = np.lib.format.open_memmap(path, "w+", float, shape)
    rows[:, 0] = -1.0
    return rows
