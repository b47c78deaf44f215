"""A lesson in a terminal: text, code in colours, what that prints, and pictures as trees."""

from importlib.util import find_spec

from rich.console import Console, Group
from rich.markdown import Markdown
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

from micrograd.course.lesson import Cell, Lesson
from micrograd.drawing import tree
from micrograd.support.extras import missing_extra

THEME = "ansi_dark"  # the terminal's own colours
PLOT = "(a plot, which `micrograd learn {} --html` and `--notebook` show)"


def show(lesson: Lesson, console: Console) -> None:
    """Print it; where it needs what is not installed, without outputs, and say how to get it."""
    found = missing(lesson)
    for cell in lesson.cells if found else lesson.run():
        console.print(Group(*parts(cell, lesson.number)))
    for name in found:
        console.print(missing_extra(name, name), soft_wrap=True, markup=False)


def missing(lesson: Lesson) -> list[str]:
    """What it needs and is not installed."""
    return [name for name in lesson.needs if not find_spec(name)]


def parts(cell: Cell, number: int):
    """What to print for a cell: yields rich's renderables."""
    if not cell.code:
        yield Markdown(cell.text)
        yield Text()
        return
    how = {"theme": THEME, "background_color": "default", "word_wrap": True}
    yield Padding(Syntax(cell.text, "python", **how), (0, 2))
    if printed := cell.printed.rstrip():
        yield Padding(Text(printed), (1, 4, 0, 4))
    if returned := as_text(cell.returned, number):
        lines = {"no_wrap": True, "overflow": "ellipsis"} if hasattr(cell.returned, "svg") else {}
        yield Padding(Text(returned, **lines), (1, 4, 0, 4))
    yield Text()


def as_text(x, number: int) -> str:
    if x is None:
        return ""
    if hasattr(x, "svg"):
        return tree(x.root)
    return PLOT.format(number) if hasattr(x, "savefig") else repr(x)
