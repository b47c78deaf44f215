"""One weight: the range of its slider, the loss along it, and the tangent at its present number.

Rule: the loss is that of all training examples, with the penalty; the other parameters stay as they
are. The tangent's slope is the weight's grad.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd.lab import messages, naming
from micrograd.lab.json_numbers import all_rounded, quietly, rounded
from micrograd.lab.probe import Probe, probe_of
from micrograd.lab.run import Run

PLACES = 41  # of the curve
LEAST_REACH = 2.0  # of the slider, to both sides of 0


@quietly
def describe_weight(run: Run, layer: Any, neuron: Any, input: Any) -> dict[str, Any]:
    """Return all that the page shows of one weight; `input` -1 is the bias.

    Raises LabError if there is none.
    """
    naming.find_weight(naming.find_neuron(run.model, layer, neuron), input)
    examples = (np.array(run.points.X), run.points.y)
    probe = probe_of(run)
    own = naming.find_weight(probe.model.layers[layer].neurons[neuron], input)
    number, loss = own.data, probe.objective(*examples)
    grad = own.grad
    reach = slider_reach(number)
    at = np.linspace(-reach, reach, PLACES)
    losses = losses_along(probe, own, at.tolist(), examples)
    ends = [loss + grad * (end - number) for end in (-reach, reach)]
    name = naming.weight_name(layer, neuron, input)
    return {
        "layer": layer,
        "neuron": neuron,
        "input": input,
        "name": naming.path_of(layer, neuron, input),
        "value": rounded(number),
        "low": -reach,
        "high": reach,
        "loss": rounded(loss),
        "grad": rounded(grad),
        "curve": {"weight": all_rounded(at.tolist()), "loss": all_rounded(losses)},
        "tangent": {"weight": [-reach, reach], "loss": all_rounded(ends)},
        "words": [messages.slope_of_weight(name, grad)],
    }


def slider_reach(number: float) -> float:
    """Return how far a slider reaches to both sides of 0: the number lies in its inner half.

    >>> slider_reach(0.3), slider_reach(-1.5), slider_reach(float("nan"))
    (2.0, 4.0, 2.0)
    """
    reach = LEAST_REACH
    while reach < 2.0 * abs(number) < np.inf:
        reach *= 2.0
    return reach


def losses_along(
    probe: Probe, own: Any, numbers: list[float], examples: tuple[Any, Any]
) -> list[float]:
    """Return the loss for each number that the weight could have; it keeps the one it has."""
    before = own.data
    losses = []
    for number in numbers:
        own.data = number
        losses.append(probe.objective(*examples))
    own.data = before
    return losses
