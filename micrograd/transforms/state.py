"""The state that a compiled function depends on: whatever its code reads and somebody may change.

Rule: a program runs only in the state that it was traced in. This is the one mechanism for `jit`,
`vmap`, `grad` and `compile_step`: in another state the function is traced again, and a function
that changes a Value, or a setting of its own, while it is traced is refused and changes nothing.

The state is what can be reached from the function, from `self`, and from the models it is given:
global and closed-over names, attributes (also those of classes and of the user's modules), context
variables, the lengths, contents and order of lists, dicts and sets, the code of functions, and
arrays of up to 8,192 numbers. A Value counts for being the same object, because its data is an
input of the program; if code looks at that number, as `w.data` or `if w > 0` do, it counts as well.
Two objects count as the same if they are equal, as 1 and True are. A name that code looks up in
vain counts, too. Not seen: larger arrays, the insides of libraries, clocks, files, and an attribute
that a Value has later.

`reach` finds all of it before the trace, by the names that code reads (`code_names`). For each kind
of thing, `dependencies` says how it is compared and put back, with `copies` of containers. And
`compilations` keeps a program for each state.
"""

from __future__ import annotations

import threading
from collections.abc import Container, Iterable, Iterator, Mapping
from copy import copy
from typing import Any

from micrograd import errors
from micrograd.engine import Value
from micrograd.transforms import messages
from micrograd.transforms.dependencies import (
    AbsentNames,
    Arrays,
    Change,
    ClosureVariables,
    Containers,
    ContextVariables,
    Dependencies,
    DictOrders,
    EmptyVariables,
    Functions,
    Names,
    ValueAttribute,
    name_in,
)
from micrograd.transforms.reach import DEFAULTS_OF_VALUES, Reach
from micrograd.transforms.set_names import SetNames

LARGEST_ARRAY = 8192
TRACING = threading.RLock()  # held while a function is traced: that replaces the slots of Values


class State:
    """The state that the code of `roots` depends on, as it is now.

    Every attribute of an object in `settings` counts, except those named there.
    """

    def __init__(self, *roots: Any, settings: Iterable[tuple[Any, Iterable[str]]] = ()) -> None:
        self.roots = roots  # so that they stay alive, and their ids unique
        reach = Reach(roots, {id(x): frozenset(names) for x, names in settings})
        self.values, self.generators, self.reach = reach.values, reach.generators, reach
        self.containers, self.names = containers_and_names(reach)
        self.numbers = {name: ValueAttribute(name, []) for name in ("data", "grad")}
        flags = sorted(reach.attributes & DEFAULTS_OF_VALUES)
        self.kinds: list[Dependencies] = [
            self.containers,
            self.names,
            ClosureVariables(reach.cells),
            EmptyVariables(reach.empty_cells),
            ContextVariables(reach.context_variables),
            AbsentNames(x for x in reach.namespaces if x.guarded and not x.is_whole),
            *self.numbers.values(),
            Arrays(x for x in reach.arrays if x.size <= LARGEST_ARRAY),
            *[ValueAttribute(name, self.values) for name in flags],
            DictOrders(self.containers.plain_dicts()),
            Functions(reach.functions),
        ]
        self.set_names = SetNames(reach, self.values)
        self.written: list[Dependencies] = []  # as it was before a trace that is undone
        self.caches = [(cache, cache.cache_info().misses) for cache in reach.caches]
        self.take_getters()

    def let_go(self) -> None:
        """Let go of the walk and its lists of all Values, which only a trace and its key need."""
        del self.reach, self.values, self.set_names
        self.written = []

    def take_getters(self) -> None:
        """Let `is_current` compare all things as the kinds have them now."""
        getters = [getter for kind in self.kinds for getter in kind.getters()]
        self.getters = [now for now, _ in getters]
        self.before = [before for _, before in getters]

    def is_current(self) -> bool:
        """Return whether all is as it was. This takes a few nanoseconds for each thing."""
        try:
            return [now() for now in self.getters] == self.before
        except Exception:  # two arrays cannot be compared, and an empty cell cannot be read
            return False

    def empty_caches(self) -> None:
        """Empty the caches of functions that were called since: what they keep has no meaning."""
        for cache, misses in self.caches:
            if cache.cache_info().misses != misses:
                cache.cache_clear()
        self.caches = [(cache, cache.cache_info().misses) for cache, _ in self.caches]

    def changes(self) -> Iterator[Change]:
        """Yield what is not as it was, and each attribute that is new."""
        for kind in self.kinds:
            yield from kind.changes()

    def put_back(self) -> None:
        """Make everything as it was."""
        for kind in self.kinds:
            kind.restore()
        self.set_names.restore()

    # ------------------------------------------------------------------------ at the end of a trace

    def settle(
        self, used: Container[Value], reads: Mapping[tuple[Value, str], Any], undo: bool = False
    ) -> None:
        """Depend on the numbers in `reads` as well, which the trace looked at.

        Leave out what the trace wrote for itself, such as a list to which it appended, and `undo`
        that if somebody runs the code once more. Raises TraceError, and puts everything back, if
        the trace changed a setting: a number, a text, or one of the Values that it `used`.
        """
        self.add_numbers(reads)
        if self.is_current():
            return
        for change in self.changes():
            if change.is_refused or change.is_of_setting(used):
                self.put_back()
                raise errors.TraceError(messages.setting_changed(change.what))
        before = list(map(copy, self.kinds))
        self.leave_out_changes()
        if undo:
            self.written = before
            self.undo_writes()

    def undo_writes(self) -> None:
        """Undo what the trace wrote for itself, or what the same code wrote again.

        The code may have written more: a copy of a module that it is run with has other lists.
        """
        self.empty_caches()
        for kind in self.written or self.kinds:
            kind.restore()

    def add_numbers(self, reads: Mapping[tuple[Value, str], Any]) -> None:
        known = {(x, name) for name, kind in self.numbers.items() for x in kind.things}
        for (x, name), number in reads.items():
            if (x, name) not in known:
                self.numbers[name].add(x, number)
        self.take_getters()

    def leave_out_changes(self) -> None:
        """From now on, depend only on what has not changed."""
        names = list(self.containers.unchanged_names())
        for kind in self.kinds:
            kind.keep_unchanged()
        for name, meaning in names:
            self.names.add(name, meaning)
        self.take_getters()

    def values_looked_at(self) -> set[Value]:
        """Return the Values whose number the trace looked at."""
        return {x for kind in self.numbers.values() for x in kind.things}


def containers_and_names(reach: Reach) -> tuple[Containers, Names]:
    """Return what the code reads: whole containers, and single names.

    An object's attributes are a container if code may read each of them.
    """
    containers, names = list(reach.containers), []
    owners: dict[int, Any] = {}
    for space in reach.namespaces:
        if not space.guarded:
            continue
        if space.is_whole:
            owners[id(space.entries)] = space.owner
            containers.append(space.entries)
        else:
            names += [name_in(space, name) for name in space.names_to_watch()]
    names += [name_in(space, name) for space, name in reach.value_names()]
    return Containers(containers, owners, reach.rows), Names(names)
