"""Names of a package that are loaded when somebody asks for them, so that importing it is quick."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def lazy_names(
    package: str, where: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return the `__getattr__` and the `__dir__` of a package.

    `where` gives, for each name, the module of the package that defines it. Both functions make up
    one face: what an editor completes is what can be loaded.
    """

    def load(name: str) -> object:
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{where[name]}"), name)

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *where})

    return load, names
