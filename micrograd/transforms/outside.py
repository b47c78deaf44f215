"""The outside of parts: what they can reach beside the modules and the arguments they are given.

Rule: a part that can reach something which changes while a function is traced is no part. Its code
is traced at each call, as it may do something else there, even if the result is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterator, Set
from types import ModuleType
from typing import Any

from micrograd.compiler import CannotRoll
from micrograd.engine import Value
from micrograd.nn import Module
from micrograd.transforms.dependencies import Containers, Dependencies, DictOrders, ValueAttribute
from micrograd.transforms.reach import Reach
from micrograd.transforms.state import State

LARGEST = 1000  # entries of a container that is compared at each call
ALL = "*"  # in place of the name of an attribute


class Outside:
    """The things in a state that may change unnoticed, as they are now.

    The attributes of modules do not: if they change, a module is of another kind. But one that code
    sets may be read by another module. `held` has the ids of the lists of Values in modules.

    The code that is traced may make functions and modules. All that one of these can reach is
    compared from its first call on, as are the lists in modules that a function can reach.

    `attributes` has the names of attributes that the code sets of Values, which are not compared:
    there may be millions.
    """

    def __init__(self, state: State, held: Container[int], attributes: Set[str]) -> None:
        self.reach, self.held, self.attributes = state.reach, held, attributes
        self.kinds: list[Dependencies] = []
        self.compared: set[Hashable] = set()  # the keys of all things in `kinds`
        self.changed: dict[Hashable, str] = {}  # the keys of what has changed, and that in words
        self.add(state, held)
        self.reached: dict[Hashable, frozenset[Hashable]] = {}  # by each kind of part

    def add(self, state: State, held: Container[int]) -> None:
        """Compare the things in a state from now on, those that are not compared yet.

        An iterator shows nothing to compare, and changes whenever somebody uses it, as does a
        generator of random numbers that the code makes. An earlier one must not be drawn from.
        """
        self.changed.update((id(x), "an iterator") for x in state.reach.iterators)
        for x in generators_in(state):
            if x not in self.reach.generators:
                self.changed[id(x)] = "a generator of random numbers"
        new = list(outside_of(state, self.reach, held))
        for kind in new:
            kind.things = [x for x in kind.things if not self.compared.issuperset(kind.keys(x))]
        for kind in new:
            self.compared.update(*map(kind.keys, kind.things))
        self.kinds += [kind.as_it_is() for kind in new if kind.things]

    def as_it_is(self) -> list[Dependencies]:
        """Return the things as they are now, for who may have to restore them."""
        return [kind.as_it_is() for kind in self.kinds]

    def require_unchanged(self, function: Callable[..., Any], module: Any, kind: Hashable) -> None:
        """Raise CannotRoll if a part can reach something that has changed meanwhile."""
        if module is None or not self.reach.has_met(module):
            self.reached_by(function, module, kind)
        for each in self.kinds:
            if each.have_changed():
                self.note_changes(each)
        for name in self.attributes:
            self.changed[Value, name] = self.changed[Value, ALL] = f"`{name}` of a Value"
        if self.changed:
            met = self.reached_by(function, module, kind).intersection(self.changed)
            if met:
                what = min(self.changed[key] for key in met)
                raise CannotRoll(f"it can reach {what}, which changes meanwhile")

    def note_changes(self, kind: Dependencies) -> None:
        """Let `changed` have what is not as it was; a name by itself, too, as code may set it."""
        for thing in kind.changed_things():
            for key in kind.keys(thing):
                self.changed[key] = kind.describe(thing)
                self.changed[name_of(key)] = kind.describe(thing)

    def reached_by(
        self, function: Callable[..., Any], module: Any, kind: Hashable
    ) -> frozenset[Hashable]:
        """Return the keys of all that a kind of part can reach."""
        part = function, kind
        if part not in self.reached:
            own = State(function) if module is None else State(function, module)
            self.reached[part] = frozenset(keys_in(own))
            held = () if module is None else self.held
            self.add(own, held)
        return self.reached[part]


def keys_in(state: State) -> Iterator[Hashable]:
    """Yield the keys of all things in a state, and the names that its code sets, or reads."""
    yield from state.reach.set_names
    yield from map(id, state.reach.iterators)
    yield from map(id, generators_in(state))
    yield from ((Value, name) for name in state.reach.attributes)
    if state.reach.reads_everything:
        yield Value, ALL
    for kind in state.kinds:
        for thing in kind.things:
            yield from kind.keys(thing)


def generators_in(state: State) -> list[Any]:
    """Return the generators of random numbers, but not those that a library has for all."""
    generators = state.reach.generators
    return [x for x in generators if not isinstance(x, ModuleType)]


def outside_of(state: State, reach: Reach, held: Container[int]) -> Iterator[Dependencies]:
    """Yield the things of each kind that are compared at each call of a part, as they are now.

    `reach` is that of all code that is traced.
    """
    for kind in state.kinds:
        if not isinstance(kind, ValueAttribute):
            things = [x for x in kind.things if is_outside(kind, x, reach, held)]
            yield kind.as_it_is(things)


def is_outside(kind: Dependencies, thing: Any, reach: Reach, held: Container[int]) -> bool:
    """Return whether a thing may change unnoticed. No large container is: that would take time."""
    if isinstance(kind, Containers | DictOrders) and (len(thing) > LARGEST or id(thing) in held):
        return False
    owner = kind.owner(thing)
    if not isinstance(owner, Module) or reach.reads_everything:
        return True
    if isinstance(kind, Containers):  # all attributes, and those that only its class has yet
        return any(hasattr(owner, name) for name in reach.set_names)
    return not reach.set_names.isdisjoint(map(name_of, kind.keys(thing)))


def name_of(key: Hashable) -> str:
    """Return the name of an attribute of an owner, or of a global, by its key; "" for others."""
    return key[1] if isinstance(key, tuple) else ""
