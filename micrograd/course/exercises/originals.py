"""The originals of what checks use: modules, classes and functions, as they were at first.

Rule: only functions and classes are compared, and a new name is no change unless it hides one of a
base class. So a package may be imported, and caches may fill, while a learner's file runs.
"""

import sys
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

OURS = "micrograd"  # the classes and functions of this package are looked into
USED = {"builtins", "cmath", "copy", "functools", "itertools", "math", "operator", "random"}
COMPARED = (FunctionType, BuiltinFunctionType, type, property, staticmethod, classmethod)
PARTS = ("__code__", "__defaults__", "__kwdefaults__")  # of a function, which can be set
MISSING = object()

Slot = tuple[Any, str, Any]  # an owner, the name of its attribute, and what that was


def keep_originals() -> Callable[[], list[str]]:
    """Return a function that puts back what was replaced since, and returns the names of that.

    It calls nothing that could be replaced itself: what it needs is bound here.
    """
    slots = [slot for module in used_modules() for slot in module_slots(module)]
    classes = {owner: {*vars(owner)} for owner, _, _ in slots if isinstance(owner, type)}
    modules, known_modules = sys.modules, {each.__name__: each for each in used_modules()}
    read, look_up, write, remove, is_a = vars, getattr, setattr, delattr, isinstance
    parts, missing, compared = PARTS, MISSING, COMPARED

    def restore() -> list[str]:
        changed = []
        for name, module in known_modules.items():
            if modules.get(name) is not module:
                modules[name] = module
                changed.append(name)
        for owner, name, value in slots:
            now = look_up(owner, name) if name in parts else read(owner).get(name, missing)
            if now is not value:
                write(owner, name, value)
                changed.append(f"{owner.__name__}.{name}")
        for owner, known in classes.items():
            for name in {*read(owner)} - known:
                hidden = [base for base in owner.__mro__[1:] if name in read(base)]
                if hidden and is_a(read(owner)[name], compared):
                    remove(owner, name)
                    changed.append(f"{owner.__name__}.{name}")
        return changed

    return restore


def used_modules() -> Iterator[ModuleType]:
    for name, module in list(sys.modules.items()):
        if name in USED or name.split(".")[0] == OURS:
            yield module


def module_slots(module: ModuleType) -> Iterator[Slot]:
    """Yield what the module holds; if it is ours, also what its classes and functions hold."""
    ours = module.__name__.split(".")[0] == OURS
    for name, value in list(vars(module).items()):
        if isinstance(value, COMPARED):
            yield module, name, value
            if ours and getattr(value, "__module__", "") == module.__name__:
                yield from inner_slots(value)


def inner_slots(value: Any) -> Iterator[Slot]:
    """Yield the parts of a function, or the functions of a class and their parts."""
    if isinstance(value, FunctionType):
        for part in PARTS:
            yield value, part, getattr(value, part)
    elif isinstance(value, type):
        for name, inner in list(vars(value).items()):
            if isinstance(inner, COMPARED):
                yield value, name, inner
                yield from inner_slots(inner)
