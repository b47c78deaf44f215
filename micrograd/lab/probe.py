"""Probes: a copy of a run's network, compiled for all that the page shows of it.

Rule: a probe reads the numbers of the run's parameters and changes nothing of the run. Its grads
are those of the mean loss over all training examples, with the penalty, at the numbers of now: the
slope on which the next step would go down if it saw every example.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from micrograd import losses, optim
from micrograd.nn import MLP
from micrograd.training import compile_step, loss_of
from micrograd.transforms import vmap


class Probe:
    """A copy of the network `model`, with compiled functions of rows of inputs."""

    def __init__(self, model: MLP, loss: str, l2: float) -> None:
        self.source = model.parameters()
        self.model = deepcopy(model)
        self.parameters = self.model.parameters()
        self.loss = loss_of(loss)
        network, example_loss = self.model, self.loss
        self.map_layers = vmap(lambda x: layer_outputs(network, x))
        self.map_outputs = vmap(lambda x: network(x))
        self.map_losses = vmap(lambda x, y: example_loss(network, x, y))
        at_rest = optim.SGD(self.parameters, lr=0.0)  # a step that moves nothing leaves grads
        self.step = compile_step(self.loss, network, at_rest, penalty_of(l2))

    def follow(self) -> None:
        """Take over the numbers that the run's parameters have now."""
        for own, p in zip(self.parameters, self.source):
            own.data = p.data

    def set_numbers(self, numbers: Sequence[float]) -> None:
        """Set the parameters of the copy to these numbers."""
        for own, number in zip(self.parameters, numbers):
            own.data = number

    def layers(self, rows: np.ndarray) -> list[np.ndarray]:
        """Return the outputs of each layer, an array of (neurons, rows)."""
        return [np.stack(outputs) for outputs in self.map_layers(rows)]

    def outputs(self, rows: np.ndarray) -> np.ndarray:
        """Return the outputs of the network, an array of (outputs, rows)."""
        outputs = self.map_outputs(rows)
        return np.stack(as_list(outputs))

    def example_losses(self, rows: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the loss of each example, without the penalty."""
        return np.asarray(self.map_losses(rows, targets))

    def gradient(self, rows: np.ndarray, targets: np.ndarray) -> tuple[float, list[float]]:
        """Return (the mean loss with the penalty, the grad of each parameter)."""
        loss = float(self.step(rows, targets))
        return loss, [p.grad for p in self.parameters]


def layer_outputs(model: Any, x: Any) -> list[list[Any]]:
    """Return the list of the outputs of each layer."""
    outputs = []
    for layer in model.layers:
        x = layer(x)
        outputs.append(as_list(x))
    return outputs


def as_list(output: Any) -> list[Any]:
    """Return the outputs of a layer: of one neuron, it returns the output itself."""
    return output if isinstance(output, list) else [output]


def penalty_of(l2: float) -> Callable[[Any], Any] | None:
    """Return the penalty of a model's parameters, None for a strength of 0."""
    if l2 == 0.0:
        return None
    return lambda model: losses.l2_penalty(model.parameters(), l2)
