"""The Values that a walk has met, in the order in which it met them: the numbers of a state.

Rule: a list of Values is known by where its runs begin. So a list of all parameters costs as much
as its rows, once these were met, and no Value has a number until somebody asks for it.
"""

from __future__ import annotations

from itertools import count

from micrograd.engine import Value

Run = tuple[int, int]  # the place of its first Value among those met, and how many follow


class MetValues:
    """Values of class Value, each once.

    >>> met, (a, b, c) = MetValues(), map(Value, (1.0, 2.0, 3.0))
    >>> len(met.add([a, b])), len(met.add([b, c])), met.add([a, b, c])
    (2, 1, [])
    >>> met.runs_of([c, a, b]), met.runs_of([b, a]), met.number_of(b)
    ([(2, 1), (0, 2)], None, 1)
    """

    def __init__(self) -> None:
        self.order: list[Value] = []
        self.known: set[Value] = set()
        self.some_came_twice = False  # if so, each list is compared with those before
        self.starts: dict[Value, Run] = {}  # of each list that was new, by its first Value
        self.numbers: dict[Value, int] = {}  # of those that somebody asked for, and all before

    def add(self, values: list[Value]) -> list[Value]:
        """Add those that are new, and return them."""
        if self.runs_of(values) is not None:
            return []
        if self.some_came_twice and not self.known.isdisjoint(values):
            values = [x for x in values if x not in self.known]
        first = len(self.order)
        self.known.update(values)
        if len(self.known) < first + len(values):  # one was known, or stands there twice
            if not self.some_came_twice:
                self.known, self.some_came_twice = set(self.order), True
                return self.add(values)
            values = list(dict.fromkeys(values))
        if values:
            self.starts[values[0]] = first, len(values)
            self.order += values
        return values

    def runs_of(self, values: list[Value]) -> list[Run] | None:
        """Return the runs that a list consists of, None if it does not consist of whole ones."""
        runs, begin = list[Run](), 0
        while begin < len(values):
            first, length = self.starts.get(values[begin], (0, 0))
            end = begin + length
            run = self.order[first : first + length]
            if not run or run != values[begin:end]:  # Values are equal if they are the same one
                return None
            runs.append((first, length))
            begin = end
        return runs

    def number_of(self, x: Value) -> int | None:
        """Return the place of a Value among those met, None if it is none of them."""
        if x in self.starts:
            return self.starts[x][0]
        if x not in self.known:
            return None
        first = len(self.numbers)
        self.numbers.update(zip(self.order[first:], count(first)))
        return self.numbers[x]
