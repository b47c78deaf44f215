"""What is known of a run of training when it is over, or at work: its history.

Rule: lists of numbers, one for each step, and in `validation` one for each time it was looked at.
"""

import csv
import io
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import NamedTuple

from micrograd.support import files
from micrograd.training import messages
from micrograd.training.snapshot import Moment, Ring


class Best(NamedTuple):
    """The smallest loss, and after how many steps it was reached."""

    step: int
    loss: float


@dataclass
class History:
    """Loss before each step, its learning rate, and the seconds since the beginning after it.

    `validation` has lists under "step" (how many steps had been taken), "loss" and the name of
    each metric. `stopped` says why there were no more steps: "" if all were taken, "interrupted",
    "early", "callback" or "diverged". `first` is the number of the first step, and `runs` are those
    that were averaged, if `repeats` were asked for.
    """

    losses: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    validation: dict[str, list] = field(default_factory=lambda: {"step": [], "loss": []})
    stopped: str = ""
    total: int = 0
    first: int = 0
    runs: list["History"] = field(default_factory=list, repr=False)
    ring: Ring | None = field(default=None, repr=False)

    @property
    def best(self) -> Best:
        """By the validation, if there was one, else by the losses. ValueError without steps."""
        steps, losses = self.validation["step"], self.validation["loss"]
        if not losses:
            steps, losses = count(self.first), self.losses
        if not losses:
            raise ValueError(messages.no_steps_yet())
        return Best(*min(zip(steps, losses), key=lambda pair: (pair[1] != pair[1], pair[1])))

    def at(self, step: int) -> Moment:
        """The moment after so many steps, for `fit(..., start=...)`.

        ValueError if none were kept, KeyError if that one was not.
        """
        if self.ring is None:
            raise ValueError(messages.nothing_kept())
        return self.ring.at(step)

    def plot(self):
        """A matplotlib Figure: the loss of each step, and where it was validated."""
        from micrograd.training import plots  # here, since matplotlib loads slowly

        return plots.draw_history(self.losses, self.validation, self.first)

    def to_csv(self, path: Path | str) -> Path:
        """Write a row for each step: what was measured after it, blank where nothing was."""
        names = ["loss", *[name for name in self.validation if name not in ("step", "loss")]]
        columns = [self.validation[name] for name in names]
        after = dict(zip(self.validation["step"], zip(*columns)))
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        titles = [f"validation_{name}" for name in names]
        table.writerow(["step", "loss", "rate", "seconds", *titles])
        rows = zip(self.losses, self.rates, self.seconds)
        for step, row in enumerate(rows, self.first + 1):
            table.writerow([step, *row, *after.get(step, [""] * len(names))])
        return files.write(path, text.getvalue())


def mean(runs: list[History]) -> History:
    """The history whose numbers are the means of theirs, as far as all of them went."""
    found = History(stopped=runs[0].stopped, total=runs[0].total, runs=runs)
    for name in ("losses", "rates", "seconds"):
        setattr(found, name, means([getattr(run, name) for run in runs]))
    for name in runs[0].validation:
        found.validation[name] = means([run.validation[name] for run in runs])
    found.validation["step"] = [int(step) for step in found.validation["step"]]
    return found


def means(columns: list[list[float]]) -> list[float]:
    return [sum(numbers) / len(numbers) for numbers in zip(*columns)]
