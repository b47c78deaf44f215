"""Lessons: scripts in jupytext's percent format, read as cells, and run as a notebook would.

Rule: a lesson is a file in lessons/, called after its number. Nothing is shown here: whoever shows
one gets its cells, with what they print and return.
"""

import ast
import base64
import contextlib
import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from micrograd.course import messages
from micrograd.support.figures import png

FOLDER = Path(__file__).parent / "lessons"
SECTIONS = (
    *("Predict", "The smallest code", "The picture", "Break it", "Exercise"),
    *("What PyTorch calls this", "Recap"),
)
LECTURE = "https://youtu.be/VMj-3S1tku0?t="


@dataclass(frozen=True)
class Cell:
    """A piece of Markdown, or of Python; what it `printed` and `returned` if it was run."""

    code: bool
    text: str
    printed: str = ""
    returned: object = None


@dataclass(frozen=True)
class Lesson:
    """One chapter."""

    number: int
    path: Path = field(repr=False)

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells of the script: `# %%` begins one of Python, `# %% [markdown]` one of text."""
        _, *parts = re.split(r"^# %%(.*)\n", self.text, flags=re.MULTILINE)
        return [as_cell(mark, text.strip("\n")) for mark, text in zip(parts[::2], parts[1::2])]

    @property
    def title(self) -> str:
        """Without the number: "The Value object and its picture"."""
        return re.search(r"^# # \d+\. (.*)$", self.text, re.MULTILINE)[1]

    @property
    def goal(self) -> str:
        """One sentence."""
        found = re.search(r"^# \*\*Goal:\*\* (.*?)\n#\s*$", self.text, re.MULTILINE | re.DOTALL)
        return re.sub(r"\n# ", " ", found[1])

    @property
    def seconds(self) -> int:
        """Where the chapter begins in the lecture; 0 for what is beyond it."""
        found = re.search(re.escape(LECTURE) + r"(\d+)", self.text)
        return int(found[1]) if found else 0

    @property
    def needs(self) -> list[str]:
        """What has to be installed for it to run."""
        return sorted(set(re.findall(r"^import (torch)$", self.text, re.MULTILINE)))

    def run(self) -> list[Cell]:
        """Its cells, run one after the other. What one raises is raised."""
        names: dict = {"__name__": f"lesson_{self.number}"}
        return [run_cell(cell, names, str(self.path)) if cell.code else cell for cell in self.cells]


def lessons() -> list[Lesson]:
    """All, in order."""
    return [Lesson(int(path.name[:2]), path) for path in sorted(FOLDER.glob("[0-9]*.py"))]


def lesson(number: int) -> Lesson:
    """The one of that number. ValueError if there is none."""
    found = {one.number: one for one in lessons()}
    if number not in found:
        raise ValueError(messages.no_such_lesson(number, max(found)))
    return found[number]


def as_cell(mark: str, text: str) -> Cell:
    """Return the cell of these lines, which stood below `# %%` and `mark`."""
    if "[markdown]" in mark:
        return Cell(False, re.sub(r"^# ?", "", text, flags=re.MULTILINE))
    return Cell(True, text)


def run_cell(cell: Cell, names: dict, where: str) -> Cell:
    """What it prints, and what its last line is, if that is an expression."""
    tree = ast.parse(cell.text, where)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, returned = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, where, "exec"), names)
        if last:
            returned = eval(compile(ast.Expression(last.value), where, "eval"), names)
    return Cell(True, cell.text, printed.getvalue(), returned)


def media(x) -> dict:
    """{MIME type: how `x` shows}, as a notebook has it: of a picture, of a plot, of anything."""
    if hasattr(x, "_repr_mimebundle_"):
        return x._repr_mimebundle_()
    if hasattr(x, "savefig"):
        return {"image/png": base64.b64encode(png(x)).decode(), "text/plain": repr(x)}
    return {"text/plain": repr(x)}
