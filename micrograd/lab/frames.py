"""Frames: what moves on the page with each step, as JSON.

Rule: a frame takes part in no step. Its grads and updates are those of the last step, as the
optimizer took them; the updates are null before the first one. Losses, accuracies, pictures and
findings are measured with the parameters of now, on a `Probe`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from micrograd.lab import pictures
from micrograd.lab.curves import Marks, curves_of
from micrograd.lab.datasets import Points
from micrograd.lab.json_numbers import all_rounded, quietly
from micrograd.lab.measuring import findings, layer_sizes, score
from micrograd.lab.probe import Probe, probe_of
from micrograd.lab.run import Run

SECONDS_BETWEEN_FINDINGS = 1.0


class Frames:
    """The frames of one run; they keep what the next frame needs, but not the run."""

    def __init__(self) -> None:
        self.marks = Marks()
        self.findings: list[str] = []
        self.searched = -SECONDS_BETWEEN_FINDINGS  # when findings were looked for

    def next(self, run: Run) -> dict[str, Any]:
        """Return the frame of the run's present step."""
        facts = self.facts(run)
        points, probe = run.points, probe_of(run)
        return {
            **facts,
            "weights": by_neuron(probe.model, run.numbers.tolist()),
            "grads": by_neuron(probe.model, run.grads.tolist()),
            "updates": by_neuron(probe.model, updates_of(run)),
            "pictures": pictures.pictures(probe, points.bounds),
            "findings": self.latest_findings(probe, points),
        }

    def facts(self, run: Run) -> dict[str, Any]:
        """Return the part of a frame that is also shown of a run beside: results and curves."""
        points, probe = run.points, probe_of(run)
        rows = np.array(points.X)
        train = score(probe, rows, points.y, points.task)
        validation = score(probe, points.held_X, points.held_y, points.task)
        sizes = layer_sizes(probe.model, run.grads.tolist(), updates_of(run))
        self.marks.forget_after(run.reached)
        self.marks.add(run.step, marks_of(train, validation))
        return {
            "step": run.step,
            "stopped": run.stopped,
            "train": train,
            "validation": validation,
            "curves": curves_of(run.losses, self.marks),
            "layers": sizes,
            "output": pictures.boundary(probe, points.bounds),
        }

    def latest_findings(self, probe: Probe, points: Points) -> list[str]:
        """Return the findings, which are looked for at most once a second."""
        now = monotonic()
        if now - self.searched >= SECONDS_BETWEEN_FINDINGS:
            self.findings = findings(probe, points.X, points.y)
            self.searched = now
        return self.findings


FRAMES: WeakKeyDictionary[Run, Frames] = WeakKeyDictionary()


@quietly
def frame(run: Run) -> dict[str, Any]:
    """Return the frame of the run's present step."""
    return frames_of(run).next(run)


@quietly
def frame_beside(run: Run) -> dict[str, Any]:
    """Return what a frame of another run shows of this one."""
    return frames_of(run).facts(run)


@quietly
def answer(run: Run, held: int) -> list[float | None]:
    """Return the outputs of the network for the point that is held."""
    outputs = probe_of(run).outputs([run.points.X[held]])
    return all_rounded(outputs[:, 0].tolist())


def frames_of(run: Run) -> Frames:
    """Return the frames of a run, which last as long as the run does."""
    return FRAMES.setdefault(run, Frames())


def updates_of(run: Run) -> list[float] | None:
    """Return how far each parameter moved in the last step, None before the first one."""
    if run.step == 0:
        return None
    moved = run.numbers - run.before
    return moved.tolist()


def marks_of(train: Any, validation: Any) -> dict[str, float | None]:
    """Return the numbers of a step that become curves."""
    return {
        "validation": validation["loss"],
        "accuracy": train["accuracy"],
        "validation_accuracy": validation["accuracy"],
    }


def by_neuron(model: Any, numbers: Sequence[float] | None) -> list[list[dict[str, Any]]]:
    """Return [layer][neuron] -> {"w": [...], "b"}, from one number for each parameter.

    Every number is null if there are none.
    """
    shown = nothing() if numbers is None else iter(all_rounded(numbers))
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
