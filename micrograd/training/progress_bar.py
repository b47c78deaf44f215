"""A progress bar with the loss, its curve so far, and an estimate of the time left.

Rule: it only reads the History that it is called with.
"""

import math
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from micrograd.support.smoothing import window_means
from micrograd.training.history import History

BLOCKS = "▁▂▃▄▅▆▇█"
WIDTH = 16  # blocks of the curve


class ProgressBar:
    """A progress bar on standard error.

    Use it as a context manager, and call it with the History whenever that has grown.
    """

    def __init__(self, total: int, shown: bool) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("loss {task.fields[loss]}"),
            TimeRemainingColumn(compact=True),
        )
        self.progress = Progress(*columns, console=Console(stderr=True), disable=not shown)
        self.task = self.progress.add_task("compiling", total=total, loss="")

    def __enter__(self) -> "ProgressBar":
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.refresh()  # in a notebook `stop` leaves what was shown last
        self.progress.stop()

    def __call__(self, history: History) -> None:
        losses = history.losses
        text = f"{losses[-1]:.4g} {sparkline(losses)}" if losses else ""
        work = "training" if losses else "compiling"
        self.progress.update(self.task, description=work, completed=history.done, loss=text)

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        self.progress.console.print(text, soft_wrap=True, highlight=False, markup=False)


def sparkline(numbers: Sequence[float], width: int = WIDTH) -> str:
    """Return a curve of at most `width` blocks, "" for no finite numbers.

    Each block is the mean of an equal stretch; the largest mean is a full block, the smallest the
    lowest one.

    >>> sparkline([3.0, 2.0, 1.0, 1.0], 4)
    '█▅▁▁'
    """
    count = min(width, len(numbers))
    edges = [len(numbers) * i // max(count, 1) for i in range(count + 1)]
    means = window_means(numbers, edges[:-1], edges[1:])
    finite = [mean for mean in means if math.isfinite(mean)]
    if not finite:
        return ""
    low, span = min(finite), (max(finite) - min(finite)) or 1.0
    heights = [(mean - low) / span if math.isfinite(mean) else 1.0 for mean in means]
    return "".join(BLOCKS[round(height * (len(BLOCKS) - 1))] for height in heights)
