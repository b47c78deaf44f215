"""Training on JAX: the same losses and parameters as the compiled step, on any number of devices.

Rule: both engines see the same examples and the same random numbers, and differ by rounding alone.
"""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from micrograd import MLP, Value, data, fit, nn, optim
from micrograd.engines import ArrayStep
from micrograd.errors import Diverged, TraceError

pytest.importorskip("jax")
pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]


def points():
    X, y = data.moons(60, seed=1)
    return np.array(X), np.array(y, float)


def penalty(model):
    return 1e-3 * sum(p * p for p in model.parameters())


def squared(model, x, y):
    return (model(x)[0] - y) ** 2


def squared_of_one(model, x, y):
    return (model(x) - y) ** 2


def squared_of_batch(model, X, y):
    return sum((out[0] - t) ** 2 for out, t in zip(model(X), y)) / len(X)


def network():
    return MLP(2, [8, 1])


def with_dropout():
    return nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.5), nn.Linear(8, 1))


def with_batch_norm():
    return nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.Linear(8, 1))


def adam(parameters):
    return optim.Adam(parameters, lr=0.01)


def momentum(parameters):
    return optim.SGD(parameters, lr=0.05, momentum=0.9, weight_decay=0.01)


RUNS = {
    "all examples": (network, "hinge", {"steps": 30}),
    "minibatches": (network, "hinge", {"steps": 30, "batch_size": 20}),
    "in order": (network, "hinge", {"steps": 30, "batch_size": 20, "shuffle": False}),
    "momentum": (network, "hinge", {"steps": 30, "optimizer": momentum}),
    "clip, penalty": (network, "hinge", {"steps": 30, "clip": 0.5, "penalty": penalty}),
    "a schedule": (network, "hinge", {"steps": 30, "lr_schedule": lambda step: 0.1 / (step + 1)}),
    "validation": (network, "hinge", {"epochs": 20, "validation": 0.2, "metrics": ["accuracy"]}),
    "dropout": (with_dropout, squared, {"steps": 30, "batch_size": 20}),
    "batch norm": (
        with_batch_norm,
        squared_of_batch,
        {"steps": 20, "batch_size": 20, "per_example": False},
    ),
}


def run(name, engine, **options):
    make, loss, settings = RUNS[name]
    random.seed(3)
    model = make()
    history = fit(
        model,
        loss,
        *points(),
        **{"optimizer": adam, "progress": False, **settings, **options},
        engine=engine,
    )
    return history, model


@pytest.mark.parametrize("name", RUNS)
def test_losses_are_those_of_the_compiled_step(name):
    """Both may differ by 1e-12: each of thirty steps rounds by some units in the last place."""
    (wanted, model), (history, other) = run(name, "jit"), run(name, "jax")
    assert np.abs(np.array(history.losses) - wanted.losses).max() <= 1e-12
    assert history.learning_rates == wanted.learning_rates
    for key, numbers in wanted.validation.items():
        assert history.validation[key] == pytest.approx(numbers, abs=1e-12)
    # Adam divides by the size of a grad: where it is 0 but for rounding, as before a batch norm,
    # the parameters drift apart by about 1e-9, and the loss does not depend on them
    bound = 1e-8 if name == "batch norm" else 1e-12
    pairs = zip(model.named_parameters(), other.named_parameters())
    assert all(abs(p.data - q.data) <= bound for (_, p), (_, q) in pairs)
    assert max(abs(q.grad) for q in other.parameters()) > 0.0


def test_float32_is_within_its_rounding():
    """A loss is a sum of some dozen numbers, each rounded by 6e-8 of itself, for 30 steps."""
    wanted, _ = run("minibatches", "jit")
    history, _ = run("minibatches", "jax", dtype="float32")
    assert np.abs(np.array(history.losses) - wanted.losses).max() <= 1e-5


def test_a_run_resumes_from_its_checkpoint(tmp_path):
    path = tmp_path / "run.safetensors"
    whole, _ = run("minibatches", "jax")
    run("minibatches", "jax", steps=12, checkpoint=path)
    history, _ = run("minibatches", "jax", checkpoint=path)
    assert history.losses == whole.losses


def test_a_parameter_outside_the_model_is_trained():
    results = []
    for engine in ("jit", "jax"):
        random.seed(3)
        model, scale = network(), Value(1.0)
        optimizer = optim.SGD([*model.parameters(), scale], lr=0.01)
        fit(
            model,
            lambda model, x, y, scale=scale: (scale * model(x) - y) ** 2,
            *points(),
            optimizer=optimizer,
            steps=10,
            engine=engine,
            progress=False,
        )
        results.append(scale.data)
    assert results[0] == pytest.approx(results[1], abs=1e-12)
    assert results[0] != 1.0


@pytest.mark.parametrize("engine", ["jit", "jax"])
def test_a_value_outside_the_model_is_read_anew(engine):
    """A callback may change it, as the weights of a teacher."""
    histories = []
    for each in ("eager", engine):
        random.seed(3)
        model, scale = network(), Value(1.0)

        def change(history, scale=scale):
            if len(history.losses) == 6:
                scale.data = 3.0

        def loss(model, x, y, scale=scale):
            return (scale * model(x) - y) ** 2

        options = {"callbacks": [change], "keep_every": 3, "progress": False, "steps": 12}
        optimizer = optim.SGD(model.parameters(), lr=0.01)
        history = fit(model, loss, *points(), optimizer=optimizer, engine=each, **options)
        histories.append(history.losses)
    assert np.abs(np.array(histories[0]) - histories[1]).max() <= 1e-12


@pytest.mark.parametrize("engine", ["jit", "jax"])
def test_a_penalty_of_values_outside_the_model_is_refused(engine):
    scale = Value(0.1)
    options = {"penalty": lambda model: scale * scale, "engine": engine, "progress": False}
    with pytest.raises(TraceError, match="penalty uses Values that the optimizer does not have"):
        fit(network(), "hinge", *points(), optimizer=adam, steps=2, **options)


L1 = {"optimizer": lambda p: optim.SGD(p, lr=0.1), "steps": 5, "progress": False}


@pytest.mark.parametrize("engine", ["jit", "jax"])
def test_an_absolute_value_has_no_slope_at_0(engine):
    """The biases begin there, and a penalty must leave them."""
    random.seed(3)
    model = network()
    model.layers[1].neurons[0].w = [Value(0.0) for _ in range(8)]
    penalty = {"penalty": lambda model: sum(abs(p) for p in model.parameters())}
    fit(model, lambda model, x, y: 0.0 * model(x), *points(), engine=engine, **L1, **penalty)
    assert all(w.data == 0.0 for w in model.layers[1].neurons[0].w)


def first_neuron(model):
    return model.layers[0].neurons[0].parameters()


@pytest.mark.parametrize("chosen", [first_neuron, lambda model: model.parameters()[::2]])
@pytest.mark.parametrize("engine", ["jit", "jax"])
def test_parameters_that_the_optimizer_has_not_stay(chosen, engine):
    """Also where they share an array with others that move: clipping and losses show them."""
    histories = []
    for each in ("eager", engine):
        random.seed(3)
        model = network()
        before = {p: p.data for p in model.parameters()}
        optimizer = optim.SGD(chosen(model), lr=0.1)
        options = {"optimizer": optimizer, "steps": 8, "clip": 0.1, "progress": False}
        histories.append(fit(model, "hinge", *points(), engine=each, **options).losses)
        still = [p for p in before if p not in set(optimizer.parameters)]
        assert all(p.data == before[p] for p in still)
    assert np.abs(np.array(histories[0]) - histories[1]).max() <= 1e-12


def test_a_parameter_that_was_frozen_later_is_refused():
    model = network()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    model.parameters()[0].requires_grad = False
    before = [p.data for p in optimizer.parameters]
    with pytest.raises(ValueError, match="Make it after you freeze some: SGD"):
        fit(model, "hinge", *points(), optimizer=optimizer, steps=2, engine="jax", progress=False)
    assert [p.data for p in optimizer.parameters] == before


def test_ctrl_c_while_the_devices_compute_ends_the_run(monkeypatch):
    """The state from before the call is still there, and is what the model has then."""

    def interrupt(*_):
        raise KeyboardInterrupt

    model = network()
    before = [p.data for p in model.parameters()]
    monkeypatch.setattr("micrograd.engines.array_step.ArrayStep.losses_of", interrupt)
    options = {"optimizer": adam, "steps": 50, "engine": "jax", "progress": False}
    history = fit(model, "hinge", *points(), **options)
    assert (history.stopped, len(history.losses)) == ("interrupted", 0)
    assert [p.data for p in model.parameters()] == before


def test_a_long_run_is_compiled_for_two_lengths_at_most(monkeypatch):
    """One call takes some hundred steps, and any number of calls are the same run."""
    steps, make = [], ArrayStep.__init__

    def noted(self, *arguments, **options):
        steps.append(self)
        make(self, *arguments, **options)

    monkeypatch.setattr(ArrayStep, "__init__", noted)
    options = {"batch_size": 7, "progress": False, "optimizer": adam, "steps": 1900}
    runs = {}
    for engine in ("jax", "jit"):
        random.seed(1)
        runs[engine] = fit(network(), "hinge", *points(), engine=engine, **options).losses
    assert np.abs(np.subtract(runs["jax"], runs["jit"])).max() <= 1e-9  # 1900 steps of roundings
    (step,) = steps
    assert step.loop._cache_size() <= 2


def test_ctrl_c_waits_until_a_call_has_ended(monkeypatch):
    """Python crashes at its end if an exception has left JAX while it compiled."""
    call = ArrayStep.run

    def interrupted_call(*arguments):
        signal.raise_signal(signal.SIGINT)
        return call(*arguments)

    monkeypatch.setattr(ArrayStep, "run", interrupted_call)
    random.seed(1)
    model = network()
    options = {"optimizer": adam, "steps": 5000, "engine": "jax", "progress": False}
    history = fit(model, "hinge", *points(), **options)
    assert history.stopped == "interrupted"
    assert 0 < len(history.losses) < 5000  # all steps of the call
    monkeypatch.undo()
    random.seed(1)
    again = network()
    fit(again, "hinge", *points(), **{**options, "steps": len(history.losses)})
    assert [p.data for p in model.parameters()] == [p.data for p in again.parameters()]


WRONG = {
    "a text": ({"mesh": "data"}, "must be a dict of axes and sizes, got the str 'data'"),
    "a list": ({"mesh": [2]}, "must be a dict of axes and sizes, got a list"),
    "a size in words": ({"mesh": {"data": "2"}}, "must be a whole number, got '2' for \"data\""),
    "half a device": ({"mesh": {"model": 1.5}}, "must be a whole number, got 1.5"),
    "a switch": ({"mesh": {"data": True}}, "must be a whole number, got True"),
    "an axis": ({"mesh": {"rows": 2}}, 'A mesh has the axes "data" and "model", got \'rows\''),
    "too many": ({"mesh": {"data": 1000}}, "does not fit"),
    "two free sizes": ({"mesh": {"data": -1, "model": -1}}, "does not fit"),
    "another engine": ({"engine": "jit", "mesh": {"data": 1}}, "the engine is 'jit'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mesh_that_does_not_fit_is_refused(name):
    options, sentence = WRONG[name]
    with pytest.raises((TypeError, ValueError), match=sentence):
        run("minibatches", **{"engine": "jax", **options})


LOSSES = {
    "a list": (lambda m, x, y: [m(x)], TypeError, "needs a function that returns one number"),
    "a text": (lambda m, x, y: "a", TypeError, "got the str 'a'"),
    "no parameter": (lambda m, x, y: y * 1.0, TraceError, "depends on any parameter"),
    "a look": (lambda m, x, y: m(x) * m.parameters()[0].data, TraceError, "reads the data"),
    "a branch": (lambda m, x, y: m(x) if m(x) > 0 else y, TraceError, "neither true nor false"),
}


@pytest.mark.parametrize("engine", ["jit", "jax"])
@pytest.mark.parametrize("name", LOSSES)
def test_a_wrong_loss_is_refused(name, engine):
    loss, error, sentence = LOSSES[name]
    with pytest.raises(error, match=sentence):
        fit(network(), loss, *points(), optimizer=adam, steps=2, engine=engine, progress=False)


def test_nan_ends_the_run_at_the_last_good_parameters():
    model = network()
    with pytest.raises(Diverged, match="the result of"):
        fit(
            model,
            squared_of_one,
            *points(),
            optimizer=lambda p: optim.SGD(p, lr=1e200),
            steps=20,
            engine="jax",
            progress=False,
        )
    assert all(np.isfinite(p.data) for p in model.parameters())


def test_groups_are_refused():
    model = network()
    first, *rest = model.parameters()
    groups = optim.SGD([{"params": [first], "lr": 0.1}, {"params": rest}], lr=0.01)
    with pytest.raises(ValueError, match="parameter groups"):
        fit(model, "hinge", *points(), optimizer=groups, steps=1, engine="jax", progress=False)


FULL = """
import pathlib, resource
import numpy as np
from micrograd import MLP, fit

def train(examples):
    X = np.ones((examples, 2))
    model, settings = MLP(2, [64, 1]), {"steps": 3, "engine": "jax", "progress": False}
    fit(model, "mse", X, X.sum(1), dtype="float32", **settings)
    return model

train(10)
pages, *_ = pathlib.Path("/proc/self/statm").read_text().split()
used = int(pages) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 300_000_000, -1))
try:
    train(1_000_000)  # 64 activations of 4 bytes each take 256 MB, and their grads as much
except MemoryError as error:
    print(error)
print(np.isfinite(train(10).parameters()[0].data))
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs the size of a process")
def test_a_step_that_does_not_fit_names_a_smaller_batch():
    done = subprocess.run(
        [sys.executable, "-c", FULL], capture_output=True, text=True, check=True, timeout=120
    )
    sentence, after = done.stdout.splitlines()
    assert "1,000,000 examples needs more memory than the device has free" in sentence
    assert "Write batch_size=500000" in sentence and after == "True"


NOWHERE = """
from micrograd import MLP, fit, save
from micrograd.cli.app import app
from micrograd.export import export_file, to_jax
from tests.support.commands import CliRunner

model = MLP(2, [1])
save(model, "model.safetensors")
for attempt in (
    lambda: fit(model, "mse", [[1.0, 2.0]], [1.0], steps=1, engine="jax", progress=False),
    lambda: to_jax(model),
    lambda: export_file(model, "model.stablehlo"),
):
    try:
        attempt()
    except RuntimeError as error:
        print(error)
for line in ("train moons --engine jax", "export model.safetensors model.stablehlo"):
    print(CliRunner().invoke(app, line.split()).stderr, end="")
"""


@pytest.mark.parametrize("platform", ["cuda", "tpux", "tpux,cpu"])
def test_a_platform_that_jax_has_not_is_one_sentence(platform, tmp_path):
    environment = {**os.environ, "JAX_PLATFORMS": platform, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", NOWHERE]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    lines = done.stdout.splitlines()
    assert [line.removeprefix("error: ") for line in lines] == [lines[0]] * 5, done.stderr
    assert [line.startswith("error: ") for line in lines] == [False] * 3 + [True] * 2
    assert f"no device to compute on, because JAX_PLATFORMS is '{platform}'" in lines[0]
    assert "Write JAX_PLATFORMS=cpu for the processor" in lines[0]
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]


DEVICES = """
import json, sys
import numpy as np
from micrograd import errors
from tests.test_jax_engine import run

def losses(name, **options):
    return run(name, "jax", **options)[0].losses

def refusal(name, **options):
    try:
        losses(name, **options)
    except ValueError as error:
        return str(error)

meshes = [{"data": 1}, {"data": 4}, {"data": 2, "model": 2}]
runs = {str(mesh): losses("minibatches", mesh=mesh) for mesh in meshes}
runs["dropout"] = losses("dropout", mesh={"data": 4})
runs["a batch"] = losses("batch norm")
runs["indivisible"] = refusal("minibatches", batch_size=18)
runs["one batch"] = refusal("batch norm", mesh={"data": 4})
json.dump(runs, sys.stdout)
"""


def test_devices_give_the_losses_of_one():
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=4"}
    command = [sys.executable, "-c", textwrap.dedent(DEVICES)]
    done = subprocess.run(
        command, env={**os.environ, **flags}, capture_output=True, text=True, check=True
    )
    runs = json.loads(done.stdout)
    assert "Write batch_size=20" in runs.pop("indivisible")
    assert "needs all examples in one place" in runs.pop("one batch")
    for name, row in (("dropout", "dropout"), ("a batch", "batch norm")):
        wanted, _ = run(row, "jit")
        assert np.abs(np.array(runs.pop(name)) - wanted.losses).max() <= 1e-12
    wanted, _ = run("minibatches", "jit")
    for losses in runs.values():
        assert np.abs(np.array(losses) - wanted.losses).max() <= 1e-12
