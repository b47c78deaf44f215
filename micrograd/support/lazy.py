"""Names of a package that are loaded when somebody asks for them, so that importing it is quick."""

from collections.abc import Callable
from importlib import import_module


def loader(package: str, where: dict[str, str]) -> Callable[[str], object]:
    """The `__getattr__` of a package: `where` says in which of its modules a name is."""

    def load(name: str):
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{where[name]}"), name)

    return load
