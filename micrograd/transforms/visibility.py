"""Visibility: which code does the same in another process, as far as a digest can tell.

Rule: it sees this package, unless somebody put functions into it, and the user's own modules; of
libraries there is a short list. Whatever else is read makes a digest impossible, and so does code
that goes over a set, as its order may be another one, or that sets attributes, as a second process
would not.
"""

from __future__ import annotations

import _abc  # type: ignore[import-not-found]
import builtins
import dis
import sys
from abc import ABCMeta
from collections import ChainMap, UserDict, UserList
from collections.abc import Iterator
from itertools import pairwise
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

from micrograd.transforms.code_names import (
    READS_EVERYTHING,
    is_ours,
    is_users_module,
    names_in_code,
)
from micrograd.transforms.reach import DESCRIPTORS, MAKERS

# Libraries whose functions give the same results in every process.
LIBRARIES = {"abc", "builtins", "cmath", "collections", "contextlib", "copy", "dataclasses", "enum"}
LIBRARIES |= {"fractions", "functools", "itertools", "math", "numbers", "numpy", "operator"}
LIBRARIES |= {"statistics", "string", "types", "typing", "_functools", "_operator"}
# Names that no digest describes, by the reason.
UNSEEN = {
    "they read a file or a clock, draw, or run what nobody sees": (
        "__hash__ __import__ breakpoint compile ctypes datetime64 environ eval exec fromfile "
        "fromregex genfromtxt getenv globals hash id input load loadtxt locals "
        "may_share_memory memmap open random read read_bytes read_text samples shares_memory"
    ),
    "they give the settings of NumPy": "get_printoptions getbufsize geterr geterrcall",
    "they read, or write, attributes that nobody names": (
        "__delattr__ __getattribute__ __getstate__ __reduce__ __reduce_ex__ __setattr__ "
        "delattr dir format format_map setattr"
    ),
    "they tell of the text and the place of code, and of what is not reached otherwise": (
        "__annotations__ __code__ __globals__ __subclasses__ __traceback__"
    ),
    "they give texts of arrays, which NumPy's print options may change": (
        "array2string array_repr array_str"
    ),
    "they give sets, whose order differs": (
        "difference frozenset intersection set symmetric_difference union"
    ),
}
UNSEEN_NAMES = {name for names in UNSEEN.values() for name in names.split()}

WRITES = {"STORE_ATTR", "DELETE_ATTR", "STORE_GLOBAL", "DELETE_GLOBAL"}
MAKES_SETS = {"BUILD_SET", "SET_ADD", "SET_UPDATE"}
VIEWS, SET_OPERATORS = {"keys", "items"}, {"&", "|", "^", "-"}
SET_OPERATORS |= {"BINARY_AND", "BINARY_OR", "BINARY_XOR", "BINARY_SUBTRACT"}  # in Python 3.10
SET_OPERATORS |= {"INPLACE_AND", "INPLACE_OR", "INPLACE_XOR", "INPLACE_SUBTRACT"}
FORMATS = {"FORMAT_VALUE", "FORMAT_SIMPLE", "FORMAT_WITH_SPEC", "CONVERT_VALUE"}
TEXT_NAMES = {"ascii", "print", "repr", "str"}
OF_ENTRIES = {"__iter__", "__len__", "keys", "values"}
TEXT_METHODS = {"__format__", "__repr__", "__str__"}
# Classes whose objects hide nothing beside their attributes, and modules of such classes.
PLAIN_BASES: tuple[type, ...] = (int, float, complex, str, bytes, bytearray)
BASES: set[type] = {object, *PLAIN_BASES, UserDict, UserList, ChainMap}
PURE = {"abc", "collections.abc", "contextlib", "enum", "numbers", "typing"}
# Rooms of this package whose code runs while a program is traced, and decides on it.
TRACED = ("engine", "ieee", "losses", "nn", "ops", "optim")
CONSTANTS = (int, float, str, tuple, type(None))


class Invisible(Exception):
    """Something that the digest cannot describe."""


def is_seen(module: str) -> bool:
    """Return whether keys see the code of a module: this package's, or a user's."""
    return is_ours(module) or is_users_module(module)


def require_untouched() -> None:
    """Raise Invisible if somebody put functions of their own into this package or Python's."""
    for name, module in list(sys.modules.items()):
        if not is_ours(name) and name not in LIBRARIES:
            continue
        if any(map(is_put_there, vars(module).values())):
            raise Invisible
        classes = [x for x in vars(module).values() if isinstance(x, type)] if is_ours(name) else []
        for cls in classes:
            if is_ours(cls.__module__) and any(map(is_put_there, vars(cls).values())):
                raise Invisible
    for name, x in vars(builtins).items():
        if isinstance(x, BuiltinFunctionType) and name != x.__name__:
            raise Invisible


def is_put_there(x: Any) -> bool:
    """Return whether `x` is a function or a method of a class, from a module of the user's."""
    if isinstance(x, DESCRIPTORS):
        x = getattr(x, "fget", None) or getattr(x, "__func__", None) or getattr(x, "func", None)
    module = x.__module__ if isinstance(x, FunctionType) else ""
    is_made = not module or module.startswith("namedtuple_")  # by Python, for a class of ours
    return not is_made and is_users_module(module)


def facts_of_package() -> Iterator[str]:
    """Yield what stands where in the package: functions, classes and constants."""
    for name, module in sorted(sys.modules.items()):
        if is_ours(name) and name.split(".")[1:2] and name.split(".")[1] in TRACED:
            yield from facts_of(name, module)
            for cls in list(vars(module).values()):
                if isinstance(cls, type) and cls.__module__ == name:
                    yield from facts_of(cls.__qualname__, cls)


def facts_of(owner: str, names: ModuleType | type) -> Iterator[str]:
    for name, x in sorted(vars(names).items()):
        if isinstance(x, FunctionType | type):
            yield f"{owner} {name} {x.__module__} {x.__qualname__}"
        elif isinstance(x, CONSTANTS) and not name.startswith("__"):
            yield f"{owner} {name} {x!r}"


def require_known(module: str) -> None:
    """Raise Invisible for a module of a library whose results may differ between processes."""
    if module.partition(".")[0] not in LIBRARIES or "random" in module or is_users_module(module):
        raise Invisible


def require_known_name(name: str) -> None:
    """Raise Invisible for a function that gives others in each process, whatever it is called."""
    if name in UNSEEN_NAMES or name in READS_EVERYTHING:
        raise Invisible


def require_builtin(name: str) -> None:
    """Raise Invisible if a builtin name does not stand for what Python has under it."""
    x = vars(builtins).get(name)
    is_named_so = getattr(x, "__name__", None) == name
    is_own = is_named_so and getattr(x, "__module__", "") == "builtins"
    if not is_own and x is not NotImplemented and x is not Ellipsis:
        raise Invisible


def require_pure(cls: type) -> None:
    """Raise Invisible if objects of a class of the user's have something beside attributes."""
    for base in cls.__mro__:
        is_pure = base in BASES or base.__module__ in PURE or is_seen(base.__module__)
        if not is_pure:
            raise Invisible


def require_plain_container(cls: type) -> None:
    """Raise Invisible if a container of the user's says itself what its entries are."""
    users = [base for base in cls.__mro__ if is_users_module(base.__module__)]
    if any(not OF_ENTRIES.isdisjoint(vars(base)) for base in users):
        raise Invisible


def require_no_registry(cls: type) -> None:
    """Raise Invisible if other classes count as subclasses of this one by `register`."""
    if isinstance(cls, ABCMeta) and _abc._get_dump(cls)[0]:
        raise Invisible


def require_visible(f: FunctionType) -> None:
    """Raise Invisible if code, by the names that it reads, does what no digest can see."""
    attributes, names = names_in_code(f.__code__)
    allowed = {"hash", "id"} if f.__name__ == "__hash__" else set()
    if not (UNSEEN_NAMES - allowed).isdisjoint(attributes | names):
        raise Invisible


def require_no_effects(code: CodeType) -> None:
    """Raise Invisible if code sets an attribute of what was there before it, or makes a set."""
    instructions = list(dis.get_instructions(code))
    opnames = {instruction.opname for instruction in instructions}
    if not MAKES_SETS.isdisjoint(opnames):
        raise Invisible
    if not WRITES.isdisjoint(opnames) and code.co_name not in {*MAKERS, "__post_init__"}:
        raise Invisible
    for instruction, after in pairwise(instructions):
        if isinstance(instruction.argval, frozenset) and after.opname != "CONTAINS_OP":
            raise Invisible
    operators = {x.argrepr.rstrip("=") for x in instructions if x.opname.startswith("BINARY_")}
    if not VIEWS.isdisjoint(code.co_names) and not SET_OPERATORS.isdisjoint(operators | opnames):
        raise Invisible


def makes_texts(f: FunctionType) -> bool:
    """Return whether code makes texts, and may so call a method such as `__str__`."""
    codes = [f.__code__]
    for code in codes:
        codes += [x for x in code.co_consts if isinstance(x, CodeType)]
        if any(x.opname in FORMATS for x in dis.get_instructions(code)):
            return True
        if any(isinstance(x, str) and "%" in x for x in code.co_consts):
            return True
    return not TEXT_NAMES.isdisjoint(names_in_code(f.__code__)[1])


def has_texts(cls: type) -> bool:
    """Return whether a class of the user's says which text its objects are."""
    users = [base for base in cls.__mro__ if is_users_module(base.__module__)]
    return any(not TEXT_METHODS.isdisjoint(vars(base)) for base in users)
