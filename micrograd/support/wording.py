"""Words for messages: kinds of things, similar names, long lists."""

from collections.abc import Iterable


def kind(x: object) -> str:
    """Return the kind of `x` with an article, short enough for a message.

    >>> kind([1, 2, 3]), kind("abc"), kind(2), kind(None)
    ('a list of 3', "the str 'abc'", 'an int', 'None')
    """
    name = type(x).__name__
    if x is None:
        return "None"
    if isinstance(x, str | bytes):
        return f"the {name} {x[:40]!a}"
    if isinstance(x, complex):
        return f"the {name} {x}"
    article = "an" if name[0].lower() in "aeio" or name.startswith("ndarray") else "a"
    size = f" of {len(x)}" if isinstance(x, list | tuple | dict | set) else ""
    return f"{article} {name}{size}"


def plural(count: int, noun: str) -> str:
    """Return the number and its noun.

    >>> plural(1, "row"), plural(2000, "row")
    ('1 row', '2,000 rows')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """Return those of `names` that look like `name`, the most similar first."""
    import difflib  # here, since errors are rare

    lowercase = {other.lower(): other for other in names}
    similar = difflib.get_close_matches(
        name.lower(),
        lowercase,
        n=3,
        cutoff=0.6,
    )
    return [lowercase[other] for other in similar]


def abbreviate(items: Iterable[object], most: int = 8) -> str:
    """Return the items as a list in a sentence: the first `most`, and how many more there are.

    >>> abbreviate([4, 9, 12]), abbreviate(range(1000), most=2)
    ('4, 9 and 12', '0, 1 and 998 more')
    """
    items = list(items)
    texts = [str(item) for item in items[:most]]
    if len(items) > most:
        texts.append(f"{len(items) - most:,} more")
    first, last = texts[:-1], texts[-1:]
    if first:
        last = [", ".join(first), *last]
    return " and ".join(last)


def quote(names: Iterable[object]) -> list[str]:
    """Return each name in quotation marks, as Python writes it."""
    return [repr(name) for name in names]
