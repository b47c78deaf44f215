"""A lesson as a notebook, with its outputs, which Jupyter, VS Code and Colab can open.

Rule: the text is what the package nbformat would write, version 4.5 of its format. An answer is
folded, or its cell has to be run; below an exercise stands an empty cell.
"""

import json
import re
from dataclasses import replace

from micrograd.course.lesson import Cell, Lesson, link_glossary, mime_bundle
from micrograd.course.terminal import answer_of, asking

METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
    "jupytext": {"main_language": "python"},
}


INSTALL = """\
# This installs the course's own package: `micrograd` on PyPI is the original, without a course.
# Put a copy of the repository, or the wheel that `python -m build --wheel` makes there, beside
# this notebook; on Colab, upload the wheel to the files on the left.
import glob
import importlib.util

if not importlib.util.find_spec("micrograd") or not importlib.util.find_spec("micrograd.course"):
    wheels = sorted(glob.glob("**/micrograd-*.whl", recursive=True))
    source = wheels[-1] if wheels else "."
    %pip install {source}"""
GUESS = """\
from micrograd.course import check_guess

guess = ""  # type your guess between the quotation marks, and run this cell
check_guess({}, {!r}, guess) if guess else None"""
FOLDED_TEXT = "<details>\n<summary>{}</summary>\n\n{}\n\n</details>"
TRY = "# your solution"
SOLUTION = "# @title Solution\n{}"  # for Colab, which folds cells that have a title
FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}  # in Jupyter, and in Colab


def render_notebook(lesson: Lesson, cells: list[Cell]) -> str:
    """Return the text of an .ipynb of the lesson's cells; the same cells give the same text."""
    first, *rest = hide_answers(cells)
    shown = [as_json(first), code_cell(INSTALL)]
    for cell in rest:
        shown += for_reader(lesson, cell)
    content = {
        "cells": [{"id": f"cell-{i}", **cell} for i, cell in enumerate(shown)],
        "metadata": METADATA,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def hide_answers(cells: list[Cell]) -> list[Cell]:
    """Return the cells without the outputs that would answer a question, up to the next heading."""
    shown = []
    waits = False
    for cell in cells:
        begins = not cell.code and re.search("^##+ ", cell.text, re.MULTILINE)
        waits = bool(cell.question) or (waits and not begins)
        hidden = waits or cell.tag == "solution"
        shown.append(replace(cell, printed="", returned=None) if hidden else cell)
    return shown


def for_reader(lesson: Lesson, cell: Cell) -> list[dict]:
    """Return the cells of the notebook for one of the lesson: where something is asked, several."""
    if cell.question:
        guess = code_cell(GUESS.format(lesson.number, cell.question.name))
        answer = Cell(False, FOLDED_TEXT.format("Answer", answer_of(cell.question)))
        return [as_json(Cell(False, asking(cell.question))), guess, as_json(answer)]
    if cell.tag == "solution":
        return [code_cell(TRY), {**code_cell(SOLUTION.format(cell.text)), "metadata": FOLDED}]
    if cell.tag == "remark":
        return [as_json(Cell(False, FOLDED_TEXT.format("Why", cell.text)))]
    if cell.tag == "check":
        return [{**as_json(cell), "metadata": FOLDED}]
    return [as_json(cell)]


def code_cell(text: str) -> dict:
    return as_json(Cell(True, text))


def as_json(cell: Cell) -> dict:
    """Return a cell in the notebook format, without its id."""
    text = cell.text if cell.code else link_glossary(cell.text)
    parts = {"metadata": {}, "source": lines(text)}
    if not cell.code:
        return {"cell_type": "markdown", **parts}
    return {"cell_type": "code", "execution_count": None, "outputs": outputs(cell), **parts}


def outputs(cell: Cell) -> list[dict]:
    """Return what the cell printed and returned, in the notebook format."""
    printed = {"output_type": "stream", "name": "stdout", "text": lines(cell.printed)}
    streams = [printed] if cell.printed else []
    if cell.returned is None:
        return streams
    data = {kind: stored(kind, text) for kind, text in mime_bundle(cell.returned).items()}
    result: dict = {"output_type": "execute_result", "execution_count": None, "metadata": {}}
    return [*streams, {**result, "data": data}]


def stored(kind: str, content: str) -> str | list[str]:
    """Return the content of that MIME type as notebooks store it: text as a list of its lines."""
    return content if kind == "image/png" else lines(content)


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
