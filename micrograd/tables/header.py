"""The names of a table's columns: whether the first line has them, and how they become unique.

Rule: names are compared as texts. A line that has every name that is asked for is a line of names,
even if the names are numbers.
"""

from collections.abc import Collection, Iterable
from unicodedata import normalize

from micrograd.tables import notes
from micrograd.tables.number_format import is_number


def clean(cell: str) -> str:
    """Return the text without blanks around it, in Unicode's composed form.

    >>> clean(" cafe\\u0301 ") == "caf\\u00e9"
    True
    """
    return normalize("NFC", cell.strip())


def read_header(first: list[str], expected: Collection[str]) -> tuple[list[str], bool, list[str]]:
    """Return (the names of the columns, whether the first row has them, notes).

    The first row has them unless all of its cells are numbers and `expected` has names that are not
    among them.
    """
    given = [clean(cell) for cell in first]
    numbers = [cell for cell in given if is_number(cell)]
    has_texts = len(numbers) < len([cell for cell in given if cell])
    is_expected = bool(expected) and {*map(clean, expected)} <= {*given}
    if numbers and not has_texts and not is_expected:
        names = [f"column{place}" for place in range(1, len(first) + 1)]
        return names, False, [notes.no_header(names)]
    names, sentences = unique_names(given), []
    if numbers and has_texts:
        sentences.append(notes.number_as_name(numbers[0]))
    elif numbers:
        sentences.append(notes.numbers_as_names(list(expected)))
    for place, (old, new) in enumerate(zip(given, names), 1):
        if old != new:
            sentences.append(notes.renamed(place, old, new))
    return names, True, sentences


def unique_names(given: list[str]) -> list[str]:
    """Return the names; a second "age" becomes "age (2)", and an empty third name "unnamed3"."""
    taken, seen = {*given}, set()
    counts: dict[str, int] = {}
    names = []
    for place, name in enumerate(given, 1):
        new = name
        if not name or name in seen:
            new = unique_name(name or f"unnamed{place}", taken, counts)
        taken.add(new)
        seen.add(new)
        names.append(new)
    return names


def unique_name(name: str, taken: Iterable[str], counts: dict[str, int] | None = None) -> str:
    """Return the name, or the first of "name (2)", "name (3)", ... that is not taken.

    `counts` remembers the last number for each name, so that a thousand equal names take a thousand
    turns and no more.
    """
    taken = taken if isinstance(taken, set) else {*taken}
    counts = {} if counts is None else counts
    new, count = name, counts.get(name, 1)
    while new in taken:
        count += 1
        new = f"{name} ({count})"
    counts[name] = count
    return new
