"""Plots of data and of what models predict for it, as matplotlib Figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from micrograd.nn import Module
from micrograd.support.figures import BLUE, ORANGE, RED, blank
from micrograd.training import plot_boundary, predict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

draw_boundary = plot_boundary  # the name in earlier versions
RESOLUTION = 120  # points along each side of a map
IMAGES = (6, 10)  # rows and columns of a page of images


def mirrored(x: float, y: float) -> list[float]:
    """Return the inputs at a place of the yin-yang sign, as `data.yin_yang` gives them."""
    return [x, y, 1 - x, 1 - y]


def classes(model: Module, X: Sequence[Any], y: Sequence[int]) -> Figure:
    """Return a map of the class that the model predicts at each place of the sign, and the data."""
    return plot_boundary(model, X, y, resolution=RESOLUTION, inputs=mirrored)


def scores(model: Module, X: Sequence[Any], y: Sequence[float]) -> Figure:
    """Return a bar chart of the prediction for each example, with its target as a dot."""
    figure = blank(6, 3)
    axes = figure.add_subplot(xlabel="example", title="Predictions and targets")
    places = range(len(y))
    outputs = predict(model, X)
    axes.bar(places, outputs, color=BLUE, label="the model")
    axes.scatter(places, y, color=ORANGE, s=90, zorder=2, label="target")
    axes.axhline(0.0, color="black", lw=0.8)
    axes.set_xticks(places)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def line(model: Module, X: Sequence[Any], y: Sequence[float]) -> Figure:
    """Return a plot of the function that the model has learned, over the data."""
    import numpy as np

    xs = np.linspace(min(X)[0], max(X)[0], 300)
    figure = blank(6, 4)
    axes = figure.add_subplot(xlabel="x", ylabel="y", title="The function that was learned")
    axes.scatter(X, y, s=12, color=ORANGE, label="data")
    outputs = predict(model, xs[:, None])
    axes.plot(xs, outputs, color=BLUE, lw=2, label="the model")
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    return figure


def images(model: Module, X: Sequence[Any], y: Sequence[int]) -> Figure:
    """Return a page of images of 8 x 8 pixels, each under its predicted class.

    Wrong predictions come first, in red, with the true class in brackets.
    """
    import numpy as np

    predicted = predict(model, X).argmax(1)
    true = np.array(y)
    is_right = predicted == true
    order = np.argsort(is_right, kind="stable")
    figure = blank(7, 5.4)
    wrong = int((~is_right).sum())
    figure.suptitle(f"{wrong} of {len(true)} wrong: in red, with the true class in brackets")
    for axes, i in zip(figure.subplots(*IMAGES).ravel(), order):
        title, color = f"{predicted[i]}", "black"
        if not is_right[i]:
            title, color = f"{predicted[i]} ({int(true[i])})", RED
        axes.imshow(np.array(X[i]).reshape(8, 8), cmap="gray_r")
        axes.set_title(title, fontsize=9, color=color, pad=2)
        axes.axis("off")
    return figure
