"""Every loss against PyTorch's, value and gradient, on floats and on Values.

Rule: a loss is a row: ours, PyTorch's, an output (nested lists of numbers) and a target.
"""

import math
import re

import pytest

from micrograd import MLP, Value, compile_step, errors, fit, jit, losses, nn, optim
from micrograd.support.nest import leaves, tree_map
from tests.support.cases import cases
from tests.support.floats import bits
from tests.support.numbers import normals

np = pytest.importorskip("numpy")
torch = pytest.importorskip("torch")
F = torch.nn.functional

# exp, log1p and a sum of at most a dozen terms, each off by an ulp (2.2e-16) at most, in another
# order than PyTorch's; a gradient that should be 0 may come out as such a rest.
CLOSE = {"rel": 1e-13, "abs": 1e-15}

INF = math.inf
PAIR = [[0.0, 3.0, -2.0, 1.0], [1.5, -0.5, 0.25, 1.0]]
SCORES = [0.3, -1.2, 2.5, -0.01, 1.0]
SIGNS = [1.0, 1.0, -1.0, -1, 1]
BITS = [1.0, 0.0, 1, 0, 1.0]
WEIGHTS = (0.5, -2.0, 1.0, 0.25)  # softmax alone sums to 1, so that its gradients would be 0


def weighted(function):
    return lambda xs, _: sum(w * x for w, x in zip(WEIGHTS, function(xs)))


def weighted_in_torch(function):
    return lambda xs, _: (torch.tensor(WEIGHTS, dtype=torch.float64) * function(xs, dim=-1)).sum()


MSE = (losses.mean_squared_error, F.mse_loss)
HINGE = (losses.hinge, lambda s, t: F.relu(1 - t * s).mean())
BCE = (losses.binary_cross_entropy, F.binary_cross_entropy_with_logits)
NLL = (losses.cross_entropy, lambda s, t: F.cross_entropy(s, t.long()))
SOFTMAX = (weighted(losses.softmax), weighted_in_torch(F.softmax))
LOG_SOFTMAX = (weighted(losses.log_softmax), weighted_in_torch(F.log_softmax))
LSE = (lambda xs, _: losses.logsumexp(xs), lambda xs, _: torch.logsumexp(xs, -1))
L2 = (lambda xs, _: losses.l2_penalty(xs), lambda xs, _: 1e-4 * (xs * xs).sum())
HALF_L2 = (lambda xs, _: losses.l2_penalty(xs, alpha=0.5), lambda xs, _: 0.5 * (xs * xs).sum())

# fmt: off
ROWS = {
    "mean_squared_error":     (*MSE, SCORES, SIGNS),
    "mse of one":             (*MSE, 0.3, -1.0),
    "mse of one in a list":   (*MSE, [0.3], [-1.0]),
    "mse without an error":   (*MSE, [1.0, -2.0], [1.0, -2.0]),
    "mse, large":             (*MSE, [1000.0, -1000.0], [-1000.0, 1.0]),
    "hinge":                  (*HINGE, SCORES, SIGNS),
    "hinge of one":           (*HINGE, 0.3, -1),
    "hinge, large":           (*HINGE, [1000.0, -1000.0, 1000.0], [1.0, 1.0, -1.0]),
    "hinge at the corner":    (*HINGE, [1.0, -1.0], [1.0, -1.0]),
    "bce":                    (*BCE, SCORES, BITS),
    "bce of one":             (*BCE, 0.3, 1.0),
    "bce of a share":         (*BCE, [0.3, -3.0], [0.25, 0.5]),
    "bce, large and right":   (*BCE, [1000.0, -1000.0], [1.0, 0.0]),
    "bce, large and wrong":   (*BCE, [1000.0, -1000.0], [0.0, 1.0]),
    "bce where p rounds":     (*BCE, [40.0, -40.0], [1.0, 0.0]),
    "bce at 0":               (*BCE, [0.0, 0.0], [0.0, 1.0]),
    "cross_entropy":          (*NLL, PAIR, [3, 0]),
    "cross_entropy of one":   (*NLL, PAIR[0], 3),
    "cross_entropy, one row": (*NLL, PAIR[:1], [1]),
    "cross_entropy, right":   (*NLL, [1000.0, -1000.0, 0.0], 0),
    "cross_entropy, wrong":   (*NLL, [1000.0, -1000.0, 0.0], 1),
    "cross_entropy, ties":    (*NLL, [1.0, 1.0, 1.0, -5.0], 1),
    "cross_entropy, all tie": (*NLL, [[0.0, 0.0], [7.0, 7.0]], [0, 1]),
    "cross_entropy, 1 class": (*NLL, [[2.0]], [0]),
    "softmax":                (*SOFTMAX, PAIR[0], None),
    "softmax, large":         (*SOFTMAX, [1000.0, -1000.0, 999.0, 0.0], None),
    "softmax, ties":          (*SOFTMAX, [2.0, 2.0, 2.0, 2.0], None),
    "log_softmax":            (*LOG_SOFTMAX, PAIR[0], None),
    "log_softmax, large":     (*LOG_SOFTMAX, [1000.0, -1000.0, 999.0, 0.0], None),
    "log_softmax, ties":      (*LOG_SOFTMAX, [2.0, 2.0, 2.0, 2.0], None),
    "logsumexp":              (*LSE, PAIR[0], None),
    "logsumexp of one":       (*LSE, [-3.0], None),
    "logsumexp, large":       (*LSE, [1000.0, 1000.0, -1000.0], None),
    "logsumexp, small":       (*LSE, [-1000.0, -1001.0], None),
    "logsumexp, one -inf":    (*LSE, [-INF, 0.5, 1.0], None),
    "logsumexp, all -inf":    (*LSE, [-INF, -INF], None),
    "logsumexp of inf":       (*LSE, [INF, 1.0], None),
    "logsumexp of inf, -inf": (*LSE, [-INF, 1.0, INF], None),
    "logsumexp of two inf":   (*LSE, [INF, INF], None),
    "logsumexp of nan":       (*LSE, [math.nan, INF], None),
    "softmax, one -inf":      (*SOFTMAX, [-INF, 0.5, 1.0, -INF], None),
    "softmax, all -inf":      (*SOFTMAX, [-INF] * 4, None),
    "softmax of inf":         (*SOFTMAX, [INF, 0.0, 1.0, 2.0], None),
    "log_softmax of inf":     (*LOG_SOFTMAX, [INF, 0.0, 1.0, 2.0], None),
    "log_softmax, all -inf":  (*LOG_SOFTMAX, [-INF] * 4, None),
    "cross_entropy of inf":   (*NLL, [INF, 1.0], 1),
    "cross_entropy, -inf":    (*NLL, [-INF, 1.0], 1),
    "l2_penalty":             (*L2, SCORES, None),
    "l2_penalty, alpha":      (*HALF_L2, SCORES, None),
}
# fmt: on


@cases("row", ROWS.values(), ids=ROWS)
def test_value_and_gradients_are_pytorchs(row):
    ours, theirs, outputs, target = row
    tensor = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
    wanted = theirs(tensor, target if target is None else torch.tensor(target).double())
    wanted.backward()

    values = tree_map(Value, outputs)
    loss = ours(values, target)
    loss.backward()
    grads = [tensor.grad.tolist()] if tensor.grad.dim() == 0 else leaves(tensor.grad.tolist())
    assert loss.data == pytest.approx(wanted.item(), nan_ok=True, **CLOSE)
    assert [x.grad for x in leaves(values)] == pytest.approx(grads, nan_ok=True, **CLOSE)

    of_floats = ours(outputs, target)
    assert type(of_floats) is float
    assert of_floats == pytest.approx(loss.data, abs=0.0, rel=0.0, nan_ok=True)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_compiled_it_is_the_same(row, exact):
    """Outputs are given as lists and as arrays, whose rows are NumPy's."""
    ours, _, outputs, target = row
    by_hand = ours(outputs, target)
    compiled = jit(lambda xs: ours(xs, target), exact=exact)
    arrays = [outputs] if isinstance(outputs, float) else [outputs, np.array(outputs)]
    for xs in arrays:
        # a compiled sum may be added in another order, and its functions may be off by an ulp
        assert compiled(xs).data == pytest.approx(by_hand, nan_ok=True, **CLOSE)
        assert ours(xs, target) == pytest.approx(by_hand, nan_ok=True, **CLOSE)


@pytest.mark.parametrize("of", [Value, float])
@pytest.mark.parametrize("xs", [PAIR[0], [1000.0, -1000.0], [3.0, 3.0], [5.0]], ids=str)
def test_softmax_is_a_list_that_sums_to_one(of, xs):
    shares = losses.softmax(list(map(of, xs)))
    assert [type(x) for x in shares] == [of] * len(xs)
    # each share is off by an ulp or two
    assert sum(map(float, shares)) == pytest.approx(1.0, rel=1e-15 * len(xs))
    wanted = F.softmax(torch.tensor(xs, dtype=torch.float64), dim=-1).tolist()
    assert list(map(float, shares)) == pytest.approx(wanted, **CLOSE)


def test_log_softmax_of_floats_is_never_infinite():
    assert losses.log_softmax([1000.0, -1000.0]) == [0.0, -2000.0]


def test_the_exercise_of_the_lecture():
    logits = [Value(0.0), Value(3.0), Value(-2.0), Value(1.0)]
    loss = -losses.softmax(logits)[3].log()
    loss.backward()
    wanted = [0.041772570515350445, 0.8390245074625319, 0.005653302662216329, -0.8864503806400986]
    assert loss.data == pytest.approx(2.1755153626167147, **CLOSE)
    assert [x.grad for x in logits] == pytest.approx(wanted, **CLOSE)


def test_l2_penalty_of_nothing_is_nothing():
    assert losses.l2_penalty([]) == 0.0
    assert losses.l2_penalty(p for p in [3.0, 4.0]) == 1e-4 * 25.0


# fmt: off
HITS = [
    ([1.0, -1.0],                    [1.0, -1.0], 1.0),
    ([1.0, -1.0],                    [-1.0, 1.0], 0.0),
    ([1.0, -1.0, 2.0, 0.5],          [1, 1, 1, 1], 0.75),
    ([0.0, 0.0],                     [1.0, -1.0], 0.5),  # a score of 0 is not above it
    ([1000.0, -1000.0],              [1.0, 1.0], 0.5),
    (-0.5,                           -1.0, 1.0),
    (PAIR,                           [1, 0], 1.0),
    (PAIR,                           [1, 3], 0.5),
    (PAIR[0],                        1, 1.0),
    (PAIR[0],                        0, 0.0),
    ([[2.0, 2.0, 1.0]],              [0], 1.0),  # of a tie the first counts, as in PyTorch
    ([[2.0, 2.0, 1.0]],              [1], 0.0),
    ([(0.0, 1.0), (1.0, 0.0)],       [1, 0], 1.0),
]
# fmt: on


@cases("scores, targets, share", HITS, ids=str)
@cases("of", [Value, float])
def test_accuracy(scores, targets, share, of):
    found = losses.accuracy(tree_map(of, scores), targets)
    assert found == share
    assert type(found) is float


LENGTHS = "There are {} but {}. Pass one target for each output."
CLASS = "Index {} is out of range: classes and rows are numbered from 0 to {}."
ROW = (
    "{} takes one list of numbers for each example, got {}. "
    "Several examples are a list of such lists, with a list of their targets."
)
EMPTY = "{} of an empty list is undefined. Pass at least one number."
BATCHED = ["mean_squared_error", "hinge", "binary_cross_entropy", "cross_entropy", "accuracy"]
SHAPE = errors.ShapeError


@cases("name", BATCHED)
@cases(
    "outputs, targets, raises, message",
    [
        ([1.0], [1.0, 1.0], SHAPE, LENGTHS.format("1 output", "2 targets")),
        ([1.0, 2.0], [1.0], SHAPE, LENGTHS.format("2 outputs", "1 target")),
        ([], [1.0], SHAPE, LENGTHS.format("0 outputs", "1 target")),
        ([], [], SHAPE, EMPTY.format("The mean")),
        ([1.0, 2.0], [1.0, math.nan], ValueError, losses.nan_target()),
        (1.0, math.nan, ValueError, losses.nan_target()),
    ],
)
def test_targets_that_do_not_fit(name, outputs, targets, raises, message):
    with pytest.raises(raises) as error:
        getattr(losses, name)(outputs, targets)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("call", "raises", "message"),
    [
        (lambda: losses.cross_entropy([1.0, 2.0], 2), IndexError, CLASS.format(2, 1)),
        (lambda: losses.cross_entropy([1.0, 2.0], -1), IndexError, CLASS.format(-1, 1)),
        (lambda: losses.cross_entropy([[1.0, 2.0]] * 2, [0, 5]), IndexError, CLASS.format(5, 1)),
        (
            lambda: losses.cross_entropy([1.0, 2.0], [0, 1]),
            SHAPE,
            ROW.format("cross_entropy", "a float"),
        ),
        (
            lambda: losses.cross_entropy([[[1.0]]], [0]),
            SHAPE,
            ROW.format("cross_entropy", "a list of 1"),
        ),
        (
            lambda: fit(MLP(2, [1]), "cross_entropy", [[1.0, 2.0]], [0], steps=1, progress=False),
            SHAPE,
            "got one number. Give the model's last layer an output for each class, as in "
            "MLP(2, [16, 3]), and pass the index of the class as the target",
        ),
        (lambda: losses.softmax([[1.0], [2.0]]), SHAPE, ROW.format("softmax", "a list of 2")),
        (lambda: losses.logsumexp(3.0), SHAPE, ROW.format("logsumexp", "a float")),
        (lambda: losses.hinge(3.0, [1.0, 1.0]), SHAPE, losses.one_output(3.0, 2)),
        (
            lambda: losses.hinge([1.0, 2.0], 1.0),
            SHAPE,
            "must be two numbers or two lists, got a list of 2 and a float",
        ),
        (
            lambda: losses.accuracy([[1.0, 2.0]], [[0, 1]]),
            SHAPE,
            "must be a number or the index of its class, got a list of 2",
        ),
        (lambda: losses.softmax([]), SHAPE, EMPTY.format("softmax")),
        (lambda: losses.log_softmax([]), SHAPE, EMPTY.format("log_softmax")),
        (lambda: losses.logsumexp([]), SHAPE, EMPTY.format("logsumexp")),
    ],
)
def test_scores_that_do_not_fit(call, raises, message):
    with pytest.raises(raises) as error:
        call()
    assert message in str(error.value)


OTHER_LABEL = {"mean_squared_error": 0.0, "hinge": -1.0, "binary_cross_entropy": 0.0}


@pytest.mark.parametrize("name", OTHER_LABEL)
@pytest.mark.parametrize("columns", [1, 3])
def test_outputs_in_rows_are_averaged_as_in_pytorch(name, columns, torch):
    """A row of one output may have a target that is a number, as with a layer of one output."""
    rows, targets = normals(5, columns), [[1.0, OTHER_LABEL[name], 1.0][:columns]] * 5
    found = getattr(losses, name)([[Value(x) for x in row] for row in rows], targets)
    outputs, wanted = torch.tensor(rows, dtype=torch.float64), torch.tensor(targets).double()
    theirs = {
        "mean_squared_error": lambda: torch.nn.functional.mse_loss(outputs, wanted),
        "hinge": lambda: torch.relu(1 - wanted * outputs).mean(),
        "binary_cross_entropy": lambda: torch.nn.functional.binary_cross_entropy_with_logits(
            outputs, wanted
        ),
    }
    assert found.data == pytest.approx(theirs[name]().item(), **CLOSE)
    if columns == 1:
        for row, (target,) in zip(rows, targets):
            loss = getattr(losses, name)
            assert loss(row, target) == loss(row, [target]) == loss(row[0], target)
        assert losses.accuracy(rows, targets) == losses.accuracy(
            [row[0] for row in rows], [target for (target,) in targets]
        )


@pytest.mark.parametrize("of", [float, Value])
def test_a_score_that_is_nan_is_never_right(of):
    nan = of(math.nan)
    assert losses.accuracy([nan, nan, of(1.0)], [-1.0, 1.0, 1.0]) == pytest.approx(1 / 3)
    assert losses.accuracy([[nan, of(1.0)], [of(1.0), nan]], [0, 0]) == 0.0


# fmt: off
NO_NUMBERS = [
    (lambda: losses.accuracy(["a"], [1.0]), TypeError, "A score must be a number or a list"),
    (lambda: losses.accuracy([["a", 1.0]], [0]), TypeError, "A score must be a number or a list"),
    (lambda: losses.accuracy([[1.0, 2.0]], ["b"]), TypeError, "Pass numbers, such as 0, 1, 2"),
    (lambda: losses.accuracy([1.0], [None]), TypeError, "got None. Pass numbers"),
    (lambda: losses.cross_entropy([[1.0, 2.0]], [[0.0, 1.0]]), SHAPE, "Pass the index of the 1"),
    (lambda: nn.CrossEntropyLoss()([[1.0, 2.0]], [[0.0, 1.0]]), SHAPE, "Pass the index of the 1"),
    (lambda: nn.NLLLoss()([[1.0, 2.0]], [[0.0, 1.0]]), SHAPE, "Pass the index of the 1"),
    (lambda: nn.NLLLoss()([[1.0, 2.0]], ["b"]), TypeError, "Pass numbers, such as 0, 1, 2"),
    (lambda: nn.HuberLoss(delta="1"), TypeError, "delta must be a number"),
    (lambda: nn.SmoothL1Loss(beta=None), TypeError, "beta must be a number"),
    (lambda: nn.HingeEmbeddingLoss(margin="1"), TypeError, "margin must be a number"),
    (lambda: nn.HingeEmbeddingLoss(margin=math.nan), ValueError, "margin must be a number"),
    (lambda: nn.CrossEntropyLoss(weight=[1.0]), TypeError,
     "CrossEntropyLoss() has no parameter 'weight'. Write reduction='none'"),
    (lambda: nn.MSELoss(size_average=True), TypeError, "MSELoss() has no parameter 'size_average'"),
    (lambda: nn.HuberLoss(delta=1.0, redution="sum"), TypeError, "Did you mean reduction"),
]
# fmt: on


@pytest.mark.parametrize(("call", "error", "words"), NO_NUMBERS)
def test_labels_and_settings_that_are_no_numbers_are_refused(call, error, words):
    with pytest.raises(error, match=re.escape(words)):
        call()


def test_weights_of_classes_are_those_of_pytorch():
    """As the sentence about `weight` says."""
    rows, y, by_class = [[1.0, 2.0], [0.5, -1.0], [3.0, 1.0]], [0, 1, 1], [1.0, 3.0]
    weights, errors_of_each = [by_class[i] for i in y], nn.CrossEntropyLoss(reduction="none")
    found = sum(w * e for w, e in zip(weights, errors_of_each(rows, y))) / sum(weights)
    theirs = torch.nn.CrossEntropyLoss(torch.tensor(by_class, dtype=torch.float64))
    wanted = theirs(torch.tensor(rows, dtype=torch.float64), torch.tensor(y))
    assert found == pytest.approx(wanted.item(), rel=1e-14)


def test_accuracy_of_numpys_rows_is_a_float():
    np = pytest.importorskip("numpy")
    found = losses.accuracy(np.array([[1.0, 2.0], [3.0, 1.0]]), np.array([1, 0]))
    assert (found, type(found)) == (1.0, float)


NUMBERS = [[0.5, -1.0], [2.0, 0.0]]


@pytest.mark.parametrize("name", OTHER_LABEL)
def test_rows_of_numbers_are_taken_number_by_number(name):
    """So are arrays; and a list of one number is as good as the number."""
    loss, other = getattr(losses, name), OTHER_LABEL[name]
    aims = [[1.0, other], [1.0, 1.0]]
    flat = loss([0.5, -1.0, 2.0, 0.0], [1.0, other, 1.0, 1.0])
    assert loss(NUMBERS, aims) == loss(np.array(NUMBERS), np.array(aims)) == flat
    columns = loss([[0.5], [2.0]], [[1.0], [other]])
    assert columns == loss([0.5, 2.0], [[1.0], [other]]) == loss([[0.5], [2.0]], [1.0, other])
    assert loss([0.5], 1.0) == loss(0.5, 1.0)


SIDES = "hinge takes targets of +1 and -1, got {}. For labels of 0 and 1, write [2 * label - 1"
SHARES = "takes targets between 0 and 1, got {}. For labels of +1 and -1, write [(label + 1) / 2"
WRONG_LABELS = [
    (losses.hinge, [1.0, 0.0], SIDES.format(0.0)),
    (losses.hinge, [1, 2], SIDES.format(2)),
    (losses.hinge, np.array([False, True]), SIDES.format(False)),
    (losses.binary_cross_entropy, [1.0, -1.0], SHARES.format(-1.0)),
    (losses.binary_cross_entropy, [2, 0], SHARES.format(2)),
    (nn.BCELoss(), [1.0, -1.0], SHARES.format(-1.0)),  # PyTorch refuses this, too
    (nn.BCEWithLogitsLoss(), [1.0, -1.0], SHARES.format(-1.0)),
]


@pytest.mark.parametrize(("loss", "labels", "message"), WRONG_LABELS)
def test_labels_of_another_convention_are_refused(loss, labels, message):
    """With them a loss has no minimum, or nothing to learn from half of the examples."""
    for scores in ([0.5, 0.25], [Value(0.5), Value(0.25)]):
        with pytest.raises(ValueError, match=re.escape(message)):
            loss(scores, labels)


@pytest.mark.parametrize("engine", ["jit", "eager"])
@pytest.mark.parametrize("per_example", [True, False])
@pytest.mark.parametrize(("loss", "labels", "message"), WRONG_LABELS)
def test_training_refuses_labels_of_another_convention(loss, labels, message, engine, per_example):
    labels, right = [float(x) for x in labels], [1.0, 1.0]
    message = message.split(", got")[0]
    options = {"steps": 1, "engine": engine, "per_example": per_example, "progress": False}
    for y, held_out in [(labels, right), (right, labels)]:
        model = MLP(1, [1], output_activation="sigmoid")
        with pytest.raises(ValueError, match=re.escape(message)):
            fit(model, loss, [[0.5], [1.5]], y, validation=([[0.5], [1.5]], held_out), **options)
    step = compile_step(loss, model, optim.SGD(model.parameters()), per_example=per_example)
    with pytest.raises(ValueError, match=re.escape(message)):
        step([[0.5], [1.5]], labels)


@pytest.mark.parametrize("loss", [losses.binary_cross_entropy, nn.BCEWithLogitsLoss()])
def test_probabilities_are_targets(loss):
    assert loss([0.0], [0.25]) == pytest.approx(math.log(2.0), **CLOSE)


@pytest.mark.parametrize("xs", [[0.0, -0.0, 0.0], [-0.0, 0.0], [1.0, math.nan, 2.0], [-1.0, 3.0]])
def test_the_greatest_float_is_that_of_values(xs):
    assert bits(losses.greatest(xs)) == bits(losses.greatest([Value(x) for x in xs]).data)
