"""A progress bar with the loss, its curve so far, and an estimate of the time left.

Rule: it only reads the History that it is called with.
"""

import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from micrograd.support.sparkline import sparkline
from micrograd.training.history import History
from micrograd.training.notebook_output import NotebookOutput


class ProgressBar:
    """A progress bar on standard error, or in the output of a notebook's cell.

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
        console = Console(stderr=True)
        self.output = NotebookOutput() if shown and console.is_jupyter else None
        self.progress = Progress(*columns, console=console, disable=not shown)
        self.task = self.progress.add_task("compiling", total=total, loss="")

    def __enter__(self) -> "ProgressBar":
        if self.output:
            self.output.show(self.progress)
        else:
            self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.output:
            self.output.show(self.progress, last=True)
        else:
            self.progress.stop()

    def __call__(self, history: History) -> None:
        losses = history.losses
        text = f"{losses[-1]:.4g} {sparkline(losses)}" if losses else ""
        work = "training" if losses else "compiling"
        self.progress.update(self.task, description=work, completed=history.done, loss=text)
        if self.output:
            self.output.show(self.progress)

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        if self.output:
            print(text, file=sys.stderr)
        else:
            self.progress.console.print(text, soft_wrap=True, highlight=False, markup=False)
