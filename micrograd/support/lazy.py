"""Names of a package that are loaded when somebody asks for them, so that importing it is quick."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module

from micrograd.support.unknown_attributes import Sentences, UnknownAttribute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

NO_SENTENCES: Sentences = {}


def load_on_demand(
    package: str, where: Mapping[str, str], instead: Sentences = NO_SENTENCES
) -> None:
    """Let the package offer each name in `where`, which gives the module that defines it.

    Any other name is an AttributeError, which shows the sentence of `instead`, or a similar name.

    This sets the `__getattr__` and the `__dir__` of the package, so that what an editor completes
    is what can be loaded. A type checker does not see them; it reads the imports in the package's
    TYPE_CHECKING block, and so it refuses any other name.
    """

    def load(name: str) -> object:
        if name not in where:
            error = UnknownAttribute(f"module {package!r}", name, offered(), instead)
            if runs_import(sys._getframe(1)):
                raise ImportError(str(error))  # Python would replace an AttributeError by its own
            raise error
        module = import_module(f"{package}.{where[name]}")
        return getattr(module, name)

    def offered() -> list[str]:
        return [*vars(sys.modules[package]).get("__all__", ()), *where]

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *where})

    vars(sys.modules[package]).update(__getattr__=load, __dir__=names)


def runs_import(frame: FrameType) -> bool:
    """Return whether the frame is at `from package import name`."""
    from opcode import opmap  # here, since errors are rare

    return frame.f_code.co_code[frame.f_lasti] == opmap["IMPORT_FROM"]
