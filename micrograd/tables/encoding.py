"""Encodings: how columns become numbers, and how numbers become values of the target again.

Rule: an encoding comes from the training rows alone, is JSON, and goes into the model's file.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from itertools import chain

import numpy as np

from micrograd.tables import notes
from micrograd.tables.column import Column
from micrograd.tables.csv_table import parse_number

MISSING = "(missing)"  # the category of a missing cell
MOST_CATEGORIES = 50  # of a column: the most frequent ones
FAR = 1000.0  # deviations from the mean, where larger numbers are cut off
ROUNDING = 1e-12  # a deviation below this share of the largest number is rounding


@dataclass
class Number:
    """A column of numbers, encoded so that its mean is 0 and its deviation 1."""

    name: str
    mean: float
    deviation: float
    kind: str = "number"

    width = 1

    @classmethod
    def of(cls, column: Column, training: list[int]) -> "Number":
        """Return the encoding that the training rows of the column give."""
        return cls(column.name, *mean_and_deviation(column.only(training).present))

    def numbers(self, column: Column) -> np.ndarray:
        """Return a column with a number for each row; a missing cell is 0, the mean."""
        return self.deviations(column).clip(-FAR, FAR)[:, None]

    def deviations(self, column: Column) -> np.ndarray:
        """Return how many deviations each cell is from the mean."""
        cells = [self.mean if cell is None else cell for cell in column.cells]
        with np.errstate(over="ignore"):
            return (np.array(cells) - self.mean) / self.deviation

    def notes(self, column: Column, lines: list[int]) -> list[str]:
        """Return the notes on missing cells and on numbers that are cut off."""
        sentences = []
        missing = [lines[i] for i in column.missing]
        if missing:
            sentences.append(notes.missing_values(self.name, missing, self.mean))
        far = np.flatnonzero(abs(self.deviations(column)) > FAR).tolist()
        if far:
            far_lines = [lines[i] for i in far]
            example = column.cells[far[0]]
            sentences.append(notes.far_away(self.name, far_lines, example, FAR))
        return sentences

    def values(self, outputs: np.ndarray) -> np.ndarray:
        """Return the amounts that the model's outputs stand for."""
        return outputs * self.deviation + self.mean


@dataclass
class Category:
    """A column of categories, encoded as a 1 at the place of the row's category and 0 elsewhere."""

    name: str
    categories: list[str]
    kind: str = "category"

    @property
    def width(self) -> int:
        """The number of categories."""
        return len(self.categories)

    @classmethod
    def of(cls, column: Column, training: list[int]) -> "Category":
        """Return the encoding that the training rows of the column give."""
        counts = Counter(sorted(categories_of(column.only(training))))
        frequent = [category for category, _ in counts.most_common(MOST_CATEGORIES)]
        return cls(column.name, sorted(frequent))

    def numbers(self, column: Column) -> np.ndarray:
        """Return a row for each row of the table; the row of an unknown category is all zeros."""
        places = self.places(column)
        return (places[:, None] == np.arange(self.width)).astype(float)

    def places(self, column: Column) -> np.ndarray:
        """Return the place of each row's category among the categories, -1 for an unknown one."""
        place_of = {category: place for place, category in enumerate(self.categories)}
        return np.array([place_of.get(category, -1) for category in categories_of(column)])

    def notes(self, column: Column, lines: list[int]) -> list[str]:
        """Return the notes on missing cells and on unknown categories."""
        sentences = []
        missing = [lines[i] for i in column.missing]
        if missing and MISSING in self.categories:
            sentences.append(notes.own_category(self.name, missing, MISSING))
        cells = categories_of(column)
        unknown = [i for i, place in enumerate(self.places(column)) if place < 0]
        if unknown:
            names = list(dict.fromkeys(cells[i] for i in unknown))
            unknown_lines = [lines[i] for i in unknown]
            note = notes.unknown_categories(self.name, unknown_lines, names, self.width)
            sentences.append(note)
        return sentences


def categories_of(column: Column) -> list[str]:
    """Return the category of each row."""
    return [MISSING if cell is None else cell for cell in column.cells]


def mean_and_deviation(numbers: list[float]) -> tuple[float, float]:
    """Return the mean and the deviation, computed so that no number is too large to be squared.

    The deviation of equal numbers is 1; the result for no numbers is (0, 1).
    """
    scale = max(map(abs, numbers), default=0.0) or 1.0
    scaled = np.array(numbers or [0.0]) / scale
    spread = float(scaled.std())
    return float(scaled.mean()) * scale, spread * scale if spread > ROUNDING else 1.0


@dataclass
class Classes:
    """A target of classes, encoded as the place of each class in the list of classes."""

    name: str
    classes: list[str]
    kind: str = "classes"

    def numbers(self, column: Column) -> np.ndarray:
        """Return the place of each row's class."""
        places = {name: float(place) for place, name in enumerate(self.classes)}
        return np.array([places[name] for name in column.cells])


FEATURES: dict[str, type[Number] | type[Category]] = {"number": Number, "category": Category}
TARGETS: dict[str, type[Number] | type[Classes]] = {"number": Number, "classes": Classes}


@dataclass
class Encoding:
    """The encodings of the input columns and of the target."""

    features: list[Number | Category]
    target: Number | Classes

    @property
    def width(self) -> int:
        """The number of inputs that a row becomes."""
        return sum(feature.width for feature in self.features)

    def numbers(self, columns: list[Column]) -> np.ndarray:
        """Return the rows as the model takes them, from columns in the order of the features."""
        parts = [feature.numbers(column) for feature, column in zip(self.features, columns)]
        return np.hstack(parts)

    def notes(self, columns: list[Column], lines: list[int]) -> list[str]:
        """Return the notes of all columns; the rows begin on those lines."""
        pairs = zip(self.features, columns)
        return list(chain.from_iterable(x.notes(column, lines) for x, column in pairs))

    def to_json(self) -> dict:
        """Return the encoding as JSON, for the model's file."""
        return {"features": [asdict(x) for x in self.features], "target": asdict(self.target)}

    @classmethod
    def from_json(cls, content: dict) -> "Encoding":
        """Return the encoding that `to_json` wrote."""
        features = [FEATURES[x["kind"]](**x) for x in content["features"]]
        target = content["target"]
        return cls(features, TARGETS[target["kind"]](**target))


def encoding_of(columns: list[Column], target: Column, training: list[int]) -> Encoding:
    """Return the encoding that the training rows give; a target of categories has classes."""
    features = [FEATURES[column.kind].of(column, training) for column in columns]
    if target.kind == "number":
        return Encoding(features, Number.of(target, training))
    classes = sorted(set(target.cells), key=sort_key)
    return Encoding(features, Classes(target.name, classes))


def sort_key(name: str) -> tuple:
    """Return the key that sorts names that are numbers by their size, before all others."""
    x = parse_number(name)
    return (x is None, x or 0.0, name)
