"""Visibility: of which code a digest can tell whether it does the same in another process.

Rule: it sees this package, unless somebody put functions into it, and the user's own modules; of
libraries there is a short list. Whatever else is read makes a digest impossible.
"""

from __future__ import annotations

import sys
from types import FunctionType
from typing import Any

from micrograd.transforms.code_names import is_ours, is_users_module
from micrograd.transforms.reach import DESCRIPTORS

# Libraries whose functions give the same results in every process.
LIBRARIES = {"abc", "builtins", "cmath", "collections", "contextlib", "copy", "dataclasses", "enum"}
LIBRARIES |= {"fractions", "functools", "itertools", "math", "numbers", "numpy", "operator"}
LIBRARIES |= {"statistics", "string", "types", "typing"}
# Names of what gives others: it reads a file, draws, or runs what nobody sees.
ELSEWHERE = {
    "__import__",
    "breakpoint",
    "compile",
    "environ",
    "eval",
    "exec",
    "fromfile",
    "globals",
}
ELSEWHERE |= {"genfromtxt", "hash", "id", "input", "load", "loadtxt", "locals", "memmap", "open"}
ELSEWHERE |= {"random", "read", "read_bytes", "read_text"}


class Invisible(Exception):
    """Something that the digest cannot describe."""


def is_seen(module: str) -> bool:
    """Return whether keys see the code of a module: this package's, or a user's."""
    return is_ours(module) or is_users_module(module)


def require_untouched() -> None:
    """Raise Invisible if somebody put functions of their own into this package."""
    for name, module in list(sys.modules.items()):
        if is_ours(name) and any(map(is_users_function, vars(module).values())):
            raise Invisible
        classes = [x for x in vars(module).values() if isinstance(x, type)] if is_ours(name) else []
        for cls in classes:
            if is_ours(cls.__module__) and any(map(is_users_function, vars(cls).values())):
                raise Invisible


def is_users_function(x: Any) -> bool:
    """Return whether `x` is a function or a method of a class, from a module of the user's."""
    if isinstance(x, DESCRIPTORS):
        x = getattr(x, "fget", None) or getattr(x, "__func__", None) or getattr(x, "func", None)
    module = x.__module__ if isinstance(x, FunctionType) else ""
    is_made = not module or module.startswith("namedtuple_")  # by Python, for a class of ours
    return not is_made and is_users_module(module)


def require_known(module: str) -> None:
    """Raise Invisible for a module of a library whose results may differ between processes."""
    if module.partition(".")[0] not in LIBRARIES or "random" in module:
        raise Invisible
