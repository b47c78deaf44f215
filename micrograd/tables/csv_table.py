"""A CSV file as a table of texts: the names of its columns, its rows, and the line of each row.

Rule: a file that cannot be read without doubt is an error that names the line; every other decision
is a sentence in `notes`.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from micrograd import errors
from micrograd.tables import messages
from micrograd.tables.header import clean, read_header
from micrograd.tables.number_format import decimal_pattern
from micrograd.tables.table_file import read_text

DELIMITERS = "\t;|,"  # where several fit the first lines, the first of these is taken
FIRST_LINES = 50  # lines that decide on the delimiter
FIRST_ROWS = 1000  # rows that tell the decimal sign
EXCEL_HEADER = re.compile(r"\Asep=.(?=[\r\n])")  # a first line that names the delimiter


@dataclass
class Table:
    """Rows of cells, as they stand in the file, and the line on which each row begins.

    `has_header` says whether the names of the columns come from the first line of the file.
    """

    names: list[str]
    rows: list[list[str]]
    lines: list[int]
    delimiter: str = ","
    has_header: bool = True
    notes: list[str] = field(default_factory=list)

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each column by its name."""
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def decimal_sign(self) -> str:
        """The decimal sign of the numbers that can be read in one way only, "" if there is none."""
        cells = {cell.strip() for row in self.rows[:FIRST_ROWS] for cell in row}
        signs = [sign for sign in ".," if any(map(decimal_pattern(sign).fullmatch, cells))]
        return signs[0] if len(signs) == 1 else ""

    def cells(self, name: str) -> list[str]:
        """Return the texts of a column, without the blanks around them."""
        place = self.places[name]
        return [clean(row[place]) for row in self.rows]

    def only(self, places: Iterable[int]) -> "Table":
        """Return the table of the rows at those places; it shares the notes."""
        places = list(places)
        rows = [self.rows[i] for i in places]
        return replace(self, rows=rows, lines=[self.lines[i] for i in places])


def read_table(path: Path | str, expected: Collection[str] = ()) -> Table:
    """Return the table of a CSV file, with comma, semicolon, tab or pipe between the cells.

    A first line that has all the `expected` names is a line of names, even if they are numbers.
    Raises TableError for a file that cannot be read, is not text, has no rows, or has rows of
    unequal length.
    """
    text = EXCEL_HEADER.sub("", read_text(path))
    delimiter = find_delimiter(text)
    rows, lines = read_rows(path, text, delimiter)
    if not rows:
        raise errors.TableError(messages.empty_file(path))
    check_lengths(path, rows, lines)
    names, has_header, notes = read_header(rows[0], expected)
    if has_header:
        del rows[0], lines[0]
    if not rows:
        raise errors.TableError(messages.only_a_header(path))
    return Table(names, rows, lines, delimiter, has_header, notes)


def find_delimiter(text: str) -> str:
    """Return the delimiter that cuts most of the first lines into as many cells as the first."""
    head = list(islice(io.StringIO(text, newline=""), FIRST_LINES))
    agreement = {delimiter: count_agreeing(head, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=agreement.__getitem__)
    return best if agreement[best] else ","


def count_agreeing(lines: list[str], delimiter: str) -> int:
    """Return how many lines have as many cells as the first, or 0 if the first has one cell."""
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:  # `read_rows` will report it
        return 0
    return widths.count(widths[0]) if widths and widths[0] > 1 else 0


def read_rows(path: object, text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """Return the rows and the line on which each begins; blank lines are no rows."""
    rows, lines, line = [], [], 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if len(row) > 1 or (row and row[0].strip()):
                rows.append(row)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise errors.TableError(messages.malformed_csv(path, line, error)) from error
    return rows, lines


def check_lengths(path: object, rows: list[list[str]], lines: list[int]) -> None:
    """Raise TableError unless all rows have as many cells as the first."""
    width = len(rows[0])
    wrong = {line: len(row) for row, line in zip(rows, lines) if len(row) != width}
    if wrong:
        raise errors.TableError(messages.unequal_rows(path, wrong, width))
