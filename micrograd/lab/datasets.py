"""Points: the rows and targets that a run learns from, and those it is measured with.

Rule: points never change; whoever adds, moves or removes one gets other points. A named data set is
a row of the table, and the same settings give the same points everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from micrograd import data
from micrograd.lab import messages
from micrograd.lab.experiment import (
    MOST_INPUTS,
    MOST_NEURONS,
    MOST_POINTS,
    OWN,
    Experiment,
    is_finite,
)
from micrograd.lab.messages import LabError

Row = list[float]
TWO_CLASSES, CLASSES, AMOUNT = "two classes", "classes", "amount"
COUNTS_OF_CLASSES = {TWO_CLASSES: (2, 2), CLASSES: (2, MOST_NEURONS), AMOUNT: (0, 0)}
MARGIN = 0.15  # of the plane around the points, as a share of their extent
FAR = 1e6  # a coordinate beyond it is no place in a plane


@dataclass(frozen=True)
class Points:
    """Rows `X` with a target each in `y`, and the rows that are held out of training.

    `columns` are the names of the inputs and `classes` those of the classes, in their order. With
    the task "two classes" a target is -1.0 or +1.0, with "classes" the index of the class, and with
    "amount" any number. `plane` is the part of the plane that was drawn before an edit.
    """

    X: list[Row]
    y: list[float]
    held_X: list[Row] = field(default_factory=list)
    held_y: list[float] = field(default_factory=list)
    columns: tuple[str, ...] = ("x1", "x2")
    classes: tuple[str, ...] = ("-1", "+1")
    task: str = TWO_CLASSES
    plane: list[float] | None = field(default=None, compare=False, repr=False)

    @property
    def outputs(self) -> int:
        """How many outputs a network for these points has."""
        return len(self.classes) if self.task == CLASSES else 1

    @property
    def spots(self) -> list[Row] | None:
        """The place of each row in a plane: its two numbers, or its one number and its target.

        None for rows that have no such place. Those that are held out come last.
        """
        rows, targets = [*self.X, *self.held_X], [*self.y, *self.held_y]
        if len(self.columns) == 2:
            return rows
        if len(self.columns) == 1 and self.task == AMOUNT:
            return [[row[0], target] for row, target in zip(rows, targets)]
        return None

    @property
    def bounds(self) -> list[float] | None:
        """The part of the plane to draw: [x0, x1, y0, y1]; None without one.

        An edit does not change it, unless a point has left it.
        """
        spots = self.spots
        if spots is None:
            return None
        if self.plane is not None and all(is_inside(spot, self.plane) for spot in spots):
            return self.plane
        return [*extent([spot[0] for spot in spots]), *extent([spot[1] for spot in spots])]

    def add(self, x: Sequence[float], y: float) -> Points:
        """Return the points with another one. Raises LabError if it does not fit."""
        if len(self.X) >= MOST_POINTS:
            raise LabError(messages.too_many_points(len(self.X) + 1, MOST_POINTS))
        row, target = self.check_row(x), self.check_target(y)
        return replace(self, X=[*self.X, row], y=[*self.y, target], plane=self.bounds)

    def move(self, i: int, x: Sequence[float], y: float | None = None) -> Points:
        """Return the points with number `i` at another place, and with another target if given."""
        self.check_index(i)
        rows, targets = list(self.X), list(self.y)
        rows[i] = self.check_row(x)
        if y is not None:
            targets[i] = self.check_target(y)
        return replace(self, X=rows, y=targets, plane=self.bounds)

    def remove(self, i: int) -> Points:
        """Return the points without number `i`; one point must be left."""
        self.check_index(i)
        if len(self.X) == 1:
            raise LabError(messages.no_points())
        rows, targets = list(self.X), list(self.y)
        del rows[i], targets[i]
        return replace(self, X=rows, y=targets, plane=self.bounds)

    def check_index(self, i: Any) -> None:
        if type(i) is not int or not 0 <= i < len(self.X):
            raise LabError(messages.no_such_point(i, len(self.X)))

    def check_row(self, x: Any) -> Row:
        """Return the coordinates of a point as floats."""
        if not isinstance(x, list | tuple):
            raise LabError(messages.not_a_coordinate(x))
        if len(x) != len(self.columns):
            raise LabError(messages.wrong_width(len(x), len(self.columns)))
        for number in x:
            if not is_finite(number) or abs(number) > FAR:
                raise LabError(messages.not_a_coordinate(number))
        return [float(number) for number in x]

    def check_target(self, y: Any) -> float:
        if not is_finite(y) or not self.is_target(y):
            raise LabError(messages.not_a_target(y, self.task))
        return float(y)

    def is_target(self, y: float) -> bool:
        """Return whether a finite number can be the target of a point."""
        if self.task == TWO_CLASSES:
            return y in (-1, 1)
        return self.task == AMOUNT or y in range(len(self.classes))

    @classmethod
    def from_json(cls, content: Any) -> Points:
        """Return the points that `to_json` wrote. Raises LabError for what it did not write."""
        try:
            points = cls(
                [],
                [],
                columns=tuple(map(str, content["columns"])),
                classes=tuple(map(str, content["classes"])),
                task=str(content["task"]),
            )
            pairs = [*zip(content["X"], content["y"], strict=True)]
            held = [*zip(content["held_X"], content["held_y"], strict=True)]
        except (KeyError, TypeError, ValueError):
            raise LabError(messages.not_points()) from None
        points.check_names()
        if len(pairs) + len(held) > 2 * MOST_POINTS:
            raise LabError(messages.too_many_points(len(pairs), MOST_POINTS))
        X, y = points.check_all(pairs)
        held_X, held_y = points.check_all(held)
        return replace(points, X=X, y=y, held_X=held_X, held_y=held_y)

    def check_names(self) -> None:
        """Raise LabError unless there are as many columns and classes as the lab can draw."""
        fewest, most = COUNTS_OF_CLASSES.get(self.task, (1, 0))
        if not fewest <= len(self.classes) <= most or not self.columns:
            raise LabError(messages.not_points())
        if len(self.columns) > MOST_INPUTS:
            raise LabError(messages.too_many_inputs(len(self.columns), MOST_INPUTS))

    def check_all(self, pairs: list[tuple[Any, Any]]) -> tuple[list[Row], list[float]]:
        """Return the rows and the targets of pairs that fit these points."""
        rows = [self.check_row(x) for x, _ in pairs]
        return rows, [self.check_target(y) for _, y in pairs]

    def to_json(self) -> dict[str, Any]:
        """Return what a page shows of the points, with the part of the plane to draw."""
        return {
            "X": self.X,
            "y": self.y,
            "held_X": self.held_X,
            "held_y": self.held_y,
            "columns": list(self.columns),
            "classes": list(self.classes),
            "task": self.task,
            "bounds": self.bounds,
        }


def is_inside(row: Row, plane: Sequence[float]) -> bool:
    """Return whether a row of two numbers lies in [x0, x1, y0, y1]."""
    x0, x1, y0, y1 = plane
    return x0 <= row[0] <= x1 and y0 <= row[1] <= y1


def extent(numbers: list[float]) -> tuple[float, float]:
    """Return (lowest, highest) with a margin around them.

    >>> extent([0.0, 10.0])
    (-1.5, 11.5)
    """
    low, high = min(numbers, default=-1.0), max(numbers, default=1.0)
    margin = MARGIN * (high - low) or 1.0
    return low - margin, high + margin


# ------------------------------------------------------------------------------------ the data sets


@dataclass(frozen=True)
class Dataset:
    """A named data set: `make` returns (X, y) for a number of points, a noise and a seed.

    `program` is how the same is written, with those three to be filled in. `is_finite` says that
    there are so many points and no more.
    """

    title: str
    task: str
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    make: Callable[[int, float, int], tuple[list[Row], list[Any]]]
    program: str
    is_finite: bool = False


def plane_of_yin_yang(n: int, noise: float, seed: int) -> tuple[list[Row], list[Any]]:
    """Return points of the sign by their two coordinates; the sign has no noise."""
    X, y = data.yin_yang(n, seed=seed)
    return [row[:2] for row in X], y


def some_digits(n: int, noise: float, seed: int) -> tuple[list[Row], list[Any]]:
    """Return `n` of the images of digits, drawn at random from the seed."""
    X, y = data.digits()
    order = data.random_order(len(X), seed)[:n]
    return data.select(X, y, order)


SIDES = ("-1", "+1")
PLANE = ("x1", "x2")
PIXELS = tuple(f"p{i}" for i in range(64))
DIGITS = tuple(map(str, range(10)))

# fmt: off
DATASETS = {
    "moons":   Dataset("two moons", TWO_CLASSES, PLANE, SIDES, data.moons,
                       "X, y = data.moons({n}, noise={noise}, seed={seed})"),
    "circles": Dataset("two circles", TWO_CLASSES, PLANE, SIDES, data.circles,
                       "X, y = data.circles({n}, noise={noise}, seed={seed})"),
    "xor":     Dataset("exclusive or", TWO_CLASSES, PLANE, SIDES, data.xor,
                       "X, y = data.xor({n}, noise={noise}, seed={seed})"),
    "spirals": Dataset("two spirals", TWO_CLASSES, PLANE, SIDES, data.spirals,
                       "X, y = data.spirals({n}, noise={noise}, seed={seed})"),
    "blobs":   Dataset("three clouds", CLASSES, PLANE, ("0", "1", "2"),
                       lambda n, noise, seed: data.blobs(n, 3, noise, seed),
                       "X, y = data.blobs({n}, centers=3, noise={noise}, seed={seed})"),
    "yinyang": Dataset("yin and yang", CLASSES, PLANE, ("below", "above", "dot"),
                       plane_of_yin_yang,
                       "X, y = data.yin_yang({n}, seed={seed})\nX = [row[:2] for row in X]"),
    "sine":    Dataset("a sine", AMOUNT, ("x",), (), data.sine,
                       "X, y = data.sine({n}, noise={noise}, seed={seed})"),
    "digits":  Dataset("handwritten digits", CLASSES, PIXELS, DIGITS, some_digits,
                       "X, y = data.digits()\n"
                       "order = data.random_order(len(X), {seed})[:{n}]\n"
                       "X, y = data.select(X, y, order)", is_finite=True),
}
# fmt: on
HELD_OUT = 0.5  # points that are held out, for each point to train on


def make_points(experiment: Experiment) -> Points:
    """Return the points of the experiment's data set; those held out have the next seed.

    Raises LabError for points of one's own, and for a data set whose package is missing.

    >>> points = make_points(Experiment(data="xor", points=4, noise=0.0))
    >>> sorted(points.y), points.task
    ([-1.0, -1.0, 1.0, 1.0], 'two classes')
    """
    if experiment.data == OWN:
        raise LabError(messages.own_points_are_missing())
    dataset, n = DATASETS[experiment.data], experiment.points
    noise, seed = experiment.noise, experiment.seed
    try:
        if dataset.is_finite:  # a part of what there is must be held out
            X, y = dataset.make(n + held_out_count(n), noise, seed)
            most = len(X) - held_out_count(len(X)) // 2
            n = min(n, most)
            held_X, held_y = X[n:], y[n:]
            X, y = X[:n], y[:n]
        else:
            X, y = dataset.make(n, noise, seed)
            held_X, held_y = dataset.make(held_out_count(n), noise, seed + 1)
    except ImportError as error:
        raise LabError(str(error)) from None
    return Points(
        X,
        [float(target) for target in y],
        held_X,
        [float(target) for target in held_y],
        columns=dataset.columns,
        classes=dataset.classes,
        task=dataset.task,
    )


def task_of(experiment: Experiment, points: Points) -> str:
    """Return the task of the experiment's data set; points of one's own have theirs."""
    dataset = DATASETS.get(experiment.data)
    return dataset.task if dataset else points.task


def held_out_count(n: int) -> int:
    return max(2, int(n * HELD_OUT))


def check_trainable(points: Points) -> None:
    """Raise LabError if there is nothing to learn: no points, too many, or one class alone."""
    if not points.X:
        raise LabError(messages.no_points())
    if len(points.X) > MOST_POINTS:
        raise LabError(messages.too_many_points(len(points.X), MOST_POINTS))
    if points.task != AMOUNT and len(set(points.y)) < 2:
        raise LabError(messages.one_class(class_name(points, points.y[0])))


def class_name(points: Points, target: float) -> str:
    """Return the name of the class that a target stands for."""
    place = int(target > 0) if points.task == TWO_CLASSES else int(target)
    return points.classes[place]
