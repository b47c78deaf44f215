"""The state that a compiled function depends on: whatever its code reads and somebody may change.

Rule: a program runs only in the state that it was traced in. This is the one mechanism for `jit`,
`vmap`, `grad` and `compile_step`: in another state the function is traced again, and a function
that changes a Value, or a setting of its own, while it is traced is refused and changes nothing.

The state is what can be reached from the function, from `self`, and from the models it is given:
global and closed-over names, attributes (also those of classes and of the user's modules), the
lengths, contents and order of lists, dicts and sets, the code of functions, and arrays of up to
8,192 numbers. A Value counts for being the same object, because its data is an input of the
program; if code looks at that number, as `w.data` or `if w > 0` do, it counts as well. Two objects
count as the same if they are equal, as 1 and True are. Not seen: larger arrays, the insides of
libraries, clocks and files.
"""

from __future__ import annotations

import builtins
import functools
import threading
import warnings
from collections import deque
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from math import copysign
from numbers import Real
from operator import attrgetter
from types import CellType
from typing import Any, Generic, NamedTuple, TypeVar

from micrograd import errors
from micrograd.engine import Value
from micrograd.support.nest import leaves
from micrograd.support.wording import kind
from micrograd.transforms import messages
from micrograd.transforms.reach import BUFFERS, DEFAULTS_OF_VALUES, Namespace, Reach, Slots

ABSENT = object()
LARGEST_ARRAY = 8192
MOST_STATES = 16  # that are kept for one kind of arguments

TRACING = threading.RLock()  # held while a function is traced: that replaces the floats of Values
read_cell = attrgetter("cell_contents")
read_code = attrgetter("__code__", "__defaults__")

C = TypeVar("C")


class Change(NamedTuple):
    """An entry that is not what it was."""

    old: Any
    what: str  # in words
    undo: Callable[[], object]


class Name(NamedTuple):
    """A name that code reads, and what it stood for."""

    space: Namespace
    name: str
    old: Any


class State:
    """The state that the code of `roots` depends on, as it is now.

    Every attribute of an object in `settings` counts, except those named there.
    """

    def __init__(self, *roots: Any, settings: Iterable[tuple[Any, Iterable[str]]] = ()) -> None:
        self.roots = roots  # so that they stay alive, and their ids unique
        reach = Reach(roots, {id(x): frozenset(names) for x, names in settings})
        self.values, self.generators = reach.values, reach.generators
        self.owners: dict[int, Any] = {}  # of the dicts that are all attributes of an object
        names: list[Name] = []
        holders = list(reach.containers)
        for space in filter(lambda space: space.guarded, reach.namespaces):
            if space.is_whole:
                self.owners[id(space.entries)] = space.owner
                holders.append(space.entries)
            else:
                names += [Name(space, name, look_up(space, name)) for name in names_in(space)]
        cells = [cell for cell in reach.cells if read(cell) is not ABSENT]
        names += [Name(space, name, look_up(space, name)) for space, name in reach.value_names()]
        self.flags = sorted(reach.attributes & DEFAULTS_OF_VALUES) if self.values else []
        self.flagged = self.read_flags()
        self.functions = reach.functions
        self.codes = list(map(read_code, self.functions))
        self.arrays = [x for x in reach.arrays if x.size <= LARGEST_ARRAY]
        self.array_contents = list(map(array_content, self.arrays))
        self.reads: list[tuple[Value, str]] = []  # the numbers of Values that code looks at
        self.numbers: list[Any] = []
        self.watch(
            [(holder, exact_copy(holder)) for holder in holders],
            names,
            [(cell, exact(read(cell))) for cell in cells],
        )

    def watch(
        self,
        holders: list[tuple[Any, Any]],
        names: list[Name],
        cells: list[tuple[CellType, Any]],
    ) -> None:
        """Watch containers, names and variables, each given with what it was."""
        self.holders = [holder for holder, _ in holders]
        self.copies = [copy for _, copy in holders]
        self.dicts = [x for x in self.holders if isinstance(x, dict) and id(x) not in self.owners]
        self.orders = list(map(list, self.dicts))  # of their keys, which == does not compare
        self.names = names
        self.getters = [(space.entries.get, name) for space, name, _ in names]
        self.meanings = [old for _, _, old in names]
        self.cells = [cell for cell, _ in cells]
        self.contents = [old for _, old in cells]
        others = (names, cells, self.arrays, self.reads, self.dicts, self.functions, self.flags)
        self.has_others = any(others)

    def read_flags(self) -> list[list[Any]]:
        """Return, for each attribute that all Values have and code reads, what it is."""
        return [list(map(attrgetter(name), self.values)) for name in self.flags]

    def is_current(self) -> bool:
        """Return whether all is as it was. This takes a few nanoseconds for each entry."""
        try:
            return self.holders == self.copies and not (self.has_others and self.others_changed())
        except Exception:  # two arrays cannot be compared, and an empty cell cannot be read
            return False

    def others_changed(self) -> bool:
        """Return whether anything but the entries of containers is not as it was."""
        return not (
            [get(name, ABSENT) for get, name in self.getters] == self.meanings
            and list(map(read_cell, self.cells)) == self.contents
            and list(map(read_code, self.functions)) == self.codes
            and (not self.flags or self.read_flags() == self.flagged)
            and list(map(list, self.dicts)) == self.orders
            and (not self.arrays or list(map(array_content, self.arrays)) == self.array_contents)
            and (not self.reads or [getattr(*read) for read in self.reads] == self.numbers)
        )

    # ------------------------------------------------------------------- what a trace has changed

    def changes(self) -> Iterator[Change]:
        """Yield each entry that is not what it was, and each attribute that is new."""
        for holder, copy in zip(self.holders, self.copies):
            if not same(holder, copy):
                yield from self.changes_in(holder, copy)
        for space, name, old in self.names:
            if not same(look_up(space, name), old):
                undo = functools.partial(set_name, space, name, old)
                yield Change(old, describe(space.owner, name), undo)
        for cell, old in zip(self.cells, self.contents):
            if not same(read(cell), old):
                undo = functools.partial(setattr, cell, "cell_contents", original(old))
                yield Change(old, "a variable that the function closes over", undo)
        for (x, name), number in zip(self.reads, self.numbers):
            if not same(getattr(x, name), number):
                undo = functools.partial(setattr, x, name, original(number))
                yield Change(number, describe(x, name), undo)
        for array, then in zip(self.arrays, self.array_contents):
            if array_content(array) != then:
                yield Change(1.0, "an array", functools.partial(put_back_array, array, then))
        for name, flags in zip(self.flags, self.flagged):
            for x, old in zip(self.values, flags):
                if not same(getattr(x, name), old):
                    yield Change(old, describe(x, name), functools.partial(setattr, x, name, old))
        for holder, order in zip(self.dicts, self.orders):
            if list(holder) != order and holder.keys() == set(order):
                undo = functools.partial(put_in_order, holder, order)
                yield Change(1.0, "the order of a dict", undo)
        for f, code in zip(self.functions, self.codes):
            if read_code(f) != code:
                undo = functools.partial(set_code, f, code)
                yield Change(None, f"the code or the defaults of {f.__name__}", undo)

    def changes_in(self, holder: Any, copy: Any) -> Iterator[Change]:
        owner = self.owners.get(id(holder))
        then, now = entries(copy), entries(holder)
        undo = functools.partial(put_back, holder, copy)
        for key, old in then.items():
            if not same(now.get(key, ABSENT), old):
                yield Change(old, describe(holder if owner is None else owner, key), undo)
        for name in now.keys() - then.keys() if owner is not None else ():
            old = class_default(owner, name)
            if not same(now[name], old):
                yield Change(old, describe(owner, name), undo)

    def put_back(self) -> None:
        """Make everything as it was."""
        if not self.is_current():
            for change in list(self.changes()):
                change.undo()

    def settle(self, used: Container[Value], reads: Mapping[tuple[Value, str], Any]) -> None:
        """Watch the numbers in `reads` as well, which the trace looked at.

        Leave out what the trace wrote for itself, such as a list to which it appended. Raises
        TraceError, and puts everything back, if the trace changed a setting: a number, a text, or
        one of the Values that it `used`.
        """
        new = {key: exact(x) for key, x in reads.items() if key not in self.reads}
        self.reads += new.keys()
        self.numbers += new.values()
        self.has_others = self.has_others or bool(self.reads)
        if self.is_current():
            return
        for change in self.changes():
            if is_setting(change.old, used):
                self.put_back()
                raise errors.TraceError(messages.setting_changed(change.what))
        self.leave_out_changes()

    def leave_out_changes(self) -> None:
        """Watch from now on what is as it was, and nothing else."""
        holders, names = [], [row for row in self.names if same(look_up(*row[:2]), row.old)]
        for holder, copy in zip(self.holders, self.copies):
            if same(holder, copy):
                holders.append((holder, copy))
            elif isinstance(holder, dict):
                space = Namespace(holder, self.owners.get(id(holder), "a dict"), set())
                rows = [Name(space, name, old) for name, old in copy.items()]
                names += [row for row in rows if same(look_up(*row[:2]), row.old)]
        cells = zip(self.cells, self.contents)
        self.watch(holders, names, [(cell, old) for cell, old in cells if same(read(cell), old)])


# ---------------------------------------------------------------------------- reading and comparing


class Zero:
    """The copy of a float that is zero: it equals a zero of the same sign alone."""

    def __init__(self, x: float) -> None:
        self.x, self.sign = x, copysign(1.0, x)

    def __eq__(self, other: object) -> bool:
        return type(other) is float and not other and copysign(1.0, other) == self.sign

    __hash__ = object.__hash__


def exact(x: Any) -> Any:
    """Return what stands for `x` in a copy."""
    if type(x) is tuple:
        return tuple(map(exact, x))
    return Zero(x) if type(x) is float and not x else x


def original(x: Any) -> Any:
    """Return what `x`, in a copy, stands for."""
    if type(x) is tuple:
        return tuple(map(original, x))
    return x.x if type(x) is Zero else x


def exact_copy(holder: Any) -> Any:
    """Return a copy of a list, a dict, a set, a deque or a buffer."""
    if isinstance(holder, BUFFERS):
        return holder[:]
    if isinstance(holder, dict):
        return {key: exact(x) for key, x in holder.items()}
    if isinstance(holder, set):
        return set(holder)
    return (deque if isinstance(holder, deque) else list)(map(exact, holder))


def same(x: Any, y: Any) -> bool:
    try:
        return x is y or bool(x == y) or bool(x != x and y != y)  # nan is nan
    except Exception:  # two arrays cannot be compared
        return False


def entries(holder: Any) -> Mapping[Any, Any]:
    """Return the entries of a container by their keys or places."""
    if isinstance(holder, dict):
        return holder
    return {x: x for x in holder} if isinstance(holder, set) else dict(enumerate(holder))


def array_content(array: Any) -> tuple[Any, Any]:
    """Return what an array holds, to compare: its shape, and its bytes or its objects."""
    return array.shape, array.tolist() if array.dtype == object else array.tobytes()


def read(cell: CellType) -> Any:
    """Return what the variable of a closure holds, ABSENT for nothing."""
    try:
        return cell.cell_contents
    except ValueError:
        return ABSENT


def look_up(space: Namespace, name: str) -> Any:
    return exact(space.entries.get(name, ABSENT))


def names_in(space: Namespace) -> list[str]:
    """Return the names to watch: those that code reads, and those that may yet come before others.

    An attribute comes before its class's default, a class's before that of its base, and a global
    name before a builtin.
    """
    names = set(space.reached)
    if isinstance(space.owner, type):
        names |= {x for x in space.wanted if hasattr(space.owner, x)}
    elif space.is_object:
        names |= {x for x in space.wanted if class_default(space.owner, x) is not ABSENT}
    else:
        names |= space.wanted & vars(builtins).keys()
    return sorted(names)


def class_default(owner: Any, name: str) -> Any:
    """Return what an object's class has under that name, ABSENT for nothing or a method."""
    default = getattr(type(owner), name, ABSENT)
    return ABSENT if callable(default) or isinstance(default, property) else default


# ------------------------------------------------------------------------------------- putting back


def is_setting(old: Any, used: Container[Value]) -> bool:
    """Return whether a trace may not change this: it holds numbers, texts, or Values in `used`."""
    held = [original(x) for x in leaves(old)]
    return any(x in used if isinstance(x, Value) else isinstance(x, Real | str) for x in held)


def set_name(space: Namespace, name: str, old: Any) -> None:
    """Let a name stand for `old` again."""
    entries: Any = space.entries
    if isinstance(space.owner, type) or isinstance(entries, Slots):
        setattr(space.owner, name, original(old))
    elif old is not ABSENT:
        entries[name] = original(old)
    else:
        entries.pop(name, None)


def put_back(holder: Any, copy: Any) -> None:
    """Give a container the entries of its copy."""
    if isinstance(holder, BUFFERS):
        holder[:] = copy
        return
    if isinstance(holder, list):
        holder[:] = map(original, copy)
        return
    holder.clear()
    if isinstance(holder, dict):
        holder.update({key: original(x) for key, x in copy.items()})
    elif isinstance(holder, set):
        holder |= copy
    else:
        holder += map(original, copy)


def put_back_array(array: Any, then: tuple[Any, Any]) -> None:
    import numpy as np  # here, because it loads slowly

    array.shape, content = then
    is_list = isinstance(content, list)
    entries = content if is_list else np.frombuffer(content, array.dtype).reshape(array.shape)
    array[...] = entries


def put_in_order(holder: dict[Any, Any], order: list[Any]) -> None:
    for key in order:
        holder[key] = holder.pop(key)


def set_code(f: Any, then: tuple[Any, Any]) -> None:
    f.__code__, f.__defaults__ = then


def describe(owner: Any, name: Any) -> str:
    """Return an entry in words: "`scale` of a Net"."""
    where = owner if isinstance(owner, str) else kind(owner)
    if isinstance(owner, type):
        where = f"the class {owner.__name__}"
    return f"`{name}` of {where}"


# --------------------------------------------------------------------- Values, and eager functions


class ValueGuard:
    """Sees to it that an eager function leaves all Values as they are, for its derivative."""

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f = f
        self.state: State | None = None

    def numbers(self, arguments: Sequence[Any]) -> list[tuple[Value, Any, Any]]:
        """Return the Values that the function can reach, with their data and grads."""
        models = [x for x in arguments if type(x) is not float and not isinstance(x, Value)]
        state = self.state
        if state is None or models or not state.is_current():
            state = self.state = State(self.f, *models)
        return [(x, x.data, x.grad) for x in state.values]

    @staticmethod
    def put_back(numbers: list[tuple[Value, Any, Any]]) -> bool:
        """Make all numbers as they were; return whether one was changed."""
        changed = [
            row for row in numbers if not (same(row[0].data, row[1]) and same(row[0].grad, row[2]))
        ]
        for x, data, grad in changed:
            x.data, x.grad = data, grad
        return bool(changed)


# ----------------------------------------------------------------------------- results of compiling


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
