"""Load a package that an extra installs, or name the line that installs it."""

from importlib import import_module
from types import ModuleType


def require(module: str, extra: str, package: str = "") -> ModuleType:
    """Return the module of that name, which `pip install 'micrograd[extra]'` provides.

    `package` is what the module is called in a package index, if that is another name. Raises
    ImportError, with the line that installs it, if it is missing.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ImportError(missing_extra(package or module, extra)) from error


def missing_extra(package: str, extra: str) -> str:
    """Return the sentence that names the missing package and the line that installs it."""
    return f"This needs {package}, which is not installed. Run: pip install 'micrograd[{extra}]'"
