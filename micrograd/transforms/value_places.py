"""The places of Values in a list, which is read no further than somebody asks.

Rule: a list may have millions of Values, of which a part needs a few.
"""

from __future__ import annotations

from itertools import count

from micrograd.engine import Value

MOST_AT_ONCE = 2**16  # Values that are read


class ValuePlaces:
    """Finds where Values stand in a list; `places` has the place of each Value read so far.

    >>> a, b, c = map(Value, (1.0, 2.0, 3.0))
    >>> known = ValuePlaces([a, b])
    >>> known.find([b]), known.places[b], known.find([a, c])
    (True, 1, False)
    """

    def __init__(self, values: list[Value]) -> None:
        self.values = values
        self.places: dict[Value, int] = {}
        self.read = 0  # how many of the Values are among them

    def find(self, values: list[Value]) -> bool:
        """Let `places` have these Values; return whether all have one."""
        while not all(map(self.places.__contains__, values)):
            first = self.read
            if first >= len(self.values):
                return False
            self.read += MOST_AT_ONCE
            self.places.update(zip(self.values[first : self.read], count(first)))
        return True
