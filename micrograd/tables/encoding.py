"""How the columns of a table become numbers, and how numbers become the target's values again.

Rule: what is known of a column is known from the training rows, is JSON, and goes with the model.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from itertools import chain

import numpy as np

from micrograd.tables import notes
from micrograd.tables.column import Column
from micrograd.tables.csv_table import number

MISSING = "(missing)"  # the category of what has none
MOST = 50  # categories of a column that are told apart: the most frequent
FAR = 1000.0  # deviations from the mean: nothing in the training rows is that far
ROUNDING = 1e-12  # of the largest number: a deviation that is smaller is none


@dataclass
class Number:
    """A column of numbers: from each the mean is taken, and the deviation is then one."""

    name: str
    mean: float
    deviation: float
    kind: str = "number"

    width = 1

    @classmethod
    def of(cls, column: Column, training: list[int]) -> "Number":
        return cls(column.name, *mean_and_deviation(column.only(training).known))

    def numbers(self, column: Column) -> np.ndarray:
        """One a row, in a column; 0, which stands for the mean, where a cell is missing."""
        return self.apart(column).clip(-FAR, FAR)[:, None]

    def apart(self, column: Column) -> np.ndarray:
        """How many deviations each is from the mean."""
        cells = [self.mean if cell is None else cell for cell in column.cells]
        with np.errstate(over="ignore"):
            return (np.array(cells) - self.mean) / self.deviation

    def notes(self, column: Column, lines: list[int]) -> list[str]:
        found = []
        missing = [lines[i] for i in column.missing]
        if missing:
            found.append(notes.filled(self.name, missing, self.mean))
        far = np.flatnonzero(abs(self.apart(column)) > FAR).tolist()
        if far:
            at = [lines[i] for i in far]
            found.append(notes.far_away(self.name, at, column.cells[far[0]], FAR))
        return found

    def values(self, outputs: np.ndarray) -> np.ndarray:
        """What the numbers were before `numbers`."""
        return outputs * self.deviation + self.mean


@dataclass
class Category:
    """A column of categories: each has a place, where its rows have a 1 and all others a 0."""

    name: str
    categories: list[str]
    kind: str = "category"

    @property
    def width(self) -> int:
        return len(self.categories)

    @classmethod
    def of(cls, column: Column, training: list[int]) -> "Category":
        counts = Counter(sorted(named(column.only(training))))
        frequent = [category for category, _ in counts.most_common(MOST)]
        return cls(column.name, sorted(frequent))

    def numbers(self, column: Column) -> np.ndarray:
        """A row of zeros with a 1 for each row; of zeros alone for a category that is unknown."""
        places = self.places(column)
        return (places[:, None] == np.arange(self.width)).astype(float)

    def places(self, column: Column) -> np.ndarray:
        """Of each row's category in the list of them; -1 if it is unknown."""
        known = {category: place for place, category in enumerate(self.categories)}
        return np.array([known.get(category, -1) for category in named(column)])

    def notes(self, column: Column, lines: list[int]) -> list[str]:
        found = []
        missing = [lines[i] for i in column.missing]
        if missing and MISSING in self.categories:
            found.append(notes.own_category(self.name, missing, MISSING))
        cells = named(column)
        unknown = [i for i, place in enumerate(self.places(column)) if place < 0]
        if unknown:
            categories = list(dict.fromkeys(cells[i] for i in unknown))
            at = [lines[i] for i in unknown]
            found.append(notes.unknown_categories(self.name, at, categories, self.width))
        return found


def named(column: Column) -> list[str]:
    """The category of each row."""
    return [MISSING if cell is None else cell for cell in column.cells]


def mean_and_deviation(numbers: list[float]) -> tuple[float, float]:
    """Of the numbers, none of which is too large for it; (0, 1) of none, and 1 where all agree."""
    scale = max(map(abs, numbers), default=0.0) or 1.0
    scaled = np.array(numbers or [0.0]) / scale
    spread = float(scaled.std())
    return float(scaled.mean()) * scale, spread * scale if spread > ROUNDING else 1.0


@dataclass
class Classes:
    """A target of classes: each is its place in the list of them."""

    name: str
    classes: list[str]
    kind: str = "classes"

    def numbers(self, column: Column) -> np.ndarray:
        places = {name: float(place) for place, name in enumerate(self.classes)}
        return np.array([places[name] for name in column.cells])


KINDS = {"number": Number, "category": Category, "classes": Classes}


@dataclass
class Encoding:
    """Of the columns to predict from, and of the target: a Number, or Classes."""

    features: list[Number | Category]
    target: Number | Classes

    @property
    def width(self) -> int:
        """How many numbers a row becomes."""
        return sum(feature.width for feature in self.features)

    def numbers(self, columns: list[Column]) -> np.ndarray:
        """The rows, as the model takes them; the columns stand in the order of the features."""
        return np.hstack([f.numbers(column) for f, column in zip(self.features, columns)])

    def notes(self, columns: list[Column], lines: list[int]) -> list[str]:
        """What is filled in, and what is not known; the rows begin on those lines."""
        found = [f.notes(column, lines) for f, column in zip(self.features, columns)]
        return list(chain.from_iterable(found))

    def to_json(self) -> dict:
        """All of it, for the model's file."""
        return {"features": [asdict(x) for x in self.features], "target": asdict(self.target)}

    @classmethod
    def from_json(cls, kept: dict) -> "Encoding":
        """What `to_json` was called on."""
        return cls([made(x) for x in kept["features"]], made(kept["target"]))


def made(kept: dict) -> Number | Category | Classes:
    return KINDS[kept["kind"]](**kept)


def encoding_of(columns: list[Column], target: Column, training: list[int]) -> Encoding:
    """What the training rows of the columns say; a target of kind "category" is one of classes."""
    features = [KINDS[column.kind].of(column, training) for column in columns]
    if target.kind == "number":
        return Encoding(features, Number.of(target, training))
    return Encoding(features, Classes(target.name, sorted(set(target.cells), key=in_order)))


def in_order(name: str) -> tuple:
    """To sort names by: numbers among them as numbers, before the others."""
    x = number(name)
    return (x is None, x or 0.0, name)
