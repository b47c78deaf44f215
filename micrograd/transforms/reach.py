"""All that a function can reach: Values, containers, and the names that its code looks up.

Rule: a name counts if the code of a reachable function reads it. The code of the package and of
libraries is taken as it is; its objects are not. This is known before the function runs.
"""

from __future__ import annotations

import functools
import gc
import operator
import threading
import weakref
from array import array
from collections import ChainMap, UserDict, UserList, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextvars import ContextVar
from enum import Enum, EnumMeta
from itertools import chain
from types import (
    BuiltinMethodType,
    CellType,
    FunctionType,
    MethodType,
    MethodWrapperType,
    ModuleType,
)
from typing import Any

from micrograd.compiler import Tracer
from micrograd.engine import Value
from micrograd.ops import Op
from micrograd.support.arrays import is_array
from micrograd.support.draws import generator_of
from micrograd.transforms.code_names import (
    READS_EVERYTHING,
    is_ours,
    is_users_function,
    is_users_module,
    names_in_code,
    names_set_in_code,
)
from micrograd.transforms.met_values import MetValues, Run
from micrograd.transforms.namespaces import (
    ABSENT,
    Namespace,
    Slots,
    ThreadAttributes,
    content,
    content_of_context,
    slot_names,
)

ATOMS = (int, float, complex, str, bytes, type(None), Op, Tracer)
PLAIN = {int, float, complex, bool, str, bytes, type(None)}  # atoms without attributes
CONTAINERS = (list, tuple, dict, set, frozenset, deque)
BUFFERS = (bytearray, array)
BOUND = (BuiltinMethodType, MethodWrapperType)
WRAPPERS = (UserDict, UserList, ChainMap)  # containers of the standard library's, with attributes
DEFAULTS_OF_VALUES = {"requires_grad", "label"}  # attributes that every Value has
REFERENTS = len(gc.get_referents(Value(0.0)))  # of a Value without attributes of its own
DESCRIPTORS = (property, staticmethod, classmethod, functools.cached_property)
MAKERS = {"__init__", "__new__"}  # methods that run where code names the class
NOT_IMPLICIT = {*MAKERS, "__repr__", "__str__", "__format__", "__doc__"}
NOT_IMPLICIT |= {"__reduce__", "__reduce_ex__"}


class Reach:
    """All that can be reached from `roots`.

    Every attribute of an object whose id is in `settings` counts, except those named there.

    Two rounds alternate until nothing is new: `visit` walks from object to object and collects the
    names that code reads, and `look_names_up` adds the objects that those names stand for.
    """

    def __init__(self, roots: Iterable[Any], settings: Mapping[int, frozenset[str]]) -> None:
        self.met = MetValues()  # those of class Value itself
        self.rows: dict[int, list[Run] | None] = {}  # of lists of them alone, by the ids of these
        self.new_rows: list[list[Value]] = []  # whose Values were not met yet
        self.other_values: list[Value] = []
        self.other_numbers: dict[int, int] = {}  # of the others, by their ids
        self.free_attributes: list[tuple[Value, dict[str, Any]]] = []  # that somebody set
        self.containers: list[Any] = []
        self.arrays: list[Any] = []
        self.cells: list[CellType] = []
        self.empty_cells: list[CellType] = []
        self.context_variables: list[ContextVar[Any]] = []
        self.functions: list[FunctionType] = []
        self.generators: list[Any] = []  # of random numbers
        self.iterators: list[Any] = []  # of Python's and of libraries
        self.caches: list[Any] = []  # functions that keep their results, by `functools.lru_cache`
        self.namespaces: list[Namespace] = []
        self.attributes = {"training"}  # names that code reads as attributes
        self.set_names: set[str] = set()  # names that code sets or deletes
        self.reads_everything = False  # whether code reads attributes without naming them
        self.settings = settings
        self.globals: dict[int, Namespace] = {}  # of each module, by the id of its dict
        self.classes: dict[int, Namespace | None] = {}  # by id
        self.kept: list[type] = []  # the classes, alive
        self.seen: dict[int, Any] = {}  # by id; it keeps them alive
        self.todo = list(roots)[::-1]  # to be visited, the last one first
        while self.todo:
            self.visit(self.todo.pop())
            if not self.todo:
                self.look_names_up()
            if not self.todo:
                self.visit_rows()

    def visit(self, x: Any) -> None:
        """Note an object that was not seen before, and add to `todo` what it leads to."""
        if isinstance(x, Value) and x.__class__ is Value:  # also if a step has its numbers
            self.visit_plain_values([x])
            return
        if id(x) in self.seen or is_atom(x):
            return
        self.seen[id(x)] = x
        for kinds, visit in VISITS:
            if isinstance(x, kinds):
                visit(self, x)
                return
        if is_array(x):
            self.visit_array(x)
        else:
            self.visit_object(x)

    def has_met(self, x: Any) -> bool:
        """Return whether an object was visited, or is a class of one that was."""
        return id(x) in self.seen or id(x) in self.classes

    @property
    def values(self) -> list[Value]:
        met, others = self.met.order, self.other_values
        return [*met, *others] if others else met

    def number_of(self, x: Any) -> int | None:
        """Return the place of a Value among `values`, None for what is not among them."""
        if isinstance(x, Value) and x.__class__ is Value:
            return self.met.number_of(x)
        number = self.other_numbers.get(id(x))
        return None if number is None else len(self.met.order) + number

    def visit_value(self, x: Value) -> None:
        """Note a Value of a class of the user's."""
        self.other_numbers[id(x)] = len(self.other_values)
        self.other_values.append(x)
        self.visit_free_attributes([x])
        self.visit_object(x)

    def visit_container(self, x: Any) -> None:
        if not isinstance(x, tuple | frozenset):
            self.containers.append(x)
        entries = x.values() if isinstance(x, dict) else x
        kinds = set(map(type, entries))
        if type(x) is list and kinds == {Value}:
            self.new_rows.append(x)
            return
        if not kinds <= PLAIN:  # there may be millions, as in a table of data
            self.todo += entries
        if isinstance(x, dict) and not set(map(type, x)) <= {str, int}:
            self.todo += x
        if isinstance(x, defaultdict):
            self.todo.append(x.default_factory)
        if type(x) not in CONTAINERS:
            self.visit_object(x)

    def visit_rows(self) -> None:
        """Note the Values in lists, the short ones first: they are the runs of the long ones."""
        for row in sorted(self.new_rows, key=len):
            runs = self.met.runs_of(row)
            if runs is None and self.visit_plain_values(row) == row:
                runs = [self.met.starts[row[0]]]
            self.rows[id(row)] = runs
        self.new_rows.clear()

    def visit_plain_values(self, values: list[Value]) -> list[Value]:
        """Note Values of class Value, all in C, as there are so many. Return those that are new."""
        new = self.met.add(values)
        self.visit_free_attributes(new)
        return new

    def visit_free_attributes(self, values: list[Value]) -> None:
        if may_have_attributes(values):
            pairs = [pair for pair in zip(values, map(vars, values)) if pair[1]]
            self.free_attributes += pairs
            self.todo += chain.from_iterable(own.values() for _, own in pairs)

    def visit_buffer(self, x: Any) -> None:
        self.containers.append(x)

    def visit_array(self, x: Any) -> None:
        self.arrays.append(x)
        self.todo += x.ravel().tolist() if x.dtype == object else ()

    def visit_method(self, x: MethodType) -> None:
        self.todo += [x.__self__, x.__func__]

    def visit_bound(self, x: Any) -> None:
        """Note the object of a method that is written in C, as `iter(xs).__next__`."""
        self.visit_object(x)
        self.todo.append(x.__self__)
        if x.__name__ == "__getattribute__":
            self.reads_everything = True

    def visit_context_variable(self, x: ContextVar[Any]) -> None:
        self.context_variables.append(x)
        self.todo.append(content_of_context(x))

    def visit_module(self, x: ModuleType) -> None:
        if is_users_module(x.__name__):
            self.namespaces.append(Namespace(vars(x), x, self.attributes))

    def visit_object(self, x: Any) -> None:
        if seen := getattr(type(x), "SEEN_BY_TRACES", ()):  # the rest is how it works
            self.todo += [getattr(x, name) for name in seen]
            return
        attributes = getattr(x, "__dict__", None)
        if isinstance(attributes, dict) and "__wrapped__" in attributes:  # as that of `jit`
            self.todo.append(x.__wrapped__)
            self.caches += [x] if hasattr(x, "cache_info") else []
            if not is_users_module(type(x).__module__):
                return
        if isinstance(x, functools.partial | functools.partialmethod):
            self.todo += [x.func, x.args, x.keywords]
        elif isinstance(x, DESCRIPTORS):
            self.todo += [getattr(x, inner, None) for inner in ("fget", "__func__", "func")]
        elif isinstance(x, Enum):
            self.todo.append(x._value_)
        elif isinstance(x, weakref.ref):
            self.todo.append(x())
        elif isinstance(x, operator.attrgetter):
            self.reads_everything = True
        elif isinstance(x, Iterator) and not is_users_module(type(x).__module__):
            self.iterators.append(x)
        elif (generator := generator_of(x)) is not None:
            self.generators.append(generator)
        if id(x) not in self.settings:
            for name in getattr(type(x), "LATE", ()):
                getattr(x, name, None)  # it is an entry of the object's dict from now on
        if isinstance(x, threading.local):
            self.namespaces.append(Namespace(ThreadAttributes(x), x, self.attributes))
        elif isinstance(attributes, dict):
            skipped = self.settings.get(id(x), frozenset() if isinstance(x, WRAPPERS) else None)
            self.namespaces.append(Namespace(attributes, x, self.attributes, True, skipped))
        if slots := slot_names(type(x)):
            self.namespaces.append(Namespace(Slots(x, slots), x, self.attributes))
        for cls in type(x).__mro__:
            self.space_of_class(cls)

    def visit_class(self, cls: type) -> None:
        """Note a class that code names, and may call: then what makes its objects counts, too."""
        for each in cls.__mro__:
            space = self.space_of_class(each)
            if space is not None and space.guarded:
                makers = MAKERS & vars(each).keys()
                space.reached |= makers
                self.todo += [vars(each)[name] for name in sorted(makers)]
        if isinstance(cls, EnumMeta):
            self.todo += cls.__members__.values()

    def space_of_class(self, cls: type) -> Namespace | None:
        """Return the namespace of a class, None for one of a library's."""
        if id(cls) not in self.classes:
            module: Any = cls.__module__  # a class of classes of Cython's has a descriptor there
            module = module if isinstance(module, str) else "builtins"
            guarded, space = is_users_module(module), None
            if guarded or is_ours(module):
                space = Namespace(vars(cls), cls, self.attributes, guarded)
                self.namespaces.append(space)
            self.classes[id(cls)] = space
            self.kept.append(cls)
            kind: type = type(cls)
            for each in kind.__mro__:  # a class, too, may have a class of the user's
                self.space_of_class(each)
        return self.classes[id(cls)]

    def visit_function(self, f: FunctionType) -> None:
        attributes, names = names_in_code(f.__code__)
        self.attributes |= attributes
        self.set_names |= names_set_in_code(f.__code__)
        self.reads_everything |= not READS_EVERYTHING.isdisjoint(attributes | names)
        self.todo += [f.__defaults__, f.__kwdefaults__]
        self.visit_closure(f)
        read = map(f.__globals__.get, names)
        self.generators += filter(None, map(generator_of, read))
        is_users = is_users_function(f)
        if f.__dict__ or is_users:
            self.namespaces.append(Namespace(f.__dict__, f, self.attributes))
        if is_users:
            self.functions.append(f)
            self.want_globals(f, names)

    def visit_closure(self, f: FunctionType) -> None:
        for cell in f.__closure__ or ():
            if id(cell) not in self.seen:
                self.seen[id(cell)] = cell
                is_empty = content(cell) is ABSENT
                (self.empty_cells if is_empty else self.cells).append(cell)
                self.todo += [] if is_empty else [content(cell)]

    def want_globals(self, f: FunctionType, names: frozenset[str]) -> None:
        """Add these names to those that are wanted of the globals of `f`."""
        key = id(f.__globals__)
        if key not in self.globals:
            owner = f.__module__ or ""  # code that was run by exec() may have no module
            self.globals[key] = Namespace(f.__globals__, owner, set())
            self.namespaces.append(self.globals[key])
        self.globals[key].wanted |= names

    def value_names(self) -> Iterator[tuple[Namespace, str]]:
        """Yield (the attributes of a Value, a name) for each that somebody set and code reads."""
        for x, own in self.free_attributes:
            for name in sorted(self.names_read(own) - DEFAULTS_OF_VALUES):
                yield Namespace(own, x, {name}), name

    def names_read(self, own: dict[str, Any]) -> Set[str]:
        """Return those of the attributes of a Value that code reads."""
        return own.keys() if self.reads_everything else self.attributes & own.keys()

    def look_names_up(self) -> None:
        """Add what the names of all code read so far stand for to what is still to be visited."""
        for space in self.namespaces:
            entries = space.entries
            names = space.wanted & entries.keys()
            may_be_read = isinstance(space.owner, type | ModuleType) and space.guarded
            if may_be_read and self.reads_everything:
                names |= {name for name in entries if not name.startswith("__")}
            if isinstance(space.owner, type):
                names |= {name for name in entries if is_implicit(name, entries[name])}
            elif space.passed_over is not None:
                names = entries.keys() - space.passed_over
            elif self.reads_everything and space.is_object:
                names = set(entries)
            elif isinstance(space.owner, ModuleType):
                names |= {"__getattr__"} & entries.keys()
            new = names - space.reached
            space.reached |= new
            self.todo += [entries.get(name) for name in sorted(new)]  # as in any process


VISITS: tuple[tuple[Any, Callable[[Reach, Any], None]], ...] = (
    (Value, Reach.visit_value),
    (CONTAINERS, Reach.visit_container),
    (BUFFERS, Reach.visit_buffer),
    (ContextVar, Reach.visit_context_variable),
    (FunctionType, Reach.visit_function),
    (MethodType, Reach.visit_method),
    (BOUND, Reach.visit_bound),
    (ModuleType, Reach.visit_module),
    (type, Reach.visit_class),
)


def may_have_attributes(values: list[Value]) -> bool:
    """Return whether somebody may have set attributes of their own on one of these Values.

    It counts what the Values refer to: `vars(x)` would make a dict for each of a million.
    """
    return len(gc.get_referents(*values)) > REFERENTS * len(values)


def is_atom(x: Any) -> bool:
    """Return whether nothing can be reached from `x`, as from a number of a class of Python's."""
    kind = type(x)
    if kind in ATOMS:
        return True
    return (
        isinstance(x, ATOMS) and not isinstance(x, Value) and not is_users_module(kind.__module__)
    )


def is_implicit(name: str, x: Any) -> bool:
    """Return whether this entry of a class is a method that Python calls without its name."""
    is_method = callable(x) or isinstance(x, (*DESCRIPTORS, functools.partialmethod))
    return name.startswith("__") and name not in NOT_IMPLICIT and is_method
