"""The commands `micrograd build ...`: a learner's own micrograd grows, stage by stage.

Rule: the learner's file is never written, except its first lines by `start`. Where it stands is
what the checks say, so nothing else is stored. A command loads what it needs when it runs.
"""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TextColumn
from rich.syntax import Syntax
from rich.table import Table

from micrograd.cli import messages
from micrograd.cli.commands import Command, Commands, PageCommand
from micrograd.cli.console import print_note, report, show_status, stop, stop_writing
from micrograd.cli.exit_codes import CHECK_FAILED, INTERRUPTED
from micrograd.cli.graph_pages import GraphPage, describe_run, write_graph
from micrograd.cli.options import AsJson, argument, flag, text

BUILD_HELP = """Build your own micrograd: one file grows, stage by stage, and each stage is checked.

Without a command, show where your file stands and what comes next. The last stage trains your \
network to tell two moons apart, with your own engine.

[bold]Examples[/bold]

  micrograd build start

  micrograd build

  micrograd build check

  micrograd build diff --html
"""
TEXT_WIDTH = 64  # columns of a stage's text
SIDE_BY_SIDE = 120  # columns from which on two pieces of code fit beside each other
THEME = "ansi_dark"  # the terminal's own colours
POINTS, POINTS_SEED, RESOLUTION = 60, 1, 40
USUAL_FILE = Path("my_micrograd.py")
POLL_SECONDS = 0.3  # between two looks at the file

commands = typer.Typer(cls=Commands, help=BUILD_HELP)


def stage_numbers() -> list[str]:
    from micrograd.course import build

    return [str(stage.number) for stage in build.all_stages()]


File = Annotated[Path, text("Your file, or its folder.", "FILE", "--file")]
StageOrNext = Annotated[
    str, argument("The number of a stage; the next one if left out.", "STAGE", stage_numbers)
]


def command(help: str, cls: type = Command) -> Any:
    """Return the decorator that makes a function a command of `micrograd build`."""
    return commands.command(cls=cls, help=help)


@commands.callback(invoke_without_command=True)
def where(context: typer.Context, file: File = USUAL_FILE, as_json: AsJson = False) -> None:
    from micrograd.course import build

    if context.invoked_subcommand is not None:
        return
    if not file.exists() and file == USUAL_FILE and not as_json:
        print(context.get_help())
        if renamed := build.similar_files(file):
            print(build.messages.renamed(renamed[0]))
        return
    with refusals(file):
        path, standing = judge(file, as_json)
    results = results_of(path, standing)
    report(results, {}, as_json, lambda console: show_place(console, standing, path))


@command("Begin your file: my_micrograd.py, here or in FOLDER. An existing file is left alone.")
def start(
    place: Annotated[Path, argument("A folder, or a file.", "FOLDER/FILE")] = Path(),
    as_json: AsJson = False,
) -> None:
    from micrograd.course import build

    try:
        path = build.start(place)
    except ValueError as error:
        raise stop(str(error)) from error
    except OSError as error:
        raise stop_writing(place, error) from error
    stages = build.all_stages()
    report({"stages": len(stages)}, {path: ""}, as_json, lambda console: None)
    if not as_json:
        console = Console(highlight=False)
        console.print(f"Open {escape(str(path))} in your editor. The stages, and about how long:")
        for stage in stages:
            console.print(f"{stage.number:>3}. {escape(stage.title):<42}{stage.minutes:>3} minutes")
        console.print()
        show_stage(console, stages[0], path)


@command("Check your file: all stages up to the next, or up to STAGE.", PageCommand)
def check(
    stage: StageOrNext = "",
    html: GraphPage = None,
    file: File = USUAL_FILE,
    as_json: AsJson = False,
) -> None:
    from micrograd.course import build

    with refusals(file):
        upto = build.find_stage(stage).number if stage else 0
        path, standing = judge(file, as_json, upto)
    right = not standing.wrong or (not upto and standing.not_begun)
    run = None if right else standing.run
    wrong = "" if right else standing.wrong
    page = build.output_path(path, "graph.html")
    written = write_graph(html, page, run, wrong, as_json)
    results = {**results_of(path, standing), "right": right, "graph": describe_run(run)}
    picture = build.output_path(path, "moons.png")
    trains = not (standing.wrong or upto or as_json) and is_older(picture, path)

    def show(console: Console) -> None:
        show_standing(console, standing, path, trains)
        if run and not html:
            way = f"micrograd build check --html{file_option(path)}"
            console.print(f"[dim]To play the graph: {way}[/dim]")

    report(results, written, as_json, show)
    if not right:
        raise typer.Exit(CHECK_FAILED)
    if trains:
        train_moons(path, as_json)


@command("Check again whenever your file is saved. Keys: h hint, t text, q quit.")
def watch(file: File = USUAL_FILE) -> None:
    from micrograd.course import keys

    console = Console(highlight=False)
    with refusals(file), suppress(KeyboardInterrupt), keys() as key:
        watch_file(console, file, key)


def watch_file(console: Console, file: Path, key: Any) -> None:
    """Check the file whenever it changes, and do what keys ask for, until q is pressed."""
    path, standing = judge(file)
    checked, hints = modified(path), 0
    show_standing(console, standing, path)
    while True:
        console.print("[dim]h: hint  t: text  q: quit[/dim]")
        pressed = wait(path, checked, key)
        now = modified(path)
        if now and now != checked:
            before, checked = standing.held, now
            path, standing = judge(path)
            show_standing(console, standing, path)
            hints = 0 if standing.held != before else hints
        if pressed == "q":
            return
        if pressed == "t" and standing.failed:
            show_stage(console, standing.failed, path)
        if pressed == "h" and standing.failed:
            hints = min(hints + 1, len(standing.failed.hints))
            show_hint(console, standing.failed, hints)


def wait(path: Path, checked: float, key: Any) -> str:
    """Return the key that is pressed, "" once the file has changed; a missing one may return."""
    while True:
        pressed = key(POLL_SECONDS)
        now = modified(path)
        if pressed in ("q", "h", "t") or (now and now != checked):
            return pressed


def modified(path: Path) -> float:
    """Return the time at which the file was changed; 0 while it is missing, as when it is saved."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


@command("Show a hint for the next stage: 1, 2 or 3. The third is nearly the code.")
def hint(
    number: Annotated[str, argument("Which of the three hints.", "NUMBER")] = "1",
    file: File = USUAL_FILE,
    as_json: AsJson = False,
) -> None:
    from micrograd.course import build

    with refusals(file):
        _, standing = judge_running(file, as_json)
        stage = standing.failed or build.all_stages()[-1]
        if number not in ("1", "2", "3"):
            raise ValueError(build.messages.no_such_hint(number, len(stage.hints)))
    results = {"stage": stage.number, "hint": int(number), "text": stage.hints[int(number) - 1]}
    report(results, {}, as_json, lambda console: show_hint(console, stage, int(number)))


@command("Show your code beside ours, as far as your file holds, or at STAGE.")
def diff(
    stage: Annotated[str, argument("The stage to compare with.", "STAGE", stage_numbers)] = "",
    as_html: Annotated[bool, flag("html", "Write a page with both, side by side.")] = False,
    file: File = USUAL_FILE,
    as_json: AsJson = False,
) -> None:
    from micrograd.course import build

    with refusals(file):
        path, standing = judge_running(file, as_json)
        number = build.find_stage(stage).number if stage else standing.held
        if not number:
            raise ValueError(build.messages.nothing_to_compare())
        ours = build.all_stages()[number - 1].solution
        pairs = build.compare_files(read_text(path), ours)
        about = messages.compared_files(str(path), number)
        written = {}
        if as_html:
            page = build.output_path(path, "diff.html")
            written = {build.write_page(page, pairs, about): "your code beside ours"}
    rows = [{"name": each.name, "yours": each.theirs, "ours": each.ours, "same": each.same}
            for each in pairs]  # fmt: skip

    def show(console: Console) -> None:
        if not as_html:
            show_pairs(console, pairs, about)

    report({"stage": number, "pieces": rows}, written, as_json, show)


@command("Train your network on the moons, draw what it learns, and run micrograd's own tests.")
def moons(file: File = USUAL_FILE, as_json: AsJson = False) -> None:
    from micrograd.course import build

    with refusals(file):
        path, standing = judge_running(file, as_json)
        if standing.wrong:
            raise ValueError(build.messages.not_finished(standing.held, len(build.all_stages())))
    train_moons(path, as_json)


# ------------------------------------------------------------------------------------------ judging


@contextmanager
def refusals(file: Path) -> Iterator[None]:
    """Let what a command refuses end it with a sentence."""
    try:
        yield
    except SyntaxError as error:
        raise stop(messages.not_python(file, error)) from error
    except ValueError as error:
        raise stop(str(error)) from error
    except OSError as error:
        raise stop(messages.cannot_use_file(file, error)) from error


def judge(file: Path, as_json: bool = False, upto: int = 0) -> tuple[Path, Any]:
    """Return (the path of the learner's file, where it stands)."""
    from micrograd.course import build

    path = build.existing(file)
    with show_status(f"checking {path.name}", as_json):
        return path, build.judge(path, upto)


def judge_running(file: Path, as_json: bool) -> tuple[Path, Any]:
    """Do the same. Raises ValueError, with what to mend first, if the file does not run."""
    from micrograd.course import build

    path, standing = judge(file, as_json)
    if not standing.runs:
        raise ValueError(build.messages.mend_first(path, standing.wrong))
    return path, standing


def read_text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def is_older(picture: Path, path: Path) -> bool:
    """Return whether the picture is not there, or was made before the file changed."""
    return modified(picture) < modified(path)


def results_of(path: Path, standing: Any) -> dict[str, Any]:
    """Return where the file stands, for JSON."""
    from micrograd.course import build

    stage = standing.failed
    return {
        "file": str(path),
        "held": standing.held,
        "stages": len(build.all_stages()),
        "next": describe(stage) if stage else None,
        "wrong": standing.wrong,
        "misconception": standing.misconception,
        "later_parts": standing.later_parts,
        "printed": standing.printed,
    }


def describe(stage: Any) -> dict[str, Any]:
    return {"number": stage.number, "title": stage.title, "text": stage.text}


# ------------------------------------------------------------------------------------------ showing


def show_place(console: Console, standing: Any, path: Path) -> None:
    """Print which stages hold, and the text of the next, with what is wrong in it."""
    show_held(console, standing)
    if standing.failed is None:
        console.print("Your micrograd is complete. See what it can do:")
        console.print(f"  micrograd build moons{file_option(path)}")
        console.print(f"  micrograd build diff{file_option(path)}")
        return
    if not standing.not_begun:
        show_wrong(console, standing)
        if not standing.runs:
            return
        console.print()
    show_stage(console, standing.failed, path)


def show_standing(console: Console, standing: Any, path: Path, trains: bool = False) -> None:
    """Print which stages hold, and what is wrong in the next; its text if it is not begun.

    `trains` says that the network is trained next, without another command.
    """
    show_held(console, standing)
    if standing.printed:
        console.print("[dim]your file printed:[/dim]", soft_wrap=True)
        console.print(escape(standing.printed.rstrip()), soft_wrap=True)
    if standing.failed is None:
        show_end(console, standing, path, trains)
    elif standing.not_begun:
        console.print()
        show_stage(console, standing.failed, path)
    else:
        show_wrong(console, standing)
        if not standing.runs:
            return
        option = file_option(path)
        console.print(f"[dim]The text again: micrograd build{option}[/dim]")
        console.print(f"[dim]For a hint: micrograd build hint{option}[/dim]")


def show_end(console: Console, standing: Any, path: Path, trains: bool) -> None:
    """Print what comes after the stages that were looked at, which all hold."""
    from micrograd.course import build

    option = file_option(path)
    if standing.held < len(build.all_stages()):
        stages = "Stage 1 holds" if standing.held == 1 else f"Stages 1 to {standing.held} hold"
        console.print(f"{stages}. Next is stage {standing.held + 1}: micrograd build check{option}")
    elif trains:
        console.print("All of it holds. Your network is trained on the moons now.")
    else:
        console.print(f"All of it holds. To train your network: micrograd build moons{option}")


def show_held(console: Console, standing: Any) -> None:
    """Print a line for each stage that holds."""
    from micrograd.course import build

    for stage in build.all_stages()[: standing.held]:
        console.print(f"[green]✓[/green] {stage.number}. {escape(stage.title)}")


def show_wrong(console: Console, standing: Any) -> None:
    """Print what is wrong in the first stage that does not hold."""
    stage = standing.failed
    title = f"{stage.number}. {stage.title}" if standing.runs else "Your file does not run."
    console.print(f"[red]✗[/red] {escape(title)}")
    sentence = escape(standing.wrong)
    if standing.later_parts:
        sentence = f"later stages build on stage {stage.number}, and it does not hold: {sentence}"
    console.print(Padding(sentence, (0, 0, 0, 2)))


def show_stage(console: Console, stage: Any, path: Path) -> None:
    """Print the text of a stage, and how to go on."""
    width = min(TEXT_WIDTH, console.width)
    body = f"## Stage {stage.number}. {stage.title}\n\n{stage.text}"
    console.print(Markdown(body, code_theme=THEME, inline_code_theme=THEME), width=width)
    noun = "lesson" if len(stage.lessons) == 1 else "lessons"
    numbers = " and ".join(map(str, stage.lessons))
    console.print(f"\n[dim]More in {noun} {numbers}: micrograd learn {stage.lessons[0]}[/dim]")
    console.print(f"[dim]When it is written: micrograd build check{file_option(path)}[/dim]")


def show_hint(console: Console, stage: Any, number: int) -> None:
    console.print(f"stage {stage.number}, hint {number} of {len(stage.hints)}:")
    console.print(Padding(escape(stage.hints[number - 1]), (0, 0, 0, 2)))


def file_option(path: Path) -> str:
    """Return the option that names the file; "" for the usual one."""
    return "" if path == USUAL_FILE else f" --file {shlex.quote(str(path))}"


def show_pairs(console: Console, pairs: Sequence[Any], about: str) -> None:
    """Print both files, piece by piece: side by side in a wide terminal, else one by one."""
    console.print(f"[bold]{escape(about)}[/bold]")
    same = [pair.name for pair in pairs if pair.same]
    if same:
        console.print(f"The same in both: {escape(', '.join(same))}")
    for pair in pairs:
        if not pair.same:
            console.print(f"\n[bold]{escape(pair.name)}[/bold]")
            show_pair(console, pair)


def show_pair(console: Console, pair: Any) -> None:
    columns = (("yours", "cyan", pair.theirs), ("ours", "magenta", pair.ours))
    if console.width >= SIDE_BY_SIDE:
        table = Table(box=None, expand=True, padding=(0, 2, 0, 0))
        for title, colour, _ in columns:
            table.add_column(title, style="none", header_style=colour, ratio=1)
        table.add_row(*(render_code(code) for _, _, code in columns))
        console.print(table)
        return
    for title, colour, code in columns:
        console.print(f"[{colour}]{title}:[/{colour}]")
        console.print(Padding(render_code(code), (0, 0, 0, 2)))


def render_code(code: str) -> Any:
    """Return the code in colours."""
    import textwrap

    return Syntax(textwrap.dedent(code) or "# (none)", "python", theme=THEME,
                  background_color="default", word_wrap=True)  # fmt: skip


# ---------------------------------------------------------------------------------------- the moons


def train_moons(path: Path, as_json: bool) -> None:
    """Train the learner's network, draw the boundary with it, and run the original's tests."""
    from micrograd.course import build
    from micrograd.data import moons

    X, y = moons(POINTS, seed=POINTS_SEED)
    try:
        finale = follow(build.run_finale(path, X, y, places_of(X, y)), as_json)
        picture = build.output_path(path, "moons.png")
        written = {draw_boundary(picture, X, y, finale.scores): "what your network has learned"}
    except KeyboardInterrupt:
        print_note(build.messages.training_stopped())
        raise typer.Exit(INTERRUPTED) from None
    except ValueError as error:
        raise stop(str(error)) from error
    except OSError as error:
        raise stop_writing(path.parent, error) from error
    engine, tests = finale.test_results()
    results = {
        "losses": finale.losses,
        "accuracy": finale.accuracies[-1],
        "compared_with": engine,
        "tests": tests,
    }

    def show(console: Console) -> None:
        show_finale(console, finale, engine, tests)
        console.print(f"[dim]Your code beside ours: micrograd build diff{file_option(path)}[/dim]")

    report(results, written, as_json, show)
    if not all(tests.values()):
        raise typer.Exit(CHECK_FAILED)


def follow(events: Iterator[Any], as_json: bool) -> Any:
    """Return the last of the events; a terminal shows, on standard error, how far they are."""
    columns = (TextColumn("training your network"), BarColumn(), TextColumn("{task.fields[state]}"))
    console = Console(stderr=True, quiet=as_json)
    finale = None
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", state="", total=None)
        for finale in events:
            done = len(finale.losses)
            state = f"step {done} of {finale.steps}, loss {finale.losses[-1]:.4f}"
            progress.update(task, completed=done, total=finale.steps, state=state)
    return finale


def places_of(X: Any, y: Any) -> list[tuple[float, float]]:
    """Return the places of the plane whose scores the picture shows."""
    places: list[tuple[float, float]] = []

    def note(place: list[float]) -> float:
        places.append((place[0], place[1]))
        return 0.0

    draw(X, y, note)
    return places


def draw(X: Any, y: Any, model: Any) -> Any:
    from micrograd.training import plot_boundary

    return plot_boundary(model, X, y, resolution=RESOLUTION)


def draw_boundary(picture: Path, X: Any, y: Any, scores: list[float]) -> Path:
    """Write the picture of these scores, in the order of the places, and return its path."""
    from micrograd.support import files
    from micrograd.support.figures import png

    remaining = iter(scores)
    return files.write(picture, png(draw(X, y, lambda place: next(remaining))))


def show_finale(console: Console, finale: Any, engine: str, tests: dict[str, bool]) -> None:
    """Print how the training went, and the results of the tests."""
    first, last = finale.losses[0], finale.losses[-1]
    console.print("\n[bold]Your network has learned the moons, with your engine.[/bold]")
    console.print(
        f"{len(finale.losses)} steps, loss {first:.4f} to {last:.4f}: "
        f"{100 * finale.accuracies[-1]:.0f} % of the points are right."
    )
    console.print(f"The tests of karpathy/micrograd on your Value, compared with {engine}:")
    for name, right in tests.items():
        sign = "[green]✓[/green]" if right else "[red]✗[/red]"
        console.print(f"{sign} {name}")
