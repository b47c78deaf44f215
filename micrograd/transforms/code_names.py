"""The names that the code of a function reads, known from its bytecode before it runs.

Rule: the code of the user counts, and that of this package; that of Python and of libraries is
taken as it is.
"""

from __future__ import annotations

import dis
import functools
import sys
from types import CodeType

# Names of functions that read attributes without naming them.
READS_EVERYTHING = {"vars", "getattr", "__dict__", "parameter_groups", "attrgetter", "MATCH_CLASS"}
READS_EVERYTHING |= {"asdict", "astuple", "deepcopy"}


@functools.lru_cache(maxsize=4096)
def names_in_code(code: CodeType) -> tuple[frozenset[str], frozenset[str]]:
    """Return (the attributes, the global names) that a function and those inside it read."""
    attributes, names = set(), set()
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR"):
            attributes.add(instruction.argval)
        elif instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            names.add(instruction.argval)
        elif instruction.opname == "MATCH_CLASS":
            names.add("MATCH_CLASS")
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            inner_attributes, inner_names = names_in_code(constant)
            attributes |= inner_attributes
            names |= inner_names
    return frozenset(attributes), frozenset(names)


def is_ours(module: str) -> bool:
    return module.partition(".")[0] == "micrograd"


@functools.lru_cache(maxsize=1024)
def is_users_module(module: str) -> bool:
    """Return whether a module is neither of this package, nor of Python, nor of a library."""
    top = module.partition(".")[0]
    if module == "__main__":  # also where a tool, such as a profiler, runs the script
        return True
    if is_ours(module) or top in sys.stdlib_module_names:
        return False
    file = getattr(sys.modules.get(module), "__file__", None) or ""
    return "site-packages" not in file and "dist-packages" not in file
