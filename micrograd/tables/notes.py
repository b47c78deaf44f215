"""Notes on a table: every row left out, cell filled in and meaning guessed, in sentences.

Rule: a function that writes a note cannot itself raise; tests know the wording.
"""

import re
from collections.abc import Iterable

from micrograd.support.listing import abbreviate
from micrograd.support.wording import plural
from micrograd.tables.number_format import NumberFormat

SIGNS = {",": "commas", ".": "points", "'": "apostrophes", " ": "blanks"}
MOST_LISTED = 3  # lines, names or similar notes before "and 96 more"
# This matches names, numbers, and what stands in parentheses.
DETAILS = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\d.,]+|\([^)]*\)""")


def list_items(items: Iterable[object]) -> str:
    """Return the items as in a sentence: "4, 9 and 12", or "4, 9, 12 and 96 more"."""
    return abbreviate(items, MOST_LISTED)


def fold(sentences: list[str]) -> list[str]:
    """Return the notes; of many that differ in names and numbers alone, a few and their count.

    >>> fold([f"Column 'p{i}' was cut off." for i in range(64)])[2:]
    ["Column 'p2' was cut off.", '61 other columns have notes like the last one.']
    """
    kinds: dict[str, list[str]] = {}
    for sentence in sentences:
        kinds.setdefault(DETAILS.sub("", sentence), []).append(sentence)
    folded = []
    for alike in kinds.values():
        folded += alike[:MOST_LISTED]
        more = len(alike) - MOST_LISTED
        if more > 0:
            folded.append(f"{plural(more, 'other column')} {have(more)} notes like the last one.")
    return folded


def have(count: int) -> str:
    return "has" if count == 1 else "have"


def is_or_are(items: list) -> str:
    return "is" if len(items) == 1 else "are"


def line_numbers(lines: list[int]) -> str:
    """Return "line 4", or "lines 4, 9 and 12"."""
    word = "line" if len(lines) == 1 else "lines"
    return f"{word} {list_items(lines)}"


# --------------------------------------------------------------------------------- names of columns


def no_header(names: list[str]) -> str:
    return (
        "The first line has only numbers, so it was read as data. The columns are called "
        f"{list_items(names)}."
    )


def renamed(place: int, old: str, new: str) -> str:
    if old:
        return f"Column {place} has the name of another column, {old!r}, so it is called {new!r}."
    return f"Column {place} has no name, so it is called {new!r}."


def numbers_as_names(names: list[str]) -> str:
    return (
        f"The first line has only numbers, but {list_items(map(repr, names))} {is_or_are(names)} "
        "among them, so it was read as the names of the columns."
    )


def number_as_name(cell: str) -> str:
    return (
        f"A column is called {cell!r}, which is a number. If the first line is data, write a line "
        "of names above it."
    )


# ------------------------------------------------------------------------------------------ columns


def odd_texts(name: str, lines: list[int], text: str, share: float, noun: str) -> str:
    """`noun` is what the other cells of the column are, such as "a number"."""
    percent = min(int(100 * share), 99)
    if len(lines) == 1:
        return (
            f"Line {lines[0]}, column {name!r}: {text!r} is not {noun}, but {percent} % of the "
            "column are, so it counts as missing."
        )
    nouns = noun.removeprefix("a ").replace("number", "numbers").replace("date", "dates")
    return (
        f"Column {name!r}: {len(lines):,} cells, such as {text!r}, are not {nouns} "
        f"({line_numbers(lines)}), but {percent} % of the column are, so they count as missing."
    )


def not_missing(name: str, text: str, other: str) -> str:
    return (
        f"Column {name!r}: {text!r} was read as a value, as {other!r} is. Leave the cells empty if "
        "it means that the value is missing."
    )


def numbers_among_texts(name: str, lines: list[int], known: int) -> str:
    return (
        f"Column {name!r}: {len(lines):,} of {known:,} cells are numbers ({line_numbers(lines)}), "
        "too few for a column of numbers, so all cells were read as categories."
    )


def like_numbers(name: str, text: str) -> str:
    return (
        f"Column {name!r}: its texts, such as {text!r}, begin with digits but are not all numbers "
        "of one unit or dates of one format, so they were read as categories. To use them as "
        "amounts, write plain numbers."
    )


def number_format(name: str, format: NumberFormat, text: str) -> str:
    """`text` is one of the column's cells."""
    readings = []
    if format.thousands:
        readings.append(f"{SIGNS[format.thousands]} were read as separators of thousands")
    if format.decimal != ".":
        readings.append(f"{SIGNS[format.decimal]} were read as decimal points")
    if format.unit:
        readings.append(f"the unit {format.unit!r} was left out")
    return f"Column {name!r}: {list_items(readings)}, as in {text}."


def points(name: str, text: str) -> str:
    return (
        f"Column {name!r}: points were read as decimal points, as in {text}. If they separate "
        "thousands, remove them."
    )


def leading_zeros(name: str, text: str) -> str:
    return (
        f"Column {name!r}: numbers such as {text} begin with 0, but were read as amounts. If they "
        "are codes, write a letter before them."
    )


def exponents(name: str, text: str, x: float) -> str:
    return (
        f"Column {name!r}: {text} was read as the number {x:,.0f}. If it is a code, write a letter "
        "before it."
    )


def dates(name: str, text: str, order: str, has_hours: bool) -> str:
    parts = "month, weekday and hour" if has_hours else "month and weekday"
    return f"Column {name!r}: dates such as {text} ({order}) were read as days, {parts}."


def other_dates(order: str) -> str:
    return f" If the order is {order}, write them as 2021-12-31."


def dropped(names: list[str], why: str) -> str:
    if len(names) == 1:
        return f"Column {names[0]!r} was left out: {why}."
    return f"Columns {list_items(map(repr, names))} were left out: {why}."


EMPTY = "no row has a value there"


def constant(text: str) -> str:
    return f"every value is {text!r}"


def identifier(count: int) -> str:
    return f"all {count:,} values are different, as in an identifier"


# ----------------------------------------------------------------------------------------- encoding


def missing_values(name: str, lines: list[int], mean: float) -> str:
    return (
        f"Column {name!r}: {plural(len(lines), 'missing value')} ({line_numbers(lines)}) filled "
        f"in with {mean:.4g}, the mean of the training rows."
    )


def missing_dates(name: str, lines: list[int]) -> str:
    return (
        f"Column {name!r}: {plural(len(lines), 'missing date')} ({line_numbers(lines)}) filled "
        "in with the means of the training rows."
    )


def far_dates(name: str, lines: list[int], text: str) -> str:
    return (
        f"Column {name!r}: {text} ({line_numbers(lines)}) is far from all dates of the training "
        "rows, so it was cut off."
    )


def far_away(name: str, lines: list[int], x: float, far: float) -> str:
    return (
        f"Column {name!r}: {x:.4g} ({line_numbers(lines)}) is more than {far:,.0f} deviations from "
        "the mean of the training rows, so it was cut off there."
    )


def own_category(name: str, lines: list[int], category: str) -> str:
    missing = plural(len(lines), "missing value")
    own = "its own" if len(lines) == 1 else "their own"
    return (
        f"Column {name!r}: {missing} ({line_numbers(lines)}) became a category of {own}, "
        f"{category!r}."
    )


def unknown_categories(name: str, lines: list[int], categories: list[str], known: int) -> str:
    names = list_items(map(repr, categories))
    verbs = ("is", "counts") if len(categories) == 1 else ("are", "count")
    all_of_training = plural(known, "category", "categories")
    return (
        f"Column {name!r}: {names} ({line_numbers(lines)}) {verbs[0]} not among the "
        f"{all_of_training} of the training rows, and {verbs[1]} as none of them."
    )


# ------------------------------------------------------------------------------------------- target


def no_target(name: str, lines: list[int], markers: list[str], is_text: bool) -> str:
    """`markers` are the texts, other than "", that were read as missing."""
    verb = "was" if len(lines) == 1 else "were"
    rows = plural(len(lines), "row")
    sentence = f"{rows} without {name!r} {verb} left out ({line_numbers(lines)})"
    if not markers:
        return f"{sentence}."
    verb = "counts" if len(markers) == 1 else "count"
    sentence += f": {list_items(map(repr, markers))} {verb} as missing."
    advice = " Use --task classify to read every text as a class." if is_text else ""
    return sentence + advice


def markers_as_classes(name: str, markers: list[str]) -> str:
    verb = "was read as a class" if len(markers) == 1 else "were read as classes"
    return (
        f"The target {name!r}: {list_items(map(repr, markers))} {verb}. Leave the cells empty if "
        "their value is missing."
    )


def same_numbers(name: str, texts: list[str]) -> str:
    return (
        f"The target {name!r}: {list_items(map(repr, texts))} are the same number, but different "
        "classes, since a class is the text of the cell."
    )


def codes_as_classes(name: str, text: str) -> str:
    return (
        f"The target {name!r} has whole numbers that are written as codes, such as {text}, so they "
        "were read as classes. Use --task regress if they are amounts."
    )


def numbers_as_classes(name: str, classes: list[str]) -> str:
    return (
        f"The target {name!r} has the {len(classes)} whole numbers {list_items(classes)}, which "
        "were read as classes. Use --task regress if they are amounts."
    )


def numbers_as_amounts(name: str, count: int) -> str:
    return (
        f"The target {name!r} has {count:,} different whole numbers, which were read as amounts. "
        "Use --task classify if they are classes."
    )


def single_class(names: list[str]) -> str:
    classes = list_items(map(repr, names))
    if len(names) == 1:
        return f"The class {classes} has one row, so it is trained on but not tested."
    return f"The classes {classes} have one row each, so they are trained on but not tested."


def few_held_out(count: int) -> str:
    return f"The scores come from only {plural(count, 'held-out row')}, so treat them as rough."


def unknown_classes(name: str, lines: list[int], classes: list[str], known: int) -> str:
    all_of_training = plural(known, "class", "classes")
    return (
        f"The target {name!r}: {list_items(map(repr, classes))} ({line_numbers(lines)}) "
        f"{is_or_are(classes)} not among the {all_of_training} of the training rows, so no "
        "prediction can be right there."
    )


# ---------------------------------------------------------------------------------------------- run


def no_checkpoint(path: object) -> str:
    return f"There is no checkpoint {path}, so training started from the beginning."
