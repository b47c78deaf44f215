"""Exports at the edges: names of any kind, derivatives at jumps, far numbers, and whole numbers.

Rule: a target computes what the eager engine does, or refuses with our sentence. Text that a target
writes must parse, whatever the names in the model are.
"""

import math

import numpy as np
import pytest

from micrograd import Value, nn, ops
from micrograd.export import arrays_of, load_arrays, to_jax, to_onnx, to_source, to_torch
from micrograd.export.dialects import DIALECTS
from micrograd.export.layout import layout_of
from micrograd.export.source import source_of
from micrograd.ops import OPS
from tests.test_export import Empty


class Named(nn.Module):
    """A row of weights under any name, or the key of a dict, and another one beside it."""

    def __init__(self, name):
        self.rest = {name: [Value(2.0), Value(-3.0)]}
        vars(self)[name] = [Value(0.25), Value(0.5)]
        self.rows = (vars(self)[name], self.rest[name])

    def __call__(self, x):
        (a, b), (c, d) = self.rows
        return [ops.tanh(x[0] * a + x[1] * b + c), x[0] * d]


X = np.array([[1.0, 2.0], [0.5, -0.3], [3.0, 1.0]])


def run_numpy(model):
    names = {}
    exec(to_source(model, (2,)), names)
    return names["f"](arrays_of(model), X)


def run_jax(model):
    pytest.importorskip("jax")
    f, parameters = to_jax(model)
    result = f(parameters, X)
    load_arrays(model, parameters)
    return result


def run_torch(model):
    torch = pytest.importorskip("torch")
    return to_torch(model, input=(2,))(torch.tensor(X)).detach()


def run_onnx(model, path):
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    return runtime.InferenceSession(to_onnx(model, path, (2,))).run(None, {"x": X.astype("f4")})[0]


# names that a target has given away, and those that text must quote
NAMES = ["x", "y", "y0", "p", "f", "np", "t1", "c0", "class", "for", "int", "w", "naïve", "a/b"]
NAMES += ['q"uote', "it's", "back\\slash", "new\nline", "*/", "{0}", "%s", "", "*"]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_parameters_may_have_any_name(name, tmp_path, jax):
    model = Named(name)
    wanted = np.array([[y.data for y in model(row)] for row in X.tolist()])
    assert np.allclose(run_numpy(model), wanted, rtol=1e-13)
    assert np.allclose(run_jax(model), wanted, rtol=1e-13)
    assert np.allclose(run_onnx(model, tmp_path / "model.onnx"), wanted, rtol=1e-5)
    if name:
        assert np.allclose(run_torch(model), wanted, rtol=1e-13)


@pytest.mark.parametrize("name", ["type", "half", "training", "forward", "_parameters", ""])
def test_a_name_that_pytorch_has_given_away_is_refused(name):
    pytest.importorskip("torch")
    with pytest.raises(ValueError, match=f"cannot have a parameter called '.*{name}'.*Rename"):
        to_torch(Named(name), input=(2,))


def uneven_and_dotted():
    model = Empty()
    model.w = [[Value(1.0)], [Value(2.0), Value(3.0)]]
    vars(model)["w.0"] = [Value(4.0)]
    return model


def keys_with_dots():
    model = Empty()
    model.heads = {"a.b": [Value(1.0)], "a": {"b": [Value(2.0)]}}
    return model


def stars():
    model = Empty()
    model.neurons = [nn.Neuron(2), nn.Neuron(2)]
    vars(model)["neurons.*"] = nn.Neuron(2)
    return model


@pytest.mark.parametrize("make", [uneven_and_dotted, keys_with_dots, stars])
def test_two_parameters_of_one_name_are_refused(make):
    """One of them would be lost, and count as a constant."""
    with pytest.raises(ValueError, match="Two parameters of the model are called"):
        layout_of(make())


# --------------------------------------------------------------------------------------- numbers

ONE = [name for name, op in OPS.items() if len(op.partials) == 1 and name not in ("log", "sqrt")]
TWO = ["maximum", "minimum", "add", "mul", "sub"]
PLACES = {1: [[0.0], [-0.0], [1.0], [-30.0]], 2: [[0.0, -0.0], [1.0, 1.0], [-2.0, -2.0]]}


@pytest.mark.parametrize("name", [*ONE, *TWO])
def test_derivatives_at_jumps_and_ties_are_those_of_the_row(name, jax):
    """To 1e-15: far below 0 some frameworks round a derivative like 1e-13 to a multiple of that."""
    torch = pytest.importorskip("torch")
    inputs = len(OPS[name].partials)
    f = {
        dialect: source_of(
            lambda _, x: OPS[name](*x), Empty(), [(inputs,)], DIALECTS[dialect]
        ).compile()
        for dialect in ("jax", "torch")
    }
    for place in PLACES[inputs]:
        values = list(map(Value, place))
        OPS[name](*values).backward()
        wanted = [value.grad for value in values]
        x = torch.tensor([place], requires_grad=True, dtype=torch.float64)
        y = f["torch"]({}, x).sum()
        y = y + 0.0 * x.sum()  # a constant has no grad
        y.backward()
        gradient = jax.grad(lambda x: f["jax"]({}, x).sum())(jax.numpy.array([place]))
        assert np.allclose(gradient[0], wanted, rtol=1e-14, atol=1e-15), place
        assert np.allclose(x.grad[0], wanted, rtol=1e-14, atol=1e-15), place


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_sigmoid_keeps_its_digits_far_below_0(dialect, jax):
    torch = pytest.importorskip("torch")
    arrays = {"numpy": np.asarray, "jax": jax.numpy.asarray, "torch": torch.tensor}[dialect]
    source = source_of(lambda _, x: ops.log(ops.sigmoid(x[0])), Empty(), [(1,)], DIALECTS[dialect])
    numbers = [[-700.0], [-40.0], [-1.0], [0.0], [40.0]]
    found = source.compile()({}, arrays(np.array(numbers)))
    assert np.allclose(found, [math.log(ops.sigmoid(x)) for (x,) in numbers], rtol=1e-13)


EXPONENTS = [0, 1, 2, 3, -1, 0.5, 2**31, 1e300, math.inf, -math.inf, math.nan]


@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_power_has_any_exponent(dialect, exponent, jax):
    torch = pytest.importorskip("torch")
    arrays = {"numpy": np.asarray, "jax": jax.numpy.asarray, "torch": torch.tensor}[dialect]
    source = source_of(lambda _, x: x[0] ** exponent, Empty(), [(1,)], DIALECTS[dialect])
    numbers = [[0.0], [0.5], [1.0], [1.5]]
    with np.errstate(all="ignore"):
        found = np.broadcast_to(source.compile()({}, arrays(np.array(numbers))), 4)
    assert np.allclose(found, [ops.pow(x, exponent) for (x,) in numbers], equal_nan=True)


class Differences(nn.Module):
    def __call__(self, x):
        return [x[0] - x[1], -x[0] * 100.0, x[0] * x[1]]


@pytest.mark.parametrize("kind", ["uint8", "int8", "int64", "bool"])
def test_whole_numbers_do_not_wrap_around(kind, jax):
    """As pixels are: 1 - 2 is 255 in uint8."""
    torch = pytest.importorskip("torch")
    rows = np.array([[0, 1], [1, 100], [100, 100]]).astype(kind)
    wanted = [Differences()(row) for row in rows.astype(float).tolist()]
    f, parameters = to_jax(Differences())
    assert np.asarray(f(parameters, rows)).tolist() == wanted
    assert to_torch(Differences())(torch.tensor(rows)).tolist() == wanted


class Steps(nn.Module):
    def __call__(self, x):
        return [ops.step(y) for y in x]


def test_a_step_of_nan_is_nan_in_onnx(tmp_path):
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(to_onnx(Steps(), tmp_path / "model.onnx", (4,)))
    (found,) = session.run(None, {"x": np.array([[math.nan, 1.0, 0.0, -1.0]], "f4")})
    assert np.array_equal(found, [[math.nan, 1.0, 0.0, 0.0]], equal_nan=True)
