"""The commands of the course: `micrograd learn` and `micrograd exercises`.

Rule: no file of a learner is overwritten unless the learner asks for it, and every file that is
written is listed. A command loads what it needs when it runs.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from micrograd.cli import messages
from micrograd.cli.console import STANDARD_OUTPUT, stop
from micrograd.support import files
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

exercises = typer.Typer(
    no_args_is_help=True, rich_markup_mode="rich", help=EXERCISES_HELP, add_completion=False
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="A task, or its number.")]
Folder = Annotated[Path, typer.Option("--dir", help="The folder of your exercises.")]
HERE = Path("exercises")
POLL_SECONDS = 0.3  # between two looks at a file


def learn(
    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", help="The number of a lesson.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Take all lessons.")] = False,
    as_notebook: Annotated[
        bool, typer.Option("--notebook", help="Write a notebook, as .ipynb.")
    ] = False,
    html: Annotated[
        bool, typer.Option("--html", help="Write an HTML page that works offline.")
    ] = False,
    dir: Annotated[Path, typer.Option(help="The folder to write to.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing files.")] = False,
) -> None:
    from micrograd.course import lesson, progress, terminal

    console = Console(highlight=False)
    if number is None and not every:
        if as_notebook or html:
            raise stop(messages.which_lesson())
        return console.print(lesson_table(lesson.lessons(), progress.read()))
    try:
        chosen = lesson.lessons()
        if number is not None and not every:
            chosen = [lesson.find_lesson(number)]
        endings = [*([".ipynb"] if as_notebook else []), *([".html"] if html else [])]
        for each in chosen:
            if endings:
                paths = [dir / f"{each.path.stem}{ending}" for ending in endings]
                write_lesson(console, each, paths, force)
            else:
                terminal.show(each, console)
            progress.mark(each.number)
    except ValueError as error:
        raise stop(str(error)) from error
    except OSError as error:
        place = dir if as_notebook or html else STANDARD_OUTPUT
        raise stop(files.cannot_write(place, error)) from error
    return None


def lesson_table(lessons: list, read: set[int]) -> Table:
    """Return a table of the lessons, in which those that were `read` are marked."""
    table = Table(title="micrograd learn NUMBER", title_justify="left", box=None)
    for header in ("", "lesson", "in the lecture", "read"):
        table.add_column(header)
    for lesson in lessons:
        minutes, seconds = divmod(lesson.seconds, 60)
        start = f"from {minutes}:{seconds:02}" if lesson.seconds else ""
        mark = "yes" if lesson.number in read else ""
        table.add_row(str(lesson.number), escape(lesson.title), start, mark)
    return table


def write_lesson(console: Console, lesson: Any, paths: list[Path], force: bool) -> None:
    """Write the lesson with its outputs to each path: a notebook to .ipynb, else a page."""
    from micrograd.course import render_notebook, render_page, terminal

    existing = [path for path in paths if path.exists()]
    if existing and not force:
        raise ValueError(messages.is_there_already(existing[0]))
    missing = terminal.missing_packages(lesson)
    cells = lesson.cells if missing else lesson.run()
    for path in paths:
        render = render_notebook if path.suffix == ".ipynb" else render_page
        files.write(path, render(lesson, cells))
        console.print(f"wrote {escape(str(path))}", soft_wrap=True)
    for name in missing:
        console.print(escape(missing_extra(name, name)), soft_wrap=True)
    if paths[0].suffix == ".ipynb":
        console.print(
            f"[dim]open it with: jupyter lab {escape(str(paths[0]))}[/dim]", soft_wrap=True
        )


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


@exercises.command(help="Write the starter files; existing files stay as they are.")
def start(dir: Annotated[Path, typer.Argument(help="The folder to write to.")] = HERE) -> None:
    from micrograd.course import Workspace

    console = Console(highlight=False)
    try:
        written = Workspace(dir).start()
    except OSError as error:
        raise stop(files.cannot_write(dir, error)) from error
    for path in written:
        console.print(f"wrote {escape(str(path))}", soft_wrap=True)
    console.print(f"{len(written)} new tasks in {escape(str(dir))}. Solve the first, then run:")
    console.print("  micrograd exercises check" + dir_option(dir))


@exercises.command("list", help="List all tasks, and show which are solved.")
def list_(dir: Folder = HERE) -> None:
    from micrograd.course import Workspace, tasks

    with refusals(dir):
        solved = Workspace(dir).solved()
    table = Table(box=None, title="micrograd exercises check NAME", title_justify="left")
    for header in ("", "name", "task", "after lesson", "solved"):
        table.add_column(header)
    for task in tasks():
        mark = "yes" if task.name in solved else ""
        lesson = str(task.checker_names["NEEDS"])
        table.add_row(str(task.number), task.name, escape(task.title), lesson, mark)
    Console(highlight=False).print(table)


@exercises.command(
    help="Check a task, and explain what is wrong. Without a name, check the next one."
)
def check(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A task, or its number.")] = "",
    dir: Folder = HERE,
) -> None:
    from micrograd.course import Workspace

    workspace, console = Workspace(dir), Console(highlight=False)
    with refusals(dir):
        task = workspace.task(name)
        right = show_verdict(console, workspace, task)
    if not right:
        console.print(
            f"[dim]For a hint: micrograd exercises hint {task.name}{dir_option(dir)}[/dim]"
        )
        raise typer.Exit(1)


def show_verdict(console: Console, workspace: Any, task: Any) -> bool:
    """Check the task and print what is right and wrong; return whether all is right."""
    verdict = workspace.check(task)
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
    return verdict.right


@exercises.command(
    help="Check again whenever the file is saved. Keys: h hint, n next, l list, q quit."
)
def watch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The task to begin with.")] = "",
    dir: Folder = HERE,
) -> None:
    from micrograd.course import Workspace, keys

    workspace, console = Workspace(dir), Console(highlight=False)
    with refusals(dir), suppress(KeyboardInterrupt), keys() as key:
        watch_file(console, workspace, workspace.task(name), key)


def watch_file(console: Console, workspace: Any, task: Any, key: Any) -> None:
    """Check the task whenever its file changes, and do what keys ask for, until q is pressed."""
    checked = None
    while True:
        version = (task.name, workspace.modified(task))
        if version != checked and version[1]:  # a missing file is perhaps just being saved
            checked = version
            if show_verdict(console, workspace, task):
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
    number, count, text = workspace.hint(task)
    console.print(f"hint {number} of {count}: {escape(text)}", soft_wrap=True)


@exercises.command(help="Show a hint, and the next one when asked again. Each task has three.")
def hint(name: Name, dir: Folder = HERE) -> None:
    from micrograd.course import Workspace

    workspace = Workspace(dir)
    with refusals(dir):
        show_hint(Console(highlight=False), workspace, workspace.task(name))


@exercises.command(help="Start a task again; your file is kept as NAME.py.old.")
def reset(name: Name, dir: Folder = HERE) -> None:
    from micrograd.course import Workspace

    workspace = Workspace(dir)
    with refusals(dir):
        path = workspace.reset(workspace.task(name))
    Console(highlight=False).print(f"wrote {escape(str(path))}", soft_wrap=True)


@exercises.command(help="Show how many tasks are solved, and which is next.")
def progress(dir: Folder = HERE) -> None:
    from micrograd.course import Workspace, tasks

    workspace, console = Workspace(dir), Console(highlight=False)
    with refusals(dir):
        solved, all_tasks = workspace.solved(), tasks()
        next_task = workspace.next_task()
    console.print(f"{len(solved)} of {len(all_tasks)} solved.")
    if next_task:
        console.print(f"next: {next_task.number}. {next_task.name}, {escape(next_task.title)}")


def dir_option(dir: Path) -> str:
    """Return the option that names the folder; "" for the usual one."""
    return "" if dir == HERE else f" --dir {dir}"
