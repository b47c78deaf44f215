"""The course by the standard library alone, as Python in a browser has it.

Rule: another process runs it, in which no package but this one can be imported. `test_pages_run.py`
does the same in a real browser.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from micrograd.course.exercises.task import tasks
from micrograd.course.in_browser import Notebook, check_answer
from micrograd.course.lesson import lessons
from micrograd.ops import OPS, Op
from tests.support.cases import cases

ROOT = Path(__file__).parents[1]
BROWSER = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
sys.platform = "emscripten"
"""
NEED_MORE = {"the_same_in_pytorch", "inside_pytorch"}  # they compare with PyTorch in most cells
NEEDS_TORCH = {"check_against_pytorch"}


def run(script: str) -> dict:
    """Return what the script prints, as JSON, where only the standard library can be imported."""
    command = [sys.executable, "-I", "-S", "-c", BROWSER + script]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.fixture(scope="module")
def outputs() -> dict[str, list[dict]]:
    """{lesson: the output of each cell}."""
    return run("""
from micrograd.course.in_browser import Notebook
from micrograd.course.lesson import lessons
from itertools import takewhile
outputs = {}
for lesson in lessons():
    page = Notebook()
    # a page shows no checks, so the other cells must not need their names
    shown = [cell for cell in lesson.cells if cell.code and cell.tag not in ("question", "check")]
    cells = [cell.text for cell in shown]
    cells = [*takewhile(lambda text: "fit(" not in text, cells)]  # which takes minutes in Python
    outputs[lesson.name] = [json.loads(page.run(text, i)) for i, text in enumerate(cells, 1)]
print(json.dumps(outputs))
""")


@pytest.mark.slow
@cases("name", [lesson.name for lesson in lessons()])
def test_every_cell_of_a_lesson_runs_or_says_which_package_it_needs(name, outputs):
    cells = outputs[name]
    assert cells
    if name not in NEED_MORE:
        assert [cell["error"] for cell in cells if cell["error"]] == []
        missing = [cell["missing"] for cell in cells if cell["missing"]]
        assert len(missing) < len(cells) / 2
        assert all("does not run in this page" in sentence for sentence in missing)


@pytest.mark.slow
def test_fit_trains_and_says_in_what_way():
    output = run("""
from micrograd.course.in_browser import Notebook
code = "from micrograd import MLP, data, fit\\nX, y = data.moons(20)\\n"
code += "fit(MLP(2, [4, 1]), 'hinge', X, y, steps=3).done"
print(Notebook().run(code, 1))
""")
    assert output["text"] == "3"
    assert 'engine="eager", which is plain Python and slower' in output["printed"]


@pytest.fixture(scope="module")
def verdicts() -> dict[str, list]:
    """{task: [the findings on its solution, those on its starter]}."""
    return run("""
from micrograd.course.exercises.task import tasks
from micrograd.course.in_browser import check_answer
verdicts = {}
for task in tasks():
    answers = task.solution, task.starter
    verdicts[task.name] = [json.loads(check_answer(task.name, x))["findings"] for x in answers]
print(json.dumps(verdicts))
""")


@pytest.mark.slow
@cases("name", [task.name for task in tasks()])
def test_every_task_is_judged(name, verdicts):
    of_solution, of_starter = verdicts[name]
    assert any(finding["wrong"] for finding in of_starter)
    wrong = [finding["wrong"] for finding in of_solution if finding["wrong"]]
    if name in NEEDS_TORCH:
        assert len(wrong) == 1 and "torch" in wrong[0]
    else:
        assert of_solution and wrong == []


CELLS = {  # code: the part of its output that is not empty, and what that has in it
    "print(1)\n1 / 0": ("error", "line 2: this divides by 0."),
    "x = ": ("error", "line 1: this is not Python"),
    "exit()": ("error", "Delete the call"),
    "1 + 1": ("text", "2"),
    "x = 3": ("text", ""),
    "print('x' * 10**6)": ("printed", "x" * 20_000),
    "import sys; print('warned', file=sys.stderr)": ("printed", "warned"),
    "import pandas": ("text", ""),
    "from micrograd import Value, draw\ndraw(Value(1.0) + 2)": ("html", "<iframe"),
    "class A:\n  def __repr__(self): return 1 / 0\nA()": ("error", "this divides by 0"),
}


@pytest.mark.parametrize("code", CELLS)
def test_a_cell_has_an_output(code):
    part, content = CELLS[code]
    output = json.loads(Notebook().run(code, 1))
    assert content in output[part]
    assert not output["missing"]
    assert not output["error"] or part == "error"


def test_what_was_printed_before_an_error_is_kept():
    assert json.loads(Notebook().run("print(1)\n1 / 0", 1))["printed"] == "1\n"


def test_what_is_printed_is_told_at_once():
    told = []
    Notebook().run("print(1)\nprint('x' * 10**6)", 1, told.append)
    assert "".join(told) == "1\n" + "x" * 19_998


def test_cells_share_their_names():
    page = Notebook()
    page.run("x = 2", 1)
    assert json.loads(page.run("x * 21", 2))["text"] == "42"


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    for code in ("import torch", "from micrograd import against_torch\nagainst_torch(abs, 1.0)"):
        assert json.loads(Notebook().run(code, 1))["missing"].startswith("This needs torch, which")


def test_a_solved_task_is_followed_by_another_way():
    task = next(task for task in tasks() if task.remark)
    after = [json.loads(check_answer(task.name, x))["after"] for x in (task.solution, task.starter)]
    assert after == [{"another": task.another_way, "remark": task.remark}, {}]


def test_a_check_leaves_ops_and_random_numbers_as_they_were():
    import random

    state, ops = random.getstate(), dict(OPS)
    source = "import random\nrandom.random()\nfrom micrograd import Op\nOp('odd', 'odd({})', abs)"
    check_answer("adam", source)
    assert random.getstate() == state
    assert ops == OPS
    assert isinstance(OPS["add"], Op)
