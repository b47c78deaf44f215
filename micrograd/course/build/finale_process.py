"""The process in which a learner's network learns the moons, and the original's tests run.

Rule: it writes one JSON object a line to the standard output that it was started with; the
learner's own prints go nowhere.
"""

import json
import os
import random
import sys
from collections.abc import Iterator
from typing import Any

from micrograd.course.build.original_tests import numbers_of
from micrograd.course.exercises.running import new_module
from micrograd.course.exercises.task import as_written

LAYERS = [8, 8, 1]
FIRST_RATE, LAST_RATE = 1.5, 0.5


def main() -> None:
    """Train the network of the file that the request on the standard input names."""
    request = json.loads(sys.stdin.buffer.readline())
    with open(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        names = run_file(request["path"])
        for event in events(names, request):
            line = json.dumps(event)
            out.write(f"{line}\n")
            out.flush()


def run_file(path: str) -> dict[str, Any]:
    """Return what the learner's file defines."""
    names = new_module(path)
    with open(path, encoding="utf-8") as file:
        source = file.read()
    exec(as_written(source, path), names)
    return names


def events(names: dict[str, Any], request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Train, and yield an event after each step; then the scores of all places, and the tests."""
    X, y = request["X"], request["y"]
    random.seed(request["seed"])
    model = names["MLP"](2, LAYERS)
    for step, rate in enumerate(rates(request["steps"]), 1):
        losses = names["train"](model, X, y, 1, rate, names["hinge_loss"])
        accuracy = names["accuracy"](model, X, y)
        yield {"step": step, "loss": number(losses[0]), "accuracy": number(accuracy)}
    yield {"scores": [number(model(place)) for place in request["places"]]}
    yield {"tests": numbers_of(names["Value"])}


def rates(steps: int) -> list[float]:
    """Return the learning rate of each step, which falls in a line."""
    return [FIRST_RATE + (LAST_RATE - FIRST_RATE) * step / steps for step in range(steps)]


def number(x: Any) -> float:
    return float(getattr(x, "data", x))
