"""Does the checker check? It passes what is right and names the input that is wrong.

Rule: a function is a row, with the inputs to check it at; whatever passes one check passes both.
"""

import math

import numpy as np
import pytest

from micrograd import MLP, OPS, Op, Value, against_torch, check, gradcheck, label_all, ops
from micrograd.course.presets import PRESETS
from micrograd.errors import GraphError
from micrograd.graph import topological_order
from tests.support.cases import cases

# partials in the ops' own language, one right and one wrong
square = Op("square", "square({})", lambda x: x * x, (lambda x, out: 2.0 * x,))
ratio = Op(
    "ratio",
    "ratio({}, {})",
    lambda x, y: x / (ops.exp(y) + 1.0),
    (lambda x, y, out: 1.0 / (ops.exp(y) + 1.0), lambda x, y, out: -out * ops.sigmoid(y)),
)
wrong = Op("wrong", "wrong({})", lambda x: x * x, (lambda x, out: 3.0 * x,))
half_wrong = Op(
    "half_wrong",
    "half_wrong({}, {})",
    lambda x, y: x * y,
    (lambda x, y, out: y, lambda x, y, out: -x),
)
weight = Value(3.0, label="weight")

FUNCTIONS = {
    "sum": (lambda x, y: x + y, 2.0, 0.5),
    "polynomial": (lambda x: x**3 - 2.0 * x**2 + 1.0, 1.5),
    "quotient": (lambda x, y: x / y - y / x, 2.0, -3.0),
    "power": (lambda x, y: x**y, 2.0, 0.5),
    "neuron": (lambda x, w, b: (x * w + b).tanh(), 2.0, -3.0, 6.5),
    "used twice": (lambda x: x + x * x, 3.0),
    "large inputs": (lambda x: x * x, 1e8),
    "unused input": (lambda x, y: x * 2.0, 1.0, 5.0),
    "constant": (lambda x: 0.1, 1.0),
    "constant Value": (lambda x: Value(0.1), 1.0),
    "itself": (lambda x: x, 0.3),
    "captured Value": (lambda x: weight * x, 2.0),
    "no inputs": (lambda: 2.5,),
    "ints": (lambda x, y: x * y, 2, 3),
    "user op": (square, 3.0),
    "user op of two": (lambda x, y: ratio(x * y, y), 0.7, -0.2),
    "user op of a constant": (lambda x: square(4.0) * x, 3.0),
    "branch": (lambda x, y: x * y if x > y else y - x, 0.5, 2.0),
    "branch on a number": (lambda x: x.exp() if x >= 1.0 else -x, 1.5),
    "branches": (lambda x, y: x * y if x < y and x <= 0.5 else y, 0.25, 2.0),
    "detached op": (lambda x: ops.detach(x) * 0.0 + x, 1.5),
    "printed": (lambda x: x * len(f"{x:.2f}"), 1.5),
}

EVERY = pytest.mark.parametrize("row", FUNCTIONS.values(), ids=FUNCTIONS)


@EVERY
@pytest.mark.parametrize("judge", [gradcheck, against_torch])
def test_right_functions_pass(row, judge):
    if judge is against_torch:
        pytest.importorskip("torch")
    f, *inputs = row
    result = judge(f, *inputs)
    assert result, f"\n{result}"
    assert "WRONG" not in str(result)


# away from corners and steps, where a difference would not be a derivative
POINTS = {1: [(0.7,), (-0.7,)], 2: [(0.7, 1.9), (1.9, 0.7)], 3: [(1.0, 0.7, 0.4), (0.0, 0.7, 0.4)]}
NOT_BELOW_ZERO = ("log", "sqrt")
NO_SLOPE = ("where", "detach")  # the number moves, and the partial is 0


@cases(
    "op, inputs",
    [(op, inputs) for op in OPS.values() for inputs in POINTS[len(op.partials)]],
    ids=lambda x: x.name if isinstance(x, Op) else str(x),
)
def test_every_row_of_the_table_passes(op, inputs):
    pytest.importorskip("torch")
    result = against_torch(getattr(ops, op.name), *inputs)
    assert result, f"\n{result}"
    if not (op.name in NOT_BELOW_ZERO and inputs[0] < 0.0) and op.name not in NO_SLOPE:
        result = gradcheck(op, *inputs)
        assert result, f"\n{result}"


@pytest.mark.parametrize(
    ("f", "inputs", "wrong_inputs"),
    [
        (wrong, (2.0,), {"input 0"}),
        (lambda x, y: x * y + wrong(y), (2.0, 3.0), {"input 1"}),
        (lambda x, y: half_wrong(x, y) + x, (2.0, 3.0), {"input 1"}),
        (lambda x, y, z: wrong(x) + half_wrong(y, z), (2.0, 3.0, 4.0), {"input 0", "input 2"}),
    ],
)
@pytest.mark.parametrize("judge", [gradcheck, against_torch])
def test_a_planted_wrong_partial_is_found(f, inputs, wrong_inputs, judge):
    if judge is against_torch:
        pytest.importorskip("torch")
    result = judge(f, *inputs)
    assert not result
    lines = [line for line in str(result).splitlines() if line.endswith("WRONG")]
    assert {" ".join(line.split()[:2]) for line in lines} == wrong_inputs
    assert {row[0] for row in result.rows if not row[-1]} == wrong_inputs


# ------------------------------------------------------------------------------ ops made by hand


def handmade(symbol, number, inputs, partials, assign=False):
    """Return a node as the lecture makes it, whose `_backward` uses these partials."""
    out = Value(number, inputs, symbol)

    def _backward():
        for x, partial in zip(inputs, partials):
            if assign:
                x.grad = partial * out.grad
            else:
                x.grad += partial * out.grad

    out._backward = _backward
    return out


def sine(x, scale=1.0, **options):
    return handmade("mysin", math.sin(x.data), (x,), (scale * math.cos(x.data),), **options)


def times(x, y, scale=1.0):
    return handmade("mymul", x.data * y.data, (x, y), (y.data, scale * x.data))


def without_out_grad(x):
    out = Value(x.data * 3.0, (x,), "triple")

    def _backward():
        x.grad += 3.0

    out._backward = _backward
    return out * x


HANDMADE = {  # name: (function, its inputs, the names of the rows that are wrong)
    "right":            (sine, [0.5], []),
    "in an expression": (lambda x, y: (sine(x * y) * x).tanh(), [0.5, 2.0], []),
    "used twice":       (lambda x: sine(x) * sine(sine(x)), [0.5], []),
    "of two":           (lambda x, y: times(x, y) + times(y, y), [0.5, 2.0], []),
    "of one, twice":    (lambda x: times(x, x), [0.5], []),
    "a constant":       (lambda x: x * sine(Value(2.0)), [0.5], []),
    "in a network":     (lambda x: sine(MODEL([x, 1.0])), [0.5], []),
    "wrong":            (lambda x: sine(x, 2.0), [0.5], ["input 0", "mysin._backward"]),
    "wrong, inside":    (lambda x, y: (sine(x * y, -1.0) + y).exp(), [0.5, 2.0],
                         ["input 0", "input 1", "mysin._backward"]),
    "wrong in one":     (lambda x, y: times(sine(x), y, 1.5), [0.5, 2.0],
                         ["input 1", "mymul._backward"]),
    "one of two nodes": (lambda x: sine(x) + sine(x, 3.0), [0.5], ["input 0", "mysin._backward"]),
    "assigned":         (lambda x: sine(x, assign=True) * x, [0.5], ["input 0", "mysin._backward"]),
    "without out.grad": (without_out_grad, [0.5], ["input 0", "triple._backward"]),
}  # fmt: skip
MODEL = MLP(2, [3, 1], activation="tanh")


@pytest.mark.parametrize(("f", "inputs", "wrong"), HANDMADE.values(), ids=HANDMADE)
def test_ops_made_by_hand_are_checked_and_named(f, inputs, wrong):
    before = [p.grad for p in MODEL.parameters()]
    result = gradcheck(f, *inputs)
    assert [row[0] for row in result.rows if not row[-1]] == wrong, f"\n{result}"
    assert any("_backward" in row[0] for row in result.rows)
    assert bool(result) is not bool(wrong)
    assert [p.grad for p in MODEL.parameters()] == before


def test_an_op_made_by_hand_agrees_with_its_row():
    def of_row(x, y):
        return (x * y).sin() * x

    def by_hand(x, y):
        return sine(x * y) * x

    rows = gradcheck(of_row, 0.5, 2.0).rows
    assert [row[:2] for row in gradcheck(by_hand, 0.5, 2.0).rows[:2]] == [row[:2] for row in rows]


def test_an_op_made_by_hand_needs_a_backward():
    with pytest.raises(GraphError, match=r"'mine' was made by hand.* Set its `_backward`"):
        gradcheck(lambda x: Value(x.data, (x,), "mine") * 2.0, 1.0)


def test_a_branch_that_the_differences_cross_has_no_rows_of_ops():
    def f(x):
        return sine(x) * x if x > 1.0 else sine(x) * x + 0.0 * x

    assert [row[0] for row in gradcheck(f, 1.0).rows] == ["input 0"]
    assert len(gradcheck(f, 2.0).rows) == 2


# -------------------------------------------------------------------------- functions for PyTorch


def test_detached_numbers_pass_no_grad_in_either():
    result = against_torch(lambda x: x * x.detach(), 3.0)
    assert result
    assert result.rows[-1][1:3] == (3.0, 3.0)  # and not 6, the derivative of x * x


WAYS_OUT = {  # a function that works on Values: what the message names
    "x.data":     lambda x: x * math.exp(x.data),
    "x.item":     lambda x: x * math.sin(x.item()),
    "x.grad":     lambda x: x * x.grad,
    "x.inputs":   lambda x: x * len(x.inputs),
    "x.label":    lambda x: x * len(x.label),
    "math.exp(x)": lambda x: x * math.floor(x),
    "float(x)":   lambda x: x * float(x),
    "round(x)":   lambda x: x * round(x),
    "x.backward": lambda x: x.backward() or x,
    "x._prev":    lambda x: x * len(x._prev),
}  # fmt: skip


@pytest.mark.parametrize("code", WAYS_OUT)
def test_a_number_that_is_read_is_named_with_what_to_write(code):
    pytest.importorskip("torch")
    with pytest.raises((AttributeError, TypeError)) as caught:
        against_torch(WAYS_OUT[code], 1.5)
    assert code in str(caught.value)
    assert "Write micrograd.exp(x) for math.exp(x.data)" in str(caught.value)


def test_the_forward_of_an_op_of_ones_own_is_read_in_the_same_way():
    pytest.importorskip("torch")
    mine = Op("mine", "mine({})", lambda x: math.exp(x), (lambda x, out: out,))
    with pytest.raises(TypeError, match=r"Write micrograd.exp\(x\) for math.exp"):
        against_torch(mine, 1.5)


def test_a_wrong_value_is_found_by_pytorch():
    pytest.importorskip("torch")
    once = iter([1.0, 2.0])  # not the same function of Values as of tensors
    result = against_torch(lambda x: x * next(once), 3.0)
    assert [(row[0], row[-1]) for row in result.rows] == [("value", False), ("input 0", False)]


@pytest.mark.parametrize("name", ["gelu", "mine"])
@pytest.mark.parametrize("is_in_table", [False, True])
def test_an_op_of_the_users_is_not_pytorchs_of_that_name(name, is_in_table, monkeypatch):
    pytest.importorskip("torch")
    mine = Op(name, name, lambda x: x * x, (lambda x, out: 2.0 * x,))
    if is_in_table:
        monkeypatch.setitem(OPS, name, mine)
    result = against_torch(mine, 3.0)
    assert result, f"\n{result}"


@pytest.mark.parametrize("x", [math.inf, math.nan, 0.0])
def test_a_gradient_that_is_not_a_number_is_wrong(x):
    result = gradcheck(lambda x: x.log() * 0.0, x)
    assert not result


def test_the_tolerances():
    off = Op("off", "off({})", lambda x: x * x, (lambda x, out: 2.0 * x + 1e-5,))
    assert not gradcheck(off, 1.0)
    assert gradcheck(off, 1.0, tolerance=1e-4)
    pytest.importorskip("torch")
    by_ulp = Op("by_ulp", "by_ulp({})", lambda x: x * x, (lambda x, out: 2.0 * x + 4e-15,))
    assert against_torch(by_ulp, 1.0)  # 2 has an ulp of 4.4e-16
    assert not against_torch(by_ulp, 1.0, ulps=8)


@pytest.mark.parametrize(
    ("a", "b", "ulp"),
    [
        (1.0, 1.0, 0.0),
        (1.0 + 2.0**-52, 1.0, 1.0),
        (0.0, -0.0, 0.0),
        (math.nan, math.nan, 0.0),
        (math.inf, math.inf, 0.0),
        (math.inf, -math.inf, math.inf),
        (1.0, math.nan, math.inf),
        (math.inf, 1.0, math.inf),
    ],
)
def test_distance(a, b, ulp):
    assert check.distance(a, b) == ulp


# the numbers come of + - * / alone, so that they are the same on every machine
GRADCHECK_OK = """\
input    analytic  numeric        error
input 0  3         3.00000000001  3.1e-12  ok
input 1  3         2.99999999998  8.1e-12  ok"""

GRADCHECK_WRONG = """\
input    analytic  numeric        error
input 0  3         3.00000000001  3.1e-12  ok
input 1  11        8              2.7e-01  WRONG"""

TORCH_WRONG = """\
         ours  PyTorch  ulp
value    15    15       0.0e+00  ok
input 0  3     3        0.0e+00  ok
input 1  11    8        1.7e+15  WRONG"""


@pytest.mark.parametrize(
    ("judge", "f", "table"),
    [
        (gradcheck, lambda x, y: x * y + y, GRADCHECK_OK),
        (gradcheck, lambda x, y: x * y + wrong(y), GRADCHECK_WRONG),
        (against_torch, lambda x, y: x * y + wrong(y), TORCH_WRONG),
    ],
)
def test_the_printed_table(judge, f, table):
    if judge is against_torch:
        pytest.importorskip("torch")
    assert str(judge(f, 2.0, 3.0)) == table


NOT_ONE = (
    "A check needs a function that returns one number, got {}. "
    "Return one of them or their sum, or use jacobian."
)


@pytest.mark.parametrize("judge", [gradcheck, against_torch])
@pytest.mark.parametrize(
    ("f", "got"),
    [
        (lambda x: [x, x], "a list of 2"),
        (lambda x: (x,), "a tuple of 1"),
        (lambda x: {"a": x}, "a dict of 1"),
    ],
)
def test_several_results_are_an_error(judge, f, got):
    if judge is against_torch:
        pytest.importorskip("torch")
    with pytest.raises(TypeError) as error:
        judge(f, 1.0)
    assert str(error.value) == NOT_ONE.format(got)


@pytest.mark.parametrize("make", PRESETS.values(), ids=PRESETS)
def test_a_graph_is_compared_as_it_stands(make):
    pytest.importorskip("torch")
    y = make()
    found = check.compare(y)
    assert found, str(found)
    leaves = [x for x in topological_order(y) if not x.inputs]
    assert [row[0] for row in found.rows[1:]] == [
        x.label or f"leaf {i}" for i, x in enumerate(leaves, 1)
    ]
    assert [x.grad for x in leaves] == [0.0] * len(leaves)  # nothing is touched


def test_a_model_is_compared():
    pytest.importorskip("torch")
    model = MLP(2, [3, 1], activation="tanh")
    label_all({"model": model})
    found = check.compare(model([1.0, -2.0]) ** 2)
    assert found and "model.layers.0.neurons.0.w.0" in str(found)
    y = Value(1.0) * 2.0
    y.data = 3.0  # moved by hand
    assert not check.compare(y)


@pytest.mark.parametrize("judge", [gradcheck, against_torch])
@pytest.mark.parametrize(
    "values", [[1.0, 2.0], (1.0, 2.0), np.ones(2)], ids=lambda x: type(x).__name__
)
def test_a_list_among_the_inputs_is_refused(judge, values):
    message = (
        rf"takes a number for each input of f, got an? \w+.*Write {judge.__name__}\(lambda \*xs: "
    )
    with pytest.raises(TypeError, match=message):
        judge(sum, values)
    assert judge(lambda *xs: sum(xs), *map(float, values))
