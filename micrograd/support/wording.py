"""Words for messages: kinds of things, similar names, long lists."""


def kind(x) -> str:
    """What `x` is, short enough for a message: "list of 3", "str 'abc'", "ndarray"."""
    if isinstance(x, list | tuple | dict | set):
        return f"{type(x).__name__} of {len(x)}"
    if isinstance(x, str | bytes | complex):
        return f"{type(x).__name__} {x if isinstance(x, complex) else ascii(x[:40])}"
    return type(x).__name__


def nearest(name: str, known) -> list[str]:
    """Of the known names those that look like it, the nearest first."""
    import difflib  # here, since errors are rare

    small = {other.lower(): other for other in known}
    found = difflib.get_close_matches(name.lower(), small, n=3, cutoff=0.6)
    return [small[other] for other in found]


def some(names, most: int = 8) -> str:
    """The names; of many the first, and how many more there are."""
    shown = ", ".join(map(repr, names[:most]))
    return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown
