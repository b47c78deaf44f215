"""Pages: Markdown whose code cells are run while Sphinx reads them.

Rule: the cells of a page run from top to bottom in one process, and the site shows what they print
and return. A cell that raises ends the build, unless it is tagged `raises-exception`. So a page
shows no number that this version did not compute. A cell whose lines begin with `!` is for the
terminal, as in a notebook.
"""

import contextlib
import io
import linecache
import os
import random
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from myst_nb.core.read import read_myst_markdown_notebook
from nbformat import NotebookNode
from nbformat.v4 import new_output

from micrograd.course.lesson import Cell, is_difference, mime_bundle, run_cell
from micrograd.course.page import open_quiz, render_printed
from micrograd.ops import OPS

ROOT = Path(__file__).parents[2]
PLOT = {"alt": "the plot that the code above makes", "width": "600px"}
FRAME = 'title="the graph"'  # of the page that `draw` shows
TERMINAL = {"PYTHONPATH": str(ROOT), "COLUMNS": "88", "NO_COLOR": "1"}


def read(text: str) -> NotebookNode:
    """Return the page as a notebook whose code cells have been run. This is myst-nb's reader."""
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
    for number, cell in enumerate(cells, 1):
        cell.outputs = outputs_of(cell, names, f"cell {number}")
        for output in cell.outputs:
            describe(cell, output.get("data", {}), f"graph {number}, to play with")


def describe(cell: NotebookNode, bundle: dict, title: str) -> None:
    """Give a plot a text for those who do not see it, and a page to play with its own title."""
    if "image/png" in bundle:
        options = cell.metadata.setdefault("mystnb", {})
        options["image"] = PLOT | options.get("image", {})
    html = bundle.get("text/html", "")
    if FRAME in html:
        titled = html.replace(FRAME, f'title="{title}"')
        asks = "quiz" in cell.metadata.get("tags", [])
        bundle["text/html"] = open_quiz(titled) if asks else titled


def outputs_of(cell: NotebookNode, names: dict, where: str) -> list[NotebookNode]:
    """Run one cell and return its outputs; the error is one where the cell expects it."""
    if cell.source.startswith("!"):
        return [printed(run_in_terminal(cell.source))]
    lines = cell.source.splitlines(keepends=True)
    linecache.cache[where] = (len(cell.source), None, lines, where)  # messages quote their line
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # progress bars
            done = run_cell(Cell(True, cell.source), names, where)
    except Exception as error:
        if "raises-exception" not in cell.metadata.get("tags", []):
            raise
        return [printed(f"{type(error).__name__}: {error}\n")]
    outputs = [printed(done.printed)] if done.printed else []
    if done.returned is not None:
        outputs.append(new_output("execute_result", data=mime_bundle(done.returned)))
    return outputs


def printed(text: str) -> NotebookNode:
    """Return the output of printed text; of a difference, changed lines are in colours."""
    if is_difference(text):
        return new_output("display_data", data={"text/html": render_printed(text.rstrip())})
    return new_output("stream", name="stdout", text=text)


def run_in_terminal(source: str) -> str:
    """Return what the commands print. `micrograd` is always the one of this tree."""
    environment = os.environ | TERMINAL
    texts = []
    for line in source.splitlines():
        program, *arguments = shlex.split(line.removeprefix("!"))
        start = [sys.executable, "-m", "micrograd"] if program == "micrograd" else [program]
        process = subprocess.run(
            [*start, *arguments], env=environment, capture_output=True, text=True, check=True
        )
        texts.append(process.stdout)
    return "".join(texts)


@contextlib.contextmanager
def empty_folder() -> Iterator[None]:
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
