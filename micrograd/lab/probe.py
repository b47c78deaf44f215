"""Probes: a copy of a run's network, compiled for all that the page shows of it.

Rule: a probe is given the numbers of the run's parameters and changes nothing of the run. Its grads
are those of the mean loss over all training examples, with the penalty, at the numbers of now.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from micrograd import optim
from micrograd.lab.naming import activation_name
from micrograd.lab.run import Run
from micrograd.lab.trainer import Trainer, targets_for
from micrograd.training import ExampleLoss, compile_step
from micrograd.transforms import vmap


class Probe:
    """A copy of the network of a trainer, with compiled functions of rows of inputs."""

    def __init__(self, trainer: Trainer) -> None:
        definition = trainer.definition
        self.loss_name, self.loss = trainer.experiment.loss, definition.loss
        self.model = network = deepcopy(trainer.model)
        self.parameters = self.model.parameters()
        self.map_layers = vmap(lambda x: layer_outputs(network, x))
        self.map_losses = vmap(self.loss_of_rows())
        at_rest = optim.SGD(self.parameters, lr=0.0)  # a step that moves nothing leaves grads
        self.step = compile_step(self.loss, network, at_rest, definition.penalty)

    @property
    def width(self) -> int:
        """How many inputs the network has."""
        first = self.model.layers[0]
        return len(first.neurons[0].w)

    def set_numbers(self, numbers: Sequence[float]) -> None:
        """Set the parameters of the copy to these numbers, in the order of `parameters()`."""
        for own, number in zip(self.parameters, numbers):
            own.data = number

    def layers(self, X: Any) -> list[np.ndarray]:
        """Return the outputs of each layer, an array of (neurons, rows)."""
        return [np.stack(outputs) for outputs in self.map_layers(as_array(X))]

    def outputs(self, X: Any) -> np.ndarray:
        """Return the outputs of the network, an array of (outputs, rows)."""
        outputs = self.map_layers(as_array(X))[-1]
        return np.stack(outputs)

    def loss_of_rows(self) -> Callable[[Any, Any], Any]:
        """Return the loss of one output and its target, or of one row, as `losses` needs it."""
        if isinstance(self.loss, ExampleLoss):
            return self.loss.function
        loss, network = self.loss, self.model
        return lambda x, y: loss(network, x, y)

    def losses(self, X: Any, outputs: np.ndarray, y: Any) -> np.ndarray:
        """Return the loss of each example, whose outputs are known, without the penalty."""
        rows = as_array(X)
        if isinstance(self.loss, ExampleLoss):
            rows = outputs.T if len(outputs) > 1 else outputs[0]
        return np.asarray(self.map_losses(rows, self.targets(y)))

    def objective(self, X: Any, y: Any) -> float:
        """Return the mean loss of all examples with the penalty; set the grads of the copy."""
        return float(self.step(as_array(X), self.targets(y)))

    def targets(self, y: Any) -> np.ndarray:
        """Return the targets as the loss takes them."""
        return targets_for(self.loss_name, y)


# ---------------------------------------------------------------------------- one for many runs

MOST_PROBES = 8  # that are kept, for as many different networks
PROBED = ("hidden", "loss", "l2")  # the settings that a probe depends on
kept = threading.local()  # probes of each thread, in the order in which they were used
handed: WeakKeyDictionary[Run, Probe] = WeakKeyDictionary()  # to the thread that asks first


def probe_of(run: Run) -> Probe:
    """Return a probe with the numbers that a run has now.

    Runs of equal networks and losses share one, which is compiled once; each use of it begins here.
    """
    probes: dict[tuple[Any, ...], Probe] = vars(kept).setdefault("probes", {})
    key = key_of(run)
    probe = probes.pop(key, None) or handed.pop(run, None) or Probe(run.trainer)
    probes[key] = probe
    if len(probes) > MOST_PROBES:
        del probes[next(iter(probes))]
    probe.set_numbers(run.numbers.tolist())
    return probe


def hand_over(run: Run) -> None:
    """Leave this thread's probe of a run to another thread, so that it need not compile one."""
    handed[run] = kept.probes.pop(key_of(run))


def key_of(run: Run) -> tuple[Any, ...]:
    """Return all that a probe of the run depends on, but for its numbers."""
    settings = [getattr(run.experiment, name) for name in PROBED]
    neuron = run.model.layers[0].neurons[0]
    return (*settings, activation_name(neuron), len(neuron.w), run.points.outputs)


# ----------------------------------------------------------------------------------------- arrays


def layer_outputs(model: Any, x: Any) -> list[list[Any]]:
    """Return the list of the outputs of each layer."""
    outputs = []
    for layer in model.layers:
        x = layer(x)
        outputs.append(as_list(x))
    return outputs


def as_array(X: Any) -> np.ndarray:
    return np.asarray(X, dtype=float)


def as_list(output: Any) -> list[Any]:
    """Return the outputs of a layer: of one neuron, it returns the output itself."""
    return output if isinstance(output, list) else [output]
