"""Pictures of what a model computes at every place of a plane, as matplotlib Figures.

Rule: the model is only called. Its outputs decide what is drawn: one score for two classes, a list
of scores for several, an amount.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from micrograd import errors
from micrograd.engine import Value
from micrograd.nn import Module
from micrograd.support.figures import BLUE, COLORS, MARKERS, ORANGE, blank
from micrograd.training import messages
from micrograd.training.prediction import predict

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARGIN = 0.5  # around the data, in their unit
NEURON_SIDE, MOST_NEURONS = 40, 16  # points along a neuron's map; neurons of a layer that are drawn
Inputs = Callable[[float, float], Sequence[float]]


def plot_boundary(
    model: Callable[[list[float]], Any],
    X: Any,
    y: Sequence[Any],
    resolution: int = 60,
    inputs: Inputs | None = None,
) -> "Figure":
    """Return a Figure of the data over what the model gives at resolution x resolution places.

    With targets of +1 and -1 these are its scores, with a line where they are 0. For a model that
    returns a list they are the classes with the largest score, and otherwise its amounts, with the
    targets as colours of the points. `X` has rows of two numbers, or of more if `inputs(x1, x2)`
    returns the model's inputs at a place. Raises ShapeError for other rows.

    >>> from micrograd import MLP, data
    >>> figure = plot_boundary(MLP(2, [4, 1]), *data.moons(20), resolution=10)
    >>> figure.axes[0].get_title()
    'The scores of the model, and the data'
    """
    import numpy as np

    points, targets = np.asarray(X, dtype=float), np.array([float(label) for label in y])
    if points.ndim != 2 or points.shape[1] < 2 or (points.shape[1] > 2 and inputs is None):
        raise errors.ShapeError(messages.not_a_plane(points.shape))
    plane = Plane(points, resolution)
    outputs = outputs_at(model, [list(inputs(*at)) if inputs else at for at in plane.places()])
    figure = blank(6, 5)
    axes = figure.add_subplot(xlabel="x1", ylabel="x2")
    if outputs.ndim > 1:
        draw_classes(axes, plane, outputs.argmax(1), targets)
    elif set(targets.tolist()) <= {1.0, -1.0}:
        draw_two_classes(axes, plane, outputs, targets)
    else:
        draw_amounts(figure, axes, plane, outputs, targets)
    return figure


class Plane:
    """A grid of places around the points, and how numbers at its places are laid out."""

    def __init__(self, points: Any, resolution: int) -> None:
        import numpy as np

        self.points = points[:, :2]
        self.resolution = resolution
        left, low = self.points.min(axis=0) - MARGIN
        right, high = self.points.max(axis=0) + MARGIN
        self.extent = (left, right, low, high)
        self.across = np.linspace(left, right, resolution)
        self.up = np.linspace(low, high, resolution)

    def places(self) -> list[list[float]]:
        """Return [x1, x2] for each place, row by row from below."""
        return [[float(a), float(b)] for b in self.up for a in self.across]

    def grid(self, numbers: "np.ndarray") -> "np.ndarray":
        """Return the numbers of all places as a square."""
        return numbers.reshape(self.resolution, self.resolution)


def outputs_at(model: Callable[..., Any], places: list[list[float]]) -> "np.ndarray":
    """Return the model's output, a number or a row of numbers, at each place."""
    import numpy as np

    if isinstance(model, Module):
        return predict(model, places)
    outputs = [model(place) for place in places]
    return np.array([as_numbers(output) for output in outputs], dtype=float)


def as_numbers(output: Any) -> Any:
    if isinstance(output, list | tuple):
        return [as_numbers(number) for number in output]
    return output.data if isinstance(output, Value) else output


# ------------------------------------------------------------------------------ kinds of pictures


def draw_two_classes(axes: "Axes", plane: Plane, outputs: Any, targets: Any) -> None:
    """Draw the scores as colours, with a line where they are 0, and the points of both classes."""
    draw_scores(axes, plane, outputs)
    for sign, color, marker in ((1, ORANGE, "o"), (-1, BLUE, "s")):
        draw_points(axes, plane.points[targets == sign], color, marker, f"{sign:+d}")
    axes.set(title="The scores of the model, and the data")
    axes.legend(title="label", loc="upper right")


def draw_scores(axes: "Axes", plane: Plane, outputs: Any) -> None:
    """Draw the scores as colours; a nan is left blank."""
    import numpy as np

    scores = plane.grid(outputs)
    finite = scores[np.isfinite(scores)]
    limit = float(np.abs(finite).max(initial=0.0)) or 1.0
    scores = np.ma.masked_invalid(scores.clip(-limit, limit))
    levels = np.linspace(-limit, limit, 21)
    axes.contourf(plane.across, plane.up, scores, levels=levels, cmap="PuOr_r", alpha=0.7)
    if scores.min() < 0.0 < scores.max():
        axes.contour(plane.across, plane.up, scores, levels=[0.0], colors="black", linewidths=1.5)


def draw_classes(axes: "Axes", plane: Plane, winners: Any, targets: Any) -> None:
    """Draw the class of each place as a colour, and the points of each class."""
    from matplotlib.colors import ListedColormap

    count = int(max(winners.max(), targets.max())) + 1
    colors = [COLORS[i % len(COLORS)] for i in range(count)]
    axes.imshow(
        plane.grid(winners),
        cmap=ListedColormap(colors),
        alpha=0.35,
        origin="lower",
        extent=plane.extent,
        vmin=0,
        vmax=max(count - 1, 1),
        aspect="auto",
    )
    for kind, color in enumerate(colors):
        marker = MARKERS[kind % len(MARKERS)]
        draw_points(axes, plane.points[targets == kind], color, marker, str(kind))
    axes.set(title="The class of each place, and the data")
    axes.legend(title="class", loc="upper right")


def draw_amounts(figure: "Figure", axes: "Axes", plane: Plane, outputs: Any, targets: Any) -> None:
    """Draw the amounts as colours with contours, and the points in the colours of their targets."""
    import numpy as np

    both = np.concatenate([outputs, targets])
    both = both[np.isfinite(both)]
    limits = {"vmin": both.min(initial=0.0), "vmax": both.max(initial=0.0)}
    surface = np.ma.masked_invalid(plane.grid(outputs))
    image = axes.imshow(
        surface, origin="lower", extent=plane.extent, aspect="auto", cmap="viridis", **limits
    )
    if surface.min() < surface.max():
        axes.contour(plane.across, plane.up, surface, levels=8, colors="white", linewidths=0.6)
    across, up = plane.points.T
    axes.scatter(across, up, c=targets, cmap="viridis", edgecolors="white", s=30, **limits)
    figure.colorbar(image, ax=axes, label="amount; in a point, its target")
    axes.set(title="The amounts of the model, and the data")


def draw_points(axes: "Axes", points: Any, color: str, marker: str, label: str) -> None:
    axes.scatter(
        points[:, 0],
        points[:, 1],
        c=color,
        marker=marker,
        s=30,
        edgecolors="white",
        linewidths=0.7,
        label=label,
    )


# ------------------------------------------------------------------------------- a map of a neuron


def plot_neurons(model: Module, X: Any) -> "Figure":
    """Return a Figure with a map of each neuron: its output at every place around the data.

    The model is one with layers, such as MLP, of rows of two numbers; a row of the picture is a
    layer, of which the first 16 neurons are drawn. Orange is positive, purple negative, and a line
    runs where the output is 0. Raises ShapeError for rows of another length.

    >>> from micrograd import MLP, data
    >>> X, y = data.moons(20)
    >>> len(plot_neurons(MLP(2, [4, 1]), X).axes)
    8
    """
    import numpy as np

    points = np.asarray(X, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2:
        raise errors.ShapeError(messages.not_a_plane(points.shape))
    plane = Plane(points, NEURON_SIDE)
    layers = layer_outputs(model, plane.places())
    columns = min(max(outputs.shape[1] for outputs in layers), MOST_NEURONS)
    figure = blank(0.9 * columns + 1.2, 1.05 * len(layers) + 0.5)
    rows = figure.subplots(len(layers), columns, squeeze=False)
    for number, (row, outputs) in enumerate(zip(rows, layers), 1):
        for axes in row:
            axes.set_axis_off()
        for axes, output in zip(row, outputs.T):
            draw_scores(axes, plane, output)
        row[0].set_title(f"layer {number}", loc="left", fontsize=9)
    figure.suptitle("The output of each neuron: orange is positive, purple is negative")
    return figure


def layer_outputs(model: Module, X: Any) -> "list[np.ndarray]":
    """Return an array for each layer: its outputs, a row for each row of X.

    Raises TypeError for a model without layers.
    """
    import numpy as np

    if not getattr(model, "layers", None):
        raise TypeError(messages.no_layers(model))
    widths: list[int] = []

    def every_output(x: Any) -> list[Any]:
        outputs = [as_list(output) for output in each_layer(model, x)]
        widths[:] = map(len, outputs)
        return list(chain.from_iterable(outputs))

    numbers = predict(every_output, X)
    return np.split(numbers, np.cumsum(widths)[:-1], axis=1)


def each_layer(model: Any, x: Any) -> Iterator[Any]:
    """Yield the output of each layer, which the next one receives."""
    for layer in model.layers:
        x = layer(x)
        yield x


def as_list(output: Any) -> list[Any]:
    return output if isinstance(output, list) else [output]
