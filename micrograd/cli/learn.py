"""The command `micrograd learn`: the lessons, listed, read on a terminal or written to files.

Rule: no file is overwritten unless the user asks for it, and every file that is written is listed.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from micrograd.cli import messages
from micrograd.cli.console import (
    list_files,
    report,
    show_status,
    stop,
    stop_writing,
)
from micrograd.cli.options import AsJson, argument, flag, text

LEARN_HELP = """Read the lecture, chapter by chapter, as lessons that run.

Without a number, list the lessons and show which of them you have read. On a terminal, a lesson \
comes part by part and asks: type your guess, or press Enter to skip the question. After q, the \
next reading goes on where you were.

[bold]Examples[/bold]

  micrograd learn

  micrograd learn 5

  micrograd learn 5 --html --dir lessons

  micrograd learn --all --notebook
"""


def lesson_names() -> list[str]:
    from micrograd.course import lesson

    return [each.name for each in lesson.lessons()]


def learn(
    name: Annotated[
        str, argument("The number of a lesson, or a word of its title.", "LESSON", lesson_names)
    ] = "",
    every: Annotated[bool, flag("all", "Take all lessons.")] = False,
    as_notebook: Annotated[bool, flag("notebook", "Write a notebook, as .ipynb.")] = False,
    as_html: Annotated[bool, flag("html", "Write an HTML page that works offline.")] = False,
    folder: Annotated[Path, text("The folder to write to.", "FOLDER", "--dir")] = Path(),
    force: Annotated[bool, flag("force", "Overwrite existing files.")] = False,
    no_pager: Annotated[
        bool, flag("no-pager", "Print a lesson in one piece, with its answers at the end.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the lessons, read the chosen ones, or write them in the chosen formats."""
    from micrograd.course import lesson

    endings = [*([".ipynb"] if as_notebook else []), *([".html"] if as_html else [])]
    if name and every:
        raise stop(messages.one_or_all_lessons(name))
    if not endings and (force or folder != Path()):
        raise stop(messages.nothing_to_write())
    if endings and not name and not every:
        raise stop(messages.which_lesson())
    try:
        if not name and not every:
            return list_lessons(as_json)
        lessons = lesson.lessons() if every else [lesson.find_lesson(name)]
        if endings:
            write_lessons(lessons, endings, folder, force, as_json)
        else:
            read_lessons(lessons, no_pager, as_json)
        return require_packages(lessons)
    except ValueError as error:
        raise stop(str(error)) from error
    except OSError as error:
        if not endings:
            raise  # `guard_output` tells of the standard output, once
        raise stop_writing(folder, error) from error


# ------------------------------------------------------------------------------------------- list


def list_lessons(as_json: bool) -> None:
    """Print the list of all lessons, in which those that the user has read are marked."""
    from micrograd.course import lesson, progress

    read = progress.read().read
    rows = []
    for each in lesson.lessons():
        start, end = each.chapter
        row = {"number": each.number, "title": each.title, "start": start, "end": end}
        numbers = [task.number for task in each.exercises]
        rows.append({**row, "exercises": numbers, "read": each.name in read})
    report({"lessons": rows}, {}, as_json, lambda console: console.print(lesson_table(rows)))


def lesson_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="micrograd learn NUMBER", title_justify="left", box=None)
    for header in ("", "lesson", "in the lecture", "exercises", "read"):
        table.add_column(header)
    for row in rows:
        mark = "yes" if row["read"] else ""
        chapter = " to ".join(filter(None, [row["start"], row["end"]]))
        cells = (escape(row["title"]), chapter, first_to_last(row["exercises"]), mark)
        table.add_row(str(row["number"]), *cells)
    return table


def first_to_last(numbers: list[str]) -> str:
    """Return the numbers in short: "8.1 to 8.3"."""
    return " to ".join(dict.fromkeys([numbers[0], numbers[-1]])) if numbers else ""


# ------------------------------------------------------------------------------------------- read


def run_lesson(lesson: Any, as_json: bool) -> list:
    """Return the cells of the lesson, with what they print where their packages are installed."""
    from micrograd.course import terminal

    with show_status(f"running lesson {lesson.number}", as_json):
        return terminal.run_if_possible(lesson)


def read_lessons(lessons: list, no_pager: bool, as_json: bool) -> None:
    """Print the lessons. One on a terminal waits for guesses, unless the user wants no pager."""
    from micrograd.course import progress, reading, terminal

    console = Console(highlight=False)
    waits = console.is_terminal and sys.stdin.isatty() and not no_pager and not as_json
    os.environ.setdefault("LESS", "-R")  # or the pager less would print the codes of colours
    for lesson in lessons:
        cells = run_lesson(lesson, as_json)
        if as_json:
            report(lesson_as_json(lesson, cells), {}, True, print)
        elif len(lessons) == 1 and waits:
            reading.edit_lines()
            reading.Reader(lesson, console, cells).read()
        else:
            with console.pager(styles=True) if waits else nullcontext():
                terminal.show(console, cells)
            if len(lessons) == 1:
                progress.mark(lesson.name)


def require_packages(lessons: list) -> None:
    """End the command with code 2, and the line to install, if a lesson lacks a package."""
    from micrograd.course import terminal

    missing = {lesson: terminal.missing_packages(lesson) for lesson in lessons}
    names = [f"lesson {lesson.number}" for lesson in lessons if missing[lesson]]
    packages = dict.fromkeys(name for names in missing.values() for name in names)
    if names:
        raise stop(messages.lessons_not_run(names, packages))


def lesson_as_json(lesson: Any, cells: list) -> dict[str, Any]:
    """Return the lesson as JSON: its cells, with what they printed, and at the end the answers."""
    from micrograd.course import terminal

    shown, later = terminal.fold(cells)
    rows = [cell_as_json(each) for each in shown]
    answers = [answer_as_json(each.question) for each in later if each.question]
    solutions = [each.text for each in later if not each.question]
    head = {"number": lesson.number, "title": lesson.title, "cells": rows}
    return {**head, "answers": answers, "solutions": solutions}


def cell_as_json(cell: Any) -> dict[str, Any]:
    """Return a cell with what it printed; a question has its name, text and choices."""
    if not cell.question:
        return {"code": cell.code, "text": cell.text, "printed": cell.printed}
    row = {"code": False, "text": cell.question.text, "printed": ""}
    return {**row, "question": cell.question.name, "choices": list(cell.question.choices)}


def answer_as_json(question: Any) -> dict[str, Any]:
    return {"question": question.name, "answer": question.answer, "why": question.why}


# ------------------------------------------------------------------------------------------ write


def write_lessons(
    lessons: Sequence[Any], endings: list[str], folder: Path, force: bool, as_json: bool
) -> None:
    """Write each lesson with its outputs, in each format, and list the files.

    Raises ValueError if a file is there already and `force` is not set.
    """
    from micrograd.course import write_index

    has_index = len(lessons) > 1 and ".html" in endings
    if not force:
        refuse_to_overwrite(lessons, endings, folder, has_index)
    written: dict[Path, str] = {}
    console = Console(highlight=False, quiet=as_json)
    for lesson in lessons:
        written |= write_one(console, lesson, endings, folder, lessons)
    if has_index:
        index = {write_index(lessons, folder): "the list of the lessons"}
        list_files(console, index)
        written |= index
    if as_json:
        report({"lessons": [lesson.number for lesson in lessons]}, written, True, print)
    elif ".ipynb" in endings:
        path = next(path for path in written if path.suffix == ".ipynb")
        console.print(f"[dim]open it with: jupyter lab {escape(str(path))}[/dim]", soft_wrap=True)


def refuse_to_overwrite(
    lessons: Sequence[Any], endings: list[str], folder: Path, has_index: bool
) -> None:
    """Raise ValueError if one of the files to write is there already."""
    names = [f"{lesson.path.stem}{ending}" for lesson in lessons for ending in endings]
    if has_index:
        names.append("index.html")
    for path in [folder / name for name in names]:
        if path.exists():
            raise ValueError(messages.already_exists(path))


def write_one(
    console: Console, lesson: Any, endings: list[str], folder: Path, lessons: Sequence[Any]
) -> dict[Path, str]:
    """Write one of the lessons, which links to the others, and list its files."""
    from micrograd.course import write_lesson

    cells = run_lesson(lesson, console.quiet)
    written = dict.fromkeys(write_lesson(lesson, cells, endings, folder, lessons), "")
    list_files(console, written)
    return written
