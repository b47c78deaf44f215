"""A lesson as a notebook, with its outputs, which Jupyter, VS Code and Colab can open.

Rule: the text is what the package nbformat would write, version 4.5 of its format.
"""

import json

from micrograd.course.lesson import Cell, Lesson, link_glossary, mime_bundle

METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
    "jupytext": {"main_language": "python"},
}


def render_notebook(lesson: Lesson, cells: list[Cell]) -> str:
    """Return the text of an .ipynb of the lesson's cells; the same cells give the same text."""
    content = {
        "cells": [as_json(cell, i) for i, cell in enumerate(cells)],
        "metadata": METADATA,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def as_json(cell: Cell, i: int) -> dict:
    """Return cell number `i` in the notebook format."""
    if cell.question:
        cell = Cell(False, f"**Your guess?** {cell.question.text}")
    if not cell.code:
        cell = Cell(False, link_glossary(cell.text))
    parts = {"id": f"cell-{i}", "metadata": {}, "source": lines(cell.text)}
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
