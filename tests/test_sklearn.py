"""The estimators: scikit-learn's own checks, its own networks as judges, and what goes wrong.

Rule: the judge of a training is scikit-learn's network of the same initial weights.
"""

import copy
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest

pytest.importorskip("sklearn")

import joblib
from sklearn import neural_network
from sklearn.base import clone
from sklearn.datasets import load_iris, make_moons, make_regression
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from micrograd.sklearn import MLPClassifier, MLPRegressor

pytestmark = [
    pytest.mark.slow,  # each trains a network or two, and scikit-learn takes a second to import
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
]

MOONS = make_moons(80, noise=0.1, random_state=0)
IRIS = load_iris(return_X_y=True)
AMOUNTS = make_regression(60, 3, n_targets=1, noise=1.0, random_state=0)
PAIRS = make_regression(60, 3, n_targets=2, noise=1.0, random_state=0)


# Smaller and faster than by default, so that thousands of steps take seconds.
QUICK = {"hidden_layer_sizes": (16,), "learning_rate_init": 0.01}


CHECKS = parametrize_with_checks([MLPClassifier(**QUICK), MLPRegressor(**QUICK)])
names, rows = CHECKS.args  # before scikit-learn 1.8 the rows are a generator, which pytest refuses


@pytest.mark.no_cover
@pytest.mark.filterwarnings("ignore")  # scikit-learn's checks provoke warnings, and read them
@pytest.mark.parametrize(names, list(rows), **CHECKS.kwargs)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


# ------------------------------------------------------------------------ beside scikit-learn's own

OURS = {"MLPClassifier": MLPClassifier, "MLPRegressor": MLPRegressor}
# fmt: off
BESIDE = {  # name: (kind, data, parameters)
    "moons":        ("MLPClassifier", MOONS, {}),
    "iris":         ("MLPClassifier", IRIS, {}),
    "texts":        ("MLPClassifier", (IRIS[0], np.array(["a", "b", "c"])[IRIS[1]]), {}),
    "tanh":         ("MLPClassifier", MOONS, {"activation": "tanh"}),
    "logistic":     ("MLPClassifier", MOONS, {"activation": "logistic"}),
    "identity":     ("MLPClassifier", MOONS, {"activation": "identity"}),
    "two layers":   ("MLPClassifier", MOONS, {"hidden_layer_sizes": (4, 3)}),
    "no layer":     ("MLPClassifier", IRIS, {"hidden_layer_sizes": ()}),
    "alpha":        ("MLPClassifier", MOONS, {"alpha": 3.0}),
    "no alpha":     ("MLPClassifier", MOONS, {"alpha": 0.0}),
    "adam":         ("MLPClassifier", MOONS, {"solver": "adam", "beta_1": 0.8, "epsilon": 1e-14, "alpha": 0.0}),
    "momentum":     ("MLPClassifier", MOONS, {"momentum": 0.7, "nesterovs_momentum": False}),
    "none":         ("MLPClassifier", MOONS, {"momentum": 0.0}),
    "batches":      ("MLPClassifier", MOONS, {"batch_size": 16}),
    "amounts":      ("MLPRegressor", AMOUNTS, {"learning_rate_init": 1e-4}),
    "amounts, l2":  ("MLPRegressor", AMOUNTS, {"learning_rate_init": 1e-4, "alpha": 2.0}),
}
# fmt: on


@pytest.mark.parametrize("kind, data, options", BESIDE.values(), ids=BESIDE)
def test_a_training_is_scikit_learns(kind, data, options):
    """Both take 30 epochs in the order of the data, from the same weights.

    Sums are added in another order: rounding errors, which grow a thousandfold in so many steps.
    Scikit-learn's Adam has its epsilon in another place, so there it is too small to matter,
    and alpha is 0: it would divide the rounding of a dead neuron's grads by their size, nearly 0.
    """
    X, y = data
    given = {
        "hidden_layer_sizes": (5,), "solver": "sgd", "learning_rate_init": 0.05, "shuffle": False,
        "warm_start": True, "random_state": 0, "n_iter_no_change": 1000, "tol": 0.0,
    } | options  # fmt: skip
    theirs = getattr(neural_network, kind)(**given, max_iter=1).fit(X, y)
    ours = OURS[kind](**given, max_iter=1).fit(X, y)
    set_weights(ours, theirs)
    for network in (ours, theirs):
        network.set_params(max_iter=30).fit(X, y)
    tolerance = 1e-9
    assert ours.loss_curve_[1:] == pytest.approx(theirs.loss_curve_[1:], rel=tolerance)
    for mine, other in zip(ours.coefs_ + ours.intercepts_, theirs.coefs_ + theirs.intercepts_):
        assert mine == pytest.approx(other, rel=tolerance, abs=tolerance)
    if kind == "MLPClassifier":
        assert ours.predict(X).tolist() == theirs.predict(X).tolist()
        for name in ("predict_proba", "predict_log_proba"):
            wanted = getattr(theirs, name)(X)
            assert getattr(ours, name)(X) == pytest.approx(wanted, rel=1e-4, abs=1e-5)
    else:
        assert ours.predict(X) == pytest.approx(theirs.predict(X), rel=1e-5)
    assert ours.score(X, y) == pytest.approx(theirs.score(X, y), abs=1e-5)
    for name in ("n_iter_", "n_layers_", "n_outputs_", "n_features_in_"):
        assert getattr(ours, name) == getattr(theirs, name), name


def test_several_amounts():
    """Scikit-learn's loss is the mean over the amounts as well, but it steps by their sum."""
    X, y = PAIRS
    given = {
        "hidden_layer_sizes": (5,), "solver": "sgd", "shuffle": False, "warm_start": True,
        "alpha": 0.0, "max_iter": 1, "n_iter_no_change": 1000,
    }  # fmt: skip
    theirs = neural_network.MLPRegressor(**given, learning_rate_init=1e-4).fit(X, y)
    ours = MLPRegressor(**given, learning_rate_init=2e-4).fit(X, y)
    set_weights(ours, theirs)
    for network in (ours, theirs):
        network.set_params(max_iter=30).fit(X, y)
    assert ours.loss_curve_[1:] == pytest.approx(theirs.loss_curve_[1:], rel=1e-9)
    assert ours.predict(X) == pytest.approx(theirs.predict(X), rel=1e-9)
    assert ours.n_outputs_ == 2


def set_weights(ours, theirs):
    """Give both networks the same weights, those of scikit-learn."""
    for layer, weights, biases in zip(ours.model_.layers, theirs.coefs_, theirs.intercepts_):
        for neuron, column, bias in zip(layer.neurons, weights.T.tolist(), biases.tolist()):
            neuron.b.data = bias
            for w, number in zip(neuron.w, column):
                w.data = number


# ------------------------------------------------------------------------------------ in the tools


def quick(**options):
    return MLPClassifier(**QUICK | {"max_iter": 100, "random_state": 0} | options)


def test_in_a_pipeline_and_a_grid_search():
    pipeline = make_pipeline(StandardScaler(), quick())
    grid = {"mlpclassifier__hidden_layer_sizes": [(2,), (8, 8)], "mlpclassifier__alpha": [1e-4]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(*MOONS)
    assert search.best_params_["mlpclassifier__hidden_layer_sizes"] == (8, 8)
    assert search.score(*MOONS) > 0.9


def test_cross_validation():
    scores = cross_val_score(quick(max_iter=200), *IRIS, cv=3)
    assert scores.min() > 0.85
    regressor = make_pipeline(
        StandardScaler(), MLPRegressor((), max_iter=300, learning_rate_init=1.0)
    )
    assert cross_val_score(regressor, *AMOUNTS, cv=3).min() > 0.9


def test_in_other_processes():
    scores = cross_val_score(quick(), *MOONS, cv=2, n_jobs=2)
    assert scores.tolist() == cross_val_score(quick(), *MOONS, cv=2).tolist()


COPIES = {
    "pickle": lambda x, _: pickle.loads(pickle.dumps(x)),
    "deepcopy": lambda x, _: copy.deepcopy(x),
    "joblib": lambda x, path: joblib.load(joblib.dump(x, path / "m.joblib")[0]),
}


@pytest.mark.parametrize("twin", COPIES.values(), ids=COPIES)
def test_a_copy_predicts_the_same(twin, tmp_path):
    network = quick().fit(*MOONS)
    before = network.predict_proba(MOONS[0])
    other = twin(network, tmp_path)
    assert other.predict_proba(MOONS[0]).tolist() == before.tolist()
    assert other.get_params() == network.get_params()


def test_a_clone_is_not_fitted():
    network = quick().fit(*MOONS)
    with pytest.raises(NotFittedError):
        clone(network).predict(MOONS[0])


def test_one_estimator_for_each_output():
    assert MultiOutputRegressor(MLPRegressor((2,), max_iter=2)).fit(*PAIRS).predict(PAIRS[0]).shape


def test_a_table_of_pandas_names_the_features():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(MOONS[0], columns=["east", "north"])
    network = quick().fit(table, pandas.Series(MOONS[1]))
    assert network.feature_names_in_.tolist() == ["east", "north"]
    assert network.predict(table).tolist() == quick().fit(*MOONS).predict(MOONS[0]).tolist()
    with pytest.raises(ValueError, match="feature names should match"):
        network.predict(table.rename(columns={"east": "west"}))


# ---------------------------------------------------------------------------------- the parameters


def test_the_same_seed_gives_the_same_network():
    one, same, other = (quick(random_state=seed).fit(*MOONS) for seed in (3, 3, 4))
    assert one.loss_curve_ == same.loss_curve_ != other.loss_curve_
    state = np.random.RandomState(3)
    assert quick(random_state=state).fit(*MOONS).loss_curve_ == one.loss_curve_


def test_an_ops_name_is_an_activation():
    assert quick(activation="gelu").fit(*MOONS).score(*MOONS) > 0.8


@pytest.mark.parametrize("solver", ["adam", "adamw", "rmsprop", "sgd"])
def test_solvers(solver):
    network = quick(solver=solver).fit(*MOONS)
    assert network.loss_ < network.loss_curve_[0]


def test_a_training_stops_where_the_loss_falls_no_more():
    network = quick(tol=0.05, n_iter_no_change=3, max_iter=1000).fit(*MOONS)
    assert network.history_.stopped == "early"
    assert 4 <= network.n_iter_ < 1000
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quick(tol=0.05, n_iter_no_change=3, max_iter=1000).fit(*MOONS)


def test_early_stopping_sets_examples_aside():
    network = quick(early_stopping=True, validation_fraction=0.25, max_iter=30).fit(*MOONS)
    assert len(network.history_.validation["loss"]) == 30
    whole = quick(max_iter=30).fit(*MOONS)
    assert network.loss_curve_ != whole.loss_curve_


def test_a_training_that_goes_on_warns():
    with pytest.warns(ConvergenceWarning, match=r"max_iter=20 epochs .* Raise max_iter") as caught:
        quick(max_iter=20).fit(*MOONS)
    assert caught[0].filename == __file__


def test_with_warm_start_a_fit_goes_on():
    options = {"solver": "sgd", "momentum": 0.0, "shuffle": False, "n_iter_no_change": 100}
    network = quick(warm_start=True, max_iter=20, **options)
    network.fit(*MOONS).fit(*MOONS)
    whole = quick(max_iter=40, **options).fit(*MOONS)
    assert network.n_iter_ == 20
    assert network.loss_curve_ == pytest.approx(whole.loss_curve_, rel=1e-12)
    with pytest.raises(ValueError, match=r"were 0, 1, and are 1, 2\. .* warm_start=False"):
        network.fit(MOONS[0], MOONS[1] + 1)
    with pytest.raises(ValueError, match="hidden_layer_sizes or the number of outputs has changed"):
        network.set_params(hidden_layer_sizes=(3,)).fit(*MOONS)
    with pytest.raises(ValueError, match="expecting 2 features"):
        network.fit(IRIS[0][:100], IRIS[1][:100])


def test_verbose_shows_progress(capsys):
    quick(verbose=True, max_iter=5).fit(*MOONS)
    assert "5/5" in capsys.readouterr().err


# fmt: off
WRONG = {  # parameters: (exception, part of the message)
    ("max_iter", 0):                  (ValueError, "max_iter must be a whole number of at least 1, got 0"),
    ("max_iter", 1.5):                (ValueError, "max_iter must be a whole number"),
    ("batch_size", "big"):            (ValueError, "batch_size must be a whole number of at least 1, got 'big'"),
    ("n_iter_no_change", 0):          (ValueError, "n_iter_no_change must be a whole number"),
    ("hidden_layer_sizes", (0,)):     (ValueError, r"got \(0,\)\. Write hidden_layer_sizes=\(16, 16\)"),
    ("hidden_layer_sizes", "8,8"):    (ValueError, r"got 8,8\. Write hidden_layer_sizes="),
    ("hidden_layer_sizes", None):     (ValueError, r"got None\. Write hidden_layer_sizes="),
    ("activation", "rleu"):           (ValueError, "Unknown activation 'rleu'"),
    ("solver", "lbfgs"):              (ValueError, "Unknown solver 'lbfgs'.*adam, adamw, rmsprop, sgd"),
    ("alpha", -1.0):                  (ValueError, "alpha must be a number of at least 0, got -1.0"),
    ("alpha", "x"):                   (TypeError, "alpha must be a number of at least 0, got the str 'x'"),
    ("learning_rate_init", -1):       (ValueError, "learning_rate_init must be a number of at least 0"),
    ("tol", float("nan")):            (ValueError, "tol must be a number of at least 0, got nan"),
    ("momentum", 1.5):                (ValueError, "momentum must be a number between 0 and 1, got 1.5"),
    ("beta_1", True):                 (TypeError, "beta_1 must be a number between 0 and 1, got True"),
    ("validation_fraction", 2):       (ValueError, "validation_fraction must be a number between 0 and 1"),
}
# fmt: on


@pytest.mark.parametrize("parameter", WRONG, ids=[f"{name}={x!r}" for name, x in WRONG])
def test_a_parameter_that_is_refused(parameter):
    exception, said = WRONG[parameter]
    network = quick(**dict([parameter]))
    with pytest.raises(exception, match=said):
        network.fit(*MOONS)


def test_one_class_is_refused():
    with pytest.raises(ValueError, match=r"one class alone: 'a'\. Pass examples of another one"):
        quick().fit([[0.0], [1.0]], ["a", "a"])


def test_a_column_of_amounts_is_read_with_a_warning():
    X, y = AMOUNTS
    with pytest.warns(DataConversionWarning):
        network = MLPRegressor((2,), max_iter=2).fit(X, y[:, None])
    assert network.predict(X).shape == y.shape


def test_without_scikit_learn_the_line_that_installs_it_is_named():
    script = (
        "import sys; sys.modules['sklearn'] = None; from micrograd.sklearn import MLPClassifier"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "needs scikit-learn, " in done.stderr
    assert "pip install 'micrograd[models]'" in done.stderr
