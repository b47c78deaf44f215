"""The surface of the loss around a trained model, with the path that the run took.

Rule: the two directions are those in which the run moved most (the principal components of its
snapshots, as in Li et al., "Visualizing the Loss Landscape of Neural Nets", 2018).
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd.nn import Module
from micrograd.support.figures import ORANGE, blank
from micrograd.training import messages
from micrograd.training.evaluation import compiled_map
from micrograd.training.example_losses import loss_of
from micrograd.training.history import History
from micrograd.training.layer_plots import kept_numbers, kept_steps
from micrograd.training.snapshot import set_numbers
from micrograd.watchers import no_grad

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARGIN = 0.25  # around the path, as a share of its size
LEVELS = 20
RANGE = 1e4  # of the losses that differ in colour; a hinge loss reaches 0, which has no logarithm


def draw_loss_surface(
    model: Module, loss: Any, X: Any, y: Any, history: History, resolution: int = 25
) -> "Figure":
    """Return the Figure of `plot_loss_surface`."""
    steps = kept_steps(history)
    if len(steps) < 3:
        raise ValueError(messages.needs_snapshots("plot_loss_surface", 3))
    states = np.array([history.at(step).parameters for step in steps])
    last, directions, path = plane_of(states)
    across, up = (places_around(numbers, resolution) for numbers in path.T)
    function = loss_of(loss)
    losses = compiled_map(lambda x, target: function(model, x, target))
    surface = np.zeros((resolution, resolution))
    with kept_numbers(model), no_grad():
        for row, column in np.ndindex(surface.shape):
            place = np.array([across[column], up[row]])
            set_numbers(model.parameters(), last + place @ directions)
            numbers = losses(X, y)
            surface[row, column] = np.mean(numbers)
    return draw_surface(across, up, surface, path)


def plane_of(states: "np.ndarray") -> "tuple[np.ndarray, np.ndarray, np.ndarray]":
    """Return the last state, two directions, and all states as places in their plane."""
    last = states[-1]
    _, _, components = np.linalg.svd(states - last, full_matrices=False)
    directions = components[:2]
    return last, directions, (states - last) @ directions.T


def places_around(numbers: "np.ndarray", count: int) -> "np.ndarray":
    """Return that many places around the numbers, evenly."""
    low, high = float(numbers.min()), float(numbers.max())
    margin = MARGIN * (high - low) or 1.0
    return np.linspace(low - margin, high + margin, count)


def draw_surface(across: Any, up: Any, surface: Any, path: Any) -> "Figure":
    """Return the Figure; its colours are logarithmic, since a loss falls by magnitudes."""
    figure = blank(6, 5)
    title = "The loss around the run, and its path"
    axes = figure.add_subplot(xlabel="first direction", ylabel="second direction", title=title)
    highest = np.nanmax(surface)
    smallest = max(highest / RANGE, np.finfo(float).tiny)
    logarithms = np.log10(surface.clip(smallest))
    heights = np.ma.masked_invalid(logarithms)
    image = axes.contourf(across, up, heights, LEVELS, cmap="viridis")
    figure.colorbar(image, ax=axes, label="log10 of the loss")
    axes.plot(*path.T, color="white", marker=".", ms=3, lw=1)
    start, end = path[0], path[-1]
    axes.plot(*start, color=ORANGE, marker="o", ls="", label="the beginning")
    axes.plot(*end, color=ORANGE, marker="*", ms=12, ls="", label="the end")
    axes.legend(loc="upper right")
    return figure
