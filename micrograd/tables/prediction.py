"""Predictions for the rows of a CSV file, by a model that was trained on such a table.

Rule: rows go the way that the training's went, by what the model's file says of each column.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from micrograd import errors
from micrograd.saving import load, read_about
from micrograd.tables import messages
from micrograd.tables.column import column_of_kind
from micrograd.tables.csv_table import Table, free, read
from micrograd.tables.encoding import Encoding
from micrograd.training import predict


@dataclass
class Predictions:
    """Of each row of the table the value and, for classes, its probability."""

    table: Table
    values: list
    probabilities: list[float] | None

    def to_csv(self) -> str:
        """The table with a column "prediction" and, for classes, "probability"."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.table.delimiter, lineterminator="\n")
        added = {"prediction": self.values}
        if self.probabilities is not None:
            added["probability"] = [f"{p:.6f}" for p in self.probabilities]
        names = [free(name, self.table.names) for name in added]
        writer.writerow([*self.table.names, *names])
        writer.writerows([*row, *new] for row, *new in zip(self.table.rows, *added.values()))
        return text.getvalue()


def predict_table(model: Path | str, path: Path | str) -> Predictions:
    """What the model in that file predicts for the rows of the CSV file.

    Raises TableError for a table that cannot be read or lacks columns, ValueError for a file that
    is no model of a table, OSError.
    """
    network, about = load(model), read_about(model)
    if "encoding" not in about:
        raise ValueError(messages.not_of_a_table(model))
    encoding, table = Encoding.from_json(about["encoding"]), read(path)
    outputs = predict(network, encoded(encoding, table, path))
    if encoding.target.kind == "number":
        return Predictions(table, encoding.target.values(outputs).tolist(), None)
    places, probabilities = likeliest(outputs)
    classes = [encoding.target.classes[place] for place in places]
    return Predictions(table, classes, probabilities.tolist())


def encoded(encoding: Encoding, table: Table, path) -> np.ndarray:
    """The rows, as the model takes them; what was done to them is noted."""
    missing = [feature.name for feature in encoding.features if feature.name not in table.names]
    if missing:
        raise errors.TableError(messages.columns_not_there(path, missing, table.names))
    columns = [column_of_kind(table, one.name, one.kind) for one in encoding.features]
    table.notes += encoding.notes(columns, table.lines)
    return encoding.numbers(columns)


def likeliest(outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(the class of each row, the probability that softmax gives to it)."""
    places = outputs.argmax(axis=1)
    apart = outputs - outputs.max(axis=1, keepdims=True)
    return places, 1.0 / np.exp(apart).sum(axis=1)
