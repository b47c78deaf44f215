"""`jit` and `vmap`: a compiled function means what it means without.

Rule: a function is a row with its arguments. The same function without `jit` has the right results.
"""

import copy
import gc
import math
import pickle
import re
import threading
import weakref
from itertools import permutations

import numpy as np
import pytest

from micrograd import (
    MLP,
    Module,
    Value,
    compile_graph,
    compile_step,
    detach,
    detect_anomaly,
    exp,
    grad,
    hessian,
    jacobian,
    jit,
    less,
    no_grad,
    take,
    tanh,
    value_and_grad,
    vmap,
    where,
)
from micrograd.errors import GraphError, ShapeError, TraceError
from micrograd.optim import SGD
from micrograd.support.nest import leaves, tree_map
from micrograd.transforms import part
from tests.support.floats import flat_numbers

# The functions differ by 3 ulps (7e-16) from C's, and sums may be fused or reordered. A few tens of
# ops on numbers of the size of 1 make 1e-13 of it, and up to three derivatives 1e-12.
CLOSE = {"rel": 1e-12, "abs": 1e-13}


def same_shape(x, y):
    """Assert that both nests have the same containers and keys."""
    assert tree_map(lambda _: 0, x) == tree_map(lambda _: 0, y)


# --------------------------------------------------------------------------------------- results

# fmt: off
FUNCTIONS = {  # name: (function, arguments)
    "one":        (lambda x: x * x + x.tanh(), (0.3,)),
    "two":        (lambda x, y: x / y + (x * y).sin(), (2.0, 3.0)),
    "integers":   (lambda x, y: x / y, (2, 3)),
    "power":      (lambda x: x**3 - x**-2 + 2.0**x, (1.5,)),
    "power of":   (lambda x, y: x**y, (1.5, 2.5)),
    "list":       (lambda xs: [xs[0] * xs[1], xs[2].exp()], ([1.0, 2.0, 0.5],)),
    "tuple":      (lambda x: (x, x * x), (3.0,)),
    "tuple in":   (lambda xs: xs[0] - xs[1], ((3.0, 1.0),)),
    "dict":       (lambda p: {"sum": p["a"] + p["b"][0], "b": p["b"]}, ({"a": 1.0, "b": [2.0]},)),
    "nest":       (lambda w, x: [sum(a * b for a, b in zip(row, x)).relu() for row in w],
                   ([[1.0, 2.0], [3.0, -4.0]], [0.1, 0.2])),
    "constant":   (lambda x: 2.0, (1.0,)),
    "whole":      (lambda x: [1, x], (1.0,)),
    "itself":     (lambda x: x, (1.5,)),
    "ignores":    (lambda x, y: y * y, (1.0, 3.0)),
    "empty":      (lambda xs, y: sum(xs, y), ([], 3.0)),
    "nothing":    (lambda x: [], (3.0,)),
    "closes over":(lambda x: x * CLOSED_OVER, (3.0,)),
    "where":      (lambda x, y: where(less(x, y), x, y * 2.0), (3.0, 1.0)),
    "masks":      (lambda x, y: [(x < y) * 1.0, (x >= y) * 2.0], (3.0, 3.0)),
    "take":       (lambda xs, i: take(xs, i), ([1.0, 2.0, 3.0], 2.0)),
    "detach":     (lambda x: detach(x) * x, (3.0,)),
    "infinite":   (lambda x: [x.log(), 1.0 / x, -x], (0.0,)),
    "many":       (lambda xs: sum(x * y for x in xs for y in xs), ([0.1 * i for i in range(40)],)),
}
# fmt: on
CLOSED_OVER = 0.25
FUNCTION = pytest.mark.parametrize("f, args", FUNCTIONS.values(), ids=FUNCTIONS)
EXACT = pytest.mark.parametrize("exact", [True, False], ids=["exact", "default"])


def values(args):
    return tree_map(Value, args)


@pytest.mark.slow
@FUNCTION
@EXACT
def test_results_are_the_same_without_jit(f, args, exact):
    wanted = tree_map(lambda y: y if isinstance(y, Value) else Value(y), f(*values(args)))
    compiled = jit(f, exact=exact)
    for arguments in (args, values(args), args):
        results = compiled(*arguments)
        same_shape(results, wanted)
        assert all(isinstance(y, Value) for y in leaves(results))
        if exact:
            assert [x.hex() for x in flat_numbers(results)] == [
                x.hex() for x in flat_numbers(wanted)
            ]
        else:
            assert flat_numbers(results) == pytest.approx(
                flat_numbers(wanted), nan_ok=True, **CLOSE
            )


@pytest.mark.slow
@FUNCTION
@EXACT
def test_grads_are_the_same_without_jit(f, args, exact):
    compiled = jit(f, exact=exact)
    for output in range(len(leaves(f(*values(args))))):
        grads = []
        for function in (f, compiled, compiled):
            inputs = values(args)
            y = leaves(function(*inputs))[output]
            if isinstance(y, Value):
                y.backward()
            grads.append([x.grad for x in leaves(inputs)])
        assert grads[1] == grads[2]
        assert grads[1] == (grads[0] if exact else pytest.approx(grads[0], nan_ok=True, **CLOSE))


def test_a_decorator_keeps_the_name_and_takes_options():
    @jit(exact=True)
    def area(w, h):
        """The area."""
        return w * h

    assert (area.__name__, area.__doc__, area.exact) == ("area", "The area.", True)
    assert area(2.0, h=3.0).data == 6.0
    assert str(area.lower(2.0, h=3.0).program) == "t0 = mul x0, x1\nreturn t0"
    assert "define" in area.lower(2.0, h=3.0).ir
    assert area.lower(2.0, h=3.0).asm


def test_no_grad_makes_leaves():
    with no_grad():
        y = jit(lambda x: x * x)(Value(3.0))
    assert (y.data, y.inputs) == (9.0, ())


# ------------------------------------------------------------------------------------ parameters


def test_parameters_get_grads_and_may_change_between_calls():
    w, b = Value(2.0), Value(1.0)
    f = jit(lambda x: w * x + b)
    for data, wanted in ((2.0, 7.0), (5.0, 16.0), (-1.0, -2.0)):
        w.data, w.grad, b.grad = data, 0.0, 0.0
        y = f(3.0)
        y.backward()
        assert (y.data, w.grad, b.grad) == (wanted, 3.0, 1.0)
    assert len(f.specialisations) == 1


def test_backward_adds_to_the_grads():
    w = Value(2.0)
    f = jit(lambda x: w * x)
    for _ in range(2):
        f(3.0).backward()
    assert w.grad == 6.0


def test_a_value_as_argument_and_as_parameter():
    w = Value(2.0)
    f = jit(lambda x: x * w * w)
    y = f(w)
    y.backward()
    assert (y.data, w.grad) == (8.0, 12.0)
    assert f(Value(3.0)).data == 12.0


def test_one_value_twice_among_the_arguments():
    x = Value(3.0)
    jit(lambda x, y: x * y + y)(x, x).backward()
    assert x.grad == 7.0


def test_backward_differentiates_at_the_numbers_of_its_call():
    w = Value(2.0)
    f = jit(lambda x: w * w * x)
    y, _ = f(1.0), f(100.0)
    w.data = 5.0
    y.backward()
    assert w.grad == 4.0


def test_a_value_made_inside_is_a_constant():
    f = jit(lambda x: x * Value(3.0) + Value(1.0))
    x = Value(2.0)
    f(x).backward()
    assert (f(x).data, x.grad) == (7.0, 3.0)


@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu", "sigmoid"])
def test_a_model(activation):
    model = MLP(2, [4, 1], activation=activation)
    f = jit(lambda x, y: (model(x) - y) ** 2)
    grads = []
    for function in (f.f, f):
        model.zero_grad()
        out = function([0.5, -0.25], 1.0)
        out.backward()
        grads.append([out.data, *[p.grad for p in model.parameters()]])
    assert grads[1] == pytest.approx(grads[0], **CLOSE)


# ------------------------------------------------------------------------------- kinds of arguments


def test_an_argument_that_is_not_a_number_is_static():
    calls = []

    @jit
    def f(x, how, flag=True, model=None):
        calls.append(how)
        y = x.tanh() if how == "tanh" else x * 2.0
        y = y if flag else -y
        return model([y]) if model else y

    one, other = MLP(1, [1]), MLP(1, [1])
    x = 0.5
    assert f(x, "tanh").data == pytest.approx(math.tanh(0.5), **CLOSE)
    assert [f(x, "two").data, f(x, "two", False).data, f(x, "two", True).data] == [1.0, -1.0, 1.0]
    for model in (one, other, one):
        assert f(x, "two", model=model).data == pytest.approx(model([1.0]).data, **CLOSE)
    assert calls == ["tanh", "two", "two", "two", "two", "two"]


def test_arrays():
    def f(a, x):
        return [sum(w * y for w, y in zip(row, x)) for row in a]

    a, x = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([10.0, 1.0])
    compiled = jit(f)
    assert flat_numbers(compiled(a, x)) == [12.0, 34.0]
    assert flat_numbers(compiled(a.astype(np.float32), x.astype(int))) == [12.0, 34.0]
    assert flat_numbers(jit(lambda x: x * 2.0)(x)) == [20.0, 2.0]
    assert flat_numbers(jit(lambda x: x @ x)(x)) == [101.0]
    assert jit(lambda x: x * 2.0)(np.float64(1.5)).data == 3.0
    assert flat_numbers(compiled(a[:1], x)) == [12.0]


@pytest.mark.parametrize("x", [1.0, 2, np.float32(1.0), np.int64(3), np.array(2.0)], ids=repr)
def test_kinds_of_numbers(x):
    assert jit(lambda x: x * 2.0)(x).data == float(x) * 2.0


def test_each_shape_is_compiled():
    f = jit(lambda xs: sum(xs, 0.0))
    assert [f([1.0] * n).data for n in (1, 2, 3, 2, 1)] == [1.0, 2.0, 3.0, 2.0, 1.0]
    assert len(f.specialisations) == 3


def test_results_that_are_not_numbers_stay_as_they_are():
    results = jit(lambda x: {"name": "double", "none": None, "flag": True, "y": 2.0 * x})(1.5)
    assert (results["name"], results["none"], results["flag"], results["y"].data) == (
        "double",
        None,
        True,
        3.0,
    )


# ------------------------------------------------------------------------------------- derivatives


def poly(x, y):
    return x * x * y + (x * y).sin() + exp(y)


def vector(xs):
    return xs[0] * xs[1] + xs[1].tanh() * xs[2] ** 2


def two(xs):
    return [xs[0] * xs[1], xs[1].exp() * xs[0]]


# fmt: off
DERIVATIVES = {  # name: (transform, function, arguments)
    "grad":             (grad, poly, (0.5, 1.5)),
    "grad by both":     (lambda f: grad(f, (0, 1)), poly, (0.5, 1.5)),
    "grad by y":        (lambda f: grad(f, 1), poly, (0.5, 1.5)),
    "value and grad":   (value_and_grad, vector, ([0.5, 1.5, -2.0],)),
    "grad of grad":     (lambda f: grad(grad(f)), poly, (0.5, 1.5)),
    "third":            (lambda f: grad(grad(grad(f))), poly, (0.5, 1.5)),
    "mixed":            (lambda f: grad(grad(f, 0), 1), poly, (0.5, 1.5)),
    "jacobian":         (jacobian, two, ([0.5, 1.5],)),
    "hessian":          (hessian, vector, ([0.5, 1.5, -2.0],)),
    "of grads":         (lambda f: lambda x: sum(g * g for g in grad(f)(x)), vector,
                         ([0.5, 1.5, -2.0],)),
}
# fmt: on


@pytest.mark.parametrize("transform, f, args", DERIVATIVES.values(), ids=DERIVATIVES)
@pytest.mark.parametrize(
    "compiled",
    [
        lambda transform, f: transform(jit(f)),
        lambda transform, f: jit(transform(f)),
        lambda transform, f: jit(transform(jit(f))),
        lambda transform, f: transform(jit(f, exact=True)),
    ],
    ids=["of jit", "jit of", "jit of jit", "of exact"],
)
def test_derivatives_of_jit_and_jit_of_derivatives(compiled, transform, f, args):
    wanted = transform(f)(*args)
    results = compiled(transform, f)(*args)
    same_shape(results, wanted)
    assert flat_numbers(results) == pytest.approx(flat_numbers(wanted), **CLOSE)


def test_a_derivative_is_a_float_for_numbers_and_a_value_for_values():
    f = jit(lambda x: x**3)
    assert type(grad(f)(2.0)) is float
    x = Value(2.0)
    slope = grad(f)(x)
    slope.backward()
    assert (slope.data, x.grad) == (12.0, 12.0)


def test_jit_in_jit_is_a_call():
    w = Value(2.0)
    inner = jit(lambda x: w * x)
    outer = jit(lambda x: inner(x) + inner(x * x))
    outer(3.0).backward()
    assert (outer(3.0).data, w.grad, len(inner.specialisations)) == (24.0, 12.0, 0)


def test_create_graph_through_a_compiled_result_is_refused():
    from micrograd.engine import gradients

    x = Value(2.0)
    y = jit(lambda x: x**3)(x)
    assert gradients(y, [x]) == [12.0]
    with pytest.raises(GraphError, match="is compiled, so its gradient has no graph"):
        gradients(y, [x], create_graph=True)


# ------------------------------------------------------------------------------------------- vmap

SIZES = pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 17])


def rows(size):
    return [[0.1 * i - 0.4, 0.3 - 0.07 * i] for i in range(size)]


@SIZES
@pytest.mark.parametrize("kind", [list, np.array], ids=["lists", "arrays"])
def test_vmap_equals_a_loop(size, kind):
    def f(x, y, w):
        return {"a": x[0] * w + x[1].tanh() * y, "b": [x[0], y]}

    ys = [1.0 + i for i in range(size)]
    results = vmap(f)(kind(rows(size)), kind(ys), 10.0)
    loop = [f([Value(a) for a in x], y, 10.0) for x, y in zip(rows(size), ys)]
    assert results["a"].tolist() == pytest.approx([y["a"].data for y in loop], **CLOSE)
    assert results["b"][0].tolist() == [x[0] for x in rows(size)]
    assert results["b"][1].tolist() == ys


@pytest.mark.parametrize("order", [*permutations(range(3))], ids=str)
def test_vmap_of_arguments_that_are_shared_now_and_then(order):
    """Whether all examples share an argument is no fact of one example."""
    f = vmap(lambda x, w: 10.0 * x + w)
    calls = [([1.0, 2.0, 3.0], 5.0), (5.0, [1.0, 2.0, 3.0]), ([1.0, 2.0, 3.0], [3.0, 2.0, 1.0])]
    wanted = [[15.0, 25.0, 35.0], [51.0, 52.0, 53.0], [13.0, 22.0, 31.0]]
    for i in (*order, *order):
        assert f(*calls[i]).tolist() == wanted[i]
    assert len(f.specialisations) == 3


@SIZES
@pytest.mark.parametrize("jitted", [False, True])
def test_vmap_with_parameters(size, jitted):
    model = MLP(2, [4, 1], activation="tanh")
    score = vmap(jit(model) if jitted else model)
    for _ in range(2):
        wanted = [model(x).data for x in rows(size)]
        assert score(rows(size)).tolist() == pytest.approx(wanted, **CLOSE)
        model.layers[0].neurons[0].w[0].data += 1.0
    assert len(score.specialisations) == 1


@pytest.mark.parametrize(
    "transform, f", [(grad, vector), (value_and_grad, vector), (hessian, vector), (jacobian, two)]
)
def test_vmap_of_derivatives(transform, f):
    xs = [[0.5, 1.5, -2.0], [1.0, 0.25, 0.5], [-0.5, 0.0, 3.0]]
    loop = [flat_numbers(transform(f)(x)) for x in xs]
    for function in (transform(f), transform(jit(f))):
        results = [y.tolist() for y in leaves(vmap(function)(xs))]
        flat = [x for example in zip(*results) for x in example]
        assert flat == pytest.approx([x for example in loop for x in example], **CLOSE)


@pytest.mark.parametrize(
    "as_examples",
    [
        lambda rows: rows,
        lambda rows: tuple(map(tuple, rows)),
        lambda rows: np.array(rows),
        lambda rows: [np.array(row) for row in rows],
        lambda rows: [[row[0], row[1].data] for row in rows],
    ],
    ids=["lists", "tuples", "an array", "arrays", "some Values"],
)
@pytest.mark.parametrize("jitted", [False, True])
def test_vmap_of_values_passes_grads_back(as_examples, jitted):
    def f(x, w):
        return [x[0] * w, x[0].tanh() * x[1]]

    examples = [[Value(0.5), Value(2.0)], [Value(-1.0), Value(3.0)]]
    products, others = vmap(jit(f) if jitted else f)(as_examples(examples), 10.0)
    assert [y.data for y in products] == [5.0, -10.0]
    (sum(products) + sum(others)).backward()
    for x, y in examples:
        assert x.grad == pytest.approx(10.0 + (1.0 - math.tanh(x.data) ** 2) * y.data)


ON_ROWS = {  # functions of one row of an array, and NumPy's results for all rows
    "scaled": (lambda v: v * 2, lambda X: X * 2),
    "doubled": (lambda v: v + v, lambda X: X + X),
    "powers": (lambda v: v**2, lambda X: X**2),
    "sum": (lambda v: v.sum(), lambda X: X.sum(axis=1)),
    "product": (lambda v: v @ v, lambda X: (X * X).sum(axis=1)),
    "outer": (lambda v: v[:, None] * v, lambda X: X[:, :, None] * X[:, None, :]),
    "grad": (grad(lambda v: (v**3).sum()), lambda X: 3.0 * X**2),
    "grad by index": (grad(lambda v: v[0] * v[1]), lambda X: X[:, ::-1]),
    "hessian": (hessian(lambda v: v[0] * v[1]), lambda X: np.array([[[0, 1], [1, 0]]] * len(X))),
    "lists": (lambda v: [v[0], v * 2], lambda X: [X[:, 0], X * 2]),
}


@pytest.mark.parametrize("f, of_all", ON_ROWS.values(), ids=ON_ROWS)
@pytest.mark.parametrize("examples", [np.array, lambda X: list(map(np.array, X))])
@pytest.mark.parametrize("jitted", [False, True])
def test_a_row_of_an_array_is_an_array(f, of_all, examples, jitted):
    X = examples(rows(5))
    mapped = vmap(jit(f) if jitted else f)
    for results in (mapped(X), jit(lambda X: mapped(X))(X)):
        for result, wanted in zip(leaves([results]), leaves([of_all(np.array(X))]), strict=True):
            assert np.asarray(result, float) == pytest.approx(wanted, **CLOSE)
            assert np.shape(result) == wanted.shape


def test_a_row_of_a_list_is_a_list():
    assert len(vmap(lambda row: row * 2)(rows(4))) == 4


def test_vmap_of_ragged_rows():
    with pytest.raises(ValueError, match="rows of equally many numbers"):
        vmap(lambda x: x[0])([[1.0, 2.0], [3.0]])


def test_vmap_in_jit_is_unrolled():
    f = jit(lambda xs, w: sum(vmap(lambda x, w: x * w)(xs, w)))
    w = Value(3.0)
    y = f([1.0, 2.0, 4.0], w)
    y.backward()
    assert (y.data, w.grad) == (21.0, 7.0)


def test_vmap_of_no_examples():
    assert vmap(lambda x, w: x * w)(np.zeros(0), 2.0).shape == (0,)


@pytest.mark.parametrize(
    "args, message",
    [
        (([1.0, 2.0], [1.0, 2.0, 3.0]), "The arguments of vmap have 2 and 3 examples"),
        ((1.0, 2.0), "vmap got no argument with an axis of examples"),
    ],
)
def test_vmap_refuses(args, message):
    with pytest.raises(ShapeError, match=message):
        vmap(lambda *xs: xs[0])(*args)


# ----------------------------------------------------------------------------------------- refusals


def backward_inside(x, p):
    y = p * x
    y.backward()
    return y


def set_data(x, p):
    y = p * x
    p.data = 7.0
    return y


def set_grad(x, p):
    y = p * x
    p.grad = 1.0
    return y


EQUAL = r"cannot be compared by == or !=.*Write equal\(x, y\), which is 1\.0 or 0\.0"
TRUTH = "a traced number is neither true nor false"
INDEX = r"a traced number cannot index a list.*Write take\(table, i\)"
NUMBER = r"a traced number has no value yet.* such as exp\(x\) instead of math\.exp\(x\)\."
CHANGE = "it cannot change anything"

# fmt: off
WRONG = {  # name: (function of a traced number and a parameter, what is message)
    "if":              (lambda x, p: x if x > 0 else -x, TRUTH),
    "if equal":        (lambda x, p: x if x == 1.0 else -x, EQUAL),
    "equal":           (lambda x, p: where(x == 1.0, x * x, x), EQUAL),
    "not equal":       (lambda x, p: where(x != 1, x * x, x), EQUAL),
    "equal, NumPy":    (lambda x, p: where(np.float64(1.0) == x, x * x, x), EQUAL),
    "equal parameter": (lambda x, p: where(x == p, x * x, x), EQUAL),
    "parameter equal": (lambda x, p: where(p != x, x * x, x), EQUAL),
    "equal in a list": (lambda x, p: x if x in [1.0, 2.0] else -x, EQUAL),
    "if parameter":    (lambda x, p: x if p * x > 0 else -x, TRUTH),
    "and":             (lambda x, p: x and p, TRUTH),
    "not":             (lambda x, p: not x, TRUTH),
    "max":             (lambda x, p: max(x, 0.0), TRUTH),
    "float":           (lambda x, p: float(x), NUMBER),
    "float of result": (lambda x, p: float(x * p), NUMBER),
    "int":             (lambda x, p: int(x), NUMBER),
    "round":           (lambda x, p: round(x), NUMBER),
    "math":            (lambda x, p: math.exp(x), NUMBER),
    "data":            (lambda x, p: x.data * 2.0, NUMBER),
    "grad":            (lambda x, p: x.grad, NUMBER),
    "data of result":  (lambda x, p: (x * p).data, NUMBER),
    "item":            (lambda x, p: (x * p).item(), NUMBER),
    "print":           (lambda x, p: print(x), NUMBER),
    "format":          (lambda x, p: f"{x}" and x, NUMBER),
    "format result":   (lambda x, p: f"{x * p:.3f}" and x, NUMBER),
    "index":           (lambda x, p: [1.0, 2.0][x], INDEX),
    "range":           (lambda x, p: sum(range(x)), INDEX),
    "data set":        (lambda x, p: setattr(x, "data", 1.0), CHANGE),
    "zero_grad":       (lambda x, p: x.zero_grad(), CHANGE),
    "backward":        (backward_inside, CHANGE),
}
# fmt: on


@pytest.mark.parametrize("f, message", WRONG.values(), ids=WRONG)
def test_a_trace_error_says_what_to_write(f, message, capsys):
    p = Value(3.0)
    with pytest.raises(TraceError, match=f"(?s)^at test_jitting.py:\\d+ in .*{message}"):
        jit(lambda x: f(x, p))(2.0)
    assert (p.data, p.grad) == (3.0, 0.0)
    assert jit(lambda x: x * p)(2.0).data == 6.0  # and nothing is left behind
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("f", [set_data, set_grad])
def test_a_changed_parameter_is_restored(f):
    p = Value(3.0)
    with pytest.raises(TraceError, match=CHANGE):
        jit(lambda x: f(x, p))(2.0)
    assert (p.data, p.grad) == (3.0, 0.0)


@pytest.mark.parametrize("transform", [jit, lambda f: grad(jit(f)), lambda f: jit(grad(f))])
def test_a_tensor_of_pytorch_is_refused(transform):
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match=r"got a Tensor. Pass x.detach\(\).numpy\(\)"):
        transform(lambda x: x.sum())(torch.ones(2))


def test_a_label_in_a_traced_function_is_left_out():
    def f(x, name):
        y = x * 2.0
        y.label = name
        return y if y.label == "y" and not (x + y).label else -y

    assert f(Value(3.0), "y").data == jit(f)(3.0, "y").data == 6.0
    assert f(Value(3.0), "z").data == jit(f)(3.0, "z").data == -6.0


def test_a_tracer_stored_outside_is_refused():
    stored = []

    @jit
    def f(x):
        stored.append(x)
        return x * 2.0

    f(1.0)
    for use in (lambda: stored[0] + 1.0, lambda: jit(lambda y: y * stored[0])(1.0)):
        with pytest.raises(TraceError, match="was used after the call that made it"):
            use()


def test_a_row_that_cannot_be_compiled_raises():
    from micrograd import Op

    branchy = Op("branchy", "branchy({})", lambda x: x if x > 0 else 0.0, (lambda x, out: 1.0,))
    with pytest.raises(TraceError, match="branchy cannot be compiled"):
        jit(lambda x: branchy(x))(1.0)


def test_a_users_row_is_compiled_by_its_forward():
    from micrograd import Op

    square = Op("square", "square({})", lambda x: x * x, (lambda x, out: 2.0 * x,))
    x = Value(3.0)
    y = jit(lambda x: square(x) + 1.0)(x)
    y.backward()
    assert (y.data, x.grad) == (10.0, 6.0)


def test_an_error_in_the_function_is_passed_on():
    with pytest.raises(ZeroDivisionError):
        jit(lambda x: x * (1 / 0))(1.0)
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        jit(lambda x, y: x)(1.0)


# ----------------------------------------------------------------------------------------- threads


def test_two_threads_call_one_function():
    """Each gets its own results, also if both call it for the first time."""
    f = jit(lambda x, w: sum((tanh(x * w + i) for i in range(50)), x))
    wrong, ready = [], threading.Barrier(4)

    def work(start):
        ready.wait()
        for i in range(100):
            x, w = Value(start + 0.01 * i), Value(0.5)
            y = f(x, w)
            y.backward()
            g = grad(f, 0)(x.data, 0.5) if i == 0 else x.grad
            wanted = sum(math.tanh(x.data * 0.5 + k) for k in range(50)) + x.data
            slope = 1.0 + sum(0.5 * (1.0 - math.tanh(x.data * 0.5 + k) ** 2) for k in range(50))
            # 1 - tanh² loses digits, 50 times 2e-16 at most
            if (
                abs(y.data - wanted) > 1e-12 * 50
                or max(abs(x.grad - slope), abs(g - slope)) > 1e-12
            ):
                wrong.append((y.data, wanted, x.grad, slope, g))

    threads = [threading.Thread(target=work, args=(float(k),)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_trace_in_one_thread_leaves_the_other_alone():
    """Ops of another thread do not get into the program."""
    inside, done, results = threading.Event(), threading.Event(), []

    def other():
        inside.wait(10)
        results.append((Value(2.0) * Value(3.0)).data)
        done.set()

    def f(x):
        inside.set()
        done.wait(10)
        return x * 2.0

    thread = threading.Thread(target=other)
    thread.start()
    assert jit(f)(1.0).data == 2.0
    thread.join()
    assert results == [6.0]


# ---------------------------------------------------------------------------- found by first users


def test_a_result_is_an_ordinary_node():
    x = Value(0.5)
    y = jit(lambda x: x * x)(x)
    z = (y + x) * y
    z.backward()
    assert (y.data, z.data, x.grad, y.inputs) == (0.25, 0.1875, 4 * 0.5**3 + 3 * 0.25, (x,))


def test_programs_with_the_same_text_and_different_inputs_are_two_entries():
    assert jit(lambda x: x.exp())(0.0).data == 1.0
    assert jit(lambda x, y: x.exp())(0.0, 5.0).data == 1.0


def test_no_grad_inside_sends_no_grads_back():
    w, x, also_x = Value(2.0), Value(3.0), Value(3.0)

    def f(x):
        with no_grad():
            z = x * w
        return z * x

    f(x).backward()
    jit(f)(also_x).backward()
    assert (also_x.grad, w.grad) == (x.grad, 0.0) == (6.0, 0.0)
    assert grad(jit(f))(3.0) == 6.0


def test_no_grad_around_the_first_call_affects_that_call_alone():
    w = Value(2.0)
    f = jit(lambda x: w * x)
    with no_grad():
        assert f(3.0).inputs == ()
    f(3.0).backward()
    assert w.grad == 3.0


def test_an_input_that_is_not_a_number_is_refused():
    with pytest.raises(TypeError, match="unsupported operand"):
        jit(lambda x: x ** "2")(3.0)


def test_a_map_takes_any_number_of_examples():
    double = vmap(lambda x: x * 2.0)
    for count in (3, 1, 200, 0, 7):
        assert double(np.arange(count)).tolist() == [2.0 * i for i in range(count)]


def test_maps_of_maps_have_an_axis_each():
    X = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    double = vmap(vmap(lambda x: x * 2.0))
    inside = [[y.data for y in row] for row in jit(double)(X)]
    assert double(X).tolist() == inside == [[2.0, 4.0, 6.0], [8.0, 10.0, 12.0]]


def test_a_map_gives_the_same_nest_inside_and_outside():
    mapped = vmap(lambda row: {"a": row[0], "b": [row[1], 1.0]})
    X = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    inside = jit(lambda X: mapped(X))(X)
    outside = mapped(X)
    assert [float(x) for x in inside["a"]] == outside["a"].tolist() == [1.0, 3.0, 5.0]
    assert [float(x) for x in inside["b"][0]] == outside["b"][0].tolist() == [2.0, 4.0, 6.0]


def test_the_jacobian_of_a_map():
    assert jacobian(vmap(lambda x: x * x))([1.0, 2.0]) == [[2.0, 0.0], [0.0, 4.0]]


def test_a_method_can_be_compiled():
    class Model:
        def __init__(self, w):
            self.w = Value(w)

        @jit
        def __call__(self, x):
            return self.w * x

    assert (Model(2.0)(3.0).data, Model(5.0)(3.0).data) == (6.0, 15.0)


def test_detect_anomaly_sees_compiled_results():
    with detect_anomaly(), pytest.raises(FloatingPointError):
        jit(lambda x: x.log())(Value(0.0))


def test_a_large_int_is_infinite():
    assert jit(lambda x: x * 1.0)(10**400).data == math.inf


def test_compile_graph_computes_the_graph_with_other_leaves():
    a, b = Value(2.0), Value(3.0)
    replay = compile_graph((a * b + 1.0).tanh() * a, [a, b], exact=True)
    assert replay(a, b).data == ((a * b + 1.0).tanh() * a).data
    out = replay(a, 0.5)
    out.backward()
    assert (out.data, a.grad) == value_and_grad(lambda a: (a * 0.5 + 1.0).tanh() * a)(2.0)
    with pytest.raises(TypeError, match="this graph takes 2 inputs, got 1"):
        replay(1.0)


def test_a_result_frees_its_call_at_once():
    model = [Value(1.0), Value(2.0)]
    y, _ = jit(lambda x: [model[0] * x, model[1] * x])(Value(3.0))
    y.backward()
    call = weakref.ref(y.op.invocation)
    gc.disable()
    del y, _
    try:
        assert call() is None
    finally:
        gc.enable()


def test_a_result_is_copied_but_not_pickled():
    result = jit(lambda x: x * x)(Value(3.0))
    twin = copy.deepcopy(result + 1.0)
    twin.backward()
    assert twin.data == 10.0
    assert twin.inputs[0].inputs[0].grad == 6.0
    with pytest.raises(TypeError, match="cannot be written to a file: it refers to machine code"):
        pickle.dumps(result)


def test_a_compiled_op_is_written_as_a_call():
    op = jit(lambda x, y: x * y)(Value(2.0), Value(3.0)).op
    assert op.template == f"{op.name}({{}}, {{}})"


def test_a_vmap_of_no_examples_within_a_jit_is_empty():
    assert jit(lambda x: [vmap(lambda z: z * x)([]), x * 2.0])(3.0)[0] == []


class Endless(Module):
    """A model whose call is part of itself."""

    def __init__(self):
        self.w = Value(0.5)

    def __call__(self, x):
        return self(x) + self.w


@part
def endless_part(x):
    return endless_part(x * 2.0)


def endless(x):
    return x * endless(x)


def endless_step(loss):
    model = Endless()
    return compile_step(loss, model, SGD(model.parameters(), lr=0.1))


RECURSIONS = {  # name: (the function that the error names, a call)
    "jit": ("endless", lambda: jit(endless)(1.0)),
    "jit of grad": ("endless", lambda: jit(grad(endless))(1.0)),
    "vmap": ("endless", lambda: vmap(endless)([1.0, 2.0])),
    "a part": ("endless_part", lambda: jit(endless_part)(1.0)),
    "a module": ("__call__", lambda: endless_step(lambda m, x: m(x))([1.0])),
    "a loss": ("endless", lambda: endless_step(lambda m, x: endless(m.w * x))([1.0])),
}


@pytest.mark.parametrize("name", RECURSIONS)
def test_a_recursion_without_end_is_refused_in_a_sentence(name):
    function, call = RECURSIONS[name]
    with pytest.raises(TraceError) as error:
        call()
    text = str(error.value)
    assert re.match(rf"While it was traced, (Endless\.)?{function} ran \d+ times within", text)
    assert "write a loop" in text
    assert error.value.__suppress_context__  # a thousand lines of traceback say nothing more


class Cell(Module):
    """A model that computes f(itself, w * x)."""

    def __init__(self, f):
        self.w, self.f, self.state = Value(0.5), f, 1.0

    def __call__(self, x):
        return self.f(self, self.w * x)


def kept(cell, h):
    cell.state = cell.state * 0.5 + h
    return cell.state


def counted(cell, h):
    cell.state += 1.0
    return h * cell.state


STATEFUL_OR_BRANCHING = {  # name: (what a model returns, what the error says)
    "state between calls": (kept, "`state` of a Cell would change"),
    "a counter": (counted, "`state` of a Cell would change"),
    "a list or a number": (lambda c, h: [h, h] if h > 0 else h, "neither true nor false"),
    "a length by a result": (lambda c, h: [h] * int(h), "has no value yet"),
    "a length by a parameter": (lambda c, h: [h] * int(c.w.data * 4), "reads the data or the grad"),
}


@pytest.mark.parametrize("name", STATEFUL_OR_BRANCHING)
def test_a_step_refuses_a_model_that_depends_on_its_past_or_on_data(name):
    f, message = STATEFUL_OR_BRANCHING[name]
    model = Cell(f)
    loss = lambda m, x: sum(m(x)) if isinstance(m(x), list) else m(x) + m(x)  # noqa: E731
    step = compile_step(loss, model, SGD(model.parameters(), lr=0.1))
    with pytest.raises(TraceError, match=message):
        step([1.0, 2.0])
    assert (model.state, model.w.data) == (1.0, 0.5)
