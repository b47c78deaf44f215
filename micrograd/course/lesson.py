"""Lessons: scripts in jupytext's percent format, read as cells, and run as a notebook would.

Rule: a lesson is a file in lessons/ whose name begins with its number. Nothing is displayed here:
the forms of a lesson (terminal, page, notebook) take its cells, with what they print and return.
"""

import ast
import base64
import contextlib
import io
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from micrograd.course import messages
from micrograd.course.exercises.task import Task, tasks
from micrograd.course.questions import Question, parse_question
from micrograd.support.figures import png
from micrograd.support.interrupts import ctrl_c_ends
from micrograd.support.listing import join_words

FOLDER = Path(__file__).parent / "lessons"
SECTIONS = (
    *("Predict", "The smallest code", "The picture", "Break it", "Exercise"),
    *("What PyTorch calls this", "Recap"),
)
LECTURE = "https://youtu.be/VMj-3S1tku0?t="
GLOSSARY = re.compile(r"\[([^\]]*)\]\(glossary:([\w-]+)\)")
LINK = re.compile(r"^\[The lecture, from ([\d:]+)(?: to ([\d:]+))?\]\(.*\)$", re.MULTILINE)
DIFFERENCE = re.compile(r"(?:[+-] .*|[+-]|\.\.\.|  .*|)")  # a line of a difference
CLOSING = (
    "## Exercises of this lesson\n\n{}\n\nThe files are yours after `micrograd exercises start`."
)
EXERCISE = "- {0.number} {0.title}: `micrograd exercises check {0.name}`"
NO_EXERCISES = "To practise, run `micrograd exercises list` in a terminal."


@dataclass(frozen=True)
class Cell:
    """A piece of Markdown, or of Python; if it was run, with what it `printed` and `returned`.

    A `question` is read and never run. A `solution` stays folded until the reader asks for it, a
    `check` is code that only a notebook shows, and a `quiz` draws a picture whose page asks. A
    `remark` is text on the solution, which is folded with it.
    """

    code: bool
    text: str
    printed: str = ""
    returned: object = None
    tag: str = ""  # "question", "solution", "remark", "check", "quiz" or ""
    alt: str = ""  # the plot that it returns, in words

    @cached_property
    def question(self) -> Question | None:
        """The question that the cell asks, if it is one."""
        return parse_question(self.text) if self.tag == "question" else None


@dataclass(frozen=True)
class Lesson:
    """One chapter of the lecture."""

    number: int
    path: Path = field(repr=False)

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells of the script, and one that names the exercises, as the first one does, too.

        `# %%` begins a cell of Python, `# %% [markdown]` one of text.
        """
        _, *parts = re.split(r"^# %%(.*)\n", self.text, flags=re.MULTILINE)
        cells = [as_cell(mark, text.strip("\n")) for mark, text in zip(parts[::2], parts[1::2])]
        first, *rest = cells
        head = LINK.sub(lambda link: link[0] + self.after_lecture, first.text)
        return [replace(first, text=head), *rest, Cell(False, self.closing)]

    @property
    def exercises(self) -> list[Task]:
        """The tasks that belong to the lesson."""
        return [task for task in tasks() if task.lesson == self.number]

    @property
    def after_lecture(self) -> str:
        """The exercises to do after the chapter: ", then exercises 5.1 and 5.2", or ""."""
        numbers = [task.number for task in self.exercises]
        noun = "exercise" if len(numbers) == 1 else "exercises"
        return f", then {noun} {join_words(numbers)}" if numbers else ""

    @property
    def closing(self) -> str:
        """The text below the lesson, which names its exercises and the command for each."""
        rows = [EXERCISE.format(task) for task in self.exercises]
        return CLOSING.format("\n".join(rows)) if rows else NO_EXERCISES

    @property
    def chapter(self) -> tuple[str, str]:
        """Where the chapter begins and ends in the lecture: ("32:10", "51:10"), or two times ""."""
        link = LINK.search(re.sub("^# ", "", self.text, flags=re.MULTILINE))
        return (link[1], link[2] or "") if link else ("", "")

    @property
    def name(self) -> str:
        """The name of the file without its number and ending: "the_value_object"."""
        return self.path.stem[3:]

    @property
    def title(self) -> str:
        """The title without the number: "The Value object and its picture"."""
        return self.search(r"^# # \d+\. (.*)$", "title")

    @property
    def goal(self) -> str:
        """The goal of the lesson, one sentence."""
        text = self.search(r"^# \*\*Goal:\*\* ((?:.|\n)*?)\n#\s*$", "goal")
        return re.sub(r"\n# ", " ", text)

    @property
    def seconds(self) -> int:
        """Where the chapter begins in the lecture; 0 for a lesson beyond the lecture."""
        match = re.search(re.escape(LECTURE) + r"(\d+)", self.text)
        return int(match[1]) if match else 0

    @property
    def needs(self) -> list[str]:
        """The packages beyond the base install that the lesson imports."""
        return sorted(set(re.findall(r"^import (torch)$", self.text, re.MULTILINE)))

    @property
    def questions(self) -> list[Question]:
        """The questions that the lesson asks, in order."""
        return [cell.question for cell in self.cells if cell.question]

    def search(self, pattern: str, what: str) -> str:
        """Return the first group of the pattern in the script. Raises ValueError without one."""
        match = re.search(pattern, self.text, re.MULTILINE)
        if match is None:
            raise ValueError(messages.no_heading(self.path, what))
        return match[1]

    def run(self) -> list[Cell]:
        """Run the cells in order, and return them. Errors of a cell are not caught.

        Raises KeyboardInterrupt after Ctrl-C, which a training in a cell would end alone.
        """
        names: dict = {"__name__": f"lesson_{self.number}"}
        cells = []
        for cell in self.cells:
            with ctrl_c_ends():
                cells.append(run_cell(cell, names, str(self.path)) if cell.code else cell)
        return cells


def lessons() -> list[Lesson]:
    """Return all lessons, in order."""
    return [Lesson(int(path.name[:2]), path) for path in sorted(FOLDER.glob("[0-9]*.py"))]


def find_lesson(wanted: int | str) -> Lesson:
    """Return the lesson of that number or name. Raises ValueError if there is none."""
    all_lessons = lessons()
    for lesson in all_lessons:
        number = str(wanted).lstrip("0")
        if number == str(lesson.number) or wanted == lesson.name:
            return lesson
    names = [lesson.name for lesson in all_lessons]
    raise ValueError(messages.no_such_lesson(wanted, names))


def link_glossary(text: str, target: str = "") -> str:
    """Return the Markdown with its links to the glossary: to `target` with {}, or as plain words.

    >>> link_glossary("the [grad](glossary:grad) of a", "words.html#{}")
    'the [grad](words.html#grad) of a'
    """

    def link(match: re.Match) -> str:
        return f"[{match[1]}]({target.format(match[2])})" if target else match[1]

    return GLOSSARY.sub(link, text)


def is_difference(text: str) -> bool:
    """Return whether the text is a difference: lines that begin with "+ " or "- ".

    >>> is_difference("  a\\n+ b"), is_difference("+ 1 apple, 2 pears\\nand 3 plums")
    (True, False)
    """
    lines = text.splitlines()
    has_new = any(line.startswith(("+ ", "- ")) for line in lines)
    return has_new and all(map(DIFFERENCE.fullmatch, lines))


def as_cell(mark: str, text: str) -> Cell:
    """Return the cell of these lines, which stood below `# %%` and `mark`."""
    if "[markdown]" in mark:
        prose = re.sub(r"^# ?", "", text, flags=re.MULTILINE)
        return Cell(False, prose, tag="remark" if 'tags=["remark"]' in mark else "")
    tag = re.search(r'tags=\["(question|solution|check|quiz)"\]', mark)
    alt = re.match(r"# alt: (.*\n(?:# .*\n)*)", text)
    code = text[alt.end() :] if alt else text
    words = alt[1].replace("\n# ", " ").strip() if alt else ""
    return Cell(True, code, tag=tag[1] if tag else "", alt=words)


def run_cell(cell: Cell, names: dict, where: str) -> Cell:
    """Return the cell with what it prints, and the value of its last line if it has one."""
    if cell.question:
        return cell
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        returned = evaluate(cell.text, names, where)
    return replace(cell, printed=printed.getvalue(), returned=returned)


def evaluate(code: str, names: dict, where: str) -> Any:
    """Run the code in the namespace; return the value of its last line, None if it has none."""
    tree = ast.parse(code, where)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        tree.body.pop()
    exec(compile(tree, where, "exec"), names)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), where, "eval"), names)
    return None


def mime_bundle(x: Any) -> dict[str, Any]:
    """Return {MIME type: content} of a picture, a plot or anything else, as notebooks store it."""
    if hasattr(x, "_repr_mimebundle_"):
        return x._repr_mimebundle_()
    if hasattr(x, "savefig"):
        return {"image/png": base64.b64encode(png(x)).decode(), "text/plain": repr(x)}
    return {"text/plain": repr(x)}
