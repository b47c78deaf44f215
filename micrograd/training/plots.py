"""Curves of a training run, as matplotlib Figures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from micrograd.support.figures import BLUE, COLORS, ORANGE, blank, short_name
from micrograd.support.smoothing import window_means

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEAST_SMOOTHED = 400  # steps: the mean around each of fewer is no smoother than the curve
MAX_POINTS = 2000  # of a curve: a picture has no more columns


def draw_curves(losses: Sequence[float], accuracies: Sequence[float]) -> "Figure":
    """Return a Figure of the loss above and the accuracy, from 0 to 1, below, over the steps."""
    figure = blank(6, 5)
    above, below = figure.subplots(2, sharex=True)
    above.plot(losses, color=ORANGE)
    above.set(ylabel="loss", ylim=(0, None), title="Training")
    below.plot([100 * accuracy for accuracy in accuracies], color=BLUE)
    below.set(ylabel="accuracy, %", xlabel="step", ylim=(0, 103))
    below.xaxis.get_major_locator().set_params(integer=True)
    for axes in (above, below):
        axes.grid(alpha=0.3)
    return figure


def draw_history(
    losses: Sequence[float], validation: dict[str, list[Any]], first: int = 0, window: int = 1
) -> "Figure":
    """Return a Figure of the loss at each step and each validation, with the metrics below.

    Each point of the training loss is the mean of the last `window` steps; a long run has larger
    windows, and the mean around each step on top. The axis of the loss is logarithmic if the loss
    falls far.
    """
    metrics = [name for name in validation if name not in ("step", "loss")]
    panels = 2 if metrics else 1
    figure = blank(6, 1 + 2 * panels)
    above, *below = figure.subplots(panels, sharex=True, squeeze=False)[:, 0]
    draw_losses(above, losses, validation, first, window)
    for axes in below:
        draw_metrics(axes, validation, metrics)
    for axes in (above, *below):
        axes.grid(alpha=0.3)
    axes.set(xlabel="step")
    return figure


def draw_losses(
    axes: "Axes",
    losses: Sequence[float],
    validation: dict[str, list[Any]],
    first: int,
    window: int,
) -> None:
    """Draw the loss at each step and each validation, as `draw_history` says."""
    axes.plot(*curve_points(losses, first, window), color=ORANGE, label="training")
    if window == 1 and len(losses) >= LEAST_SMOOTHED:
        draw_running_mean(axes, losses, first)
    if validation["step"]:
        axes.plot(validation["step"], validation["loss"], color=BLUE, label="validation")
    if len(axes.lines) > 1:
        axes.legend(frameon=False)
    axes.set(ylabel="loss", title="Training", yscale=loss_scale(losses))


def draw_metrics(axes: "Axes", validation: dict[str, list[Any]], metrics: Sequence[str]) -> None:
    """Draw a curve for each metric, over the steps of the validations."""
    names = [short_name(name) or f"metric {i}" for i, name in enumerate(metrics, 1)]
    axes.set_prop_cycle(color=COLORS)
    for metric, name in zip(metrics, names):
        axes.plot(validation["step"], validation[metric], label=name)
    axes.set(ylabel=", ".join(names))


def draw_running_mean(axes: "Axes", losses: Sequence[float], first: int) -> None:
    """Draw the mean around each step, over a twentieth of the run, above a paler curve."""
    width = len(losses) // 20
    axes.lines[0].set_alpha(0.3)
    stops, means = smooth(losses, width)
    full = sum(stop < width for stop in stops)  # the windows before it are cut off
    middles = [first + stop - width / 2 for stop in stops[full:]]
    axes.plot(
        middles,
        means[full:],
        color=ORANGE,
        lw=2,
        label="mean around each step",
    )


def loss_scale(losses: Sequence[float]) -> str:
    """Return "log" if the losses are positive and fall or rise far, else "linear"."""
    if not losses:
        return "linear"
    low, high = min(losses), max(losses)
    return "log" if low > 0 and 30 * low < high else "linear"


def smooth(losses: Sequence[float], window: int = 1) -> tuple[list[int], list[float]]:
    """Return the points of a curve, MAX_POINTS or a few more: (stops, means).

    Each mean is that of the last `window` losses before its stop, or of all losses since the stop
    before, if those are more.

    >>> smooth([4.0, 2.0, 0.0], window=2)
    ([1, 2, 3], [4.0, 3.0, 1.0])
    """
    if not losses:
        return [], []
    stride = max(1, len(losses) // MAX_POINTS)
    stops = [*range(stride, len(losses), stride), len(losses)]
    width = max(window, stride)
    starts = [max(0, stop - width) for stop in stops]
    return stops, window_means(losses, starts, stops)


def curve_points(
    losses: Sequence[float], first: int = 0, window: int = 1
) -> tuple[list[float], list[float]]:
    """Return (steps, means) of the smoothed curve, each in the middle of what is new in it."""
    stops, means = smooth(losses, window)
    stride = stops[0] if stops else 0
    steps = [first + stop - stride / 2 for stop in stops]
    return steps, means
