"""The state of a session as JSON: settings, choices, points, the network's shape and all runs.

Rule: nothing here moves with a step; what does is in a frame.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from micrograd.lab.datasets import DATASETS, task_of
from micrograd.lab.experiment import ACTIVATIONS, OPTIMIZERS, losses_for
from micrograd.lab.mistakes import MISTAKES
from micrograd.lab.run import Run

if TYPE_CHECKING:
    from micrograd.lab.session import Session


def describe(session: Session) -> dict[str, Any]:
    """Return the state that a page shows: see each key."""
    run = session.run
    return {
        "session": session.id,
        "experiment": session.experiment.to_json(),
        "preparing": session.preparing,
        "query": session.experiment.to_query(),
        "choices": choices(session),
        "points": run.points.to_json(),
        "held": session.held,
        "network": network_of(run),
        "runs": [facts_of(session, name) for name in session.runs],
        "playing": session.playing,
        "speed": None if session.speed == math.inf else session.speed,
        "stopped": run.stopped,
        "reached": run.reached,
        "parameters": len(run.before),
    }


def choices(session: Session) -> dict[str, list[Any]]:
    """Return the names that each setting may have; the losses are those that fit the points."""
    task = task_of(session.experiment, session.points)
    return {
        "data": [*DATASETS],
        "activation": [*ACTIVATIONS],
        "loss": losses_for(task),
        "optimizer": [*OPTIMIZERS],
        "mistake": [
            {"name": name, "title": row.title, "sentence": row.sentence}
            for name, row in MISTAKES.items()
        ],
    }


def network_of(run: Run) -> dict[str, Any]:
    """Return the names of the inputs, and each layer with its size and its activation."""
    sizes = [*run.experiment.hidden, run.points.outputs]
    activation = run.trainer.mistake.activation or run.experiment.activation
    layers = []
    for place, size in enumerate(sizes):
        is_last = place == len(sizes) - 1
        name = "none" if is_last else activation
        layers.append({"name": f"layers.{place}", "size": size, "activation": name})
    return {"inputs": list(run.points.columns), "layers": layers}


def facts_of(session: Session, name: str) -> dict[str, Any]:
    """Return what a list of runs shows of one."""
    run = session.runs[name]
    return {
        "id": name,
        "name": name,
        "parent": session.origins[name],
        "forked_at": run.forked_at,
        "step": run.step,
        "reached": run.reached,
        "mistake": run.experiment.mistake,
        "current": name == session.current,
        "beside": name == session.beside,
    }
