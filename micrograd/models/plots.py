"""Plots of data and of what models say about it."""

from micrograd.support.figures import BLUE, ORANGE, blank


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
