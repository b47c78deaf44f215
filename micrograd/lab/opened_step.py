"""One training step for one example, opened: forward, loss, zero_grad, backward and update.

Rule: every number stands with what it was before and after, and with the lines that say why. Grads
and new parameters are those of a step in plain Python that sees this example alone; the parameters
follow from the optimizer's own rule. Nothing here changes a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from typing import Any

from micrograd.engine import Value
from micrograd.explaining import node_formula
from micrograd.lab import messages, naming
from micrograd.lab.example_grads import ExampleGrads
from micrograd.lab.example_graph import OBJECTIVE, PENALTY, ExampleGraph, NeuronNodes
from micrograd.lab.json_numbers import exact
from micrograd.lab.neurons import formula, formula_in_numbers
from micrograd.lab.optimizer_rule import Rule
from micrograd.lab.run import Run
from micrograd.support.numbers import format_number

Row = dict[str, Any]


def open_step(run: Run, held: int) -> dict[str, Any]:
    """Return the step that the run would take next if the held point were its only example."""
    return OpenedStep(run, held).to_json()


class OpenedStep:
    """The numbers of one step: an example's graph, and the grads of its parameters on the way."""

    def __init__(self, run: Run, held: int) -> None:
        self.run, self.held, self.trainer = run, held, run.trainer
        self.mistake = self.trainer.mistake
        self.graph = ExampleGraph(run, held)
        self.names = self.graph.names
        self.old = dict(zip(self.graph.parameters, run.grads.tolist()))
        self.cleared = self.old if self.mistake.sums_grads else dict.fromkeys(self.old, 0.0)
        self.backward = ExampleGrads(self.graph, self.cleared, self.mistake.assigns)

    def to_json(self) -> dict[str, Any]:
        run, points = self.run, self.run.points
        rows = {
            "forward": self.forward_rows(),
            "loss": self.loss_rows(),
            "zero_grad": self.zero_grad_rows(),
            "backward": self.backward_rows(),
            "update": self.update_rows(),
        }
        stages = []
        for name, stage_rows in rows.items():
            stages.append({"name": name, **self.texts_of(name), "rows": list(stage_rows)})
        x = list(points.X[self.held])
        return {
            "step": run.step,
            "held": self.held,
            "mistake": self.mistake.title,
            "sentence": messages.one_example_alone(len(points.X), self.graph.loss.data),
            "example": {"x": x, "y": self.graph.target, "columns": list(points.columns)},
            "layers": list(map(layer_to_json, self.graph.layers)),
            "stages": stages,
        }

    def texts_of(self, stage: str) -> dict[str, str]:
        """Return {"title", "sentence"} of a stage."""
        title, sentence = messages.STAGES[stage]
        if stage == "zero_grad" and self.mistake.sums_grads:
            sentence = messages.zero_grad_is_forgotten()
        if stage == "backward" and self.mistake.assigns:
            sentence = messages.backward_assigns()
        return {"title": title, "sentence": sentence}

    # ------------------------------------------------------------------------------- the stages

    def forward_rows(self) -> Iterator[Row]:
        """Yield the sum and the output of each neuron, layer by layer."""
        for layer in self.graph.layers:
            for nodes in layer:
                if nodes.total is not nodes.output:
                    yield self.computed(nodes.total, nodes, self.sum_lines(nodes))
                    lines = [self.line_of(nodes.output)]
                else:
                    lines = self.sum_lines(nodes)
                yield self.computed(nodes.output, nodes, lines)

    def computed(self, node: Value, nodes: NeuronNodes, lines: list[str]) -> Row:
        what = messages.output_of if node is nodes.output else messages.sum_of
        text = what(nodes.layer, nodes.index)
        return row(self.names[node], text, f"layers.{nodes.layer}", None, node.data, lines)

    def sum_lines(self, nodes: NeuronNodes) -> list[str]:
        """Return the sum of a neuron in symbols and in numbers."""
        linear = copy(nodes.neuron)
        linear.nonlin = False
        inputs = [self.names[x] for x in nodes.inputs]
        numbers = [x.data for x in nodes.inputs]
        total = nodes.total.data
        symbols = formula(linear, nodes.layer, nodes.index, inputs)
        return [symbols, formula_in_numbers(linear, numbers, total, total)]

    def line_of(self, node: Value) -> str:
        """Return "h[0][3] = relu(s[0][3]) = 0.7" for a node that was computed."""
        text = node_formula(node, self.names)
        return f"{self.names[node]} = {text} = {format_number(node.data)}"

    def loss_rows(self) -> Iterator[Row]:
        """Yield the numbers from the outputs to the loss, and the penalty."""
        for node in self.graph.steps:
            name = self.names[node]
            what = messages.part_of_loss(name)
            yield row(name, what, "loss", None, node.data, [self.line_of(node)])
        if self.graph.penalty is not None:
            yield from self.penalty_rows(self.graph.penalty)

    def penalty_rows(self, penalty: Value) -> Iterator[Row]:
        """Yield the penalty, and its sum with the loss."""
        what = messages.squares_of(len(self.graph.parameters))
        yield row(PENALTY, what, "penalty", None, penalty.data, [self.line_of(penalty)])
        total = self.graph.objective
        text = f"{OBJECTIVE} = loss + {PENALTY} = {format_number(total)}"
        yield row(OBJECTIVE, messages.objective(), "penalty", None, total, [text])

    def zero_grad_rows(self) -> Iterator[Row]:
        """Yield the grad of each parameter, before and after it is set to 0."""
        line = messages.grad_stays() if self.mistake.sums_grads else "p.grad = 0.0"
        for p, group in self.parameters():
            what = messages.grad_of(self.names[p])
            yield row(self.names[p], what, group, self.old[p], self.cleared[p], [line])

    def backward_rows(self) -> Iterator[Row]:
        """Yield the grad of each number, from the loss back to the inputs."""
        for node in reversed(self.graph.steps):
            yield self.grad_row(node, "loss")
        for layer in reversed(self.graph.layers):
            for nodes in layer:
                group = f"layers.{nodes.layer}"
                yield from (self.grad_row(node, group) for node in nodes_of(nodes))
        for x in self.graph.inputs:
            yield self.grad_row(x, "inputs")

    def grad_row(self, node: Value, group: str) -> Row:
        name = self.names[node]
        before = self.cleared.get(node, 0.0)
        after = self.backward.grads[node]
        lines = self.backward.lines[node]
        return row(name, messages.grad_of(name), group, before, after, lines)

    def parameters(self) -> Iterator[tuple[Value, str]]:
        """Yield each parameter with the name of its layer."""
        for number, layer in enumerate(self.graph.model.layers):
            for p in layer.parameters():
                yield p, f"layers.{number}"

    def update_rows(self) -> Iterator[Row]:
        """Yield each parameter before and after the update, by the optimizer's own rule."""
        rule = Rule(self.run)
        for place, (p, group) in enumerate(self.parameters()):
            name, grad = self.names[p], self.backward.grads[p]
            after = rule.update(place, p.data, grad)
            lines = rule.lines(place, name, p.data, grad, after)
            moved = row(name, name, group, p.data, after, lines)
            moved["grad"] = exact(grad)
            moved["rate"] = rule.rate
            yield moved


def row(
    name: str, what: str, group: str, before: float | None, after: float, why: list[str]
) -> Row:
    """Return a number before and after a stage, with the lines that say why."""
    old = None if before is None else exact(before)
    new = exact(after)
    facts = {"id": name, "what": what, "group": group}
    return {**facts, "before": old, "after": new, "changed": old != new, "why": why}


def nodes_of(nodes: NeuronNodes) -> Iterable[Value]:
    """Return the output, the sum and the parameters of a neuron, each once."""
    own = (nodes.output, nodes.total, *nodes.neuron.w, nodes.neuron.b)
    return dict.fromkeys(own)


def layer_to_json(layer: Sequence[NeuronNodes]) -> dict[str, Any]:
    """Return all that a layer computes in the forward pass."""
    neurons = []
    for nodes in layer:
        inputs = [x.data for x in nodes.inputs]
        weights = [w.data for w in nodes.neuron.w]
        products = [w * x for w, x in zip(weights, inputs)]
        neuron = {
            "inputs": list(map(exact, inputs)),
            "weights": list(map(exact, weights)),
            "products": list(map(exact, products)),
            "bias": exact(nodes.neuron.b.data),
            "sum": exact(nodes.total.data),
            "activation": naming.activation_name(nodes.neuron),
            "output": exact(nodes.output.data),
        }
        neurons.append(neuron)
    return {"name": f"layers.{layer[0].layer}", "neurons": neurons}
