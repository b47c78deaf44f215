"""A lesson as a notebook, with its outputs: a file that Jupyter, VS Code and Colab open."""

import jupytext
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from micrograd.course.lesson import Cell, Lesson, media

METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
    "jupytext": {"main_language": "python", "text_representation": {"format_name": "percent"}},
}


def render_notebook(lesson: Lesson, cells: list[Cell]) -> str:
    """The text of an .ipynb of the lesson's cells, run or not; the same every time."""
    made = new_notebook(cells=[as_cell(cell, i) for i, cell in enumerate(cells)])
    made.metadata.update(METADATA)
    return jupytext.writes(made, fmt="ipynb", version=nbformat.NO_CONVERT) + "\n"


def as_cell(cell: Cell, i: int):
    name = f"cell-{i}"
    if not cell.code:
        return new_markdown_cell(cell.text, id=name)
    return new_code_cell(cell.text, id=name, outputs=list(outputs(cell)))


def outputs(cell: Cell):
    if cell.printed:
        yield new_output("stream", name="stdout", text=cell.printed)
    if cell.returned is not None:
        yield new_output("execute_result", data=media(cell.returned))
