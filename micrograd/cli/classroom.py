"""The command `micrograd classroom`: the answers of a class, judged, as a CSV file and a page.

Rule: whatever is in a submission, the others are judged. Ctrl-C keeps what was judged.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from micrograd.cli import messages
from micrograd.cli.all_exercises import progress_bar
from micrograd.cli.console import print_note, report, stop, stop_writing
from micrograd.cli.exit_codes import INTERRUPTED
from micrograd.cli.options import AsJson, argument, flag, positive_number, text
from micrograd.support import files
from micrograd.support.wording import plural

CLASSROOM_HELP = """Judge the exercises of a class, and count the mistakes.

FOLDER has a folder or a zip file for each learner. An answer that was judged before is not judged \
again unless it has changed.

[bold]Examples[/bold]

  micrograd classroom submissions

  micrograd classroom submissions --out week3 --seconds 10
"""
KNOWN, TABLE, PAGE = "judged.json", "results.csv", "results.html"
MOST_SHOWN = 10  # mistakes on the terminal


def classroom(
    folder: Annotated[Path, argument("The folder of all submissions.", "FOLDER")],
    out: Annotated[Path, text("The folder to write to.", "FOLDER", "--out")] = Path("classroom"),
    seconds: Annotated[float, positive_number("The time limit of an answer, in seconds.")] = 20.0,
    force: Annotated[bool, flag("force", "Overwrite existing files.")] = False,
    as_json: AsJson = False,
) -> None:
    import micrograd.course as course

    check_output(out, force)
    with TemporaryDirectory() as scratch:
        try:
            submissions = course.read_submissions(folder, Path(scratch), out)
        except OSError as error:
            raise stop(files.cannot_read(folder, error)) from error
        if not submissions:
            raise stop(messages.no_submissions(folder))
        results = course.Results(submissions)
        try:
            interrupted = judge(results, course.KnownVerdicts(out / KNOWN), seconds, as_json)
            written = {
                files.write(out / TABLE, course.render_csv(results)): "a row for each learner",
                files.write(out / PAGE, course.render_class(results)): "open it in a browser",
            }
        except OSError as error:
            raise stop_writing(out, error) from error
    outcome = results_of(results, interrupted)
    report(outcome, written, as_json, lambda console: show(console, results))
    if interrupted:
        print_note(messages.interrupted_checks(len(results.verdicts), len(results.answers)))
        raise typer.Exit(INTERRUPTED)


def check_output(out: Path, force: bool) -> None:
    """Refuse to overwrite results that this command has not written, and a place for none."""
    for name in (TABLE, PAGE):
        if (out / name).exists() and not (out / KNOWN).exists() and not force:
            raise stop(messages.already_exists(out / name))
    try:
        files.check_writable(out / TABLE)
    except OSError as error:
        raise stop_writing(out / TABLE, error) from error


def judge(results: Any, known: Any, seconds: float, as_json: bool) -> bool:
    """Fill in the verdicts, and return whether Ctrl-C has ended that."""
    from contextlib import closing

    import micrograd.course as course

    try:
        with (
            closing(course.judge_class(results, known, seconds)) as counts,
            progress_bar(len(results.answers), as_json) as advance,
        ):
            for count in counts:
                advance(count)
    except KeyboardInterrupt:
        return True
    return False


def results_of(results: Any, interrupted: bool) -> dict[str, Any]:
    """Return the results as JSON: each learner, and each mistake with those who have made it."""
    learners = [
        {
            "learner": each.learner,
            "solved": results.solved(each),
            "problem": each.problem,
            "tasks": {task.name: results.state(each, task) for task in results.tasks},
            "wrong": {
                task.name: results.why(each, task) for task in each.paths if results.why(each, task)
            },
        }
        for each in results.submissions
    ]
    mistakes = [
        {
            "task": each.task.name,
            "misconception": each.name,
            "learners": each.learners,
            "answers": each.answers,
        }
        for each in results.misconceptions()
    ]
    counts = {"judged": len(results.verdicts), "interrupted": interrupted}
    return {**counts, "learners": learners, "misconceptions": mistakes}


def show(console: Console, results: Any) -> None:
    """Print the most frequent mistakes, and the submissions that could not be read."""
    table = Table(box=None, title="The most frequent mistakes", title_justify="left")
    for name in ("learners", "task", "mistake"):
        table.add_column(name)
    for each in results.misconceptions()[:MOST_SHOWN]:
        table.add_row(each.text, each.task.name, escape(each.name))
    if table.row_count:
        console.print(table)
    for each in results.submissions:
        if each.problem:
            console.print(f"{escape(each.learner)}: {escape(each.problem)}", soft_wrap=True)
    learners = plural(len(results.submissions), "learner")
    answers = plural(len(results.verdicts), "answer")
    console.print(f"{learners}, {answers} judged.")
