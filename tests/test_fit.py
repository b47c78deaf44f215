"""`fit`: both engines, every kind of module, what a run keeps, and what goes wrong.

Rule: the judge of the compiled run is the eager one, that of the eager run is a loop in PyTorch, and
that of a resumed run is the one that never stopped.
"""

import csv
import dataclasses
import inspect
import math
import random
import re

import numpy as np
import pytest

from micrograd import MLP, Module, Value, data, errors, fit, losses, no_grad, optim
from micrograd.nn import (
    GPT,
    GRU,
    RNN,
    CausalSelfAttention,
    Conv1d,
    Conv2d,
    Dropout,
    Embedding,
    LayerNorm,
    Linear,
    MaxPool2d,
    RMSNorm,
    Sequential,
    TransformerBlock,
)
from micrograd.ops import relu, tanh
from micrograd.support.sparkline import sparkline
from micrograd.training import History
from micrograd.training.loop import Training
from micrograd.training.options import Options
from tests.support.numbers import normals

# The engines add in another order: rounding errors of some 1e-15 a step, which grow over a hundred
# steps. The optimizer is SGD with momentum. Adam would divide by the root of a mean of squares: where
# grads cancel to nearly 0 (a bias, a dead neuron), it amplifies the rounding, and the engines part.
AGREE = {"rel": 1e-9, "abs": 1e-12}


def build(make, seed=3):
    random.seed(seed)
    return make()


def weights(model):
    return [p.data for p in model.parameters()]


def points(count=24, seed=5):
    return data.moons(count, seed=seed)


def squares(model, x, y):
    """Return the sum of the squared errors of all outputs."""
    out = model(x)
    return sum((z - y) ** 2 for z in flat(out))


def flat(nest):
    if not isinstance(nest, list | tuple):
        return [nest]
    return [z for part in nest for z in flat(part)]


def margin(model, x, y):
    return losses.hinge(model(x), y)


def quiet(*args, **kwargs):
    return fit(*args, progress=False, **kwargs)


# ------------------------------------------------------------------------------- engines and models


class Tokens(Module):
    """An embedding, and a function of its rows."""

    def __init__(self, then):
        self.rows, self.then = Embedding(5, 4), then

    def __call__(self, tokens):
        return self.then([self.rows(i) for i in tokens])


TOKENS = [[0, 1, 2], [4, 4, 0], [3, 1, 1], [2, 0, 4], [1, 2, 3], [0, 0, 1]]
IMAGES = normals(6, 1, 5, 5)

# fmt: off
MODELS = {  # name: (maker, rows)
    "MLP":          (lambda: MLP(3, [4, 1], activation="tanh"), normals(6, 3)),
    "Linear":       (lambda: Sequential(Linear(3, 4), relu, Linear(4, 2)), normals(6, 3)),
    "LayerNorm":    (lambda: Sequential(Linear(3, 4), LayerNorm(4)), normals(6, 3)),
    "RMSNorm":      (lambda: Sequential(Linear(3, 4), RMSNorm(4)), normals(6, 3)),
    "Dropout":      (lambda: Sequential(Linear(3, 4), tanh, Dropout(0.4), Linear(4, 1)), normals(6, 3)),
    "RNN":          (lambda: RNN(2, 3), normals(6, 4, 2)),
    "GRU":          (lambda: GRU(2, 3), normals(6, 3, 2)),
    "Conv1d":       (lambda: Conv1d(1, 2, 2), normals(6, 1, 4)),
    "Conv2d":       (lambda: Sequential(Conv2d(1, 2, 2), tanh, MaxPool2d(2)), IMAGES),
    "attention":    (lambda: CausalSelfAttention(4, 2), normals(6, 3, 4)),
    "block":        (lambda: TransformerBlock(4, 2, 5), normals(6, 2, 4)),
    "Embedding":    (lambda: Tokens(lambda rows: [tanh(z) for row in rows for z in row]), TOKENS),
    "GPT":          (lambda: GPT(5, 3, size=4, heads=2), TOKENS),
}
# fmt: on


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("make, X", MODELS.values(), ids=MODELS)
def test_engines_agree_after_forty_steps(make, X):
    y = [0.5, -0.5] * (len(X) // 2)
    found = {}
    for engine in ("eager", "jit"):
        model = build(make)
        history = quiet(
            model, squares, X, y, optimizer=lambda p: optim.SGD(p, lr=0.003, momentum=0.5),
            steps=40, batch_size=2, engine=engine, seed=9,
        )  # fmt: skip
        found[engine] = [*history.losses, *weights(model)]
    assert found["jit"] == pytest.approx(found["eager"], **AGREE)


def l2(model):
    return losses.l2_penalty(model.parameters(), 0.01)


def all_margins(model, X, y):
    return losses.hinge([model(x) for x in X], y)


# fmt: off
HOW = {
    "all examples":  {},
    "batches":       {"batch_size": 5},
    "one a step":    {"batch_size": 1},
    "penalty":       {"batch_size": 5, "penalty": l2},
    "clip":          {"batch_size": 5, "clip": 0.05},
    "clip, penalty": {"clip": 0.5, "penalty": l2, "weight_decay": 0.1},
    "schedule":      {"lr_schedule": optim.cosine_decay(0.1, 0.01, 30)},
    "of a batch":    {"batch_size": 5, "per_example": False},
    "of all":        {"per_example": False, "penalty": l2, "clip": 0.3},
}
# fmt: on


@pytest.mark.slow
@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_engines_agree_with_any_options(how):
    found = {}
    loss = margin if how.get("per_example", True) else all_margins
    for engine in ("eager", "jit"):
        model = build(lambda: MLP(2, [4, 1]))
        history = quiet(
            model, loss, *points(), steps=30, engine=engine, validation=points(10),
            optimizer=lambda p: optim.SGD(p, lr=0.05, momentum=0.9),
            metrics={"accuracy": losses.accuracy}, validate_every=7, **how,
        )  # fmt: skip
        rows = [x for column in history.validation.values() for x in column]
        found[engine] = [*history.losses, *history.learning_rates, *rows, *weights(model)]
        assert history.validation["step"] == [7, 14, 21, 28, 30]
    assert found["jit"] == pytest.approx(found["eager"], **AGREE)


def test_dropout_is_drawn_anew_at_each_step_and_off_in_validation():
    model = build(lambda: Sequential(Linear(2, 6), Dropout(0.5), Linear(6, 1)))
    history = quiet(
        model, squares, *points(), optimizer=lambda p: optim.SGD(p, lr=0.0), steps=8,
        validation=points(10), validate_every=2,
    )  # fmt: skip
    assert len(set(history.losses)) == 8
    assert len(set(history.validation["loss"])) == 1
    with no_grad():
        wanted = [squares(model, x, y).data for x, y in zip(*points(10))]
    assert history.validation["loss"][0] == pytest.approx(sum(wanted) / 10, **AGREE)


# ---------------------------------------------------------------------------------- beside PyTorch

# fmt: off
BESIDE = {
    "SGD":      (lambda p: optim.SGD(p, lr=0.1, momentum=0.9), lambda torch, p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
    "Adam":     (lambda p: optim.Adam(p, lr=0.01), lambda torch, p: torch.optim.Adam(p, lr=0.01)),
    "AdamW":    (lambda p: optim.AdamW(p, lr=0.01), lambda torch, p: torch.optim.AdamW(p, lr=0.01)),
    "Adagrad":  (lambda p: optim.Adagrad(p, lr=0.1), lambda torch, p: torch.optim.Adagrad(p, lr=0.1)),
    "RMSprop":  (lambda p: optim.RMSprop(p, lr=0.01), lambda torch, p: torch.optim.RMSprop(p, lr=0.01)),
}
# fmt: on


@pytest.mark.slow
@pytest.mark.parametrize("clip", [None, 0.1])
@pytest.mark.parametrize("ours, theirs", BESIDE.values(), ids=BESIDE)
def test_a_run_equals_the_loop_in_pytorch(ours, theirs, clip, torch):
    model = build(lambda: Sequential(Linear(2, 5), tanh, Linear(5, 1)))
    net = torch.nn.Sequential(torch.nn.Linear(2, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1))
    net = net.double()
    for name, tensor in zip(("steps.0", "steps.2"), (net[0], net[2])):
        state = model.state_dict()
        tensor.weight.data = torch.tensor(state[f"{name}.weight"], dtype=torch.float64)
        tensor.bias.data = torch.tensor(state[f"{name}.bias"], dtype=torch.float64)
    X, y = points()
    rows, targets = torch.tensor(X, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)
    optimizer, wanted = theirs(torch, net.parameters()), []
    for _ in range(40):
        optimizer.zero_grad()
        loss = ((net(rows)[:, 0] - targets) ** 2).mean()
        loss.backward()
        if clip:
            torch.nn.utils.clip_grad_norm_(net.parameters(), clip)
        optimizer.step()
        wanted.append(loss.item())
    history = quiet(model, squares, X, y, optimizer=ours, steps=40, clip=clip)
    assert history.losses == pytest.approx(wanted, **AGREE)


# -------------------------------------------------------------------------------------- the history


def run(**how):
    model = build(lambda: MLP(2, [4, 1]))
    given = {"steps": 60, "batch_size": 8, "optimizer": lambda p: optim.Adam(p, lr=0.02)}
    return model, quiet(model, margin, *points(), **{**given, **how})


def test_an_epoch_has_a_step_for_each_whole_minibatch():
    _, history = run(steps=None, epochs=4, batch_size=7)
    assert len(history.losses) == 4 * (24 // 7) == history.total


def test_the_history_has_a_number_for_each_step(tmp_path):
    _, history = run(validation=points(10), lr_schedule=optim.linear_decay(0.1, 0.0, 60))
    assert history.learning_rates[:2] == [0.1, 0.1 - 0.1 / 60]
    assert len(history.losses) == len(history.learning_rates) == len(history.seconds) == 60
    assert history.seconds == sorted(history.seconds)
    assert history.stopped == ""
    with open(history.to_csv(tmp_path / "history.csv"), encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["step", "loss", "rate", "seconds", "validation_loss"]
    assert [float(row["loss"]) for row in rows] == history.losses
    looks = {int(row["step"]): row["validation_loss"] for row in rows if row["validation_loss"]}
    assert list(looks) == history.validation["step"]
    assert [float(loss) for loss in looks.values()] == history.validation["loss"]


def test_the_best_loss_is_that_of_the_validation():
    _, history = run(validation=points(10))
    step, loss = history.best
    assert loss == min(history.validation["loss"])
    assert history.validation["step"][history.validation["loss"].index(loss)] == step
    _, history = run()
    assert history.losses[history.best.step] == history.best.loss == min(history.losses)


@pytest.mark.parametrize("validation", [None, (*points(10),)], ids=["alone", "validated"])
def test_the_plot_has_a_curve_for_each_list(validation):
    metrics = validation and {"accuracy": losses.accuracy}
    _, history = run(validation=validation, metrics=metrics)
    curves = [len(axes.lines) for axes in history.plot().axes]
    assert curves == ([1] if validation is None else [2, 1])


def test_a_held_out_share_is_not_trained_on():
    _, history = run(validation=0.25, batch_size=None)
    assert len(history.validation["loss"]) == 60
    options = Options(**DEFAULTS | {"validation": 0.25, "steps": 1})
    training = Training(MLP(2, [1]), options)
    held = training.evaluation.arrays[0].tolist()
    assert len(held) == 6
    assert sorted([*held, *training.rows.tolist()]) == sorted(points()[0])


def test_the_same_seed_gives_the_same_run():
    same = [run(seed=4)[1].losses for _ in range(2)]
    assert same[0] == same[1] != run(seed=5)[1].losses


def test_fit_leaves_the_users_random_numbers_alone():
    random.seed(1)
    wanted = random.random()
    random.seed(1)
    quiet(lambda: MLP(2, [1]), margin, *points(), steps=3)
    assert random.random() == wanted


def test_patience_stops_at_the_best_parameters():
    model, history = run(
        steps=5000, validation=points(10, seed=6), validate_every=10, patience=3,
        optimizer=lambda p: optim.Adam(p, lr=0.3),
    )  # fmt: skip
    assert history.stopped == "early"
    assert history.validation["step"][-1] == history.best.step + 30 == len(history.losses)
    loss = sum(margin(model, x, y).data for x, y in zip(*points(10, seed=6))) / 10
    assert loss == pytest.approx(history.best.loss, **AGREE)


def test_a_callback_sees_the_history_and_may_stop_it():
    seen = []

    def callback(history):
        seen.append(len(history.losses))
        return len(seen) == 3

    _, history = run(engine="eager", steps=5000, callbacks=[callback])
    assert history.stopped == "callback"
    assert seen[0] == 1
    assert len(history.losses) == seen[-1] < 5000


def test_repeats_give_the_mean_of_runs_with_consecutive_seeds():
    history = quiet(
        lambda: MLP(2, [4, 1]), margin, *points(), steps=20, repeats=3, seed=4,
        validation=points(10), batch_size=8,
    )  # fmt: skip
    alone = [
        quiet(lambda: MLP(2, [4, 1]), margin, *points(), steps=20, seed=seed, batch_size=8)
        for seed in (4, 5, 6)
    ]
    assert [run.losses for run in history.runs] == [run.losses for run in alone]
    assert history.losses == pytest.approx(np.mean([run.losses for run in alone], 0).tolist())
    assert history.validation["step"] == list(range(3, 21, 3)) + [20] * (20 % 3 > 0)


# -------------------------------------------------------------------------------- snapshots and forks


@pytest.mark.parametrize("engine", ["jit", "eager"])
def test_a_fork_reaches_the_same_bits(engine):
    model, history = run(keep_every=10, engine=engine)
    assert history.ring.steps == [0, 10, 20, 30, 40, 50, 60]
    assert history.at(60).parameters.tolist() == weights(model)
    fork, forked = run(start=history.at(40), engine=engine)
    assert forked.losses == history.losses[40:]
    assert weights(fork) == weights(model)
    other, changed = run(start=history.at(40), lr_schedule=lambda step: 0.5, engine=engine)
    assert changed.losses[0] == forked.losses[0]
    assert weights(other) != weights(model)
    assert (forked.first, forked.best.step >= 40, forked.total) == (40, True, 60)


def test_a_full_ring_drops_the_oldest_snapshot(monkeypatch):
    monkeypatch.setattr("micrograd.training.snapshot_ring.CAPACITY", 4)
    _, history = run(keep_every=10)
    assert history.ring.steps == [30, 40, 50, 60]
    with pytest.raises(
        KeyError, match="No snapshot was kept after step 20: there are 4, from 30 to 60"
    ):
        history.at(20)


def test_a_run_without_snapshots_says_how_to_keep_them():
    with pytest.raises(ValueError, match=r"Ask for them: fit\(..., keep_every=10\)"):
        run()[1].at(3)


def test_a_snapshot_of_another_model_is_refused():
    _, history = run(keep_every=10)
    with pytest.raises(errors.ShapeError, match="has 17 parameters, or belongs to another kind of"):
        quiet(MLP(2, [1]), margin, *points(), steps=60, start=history.at(10))


# --------------------------------------------------------------------------------------- nan and inf


class Falling(Module):
    """A parameter that falls until its logarithm is not defined."""

    def __init__(self):
        self.w = Value(0.35)

    def __call__(self, x):
        return self.w.log() * x[0]


@pytest.mark.parametrize("engine", ["jit", "eager"])
def test_the_step_and_the_op_of_the_first_nan_are_named(engine):
    model, seen = Falling(), []
    with pytest.raises(errors.Diverged) as caught:
        quiet(
            model, lambda model, x, y: model(x) + y, [[1.0]] * 3, [0.0] * 3, engine=engine,
            optimizer=lambda p: optim.SGD(p, lr=0.05), steps=1000, callbacks=[seen.append],
        )  # fmt: skip
    history = caught.value.history
    message = str(caught.value)
    assert re.search(
        rf"after {len(history.losses)} steps, the next one produced nan or inf", message
    )
    assert "log" in message and "test_fit.py" in message and "return self.w.log() * x[0]" in message
    assert "The model has the parameters from before that step." in message
    assert history.stopped == "diverged"
    assert all(map(math.isfinite, history.losses))
    assert math.isfinite(model.w.data)
    assert model.w.grad == 0.0


@pytest.mark.parametrize("engine", ["jit", "eager"])
def test_a_learning_rate_that_is_too_large_is_diagnosed(engine):
    model = build(lambda: MLP(2, [4, 1]))
    with pytest.raises(
        errors.Diverged, match=r"learning rate, 5, is too large\. Try 0\.5, or clip"
    ):
        quiet(
            model, squares, *points(), steps=500, engine=engine,
            optimizer=lambda p: optim.SGD(p, lr=5.0),
        )  # fmt: skip
    assert all(map(math.isfinite, weights(model)))


@pytest.mark.parametrize("engine", ["jit", "eager"])
@pytest.mark.parametrize("steps", [6, 9])
def test_an_update_to_inf_is_the_step_that_is_named(engine, steps):
    """The loss of that step is finite, and the parameters after it are not."""
    model = build(lambda: MLP(2, [4, 1]))
    with pytest.raises(
        errors.Diverged, match="after 5 steps, the next one produced nan or inf"
    ) as caught:
        quiet(
            model, squares, *points(), optimizer=optim.SGD, steps=steps, engine=engine,
            lr_schedule=lambda step: math.inf if step == 5 else 0.01,
        )  # fmt: skip
    assert len(caught.value.history.losses) == 5
    good = build(lambda: MLP(2, [4, 1]))
    quiet(
        good, squares, *points(), optimizer=lambda p: optim.SGD(p, lr=0.01), steps=5, engine=engine
    )
    assert weights(model) == weights(good)


def test_a_model_with_nan_is_refused():
    model = MLP(2, [1])
    model.parameters()[0].data = math.nan
    with pytest.raises(ValueError, match="nan or inf before the first step"):
        quiet(model, margin, *points(), steps=3)


# ------------------------------------------------------------------------------------------ refusals

DEFAULTS = {
    name: argument.default
    for name, argument in inspect.signature(fit).parameters.items()
    if argument.kind is argument.KEYWORD_ONLY and name != "repeats"
} | {"loss": margin, "X": points()[0], "y": points()[1], "progress": False}

# fmt: off
REFUSED = {  # name: (arguments, exception, part of the message)
    "neither":        ({"steps": None}, ValueError, r"fit\(..., steps=1000\) or fit\(..., epochs=10\)"),
    "both":           ({"epochs": 3}, ValueError, "but not both"),
    "no steps":       ({"steps": 0}, ValueError, "steps"),
    "engine":         ({"engine": "llvm"}, ValueError, "Unknown engine 'llvm'"),
    "dtype":          ({"dtype": "float16"}, ValueError, "Unknown dtype 'float16'"),
    "eager, dtype":   ({"engine": "eager", "dtype": "float32"}, ValueError, "eager engine cannot compute in 'float32'"),
    "loss":           ({"loss": lambda scores, targets: 0.0}, TypeError, r"cannot be called as loss\(model, x, y\), but that is how it is"),
    "loss, no y":     ({"y": None}, TypeError, r"cannot be called as loss\(model, x\), but"),
    "optimizer":      ({"optimizer": "adam"}, TypeError, "Write optimizer=optim.Adam, or"),
    "clip":           ({"clip": -1.0}, ValueError, "must be greater than 0, got -1.0"),
    "metrics":        ({"metrics": {"accuracy": losses.accuracy}}, ValueError, "`metrics` needs examples"),
    "patience":       ({"patience": 3}, ValueError, r"Pass validation=\(X, y\)"),
    "share":          ({"validation": 1.5}, ValueError, "1.5"),
    "X alone":        ({"validation": (points()[0],)}, TypeError, r"the pair \(X, y\) or a fraction of"),
    "three":          ({"validation": [[1.0]] * 3}, TypeError, "got a list of 3. Write validation="),
    "a text":         ({"validation": "20%"}, TypeError, "got the str '20%'. Write validation="),
    "labels":         ({"y": [1.0]}, errors.ShapeError, "24 rows but 1 label"),
    "held out":       ({"validation": ([[1.0, 2.0]], [])}, errors.ShapeError, "1 row but 0 labels"),
    "nothing":        ({"X": [], "y": []}, errors.ShapeError, "There are no examples"),
    "ragged":         ({"X": [[1.0], [1.0, 2.0]] * 12}, errors.ShapeError, "rows"),
    "width":          ({"X": [[1.0] * 3] * 24}, errors.ShapeError, "3"),
    "masked":         ({"X": np.ma.masked_equal([[1.0, 2.0]] * 24, 2.0)}, errors.ShapeError,
                       "X has masked entries"),
    "class":          ({"loss": lambda m, x, y: losses.cross_entropy([m(x)] * 2, y), "y": [7.0] * 24,
                        "engine": "eager"}, IndexError, "7"),
    "batch":          ({"batch_size": 0}, ValueError, "batch_size"),
    "repeats":        ({"repeats": 2}, ValueError, "pass functions that make the model"),
    "not a number":   ({"loss": lambda m, x, y: "loss"}, TypeError, "one number"),
    "not, eagerly":   ({"loss": lambda m, x, y: "loss", "engine": "eager"}, TypeError, "one number"),
}
# fmt: on


@pytest.mark.parametrize("given, exception, said", REFUSED.values(), ids=REFUSED)
def test_arguments_that_are_refused(given, exception, said):
    model = build(lambda: MLP(2, [4, 1]))
    before = weights(model)
    with pytest.raises(exception, match=said):
        quiet(model, **{"loss": margin, "X": points()[0], "y": points()[1], "steps": 3, **given})
    assert weights(model) == before


def test_the_options_are_the_arguments_of_fit():
    arguments = set(inspect.signature(fit).parameters) - {"model", "repeats"}
    assert arguments == {field.name for field in dataclasses.fields(Options)}


def test_every_argument_reaches_its_option(monkeypatch):
    """Each argument is an object of its own, which nothing reads."""
    seen = []
    monkeypatch.setattr("micrograd.training.public.whole_number", lambda *_: 1)
    monkeypatch.setattr("micrograd.training.loop.Training", lambda _, options: seen.append(options))
    given = {field.name: object() for field in dataclasses.fields(Options)}
    with pytest.raises(AttributeError):  # there is nothing to run
        fit(MLP(1, [1]), **given)
    (options,) = seen
    assert all(getattr(options, name) is x for name, x in given.items())


def test_something_else_than_a_model_is_refused():
    with pytest.raises(TypeError, match=r"fit\(\) expected a Module, .*, got the str 'model'"):
        quiet("model", margin, *points(), steps=3)


def test_repeats_have_no_checkpoint(tmp_path):
    with pytest.raises(ValueError, match="they describe a single run"):
        quiet(lambda: MLP(2, [1]), margin, *points(), steps=3, repeats=2, checkpoint=tmp_path / "c")


def test_labels_outside_the_classes_are_an_index_error():
    """The compiled step gives nan for such a label; the replay raises the error that explains it."""
    model = build(lambda: MLP(2, [3]))
    with pytest.raises(IndexError, match="7"):
        quiet(model, lambda m, x, y: losses.cross_entropy(m(x), y), points()[0], [7] * 24, steps=3)


# -------------------------------------------------------------------------------------- without data


@pytest.mark.parametrize("engine", ["jit", "eager"])
def test_a_loss_without_data(engine):
    model = Falling()
    history = quiet(
        model, lambda model: (model.w - 3.0) ** 2, steps=200, engine=engine,
        optimizer=lambda p: optim.SGD(p, lr=0.1),
    )  # fmt: skip
    assert model.w.data == pytest.approx(3.0)
    assert history.losses[0] == pytest.approx(2.65**2)


def test_the_progress_bar_counts_steps(capsys):
    quiet_bar = fit(MLP(2, [1]), margin, *points(), steps=5)
    assert len(quiet_bar.losses) == 5
    assert "5/5" in capsys.readouterr().err


def test_a_sparkline_without_finite_numbers_is_empty():
    assert sparkline([math.nan, math.inf]) == sparkline([]) == ""


@pytest.mark.parametrize("engine", ["jit", "eager"])
def test_a_validation_sees_rows_as_a_step_does(engine):
    X = np.ones((4, 1))
    kinds = set()

    def loss(model, x, y):
        kinds.add((type(x), type(y)))
        return (model(x * 2) - y[0]) ** 2

    fit(MLP(2, [1]), loss, X, X, steps=2, validation=(X, X), engine=engine, progress=False)
    assert kinds == {(list, list)}


def test_rates_are_the_learning_rates_and_an_empty_history_has_no_best():
    history = fit(MLP(1, [1]), "mean_squared_error", [[1.0]], [2.0], steps=3, progress=False)
    assert history.rates == history.learning_rates != []
    with pytest.raises(ValueError, match="The history is empty"):
        _ = History().best


@pytest.mark.parametrize("rows", [[], [[1.0]]])
def test_a_share_of_too_few_rows_is_refused(rows):
    targets = [2.0] * len(rows)
    with pytest.raises(ValueError, match=r"\d example|no example|at least"):
        fit(MLP(1, [1]), "mean_squared_error", rows, targets, validation=0.5, steps=3)


def test_a_share_of_rows_without_targets_is_held_out():
    def size(model, x):
        return model(x) ** 2

    history = fit(MLP(1, [1]), size, normals(8, 1), validation=0.25, steps=3, progress=False)
    assert history.validation["loss"]


def test_a_validation_is_compiled_once_whoever_made_the_optimizer(monkeypatch):
    """The options hold the optimizer, which each step changes, and the loss, which none does."""
    runs, run = [], Training.run

    def run_and_note(training):
        runs.append(training)
        return run(training)

    monkeypatch.setattr(Training, "run", run_and_note)
    X, y = points(8)
    for prepare in (optim.Adam, lambda parameters: optim.Adam):
        model = build(lambda: MLP(2, [2, 1]))
        options = {"optimizer": prepare(model.parameters()), "validate_every": 1}
        quiet(model, squares, X, y, steps=6, validation=(X, y), **options)
    assert [len(training.evaluation.losses.specialisations) for training in runs] == [1, 1]
