"""Plots of data and of what models predict for it, as matplotlib Figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from micrograd.nn import Module
from micrograd.support.figures import BLUE, ORANGE, blank
from micrograd.training import History, predict, smooth, with_plain_numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GREEN = "#009e73"
COLORS = (BLUE, ORANGE, GREEN)
RED = "#c00000"
RESOLUTION = 120  # points along each side of a map
IMAGES = (6, 10)  # rows and columns of a page of images
LEAST_WINDOW = 20  # losses: the mean of fewer is no smoother than the curve


def draw_boundary(
    model: Callable[[list[float]], Any], X: Any, y: Sequence[float], resolution: int = 60
) -> Figure:
    """Return a Figure of two classes of points (labels +1, -1) over the scores of the model.

    The model is called at resolution x resolution places. The line is where its score is 0.
    """
    import numpy as np

    points = np.asarray(X, dtype=float)
    left, low = points.min(axis=0) - 0.5
    right, high = points.max(axis=0) + 0.5
    across = np.linspace(left, right, resolution)
    up = np.linspace(low, high, resolution)
    scores = np.array([[float(model([a, b])) for a in across] for b in up])
    figure = blank(6, 5)
    axes = figure.add_subplot()
    draw_scores(axes, across, up, scores)
    for sign, color, marker in ((1, ORANGE, "o"), (-1, BLUE, "s")):
        members = points[[label * sign > 0 for label in y]]
        axes.scatter(
            members[:, 0],
            members[:, 1],
            c=color,
            marker=marker,
            s=30,
            edgecolors="white",
            linewidths=0.7,
            label=f"{sign:+d}",
        )
    axes.set(xlabel="x1", ylabel="x2", title="The scores of the model, and the data")
    axes.legend(title="label", loc="upper right")
    return figure


def draw_scores(axes: Any, across: Any, up: Any, scores: Any) -> None:
    """Draw the scores as colours, with a line where they are 0."""
    import numpy as np

    finite = scores[np.isfinite(scores)]
    limit = float(np.abs(finite).max(initial=0.0)) or 1.0
    scores = np.ma.masked_invalid(scores.clip(-limit, limit))  # a nan is left blank
    levels = np.linspace(-limit, limit, 21)
    axes.contourf(across, up, scores, levels=levels, cmap="PuOr_r", alpha=0.7)
    if scores.min() < 0.0 < scores.max():
        axes.contour(across, up, scores, levels=[0.0], colors="black", linewidths=1.5)


def curve(history: History) -> Figure:
    """Return the plot of the history and, if it is long, the mean around each step on top."""
    figure, losses = history.plot(), history.losses
    window = len(losses) // 20
    if window >= LEAST_WINDOW:
        axes = figure.axes[0]
        axes.lines[0].set_alpha(0.3)
        points = [(stop, mean) for stop, mean in zip(*smooth(losses, window)) if stop >= window]
        centres = [history.first + stop - window / 2 for stop, _ in points]
        means = [mean for _, mean in points]
        axes.plot(centres, means, color=ORANGE, lw=2, label="mean around each step")
        axes.legend(frameon=False)
    return figure


def boundary(model: Module, X: Sequence[Any], y: Sequence[float]) -> Figure:
    """Return the plot of `draw_boundary` for a network."""
    return draw_boundary(with_plain_numbers(model), X, y)


def classes(model: Module, X: Sequence[Any], y: Sequence[int]) -> Figure:
    """Return a map of the class that the model predicts at each place, and the data.

    Rows are those of `data.yin_yang`: x, y, 1 - x and 1 - y.
    """
    import numpy as np
    from matplotlib.colors import ListedColormap

    side = np.linspace(0.0, 1.0, RESOLUTION)
    a, b = (grid.ravel() for grid in np.meshgrid(side, side))
    predicted = predict(model, np.stack([a, b, 1 - a, 1 - b], 1)).argmax(1)
    figure = blank(6, 5.6)
    axes = figure.add_subplot(aspect="equal", xlabel="x", ylabel="y")
    axes.imshow(
        predicted.reshape(RESOLUTION, -1),
        cmap=ListedColormap(COLORS),
        alpha=0.35,
        origin="lower",
        extent=(0, 1, 0, 1),
        vmin=0,
        vmax=2,
    )
    points = np.array(X)
    for kind, color in enumerate(COLORS):
        members = points[np.array(y) == kind]
        axes.scatter(
            members[:, 0], members[:, 1], s=12, color=color, edgecolors="white", linewidths=0.4
        )
    axes.set(title="The class of each place, and the data")
    return figure


def scores(model: Module, X: Sequence[Any], y: Sequence[float]) -> Figure:
    """Return a bar chart of the prediction for each example, with its target as a dot."""
    figure = blank(6, 3)
    axes = figure.add_subplot(xlabel="example", title="Predictions and targets")
    places = range(len(y))
    axes.bar(places, predict(model, X), color=BLUE, label="the model")
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
    axes.plot(xs, predict(model, xs[:, None]), color=BLUE, lw=2, label="the model")
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    return figure


def images(model: Module, X: Sequence[Any], y: Sequence[int]) -> Figure:
    """Return a page of images of 8 x 8 pixels, each under its predicted class.

    Wrong predictions come first, in red, with the true class in brackets.
    """
    import numpy as np

    predicted, true = predict(model, X).argmax(1), np.array(y)
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
