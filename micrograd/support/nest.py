"""Nests: lists, tuples and dicts within each other, and what stands at their ends.

Rule: a list, a tuple and a dict are the only containers; whatever else there is stands at an end.
"""

from collections.abc import Callable, Iterator

CONTAINERS = (list, tuple, dict)


def nest_map(f: Callable, nest):
    """`nest` with f(x) in place of each x at its ends."""
    if not isinstance(nest, CONTAINERS):
        return f(nest)
    if isinstance(nest, dict):
        return {key: nest_map(f, part) for key, part in nest.items()}
    make = getattr(nest, "_make", type(nest))  # a namedtuple's own
    return make([nest_map(f, part) for part in nest])


def ends(nest) -> list:
    """What stands at the ends of `nest`, in order."""
    found: list = []
    nest_map(found.append, nest)
    return found


def parts(nest) -> Iterator[tuple[str, object]]:
    """(key or place, part) for each part of a dict, list or tuple; nothing of anything else."""
    if isinstance(nest, list | tuple):
        nest = dict(enumerate(nest))
    if isinstance(nest, dict):
        for key, part in nest.items():
            yield str(key), part


def shape(nest) -> str:
    """The lengths of a nest, in words: "a number", "a list of 3", "a list of 2 (a list of 3)"."""
    if not isinstance(nest, list | tuple):
        return "a number"
    inner = sorted({shape(part) for part in nest} - {"a number"})
    detail = f" ({', '.join(inner)})" if inner else ""
    return f"a list of {len(nest)}{detail}"
