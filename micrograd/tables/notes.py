"""Notes on a table: every row left out, cell filled in and meaning guessed, in sentences.

Rule: a function that writes a note cannot itself raise; tests know the wording.
"""

from collections.abc import Iterable

from micrograd.support.wording import abbreviate

MOST_LISTED = 3  # lines or names before "and 96 more"


def list_items(items: Iterable[object]) -> str:
    """Return the items as in a sentence: "4, 9 and 12", or "4, 9, 12 and 96 more"."""
    return abbreviate(items, MOST_LISTED)


def line_numbers(lines: list[int]) -> str:
    """Return "line 4", or "lines 4, 9 and 12"."""
    word = "line" if len(lines) == 1 else "lines"
    return f"{word} {list_items(lines)}"


def count_of(count: int, noun: str) -> str:
    """Return "1 row", "2 rows", "1 category" or "2 categories"."""
    if count == 1:
        return f"1 {noun}"
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{count:,} {plural}"


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


def number_as_name(cell: str) -> str:
    return (
        f"A column is called {cell!r}, which is a number. If the first line is data, write a line "
        "of names above it."
    )


# ------------------------------------------------------------------------------------------ columns


def texts_among_numbers(name: str, lines: list[int], text: str, share: float) -> str:
    percent = min(int(100 * share), 99)
    if len(lines) == 1:
        return (
            f"Line {lines[0]}, column {name!r}: {text!r} is not a number, but {percent} % of the "
            "column are, so it counts as missing."
        )
    return (
        f"Column {name!r}: {len(lines):,} cells, such as {text!r}, are not numbers "
        f"({line_numbers(lines)}), but {percent} % of the column are, so they count as missing."
    )


def numbers_among_texts(name: str, lines: list[int], known: int) -> str:
    return (
        f"Column {name!r}: {len(lines):,} of {known:,} cells are numbers ({line_numbers(lines)}), "
        "too few for a column of numbers, so all cells were read as categories."
    )


def like_numbers(name: str, text: str) -> str:
    return (
        f"Column {name!r}: its texts, such as {text!r}, begin with digits but are not numbers, so "
        "they were read as categories. To use them as amounts, remove signs and units."
    )


def commas(name: str, between: bool) -> str:
    """`between` says whether the commas stand between thousands."""
    if between:
        return f"Column {name!r}: commas were read as separators of thousands, as in 1,500."
    return f"Column {name!r}: commas were read as decimal points, as in 1,5."


def dropped(name: str, why: str) -> str:
    return f"Column {name!r} was left out: {why}."


def empty() -> str:
    return "it has no values"


def constant(value: object) -> str:
    return f"every value is {value!r}"


def identifier(count: int) -> str:
    return f"all {count:,} values are different, so it looks like an identifier"


# ----------------------------------------------------------------------------------------- encoding


def missing_values(name: str, lines: list[int], mean: float) -> str:
    return (
        f"Column {name!r}: {count_of(len(lines), 'missing value')} ({line_numbers(lines)}) filled "
        f"in with {mean:.4g}, the mean of the training rows."
    )


def far_away(name: str, lines: list[int], x: float, far: float) -> str:
    return (
        f"Column {name!r}: {x:.4g} ({line_numbers(lines)}) is more than {far:,.0f} deviations from "
        "the mean of the training rows, so it was cut off there."
    )


def own_category(name: str, lines: list[int], category: str) -> str:
    missing = count_of(len(lines), "missing value")
    own = "its own" if len(lines) == 1 else "their own"
    return (
        f"Column {name!r}: {missing} ({line_numbers(lines)}) became a category of {own}, "
        f"{category!r}."
    )


def unknown_categories(name: str, lines: list[int], categories: list[str], known: int) -> str:
    names = list_items(map(repr, categories))
    verbs = ("is", "counts") if len(categories) == 1 else ("are", "count")
    return (
        f"Column {name!r}: {names} ({line_numbers(lines)}) {verbs[0]} not among the "
        f"{count_of(known, 'category')} of the training rows, and {verbs[1]} as none of them."
    )


# ------------------------------------------------------------------------------------------- target


def no_target(name: str, lines: list[int]) -> str:
    were = "was" if len(lines) == 1 else "were"
    rows = count_of(len(lines), "row")
    return f"{rows} without {name!r} {were} left out ({line_numbers(lines)})."


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
    return f"The scores come from only {count_of(count, 'held-out row')}, so treat them as rough."


# ---------------------------------------------------------------------------------------------- run


def no_checkpoint(path: object) -> str:
    return f"There is no checkpoint {path}, so training started from the beginning."
