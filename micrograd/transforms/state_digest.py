"""A digest of a state, which another process can compute: equal only if a trace would be the same.

Rule: what cannot be described has no digest. Objects are described once, with a number, and by that
number from then on; functions by their code, and objects of this package by their class, as a
digest of its sources is a part of every key.
"""

from __future__ import annotations

import dis
import functools
import sys
import types
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from enum import Enum, EnumMeta
from hashlib import sha256
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from micrograd.engine import Value
from micrograd.ops import Op, is_row
from micrograd.support.arrays import is_array
from micrograd.support.own_rows import is_own_row
from micrograd.transforms import dependencies
from micrograd.transforms.code_names import (
    home_of,
    is_ours,
    is_users_function,
    is_users_module,
    names_in_code,
)
from micrograd.transforms.copies import original
from micrograd.transforms.namespaces import ABSENT, content
from micrograd.transforms.reach import DESCRIPTORS
from micrograd.transforms.state import State
from micrograd.transforms.visibility import (
    PLAIN_BASES,
    Invisible,
    facts_of_package,
    has_texts,
    is_seen,
    makes_texts,
    require_builtin,
    require_known,
    require_known_name,
    require_no_effects,
    require_no_registry,
    require_plain_container,
    require_pure,
    require_untouched,
    require_visible,
)

OF_PYTHON = {list, tuple, dict, set, frozenset}
OF_COLLECTIONS = ("default_factory", "maxlen", "typecode")  # what one has beside its entries
MEMBERS = (types.MemberDescriptorType, types.MethodDescriptorType, types.WrapperDescriptorType)
PLAIN = {int, bool, complex, float, str, bytes, bytearray, type(None), type(Ellipsis), range}


def digest_of(state: State) -> str | None:
    """Return the digest of a state, None if the trace may depend on what it cannot see."""
    try:
        require_untouched()
        return Description(state).digest()
    except Exception:  # Invisible, or what an object of the user's raises when it is looked at
        return None


class Description:
    """The description of a state, as far as it has come."""

    def __init__(self, state: State) -> None:
        self.state, self.hash = state, sha256()
        self.numbers: dict[int, int] = {}  # of what was described, by its id
        self.described: list[Any] = []  # it keeps them alive, and their ids unique
        self.spaces: dict[int, str] = {}  # the number of each dict of globals
        functions = list(self.users_functions())
        self.makes_texts = any(map(makes_texts, functions))
        self.attributes = frozenset[str]().union(*[names_in_code(f.__code__)[0] for f in functions])

    def users_functions(self) -> Iterator[FunctionType]:
        """Yield the functions of the user's, each of which a digest can see."""
        for kind in self.state.kinds:
            if isinstance(kind, dependencies.Functions):
                for f in kind.things:
                    require_visible(f)
                    yield f

    def require_met(self, x: Any) -> None:
        """Raise Invisible for something of the user's whose names the state does not have."""
        if not self.state.reach.has_met(x):
            raise Invisible

    def digest(self) -> str:
        if self.state.generators or self.state.values_looked_at():
            raise Invisible
        self.note(*facts_of_package())
        self.describe_list(list(map(type, self.state.reach.other_values)))
        self.describe_all(self.state.roots)
        for kind in self.state.kinds:
            self.describe_kind(kind)
        return self.hash.hexdigest()

    def describe_kind(self, kind: dependencies.Dependencies) -> None:
        """Describe things and what they are; a thing's description has its content in it.

        A name that is absent here, and not in another process, is one of its `Names`.
        """
        if isinstance(kind, dependencies.AbsentNames):
            return
        self.note(type(kind).__name__, str(len(kind.things)))
        if isinstance(kind, dependencies.ValueAttribute):
            self.note(kind.name)
            self.describe_list(kind.before)
            self.describe_list(kind.things)
        elif isinstance(kind, dependencies.Names):
            for (_, name, space), meaning in zip(kind.things, kind.before):
                self.note(name)
                self.describe_all([space.owner, meaning])
                if meaning is ABSENT and type(space.owner) is str:  # a module's name
                    require_builtin(name)
        elif isinstance(kind, dependencies.Containers):
            for thing, copy in zip(kind.things, kind.before):
                owner = kind.owners.get(id(thing))
                self.describe_all([thing] if owner is None else [owner, copy])
        else:
            self.describe_all(kind.things)

    def note(self, *texts: str) -> None:
        self.hash.update("".join([f"{len(text)} {text}\n" for text in texts]).encode())

    def describe_all(self, things: Iterable[Any]) -> None:
        for x in things:
            self.describe(x)

    def describe(self, x: Any) -> None:
        """Describe an object, by its number if it was described before."""
        x = original(x)
        if type(x) in PLAIN:
            self.note(type(x).__name__, repr(x))
            return
        number = self.state.reach.number_of(x)
        if number is not None:
            self.note("value", str(number))
            return
        number = self.numbers.get(id(x))
        if number is not None:
            self.note("number", str(number))
            return
        self.numbers[id(x)] = len(self.numbers)
        self.described.append(x)
        for kinds, describe in DESCRIBE:
            if isinstance(x, kinds):
                describe(self, x)
                return
        if is_array(x):
            self.describe_array(x)
        else:
            self.describe_object(x)

    # ------------------------------------------------------------------------------- containers

    def describe_list(self, x: Any) -> None:
        """Describe the entries, those of one plain type in C."""
        if id(x) in self.state.reach.rows:
            self.describe_row(x)
            return
        self.describe_own_class(x)
        kinds = set(map(type, x))
        self.note(type(x).__name__, str(len(x)), *sorted(kind.__name__ for kind in kinds))
        if kinds == {Value}:
            self.describe_row(list(x))
        elif kinds == {float}:
            self.hash.update(array("d", x))
        elif kinds and kinds <= {int, bool, str, type(None)}:
            self.note(repr(list(x)))
        else:
            self.describe_all(x)

    def describe_row(self, x: list[Value]) -> None:
        """Describe a list of Values alone by its runs, or by their numbers."""
        reach = self.state.reach
        runs = reach.rows.get(id(x)) or reach.met.runs_of(x)
        if runs is None:
            numbers: Any = map(reach.met.number_of, x)
            self.note("Values", str(len(x)))
            self.hash.update(array("q", numbers))
        else:
            self.note("runs of Values", repr(runs))

    def describe_own_class(self, x: Any) -> None:
        """Describe the class of a container or a number, unless it is one of Python's own."""
        if type(x) not in OF_PYTHON:
            require_plain_container(type(x))
            self.describe_all([type(x), *[getattr(x, name, None) for name in OF_COLLECTIONS]])

    def describe_dict(self, x: dict[Any, Any]) -> None:
        self.describe_own_class(x)
        self.describe_list(list(x))
        self.describe_list(list(x.values()))

    def describe_set(self, x: Any) -> None:
        """Describe the entries of a set in their order, which is the same only for integers."""
        if not {int}.issuperset(map(type, x)):
            raise Invisible
        self.describe_own_class(x)
        self.note("set", *map(repr, x))

    def describe_array(self, x: Any) -> None:
        kind = type(x)
        if (kind.__module__, kind.__name__) != ("numpy", "ndarray") or x.dtype.hasobject:
            raise Invisible
        if self.makes_texts:  # which NumPy's print options may change
            raise Invisible
        self.note("array", str(x.dtype), str(x.shape), str(x.strides))
        self.hash.update(x.tobytes())

    # ---------------------------------------------------------------------- functions and classes

    def describe_function(self, f: FunctionType) -> None:
        module = f.__module__ or ""
        space = self.spaces.setdefault(id(f.__globals__), str(len(self.spaces)))
        self.note("function", module, home_of(f), f.__name__, f.__qualname__, space)
        self.note(repr(f.__doc__))
        if is_users_function(f):
            self.require_met(f)
            self.note(digest_of_users_code(f.__code__))
            self.check_globals(f)
        elif is_ours(module):
            self.note(digest_of_code(f.__code__))
        else:
            require_known(module)
            require_known_name(f.__name__)
            return
        self.describe_all([f.__defaults__, f.__kwdefaults__, *(f.__closure__ or ())])

    def check_globals(self, f: FunctionType) -> None:
        """Raise Invisible if code reads an object of a library that is not known."""
        for name in names_in_code(f.__code__)[1]:
            x = f.__globals__.get(name, ABSENT)
            module = x.__name__ if isinstance(x, ModuleType) else getattr(x, "__module__", None)
            if isinstance(module, str) and not is_seen(module):
                require_known(module)

    def describe_cell(self, cell: Any) -> None:
        x = content(cell)
        self.describe("an empty cell" if x is ABSENT else x)

    def describe_method(self, x: MethodType) -> None:
        self.describe_all([x.__self__, x.__func__])

    def describe_builtin(self, x: Any) -> None:
        """Describe a function that is written in C, such as math.exp."""
        owner = getattr(x, "__self__", None)
        require_known_name(x.__name__)
        self.note("builtin", getattr(x, "__qualname__", x.__name__))
        self.describe(owner if owner is not None else sys.modules.get(x.__module__))

    def describe_partial(self, x: functools.partial[Any]) -> None:
        self.describe_all([type(x), x.func, x.args, x.keywords])

    def describe_descriptor(self, x: Any) -> None:
        self.describe(type(x))
        self.describe_all(getattr(x, inner, None) for inner in ("fget", "__func__", "func"))

    def describe_member(self, x: Any) -> None:
        """Describe a slot, or a method that is written in C, of a class."""
        require_known_name(x.__name__)
        self.note("member", x.__name__)
        self.describe(x.__objclass__)

    def describe_class(self, cls: type) -> None:
        """Describe a class by its name, its bases and its own class."""
        self.note("class", cls.__module__, cls.__name__, cls.__qualname__)
        if is_users_module(cls.__module__):
            self.require_met(cls)
            require_no_registry(cls)
        elif not is_ours(cls.__module__):
            require_known(cls.__module__)
            require_known_name(cls.__name__)
        self.describe_all([*cls.__bases__, type(cls)])
        if isinstance(cls, EnumMeta):
            self.note(*cls.__members__)
            self.describe_all(cls.__members__.values())

    def describe_module(self, x: ModuleType) -> None:
        """Describe a module, and in a library's what the code reads, which may be another's."""
        self.note("module", x.__name__)
        if is_seen(x.__name__):
            return
        require_known(x.__name__)
        self.note(str(getattr(x, "__version__", "")))
        for name in sorted(self.attributes & vars(x).keys()):
            self.note(name)
            self.describe(vars(x)[name])

    def describe_op(self, op: Op) -> None:
        if not (is_row(op) and is_own_row(op)):
            raise Invisible
        self.note("op", op.name)

    def describe_object(self, x: Any) -> None:
        """Describe an object by its class; the state has the attributes that code reads."""
        cls = type(x)
        if x is ABSENT or is_ufunc(x):
            self.note("absent" if x is ABSENT else x.__name__)
            return
        if is_users_module(cls.__module__):
            self.describe_users_object(x)
        elif "__wrapped__" in getattr(x, "__dict__", {}):
            self.describe_wrapper(x)
        elif not is_ours(cls.__module__):
            raise Invisible
        self.describe(cls)

    def describe_users_object(self, x: Any) -> None:
        """Describe what an object is beside its attributes."""
        self.require_met(x)
        require_pure(type(x))
        if self.makes_texts and has_texts(type(x)):
            raise Invisible
        if isinstance(x, Enum):
            self.describe_all([x._name_, x._value_])
        for base in PLAIN_BASES:
            if isinstance(x, base):
                represent: Any = base.__repr__
                self.note(represent(x))

    def describe_wrapper(self, x: Any) -> None:
        """Describe what `jit` or `lru_cache` has returned, unless it remembers results."""
        cache_info = getattr(x, "cache_info", None)
        if cache_info is not None and cache_info().currsize:
            raise Invisible
        self.describe(x.__wrapped__)


DESCRIBE: tuple[tuple[Any, Callable[[Description, Any], None]], ...] = (
    ((list, tuple, deque, array), Description.describe_list),
    (dict, Description.describe_dict),
    ((set, frozenset), Description.describe_set),
    (FunctionType, Description.describe_function),
    (types.CellType, Description.describe_cell),
    (MethodType, Description.describe_method),
    (types.BuiltinFunctionType, Description.describe_builtin),
    (functools.partial, Description.describe_partial),
    (MEMBERS, Description.describe_member),
    (DESCRIPTORS, Description.describe_descriptor),
    (type, Description.describe_class),
    (ModuleType, Description.describe_module),
    (Op, Description.describe_op),
)


def is_ufunc(x: Any) -> bool:
    """Return whether `x` is one of NumPy's functions of single numbers, such as numpy.exp."""
    numpy = sys.modules.get("numpy")
    is_one = numpy is not None and isinstance(x, numpy.ufunc)
    return is_one and getattr(numpy, x.__name__, None) is x


@functools.lru_cache(maxsize=4096)
def digest_of_users_code(code: CodeType) -> str:
    """Return a digest of code. Raises Invisible if it sets an attribute, or makes a set."""
    codes = [code]
    for each in codes:
        require_no_effects(each)
        codes += [x for x in each.co_consts if isinstance(x, CodeType)]
    return digest_of_code(code)


@functools.lru_cache(maxsize=4096)
def digest_of_code(code: CodeType) -> str:
    """Return a digest of what a code object does, wherever it stands in its file."""
    inner = [x for x in code.co_consts if isinstance(x, CodeType)]
    constants = [x for x in code.co_consts if not isinstance(x, CodeType)]
    for instruction in dis.get_instructions(code):
        if instruction.opname == "IMPORT_NAME":
            require_known(instruction.argval)
    texts = [sorted(map(repr, x)) if isinstance(x, frozenset) else repr(x) for x in constants]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    table = getattr(code, "co_exceptiontable", b"")
    facts = (sys.version, code.co_code, texts, names, counts, table, *map(digest_of_code, inner))
    return sha256(repr(facts).encode()).hexdigest()
