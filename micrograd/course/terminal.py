"""A lesson in a terminal: text, code in colours with what it prints, pictures as trees, and plots.

Rule: an answer never stands above its question. `show` folds all answers to the end; `reading` lets
them wait until the reader has guessed.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

from micrograd.course.lesson import Cell, Lesson, is_difference, link_glossary
from micrograd.course.questions import LETTERS, Question
from micrograd.drawing import tree
from micrograd.support.text_plot import text_plot

THEME = "ansi_dark"  # the terminal's own colours
INDENT = 4  # columns before what a cell prints
STYLES = {"+": "green", "-": "red"}
PLOT = "a picture, which --html and --notebook show"
NARROW = 64  # columns: below, code of 60 columns has no room for a margin


def run_if_possible(lesson: Lesson) -> list[Cell]:
    """Return the cells of the lesson with their outputs, or without if it lacks a package."""
    return lesson.cells if missing_packages(lesson) else lesson.run()


def missing_packages(lesson: Lesson) -> list[str]:
    """Return the packages that the lesson needs and that are not installed."""
    return [name for name in lesson.needs if not find_spec(name)]


def show(console: Console, cells: list[Cell]) -> None:
    """Print the cells of a lesson, and below them the answers and the solution."""
    shown, later = fold(cells)
    for cell in shown:
        console.print(render_cell(cell, console.width))
    if later:
        console.print(Markdown("## Answers"), Text())
    for cell in later:
        if cell.question:
            console.print(render_text(f"{cell.question.text} {answer_of(cell.question)}"))
        else:
            console.print(render_cell(cell, console.width))


def fold(cells: list[Cell]) -> tuple[list[Cell], list[Cell]]:
    """Return the cells to show, and those whose answer or solution comes at the end."""
    later = [cell for cell in cells if cell.tag in ("question", "solution", "remark")]
    shown = [cell for cell in cells if cell.tag not in ("solution", "remark", "check")]
    return shown, later


# ------------------------------------------------------------------------------------- renderables


def render_cell(cell: Cell, columns: int) -> RenderableType:
    """Return the rich renderable of a cell; a question comes without its answer."""
    if cell.question:
        return render_text(asking(cell.question))
    if not cell.code:
        return render_text(cell.text)
    return Group(*render_code(cell, columns), Text())


def render_text(text: str) -> RenderableType:
    """Return the Markdown with an empty line below it."""
    return Group(Markdown(link_glossary(text)), Text())


def asking(question: Question) -> str:
    """Return the question with its choices, as Markdown."""
    labels = [f"{letter})" for letter in LETTERS] if question.has_letters else ["-"] * 10
    choices = [f"> {label} {choice}" for label, choice in zip(labels, question.choices)]
    return "\n>\n".join([f"> {question.text}", *choices])


def answer_of(question: Question) -> str:
    """Return the answer and its reason, as Markdown."""
    return f"**{question.answer_text.rstrip('.')}**. {question.why}"


def render_code(cell: Cell, columns: int) -> Iterator[RenderableType]:
    """Yield the code in colours, and what it prints and returns."""
    code = Syntax(cell.text, "python", theme=THEME, background_color="default", word_wrap=True)
    yield Padding(code, (0, 2 if columns > NARROW else 0))
    around = (1, INDENT, 0, INDENT)
    if printed := cell.printed.rstrip():
        yield Padding(coloured(printed) if is_difference(printed) else Text(printed), around)
    if returned := as_text(cell.returned, cell.alt, columns - 2 * INDENT):
        yield Padding(Text(returned), around)


def coloured(difference: str) -> Text:
    """Return a difference whose new lines are green, and those that are gone red."""
    text = Text()
    for line in difference.splitlines():
        style = STYLES.get(line[:1], "")
        text.append(f"{line}\n", style)
    text.rstrip()
    return text


def as_text(x: Any, alt: str = "", columns: int = 80) -> str:
    """Return the result of a cell as text; "" for None. A plot has its `alt` below it."""
    if x is None:
        return ""
    if hasattr(x, "root"):
        return tree(x.root, columns)
    if not hasattr(x, "svg") and not hasattr(x, "savefig"):
        return repr(x)
    plot = text_plot(x, columns) if hasattr(x, "savefig") else ""
    caption = f"({alt or PLOT})" if alt or not plot else ""
    return "\n".join(filter(None, [plot, caption]))
