"""Copies of containers, which are compared with them later.

Rule: a copy equals its container if each entry is the same object or equal, as 1 and True are; but
0.0 and -0.0, which compute different things, are not the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from math import copysign
from typing import Any

from micrograd.transforms.reach import BUFFERS


class Zero:
    """The copy of a float that is zero: it equals a zero of the same sign alone."""

    def __init__(self, x: float) -> None:
        self.x, self.sign = x, copysign(1.0, x)

    def __eq__(self, other: object) -> bool:
        return type(other) is float and not other and copysign(1.0, other) == self.sign

    __hash__ = object.__hash__


def exact(x: Any) -> Any:
    """Return what stands for `x` in a copy."""
    if type(x) is tuple:
        return tuple(map(exact, x))
    return Zero(x) if type(x) is float and not x else x


def original(x: Any) -> Any:
    """Return what `x`, in a copy, stands for."""
    if type(x) is tuple:
        return tuple(map(original, x))
    return x.x if type(x) is Zero else x


def same(now: Any, old: Any) -> bool:
    """Return whether `now` is what `old`, in a copy, stands for. A nan is the same as any other."""
    try:
        return now is old or bool(now == old) or bool(now != now and old != old)
    except Exception:  # two arrays cannot be compared
        return False


def exact_copy(holder: Any) -> Any:
    """Return a copy of a list, a dict, a set, a deque or a buffer."""
    if isinstance(holder, BUFFERS):
        return holder[:]
    if isinstance(holder, dict):
        return {key: exact(x) for key, x in holder.items()}
    if isinstance(holder, set):
        return set(holder)
    if type(holder) is list and {float, tuple}.isdisjoint(map(type, holder)):
        return holder[:]  # such as one of parameters
    return (deque if isinstance(holder, deque) else list)(map(exact, holder))


def fill(holder: Any, copy: Any) -> None:
    """Give a container the entries of its copy.

    A dict keeps those that it has in order: another thread may read the attributes of a module.
    """
    if isinstance(holder, BUFFERS):
        holder[:] = copy
        return
    if isinstance(holder, list):
        holder[:] = map(original, copy)
        return
    if isinstance(holder, dict):
        for key in [key for key in holder if key not in copy]:
            del holder[key]
        if list(holder) != list(copy):
            holder.clear()
        holder.update({key: original(x) for key, x in copy.items()})
        return
    holder.clear()
    if isinstance(holder, set):
        holder |= copy
    else:
        holder += map(original, copy)


def entries(holder: Any) -> Mapping[Any, Any]:
    """Return the entries of a container by their keys or places."""
    if isinstance(holder, dict):
        return holder
    return {x: x for x in holder} if isinstance(holder, set) else dict(enumerate(holder))
