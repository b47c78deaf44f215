"""A grad of an opened step twice more: by moving its number a little, and over all its paths.

Rule: both are computed on the graph of the example as it stands, and neither uses backward().
"""

from __future__ import annotations

from typing import Any

from micrograd.engine import Value
from micrograd.explaining import Recompute, nudge, paths
from micrograd.lab import messages
from micrograd.lab.example_graph import LOSS, OBJECTIVE, ExampleGraph
from micrograd.lab.json_numbers import exact, quietly
from micrograd.lab.messages import LabError
from micrograd.lab.run import Run

DISTANCE = 1e-6  # by which a number of the size of 1 is moved
MOST_PATHS = 4  # that are written out


@quietly
def prove_grad(run: Run, held: int, name: Any) -> dict[str, Any]:
    """Return the numeric derivative of the step's objective by a number, and the paths from it.

    `name` is the number's, as the opened step writes it. Raises LabError for one that is not there.
    """
    graph = ExampleGraph(run, held)
    node = find_number(graph, name)
    result = graph.loss if graph.penalty is None else graph.loss + graph.penalty
    label_numbers(graph, result)
    return {
        "step": run.step,
        "held": held,
        "id": name,
        "result": result.label,
        "numeric": numeric(result, node),
        **over_paths(graph, result, node),
    }


def find_number(graph: ExampleGraph, name: Any) -> Value:
    """Return the node of that name, which is one that the opened step has a grad of."""
    nodes = [*graph.inputs, *graph.parameters, *graph.steps]
    for neuron in (neuron for layer in graph.layers for neuron in layer):
        nodes += [neuron.total, neuron.output]
    for node in nodes:
        if graph.names[node] == name:
            return node
    wanted = messages.shorten(name)
    raise LabError(f"The step has no number {wanted}. Write a name as its tables do: w[0][3][1].")


def label_numbers(graph: ExampleGraph, result: Value) -> None:
    """Label each node with its name, but for those on the way to a sum."""
    for node, name in graph.names.items():
        if node not in graph.inner:
            node.label = name
    result.label = LOSS if graph.penalty is None else OBJECTIVE


def numeric(result: Value, node: Value) -> dict[str, Any]:
    """Return what (f(x + h) - f(x - h)) / 2h is made of, and whether there is a corner at x."""
    recompute, x = Recompute(result, node), node.data
    h = DISTANCE * max(1.0, abs(x))
    above, below = recompute({node: x + h}), recompute({node: x - h})
    return {
        "h": exact(h),
        "above": exact(above),
        "below": exact(below),
        "slope": exact((above - below) / (2.0 * h)),
        "corner": nudge(result, node, h).corner,
    }


def over_paths(graph: ExampleGraph, result: Value, node: Value) -> dict[str, Any]:
    """Return how many paths lead from a number to the result, the largest, and the sum of all."""
    leading = paths(result, node, MOST_PATHS)
    outputs = [neuron.output for layer in graph.layers for neuron in layer]
    stops = {x.label for x in (node, *outputs, graph.loss, result)}
    shown = []
    for path in leading.paths:
        names, factors = shorten(path.nodes, path.partials, stops)
        product = exact(path.product)
        shown.append({"names": names, "factors": list(map(exact, factors)), "product": product})
    return {"count": leading.count_in_words(), "paths": shown, "total": exact(leading.total)}


def shorten(
    nodes: tuple[str, ...], partials: tuple[float, ...], stops: set[str]
) -> tuple[list[str], list[float]]:
    """Return a path from one stop to the next; the partials between two are one factor.

    >>> shorten(("w", "t1", "h", "loss"), (2.0, 1.0, -0.5), {"w", "h", "loss"})
    (['w', 'h', 'loss'], [2.0, -0.5])
    """
    names, factors, factor = [nodes[0]], [], 1.0
    for name, partial in zip(nodes[1:], partials):
        factor *= partial
        if name in stops:
            names.append(name)
            factors.append(factor)
            factor = 1.0
    return names, factors
