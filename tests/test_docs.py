"""Whatever a reader sees runs: examples in docstrings, the README, and the pages of the site.

Rule: nothing is skipped. The output of a `python` block stands in the page: in the comment behind
the `print`, or as an indented block. (A comment that begins with a letter is about the output.) The
output of a `{code-cell}` is computed when the site is built; a number with a point in the prose
of such a page has to stand in a cell or in its output.
"""

import ast
import doctest
import importlib
import inspect
import random
import re
import textwrap
from pathlib import Path

import pytest

import micrograd
from micrograd import OPS
from tests.support.cases import check_each
from tests.test_words import is_built

README = Path(__file__).parents[1] / "README.md"
DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
# `__main__` is the command itself, which importing would run; `WIDGETS` need an extra; what stands
# in an old place warns when it is imported
OLD_PLACES = ("micrograd.old_places.picture", "micrograd.old_places.presets")
WIDGETS = ("micrograd.drawing.player.widget", "micrograd.lab.widget")
SKIPPED = ("micrograd.__main__", *WIDGETS, *OLD_PLACES)
PACKAGE = Path(micrograd.__file__).parent


def modules_of_rooms():
    """Return {room or file at the top: its modules}, without the scripts of the course."""
    rooms = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts).removesuffix(".__init__")
        is_for_learners = path.name[0].isdigit() or path.parent.match("course/build/stages")
        if name not in SKIPPED and not is_for_learners:  # theirs run in a learner's own file
            rooms.setdefault(parts[1], []).append(name)
    return rooms


ROOMS = modules_of_rooms()


class Finder(doctest.DocTestFinder):
    """Finds the examples of decorated functions, too."""

    def _from_module(self, module, object):
        return super()._from_module(module, inspect.unwrap(object))


@pytest.mark.parametrize("room", ROOMS)
def test_examples_in_docstrings(room):
    if room == "check":
        pytest.importorskip("torch")
    check_each(dict(zip(ROOMS[room], ROOMS[room])), run_examples)


def run_examples(name):
    state = random.getstate()
    runner = doctest.DocTestRunner()
    for example in Finder().find(importlib.import_module(name)):
        runner.run(example)
    random.setstate(state)
    assert runner.summarize(verbose=False).failed == 0


def test_examples_of_a_decorated_function_are_found():
    module = importlib.import_module("micrograd.training.public")
    assert any(example.name.endswith(".fit") for example in Finder().find(module))


def test_there_are_examples():
    assert ">>>" in micrograd.__doc__


def as_shown(source: str, printed: list[str], text: str) -> None:
    """Every `print` line of a block, with what it printed, is as the page says."""
    lines = [line for line in source.splitlines() if line.startswith("print(")]
    assert len(lines) == len(printed)
    for line, output in zip(lines, printed):
        _, _, comment = line.partition("  # ")
        if not comment:
            assert textwrap.indent(output, "    ") in text, output
        elif not comment[0].isalpha():
            assert comment.startswith(output), line


def run_page(path: Path, text: str) -> None:
    """Run the `python` blocks of a page in order, and compare what they print."""
    printed = []
    namespace = {
        "__name__": "page",
        "print": lambda *args: printed.append(" ".join(map(str, args))),
    }
    state, ops = random.getstate(), dict(OPS)
    for block in re.findall(BLOCK, text):
        printed.clear()
        exec(compile(block, path.name, "exec"), namespace)
        as_shown(block, printed, text)
    random.setstate(state)
    for name in OPS.keys() - ops.keys():  # the page's own rows
        del OPS[name]


@pytest.mark.slow
def test_the_readme_runs_from_top_to_bottom(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # a block that writes a file writes it there
    text = README.read_text(encoding="utf-8")
    assert re.search(BLOCK, text)
    run_page(README, text)
    assert doctest.testfile(str(README), module_relative=False).failed == 0


# --------------------------------------------------------------------------- the pages of the site

PAGES = {
    path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(DOCS.rglob("*.md"))
    if not is_built(path)
}
WITH_BLOCKS = [name for name, text in PAGES.items() if re.search(BLOCK, text)]
WITH_CELLS = [name for name, text in PAGES.items() if "```{code-cell}" in text]


SLOW = {"how-to/use_it_with_scikit_learn.md"}  # it searches a grid


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in WITH_BLOCKS],
)
def test_a_page_prints_what_it_shows(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    run_page(DOCS / name, PAGES[name])


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_CELLS)
def test_the_cells_of_a_page_run_and_its_prose_states_what_they_show(name):
    pytest.importorskip("myst_nb")
    for package in ("jax", "onnx", "onnxruntime", "torch"):
        pytest.importorskip(package)
    from tools.site.cells import read

    cells = read(PAGES[name]).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    outputs = [text_of(output) for cell in code for output in cell.outputs]
    shown = "\n".join([*[cell.source for cell in code], *outputs])
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    other = r"```.*?```|`[^`]*`|\(https?:[^)]*\)|Python \d\.\d+"
    stated = re.sub(other, "", prose, flags=re.DOTALL)
    for number in re.findall(r"(?<![\w.])-?\d+\.\d+", stated):
        assert number in shown, number


def text_of(output) -> str:
    return output.get("text") or output["data"].get("text/plain", "")


def test_the_reference_has_every_public_name():
    text = "\n".join(PAGES[name] for name in PAGES if name.startswith("reference/"))
    named = set(re.findall(r"micrograd\.([\w.]+)", text)) | set(micrograd.OPS)
    named |= {name.removeprefix("nn.") for name in named}
    names = {*micrograd.__all__, *(f"nn.{name}" for name in micrograd.nn.__all__)}
    modules = {"data", "losses", "optim"}
    assert names - modules - named == set()


def test_the_reference_has_every_command():
    import typer

    from micrograd.cli.app import app

    names = set()
    for name, command in typer.main.get_command(app).commands.items():
        inner = getattr(command, "commands", {})
        names |= {f"{name} {x}" for x in inner} or {name}
    assert set(re.findall(r"## micrograd (.*)", PAGES["reference/command_line.md"])) == names


def shown(text: ast.expr) -> str:
    """Return a text of the code with "..." for what it fills in."""
    if isinstance(text, ast.JoinedStr):
        return "".join(map(shown, text.values))
    return text.value if isinstance(text, ast.Constant) else "..."


def texts_of(code: ast.AST) -> set[str]:
    nodes = [x for x in ast.walk(code) if isinstance(x, ast.JoinedStr | ast.Constant)]
    return {text for text in map(shown, nodes) if isinstance(text, str)}


def test_the_guide_has_each_reason_why_something_is_not_rolled():
    _, _, rest = PAGES["how-to/make_it_fast.md"].partition("## Train a large model")
    section, _, _ = rest.partition("\n## ")
    cells = re.findall(r"^\| (.*?) \|", section, re.MULTILINE)
    rows = {cell.replace("`", "") for cell in cells} - {"the report says"}
    sources = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")]
    code = [ast.parse(source) for source in sources if "CannotRoll" in source]
    calls = [x for tree in code for x in ast.walk(tree) if isinstance(x, ast.Call)]
    raised = [x.args[0] for x in calls if ast.unparse(x.func) == "CannotRoll"]
    assert {shown(x) for x in raised if not isinstance(x, ast.Name)} <= rows
    assert rows <= set().union(*map(texts_of, code))
