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
    texts = column.present_texts
    format = column.format
    if not texts or not isinstance(format, NumberFormat):
        return
    example = example_of(texts)
    if format != PLAIN:
        note = notes.number_format(column.name, format, example)
        table.notes.append(note)
    is_clear = table.delimiter == "," or bool(table.decimal_sign)
    if not is_clear and may_be_thousands(texts, format):
        note = notes.points(column.name, example)
        table.notes.append(note)
    note_codes(table, column)


def note_codes(table: Table, column: Column) -> None:
    """Note that some of the numbers may be codes, as 007 and 1e5 are."""
    texts = column.present_texts
    zeros = [text for text in texts if LEADING_ZERO.fullmatch(text)]
    if zeros:
        note = notes.leading_zeros(column.name, zeros[0])
        table.notes.append(note)
    exponents = [text for text in texts if "e" in text.lower()]
    are_few = 0 < len(exponents) < len(texts) / 2
    if are_few and all(map(BARE_EXPONENT.fullmatch, exponents)):
        text = exponents[0]
        note = notes.exponents(column.name, text, float(text))
        table.notes.append(note)


def example_of(texts: list[str]) -> str:
    """Return the text that has the most signs beside its digits."""
    return max(texts, key=lambda text: sum(not letter.isdigit() for letter in text))


def note_dates(table: Table, column: Column, formats: list[str]) -> None:
    """Note that the column has dates, and the other order of day and month if it fits as well."""
    assert isinstance(column.format, str)
    note_odd(table, column)
    text = column.present_texts[0]
    has_hours = any(has_time(date) for date in column.present)
    note = notes.dates(column.name, text, FORMATS[column.format], has_hours)
    others = [format for format in formats[1:] if reads_otherwise(column, format)]
    if others:
        note += notes.other_dates(FORMATS[others[0]])
    table.notes.append(note)


def has_time(date: datetime) -> bool:
    return bool(date.hour or date.minute)


def reads_otherwise(column: Column, format: str) -> bool:
    """Return whether the format fits all dates of the column, but makes other dates of them."""
    dates = [parse_date(text, format) for text in column.present_texts]
    return None not in dates and dates != column.present


def note_texts(table: Table, column: Column) -> None:
    """Note that a column of texts has numbers, or texts that look like numbers.

    Its cells are still those of a column of numbers: None where the text is not one.
    """
    known = [text for text in column.texts if text is not None]
    pairs = zip(table.lines, column.cells)
    lines = [line for line, x in pairs if x is not None]
    similar = [text for text in known if LIKE_A_NUMBER.match(text)]
    if lines:
        note = notes.numbers_among_texts(column.name, lines, len(known))
        table.notes.append(note)
    elif similar and len(similar) >= MOSTLY * len(known):
        note = notes.like_numbers(column.name, similar[0])
        table.notes.append(note)
