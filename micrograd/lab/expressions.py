"""Graphs for the player: an expression that a reader types, a neuron, or the loss of a point.

Rule: a text is read by the allow-list parser of `explaining`, and nothing evaluates it. A graph is
drawn only if each of its nodes can have a card.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from micrograd.drawing import Picture, heading_of, page_data
from micrograd.engine import Value
from micrograd.errors import ExpressionError
from micrograd.explaining import acyclic_order, expression_parser
from micrograd.lab import messages, naming
from micrograd.lab.example_graph import LOSS, ExampleGraph
from micrograd.lab.experiment import is_finite
from micrograd.lab.json_numbers import exact
from micrograd.lab.messages import LabError
from micrograd.lab.run import Run
from micrograd.support.wording import kind

MOST_NODES = 400  # of a graph that is drawn, in about half a second
START = 1.0  # the number of a name that has none yet
LONGEST_NAME = 40


def draw_expression(text: Any, numbers: Any = None) -> dict[str, Any]:
    """Return the graph of an expression: {"title", "svg", "page", "value", "numbers"}.

    A name that `numbers` does not have is 1. Raises LabError for a text that is no expression.
    """
    if not isinstance(text, str):
        raise LabError(messages.not_a_text("An expression", text))
    try:
        known = dict.fromkeys(expression_parser.names(text), START)
        known |= {name: x for name, x in numbers_of(numbers).items() if name in known}
        y, used = expression_parser.parse(text, known)
    except ExpressionError as error:
        raise LabError(str(error)) from error
    y.backward()
    return {**draw_graph(y, text.strip()), "numbers": {name: x.data for name, x in used.items()}}


def numbers_of(numbers: Any) -> dict[str, float]:
    """Return the numbers by name. Raises LabError for anything else."""
    if numbers is None:
        return {}
    if not isinstance(numbers, Mapping):
        raise LabError(messages.not_numbers(kind(numbers)))
    for name, x in numbers.items():
        if not is_finite(x):
            raise LabError(messages.not_a_number_of(str(name)[:LONGEST_NAME], x))
    return {name: float(x) for name, x in numbers.items()}


def draw_graph(root: Value, title: str = "") -> dict[str, Any]:
    """Return what the player shows of a graph. Raises LabError if it has too many nodes."""
    count = len(acyclic_order(root))
    if count > MOST_NODES:
        raise LabError(messages.too_large_a_graph(count, MOST_NODES))
    picture = Picture(root)
    return {
        "title": title or heading_of(picture.nodes) or picture.title,
        "svg": picture.labelled_svg,
        "page": page_data(picture.nodes),
        "value": exact(root.data),
    }


# ------------------------------------------------------------------- graphs of the run's network


def draw_neuron(run: Run, held: int, layer: Any, index: Any) -> dict[str, Any]:
    """Return the graph of one neuron for the held point, its inputs being leaves.

    With `layer` None it is the graph of the point's loss: from the inputs, or from the network's
    outputs if the whole would be too large.
    """
    if layer is None:
        return draw_loss(run, held)
    naming.find_neuron(run.model, layer, index)
    graph = ExampleGraph(run, held)
    nodes = graph.layers[layer][index]
    inputs = [leaf_of(graph, x) for x in nodes.inputs]
    label_parameters(graph, nodes.neuron)
    output = nodes.neuron(inputs)
    if naming.activation_name(nodes.neuron):
        output.inputs[0].label = naming.sum_name(layer, index)
    output.label = naming.output_name(layer, index)
    output.backward()
    return draw_graph(output)


def draw_loss(run: Run, held: int) -> dict[str, Any]:
    """Return the graph of the point's loss, of the outputs alone if the whole is too large."""
    graph = ExampleGraph(run, held)
    loss = graph.loss
    if len(graph.names) > MOST_NODES:
        outputs = [nodes.output for nodes in graph.layers[-1]]
        loss = graph.loss_of([leaf_of(graph, output) for output in outputs])
    else:
        label_parameters(graph, graph.model)
        for x in graph.inputs:
            x.label = graph.names[x]
    loss.label = LOSS
    loss.backward()
    return draw_graph(loss)


def leaf_of(graph: ExampleGraph, node: Value) -> Value:
    """Return a leaf with the number and the name of a node."""
    return Value(node.data, label=graph.names[node])


def label_parameters(graph: ExampleGraph, module: Any) -> None:
    for p in module.parameters():
        p.label = graph.names[p]
