"""Apply an op to each number of a list; a float takes a tenth of a microsecond.

Rule: the results are those of the op itself.
"""

from __future__ import annotations

from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def each(op: Any, xs: Sequence[Any]) -> list[Any]:
    """Return op(x) for each x; an op has its function of floats as `forward`."""
    return list(map(op.forward if are_floats(xs) else op, xs))


def are_floats(xs: Sequence[Any]) -> bool:
    return set(map(type, xs)) == {float}
