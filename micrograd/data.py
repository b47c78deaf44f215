"""Small data sets to learn from, made when they are asked for.

Rule: a function returns (X, y): a list of rows of floats and a list of labels. A label is +1.0 or
-1.0 for two classes, and the index of the class for more. The same `seed` gives the same numbers on
every machine; without a seed they come from `random`, and so from `random.seed`.
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from numbers import Integral, Real

from micrograd import errors
from micrograd.support import arguments, foreign_keywords, foreign_names, splitting
from micrograd.support.extras import require
from micrograd.support.lazy import load_on_demand
from micrograd.support.unknown_keywords import suggest_keywords
from micrograd.support.wording import kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Row = list[float]
    Data = tuple[list[Row], list[Any]]  # (X, y)
    Random = random.Random

__all__ = ["batches", "blobs", "circles", "common_names", "digits", "first_names", "four_points"]
__all__ += ["moons", "sine", "spirals", "split", "xor", "yin_yang"]
load_on_demand(__name__, {}, foreign_names.DATA)

COMMON_NAMES = os.path.join(os.path.dirname(__file__), "support", "common_names.txt")
MOST = 10**9  # examples: so many take hundreds of gigabytes
CORNERS = ((1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (-1.0, 1.0))


@suggest_keywords(foreign_keywords.DATA)
def moons(n: int, noise: float = 0.1, seed: int | None = None) -> Data:
    """Return `n` points of two half circles, each of which ends in the bend of the other.

    `noise` is the standard deviation of what is added to each coordinate. Raises ValueError for
    fewer than two points, as every function of `n` here does.

    >>> X, y = moons(4, noise=0.0, seed=1)
    >>> len(X), sorted(y)
    (4, [-1.0, -1.0, 1.0, 1.0])
    """

    def point(label: float, t: float) -> tuple[float, float]:
        x, y = on_circle(t / 2)
        return (x, y) if label < 0 else (1.0 - x, 0.5 - y)

    return two_curves(n, noise, seed, point)


@suggest_keywords(foreign_keywords.DATA)
def circles(n: int, noise: float = 0.1, seed: int | None = None, inner: float = 0.5) -> Data:
    """Return `n` points of a circle of radius `inner` (+1) within one of radius 1 (-1).

    >>> X, y = circles(3, noise=0.0, seed=1)
    >>> sorted(round(math.hypot(*row), 6) for row in X)
    [0.5, 1.0, 1.0]
    """

    def point(label: float, t: float) -> tuple[float, float]:
        return on_circle(t, inner if label > 0 else 1.0)

    return two_curves(n, noise, seed, point)


@suggest_keywords(foreign_keywords.DATA)
def spirals(n: int, noise: float = 0.02, seed: int | None = None, turns: float = 1.0) -> Data:
    """Return `n` points of two spiral arms, each `turns` times around the centre.

    One arm is the other, turned by half a circle.

    >>> X, y = spirals(200, seed=1)
    >>> len(X), y.count(1.0)
    (200, 100)
    """

    def point(label: float, t: float) -> tuple[float, float]:
        radius = math.sqrt(0.01 + 0.99 * t)  # from 0.1, where the arms do not meet
        return on_circle(turns * radius, label * radius)

    return two_curves(n, noise, seed, point)


def two_curves(
    n: int,
    noise: float,
    seed: int | None,
    point: Callable[[float, float], tuple[float, float]],
) -> Data:
    """Return `point(label, t)` for evenly spaced t from 0 to 1, half with each label, shuffled."""
    at_least_two(n)
    arguments.require_numbers(noise=noise)
    rng = generator(seed)
    examples = []
    for label, count in ((-1.0, n - n // 2), (1.0, n // 2)):
        for i in range(count):
            x, y = point(label, i / max(count - 1, 1))
            examples.append((with_noise(x, y, noise, rng), label))
    return shuffled(examples, rng)


@suggest_keywords(foreign_keywords.DATA)
def xor(n: int = 4, noise: float = 0.0, seed: int | None = None) -> Data:
    """Return corners of a square: +1 if the coordinates differ in sign. No line separates them.

    >>> X, y = xor(seed=1)
    >>> sorted(zip(X, y))
    [([-1.0, -1.0], -1.0), ([-1.0, 1.0], 1.0), ([1.0, -1.0], 1.0), ([1.0, 1.0], -1.0)]
    """
    at_least_two(n)
    arguments.require_numbers(noise=noise)
    rng = generator(seed)
    examples = []
    for i in range(n):
        x, y = CORNERS[i % 4]
        examples.append((with_noise(x, y, noise, rng), -x * y))
    return shuffled(examples, rng)


@suggest_keywords(foreign_keywords.DATA)
def blobs(n: int, centers: int = 2, noise: float = 0.3, seed: int | None = None) -> Data:
    """Return `n` points of round clouds, whose `centers` stand evenly on the unit circle.

    The labels are -1 and +1 for two clouds, and 0, 1, 2, ... for more. Raises ValueError for fewer
    than two.

    >>> X, y = blobs(6, centers=3, seed=1)
    >>> sorted(y)
    [0, 0, 1, 1, 2, 2]
    """
    centers = arguments.whole_number(centers, "centers", 2)
    at_least_two(n)
    arguments.require_numbers(noise=noise)
    rng = generator(seed)
    examples = []
    for i in range(n):
        cloud = i % centers
        x, y = on_circle(cloud / centers)
        label = 2.0 * cloud - 1.0 if centers == 2 else cloud
        examples.append((with_noise(x, y, noise, rng), label))
    return shuffled(examples, rng)


@suggest_keywords(foreign_keywords.DATA)
def yin_yang(n: int, seed: int | None = None, radius: float = 0.5, dot: float = 0.1) -> Data:
    """Return `n` points of the yin-yang sign, in three classes: its halves (0 and 1), its dots (2).

    Rows have four numbers, (x, y, 1 - x, 1 - y), with x and y in (0, 2 * radius): Kriener et al.
    2022. Raises ValueError for a `dot` that does not fit into the half circle.

    >>> X, y = yin_yang(6, seed=1)
    >>> len(X[0]), sorted(y)
    (4, [0, 0, 1, 1, 2, 2])
    """
    arguments.require_numbers(radius=radius)
    if not isinstance(dot, Real) or not 0.0 < float(dot) < radius / 2:
        raise ValueError(no_room_for_dots(dot, radius))
    at_least_two(n)
    rng = generator(seed)
    examples: list[tuple[Row, int]] = []
    while len(examples) < n:
        x = rng.uniform(0.0, 2 * radius)
        y = rng.uniform(0.0, 2 * radius)
        is_inside = math.hypot(x - radius, y - radius) <= radius
        label = yin_yang_class(x, y, radius, dot)
        if is_inside and label == len(examples) % 3:  # equally many of each class
            examples.append(([x, y, 1.0 - x, 1.0 - y], label))
    return shuffled(examples, rng)


def yin_yang_class(x: float, y: float, radius: float, dot: float) -> int:
    """Return the class of a point in the sign: 2 in a dot, 1 in the upper half, 0 in the lower."""
    right = math.hypot(x - 1.5 * radius, y - radius)
    left = math.hypot(x - 0.5 * radius, y - radius)
    if min(right, left) < dot:
        return 2
    above = y > radius and right > 0.5 * radius
    return int(above or left <= 0.5 * radius)


@suggest_keywords(foreign_keywords.DATA)
def sine(n: int, noise: float = 0.1, seed: int | None = None) -> Data:
    """Return `n` noisy points of a sine over (-pi, pi), for regression: rows have one number.

    >>> X, y = sine(3, noise=0.0, seed=1)
    >>> y[0] == math.sin(X[0][0])
    True
    """
    at_least_two(n)
    arguments.require_numbers(noise=noise)
    rng = generator(seed)
    xs = [rng.uniform(-math.pi, math.pi) for _ in range(n)]
    return [[x] for x in xs], [math.sin(x) + rng.gauss(0.0, noise) for x in xs]


def digits() -> Data:
    """Return scikit-learn's 1,797 images of handwritten digits; rows have 64 numbers from 0 to 1.

    The labels are the digits. Raises ImportError, with the line that installs it, if scikit-learn
    is missing.

    >>> X, y = digits()  # doctest: +SKIP
    >>> len(X), len(X[0])  # doctest: +SKIP
    (1797, 64)
    """
    images = require("sklearn.datasets", "models", package="scikit-learn").load_digits()
    return (images.data / 16.0).tolist(), images.target.tolist()


def first_names() -> list[str]:
    """Return first names of the United States (census of 1990), in lower case, each once.

    Raises ImportError, with the line that installs it, if the package `names` is missing.

    >>> first_names()[:3]  # doctest: +SKIP
    ['mary', 'patricia', 'linda']
    """
    files = require("names", "models").FILES
    names: list[str] = []
    for list_name in ("first:female", "first:male"):
        with open(files[list_name], encoding="ascii") as file:
            names += [line.split()[0].lower() for line in file]
    return list(dict.fromkeys(names))


def common_names() -> list[str]:
    """Return the 973 most common first names of the United States (census of 1990), in order.

    They are the 500 most common names of women and of men, in lower case, each once.

    >>> common_names()[:4]
    ['aaron', 'abel', 'abraham', 'ada']
    """
    with open(COMMON_NAMES, encoding="ascii") as file:
        return file.read().split()


def four_points() -> Data:
    """Return the lecture's data set: four rows of three numbers, two labelled +1 and two -1.

    >>> X, y = four_points()
    >>> X[0], y[0]
    ([2.0, 3.0, -1.0], 1.0)
    """
    X = [
        [2.0, 3.0, -1.0],
        [3.0, -1.0, 0.5],
        [0.5, 1.0, 1.0],
        [1.0, 1.0, -1.0],
    ]
    return X, [1.0, -1.0, -1.0, 1.0]


@suggest_keywords(foreign_keywords.DATA)
def split(
    X: Sequence[Any],
    y: Sequence[Any],
    validation: float = 0.2,
    seed: int | None = None,
) -> tuple[Data, Data]:
    """Return ((X, y) to train on, (X, y) to validate with), drawn at random. Neither is empty.

    `validation` is the fraction that is held out. Raises ShapeError if X and y differ in length,
    and ValueError for fewer than two examples or classes, or a fraction outside (0, 1).

    >>> train, held_out = split([[1.0], [2.0], [3.0], [4.0]], [1, -1, 1, -1], validation=0.25)
    >>> len(train[0]), len(held_out[0])
    (3, 1)
    """
    same_length(X, y)
    at_least_two(len(X))
    if len(set(map(repr, y))) < 2:
        raise ValueError(one_class())
    if not isinstance(validation, Real) or not 0.0 < float(validation) < 1.0:
        raise ValueError(splitting.not_a_share(validation))
    rest, held_out = splitting.hold_out(random_order(len(X), seed), validation)
    return select(X, y, rest), select(X, y, held_out)


@suggest_keywords(foreign_keywords.DATA)
def batches(
    X: Sequence[Any],
    y: Sequence[Any],
    size: int,
    seed: int | None = None,
) -> Iterator[Data]:
    """Yield minibatches (X, y) of `size` examples: every example once, in random order.

    The last one may be shorter. Raises ShapeError if X and y differ in length, and ValueError for a
    size below 1.

    >>> [len(y) for X, y in batches([[1.0], [2.0], [3.0]], [1, -1, 1], size=2)]
    [2, 1]
    """
    same_length(X, y)
    size = arguments.whole_number(size, "size", 1)
    order = random_order(len(X), seed)
    for start in range(0, len(order), size):
        places = order[start : start + size]
        yield select(X, y, places)


def random_order(n: int, seed: int | None) -> list[int]:
    order = list(range(n))
    generator(seed).shuffle(order)
    return order


def select(X: Sequence[Any], y: Sequence[Any], places: Iterable[int]) -> Data:
    return [X[i] for i in places], [y[i] for i in places]


def on_circle(turns: float, radius: float = 1.0) -> tuple[float, float]:
    """Return the point of the circle around 0 that is `turns` of the way around it."""
    angle = 2 * math.pi * turns
    return radius * math.cos(angle), radius * math.sin(angle)


def with_noise(x: float, y: float, noise: float, rng: Random) -> Row:
    return [x + rng.gauss(0.0, noise), y + rng.gauss(0.0, noise)]


def shuffled(examples: list[tuple[Row, Any]], rng: Random) -> Data:
    rng.shuffle(examples)
    return [row for row, _ in examples], [label for _, label in examples]


def generator(seed: int | None) -> Any:
    """Return a generator of random numbers: the module `random` itself if there is no seed."""
    return random if seed is None else random.Random(arguments.whole_number(seed, "seed", 0))


def at_least_two(n: int) -> None:
    """Raise ValueError unless there are two examples or more, but not more than memory holds."""
    if isinstance(n, bool) or not isinstance(n, Integral):
        raise ValueError(arguments.not_a_whole_number("n", 2, n))
    if n < 2:
        raise ValueError(splitting.too_few_examples(n))
    if n > MOST:
        raise ValueError(too_many_examples())


def same_length(X: Sequence[Any], y: Sequence[Any]) -> None:
    for name, rows in (("X", X), ("y", y)):
        if not hasattr(rows, "__len__"):
            raise TypeError(not_rows(name, rows))
    if len(X) != len(y):
        raise errors.ShapeError(splitting.rows_and_labels(len(X), len(y)))


# ----------------------------------------------------------------------------------------- messages


def too_many_examples() -> str:
    return f"More than {MOST:,} examples do not fit into memory. Make fewer."


def one_class() -> str:
    return (
        "There must be at least two classes to tell apart, got 1. Pass examples of another one, "
        "too."
    )


def not_rows(name: str, got: object) -> str:
    return (
        f"{name} must be a list or an array with an entry for each example, got {kind(got)}. "
        f"Write list({name}) where it can be walked through."
    )


def no_room_for_dots(dot: float, radius: float) -> str:
    return (
        f"The radius of a dot must lie between 0 and {radius / 2}, so that the dot fits into its "
        f"half, got {dot}. Write dot={radius / 5:g}."
    )
