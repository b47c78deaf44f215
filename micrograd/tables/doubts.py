"""Doubts about a column: cells of another kind, codes that are read as numbers, dates in two ways.

Rule: every doubt is a note with an example from the column.
"""

import re
from datetime import datetime

from micrograd.tables import notes
from micrograd.tables.column import MOSTLY, Column
from micrograd.tables.csv_table import Table
from micrograd.tables.dates import FORMATS, parse_date
from micrograd.tables.number_format import PLAIN, NumberFormat, may_be_thousands

LIKE_A_NUMBER = re.compile(r"\W*\d")  # a sum of money, a number with a unit
LEADING_ZERO = re.compile(r"[+-]?0\d+")
BARE_EXPONENT = re.compile(r"\d+[eE]\d+")  # a number, but also what a code may look like


def noun_of(column: Column) -> str:
    """Return the noun for a cell of the column: "a number in '%'", "a date (year, month, day)"."""
    if isinstance(column.format, str):
        return f"a date ({FORMATS[column.format]})"
    if column.format is not None and column.format.unit:
        return f"a number in {column.format.unit!r}"
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
    format = column.format
    if not texts or not isinstance(format, NumberFormat):
        return
    if format != PLAIN:
        table.notes.append(notes.number_format(column.name, format, example_of(texts)))
    if table.delimiter != "," and not table.decimal_sign and may_be_thousands(texts, format):
        table.notes.append(notes.points(column.name, example_of(texts)))
    note_codes(table, column, texts)


def note_codes(table: Table, column: Column, texts: list[str]) -> None:
    """Note numbers, written as `texts`, that may be codes: 007 and 1e5."""
    zeros = [text for text in texts if LEADING_ZERO.fullmatch(text)]
    if zeros:
        table.notes.append(notes.leading_zeros(column.name, zeros[0]))
    exponents = [text for text in texts if "e" in text.lower()]
    if 0 < len(exponents) < len(texts) / 2 and all(map(BARE_EXPONENT.fullmatch, exponents)):
        table.notes.append(notes.exponents(column.name, exponents[0], float(exponents[0])))


def example_of(texts: list[str]) -> str:
    """Return the text that has the most signs beside its digits."""
    return max(texts, key=lambda text: sum(not letter.isdigit() for letter in text))


def note_dates(table: Table, column: Column, formats: list[str]) -> None:
    """Note that the column has dates, and the other order of day and month if it fits as well."""
    assert isinstance(column.format, str)
    note_odd(table, column)
    pairs = zip(column.texts, column.cells)
    text = next(text for text, date in pairs if date is not None)
    has_hours = any(has_time(date) for date in column.present)
    note = notes.dates(column.name, text, FORMATS[column.format], has_hours)
    others = [format for format in formats[1:] if reads_otherwise(column, format)]
    if others:
        note += notes.other_dates(FORMATS[others[0]])
    table.notes.append(note)


def has_time(date: datetime) -> bool:
    return bool(date.hour or date.minute)


def reads_otherwise(column: Column, format: str) -> bool:
    """Return whether dates of that format fit all cells, and are not the same dates."""
    pairs = zip(column.texts, column.cells)
    again = [(parse_date(text, format), date) for text, date in pairs if date is not None]
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
