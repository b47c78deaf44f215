"""Kinds: what decides what the code of a module does, and what it does with its arguments.

Rule: two modules are of one kind if they have the same class, plain attributes and shapes of
parameters, shared in the same way. Two arguments are if they have the same structure and constants.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator
from functools import cached_property
from itertools import chain, pairwise
from operator import attrgetter, is_
from typing import TYPE_CHECKING, Any

from micrograd.compiler import CannotRoll, Tracer
from micrograd.engine import Value
from micrograd.nn import Module
from micrograd.support.arrays import is_array, is_numpy_number, map_array
from micrograd.support.nest import CONTAINERS
from micrograd.transforms.copies import fill
from micrograd.transforms.met_values import Run
from micrograd.transforms.namespaces import slot_names
from micrograd.transforms.reach import Reach
from micrograd.transforms.value_places import ValuePlaces

if TYPE_CHECKING:
    from numpy import ndarray as Places

PLAIN = (str, int, float, bool, type(None))
op_of, place_of = attrgetter("op"), attrgetter("place")


class Walk:
    """The attributes of one module that were met, and what was in them.

    Lists of Values alone, which are nearly all, are compared as lists, in C: two Values are equal
    if they are the same one. In others it counts that each entry is the same object.
    """

    def __init__(self, module: Module) -> None:
        self.module, self.cls = module, type(module)
        self.rows: list[Any] = []  # lists and tuples of Values alone,
        self.rows_before: list[Any] = []  # and a copy of each
        self.nests: list[tuple[Any, list[Any]]] = []  # others, with their entries
        self.add_nest(vars(module))

    def add_row(self, row: Any, before: Any) -> None:
        self.rows.append(row)
        self.rows_before.append(before)

    def add_nest(self, nest: Any) -> None:
        self.nests.append((nest, entries_of(nest)))

    def containers(self) -> list[Any]:
        """Return the lists, tuples and dicts in the module itself that are not empty."""
        return [*self.rows, *[nest for nest, _ in self.nests if nest]]

    def is_current(self) -> bool:
        """Return whether all of it has the same content as it had."""
        return (
            type(self.module) is self.cls
            and self.rows == self.rows_before
            and all(is_same_list(entries_of(nest), before) for nest, before in self.nests)
        )

    def restore(self) -> None:
        """Give each list and dict the entries that it had; tuples have them."""
        for row, before in zip(self.rows, self.rows_before):
            if row != before:
                fill(row, before)
        for nest, before in self.nests:
            if not is_same_list(entries_of(nest), before):
                middle = len(before) // 2
                is_dict = isinstance(nest, dict)
                fill(nest, dict(zip(before[:middle], before[middle:])) if is_dict else before)


class Known:
    """The kind of a module and its Values, as they are while nothing that was met is changed.

    `walks` has what was met in the module, and in each module within it, by their ids. `pieces` are
    the lists of its Values, and what is known of modules within: their Values stand side by side
    among its own from `firsts` on, unless some are shared. `runs` say where they stand among those
    that the state has met, None if that is not known. `rows` has where each list of Values of the
    module itself begins among them, and the list as it was, by its id.
    """

    def __init__(
        self,
        module: Module | None,
        kind: Hashable,
        pieces: list[Piece],
        count: int,
        walks: dict[int, Walk],
        firsts: dict[Known, int],
        runs: list[Run] | None,
        rows: dict[int, tuple[int, Any]],
    ) -> None:
        self.module, self.kind, self.pieces, self.count = module, kind, pieces, count
        self.walks, self.firsts, self.runs, self.rows = walks, firsts, runs, rows

    def lists(self) -> Iterator[list[Value]]:
        """Yield the lists of its Values, in order."""
        for piece in self.pieces:
            if isinstance(piece, Known):
                yield from piece.lists()
            else:
                yield piece

    @cached_property
    def values(self) -> list[Value]:
        """The Values: few modules are asked for them, as most are like another one."""
        return list(chain.from_iterable(self.lists()))

    @cached_property
    def places(self) -> ValuePlaces:
        return ValuePlaces(self.values)

    def is_current(self) -> bool:
        return all(map(Walk.is_current, self.walks.values()))

    def restore(self) -> None:
        """Give the modules what they had."""
        for walk in self.walks.values():
            walk.restore()

    def has_met(self, containers: Container[int]) -> bool:
        """Return whether one of the lists, tuples and dicts with these ids is in the module."""
        walks = self.walks.values()
        nests = chain.from_iterable(map(Walk.containers, walks))
        return any(id(nest) in containers for nest in nests)


Piece = list[Value] | Known
# about a function without a module
NOTHING_KNOWN = Known(None, kind=None, pieces=[], count=0, walks={}, firsts={}, runs=[], rows={})


def entries_of(nest: Any) -> list[Any]:
    """Return the entries of a list, a tuple or a dict; a dict's are its keys and its values."""
    return [*nest, *nest.values()] if isinstance(nest, dict) else list(nest)


def is_same_list(xs: list[Any], ys: list[Any]) -> bool:
    return len(xs) == len(ys) and all(map(is_, xs, ys))


class Kinds:
    """The kinds of modules and their parameters, walked again only where something has changed."""

    def __init__(self, reach: Reach) -> None:
        self.met, self.known = reach.met, dict[int, Known]()
        self.marks = marks_of(reach)

    def known_of(self, module: Any) -> Known:
        """Return what is known about a module now; None stands for a function without one."""
        if module is None:
            return NOTHING_KNOWN
        known = self.known.get(id(module))
        if known is None or not known.is_current():
            known = self.known[id(module)] = ModuleVisit(self, module).result()
        return known

    def rows_held(self) -> set[int]:
        """Return the ids of all lists of Values alone in the modules that are known."""
        walks = [known.walks[id(known.module)] for known in self.known.values()]
        return {id(row) for walk in walks for row in walk.rows}


class ModuleVisit:
    """A walk through the attributes of a module, for its kind and the Values in it, in order."""

    def __init__(self, kinds: Kinds, module: Module) -> None:
        self.kinds, self.module, self.walk = kinds, module, Walk(module)
        self.pieces: list[Piece] = []
        self.count = 0  # of the Values in them
        self.runs: list[list[Run] | None] = []  # of each piece
        self.walks = {id(module): self.walk}
        self.firsts: dict[Known, int] = {}
        self.rows: dict[int, tuple[int, Any]] = {}

    def result(self) -> Known:
        """Return what is known about the module now. CannotRoll if its class has slots."""
        module, attributes = self.module, vars(self.module)
        if slot_names(type(module)):  # which no walk compares
            raise CannotRoll(f"{type(module).__name__} keeps attributes in __slots__")
        names = tuple(zip(attributes, map(self.kind, attributes.values())))
        runs, start = join(self.runs), (id(type(module)), names)
        known = Known(
            module,
            kind=start,
            pieces=self.pieces,
            count=self.count,
            walks=self.walks,
            firsts=self.firsts,
            runs=runs,
            rows=self.rows,
        )
        if marks := self.kinds.marks:
            marked = [(i, marks[x]) for i, x in enumerate(known.values) if x in marks]
            known.kind = (*start, *marked)
        if are_apart(runs) or len(set(known.values)) == self.count:
            return known
        different = list(dict.fromkeys(known.values))
        kind = known.kind, pattern(different, known.values)
        return Known(
            module,
            kind=kind,
            pieces=[different],
            count=len(different),
            walks=self.walks,
            firsts={},
            runs=None,
            rows={},
        )

    def kind(self, x: Any) -> Hashable:
        """Return the kind of an attribute, or of an entry of one, and note the Values in it."""
        if isinstance(x, Value):
            self.note([x], 1, self.kinds.met.runs_of([x]))
            return "value" if x.op is None else ("computed", id(x))
        if isinstance(x, Module):
            return self.kind_within(self.kinds.known_of(x))
        if self.is_row(x):
            return (type(x), len(x))
        if not isinstance(x, CONTAINERS):
            return kind_of_constant(x) if is_plain(x) else ("object", id(x))
        self.walk.add_nest(x)
        if isinstance(x, dict):
            return (dict, *zip(x, map(self.kind, x.values())))
        return (type(x), "of", *map(self.kind, x))

    def is_row(self, x: Any) -> bool:
        """Return whether it is a list or a tuple of Values alone, none of them computed; note it.

        Nearly all are lists that the state has met, which are known to be of Values.
        """
        # A LinkedValue equals Value, which `is` would not see.
        if type(x) not in (list, tuple) or not x or type(x[0]) != Value:  # noqa: E721
            return False
        values = list(x)
        runs = self.kinds.met.runs_of(values)
        if (runs is None and set(map(type, values)) != {Value}) or any(map(op_of, values)):
            return False
        before = values if type(x) is list else x
        self.walk.add_row(x, before)
        self.rows[id(x)] = self.count, before
        self.note(values, len(values), runs)
        return True

    def kind_within(self, inner: Known) -> Hashable:
        """Return the kind of a module within, and note its Values."""
        first = self.count
        self.walks.update(inner.walks)
        self.firsts.update({within: first + i for within, i in inner.firsts.items()})
        self.firsts[inner] = first
        self.note(inner, inner.count, inner.runs)
        return inner.kind

    def note(self, piece: Piece, count: int, runs: list[Run] | None) -> None:
        self.pieces.append(piece)
        self.count += count
        self.runs.append(runs)


def marks_of(reach: Reach) -> dict[Value, Hashable]:
    """Return the attributes that somebody set of Values, where code reads attributes so named."""
    marks: dict[Value, Hashable] = {}
    for x, own in reach.free_attributes:
        names = reach.names_read(own)
        if names:
            marks[x] = tuple([(name, kind_of_mark(own[name])) for name in sorted(names)])
    return marks


def kind_of_mark(x: Any) -> Hashable:
    return kind_of_constant(x) if is_plain(x) else id(x)


def join(pieces: list[list[Run] | None]) -> list[Run] | None:
    """Return all runs, None if some are not known."""
    known = [runs for runs in pieces if runs is not None]
    return list(chain.from_iterable(known)) if len(known) == len(pieces) else None


def are_apart(runs: list[Run] | None) -> bool:
    """Return whether it is known that no Value stands in two of the runs.

    >>> are_apart([(5, 2), (0, 5)]), are_apart([(5, 2), (0, 6)]), are_apart(None)
    (True, False, False)
    """
    if runs is None:
        return False
    ordered = sorted(runs)
    return all(first + length <= then for (first, length), (then, _) in pairwise(ordered))


def pattern(different: list[Value], values: list[Value]) -> tuple[int, ...]:
    """Return which of the different ones each of the Values is."""
    index = {value: i for i, value in enumerate(different)}
    return tuple([index[value] for value in values])


def is_plain(x: Any) -> bool:
    """Return whether it is a number or a text that never changes, one of NumPy's or Python's."""
    return type(x) in PLAIN or is_numpy_number(x)


def kind_of_constant(x: Any) -> Hashable:
    """Return a key that tells apart True and 1, 0.0 and -0.0, and 1.0 and np.float64(1.0)."""
    if type(x) is float:
        return (float, x.hex())
    return (type(x), x.tobytes() if is_numpy_number(x) else x)


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
    if is_array(nest):
        return ("array", nest.dtype.str, nest.shape, kind_of_arguments(nest.ravel().tolist()))
    return kind_of_constant(nest)


def are_tracers(nest: Any) -> bool:
    """Return whether it is a list or a tuple of Tracers alone, which is the usual case."""
    return type(nest) in (list, tuple) and set(map(type, nest)) == {Tracer}


class Given:
    """The arguments of a call, and what decides which part it calls."""

    def __init__(self, nest: Any) -> None:
        self.nest = nest  # (positional, named)
        self.kind, self.repeats = kind_of_arguments(nest), repeats_in(nest)

    @cached_property
    def bundles(self) -> list[Places]:
        """The places of the Tracers in each argument, those of earlier ones left out."""
        positional, named = self.nest
        bundles = [tracers_in(nest) for nest in (*positional, *named.values())]
        if self.repeats is not None:
            bundles = new_in_each(bundles)
        return [as_places(map(place_of, bundle)) for bundle in bundles]


class GivenRows:
    """Calls that are given one list of Tracers, as all neurons of a layer are: it is read once."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[list[Tracer], list[Tracer], Given]] = {}

    def find(self, arguments: Any) -> Given | None:
        """Return what is known of these arguments, None if they are anything else."""
        positional, named = arguments
        if named or len(positional) != 1 or type(positional[0]) is not list:
            return None
        (row,) = positional
        if id(row) in self.known:
            _, before, given = self.known[id(row)]
            if is_same_list(row, before):
                return given
        if not are_tracers(row):
            return None
        given = Given(arguments)
        self.known[id(row)] = row, row[:], given  # it keeps the row alive, and its id unique
        return given


def map_arguments(nest: Any, leaf: Callable[[Any], Any], made: dict[int, Any]) -> Any:
    """Return arguments with leaf(x) for each leaf; lists of Tracers stay as they are.

    A list that stands twice stays one: `made` has what became of each, by its id.
    """
    if are_tracers(nest):
        return nest
    if not is_nest(nest):
        return leaf(nest)
    if is_constant_array(nest):
        return nest
    if id(nest) not in made:
        mapped = [map_arguments(x, leaf, made) for x in entries_in(nest)]
        made[id(nest)] = same_container(nest, mapped)
    return made[id(nest)]


def new_variables(nest: Any, make: Callable[[], Tracer], made: dict[int, Any]) -> Any:
    """Return arguments with a variable for each Tracer; what is one object stays one."""
    if type(nest) is Tracer:
        if id(nest) not in made:
            made[id(nest)] = make()
        return made[id(nest)]
    if not is_nest(nest):
        return nest
    if id(nest) not in made:
        if is_constant_array(nest):
            made[id(nest)] = nest.copy()
        else:
            mapped = [new_variables(x, make, made) for x in entries_in(nest)]
            made[id(nest)] = same_container(nest, mapped)
    return made[id(nest)]


def is_constant_array(x: Any) -> bool:
    """Return whether it is an array of numbers, such as a mask. It keeps its class of numbers."""
    return is_array(x) and x.dtype != object


def is_nest(x: Any) -> bool:
    """Return whether an argument has entries: a list, a tuple, a dict, or an array."""
    return type(x) in CONTAINERS or is_array(x)


def entries_in(nest: Any) -> Iterable[Any]:
    """Return the entries of an argument; those of an array in order."""
    if isinstance(nest, dict):
        return nest.values()
    return nest.ravel().tolist() if is_array(nest) else nest


def same_container(nest: Any, entries: list[Any]) -> Any:
    """Return a container like `nest`, with these entries."""
    if isinstance(nest, dict):
        return dict(zip(nest, entries))
    if is_array(nest):
        new_entries = iter(entries)
        return map_array(lambda _: next(new_entries), nest)
    return type(nest)(entries)


def repeats_in(arguments: Any) -> Hashable:
    """Return which lists and Tracers among the arguments are one object; None if all differ."""
    ids = list(map(id, objects_in(arguments)))
    if len(set(ids)) == len(ids):
        return None
    first: dict[int, int] = {}
    return tuple([first.setdefault(key, i) for i, key in enumerate(ids)])


def objects_in(nest: Any) -> list[Any]:
    """Return a nest, and all lists and Tracers in it; not its constants."""
    if type(nest) is Tracer:
        return [nest]
    if not is_nest(nest) or not len(nest):
        return []
    if are_tracers(nest):
        return [nest, *nest]
    return [nest, *chain.from_iterable(map(objects_in, entries_in(nest)))]


def tracers_in(nest: Any) -> list[Tracer]:
    """Return the Tracers among the leaves of a nest."""
    if type(nest) is Tracer:
        return [nest]
    if are_tracers(nest):
        return list(nest)
    if not is_nest(nest):
        return []
    return list(chain.from_iterable(map(tracers_in, entries_in(nest))))


def new_in_each(bundles: list[list[Tracer]]) -> list[list[Tracer]]:
    """Return the Tracers of each bundle that stand in none before it, each once."""
    seen: set[Tracer] = set()
    new: list[list[Tracer]] = []
    for bundle in bundles:
        new.append([x for x in dict.fromkeys(bundle) if x not in seen])
        seen.update(bundle)
    return new


def as_places(places: Iterable[int]) -> Places:
    import numpy as np

    return np.fromiter(places, np.int64)


def key_of(places: Places | range) -> Hashable:
    """Return what the same places alone have; a short one of those that stand side by side.

    >>> key_of(as_places([4, 5, 6])), key_of(range(4, 7)), key_of(as_places([]))
    ((4, 3), (4, 3), b'')
    """
    if isinstance(places, range):
        return places.start, len(places)
    if not len(places) or (places[1:] - places[:-1] != 1).any():
        return places.tobytes()
    return int(places[0]), len(places)


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


def copy_of_nest(nest: Any) -> Any:
    """Return arguments whose containers are new, with the same objects in them."""
    if are_tracers(nest):
        return type(nest)(nest)
    if is_array(nest):
        return nest.copy()
    if not is_nest(nest):
        return nest
    return same_container(nest, list(map(copy_of_nest, entries_in(nest))))


def is_same_nest(x: Any, y: Any) -> bool:
    """Return whether two nests have the same structure and, in it, the same objects."""
    if are_tracers(x) and type(y) is type(x):
        return is_same_list(x, y)
    if isinstance(x, dict) and isinstance(y, dict):
        entries = list(x.values()), list(y.values())
        return list(x) == list(y) and is_same_nest(*entries)
    if isinstance(x, list | tuple) and isinstance(y, list | tuple):
        return len(x) == len(y) and all(map(is_same_nest, x, y))
    if is_constant_array(x) and is_constant_array(y):
        return x.shape == y.shape and bool(x.tobytes() == y.tobytes())
    if is_array(x) and is_array(y):
        return x.shape == y.shape and is_same_list(x.ravel().tolist(), y.ravel().tolist())
    return x is y
