"""Namespaces: names and what they stand for, of which code reads some.

Rule: the attributes of an object, in its dict or in slots, those of a class, and the globals of a
module are read alike, as a mapping.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import CellType, MemberDescriptorType, ModuleType
from typing import Any

from micrograd.transforms.code_names import is_users_module

ABSENT = object()


@dataclass(eq=False)
class Namespace:
    """Names and what they stand for: the attributes of an object, or the globals of a module."""

    entries: Mapping[str, Any]
    owner: Any  # the object, class or module
    wanted: set[str]  # the names that code reads, of this object or of another
    guarded: bool = True  # whether it matters if somebody changes what a name stands for
    passed_over: frozenset[str] | None = None  # if given, all other names are read
    reached: set[str] = field(default_factory=set)  # the names whose objects were visited

    @property
    def key(self) -> int:
        """A number that tells it from the namespaces of others."""
        return id(self.entries if isinstance(self.owner, str) else self.owner)

    @property
    def is_object(self) -> bool:
        """Whether these are the attributes of an object that is no class and no module."""
        return not isinstance(self.owner, type | ModuleType) and type(self.owner) is not str

    @property
    def is_whole(self) -> bool:
        """Whether these are all attributes of an object, and code may read each of them."""
        is_dict = isinstance(self.entries, dict)
        return is_dict and self.is_object and self.reached >= self.entries.keys()

    def names_to_watch(self) -> list[str]:
        """Return the names that code reads, and those that may yet come before others.

        An attribute comes before its class's default, a class's before that of its base, and a
        global name before a builtin.
        """
        names = set(self.reached)
        if isinstance(self.owner, type):
            names |= {name for name in self.wanted if hasattr(self.owner, name)}
        elif self.is_object:
            defaults = {name: class_default(self.owner, name) for name in self.wanted}
            names |= {name for name, default in defaults.items() if default is not ABSENT}
        else:
            names |= self.wanted & vars(builtins).keys()
        return sorted(names)

    def absent_names(self) -> frozenset[str]:
        """Return the names that code reads, and that are not there yet."""
        known = self.entries.keys() | (set() if self.is_object else vars(builtins).keys())
        return frozenset() if isinstance(self.entries, Slots) else frozenset(self.wanted - known)

    def set(self, name: str, x: Any) -> None:
        """Let the name stand for `x`, or for nothing if that is ABSENT."""
        names: Any = self.entries
        if not isinstance(names, dict):
            if x is ABSENT:
                delattr(self.owner, name)
            else:
                setattr(self.owner, name, x)
        elif x is ABSENT:
            names.pop(name, None)
        else:
            names[name] = x


def content(cell: CellType) -> Any:
    """Return what the variable of a closure holds, ABSENT if it holds nothing yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return ABSENT


def content_of_context(variable: ContextVar[Any]) -> Any:
    """Return what a context variable stands for, its default included, ABSENT for nothing."""
    try:
        return variable.get()
    except LookupError:
        return ABSENT


def class_default(owner: Any, name: str) -> Any:
    """Return what an object's class has under that name, ABSENT for nothing or a method."""
    default = getattr(type(owner), name, ABSENT)
    return ABSENT if callable(default) or isinstance(default, property) else default


class Slots(Mapping[str, Any]):
    """The attributes of an object that stand in slots."""

    def __init__(self, owner: Any, names: set[str]) -> None:
        self.owner, self.names = owner, names

    def __getitem__(self, name: str) -> Any:
        if name in self.names and hasattr(self.owner, name):
            return getattr(self.owner, name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


class ThreadAttributes(Mapping[str, Any]):
    """The attributes that an object of `threading.local` has in the thread that asks."""

    def __init__(self, owner: Any) -> None:
        self.owner = owner

    def __getitem__(self, name: str) -> Any:
        return vars(self.owner)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(vars(self.owner))

    def __len__(self) -> int:
        return len(vars(self.owner))


def slot_names(cls: type) -> set[str]:
    """Return the names of a class's slots as code reads them: `_Net__x` for `__x`."""
    users = [base for base in cls.__mro__ if is_users_module(base.__module__)]
    pairs = [pair for base in users for pair in vars(base).items()]
    return {name for name, x in pairs if isinstance(x, MemberDescriptorType)}
