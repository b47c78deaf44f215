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
from micrograd.course.build.learner import Learner
from micrograd.course.build.merging import merge, pieces
from micrograd.course.build.stage import all_stages, find_stage
from micrograd.course.build.stages import s05_backward
from micrograd.course.build.stages.s05_backward import limit_calls
from micrograd.course.exercises.checking import Wrong
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
    said_once = [] if stage is STAGES[-2] else [f"stage {stage.number + 1} comes first."]
    assert found[stage.number + 1 :] == said_once


@EVERY
@pytest.mark.usefixtures("no_causes")
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


# -------------------------------------------------------------------------- rarer wrong answers

SUM = "class Value:\n    def __add__(self, other):\n        return {}"
PRODUCT = SUM.replace("add", "mul")
ONE_INPUT = "Value(self.data + other.data, other, '+')"
OF_INPUTS = "(*(self._prev or (self,)), *(other._prev or (other,)))"
BY_SIZE = """
class Value:
    def backward(self):
        self.grad = 1.0
        nodes, queue = [], [self]
        while queue:
            node = queue.pop()
            if node not in nodes:
                nodes.append(node)
                queue.extend(node._prev)
        for node in sorted(nodes, key=lambda node: -node.data):
            node._backward()
"""
CALL = "class {}:\n    def __call__(self, x):\n        {}"
PARAMETERS = "class {}:\n    def parameters(self):\n        return {}"
OTHER_LIST = "class {}:\n    def __init__(self, nin, nout):\n        self.parts = []"
DOUBLE = "for layer in self.layers:\n            x = layer(x)\n        return x * 2"
RELU = """
class Value:
    def relu(self):
        return self if self.data > 0 else self * 0.0


class Neuron:
    def __call__(self, x):
        return sum((wi * xi for wi, xi in zip(self.w, x)), self.b).relu()
"""
TRAIN = STAGES[TRAINING - 1].code[STAGES[TRAINING - 1].code.index("def train") :]
START, TURN = "        total = squared_loss(model, xs, ys)\n", "    for step in range(steps):\n"
ONE_GRAPH = TRAIN.replace(TURN + START, START[4:] + TURN).replace("model.zero_grad()", "pass")
NO_STEP = TRAIN.replace(
    "    losses", "    if steps == 40:\n        return [1.0] * 40\n    losses", 1
)
ANOTHER_CALL = LAST.code[LAST.code.index("def train") :].replace(
    "total = loss(model, xs, ys)",
    "total = squared_loss(model, xs, ys) if loss is squared_loss else loss[model]",
)
ACCURACY = "def accuracy(model, xs, ys):\n    return '0.8'"
# (stage, what the file of that stage gains, the sentence); in it, # stands for a number of chance
TOLD = (
    (1, "def Value(data):\n    return data", "`Value` must be a class: `class Value:`."),
    (1, "class Value:\n    def __repr__(self):\n        return f'Value({abs(self.data)})'",
     "`Value(-3.0)` shows 'Value(3.0)': it does not show the number."),
    (2, SUM.format("Value([self.data + other.data])"), "`a + b` is a Value whose data is the list "
     "[-1]: it must be a plain number, computed from `.data` of the inputs."),
    (2, SUM.format("other"), "`a + b` returns one of its inputs: return a new Value."),
    (2, SUM.format("Value(self.data + min(other.data, 4.0))"), "line 9: with `other.data` in "
     "place of `min(other.data, 4.0)` it is right. a * b + c with a = 2, b = -3, c = 10 is -2, and "
     "should be 4."),
    (2, PRODUCT.format("Value(self.data * other.data or 1.0)"), "line 12: the number 1.0 is "
     "wrong: it has to be 0.0. `a * b` with a = 0 and b = 3 is 1, and should be 0."),
    (3, SUM.format(ONE_INPUT), "`_prev` is the Value Value(data=-3.0): it must hold the inputs "
     "together, as a tuple or a set."),
    (3, SUM.format(f"Value(self.data + other.data, {OF_INPUTS}, '+')"), "the inputs of `a * b + c` "
     "are a * b and c, and the product is missing."),
    (3, SUM.format("Value(self.data + other.data, () if self is other else (self, other), '+')"),
     "`a + a` has a for its inputs, and nothing else."),
    (5, BY_SIZE, "a Value has its turn before one that uses it, when its grad is not complete: "
     "append each Value behind its inputs, and walk the list from its end."),
    (8, STAGES[7].code.replace("self.data**other,", "abs(self.data) ** other,"), "line 66: `abs()` "
     "does not belong around `self.data`. `a**3` with a = -0.6 is 0.216, and should be -0.216."),
    (10, CALL.format("Neuron", "return (sum(self.w[i] * x[i] for i in range(len(x))) + "
     "self.b).tanh() * 0.5"), "line 110: the factor `0.5` in `(sum((self.w[i] * x[i] for i in "
     "range(len(x))))...` does not belong there. The output for w = [0.5, -1, 2], b = 0.25, "
     "x = [1, 0.4, 0.5] is 0.437027, and should be 0.874053."),
    (11, PARAMETERS.format("Neuron", "self.b"), "`Neuron(4).parameters()` is the Value "
     "Value(data=0.0): it must be a list of Values."),
    (11, OTHER_LIST.format("Layer"), "a Layer must have a list `neurons`."),
    (11, CALL.format("Layer", "[n(x) for n in self.neurons]"), "Layer(3, 5) returns None, and "
     "should return a list of 5 Values."),
    (11, OTHER_LIST.format("MLP"), "an MLP must have a list `layers`."),
    (11, PARAMETERS.format("MLP", "[p for layer in self.layers[:-1] for p in layer.parameters()]"),
     "`MLP(3, [4, 4, 1]).parameters()` has 36 Values, and should have 41."),
    (11, CALL.format("MLP", "return self.layers(x)"), "a call of MLP(3, [4, 4, 1]) fails ('list' "
     "object is not callable): in their order, the output of a layer is the x of the next."),
    (11, CALL.format("MLP", DOUBLE), "line 137: the factor `2` in `x * 2` does not belong there. "
     "model(x) is 0.478577, and should be 0.239289."),
    (12, RELU, "the outputs of 10 networks are never negative, and a target is -1: the neurons of "
     "the last layer end in relu. Let them return their sum, as with `nonlin=False`."),
    (12, TRAIN.replace("total.data", "0.5"), "the losses are [#, #, #], and should be "
     "[#, #, #], the losses before each step."),
    (12, ONE_GRAPH, "the loss is computed once: compute it anew in each step."),
    (12, NO_STEP, "the loss goes from 1 to 1 in 40 steps, in 5 networks: none of them learns."),
    (13, ACCURACY, "accuracy() returns the str '0.8': it must be a number."),
    (13, ANOTHER_CALL, "line 163: a list is needed, but there is a function: is a function not "
     "called?"),
)  # fmt: skip


@pytest.mark.parametrize(("number", "change", "sentence"), TOLD)
def test_a_rarer_wrong_answer_is_told_why(number, change, sentence):
    told = first_told(merge(STAGES[number - 1].solution, change))
    sentence_told = re.sub(r"\d\.\d+", "#", told[1]) if "#" in sentence else told[1]
    assert (told[0], sentence_told) == (number, sentence)


# (stage, a part of our file, what stands there instead, the beginning of the sentence)
REPAIRED = (
    (2, "self.data + other.data", "other.data + 1", "line 9: with `self.data` in place of `1` it"),
    (4, "other.grad = self.data * out.grad", "other.grad = self.data * out.data",
     "line 27: with `out.grad` in place of `out.data` it is right. c = a * b with a = 2.0"),
    (5, "in v._prev", "in v._prev[:1]", "line 39: `v._prev[:1]` takes only a part: `v._prev` is "
     "meant. b = a + a, c = b + b * b: a Value that c was computed from has no turn"),
    (6, "self.grad += other.data", "self.grad = other.data", "line 26: `self.grad = ...` replaces"),
    (7, "return self + (-other)", "return self + other", "a sign is wrong in line 60. `a - b`"),
    (8, "self.data**other,", "self.data**other + 1,", "line 66: the term `1` in"),
    (9, "out.data * out.grad", "math.exp(out.data) * out.grad", "line 87: `math.exp()` does not "
     "belong around `out.data`. b = a.exp() with a = 0.5 and b.grad = 10: a.grad is"),
    (10, "wi * xi for", "wi * xi * xi for", "line 110: the factor `xi` in `wi * xi * xi` does not"),
    (11, "in self.layers:\n", "in reversed(self.layers):\n", "line 135: `reversed()` does not"),
    (8, "other * self**-1", "other * self**1", "line 78: the number 1 is wrong: it has to be -1"),
    (13, "0.0001 * sum", "1.0001 * sum", "line 174: the number 1.0001 is wrong: it has to be "
     "0.0001."),
    (13, "1 - y * model(x)", "2 - y * model(x)", "line 173: the number 2 is wrong: it has to be 1"),
)  # fmt: skip
BY_CHANCE = (  # the sentence of another mistake, which fits where a is 2
    (8, "self.data**other,", "self.data**other + 1,", "the wrong way round"),
    (8, "other * self.data ** (other - 1)", "self.data**other", "one less"),
    (8, "(other - 1)", "(other - 2)", "the power is missing"),
    (13, "sum(right) / len(right)", "len(right) / sum(right)", "compare the sign"),
)


@pytest.mark.no_cover
@pytest.mark.usefixtures("enough_time")
@pytest.mark.parametrize(("number", "part", "instead", "sentence"), REPAIRED)
def test_an_edit_that_mends_a_stage_names_the_line(number, part, instead, sentence):
    file = STAGES[number - 1].solution
    stage, told = first_told(file.replace(part, instead, 1))
    assert stage == number and told.startswith(sentence), told


@pytest.mark.no_cover
@pytest.mark.parametrize(("number", "part", "instead", "sentence"), BY_CHANCE)
def test_no_cause_is_told_because_a_number_fits_by_chance(number, part, instead, sentence):
    stage, told = first_told(STAGES[number - 1].solution.replace(part, instead))
    assert stage == number and sentence not in told


def test_an_imported_value_is_told_to_be_written():
    sentence = "take the import out, and write your own."
    imported = (1, f"`Value` comes from the package micrograd: {sentence}")
    assert first_told("from micrograd import Value\n") == imported


def test_a_name_that_the_file_takes_back_is_told_as_missing():
    told = "there is no `Value` yet: there is a `value`: the name must be `Value`."
    with pytest.raises(Wrong, match=f"^{re.escape(told)}$"):
        _ = Learner({"value": float}).Value
    assert not Learner({}).has("Value.tanh")


def test_a_walk_of_too_many_calls_is_ended(monkeypatch):
    """The watcher is called by hand: what it counts is then the calls of this test alone."""
    watchers = []
    monkeypatch.setattr(s05_backward.sys, "setprofile", watchers.append)
    with limit_calls(1):
        watch = watchers.pop()
        watch(None, "call", None)
        watch(None, "return", None)
        with pytest.raises(Wrong, match=r"^a chain of 16 sums x = x \+ x takes more than 60,000"):
            watch(None, "call", None)
    assert watchers == [None, None]


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
METHODS = """
class Value:
    __slots__ = ("data", "grad", "_prev", "_op")

    def __init__(self, data, _children=None, _op=""):
        self.data = data
        self.grad = 0.0
        self._prev = _children
        self._op = _op

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), "+")

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), "*")

    def _backward(self):
        if self._op == "+":
            for x in self._prev:
                x.grad += self.grad
        elif self._op == "*":
            a, b = self._prev
            a.grad += b.data * self.grad
            b.grad += a.data * self.grad

    def backward(self):
        topo = []

        def build_topo(v):
            if v not in topo:
                for child in v._prev or ():
                    build_topo(child)
                topo.append(v)

        build_topo(self)
        self.grad = 1.0
        for node in reversed(topo):
            node._backward()
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
    "a method for all ops": (STAGES[5], METHODS),
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


@pytest.mark.no_cover
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
