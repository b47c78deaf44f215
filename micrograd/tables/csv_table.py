"""A CSV file as a table of texts: the names of its columns, its rows, and the line of each.

Rule: what cannot be read without doubt is an error that names the line; whatever else was decided
on the way is a sentence in `notes`.
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

DELIMITERS = "\t;,"  # if the first lines can be cut by more than one, in this order
FIRST = 50  # lines that are looked at to find the delimiter
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
EXCELS = re.compile(r"\Asep=.(?=[\r\n])")  # a first line that tells Excel of the delimiter


@dataclass
class Table:
    """Rows of cells, as they stand in the file, and the line on which each row begins.

    `named` says whether the names of the columns are those of the file's first line.
    """

    names: list[str]
    rows: list[list[str]]
    lines: list[int]
    delimiter: str = ","
    named: bool = True
    notes: list[str] = field(default_factory=list)

    def cells(self, name: str) -> list[str]:
        """The texts of a column, without the blanks around them."""
        place = self.names.index(name)
        return [row[place].strip() for row in self.rows]

    def number(self, cell: str) -> float | None:
        """What the text is as a number; one comma may stand for the point where none separates.

        Between commas commas may stand between thousands, within quotes.
        """
        found = number(cell)
        if found is None and "," in cell:
            if self.delimiter != ",":
                return number(cell.replace(",", ".", 1))
            return number(cell.replace(",", "")) if THOUSANDS.fullmatch(cell) else None
        return found

    def only(self, places: Iterable[int]) -> "Table":
        """The rows at those places, and the same notes."""
        places = list(places)
        rows, lines = ([x[i] for i in places] for x in (self.rows, self.lines))
        return replace(self, rows=rows, lines=lines)


def read(path: Path | str) -> Table:
    """The table of a CSV file in UTF-8, with comma, semicolon or tab between the cells.

    Raises TableError for a file that cannot be read, is no text, has no rows, or has rows of
    unequal length.
    """
    text = decoded(path)
    delimiter = sniffed(text)
    rows, lines = records(path, text, delimiter)
    if not rows:
        raise errors.TableError(messages.empty_file(path))
    check_lengths(path, rows, lines)
    table = Table([], rows, lines, delimiter)
    name_columns(table)
    if not table.rows:
        raise errors.TableError(messages.only_a_header(path))
    return table


def number(cell: str) -> float | None:
    """The number that the text is; None if it is none, or is infinite."""
    try:
        found = float(cell)
    except ValueError:
        return None
    return found if math.isfinite(found) and "_" not in cell else None


# ------------------------------------------------------------------------------- from bytes to rows


def decoded(path: Path | str) -> str:
    try:
        content = Path(path).read_bytes()
        return EXCELS.sub("", content.decode("utf-8-sig"))
    except OSError as error:
        raise errors.TableError(files.cannot_read(path, error)) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise errors.TableError(messages.not_utf8(path, line)) from error


def sniffed(text: str) -> str:
    """The delimiter that cuts most of the first lines into as many cells as the first."""
    head = list(islice(io.StringIO(text, newline=""), FIRST))

    agreement = {delimiter: agreeing(head, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=agreement.__getitem__)
    return best if agreement[best] else ","


def agreeing(lines: list[str], delimiter: str) -> int:
    """How many of the lines have as many cells as the first, if that has several."""
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:  # which `records` will tell
        return 0
    return widths.count(widths[0]) if widths and widths[0] > 1 else 0


def records(path, text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """(rows, the line on which each begins); blank lines are none."""
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


def check_lengths(path, rows: list[list[str]], lines: list[int]) -> None:
    width = len(rows[0])
    wrong = {line: len(row) for row, line in zip(rows, lines) if len(row) != width}
    if wrong:
        raise errors.TableError(messages.unequal_rows(path, wrong, width))


# --------------------------------------------------------------------------------- names of columns


def name_columns(table: Table) -> None:
    """Take the names from the first row, if it is one of names, and make each the only one."""
    first = table.rows[0]
    given = [cell.strip() for cell in first]
    numbers = [cell for cell in given if cell and table.number(cell) is not None]
    table.named = not numbers or len(numbers) < len([*filter(None, given)])
    if not table.named:
        table.names = [f"column{place}" for place in range(1, len(first) + 1)]
        table.notes.append(notes.no_header(table.names))
        return
    del table.rows[0], table.lines[0]
    table.names = unique(given)
    table.notes += map(notes.number_as_name, numbers[:1])
    changes = [x for x in zip(range(1, len(first) + 1), given, table.names) if x[1] != x[2]]
    table.notes += [notes.renamed(*change) for change in changes]


def unique(given: list[str]) -> list[str]:
    """The names, where the second "age" is "age (2)" and what has none is "unnamed3"."""
    names: list[str] = []
    for place, name in enumerate(given, 1):
        later = set(given[place:]) - {name}
        names.append(free(name or f"unnamed{place}", {*names, *later}))
    return names


def free(name: str, taken: Iterable[str]) -> str:
    """The name itself, or the first of "name (2)", "name (3)", ... that is not taken."""
    taken, count = set(taken), 2
    if name not in taken:
        return name
    while f"{name} ({count})" in taken:
        count += 1
    return f"{name} ({count})"
