"""Small data sets to learn from, made on the spot.

Rule: every maker returns (X, y), X a list of rows of floats, y a list of labels: +1.0 and -1.0 for
two classes, the index of the class for more. The same `seed` gives the same numbers on every
machine; without one they come from `random`, and so from `random.seed`.
"""

import math
import random

from micrograd import errors
from micrograd.support import arguments
from micrograd.support.extras import require
from micrograd.support.splitting import hold_out

Data = tuple[list[list[float]], list]

CORNERS = ((1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (-1.0, 1.0))


def moons(n: int, noise: float = 0.1, seed: int | None = None) -> Data:
    """Two half circles, each with its end in the other's bend; `noise` blurs them (a deviation)."""

    def point(label, t):
        x, y = on_circle(t / 2)
        return (x, y) if label < 0 else (1.0 - x, 0.5 - y)

    return two_curves(n, noise, seed, point)


def circles(n: int, noise: float = 0.1, seed: int | None = None, inner: float = 0.5) -> Data:
    """A circle of radius `inner` (+1) within one of radius 1 (-1)."""

    def point(label, t):
        return on_circle(t, inner if label > 0 else 1.0)

    return two_curves(n, noise, seed, point)


def spirals(n: int, noise: float = 0.02, seed: int | None = None, turns: float = 1.0) -> Data:
    """Two arms of a spiral, each `turns` times around, one the other turned by half a circle."""

    def point(label, t):
        radius = math.sqrt(0.01 + 0.99 * t)  # from 0.1, where the arms do not meet
        return on_circle(turns * radius, label * radius)

    return two_curves(n, noise, seed, point)


def two_curves(n, noise, seed, point) -> Data:
    """`point(label, t)` for t evenly from 0 to 1, half with each label, blurred and shuffled."""
    at_least_two(n)
    rng = generator(seed)
    examples = []
    for label, count in ((-1.0, n - n // 2), (1.0, n // 2)):
        for i in range(count):
            x, y = point(label, i / max(count - 1, 1))
            examples.append((blurred(x, y, noise, rng), label))
    return shuffled(examples, rng)


def xor(n: int = 4, noise: float = 0.0, seed: int | None = None) -> Data:
    """Corners of a square: +1 where the two coordinates differ in sign, which no line separates."""
    at_least_two(n)
    rng = generator(seed)
    examples = []
    for i in range(n):
        x, y = CORNERS[i % 4]
        examples.append((blurred(x, y, noise, rng), -x * y))
    return shuffled(examples, rng)


def blobs(n: int, centers: int = 2, noise: float = 0.3, seed: int | None = None) -> Data:
    """`centers` round clouds with their middles evenly on the unit circle.

    The labels are -1 and +1 for two of them, else 0, 1, 2, ...
    """
    if centers < 2:
        raise ValueError(errors.one_class(centers))
    at_least_two(n)
    rng = generator(seed)
    examples = []
    for i in range(n):
        kind = i % centers
        x, y = on_circle(kind / centers)
        label = 2.0 * kind - 1.0 if centers == 2 else kind
        examples.append((blurred(x, y, noise, rng), label))
    return shuffled(examples, rng)


def yin_yang(n: int, seed: int | None = None, radius: float = 0.5, dot: float = 0.1) -> Data:
    """The yin-yang sign, of three classes: its halves (0 and 1) and the dots (2).

    Rows have four numbers, (x, y, 1 - x, 1 - y), with x and y in (0, 1): Kriener et al. 2022.
    """
    if not 0.0 < dot < radius / 2:
        raise ValueError(errors.no_room_for_dots(dot, radius))
    at_least_two(n)
    rng = generator(seed)
    examples = []
    while len(examples) < n:
        a = rng.uniform(0.0, 2 * radius)
        b = rng.uniform(0.0, 2 * radius)
        inside = math.hypot(a - radius, b - radius) <= radius
        kind = yin_yang_class(a, b, radius, dot)
        if inside and kind == len(examples) % 3:  # as many of each class
            examples.append(([a, b, 1.0 - a, 1.0 - b], kind))
    return shuffled(examples, rng)


def yin_yang_class(x: float, y: float, radius: float, dot: float) -> int:
    right = math.hypot(x - 1.5 * radius, y - radius)
    left = math.hypot(x - 0.5 * radius, y - radius)
    if min(right, left) < dot:
        return 2
    above = y > radius and right > 0.5 * radius
    return int(above or left <= 0.5 * radius)


def sine(n: int, noise: float = 0.1, seed: int | None = None) -> Data:
    """Points of a sine over (-pi, pi), to be found by regression: rows of one number, y blurred."""
    at_least_two(n)
    rng = generator(seed)
    xs = [rng.uniform(-math.pi, math.pi) for _ in range(n)]
    return [[x] for x in xs], [math.sin(x) + rng.gauss(0.0, noise) for x in xs]


def digits() -> Data:
    """The 1,797 images of handwritten digits that scikit-learn carries, 8 x 8 numbers from 0 to 1.

    Raises ImportError, with the line that installs it, without scikit-learn.
    """
    images = require("sklearn.datasets", "models", package="scikit-learn").load_digits()
    return (images.data / 16.0).tolist(), images.target.tolist()


def first_names() -> list[str]:
    """First names of the United States (census of 1990), in lower case, each once.

    Raises ImportError, with the line that installs it, without the `names` package.
    """
    files = require("names", "models").FILES
    found: list[str] = []
    for kind in ("first:female", "first:male"):
        with open(files[kind], encoding="ascii") as file:
            found += [line.split()[0].lower() for line in file]
    return list(dict.fromkeys(found))


def four_points() -> Data:
    """The lecture's data set: four rows of three numbers, two of them +1, two of them -1."""
    X = [
        [2.0, 3.0, -1.0],
        [3.0, -1.0, 0.5],
        [0.5, 1.0, 1.0],
        [1.0, 1.0, -1.0],
    ]
    return X, [1.0, -1.0, -1.0, 1.0]


def split(X: list, y: list, validation: float = 0.2, seed: int | None = None) -> tuple[Data, Data]:
    """((X, y) to train on, (X, y) to validate with), drawn at random, neither of them empty."""
    same_length(X, y)
    at_least_two(len(X))
    if len(set(y)) < 2:
        raise ValueError(errors.one_class(1))
    if not 0.0 < validation < 1.0:
        raise ValueError(errors.not_a_share(validation))
    rest, held_out = hold_out(random_order(len(X), seed), validation)
    return pick(X, y, rest), pick(X, y, held_out)


def batches(X: list, y: list, size: int, seed: int | None = None):
    """Yield (X, y) of `size` examples each (the last may be shorter), all once, in random order."""
    same_length(X, y)
    if size < 1:
        raise ValueError(arguments.not_a_whole_number("size", 1, size))
    order = random_order(len(X), seed)
    for start in range(0, len(order), size):
        yield pick(X, y, order[start : start + size])


def random_order(n: int, seed: int | None) -> list[int]:
    order = list(range(n))
    generator(seed).shuffle(order)
    return order


def pick(X, y, places) -> Data:
    return [X[i] for i in places], [y[i] for i in places]


def on_circle(turns: float, radius: float = 1.0) -> tuple[float, float]:
    """The point of the circle around 0 that is `turns` of the way around it."""
    angle = 2 * math.pi * turns
    return radius * math.cos(angle), radius * math.sin(angle)


def blurred(x: float, y: float, noise: float, rng) -> list[float]:
    return [
        x + rng.gauss(0.0, noise),
        y + rng.gauss(0.0, noise),
    ]


def shuffled(examples: list, rng) -> Data:
    rng.shuffle(examples)
    return [row for row, _ in examples], [label for _, label in examples]


def generator(seed: int | None):
    return random if seed is None else random.Random(seed)


def at_least_two(n: int) -> None:
    if n < 2:
        raise ValueError(errors.too_few_examples(n))


def same_length(X, y) -> None:
    if len(X) != len(y):
        raise errors.ShapeError(errors.rows_and_labels(len(X), len(y)))
