"""Plots of a trained table: the loss, the confusion of classes, and predicted against true amounts.

Rule: a figure shows what `metrics` counted on the held-out rows.
"""

import math
from typing import Any

import numpy as np

from micrograd.support.figures import BLUE, ORANGE, blank, short_name
from micrograd.support.numbers import format_percent
from micrograd.tables.training import Trained, held_out_amounts
from micrograd.training import draw_history

MOST_COUNTED = 20  # classes; with more, the squares show no counts
MOST_NAMED = 40  # classes; with more, the axes show no names
MOST_LABELS = 5  # along an axis of amounts: more, such as 250000, would touch
DARK = 0.3  # a share of the row, above which a square shows its count in white
STYLES = {  # up to this many points: (the size of one, its opacity)
    300: (26, 0.75),
    3000: (10, 0.4),
    math.inf: (4, 0.15),
}


def pictures_of(trained: Trained) -> dict[str, tuple]:
    """Return {name of the file: (matplotlib Figure, what it shows)}."""
    examples, history = trained.examples, trained.history
    pictures = {}
    if history.losses:
        figure = draw_run(history.losses, history.validation, trained.epoch)
        pictures["curve.png"] = (figure, "loss and validation loss")
    if examples.classes:
        counts, accuracy = trained.scores["confusion"], trained.scores["accuracy"]
        figure = draw_confusion(counts, examples.classes, accuracy)
        pictures["confusion.png"] = (figure, "which class is taken for which")
    else:
        truth, predicted = held_out_amounts(trained.model, examples)
        figure = draw_fit(truth, predicted, examples.encoding.target.name, trained.scores["r2"])
        pictures["fit.png"] = (figure, "predicted against true amounts")
    return pictures


def draw_run(losses: list[float], validation: dict[str, list], epoch: int) -> Any:
    """Return a matplotlib Figure of the loss, a mean over an epoch, and of the validation loss."""
    figure = draw_history(losses, validation, window=epoch)
    title = f"Training: each loss is the mean of the last {epoch:,} steps, an epoch"
    figure.axes[0].set_title(title)
    return figure


def draw_confusion(confusion: list[list[int]], classes: list[str], accuracy: float) -> Any:
    """Return a matplotlib Figure: a row for each true class, and how often each was predicted."""
    from matplotlib.colors import PowerNorm

    counts = np.array(confusion)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    square = 0.55 if len(classes) <= MOST_COUNTED else 0.25  # inches
    side = max(2.2 + square * min(len(classes), MOST_NAMED), 3.7)
    figure = blank(side + 1.1, side)
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap="Blues", norm=PowerNorm(0.5, 0.0, 1.0))
    bar = figure.colorbar(image, ax=axes, shrink=0.8, ticks=[0.0, 0.1, 0.5, 1.0])
    bar.ax.set_yticklabels(["0 %", "10 %", "50 %", "100 %"])
    bar.set_label("of the row")
    if len(classes) <= MOST_COUNTED:
        write_counts(axes, counts, shares)
    name_sides(axes, classes)
    title = f"Held-out rows: {format_percent(accuracy)} of {counts.sum():,} right"
    axes.set(xlabel="predicted", ylabel="true", title=title)
    return figure


def write_counts(axes: Any, counts: Any, shares: Any) -> None:
    for (row, column), count in np.ndenumerate(counts):
        color = "white" if shares[row, column] > DARK else "black"
        if count or row == column:
            axes.text(column, row, f"{count:,}", ha="center", va="center", color=color, fontsize=9)


def name_sides(axes: Any, classes: list[str]) -> None:
    """Write the names of the classes along both axes, if there is room for them."""
    if len(classes) > MOST_NAMED:
        return
    names = [short_name(name) or f"#{place}" for place, name in enumerate(classes, 1)]
    upright = max(map(len, names)) * len(names) <= 48
    places = range(len(names))
    axes.set_xticks(places, names, rotation=0 if upright else 90)
    axes.set_yticks(places, names)


def draw_fit(truth: Any, predicted: Any, target: str, r2: float | None) -> Any:
    """Return a matplotlib Figure with a point for each row: its predicted over its true amount."""
    figure = blank(5.4, 5.0)
    axes = figure.add_subplot()
    both = np.concatenate([truth, predicted])
    margin = 0.04 * (both.max() - both.min()) or 1.0
    ends = [both.min() - margin, both.max() + margin]
    axes.plot(ends, ends, color=ORANGE, linewidth=1.2, zorder=3, label="predicted = true")
    axes.scatter(truth, predicted, **point_style(len(truth)))
    title = f"Held-out rows: {len(truth):,}"
    if r2 is not None:
        title += f", R² = {r2:.3f}"
    name = short_name(target) or "the target"
    axes.set(xlabel=f"{name}, true", ylabel=f"{name}, predicted", title=title)
    axes.set(xlim=ends, ylim=ends, aspect="equal")
    axes.locator_params(nbins=MOST_LABELS)
    axes.legend(frameon=False, loc="upper left")
    axes.grid(alpha=0.3)
    return figure


def point_style(count: int) -> dict:
    """Return matplotlib's options for that many points: many points are small and faint."""
    size, alpha = next(style for most, style in STYLES.items() if count <= most)
    return {"s": size, "alpha": alpha, "color": BLUE, "linewidths": 0}
