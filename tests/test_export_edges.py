"""Exports at the edges: names of any kind, derivatives at jumps, far numbers, and whole numbers.

Rule: a target computes what the eager engine does, or refuses with our sentence. Text that a target
writes must parse, whatever the names in the model are.
"""

import copy
import io
import keyword
import math
from contextlib import nullcontext
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest

from micrograd import MLP, Value, fit, nn, ops
from micrograd.errors import TraceError
from micrograd.export import (
    arrays_of,
    export_file,
    load_arrays,
    to_c,
    to_jax,
    to_onnx,
    to_source,
    to_torch,
)
from micrograd.export.dialects import DIALECTS
from micrograd.export.function import number_of
from micrograd.export.jax_function import jax_precision
from micrograd.export.layout import even_arrays, layout_of
from micrograd.export.source import source_of
from micrograd.export.text import Text, TextTarget
from micrograd.export.unsupported import with_line
from micrograd.ops import OPS
from micrograd.transforms import State as StateOfCode
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


@pytest.mark.parametrize("name", ["class", "None", "async", "self", "_guards_fn", "match", "x"])
def test_a_file_of_pytorch_can_be_read_again_or_is_refused(name, tmp_path):
    torch, model = pytest.importorskip("torch"), Named(name)
    path = tmp_path / "model.pt2"
    if keyword.iskeyword(name) or name in ("self", "_guards_fn"):
        with pytest.raises(ValueError, match=f"a parameter called '.*{name}.*Rename the attribute"):
            export_file(model, path, (2,))
        assert not path.exists()
    else:
        export_file(model, path, (2,), dtype="float64")
        module = torch.export.load(path).module()
        assert torch.equal(module(torch.tensor(X)), to_torch(model)(torch.tensor(X)))


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
    """They may differ by 1e-15: some frameworks round a derivative of 1e-13 to multiples of it."""
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


# ---------------------------------------------------------------------- text that a person writes


class Curve(nn.Module):
    def __init__(self):
        self.a, self.b = Value(0.5), Value(-1.0)
        self.w = [Value(0.25), Value(2.0)]

    def forward(self, x):
        return self.a * x[0] ** 2 + self.w[1] * x[1] + self.b


class State(nn.Module):
    def __init__(self):
        self.u, self.w = Value(0.5), Value(0.7)

    def forward(self, x):
        state = ops.tanh(self.u * x[0])
        return ops.tanh(self.w * state + self.u * x[1])


class Distances(nn.Module):
    """Weights of two centres by the distance to each: a softmax of negative squares."""

    def __init__(self):
        self.c = [[Value(0.5), Value(1.0)], [Value(-1.0), Value(0.0)]]

    def forward(self, x):
        weights = [(-sum((u - v) ** 2 for u, v in zip(x, c))).exp() for c in self.c]
        total = sum(weights)
        return {"near": [weight / total for weight in weights]}


TEXTS = {  # a model in single numbers: the function that a person would write in NumPy
    "a curve": (
        Curve,
        """\
def f(p, x):
    t1 = x[:, 0] ** 2
    t2 = p["b"] + p["a"] * t1 + p["w"][1] * x[:, 1]
    return t2
""",
    ),
    "a state": (
        State,
        """\
import numpy as np


def f(p, x):
    t1 = p["u"] * x[:, 0]
    t2 = np.tanh(t1)
    t3 = p["w"] * t2 + p["u"] * x[:, 1]
    t4 = np.tanh(t3)
    return t4
""",
    ),
    "distances": (
        Distances,
        """\
import numpy as np


def f(p, x):
    t1 = x.reshape(-1, 1, 2) - p["c"]
    t2 = t1.reshape(-1, 4) ** 2
    t3 = t2.reshape(-1, 2, 2)[:, :, 0] + t2.reshape(-1, 2, 2)[:, :, 1]
    t4 = -t3
    t5 = np.exp(t4)
    t6 = t5[:, 0] + t5[:, 1]
    t7 = t5 / t6.reshape(-1, 1)
    return {"near": t7}
""",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_is_what_a_person_would_write(name):
    make, wanted = TEXTS[name]
    assert to_source(make(), (2,)) == wanted


def test_a_network_of_one_output_is_three_lines():
    lines = to_source(nn.MLP(2, [3, 1], activation="tanh"), (2,)).splitlines()
    assert lines[-3:] == [
        "    t2 = np.tanh(t1)",
        '    t3 = p["layers.1.neurons.0.b"] + t2 @ p["layers.1.neurons.0.w"]',
        "    return t3",
    ]


def test_a_matrix_is_not_transposed_twice():
    assert ".T.T" not in to_source(nn.Embedding(5, 3), ())
    assert 't1 @ p["weight"]\n' in to_source(nn.Embedding(5, 3), ())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_text_imports_what_it_names(dialect):
    for model in (Curve(), State(), nn.GELU(), nn.Embedding(5, 3)):
        text = to_source(model, (2,), dialect)
        imported = [line.split()[-1] for line in text.splitlines() if line.startswith("import")]
        code = "\n".join(line for line in text.splitlines() if not line.startswith("import"))
        named = {name for name in ("np", "jnp", "jax", "torch", "math") if f"{name}." in code}
        named -= {"np"} if "np." not in code.replace("jnp.", "") else set()
        assert set(imported) == named


# ------------------------------------------------------------ outputs that depend on no input


class Fixed(nn.Module):
    """A model whose output does not depend on the example."""

    def __init__(self, f):
        self.w, self.f = [Value(0.5), Value(2.0)], f

    def forward(self, x):
        return self.f(self.w)


FIXED = {
    "a parameter": lambda w: w[1],
    "parameters": lambda w: w,
    "computed": lambda w: w[0] * w[1],
    "a number": lambda w: 3.0,
    "numbers": lambda w: [3.0, 4.0],
    "both": lambda w: [w[0], 4.0],
}


def numbers_of(y):
    return [numbers_of(each) for each in y] if isinstance(y, list) else getattr(y, "data", y)


@pytest.mark.parametrize("name", FIXED)
def test_an_output_that_depends_on_no_input_has_a_row_for_each_example(name, tmp_path, jax):
    model = Fixed(FIXED[name])
    wanted = np.array([numbers_of(model(row)) for row in X.tolist()])
    for found in (run_numpy(model), run_jax(model), run_torch(model)):
        assert np.array_equal(np.asarray(found), wanted)
    assert np.array_equal(run_onnx(model, tmp_path / "model.onnx"), wanted)


# -------------------------------------------------------------------------- results without numbers


class Returning(nn.Module):
    def __init__(self, result):
        self.w, self.result = Value(2.0), result

    def __call__(self, x):
        return self.result


EMPTY = [[], {}, (), [[], []], {"a": [], "b": ()}]
# fmt: off
TARGETS = {  # how each is called with a model of two inputs, and a path without an ending
    "to_source": lambda model, path: to_source(model, (2,)),
    "to_jax":    lambda model, path: to_jax(model)[0](arrays_of(model), X),
    "to_torch":  lambda model, path: to_torch(model, (2,)),
    "to_onnx":   lambda model, path: to_onnx(model, f"{path}.onnx", (2,)),
    "to_c":      lambda model, path: to_c(model, f"{path}.c", (2,)),
    **{ending:   lambda model, path, ending=ending: export_file(model, f"{path}{ending}", (2,))
       for ending in (".py", ".stablehlo", ".pt2")},
}
# fmt: on


def test_a_result_that_is_no_number_is_refused():
    with pytest.raises(TypeError) as refusal:
        number_of("a")
    assert str(refusal.value) == (
        "The function returned 'a', and an exported function returns numbers alone. Return a "
        "number, or lists, tuples and dicts of numbers."
    )


def test_a_contraction_of_one_array_along_no_axis_is_the_array():
    array = Text("a", (2, 3))
    target = TextTarget(DIALECTS["numpy"], Text("x", (3,)))
    assert target.contract([array], ["ea"], "ea") is array and target.lines == []


def test_an_error_of_no_line_stays_as_it_is():
    error = TraceError("no spelling")
    assert with_line(error, lambda recorder: None, StateOfCode(gammas), OPS.values()) is error


def test_arrays_of_unequal_shapes_are_arrays_of_their_own():
    first, second = (np.array([[Value(0.5)] * n] * 2, object) for n in (2, 3))
    pairs = [*even_arrays("w", [first, second])]
    assert [(name, array.shape) for name, array in pairs] == [("w.0", (2, 2)), ("w.1", (2, 3))]


@pytest.mark.parametrize("dtype, is_double", [("float64", True), ("float32", False)])
def test_jax_before_0_8_has_its_precision_elsewhere(dtype, is_double, monkeypatch):
    old = SimpleNamespace(default_matmul_precision=lambda name: nullcontext())
    enable = Mock(side_effect=lambda is_on: nullcontext())
    experimental = SimpleNamespace(enable_x64=enable)
    monkeypatch.setattr("micrograd.export.jax_function.require", lambda *_: experimental)
    with jax_precision(old, dtype):
        enable.assert_called_once_with(is_double)


@pytest.mark.parametrize("result", EMPTY, ids=repr)
@pytest.mark.parametrize("target", TARGETS)
def test_a_result_without_numbers_is_refused(target, result, tmp_path):
    for package in ("jax", "onnx", "torch"):
        pytest.importorskip(package)
    with pytest.raises(ValueError, match=r"has no number in it.* Return at least one number"):
        TARGETS[target](Returning(result), tmp_path / "model")
    assert not list(tmp_path.iterdir())


# --------------------------------------------------------------------------- ops without a spelling


gamma = ops.Op("gamma", "gamma({})", math.gamma, (None,))
sketch = ops.Op("sketch", "sketch({})", lambda x: x + gamma(x), (None,))


def gammas(x):
    return [x[0] * 2.0, gamma(x[1])]  # the line


class OfGamma(nn.Module):
    """A model whose op has no spelling, applied in a line of the user's, or in a layer of ours."""

    def __init__(self, apply):
        self.w, self.apply = Value(2.0), apply

    def __call__(self, x):
        return self.apply([self.w * x[0], x[1]])


IN_A_LINE = {  # how the op is applied: the words of the line that is named
    "a function": (gammas, "in gammas: return [x[0] * 2.0, gamma(x[1])]  # the line"),
    "an op of it": (lambda x: sketch(x[0]), "in <lambda>: "),
    "a layer of ours": (nn.Sequential(nn.Linear(2, 1), lambda xs: gamma(xs[0])), "in <lambda>: "),
}


@pytest.mark.parametrize("name", IN_A_LINE)
@pytest.mark.parametrize("target", TARGETS)
def test_the_line_of_an_op_without_a_spelling_is_named(target, name, tmp_path):
    for package in ("jax", "onnx", "torch"):
        pytest.importorskip(package)
    apply, line = IN_A_LINE[name]
    with pytest.raises(TraceError) as caught:
        TARGETS[target](OfGamma(apply), tmp_path / "model")
    where, what = str(caught.value).split("\n")
    assert where.startswith("at test_export_edges.py:") and line in where
    assert "cannot be compiled, because its row does not compute with ops. Write its" in what


def test_an_op_within_a_layer_of_ours_has_no_line(monkeypatch):
    monkeypatch.setitem(ops.OPS, "gamma", gamma)
    with pytest.raises(TraceError, match=r"\Agamma cannot be compiled"):
        to_source(MLP(2, [1], activation="gamma", output_activation="gamma"), (2,))


def test_fit_on_jax_names_the_line_of_an_op_without_a_spelling():
    pytest.importorskip("jax")
    loss = lambda model, x, y: gamma(model(x) - y)  # noqa: E731
    with pytest.raises(TraceError, match=r"\Aat test_export_edges.py:\d+ in <lambda>: loss = "):
        fit(MLP(2, [1]), loss, X, X[:, 0], steps=1, engine="jax", progress=False)


# -------------------------------------------------------------------------------- copies of modules


def through_a_file(torch, module):
    content = io.BytesIO()
    torch.save(module, content)
    content.seek(0)
    return torch.load(content, weights_only=False)


COPIES = {"a file": through_a_file, "a copy": lambda torch, module: copy.deepcopy(module)}


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("shape", [None, (2,)])
def test_a_module_of_pytorch_is_copied_with_its_numbers(name, shape):
    torch = pytest.importorskip("torch")
    module, rows = to_torch(MLP(2, [3, 1]), shape), torch.tensor(X)
    with torch.no_grad():
        for p in module.parameters():
            p += 1.0  # the numbers of now, not those of the model
    other = COPIES[name](torch, module.eval())
    assert torch.equal(other(rows), module(rows)) and not other.training
    assert list(other.state_dict()) == list(module.state_dict())
    with torch.no_grad():
        next(other.parameters()).zero_()
    assert not torch.equal(other(rows), module(rows))
