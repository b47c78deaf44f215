"""Columns: whether one is of numbers or of categories, and whether it says anything at all.

Rule: a cell is a float or a text, None where it is missing; what was doubtful is noted.
"""

import re
from dataclasses import dataclass

from micrograd import errors
from micrograd.tables import messages, notes
from micrograd.tables.csv_table import Table

MISSING = {"", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null"}
MOSTLY = 0.9  # of the cells: a column with as many numbers is one of numbers
LIKE_A_NUMBER = re.compile(r"\W*\d")  # a date, an amount of money, a number with a unit
COUNTERS = ("id", "index", "row", "no", "nr", "#")  # names, in small letters, of what counts rows


@dataclass
class Column:
    """A column of `kind` "number" or "category"; its cells are floats or texts, None if missing."""

    name: str
    kind: str
    cells: list

    @property
    def known(self) -> list:
        return [cell for cell in self.cells if cell is not None]

    @property
    def missing(self) -> list[int]:
        """The places of the rows that have no cell here."""
        return [i for i, cell in enumerate(self.cells) if cell is None]

    def only(self, places: list[int]) -> "Column":
        return Column(self.name, self.kind, [self.cells[i] for i in places])


def column(table: Table, name: str) -> Column:
    """The column of that name, of the kind that most of its cells have."""
    texts, numbers = parsed(table, name)
    known = len(texts) - texts.count(None)
    count = len(numbers) - numbers.count(None)
    if count and count >= MOSTLY * known:
        return as_numbers(table, name, texts, numbers)
    note_texts(table, name, texts, numbers)
    return Column(name, "category", texts)


def note_texts(table: Table, name: str, texts: list, numbers: list) -> None:
    """Say of a column of texts that it has numbers, or that its texts look like some."""
    known = [text for text in texts if text is not None]
    lines = [line for line, x in zip(table.lines, numbers) if x is not None]
    like = [text for text in known if LIKE_A_NUMBER.match(text)]
    if lines:
        table.notes.append(notes.numbers_among_texts(name, lines, len(known)))
    elif like and len(like) >= MOSTLY * len(known):
        table.notes.append(notes.like_numbers(name, like[0]))


def column_of_kind(table: Table, name: str, kind: str) -> Column:
    """The column, of a kind that is known already."""
    texts, numbers = parsed(table, name)
    if kind == "number":
        return as_numbers(table, name, texts, numbers)
    return Column(name, kind, texts)


def parsed(table: Table, name: str) -> tuple[list, list]:
    """(texts, numbers) of the cells, None where there is none."""
    texts = [None if text in MISSING else text for text in table.cells(name)]
    return texts, [text and table.number(text) for text in texts]


def as_numbers(table: Table, name: str, texts: list, numbers: list) -> Column:
    """The column of numbers; a text that is none counts as missing."""
    known = len(texts) - texts.count(None)
    odd = [i for i, (text, x) in enumerate(zip(texts, numbers)) if text is not None and x is None]
    if odd:
        lines = [table.lines[i] for i in odd]
        share = 1.0 - len(odd) / known
        table.notes.append(notes.texts_among_numbers(name, lines, texts[odd[0]], share))
    if any("," in text for text, x in zip(texts, numbers) if x is not None):
        table.notes.append(notes.commas(name, between=table.delimiter == ","))
    return Column(name, "number", numbers)


def telling(table: Table, column: Column) -> bool:
    """Whether something can be learned from the column; if not, why is noted."""
    why = useless(column)
    if why:
        table.notes.append(notes.dropped(column.name, why))
    return not why


def useless(column: Column) -> str:
    """Why nothing can be learned from the column; "" if something can."""
    known = column.known
    different = set(known)
    if not different:
        return notes.empty()
    if len(different) == 1 and (column.kind == "number" or len(known) == len(column.cells)):
        return notes.constant(known[0])
    if len(different) == len(known) and is_identifier(column, known):
        return notes.identifier(len(known))
    return ""


def is_identifier(column: Column, known: list) -> bool:
    """Whether cells that are all different are names of rows, and not measured."""
    if column.kind == "category":
        return True
    name = column.name.lower()
    counter = name in COUNTERS or name.startswith("unnamed")
    return counter and all(x.is_integer() for x in known)


def find(names: list[str], name: str, path) -> str:
    """The name, if there is such a column. TableError, with the nearest one, if not."""
    if name not in names:
        raise errors.TableError(messages.no_such_column(path, name, names))
    return name
