"""A name that a learner's file lacks, and the one that may stand in its place.

Rule: a name that means something else in Python, such as `__mul__` where `__rmul__` is missing, is
no near miss.
"""

from collections.abc import Iterable
from difflib import get_close_matches

SIMILAR = 0.6  # of 1; "div" and "truediv" are just that near


def near_miss(wanted: str, names: Iterable[str], outside: Iterable[str] = ()) -> str:
    """Return the sentence about one of `names` that is nearly the wanted one; "" if none is.

    `outside` are the names beside the class that lacks the wanted one.

    >>> near_miss("__repr__", ["_repr_"])
    'there is a `_repr_`: write two underscores on each side.'
    >>> near_miss("tanh", ["Tanh"]), near_miss("__rmul__", ["__mul__"])
    ('there is a `Tanh`: the name must be `tanh`.', '')
    """
    if wanted in outside:
        return f"there is a `{wanted}` outside the class: indent it, as its other methods are."
    candidates = {plain(name): name for name in names if not is_pythons(name)}
    similar = get_close_matches(plain(wanted), candidates, 1, SIMILAR)
    if not similar:
        return ""
    other = candidates[similar[0]]
    if other.strip("_") == wanted.strip("_") and wanted.startswith("__"):
        return f"there is a `{other}`: write two underscores on each side."
    return f"there is a `{other}`: the name must be `{wanted}`."


def plain(name: str) -> str:
    """Return the name without its underscores and capitals."""
    return name.strip("_").lower()


def is_pythons(name: str) -> bool:
    return name.startswith("__") and (hasattr(float, name) or name == "__call__")
