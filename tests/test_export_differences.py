"""The last table of "Take a model elsewhere", which says what differs there, is true row by row.

Rule: a row is a test here, under the words of its first cell, and no row of the page is missing.
"""

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest

from micrograd import MLP, Value, errors, jit, nn, ops
from micrograd.export import (
    FORMATS,
    arrays_of,
    export_file,
    to_jax,
    to_onnx,
    to_source,
    to_torch,
)
from micrograd.export.dialects import DIALECTS
from micrograd.export.source import call_model, source_of
from tests.support.onnx_sessions import session_of
from tests.test_export_c import COMPILERS, Function, compiled, unspoken, written

pytestmark = pytest.mark.slow
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
torch = pytest.importorskip("torch")
ROW = [1.0, 2.0]


@pytest.fixture(autouse=True)
def folder(jax, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


def text(dialect, asarray):
    """Return a function that computes a model of one row, by its text in the dialect."""

    def compute(model, row):
        source = source_of(call_model, model, [np.shape(row)], DIALECTS[dialect])
        arrays = {name: asarray(array) for name, array in arrays_of(model).items()}
        result = source.compile()(arrays, asarray(np.array([row])))
        return np.asarray(result)[0]

    return compute


def in_jax(model, row):
    import jax

    return text("jax", jax.numpy.asarray)(model, row)


def in_onnx(model, row, dtype="float64"):
    path = to_onnx(model, "model.onnx", np.shape(row), dtype)
    session = session_of(path)
    return session.run(None, {"x": np.array([row], dtype)})[0][0]


def in_c(model, row):
    if not COMPILERS:
        pytest.skip("there is no C compiler here")
    outputs = compiled(model, Path("net.c").absolute(), np.shape(row)).outputs(row)
    return outputs if len(outputs) > 1 else outputs[0]


THERE = {
    "numpy": text("numpy", np.asarray),
    "torch": text("torch", torch.tensor),
    "jax": in_jax,
    "onnx": in_onnx,
    "c": in_c,
}


class Entries(nn.Module):
    """An entry of a list by an index: of parameters, or of what was computed of them."""

    def __init__(self, computes):
        self.w, self.computes = [Value(1.0), Value(2.0), Value(4.0)], computes

    def __call__(self, x):
        entries = [w * x[1] for w in self.w] if self.computes else self.w
        return ops.take(entries, x[0])


KINDS = [Entries(False), Entries(True)]


def modes_are_refused():
    for layer in (nn.Dropout(0.5), nn.BatchNorm1d(3)):
        model = nn.Sequential(nn.Linear(2, 3), layer)
        for compute in THERE.values():
            with pytest.raises((errors.TraceError, errors.ShapeError), match=r"eval\(\)"):
                compute(model, ROW)
            compute(model.eval(), ROW)
            model.train()


def other_values_are_constants():
    scale = Value(3.0)
    model = Function(lambda x: x[0] * scale)
    shown = {}
    exec(to_source(model, (2,)), shown)
    scale.data = 5.0
    assert model(ROW).data == 5.0
    assert shown["f"]({}, np.array([ROW])) == [3.0]


def an_index_between_is_cut():
    for model in KINDS:
        with pytest.raises(IndexError):
            model([1.5, 1.0])
        assert math.isnan(jit(model)([1.5, 1.0]).data)
        for name, compute in THERE.items():
            found = compute(model, [1.5, 1.0])
            assert math.isnan(found) if name == "c" else found == 2.0


def a_token_that_is_not_there_gives_nan():
    model = nn.Sequential(nn.Embedding(5, 3))
    for index, (name, compute) in itertools.product((1.5, -1.0, 5.0), THERE.items()):
        with pytest.raises(IndexError):
            model([index])
        assert np.isnan(compute(model, [index])).all(), name


def an_index_outside_is_never_another_entry():
    refusal = r"out of bounds|out of data bounds|Out of range"
    for model, index in itertools.product(KINDS, (3.0, -4.0, math.nan, math.inf, -math.inf)):
        row = [index, 1.0]
        with pytest.raises(IndexError):
            model(row)
        assert math.isnan(jit(model)(row).data)
        assert math.isnan(in_jax(model, row))
        assert math.isnan(in_c(model, row))
        for name in ("numpy", "torch", "onnx"):
            with pytest.raises(Exception, match=refusal), np.errstate(invalid="ignore"):
                THERE[name](model, row)


def an_index_below_0_counts_from_the_end():
    for model in KINDS:
        assert in_jax(model, [-1.0, 1.0]) == THERE["numpy"](model, [-1.0, 1.0]) == 4.0
        assert math.isnan(in_c(model, [-1.0, 1.0]))
    with pytest.raises(RuntimeError, match="out of bounds"):
        THERE["torch"](KINDS[1], [-1.0, 1.0])


def an_infinity_spreads():
    model = nn.CausalSelfAttention(4, 1)
    rows = np.ones((6, 4))
    rows[5] = math.inf
    found = THERE["numpy"](model, rows.tolist())
    assert all(math.isfinite(y.data) for y in model(rows.tolist())[1])
    assert np.isnan(found[1]).all()


def equal_numbers_share_a_grad():
    xs = [Value(1.0) for _ in range(3)]
    ops.maximum(ops.maximum(xs[0], xs[1]), xs[2]).backward()
    assert [x.grad for x in xs] == [0.25, 0.25, 0.5]
    model = Function(lambda x: ops.maximum(ops.maximum(x[0], x[1]), x[2]))
    f = source_of(call_model, model, [(3,)], DIALECTS["torch"]).compile()
    x = torch.ones(1, 3, dtype=torch.float64, requires_grad=True)
    f({}, x).sum().backward()
    assert x.grad.tolist() == [pytest.approx([1 / 3] * 3, rel=1e-15)]


def a_power_of_0_has_a_derivative():
    import jax

    def derivatives(y):
        """Return those of 0 ** y with respect to 0 and to y: ours, PyTorch's and JAX's."""
        model = Function(lambda x: x[0] ** x[1])
        xs = [Value(0.0), Value(y)]
        model(xs).backward()
        row = torch.tensor([[0.0, y]], dtype=torch.float64, requires_grad=True)
        to_torch(model)(row).sum().backward()
        f, parameters = to_jax(model)
        grads = jax.grad(lambda row: f(parameters, row)[0])(np.array([[0.0, y]]))
        return [x.grad for x in xs], row.grad[0].tolist(), grads[0].tolist()

    for y, ours in ((2.0, [0.0, 0.0]), (0.0, [0.0, 0.0]), (-1.0, [-math.inf, -math.inf])):
        here, pytorch, there = derivatives(y)
        assert here == pytorch == ours
        assert [math.isnan(grad) for grad in there] == [y == 0.0, y < 0.0]


def a_name_is_taken():
    model = Function(lambda x: x[0] * model.type[0])
    model.type = [Value(2.0)]
    with pytest.raises(ValueError, match="'type' means something else"):
        to_torch(model, input=(2,))
    keyword = Function(lambda x: x[0] * vars(keyword)["class"][0])
    vars(keyword)["class"] = [Value(2.0)]
    with pytest.raises(ValueError, match="'class' means something else"):
        export_file(keyword, "model.pt2", (2,))


def the_default_is_float32():
    single = {ending for ending, known in FORMATS.items() if known.dtype == "float32"}
    assert single == {".onnx", ".pt2", ".stablehlo"}


def factors_are_roundable():
    import jax

    f, parameters = to_jax(MLP(4, [3, 2]))
    for precision, count in ((None, 0), ("highest", 2)):
        with jax.default_matmul_precision(precision):
            text = jax.jit(f).lower(parameters, np.ones((2, 4), "float32")).as_text()
            assert text.count("precision = [HIGHEST, HIGHEST]") == count


def gelu_is_in_float32():
    for op in (ops.gelu, ops.erf):
        model = Function(lambda x, op=op: op(x[0]))
        # 2**-24 for each of some dozen roundings
        assert in_onnx(model, [0.5], "float32") == pytest.approx(op(0.5), rel=1e-5)
        with pytest.raises(Exception, match="NOT_IMPLEMENTED"):
            in_onnx(model, [0.5])


def digits_are_lost_near_0():
    for op, x in ((ops.elu, -1e-9), (ops.softplus, -25.0)):
        model = Function(lambda xs, op=op: op(xs[0]))
        assert THERE["numpy"](model, [x]) == pytest.approx(op(x), rel=1e-14)
        assert in_onnx(model, [x]) != pytest.approx(op(x), rel=1e-9, abs=0.0)
        assert in_onnx(model, [x]) == pytest.approx(op(x), rel=0.0, abs=1e-15)


def a_sigmoid_is_rough():
    model = Function(lambda x: ops.sigmoid(x[0]))
    found = in_onnx(model, [-40.0])
    assert found == 0.0 < ops.sigmoid(-40.0)
    assert in_onnx(model, [0.3]) == pytest.approx(ops.sigmoid(0.3), abs=1e-7)


def windows_are_a_convolution_in_float32():
    onnx = pytest.importorskip("onnx")
    model, image = nn.Conv1d(1, 2, 3), np.arange(5.0).reshape(1, 5)
    wanted = np.array([[y.data for y in row] for row in model(image.tolist())])
    for dtype in ("float32", "float64"):
        # 2**-24 for each of some roundings of numbers below 10
        assert np.abs(in_onnx(model, image, dtype) - wanted).max() < 1e-5
        kinds = {node.op_type for node in onnx.load("model.onnx").graph.node}
        assert ("Conv" in kinds) == (dtype == "float32")


def zeros_of_the_padding_are_left_out():
    model, image = nn.Conv1d(1, 1, 3, padding=1), np.ones((1, 4))
    model.weight[0][0][0].data = math.inf
    assert math.isnan(model(image.tolist())[0][0].data)
    assert math.isfinite(in_jax(model, image)[0][0])
    assert math.isfinite(in_c(model, image)[0])


def small_numbers_are_0():
    model = Function(lambda x: x[0] * 0.5)
    assert in_jax(model, [1e-309]) == 0.0 < THERE["numpy"](model, [1e-309])


def one_output_is_a_column():
    module = to_torch(MLP(2, [3, 1]), structural=True)
    assert module(torch.tensor([ROW], dtype=torch.float64)).shape == (1, 1)
    assert isinstance(MLP(2, [3, 1])(ROW), Value)


def own_ops_are_replaced():
    for compute in THERE.values():
        # the sigmoid within is onnxruntime's: see above
        found = compute(Function(lambda x: written(x[0])), [0.7])
        assert found == pytest.approx(written(0.7), abs=1e-7)
        with pytest.raises(errors.TraceError, match="unspoken"):
            compute(Function(lambda x: unspoken(x[0])), [0.7])


# fmt: off
DIFFERENCES = {
    "layers such as Dropout and BatchNorm1d":        modes_are_refused,
    "numbers of Values that are not the model's":    other_values_are_constants,
    "an index that is not a whole number":           an_index_between_is_cut,
    "an index outside its table":                    an_index_outside_is_never_another_entry,
    "an index below 0":                              an_index_below_0_counts_from_the_end,
    "an index that `nn.Embedding` does not have":    a_token_that_is_not_there_gives_nan,
    "three or more equal numbers in a maximum":      equal_numbers_share_a_grad,
    "the derivative of `x ** y` at x = 0 where y ≤ 0": a_power_of_0_has_a_derivative,
    "a name such as `type`, in a `.pt2` file also `class`": a_name_is_taken,
    "float32":                                       the_default_is_float32,
    "products of float32 by `to_jax`, on a GPU or a TPU": factors_are_roundable,
    "`gelu` and `erf` in ONNX":                      gelu_is_in_float32,
    "`elu` and `softplus` in ONNX":                  digits_are_lost_near_0,
    "`sigmoid` in ONNX":                             a_sigmoid_is_rough,
    "`Conv1d` and `Conv2d` in ONNX": windows_are_a_convolution_in_float32,
    "a weight that is infinite or nan, in a padded convolution": zeros_of_the_padding_are_left_out,
    "numbers below about 1e-308":                    small_numbers_are_0,
    "an infinity in the scores of causal attention": an_infinity_spreads,
    "a network of one output, `structural=True`":    one_output_is_a_column,
    "an op of your own":                             own_ops_are_replaced,
}
# fmt: on


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_it_differs_as_the_page_says(difference):
    DIFFERENCES[difference]()


def test_every_row_of_the_page_is_tested():
    page = Path(__file__).parents[1] / "docs" / "how-to" / "export_a_model.md"
    table = page.read_text(encoding="utf-8").partition("## What differs there")[2]
    _, *cells = re.findall(r"^\| (.*?) ?\|", table, re.MULTILINE)  # under the head
    assert cells == list(DIFFERENCES)
