"""A ring of snapshots: a file of the latest ones, in which a new one takes the place of the oldest.

Rule: a row bears the settings of its run, so that a snapshot of another run is never returned.
"""

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from micrograd.support.row_file import RowFile
from micrograd.training import messages
from micrograd.training.snapshot import Snapshot

CAPACITY = 1000  # snapshots in a file
FREE = -1  # the step of a row without a snapshot


class SnapshotRing:
    """A file of snapshots that are `every` steps apart: of the latest CAPACITY ones.

    `settings` is a text that says which run they belong to: a snapshot of another run, or a damaged
    one, is never returned. Without a path the file is a temporary one, which is removed together
    with the ring.
    """

    def __init__(
        self,
        count: int,
        state: int,
        every: int,
        path: Path | None = None,
        settings: str = "",
        buffers: int = 0,
    ) -> None:
        """Make a ring for `count` parameters, each with `state` numbers of the optimizer's.

        The model has `buffers` numbers beside the parameters.
        """
        self.count, self.state, self.every, self.buffers = count, state, every, buffers
        width = 2 + count * (1 + state) + buffers  # two step numbers come first
        self.rows = RowFile(path, (CAPACITY, width), settings)
        self.kept = [FREE] * CAPACITY  # the step of each row

    def begin(self, resumed: int | None) -> None:
        """Open the file of the run that goes on after step number `resumed`, or create one.

        A file, or snapshots, of another run are left out, with a warning. Raises OSError.
        """
        path = self.rows.path
        if path is None or resumed is None or not path.exists():
            self.rows.create()
        elif self.rows.open():
            odd = self.find(resumed)
            if odd > 1:  # a process that is killed leaves one
                warnings.warn(messages.odd_snapshots(path, odd), stacklevel=9)
        else:
            warnings.warn(messages.odd_file_of_snapshots(path), stacklevel=9)
            self.rows.create()

    def find(self, last: int) -> int:
        """Note the snapshots until step `last`; return how many rows hold something else."""
        odd = 0
        for place in range(CAPACITY):
            row = self.rows.read(place)
            if row is None:
                odd += not self.rows.is_blank(place)
            elif row[0] <= last:
                self.kept[place] = int(row[0])
        return odd

    def keep(self, snapshot: Snapshot) -> None:
        """Write the snapshot in the place of the oldest. Raises OSError, as on a full disk."""
        place = snapshot.step // self.every % CAPACITY
        numbers = [snapshot.parameters, snapshot.state.ravel(), snapshot.buffers]
        self.kept[place] = FREE  # until the row is written
        steps = [snapshot.step, snapshot.optimizer_steps]
        self.rows.write(place, np.concatenate([steps, *numbers]))
        self.kept[place] = snapshot.step

    @property
    def steps(self) -> list[int]:
        """The numbers of the steps after which there is a snapshot, in order."""
        return sorted(step for step in self.kept if step != FREE)

    def at(self, step: int) -> Snapshot:
        """Return the snapshot after that step. KeyError, which lists them, if there is none."""
        row = self.rows.read(self.kept.index(step)) if step in self.steps else None
        if row is None or row[0] != step:  # another run may have gone on with the same file
            raise KeyError(messages.no_snapshot_of_step(step, self.steps))
        ends = np.cumsum([2, self.count, self.count * self.state])
        _, parameters, state, buffers = np.split(row, ends)
        state = state.reshape(self.state, self.count)
        return Snapshot(step, int(row[1]), parameters, state, buffers)

    def __reduce__(self) -> Any:
        """Copy and pickle the snapshots, not the file."""
        snapshots = [self.at(step) for step in self.steps]
        return copy_ring, (self.count, self.state, self.every, snapshots, self.buffers)


def copy_ring(
    count: int, state: int, every: int, snapshots: list[Snapshot], buffers: int = 0
) -> SnapshotRing:
    """Return a ring with those snapshots, in a temporary file."""
    ring = SnapshotRing(count, state, every, buffers=buffers)
    ring.begin(None)
    for snapshot in snapshots:
        ring.keep(snapshot)
    return ring
