"""Rolled exports compute what the eager engine computes: each kind of module is traced once.

Rule: models of a few parameters are rolled here. Outputs and gradients are compared with those of
Values, as in test_export.py, and steps with those of the unrolled program.
"""

import random

import numpy as np
import pytest

from micrograd import MLP, Value, fit, nn, optim
from micrograd.export import array_function, arrays_of, to_source, write_source
from micrograd.export.dialects import DIALECTS
from micrograd.export.function import WINDOWS
from micrograd.nn import Module
from micrograd.transforms import outside
from tests.support.onnx_sessions import session_of
from tests.support.rolled import FAMILIES, Own, numbers
from tests.test_export import (
    MODELS,
    Exported,
    assert_close,
    check_with_jax,
    check_with_torch,
    columns,
)
from tests.test_export_c import CALLED, Compiled, needs_a_compiler, to_c

pytestmark = pytest.mark.usefixtures("rolled")
CONVOLUTIONS = [name for name in MODELS if "convolution" in name or "image" in name]
NOT_ROLLED = {
    "a maximum of patches": WINDOWS,
    **dict.fromkeys(CONVOLUTIONS, WINDOWS),
}


def rolled_source(exported, name, dialect):
    """Return a model's rolled text, in which each result has a row for each example."""
    targets = DIALECTS[dialect]
    function = array_function(exported.f, exported.model, [exported.shape], targets)
    assert function.why_unrolled == NOT_ROLLED.get(name, "")
    return write_source(function, targets, by_row=True)


@pytest.mark.parametrize("name", MODELS)
def test_numpy_computes_the_outputs(name):
    exported = Exported(name)
    f = rolled_source(exported, name, "numpy").compile()
    assert_close(columns(f(arrays_of(exported.model), exported.X)), exported.outputs)


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_jax_computes_outputs_and_gradients(name, jax):
    exported = Exported(name)
    check_with_jax(jax, rolled_source(exported, name, "jax").compile(), exported)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_torch_computes_outputs_and_gradients(name):
    pytest.importorskip("torch")
    exported = Exported(name)
    check_with_torch(rolled_source(exported, name, "torch").compile(), exported)


@needs_a_compiler
@pytest.mark.slow
@pytest.mark.parametrize("name", CALLED)
def test_c_computes_the_outputs(name, tmp_path):
    exported = Exported(name)
    program = Compiled(to_c(exported.model, tmp_path / "model.c", exported.shape))
    found = np.array([program.outputs(row) for row in exported.X])
    assert_close(found, exported.outputs)


@pytest.mark.parametrize("name", CALLED)
def test_onnx_is_a_file(name, tmp_path):
    pytest.importorskip("onnx")
    from micrograd.export import to_onnx

    exported = Exported(name)
    path = to_onnx(exported.model, tmp_path / "model.onnx", exported.shape, "float32")
    session = session_of(path)
    results = columns(session.run(None, {"x": exported.X.astype("float32")}))
    largest = max(np.abs(exported.outputs).max(), 1.0)
    assert np.abs(results - exported.outputs).max() <= 1e-5 * largest  # as in test_export.py


# ------------------------------------------------------------------------- when it is not rolled


def unrolled_reason(f, model, shapes):
    return array_function(f, model, shapes, DIALECTS["numpy"]).why_unrolled


def call(model, x):
    return model(x)


# Its first entry is read and written, and then put back, so that a trace may do so. It has more
# entries than are compared at each call, so that only the check of the results finds this.
COUNTER = [0] * (outside.LARGEST + 1)


class Counting(Module):
    """A module whose result depends on how often it was called, which no trace can see."""

    def __init__(self):
        self.w = Value(0.5)

    def __call__(self, x):
        COUNTER[0] += 1
        return self.w * x[0] * COUNTER[0]


class TwoCounting(Module):
    def __init__(self):
        self.parts = [Counting(), Counting()]

    def __call__(self, x):
        COUNTER[0] = 0
        first, second = (part(x) for part in self.parts)
        COUNTER[0] = 0
        return first + 10.0 * second


def test_a_rolled_program_of_other_numbers_is_not_used():
    model, numpy = TwoCounting(), DIALECTS["numpy"]
    function = array_function(call, model, [(1,)], numpy)
    assert function.why_unrolled.startswith("a result would be ")
    f = write_source(function, numpy, by_row=True).compile()
    assert f(arrays_of(model), np.array([[2.0]])) == pytest.approx([1.0 + 20.0])


def test_unroll_is_a_reason():
    function = array_function(call, MLP(2, [3]), [(2,)], DIALECTS["numpy"], unroll=True)
    assert function.why_unrolled == "unroll=True, or grads are wanted"


def test_a_small_function_is_traced_number_by_number(monkeypatch):
    monkeypatch.undo()
    assert unrolled_reason(call, MLP(2, [3]), [(2,)]) == "it is small"


def test_what_numbers_cannot_check_is_not_rolled():
    def above_one_hundred(model, x):
        return model([(x[0] - 1000.0) ** 0.5])  # a complex number where floats are checked

    reason = unrolled_reason(above_one_hundred, MLP(1, [2]), [(1,)])
    assert reason == "its results cannot be computed with plain numbers, which would check them"


def test_tokens_are_found_for_the_check():
    model = nn.GPT(vocabulary=5, context=4, size=4, heads=2, layers=1)
    assert unrolled_reason(call, model, [(4,)]) == ""


def test_the_text_of_a_network_is_that_of_the_unrolled_one():
    """The kernels are the same, so the matrices are."""
    model = MLP(2, [3, 2])
    found = to_source(model, (2,))
    unrolled = array_function(call, model, [(2,)], DIALECTS["numpy"], unroll=True)
    assert found == str(write_source(unrolled, DIALECTS["numpy"], by_row=True))


@pytest.mark.parametrize("dialect", ["numpy", "jax", "torch"])
@pytest.mark.parametrize("family", FAMILIES)
def test_own_op_of_a_family(family, dialect):
    """It is written as what it computes, and not as the family's."""
    model, X = Own(family, "of one form"), numbers(3, 2)
    function = array_function(call, model, [(2,)], DIALECTS[dialect])
    assert function.why_unrolled == ""
    text = str(write_source(function, DIALECTS[dialect], by_row=True))
    assert not {"take", "**"} & set(text.split())
    numpy = array_function(call, model, [(2,)], DIALECTS["numpy"])
    source = write_source(numpy, DIALECTS["numpy"], by_row=True)
    wanted = [[model(x).data for x in X.tolist()]]
    assert_close(source.compile()(arrays_of(model), X), wanted)


class AttentionToParameters(Module):
    """Attention among rows that are parameters, as in the loss of one text."""

    def __init__(self):
        self.rows = [[Value(random.gauss(0.0, 1.0)) for _ in range(8)] for _ in range(5)]
        self.attention = nn.CausalSelfAttention(8, 2)

    def __call__(self, factor):
        return [[y * factor for y in row] for row in self.attention(self.rows)]


def test_attention_to_parameters_needs_no_table():
    model, X = AttentionToParameters(), np.array([0.5])
    function = array_function(call, model, [()], DIALECTS["numpy"])
    source = write_source(function, DIALECTS["numpy"], by_row=True)
    words = [word for _, words in source.steps for word in words]
    assert function.why_unrolled == "" and words.count("matrix product") == 4
    assert not {word for word in words if word.startswith(("take", "concatenate"))}
    wanted = [[y.data for y in row] for row in model(0.5)]
    assert_close(source.compile()(arrays_of(model), X)[0], wanted)


# -------------------------------------------------------------------------------- fit on JAX


def squared(model, x, y):
    outputs = model(x)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    return sum((output - y) ** 2 for output in outputs)


def squared_of_batch(model, X, y):
    return sum((row[0] - t) ** 2 for row, t in zip(model(X), y)) / len(y)


TEACHER = MLP(3, [4, 1])


def taught(model, x, y):
    return (model(x) - TEACHER(x)) ** 2 + 0.0 * y


STEPS = {  # the loss, the model, and options of fit
    "a network": (squared, lambda: MLP(3, [4, 1]), {}),
    "minibatches": (squared, lambda: MLP(3, [4, 1]), {"batch_size": 3}),
    "clipping and a penalty": (
        squared,
        lambda: MLP(3, [4, 1]),
        {"clip": 0.1, "penalty": lambda model: 0.1 * sum(p * p for p in model.parameters())},
    ),
    "dropout": (squared, lambda: nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5)), {}),
    "running statistics": (
        squared_of_batch,
        lambda: nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1)),
        {"per_example": False},
    ),
    "a whole batch": (
        squared_of_batch,
        lambda: nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1)),
        {"per_example": False},
    ),
    "other Values": (taught, lambda: MLP(3, [4, 1]), {}),
}


def trained(name, **patch):
    """Return the losses of a run on JAX, and the parameters after it."""
    loss, make, options = STEPS[name]
    random.seed(3)
    model = make()
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(8, 3)), rng.normal(size=8)
    sgd = lambda parameters: optim.SGD(parameters, lr=0.05)  # noqa: E731
    settings = {"optimizer": sgd, "steps": 4, "progress": False, **options, **patch}
    history = fit(model, loss, X, y, **settings)
    return [*history.losses, *[p.data for p in model.parameters()]]


@pytest.mark.slow
@pytest.mark.parametrize("name", STEPS)
def test_steps_on_jax_are_those_of_machine_code(name):
    pytest.importorskip("jax")
    assert np.allclose(trained(name, engine="jax"), trained(name), rtol=1e-12, atol=1e-12)
