"""Curves: what was measured over the steps of a run, few enough numbers to be sent with each frame.

Rule: the loss before each step is the run's own list; the other curves are marks, measured at the
steps that were shown, and thinned out when they become many.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from micrograd.lab.json_numbers import all_rounded

MOST_POINTS = 200  # of a curve that is sent
MOST_MARKS = 1200  # then every second one is dropped


class Marks:
    """Numbers measured at some steps of a run: a list under each name, in the order of steps."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.columns: dict[str, list[float]] = {}

    def add(self, step: int, numbers: dict[str, float | None]) -> None:
        """Note the numbers at a step; a step that was noted before is not noted again."""
        if self.steps and step <= self.steps[-1]:
            return
        self.steps.append(step)
        for name, number in numbers.items():
            column = self.columns.setdefault(name, [])
            column.append(np.nan if number is None else number)
        if len(self.steps) > MOST_MARKS:
            self.thin_out()

    def forget_after(self, step: int) -> None:
        """Drop the numbers at the steps after that one."""
        count = int(np.searchsorted(self.steps, step, side="right"))
        del self.steps[count:]
        for numbers in self.columns.values():
            del numbers[count:]

    def thin_out(self) -> None:
        """Drop every second step."""
        del self.steps[1:-1:2]
        for numbers in self.columns.values():
            del numbers[1:-1:2]

    def at(self, steps: np.ndarray) -> dict[str, list[float | None]]:
        """Return each curve at these steps, on the line between the marks beside each of them.

        It is null outside of the marks.
        """
        curves = {}
        for name, numbers in self.columns.items():
            values = np.interp(steps, self.steps, numbers, left=np.nan, right=np.nan)
            curves[name] = all_rounded(values.tolist())
        return curves


def curves_of(losses: Sequence[float] | np.ndarray, marks: Marks) -> dict[str, Any]:
    """Return {"step", "train", and a list for each name of the marks}, of at most 300 points.

    A step counts those that were taken before: the first loss stands at 0.
    """
    ends = [len(losses) - 1, *marks.steps[-1:], 0]
    last = max(ends)
    count = min(last + 1, MOST_POINTS)
    spread = np.linspace(0, last, count)
    steps = spread.round().astype(int)
    train = [loss_at(losses, step) for step in steps]
    return {"step": steps.tolist(), "train": all_rounded(train), **marks.at(steps)}


def loss_at(losses: Sequence[float] | np.ndarray, step: int) -> float:
    """Return the loss before that step, nan if it was not taken."""
    return losses[step] if step < len(losses) else np.nan
