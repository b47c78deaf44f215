"""The meaning of a column's cells: numbers, dates or categories.

Rule: the whole column decides, never a single cell, and every doubt is noted. The kind of a column
is inferred before training; for predictions it is known.
"""

import re
from collections.abc import Collection

from micrograd import errors
from micrograd.tables import messages, notes
from micrograd.tables.column import MISSING, MOSTLY, Column
from micrograd.tables.csv_table import Table
from micrograd.tables.dates import formats_of, parse_date
from micrograd.tables.doubts import note_dates, note_numbers, note_odd, note_texts, noun_of
from micrograd.tables.number_format import NumberFormat, format_of

TWO_CAPITALS = re.compile("[A-Z]{2}")  # codes of regions and countries; NA may be one of them
GROUPS = re.compile(r"\D*[1-9]\d{0,2}([.,]\d{3})+\D*")  # thousands, or a number with three decimals


def infer_column(table: Table, name: str) -> Column:
    """Return the column of that name, of the kind that most of its cells have."""
    cells = table.cells(name)
    texts = known_texts(cells, markers_of(table, name, cells))
    present = [text for text in texts if text is not None]
    column = read_numbers(table, name, texts)
    if column.present and len(column.present) >= MOSTLY * len(present):
        note_numbers(table, column)
        return column
    formats = formats_of(present, MOSTLY)
    if formats:
        column = read_dates(table, name, texts, formats[0])
        note_dates(table, column, formats)
        return column
    note_texts(table, column)
    return Column(name, "category", texts, texts)


def markers_of(table: Table, name: str, cells: list[str]) -> set[str]:
    """Return the texts that count as missing in the column.

    Where all other texts are two capitals, "NA" is a value, too: Namibia, or North America.
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
    format = format_of(different, table.delimiter == ",", known, decimal_sign)
    numbers = {text: format.parse(text) for text in different}
    cells = [None if text is None else numbers[text] for text in texts]
    return Column(name, "number", cells, texts, format)


def read_dates(table: Table, name: str, texts: list[str | None], format: str) -> Column:
    """Return the column of dates; a text that is not a date is missing."""
    different = {text for text in texts if text is not None}
    dates = {text: parse_date(text, format) for text in different}
    cells = [None if text is None else dates[text] for text in texts]
    return Column(name, "date", cells, texts, format)


def column_of_kind(
    table: Table,
    name: str,
    kind: str,
    format: NumberFormat | str | None = None,
    categories: Collection[str] = (),
) -> Column:
    """Return the column of that name, where its kind, format and categories are known already.

    Raises TableError if it has texts, but none of them is a number or a date as it should be.
    """
    texts = known_texts(table.cells(name), MISSING - {*categories})
    if kind == "category":
        return Column(name, kind, texts, texts)
    if isinstance(format, str):
        column = read_dates(table, name, texts, format)
    else:
        column = read_numbers(table, name, texts, format)
    text = next((text for text in texts if text is not None), None)
    if text is not None and not column.present:
        raise errors.TableError(messages.none_of_its_kind(name, text, noun_of(column)))
    if column.kind == "date":
        note_odd(table, column)
    else:
        note_numbers(table, column)
    return column
