"""The target: the column to predict, either one of several classes or an amount.

Rule: a task that the user did not choose is inferred by one rule, and noted.
"""

from micrograd import errors
from micrograd.tables import messages, notes
from micrograd.tables.column import Column
from micrograd.tables.csv_table import Table

MOST_NUMBERS = 10  # different whole numbers that may be classes
ROWS_EACH = 10  # rows that each of them must have on average
MOST_CLASSES = 200  # and at most half as many as there are rows


def target_of(table: Table, column: Column, task: str) -> Column:
    """Return the target, of kind "category" if it has classes, and "number" if it has amounts.

    With the task "auto", texts are classes, and so are whole numbers if there are only two of them,
    or few that occur often. Raises TableError if nothing can be learned.
    """
    different = sorted(set(column.cells))
    if len(different) == 1:
        raise errors.TableError(messages.one_value(column.name, different[0]))
    if task == "auto":
        task = infer_task(table, column, different)
    if task == "regress":
        return check_amounts(column)
    return as_classes(column, len(different))


def infer_task(table: Table, column: Column, different: list[float]) -> str:
    """Return the task that the target suggests, and note it if whole numbers could be either."""
    if column.kind == "category":
        return "classify"
    if not all(x.is_integer() for x in different):
        return "regress"
    most = min(MOST_NUMBERS, len(column.cells) // ROWS_EACH)
    if len(different) == 2 or len(different) <= most:
        names = [class_name(number) for number in different]
        table.notes.append(notes.numbers_as_classes(column.name, names))
        return "classify"
    table.notes.append(notes.numbers_as_amounts(column.name, len(different)))
    return "regress"


def check_amounts(column: Column) -> Column:
    """Return the column. Raises TableError if it has texts."""
    if column.kind == "category":
        raise errors.TableError(messages.not_amounts(column.name, column.cells[0]))
    return column


def as_classes(column: Column, count: int) -> Column:
    """Return the column with its numbers as names. Raises TableError if there are too many."""
    most = min(MOST_CLASSES, len(column.cells) // 2)
    if count > most:
        raise errors.TableError(messages.too_many_classes(column.name, count, most))
    if column.kind == "category":
        return column
    return Column(column.name, "category", [class_name(x) for x in column.cells])


def class_name(x: float) -> str:
    """Return the number as the name of a class: "1" for 1.0."""
    return f"{x:.0f}" if x.is_integer() else repr(x)
