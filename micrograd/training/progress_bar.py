"""A bar with the loss, its curve so far and an estimate of the time, while a run is at work."""

import math
from itertools import pairwise

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from micrograd.training.history import History

BLOCKS = "▁▂▃▄▅▆▇█"
WIDTH = 16  # blocks of the curve


class Bar:
    """To be called with the History; a block that shows the bar on standard error."""

    def __init__(self, total: int, shown: bool):
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("loss {task.fields[loss]}"),
            TimeRemainingColumn(compact=True),
        )
        self.progress = Progress(*columns, console=Console(stderr=True), disable=not shown)
        self.task = self.progress.add_task("training", total=total, loss="")

    def __enter__(self) -> "Bar":
        self.progress.start()
        return self

    def __exit__(self, *_) -> None:
        self.progress.refresh()  # in a notebook `stop` leaves what was shown last
        self.progress.stop()

    def __call__(self, history: History) -> None:
        losses = history.losses
        text = f"{losses[-1]:.4g} {sparkline(losses)}" if losses else ""
        self.progress.update(self.task, completed=history.first + len(losses), loss=text)

    def say(self, text: str) -> None:
        """A line above the bar."""
        self.progress.console.print(text, soft_wrap=True, highlight=False, markup=False)


def sparkline(numbers: list[float], width: int = WIDTH) -> str:
    """A curve of blocks: the mean of each stretch, the greatest a full block; "" of no numbers.

    >>> sparkline([3.0, 2.0, 1.0, 1.0], 4)
    '█▅▁▁'
    """
    count = min(width, len(numbers))
    places = [len(numbers) * i // max(count, 1) for i in range(count + 1)]
    means = [mean(numbers[i:j]) for i, j in pairwise(places)]
    finite = [x for x in means if math.isfinite(x)]
    if not finite:
        return ""
    low, span = min(finite), (max(finite) - min(finite)) or 1.0
    heights = [(x - low) / span if math.isfinite(x) else 1.0 for x in means]
    return "".join(BLOCKS[round(height * (len(BLOCKS) - 1))] for height in heights)


def mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)
