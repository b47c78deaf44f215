"""Pictures of models: what they show is what the model computes, and the model stays as it was.

Rule: the numbers in a Figure are compared with those that the engine gives.
"""

import math

import pytest

from micrograd import (
    MLP,
    data,
    errors,
    fit,
    nn,
    plot_boundary,
    plot_layers,
    plot_loss_surface,
    plot_neurons,
    plot_updates,
)
from micrograd.drawing import svg
from micrograd.support import figures
from micrograd.training import draw_curves, draw_history

X, Y = data.moons(20, seed=1)


@pytest.fixture(scope="module")
def run():
    model = MLP(2, [4, 1])
    return model, fit(model, "hinge", X, Y, steps=10, keep_every=1, progress=False)


def state(model):
    return [(p.data, p.grad) for p in model.parameters()]


def test_classes_are_those_with_the_largest_score():
    def model(row):
        return [row[0], 0.5, -row[0]]

    figure = plot_boundary(model, [[0.0, 0.0], [1.0, 1.0]], [0, 2], resolution=5)
    (image,) = figure.axes[0].images
    places = [-0.5, 0.0, 0.5, 1.0, 1.5]
    winners = [max(range(3), key=model([a, 0.0]).__getitem__) for a in places]
    assert image.get_array().tolist() == [winners] * 5


def test_amounts_are_a_surface():
    figure = plot_boundary(lambda row: 2 * row[0], [[0.0, 0.0], [1.0, 1.0]], [0.3, 2], resolution=3)
    (image,) = figure.axes[0].images
    assert image.get_array().tolist() == [[-1.0, 1.0, 3.0]] * 3


@pytest.mark.parametrize(
    "plot", [lambda X: plot_boundary(MLP(3, [1]), X, [1.0]), lambda X: plot_neurons(MLP(3, [1]), X)]
)
def test_rows_of_three_have_no_plane(plot):
    with pytest.raises(errors.ShapeError, match="A map needs rows of two numbers"):
        plot([[1.0, 2.0, 3.0]])


def test_a_neuron_of_a_layer_is_a_map(run):
    model, _ = run
    figure = plot_neurons(model, X)
    assert sum(len(axes.collections) > 0 for axes in figure.axes) == 5


def test_every_picture_leaves_the_model_as_it_was(run):
    model, history = run
    before = state(model)
    plot_boundary(model, X, Y, resolution=4)
    plot_neurons(model, X)
    plot_layers(model, "hinge", X, Y, history)
    plot_updates(model, history)
    plot_loss_surface(model, "hinge", X, Y, history, resolution=3)
    assert state(model) == before


PICTURES = {
    "boundary": lambda model, history: plot_boundary(model, X, Y, resolution=4),
    "neurons":  lambda model, history: plot_neurons(model, X),
    "layers":   lambda model, history: plot_layers(model, "hinge", X, Y, history),
    "updates":  lambda model, history: plot_updates(model, history),
    "surface":  lambda model, history: plot_loss_surface(model, "hinge", X, Y, history, 3),
    "history":  lambda model, history: history.plot(),
    "curves":   lambda model, history: draw_curves([2.0, 1.0], [0.5, 0.6]),
    "metrics":  lambda model, history: draw_history(
        [2.0, 1.0], {"step": [0, 1], "loss": [2.0, 1.0], "accuracy": [0.5, 0.6], "f1": [0.1, 0.2]}
    ),
}  # fmt: skip


@pytest.mark.parametrize("picture", PICTURES)
def test_every_curve_has_a_colour_of_the_one_palette(picture, run):
    from matplotlib.colors import to_hex

    colors = {figures.RED, *figures.COLORS, "#ffffff"}
    for axes in PICTURES[picture](*run).axes:
        assert {to_hex(line.get_color()) for line in axes.lines} <= colors
        assert {to_hex(patch.get_edgecolor()) for patch in axes.patches} <= colors


def test_the_blue_of_graphs_is_that_of_plots():
    assert f"--plus: light-dark({figures.BLUE}, " in svg.STYLE


def test_the_layers_have_a_curve_for_each_time(run):
    model, history = run
    counts = [len(axes.patches) for axes in plot_layers(model, "hinge", X, Y, history).axes]
    assert counts == [5] * 6
    assert [len(axes.patches) for axes in plot_layers(model, "hinge", X, Y).axes] == [1] * 6


def test_updates_are_measured_beside_the_weights(run):
    model, history = run
    first, *_ = plot_updates(model, history).axes[0].lines
    a, b = (history.at(step).parameters[:12] for step in (0, 1))  # the first layer's
    expected = math.log10((b - a).std() / a.std())
    assert first.get_ydata()[0] == pytest.approx(expected)


def test_the_surface_at_the_end_of_the_path_is_the_loss_there():
    from micrograd.training.loss_surface import plane_of

    model = MLP(2, [4, 1])
    history = fit(model, "hinge", X, Y, steps=10, keep_every=1, progress=False)
    last, directions, path = plane_of(
        __import__("numpy").array([history.at(step).parameters for step in range(11)])
    )
    assert path[-1].tolist() == [0.0, 0.0]
    assert last.tolist() == [p.data for p in model.parameters()]
    assert (directions @ directions.T).ravel() == pytest.approx([1.0, 0.0, 0.0, 1.0], abs=1e-12)


def test_a_history_without_snapshots_is_named(run):
    model, _ = run
    history = fit(MLP(2, [4, 1]), "hinge", X, Y, steps=2, progress=False)
    for plot in (
        lambda: plot_updates(model, history),
        lambda: plot_loss_surface(model, "hinge", X, Y, history),
    ):
        with pytest.raises(ValueError, match=r"keep_every=1"):
            plot()


@pytest.mark.parametrize("got", [nn.Linear(2, 1), [0.5, 0.25]], ids=["a module", "losses"])
def test_what_is_no_history_is_refused(run, got):
    model, _ = run
    for plot in (
        lambda: plot_updates(model, got),
        lambda: plot_loss_surface(model, "hinge", X, Y, got),
        lambda: plot_layers(model, "hinge", X, Y, got),
    ):
        with pytest.raises(TypeError, match=r"history must be a History, got an? .*keep_every=1"):
            plot()


@pytest.mark.parametrize(
    "draw_it",
    [
        lambda model, X, y: plot_neurons(model, X),
        lambda model, X, y: plot_layers(model, "hinge", X, y),
    ],
)
def test_layers_of_a_model_without_any_are_refused(draw_it):
    with pytest.raises(TypeError, match="Expected a model with layers"):
        draw_it(nn.Linear(2, 1), *data.moons(10))


def test_a_constant_surface_has_no_contours():
    figure = plot_boundary(
        lambda x: 0.5 + 0.0 * x[0], [[0.0, 0.0], [1.0, 2.0]], [0.5, 0.25], resolution=4
    )
    assert len(figure.axes[0].images) == 1
    assert len(figure.axes[0].collections) == 1  # the points
