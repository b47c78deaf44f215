"""Measuring a run's network: loss and accuracy, size of grads and updates, and findings.

Rule: a number is measured over all examples of its kind, with the parameters of now.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import Any

import numpy as np

from micrograd.engine import Value
from micrograd.explaining import diagnose
from micrograd.lab.json_numbers import rounded
from micrograd.lab.probe import Probe

AMOUNT = "amount"  # the task whose targets are numbers, and no classes
MOST_NODES = 10_000  # about, of the graph that is diagnosed: some 20 ms
NODES_OF_A_PARAMETER = 2  # a product and a sum


def score(probe: Probe, X: Any, y: Any, task: str) -> dict[str, float | None]:
    """Return {"loss", "accuracy"} over the examples; both are None without any."""
    if not len(X):
        return {"loss": None, "accuracy": None}
    outputs = probe.outputs(X)
    loss = float(probe.losses(X, outputs, y).mean())
    if task == AMOUNT:
        return {"loss": rounded(loss), "accuracy": None}
    share = accuracy(outputs, np.asarray(y))
    return {"loss": rounded(loss), "accuracy": share}


def accuracy(outputs: np.ndarray, targets: np.ndarray) -> float:
    """Return the share of right answers, as `losses.accuracy` counts them, from columns."""
    if len(outputs) == 1:
        is_positive = outputs[0] > 0
        right = is_positive == (targets > 0)
    else:
        right = outputs.argmax(axis=0) == targets
    ordered = np.isfinite(outputs).all(axis=0)
    return float((right & ordered).mean())


def layer_sizes(
    model: Any, grads: Sequence[float], updates: Sequence[float] | None
) -> list[dict[str, float | None]]:
    """Return {"grad_norm", "update_ratio"} of each layer.

    The ratio is the standard deviation of an update over that of the parameters.
    """
    sizes, start = [], 0
    for layer in model.layers:
        weights = [p.data for p in layer.parameters()]
        own = slice(start, start + len(weights))
        start = own.stop
        norm = hypot(*grads[own])
        ratio = None
        if updates is not None:
            ratio = ratio_of(updates[own], weights)
        sizes.append({"grad_norm": rounded(norm), "update_ratio": ratio})
    return sizes


def ratio_of(updates: Sequence[float], weights: Sequence[float]) -> float | None:
    """Return how large updates are beside weights, None for weights that are all equal."""
    spread = float(np.std(weights))
    if spread == 0.0:
        return None
    return rounded(float(np.std(updates)) / spread)


def findings(probe: Probe, X: Any, y: Any) -> list[str]:
    """Return what `diagnose` says about the network: a list of sentences, empty if all is well.

    It sees the graph of a few examples, spread evenly over all of them, and the grads of all.
    """
    probe.objective(X, y)
    nodes = NODES_OF_A_PARAMETER * len(probe.parameters)
    affordable = max(1, MOST_NODES // nodes)
    count = min(len(X), affordable)
    places = np.linspace(0, len(X) - 1, count).astype(int)
    targets = probe.targets(y).tolist()
    total = Value(0.0)
    for place in places:
        total += probe.loss(probe.model, list(X[place]), targets[place])
    loss = total * (1.0 / count)
    loss.grad = 1.0  # as after backward(), which would only see the few examples
    return list(diagnose(probe.model, loss).findings)
