"""Every maker of data, for many sizes and seeds; and how data is split and cut in batches.

Rule: a maker is a row: the function of (n, seed), its labels, and the length of its rows.
"""

import math
import os
import random
import subprocess
import sys
from collections import Counter

import pytest

from micrograd import data, errors
from tests.support.cases import cases

SIGNS = [-1.0, 1.0]

# fmt: off
MAKERS = {
    "moons":            (lambda n, seed=None: data.moons(n, seed=seed), SIGNS, 2),
    "moons, clean":     (lambda n, seed=None: data.moons(n, noise=0.0, seed=seed), SIGNS, 2),
    "circles":          (lambda n, seed=None: data.circles(n, seed=seed), SIGNS, 2),
    "circles, inner":   (lambda n, seed=None: data.circles(n, seed=seed, inner=0.1), SIGNS, 2),
    "spirals":          (lambda n, seed=None: data.spirals(n, seed=seed), SIGNS, 2),
    "spirals, 2 turns": (lambda n, seed=None: data.spirals(n, seed=seed, turns=2.0), SIGNS, 2),
    "xor":              (lambda n, seed=None: data.xor(n, seed=seed), SIGNS, 2),
    "xor, blurred":     (lambda n, seed=None: data.xor(n, noise=0.1, seed=seed), SIGNS, 2),
    "blobs":            (lambda n, seed=None: data.blobs(n, seed=seed), SIGNS, 2),
    "blobs of 3":       (lambda n, seed=None: data.blobs(n, 3, seed=seed), [0, 1, 2], 2),
    "blobs of 5":       (lambda n, seed=None: data.blobs(n, 5, seed=seed), [0, 1, 2, 3, 4], 2),
    "yin_yang":         (lambda n, seed=None: data.yin_yang(n, seed=seed), [0, 1, 2], 4),
}
# fmt: on

MAKER = cases("maker", MAKERS.values(), ids=MAKERS)


@MAKER
@cases("n", [2, 3, 5, 30, 101])
@cases("seed", [None, 0, 7])
def test_sizes_types_and_labels(maker, n, seed):
    make, labels, width = maker
    X, y = make(n, seed)
    assert (type(X), type(y)) == (list, list)
    assert (len(X), len(y)) == (n, n)
    assert all(type(row) is list and len(row) == width for row in X)
    assert all(type(x) is float and math.isfinite(x) for row in X for x in row)
    counts = Counter(y)
    assert sorted(counts) == labels[:n]
    assert {type(label) for label in y} == {type(labels[0])}
    each = [counts[label] for label in labels]
    assert max(each) - min(each) <= 1  # as many of each, as far as that goes


@MAKER
@cases("seed", [0, 7, 2**40])
def test_the_same_seed_gives_the_same_data(maker, seed):
    make, _, _ = maker
    random.seed(1)
    first, state = make(21, seed), random.getstate()
    random.seed(2)
    assert make(21, seed) == first
    random.seed(1)
    assert random.getstate() == state  # and `random` itself was left alone


@MAKER
def test_without_a_seed_the_data_comes_from_random(maker):
    make, _, _ = maker
    random.seed(7)
    first, second = make(21), make(21)
    random.seed(7)
    assert (make(21), make(21)) == (first, second)
    assert first != second


@MAKER
def test_another_seed_gives_other_data(maker):
    make, _, _ = maker
    assert make(21, 1) != make(21, 2)


EVERYTHING = """
from micrograd import data
makers = data.moons, data.circles, data.spirals, data.xor, data.blobs, data.yin_yang
made = [maker(12, seed=5) for maker in makers]
print([made, data.split(*made[0], seed=5), list(data.batches(*made[0], 5, seed=5))])
"""


def test_the_same_bits_in_every_process():
    outputs = set()
    for seed in ("0", "1", "4321"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", EVERYTHING], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        outputs.add(done.stdout)
    assert len(outputs) == 1


# ------------------------------------------------------------------------------ geometry, no noise

ROUNDING = 3 * 2.0**-52  # of the angle (up to 2 pi), of its sine or cosine, and of a sum


def points(X, y, label):
    return sorted(tuple(row) for row, found in zip(X, y) if found == label)


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 10, 100])
def test_moons_are_scikit_learns(n):
    datasets = pytest.importorskip("sklearn.datasets")
    theirs, classes = datasets.make_moons(n, shuffle=False, noise=None)
    X, y = data.moons(n, noise=0.0, seed=1)
    for label in (0, 1):
        wanted = sorted(tuple(row) for row in theirs[classes == label].tolist())
        for ours, other in zip(points(X, y, SIGNS[label]), wanted):
            assert ours == pytest.approx(other, abs=ROUNDING)


@pytest.mark.parametrize("inner", [0.5, 0.1])
def test_circles_have_their_radii(inner):
    for (a, b), label in zip(*data.circles(50, noise=0.0, inner=inner)):
        assert math.hypot(a, b) == pytest.approx(inner if label > 0 else 1.0, abs=ROUNDING)


@pytest.mark.parametrize("turns", [1.0, 2.0])
def test_one_arm_of_the_spirals_is_the_other_turned(turns):
    X, y = data.spirals(40, noise=0.0, turns=turns)
    turned = sorted((-a, -b) for a, b in points(X, y, -1.0))
    assert points(X, y, 1.0) == turned
    radii = sorted(math.hypot(a, b) for a, b in turned)
    # the areas grow evenly along an arm, so that the points lie equally dense
    even = [0.01 + 0.99 * i / 19 for i in range(20)]
    assert [r * r for r in radii] == pytest.approx(even, abs=ROUNDING)


def test_xor_is_four_corners():
    X, y = data.xor()
    assert sorted(zip(X, y)) == [
        ([-1.0, -1.0], -1.0),
        ([-1.0, 1.0], 1.0),
        ([1.0, -1.0], 1.0),
        ([1.0, 1.0], -1.0),
    ]


@pytest.mark.parametrize("centers", [2, 3, 5])
def test_blobs_stand_evenly_on_the_unit_circle(centers):
    for row, label in zip(*data.blobs(20, centers, noise=0.0)):
        kind = (label + 1) / 2 if centers == 2 else label
        angle = 2 * math.pi * kind / centers
        assert row == pytest.approx([math.cos(angle), math.sin(angle)], abs=ROUNDING)


@pytest.mark.parametrize(("radius", "dot"), [(0.5, 0.1), (1.0, 0.2), (0.5, 0.2)])
def test_yin_yang_lies_within_its_circle(radius, dot):
    X, y = data.yin_yang(90, seed=3, radius=radius, dot=dot)
    assert Counter(y) == {0: 30, 1: 30, 2: 30}
    for (a, b, not_a, not_b), label in zip(X, y):
        assert (not_a, not_b) == (1.0 - a, 1.0 - b)
        assert math.hypot(a - radius, b - radius) <= radius
        eyes = [math.hypot(a - side * radius, b - radius) for side in (0.5, 1.5)]
        assert (min(eyes) < dot) == (label == 2)


@pytest.mark.parametrize(
    ("x", "y", "kind"),
    [
        (0.25, 0.5, 2),  # the middle of one dot
        (0.75, 0.5, 2),  # and of the other
        (0.5, 0.9, 1),  # the upper half
        (0.25, 0.35, 1),  # with the left head, where it hangs below
        (0.5, 0.1, 0),  # the lower half
        (0.75, 0.65, 0),  # with the right head, where it stands above
    ],
)
def test_yin_yang_classes(x, y, kind):
    assert data.yin_yang_class(x, y, 0.5, 0.1) == kind


def test_the_lectures_four_points():
    assert data.four_points() == (
        [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]],
        [1.0, -1.0, -1.0, 1.0],
    )
    X, _ = data.four_points()
    X[0][0] = 9.0
    assert data.four_points()[0][0][0] == 2.0  # a fresh copy for each call


# ------------------------------------------------------------------------------ splits and batches


def numbered(n):
    """Examples that can be told apart, with labels that tell which row they belong to."""
    return [[float(i)] for i in range(n)], [10 * i for i in range(n)]


@cases(
    "n, validation, count",
    [
        *[(10, 0.2, 2), (10, 0.5, 5), (10, 0.01, 1), (10, 0.99, 9)],
        *[(2, 0.01, 1), (2, 0.99, 1), (3, 0.5, 2), (101, 0.2, 20), (1000, 0.999, 999)],
    ],
)
@cases("seed", [None, 0, 7])
def test_a_split_is_disjoint_complete_and_never_empty(n, validation, count, seed):
    (X, y), (X_held, y_held) = data.split(*numbered(n), validation, seed)
    assert (len(X), len(X_held)) == (n - count, count)
    assert sorted(X + X_held) == numbered(n)[0]
    assert all(label == 10 * row[0] for row, label in zip(X + X_held, y + y_held))
    assert (len(X), len(X_held)) == (len(y), len(y_held))


@cases(
    "n, size, lengths",
    [
        *[(10, 5, [5, 5]), (10, 4, [4, 4, 2]), (10, 10, [10]), (10, 99, [10])],
        *[(3, 1, [1, 1, 1]), (1, 1, [1]), (0, 5, [])],
    ],
)
@cases("seed", [None, 0, 7])
def test_batches_hold_every_example_once(n, size, lengths, seed):
    found = list(data.batches(*numbered(n), size, seed))
    assert [len(X) for X, _ in found] == [len(y) for _, y in found] == lengths
    rows = [row for X, _ in found for row in X]
    labels = [label for _, y in found for label in y]
    assert sorted(rows) == numbered(n)[0]
    assert all(label == 10 * row[0] for row, label in zip(rows, labels))


@pytest.mark.parametrize(
    "cut", [data.split, lambda *args, seed: list(data.batches(*args, 7, seed))]
)
def test_the_order_is_random_and_seeded(cut):
    X, y = numbered(50)
    assert cut(X, y, seed=3) == cut(X, y, seed=3) != cut(X, y, seed=4)
    random.seed(3)
    first = cut(X, y, seed=None)
    random.seed(3)
    assert cut(X, y, seed=None) == first
    assert (X, y) == numbered(50)  # what was cut is unharmed


# --------------------------------------------------------------------------------------- errors

TOO_FEW = "Two classes, or two parts, need at least two examples, got {}. Use more examples."
CENTERS = "centers must be a whole number of at least 2, got {}."
NO_SHARE = (
    "validation must be a fraction of the examples between 0 and 1, got {}. Write validation=0.2."
)
ENDLESS = "size must be a whole number of at least 1, got {}."
LENGTHS = "There are {} but {}. Pass one label in y for each row of X."
UNEQUAL = LENGTHS.format("1 row", "2 labels")
SHAPE, VALUE = errors.ShapeError, ValueError


@MAKER
@cases("n", [1, 0, -1])
def test_too_few_examples_are_an_error(maker, n):
    make, _, _ = maker
    with pytest.raises(ValueError) as error:
        make(n)
    assert str(error.value) == TOO_FEW.format(n)


@pytest.mark.parametrize(
    ("call", "raises", "message"),
    [
        (lambda: data.blobs(10, centers=1), VALUE, CENTERS.format(1)),
        (lambda: data.blobs(10, centers=0), VALUE, CENTERS.format(0)),
        (lambda: data.split(*numbered(1)), VALUE, TOO_FEW.format(1)),
        (lambda: data.split(*numbered(9), validation=0), VALUE, NO_SHARE.format(0)),
        (lambda: data.split(*numbered(9), validation=1.0), VALUE, NO_SHARE.format(1.0)),
        (lambda: data.split(*numbered(9), validation=math.nan), VALUE, NO_SHARE.format("nan")),
        (lambda: list(data.batches(*numbered(9), size=0)), VALUE, ENDLESS.format(0)),
        (lambda: list(data.batches(*numbered(9), size=-3)), VALUE, ENDLESS.format(-3)),
        (lambda: data.split([[1.0]] * 3, [1, 2]), SHAPE, LENGTHS.format("3 rows", "2 labels")),
        (
            lambda: list(data.batches([[1.0]], [1, 2], 1)),
            SHAPE,
            UNEQUAL,
        ),
    ],
)
def test_errors(call, raises, message):
    with pytest.raises(raises) as error:
        call()
    assert str(error.value) == message


@pytest.mark.parametrize("dot", [0.0, 0.25, -1.0, math.nan])
def test_yin_yang_needs_room_for_its_dots(dot):
    with pytest.raises(ValueError, match=r"must lie between 0 and 0\.25"):
        data.yin_yang(3, dot=dot)


@pytest.mark.parametrize("y", [[1.0, 1.0, 1.0], [0, 0, 0]])
def test_a_data_set_of_one_class_is_not_split(y):
    with pytest.raises(
        ValueError, match=r"at least two classes to tell apart, got 1\. Pass examples of another"
    ):
        data.split([[0.0], [1.0], [2.0]], y)


def test_a_sine():
    X, y = data.sine(50, noise=0.0, seed=3)
    assert y == [math.sin(x) for (x,) in X]
    assert all(-math.pi < x < math.pi for (x,) in X)
    _, noisy = data.sine(50, noise=0.5, seed=3)
    assert noisy != y


@pytest.mark.slow
def test_digits():
    pytest.importorskip("sklearn")
    X, y = data.digits()
    assert (len(X), {len(row) for row in X}, sorted(set(y))) == (1797, {64}, [*range(10)])
    assert (min(map(min, X)), max(map(max, X))) == (0.0, 1.0)


def test_first_names():
    pytest.importorskip("names")
    names = data.first_names()
    assert len(names) == len(set(names)) > 5000
    assert all(name.isalpha() and name.islower() for name in names)


def test_common_names_need_no_other_package():
    names = data.common_names()
    assert names == sorted(set(names)) and len(names) == 973
    assert all(name.isalpha() and name.islower() for name in names)


def test_common_names_are_first_names():
    pytest.importorskip("names")
    assert set(data.common_names()) <= set(data.first_names())


# fmt: off
BAD = [
    (lambda: data.moons("x"),
     "n must be a whole number of at least 2, got 'x'"),
    (lambda: data.moons(10.5),
     "n must be a whole number of at least 2, got 10.5"),
    (lambda: data.sine(True),
     "n must be a whole number of at least 2, got True"),
    (lambda: data.circles(10, noise="much"),
     "noise must be a number of at least 0"),
    (lambda: data.spirals(10, noise=-0.1),
     "noise must be a number of at least 0, got -0.1"),
    (lambda: data.xor(noise=math.nan),
     "noise must be a number of at least 0, got nan"),
    (lambda: data.blobs(10, seed="a"),
     "seed must be a whole number of at least 0, got 'a'"),
    (lambda: data.blobs(10, centers=2.5),
     "centers must be a whole number of at least 2, got 2.5"),
    (lambda: data.yin_yang(10, dot="x"),
     "must lie between 0 and 0.25"),
    (lambda: data.split(3, 4),
     "X must be a list or an array with an entry for each example"),
    (lambda: data.split([[1.0]] * 2, 4),
     "y must be a list or an array with an entry"),
    (lambda: data.split([[1.0]] * 2, [0, 1], "x"),
     "validation must be a fraction"),
    (
        lambda: list(data.batches([[1.0]], [1], size="x")),
        "size must be a whole number of at least 1",
    ),
    (lambda: data.moons(n_samples=100),
     "moons() has no parameter 'n_samples'. Write n."),
    (
        lambda: data.moons(100, random_state=0),
        "moons() has no parameter 'random_state'. Write seed.",
    ),
    (lambda: data.circles(100, factor=0.5),
     "no parameter 'factor'. Write inner, the radius"),
    (lambda: data.blobs(100, center=3),
     "no parameter 'center'. Did you mean centers?"),
    (
        lambda: data.split([[1.0]], [1], test_size=0.2),
        "no parameter 'test_size'. Write validation.",
    ),
]
# fmt: on


@cases("call, message", BAD)
def test_a_bad_argument_is_refused_in_a_sentence(call, message):
    with pytest.raises((ValueError, TypeError)) as error:
        call()
    assert message in str(error.value)


def test_rows_of_targets_are_split():
    (_, y), (_, held_out) = data.split([[1.0], [2.0], [3.0]], [[1.0], [2.0], [3.0]], seed=1)
    assert sorted(y + held_out) == [[1.0], [2.0], [3.0]]


def test_a_setting_may_be_a_number_of_numpys():
    np = pytest.importorskip("numpy")
    noise = np.array(0.25)
    assert data.moons(10, noise=noise, seed=1) == data.moons(10, noise=0.25, seed=1)
