"""Lessons as files: each in the formats that were asked for, and a page that lists them all."""

from collections.abc import Sequence
from pathlib import Path

from micrograd.course.lesson import Cell, Lesson
from micrograd.course.notebook import render_notebook
from micrograd.course.page import render_index, render_page
from micrograd.support import files


def write_lesson(
    lesson: Lesson,
    cells: list[Cell],
    endings: Sequence[str],
    folder: Path,
    lessons: Sequence[Lesson] = (),
) -> list[Path]:
    """Write the cells as .ipynb or .html into the folder; return the paths.

    A page links to its neighbours among `lessons`, which are written to the same folder.
    """
    paths = []
    for ending in endings:
        if ending == ".ipynb":
            content = render_notebook(lesson, cells)
        else:
            content = render_page(lesson, cells, lessons)
        paths.append(files.write(folder / f"{lesson.path.stem}{ending}", content))
    return paths


def write_index(lessons: Sequence[Lesson], folder: Path) -> Path:
    """Write the page that lists the lessons; return its path."""
    return files.write(folder / "index.html", render_index(lessons))
