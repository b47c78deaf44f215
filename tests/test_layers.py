"""Who may import whom: the arrows between rooms go one way, and each room has one door.

Rule: a file may import the rooms that its own room's row names, and whatever those may import. From
another wing it imports what the wing's `__init__` offers, and nothing else. A file of the core is a
room of its own; a folder is one room, the *wing*, but for the compiler, whose files have a table.
"""

import ast
import functools
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import micrograd
from tests.support.cases import cases
from tests.support.sources import nodes_of, tree_of

PACKAGE = Path(micrograd.__file__).parent

# fmt: off
ROOMS = {                      # what each room imports directly; the picture in the docs shows it
    "support":      [],        # the ground floor: knows nothing of micrograd
    "errors":       ["support"],
    "ieee":         ["errors"],
    "data":         ["errors"],
    "ops":          ["ieee"],
    "graph":        ["errors"],
    "watchers":     ["graph"],
    "engine":       ["ops", "graph", "watchers"],
    "losses":       ["ops"],
    "optim":        ["ops"],
    "nn":           ["engine", "losses"],
    "check":        ["engine"],
    "compiler":     ["ops", "graph"],
    "transforms":   ["nn", "compiler"],
    "explaining":   ["engine"],
    "drawing":      ["explaining", "check", "nn"],
    "saving":       ["nn"],
    "training":     ["transforms", "optim", "losses", "saving", "export", "engines"],
    "models":       ["training", "data"],
    "tables":       ["training"],
    "sklearn":      ["training"],
    "course":       ["drawing"],
    "export":       ["saving", "transforms", "optim"],
    "engines":      ["support"],
    "lab":          ["models", "tables", "course", "export"],
    "cli":          ["lab", "models", "tables", "course", "check", "export"],
    "old_places":   ["models", "course"],                     # modules that moved: old notebooks
    "__init__":     ["drawing", "training", "check", "data"],
    "__main__":     ["cli"],
}
OLD_PLACES = {"old_places"}

COMPILER = {                   # what each file of the compiler imports of the compiler
    "program":                  [],
    "messages":                 [],
    "trace":                    ["program", "messages"],
    "gradient":                 ["trace"],
    "simplification":           ["trace"],
    "chains":                   ["simplification"],
    "schedule":                 [],
    "lines":                    [],
    "access":                   [],
    "nodes":                    ["program"],
    "plan":                     ["access", "nodes"],
    "packing":                  ["access", "lines"],
    "fusion":                   ["plan", "lines"],
    "batch":                    ["nodes", "lines", "packing", "schedule", "fusion"],
    "codegen.llvm":             ["codegen.formats"],
    "codegen.lanes":            ["codegen.llvm"],
    "codegen.code":             ["codegen.lanes"],
    "codegen.formats":          [],
    "codegen.elementary":       ["codegen.formats"],
    "codegen.lowering_rules":   ["codegen.elementary", "codegen.lanes"],
    "codegen.unit":             ["codegen.lanes", "program"],
    "codegen.straight_line":    ["codegen.code", "codegen.unit", "codegen.lowering_rules"],
    "codegen.addresses":        ["codegen.code", "codegen.unit", "codegen.lowering_rules", "plan"],
    "codegen.sums":             ["codegen.addresses"],
    "codegen.loop_nest":        ["codegen.sums", "lines"],
    "codegen.series":           [],
    "codegen.kernels":          ["codegen.loop_nest", "codegen.series"],
    "codegen.cache":            [],
    "codegen.executable":       ["codegen.straight_line", "codegen.kernels", "codegen.cache",
                                 "batch", "simplification"],
    "codegen.__init__":         [],
    "rolled.blocks":            ["nodes"],
    "rolled.dots":              ["trace"],
    "rolled.calls":             ["rolled.blocks", "rolled.dots", "trace"],
    "rolled.phases":            ["rolled.calls", "rolled.dots"],
    "rolled.sums":              ["nodes"],
    "rolled.owed":              ["rolled.blocks"],
    "rolled.boxes":             ["rolled.blocks", "lines"],
    "rolled.repeats":           ["rolled.boxes", "rolled.owed"],
    "rolled.templates":         ["rolled.phases", "rolled.dots", "rolled.sums", "rolled.boxes",
                                 "schedule", "simplification", "access", "lines"],
    "rolled.flattening":        ["rolled.phases", "rolled.templates"],
    "rolled.partials":          ["rolled.calls", "simplification"],
    "rolled.gradient":          ["rolled.flattening", "rolled.partials", "rolled.repeats", "batch"],
    "rolled.grids":             ["rolled.blocks", "access", "lines"],
    "rolled.slots":             ["rolled.blocks", "lines"],
    "rolled.planning":          ["rolled.flattening", "rolled.grids", "rolled.partials",
                                 "rolled.slots", "batch"],
    "rolled.evaluation":        ["rolled.blocks"],
    "rolled.program":           ["rolled.gradient", "rolled.planning", "rolled.evaluation",
                                 "codegen.unit", "codegen.lowering_rules"],
    "rolled.outputs":           ["rolled.program"],
    "rolled.__init__":          [],
    "__init__":                 ["gradient", "chains", "codegen.executable", "rolled.outputs"],
}
# fmt: on

CORE = ["errors", "ieee", "ops", "graph", "watchers", "engine", "nn.network"]


def reachable(table: dict[str, list[str]], room: str) -> set[str]:
    """Return every room that `room` may import, directly or through others."""
    rooms: set[str] = set()
    waiting = [room]
    while waiting:
        for other in table[waiting.pop()]:
            if other not in rooms:
                rooms.add(other)
                waiting.append(other)
    return rooms


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


MODULES = {module_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
# what a learner reads imports what a learner would
WRITTEN_FOR_LEARNERS = ("course.lessons.", "course.exercises.tasks.")
CHECKED = [name for name in MODULES if not name.startswith(WRITTEN_FOR_LEARNERS)]


def room_of(module: str) -> str:
    """Return the room of "engine" or of "training.steps.runner": "engine", "training"."""
    return module.partition(".")[0]


@functools.cache
def imports(module: str) -> list[tuple[str, str]]:
    """Return (module, name) for each name that a file imports, wherever in it."""
    pairs: list[tuple[str, str]] = []
    for node in nodes_of(MODULES[module]):
        if isinstance(node, ast.Import):
            pairs += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            pairs += [(node.module or "", alias.name) for alias in node.names]
    return pairs


def own_imports(module: str) -> list[tuple[str, str]]:
    """Return (path inside micrograd, name): ("training.loop", "fit"), ("", "errors")."""
    return [
        (path.partition(".")[2], name)
        for path, name in imports(module)
        if path.partition(".")[0] == "micrograd"
    ]


def rooms_imported(module: str) -> set[str]:
    rooms = set()
    for path, name in own_imports(module):
        target = path or name
        room = room_of(target)
        rooms.add(room if room in ROOMS else "__init__")
    return rooms - {room_of(module)}


def test_every_room_has_a_row_and_every_row_a_room():
    assert {room_of(module) for module in MODULES} == set(ROOMS)


@cases("module", CHECKED)
def test_imports_run_downward(module):
    allowed = reachable(ROOMS, room_of(module))
    if room_of(module) in ("cli", "course"):
        allowed = allowed | {"__init__"}  # they use the package as a user does
    assert rooms_imported(module) <= allowed


def test_there_is_no_circle():
    assert not [room for room in ROOMS if room in reachable(ROOMS, room)]
    assert not [file for file in COMPILER if file in reachable(COMPILER, file)]


@cases("module", CHECKED)
def test_a_wing_is_entered_by_its_door(module):
    """Other wings import from the `__init__` of a wing, and only what it offers."""
    for path, name in own_imports(module):
        room = room_of(path)
        own = room in (room_of(module), "support", "") or room_of(module) in OLD_PLACES
        if own or not (PACKAGE / room).is_dir():
            continue
        assert path == room, f"{module} imports {path}.{name}, not from the door of {room}"
        if name:
            offered = importlib.import_module(f"micrograd.{room}")
            names = {*getattr(offered, "__all__", ()), *getattr(offered, "FOR_OTHER_ROOMS", ())}
            assert name in names or room == "cli", f"{room} does not offer {name} to {module}"


@pytest.mark.parametrize("module", [name for name in MODULES if room_of(name) == "compiler"])
def test_the_stages_of_the_compiler_go_one_way(module):
    file = module.partition(".")[2]
    paths = {
        path.partition(".")[2] or name
        for path, name in own_imports(module)
        if room_of(path) == "compiler"
    }
    names = {
        f"{path.partition('.')[2]}.{name}".lstrip(".")
        for path, name in own_imports(module)
        if room_of(path) == "compiler"
    }
    files = {name for name in names if name in COMPILER} or set()
    files |= {path for path in paths if path in COMPILER}
    assert files - {file} <= reachable(COMPILER, file)


def test_every_file_of_the_compiler_has_a_row():
    files = {name.partition(".")[2] for name in MODULES if room_of(name) == "compiler"}
    assert files == set(COMPILER)


def test_the_engine_and_the_compiler_do_not_know_each_other():
    for room in ("ops", "graph", "watchers", "engine", "nn"):
        assert "compiler" not in reachable(ROOMS, room)
    assert "engine" not in reachable(ROOMS, "compiler")


def outside(module: str) -> set[str]:
    """Return the packages outside this one that a file imports."""
    return {path.partition(".")[0] for path, _ in imports(module)} - {"micrograd"}


def test_llvm_is_spoken_in_one_file():
    assert [m for m in MODULES if "llvmlite" in outside(m)] == ["compiler.codegen.llvm"]


@pytest.mark.parametrize("module", CORE)
def test_the_core_needs_the_standard_library_alone(module):
    assert outside(module) <= sys.stdlib_module_names


def test_support_knows_nothing_of_micrograd():
    for module in MODULES:
        if room_of(module) == "support":
            assert rooms_imported(module) == set()


LIGHT = (  # what nobody waits for, and what works in a browser
    *("import micrograd", "from micrograd import *", "from micrograd.nn import *"),
    *(
        "from micrograd.engine import *",
        "from micrograd.ops import *",
        "from micrograd.optim import *",
    ),
    *(
        "from micrograd.losses import *",
        "from micrograd.data import *",
        "from micrograd.check import *",
    ),
    *("from micrograd.transforms import *", "from micrograd.drawing import *"),
    *("from micrograd.explaining import *", "from micrograd.saving import save, load"),
)


@pytest.mark.parametrize("line", LIGHT)
def test_an_import_loads_the_standard_library_alone(line):
    """It loads rich as well, where it is installed: later it would move `random`."""
    script = f"import sys; old = set(sys.modules)\n{line}\nprint(*set(sys.modules) - old)"
    command = [sys.executable, "-c", script]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    loaded = {name.split(".")[0] for name in printed.split()} - {"micrograd"}
    assert loaded <= sys.stdlib_module_names | {"rich"}


def test_star_import_binds_every_public_name():
    names: dict = {}
    exec("from micrograd import *", names)
    assert set(micrograd.__all__) <= set(names)


def test_the_root_has_at_most_29_rooms():
    names = {path.name for path in PACKAGE.iterdir()} - {"__pycache__", "py.typed"}
    assert len(names) <= 29


FACES = [path.parent.name for path in PACKAGE.glob("*/__init__.py") if "LAZY" in path.read_text()]


@pytest.mark.parametrize("name", ["", *FACES])
def test_no_module_has_the_name_of_what_its_door_offers(name):
    """Else, once that module is imported, the package's attribute is the module."""
    face = importlib.import_module(f"micrograd.{name}".rstrip("."))
    inside = {path.stem for path in (PACKAGE / name).iterdir()}
    assert not {*face.LAZY} & inside


@pytest.mark.parametrize("name", ["", *FACES])
def test_a_type_checker_sees_what_is_loaded_on_demand(name):
    """What stands under TYPE_CHECKING is what the loader's table names."""
    face = importlib.import_module(f"micrograd.{name}".rstrip("."))
    tree = tree_of(Path(face.__file__))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {}
    for node in block.body:
        for alias in node.names:
            seen[alias.name] = node.module.removeprefix(f"{face.__name__}.")
    assert seen == face.LAZY | getattr(face, "FOR_OTHER_ROOMS", {})
    for attribute in seen:
        assert attribute in dir(face)
        assert getattr(face, attribute) is not None
