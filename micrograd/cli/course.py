"""The commands of the course: `micrograd learn` and `micrograd exercises`.

Rule: nothing of a learner's is written over unless it is asked for, and every file that is written
is listed. What the course needs is loaded by the command that needs it.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from micrograd.cli import messages
from micrograd.cli.console import stop
from micrograd.support import files
from micrograd.support.extras import missing_extra

LEARN_HELP = """The lecture, chapter by chapter, as lessons that run.

Without a number: the list of them, and which you have read.

[bold]Examples[/bold]

  micrograd learn

  micrograd learn 5

  micrograd learn 5 --html --dir lessons

  micrograd learn --all --notebook
"""

EXERCISES_HELP = """About thirty exercises, with a checker that knows the usual mistakes.

[bold]Examples[/bold]

  micrograd exercises start

  micrograd exercises check analytic_gradient

  micrograd exercises hint 1
"""

exercises = typer.Typer(
    no_args_is_help=True, rich_markup_mode="rich", help=EXERCISES_HELP, add_completion=False
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Of a task, or its number.")]
Folder = Annotated[Path, typer.Option("--dir", help="The folder of your exercises.")]
HERE = Path("exercises")
PATIENCE = 0.3  # seconds between two looks at a file


def learn(
    number: Annotated[int | None, typer.Argument(metavar="NUMBER", help="Of a lesson.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All lessons.")] = False,
    as_notebook: Annotated[bool, typer.Option("--notebook", help="Write an .ipynb.")] = False,
    html: Annotated[bool, typer.Option("--html", help="Write a page, readable offline.")] = False,
    dir: Annotated[Path, typer.Option(help="The folder for what is written.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
) -> None:
    from micrograd.course import lesson, progress, terminal

    console = Console(highlight=False)
    if number is None and not every:
        if as_notebook or html:
            raise stop(messages.which_lesson())
        return console.print(list_of(lesson.lessons(), progress.read()))
    try:
        chosen = lesson.lessons() if every else [lesson.lesson(number)]
        endings = [".ipynb"] * as_notebook + [".html"] * html
        for one in chosen:
            if endings:
                write_lesson(console, one, [dir / (one.path.stem + x) for x in endings], force)
            else:
                terminal.show(one, console)
            progress.mark(one.number)
    except ValueError as error:
        raise stop(str(error)) from error
    except OSError as error:
        raise stop(files.cannot_write(dir, error)) from error
    return None


def list_of(lessons: list, read: set[int]) -> Table:
    table = Table(title="micrograd learn NUMBER", title_justify="left", box=None)
    for header in ("", "lesson", "in the lecture", "read"):
        table.add_column(header)
    for one in lessons:
        minutes, seconds = divmod(one.seconds, 60)
        when = f"from {minutes}:{seconds:02}" if one.seconds else ""
        mark = "yes" if one.number in read else ""
        table.add_row(str(one.number), escape(one.title), when, mark)
    return table


def write_lesson(console: Console, lesson, paths: list[Path], force: bool) -> None:
    """The lesson, with its outputs, as a notebook or a page, by the ending of each path."""
    from micrograd.course import render_notebook, render_page, terminal

    there = [path for path in paths if path.exists() and not force]
    if there:
        raise ValueError(messages.is_there_already(there[0]))
    missing = terminal.missing(lesson)
    cells = lesson.cells if missing else lesson.run()
    for path in paths:
        text = (render_notebook if path.suffix == ".ipynb" else render_page)(lesson, cells)
        console.print(f"wrote {escape(str(files.write(path, text)))}", soft_wrap=True)
    for name in missing:
        console.print(escape(missing_extra(name, name)), soft_wrap=True)
    if paths[0].suffix == ".ipynb":
        console.print(f"[dim]to open it: jupyter lab {escape(str(paths[0]))}[/dim]", soft_wrap=True)


# ------------------------------------------------------------------------------------- exercises


@exercises.command(help="Write the files to begin with; what is there stays as it is.")
def start(dir: Annotated[Path, typer.Argument(help="The folder for them.")] = HERE) -> None:
    from micrograd.course import Desk

    console = Console(highlight=False)
    try:
        written = Desk(dir).start()
    except OSError as error:
        raise stop(files.cannot_write(dir, error)) from error
    for path in written:
        console.print(f"wrote {escape(str(path))}", soft_wrap=True)
    console.print(f"{len(written)} new tasks in {escape(str(dir))}. Begin with the first; then:")
    console.print("  micrograd exercises check" + option(dir))


@exercises.command("list", help="All tasks, and which are solved.")
def list_(dir: Folder = HERE) -> None:
    from micrograd.course import Desk, tasks

    solved = Desk(dir).solved()
    table = Table(box=None, title="micrograd exercises check NAME", title_justify="left")
    for header in ("", "name", "task", "after lesson", "solved"):
        table.add_column(header)
    for one in tasks():
        mark = "yes" if one.name in solved else ""
        lesson = str(one.knowledge["NEEDS"])
        table.add_row(str(one.number), one.name, escape(one.title), lesson, mark)
    Console(highlight=False).print(table)


@exercises.command(help="Say what is right and what is wrong, and why; of the next one by itself.")
def check(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="A task, or its number.")] = "",
    dir: Folder = HERE,
) -> None:
    from micrograd.course import Desk

    desk, console = Desk(dir), Console(highlight=False)
    try:
        one = desk.task(name)
        right = show_verdict(console, desk, one)
    except (ValueError, OSError) as error:
        raise stop(str(error)) from error
    if not right:
        console.print(f"[dim]micrograd exercises hint {one.name}{option(dir)}[/dim]")
        raise typer.Exit(1)


def show_verdict(console: Console, desk, one) -> bool:
    """Print what is right and wrong; whether all is right."""
    verdict = desk.check(one)
    console.print(f"[bold]{one.number}. {escape(one.title)}[/bold]")
    for finding in verdict.findings:
        sign = "[red]✗[/red]" if finding.wrong else "[green]✓[/green]"
        console.print(f"{sign} {escape(finding.what)}", soft_wrap=True)
        if finding.wrong:
            console.print(f"  {escape(finding.wrong)}", soft_wrap=True)
    if verdict.printed:
        console.print(f"[dim]it printed:[/dim]\n{escape(verdict.printed.rstrip())}", soft_wrap=True)
    if verdict.right:
        following = desk.following()
        console.print(f"solved. {f'Next: {following.name}' if following else 'That was the last.'}")
    return verdict.right


@exercises.command(
    help="Check again whenever the file is saved. h: a hint, n: next, l: list, q: quit."
)
def watch(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Where to begin.")] = "",
    dir: Folder = HERE,
) -> None:
    from micrograd.course import Desk, keys

    desk, console = Desk(dir), Console(highlight=False)
    try:
        with keys() as key:
            watching(console, desk, desk.task(name), key)
    except (ValueError, OSError) as error:
        raise stop(str(error)) from error
    except KeyboardInterrupt:
        return


def watching(console: Console, desk, one, key) -> None:
    """Until q: check when the file has changed, and do what keys ask for."""
    seen = None
    while True:
        now = (one.name, desk.changed(one))
        if now != seen and now[1]:  # a file that is missing is perhaps just being saved
            seen = now
            if show_verdict(console, desk, one):
                one = desk.following() or one
            console.print("[dim]h: hint  n: next  l: list  q: quit[/dim]")
        match key(PATIENCE):
            case "q":
                return
            case "h":
                number, of, text = desk.hint(one)
                console.print(f"hint {number} of {of}: {escape(text)}", soft_wrap=True)
            case "n":
                one = desk.following(one.number) or one
            case "l":
                list_(desk.folder)


@exercises.command(help="A hint; asked again, the next one. There are three for each task.")
def hint(name: Name, dir: Folder = HERE) -> None:
    from micrograd.course import Desk

    desk = Desk(dir)
    try:
        number, of, text = desk.hint(desk.task(name))
    except (ValueError, OSError) as error:
        raise stop(str(error)) from error
    Console(highlight=False).print(f"hint {number} of {of}: {escape(text)}", soft_wrap=True)


@exercises.command(help="Begin a task anew; what was there is kept beside it, as NAME.py.old.")
def reset(name: Name, dir: Folder = HERE) -> None:
    from micrograd.course import Desk

    desk = Desk(dir)
    try:
        path = desk.reset(desk.task(name))
    except (ValueError, OSError) as error:
        raise stop(str(error)) from error
    Console(highlight=False).print(f"wrote {escape(str(path))}", soft_wrap=True)


@exercises.command(help="How many are solved, and which is next.")
def progress(dir: Folder = HERE) -> None:
    from micrograd.course import Desk, tasks

    desk, console = Desk(dir), Console(highlight=False)
    solved, every = desk.solved(), tasks()
    following = desk.following()
    console.print(f"{len(solved)} of {len(every)} solved.")
    if following:
        console.print(f"next: {following.number}. {following.name}, {escape(following.title)}")


def option(dir: Path) -> str:
    return "" if dir == HERE else f" --dir {dir}"
