"""A set that is walked in the order in which it was filled.

Rule: in all else it is Python's own set, and it prints as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

TYPE_CHECKING = False  # a type checker reads it as True; importing `typing` takes milliseconds
if TYPE_CHECKING:
    from typing import Any


class OrderedSet(set):
    """The set of the items. Items that are added later come last.

    >>> numbers = OrderedSet([3, 1, 2, 1])
    >>> numbers.remove(1)
    >>> numbers, numbers == {2, 3}
    ({3, 2}, True)
    """

    def __init__(self, items: Iterable[Any] = ()):
        self.order = dict.fromkeys(items)
        super().__init__(self.order)

    def __iter__(self) -> Iterator[Any]:
        added = super().__iter__()
        yield from filter(self.__contains__, self.order)
        yield from (item for item in added if item not in self.order)

    def __repr__(self) -> str:
        return "{" + ", ".join(map(repr, self)) + "}" if self else "set()"
