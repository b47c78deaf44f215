"""Plots of data and of what models say about it."""

from micrograd.support.figures import BLUE, ORANGE, blank
from micrograd.training import answers, frozen


def draw_boundary(model, X, y, resolution: int = 60):
    """A matplotlib Figure: points of two classes (labels +1, -1) over what the model says where.

    The model is asked for its score at resolution x resolution places; the line is where it is 0.
    """
    import numpy

    points = numpy.asarray(X, dtype=float)
    left, low = points.min(axis=0) - 0.5
    right, high = points.max(axis=0) + 0.5
    across = numpy.linspace(left, right, resolution)
    up = numpy.linspace(low, high, resolution)
    scores = numpy.array([[float(model([a, b])) for a in across] for b in up])
    finite = scores[numpy.isfinite(scores)]
    limit = float(numpy.abs(finite).max(initial=0.0)) or 1.0
    scores = numpy.ma.masked_invalid(scores.clip(-limit, limit))  # a nan is left blank
    figure = blank(6, 5)
    axes = figure.add_subplot()
    axes.contourf(
        across, up, scores, levels=numpy.linspace(-limit, limit, 21), cmap="PuOr_r", alpha=0.7
    )
    if scores.min() < 0.0 < scores.max():
        axes.contour(across, up, scores, levels=[0.0], colors="black", linewidths=1.5)
    for sign, color, marker in ((1, ORANGE, "o"), (-1, BLUE, "s")):
        chosen = points[[label * sign > 0 for label in y]]
        axes.scatter(
            *chosen.T,
            c=color,
            marker=marker,
            s=30,
            edgecolors="white",
            linewidths=0.7,
            label=f"{sign:+d}",
        )
    axes.set(xlabel="x1", ylabel="x2", title="What the model says, and the data")
    axes.legend(title="label", loc="upper right")
    return figure


GREEN = "#009e73"
COLORS = (BLUE, ORANGE, GREEN)
RESOLUTION = 120  # places along each side of a map
SHOWN = 60  # images on a page
FEWEST = 20  # losses of which a mean is shown


def curve(history):
    """The history and, over the losses of a long run, their mean around every step."""
    import numpy as np

    figure, losses = history.plot(), np.array(history.losses)
    width = len(losses) // 20
    if width >= FEWEST:
        (axes, *_), sums = figure.axes, np.cumsum([0.0, *losses])
        means = (sums[width:] - sums[:-width]) / width
        axes.lines[0].set_alpha(0.3)
        middles = history.first + width / 2 + np.arange(len(means))
        axes.plot(middles, means, color=ORANGE, lw=2, label="mean around each step")
        axes.legend(frameon=False)
    return figure


def boundary(model, X, y):
    return draw_boundary(frozen(model), X, y)


def classes(model, X, y):
    """Which class the model gives each place of a square, and the data; rows as `yin_yang` has."""
    import numpy as np
    from matplotlib.colors import ListedColormap

    side = np.linspace(0.0, 1.0, RESOLUTION)
    a, b = (grid.ravel() for grid in np.meshgrid(side, side))
    best = answers(model, np.stack([a, b, 1 - a, 1 - b], 1)).argmax(1)
    figure = blank(6, 5.6)
    axes = figure.add_subplot(aspect="equal", xlabel="x", ylabel="y")
    axes.imshow(
        best.reshape(RESOLUTION, -1),
        cmap=ListedColormap(COLORS),
        alpha=0.35,
        origin="lower",
        extent=(0, 1, 0, 1),
        vmin=0,
        vmax=2,
    )
    points = np.array(X)
    for kind, color in enumerate(COLORS):
        chosen = points[np.array(y) == kind]
        axes.scatter(*chosen[:, :2].T, s=12, color=color, edgecolors="white", linewidths=0.4)
    axes.set(title="The class of each place, and the data")
    return figure


def scores(model, X, y):
    """A bar for each example, and where it should end."""
    figure = blank(6, 3)
    axes = figure.add_subplot(xlabel="example", title="What the model says, and should")
    places = range(len(y))
    axes.bar(places, answers(model, X), color=BLUE, label="the model")
    axes.scatter(places, y, color=ORANGE, s=90, zorder=2, label="target")
    axes.axhline(0.0, color="black", lw=0.8)
    axes.set_xticks(places)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def line(model, X, y):
    """The function that was found, and the data."""
    import numpy as np

    xs = np.linspace(min(X)[0], max(X)[0], 300)
    figure = blank(6, 4)
    axes = figure.add_subplot(xlabel="x", ylabel="y", title="The function that was found")
    axes.scatter(X, y, s=12, color=ORANGE, label="data")
    axes.plot(xs, answers(model, xs[:, None]), color=BLUE, lw=2, label="the model")
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    return figure


def images(model, X, y):
    """A page of images with the model's answer above each; those that are wrong come first."""
    import numpy as np

    found, wanted = answers(model, X).argmax(1), np.array(y)
    order = np.argsort(found == wanted, kind="stable")[:SHOWN]
    figure = blank(7, 5.4)
    wrong = int((found != wanted).sum())
    figure.suptitle(f"{wrong} of {len(wanted)} wrong: in red, what it is in brackets")
    for axes, i in zip(figure.subplots(6, 10).ravel(), order):
        right = found[i] == wanted[i]
        title = f"{found[i]}" if right else f"{found[i]} ({int(wanted[i])})"
        axes.imshow(np.array(X[i]).reshape(8, 8), cmap="gray_r")
        axes.set_title(title, fontsize=9, color="black" if right else "#c00000", pad=2)
        axes.axis("off")
    return figure
