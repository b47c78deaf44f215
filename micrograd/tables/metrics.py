"""Scores of predictions, as plain numbers, beside those of a baseline that ignores the inputs.

Rule: a score that is not defined, such as the precision of a class never predicted, is None.
"""

from typing import Any

import numpy as np


def classification(predicted: Any, truth: Any, classes: list[str], baseline: int) -> dict[str, Any]:
    """Return the accuracy, the precision and recall of each class, and the confusion matrix.

    `predicted` and `truth` are places in `classes`; the baseline always predicts the class at the
    place `baseline`.
    """
    confusion = np.zeros((len(classes), len(classes)), int)
    np.add.at(confusion, (np.asarray(truth, int), np.asarray(predicted, int)), 1)
    rows = confusion.sum(axis=1)
    total = rows.sum()
    return {
        "accuracy": ratio(confusion.trace(), total),
        "baseline": {
            "class": classes[baseline],
            "accuracy": ratio(rows[baseline], total),
        },
        "classes": class_scores(confusion, classes),
        "confusion": confusion.tolist(),
    }


def class_scores(confusion: np.ndarray, classes: list[str]) -> dict[str, dict]:
    """Return the precision, the recall and the number of rows of each class."""
    scores = {}
    sums = zip(confusion.diagonal(), confusion.sum(axis=0), confusion.sum(axis=1))
    for name, (hits, predicted, rows) in zip(classes, sums):
        scores[name] = {
            "precision": ratio(hits, predicted),
            "recall": ratio(hits, rows),
            "rows": int(rows),
        }
    return scores


def regression(predicted: Any, truth: Any, baseline: float) -> dict[str, Any]:
    """Return the root of the mean squared error, the mean absolute error, and R squared.

    The baseline predicts the number `baseline` every time.
    """
    model_errors = mean_errors(predicted, truth)
    spread = mean_errors(np.mean(truth), truth)
    share = ratio(model_errors["rmse"], spread["rmse"])
    r2 = None if share is None else 1.0 - share**2
    return {**model_errors, "r2": r2, "baseline": mean_errors(baseline, truth)}


def mean_errors(predicted: Any, truth: Any) -> dict[str, Any]:
    """Return the root of the mean squared error, and the mean absolute error."""
    errors = np.abs(np.subtract(predicted, truth))
    scale = float(errors.max()) or 1.0  # the squares of large numbers would overflow
    squares = (errors / scale) ** 2
    return {
        "rmse": scale * float(np.sqrt(squares.mean())),
        "mae": float(errors.mean()),
    }


def ratio(part: Any, whole: Any) -> float | None:
    """Return part / whole, or None if the whole is 0."""
    return float(part / whole) if whole else None
