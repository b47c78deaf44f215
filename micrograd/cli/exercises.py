"""The commands `micrograd exercises ...`: a learner starts, checks and watches tasks.

Rule: no file of a learner is ever overwritten, and every file that is written is listed. A command
loads what it needs when it runs.
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
from micrograd.cli.commands import Command, Commands, PageCommand
from micrograd.cli.console import report, show_status, stop, stop_writing
from micrograd.cli.exit_codes import CHECK_FAILED
from micrograd.cli.graph_pages import GraphPage, describe_findings, write_graph
from micrograd.cli.options import AsJson, argument, flag, text

EXERCISES_HELP = """Solve exercises, with a checker that knows the usual mistakes.

In all of them a list that a function is given stays as it was, and a tuple is as good as a list.

[bold]Examples[/bold]

  micrograd exercises start

  micrograd exercises check analytic_gradient

  micrograd exercises check --all

  micrograd exercises hint 3.1
"""

CHECK_HELP = """Check a task, and explain what is wrong. Without a name, check the next one.

If your code fails on a graph, --html writes a page that plays it: the smallest such graph, with \
your grads beside the right ones.

[bold]Examples[/bold]

  micrograd exercises check graph_backward

  micrograd exercises check graph_backward --html

  micrograd exercises check graph_backward --html wrong.html
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
USUAL_FOLDER = Path("exercises")
POLL_SECONDS = 0.3  # between two looks at a file


def exercise(help: str, name: str | None = None, cls: type = Command) -> Any:
    """Return the decorator that makes a function a command of `micrograd exercises`."""
    return exercises.command(name, cls=cls, help=help)


@exercises.callback(invoke_without_command=True)
def show_help(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


@exercise("Write the starter files; existing files stay as they are.")
def start(
    folder: Annotated[Path, argument("The folder to write to.", "FOLDER")] = USUAL_FOLDER,
    as_json: AsJson = False,
) -> None:
    from micrograd.course import Workspace

    try:
        written = Workspace(folder).start()
    except OSError as error:
        raise stop_writing(folder, error) from error
    report({"new": len(written)}, dict.fromkeys(written, ""), as_json, lambda console: None)
    if not as_json:
        console = Console(highlight=False)
        place = escape(str(folder))
        console.print(f"{len(written)} new tasks in {place}. Solve the first, then run:")
        console.print("  micrograd exercises check" + folder_option(folder))


@exercise("List all tasks, and show which are solved.", "list")
def list_(folder: Folder = USUAL_FOLDER, as_json: AsJson = False) -> None:
    from micrograd.course import tasks

    with open_workspace(folder) as workspace:
        solved = workspace.solved()
    rows = []
    for task in tasks():
        row = {"number": task.number, "name": task.name, "title": task.title}
        rows.append({**row, "after_lesson": task.lesson, "solved": task.name in solved})
    report({"tasks": rows}, {}, as_json, lambda console: console.print(task_table(rows)))


def task_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, title="micrograd exercises check NAME", title_justify="left")
    table.add_column("")
    table.add_column("name", no_wrap=True)  # it has to be typed
    for header in ("task", "after lesson", "solved"):
        table.add_column(header)
    for row in rows:
        mark = "yes" if row["solved"] else ""
        cells = (row["number"], row["name"], escape(row["title"]), str(row["after_lesson"]))
        table.add_row(*cells, mark)
    return table


@exercise(CHECK_HELP, cls=PageCommand)
def check(
    name: NameOrNext = "",
    every: Annotated[bool, flag("all", "Check all tasks, and count the mistakes.")] = False,
    html: GraphPage = None,
    folder: Folder = USUAL_FOLDER,
    as_json: AsJson = False,
) -> None:
    if every:
        if name:
            raise stop(messages.one_or_all_tasks(name))
        if html:
            raise stop(messages.page_of_one_task())
        from micrograd.cli.all_exercises import check_all

        with open_workspace(folder) as workspace:
            raise typer.Exit(check_all(workspace, as_json))
    with open_workspace(folder) as workspace:
        task = workspace.task(name)
        was_solved = task.name in workspace.solved()
        verdict = judge(workspace, task, as_json)
    written = write_page(html, workspace.path(task), verdict, as_json)
    findings = describe_findings(verdict)
    results = {"task": task.name, "solved": verdict.right, "findings": findings}

    def show(console: Console) -> None:
        show_verdict(console, workspace, task, verdict)

    report(results, written, as_json, show)
    if not verdict.right:
        console = Console(highlight=False, quiet=as_json)
        if was_solved:
            console.print(messages.no_longer_solved())
        show_ways_on(console, task.name, folder, bool(verdict.on_a_graph and not html))
        raise typer.Exit(CHECK_FAILED)


def show_ways_on(console: Console, name: str, folder: Path, has_graph: bool) -> None:
    """Print the commands that help with a mistake in the task of that name."""
    option = folder_option(folder)
    console.print(f"[dim]For a hint: micrograd exercises hint {name}{option}[/dim]")
    if has_graph:
        command = f"micrograd exercises check {name} --html{option}"
        console.print(f"[dim]To play the graph: {command}[/dim]")


def write_page(html: Path | None, path: Path, verdict: Any, as_json: bool) -> dict[Path, str]:
    """Write the page of the first graph on which the learner's file failed, if `html` asks.

    It gives the first mistake, of which that graph may be another sign.
    """
    finding = verdict.on_a_graph
    run = finding.run if finding else None
    return write_graph(html, path.with_suffix(".html"), run, verdict.why, as_json)


def judge(workspace: Any, task: Any, as_json: bool = False) -> Any:
    """Return the verdict on the learner's file, which may compute for a while."""
    with show_status(f"checking {task.name}", as_json):
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
        show_another_way(console, task)
        next_task = workspace.next_task(task)
        console.print(
            f"solved. Next: {next_task.name}" if next_task else "solved. That was the last one."
        )
        lesson = next_task.lesson if next_task else task.lesson
        console.print(f"[dim]{messages.way_to_lesson(task.lesson, lesson)}[/dim]")


def show_another_way(console: Console, task: Any) -> None:
    """Print another right answer to a task that is solved, and the remark on it."""
    if task.another_way:
        console.print("[bold]another way:[/bold]")
        code = "\n".join(f"    {line}".rstrip() for line in task.another_way.splitlines())
        console.print(escape(code), soft_wrap=True)
    if task.remark:
        console.print(escape(task.remark), soft_wrap=True)


@exercise("Check again whenever the file is saved. Keys: h hint, n next, l list, q quit.")
def watch(name: NameOrNext = "", folder: Folder = USUAL_FOLDER) -> None:
    from micrograd.course import keys

    console = Console(highlight=False)
    with open_workspace(folder) as workspace, suppress(KeyboardInterrupt), keys() as key:
        task = workspace.task(name)
        workspace.existing_path(task)
        watch_file(console, workspace, task, key)


def watch_file(console: Console, workspace: Any, task: Any, key: Any) -> None:
    """Check the task whenever its file changes, and do what keys ask for, until q is pressed."""
    checked = None
    while True:
        modified = workspace.modified(task)
        version = (task.name, modified)
        if modified and version != checked:  # a missing file is perhaps just being saved
            checked = version
            verdict = judge(workspace, task)
            show_verdict(console, workspace, task, verdict)
            if verdict.right:
                task = workspace.next_task(task) or task
            console.print("[dim]h: hint  n: next  l: list  q: quit[/dim]")
        match key(POLL_SECONDS):
            case "q":
                return
            case "h":
                show_hint(console, *workspace.hint(task))
            case "n":
                task = workspace.next_task(task) or task
            case "l":
                list_(workspace.folder)


@exercise("Show a hint, and the next one when asked again. Each task has three.")
def hint(name: Name, folder: Folder = USUAL_FOLDER, as_json: AsJson = False) -> None:
    with open_workspace(folder) as workspace:
        number, count, text = workspace.hint(workspace.task(name))
    results = {"hint": number, "hints": count, "text": text}
    report(results, {}, as_json, lambda console: show_hint(console, number, count, text))


def show_hint(console: Console, number: int, count: int, text: str) -> None:
    console.print(f"hint {number} of {count}: {escape(text)}", soft_wrap=True)


@exercise("Start a task again; your file is kept as NAME.py.old.")
def reset(name: Name, folder: Folder = USUAL_FOLDER, as_json: AsJson = False) -> None:
    with open_workspace(folder) as workspace:
        task = workspace.task(name)
        path = workspace.reset(task)
    report({"task": task.name}, {path: ""}, as_json, lambda console: None)


@exercise("Show how many tasks are solved, and which is next.")
def progress(folder: Folder = USUAL_FOLDER, as_json: AsJson = False) -> None:
    from micrograd.course import tasks

    with open_workspace(folder) as workspace:
        solved = sorted(workspace.solved())
        next_task = workspace.next_task()
    count = len(tasks())

    def show(console: Console) -> None:
        console.print(f"{len(solved)} of {count} solved.")
        if next_task:
            console.print(f"next: {next_task.number}. {next_task.name}, {escape(next_task.title)}")

    name = next_task.name if next_task else None
    report({"solved": solved, "tasks": count, "next": name}, {}, as_json, show)


# -------------------------------------------------------------------------------------- workspaces


@contextmanager
def open_workspace(folder: Path) -> Iterator[Any]:
    """Yield the Workspace in the folder. A request that it refuses ends the command.

    Without the usual folder, the current one may be it: the user has gone there.
    """
    from micrograd.course import Workspace

    try:
        if folder == USUAL_FOLDER and not folder.exists() and Path.cwd().name == folder.name:
            yield Workspace(Path())
        else:
            yield Workspace(folder)
    except ValueError as error:
        raise stop(str(error)) from error
    except OSError as error:
        raise stop(messages.cannot_use_folder(folder, error)) from error


def folder_option(folder: Path) -> str:
    """Return the option that names the folder; "" for the usual one."""
    return "" if folder == USUAL_FOLDER else f" --dir {folder}"
