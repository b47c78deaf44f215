"""The target: the column to predict, either one of several classes or an amount.

Rule: a task that the user did not choose is inferred by one rule, and noted.
"""

from decimal import Decimal

from micrograd import errors
from micrograd.tables import messages, notes
from micrograd.tables.column import Column
from micrograd.tables.csv_table import Table
from micrograd.tables.doubts import BARE_EXPONENT, LEADING_ZERO
from micrograd.tables.number_format import parse_number, sort_key

MOST_NUMBERS = 10  # different whole numbers that may be classes
ROWS_EACH = 10  # rows that each of them must have on average
LARGEST_EXACT = 2.0**53  # from here on floats round whole numbers
MOST_CLASSES = 200  # and at most half as many as there are rows


def target_of(table: Table, column: Column, task: str, markers: list[str]) -> Column:
    """Return the target, of kind "category" if it has classes, and "number" if it has amounts.

    With the task "auto", texts are classes, and so are whole numbers if they are written as codes,
    or if there are only two of them, or few that occur often. A class is the text of its cells.
    `markers` are the texts that were read as missing. Raises TableError if nothing can be learned.
    """
    texts, cells = sorted(set(column.texts)), set(column.cells)
    if column.kind == "date" and task != "classify":
        raise errors.TableError(messages.dates_as_target(column.name))
    if len(texts) == 1:
        raise errors.TableError(messages.one_value(column.name, texts[0], markers))
    if task == "auto":
        task = infer_task(table, column, texts)
    if task == "classify":
        note_same_numbers(table, column)
        return as_classes(column, len(texts))
    if len(cells) == 1:
        raise errors.TableError(messages.one_value(column.name, column.cells[0], markers))
    return check_amounts(column)


def infer_task(table: Table, column: Column, texts: list[str]) -> str:
    """Return the task that the target suggests, and note it if whole numbers could be either."""
    if column.kind == "category":
        return "classify"
    if not all(x.is_integer() for x in column.cells):
        return "regress"
    codes = [text for text, x in zip(column.texts, column.cells) if is_code(text, x)]
    if codes:
        table.notes.append(notes.codes_as_classes(column.name, codes[0]))
        return "classify"
    most = min(MOST_NUMBERS, len(column.cells) // ROWS_EACH)
    if len(texts) == 2 or len(texts) <= most:
        names = sorted(texts, key=sort_key)
        table.notes.append(notes.numbers_as_classes(column.name, names))
        return "classify"
    table.notes.append(notes.numbers_as_amounts(column.name, len(texts)))
    return "regress"


def is_code(text: str, x: float) -> bool:
    """Return whether a whole number is written as a code, as 007, 1e5 and ids of 17 digits are."""
    is_written_so = LEADING_ZERO.fullmatch(text) or BARE_EXPONENT.fullmatch(text)
    return bool(is_written_so) or abs(x) >= LARGEST_EXACT


def check_amounts(column: Column) -> Column:
    """Return the column. Raises TableError if it has texts."""
    if column.kind == "category":
        raise errors.TableError(messages.not_amounts(column.name, column.cells[0]))
    return column


def as_classes(column: Column, count: int) -> Column:
    """Return the column of texts. Raises TableError if there are too many classes."""
    most = min(MOST_CLASSES, len(column.cells) // 2)
    if count > most:
        raise errors.TableError(messages.too_many_classes(column.name, count, most))
    return Column(column.name, "category", column.texts, column.texts)


def note_same_numbers(table: Table, column: Column) -> None:
    """Note texts that are the same number, as 7 and 07, and yet are different classes."""
    texts_of: dict[Decimal, list[str]] = {}
    for text in sorted(set(column.texts)):
        if parse_number(text) is not None:
            texts_of.setdefault(Decimal(text), []).append(text)
    same = [texts for texts in texts_of.values() if len(texts) > 1]
    if same:
        table.notes.append(notes.same_numbers(column.name, same[0]))
