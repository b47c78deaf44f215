"""Words for messages: kinds of things, similar names."""

from collections.abc import Iterable

SHORTEST_PART = 4  # letters of a name that is looked for within longer ones


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


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return the number and its noun; `nouns` is a plural that does not just end in s.

    >>> plural(1, "row"), plural(2000, "row"), plural(2, "class", "classes")
    ('1 row', '2,000 rows', '2 classes')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {nouns or noun + 's'}"


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """Return those of `names` that look like `name`, the most similar first.

    If none does, return those that contain it, unless it is very short.
    """
    import difflib  # here, since errors are rare

    lowercase = {other.lower(): other for other in names}
    similar = difflib.get_close_matches(name.lower(), lowercase, n=3, cutoff=0.6)
    if not similar and len(name) >= SHORTEST_PART:
        similar = [other for other in lowercase if name.lower() in other]
    return [lowercase[other] for other in similar]


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return the question that names the most similar of `names`, "" if none is similar.

    >>> did_you_mean("sigmod", ["tanh", "sigmoid"]), did_you_mean("x", ["tanh"])
    (' Did you mean sigmoid?', '')
    """
    similar = nearest(name, names)
    return f" Did you mean {similar[0]}?" if similar else ""
