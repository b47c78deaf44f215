"""The things that a program can depend on, kind by kind: how each is read, compared and put back.

Rule: before each call of a compiled function, getters return what the things are now: one for each
thing, or one for all of a kind, where they are many. The list of all is compared with the one from
before. Nearly all of this is done in C, and takes a few nanoseconds for each thing.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from copy import copy
from functools import partial
from numbers import Real
from operator import attrgetter
from types import CellType, FunctionType
from typing import Any, NamedTuple

from micrograd.engine import Value
from micrograd.support.nest import leaves
from micrograd.support.wording import kind
from micrograd.transforms.copies import entries, exact, exact_copy, fill, original, same
from micrograd.transforms.namespaces import (
    ABSENT,
    Namespace,
    class_default,
    content,
    content_of_context,
)

Name = tuple[Callable[..., Any], str, Namespace]  # get, name, and the namespace that `get` reads
Getter = tuple[Callable[[], Any], Any]  # a function, and what it returned before the trace


class Change(NamedTuple):
    """A thing, or an entry of it, that is not what it was."""

    old: Any
    what: str  # in words
    is_refused: bool  # whether a trace must not make it, whatever `old` is

    def is_of_setting(self, used: Container[Value]) -> bool:
        """Return whether it is a change of a number, a text, or one of the Values in `used`."""
        held = leaves(self.old)
        return any(x in used if isinstance(x, Value) else isinstance(x, Real | str) for x in held)


class Dependencies:
    """Things of one kind, and in `before`, in the same order, what each was before the trace."""

    read: Callable[[Any], Any]  # what a thing is now; AttributeError or ValueError for nothing
    changes_refused = False  # whether a trace must leave every such thing as it is

    def __init__(self, things: Iterable[Any]) -> None:
        self.things = list(things)
        self.before = self.copies()

    def now(self) -> list[Any]:
        """Return what each thing is now."""
        return list(map(self.read, self.things))

    def copies(self) -> list[Any]:
        """Return what stands for each thing, as it is now, in a comparison."""
        return list(map(exact, self.now()))

    def keys(self, thing: Any) -> Iterator[Hashable]:
        """Yield what tells a thing from all others, in the lists of any state."""
        yield id(thing)

    def owner(self, thing: Any) -> Any:
        """Return the object, class or module whose attributes it has, None if there is none."""
        return None

    def put_back(self, thing: Any, old: Any) -> None:
        """Make a thing what it was."""
        raise NotImplementedError

    def describe(self, thing: Any) -> str:
        """Return what a message calls a thing."""
        raise NotImplementedError

    def is_same(self, thing: Any, old: Any) -> bool:
        try:
            return same(self.read(thing), old)
        except (AttributeError, ValueError):
            return False

    def getters(self) -> list[Getter]:
        """Return (a function, what it returns while all is as it was) for each thing.

        A function may raise an error if something changed.
        """
        return [(partial(self.read, x), old) for x, old in zip(self.things, self.before)]

    def getter_of_all(self) -> list[Getter]:
        """Return one getter for all things, which returns a list that is made in C."""
        return [(self.now, self.before)] if self.things else []

    def have_changed(self) -> bool:
        """Return whether something may have changed."""
        try:
            return self.now() != self.before
        except Exception:  # two arrays cannot be compared, and an empty cell cannot be read
            return True

    def changed_things(self) -> list[Any]:
        """Return the things that are not what they were."""
        pairs = zip(self.things, self.before)
        return [thing for thing, old in pairs if not self.is_same(thing, old)]

    def as_it_is(self, things: list[Any] | None = None) -> Dependencies:
        """Return the same things, or some of them, as they are now."""
        new = copy(self)
        new.things = self.things if things is None else things
        new.before = new.copies()
        return new

    def changes(self) -> Iterator[Change]:
        """Yield what is not as it was."""
        for thing, exact_old in zip(self.things, self.before):
            if not self.is_same(thing, exact_old):
                yield Change(original(exact_old), self.describe(thing), self.changes_refused)

    def restore(self) -> None:
        """Make all things what they were."""
        for thing, old in zip(self.things, self.before):
            if not self.is_same(thing, old):
                self.put_back(thing, original(old))

    def add(self, thing: Any, old: Any) -> None:
        """Depend on one thing more, which was `old`."""
        self.things.append(thing)
        self.before.append(exact(old))

    def count(self) -> int:
        """Return how many things there are."""
        return len(self.things)

    def keep_unchanged(self) -> None:
        """Forget the things that are not what they were."""
        pairs = zip(self.things, self.before)
        kept = [(thing, old) for thing, old in pairs if self.is_same(thing, old)]
        self.things = [thing for thing, _ in kept]
        self.before = [old for _, old in kept]


class Containers(Dependencies):
    """Lists, dicts, sets and buffers, each with its copy.

    A dict may be that of an object's attributes; `owners` has the object, by the dict's id. `rows`
    has the lists of Values alone, by their ids.
    """

    def __init__(
        self, things: Iterable[Any], owners: Mapping[int, Any], rows: Container[int]
    ) -> None:
        self.owners, self.rows = owners, rows
        super().__init__(things)

    def getters(self) -> list[Getter]:
        return self.getter_of_all()

    def copies(self) -> list[Any]:
        return [x[:] if id(x) in self.rows else exact_copy(x) for x in self.things]

    def plain_dicts(self) -> list[dict[Any, Any]]:
        """Return the dicts that are not an object's attributes."""
        return [x for x in self.things if isinstance(x, dict) and id(x) not in self.owners]

    def now(self) -> list[Any]:
        return self.things

    def read(self, thing: Any) -> Any:
        return thing

    def keys(self, thing: Any) -> Iterator[Hashable]:
        yield id(thing)
        owner = self.owner(thing)
        if owner is not None:  # elsewhere they may be names
            yield from ((id(owner), name) for name in thing)

    def owner(self, thing: Any) -> Any:
        return self.owners.get(id(thing))

    def describe(self, thing: Any) -> str:
        owner = self.owner(thing)
        return kind(thing if owner is None else owner)

    def restore(self) -> None:
        for thing, before in zip(self.things, self.before):
            if not self.is_same(thing, before):
                fill(thing, before)

    def changes(self) -> Iterator[Change]:
        for thing, before in zip(self.things, self.before):
            if not self.is_same(thing, before):
                for old, what in self.changed_entries(thing, before):
                    yield Change(original(old), what, False)

    def changed_entries(self, thing: Any, copy: Any) -> Iterator[tuple[Any, str]]:
        """Yield (what it was, its description) for each entry; if attributes, for new ones too."""
        owner = self.owners.get(id(thing))
        then, now = entries(copy), entries(thing)
        for key, old in then.items():
            if not same(now.get(key, ABSENT), old):
                yield old, describe(thing if owner is None else owner, key)
        if owner is None:
            return
        for name in now.keys() - then.keys():
            old = class_default(owner, name)
            if not same(now[name], old):
                yield old, describe(owner, name)

    def unchanged_names(self) -> Iterator[tuple[Name, Any]]:
        """Yield (name, what it stands for) for each entry that is as it was of a changed dict."""
        for thing, before in zip(self.things, self.before):
            if isinstance(thing, dict) and not self.is_same(thing, before):
                space = Namespace(thing, self.owners.get(id(thing), "a dict"), set())
                for name, old in before.items():
                    if same(thing.get(name, ABSENT), old):
                        yield name_in(space, name), old


class Names(Dependencies):
    """Names that code looks up: attributes, and global names."""

    def now(self) -> list[Any]:
        return [get(name, ABSENT) for get, name, _ in self.things]

    def read(self, thing: Name) -> Any:
        get, name, _ = thing
        return get(name, ABSENT)

    def getters(self) -> list[Getter]:
        pairs = zip(self.things, self.before)
        return [(partial(get, name, ABSENT), old) for (get, name, _), old in pairs]

    def keys(self, thing: Name) -> Iterator[Hashable]:
        _, name, space = thing
        yield space.key, name

    def owner(self, thing: Name) -> Any:
        return thing[2].owner

    def put_back(self, thing: Name, old: Any) -> None:
        _, name, space = thing
        space.set(name, old)

    def describe(self, thing: Name) -> str:
        _, name, space = thing
        return describe(space.owner, name)


class AbsentNames(Dependencies):
    """Names that code may look up, and that an object, a class or a module does not have yet.

    A thing is (the names, the namespace). It is read as the names that are there now: none.
    """

    def __init__(self, spaces: Iterable[Namespace]) -> None:
        things = [(space.absent_names(), space) for space in spaces]
        super().__init__([thing for thing in things if thing[0]])

    def now(self) -> list[Any]:
        return [names.intersection(space.entries) for names, space in self.things]

    def read(self, thing: Any) -> Any:
        names, space = thing
        return names.intersection(space.entries)

    def getters(self) -> list[Getter]:
        pairs = zip(self.things, self.before)
        return [(partial(names.intersection, space.entries), old) for (names, space), old in pairs]

    def keys(self, thing: Any) -> Iterator[Hashable]:
        names, space = thing
        yield from ((space.key, name) for name in names)

    def owner(self, thing: Any) -> Any:
        return thing[1].owner

    def put_back(self, thing: Any, old: Any) -> None:
        for name in self.read(thing):
            thing[1].set(name, ABSENT)

    def describe(self, thing: Any) -> str:
        return describe(thing[1].owner, min(self.read(thing)))

    def count(self) -> int:
        return sum(len(names) for names, _ in self.things)

    def keep_unchanged(self) -> None:
        """Forget the names that are there now."""
        self.things = [(names - self.read((names, space)), space) for names, space in self.things]


class EmptyVariables(Dependencies):
    """The variables that functions close over and that hold nothing yet."""

    read = staticmethod(content)

    def put_back(self, thing: CellType, old: Any) -> None:
        del thing.cell_contents

    def describe(self, thing: CellType) -> str:
        return "a variable that the function closes over"


class ClosureVariables(Dependencies):
    """The variables that functions close over, which Python keeps in cells."""

    read = attrgetter("cell_contents")

    def put_back(self, thing: CellType, old: Any) -> None:
        thing.cell_contents = old

    def describe(self, thing: CellType) -> str:
        return "a variable that the function closes over"


class ContextVariables(Dependencies):
    """Context variables, whose defaults count. One without a default cannot be unset again."""

    read = staticmethod(content_of_context)
    changes_refused = True

    def put_back(self, thing: ContextVar[Any], old: Any) -> None:
        if old is not ABSENT:
            thing.set(old)

    def describe(self, thing: ContextVar[Any]) -> str:
        return f"the context variable {thing.name}"


class Functions(Dependencies):
    """The code and the defaults of functions."""

    read = attrgetter("__code__", "__defaults__")
    changes_refused = True

    def put_back(self, thing: FunctionType, old: Any) -> None:
        thing.__code__, thing.__defaults__ = old

    def describe(self, thing: FunctionType) -> str:
        return f"the code or the defaults of {thing.__name__}"


class ValueAttribute(Dependencies):
    """An attribute that all Values have, such as `data`, of some of them."""

    def __init__(self, name: str, values: Iterable[Value]) -> None:
        self.name, self.read = name, attrgetter(name)
        super().__init__(values)

    def getters(self) -> list[Getter]:
        return self.getter_of_all()

    def put_back(self, thing: Value, old: Any) -> None:
        setattr(thing, self.name, old)

    def describe(self, thing: Value) -> str:
        return describe(thing, self.name)


class DictOrders(Dependencies):
    """The order of the keys in dicts, which == does not compare."""

    read = list
    changes_refused = True

    def put_back(self, thing: dict[Any, Any], old: Any) -> None:
        for key in old:
            thing[key] = thing.pop(key)

    def describe(self, thing: dict[Any, Any]) -> str:
        return "the order of a dict"

    def changes(self) -> Iterator[Change]:
        for thing, order in zip(self.things, self.before):
            # A dict with other keys is a change of its entries, which Containers yields.
            if list(thing) != order and thing.keys() == set(order):
                yield Change(order, self.describe(thing), self.changes_refused)


class Arrays(Dependencies):
    """The shapes and the contents of NumPy's arrays."""

    changes_refused = True

    def read(self, thing: Any) -> Any:
        """Return an array's shape, and its objects or the bytes of its numbers."""
        return thing.shape, thing.tolist() if thing.dtype == object else thing.tobytes()

    def put_back(self, thing: Any, old: Any) -> None:
        import numpy as np  # here, because it loads slowly

        shape, content = old
        if thing.shape != shape:
            thing.resize(shape, refcheck=False)  # to set `shape` itself warns since NumPy 2.5
        is_list = isinstance(content, list)
        entries = content if is_list else np.frombuffer(content, thing.dtype).reshape(shape)
        thing[...] = entries

    def describe(self, thing: Any) -> str:
        return "an array"


# --------------------------------------------------------------------------------- names, in words


def name_in(space: Namespace, name: str) -> Name:
    return space.entries.get, name, space


def describe(owner: Any, name: Any) -> str:
    """Return an entry in words: "`scale` of a Net"."""
    where = owner if isinstance(owner, str) else kind(owner)
    if isinstance(owner, type):
        where = f"the class {owner.__name__}"
    return f"`{name}` of {where}"
