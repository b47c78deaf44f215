"""Training on JAX with factors in bfloat16: products are of rounded numbers, and nothing else is.

In other dtypes JAX is told to round no factor, which it would do on GPUs and TPUs.

Rule: a step is compared with the same step in NumPy, in which the factors of matrix products are
rounded to 8 bits. Sums in float32 differ from its sums by 2**-24 for each of some dozen terms.
Whole runs are compared with float32: a factor is within 2**-9 of the number before rounding.
"""

import numpy as np
import pytest

from micrograd import MLP, fit, nn, optim
from micrograd.engines import ArrayStep
from micrograd.export import export_file, jax_precision, number_type
from micrograd.support.nest import leaves

jax = pytest.importorskip("jax")

pytestmark = pytest.mark.slow
RATE = 0.5


def rounded(x):
    return np.asarray(x).astype(jax.numpy.bfloat16).astype(float)


def squared(model, x, y):
    return sum((out - y) ** 2 for out in leaves(model(x)))


def adam(parameters):
    return optim.Adam(parameters, lr=0.02)


def train(model, X, y, **options):
    arguments = {"steps": 1, "engine": "jax", "progress": False, "seed": 1, **options}
    return fit(model, squared, X, y, **arguments)


def sgd(parameters):
    return optim.SGD(parameters, lr=RATE)


def numbers_of(group):
    return np.array([[p.data for p in row] for row in group])


@pytest.mark.parametrize("examples", [64, 1])
@pytest.mark.parametrize("mesh", [{"data": 1}, {"data": -1}])
def test_a_step_is_that_of_rounded_factors(mesh, examples):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(examples, 12)), rng.normal(size=examples)
    model = nn.Linear(12, 1)
    w, b = numbers_of(model.weight)[0], model.bias[0].data
    grads = 2.0 * (rounded(X) @ rounded(w) + b - y) / len(X)
    loss = ((rounded(X) @ rounded(w) + b - y) ** 2).mean()
    history = train(model, X, y, optimizer=sgd, dtype="bfloat16", mesh=mesh)
    assert history.losses[0] == pytest.approx(loss, rel=1e-5)
    assert model.bias[0].data == pytest.approx(b - RATE * grads.sum(), rel=1e-5)
    found = numbers_of(model.weight)[0]
    assert found == pytest.approx(w - RATE * rounded(grads) @ rounded(X), rel=1e-5, abs=1e-6)
    assert np.abs(found - (w - RATE * grads @ X)).max() > 1e-4  # what it would be without rounding


MODELS = {
    "a network": (lambda: MLP(2, [16, 1], activation="tanh"), (2,)),
    "convolutions": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 2, 3, padding=1), nn.Tanh(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 1)
        ),
        (1, 4, 4),
    ),
    "attention": (
        lambda: nn.Sequential(nn.TransformerBlock(4, 2), nn.Flatten(), nn.Linear(12, 1)),
        (3, 4),
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_run_is_close_to_one_in_float32(name):
    """The loss of each of 20 steps is within a few times 2**-9 of the first one."""
    make, shape = MODELS[name]
    X = np.random.default_rng(1).normal(size=(32, *shape))
    y = np.sign(X.reshape(32, -1).sum(1))
    losses = {}
    for dtype in ("float32", "bfloat16"):
        history = train(make, X, y, optimizer=adam, dtype=dtype, steps=20)
        losses[dtype] = np.array(history.losses)
    difference = np.abs(losses["bfloat16"] - losses["float32"])
    assert 1e-6 < difference.max() <= 2**-6 * losses["float32"][0]
    assert losses["bfloat16"][-1] < 0.9 * losses["bfloat16"][0]


PRECISIONS = {
    ("cpu", "float32"): "highest",
    ("gpu", "float64"): "highest",
    ("gpu", "float32"): "highest",
    ("gpu", "bfloat16"): "BF16_BF16_F32",
}


@pytest.mark.parametrize("device, dtype", PRECISIONS)
def test_jax_rounds_factors_in_bfloat16_alone(device, dtype, monkeypatch):
    monkeypatch.setattr(jax, "default_backend", lambda: device)
    with jax_precision(jax, dtype):
        x = jax.numpy.ones((2, 2), number_type(dtype))
        text = jax.jit(jax.numpy.dot).lower(x, x).as_text()
    is_rounded = "rhs_precision_type = bf16" in text
    assert is_rounded == (PRECISIONS[device, dtype] != "highest")
    assert is_rounded != ("precision = [HIGHEST, HIGHEST]" in text)


def test_a_step_is_taken_in_the_precision_of_its_dtype(monkeypatch):
    seen, step = [], ArrayStep.step

    def watched(self, *arguments):
        seen.append(jax.config.jax_default_matmul_precision)
        return step(self, *arguments)

    monkeypatch.setattr(ArrayStep, "step", watched)
    train(MLP(2, [1]), [[1.0, 2.0]], [1.0], dtype="float32")
    assert set(seen) == {"highest"}


def test_a_file_of_jax_says_that_no_factor_is_rounded(tmp_path):
    (path,) = export_file(MLP(4, [3, 2]), tmp_path / "net.stablehlo", (4,))
    text = jax.export.deserialize(bytearray(path.read_bytes())).mlir_module()
    products = [line for line in text.splitlines() if "= stablehlo.dot_general" in line]
    assert products and all("precision = [HIGHEST, HIGHEST]" in line for line in products)


@pytest.mark.parametrize("engine", ["jit", "eager"])
def test_other_engines_name_the_one_that_has_it(engine):
    with pytest.raises(ValueError, match=r'Write engine="jax"|write engine="jit"'):
        train(MLP(2, [1]), [[1.0, 2.0]], [1.0], dtype="bfloat16", engine=engine)
