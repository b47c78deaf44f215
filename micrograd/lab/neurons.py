"""One neuron: its formula in symbols and in numbers, its histogram, and in words how it is doing.

Rule: the formula is what the neuron's own code computes from names. Its numbers are those for the
example that is held; histogram and words are about all training examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from micrograd.engine import Value
from micrograd.explaining import ACTIVATIONS, MANY, Formula
from micrograd.lab import messages, naming
from micrograd.lab.json_numbers import all_rounded, quietly, rounded
from micrograd.lab.probe import probe_of
from micrograd.lab.run import Run
from micrograd.support.numbers import format_number
from micrograd.transforms import with_plain_numbers

MOST_TERMS = 16  # of a formula that is written out
SHOWN = 3  # significant digits of a number in a formula
BINS = 20
LARGEST = 1e300  # of the outputs in a histogram
NARROWEST = 1e-6  # the width of a histogram, as a share of its numbers' size


@quietly
def describe_neuron(run: Run, held: int, layer: Any, index: Any) -> dict[str, Any]:
    """Return all that the page shows of one neuron. Raises LabError if there is none."""
    naming.find_neuron(run.model, layer, index)
    points, probe = run.points, probe_of(run)
    probe.objective(points.X, points.y)
    neuron = probe.model.layers[layer].neurons[index]
    inputs = np.asarray(points.X) if layer == 0 else probe.layers(points.X)[layer - 1].T
    names = naming.input_names(run.model, points.columns, layer)
    return {
        "layer": layer,
        "index": index,
        "name": f"layers.{layer}.neurons.{index}",
        "activation": naming.activation_name(neuron),
        "formula": formula(neuron, layer, index, names),
        **example_numbers(neuron, inputs[held].tolist(), names),
        **behaviour(neuron, inputs),
    }


# ----------------------------------------------------------------------------------- its formula


def formula(neuron: Any, layer: int, index: int, names: Sequence[str]) -> str:
    """Return what the neuron computes: "relu(b[0][3] + w[0][3][0] * x1 + w[0][3][1] * x2)"."""
    count = len(neuron.w)
    if count > MOST_TERMS:
        return messages.sum_of_products(count, naming.activation_name(neuron))
    symbols = {neuron.b: naming.weight_name(layer, index, naming.BIAS)}
    for place, w in enumerate(neuron.w):
        symbols[w] = naming.weight_name(layer, index, place)
    return formula_with(neuron, symbols, names)


def formula_with(neuron: Any, texts: dict[Value, str], inputs: Sequence[str]) -> str:
    """Return what the neuron computes, with a text for each parameter and each input."""
    symbolic = with_plain_numbers(neuron, lambda p: Formula(texts[p]))
    return str(symbolic(list(map(Formula, inputs))))


def example_numbers(neuron: Any, inputs: list[float], names: Sequence[str]) -> dict[str, Any]:
    """Return the numbers of the neuron for one example, with the grads of its parameters."""
    terms = []
    for name, w, x in zip(names, neuron.w, inputs):
        term = {"w": w.data, "x": x, "product": w.data * x, "grad": w.grad}
        terms.append({"input": name, **{key: rounded(number) for key, number in term.items()}})
    total, output = sum_and_output(neuron, inputs)
    return {
        "numbers": formula_in_numbers(neuron, inputs, total, output),
        "terms": terms,
        "bias": rounded(neuron.b.data),
        "bias_grad": rounded(neuron.b.grad),
        "sum": rounded(total),
        "output": rounded(output),
    }


def sum_and_output(neuron: Any, inputs: Sequence[float]) -> tuple[float, float]:
    """Return the neuron's sum before the activation, and what the activation makes of it."""
    total = neuron.b.data
    for w, x in zip(neuron.w, inputs):
        total = total + w.data * x
    output = activate(neuron, Value(total))
    return total, output.data


def activate(neuron: Any, total: Value) -> Value:
    return neuron.activation(total) if neuron.nonlin else total


def formula_in_numbers(neuron: Any, inputs: list[float], total: float, output: float) -> str:
    """Return "relu(0.1 + 0.5 * 1.2) = relu(0.7) = 0.7", with rounded numbers."""
    result = short(output)
    name = naming.activation_name(neuron)
    if name:
        result = f"{name}({short(total)}) = {result}"
    if len(neuron.w) > MOST_TERMS:
        return result
    texts = {p: short(p.data) for p in (neuron.b, *neuron.w)}
    written = formula_with(neuron, texts, list(map(short, inputs)))
    return f"{written} = {result}"


def short(x: float) -> str:
    return format_number(x, SHOWN)


# --------------------------------------------------------------------------- over all examples


def behaviour(neuron: Any, inputs: np.ndarray) -> dict[str, Any]:
    """Return {"histogram", "on", "words"}: what the neuron does over the rows of its inputs."""
    outputs, slopes = responses(neuron, inputs)
    count = len(slopes)
    limit, _ = ACTIVATIONS.get(neuron.activation, (0.0, "")) if neuron.nonlin else (0.0, "")
    on = int((np.abs(slopes) > limit).sum())
    return {
        "histogram": histogram(outputs),
        "on": on / count,
        "words": [words(neuron, on, count)],
    }


def responses(neuron: Any, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (the output, the slope of the activation) for each row of inputs."""
    weights = np.array([w.data for w in neuron.w])
    outputs, slopes = [], []
    for number in (inputs @ weights + neuron.b.data).tolist():
        total = Value(number)
        output = activate(neuron, total)
        output.backward()
        outputs.append(output.data)
        slopes.append(total.grad)
    return np.array(outputs), np.array(slopes)


def histogram(outputs: np.ndarray) -> dict[str, list[Any]]:
    """Return {"edges", "counts"} of the outputs, without those that are nan or infinite."""
    finite = outputs[np.abs(outputs) <= LARGEST]
    low = float(finite.min(initial=LARGEST))
    high = float(finite.max(initial=-LARGEST))
    if not len(finite):
        low = high = 0.0
    size = max(abs(low), abs(high), 1.0)
    if high - low < NARROWEST * size:  # bins need some room
        low, high = low - size / 2.0, high + size / 2.0
    counts, edges = np.histogram(finite, BINS, (low, high))
    return {"edges": all_rounded(edges.tolist()), "counts": counts.tolist()}


def words(neuron: Any, on: int, count: int) -> str:
    """Return how the neuron is doing: dead, saturated, or on for so many of the points."""
    name = naming.activation_name(neuron)
    if not name:
        return messages.always_on()
    limit, closed = ACTIVATIONS.get(neuron.activation, (0.0, ""))
    if on == 0 and limit == 0.0:
        return messages.dead(name, count)
    if limit > 0.0 and count - on >= MANY * count:
        return messages.saturated(name, count - on, count, limit)
    return messages.on_for(on, count, closed)
