"""The pictures of a frame: what each neuron, and the network, gives at every place of the plane.

Rule: without a plane, a neuron of the first layer shows its weights if they form a square, as those
on an image do, and the others show nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import Any

import numpy as np

from micrograd.lab.json_numbers import all_rounded
from micrograd.lab.plane import all_pictures, encode, picture, places
from micrograd.lab.probe import Probe

SIZE, OUTPUT_SIZE = 24, 60  # places along a side of a neuron's picture, and of the boundary
LINE_SIZE = 120  # places along the line of a network of one input
NO_PICTURE = (None, None)


def pictures(probe: Probe, bounds: Sequence[float] | None) -> dict[str, Any]:
    """Return {"kind", "size", "layers", "scale"}: a picture of each neuron, or null.

    `kind` is "plane", "weights" or "none". `layers` and `scale` have a list for each layer.
    """
    if bounds is not None:
        return pictures_of_outputs(probe, bounds)
    neurons = [layer.neurons for layer in probe.model.layers]
    rows: list[list[Any]] = [[NO_PICTURE] * len(row) for row in neurons]
    count = probe.width
    side = isqrt(count)
    if side < 2 or side**2 != count:
        return columns("none", 0, rows)
    rows[0] = list(map(picture_of_weights, neurons[0]))
    return columns("weights", side, rows)


def pictures_of_outputs(probe: Probe, bounds: Sequence[float]) -> dict[str, Any]:
    grid = places(bounds, SIZE)
    grid = grid[:, : probe.width]
    rows = list(map(all_pictures, probe.layers(grid)))
    return columns("plane", SIZE, rows)


def picture_of_weights(neuron: Any) -> tuple[str, float]:
    weights = [w.data for w in neuron.w]
    return picture(np.array(weights))


def columns(kind: str, size: int, rows: list[list[Any]]) -> dict[str, Any]:
    """Return the pictures, and their scales, of rows of pairs."""
    texts, scales = [], []
    for row in rows:
        shown, numbers = zip(*row)
        texts.append(list(shown))
        scales.append(list(numbers))
    return {"kind": kind, "size": size, "layers": texts, "scale": scales}


def boundary(probe: Probe, bounds: Sequence[float] | None) -> dict[str, Any] | None:
    """Return {"size", "classes", "values", "scale"} of the plane, None without one.

    A network with one output has its numbers, with 128 for 0; one with several has, at each place,
    the class of the largest. With one input there is a `line` in the place of values.
    """
    if bounds is None:
        return None
    if probe.width == 1:
        return line(probe, bounds)
    outputs = probe.outputs(places(bounds, OUTPUT_SIZE))
    seen = {"size": OUTPUT_SIZE, "classes": len(outputs)}
    if len(outputs) == 1:
        values, scale = picture(outputs[0])
        return {**seen, "values": values, "scale": scale}
    largest = outputs.argmax(axis=0)
    return {**seen, "values": encode(largest), "scale": None}


def line(probe: Probe, bounds: Sequence[float]) -> dict[str, Any]:
    """Return the output of a network of one input, from the left of the plane to the right."""
    left, right, *_ = bounds
    x = np.linspace(left, right, LINE_SIZE)
    y = probe.outputs(x[:, None])[0]
    drawn = {
        "x": all_rounded(x.tolist()),
        "y": all_rounded(y.tolist()),
    }
    return {"size": LINE_SIZE, "classes": 1, "values": None, "scale": None, "line": drawn}
