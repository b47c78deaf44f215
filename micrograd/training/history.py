"""The history of a training run, filled in while it runs.

Rule: a history is lists of numbers, one for each step, and in `validation` one for each validation.
"""

import base64
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from micrograd.support import files
from micrograd.support.extras import require
from micrograd.support.figures import png
from micrograd.support.numbers import format_number
from micrograd.support.sparkline import sparkline
from micrograd.support.text_result import TextResult
from micrograd.training import messages

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from micrograd.training.snapshot import Snapshot
    from micrograd.training.snapshot_ring import SnapshotRing


class Best(NamedTuple):
    """The smallest loss, and after how many steps it was reached."""

    step: int
    loss: float


@dataclass(repr=False)
class History(TextResult):
    """The loss before each step, its learning rate, and the seconds from the start of the run.

    `validation` has lists under "step" (how many steps were done), "loss" and the name of each
    metric. `stopped` says why the run ended before its last step: "interrupted", "early",
    "callback" or "diverged"; it is "" if it did not. `first` is the number of steps that were done
    before the first one listed here, and `total` how many there are to be. `runs` holds the
    histories that were averaged, if fit() was called with `repeats`.
    """

    losses: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    validation: dict[str, list[Any]] = field(default_factory=lambda: {"step": [], "loss": []})
    stopped: str = ""
    total: int = 0
    first: int = 0
    runs: list["History"] = field(default_factory=list, repr=False)
    ring: "SnapshotRing | None" = field(default=None, repr=False)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        """Return the lines and the curve, as a notebook shows them."""
        if not self.losses:
            return super()._repr_html_()
        content = base64.b64encode(png(self.plot(), dpi=80)).decode()
        curve = f'<img src="data:image/png;base64,{content}" alt="the loss over the steps">'
        return super()._repr_html_() + curve

    def lines(self) -> Iterator[str]:
        """Yield sentences about the run: its length, its loss, and what was validated."""
        why = f", {self.stopped}" if self.stopped else ""
        seconds = self.seconds[-1] if self.seconds else 0.0
        yield f"{self.done:,} of {self.total:,} steps in {seconds:.2f} s{why}"
        if self.losses:
            first, last = (format_number(loss, 4) for loss in (self.losses[0], self.losses[-1]))
            yield f"loss: {first} at first, {last} at last  {sparkline(self.losses)}"
        if losses := self.validation["loss"]:
            step, best = self.best
            numbers = f"{format_number(losses[-1], 4)}, at best {format_number(best, 4)}"
            yield f"validation loss: {numbers} after step {step:,}"
        scores = {name: self.validation[name][-1] for name in self.metrics if self.validation[name]}
        if scores:
            yield ", ".join(f"{name}: {format_number(x, 4)}" for name, x in scores.items())

    @property
    def rates(self) -> list[float]:
        """The same list as `learning_rates`."""
        return self.learning_rates

    @property
    def metrics(self) -> list[str]:
        """The names of the metrics that were measured at each validation."""
        return [name for name in self.validation if name not in ("step", "loss")]

    @property
    def done(self) -> int:
        """How many steps the run has done in all."""
        return self.first + len(self.losses)

    @property
    def best(self) -> Best:
        """The smallest validation loss or, without validation, loss. ValueError without steps."""
        losses = self.validation["loss"] or self.losses
        if not losses:
            raise ValueError(messages.no_steps_yet())
        steps = self.validation["step"] if self.validation["loss"] else count(self.first)
        pairs = zip(steps, losses)
        return Best(*min(pairs, key=lambda pair: (pair[1] != pair[1], pair[1])))  # nan comes last

    def at(self, step: int) -> "Snapshot":
        """Return the snapshot after that many steps, for `fit(..., start=...)`.

        Raises ValueError if the run kept no snapshots, KeyError if it did not keep that one.
        """
        if self.ring is None:
            raise ValueError(messages.no_snapshots_kept())
        return self.ring.at(step)

    def plot(self) -> "Figure":
        """Return a matplotlib Figure of the loss at each step and at each validation."""
        from micrograd.training import plots  # here, since matplotlib loads slowly

        return plots.draw_history(self.losses, self.validation, self.first)

    def __len__(self) -> int:
        """Return how many steps are listed here."""
        return len(self.losses)

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, name: str) -> list[Any]:
        """Return one list of `to_dict()`; "val_loss" is "validation_loss". KeyError for others.

        >>> history = History(losses=[0.5, 0.25])
        >>> history["loss"], history["val_loss"]
        ([0.5, 0.25], [])
        """
        lists = self.to_dict()
        known = re.sub("^val_", "validation_", str(name))
        if known not in lists:
            raise KeyError(messages.no_such_list(name, lists))
        return lists[known]

    if not TYPE_CHECKING:  # a type checker is to refuse other names

        def __getattr__(self, name: str) -> Any:
            raise AttributeError(messages.no_such_attribute(name, dir(self)))

    def to_dict(self) -> dict[str, list[Any]]:
        """Return the lists by name: "step", "loss", "rate" and "seconds", one number for each step.

        There follow "validation_step", "validation_loss" and one for each metric, such as
        "validation_accuracy", with a number for each validation.
        """
        validations = {f"validation_{name}": x for name, x in self.validation.items()}
        return self.columns() | validations

    def columns(self) -> dict[str, list[Any]]:
        """Return the lists that have a number for each step."""
        return {
            "step": list(range(self.first + 1, self.done + 1)),
            "loss": self.losses,
            "rate": self.learning_rates,
            "seconds": self.seconds,
        }

    def to_pandas(self) -> Any:
        """Return a DataFrame of pandas with a row for each step and the columns of `to_csv`.

        Cells of the validation are nan where there was none. ImportError, which names the line that
        installs it, without pandas.
        """
        pandas = require("pandas", "pandas")
        steps = pandas.DataFrame(self.columns()).set_index("step")
        validations = pandas.DataFrame(self.validation, dtype=float).set_index("step")
        return steps.join(validations.add_prefix("validation_"))

    def to_csv(self, path: Path | str) -> Path:
        """Write a row for each step, with what was measured after it; return the path.

        Cells of the validation are blank where there was none.
        """
        names = ["loss", *self.metrics]
        columns = [self.validation[name] for name in names]
        validations = dict(zip(self.validation["step"], zip(*columns)))
        blank = [""] * len(names)
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        numbers = self.columns()
        table.writerow([*numbers, *[f"validation_{name}" for name in names]])
        for step, *row in zip(*numbers.values()):
            table.writerow([step, *row, *validations.get(step, blank)])
        return files.write(path, text.getvalue())

    def forget_after(self, step: int) -> None:
        """Drop the numbers of the steps after that one."""
        for numbers in (self.losses, self.learning_rates, self.seconds):
            del numbers[step - self.first :]


def mean_history(runs: list[History]) -> History:
    """Return the mean of the runs, step by step, for as many steps as all of them took."""
    history = History(stopped=runs[0].stopped, total=runs[0].total, runs=runs)
    history.losses = means([run.losses for run in runs])
    history.learning_rates = means([run.learning_rates for run in runs])
    history.seconds = means([run.seconds for run in runs])
    for name in runs[0].validation:
        history.validation[name] = means([run.validation[name] for run in runs])
    history.validation["step"] = [int(step) for step in history.validation["step"]]
    return history


def means(columns: list[list[Any]]) -> list[float]:
    """Return the mean of each row, as far as the shortest column goes."""
    return [sum(numbers) / len(numbers) for numbers in zip(*columns)]
