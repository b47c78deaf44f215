"""A dot product as one operation, and those of many rows, where the code that runs a model has one.

Rule: a layer asks for them; whoever records a program, or computes with plain numbers, sets them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar

TYPE_CHECKING = False  # a type checker reads it as True; importing `typing` takes milliseconds
if TYPE_CHECKING:
    from typing import Any

    Dot = Callable[[Any, Any, Any], Any]  # of the factors, and the number to start from
    DotEach = Callable[[Any, Any, Any], list[Any] | None]  # of rows, a vector, and a start for each

fused_dot: ContextVar[Dot | None] = ContextVar("fused_dot", default=None)
# It returns None for what it cannot compute.
fused_dot_each: ContextVar[DotEach | None] = ContextVar("fused_dot_each", default=None)


class Columns:
    """The columns of rows of one length, each a tuple, made once.

    >>> list(Columns([[1.0, 2.0], [3.0, 4.0]]))
    [(1.0, 3.0), (2.0, 4.0)]
    """

    def __init__(self, rows: list[Any]) -> None:
        self.rows, self.columns = rows, list(zip(*rows))

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)
