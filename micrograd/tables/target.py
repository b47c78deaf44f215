"""What is to be predicted: one of several classes, or an amount.

Rule: what is not asked for is decided by one rule, and said.
"""

from micrograd import errors
from micrograd.tables import messages, notes
from micrograd.tables.column import Column
from micrograd.tables.csv_table import Table

TASKS = ("auto", "classify", "regress")
MOST_NUMBERS = 10  # whole numbers that are taken for classes
EACH = 10  # rows that each of these has then on average
MOST_CLASSES = 200  # and not more than half as many as there are rows


def target_of(table: Table, column: Column, task: str) -> Column:
    """The target: of kind "category" if it is one of classes, else "number".

    With the task "auto" texts are classes, and so are whole numbers of which there are two, or few
    that occur often. Raises TableError where nothing can be learned.
    """
    different = sorted(set(column.cells))
    if len(different) == 1:
        raise errors.TableError(messages.one_value(column.name, different[0]))
    if task == "auto":
        task = guessed(table, column, different)
    return amounts(column) if task == "regress" else classes(column, len(different))


def guessed(table: Table, column: Column, different: list[float]) -> str:
    """The task that the target suggests; noted, where whole numbers could be either."""
    if column.kind == "category":
        return "classify"
    if not all(x.is_integer() for x in different):
        return "regress"
    if len(different) == 2 or len(different) <= min(MOST_NUMBERS, len(column.cells) // EACH):
        table.notes.append(notes.numbers_as_classes(column.name, [*map(label, different)]))
        return "classify"
    table.notes.append(notes.numbers_as_amounts(column.name, len(different)))
    return "regress"


def amounts(column: Column) -> Column:
    if column.kind == "category":
        raise errors.TableError(messages.not_amounts(column.name, column.cells[0]))
    return column


def classes(column: Column, count: int) -> Column:
    most = min(MOST_CLASSES, len(column.cells) // 2)
    if count > most:
        raise errors.TableError(messages.too_many_classes(column.name, count, most))
    if column.kind == "category":
        return column
    return Column(column.name, "category", [label(x) for x in column.cells])


def label(x: float) -> str:
    """The number as the name of a class: "1" of 1.0."""
    return f"{x:.0f}" if x.is_integer() else repr(x)
