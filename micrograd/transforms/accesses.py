"""The numbers of Values that a traced function reads and sets, and attributes: each is noted.

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
    `attributes` has the names of other attributes that were set or deleted, such as `label`, if
    they are noted.
    """

    notes_attributes = False  # that makes each new Value of any thread slower

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.reads: dict[tuple[Value, str], Any] = {}
        self.numbers_before: dict[tuple[Value, str], Any] = {}
        self.attributes: set[str] = set()
        self.made: set[Value] = set()  # by the traced function, which may set them

    @contextmanager
    def note_all(self) -> Iterator[None]:
        """Note each access within the block, by descriptors and methods that Value has in it."""
        try:  # Ctrl-C may come at any time
            at_work.append(self)
            for name in SLOTS:
                setattr(Value, name, NotedSlot(name))
            if self.notes_attributes:
                for name, method in SETTERS.items():
                    setattr(Value, name, method)
            yield
        finally:
            at_work[:] = [other for other in at_work if other is not self]
            if not at_work:
                restore_class()

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

    def note_attribute(self, x: Value, name: str) -> None:
        if name in Value.__slots__ or x in self.made:
            return
        if self.thread == threading.get_ident():
            self.attributes.add(name)

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
        if getattr(type(x), self.name) is not self:  # another thread has linked it meanwhile
            return getattr(x, self.name)
        for accesses in at_work:
            accesses.note_read(x, self.name, number)
        return number

    def __set__(self, x: Any, number: Any) -> None:
        for accesses in at_work:
            accesses.note_set(x, self.name)
        self.slot.__set__(x, number)


def set_attribute(x: Value, name: str, new: Any) -> None:
    """Set an attribute of a Value, and let all traces at work know."""
    for accesses in at_work:
        accesses.note_attribute(x, name)
    object.__setattr__(x, name, new)


def delete_attribute(x: Value, name: str) -> None:
    """Delete an attribute of a Value, and let all traces at work know."""
    for accesses in at_work:
        accesses.note_attribute(x, name)
    object.__delattr__(x, name)


SETTERS = {"__setattr__": set_attribute, "__delattr__": delete_attribute}


def restore_class() -> None:
    """Let Value have its slots, and no methods that note what is set."""
    for name, slot in SLOTS.items():
        setattr(Value, name, slot)
    for name in SETTERS.keys() & vars(Value).keys():
        delattr(Value, name)


data_of = SLOTS["data"].__get__  # the data of a Value, which is not noted
