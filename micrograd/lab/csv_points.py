"""A CSV file as points: the columns that a user chooses, encoded as `micrograd train` does.

Rule: how a cell is read, and what becomes of a category or a missing cell, is decided by the room
of tables; here its numbers become points that the lab can draw.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

from micrograd.errors import TableError
from micrograd.lab import messages
from micrograd.lab.datasets import AMOUNT, CLASSES, TWO_CLASSES, Points
from micrograd.lab.experiment import MOST_INPUTS, MOST_NEURONS, MOST_POINTS
from micrograd.lab.messages import LabError
from micrograd.tables import DELIMITERS, prepare, read_table

MOST_COLUMNS = 2_000  # from which a user can choose
MOST_LINES = 100_000  # a cell may have several
NAME = "the table.csv"  # by which a message calls a file whose name is odd

Result = TypeVar("Result")


def column_names(name: str, text: str) -> list[str]:
    """Return the names of the columns. Raises LabError for a text that is no table.

    >>> column_names("t.csv", "height,weight\\n1.8,80\\n1.6,70\\n")
    ['height', 'weight']
    """
    return with_file(name, text, read_table).names


def points_of_table(
    name: str, text: str, target: str, inputs: Sequence[str], seed: int
) -> tuple[Points, list[str]]:
    """Return the rows of a table as points, and sentences on what was done to its cells.

    A fifth and more of the points is held out.

    Raises LabError for columns that are not there, and for a table that teaches nothing.
    """
    table = with_file(name, text, read_table)
    if len(table.rows) > MOST_POINTS:
        raise LabError(messages.too_many_points(len(table.rows), MOST_POINTS))
    for column in (target, *inputs):
        if column not in table.places:
            raise LabError(messages.no_such_column(column, table.names))
    chosen = [table.places[column] for column in (*inputs, target)]
    rows = [[row[place] for place in chosen] for row in table.rows]
    part = to_csv([[*inputs, target], *rows])
    examples = with_file(name, part, lambda path: prepare(path, target, "auto", seed))
    columns = input_names(examples.encoding.features)
    if len(columns) > MOST_INPUTS:
        raise LabError(messages.too_many_inputs(len(columns), MOST_INPUTS))
    task, classes = task_of(target, examples.classes)
    shares = examples.split
    held = [*shares.validation, *shares.held_out]
    points = Points(
        examples.X[shares.training].tolist(),
        targets_of(task, examples.y[shares.training].tolist()),
        examples.X[held].tolist(),
        targets_of(task, examples.y[held].tolist()),
        tuple(columns),
        classes,
        task,
    )
    return points, examples.table.notes


def task_of(target: str, classes: list[str] | None) -> tuple[str, tuple[str, ...]]:
    """Return the task and the names of the classes, none for an amount."""
    if classes is None:
        return AMOUNT, ()
    if len(classes) > MOST_NEURONS:
        raise LabError(messages.too_many_classes(target, len(classes), MOST_NEURONS))
    return (TWO_CLASSES if len(classes) == 2 else CLASSES), tuple(classes)


def targets_of(task: str, y: list[float]) -> list[float]:
    """Return the targets as Points have them: sides for two classes."""
    return [2.0 * place - 1.0 for place in y] if task == TWO_CLASSES else y


def input_names(features: Sequence[Any]) -> list[str]:
    """Return a name for each input: of a column, of a category, or of a part of a date."""
    names = []
    for feature in features:
        if feature.kind == "category":
            names += [f"{feature.name}={category}" for category in feature.categories]
        elif feature.kind == "date":
            names += [f"{feature.name}, {part.name}" for part in feature.parts]
        else:
            names.append(feature.name)
    return names


def check_size(text: str) -> None:
    """Raise LabError for a text that is far too large to be read while a page waits."""
    first, _, _ = text.lstrip().partition("\n")
    if max(map(first.count, DELIMITERS)) >= MOST_COLUMNS:
        raise LabError(messages.too_wide_a_table(MOST_COLUMNS))
    if text.count("\n") > MOST_LINES:
        raise LabError(messages.too_many_points(text.count("\n"), MOST_POINTS))


def to_csv(rows: list[list[str]]) -> str:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def with_file(name: str, text: str, read: Callable[[Path], Result]) -> Result:
    """Return what `read` makes of a file with that text, which is removed afterwards.

    Its errors become LabErrors, which call the file by the name that the user has given it.
    """
    check_size(text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_text(text, encoding="utf-8", errors="replace", newline="")
        try:
            return read(path)
        except TableError as error:
            shown = name[:60] if name.isprintable() else NAME
            raise LabError(str(error).replace(str(path), shown)) from None
