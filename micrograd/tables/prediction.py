"""Predictions for the rows of a CSV file, by a model that was trained on such a table.

Rule: rows are encoded as the training rows were, by the encoding in the model's file.
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
from micrograd.tables.csv_table import Table, read_table, unique_name
from micrograd.tables.encoding import Encoding, Number
from micrograd.training import predict


@dataclass
class Predictions:
    """A value for each row of the table and, for classes, the probability of that class."""

    table: Table
    values: list
    probabilities: list[float] | None

    def to_csv(self) -> str:
        """Return the table as CSV, with a column "prediction" and, for classes, "probability"."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.table.delimiter, lineterminator="\n")
        added = {"prediction": self.values}
        if self.probabilities is not None:
            added["probability"] = [f"{p:.6f}" for p in self.probabilities]
        names = [unique_name(name, self.table.names) for name in added]
        writer.writerow([*self.table.names, *names])
        for row, *cells in zip(self.table.rows, *added.values()):
            writer.writerow([*row, *cells])
        return text.getvalue()


def predict_table(model: Path | str, path: Path | str) -> Predictions:
    """Return what the model in that file predicts for the rows of the CSV file.

    Raises TableError for a table that cannot be read or lacks columns, ValueError for a file that
    holds no model of a table, and OSError.
    """
    network, metadata = load(model), read_about(model)
    if "encoding" not in metadata:
        raise ValueError(messages.not_of_a_table(model))
    encoding, table = Encoding.from_json(metadata["encoding"]), read_table(path)
    outputs = predict(network, encode_rows(encoding, table, path))
    target = encoding.target
    if isinstance(target, Number):
        return Predictions(table, target.values(outputs).tolist(), None)
    places, probabilities = most_likely(outputs)
    classes = [target.classes[place] for place in places]
    return Predictions(table, classes, probabilities.tolist())


def encode_rows(encoding: Encoding, table: Table, path: object) -> np.ndarray:
    """Return the rows as the model takes them, and note every change to them."""
    missing = [feature.name for feature in encoding.features if feature.name not in table.names]
    if missing:
        raise errors.TableError(messages.columns_not_there(path, missing, table.names))
    columns = [column_of_kind(table, x.name, x.kind) for x in encoding.features]
    table.notes += encoding.notes(columns, table.lines)
    return encoding.numbers(columns)


def most_likely(outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the most likely class of each row, and the probability that softmax gives it."""
    places = outputs.argmax(axis=1)
    shifted = outputs - outputs.max(axis=1, keepdims=True)
    return places, 1.0 / np.exp(shifted).sum(axis=1)
