"""What is imported is declared, what is declared is imported, and what is missing is named.

Rule: `python tools/smoke.py`, run where the base dependencies alone are installed, tests the rest:
that they suffice.
"""

import ast
import re
import sys
from pathlib import Path

import pytest

from micrograd import Value, against_torch, data, draw
from micrograd.support.extras import require
from micrograd.training import History
from tests.support.cases import cases
from tests.support.sources import nodes_of, tree_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
FOR_USERS = (
    "jax",
    "lab",
    "models",
    "notebook",
    "onnx",
    "pandas",
    "pictures",
    "review",
    "torch",
)  # extras that a feature needs
PACKAGES = {  # modules that do not bear the name of their package
    "markdown_it": "markdown-it-py",
    "sklearn": "scikit-learn",
}
NOT_IMPORTED = {
    "graphviz-pure": "graphviz starts it as a program",
    "jupyterlab": "people open notebooks in it",
}
IN_EXTRAS = {  # files that are loaded only where that extra is installed
    "drawing/player/widget.py": "notebook",
    "lab/security.py": "lab",
    "lab/server.py": "lab",
    "lab/widget.py": "notebook",
}
PEERS = {"autograd"}  # of the benchmark, which names those that are missing
OURS = {"bench", "micrograd", *(path.stem for path in ROOT.glob("t*/*.py"))}
OURS |= {"tests", "support", "tools"}


def names_of(requirements: list[str]) -> set[str]:
    """Return the packages that are required, for `micrograd[test]` those of that extra."""
    names: set[str] = set()
    for requirement in requirements:
        name, extras = re.match(r"([\w.-]+)(?:\[([\w,]+)\])?", requirement).groups()
        if name == "micrograd":
            names.update(*(names_of(EXTRAS[extra]) for extra in extras.split(",")))
        else:
            names.add(name)
    return names


BASE = names_of(PROJECT["dependencies"])
OF = {extra: names_of(requirements) for extra, requirements in EXTRAS.items()}


def files_in(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports(nodes) -> set[str]:
    """Return other people's packages that these statements and calls load."""
    names = {name.partition(".")[0] for node in nodes for name in modules_of(node)}
    names -= sys.stdlib_module_names | {"tomllib"} | OURS  # Python has tomllib since 3.11
    return {PACKAGES.get(name, name.replace("_", "-")) for name in names}


def modules_of(node: ast.AST) -> list[str]:
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom(level=0):
            return [str(node.module)]
        case ast.Call(
            func=ast.Name("require") | ast.Attribute(attr="importorskip"),
            args=[ast.Constant(str(name)), *_],
        ):
            return [name]
    return []


def everywhere(*folders: str) -> set[str]:
    """Return the packages that files in these folders load, wherever in them."""
    paths = [path for folder in folders for path in files_in(folder)]
    return imports(node for path in paths for node in nodes_of(path))


@cases("path", files_in("micrograd"))
def test_a_file_loads_only_base_dependencies_when_it_is_imported(path):
    extras = [extra for file, extra in IN_EXTRAS.items() if path.match(file)]
    allowed = BASE.union(*(OF[extra] for extra in extras))
    if path.parent.name == "sklearn":  # its door asks for scikit-learn first
        allowed |= OF["models"]
    if path.parent.name not in ("lessons", "tasks"):  # which run as scripts
        assert imports(tree_of(path).body) <= allowed


@pytest.mark.slow
def test_the_package_loads_what_is_declared_and_nothing_else():
    declared = BASE.union(*(OF[extra] for extra in FOR_USERS))
    assert everywhere("micrograd") == declared - NOT_IMPORTED.keys() - {"nbformat"}


def test_the_extra_all_has_what_every_feature_needs():
    assert OF["all"] == set().union(*(OF[extra] for extra in FOR_USERS))


@pytest.mark.slow
def test_tests_and_tools_load_what_is_declared():
    assert everywhere("tests", "bench", "tools", "examples") - PEERS <= BASE | OF["dev"]
    assert everywhere("docs") <= BASE | OF["docs"]


def test_developers_have_one_version_of_torch_and_users_may_have_any():
    """Tests compare with the numbers of one version. A user's own is left as it is."""
    of_torch = {name: [x for x in EXTRAS[name] if x.startswith("torch")] for name in EXTRAS}
    developers = {"test": ["torch==2.13.0"], "docs": ["torch==2.13.0"]}
    assert {name: x for name, x in of_torch.items() if x} == {**developers, "torch": ["torch>=2.2"]}


MISSING = {  # what a user asks for: (the module that it needs, the line that installs it)
    data.digits: ("sklearn.datasets", "needs scikit-learn, .*'micrograd[models]'"),
    data.first_names: ("names", "needs names, .*'micrograd[models]'"),
    lambda: History().to_pandas(): ("pandas", "needs pandas, .*'micrograd[pandas]'"),
    lambda: draw(Value(1.0)).png: ("resvg_py", "needs resvg-py, .*'micrograd[pictures]'"),
    lambda: against_torch(Value.tanh, 1.0): ("torch", "needs torch, .*'micrograd[torch]'"),
}


@pytest.mark.parametrize("ask", MISSING)
def test_a_missing_extra_is_named_with_the_line_that_installs_it(ask, monkeypatch):
    module, line = MISSING[ask]
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=line.replace("[", r"\[")):
        ask()


def test_require_returns_the_module():
    assert require("math", "none") is sys.modules["math"]
