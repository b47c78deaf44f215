"""The numbers of Values that a traced function reads and sets: each access is noted.

Rule: whatever the tracing thread reads counts, also for C code, such as `math.exp(w.data)`. Other
threads compute with the same Values meanwhile, and notice nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from micrograd.engine import Value

SLOTS: dict[str, Any] = {name: vars(Value)[name] for name in ("data", "grad")}
at_work: list[Accesses] = []  # of traces within each other


class Accesses:
    """The numbers that were read and set, of the Values that were there before the trace.

    `reads` has the number, and `numbers_before` that from before it was set, under (Value, name).
    """

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.reads: dict[tuple[Value, str], Any] = {}
        self.numbers_before: dict[tuple[Value, str], Any] = {}
        self.made: set[Value] = set()  # by the traced function, which may set them

    @contextmanager
    def note_all(self) -> Iterator[None]:
        """Note each access within the block, by descriptors in the place of the class's slots."""
        try:  # Ctrl-C may come at any time
            at_work.append(self)
            for name in SLOTS:
                setattr(Value, name, NotedSlot(name))
            yield
        finally:
            at_work[:] = [other for other in at_work if other is not self]
            for name, slot in SLOTS.items() if not at_work else ():
                setattr(Value, name, slot)

    def note_read(self, x: Value, name: str, number: Any) -> None:
        if x not in self.made and self.thread == threading.get_ident():
            self.reads[x, name] = number

    def note_set(self, x: Value, name: str) -> None:
        if x not in self.made and self.thread == threading.get_ident():
            try:
                before = SLOTS[name].__get__(x)
            except AttributeError:  # it has no number yet
                self.made.add(x)
            else:
                self.numbers_before.setdefault((x, name), before)

    def put_back(self) -> bool:
        """Make all numbers as they were; return whether one was set."""
        for (x, name), number in self.numbers_before.items():
            SLOTS[name].__set__(x, number)
        return bool(self.numbers_before)


class NotedSlot:
    """A descriptor that reads and sets a slot of Values, and lets all traces at work know."""

    def __init__(self, name: str) -> None:
        self.name, self.slot = name, SLOTS[name]

    def __get__(self, x: Any, owner: Any = None) -> Any:
        if x is None:
            return self
        number = self.slot.__get__(x)
        for accesses in at_work:
            accesses.note_read(x, self.name, number)
        return number

    def __set__(self, x: Any, number: Any) -> None:
        for accesses in at_work:
            accesses.note_set(x, self.name)
        self.slot.__set__(x, number)


data_of = SLOTS["data"].__get__  # the data of a Value, which is not noted
