"""Every row of the table against three judges: finite differences, PyTorch, and itself on Values.

Rule: no test here names the rows it is about. A new row is tested by being in the table; the dicts
below hold only what the table cannot know (a domain that is not all of R, PyTorch's spelling).
"""

import ast
import copy
import itertools
import math
import operator
import pickle
import re
from pathlib import Path

import numpy as np
import pytest

import micrograd.engine
from micrograd import ops, tree
from micrograd.engine import Value, gradients
from micrograd.errors import GraphError
from micrograd.explaining.formula import expression
from micrograd.ops import OPS, Arithmetic, Op, pow_op
from tests.support.cases import cases
from tests.support.floats import bits, close
from tests.support.sources import nodes_of
from tests.support.torch_ops import NO_GRADIENT, in_torch

# fmt: off
TAME = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -3.0, 1 / 3, 20.5, -40.0, 1000.0, -1000.0, 1e-300)
EDGES = (*TAME, math.inf, -math.inf)
# fmt: on

ROWS = cases("op", OPS.values(), ids=OPS)
SMOOTH_ROWS = pytest.mark.parametrize(
    "op", [op for op in OPS.values() if op.name not in NO_GRADIENT], ids=lambda op: op.name
)

# Of 0.0 and -0.0 which is larger? IEEE 754 leaves it open, and so do PyTorch's loops: another
# zero comes from the one for a single number than from the one for many.
EITHER_ZERO = ("relu", "maximum", "minimum")


def arity(op):
    return len(op.partials)


def slopes_of(op):
    """[(place, partial)] of the inputs that have one."""
    return [(i, partial) for i, partial in enumerate(op.partials) if partial]


def every(op, numbers):
    """All tuples of inputs for `op` that can be made of `numbers`."""
    return list(itertools.product(numbers, repeat=arity(op)))


def torch_results(torch, op, rows, incoming=1.0):
    """[(value, [d value / d input, times incoming]) for each tuple of inputs in `rows`]."""
    inputs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in zip(*rows)]
    out = in_torch(torch, op.name, *inputs)
    grads = [None] * len(inputs)
    if op.name not in NO_GRADIENT:
        seed = torch.full_like(out, incoming)
        grads = torch.autograd.grad(out, inputs, seed, allow_unused=True)
    grads = [[None] * len(rows) if g is None else g.tolist() for g in grads]
    return list(zip(out.tolist(), zip(*grads)))


# --------------------------------------------------------------------------- the table as a table


@ROWS
def test_a_row_is_whole(op):
    assert OPS[op.name] is op is ops.op_named(op.name)
    assert op.template.count("{}") == arity(op)
    assert op.symbol


def test_names_and_marks():
    assert repr(ops.tanh) == "Op(tanh({}))"
    assert repr(pow_op(3)) == "Op({}**3)"
    assert (ops.tanh.symbol, ops.relu.symbol, ops.add.symbol) == ("tanh", "ReLU", "+")
    assert ops.is_row(ops.op_named("take 3")) and not ops.is_row(square)
    assert [(op.family, op.constant) for op in (pow_op(3), ops.take_op(3), ops.tanh)] == [
        ("pow", 3),
        ("take", None),
        ("", None),
    ]
    with pytest.raises(GraphError, match="No op is called 'tangent'"):
        ops.op_named("tangent")


@ROWS
def test_a_row_is_itself_after_pickling_and_copying(op):
    assert pickle.loads(pickle.dumps(op)) is op
    assert copy.deepcopy(op) is op
    assert copy.deepcopy([op, op]) == [op, op]


@pytest.mark.parametrize("exponent", [3, -1, 0, 0.5, 1e-05, 2.0, -0.25, 1e300, 10**30, math.inf])
def test_a_power_is_itself_after_pickling_and_copying(exponent):
    op = pow_op(exponent)
    assert op.symbol == f"**{exponent}"
    assert pickle.loads(pickle.dumps(op)) is op
    assert copy.deepcopy(op) is op


PACKAGE = Path(ops.__file__).parent
FOR_LEARNERS = ("course/lessons", "course/exercises/tasks")  # there people write an engine anew
SOURCES = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not path.relative_to(PACKAGE).as_posix().startswith(FOR_LEARNERS)
]
OP_NAMES = {*OPS, *ops.FAMILIES} - {"step"}  # which is also a column of a training history


def ops_in_conditions(nodes):
    """Return the lines that compare the name of an op with a constant: that belongs in a table."""
    lines = []
    for node in nodes:
        match node:
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
            case ast.Match(subject=subject, cases=cases):
                patterns = [part for case in cases for part in ast.walk(case.pattern)]
                sides = [subject, *(p.value for p in patterns if isinstance(p, ast.MatchValue))]
            case _:
                continue
        if any(map(is_op_name, sides)) and any(map(is_name_of_something, sides)):
            lines.append(node.lineno)
    return lines


def is_op_name(node):
    """Return whether an expression is "pow", or a collection of constants with it."""
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return any(isinstance(part, ast.Constant) and part.value in OP_NAMES for part in parts)


def is_name_of_something(node):
    """Return whether an expression is `name`, `op`, `family`, `x.name`, `function_of(op)`, ..."""
    words = {
        word
        for part in ast.walk(node)
        for word in re.findall("[a-z]+", getattr(part, "id", "") + " " + getattr(part, "attr", ""))
    }
    return bool(words & {"name", "op", "ops", "family", "kind", "function"})


@cases("path", SOURCES)
def test_no_op_is_named_in_a_condition(path):
    lines = ops_in_conditions(nodes_of(path))
    assert not lines, f"{path}, lines {lines}: put what is special about an op in its row"


@pytest.mark.parametrize(
    "line",
    [
        'if op.name == "relu": pass',
        'if name == "pow": pass',
        'if node.op.name in ("add", "mul"): pass',
        'x = 1 if "pow" != function_of(op) else 2',
        'match op.name:\n    case "sin" | "cos": pass',
        'slots = [bound] if bound and name == "pow" else []',
    ],
)
def test_an_op_in_a_condition_is_noticed(line):
    assert ops_in_conditions(ast.walk(ast.parse(line)))


@pytest.mark.parametrize(
    "line", ['if kind == "moons": pass', 'LATEX = {"pow": "{}^{}"}', 'if key == "sin": pass']
)
def test_other_texts_may_be_compared(line):
    assert not ops_in_conditions(ast.walk(ast.parse(line)))


@cases("op", [op for op in OPS.values() if arity(op) == 1], ids=lambda op: op.name)
def test_a_row_of_one_input_is_a_method_too(op):
    method = getattr(Value(0.25), op.name, None) or (-Value(0.25)).__pos__
    assert bits(method().data) == bits(op(0.25))


# fmt: off
OPERATORS = [
    ("add", operator.add), ("sub", operator.sub), ("mul", operator.mul), ("div", operator.truediv),
    ("pow", operator.pow), ("maximum", lambda x, y: Value(float(x)).maximum(y)),
    ("minimum", lambda x, y: Value(float(x)).minimum(y)),
]
# fmt: on


@cases("name, written", OPERATORS)
@cases("left, right", [(Value, float), (float, Value), (Value, Value)])
def test_an_operator_is_its_row(name, written, left, right):
    out = written(left(1.5), right(-0.7))
    assert type(out) is Value
    assert bits(out.data) == bits(OPS[name](1.5, -0.7))


def test_neg_pos_and_abs():
    x = Value(-1.5)
    assert ((-x).data, +x is x, abs(x).data) == (1.5, True, 1.5)


# ------------------------------------------------------------------- partials against differences

R = ((-2.3, -0.7, 0.4, 1.9), (-1.6, 0.3, 0.9, 2.6), (-0.6, 1.3))  # no zeros, no ties: no corners
POSITIVE = (0.4, 0.7, 1.9, 2.3)
DOMAIN = {
    "log": [POSITIVE],
    "log1p": [(-0.7, -0.2, 0.4, 1.9)],
    "sqrt": [POSITIVE],
    "pow": [POSITIVE, R[1]],
}


def difference(f, xs, i):
    """d f / d xs[i], as the slope between two points close by: wrong by some h² |f'''| / 6.

    With h = 6e-6, the cube root of a float's 2e-16, that is as much as what rounding f costs.
    """
    h = 6e-6
    low, high = (f(*xs[:i], xs[i] + step, *xs[i + 1 :]) for step in (-h, h))
    return (high - low) / (2.0 * h)


# fmt: off
WITHOUT = {  # the places of the inputs without a derivative; elsewhere a flat op has a partial of 0
    "step": (0,), "sign": (0,), "less": (0, 1), "equal": (0, 1), "detach": (0,), "where": (0,),
}
# fmt: on


@ROWS
def test_a_row_says_which_derivatives_do_not_exist(op):
    missing = tuple(i for i, partial in enumerate(op.partials) if partial is None)
    assert missing == WITHOUT.get(op.name, ())


@ROWS
def test_partials_are_slopes(op):
    # On these grids |f'''| reaches 2000 (of 2.3/y at 0.3): h² / 6 of it is 1e-8. A partial that
    # is wrong is wrong in its first digits.
    for xs in itertools.product(*DOMAIN.get(op.name, R[: arity(op)])):
        for i, partial in slopes_of(op):
            slope = difference(op, xs, i)
            assert abs(partial(*xs, op(*xs)) - slope) <= 1e-7 * (1.0 + abs(slope)), (xs, i)


# ------------------------------------------------------------------------------- against PyTorch


@ROWS
def test_values_are_torchs(op, torch):
    rows = every(op, EDGES)
    for xs, (value, _) in zip(rows, torch_results(torch, op, rows)):
        assert close(op(*xs), value), xs
        if value == 0.0 and op.name not in EITHER_ZERO:
            assert bits(op(*xs)) == bits(value), xs


@ROWS
def test_values_at_nan_are_torchs(op, torch):
    rows = [xs for xs in every(op, (*EDGES, math.nan)) if any(map(math.isnan, xs))]
    for xs, (value, _) in zip(rows, torch_results(torch, op, rows)):
        if op in (ops.step, ops.sign):
            value = math.nan  # 0 there: a nan is not made a number here
        assert close(op(*xs), value), xs


@ROWS
def test_partials_are_torchs(op, torch):
    rows = every(op, EDGES)
    for xs, (_, grads) in zip(rows, torch_results(torch, op, rows)):
        for i, partial in slopes_of(op):
            assert close(partial(*xs, op(*xs)), grads[i]), xs


@pytest.mark.parametrize("name", ["maximum", "minimum", "leaky_relu"])
def test_partials_at_nan_are_torchs(name, torch):
    op = OPS[name]
    rows = [xs for xs in every(op, (*EDGES, math.nan)) if any(map(math.isnan, xs))]
    for xs, (_, grads) in zip(rows, torch_results(torch, op, rows)):
        for i, partial in slopes_of(op):
            assert close(partial(*xs, op(*xs)), grads[i]), xs


def passed_on(op, xs, incoming):
    """The grads of the inputs `xs`, after a node of `op` got the grad `incoming`."""
    inputs = [Value(x) for x in xs]
    out = op(*inputs)
    out.grad = incoming
    out._backward()
    return [x.grad for x in inputs]


@SMOOTH_ROWS
def test_a_node_passes_on_what_it_does_in_torch(op, torch):
    incoming = -2.5
    rows = every(op, EDGES)
    for xs, (_, grads) in zip(rows, torch_results(torch, op, rows, incoming)):
        for got, grad in zip(passed_on(op, xs, incoming), [g or 0.0 for g in grads]):
            assert close(got, grad), (xs, got, grad)


def test_a_closed_gate_times_infinity_is_nan():
    """The product is IEEE's; PyTorch's kernels for gates mask it, and pass 0 on."""
    for op, xs in ((ops.relu, [-1.0]), (ops.maximum, [0.0, 1.0]), (ops.where, [1.0, 2.0, 3.0])):
        assert any(math.isnan(grad) for grad in passed_on(op, xs, math.inf))


def twice(op, xs, i, j):
    """d² op / d xs[i] d xs[j]"""
    inputs = [Value(x) for x in xs]
    (first,) = gradients(op(*inputs), [inputs[i]], create_graph=True)
    return gradients(first, [inputs[j]])[0]


def torch_twice(torch, op, rows, i, j):
    """The same for each of `rows`; 0 where the first derivative is a constant."""
    inputs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in zip(*rows)]
    first = in_torch(torch, op.name, *inputs)
    for k in (i, j):
        (first,) = torch.autograd.grad(
            first.sum(), inputs[k], create_graph=True, materialize_grads=True
        )
        if not first.requires_grad:
            return first.tolist() if k == j and i != j else [0.0] * len(rows)
    return first.tolist()


@SMOOTH_ROWS
def test_second_derivatives_are_torchs(op, torch):
    rows = every(op, [x for x in TAME if abs(x) < 100.0])
    for i, j in itertools.combinations_with_replacement(range(arity(op)), 2):
        for xs, expected in zip(rows, torch_twice(torch, op, rows, i, j)):
            # 1e-15 is the last place of the 1 that tanh² is taken from
            got = twice(op, xs, i, j)
            assert close(got, expected) or abs(got - expected) <= 1e-15, (xs, i, j, got, expected)


@cases("exponent", [0, 1, 2, 3, 2.0, -1, 0.5])
@cases("at", [0.0, -1.5, 2.0])
def test_all_derivatives_of_a_power_are_torchs(exponent, at, torch):
    x, t = Value(at), torch.tensor(at, dtype=torch.float64, requires_grad=True)
    y, u = x**exponent, t**exponent
    for _ in range(5):
        (y,) = gradients(y, [x], create_graph=True)
        if u.requires_grad:
            (u,) = torch.autograd.grad(u, t, create_graph=True, materialize_grads=True)
        else:
            u = torch.zeros(())
        assert close(y.data, u.item())


# ------------------------------------------------------------------------------- IEEE 754's edges


@ROWS
def test_nothing_raises(op):
    for xs in every(op, (*EDGES, math.nan, 1e308, -1e308, 5e-324)):
        out = op(*xs)
        assert type(out) is float
        for _, partial in slopes_of(op):
            assert type(partial(*xs, out)) is float


# fmt: off
AT_THE_EDGES = [
    ("log", (0.0,), -math.inf), ("log", (-0.0,), -math.inf), ("log", (-1.0,), math.nan),
    ("log1p", (-1.0,), -math.inf), ("log1p", (-2.0,), math.nan), ("sqrt", (-1.0,), math.nan),
    ("div", (1.0, 0.0), math.inf), ("div", (1.0, -0.0), -math.inf), ("div", (0.0, 0.0), math.nan),
    ("div", (-1.0, 0.0), -math.inf), ("div", (math.inf, 0.0), math.inf),
    ("exp", (1000.0,), math.inf), ("expm1", (1000.0,), math.inf), ("exp", (-1000.0,), 0.0),
    ("mul", (1e308, 10.0), math.inf), ("sub", (math.inf, math.inf), math.nan),
    ("pow", (-8.0, 1 / 3), math.nan), ("pow", (0.0, 0.0), 1.0), ("pow", (math.nan, 0.0), 1.0),
    ("pow", (0.0, -1.0), math.inf), ("pow", (-0.0, -1.0), -math.inf),
    ("pow", (-0.0, -2.0), math.inf), ("pow", (-10.0, 309.0), -math.inf),
    ("pow", (-10.0, 310.0), math.inf), ("pow", (-0.0, -0.5), math.inf),
    ("sin", (math.inf,), math.nan), ("cos", (-math.inf,), math.nan),
    ("sigmoid", (-1000.0,), 0.0), ("softplus", (1000.0,), 1000.0),
    ("step", (math.nan,), math.nan), ("sign", (math.nan,), math.nan),
    ("less", (math.nan, 1.0), 0.0), ("relu", (math.nan,), math.nan),
    ("maximum", (math.nan, 1.0), math.nan), ("maximum", (1.0, math.nan), math.nan),
]
# fmt: on


@cases("name, inputs, expected", AT_THE_EDGES)
def test_an_edge_to_the_last_bit(name, inputs, expected):
    assert bits(OPS[name](*inputs)) == bits(expected)
    assert bits(OPS[name](*map(Value, inputs)).data) == bits(expected)


# fmt: off
AT_THE_CORNERS = [
    ("relu", (0.0,), (0.0,)), ("relu", (-0.0,), (0.0,)), ("abs", (0.0,), (0.0,)),
    ("sqrt", (0.0,), (math.inf,)), ("log", (0.0,), (math.inf,)), ("elu", (0.0,), (1.0,)),
    ("leaky_relu", (0.0,), (0.01,)),
    ("maximum", (2.0, 2.0), (0.5, 0.5)), ("minimum", (2.0, 2.0), (0.5, 0.5)),
    ("maximum", (math.inf, math.inf), (0.5, 0.5)), ("minimum", (0.0, -0.0), (0.5, 0.5)),
    ("maximum", (1.0, 2.0), (0.0, 1.0)), ("minimum", (1.0, 2.0), (1.0, 0.0)),
    ("pow", (0.0, 0.0), (0.0, -math.inf)), ("pow", (0.0, 2.0), (0.0, 0.0)),
    ("pow", (0.0, 1.0), (1.0, 0.0)), ("pow", (0.0, 0.5), (math.inf, 0.0)),
]
# fmt: on


@pytest.mark.parametrize("name, inputs, expected", AT_THE_CORNERS)
def test_a_corner(name, inputs, expected, torch):
    op = OPS[name]
    if name == "pow" and inputs == (0.0, 0.0):
        # 0**0: no number is right; ours is whatever PyTorch's is
        expected = torch_results(torch, op, [inputs])[0][1]
    assert tuple(partial(*inputs, op(*inputs)) for partial in op.partials) == expected


def test_a_numpy_float_is_a_float():
    """It is a subclass of float, but divides with a warning where Python's raises."""
    assert ops.div(np.float64(1.0), 0.0) == math.inf
    assert math.isnan(ops.sub(np.float64(math.inf), np.float64(math.inf)))
    assert ops.mul(np.float64(1e308), np.float64(10.0)) == math.inf


# ------------------------------------------------------------------------ one row, two interpreters


@ROWS
def test_a_value_computes_what_a_float_does(op):
    for xs in every(op, (*EDGES, math.nan)):
        assert bits(op(*map(Value, xs)).data) == bits(op(*xs)), xs


@ROWS
def test_a_partial_of_values_is_the_partial_of_floats(op):
    for xs in every(op, (*EDGES, math.nan)):
        out = op(*xs)
        for _, partial in slopes_of(op):
            of_values = partial(*map(Value, xs), Value(out))
            assert bits(of_values) == bits(partial(*xs, out)), xs


@cases("exponent", [3, -1, 0, 0.5, 2.0, 1, -2.5])
@cases("x", EDGES)
def test_a_power_is_pow(exponent, x):
    op, y = pow_op(exponent), float(exponent)
    assert bits(op(x)) == bits(ops.pow(x, y)) == bits((Value(x) ** exponent).data)
    assert bits(op.partials[0](x, op(x))) == bits(ops.pow.partials[0](x, y, op(x)))


@cases("x", ["x", [1, 2], None, 1j, {}], ids=repr)
@ROWS
def test_a_row_refuses_what_is_no_number(op, x):
    for known in (1.0, Value(1.0)):
        for place in range(arity(op)):
            inputs = [known] * arity(op)
            inputs[place] = x
            with pytest.raises(
                TypeError, match=f"^{op.name} takes numbers and Values, one for each input"
            ):
                op(*inputs)


def test_the_refusal_says_what_it_got():
    with pytest.raises(TypeError) as said:
        ops.tanh([1, 2])
    assert str(said.value) == (
        "tanh takes numbers and Values, one for each input, got a list of 2. "
        "For several, write the loop: [tanh(x) for x in xs]."
    )
    with pytest.raises(TypeError, match=r"got the str 'x'\."):
        ops.tanh("x")
    with pytest.raises(TypeError, match=r"got the str 'x'\."):
        ops.mul(Value(1.0), "x")


@pytest.mark.parametrize("method", [Value.maximum, Value.minimum])
def test_a_method_refuses_it_too(method):
    with pytest.raises(TypeError, match=r"got the str 'x'\."):
        method(Value(1.0), "x")


def test_not_implemented_is_no_answer():
    class Stranger(Arithmetic):
        def interpret(self, op, inputs):
            return NotImplemented if isinstance(inputs[0], Value) else "a stranger's"

    assert ops.add(Stranger(), Value(1.0)) == "a stranger's"
    with pytest.raises(TypeError, match="add takes numbers and Values"):
        ops.add(Value(1.0), Stranger())


# ------------------------------------------------------------------------------- a user's own row

square = Op("square", "square({})", lambda x: x * x, (lambda x, out: 2.0 * x,))
sinc = Op(
    "sinc",
    "sin({0})/{0}",
    lambda x: math.sin(x) / x if x else 1.0,
    (lambda x, out: ops.where(x, ops.div(ops.cos(x) - out, x), 0.0),),
)


@pytest.mark.parametrize("at", [0.7, -2.0, 5.0])
@pytest.mark.parametrize(
    "op, spelled",
    [(square, lambda torch, t: t**2), (sinc, lambda torch, t: torch.sin(t) / t)],
    ids=["square", "sinc"],
)
def test_a_users_row(op, spelled, at, torch):
    x, t = Value(at), torch.tensor(at, dtype=torch.float64, requires_grad=True)
    y, u = op(x), spelled(torch, t)
    assert bits(y.data) == bits(op(at))
    assert y._op == op.name
    y.backward()
    (first,) = gradients(y, [x], create_graph=True)
    (slope,) = torch.autograd.grad(u, t, create_graph=True)
    (second,) = gradients(first, [x])
    # sinc'' subtracts terms some ten times larger than itself: a hundred ulps, 2e-14
    assert (y.data, x.grad, first.data) == pytest.approx((u.item(), *[slope.item()] * 2), rel=1e-13)
    assert second == pytest.approx(torch.autograd.grad(slope, t)[0].item(), rel=1e-13)


def test_a_users_row_is_not_in_the_table():
    assert "square" not in OPS
    assert micrograd.engine.Value(3.0).interpret(square, (Value(3.0),)).data == 9.0


@pytest.mark.parametrize("template", ["hypot", "hypot({}, {})"])
def test_a_template_without_places_is_the_name_of_a_function(template):
    partials = (lambda x, y, out: x / out, lambda x, y, out: y / out)
    hypot = Op("hypot", template, lambda x, y: ops.sqrt(x * x + y * y), partials)
    a, b = Value(3.0, label="a"), Value(4.0, label="b")
    c = hypot(a, b)
    assert (repr(hypot), hypot.symbol) == ("Op(hypot({}, {}))", "hypot")
    assert str(expression(c)) == "hypot(a, b)"
    assert "hypot" in tree(c)


@pytest.mark.parametrize("partials", [lambda x, out: x, [lambda x, out: x]])
def test_partials_are_a_tuple(partials):
    with pytest.raises(TypeError, match="The row 'odd' needs a tuple of partials, one for each"):
        Op("odd", "odd({})", lambda x: x, partials)


@pytest.mark.parametrize("inputs", [(), (1.0, 2.0), (Value(1.0), 2.0, 3.0)])
def test_an_op_counts_its_inputs(inputs):
    with pytest.raises(TypeError, match=f"tanh takes 1 input, got {len(inputs)}."):
        ops.tanh(*inputs)


@pytest.mark.parametrize("x", [np.float32(0.5), np.int64(1), np.bool_(True), np.array(0.5)])
def test_numpys_scalars_are_numbers(x):
    assert ops.tanh(x) == math.tanh(float(x))
    assert type(ops.tanh(x)) is float


def test_an_integer_too_large_is_infinite():
    assert Value(10**400).data == math.inf
    assert (Value(1.0) * -(10**400)).data == -math.inf


# ------------------------------------------------------------------- take, a row for each length

TABLE = (1.5, -2.0, 0.25, 4.0, -0.0)


@pytest.mark.parametrize("length", range(1, 6))
@pytest.mark.parametrize("kind", [float, Value])
def test_take_is_the_row_of_the_table(length, kind):
    table = [kind(x) for x in TABLE[:length]]
    op = ops.take_op(length)
    assert op is ops.take_op(length)
    assert (op.name, op.template.count("{}"), arity(op)) == (f"take {length}", *[length + 1] * 2)
    for i in range(length):
        assert ops.take(table, i) is table[i]
        assert bits(op(float(i), *table)) == bits(TABLE[i])
        slopes = [partial(float(i), *table, TABLE[i]) for _, partial in slopes_of(op)]
        assert op.partials[0] is None
        assert slopes == [float(k == i) for k in range(length)]
    for i in NO_INDEX if length == 3 else ():
        assert math.isnan(op(i, *map(float, table)))
        with pytest.raises(IndexError, match=f"Index {i} is out of range"):
            ops.take(table, i)


NO_INDEX = (-1.0, 0.4, 0.5, 1.0000000000000002, 2.5, 3.0, math.inf, -math.inf, math.nan)


def test_take_by_a_value_sends_grads_to_the_table():
    table = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)], [Value(5.0), Value(6.0)]]
    i = Value(1.0)
    x, y = ops.take(table, i)
    (x * 10.0 + y * 100.0).backward()
    assert (x.data, y.data, i.grad) == (3.0, 4.0, 0.0)
    assert [[v.grad for v in row] for row in table] == [[0.0, 0.0], [10.0, 100.0], [0.0, 0.0]]


@pytest.mark.parametrize("i", [-1, 3, 0.5, 1e300])
def test_take_refuses_what_is_no_place(i):
    with pytest.raises(IndexError, match=re.escape(f"Index {i} is out of range")):
        ops.take([1.0, 2.0, 3.0], i)


def test_take_from_an_empty_table_says_so():
    with pytest.raises(IndexError, match="Index 0 is out of range: the table is empty"):
        ops.take([], 0)


def test_detach_stops_the_grad():
    x = Value(3.0)
    (ops.detach(x) * x).backward()
    assert (x.grad, ops.detach(2.0), x.detach().inputs) == (3.0, 2.0, ())
