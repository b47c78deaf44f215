"""The stages of `my_micrograd.py`: our own file holds after each, wrong answers are told why,
mutants are refused, and files in other styles are accepted.

Rule: a stage is a row; the sentences for its wrong answers are in the stage. A file is judged here
in this process, as `run_checks` does it in one of its own.
"""

import ast
import contextlib
import copy
import doctest
import io
import itertools
import random
import re
from pathlib import Path

import pytest

from micrograd.course.build.judging import TASK
from micrograd.course.build.merging import merge, pieces
from micrograd.course.build.stage import all_stages, find_stage
from micrograd.course.exercises.task import Task
from micrograd.course.lesson import lessons
from tests.support.checks import fails, first_wrong, run_checks
from tests.test_exercise_solutions import changes

STAGES = all_stages()
EVERY = pytest.mark.parametrize("stage", STAGES, ids=[f"stage {each.number}" for each in STAGES])
ENGINES = Path(__file__).parent / "files" / "engines"
LAST = STAGES[-1]
TRAINING = 12  # the number of the first stage that trains
FUNCTIONS = ("squared_loss", "train", "hinge_loss", "accuracy")
WANTED = 0.95  # of all mutants


def judge(text):
    """Return what each stage finds wrong in the file, "" for a stage that holds."""
    return [finding.wrong for finding in run_checks(Task(TASK), text, "my_micrograd.py")]


def first_told(text):
    """Return (number of the first stage that does not hold, its sentence); (0, "") if all do."""
    number, finding = first_wrong(Task(TASK), text, "my_micrograd.py")
    return number, finding.wrong if finding else ""


@EVERY
def test_our_file_holds_up_to_its_stage_and_no_further(stage):
    found = judge(stage.solution)
    assert found[: stage.number] == [""] * stage.number
    if stage is LAST:
        return
    later = run_checks(Task(TASK), stage.solution, "my_micrograd.py")[stage.number]
    assert later.misconception == STAGES[stage.number].opening
    assert all("comes first" in wrong for wrong in found[stage.number + 1 :])


@EVERY
def test_a_wrong_answer_is_told_its_misconception(stage):
    wrong = stage.wrong
    assert len(wrong) >= 5
    for file, sentence in wrong.items():
        assert sentence
        number, told = first_told(file)
        assert number == stage.number and sentence in told, (number, told, file)


@EVERY
def test_a_stage_has_all_its_parts(stage):
    assert len(stage.hints) == 3
    assert len(stage.title) < 40 and not stage.title.endswith(".")
    assert set(stage.lessons) <= {lesson.number for lesson in lessons()}
    long = [line for line in stage.text.splitlines() if len(line) > 60]
    assert not long


@EVERY
def test_the_examples_of_a_text_are_true(stage):
    """Each example is run on our file. One that depends on chance says so, in brackets."""
    random.seed(1)
    names = {"__name__": "my_micrograd"}
    exec(stage.solution, names)
    for example in doctest.DocTestParser().get_examples(stage.text):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(example.source, "text", "single"), names)
        if not re.search(r"\((yours|or another)", example.want):
            assert printed.getvalue().rstrip() == example.want.rstrip()


def test_stages_are_found_by_number():
    assert find_stage("5").number == 5
    with pytest.raises(ValueError, match="There is no stage 99: they are numbered from 1 to"):
        find_stage("99")


# ----------------------------------------------------------------------------- other people's files


def read(name):
    return (ENGINES / f"{name}.py").read_text(encoding="utf-8")


REST = """
Value.__rsub__ = lambda self, other: other + (-self)
Value.__rtruediv__ = lambda self, other: other * self**-1
Value.relu = lambda self: self if self.data > 0 else self * 0.0


def zero_grad(self):
    for p in self.parameters():
        p.grad = 0.0


MLP.zero_grad = zero_grad
"""


def functions_from(number):
    """Return the functions of our file at that stage, without its classes."""
    parts = pieces(STAGES[number - 1].solution)
    return "\n\n" + "\n\n".join(parts[name] for name in FUNCTIONS)


def test_the_lectures_own_code_is_accepted_as_far_as_it_goes():
    number, told = first_told(read("lecture"))
    assert number == 7 and "`Value` has no `__rsub__` yet" in told
    file = read("lecture") + REST + functions_from(TRAINING + 1)
    assert first_told(file) == (0, "")


def test_the_original_is_accepted_as_it_stands():
    number, told = first_told(read("original"))
    assert number == TRAINING and "the file has no `squared_loss` yet" in told
    assert first_told(read("original") + functions_from(TRAINING + 1)) == (0, "")


@pytest.mark.parametrize("line", ["", "from __future__ import annotations\n"])
def test_another_style_is_accepted(line):
    assert first_told(line + read("another_style")) == (0, "")


SLOTS = """
class Value:
    __slots__ = ("data", "grad", "_prev", "_op", "_backward")

    def __init__(self, data, _children=(), _op=""):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = _children
        self._op = _op
"""
IN_A_LIST = """
class Value:
    def backward(self):
        topo = []

        def build_topo(v):
            if v not in topo:
                for child in v._prev:
                    build_topo(child)
                topo.append(v)

        build_topo(self)
        self.grad = 1.0
        for node in topo[::-1]:
            node._backward()
"""
RIGHT = {
    "slots": (LAST, SLOTS),
    "a list instead of a set": (LAST, IN_A_LIST),
    "a set of inputs": (LAST, STAGES[5].solution.partition("def __repr__")[0].replace(
        "= _children", "= set(_children)")),
    "no op for sums yet": (STAGES[1], "class Value:\n    def __repr__(self):\n"
                           "        return str(float(self.data))"),
    "both lines in one": (STAGES[5], "class Value:\n    def __add__(self, other):\n"
                          "        out = Value(self.data + other.data, (self, other), '+')\n\n"
                          "        def _backward():\n            for x in (self, other):\n"
                          "                x.grad += out.grad\n\n"
                          "        out._backward = _backward\n        return out"),
    "grads that are whole numbers": (LAST, SLOTS.replace("0.0", "0")),
    "a bias that is drawn": (LAST, "class Neuron:\n    def __init__(self, nin):\n"
                             "        self.w = [Value(random.gauss(0, 1)) for _ in range(nin)]\n"
                             "        self.b = Value(random.uniform(-1, 1))"),
    "a penalty by squares": (LAST, STAGES[-1].code.replace("p * p", "p**2")),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_is_accepted(name):
    stage, change = RIGHT[name]
    found = judge(merge(stage.solution, change))
    assert found[: stage.number] == [""] * stage.number


# ------------------------------------------------------------------------------------- mutants


def mutants(text):
    """Yield the file with one small mistake in it each time."""
    tree = ast.parse(text)
    for i, node in enumerate(ast.walk(tree)):
        for change in changes(node):
            twin = copy.deepcopy(tree)
            change(next(itertools.islice(ast.walk(twin), i, None)))
            yield ast.unparse(twin)


@pytest.mark.slow
def test_mutants_of_our_file_are_rejected():
    """At least 95 % are rejected. Some are as right as our file, such as x * 1 for x."""
    files = list(mutants(LAST.solution))
    alive = [file for file in files if not fails(Task(TASK), file, "my_micrograd.py")]
    print(f"{len(files) - len(alive)} of {len(files)} mutants rejected")
    differences = [
        [line for line in file.splitlines() if line not in ast.unparse(ast.parse(LAST.solution))]
        for file in alive
    ]
    assert len(alive) <= (1 - WANTED) * len(files), differences


def test_no_code_is_lost_in_a_merge():
    lines = re.findall(r"def \w+", "".join(stage.code for stage in STAGES))
    assert set(re.findall(r"def \w+", LAST.solution)) == set(lines)
