"""`micrograd exercises check --all`: every file of a learner's folder is checked, and counted.

Rule: Ctrl-C ends it at once, and what was checked until then is shown and kept.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from micrograd.cli import messages
from micrograd.cli.console import print_note, report, stop
from micrograd.cli.exit_codes import CHECK_FAILED, INTERRUPTED, SUCCESS

NOT_WRITTEN = "not written yet"  # such an answer is no mistake


def check_all(workspace: Any, as_json: bool) -> int:
    """Check all files of the Workspace, show the results, and return the exit code."""
    answers = workspace.answers()
    if not answers:
        raise stop(messages.no_files_to_check(workspace.folder))
    verdicts, interrupted = collect(workspace.check_all(), len(answers), as_json)
    verdicts.sort(key=lambda pair: pair[0].task.path.name)
    report(results_of(verdicts, interrupted), {}, as_json, lambda console: show(console, verdicts))
    if interrupted:
        print_note(messages.interrupted_checks(len(verdicts), len(answers)))
        return INTERRUPTED
    return SUCCESS if all(verdict.right for _, verdict in verdicts) else CHECK_FAILED


def collect(verdicts: Any, count: int, as_json: bool) -> tuple[list, bool]:
    """Return the items of a generator of verdicts, and whether Ctrl-C has ended it."""
    done: list = []
    try:
        with closing(verdicts), progress_bar(count, as_json) as advance:
            for each in verdicts:
                done.append(each)
                advance()
    except KeyboardInterrupt:
        return done, True
    return done, False


@contextmanager
def progress_bar(count: int, as_json: bool) -> Iterator[Any]:
    """Yield what to call after each file: a terminal shows how many, and the time that is left."""
    columns = (
        TextColumn("checking"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files, left:"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True, quiet=as_json)
    with Progress(*columns, console=console, transient=True) as progress:
        work = progress.add_task("", total=count)
        yield lambda count=1: progress.advance(work, count)


def results_of(verdicts: list, interrupted: bool) -> dict[str, Any]:
    """Return the results as JSON: each task, and each mistake with its tasks."""
    from micrograd.course import tasks_by_misconception

    tasks = [
        {
            "number": answer.task.number,
            "task": answer.task.name,
            "solved": verdict.right,
            "wrong": verdict.why,
            "misconception": verdict.misconception,
        }
        for answer, verdict in verdicts
    ]
    mistakes = [
        {"misconception": name, "tasks": [task.name for task in tasks]}
        for name, tasks in tasks_by_misconception(verdicts).items()
    ]
    solved = sum(verdict.right for _, verdict in verdicts)
    counts = {"solved": solved, "checked": len(verdicts), "interrupted": interrupted}
    return {**counts, "tasks": tasks, "misconceptions": mistakes}


def show(console: Console, verdicts: list) -> None:
    """Print a line for each task, the mistakes, and how many tasks are solved."""
    table = Table(box=None, show_header=False)
    solved = checked = 0
    for answer, verdict in verdicts:
        sign = "[green]✓[/green]" if verdict.right else "[red]✗[/red]"
        sign = "" if verdict.misconception == NOT_WRITTEN else sign
        table.add_row(sign, answer.task.number, answer.task.name, escape(verdict.why))
        solved += verdict.right
        checked += 1
    console.print(table)
    show_mistakes(console, verdicts)
    console.print(f"{solved} of {checked} solved.")


def show_mistakes(console: Console, verdicts: list) -> None:
    """Print the mistakes that were made in several tasks, with these."""
    from micrograd.course import tasks_by_misconception

    table = Table(box=None, title="Mistakes in several tasks", title_justify="left")
    for name in ("times", "mistake", "tasks"):
        table.add_column(name)
    for name, tasks in tasks_by_misconception(verdicts).items():
        if len(tasks) > 1:
            names = ", ".join(task.name for task in tasks)
            table.add_row(str(len(tasks)), escape(name), names)
    if table.row_count:
        console.print(table)
