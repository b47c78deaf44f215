"""Who may import whom: the arrows between files only go one way.

Rule: a file may import the files that its row names, and whatever those may import.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import micrograd

PACKAGE = Path(micrograd.__file__).parent

ROOMS = {
    "errors": [],
    "ieee": ["errors"],
    "nest": [],
    "files": [],
    "ops": ["errors", "ieee"],
    "graph": ["errors"],
    "engine": ["ops", "graph", "errors"],
    "nn": ["engine", "nest"],
    "losses": ["ops"],
    "optim": ["ops"],
    "check": ["engine"],
    "data": ["errors"],
    "transforms": ["engine", "nn"],
    "picture": ["graph", "ops", "nest"],
    "expression": ["engine"],
    "cli": ["nn", "losses", "optim", "data", "picture", "expression", "files", "__init__"],
    "__init__": ["nn", "check", "picture", "transforms", "losses", "optim", "data"],
    "__main__": ["cli"],
}

STANDARD_LIBRARY_ONLY = ["ops", "graph", "engine", "nn", "errors", "ieee"]


def reachable(room: str) -> set[str]:
    found, waiting = set(), [room]
    while waiting:
        for other in ROOMS[waiting.pop()]:
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def imports(room: str) -> list[str]:
    """The modules that a file imports, wherever in it: "math", "micrograd.ops", ..."""
    tree = ast.parse((PACKAGE / f"{room}.py").read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "micrograd":
            names = [alias.name for alias in node.names]
            found += [f"micrograd.{name}" if name in ROOMS else "micrograd" for name in names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module)
    return found


def test_every_file_has_a_row():
    assert {path.stem for path in PACKAGE.glob("*.py")} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_arrows_go_one_way(room):
    own = [name for name in imports(room) if name.split(".")[0] == "micrograd"]
    rooms = {name.partition(".")[2] or "__init__" for name in own}
    assert rooms <= reachable(room)


def test_there_is_no_circle():
    assert not [room for room in ROOMS if room in reachable(room)]


@pytest.mark.parametrize("room", STANDARD_LIBRARY_ONLY)
def test_the_engine_is_of_the_standard_library_alone(room):
    others = {name.split(".")[0] for name in imports(room)} - {"micrograd"}
    assert others <= sys.stdlib_module_names


def test_import_micrograd_loads_the_standard_library_alone():
    script = "import sys; old = set(sys.modules); import micrograd; print(*set(sys.modules) - old)"
    command = [sys.executable, "-c", script]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    loaded = {name.split(".")[0] for name in printed.split()} - {"micrograd"}
    assert loaded <= sys.stdlib_module_names


def test_no_module_has_the_name_of_a_public_function():
    public = {name for name in micrograd.__all__ if callable(getattr(micrograd, name))}
    assert not public & {path.stem for path in PACKAGE.glob("*.py")}
