"""Kinds: what decides what the code of a module does, and what it does with its arguments.

Rule: two modules are of one kind if they have the same class, plain attributes and shapes of
parameters, shared in the same way. Two arguments are if they have the same structure and constants.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

from micrograd.compiler import Tracer
from micrograd.engine import Value
from micrograd.nn import Module
from micrograd.support.nest import CONTAINERS

PLAIN = (str, int, float, bool, type(None))
op_of = attrgetter("op")


class Known(NamedTuple):
    """The kind of a module, which this keeps alive, and its Values."""

    module: Module | None
    kind: Hashable
    values: list[Value]


class Kinds:
    """The kinds of modules and their parameters as they are now, each walked once."""

    def __init__(self) -> None:
        self.known: dict[int, Known] = {}

    def known_of(self, module: Any) -> Known:
        """Return what is known about a module now; None stands for a function without one."""
        return Known(None, None, []) if module is None else self.walk_module(module)

    def walk_module(self, module: Module) -> Known:
        if id(module) not in self.known:
            values: list[Value] = []
            names = [(name, self.walk(x, values)) for name, x in vars(module).items()]
            different = list(dict.fromkeys(values))
            shared = None if len(different) == len(values) else pattern(different, values)
            kind = id(type(module)), *names, shared
            self.known[id(module)] = Known(module, kind, different)
        return self.known[id(module)]

    def walk(self, x: Any, values: list[Value]) -> Hashable:
        """Return the kind of an attribute, and append the Values in it."""
        if isinstance(x, Value):
            values.append(x)
            return "value" if x.op is None else ("computed", id(x))
        if isinstance(x, Module):
            inner = self.walk_module(x)
            values += inner.values
            return inner.kind
        if isinstance(x, list | tuple):
            if set(map(type, x)) == {Value} and set(map(op_of, x)) == {None}:
                values += x
                return (type(x), len(x))
            return (type(x), "of", *[self.walk(entry, values) for entry in x])
        if isinstance(x, dict):
            entries = [(key, self.walk(entry, values)) for key, entry in x.items()]
            return (dict, *entries)
        return kind_of_constant(x) if type(x) in PLAIN else ("object", id(x))


def pattern(different: list[Value], values: list[Value]) -> tuple[int, ...]:
    """Return which of the different ones each of the Values is."""
    index = {value: i for i, value in enumerate(different)}
    return tuple([index[value] for value in values])


def kind_of_constant(x: Any) -> Hashable:
    """Return a key that tells apart True and 1, and 0.0 and -0.0."""
    number = x.hex() if type(x) is float else x
    return (type(x), number)


def kind_of_arguments(nest: Any) -> Hashable:
    """Return what decides what code does with arguments: constants, and shapes of nests."""
    if type(nest) is Tracer:
        return "number"
    if are_tracers(nest):
        return (type(nest), len(nest))
    if isinstance(nest, list | tuple):
        return (type(nest), "of", *map(kind_of_arguments, nest))
    if isinstance(nest, dict):
        entries = [(key, kind_of_arguments(x)) for key, x in nest.items()]
        return (dict, *entries)
    return kind_of_constant(nest)


def are_tracers(nest: Any) -> bool:
    """Return whether it is a list or a tuple of Tracers alone, which is the usual case."""
    return type(nest) in (list, tuple) and set(map(type, nest)) == {Tracer}


def map_arguments(nest: Any, leaf: Callable[[Any], Any], made: dict[int, Any]) -> Any:
    """Return arguments with leaf(x) for each leaf; lists of Tracers stay as they are.

    A list that stands twice stays one: `made` has what became of each, by its id.
    """
    if are_tracers(nest):
        return nest
    if type(nest) not in (list, tuple, dict):
        return leaf(nest)
    if id(nest) not in made:
        entries = nest.values() if isinstance(nest, dict) else nest
        mapped = [map_arguments(x, leaf, made) for x in entries]
        made[id(nest)] = same_container(nest, mapped)
    return made[id(nest)]


def new_variables(nest: Any, make: Callable[[], Tracer], made: dict[int, Any]) -> Any:
    """Return arguments with a variable for each Tracer; what is one object stays one."""
    if type(nest) is Tracer:
        if id(nest) not in made:
            made[id(nest)] = make()
        return made[id(nest)]
    if not isinstance(nest, CONTAINERS):
        return nest
    if id(nest) not in made:
        entries = nest.values() if isinstance(nest, dict) else nest
        mapped = [new_variables(x, make, made) for x in entries]
        made[id(nest)] = same_container(nest, mapped)
    return made[id(nest)]


def same_container(nest: Any, entries: list[Any]) -> Any:
    """Return a container like `nest`, with these entries."""
    return dict(zip(nest, entries)) if isinstance(nest, dict) else type(nest)(entries)


def repeats_in(arguments: Any) -> Hashable:
    """Return which lists and Tracers among the arguments are one object; None if all differ."""
    ids = list(map(id, objects_in(arguments)))
    first: dict[int, int] = {}
    for i, key in enumerate(ids):
        first.setdefault(key, i)
    if len(first) == len(ids):
        return None
    return tuple([first[key] for key in ids])


def objects_in(nest: Any) -> list[Any]:
    """Return a nest, and all lists and Tracers in it; not its constants."""
    if type(nest) is Tracer:
        return [nest]
    if not isinstance(nest, CONTAINERS) or not nest:
        return []
    if are_tracers(nest):
        return [nest, *nest]
    entries = nest.values() if isinstance(nest, dict) else nest
    return [nest, *chain.from_iterable(map(objects_in, entries))]


def tracers_in(nest: Any) -> list[Tracer]:
    """Return the Tracers among the leaves of a nest."""
    if type(nest) is Tracer:
        return [nest]
    if are_tracers(nest):
        return list(nest)
    if not isinstance(nest, CONTAINERS):
        return []
    entries = nest.values() if isinstance(nest, dict) else nest
    return list(chain.from_iterable(map(tracers_in, entries)))


def containers_in(nest: Any) -> dict[int, Any]:
    """Return the lists, tuples and dicts in a nest and in attributes of modules, by their ids."""
    if isinstance(nest, Module):
        return containers_in(list(vars(nest).values()))
    if not isinstance(nest, CONTAINERS):
        return {}
    own = {id(nest): nest} if nest else {}
    entries = nest.values() if isinstance(nest, dict) else nest
    if not {Value, Tracer}.issuperset(map(type, entries)):
        for entry in entries:
            own.update(containers_in(entry))
    return own


def is_same_nest(x: Any, y: Any) -> bool:
    """Return whether two nests have the same structure and, in it, the same objects."""
    if isinstance(x, dict) and isinstance(y, dict):
        entries = list(x.values()), list(y.values())
        return list(x) == list(y) and is_same_nest(*entries)
    if isinstance(x, list | tuple) and isinstance(y, list | tuple):
        return len(x) == len(y) and all(map(is_same_nest, x, y))
    return x is y
