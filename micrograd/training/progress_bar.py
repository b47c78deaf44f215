"""A progress bar with the loss, its curve so far, and an estimate of the time left.

Rule: it only reads the History that it is called with.
"""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from micrograd.support.sparkline import sparkline
from micrograd.training.history import History


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
