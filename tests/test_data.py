"""Data sets x seeds: sizes, labels, shapes, and the same numbers for the same seed."""

import math
import random
import subprocess
import sys

import pytest

from micrograd import data
from micrograd.errors import ShapeError

TWO = ["moons", "circles", "spirals", "xor", "blobs"]
MAKERS = [*TWO, "yin_yang"]


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("n", [2, 7, 100])
def test_sizes_types_and_balance(name, n):
    X, y = getattr(data, name)(n, seed=3)
    assert (len(X), len(y)) == (n, n)
    assert {type(x) for row in X for x in row} == {float}
    assert {len(row) for row in X} == {4 if name == "yin_yang" else 2}
    assert set(y) <= ({0, 1, 2} if name == "yin_yang" else {1.0, -1.0})
    if name != "yin_yang":
        assert abs(y.count(1.0) - y.count(-1.0)) <= 1


@pytest.mark.parametrize("name", MAKERS)
def test_seeds(name):
    make = getattr(data, name)
    kwargs = {"noise": 0.1} if name in TWO else {}
    assert make(20, seed=1, **kwargs) == make(20, seed=1, **kwargs)
    assert make(20, seed=1, **kwargs) != make(20, seed=2, **kwargs)
    random.seed(5)
    first = make(20, **kwargs)
    random.seed(5)
    assert make(20, **kwargs) == first


def test_the_same_bits_in_every_process():
    script = "from micrograd import data; print(data.moons(9, seed=4), data.yin_yang(9, seed=4))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(printed) == 1


def test_where_the_points_lie():
    X, y = data.moons(50, noise=0.0, seed=0)
    for (a, b), label in zip(X, y):
        center = (0.0, 0.0) if label < 0 else (1.0, 0.5)
        assert math.dist((a, b), center) == pytest.approx(1.0)
    X, y = data.circles(50, noise=0.0, seed=0)
    assert all(math.hypot(*x) == pytest.approx(1.0 if s < 0 else 0.5) for x, s in zip(X, y))
    X, y = data.spirals(50, noise=0.0, seed=0)
    assert max(math.hypot(*x) for x in X) == pytest.approx(1.0)
    X, y = data.xor()
    assert sorted(zip(map(tuple, X), y)) == [
        ((-1.0, -1.0), -1.0),
        ((-1.0, 1.0), 1.0),
        ((1.0, -1.0), 1.0),
        ((1.0, 1.0), -1.0),
    ]
    X, y = data.blobs(6, centers=3, noise=0.0, seed=0)
    assert sorted(y) == [0, 0, 1, 1, 2, 2]
    assert all(math.hypot(*x) == pytest.approx(1.0) for x in X)


def test_yin_yang():
    X, y = data.yin_yang(300, seed=0)
    assert all(math.hypot(a - 0.5, b - 0.5) <= 0.5 for a, b, _, _ in X)
    assert all((c, d) == (1.0 - a, 1.0 - b) for a, b, c, d in X)
    assert [y.count(kind) for kind in (0, 1, 2)] == [100, 100, 100]
    places = {(0.5, 0.9): 0, (0.5, 0.1): 1, (0.75, 0.5): 2, (0.25, 0.5): 2, (0.1, 0.5): 0}
    assert {place: data.yin_yang_class(*place, 0.5, 0.1) for place in places} == places


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.99])
def test_split(share):
    X, y = data.moons(10, seed=0)
    train, held_out = data.split(X, y, share, seed=1)
    assert min(len(train[0]), len(held_out[0])) >= 1
    assert sorted([*zip(*train), *zip(*held_out)]) == sorted(zip(X, y))
    assert data.split(X, y, share, seed=1) == (train, held_out)


@pytest.mark.parametrize("size", [1, 3, 10, 99])
def test_batches(size):
    X, y = data.moons(10, seed=0)
    found = list(data.batches(X, y, size, seed=1))
    assert [len(part) for part, _ in found[:-1]] == [size] * (len(found) - 1)
    assert sorted(pair for part in found for pair in zip(*part)) == sorted(zip(X, y))


BAD = {
    "one example": (lambda: data.moons(1), ValueError,
                    "1 examples cannot hold two classes, or be split in two: "
                    "ask for at least two."),
    "one class": (lambda: data.blobs(9, centers=1), ValueError,
                  "1 class leaves nothing to tell apart: ask for at least two."),
    "no share": (lambda: data.split([1, 2], [1, 2], 1.0), ValueError,
                 "validation=1.0 is not a share of the examples: write one between 0 and 1."),
    "empty batch": (lambda: list(data.batches([1], [1], 0)), ValueError,
                    "a batch of 0 examples would never end: write a size of at least 1."),
    "lengths": (lambda: data.split([1, 2], [1]), ShapeError,
                "2 rows but 1 labels: each row of X needs one label in y."),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case):
    do, kind, message = BAD[case]
    with pytest.raises(kind) as said:
        do()
    assert str(said.value) == message
