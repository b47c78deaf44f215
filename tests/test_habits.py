"""`fit` and `compile_step` answer in the words of other libraries, and refuse what they cannot use.

Rule: a wrong argument ends in a sentence that says what to write, before anything is compiled or
written. Rows of the tables are (arguments, exception, part of the message).
"""

import copy
import inspect
import itertools
import math
import pickle
import random
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from micrograd import MLP, compile_step, data, errors, fit, losses, optim
from micrograd.support import foreign_keywords
from micrograd.support.unknown_keywords import suggest_keywords
from micrograd.training import History
from micrograd.training.example_losses import LOSSES, METRICS
from tests.support.cases import cases

X, Y = data.moons(24, seed=5)


def make(*nouts, seed=3):
    random.seed(seed)
    return MLP(2, [4, *(nouts or (1,))])


def train(model, loss="hinge", X=X, y=Y, **options):
    given = {"steps": 3, "progress": False} | options
    if "epochs" in options:
        del given["steps"]
    return fit(model, loss, X, y, **given)


def weights(model):
    return [p.data for p in model.parameters()]


# -------------------------------------------------------------------------------------- keywords


# fmt: off
KEYWORDS = {  # what people of Keras, scikit-learn and PyTorch write: what is to be written here
    "lr": (0.3, "optimizer=lambda parameters: optim.Adam(parameters, lr=0.3)"),
    "learning_rate": ("adaptive", "optim.Adam(parameters, lr='adaptive')"),
    "learning_rate_init": (None, "optim.Adam(parameters, lr=0.01)"),
    "momentum": (0.9, "optim.SGD(parameters, lr=0.1, momentum=0.9)"),
    "validation_split": (0.25, "validation=0.25"),
    "validation_fraction": (0.1, "validation=0.1"),
    "validation_data": ((X, Y), "validation=(X_val, y_val)"),
    "early_stopping": (True, "validation=0.2, patience=10"),
    "n_iter_no_change": (5, "validation=0.2, patience=10"),
    "min_delta": (0.001, "tol=0.001"),
    "verbose": (0, "progress=False"),
    "random_state": (7, "seed=7"),
    "max_iter": (200, "epochs=200"),
    "n_iter": (200, "epochs=200"),
    "num_epochs": (5, "epochs=5"),
    "steps_per_epoch": (10, "steps=10"),
    "callback": (print, "callbacks=["),
    "metric": ("accuracy", 'metrics=["accuracy"], validation=0.2'),
    "scheduler": (None, "lr_schedule=optim.cosine_decay("),
    "criterion": (None, 'fit(model, "hinge", X, y)'),
    "solver": ("adam", "optimizer=optim.Adam"),
    "alpha": (0.01, "weight_decay=0.01"),
    "max_norm": (2.0, "clip=2.0"),
    "sample_weight": ([1.0], "y[1] * losses.hinge(model(x), y[0])"),
    "device": ("cpu", "Leave it out"),
    "n_jobs": (2, "compile_step(loss, model, optimizer, threads=2)"),
    "batch": (8, "batch_size=8"),
    "warm_start": (True, "again, to train on"),
    "learning_rte": (0.2, "optim.Adam(parameters, lr=0.2)"),  # the nearest word is of this table
    "batchsize": (8, "Did you mean batch_size?"),
    "validations": (0.1, "Did you mean validation?"),
}
# fmt: on


@cases("name", KEYWORDS)
def test_a_keyword_of_another_library_names_ours(name):
    x, written = KEYWORDS[name]
    with pytest.raises(TypeError, match=r"^fit\(\) has no parameter ") as caught:
        train(make(), **{name: x})
    assert repr(name) in str(caught.value)
    assert written in str(caught.value)


def test_all_unknown_keywords_are_answered_at_once():
    with pytest.raises(TypeError) as caught:
        train(make(), validation_split=0.2, verbose=0, random_state=1)
    for written in ("validation=0.2", "progress=False", "seed=1"):
        assert written in str(caught.value)


@pytest.mark.parametrize(
    "words, function", [(foreign_keywords.FIT, fit), (foreign_keywords.COMPILE_STEP, compile_step)]
)
def test_a_word_stands_in_one_row_and_is_no_argument(words, function):
    names = " ".join(words).split()
    assert len(names) == len(set(names))
    assert not {*names} & {*inspect.signature(function).parameters}
    assert all("Write " in sentence or "Leave it out" in sentence for sentence in words.values())


# fmt: off
ORDER = {  # calls by the order of other libraries
    "the data first":   (lambda: fit(make(), X, Y, epochs=1), r"It comes before the data: write fit\(model, 'hinge', X, y\)"),
    "the loss by name": (lambda: fit(make(), X, Y, loss="hinge"), r"multiple values for argument 'loss'\. Write fit\(model, loss, X, y"),
    "no loss":          (lambda: fit(make()), r"missing a required argument: 'loss'\. Write fit\(model, loss, X, y"),
    "batch by place":   (lambda: fit(make(), "hinge", X, Y, 32), r"too many positional arguments\. Write fit\(model, loss"),
    "a step with lr":   (lambda: compile_step("hinge", make(), lr=0.1), r"Write optimizer=optim\.Adam\(model\.parameters\(\), lr=0\.01\)"),
    "a step of epochs": (lambda: compile_step("hinge", make(), None, epochs=3), r"Write step\.run\(X, y, steps=100, batch_size=32"),
    "a class":          (lambda: compile_step("hinge", make(), optim.Adam), r"got a type\. Write compile_step\(loss, model, optim\.Adam\(model"),
}
# fmt: on


@pytest.mark.parametrize("call, said", ORDER.values(), ids=ORDER)
def test_a_call_in_another_order_is_explained(call, said):
    with pytest.raises(TypeError, match=said):
        call()


def test_an_error_inside_the_function_is_its_own():
    @suggest_keywords({"b": "Write a."}, "f(a)")
    def f(a):
        raise TypeError("from within")

    with pytest.raises(TypeError, match=r"^from within$"):
        f(1)


# ------------------------------------------------------------------------ losses and metrics by name

TARGETS = {  # targets that suit each loss
    "cross_entropy": [int(y > 0) for y in Y],
    "binary_cross_entropy": [int(y > 0) for y in Y],
}


@pytest.mark.parametrize("engine", ["jit", "eager"])
@pytest.mark.parametrize("per_example", [True, False])
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_by_name_is_that_function(name, per_example, engine):
    nout = 2 if name == "cross_entropy" else 1
    y = TARGETS.get(name, Y)
    runs = []
    for loss in (name, LOSSES[name], lambda model, x, y: LOSSES[name](model(x), y)):
        options = {"per_example": per_example} if not runs else {}
        runs.append(train(make(nout), loss, y=y, engine=engine, **options).losses)
    assert runs[0] == pytest.approx(runs[2], rel=1e-12)  # a batch is summed in another order
    assert runs[1] == runs[2]


def test_a_step_takes_a_loss_by_name():
    runs = []
    for loss in ("hinge", lambda model, x, y: losses.hinge(model(x), y)):
        model = make()
        step = compile_step(loss, model, optim.SGD(model.parameters(), lr=0.1))
        runs.append(step.run(X, Y, steps=5).tolist())
    assert runs[0] == runs[1]


# fmt: off
METRICS_GIVEN = {  # metrics: the names under which they are in the history
    "a list":       (["accuracy", "hinge"], ["accuracy", "hinge"]),
    "a name":       ("accuracy", ["accuracy"]),
    "a function":   (losses.accuracy, ["accuracy"]),
    "functions":    ([losses.accuracy, "mse"], ["accuracy", "mse"]),
    "a tuple":      (("accuracy",), ["accuracy"]),
    "a generator":  ((name for name in ("accuracy",)), ["accuracy"]),
    "a dict":       ({"right": "accuracy", "mine": losses.hinge}, ["right", "mine"]),
    "none of them": ([], []),
}
# fmt: on


@pytest.mark.parametrize("metrics, names", METRICS_GIVEN.values(), ids=METRICS_GIVEN)
def test_metrics_by_name(metrics, names):
    history = train(make(), metrics=metrics, validation=(X, Y))
    assert history.metrics == names
    wanted = train(make(), metrics={"accuracy": losses.accuracy}, validation=(X, Y))
    for name in {"accuracy", "right"} & set(names):
        assert history.validation[name] == wanted.validation["accuracy"]


def test_every_metric_measures_lists_of_numbers():
    for name, metric in METRICS.items():
        outputs = [[0.5, 1.0]] if name == "cross_entropy" else [0.5]
        assert math.isfinite(metric(outputs, [1]))


# ------------------------------------------------------------------------------- wrong arguments


class Frame:
    """A table in the manner of pandas: what NumPy makes of it is an array of objects."""

    def __init__(self, rows):
        self.rows = rows

    def __array__(self, dtype=None, copy=None):
        return np.array(self.rows, dtype or object)


def with_nan(rows, *place):
    array = np.array(rows, float)
    array[place] = math.nan
    return array


SHAPE = errors.ShapeError
# fmt: off
WRONG = {  # name: (arguments, exception, part of the message)
    "clip, text":           ({"clip": "x"}, TypeError, "`clip` must be a number, got the str 'x'"),
    "clip, bool":           ({"clip": True}, TypeError, "`clip` must be a number, got a bool"),
    "clip, nan":            ({"clip": math.nan}, ValueError, "greater than 0, got nan"),
    "weight_decay, text":   ({"weight_decay": "x"}, TypeError, "`weight_decay` must be a number"),
    "weight_decay, < 0":    ({"weight_decay": -1}, ValueError, "`weight_decay` must be at least 0"),
    "no weight_decay":      ({"weight_decay": 0.1, "optimizer": lambda p: Plain(p, 0.1)}, ValueError, "Plain has no weight decay"),
    "tol":                  ({"tol": "x"}, TypeError, "`tol` must be a number"),
    "tol, < 0":             ({"tol": -0.1}, ValueError, "`tol` must be at least 0, got -0.1"),
    "seconds":              ({"checkpoint_seconds": "x"}, TypeError, "`checkpoint_seconds` must be a number"),
    "seconds, None":        ({"checkpoint_seconds": None}, TypeError, "`checkpoint_seconds` must be a number, got None"),
    "seed":                 ({"seed": "x"}, ValueError, "seed must be a whole number of at least 0, got 'x'"),
    "seed, None":           ({"seed": None}, ValueError, "seed must be a whole number"),
    "seed, < 0":            ({"seed": -1}, ValueError, "seed must be a whole number"),
    "batch_size":           ({"batch_size": 2.5}, ValueError, "batch_size must be a whole number"),
    "steps":                ({"steps": "x"}, ValueError, "steps must be a whole number"),
    "epochs":               ({"epochs": 1.5}, ValueError, "epochs must be a whole number"),
    "engine":               ({"engine": ["jit"]}, ValueError, r"Unknown engine \['jit'\]"),
    "dtype":                ({"dtype": float}, ValueError, "Unknown dtype <class 'float'>"),
    "penalty":              ({"penalty": 0.01}, TypeError, r"Write penalty=lambda model: losses.l2_penalty\("),
    "schedule":             ({"lr_schedule": 0.1}, TypeError, r"lr_schedule=optim.cosine_decay\("),
    "callbacks":            ({"callbacks": 3}, TypeError, r"got an int. Write callbacks=\[f\]"),
    "callbacks, one":       ({"callbacks": print}, TypeError, r"Write callbacks=\[f\]"),
    "callbacks, None":      ({"callbacks": None}, TypeError, r"Write callbacks=\[f\]"),
    "callbacks, Keras":     ({"callbacks": [object()]}, TypeError, "to stop early, write validation=0.2, patience=10"),
    "metrics":              ({"metrics": 3, "validation": 0.5}, TypeError, r"Write metrics=\['accuracy'\]"),
    "metrics, of numbers":  ({"metrics": [3], "validation": 0.5}, TypeError, r"Write metrics=\['accuracy'\]"),
    "metrics, unknown":     ({"metrics": ["accurracy"], "validation": 0.5}, ValueError, "'accurracy'.*accuracy"),
    "metrics, two of one":  ({"metrics": [lambda o, t: 0, lambda o, t: 1], "validation": 0.5}, ValueError, "told apart by their names"),
    "metrics, none held":   ({"metrics": ["accuracy"]}, ValueError, "`metrics` needs examples"),
    "loss":                 ({"loss": 3}, TypeError, "must be a name or a function, got an int"),
    "loss, None":           ({"loss": None}, TypeError, "must be a name or a function, got None"),
    "loss, unknown":        ({"loss": "hing"}, ValueError, "Unknown loss 'hing'"),
    "optimizer, text":      ({"optimizer": "adam"}, TypeError, "Write optimizer=optim.Adam, or"),
    "optimizer, None":      ({"optimizer": lambda p: None}, TypeError, "`optimizer` returned None, and must return an optimizer"),
    "optimizer, a list":    ({"optimizer": list}, TypeError, "returned a list of 17"),
    "model":                ({"model": lambda: 3}, TypeError, "makes the model returned an int"),
    "model, None":          ({"model": None}, TypeError, r"expected a Module, .*Write fit\(MLP\(2, \[16"),
    "validation, one":      ({"validation": (X,)}, TypeError, r"validation=\(X, y\), or validation=0.2"),
    "validation, three":    ({"validation": (X, Y, Y)}, TypeError, r"validation=\(X, y\), or validation=0.2"),
    "validation, text":     ({"validation": "20%"}, TypeError, r"validation=\(X, y\), or validation=0.2"),
    "validation, bool":     ({"validation": True}, ValueError, "fraction of the examples between 0 and 1"),
    "validation, lengths":  ({"validation": (X, Y[:3])}, SHAPE, "24 rows but 3 labels"),
    "validation, nan":      ({"validation": (with_nan(X, 2, 0), Y)}, ValueError, r"X\[2, 0\] is nan"),
    "start":                ({"start": 3}, TypeError, r"start=history.at\(step\)"),
    "checkpoint, folder":   ({"checkpoint": "."}, (ValueError, IsADirectoryError), "Write checkpoint="),
    "checkpoint, none":     ({"checkpoint": ""}, (ValueError, IsADirectoryError), "Write checkpoint="),
    "checkpoint, NUL":      ({"checkpoint": "a\0b"}, ValueError, "Write checkpoint='run.safetensors'"),
    "checkpoint, int":      ({"checkpoint": 3}, TypeError, "must be the path of a file, got 3"),
    "X, complex":           ({"X": np.array(X) + 1j}, SHAPE, "X must hold numbers, and it holds complex numbers"),
    "X, a complex entry":   ({"X": [[1j, Fraction(1)], *X[1:]]}, SHAPE, "X must hold numbers"),
    "X, text":              ({"X": [["1.0", "2.0"]] * 24}, SHAPE, "X must hold numbers, and it holds text"),
    "X, bytes":             ({"X": [[b"1", b"2"]] * 24}, SHAPE, "X must hold numbers, and it holds bytes"),
    "X, dates":             ({"X": np.full((24, 2), "2020-01-01", "M8[D]")}, SHAPE, "it holds dates"),
    "X, a str":             ({"X": "moons"}, SHAPE, "X must be rows, one for each example, got the str"),
    "X, None in it":        ({"X": [[None, 1.0]] * 24}, ValueError, r"X\[0, 0\] is nan"),
    "X, nan":               ({"X": with_nan(X, 3, 1)}, ValueError, r"X\[3, 1\] is nan.*Drop the examples"),
    "X, ragged":            ({"X": [[1.0], [1.0, 2.0]] * 12}, SHAPE, "X must be rows of equally many"),
    "X, huge":              ({"X": [[10**400, 1]] * 24}, SHAPE, "X must be rows of equally many numbers"),
    "X, a dict":            ({"X": {"a": X}}, SHAPE, "X must be rows, one for each example, got a dict"),
    "X, a generator":       ({"X": (row for row in X)}, SHAPE, r"got a generator.*such as list\(rows\)"),
    "X, a number":          ({"X": 3.0}, SHAPE, "X must be rows, one for each example, got a float"),
    "X, objects":           ({"X": [[object(), 1]] * 24}, SHAPE, "X must be rows of equally many numbers"),
    "X, mixed table":       ({"X": Frame([["a", 1.0]] * 24)}, SHAPE, "X must hold numbers, and it holds the str 'a'"),
    "X, empty":             ({"X": [], "y": []}, SHAPE, "There are no examples"),
    "X, no table":          ({"X": np.zeros((0, 2)), "y": []}, SHAPE, "There are no examples"),
    "X, wide":              ({"X": [[1.0] * 3] * 24}, SHAPE, "takes 2 inputs, got 3"),
    "y, nan":               ({"y": with_nan(Y, 5)}, ValueError, r"y\[5\] is nan"),
    "y, text":              ({"y": ["a", "b"] * 12}, SHAPE, "y must hold numbers, and it holds text.*index of each one's class"),
    "y, lengths":           ({"y": Y[:5]}, SHAPE, "24 rows but 5 labels"),
    "y, a column":          ({"y": np.array(Y)[:, None]}, SHAPE, "one output.* a list of 1 target"),
    "y, two columns":       ({"y": np.array([Y, Y]).T}, SHAPE, "one output.* a list of 2 targets"),
    "y, None":              ({"y": None}, TypeError, r"cannot be called as loss\(model, x\), but"),
}
# fmt: on


class Plain(optim.Optimizer):
    """An optimizer without weight decay."""

    def update(self, p, grad, state, lr, t):
        return p - lr * grad, state


@pytest.mark.parametrize("given, exception, said", WRONG.values(), ids=WRONG)
def test_a_wrong_argument_ends_in_a_sentence(given, exception, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = make()
    before = weights(model)
    arguments = {"model": model, "checkpoint": "run.safetensors", **given}
    with pytest.raises(exception, match=said) as caught:
        train(**arguments)
    assert str(caught.value).endswith(".")
    assert weights(model) == before
    assert not list(tmp_path.iterdir())


# fmt: off
WRONG_STEPS = {  # of compile_step and its first call: (arguments, exception, part of the message)
    "clip":         ({"clip": "x"}, TypeError, "`clip` must be a number, got the str 'x'"),
    "clip, < 0":    ({"clip": -1.0}, ValueError, "greater than 0, got -1.0"),
    "penalty":      ({"penalty": 3}, TypeError, r"Write penalty=lambda model: losses.l2_penalty\("),
    "dtype":        ({"dtype": float}, ValueError, "Unknown dtype <class 'float'>"),
    "threads":      ({"threads": "x"}, ValueError, "threads must be a whole number"),
    "loss":         ({"loss": 3}, TypeError, "must be a name or a function, got an int"),
    "arguments":    ({"loss": lambda scores, targets: 0.0}, TypeError, r"cannot be called as loss\(model, x, y\), but"),
    "no y":         ({"y": None}, TypeError, r"cannot be called as loss\(model, x\), but"),
    "X":            ({"X": "moons"}, SHAPE, "X must be rows, one for each example, got the str"),
    "batch_size":   ({"batch_size": "x"}, ValueError, "batch_size must be a whole number"),
    "steps":        ({"steps": -1}, ValueError, "steps must be a whole number of at least 0"),
}
# fmt: on


@pytest.mark.parametrize("given, exception, said", WRONG_STEPS.values(), ids=WRONG_STEPS)
def test_a_wrong_argument_of_a_step(given, exception, said):
    model = make()
    before = weights(model)
    of_step = {
        name: x for name, x in given.items() if name not in ("X", "y", "batch_size", "steps")
    }
    of_call = {"X": X, "y": Y} | {name: x for name, x in given.items() if name not in of_step}
    with pytest.raises(exception, match=said):
        arguments = {"loss": "hinge", "model": model, "optimizer": optim.SGD(model.parameters())}
        compile_step(**arguments | of_step).run(**of_call)
    assert weights(model) == before


# fmt: off
RIGHT = {  # name: (X, y), which are read as X and Y are
    "arrays":       (np.array(X), np.array(Y)),
    "float32":      (np.array(X, "f").astype("f"), np.array(Y, "f")),
    "Fortran":      (np.asfortranarray(X), np.array(Y)),
    "objects":      (np.array(X, object), np.array(Y, object)),
    "tuples":       (tuple(map(tuple, X)), tuple(Y)),
    "decimals":     ([[Decimal(a), Fraction(b)] for a, b in X], Y),
    "a table":      (Frame(X), Frame(Y)),
}
# fmt: on


@pytest.mark.parametrize("rows, targets", RIGHT.values(), ids=RIGHT)
def test_data_of_any_kind(rows, targets):
    wanted = train(make()).losses
    tolerance = 1e-6 if getattr(rows, "dtype", None) == np.float32 else 1e-14
    assert train(make(), X=rows, y=targets).losses == pytest.approx(wanted, rel=tolerance)


def test_tables_of_pandas():
    pandas = pytest.importorskip("pandas")
    rows = pandas.DataFrame(X, columns=["a", "b"], index=range(100, 124))
    targets = pandas.Series(Y, index=range(24))
    history = train(make(), X=rows, y=targets, validation=(rows[:5], targets[:5]))
    wanted = train(make(), validation=(X[:5], Y[:5]))
    assert (history.losses, history.validation) == (wanted.losses, wanted.validation)
    with pytest.raises(errors.ShapeError, match="holds the str 'red'"):
        train(make(), X=rows.assign(b="red"))


def test_tensors_of_torch(torch):
    rows, targets = torch.tensor(X, dtype=torch.float64), torch.tensor(Y, dtype=torch.float64)
    assert train(make(), X=rows, y=targets).losses == train(make()).losses
    with pytest.raises(errors.ShapeError, match="X must be rows of equally many numbers"):
        train(make(), X=rows.requires_grad_())


# ------------------------------------------------------------------------------ shuffle and tol


@pytest.mark.parametrize("engine", ["jit", "eager"])
def test_without_shuffle_the_examples_come_in_order(engine):
    options = {"engine": engine, "optimizer": lambda p: optim.SGD(p, lr=0.05), "steps": 7}
    in_order = train(make(), X=X[:5], y=Y[:5], batch_size=2, shuffle=False, **options)
    model, wanted = make(), []
    places = itertools.cycle(range(5))
    for _ in range(7):
        batch = [next(places), next(places)]
        rows, targets = [X[i] for i in batch], [Y[i] for i in batch]
        wanted += train(model, X=rows, y=targets, **options | {"steps": 1}).losses
    assert in_order.losses == pytest.approx(wanted, rel=1e-12)


def test_an_improvement_of_less_than_tol_does_not_count():
    options = {"validation": (X, Y), "validate_every": 1, "patience": 4, "steps": 500}
    model = make()
    history = train(model, optimizer=lambda p: optim.SGD(p, lr=0.01), tol=0.3, **options)
    validated = history.validation["loss"]
    assert history.stopped == "early"
    assert validated == sorted(validated, reverse=True)  # it improved at each validation
    counted = [0]
    for i, loss in enumerate(validated):
        if loss < validated[counted[-1]] - 0.3:
            counted.append(i)
    assert len(validated) == counted[-1] + 1 + 4
    assert history.best.step == history.done


# ------------------------------------------------------------------------------------- the history


def history():
    return train(
        make(), metrics=["accuracy"], validation=(X, Y), steps=10, validate_every=4, batch_size=8
    )


def test_a_history_answers_to_the_names_of_its_lists():
    run = history()
    assert len(run) == 10 and run
    assert run["loss"] is run.losses
    assert run["rate"] is run.learning_rates
    assert run["step"] == list(range(1, 11))
    assert run["val_loss"] is run["validation_loss"] is run.validation["loss"]
    assert run["val_accuracy"] == run.validation["accuracy"]
    assert run.to_dict()["validation_step"] == [4, 8, 10]
    assert list(run.to_dict())[:4] == ["step", "loss", "rate", "seconds"]


def test_an_empty_history_is_true():
    """`if history` asks whether there is one, not whether it is long."""
    assert len(History()) == 0 and History()


def test_a_history_as_a_table_is_its_csv(tmp_path):
    pandas = pytest.importorskip("pandas")
    for run in (history(), train(make()), History()):
        written = pandas.read_csv(run.to_csv(tmp_path / "h.csv"), index_col="step")
        pandas.testing.assert_frame_equal(
            run.to_pandas(), written, check_dtype=False, check_index_type=False
        )


# fmt: off
HISTORY_LIKE = {  # what people write of a history: what is to be written
    "history":    'Write history["loss"], or history.to_dict() for all lists.',
    "epoch":      'Write history["step"].',
    "val_loss":   'Write history["val_loss"].',
    "to_json":    "Write json.dumps(history.to_dict()).",
    "losss":      "Did you mean 'losses'?",
    "topandas":   "Did you mean 'to_pandas'?",
    "zzz":        "It has at, best,",
}
# fmt: on


@pytest.mark.parametrize("name", HISTORY_LIKE)
def test_an_attribute_that_a_history_lacks(name):
    with pytest.raises(AttributeError) as caught:
        getattr(history(), name)
    assert HISTORY_LIKE[name] in str(caught.value)
    assert not hasattr(History(), "__html__")


@pytest.mark.parametrize("name", ["acc", "val_acc", 0, slice(3), None])
def test_a_list_that_a_history_lacks(name):
    with pytest.raises(KeyError, match=r"Choose one of step, loss, rate, .*history.losses\[-1\]"):
        history()[name]


def test_a_history_can_be_copied():
    run = history()
    for twin in (copy.deepcopy(run), pickle.loads(pickle.dumps(run))):
        assert twin.to_dict() == run.to_dict()
