"""Slots: where in memory each place stands, as runs of places that stand side by side there, too.

Rule: there are far fewer runs than places, of which a large model has 100 million.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from micrograd.compiler.lines import distinct
from micrograd.compiler.rolled.blocks import Places

Where = Places | range  # of some places; a range where both stand side by side
GivenSlots = Sequence[tuple[Places, Where]]
NOWHERE = -1  # the slot of places that have none yet
DENSE = 4  # entries of a table that is made for each place that is looked up in it


class Slots:
    """The slot of each place. `starts` has the first place of each run, and `firsts` its slot.

    >>> slots = Slots([0, 10], 20)
    >>> slots.put(np.arange(10), range(100, 110))
    >>> slots.put(np.array([12, 11, 4]), np.array([3, 2, 9]))
    >>> slots.starts.tolist(), slots.firsts.tolist()
    ([0, 4, 5, 10, 11, 13], [100, 9, 105, -1, 2, -1])
    >>> slots[np.array([[3, 4], [11, 12]])].tolist()
    [[103, 9], [2, 3]]
    """

    def __init__(self, starts: list[int], count: int) -> None:
        self.starts, self.count = np.array(starts), count
        self.firsts = np.full(len(starts), NOWHERE)

    @property
    def lengths(self) -> Places:
        return np.diff(self.starts, append=self.count)

    def __getitem__(self, places: Places) -> Places:
        least, greatest = int(places.min()), int(places.max())
        first, last = self.runs_of(np.array([least, greatest]))
        shifts = self.firsts - self.starts
        if first == last:
            return np.asarray(places + shifts[first])
        if greatest - least > DENSE * places.size:
            return np.asarray(places + shifts[self.runs_of(places)])
        between = self.starts[first + 1 : last + 1]
        lengths = np.diff([least, *between, greatest + 1])
        table = np.repeat(shifts[first : last + 1], lengths)
        return np.asarray(places + table[places - least])

    def runs_of(self, places: Places) -> Places:
        """Return the number of the run of each place."""
        return np.asarray(np.searchsorted(self.starts, places, side="right") - 1)

    def put(self, places: Places, slots: Where) -> None:
        """Let places, of one axis, have these slots."""
        if not len(places):
            return
        if isinstance(slots, range):
            places, slots, ends = places[:1], np.array([slots.start]), places[-1:] + 1
        else:
            order = np.argsort(places, kind="stable")
            places, slots = places[order], slots[order]
            begins = np.ones(len(places), bool)
            begins[1:] = (np.diff(places) != 1) | (np.diff(slots) != 1)
            ends = np.append(places[:-1][begins[1:]], places[-1]) + 1
            places, slots = places[begins], slots[begins]
        self.put_runs(places, ends, slots)

    def put_runs(self, starts: Places, ends: Places, slots: Places) -> None:
        """Let runs that begin and end at these places have these slots."""
        bounds = distinct(np.concatenate([self.starts, starts, ends[ends < self.count]]))
        before = self.runs_of(bounds)
        moved = self.firsts[before] + bounds - self.starts[before]
        firsts = np.where(self.firsts[before] == NOWHERE, NOWHERE, moved)
        run = np.maximum(np.searchsorted(starts, bounds, side="right") - 1, 0)
        is_within = (bounds >= starts[run]) & (bounds < ends[run])
        self.starts = bounds
        self.firsts = np.where(is_within, slots[run] + bounds - starts[run], firsts)

    def append(self, count: int, first: int) -> None:
        """Append a run of places."""
        self.starts, self.firsts = np.append(self.starts, self.count), np.append(self.firsts, first)
        self.count += count

    def of_all(self) -> Places:
        """Return the slot of each place."""
        lengths = self.lengths
        return np.repeat(self.firsts - self.starts, lengths) + np.arange(self.count)
