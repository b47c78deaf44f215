"""Sums of numbers of any kind, whose bits are the same for floats and for Values.

Rule: they are added from left to right. Python's own sum of floats has been more exact since 3.12,
and so another number than the sum of Values, and than what compiled code adds.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import add

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def add_all(numbers: Iterable[Any], start: Any = 0) -> Any:
    """Return start + the first number + the second, and so on.

    >>> add_all([1e16, 1.0, -1e16])
    0.0
    """
    return reduce(add, numbers, start)
