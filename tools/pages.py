"""The documentation site: its pages are run while they are read, and the lessons become pages.

Rule: a page is Markdown. Its `{code-cell}`s run from top to bottom in one process, and the site
shows what they print and return; a cell that raises ends the build, unless it is tagged
`raises-exception`. So a page shows no number that this version did not compute. A cell whose lines
begin with `!` is for the terminal, as in a notebook.

This is the Sphinx extension of docs/conf.py, and `read` is myst-nb's reader of the pages.
"""

import base64
import contextlib
import io
import linecache
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from myst_nb.core.read import read_myst_markdown_notebook
from nbformat import NotebookNode
from nbformat.v4 import new_output

from micrograd.course.lesson import LECTURE, Cell, Lesson, lessons, mime_bundle, run_cell
from micrograd.explaining.formula import Formula, derivatives
from micrograd.ops import OPS

ROOT = Path(__file__).parents[1]
PLOT = {"alt": "the plot that the code above makes", "width": "600px"}
CELL = "```{code-cell} python\n"
FRAME = 'title="the graph"'  # of the page that `draw` shows


def read(text: str) -> NotebookNode:
    """Return the page as a notebook whose code cells have been run."""
    page = read_myst_markdown_notebook(text, add_source_map=True)
    page.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    cells = [cell for cell in page.cells if cell.cell_type == "code"]
    if cells:
        with empty_folder():
            run(cells)
    return page


def run(cells: list[NotebookNode]) -> None:
    """Run the code cells in order, in one namespace, and store what each prints and returns."""
    names: dict = {"__name__": "page"}
    frames = 0
    for i, cell in enumerate(cells):
        cell.outputs = outputs_of(cell, names, f"cell {i + 1}")
        for output in cell.outputs:
            bundle = output.get("data", {})
            if "image/png" in bundle:
                image = cell.metadata.setdefault("mystnb", {}).setdefault("image", {})
                cell.metadata["mystnb"]["image"] = PLOT | image
            if FRAME in bundle.get("text/html", ""):
                frames += 1
                title = f'title="graph {frames}, to play with"'
                bundle["text/html"] = bundle["text/html"].replace(FRAME, title)


def outputs_of(cell: NotebookNode, names: dict, where: str) -> list[NotebookNode]:
    """Run one cell and return its outputs, an error among them where the cell expects one."""
    if cell.source.startswith("!"):
        return [new_output("stream", name="stdout", text=terminal(cell.source))]
    lines = cell.source.splitlines(keepends=True)
    linecache.cache[where] = (
        len(cell.source),
        None,
        lines,
        where,
    )  # for messages that quote a line
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # progress bars
            done = run_cell(Cell(True, cell.source), names, where)
    except Exception as error:
        if "raises-exception" not in cell.metadata.get("tags", []):
            raise
        return [new_output("stream", name="stdout", text=f"{type(error).__name__}: {error}\n")]
    found = [new_output("stream", name="stdout", text=done.printed)] if done.printed else []
    if done.returned is not None:
        found.append(new_output("execute_result", data=mime_bundle(done.returned)))
    return found


def terminal(source: str) -> str:
    """Return what the commands print. `micrograd` is always the one of this tree."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "88", "NO_COLOR": "1"}
    printed = []
    for line in source.splitlines():
        program, *arguments = shlex.split(line.removeprefix("!"))
        start = [sys.executable, "-m", "micrograd"] if program == "micrograd" else [program]
        done = subprocess.run(
            [*start, *arguments], env=environment, capture_output=True, text=True, check=True
        )
        printed.append(done.stdout)
    return "".join(printed)


@contextlib.contextmanager
def empty_folder():
    """Run the block in an empty folder; afterwards folder, random numbers and ops are as before."""
    state, ops, here = random.getstate(), dict(OPS), Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(here)
            random.setstate(state)
            for name in OPS.keys() - ops.keys():
                del OPS[name]


# ---------------------------------------------------------------------------------- the lessons


def lesson_page(lesson: Lesson) -> str:
    """Return the lesson as a page, its code cells not yet run."""
    return "\n\n".join(f"{CELL}{x.text}\n```" if x.code else x.text for x in lesson.cells) + "\n"


def write_lessons(folder: Path) -> None:
    """Write a page for each lesson; pages of lessons that are gone are removed."""
    pages = {folder / f"{one.path.stem}.md": lesson_page(one) for one in lessons()}
    for path in folder.glob("[0-9]*.md"):
        if path not in pages:
            path.unlink()
    for path, text in pages.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


# ------------------------------------------------------------------------------- the command line


class Text:
    """Markdown that a cell shows."""

    def __init__(self, text: str):
        self.text = text

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/markdown": self.text}


class Image:
    """An SVG that a cell shows as a picture, not as a page to play with."""

    def __init__(self, svg: str, alt: str):
        self.svg, self.alt = svg, alt

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        data = base64.b64encode(self.svg.encode()).decode()
        source = f"data:image/svg+xml;base64,{data}"
        return {"text/html": f'<img class="graph" src="{source}" alt="{escape(self.alt)}">'}


def command(path: str) -> Text:
    """Return what a command of `micrograd`, as "exercises check", says about itself."""
    import typer

    from micrograd.cli.app import app

    context, found = None, typer.main.get_command(app)
    for name in ("micrograd", *path.split()):
        found = found if context is None else found.get_command(context, name)
        context = typer.Context(found, info_name=name, parent=context)
    usage = f"```text\n{context.get_usage().removeprefix('Usage: ')}\n```"
    rows = [row for one in found.params if (row := parameter(one, context))]
    table = ["| Option or argument | Meaning |", "|---|---|", *rows] if rows else []
    return Text("\n".join([usage, "", help_text(found.help or ""), "", *table]))


def help_text(text: str) -> str:
    """Return a command's help as Markdown, its examples as one block of code."""
    about, _, examples = text.partition("[bold]Examples[/bold]")
    lines = [line.strip() for line in examples.splitlines() if line.strip()]
    block = "```sh\n" + "\n".join(lines) + "\n```" if lines else ""
    return f"{about.strip()}\n\n{block}"


def parameter(one, context) -> str:
    """Return the row of a table for an argument or an option; "" for what is hidden."""
    record = one.get_help_record(context)
    if record is None or one.name == "help":
        return ""
    name, about = (re.sub(r"\s+", " ", text).replace("|", "\\|") for text in record)
    return f"| `{name}` | {about} |"


# -------------------------------------------------------------------------------- tables of names


def list_of_lessons() -> Text:
    """Return the lessons as a list: title, goal, and where the chapter begins in the lecture."""
    items = []
    for one in lessons():
        goal = one.goal[0].upper() + one.goal[1:]
        items.append(f"{one.number}. [{one.title}]({one.path.stem}.md). {goal}{lecture_link(one)}")
    return Text("\n".join(items))


def lecture_link(lesson: Lesson) -> str:
    """Return a link to the chapter, called by its time; "" for a lesson beyond the lecture."""
    if not lesson.seconds:
        return ""
    minutes, seconds = divmod(lesson.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    time = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f" (From [{time}]({LECTURE}{lesson.seconds}).)"


def table_of_ops() -> Text:
    """Return the ops as a table: the notation and, for each input, the partial derivative."""
    rows = ["| Op | Notation | Partial derivatives |", "|---|---|---|"]
    for name, op in OPS.items():
        partials = derivatives(op)
        notation = str(Formula("", op, tuple(map(Formula, partials))))
        shown = "<br>".join(f"d/d{x} = `{partial}`" for x, partial in partials.items())
        rows.append(f"| `{name}` | `{notation}` | {shown} |")
    return Text("\n".join(rows))


# ------------------------------------------------------------------------------------- docstrings


def as_restructured(app, what, name, obj, options, lines: list[str]) -> None:
    """Read a docstring as simple Markdown: `code` is literal, and no other character is special.

    Examples (`>>>`) and indented blocks stay as they are.
    """
    example = False
    for i, line in enumerate(lines):
        example = line.startswith(">>>") or (example and bool(line.strip()))
        if not example and not line.startswith("    "):
            pieces = re.split(r"(`+[^`]+`+)", line)
            lines[i] = "".join(map(literal_or_plain, pieces))


def literal_or_plain(piece: str) -> str:
    if piece.startswith("`") and piece.endswith("`"):
        return f"``{piece.strip('`')}``"
    return re.sub(r"([*|\\_])", r"\\\1", piece)


# ------------------------------------------------------------------------------------ in the pages


def accessible(app, pagename, templatename, context, doctree) -> None:
    """Make the body of a page usable by keyboard and by screen readers.

    The Tab key reaches whatever may have to be scrolled sideways, and the parameters of a long
    signature are no list of definitions.
    """
    body = context.get("body", "").replace("<pre>", '<pre tabindex="0">')
    table = '<div class="table-wrapper'
    body = body.replace(table, table.replace("<div", '<div tabindex="0"'))
    context["body"] = re.sub(r"(?s)<dl>\s*((?:<dd>.*?</dd>\s*)+)</dl>", as_spans, body)


def as_spans(match: re.Match) -> str:
    lines = match[1].replace("<dd>", '<span class="parameter">').replace("</dd>", "</span>")
    return f'<span class="parameters">{lines}</span>'


LANDMARKS = {  # of the theme, which leaves them without a name
    '<aside class="sidebar-drawer"': '<aside aria-label="All pages" class="sidebar-drawer"',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
}


def name_landmarks(app, exception) -> None:
    """Give the two side columns of each page a name, by which a screen reader tells them apart."""
    for path in Path(app.outdir).rglob("*.html"):
        text = named = path.read_text(encoding="utf-8")
        for old, new in LANDMARKS.items():
            named = named.replace(old, new)
        if named != text:
            path.write_text(named, encoding="utf-8")


# -------------------------------------------------------------------------- files of the root

ROOT_FILES = {"changelog": "CHANGELOG.md", "contributing": "CONTRIBUTING.md", "style": "STYLE.md"}
TOCTREE = "\n```{{toctree}}\n:hidden:\n:glob:\n\n{}\n```\n"
BELOW = {"decisions/README": "[0-9]*", "contributing": "style"}  # a page, and those below it


def fill(app, docname: str, source: list[str]) -> None:
    """Give a page the text of a file at the root, and the pages below it."""
    if docname in ROOT_FILES:
        path = ROOT / ROOT_FILES[docname]
        app.env.note_dependency(str(path))
        source[0] = from_the_site(path.read_text(encoding="utf-8"))
    if docname in BELOW:
        source[0] += TOCTREE.format(BELOW[docname])


def from_the_site(text: str) -> str:
    """Return the text of a file at the root with links that hold in docs/."""
    for docname, name in ROOT_FILES.items():
        text = text.replace(f"]({name})", f"]({docname}.md)")
    return text.replace("](docs/", "](")


def setup(app) -> dict:
    app.connect("builder-inited", lambda app: write_lessons(Path(app.srcdir) / "lessons"))
    app.connect("source-read", fill)
    app.connect("autodoc-process-docstring", as_restructured)
    app.connect("html-page-context", accessible)
    app.connect("build-finished", name_landmarks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
