"""Losses x (floats, Values), against PyTorch in float64."""

import math

import pytest

from micrograd import Value, losses
from micrograd.errors import ShapeError

SCORES = [0.3, -1.2, 4.0, -0.5]
ROWS = [[0.0, 3.0, -2.0, 1.0], [1.0, 1.0, 0.5, -1.0], [40.0, -40.0, 0.0, 2.0]]


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="pip install 'micrograd[test]'")


def torchs(torch):
    F = torch.nn.functional
    return {
        "mean_squared_error": F.mse_loss,
        "hinge": lambda s, y: (1 - y * s).relu().mean(),
        "binary_cross_entropy": F.binary_cross_entropy_with_logits,
        "cross_entropy": F.cross_entropy,
    }


CASES = {
    "mean_squared_error": (SCORES, [1.0, -1.0, 0.5, 2.0]),
    "hinge": (SCORES, [1.0, -1.0, 1.0, 1.0]),
    "binary_cross_entropy": ([*SCORES, 1000.0, -1000.0, 40.0], [1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0]),
    "cross_entropy": (ROWS, [3, 0, 1]),
}


def ends(nest):
    return [y for x in nest for y in ends(x)] if isinstance(nest, list) else [nest]


def lift(nest):
    return [lift(x) for x in nest] if isinstance(nest, list) else Value(nest)


@pytest.mark.parametrize("name", CASES)
def test_value_and_gradients_are_torchs(name, torch):
    outputs, targets = CASES[name]
    theirs = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
    as_dtype = torch.long if name == "cross_entropy" else torch.float64
    expected = torchs(torch)[name](theirs, torch.tensor(targets, dtype=as_dtype))
    expected.backward()
    ours = lift(outputs)
    loss = getattr(losses, name)(ours, targets)
    loss.backward()
    # the terms are the same, in another order: some roundings apart
    assert loss.data == pytest.approx(expected.item(), rel=1e-14)
    grads = [x.grad for x in ends(ours)]
    assert grads == pytest.approx(ends(theirs.grad.tolist()), rel=1e-13, abs=1e-16)
    assert getattr(losses, name)(outputs, targets) == loss.data  # floats: the same bits


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("row", [*ROWS, [1000.0, -1000.0], [0.0]])
def test_softmax_is_torchs(name, row, torch):
    expected = getattr(torch.nn.functional, name)(torch.tensor(row, dtype=torch.float64), dim=0)
    found = getattr(losses, name)(row)
    # exp turns an absolute error of log_softmax, 1 ulp of 1000, into a relative one
    assert found == pytest.approx(expected.tolist(), rel=1e-12, abs=1e-300)


def test_the_lectures_exercise():
    logits = [Value(x) for x in [0.0, 3.0, -2.0, 1.0]]
    loss = -losses.softmax(logits)[3].log()
    loss.backward()
    assert loss.data == pytest.approx(2.1755153626167147, rel=1e-15)
    expected = [
        0.041772570515350445,
        0.8390245074625319,
        0.005653302662216329,
        -0.8864503806400986,
    ]
    assert [x.grad for x in logits] == pytest.approx(expected, rel=1e-13)
    assert losses.cross_entropy(logits, 3).data == pytest.approx(loss.data, rel=1e-15)


def test_one_example():
    assert losses.hinge(0.25, 1.0) == 0.75
    assert losses.mean_squared_error(3.0, 1.0) == 4.0
    assert losses.binary_cross_entropy(0.0, 1.0) == pytest.approx(math.log(2), rel=1e-15)


def test_accuracy_and_penalty():
    assert losses.accuracy([Value(0.2), Value(-3.0), 0.0], [1.0, 1.0, -1.0]) == 2 / 3
    assert losses.accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1]) == 0.5
    assert losses.l2_penalty([Value(3.0), Value(4.0)], alpha=0.1).data == pytest.approx(2.5)


BAD = {
    "lengths": (lambda: losses.hinge([1.0], [1.0, 1.0]), ShapeError,
                "1 outputs but 2 targets: a loss needs one target for each output."),
    "empty": (lambda: losses.hinge([], []), ShapeError,
              "the mean of nothing is not defined: give it at least one number."),
    "empty softmax": (lambda: losses.softmax([]), ShapeError,
                      "logsumexp of nothing is not defined: give it at least one number."),
    "class": (lambda: losses.cross_entropy([1.0, 2.0], 2), IndexError,
              "class 2 of a list of 2 scores: a class is its index, 0 to 1."),
    "negative class": (lambda: losses.cross_entropy([1.0, 2.0], -1), IndexError,
                       "class -1 of a list of 2 scores: a class is its index, 0 to 1."),
    "nan": (lambda: losses.hinge([1.0], [math.nan]), ValueError,
            "a target is nan, which no output can meet: "
            "drop the examples whose label is missing."),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case):
    do, kind, message = BAD[case]
    with pytest.raises(kind) as said:
        do()
    assert str(said.value) == message
