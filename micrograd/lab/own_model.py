"""A network and data of the user's own, as a run of the lab and as what a picture shows of them.

Rule: the lab trains what its settings describe, so a network that they cannot describe is refused
with the reason; anything that can be drawn can be watched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from micrograd.lab import messages
from micrograd.lab.datasets import AMOUNT, CLASSES, TWO_CLASSES, Points
from micrograd.lab.experiment import ACTIVATIONS, MOST_LAYERS, MOST_NEURONS, OWN, Experiment
from micrograd.lab.messages import LabError
from micrograd.lab.run import Run
from micrograd.nn import MLP

DEFAULT_LOSSES = {TWO_CLASSES: "hinge", CLASSES: "cross_entropy", AMOUNT: "mse"}
KNOWN = {name.replace("_", ""): name for name in ACTIVATIONS} | {"identity": "none"}
SIDES = {-1.0: -1.0, 0.0: -1.0, 1.0: 1.0}  # how two classes may be written


def run_of(model: Any, X: Any, y: Any, **settings: Any) -> Run:
    """Return a run that begins with the numbers of `model`, which it leaves alone.

    `settings` are fields of an Experiment. Raises LabError for a network or data that the lab
    cannot train.

    >>> from micrograd import data
    >>> run = run_of(MLP(2, [4, 1]), *data.moons(20), rate=0.1)
    >>> run.advance(10), run.experiment.hidden
    (10, (4,))
    """
    points = points_of(model, X, y)
    own = {
        "data": OWN,
        "hidden": sizes_of(model)[:-1],
        "activation": activation_of(model),
        "loss": DEFAULT_LOSSES[points.task],
    }
    run = Run(Experiment.from_json({**own, **settings}), points)
    numbers = {name: parameter.data for name, parameter in model.named_parameters()}
    run.begin_stretch(run.experiment, points, numbers)
    return run


def points_of(model: Any, X: Any, y: Any) -> Points:
    """Return the points of rows and targets, as they can be drawn beside the network."""
    check_network(model)
    rows = np.asarray(X, float)
    targets = np.asarray(y, float)
    if rows.ndim == 1:
        rows = rows[:, None]
    first = model.layers[0].neurons[0]
    width = len(first.w)
    if rows.ndim != 2 or rows.shape[1] != width or targets.shape != (len(rows),):
        raise LabError(messages.data_do_not_fit(rows.shape, targets.shape, width))
    columns = tuple(f"x{i + 1}" for i in range(width))
    outputs = sizes_of(model)[-1]
    task, classes, numbers = meaning_of(targets.tolist(), outputs)
    return Points(
        rows.tolist(),
        numbers,
        columns=columns,
        classes=classes,
        task=task,
    )


def meaning_of(targets: list[float], outputs: int) -> tuple[str, tuple[str, ...], list[float]]:
    """Return the task, the names of the classes, and the targets as Points have them.

    >>> meaning_of([0.0, 1.0], outputs=1)
    ('two classes', ('0', '1'), [-1.0, 1.0])
    """
    if outputs > 1:
        names = tuple(map(str, range(outputs)))
        return CLASSES, names, targets
    numbers = set(targets)
    if not numbers <= SIDES.keys() or {-1.0, 0.0} <= numbers:
        return AMOUNT, (), targets
    names = ("0", "1") if 0.0 in targets else ("-1", "+1")
    return TWO_CLASSES, names, [SIDES[target] for target in targets]


def check_network(model: Any) -> None:
    """Raise LabError unless the model is an MLP that is small enough to be drawn."""
    if not isinstance(model, MLP):
        raise LabError(messages.not_an_mlp(model))
    sizes = sizes_of(model)
    fits = [0 < size <= MOST_NEURONS for size in sizes]
    if len(sizes) > MOST_LAYERS + 1 or not all(fits):
        raise LabError(messages.too_large_to_show(sizes, MOST_LAYERS + 1, MOST_NEURONS))


def sizes_of(model: MLP) -> list[int]:
    return [len(layer.neurons) for layer in model.layers]


def activation_of(model: MLP) -> str:
    """Return the name of the activation of the hidden layers. Raises LabError if there is none."""
    *hidden, last = model.layers
    neurons = [neuron for layer in hidden for neuron in layer.neurons]
    names = sorted({name_of(neuron) for neuron in neurons})
    if len(names) > 1 or not set(names) <= set(ACTIVATIONS):
        raise LabError(messages.activations_differ(names, ACTIVATIONS))
    if any(name_of(neuron) != "none" for neuron in last.neurons):
        raise LabError(messages.output_has_activation())
    return names[0] if names else "none"


def name_of(neuron: Any) -> str:
    """Return the name of a neuron's activation: of an op, or of a module such as nn.ReLU()."""
    if not neuron.nonlin:
        return "none"
    activation = neuron.activation
    kind = type(activation)
    name = getattr(activation, "name", kind.__name__)
    plain = name.lower().replace("_", "")
    return KNOWN.get(plain, name)


def set_numbers(model: MLP, numbers: Sequence[float]) -> None:
    """Give the parameters of the model these numbers."""
    for parameter, number in zip(model.parameters(), numbers):
        parameter.data = number
