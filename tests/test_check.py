"""A check that cannot fail is no check: each is tried on what is right and on what is wrong."""

import importlib

import pytest

import micrograd
from micrograd import OPS, Op, Value, against_torch, gradcheck, maximum, sigmoid, tanh
from micrograd.check import distance

RIGHT = {
    "product": (lambda x, y: x * y, (2.0, -3.0)),
    "tanh": (tanh, (0.3,)),
    "shared": (lambda x: x * x + x / (1 + x * x), (1.5,)),
    "free functions": (lambda x, y: maximum(x, y) * sigmoid(x - y), (0.2, 0.7)),
    "an input unused": (lambda x, y: x + 1, (0.2, 0.7)),
    "a constant": (lambda x: 3.0, (0.2,)),
    "numbers of all sizes": (lambda x, y: x * y, (1e8, 1e-8)),
}
WRONG = Op("cube", "cube({})", lambda x: x * x * x, (lambda x, out: 2.0 * x,))


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="pip install 'micrograd[test]'")


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("check", [gradcheck, against_torch])
def test_what_is_right_passes(check, name, torch):
    f, point = RIGHT[name]
    assert check(f, *point), str(check(f, *point))


@pytest.mark.parametrize("check", [gradcheck, against_torch])
def test_a_wrong_partial_is_found_where_it_is(check, torch):
    found = check(lambda x, y: x + WRONG(y), 1.0, 2.0)
    assert not found
    lines = str(found).splitlines()
    assert [line.split()[1] for line in lines if line.endswith("WRONG")] == ["1"]


@pytest.mark.parametrize("name", OPS)
def test_every_row_against_torch(name, torch):
    point = (0.3, 0.6, 0.9)[: len(OPS[name].partials)]
    assert against_torch(OPS[name], *point), str(against_torch(OPS[name], *point))


def test_a_users_row_runs_on_tensors(torch):
    swish = Op(
        "swish",
        "swish({})",
        lambda x: x * sigmoid(x),
        (lambda x, out: out + sigmoid(x) * (1.0 - out),),
    )
    assert against_torch(swish, 0.7)


def test_the_table():
    assert str(gradcheck(lambda x: x * x, 3.0)).splitlines() == [
        "input    analytic  numeric  error",
        "input 0  6         6        0.0e+00  ok",
    ]


@pytest.mark.parametrize("check", [gradcheck, against_torch])
def test_a_list_is_refused(check, torch):
    with pytest.raises(TypeError, match="a check needs a function that returns one number"):
        check(lambda x: [x], 1.0)


def test_without_torch_it_says_how_to_get_it(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ImportError) as said:
        against_torch(tanh, 1.0)
    message = "this needs torch, which is not installed: pip install 'micrograd[test]'"
    assert str(said.value) == message


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("a", "b", "ulp"),
    [(1.0, 1.0, 0.0), (1.0 + 2**-52, 1.0, 1.0), (NAN, NAN, 0.0), (INF, INF, 0.0), (INF, 1.0, INF)],
)
def test_distance(a, b, ulp):
    assert distance(a, b) == ulp


def test_numbers_are_left_alone():
    x = Value(2.0)
    gradcheck(lambda y: y * x, 1.0)
    assert x.grad == 0.0
    assert micrograd.gradients(x * x, [x]) == [4.0]
