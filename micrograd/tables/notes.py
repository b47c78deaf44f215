"""What was done to a table, in sentences: nothing is left out, filled in or guessed unsaid.

Rule: a note is made by a function that cannot itself raise; its wording is tested.
"""

from micrograd.support.wording import abbreviate

SHOWN = 3  # lines, or names, before "and 96 more"


def listed(items) -> str:
    """Return the items as in a sentence: "4, 9 and 12", or "4, 9, 12 and 96 more"."""
    return abbreviate(items, SHOWN)


def at(lines: list[int]) -> str:
    """ "line 4", "lines 4, 9 and 12"."""
    return f"line{'s' * (len(lines) != 1)} {listed(lines)}"


def many(count: int, what: str) -> str:
    """ "1 row", "2 rows", "1 category", "2 categories"."""
    if count != 1:
        what = what[:-1] + "ies" if what.endswith("y") else what + "s"
    return f"{count:,} {what}"


# --------------------------------------------------------------------------------- names of columns


def no_header(names: list[str]) -> str:
    return (
        "the first line has numbers alone, so it was read as data, and the columns are called "
        f"{listed(names)}."
    )


def renamed(place: int, old: str, new: str) -> str:
    was = f"another one called {old!r}" if old else "without a name"
    return f"column {place} is {was}: here it is {new!r}."


def number_as_name(cell: str) -> str:
    return (
        f"a column is called {cell!r}, which is a number: if the first line is data, put a line of "
        "names above it."
    )


# ------------------------------------------------------------------------------------------ columns


def texts_among_numbers(name: str, lines: list[int], text: str, share: float) -> str:
    percent = min(int(100 * share), 99)
    if len(lines) == 1:
        what, then = f"{text!r} is not a number", "it counts as missing"
    else:
        what, then = f"{text!r}, for one, is not a number", "they count as missing"
    return f"{at(lines)}, column {name!r}: {what}; {percent} % of the column are, so {then}."


def numbers_among_texts(name: str, lines: list[int], known: int) -> str:
    return (
        f"column {name!r}: {len(lines):,} of {known:,} cells are numbers ({at(lines)}), too few "
        "for a column of numbers, so all of it was read as categories."
    )


def like_numbers(name: str, text: str) -> str:
    return (
        f"column {name!r}: its texts, as {text!r}, begin with digits, but are no numbers, so they "
        "were read as categories. Dates, signs and units have to be left out to be measured."
    )


def commas(name: str, between: bool) -> str:
    """`between`: between thousands."""
    what = "signs between thousands, as in 1,500" if between else "decimal points, as in 1,5"
    return f"column {name!r}: commas were read as {what}."


def dropped(name: str, why: str) -> str:
    return f"column {name!r} was left out: {why}."


def empty() -> str:
    return "it has no value"


def constant(value) -> str:
    return f"it is {value!r} in every row that has a value"


def identifier(count: int) -> str:
    return f"its {count:,} values all differ, so they name the rows"


# ----------------------------------------------------------------------------------------- encoding


def filled(name: str, lines: list[int], mean: float) -> str:
    return (
        f"column {name!r}: {many(len(lines), 'missing value')} ({at(lines)}), filled with "
        f"{mean:.4g}, the mean of the training rows."
    )


def far_away(name: str, lines: list[int], x: float, far: float) -> str:
    return (
        f"{at(lines)}, column {name!r}: {x:.4g} is more than {far:,.0f} deviations from the mean "
        "of the training rows, and was read as that."
    )


def own_category(name: str, lines: list[int], category: str) -> str:
    return (
        f"column {name!r}: {many(len(lines), 'missing value')} ({at(lines)}), a category of its "
        f"own, {category!r}."
    )


def unknown_categories(name: str, lines: list[int], categories: list[str], known: int) -> str:
    one = len(categories) == 1
    return (
        f"column {name!r}: {listed(map(repr, categories))} ({at(lines)}) "
        f"{'is' if one else 'are'} not among the {many(known, 'category')} known from the training "
        f"rows, and {'counts' if one else 'count'} as none of these."
    )


# ------------------------------------------------------------------------------------------- target


def no_target(name: str, lines: list[int]) -> str:
    were = "was" if len(lines) == 1 else "were"
    return f"{many(len(lines), 'row')} without {name!r} {were} left out ({at(lines)})."


def numbers_as_classes(name: str, classes: list[str]) -> str:
    return (
        f"the target {name!r} has the {len(classes)} whole numbers {listed(classes)}: they were "
        "taken for classes. Write --task regress if they are amounts."
    )


def numbers_as_amounts(name: str, count: int) -> str:
    return (
        f"the target {name!r} has {count:,} different whole numbers: they were taken for amounts. "
        "Write --task classify if they are classes."
    )


def single_class(names: list[str]) -> str:
    if len(names) == 1:
        what = "a class of the target with one row, is"
    else:
        what = "classes of the target with one row each, are"
    return f"{listed(map(repr, names))}, {what} trained on, but not tested."


def few_held_out(count: int) -> str:
    return f"the figures come from {many(count, 'held-out row')} alone: take them for a hint."


# ---------------------------------------------------------------------------------------------- run


def no_checkpoint(path) -> str:
    return f"there is no {path} to go on from, so training began anew."
