"""Columns: whether one holds numbers, dates or categories.

Rule: the whole column decides what its cells mean. A cell is a float, a date, a text, or None where
it is missing; every doubt is noted.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from micrograd import errors
from micrograd.tables import messages, notes
from micrograd.tables.csv_table import Table
from micrograd.tables.dates import FORMATS, forms_of, parse_date
from micrograd.tables.header import clean
from micrograd.tables.number_format import PLAIN, NumberFormat, format_of, may_be_thousands

# fmt: off
MISSING = {  # the texts that pandas takes for missing, and "?"
    "", "?", "NA", "N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "#NA", "None", "NULL", "null",
    "NaN", "nan", "-NaN", "-nan", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
}
# fmt: on
TWO_CAPITALS = re.compile("[A-Z]{2}")  # codes of regions and countries; NA may be one of them
MOSTLY = 0.9  # the share of numbers that makes a column one of numbers
LIKE_A_NUMBER = re.compile(r"\W*\d")  # a sum of money, a number with a unit
GROUPS = re.compile(r"\D*[1-9]\d{0,2}([.,]\d{3})+\D*")  # thousands, or a number with three decimals
LEADING_ZERO = re.compile(r"[+-]?0\d+")
BARE_EXPONENT = re.compile(r"\d+[eE]\d+")  # a number, but also what a code may look like


@dataclass
class Column:
    """A column. `kind` is "number", "date" or "category"; `texts` are its cells as in the file.

    Cells are floats, dates or texts, None where missing. `form` says how the column writes them: a
    NumberFormat, or the form of its dates.
    """

    name: str
    kind: str
    cells: list
    texts: list = field(default_factory=list, compare=False)
    form: NumberFormat | str | None = field(default=None, compare=False)

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
        cells = [self.cells[i] for i in places]
        texts = [self.texts[i] for i in places] if self.texts else []
        return Column(self.name, self.kind, cells, texts, self.form)


# ------------------------------------------------------------------------------------ its own kind


def infer_column(table: Table, name: str) -> Column:
    """Return the column of that name, of the kind that most of its cells have."""
    cells = table.cells(name)
    texts = known_texts(cells, markers_of(table, name, cells))
    present = [text for text in texts if text is not None]
    column = read_numbers(table, name, texts)
    if column.present and len(column.present) >= MOSTLY * len(present):
        note_numbers(table, column)
        return column
    forms = forms_of(present, MOSTLY)
    if forms:
        column = read_dates(table, name, texts, forms[0])
        note_dates(table, column, forms)
        return column
    note_texts(table, column)
    return Column(name, "category", texts, texts)


def markers_of(table: Table, name: str, cells: list[str]) -> set[str]:
    """Return the texts that count as missing in the column.

    "NA" does not where all other texts are two capitals: then it is Namibia, or North America.
    """
    different = set(cells)
    others = different - MISSING
    if "NA" in different and others and all(map(TWO_CAPITALS.fullmatch, others)):
        table.notes.append(notes.not_missing(name, "NA", min(others)))
        return MISSING - {"NA"}
    return MISSING


def known_texts(cells: list[str], markers: Collection[str]) -> list[str | None]:
    """Return the texts of the column, None for those that count as missing."""
    return [None if text in markers else text for text in cells]


def read_numbers(
    table: Table, name: str, texts: list[str | None], known: NumberFormat | None = None
) -> Column:
    """Return the column of numbers; a text that is not a number is missing."""
    different = {text for text in texts if text is not None}
    is_doubtful = any(map(GROUPS.fullmatch, different))
    decimal_sign = table.decimal_sign if is_doubtful else ""
    form = format_of(different, table.delimiter == ",", known, decimal_sign)
    numbers = {text: form.parse(text) for text in different}
    cells = [None if text is None else numbers[text] for text in texts]
    return Column(name, "number", cells, texts, form)


def read_dates(table: Table, name: str, texts: list[str | None], form: str) -> Column:
    """Return the column of dates; a text that is not a date is missing."""
    different = {text for text in texts if text is not None}
    dates = {text: parse_date(text, form) for text in different}
    cells = [None if text is None else dates[text] for text in texts]
    return Column(name, "date", cells, texts, form)


def column_of_kind(
    table: Table,
    name: str,
    kind: str,
    form: NumberFormat | str | None = None,
    categories: Collection[str] = (),
) -> Column:
    """Return the column of that name, of a kind, a form and categories that are known already.

    Raises TableError if it has texts, but no number or date as it should.
    """
    texts = known_texts(table.cells(name), MISSING - {*categories})
    if kind == "category":
        return Column(name, kind, texts, texts)
    if isinstance(form, str):
        column = read_dates(table, name, texts, form)
    else:
        column = read_numbers(table, name, texts, form)
    text = next((text for text in texts if text is not None), None)
    if text is not None and not column.present:
        raise errors.TableError(messages.none_of_its_kind(name, text, noun_of(column)))
    if column.kind == "date":
        note_odd(table, column)
    else:
        note_numbers(table, column)
    return column


# ------------------------------------------------------------------------------------------- notes


def noun_of(column: Column) -> str:
    """Return "a number", "a number in '%'" or "a date" as the cells of the column are."""
    if isinstance(column.form, str):
        return f"a date ({FORMATS[column.form]})"
    if column.form is not None and column.form.unit:
        return f"a number in {column.form.unit!r}"
    return "a number"


def note_odd(table: Table, column: Column) -> None:
    """Note the texts that are not of the column's kind, and so count as missing."""
    odd = [i for i in column.missing if column.texts[i] is not None]
    if odd:
        count = len(column.present)
        share = count / (count + len(odd))
        lines = [table.lines[i] for i in odd]
        text = column.texts[odd[0]]
        note = notes.odd_texts(column.name, lines, text, share, noun_of(column))
        table.notes.append(note)


def note_numbers(table: Table, column: Column) -> None:
    """Note every doubt about a column of numbers, and how they were read."""
    note_odd(table, column)
    pairs = zip(column.texts, column.cells)
    texts = [text for text, x in pairs if x is not None]
    form = column.form
    if not texts or not isinstance(form, NumberFormat):
        return
    if form != PLAIN:
        table.notes.append(notes.number_format(column.name, form, example_of(texts)))
    if table.delimiter != "," and not table.decimal_sign and may_be_thousands(texts, form):
        table.notes.append(notes.points(column.name, example_of(texts)))
    zeros = [text for text in texts if LEADING_ZERO.fullmatch(text)]
    if zeros:
        table.notes.append(notes.leading_zeros(column.name, zeros[0]))
    exponents = [text for text in texts if "e" in text.lower()]
    if 0 < len(exponents) < len(texts) / 2 and all(map(BARE_EXPONENT.fullmatch, exponents)):
        table.notes.append(notes.exponents(column.name, exponents[0], float(exponents[0])))


def example_of(texts: list[str]) -> str:
    """Return the text that has the most signs beside its digits."""
    return max(texts, key=lambda text: sum(not letter.isdigit() for letter in text))


def note_dates(table: Table, column: Column, forms: list[str]) -> None:
    """Note that the column has dates, and the other order of day and month if it fits as well."""
    assert isinstance(column.form, str)
    note_odd(table, column)
    pairs = zip(column.texts, column.cells)
    text = next(text for text, date in pairs if date is not None)
    has_hours = any(has_time(date) for date in column.present)
    note = notes.dates(column.name, text, FORMATS[column.form], has_hours)
    others = [form for form in forms[1:] if reads_otherwise(column, form)]
    if others:
        note += notes.other_dates(FORMATS[others[0]])
    table.notes.append(note)


def has_time(date: datetime) -> bool:
    return bool(date.hour or date.minute)


def reads_otherwise(column: Column, form: str) -> bool:
    """Return whether dates of that form fit all cells, and are not the same dates."""
    pairs = zip(column.texts, column.cells)
    again = [(parse_date(text, form), date) for text, date in pairs if date is not None]
    return all(one for one, _ in again) and any(one != date for one, date in again)


def note_texts(table: Table, column: Column) -> None:
    """Note that a column of texts has numbers, or texts that look like numbers."""
    known = [text for text in column.texts if text is not None]
    lines = [line for line, x in zip(table.lines, column.cells) if x is not None]
    similar = [text for text in known if LIKE_A_NUMBER.match(text)]
    if lines:
        table.notes.append(notes.numbers_among_texts(column.name, lines, len(known)))
    elif similar and len(similar) >= MOSTLY * len(known):
        table.notes.append(notes.like_numbers(column.name, similar[0]))


def find_column(table: Table, name: str, path: object) -> str:
    """Return the name. Raises TableError, with the nearest one, if no column has that name."""
    if clean(name) not in table.places:
        message = messages.no_such_column(path, name, table.names, table.has_header)
        raise errors.TableError(message)
    return clean(name)
