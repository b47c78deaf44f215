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
from micrograd.tables import messages, metrics, notes
from micrograd.tables.column import Column
from micrograd.tables.csv_table import Table, read_table
from micrograd.tables.encoding import Classes, Encoding, Number
from micrograd.tables.header import unique_name
from micrograd.tables.inference import column_of_kind
from micrograd.training import predict


@dataclass
class Predictions:
    """A value for each row of the table and, for classes, the probability of that class.

    `scores` compare them with the right answers, if the table has some; `scored` counts those.
    """

    table: Table
    values: list
    probabilities: list[float] | None
    scores: dict | None = None
    scored: int = 0

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
    encoding = encoding_in(metadata, model)
    target = encoding.target
    table = read_table(path, expected=[feature.name for feature in encoding.features])
    outputs = predict(network, encode_rows(encoding, table, path))
    if isinstance(target, Number):
        predictions = Predictions(table, target.values(outputs).tolist(), None)
    else:
        places, probabilities = most_likely(outputs)
        classes = [target.classes[place] for place in places]
        predictions = Predictions(table, classes, probabilities.tolist())
    score_answers(predictions, target)
    table.notes = notes.fold(table.notes)
    return predictions


def encoding_in(metadata: dict, model: object) -> Encoding:
    """Return the encoding that a model's file holds. Raises ValueError if it cannot be read."""
    try:
        return Encoding.from_json(metadata["encoding"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(messages.unknown_encoding(model)) from error


def encode_rows(encoding: Encoding, table: Table, path: object) -> np.ndarray:
    """Return the rows as the model takes them, and note every change to them."""
    known = [feature.name for feature in encoding.features]
    missing = [name for name in known if name not in table.places]
    if missing:
        others = [name for name in table.names if name not in known]
        message = messages.columns_not_there(path, missing, others, table.has_header)
        raise errors.TableError(message)
    columns = [
        column_of_kind(table, feature.name, feature.kind, feature.format, feature.categories)
        for feature in encoding.features
    ]
    table.notes += encoding.notes(columns, table.lines)
    return encoding.numbers(columns)


# ------------------------------------------------------------------------------------------ scores


def score_answers(predictions: Predictions, target: Number | Classes) -> None:
    """Compare the predictions with the column of the target, where the table has one."""
    table = predictions.table
    if target.name not in table.places:
        return
    answers = answers_of(table, target)
    places = [i for i, cell in enumerate(answers.cells) if cell is not None]
    known = {*target.classes} if isinstance(target, Classes) else {*answers.present}
    if known.intersection(answers.present):
        predicted = [predictions.values[i] for i in places]
        predictions.scored = len(places)
        predictions.scores = scores_of(table, target, predicted, answers.only(places), places)


def answers_of(table: Table, target: Number | Classes) -> Column:
    """Return the column of the target; it is empty if the answers are of another kind."""
    try:
        if isinstance(target, Number):
            return column_of_kind(table, target.name, "number", target.format)
        return column_of_kind(table, target.name, "category", categories=target.classes)
    except errors.TableError:  # such as "to be predicted" in each row
        return Column(target.name, "number", [])


def scores_of(
    table: Table, target: Number | Classes, predicted: list, answers: Column, places: list[int]
) -> dict:
    """Return the scores of the predictions for those rows, beside the baseline of the training.

    A class that the training rows lack is noted, and counts as a wrong answer.
    """
    if isinstance(target, Number):
        return metrics.regression(predicted, answers.cells, target.mean)
    unknown = [i for i, name in enumerate(answers.cells) if name not in target.classes]
    others = list(dict.fromkeys(answers.cells[i] for i in unknown))
    if unknown:
        lines = [table.lines[places[i]] for i in unknown]
        note = notes.unknown_classes(target.name, lines, others, len(target.classes))
        table.notes.append(note)
    classes = [*target.classes, *others]
    place_of = {name: place for place, name in enumerate(classes)}
    predicted_places = [place_of[name] for name in predicted]
    true_places = [place_of[name] for name in answers.cells]
    return metrics.classification(predicted_places, true_places, classes, target.frequent)


def most_likely(outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the most likely class of each row, and the probability that softmax gives it."""
    places = outputs.argmax(axis=1)
    shifted = outputs - outputs.max(axis=1, keepdims=True)
    return places, 1.0 / np.exp(shifted).sum(axis=1)
