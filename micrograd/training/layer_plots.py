"""Pictures of what training does to the numbers of each layer, as matplotlib Figures.

Rule: the numbers of the past come from the snapshots of a history, and the model is as it was when
the function returns.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd.nn import Module
from micrograd.support.figures import COLORS, blank
from micrograd.training import messages
from micrograd.training.boundary import as_list, each_layer
from micrograd.training.example_losses import loss_of
from micrograd.training.history import History
from micrograd.training.snapshot import buffers_of, numbers_of, set_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_TIMES = 5  # curves in one panel
MOST_WORK = 40_000  # parameters times examples that are computed in plain Python at each time
MOST_EXAMPLES = 100
BINS = 40
SLOW = -3.0  # log10 of an update of a thousandth of the weights, a common rate of learning


def draw_layers(
    model: Module, loss: Any, X: Any, y: Any, history: History | None = None
) -> "Figure":
    """Return the Figure of `plot_layers`."""
    if not getattr(model, "layers", None):
        raise TypeError(messages.no_layers(model))
    function = loss_of(loss)
    count = min(MOST_EXAMPLES, max(1, MOST_WORK // len(model.parameters())), len(X))
    examples = list(zip(as_plain(X[:count]), as_plain(y[:count])))
    numbers = [layer_numbers(model, function, examples) for _ in each_time(model, history)]
    titles = ("weights", "activations", "grads")
    rows = len(numbers[0])
    figure = blank(9, 1.2 + 1.6 * rows)
    panels = figure.subplots(rows, len(titles), squeeze=False)
    for row, number in zip(panels, range(rows)):
        for column, axes in enumerate(row):
            draw_histograms(axes, [at_time[number][column] for at_time in numbers])
            axes.set_yticks([])
        row[0].set_ylabel(f"layer {number + 1}")
    for axes, title in zip(panels[0], titles):
        axes.set_title(title)
    if len(numbers) > 1:
        figure.suptitle("The numbers of each layer: from pale to dark, as the run goes on")
    return figure


def draw_histograms(axes: "Axes", times: "Sequence[np.ndarray]") -> None:
    """Draw the density of the numbers at each time, the later the darker."""
    finite = [numbers[np.isfinite(numbers)] for numbers in times]
    everything = np.concatenate([*finite, [0.0]])
    edges = np.histogram_bin_edges(everything, BINS)
    for age, numbers in enumerate(finite, 1):
        density, _ = np.histogram(numbers, edges)
        shares = density / max(len(numbers), 1)
        axes.stairs(shares, edges, color=COLORS[0], alpha=age / len(finite), lw=1.5)


def layer_numbers(
    model: Any, loss: Callable[..., Any], examples: list[tuple[Any, Any]]
) -> "list[tuple[np.ndarray, ...]]":
    """Return (weights, activations, grads) of each layer, for the mean loss of the examples."""
    before = [p.grad for p in model.parameters()]
    model.zero_grad()
    (sum(loss(model, *example) for example in examples) * (1.0 / len(examples))).backward()
    outputs = [list(map(as_list, each_layer(model, x))) for x, _ in examples]
    rows = []
    for number, layer in enumerate(model.layers):
        parameters = layer.parameters()
        activations = [float(out) for output in outputs for out in output[number]]
        columns = ([p.data for p in parameters], activations, [p.grad for p in parameters])
        rows.append(tuple(np.array(column, float) for column in columns))
    for p, grad in zip(model.parameters(), before):
        p.grad = grad
    return rows


def as_plain(rows: Any) -> Any:
    return rows.tolist() if isinstance(rows, np.ndarray) else list(rows)


# ---------------------------------------------------------------------------------------- in time


def kept_steps(history: History | None) -> list[int]:
    """Return after which steps the history has a snapshot; [] for none."""
    if history is not None and not isinstance(history, History):
        raise TypeError(messages.not_a_history(history))
    return history.ring.steps if history is not None and history.ring is not None else []


def each_time(model: Module, history: History | None) -> Iterator[None]:
    """Set the numbers to those of a few snapshots, one after the other, then set them back."""
    steps = kept_steps(history)
    if history is None or not steps:
        yield
        return
    places = np.linspace(0, len(steps) - 1, min(MOST_TIMES, len(steps)))
    with kept_numbers(model):
        for place in places.round().astype(int):
            snapshot = history.at(steps[place])
            set_numbers(model.parameters(), snapshot.parameters)
            set_numbers(buffers_of(model), snapshot.buffers)
            yield


@contextmanager
def kept_numbers(model: Module) -> Iterator[None]:
    """Set the parameters and the buffers of the model back at the end of the block."""
    values = [*model.parameters(), *buffers_of(model)]
    numbers = numbers_of(values)
    try:
        yield
    finally:
        set_numbers(values, numbers)


def draw_updates(model: Module, history: History) -> "Figure":
    """Return the Figure of `plot_updates`."""
    steps = kept_steps(history)
    if len(steps) < 2:
        raise ValueError(messages.needs_snapshots("plot_updates", 2))
    states = np.array([history.at(step).parameters for step in steps])
    figure = blank(6, 4)
    axes = figure.add_subplot(xlabel="step", ylabel="log10 of update / weights")
    for number, (name, places) in enumerate(layers_of(model).items()):
        weights = states[:, places]
        updates = np.diff(weights, axis=0).std(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = np.log10(updates / weights[:-1].std(axis=1))
        axes.plot(steps[1:], ratios, color=COLORS[number % len(COLORS)], label=name)
    axes.axhline(SLOW, color="black", lw=1, ls="--", label="a common rate")
    axes.set_title("The size of the updates of each layer")
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    return figure


def layers_of(model: Module) -> dict[str, list[int]]:
    """Return {"layers.0": the places of its parameters}: names up to their first number."""
    layers: dict[str, list[int]] = {}
    for place, (name, _) in enumerate(model.named_parameters()):
        words = name.split(".")
        depth = next((i for i, word in enumerate(words) if word.isdecimal()), 0)
        layers.setdefault(".".join(words[: depth + 1]), []).append(place)
    return layers
