"""The results of compiling a function: one for each kind of arguments and each state.

Rule: a result is used only in the state that it was made in; in another, another is made.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from micrograd.transforms import messages
from micrograd.transforms.state import TRACING, State

MOST_STATES = 16  # that are kept for one kind of arguments

C = TypeVar("C")


class Compilations(Generic[C]):
    """The results of compiling a function, for each kind of arguments and each state.

    `name` is what a warning calls the function. A copy, or one that is read from a pickle, is
    empty: it compiles again.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.by_key: dict[Hashable, list[tuple[State, C]]] = {}
        self.counts: dict[Hashable, int] = {}
        self.latest: C | None = None

    def __reduce__(self) -> Any:
        return Compilations, (self.name,)

    def __len__(self) -> int:
        return sum(map(len, self.by_key.values()))

    def find(self, key: Hashable) -> C | None:
        """Return the result for that key in the state of now, None if there is none."""
        rows = self.by_key.get(key)
        if rows is None:
            return None
        state, compiled = rows[0]
        if state.is_current():
            return compiled
        for i, row in enumerate(rows):
            if row[0].is_current():
                self.by_key[key] = [row, *rows[:i], *rows[i + 1 :]]
                return row[1]
        return None

    def find_or_compile(self, key: Hashable, make: Callable[[], tuple[State, C]]) -> C:
        """Return the result for that key in the state of now.

        If there is none, `make` returns the state and the result, while no other thread traces.
        """
        compiled = self.find(key)
        if compiled is None:
            with TRACING:
                compiled = self.find(key)  # another thread may have been first
                if compiled is None:
                    state, compiled = make()
                    self.add(key, state, compiled)
        return compiled

    def add(self, key: Hashable, state: State, compiled: C) -> None:
        """Keep it; warn if the function is compiled again and again."""
        rows = self.by_key.get(key, [])
        self.counts[key] = self.counts.get(key, 0) + 1
        if self.counts[key] == MOST_STATES:
            change = next(rows[0][0].changes(), None)
            if change is not None:
                message = messages.compiled_again(self.name, MOST_STATES, change.what)
                warnings.warn(message, stacklevel=5)
        self.by_key[key] = [(state, compiled), *rows][:MOST_STATES]
        self.latest = compiled
