"""Frames of a network that `fit` trains: they are kept while it runs, for looking back.

Rule: the model is read and never changed. The steps that are kept are thinned out in a long run.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from micrograd.lab import pictures
from micrograd.lab.curves import Marks, curves_of
from micrograd.lab.frames import by_neuron
from micrograd.lab.measuring import layer_sizes, score
from micrograd.lab.own_model import name_of, points_of
from micrograd.lab.probe import Probe
from micrograd.nn import MLP
from micrograd.training import loss_of

MOST_KEPT = 1000  # steps that can be shown again


def probe_of(model: MLP, loss: Any) -> Probe:
    """Return a probe of a model without a trainer; targets are as the loss takes them."""
    definition = SimpleNamespace(loss=loss_of(loss), penalty=None)
    as_given = SimpleNamespace(loss="")
    trainer: Any = SimpleNamespace(model=model, definition=definition, experiment=as_given)
    return Probe(trainer)


@dataclass(frozen=True)
class Kept:
    """The numbers of the model after a step, and its grads of that step."""

    step: int
    numbers: list[float]
    grads: list[float]


class FitFrames:
    """The frames of a model that somebody else trains on rows and targets.

    >>> from micrograd import data
    >>> frames = FitFrames(MLP(2, [4, 1]), *data.moons(20), "hinge")
    >>> frames.at(0)["step"], frames.last
    (0, 0)
    """

    def __init__(self, model: MLP, X: Any, y: Any, loss: Any) -> None:
        self.model, self.points = model, points_of(model, X, y)
        self.targets = [float(target) for target in y]  # as the loss takes them
        self.losses: list[float] = []
        self.probe = probe_of(model, loss)
        self.kept = [self.now(0)]

    @property
    def network(self) -> dict[str, Any]:
        """The names of the inputs, and each layer with its size and its activation."""
        layers = []
        for place, layer in enumerate(self.model.layers):
            facts = {"name": f"layers.{place}", "size": len(layer.neurons)}
            layers.append({**facts, "activation": name_of(layer.neurons[0])})
        return {"inputs": list(self.points.columns), "layers": layers}

    @property
    def last(self) -> int:
        """The last step that was seen."""
        return self.kept[-1].step

    def now(self, step: int) -> Kept:
        parameters = self.model.parameters()
        return Kept(step, [p.data for p in parameters], [p.grad for p in parameters])

    def see(self, history: Any) -> None:
        """Keep the model as it is after the last step of a history of `fit`."""
        if history.done <= self.last:  # another run
            self.kept = self.kept[:1]
        self.losses = history.losses
        self.kept.append(self.now(history.done))
        if len(self.kept) > MOST_KEPT:
            del self.kept[1:-1:2]

    def at(self, step: int) -> dict[str, Any]:
        """Return the frame of the last step that was kept, up to that one."""
        place = bisect_right(self.kept, step, key=lambda kept: kept.step) - 1
        kept = self.kept[max(place, 0)]
        self.probe.set_numbers(kept.numbers)
        nothing = {"loss": None, "accuracy": None}
        return {
            "step": kept.step,
            "stopped": "",
            "train": score(self.probe, self.points.X, self.targets, self.points.task),
            "validation": nothing,
            "curves": curves_of(self.losses, Marks()),
            "layers": layer_sizes(self.probe.model, kept.grads, None),
            "weights": by_neuron(self.probe.model, kept.numbers),
            "grads": by_neuron(self.probe.model, kept.grads),
            "updates": by_neuron(self.probe.model, self.updates(place)),
            "pictures": pictures.pictures(self.probe, self.points.bounds),
            "output": pictures.boundary(self.probe, self.points.bounds),
            "findings": [],
        }

    def updates(self, place: int) -> list[float] | None:
        """Return how far each number has moved since the step that was kept before."""
        if place < 1:
            return None
        pairs = zip(self.kept[place].numbers, self.kept[place - 1].numbers)
        return [now - before for now, before in pairs]
