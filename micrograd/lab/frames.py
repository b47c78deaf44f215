"""Frames: what moves on the page with each step, as JSON.

Rule: a frame is computed from the parameters of now by a `Probe`, and takes part in no step. Its
grads are those of the mean loss over all training examples, with the penalty; its updates are how
far a parameter moved in a step, on average since the frame before, and null where that is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from micrograd.lab import neurons
from micrograd.lab.curves import Marks, curves_of
from micrograd.lab.json_numbers import rounded
from micrograd.lab.measuring import findings, layer_sizes, score
from micrograd.lab.plane import bounds_of
from micrograd.lab.probe import Probe

SECONDS_BETWEEN_FINDINGS = 1.0


class Frames:
    """The frames of one run; they keep what the next frame compares with, but not the run."""

    def __init__(self, run: Any) -> None:
        self.probe = Probe(run.model, run.experiment.loss, run.experiment.l2)
        self.marks = Marks()
        self.last: tuple[int, list[float]] | None = None  # the step and the parameters
        self.findings: list[str] = []
        self.searched = -SECONDS_BETWEEN_FINDINGS  # when findings were looked for

    def next(self, run: Any) -> dict[str, Any]:
        """Return the frame of the run's present step."""
        self.probe.follow()
        points, probe = run.points, self.probe
        bounds = bounds_of(points.X)
        train = score(probe, points.X, points.y, points.task)
        validation = score(probe, points.held_X, points.held_y, points.task)
        rows, targets = np.asarray(points.X, dtype=float), np.asarray(points.y, dtype=float)
        objective, grads = probe.gradient(rows, targets)
        updates = self.updates(run.step)
        sizes = layer_sizes(probe.model, grads, updates)
        self.marks.forget_after(max(run.step, len(run.losses)))
        self.marks.add(run.step, marks_of(train, validation, sizes))
        return {
            "step": run.step,
            "stopped": run.stopped,
            "train": {**train, "objective": rounded(objective)},
            "validation": validation,
            "curves": curves_of(run.losses, self.marks),
            "layers": sizes,
            "weights": by_neuron(probe.model, [p.data for p in probe.parameters]),
            "grads": by_neuron(probe.model, grads),
            "updates": by_neuron(probe.model, updates),
            "pictures": neurons.pictures(probe, bounds),
            "output": neurons.boundary(probe, bounds),
            "findings": self.latest_findings(points, grads),
        }

    def updates(self, step: int) -> list[float] | None:
        """Return how far each parameter moved in a step, on average since the last frame."""
        numbers = [p.data for p in self.probe.parameters]
        before, self.last = self.last, (step, numbers)
        if before is None or before[0] >= step:
            return None
        count = step - before[0]
        return [(x - old) / count for x, old in zip(numbers, before[1])]

    def latest_findings(self, points: Any, grads: Sequence[float]) -> list[str]:
        """Return the findings, which are looked for at most once a second."""
        now = monotonic()
        if now - self.searched >= SECONDS_BETWEEN_FINDINGS:
            self.findings = findings(self.probe, points.X, points.y, grads)
            self.searched = now
        return self.findings


FRAMES: WeakKeyDictionary[Any, Frames] = WeakKeyDictionary()


def frame(run: Any) -> dict[str, Any]:
    """Return the frame of the run's present step; what it compares with is kept for each run."""
    return frames_of(run).next(run)


def frames_of(run: Any) -> Frames:
    """Return the frames of a run, which last as long as the run does."""
    if run not in FRAMES:
        FRAMES[run] = Frames(run)
    return FRAMES[run]


def marks_of(train: Any, validation: Any, sizes: Sequence[Any]) -> dict[str, float | None]:
    """Return the numbers of a step that become curves."""
    marks = {"validation": validation["loss"], "accuracy": train["accuracy"]}
    marks["validation_accuracy"] = validation["accuracy"]
    for number, layer in enumerate(sizes):
        marks |= {f"{name}.{number}": x for name, x in layer.items()}
    return marks


def by_neuron(model: Any, numbers: Sequence[float] | None) -> list[list[dict[str, Any]]]:
    """Return [layer][neuron] -> {"w": [...], "b"}, from one number for each parameter.

    Every number is null if there are none.
    """
    shown = iter(map(rounded, numbers)) if numbers is not None else nothing()
    layers = []
    for layer in model.layers:
        row = []
        for neuron in layer.neurons:
            weights = [next(shown) for _ in neuron.w]
            row.append({"w": weights, "b": next(shown)})
        layers.append(row)
    return layers


def nothing() -> Iterator[None]:
    while True:
        yield None
