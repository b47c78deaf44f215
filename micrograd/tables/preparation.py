"""A table as numbers: the rows with a target, the columns to predict from, and the shares of rows.

Rule: every change to the table is noted; what is known of a column comes from the training rows.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from micrograd import errors
from micrograd.tables import messages, notes
from micrograd.tables.column import MISSING, Column
from micrograd.tables.csv_table import Table, read_table
from micrograd.tables.encoding import Classes, Encoding, Number, encoding_of
from micrograd.tables.header import clean
from micrograd.tables.inference import column_of_kind, infer_column
from micrograd.tables.informative import informative_columns
from micrograd.tables.split import LEAST, Split, split
from micrograd.tables.target import target_of

FEW = 30  # held-out rows; scores from fewer are rough


@dataclass
class Examples:
    """A table as numbers: `X` has a row and `y` a number for each row of the table."""

    table: Table
    encoding: Encoding
    X: np.ndarray
    y: np.ndarray
    split: Split

    @property
    def classes(self) -> list[str] | None:
        """The names of the classes; None if the target is an amount."""
        target = self.encoding.target
        return target.classes if isinstance(target, Classes) else None

    def amounts(self, outputs: np.ndarray) -> np.ndarray:
        """Return the amounts that outputs of the model stand for; the target must be an amount."""
        assert isinstance(self.encoding.target, Number)
        return self.encoding.target.values(outputs)

    def rows(self, places: list[int]) -> tuple[np.ndarray, np.ndarray]:
        """Return the inputs and the targets of the rows at those places."""
        return self.X[places], self.y[places]


def prepare(path: Path | str, target: str, task: str, seed: int) -> Examples:
    """Return the table of a CSV file as numbers. Raises TableError if nothing can be learned."""
    table = read_table(path, expected=[target])
    target = find_column(table, target, path)
    table, column = rows_with_target(table, target, task)
    inputs = input_columns(table, target)
    shares = split_rows(table, column, seed)
    encoding = encoding_of(inputs, column, shares.training)
    table.notes = notes.fold([*table.notes, *encoding.notes(inputs, table.lines)])
    y = encoding.target.numbers(column).reshape(-1)
    return Examples(table, encoding, encoding.numbers(inputs), y, shares)


def find_column(table: Table, name: str, path: object) -> str:
    """Return the name as the table has it. Raises TableError, with the nearest one, without it."""
    if clean(name) not in table.places:
        message = messages.no_such_column(path, name, table.names, table.has_header)
        raise errors.TableError(message)
    return clean(name)


def rows_with_target(table: Table, target: str, task: str) -> tuple[Table, Column]:
    """Return the rows that have a target, and the target's column.

    Classes that were asked for are texts, exactly as they stand in the file, and only an empty cell
    is missing.
    """
    if task == "classify":
        column = column_of_kind(table, target, "category", categories=MISSING - {""})
    else:
        column = infer_column(table, target)
    markers = note_markers(table, column, task)
    places = [i for i, cell in enumerate(column.cells) if cell is not None]
    if len(places) < LEAST:
        raise errors.TableError(messages.too_few_rows(len(places), target, LEAST))
    table = table.only(places)
    return table, target_of(table, column.only(places), task, markers)


def note_markers(table: Table, column: Column, task: str) -> list[str]:
    """Return the texts that were read as missing; note them, or that they were read as classes."""
    markers = MISSING.intersection(table.cells(column.name)) - {""}
    as_missing = sorted(markers.difference(column.texts))
    as_classes = sorted(markers.intersection(column.texts))
    if column.missing:
        lines = [table.lines[i] for i in column.missing]
        is_text = column.kind == "category"
        table.notes.append(notes.no_target(column.name, lines, as_missing, is_text))
    if as_classes and task == "classify":
        table.notes.append(notes.markers_as_classes(column.name, as_classes))
    return as_missing


def input_columns(table: Table, target: str) -> list[Column]:
    """Return the columns to predict from. Raises TableError if there are none."""
    columns = [infer_column(table, name) for name in table.names if name != target]
    count = len(table.notes)
    informative = informative_columns(table, columns)
    if not informative:
        raise errors.TableError(messages.no_features(target, table.notes[count:]))
    return informative


def split_rows(table: Table, target: Column, seed: int) -> Split:
    """Return the shares of rows, each with as large a part of every class; note rare classes."""
    groups = target.cells if target.kind == "category" else [""] * len(target.cells)
    shares = split(groups, seed)
    single = [name for name, count in Counter(groups).items() if count == 1]
    if single:
        table.notes.append(notes.single_class(single))
    if len(shares.held_out) < FEW:
        table.notes.append(notes.few_held_out(len(shares.held_out)))
    return shares
