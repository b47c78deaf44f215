"""Columns: whether one holds numbers or categories, and whether it is informative at all.

Rule: a cell is a float, a text, or None where it is missing; every doubt is noted.
"""

import re
from dataclasses import dataclass

from micrograd import errors
from micrograd.tables import messages, notes
from micrograd.tables.csv_table import Table

MISSING = {"", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null"}
MOSTLY = 0.9  # the share of numbers that makes a column one of numbers
LIKE_A_NUMBER = re.compile(r"\W*\d")  # a date, an amount of money, a number with a unit
COUNTERS = ("id", "index", "row", "no", "nr", "#")  # lower-case names of columns that count rows


@dataclass
class Column:
    """A column. `kind` is "number" or "category"; cells are floats or texts, None where missing."""

    name: str
    kind: str
    cells: list

    @property
    def present(self) -> list:
        """The cells that are not missing."""
        return [cell for cell in self.cells if cell is not None]

    @property
    def missing(self) -> list[int]:
        """The places of the rows whose cell is missing."""
        return [i for i, cell in enumerate(self.cells) if cell is None]

    def only(self, places: list[int]) -> "Column":
        """Return the column of the rows at those places."""
        return Column(self.name, self.kind, [self.cells[i] for i in places])


def infer_column(table: Table, name: str) -> Column:
    """Return the column of that name, of the kind that most of its cells have."""
    texts, numbers = parse_cells(table, name)
    known = len(texts) - texts.count(None)
    count = len(numbers) - numbers.count(None)
    if count and count >= MOSTLY * known:
        return as_numbers(table, name, texts, numbers)
    note_texts(table, name, texts, numbers)
    return Column(name, "category", texts)


def note_texts(table: Table, name: str, texts: list, numbers: list) -> None:
    """Note that a column of texts has numbers, or texts that look like numbers."""
    known = [text for text in texts if text is not None]
    lines = [line for line, x in zip(table.lines, numbers) if x is not None]
    similar = [text for text in known if LIKE_A_NUMBER.match(text)]
    if lines:
        table.notes.append(notes.numbers_among_texts(name, lines, len(known)))
    elif similar and len(similar) >= MOSTLY * len(known):
        table.notes.append(notes.like_numbers(name, similar[0]))


def column_of_kind(table: Table, name: str, kind: str) -> Column:
    """Return the column of that name, of a kind that is known already."""
    texts, numbers = parse_cells(table, name)
    if kind == "number":
        return as_numbers(table, name, texts, numbers)
    return Column(name, kind, texts)


def parse_cells(table: Table, name: str) -> tuple[list, list]:
    """Return the texts and the numbers of the cells, None where a cell has none."""
    texts = [None if text in MISSING else text for text in table.cells(name)]
    return texts, [text and table.number(text) for text in texts]


def as_numbers(table: Table, name: str, texts: list, numbers: list) -> Column:
    """Return the column of numbers; a text that is not a number counts as missing."""
    known = len(texts) - texts.count(None)
    pairs = enumerate(zip(texts, numbers))
    odd = [i for i, (text, x) in pairs if text is not None and x is None]
    if odd:
        lines = [table.lines[i] for i in odd]
        share = 1.0 - len(odd) / known
        note = notes.texts_among_numbers(name, lines, texts[odd[0]], share)
        table.notes.append(note)
    if any("," in text for text, x in zip(texts, numbers) if x is not None):
        table.notes.append(notes.commas(name, between=table.delimiter == ","))
    return Column(name, "number", numbers)


def is_informative(table: Table, column: Column) -> bool:
    """Return whether something can be learned from the column; if not, note the reason."""
    reason = reason_to_drop(column)
    if reason:
        table.notes.append(notes.dropped(column.name, reason))
    return not reason


def reason_to_drop(column: Column) -> str:
    """Return why nothing can be learned from the column, or "" if something can."""
    known = column.present
    different = set(known)
    if not different:
        return notes.empty()
    is_complete = len(known) == len(column.cells)
    if len(different) == 1 and (column.kind == "number" or is_complete):
        return notes.constant(known[0])
    if len(different) == len(known) and is_identifier(column, known):
        return notes.identifier(len(known))
    return ""


def is_identifier(column: Column, known: list) -> bool:
    """Return whether cells that all differ are names of rows, and not measurements."""
    if column.kind == "category":
        return True
    name = column.name.lower()
    counter = name in COUNTERS or name.startswith("unnamed")
    return counter and all(x.is_integer() for x in known)


def find_column(names: list[str], name: str, path: object) -> str:
    """Return the name. Raises TableError, with the nearest one, if no column has that name."""
    if name not in names:
        raise errors.TableError(messages.no_such_column(path, name, names))
    return name
