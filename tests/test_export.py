"""Exports compute what the eager engine computes: models x dialects, rows and gradients.

Rule: outputs and gradients are compared in float64. NumPy, JAX and PyTorch may add up in another
order and have other functions, each within a few units in the last place: 1e-12 of the largest.
"""

import random

import numpy as np
import pytest

from micrograd import MLP, Value, errors, losses, nn, no_grad, ops
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
from micrograd.export.dialects import DIALECTS, NUMPY
from micrograd.export.layout import layout_of
from micrograd.export.source import call_model, source_of
from micrograd.export.views import Step, shape_after, view
from micrograd.graph import topological_order
from micrograd.support.nest import leaves
from tests.support.differential import Case
from tests.support.onnx_sessions import session_of

ROWS = 5
ONE_INPUT = ["exp", "expm1", "sin", "cos", "tanh", "sigmoid", "softplus", "relu", "leaky_relu"]
ONE_INPUT += ["elu", "gelu", "erf", "abs", "step", "sign", "detach"]


def pooled(model, x):
    convolution, linear = model.steps
    return linear([sum(leaves(image)) for image in convolution(x)])


def with_statistics():
    """Return a model whose batch norm has seen some batches, in evaluation mode."""
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    for _ in range(3):
        model([[random.gauss(0.0, 1.0) for _ in range(3)] for _ in range(8)])
    return model.eval()


class Picks(nn.Module):
    """A row of a table by one index, and by another one of numbers of all kinds."""

    def __init__(self):
        self.rows = [[Value(random.random()) for _ in range(2)] for _ in range(11)]
        self.w = [Value(random.random()) for _ in range(11)]

    def __call__(self, x):
        mixed = [x[0] * self.w[0], self.w[1], 0.5, *(x[0] for _ in range(8))]
        entries = [x[0] * w for w in self.w]
        return [*ops.take(self.rows, x[1]), ops.take(mixed, x[2]), ops.take(entries, x[3])]


class Mirror(nn.Module):
    """Each number times a weight from the other end, less another; and a constant."""

    def __init__(self):
        self.w = [Value(random.random()) for _ in range(4)]

    def __call__(self, x):
        ends = [-(x[i] * self.w[3 - i]) - x[3 - i] for i in range(4)]
        return [*ends, 1.5]


class Repeats(nn.Module):
    """Sums in which a product stands several times, also with constants or alone in a row."""

    def __init__(self):
        self.w = [Value(random.random()) for _ in range(3)]

    def __call__(self, x):
        product = x[0] * self.w[0]
        often = [sum([product] * (n + 2), x[n]) for n in range(3)]
        counted = [sum([1.5 + w for w in self.w[: n + 1]], x[n] * self.w[n]) for n in range(3)]
        return [*often, *counted]


class Twice(Repeats):
    def __call__(self, x):
        return [x[1] + x[0] * self.w[0] + self.w[0] * x[0]]


class BothOrders(Repeats):
    """A parameter times a number, and the number times the parameter."""

    def __call__(self, x):
        return [self.w[0] * x[0] + self.w[1] * x[1], x[0] * self.w[0] + 0.0]


class RunningSums(nn.Module):
    """Sums of all that came before: of numbers times a constant, and the largest of them."""

    def __init__(self):
        self.w = [Value(random.random()) for _ in range(4)]

    def __call__(self, x):
        halves = [sum([0.5 * y for y in x[: n + 1]], self.w[n]) for n in range(4)]
        products = [sum([y * self.w[0] for y in x[: n + 1]]) for n in range(4)]
        mixed = [losses.greatest([*x[: n + 1], self.w[n]]) for n in range(4)]
        return [*halves, *products, *mixed]


def weigh(model, x):
    """Return the outputs times weights that pass no grads back."""
    with no_grad():
        weights = losses.softmax(model(x))
    return [w * y for w, y in zip(weights, model(x))]


# name: (how the model is made, the shape of an example, what is computed of it)
MODELS = {
    "a network": (lambda: MLP(2, [16, 16, 1]), (2,), call_model),
    "one neuron": (lambda: MLP(3, [1]), (3,), call_model),
    **{
        f"a network of {name}": (
            lambda name=name: MLP(3, [5, 4], activation=name),
            (3,),
            call_model,
        )
        for name in ONE_INPUT
    },
    "log_softmax": (lambda: MLP(6, [5, 4]), (6,), lambda m, x: losses.log_softmax(m(x))),
    "softmax": (lambda: MLP(4, [6, 3]), (4,), lambda m, x: losses.softmax(m(x))),
    "a layer norm": (
        lambda: nn.Sequential(nn.Linear(6, 8), nn.LayerNorm(8), ops.tanh, nn.Linear(8, 3)),
        (6,),
        call_model,
    ),
    "results without grad": (lambda: MLP(3, [5, 4]), (3,), weigh),
    "an RMS norm": (lambda: nn.Sequential(nn.Linear(6, 8), nn.RMSNorm(8)), (6,), call_model),
    "a GRU": (lambda: nn.GRU(3, 5), (4, 3), lambda m, x: m(x)[1]),
    "an RNN": (lambda: nn.RNN(3, 5), (4, 3), call_model),
    "a convolution": (lambda: nn.Conv2d(2, 3, 3, stride=2, padding=1), (2, 7, 7), call_model),
    "a convolution of a line": (lambda: nn.Conv1d(2, 3, 3), (2, 9), call_model),
    "a convolution of a padded line": (
        lambda: nn.Conv1d(2, 3, 4, stride=2, padding=3),
        (2, 9),
        call_model,
    ),
    "a network of convolutions": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 2, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(2, 3, 3, padding=1),
            nn.Tanh(),
            nn.Flatten(),
            nn.Linear(27, 2),
        ),
        (1, 6, 6),
        call_model,
    ),
    "pooled images": (
        lambda: nn.Sequential(nn.Conv2d(1, 4, 3), nn.Linear(4, 3)),
        (1, 6, 6),
        pooled,
    ),
    "a neuron": (lambda: nn.Neuron(3), (3,), call_model),
    "a layer": (lambda: nn.Layer(3, 4), (3,), call_model),
    "a batch norm": (with_statistics, (3,), call_model),
    "dropout": (
        lambda: nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 2)).eval(),
        (3,),
        call_model,
    ),
    "a maximum of patches": (
        lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.MaxPool2d(2)),
        (1, 6, 6),
        call_model,
    ),
    "a classifier of images": (
        lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(32, 3)),
        (1, 6, 6),
        call_model,
    ),
    "modules of activations": (
        lambda: nn.Sequential(
            nn.Linear(3, 4), nn.SiLU(), nn.ELU(), nn.Softplus(), nn.GELU(), nn.LogSoftmax()
        ),
        (3,),
        call_model,
    ),
    "an embedding": (lambda: nn.Embedding(11, 4), (6,), call_model),
    "attention": (lambda: nn.CausalSelfAttention(8, 2), (5, 8), call_model),
    "a block": (lambda: nn.TransformerBlock(8, 2), (5, 8), call_model),
    "cross entropy": (
        lambda: MLP(4, [5, 3]),
        (4,),
        lambda m, x: losses.cross_entropy(m(x), (x[0] > 0.0) * 1.0),
    ),
    "picks": (Picks, (4,), call_model),
    "a mirror": (Mirror, (4,), call_model),
    "repeats": (Repeats, (3,), call_model),
    "a product twice": (Twice, (3,), call_model),
    "products in both orders": (BothOrders, (3,), call_model),
    "running sums": (RunningSums, (4,), call_model),
    "a GPT": (lambda: nn.GPT(11, 6, size=8, heads=2, layers=2), (6,), call_model),
    "a dict": (lambda: MLP(3, [2, 1]), (3,), lambda m, x: {"y": m(x), "two": (m(x) * 2, 1.0)}),
}


class Exported:
    """A model, rows for it, and what the eager engine computes of them."""

    def __init__(self, name):
        make, self.shape, self.f = MODELS[name]
        random.seed(1)
        self.model = make()
        rng = np.random.default_rng(0)
        is_text = isinstance(self.model, nn.GPT | nn.Embedding | Picks)
        size = (ROWS, *self.shape)
        self.X = rng.integers(0, 11, size).astype(float) if is_text else rng.normal(size=size)
        rows = [leaves(self.f(self.model, row)) for row in self.X.tolist()]
        self.outputs = np.array([[float(getattr(y, "data", y)) for y in row] for row in rows])
        self.model.zero_grad()
        total = sum(y * y for row in rows for y in row)
        total.backward()
        self.gradients = {
            name: np.array([value.grad for value in values.ravel()]).reshape(values.shape)
            for name, values in layout_of(self.model).items()
        }

    def source(self, dialect):
        return source_of(self.f, self.model, [self.shape], DIALECTS[dialect])


def columns(result, rows=ROWS):
    """Return the numbers of a result as rows; a number that all rows share stands in each."""
    arrays = [np.asarray(x, float) for x in leaves(result)]
    arrays = [x if x.shape[:1] == (rows,) else np.broadcast_to(x, (rows, *x.shape)) for x in arrays]
    return np.concatenate([x.reshape(rows, -1) for x in arrays], axis=1)


def assert_close(found, wanted):
    largest = max(np.abs(wanted).max(), 1.0)
    assert np.abs(found - wanted).max() <= 1e-12 * largest


def assert_gradients(found, exported):
    wanted = exported.gradients
    assert found.keys() == wanted.keys()
    largest = max(np.abs(x).max() for x in wanted.values())
    for name, gradient in wanted.items():
        assert np.abs(np.asarray(found[name]) - gradient).max() <= 1e-12 * max(largest, 1.0), name


@pytest.mark.parametrize("name", MODELS)
def test_numpy_computes_the_outputs(name):
    exported = Exported(name)
    f = exported.source("numpy").compile()
    assert_close(columns(f(arrays_of(exported.model), exported.X)), exported.outputs)


def check_with_jax(jax, f, exported):
    """Compare the outputs of `f`, and JAX's gradients of it, with those of the model."""
    parameters = {name: jax.numpy.asarray(x) for name, x in arrays_of(exported.model).items()}

    def total(parameters):
        outputs = leaves(f(parameters, exported.X))  # JAX would sort the names of a dict
        return sum((y**2).sum() for y in outputs), outputs

    gradients, outputs = jax.jit(jax.grad(total, has_aux=True))(parameters)
    assert_close(columns(outputs), exported.outputs)
    assert_gradients(gradients, exported)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_jax_computes_outputs_and_gradients(name, jax):
    exported = Exported(name)
    check_with_jax(jax, exported.source("jax").compile(), exported)


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in MODELS if MODELS[name][2] is call_model])
def test_jax_maps_over_maps(name, jax):
    """`vmap` of `vmap`: over other parameters outside, and over other examples inside."""
    exported = Exported(name)
    f, parameters = to_jax(exported.model)
    examples = np.stack([exported.X, exported.X[::-1], exported.X[:1].repeat(ROWS, 0)])
    others = jax.tree.map(lambda x: jax.numpy.stack([x, 0.5 * x]), parameters)
    found = jax.jit(jax.vmap(jax.vmap(f, (None, 0)), (0, None)))(others, examples)
    f = jax.jit(f)
    for i, scale in enumerate((1.0, 0.5)):
        scaled = {name: scale * x for name, x in parameters.items()}
        for j, X in enumerate(examples):
            for whole, part in zip(leaves(found), leaves(f(scaled, X))):
                # sums may be in another order
                assert np.allclose(whole[i, j], part, rtol=1e-12, atol=1e-13)


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_float32_is_within_its_rounding(name, jax):
    """Each of some dozen roundings is 6e-8 of its result."""
    exported = Exported(name)
    X = exported.X.astype("float32")
    arrays = {name: x.astype("float32") for name, x in arrays_of(exported.model).items()}
    f = exported.source("jax").compile()
    results = jax.jit(lambda arrays, X: leaves(f(arrays, X)))(arrays, X)
    torch = pytest.importorskip("torch")
    tensors = {name: torch.from_numpy(x) for name, x in arrays.items()}
    others = exported.source("torch").compile()(tensors, torch.from_numpy(X))
    assert {str(y.dtype) for y in leaves(results)} == {"float32"}
    assert {y.dtype for y in leaves(others)} == {torch.float32}
    bound = 1e-5 * max(np.abs(exported.outputs).max(), 1.0)
    for outputs in (results, others):
        assert np.abs(columns(outputs) - exported.outputs).max() <= bound


def check_with_torch(f, exported):
    """Compare the outputs of `f`, and PyTorch's gradients of it, with those of the model."""
    torch = pytest.importorskip("torch")
    parameters = {
        name: torch.tensor(x, requires_grad=True) for name, x in arrays_of(exported.model).items()
    }
    results = leaves(f(parameters, torch.tensor(exported.X)))
    assert_close(columns([y.detach().numpy() for y in results]), exported.outputs)
    sum((y**2).sum() for y in results).backward()
    found = {
        name: np.zeros(p.shape) if p.grad is None else p.grad.numpy()
        for name, p in parameters.items()
    }
    assert_gradients(found, exported)


@pytest.mark.parametrize("name", MODELS)
def test_torch_computes_outputs_and_gradients(name):
    pytest.importorskip("torch")
    exported = Exported(name)
    check_with_torch(exported.source("torch").compile(), exported)


NOT_IN_FLOAT64 = ("gelu", "erf", "modules of activations")  # onnxruntime has Erf in float32 alone


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", [name for name, row in MODELS.items() if row[2] is call_model])
def test_onnxruntime_computes_the_outputs(name, dtype, tmp_path):
    pytest.importorskip("onnx")
    exported = Exported(name)
    path = to_onnx(exported.model, tmp_path / "model.onnx", exported.shape, dtype)
    if dtype == "float64" and name.endswith(NOT_IN_FLOAT64):
        return
    session = session_of(path)
    results = columns(session.run(None, {"x": exported.X.astype(dtype)}))
    largest = max(np.abs(exported.outputs).max(), 1.0)
    bound = 1e-12 if dtype == "float64" else 1e-5  # 2**-24 for each of some dozen roundings
    assert np.abs(results - exported.outputs).max() <= bound * largest
    one = session.run(None, {"x": exported.X[:1].astype(dtype)})  # the number of rows is free
    assert np.abs(columns(one, 1) - results[:1]).max() <= bound * largest


def test_an_onnx_file_has_matrix_products(tmp_path):
    onnx = pytest.importorskip("onnx")
    path = to_onnx(MLP(64, [32, 10]), tmp_path / "model.onnx", (64,))
    kinds = [node.op_type for node in onnx.load(path).graph.node]
    assert kinds == ["Transpose", "MatMul", "Add", "Relu", "Transpose", "MatMul", "Add", "Identity"]


def test_an_unknown_dtype_is_named(tmp_path):
    pytest.importorskip("onnx")
    with pytest.raises(ValueError, match="float16"):
        to_onnx(MLP(2, [1]), tmp_path / "model.onnx", (2,), dtype="float16")


def modules_in(x):
    """Yield a model and every module in its attributes, lists and dicts."""
    if isinstance(x, nn.Module):
        yield x
        x = vars(x)
    for child in x.values() if isinstance(x, dict) else x if isinstance(x, list | tuple) else ():
        yield from modules_in(child)


HOLD_OTHERS = {"Module", "ModuleDict", "ModuleList", "Activation"}
ACTIVATIONS = {"Identity", "LeakyReLU", "Sigmoid", "Softmax", "Tanh"}  # ops, which are tested above


def test_every_layer_of_the_library_is_in_the_table():
    classes = {name for name in nn.__all__ if isinstance(getattr(nn, name), type)}
    layers = {name for name in classes if issubclass(getattr(nn, name), nn.Module)}
    layers -= {name for name in layers if issubclass(getattr(nn, name), nn.Loss)}
    models = [make() for make, *_ in MODELS.values()]
    tested = {type(module).__name__ for model in models for module in modules_in(model)}
    assert layers - HOLD_OTHERS - ACTIVATIONS <= tested


# ------------------------------------------------------------------------------- random programs


class Empty(nn.Module):
    """A model without parameters."""


def is_within_range(case, row):
    """Return whether no number is so small that XLA makes it 0, or so large that sums overflow."""
    y = case(*map(Value, row))
    sizes = [abs(node.data) for node in topological_order(y) if node.data]
    return all(1e-200 < size < 1e200 for size in sizes)


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 100, 20))
@pytest.mark.parametrize("dialect", DIALECTS)
def test_random_programs_compute_what_they_say(dialect, first, jax):
    torch = pytest.importorskip("torch")
    arrays = {"numpy": np.asarray, "jax": jax.numpy.asarray, "torch": torch.tensor}[dialect]
    rng = np.random.default_rng(first)
    for case in map(Case, range(first, first + 20)):
        rows = [row for row in rng.normal(size=(7, 3)).tolist() if is_within_range(case, row)]
        if not rows:
            continue
        wanted = np.array([float(case(*row)) for row in rows])
        source = source_of(lambda _, x, case=case: case(*x), Empty(), [(3,)], DIALECTS[dialect])
        found = np.broadcast_to(source.compile()({}, arrays(np.array(rows))), wanted.shape)
        assert np.allclose(found, wanted, rtol=1e-9, atol=1e-9, equal_nan=True), case.seed


# ------------------------------------------------------------------------------------------ views


def take_steps(x, steps):
    words = {
        "reshape": lambda x, shape: x.reshape(shape),
        "expand": np.broadcast_to,
        "slice": lambda x, cuts: x[tuple(slice(*cut) for cut in cuts)],
        "transpose": np.transpose,
        "flip": np.flip,
        "take": lambda x, argument: np.take(x, argument[1], argument[0]),
    }
    for step in steps:
        shape = shape_after(step, x.shape)
        x = words[step.word](x, step.argument)
        assert x.shape == shape
    return x


def random_places(rng):
    """Return (a shape, places in an array of that shape) after some random views of it."""
    shape = tuple(rng.randint(1, 5) for _ in range(rng.randint(0, 4)))
    y = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)
    for _ in range(rng.randint(0, 5)):
        axis = rng.randrange(y.ndim) if y.ndim else 0
        word = rng.choice(["transpose", "flip", "slice", "ravel", "take", "expand"])
        if word == "transpose":
            y = y.transpose(rng.sample(range(y.ndim), y.ndim))
        elif word == "ravel":
            y = y.reshape(-1)
        elif word == "expand":
            y = np.broadcast_to(y, (rng.randint(1, 3), *y.shape))
        elif y.ndim and word == "flip":
            y = np.flip(y, axis)
        elif y.ndim and word == "slice":
            cuts = [slice(rng.randrange(n), None, rng.choice([1, 1, 2, 3])) for n in y.shape]
            y = y[tuple(cuts)]
        elif y.ndim and word == "take":
            y = np.take(y, [rng.randrange(y.shape[axis]) for _ in range(rng.randint(1, 4))], axis)
    return shape, y


@pytest.mark.parametrize("seed", range(10))
def test_a_view_has_the_entries_that_are_wanted(seed):
    rng = random.Random(seed)
    for _ in range(200):
        shape, places = random_places(rng)
        numbers = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)
        found = take_steps(numbers, view(shape, places))
        assert found.shape == places.shape
        assert (found == places).all()


VIEWS = [
    ((2, 3), [[0, 1, 2], [3, 4, 5]], []),
    ((6,), [[0, 1, 2], [3, 4, 5]], ["reshape"]),
    ((2, 3), [[0, 3], [1, 4], [2, 5]], ["transpose"]),
    ((2, 3), [2, 1, 0], ["slice", "flip"]),
    ((4, 3), [[3, 4, 5], [6, 7, 8]], ["slice"]),
    ((4, 3), [[9, 10, 11], [0, 1, 2]], ["take"]),
    ((4,), [3, 0, 0, 1], ["take"]),
]


@pytest.mark.parametrize("shape, places, words", VIEWS)
def test_a_view_is_of_the_simplest_words(shape, places, words):
    steps = view(shape, np.array(places))
    assert all(isinstance(step, Step) for step in steps)
    assert [step.word for step in steps if step.word != "reshape" or "reshape" in words] == words


# ----------------------------------------------------------------------------------------- layout


def test_arrays_come_back_into_the_model():
    model = MLP(2, [3, 1])
    arrays = {name: x + 1.0 for name, x in arrays_of(model).items()}
    load_arrays(model, arrays)
    assert all((x == arrays[name]).all() for name, x in arrays_of(model).items())


def test_trained_tensors_come_back_into_the_model():
    torch = pytest.importorskip("torch")
    model = MLP(2, [3, 1])
    module = to_torch(model, input=(2,))
    module(torch.ones(4, 2, dtype=torch.float64)).sum().backward()
    torch.optim.SGD(module.parameters(), lr=0.5).step()
    for tensors in (module.state_dict(), dict(module.named_parameters())):
        load_arrays(model, tensors)
        assert model([1.0, 1.0]).data == pytest.approx(
            module(torch.ones(1, 2, dtype=torch.float64)).item(), rel=1e-12
        )
    load_arrays(model, module.to(torch.bfloat16).state_dict())
    bound = 2.0**-8  # half the last of eight bits
    for name, x in arrays_of(model).items():
        assert x == pytest.approx(module.state_dict()[name].double().numpy(), rel=bound)


def test_the_state_of_a_model_has_a_loader_of_its_own():
    model = MLP(2, [3, 1])
    with pytest.raises(ValueError, match=r"names of state_dict\(\). Call model.load_state_dict"):
        load_arrays(model, model.state_dict())


def test_stacked_arrays_have_a_loader_of_their_own():
    model = MLP(2, [3, 1])
    with pytest.raises(
        ValueError, match=r"unexpected layers\.0\.neurons\.\*\.w \(call export.load_"
    ):
        model.load_state_dict(arrays_of(model))
    with pytest.raises(ValueError, match=r"unexpected layers\.9\.w$"):
        model.load_state_dict(model.state_dict() | {"layers.9.w": [1.0]})


MISFITS = {  # examples that do not fit: what is said
    "a single row": ([np.ones(2)], r"got 1.*one row has the shape \(\) here; pass x\[None\]"),
    "too wide": ([np.ones((4, 3))], r"got 3.*one row has the shape \(3,\) here"),
    "a number": ([np.ones(())], r"The arrays have the shapes \(\), but"),
    "unequal": ([np.ones((4, 2)), np.ones(3)], r"have the shapes \(4, 2\) and \(3,\), but"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_rows_that_do_not_fit_are_named(name):
    pytest.importorskip("jax")
    examples, sentence = MISFITS[name]
    loss = (lambda model, x, y: model(x) - y) if len(examples) > 1 else None
    f, parameters = to_jax(MLP(2, [3, 1]), loss)
    with pytest.raises(errors.ShapeError, match=sentence):
        f(parameters, *examples)


def test_arrays_that_do_not_fit_change_nothing():
    model = MLP(2, [3, 1])
    before = arrays_of(model)
    wrong = {**before, "layers.0.neurons.*.w": np.zeros((2, 3)), "more": np.zeros(1)}
    del wrong["layers.1.neurons.0.b"]
    with pytest.raises(
        ValueError, match=r"(?s)misshapen .*missing layers.1.neurons.0.b.*unexpected more"
    ):
        load_arrays(model, wrong)
    assert all((x == before[name]).all() for name, x in arrays_of(model).items())


def test_a_value_in_two_places_is_in_one_array():
    first, second = nn.Linear(2, 2), nn.Linear(2, 2)
    second.weight = first.weight
    second.bias = [first.bias[0], second.bias[1]]
    model = nn.Sequential(first, second)
    names = list(layout_of(model))
    assert names == ["steps.0.weight", "steps.0.bias", "steps.1.bias.1"]


def test_an_array_is_trained_as_a_whole_or_not_at_all():
    model = MLP(2, [3, 1])
    frozen = model.layers[0].neurons[1].w[0]
    frozen.requires_grad = False
    for values in layout_of(model).values():
        assert len({x.requires_grad for x in values.ravel()}) == 1
    torch = pytest.importorskip("torch")
    module = to_torch(model, input=(2,))
    assert [name for name, _ in module.named_buffers()] == ["layers.0.neurons.*.w.1.0"]
    X = torch.ones(3, 2, dtype=torch.float64)
    assert np.allclose(module(X).detach(), model([1.0, 1.0]).data, rtol=1e-13)


# ------------------------------------------------------------------------------ to_jax, to_torch


@pytest.mark.slow
def test_jax_trains_what_comes_back(jax):
    random.seed(3)
    model = MLP(2, [4, 1], activation="tanh")
    X, y = np.random.default_rng(1).normal(size=(20, 2)), np.ones(20)
    loss, parameters = to_jax(model, lambda model, x, y: (model(x) - y) ** 2)
    step = jax.jit(jax.value_and_grad(loss))
    first, _ = step(parameters, X, y)
    for _ in range(20):
        _, gradient = step(parameters, X, y)
        parameters = jax.tree.map(lambda p, g: p - 0.1 * g, parameters, gradient)
    load_arrays(model, parameters)
    last = sum((model(row).data - 1.0) ** 2 for row in X.tolist()) / len(X)
    assert last < 0.5 * float(first)
    assert last == pytest.approx(float(loss(parameters, X, y)), rel=1e-12)


@pytest.mark.slow
def test_jax_compiles_maps_and_exports_the_function(jax):
    from jax import export

    model = MLP(3, [4, 2], activation="tanh")
    f, parameters = to_jax(model)
    X = np.random.default_rng(0).normal(size=(6, 3))
    wanted = f(parameters, X)
    assert np.allclose(jax.jit(f)(parameters, X), wanted, rtol=1e-14)
    assert jax.hessian(lambda x: f(parameters, x[None]).sum())(X[0]).shape == (3, 3)
    (rows,) = export.symbolic_shape("n")
    shaped = jax.ShapeDtypeStruct((rows, 3), np.float64)
    exported = export.export(jax.jit(f))(jax.tree.map(jax.typeof, parameters), shaped)
    again = export.deserialize(exported.serialize())
    assert np.allclose(again.call(parameters, X), wanted, rtol=1e-14)


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16"])
def test_torch_computes_the_same_under_any_default_dtype(dtype, tmp_path):
    """The default is that of new tensors of PyTorch, and a user may set it for other models."""
    torch = pytest.importorskip("torch")
    model = nn.Sequential(nn.Linear(2, 3), lambda xs: [ops.where(x < 0.5, x, 2.0) for x in xs])
    X = torch.randn(4, 2, dtype=torch.float64)
    wanted = to_torch(model)(X)
    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, dtype))
    try:
        for module in (to_torch(model), to_torch(model, input=(2,))):
            assert torch.equal(module(X), wanted)
        (path,) = export_file(model, tmp_path / "model.pt2", (2,))
        single = torch.export.load(path).module()(X.float())
        assert single.dtype == torch.float32
        layer = to_torch(nn.Linear(2, 3), structural=True)
        assert layer(X).dtype == torch.float64
    finally:
        torch.set_default_dtype(before)
    assert (single.double() - wanted).abs().max() <= 1e-5  # of numbers below 4


def test_torch_has_our_names_and_exports():
    torch = pytest.importorskip("torch")
    model = MLP(3, [4, 2], activation="tanh")
    module = to_torch(model, input=(3,))
    assert {name: tuple(x.shape) for name, x in module.state_dict().items()} == {
        name: x.shape for name, x in arrays_of(model).items()
    }
    X = torch.randn(6, 3, dtype=torch.float64)
    rows = [[y.data for y in model(row)] for row in X.tolist()]
    assert np.allclose(module(X).detach(), rows, rtol=1e-13)
    examples = torch.export.Dim("examples")
    program = torch.export.export(module, (X,), dynamic_shapes=({0: examples},))
    assert np.allclose(program.module()(X[:2]).detach(), rows[:2], rtol=1e-13)
    single = module.float()
    assert np.abs(single(X.float()).detach().numpy() - rows).max() <= 1e-5  # of numbers below 1


def test_torch_compiles_any_number_of_models():
    torch = pytest.importorskip("torch")
    X = torch.ones(3, 2, dtype=torch.float64)
    for size in range(1, 12):
        module = to_torch(MLP(2, [size, 1]), input=(2,))
        whole = torch.compile(module, backend="eager", fullgraph=True)
        assert torch.equal(whole(X), module(X))


def test_text_that_is_shown_runs():
    model = MLP(2, [3, 2])
    namespace = {}
    exec(to_source(model, (2,)), namespace)
    X = np.array([[1.0, -2.0], [0.5, 3.0]])
    wanted = [[y.data for y in model(row)] for row in X.tolist()]
    assert np.allclose(namespace["f"](arrays_of(model), X), wanted, rtol=1e-14)


def test_a_sum_over_all_parameters_is_a_sum_for_each_array():
    """Their order is that of neurons, and a sum may be in any: nothing is put together."""
    source = source_of(
        lambda model: 0.1 * sum(p * p for p in model.parameters()), MLP(2, [4, 1]), [], NUMPY
    )
    words = [word for _, words in source.steps for word in words]
    assert words.count("dot product") == 4
    assert not {word for word in words if word.startswith(("take", "concatenate"))}


def test_a_maximum_of_many_is_one_array():
    """The tournament of `greatest` is one node, also where positions have different lengths."""
    model = nn.GPT(7, 5, size=8, heads=2, layers=1)
    source = source_of(call_model, model, [(5,)], NUMPY)
    words = [word for _, words in source.steps for word in words]
    assert words.count("maximum of many") == 1
    assert "maximum" not in words


def test_an_unknown_dialect_is_named():
    with pytest.raises(ValueError, match="fortran"):
        to_source(MLP(2, [1]), (2,), dialect="fortran")


def test_matrices_come_out_as_products():
    """No number of a table is looked up in a network of layers."""
    source = source_of(call_model, MLP(64, [32, 10]), [(64,)], NUMPY)
    words = [word for _, words in source.steps for word in words]
    assert words.count("matrix product") == 2
    assert "take" not in words


# --------------------------------------------------------------------------------------- arguments

# fmt: off
EXPORTS = {  # how each is called with a model and the shape of one row
    "to_source": to_source,
    "to_torch":  to_torch,
    "to_onnx":   lambda model, shape: to_onnx(model, "model.onnx", shape),
    "to_c":      lambda model, shape: to_c(model, "model.c", shape),
    "to_jax":    lambda model, _: to_jax(model),
    "arrays_of": lambda model, _: arrays_of(model),
}
# fmt: on


@pytest.mark.parametrize("name", EXPORTS)
def test_anything_but_a_model_is_named(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for package in ("jax", "onnx", "torch"):
        pytest.importorskip(package)
    with pytest.raises(TypeError, match=r"expected a Module such as .*, got the str 'model'"):
        EXPORTS[name]("model", (2,))


@pytest.mark.parametrize("shape", [2, "2", (2.0,), (-1,), ((2,),)], ids=repr)
@pytest.mark.parametrize("name", ["to_source", "to_torch", "to_onnx", "to_c"])
def test_anything_but_a_shape_is_named(name, shape, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for package in ("onnx", "torch"):
        pytest.importorskip(package)
    with pytest.raises(TypeError, match=r"shape of one row is a tuple .* Write input=\(64,\)"):
        EXPORTS[name](MLP(2, [1]), shape)
    assert not list(tmp_path.iterdir())
