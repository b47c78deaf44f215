"""The names that the code of a function reads, known from its bytecode before it runs.

Rule: the code of the user counts, and that of this package; that of Python and of libraries is
taken as it is.
"""

from __future__ import annotations

import dis
import functools
import sys
from pathlib import Path
from types import CodeType, FunctionType

# Names of functions that read attributes without naming them.
READS_EVERYTHING = {"vars", "getattr", "__dict__", "parameter_groups", "attrgetter", "MATCH_CLASS"}
READS_EVERYTHING |= {"asdict", "astuple", "deepcopy"}
READS_ATTRIBUTE = {"LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR", "IMPORT_FROM"}
SETS_NAME = {"STORE_ATTR", "DELETE_ATTR", "STORE_GLOBAL", "DELETE_GLOBAL"}
STANDARD_LIBRARY = str(Path(dis.__file__).parent)


@functools.lru_cache(maxsize=4096)
def names_in_code(code: CodeType) -> tuple[frozenset[str], frozenset[str]]:
    """Return (the attributes, the global names) that a function and those inside it read."""
    attributes, names = set(), set()
    for instruction in dis.get_instructions(code):
        if instruction.opname in READS_ATTRIBUTE:
            attributes.add(instruction.argval)
        elif instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            names.add(instruction.argval)
        elif instruction.opname == "MATCH_CLASS":
            names.add("MATCH_CLASS")
    texts = {x for x in code.co_consts if isinstance(x, str) and x.isidentifier()}
    if "hasattr" in names or "getattr" in names:
        attributes |= texts
    if "globals" in names:
        names |= texts
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            inner_attributes, inner_names = names_in_code(constant)
            attributes |= inner_attributes
            names |= inner_names
    return frozenset(attributes), frozenset(names)


@functools.lru_cache(maxsize=4096)
def names_set_in_code(code: CodeType) -> frozenset[str]:
    """Return the attributes and global names that a function and those inside it set or delete."""
    names = {x.argval for x in dis.get_instructions(code) if x.opname in SETS_NAME}
    if not {"setattr", "__setattr__"}.isdisjoint(code.co_names):
        names |= {x for x in code.co_consts if isinstance(x, str)}
    inner = [names_set_in_code(x) for x in code.co_consts if isinstance(x, CodeType)]
    return frozenset(names.union(*inner))


def is_ours(module: str) -> bool:
    return module.partition(".")[0] == "micrograd"


@functools.lru_cache(maxsize=1024)
def is_users_module(module: str) -> bool:
    """Return whether a module is neither of this package, nor of Python, nor of a library."""
    top = module.partition(".")[0]
    if module == "__main__":  # also where a tool, such as a profiler, runs the script
        return True
    file = str(vars(sys.modules.get(module, sys)).get("__file__") or "")
    if is_ours(module) or "site-packages" in file or "dist-packages" in file:
        return False
    is_named_alike = file.endswith(".py") and not file.startswith(STANDARD_LIBRARY)
    return top not in sys.stdlib_module_names or is_named_alike


def is_users_function(f: FunctionType) -> bool:
    """Return whether a function is the user's, even if `functools.wraps` says a library's."""
    return is_users_module(f.__module__ or "") or is_users_module(home_of(f))


def home_of(f: FunctionType) -> str:
    """Return the name of the module whose globals a function reads."""
    return str(f.__globals__.get("__name__", ""))
