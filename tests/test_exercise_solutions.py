"""Tests of the exercises' checker: solutions pass; starters, wrong answers and mutants of the
solutions do not, and each wrong answer gets its sentence.

Rule: a task is a row; the sentences for its wrong answers are in the task.
"""

import ast
import copy
import itertools
import re

import pytest

from micrograd.course.exercises.task import SOLUTION, Task, find_task, tasks
from micrograd.course.lesson import lessons
from tests.support.checks import fails, first_told, run_checks

TASKS = tasks()
EVERY = pytest.mark.parametrize("one", TASKS, ids=[one.name for one in TASKS])
TORCH = {"check_against_pytorch"}  # tasks that need it
TAUGHT = {"MLP": 13, "Layer": 13, "Neuron": 13, "Adam": 18, "Op": 20, "grad": 21, "hessian": 21}
WANTED = 0.95  # of all mutants

pytestmark = pytest.mark.usefixtures("enough_time")


def needs(one):
    if one.name in TORCH:
        pytest.importorskip("torch")


def why(found):
    return [finding.wrong for finding in found if finding.wrong]


@pytest.mark.no_cover
@pytest.mark.slow
@EVERY
def test_a_solution_passes(one):
    needs(one)
    assert why(run_checks(one, one.solution)) == []


@pytest.mark.slow
@EVERY
def test_a_starter_fails_and_does_not_contain_the_solution(one):
    needs(one)
    assert why(run_checks(one, one.starter))
    assert not re.search(r"# </?(solution|checker)>", one.starter)
    for answer in (found[2] for found in SOLUTION.finditer(one.text)):
        lines = [line.strip() for line in answer.splitlines() if len(line.strip()) > 20]
        assert not [line for line in lines if line in one.starter]


# A trial that is ended by its timer may be inside a callback, where nothing can be raised.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.slow
@EVERY
def test_a_wrong_answer_gets_its_sentence(one):
    needs(one)
    wrong = one.checker_names["WRONG"]
    assert len(wrong) >= 3
    for answer, sentence in wrong.items():
        answers = [answer] if isinstance(answer, str) else answer
        told = first_told(one, one.with_answers(answers), sentence)
        assert sentence.lower() in told.lower(), (answer, told)


@pytest.mark.slow
@EVERY
def test_right_answers_in_other_styles_pass(one):
    needs(one)
    known = one.checker_names
    others = [*known.get("RIGHT", ()), *filter(None, [one.after.get("another")])]
    for answer in others:
        answers = [answer] if isinstance(answer, str) else answer
        assert why(run_checks(one, one.with_answers(answers))) == [], answer


@pytest.mark.slow
@EVERY
def test_checks_bring_what_they_use(one):
    """An editor that deletes unused imports, or a learner who writes others, changes nothing."""
    needs(one)
    found = why(run_checks(one, prefixed(one.solution)))
    assert found == []


def prefixed(source):
    """Return the file with `import random` as `import random as own_random`, and so on."""
    tree = ast.parse(source)
    used = {}
    for node in tree.body:
        for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
            name = alias.asname or alias.name
            alias.asname = used.setdefault(name, f"own_{name}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in used:
            node.id = used[node.id]
    return ast.unparse(tree)


@EVERY
def test_a_task_has_all_its_parts(one):
    known = one.checker_names
    assert len(known["HINTS"]) == 3
    assert [name for name in known if name.startswith("check_")]
    checks = [known[name] for name in known if name.startswith("check_")]
    assert all(check.__doc__ and "\n" not in check.__doc__ for check in checks)
    assert len(one.title) < 70 and not one.title.endswith(".")


@EVERY
def test_a_task_needs_no_later_lesson(one):
    assert one.lesson in {lesson.number for lesson in lessons()}
    for node in ast.walk(ast.parse(one.solution)):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("micrograd"):
            assert all(TAUGHT.get(alias.name, 4) <= one.lesson for alias in node.names), one.name


def test_they_are_numbered():
    for lesson, group in itertools.groupby(TASKS, lambda one: one.lesson):
        numbers = [one.number for one in group]
        assert numbers == [f"{lesson}.{place}" for place in range(1, len(numbers) + 1)]


def test_a_task_without_checks_is_named(tmp_path):
    path = tmp_path / "01_1_empty.py"
    path.write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"01_1_empty.py has no part between `# <checker>`"):
        _ = Task(path).checker


def test_a_task_has_a_name_and_a_number():
    first = TASKS[0]
    assert find_task(first.number) == find_task(first.name) == find_task(first.path.name) == first
    with pytest.raises(ValueError, match=r"There is no task .nothing.\. Run"):
        find_task("nothing")


# -------------------------------------------------------------------------------------- mutants

SWAPS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
}


def mutants(one):
    """Yield the learner's file with one small mistake in the solution each time."""
    tree = ast.parse(one.solution)
    lines = solution_lines(one)
    places = [node for node in ast.walk(tree) if getattr(node, "lineno", 0) in lines]
    for i, node in enumerate(places):
        for change in changes(node):
            twin = copy.deepcopy(tree)
            there = [x for x in ast.walk(twin) if getattr(x, "lineno", 0) in lines][i]
            change(there)
            yield ast.unparse(twin)


def solution_lines(one):
    """Return the lines of the learner's file that belong to the solution."""
    found, text = set(), one.text
    while match := SOLUTION.search(text):
        first = text.count("\n", 0, match.start()) + 1
        found |= set(range(first, first + match[2].count("\n")))
        text = text[: match.start()] + match[2] + text[match.end() :]
    return found


def changes(node):
    """Yield functions that make a small mistake in a node of the tree."""
    if isinstance(node, ast.BinOp) and type(node.op) in SWAPS:
        yield lambda x: setattr(x, "op", SWAPS[type(x.op)]())
        if isinstance(node.op, ast.Sub | ast.Div | ast.Pow):
            yield swap
        if isinstance(node.op, ast.Add):
            yield lambda x: x.__dict__.update(vars(ast.BinOp(x.left, ast.Mult(), ast.Constant(1))))
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        yield lambda x: setattr(x, "op", ast.Sub())
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield lambda x: setattr(x, "value", x.value + 1)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield lambda x: setattr(x, "op", ast.UAdd())


def swap(x):
    x.left, x.right = x.right, x.left


@pytest.mark.no_cover
@pytest.mark.slow
def test_mutants_of_solutions_are_rejected():
    """At least 95 % are rejected. Some are as right as the solution, such as x * 1 for x."""
    files = [(one, text) for one in TASKS if one.name not in TORCH for text in mutants(one)]
    alive = [(one.name, text) for one, text in files if not fails(one, text)]
    names = sorted({name for name, _ in alive})
    print(f"{len(files) - len(alive)} of {len(files)} mutants rejected; survivors in {names}")
    assert len(alive) <= (1 - WANTED) * len(files), alive
