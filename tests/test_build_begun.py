"""Half-written and misspelt work on a learner's own micrograd: it is told, and never called
missing without a reason.

Rule: a row is (the stage that is begun, the change of our file before it, what is said).
"""

import ast
import operator

import pytest

from micrograd.course.build.begun import furthest_stage, has_begun
from micrograd.course.build.judging import TASK, judge
from micrograd.course.build.merging import merge
from micrograd.course.build.stage import all_stages
from micrograd.course.exercises.python_errors import explain
from micrograd.course.exercises.task import Task
from tests.support.checks import run_checks

STAGES = all_stages()
SIDES = "two underscores on each side"


def before(number):
    return STAGES[number - 2].solution if number > 1 else ""


def method(name, stage, number):
    """Return our file after the stage, in which the method has another name."""
    return STAGES[number - 1].solution.replace(f"def {stage}(", f"def {name}(")


def without(text, *parts):
    for part in parts:
        assert part in text
        text = text.replace(part, "")
    return text


VALUE = STAGES[0].solution
GRAD, LEAF = "        self.grad = 0.0\n", "        self._backward = lambda: None\n"
ADD_ONLY = (
    "class Value:\n    def __add__(self, other):\n        return Value(self.data + other.data)"
)
NO_SELF = """
class Value:
    def __init__(self, data, inputs=(), op=""):
        self.data = data
        inputs = inputs
        self.op = op
"""
# fmt: off
BEGUN = {
    "a small letter":        (1, VALUE.replace("class Value", "class value"), "there is a `value`"),
    "_init_":                (1, VALUE.replace("__init__", "_init_"), SIDES),
    "_repr_":                (1, VALUE.replace("__repr__", "_repr_"), SIDES),
    "dedented":              (1, VALUE.replace("    def __repr__", "def __repr__"), "outside"),
    "only plus":             (2, merge(before(2), ADD_ONLY), "`Value` has no `__mul__` yet"),
    "__times__":             (2, method("__times__", "__mul__", 2), "`Value` has no `__mul__` yet"),
    "no self":               (3, merge(before(3), NO_SELF), "must store it on self"),
    "_operation":            (3, STAGES[2].solution.replace("self._op =", "self._operation ="),
                              "there is a `_operation`"),
    "no grad":               (4, without(STAGES[3].solution, GRAD), "has no `grad` yet"),
    "no _backward of leaves": (4, without(STAGES[3].solution, LEAF), "a leaf has no `_backward`"),
    "_backward is None":     (4, STAGES[3].solution.replace("lambda: None", "None"),
                              "a leaf has no `_backward`"),
    "bakward":               (5, method("bakward", "backward", 5), "there is a `bakward`"),
    "+= once":               (6, before(6).replace("self.grad = 1.0 *", "self.grad += 1.0 *"),
                              "should be 2"),
    "no __rmul__":           (7, method("_x", "__rmul__", 7), "`Value` has no `__rmul__` yet"),
    "__div__":               (8, method("__div__", "__truediv__", 8), "there is a `__div__`"),
    "Tanh":                  (9, method("Tanh", "tanh", 9), "there is a `Tanh`"),
    "call":                  (10, method("call", "__call__", 10), SIDES),
    "a stub":                (10, before(10) + "\n\nclass Neuron:\n    pass\n", "`__init__` yet"),
    "no zero_grad":          (11, method("zero_gradients", "zero_grad", 11), "a `zero_grad"),
    "no squared_loss":       (12, method("square_loss", "squared_loss", 12), "there is a `square_"),
    "hinge":                 (13, method("hinge", "hinge_loss", 13), "there is a `hinge`"),
}
# fmt: on


def told(text):
    """Return (number of the first stage that does not hold, what is said, its short name)."""
    for i, finding in enumerate(run_checks(Task(TASK), text, "my_micrograd.py"), 1):
        if finding.wrong:
            return i, finding.wrong, finding.misconception
    return 0, "", ""


@pytest.mark.parametrize("name", BEGUN)
def test_what_is_begun_is_told(name):
    number, text, sentence = BEGUN[name]
    failed, wrong, _ = told(text)
    assert failed == number and sentence in wrong
    assert has_begun(ast.parse(text), STAGES[number - 1])


@pytest.mark.parametrize("number", range(1, len(STAGES) + 1))
def test_a_stage_of_which_nothing_is_there_is_not_begun(number):
    tree = ast.parse(before(number))
    assert not has_begun(tree, STAGES[number - 1])
    assert furthest_stage(tree) == number - 1 or not STAGES[number - 1].needs


EARLY = {
    "a relu in the class": (merge(before(10), "class Value:\n    def relu(self):\n"
                                  "        return self * (self.data > 0)"), 10),
    "a stub of a neuron": (before(10) + "\n\nclass Neuron:\n    pass\n", 10),
    "train": (before(10) + "\n\ndef train(model):\n    pass\n", 10),
    "relu before the last stage": (merge(before(13), "class Value:\n    def relu(self):\n"
                                         "        return self * (self.data > 0)"), 13),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", EARLY)
def test_no_stage_that_was_never_there_is_missed(name, tmp_path):
    text, number = EARLY[name]
    path = tmp_path / "my_micrograd.py"
    path.write_text(text)
    standing = judge(path)
    assert standing.held == number - 1 and not standing.later_parts
    assert standing.not_begun == ("relu" in name or name == "train")


def test_a_function_that_calls_itself_is_named_with_its_line():
    text = VALUE.replace('return f"Value(data={self.data})"', "return repr(self)")
    assert told(text)[1] == "line 6: `__repr__` calls itself without end."


def test_a_text_plus_a_number_is_told_in_any_exercise():
    with pytest.raises(TypeError) as caught:
        operator.add("Value(", 2.0)
    sentence = explain(caught.value)
    assert sentence == "a text and a float cannot be added: write an f-string, or str() of it."
