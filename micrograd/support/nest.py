"""Nests: lists, tuples and dicts within each other, and the leaves in them.

Rule: a list, a tuple and a dict are the only containers; everything else is a leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CONTAINERS = (list, tuple, dict)


def tree_map(f: Callable[[Any], Any], nest: Any) -> Any:
    """Return a nest of the same structure with f(x) in place of each leaf x."""
    if not isinstance(nest, CONTAINERS):
        return f(nest)
    if isinstance(nest, dict):
        return {key: tree_map(f, child) for key, child in nest.items()}
    make = getattr(nest, "_make", type(nest))  # a namedtuple's constructor from a list
    return make([tree_map(f, child) for child in nest])


def leaves(nest: Any) -> list[Any]:
    """Return the leaves of `nest`, in order."""
    in_order: list[Any] = []
    tree_map(in_order.append, nest)
    return in_order


def children(nest: Any) -> Iterator[tuple[str, Any]]:
    """Yield (key or index, child) for each child of a dict, list or tuple; nothing for a leaf.

    A child that is an array of objects comes as a list.
    """
    if isinstance(nest, list | tuple):
        nest = dict(enumerate(nest))
    if isinstance(nest, dict):
        for key, child in nest.items():
            yield str(key), as_list(child)


def as_list(x: Any) -> Any:
    """Return an array of objects as a list, and anything else as it is."""
    return x.tolist() if str(getattr(x, "dtype", "")) == "object" else x


def is_batch(x: Any) -> bool:
    """Return whether `x` has rows: a list that begins with a list, or an array of two axes."""
    if not isinstance(x, (list, tuple)):
        return getattr(x, "ndim", 0) > 1
    return bool(x) and (isinstance(x[0], (list, tuple)) or getattr(x[0], "ndim", 0) > 0)


def shape(nest: object) -> str:
    """Describe the lengths of a nest: "a number", "a list of 3", "a list of 2 (a list of 3)"."""
    if not isinstance(nest, list | tuple):
        return "a number"
    inner = sorted({shape(child) for child in nest} - {"a number"})
    detail = f" ({', '.join(inner)})" if inner else ""
    return f"a list of {len(nest)}{detail}"
