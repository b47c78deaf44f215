"""Columns from which nothing can be learned: empty ones, constant ones, and names of rows.

Rule: columns that are left out for one reason are one note.
"""

import re

from micrograd.tables import notes
from micrograd.tables.column import Column
from micrograd.tables.csv_table import Table

COUNTERS = {"id", "index", "row", "no", "nr", "#"}  # lower-case names of columns that count rows
LAST_WORDS = {"id", "no", "nr", "#"}  # of such a name that has several words, such as customerId
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|#")


def informative_columns(table: Table, columns: list[Column]) -> list[Column]:
    """Return the columns from which something can be learned; note the others with the reason."""
    dropped: dict[str, list[str]] = {}
    informative = []
    for column in columns:
        reason = reason_to_drop(column)
        if reason:
            dropped.setdefault(reason, []).append(column.name)
        else:
            informative.append(column)
    table.notes += [notes.dropped(names, reason) for reason, names in dropped.items()]
    return informative


def reason_to_drop(column: Column) -> str:
    """Return why nothing can be learned from the column, or "" if something can."""
    known = column.present
    different = set(known)
    if not different:
        return notes.EMPTY
    is_complete = len(known) == len(column.cells)
    if len(different) == 1 and (column.kind != "category" or is_complete):
        return notes.constant(column.present_texts[0])
    if len(different) == len(known) and is_identifier(column, known):
        return notes.identifier(len(known))
    return ""


def is_identifier(column: Column, known: list) -> bool:
    """Return whether cells that all differ are names of rows, and not measurements."""
    if column.kind != "number":
        return column.kind == "category"
    words = [word.lower() for word in WORDS.findall(column.name)] or [""]
    is_counter = words[-1] in LAST_WORDS or words[0] == "unnamed"
    if len(words) == 1:
        is_counter = is_counter or words[0] in COUNTERS
    return is_counter and all(x.is_integer() for x in known)
