"""Encodings: how columns become numbers, and how numbers become values of the target again.

Rule: an encoding comes from the training rows alone, is JSON, and goes into the model's file.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from itertools import chain

import numpy as np

from micrograd.tables import notes
from micrograd.tables.column import Column
from micrograd.tables.dates import PARTS
from micrograd.tables.number_format import NumberFormat, sort_key

MISSING = "(missing)"  # the category of a missing cell
MOST_CATEGORIES = 50  # of a column, which are the most frequent ones
FAR = 1000.0  # standard deviations from the mean, where larger numbers are cut off
ROUNDING = 1e-12  # a deviation below this share of the largest number is rounding


@dataclass
class Number:
    """A column of numbers, encoded so that its mean is 0 and its standard deviation 1."""

    name: str
    mean: float
    deviation: float
    format: NumberFormat | None = None
    kind: str = "number"

    width = 1
    categories = ()

    def __post_init__(self) -> None:
        if isinstance(self.format, dict):  # as JSON has it
            self.format = NumberFormat(**self.format)

    @classmethod
    def of(cls, column: Column, training: list[int]) -> "Number":
        """Return the encoding that the training rows of the column give."""
        format = column.format if isinstance(column.format, NumberFormat) else None
        return cls(column.name, *mean_and_deviation(column.only(training).present), format)

    def numbers(self, column: Column) -> np.ndarray:
        """Return an array of shape (rows, 1); a missing cell is 0, which stands for the mean."""
        return self.deviations(column).clip(-FAR, FAR)[:, None]

    def deviations(self, column: Column) -> np.ndarray:
        """Return how many standard deviations each cell is above the mean."""
        cells = [self.mean if cell is None else cell for cell in column.cells]
        with np.errstate(over="ignore"):
            return (np.array(cells) - self.mean) / self.deviation

    def notes(self, column: Column, lines: list[int]) -> list[str]:
        """Return the notes on missing cells and on numbers that are cut off."""
        sentences = []
        missing = [lines[i] for i in column.missing]
        if missing:
            sentences.append(notes.missing_values(self.name, missing, self.mean))
        far = self.far(column)
        if far:
            far_lines = [lines[i] for i in far]
            example = column.cells[far[0]]
            sentences.append(notes.far_away(self.name, far_lines, example, FAR))
        return sentences

    def far(self, column: Column) -> list[int]:
        """Return the places of the rows whose number is cut off."""
        places: list[int] = np.flatnonzero(abs(self.deviations(column)) > FAR).tolist()
        return places

    def values(self, outputs: np.ndarray) -> np.ndarray:
        """Return the amounts that the model's outputs stand for."""
        return outputs * self.deviation + self.mean


@dataclass
class Date:
    """A column of dates, encoded as numbers: the days, the month, the weekday and the hour."""

    name: str
    parts: list[Number]
    format: str
    kind: str = "date"

    categories = ()

    def __post_init__(self) -> None:
        self.parts = [Number(**x) if isinstance(x, dict) else x for x in self.parts]  # from JSON

    @property
    def width(self) -> int:
        """The number of parts."""
        return len(self.parts)

    @classmethod
    def of(cls, column: Column, training: list[int]) -> "Date":
        """Return the encoding that the training rows give, with hours if any row has a time."""
        parts = [part_of(column, name) for name in PARTS]
        if not any(parts[-1].present):
            del parts[-1]
        return cls(column.name, [Number.of(part, training) for part in parts], str(column.format))

    def numbers(self, column: Column) -> np.ndarray:
        """Return a row of numbers for each row of the table; a missing date is the mean."""
        return np.hstack([part.numbers(part_of(column, part.name)) for part in self.parts])

    def notes(self, column: Column, lines: list[int]) -> list[str]:
        """Return the notes on missing dates and on dates that are cut off."""
        sentences = []
        missing = [lines[i] for i in column.missing]
        if missing:
            sentences.append(notes.missing_dates(self.name, missing))
        days = self.parts[0]
        far = days.far(part_of(column, days.name))
        if far:
            far_lines = [lines[i] for i in far]
            sentences.append(notes.far_dates(self.name, far_lines, column.texts[far[0]]))
        return sentences


def part_of(column: Column, part: str) -> Column:
    """Return the column of numbers that is one part of a column of dates."""
    number = PARTS[part]
    numbers = [None if date is None else number(date) for date in column.cells]
    return Column(part, "number", numbers)


@dataclass
class Category:
    """A column of categories, encoded as a 1 at the place of the row's category and 0 elsewhere."""

    name: str
    categories: list[str]
    kind: str = "category"

    format = None

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
    """Return the mean and the standard deviation, of numbers of any size.

    The deviation of equal numbers is 1; the result for no numbers is (0, 1).
    """
    scale = max(map(abs, numbers), default=0.0) or 1.0  # the squares of large numbers overflow
    scaled = np.array(numbers or [0.0]) / scale
    spread = float(scaled.std())
    return float(scaled.mean()) * scale, spread * scale if spread > ROUNDING else 1.0


@dataclass
class Classes:
    """A target of classes, encoded as the place of each class in the list of classes.

    `frequent` is the place of the class that most training rows have.
    """

    name: str
    classes: list[str]
    frequent: int = 0
    kind: str = "classes"

    @classmethod
    def of(cls, column: Column, training: list[int]) -> "Classes":
        """Return the encoding of all classes of the column."""
        classes = sorted(set(column.cells), key=sort_key)
        counts = Counter(column.only(training).cells)
        return cls(column.name, classes, classes.index(max(classes, key=counts.__getitem__)))

    def numbers(self, column: Column) -> np.ndarray:
        """Return the place of each row's class."""
        places = {name: float(place) for place, name in enumerate(self.classes)}
        return np.array([places[name] for name in column.cells])


Feature = Number | Date | Category
FEATURES: dict[str, type[Number] | type[Date] | type[Category]] = {
    "number": Number,
    "date": Date,
    "category": Category,
}
TARGETS: dict[str, type[Number] | type[Classes]] = {"number": Number, "classes": Classes}


@dataclass
class Encoding:
    """The encodings of the input columns and of the target."""

    features: list[Feature]
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
    kind = Number if target.kind == "number" else Classes
    return Encoding(features, kind.of(target, training))
