"""The commands of the course: `micrograd learn` and `micrograd exercises`.

Rule: no file of a learner is overwritten unless the learner asks for it, and every file that is
written is listed. A command loads what it needs when it runs.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from micrograd.cli import messages
from micrograd.cli.commands import Command, Commands
from micrograd.cli.console import STANDARD_OUTPUT, list_files, report, stop, stop_writing, working
from micrograd.cli.options import AS_JSON, argument, flag, text
from micrograd.support.extras import missing_extra

LEARN_HELP = """Read the lecture, chapter by chapter, as lessons that run.

Without a number, list the lessons and show which of them you have read.

[bold]Examples[/bold]

  micrograd learn

  micrograd learn 5

  micrograd learn 5 --html --dir lessons

  micrograd learn --all --notebook
"""

EXERCISES_HELP = """Solve about thirty exercises, with a checker that knows the usual mistakes.

[bold]Examples[/bold]

  micrograd exercises start

  micrograd exercises check analytic_gradient

  micrograd exercises hint 1
"""

exercises = typer.Typer(cls=Commands, help=EXERCISES_HELP)


def task_names() -> list[str]:
    from micrograd.course import tasks

    return [task.name for task in tasks()]


Name = Annotated[str, argument("A task, or its number.", "NAME", task_names)]
NameOrNext = Annotated[
    str, argument("A task, or its number; the next one if left out.", "NAME", task_names)
]
Folder = Annotated[Path, text("The folder of your exercises.", "FOLDER", "--dir")]
AsJson = Annotated[bool, AS_JSON]
HERE = Path("exercises")
POLL_SECONDS = 0.3  # between two looks at a file


def lesson_names() -> list[str]:
    from micrograd.course import lesson

    return [each.name for each in lesson.lessons()]


def learn(
    name: Annotated[
        str, argument("The number of a lesson, or a word of its title.", "LESSON", lesson_names)
    ] = "",
    every: Annotated[bool, flag("all", "Take all lessons.")] = False,
    as_notebook: Annotated[bool, flag("notebook", "Write a notebook, as .ipynb.")] = False,
    html: Annotated[bool, flag("html", "Write an HTML page that works offline.")] = False,
    dir: Annotated[Path, text("The folder to write to.", "FOLDER")] = Path(),
    force: Annotated[bool, flag("force", "Overwrite existing files.")] = False,
    no_pager: Annotated[
        bool, flag("no-pager", "Print a lesson in one piece, also on a terminal.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    from micrograd.course import lesson, progress

    endings = [*([".ipynb"] if as_notebook else []), *([".html"] if html else [])]
    if name and every:
        raise stop(messages.one_or_all_lessons(name))
    if not endings and (force or dir != Path()):
        raise stop(messages.nothing_to_write())
    if not name and not every:
        if endings:
            raise stop(messages.which_lesson())
        return list_lessons(lesson.lessons(), progress.read(), as_json)
    try:
        chosen = lesson.lessons() if every else [lesson.find_lesson(name)]
        if endings:
            write_lessons(chosen, endings, dir, force, as_json)
        else:
            read_lessons(chosen, no_pager, as_json)
    except ValueError as error:
        raise stop(str(error)) from error
    except OSError as error:
        place = dir if endings else STANDARD_OUTPUT
        raise stop_writing(place, error) from error
    return None


def list_lessons(lessons: list, read: set[int], as_json: bool) -> None:
    """Print the list of the lessons, in which those that were `read` are marked."""
    rows = []
    for lesson in lessons:
        rows.append(
            {
                "number": lesson.number,
                "title": lesson.title,
                "start": format_seconds(lesson.seconds),
                "read": lesson.number in read,
            }
        )
    report({"lessons": rows}, {}, as_json, lambda console: console.print(lesson_table(rows)))


def read_lessons(lessons: list, no_pager: bool, as_json: bool) -> None:
    """Print the lessons: on a terminal page by page, unless the user wants it otherwise."""
    from micrograd.course import progress, terminal

    console = Console(highlight=False)
    pages = console.is_terminal and sys.stdin.isatty() and not no_pager
    os.environ.setdefault("LESS", "-R")  # of the pager: colours as they are
    for lesson in lessons:
        with working(f"running lesson {lesson.number}", as_json):
            cells = terminal.run_if_possible(lesson)
        if as_json:
            report(lesson_as_json(lesson, cells), {}, True, print)
        elif pages:
            with console.pager(styles=True):
                terminal.show(lesson, console, cells)
        else:
            terminal.show(lesson, console, cells)
        progress.mark(lesson.number)


def lesson_as_json(lesson: Any, cells: list) -> dict[str, Any]:
    """Return the lesson as JSON: each cell with its text, and what it printed."""
    rows = [{"code": each.code, "text": each.text, "printed": each.printed} for each in cells]
    return {"number": lesson.number, "title": lesson.title, "cells": rows}


def lesson_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="micrograd learn NUMBER", title_justify="left", box=None)
    for header in ("", "lesson", "in the lecture", "read"):
        table.add_column(header)
    for row in rows:
        mark = "yes" if row["read"] else ""
        start = f"from {row['start']}" if row["start"] else ""
        table.add_row(str(row["number"]), escape(row["title"]), start, mark)
    return table


def format_seconds(seconds: int) -> str:
    """Return the place in the lecture as players show it, "" for 0.

    >>> format_seconds(65), format_seconds(6664)
    ('1:05', '1:51:04')
    """
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{seconds:02}"
    return f"{minutes}:{seconds:02}" if minutes or seconds else ""


def write_lessons(
    lessons: Sequence[Any], endings: list[str], folder: Path, force: bool, as_json: bool
) -> None:
    """Write each lesson with its outputs, in each format, and list the files."""
    from micrograd.course import progress, terminal, write_index, write_lesson

    paths = [folder / f"{lesson.path.stem}{ending}" for lesson in lessons for ending in endings]
    has_index = len(lessons) > 1 and ".html" in endings
    existing = [path for path in [*paths, *([folder / "index.html"] * has_index)] if path.exists()]
    if existing and not force:
        raise ValueError(messages.is_there_already(existing[0]))
    written: dict[Path, str] = {}
    console = Console(highlight=False, quiet=as_json)
    for lesson in lessons:
        with working(f"running lesson {lesson.number}", as_json):
            cells = terminal.run_if_possible(lesson)
        new = dict.fromkeys(write_lesson(lesson, cells, endings, folder, lessons), "")
        list_files(console, new)
        for name in terminal.missing_packages(lesson):
            console.print(escape(missing_extra(name, name)), soft_wrap=True)
        written |= new
        progress.mark(lesson.number)
    if has_index:
        index = {write_index(lessons, folder): "the list of the lessons"}
        list_files(console, index)
        written |= index
    if as_json:
        report({"lessons": [lesson.number for lesson in lessons]}, written, True, print)
    elif ".ipynb" in endings:
        path = next(path for path in written if path.suffix == ".ipynb")
        console.print(f"[dim]open it with: jupyter lab {escape(str(path))}[/dim]", soft_wrap=True)


# ------------------------------------------------------------------------------------- exercises


@contextmanager
def refusals(dir: Path) -> Iterator[None]:
    """End the command with one sentence if a request is impossible or the folder refuses it."""
    try:
        yield
    except ValueError as error:
        raise stop(str(error)) from error
    except OSError as error:
        raise stop(messages.cannot_use_folder(dir, error)) from error


def exercise(help: str, name: str | None = None) -> Any:
    """Return the decorator that makes a function a command of `micrograd exercises`."""
    return exercises.command(name, cls=Command, help=help)


@exercises.callback(invoke_without_command=True)
def show_help(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


@exercise("Write the starter files; existing files stay as they are.")
def start(
    dir: Annotated[Path, argument("The folder to write to.", "FOLDER")] = HERE,
    as_json: AsJson = False,
) -> None:
    from micrograd.course import Workspace

    try:
        written = Workspace(dir).start()
    except OSError as error:
        raise stop_writing(dir, error) from error
    report({"new": len(written)}, dict.fromkeys(written, ""), as_json, lambda console: None)
    if not as_json:
        console = Console(highlight=False)
        place = escape(str(dir))
        console.print(f"{len(written)} new tasks in {place}. Solve the first, then run:")
        console.print("  micrograd exercises check" + dir_option(dir))


@exercise("List all tasks, and show which are solved.", "list")
def list_(dir: Folder = HERE, as_json: AsJson = False) -> None:
    from micrograd.course import Workspace, tasks

    with refusals(dir):
        solved = Workspace(folder_of(dir)).solved()
    rows = []
    for task in tasks():
        row = {"number": task.number, "name": task.name, "title": task.title}
        lesson = task.checker_names["NEEDS"]
        rows.append({**row, "after_lesson": lesson, "solved": task.name in solved})
    report({"tasks": rows}, {}, as_json, lambda console: console.print(task_table(rows)))


def task_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, title="micrograd exercises check NAME", title_justify="left")
    table.add_column("")
    table.add_column("name", no_wrap=True)  # it has to be typed
    for header in ("task", "after lesson", "solved"):
        table.add_column(header)
    for row in rows:
        mark = "yes" if row["solved"] else ""
        cells = (str(row["number"]), row["name"], escape(row["title"]), str(row["after_lesson"]))
        table.add_row(*cells, mark)
    return table


@exercise("Check a task, and explain what is wrong. Without a name, check the next one.")
def check(name: NameOrNext = "", dir: Folder = HERE, as_json: AsJson = False) -> None:
    from micrograd.course import Workspace

    workspace, console = Workspace(folder_of(dir)), Console(highlight=False, quiet=as_json)
    with refusals(dir):
        task = workspace.task(name)
        verdict = judge(workspace, task, as_json)
    results = {"task": task.name, "solved": verdict.right, "findings": list(verdict.findings)}
    if as_json:
        results["findings"] = [asdict(finding) for finding in verdict.findings]
    report(results, {}, as_json, lambda console: show_verdict(console, workspace, task, verdict))
    if not verdict.right:
        console.print(
            f"[dim]For a hint: micrograd exercises hint {task.name}{dir_option(dir)}[/dim]"
        )
        raise typer.Exit(1)


def judge(workspace: Any, task: Any, as_json: bool = False) -> Any:
    """Return the verdict on the learner's file, which may compute for a while."""
    with working(f"checking {task.name}", as_json):
        return workspace.check(task)


def show_verdict(console: Console, workspace: Any, task: Any, verdict: Any) -> None:
    """Print what is right and what is wrong in the learner's file."""
    console.print(f"[bold]{task.number}. {escape(task.title)}[/bold]")
    for finding in verdict.findings:
        sign = "[red]✗[/red]" if finding.wrong else "[green]✓[/green]"
        console.print(f"{sign} {escape(finding.what)}", soft_wrap=True)
        if finding.wrong:
            console.print(f"  {escape(finding.wrong)}", soft_wrap=True)
    if verdict.printed:
        console.print("[dim]your file printed:[/dim]", soft_wrap=True)
        console.print(escape(verdict.printed.rstrip()), soft_wrap=True)
    if verdict.right:
        next_task = workspace.next_task()
        console.print(
            f"solved. Next: {next_task.name}" if next_task else "solved. That was the last one."
        )


@exercise("Check again whenever the file is saved. Keys: h hint, n next, l list, q quit.")
def watch(name: NameOrNext = "", dir: Folder = HERE) -> None:
    from micrograd.course import Workspace, keys

    workspace, console = Workspace(folder_of(dir)), Console(highlight=False)
    with refusals(dir), suppress(KeyboardInterrupt), keys() as key:
        task = workspace.task(name)
        workspace.existing_path(task)
        watch_file(console, workspace, task, key)


def watch_file(console: Console, workspace: Any, task: Any, key: Any) -> None:
    """Check the task whenever its file changes, and do what keys ask for, until q is pressed."""
    checked = None
    while True:
        version = (task.name, workspace.modified(task))
        if version != checked and version[1]:  # a missing file is perhaps just being saved
            checked = version
            verdict = judge(workspace, task)
            show_verdict(console, workspace, task, verdict)
            if verdict.right:
                task = workspace.next_task() or task
            console.print("[dim]h: hint  n: next  l: list  q: quit[/dim]")
        match key(POLL_SECONDS):
            case "q":
                return
            case "h":
                show_hint(console, workspace, task)
            case "n":
                task = workspace.next_task(task.number) or task
            case "l":
                list_(workspace.folder)


def show_hint(console: Console, workspace: Any, task: Any) -> None:
    print_hint(console, *workspace.hint(task))


def print_hint(console: Console, number: int, count: int, text: str) -> None:
    console.print(f"hint {number} of {count}: {escape(text)}", soft_wrap=True)


@exercise("Show a hint, and the next one when asked again. Each task has three.")
def hint(name: Name, dir: Folder = HERE, as_json: AsJson = False) -> None:
    from micrograd.course import Workspace

    workspace = Workspace(folder_of(dir))
    with refusals(dir):
        number, count, text = workspace.hint(workspace.task(name))
    results = {"hint": number, "hints": count, "text": text}
    report(results, {}, as_json, lambda console: print_hint(console, number, count, text))


@exercise("Start a task again; your file is kept as NAME.py.old.")
def reset(name: Name, dir: Folder = HERE, as_json: AsJson = False) -> None:
    from micrograd.course import Workspace

    workspace = Workspace(folder_of(dir))
    with refusals(dir):
        task = workspace.task(name)
        path = workspace.reset(task)
    report({"task": task.name}, {path: ""}, as_json, lambda console: None)


@exercise("Show how many tasks are solved, and which is next.")
def progress(dir: Folder = HERE, as_json: AsJson = False) -> None:
    from micrograd.course import Workspace, tasks

    workspace = Workspace(folder_of(dir))
    with refusals(dir):
        solved, all_tasks = workspace.solved(), tasks()
        next_task = workspace.next_task()

    def show(console: Console) -> None:
        console.print(f"{len(solved)} of {len(all_tasks)} solved.")
        if next_task:
            console.print(f"next: {next_task.number}. {next_task.name}, {escape(next_task.title)}")

    name = next_task.name if next_task else None
    report({"solved": sorted(solved), "tasks": len(all_tasks), "next": name}, {}, as_json, show)


def folder_of(dir: Path) -> Path:
    """Return the folder of the exercises; the usual one may be the one that the user is in."""
    is_inside = dir == HERE and not dir.exists() and Path.cwd().name == HERE.name
    return Path() if is_inside else dir


def dir_option(dir: Path) -> str:
    """Return the option that names the folder; "" for the usual one."""
    return "" if dir == HERE else f" --dir {dir}"
