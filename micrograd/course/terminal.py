"""A lesson in a terminal: text, code in colours with what it prints, and pictures as trees."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

from micrograd.course.lesson import Cell, Lesson, link_glossary
from micrograd.course.questions import Question
from micrograd.drawing import tree

THEME = "ansi_dark"  # the terminal's own colours
PLOT = "(a plot: `micrograd learn {} --html` or `--notebook` shows it)"


def run_if_possible(lesson: Lesson) -> list[Cell]:
    """Return the cells of the lesson with their outputs, or without if it lacks a package."""
    return lesson.cells if missing_packages(lesson) else lesson.run()


def show(lesson: Lesson, console: Console, cells: list[Cell]) -> None:
    """Print the cells of the lesson, and below them the answers and the solution."""
    later = [cell for cell in cells if cell.tag in ("question", "solution")]
    for cell in cells:
        if cell.tag not in ("solution", "check"):
            console.print(Group(*render_cell(cell, lesson.number)))
    if later:
        console.print(Markdown("## Answers"), Text())
    for cell in later:
        answer = Cell(False, answer_of(cell.question)) if cell.question else cell
        console.print(Group(*render_cell(answer, lesson.number)))


def answer_of(question: Question) -> str:
    """Return the answer and its reason, as Markdown."""
    return f"{question.text} **{question.answer_text}.** {question.why}"


def ask(question: Question) -> str:
    """Return the question with its choices, as Markdown."""
    choices = "".join(f"\n- {choice}" for choice in question.choices)
    return f"> **Your guess?** {question.text}\n{choices}"


def missing_packages(lesson: Lesson) -> list[str]:
    """Return the packages that the lesson needs and that are not installed."""
    return [name for name in lesson.needs if not find_spec(name)]


def render_cell(cell: Cell, number: int) -> Iterator[RenderableType]:
    """Yield rich's renderables of a cell of lesson `number`."""
    if not cell.code or cell.question:
        text = ask(cell.question) if cell.question else cell.text
        yield Markdown(link_glossary(text))
        yield Text()
        return
    code = Syntax(cell.text, "python", theme=THEME, background_color="default", word_wrap=True)
    yield Padding(code, (0, 2))
    if printed := cell.printed.rstrip():
        yield Padding(Text(printed), (1, 4, 0, 4))
    if returned := as_text(cell.returned, number):
        text = Text(returned)
        if hasattr(cell.returned, "svg"):
            text.no_wrap, text.overflow = True, "ellipsis"
        yield Padding(text, (1, 4, 0, 4))
    yield Text()


def as_text(x: Any, number: int) -> str:
    """Return the result of a cell of lesson `number` as text; "" for None."""
    if x is None:
        return ""
    if hasattr(x, "root"):
        return tree(x.root)
    is_drawn = hasattr(x, "svg") or hasattr(x, "savefig")
    return PLOT.format(number) if is_drawn else repr(x)
