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
    "chance": [],
    "nest": [],
    "files": [],
    "ops": ["errors", "ieee"],
    "graph": ["errors"],
    "engine": ["ops", "graph", "errors"],
    "nn.network": ["engine", "nest"],
    "nn.layers": ["nn.network", "chance"],
    "nn.attention": ["nn.layers", "losses"],
    "nn.recurrent": ["nn.layers"],
    "nn.convolution": ["nn.layers"],
    "lazy": [],
    "nn.__init__": ["nn.attention", "nn.recurrent", "nn.convolution", "lazy"],
    "losses": ["ops"],
    "optim": ["ops"],
    "table": [],
    "check": ["engine", "graph", "table"],
    "steps": ["engine"],
    "formula": ["graph", "ops"],
    "javascript": ["formula"],
    "story": ["steps", "formula", "table"],
    "differences": ["steps", "check", "table"],
    "health": ["engine"],
    "presets": ["nn.__init__", "losses"],
    "data": ["errors"],
    "compiler.__init__": [],
    "compiler.program": ["ops"],
    "compiler.trace": ["compiler.program"],
    "compiler.gradient": ["compiler.trace", "graph"],
    "compiler.simplify": ["compiler.trace"],
    "compiler.schedule": [],
    "compiler.batch": ["compiler.program", "compiler.schedule"],
    "compiler.elementary": [],
    "compiler.spelling": ["ops", "compiler.elementary"],
    "compiler.llvm": [],
    "compiler.straight": ["compiler.llvm", "compiler.program"],
    "compiler.kernels": ["compiler.batch", "compiler.straight"],
    "compiler.cache": ["files"],
    "compiler.build": [
        *("compiler.trace", "compiler.simplify", "compiler.spelling", "compiler.kernels"),
        "compiler.cache",
    ],
    "tracing": ["engine", "nest", "chance", "compiler.trace"],
    "jitting": ["tracing", "compiler.gradient", "compiler.simplify", "compiler.build"],
    "structure": ["nn.__init__"],
    "saving": ["files", "structure"],
    "overview": ["nn.__init__", "table"],
    "feed": [],
    "running": ["engine", "compiler.build", "feed"],
    "stepping": ["running", "tracing", "optim", "compiler.gradient", "compiler.simplify"],
    "training.__init__": [],
    "training.moment": ["optim", "errors"],
    "training.history": ["training.moment", "picture", "files"],
    "training.checkpoint": ["training.history", "saving"],
    "training.evaluation": ["chance", "jitting"],
    "training.eager": ["chance", "engine", "feed", "optim"],
    "training.diagnosis": ["engine"],
    "training.progress": ["training.history"],
    "train": [
        *("nn.__init__", "stepping", "training.checkpoint", "training.evaluation"),
        *("training.eager", "training.diagnosis", "training.progress"),
    ],
    "transforms": ["jitting"],
    "picture": ["graph", "ops", "nest"],
    "columns": [],
    "layout": ["columns", "picture"],
    "svg": ["layout"],
    "unfolding": ["picture"],
    "player": ["javascript", "story", "check"],
    "widget": ["engine", "player"],
    "drawing": ["svg", "files", "unfolding", "player", "widget"],
    "expression": ["engine"],
    "course.__init__": [],
    "course.stages": [],
    "course.lesson": ["picture"],
    "course.progress": ["files"],
    "course.terminal": ["course.lesson"],
    "course.notebook": ["course.lesson"],
    "course.page": ["course.lesson", "javascript"],
    "course.checking": [],
    "course.task": ["errors"],
    "course.judge": ["course.checking", "course.task"],
    "course.desk": ["course.judge", "files"],
    "course.keyboard": [],
    "saying": [],
    "course.commands": [
        *("course.terminal", "course.notebook", "course.page", "course.progress"),
        *("course.desk", "course.keyboard", "saying"),
    ],
    "models.__init__": [],
    "models.folder": [],
    "models.frozen": ["nn.__init__"],
    "models.pictures": ["jitting", "models.frozen", "picture"],
    "models.shipped": ["models.pictures", "train", "data"],
    "models.text": ["models.frozen", "train", "data"],
    "models.notes": [],
    "models.table": ["models.notes", "errors"],
    "models.column": ["models.table"],
    "models.target": ["models.column"],
    "models.encoding": ["models.column"],
    "models.split": [],
    "models.scores": [],
    "models.table_picture": ["picture"],
    "models.tabular": [
        *("models.target", "models.encoding", "models.split", "models.scores", "models.shipped"),
    ],
    "models.prediction": ["models.encoding", "models.pictures", "saving"],
    "models.table_commands": [
        *("models.tabular", "models.prediction", "models.table_picture", "models.folder", "saying"),
    ],
    "models.commands": [
        *("models.shipped", "models.text", "models.table_commands", "overview", "saying"),
    ],
    "cli": [
        "models.commands",
        "check",
        "nn.__init__",
        "losses",
        "optim",
        "data",
        "picture",
        "expression",
        "files",
        "__init__",
        "compiler.build",
        "course.commands",
    ],
    "__init__": [
        *("nn.__init__", "check", "picture", "transforms", "stepping", "losses", "optim", "data"),
        *("story", "differences", "health", "drawing", "train", "saving", "overview"),
    ],
    "__main__": ["cli"],
}

STANDARD_LIBRARY_ONLY = ["ops", "graph", "engine", "nn.network", "errors", "ieee"]

COMPILER = [room for room in ROOMS if room.startswith("compiler.")]
COMPILER_MAY_IMPORT = {"ops", "graph", "errors", "ieee", "files", *COMPILER}


def reachable(room: str) -> set[str]:
    found, waiting = set(), [room]
    while waiting:
        for other in ROOMS[waiting.pop()]:
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def files() -> list[Path]:
    return [
        path
        for folder in (".", "compiler", "course", "models", "nn", "training")
        for path in PACKAGE.glob(f"{folder}/*.py")
    ]


def imports(room: str) -> list[str]:
    """The modules that a file imports, wherever in it: "math", "micrograd.ops", ..."""
    path = PACKAGE / f"{room.replace('.', '/')}.py"
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [x if x.partition(".")[2] in ROOMS else node.module for x in names]
    return found


def own_imports(room: str) -> set[str]:
    """The rooms that a file imports."""
    own = [name for name in imports(room) if name.split(".")[0] == "micrograd"]
    rooms = {name.partition(".")[2] or "__init__" for name in own}
    return {f"{name}.__init__" if f"{name}.__init__" in ROOMS else name for name in rooms}


def test_every_file_has_a_row():
    found = {".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in files()}
    assert found == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_arrows_go_one_way(room):
    assert own_imports(room) <= reachable(room)


def test_there_is_no_circle():
    assert not [room for room in ROOMS if room in reachable(room)]


@pytest.mark.parametrize("room", COMPILER)
def test_the_compiler_knows_no_values(room):
    assert own_imports(room) <= COMPILER_MAY_IMPORT


@pytest.mark.parametrize("room", ["ops", "graph", "engine", "nn.network"])
def test_the_engine_knows_no_compiler(room):
    assert not reachable(room) & set(COMPILER)


def test_llvm_is_spoken_in_one_file():
    assert [room for room in ROOMS if "llvmlite" in {x.split(".")[0] for x in imports(room)}] == [
        "compiler.llvm"
    ]


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
