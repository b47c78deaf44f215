"""How good predictions are, as plain numbers, beside the best that can be said without features.

Rule: what is not defined, as the precision of a class that was never predicted, is None.
"""

import numpy as np


def classification(predicted, right, classes: list[str], usual: int) -> dict:
    """Accuracy, precision and recall of each class, and the confusion matrix.

    `predicted` and `right` are places in `classes`; `usual` is the class that a baseline, which
    looks at nothing, always predicts.
    """
    confusion = np.zeros((len(classes), len(classes)), int)
    np.add.at(confusion, (np.asarray(right, int), np.asarray(predicted, int)), 1)
    rows = confusion.sum(axis=1)
    total = rows.sum()
    return {
        "accuracy": ratio(confusion.trace(), total),
        "baseline": {
            "class": classes[usual],
            "accuracy": ratio(rows[usual], total),
        },
        "classes": of_each(confusion, classes),
        "confusion": confusion.tolist(),
    }


def of_each(confusion: np.ndarray, classes: list[str]) -> dict[str, dict]:
    found = {}
    sums = zip(confusion.diagonal(), confusion.sum(axis=0), confusion.sum(axis=1))
    for name, (hits, predicted, right) in zip(classes, sums):
        found[name] = {
            "precision": ratio(hits, predicted),
            "recall": ratio(hits, right),
            "rows": int(right),
        }
    return found


def regression(predicted, right, usual: float) -> dict:
    """Root of the mean squared error, mean absolute error, and the share of variance explained.

    The baseline predicts `usual` every time.
    """
    of_model = deviations(predicted, right)
    of_mean = deviations(np.mean(right), right)
    share = ratio(of_model["rmse"], of_mean["rmse"])
    explained = None if share is None else 1.0 - share**2
    return {**of_model, "r2": explained, "baseline": deviations(usual, right)}


def deviations(predicted, right) -> dict:
    apart = np.abs(np.subtract(predicted, right))
    scale = float(apart.max()) or 1.0  # squares of large numbers are larger than any float
    squares = (apart / scale) ** 2
    return {
        "rmse": scale * float(np.sqrt(squares.mean())),
        "mae": float(apart.mean()),
    }


def ratio(part, whole) -> float | None:
    return float(part / whole) if whole else None
