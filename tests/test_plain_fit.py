"""`fit` without NumPy or without llvmlite: the same numbers, and sentences about what is missing.

Rule: the right numbers are those of engine="eager" with NumPy; bits are compared. In another
process, `test_in_browser.py` trains where neither can be imported.
"""

import random
import sys

import numpy as np
import pytest

from micrograd import MLP, Value, data, errors, fit, losses, optim
from micrograd.nn import Dropout, Linear, Sequential
from micrograd.support.numpy_draws import Permutations, philox_numbers
from micrograd.training.steps.plain_step import Rows

X, Y = data.moons(30, seed=1)
SEEDS = (0, 1, 1337, 2**32, 2**64 - 1, 2**130 + 3)


def with_dropout():
    return Sequential(Linear(2, 4), Dropout(0.5), Linear(4, 1))


def hinge_of_first(model, x, y):
    return losses.hinge(model(x)[0], y)


@pytest.mark.parametrize(
    "place, content",
    [(1, [3.0]), ([1, 0], [[3.0], [2.0]]), (None, [[[2.0], [3.0]]])],
)
def test_rows_are_taken_as_from_an_array(place, content):
    rows = [[2.0], [3.0]]
    assert Rows(rows)[place].tolist() == np.array(rows)[place].tolist() == content


RUNS = {
    "all examples": {"loss": "hinge", "steps": 5},
    "minibatches": {"loss": "hinge", "epochs": 3, "batch_size": 7, "seed": 5, "clip": 1.0},
    "in order": {"loss": "mse", "steps": 9, "batch_size": 7, "shuffle": False, "weight_decay": 0.1},
    "a share": {
        "loss": "hinge",
        "steps": 30,
        "batch_size": 7,
        "validation": 0.3,
        "metrics": "accuracy",
    },
    "patience": {"loss": "hinge", "steps": 90, "validation": 0.3, "patience": 2, "tol": 0.1},
    "a penalty": {
        "loss": "hinge",
        "steps": 4,
        "penalty": lambda m: losses.l2_penalty(m.parameters()),
    },
    "examples": {"loss": "hinge", "steps": 6, "validation": (X[:5], Y[:5]), "validate_every": 2},
    "batches": {"loss": "mse", "steps": 6, "batch_size": 4, "per_example": False},
    "draws": {"loss": hinge_of_first, "steps": 6, "batch_size": 4, "model": with_dropout},
    "a schedule": {"loss": "hinge", "steps": 4, "lr_schedule": optim.linear_decay(0.1, 0.01, 4)},
    "a callback": {"loss": "hinge", "steps": 4, "callbacks": [lambda history: True]},
    "no targets": {
        "loss": lambda model, x: model(x) ** 2,
        "steps": 4,
        "y": None,
        "validation": 0.3,
    },
    "no data": {"loss": lambda model: model.parameters()[0] ** 2, "steps": 4, "X": None, "y": None},
    "arrays": {"loss": "hinge", "steps": 4, "X": np.array(X), "y": np.array(Y)},
}


def train(run: dict) -> tuple:
    run = {"optimizer": optim.AdamW, "X": X, "y": Y, "model": lambda: MLP(2, [4, 1])} | run
    make, loss, x, y = (run.pop(name) for name in ("model", "loss", "X", "y"))
    random.seed(3)
    model = make()
    history = fit(model, loss, x, y, engine="eager", progress=False, **run)
    numbers = [p.data for p in model.parameters()]
    return history.losses, history.rates, history.validation, numbers


@pytest.mark.parametrize("name", RUNS)
def test_the_bits_are_those_of_numpy(name, monkeypatch):
    expected = train(RUNS[name])
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert train(RUNS[name]) == expected


def test_a_run_that_diverges_tells_the_same_and_keeps_the_last_good_parameters(monkeypatch):
    def diverge():
        random.seed(3)
        model = MLP(2, [4, 1])
        sgd = optim.SGD(model.parameters(), lr=1e3)
        with pytest.raises(errors.Diverged) as caught:
            fit(model, "mse", X, Y, optimizer=sgd, steps=99, engine="eager", progress=False)
        return str(caught.value), caught.value.history.losses, [p.data for p in sgd.parameters]

    expected = diverge()
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert diverge() == expected


@pytest.mark.parametrize("when", ["in a step", "in a callback"])
def test_ctrl_c_keeps_what_was_reached(when, monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    model, calls = MLP(2, [4, 1]), []

    def loss(model, x, y):
        calls.append(x)
        if when == "in a step" and len(calls) > 3 * len(X):
            raise KeyboardInterrupt
        return losses.hinge(model(x), y)

    def callback(history):
        if when == "in a callback" and history.done == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("micrograd.training.plain_loop.REPORT_SECONDS", 0.0)
    history = fit(model, loss, X, Y, steps=9, engine="eager", callbacks=[callback])
    assert (history.stopped, history.done) == ("interrupted", 2)


@pytest.mark.parametrize("missing", ["numpy", "llvmlite"])
def test_without_machine_code_fit_is_eager_and_says_so(missing, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, missing, None)
    history = fit(lambda: MLP(2, [4, 1]), "hinge", X, Y, steps=3, progress=False)
    assert history.done == 3
    assert capsys.readouterr().err.startswith('fit() runs with engine="eager", which is plain')
    fit(MLP(2, [4, 1]), "hinge", X, Y, steps=3, progress=False, engine="eager")
    assert capsys.readouterr().err == ""


REFUSED = {  # options of fit: (the error, its sentence)
    "checkpoint": ({"checkpoint": "a"}, ImportError, "checkpoint needs NumPy, which is missing"),
    "keep_every": ({"keep_every": 2}, ImportError, "keep_every needs NumPy"),
    "repeats": ({"repeats": 2}, ImportError, "repeats needs NumPy"),
    "jax": ({"engine": "jax"}, ImportError, 'engine="jax" needs NumPy'),
    "text": ({"X": [["a", 1.0]], "y": [1.0]}, errors.ShapeError, "X must hold numbers, got"),
    "values": ({"X": [[Value(1.0)]], "y": [1.0]}, errors.ShapeError, "X must hold numbers, got"),
    "one number": ({"X": 3.0, "y": [1.0]}, errors.ShapeError, "X must be a list of rows"),
    "ragged": ({"X": [[1.0], [1.0, 2.0]], "y": [1.0, 1.0]}, errors.ShapeError, "the same number"),
    "labels": ({"X": [[1.0, 2.0]], "y": [1.0, 1.0]}, errors.ShapeError, "1 row but 2 labels"),
    "nothing": ({"X": [], "y": []}, errors.ShapeError, "no examples"),
    "nan": ({"X": [[1.0, float("nan")]], "y": [1.0]}, ValueError, r"X\[0\] is nan"),
    "a side": ({"X": [[1.0, 2.0]], "y": [3.0]}, ValueError, "hinge"),
    "a share": ({"X": [[1.0, 2.0]], "y": [1.0], "validation": 0.5}, ValueError, "got 1"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_what_it_does_not_have(name, monkeypatch):
    options, error, sentence = REFUSED[name]
    options = {"X": X, "y": Y, "engine": "eager"} | options
    x, y = options.pop("X"), options.pop("y")
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(error, match=sentence):
        fit(lambda: MLP(2, [4, 1]), "hinge", x, y, steps=2, **options)


def test_a_model_with_nan_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    model = MLP(2, [1])
    model.parameters()[0].data = float("nan")
    with pytest.raises(ValueError, match="nan or inf before the first step"):
        fit(model, "hinge", X, Y, steps=2, engine="eager")


@pytest.mark.parametrize("seed", SEEDS)
def test_permutations_are_those_of_numpy(seed):
    generator, permutations = np.random.default_rng(seed), Permutations(seed)
    for count in (1, 2, 3, 10, 97, 1000, 20):
        assert permutations.draw(count) == generator.permutation(count).tolist()


@pytest.mark.parametrize("first", [0, 1, 10**6])
@pytest.mark.parametrize("seed", SEEDS[:-1])
def test_numbers_are_those_of_numpy(seed, first):
    philox = np.random.Philox(key=seed).advance(first)
    expected = np.random.Generator(philox).random(11).tolist()
    assert philox_numbers(seed, first, 11) == expected
