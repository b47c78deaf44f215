"""A CSV file as a table of texts: the names of its columns, its rows, and the line of each row.

Rule: a file that cannot be read without doubt is an error that names the line; every other decision
is a sentence in `notes`.
"""

import csv
import io
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from micrograd import errors
from micrograd.support import files
from micrograd.tables import messages, notes

DELIMITERS = "\t;,"  # where several fit the first lines, the first of these is taken
FIRST = 50  # lines that decide on the delimiter
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
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

    def cells(self, name: str) -> list[str]:
        """Return the texts of a column, without the blanks around them."""
        place = self.names.index(name)
        return [row[place].strip() for row in self.rows]

    def number(self, cell: str) -> float | None:
        """Return the text as a number, or None if it is none.

        A comma is a decimal point where another sign separates the cells. Where commas separate
        them, commas in a quoted cell may stand between thousands.
        """
        plain = parse_number(cell)
        if plain is not None or "," not in cell:
            return plain
        if self.delimiter != ",":
            return parse_number(cell.replace(",", ".", 1))
        return parse_number(cell.replace(",", "")) if THOUSANDS.fullmatch(cell) else None

    def only(self, places: Iterable[int]) -> "Table":
        """Return the table of the rows at those places; it shares the notes."""
        places = list(places)
        rows = [self.rows[i] for i in places]
        return replace(self, rows=rows, lines=[self.lines[i] for i in places])


def read_table(path: Path | str) -> Table:
    """Return the table of a CSV file in UTF-8, with comma, semicolon or tab between the cells.

    Raises TableError for a file that cannot be read, is not text, has no rows, or has rows of
    unequal length.
    """
    text = read_text(path)
    delimiter = find_delimiter(text)
    rows, lines = read_rows(path, text, delimiter)
    if not rows:
        raise errors.TableError(messages.empty_file(path))
    check_lengths(path, rows, lines)
    table = Table([], rows, lines, delimiter)
    name_columns(table)
    if not table.rows:
        raise errors.TableError(messages.only_a_header(path))
    return table


def parse_number(cell: str) -> float | None:
    """Return the text as a finite number, or None if it is none."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in cell else None


# ------------------------------------------------------------------------------- from bytes to rows


def read_text(path: Path | str) -> str:
    """Return the text of the file. Raises TableError if it cannot be read or is not UTF-8."""
    try:
        content = Path(path).read_bytes()
        return EXCEL_HEADER.sub("", content.decode("utf-8-sig"))
    except OSError as error:
        raise errors.TableError(files.cannot_read(path, error)) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise errors.TableError(messages.not_utf8(path, line)) from error


def find_delimiter(text: str) -> str:
    """Return the delimiter that cuts most of the first lines into as many cells as the first."""
    head = list(islice(io.StringIO(text, newline=""), FIRST))
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


# --------------------------------------------------------------------------------- names of columns


def name_columns(table: Table) -> None:
    """Take the names from the first row, unless it holds numbers only, and make them unique."""
    first = table.rows[0]
    given = [cell.strip() for cell in first]
    numbers = [cell for cell in given if cell and table.number(cell) is not None]
    count = len([cell for cell in given if cell])
    table.has_header = not numbers or len(numbers) < count
    if not table.has_header:
        table.names = [f"column{place}" for place in range(1, len(first) + 1)]
        table.notes.append(notes.no_header(table.names))
        return
    del table.rows[0], table.lines[0]
    table.names = unique_names(given)
    table.notes += map(notes.number_as_name, numbers[:1])
    for place, (old, new) in enumerate(zip(given, table.names), 1):
        if old != new:
            table.notes.append(notes.renamed(place, old, new))


def unique_names(given: list[str]) -> list[str]:
    """Return the names; a second "age" becomes "age (2)", and an empty third name "unnamed3"."""
    names: list[str] = []
    for place, name in enumerate(given, 1):
        later = set(given[place:]) - {name}
        names.append(unique_name(name or f"unnamed{place}", {*names, *later}))
    return names


def unique_name(name: str, others: Iterable[str]) -> str:
    """Return the name, or the first of "name (2)", "name (3)", ... that is not among the others."""
    others, count = set(others), 2
    if name not in others:
        return name
    while f"{name} ({count})" in others:
        count += 1
    return f"{name} ({count})"
