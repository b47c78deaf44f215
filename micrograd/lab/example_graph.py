"""The graph of one example: every number of the network, its loss and its penalty, with names.

Rule: the network itself builds the graph. The products and the sums on the way to a neuron's sum
bear that sum's name, so that a story can be told neuron by neuron.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from micrograd.engine import Value
from micrograd.explaining import names_of
from micrograd.graph import topological_order
from micrograd.lab import naming
from micrograd.lab.run import Run
from micrograd.lab.trainer import targets_for
from micrograd.support.numbers import format_number

LOSS, SQUARES, PENALTY, OBJECTIVE = "loss", "squares", "penalty", "objective"


@dataclass(frozen=True)
class NeuronNodes:
    """A neuron at its place, with its inputs, its sum and its output for the example."""

    layer: int
    index: int
    neuron: Any
    inputs: list[Value]
    total: Value
    output: Value


class ExampleGraph:
    """The graph of the loss of a run's point `held`, and of the penalty (None without one).

    `names` has every node. `inner` are the nodes on the way to a neuron's sum, or to the penalty's
    sum of squares. `steps` are the nodes from the network's outputs to the loss, which is the last.
    """

    def __init__(self, run: Run, held: int) -> None:
        self.definition = run.trainer.definition
        self.model = deepcopy(run.model)
        self.parameters = self.model.parameters()
        for p, number in zip(self.parameters, run.numbers.tolist()):
            p.data, p.grad = number, 0.0
        targets = targets_for(run.experiment.loss, run.points.y)
        self.target = float(targets[held])
        self.names: dict[Value, str] = {}
        self.inner: set[Value] = set()
        self.inputs = list(map(Value, run.points.X[held]))
        self.layers: list[list[NeuronNodes]] = []
        self.name_parameters()
        outputs = self.add_layers(run.points.columns, self.inputs)
        self.loss = self.loss_of(outputs)
        self.steps = self.name_steps(self.loss, LOSS)
        penalty = self.definition.penalty
        self.penalty = penalty(self.model) if penalty else None
        if self.penalty is not None:
            self.name_penalty(self.penalty)

    def loss_of(self, outputs: list[Value]) -> Value:
        """Return the loss of the network's outputs."""
        output: Any = outputs if len(outputs) > 1 else outputs[0]
        example_loss: Any = self.definition.loss
        loss: Value = example_loss.function(output, self.target)
        return loss

    def name_parameters(self) -> None:
        for number, layer in enumerate(self.model.layers):
            for index, neuron in enumerate(layer.neurons):
                self.names[neuron.b] = naming.weight_name(number, index, naming.BIAS)
                for place, w in enumerate(neuron.w):
                    self.names[w] = naming.weight_name(number, index, place)

    def add_layers(self, columns: Sequence[str], inputs: list[Value]) -> list[Value]:
        """Compute layer after layer; return the outputs of the last one."""
        for x, name in zip(inputs, naming.input_names(self.model, columns, 0)):
            self.names[x] = name
        for number, layer in enumerate(self.model.layers):
            row = []
            for index, neuron in enumerate(layer.neurons):
                row.append(self.add_neuron(number, index, neuron, inputs))
            self.layers.append(row)
            inputs = [nodes.output for nodes in row]
        return inputs

    def add_neuron(self, layer: int, index: int, neuron: Any, inputs: list[Value]) -> NeuronNodes:
        output = neuron(inputs)
        total, name = output, naming.output_name(layer, index)
        if naming.activation_name(neuron):
            self.names[output] = name
            total, name = output.inputs[0], naming.sum_name(layer, index)
        self.name_inner(total, name)
        return NeuronNodes(layer, index, neuron, inputs, total, output)

    def name_inner(self, root: Value, name: str) -> None:
        """Give the name to the node and to all nodes below it that have none."""
        self.names[root] = name
        waiting = list(root.inputs)
        while waiting:
            node = waiting.pop()
            if node not in self.names:
                self.names[node] = name
                self.inner.add(node)
                waiting += node.inputs

    def name_steps(self, root: Value, name: str) -> list[Value]:
        """Name the nodes below a result that have no name; return those that were computed."""
        fresh = [node for node in topological_order(root) if node not in self.names]
        texts = names_of(fresh)
        for node in fresh:
            self.names[node] = texts[node] if node.inputs else format_number(node.data)
        self.names[root] = name
        return [node for node in fresh if node.inputs]

    def name_penalty(self, penalty: Value) -> None:
        """Name the product of the strength and the sum of squares, and both factors."""
        for factor in penalty.inputs:
            if factor.inputs:
                self.name_inner(factor, SQUARES)
            else:
                self.names[factor] = format_number(factor.data)
        self.names[penalty] = PENALTY

    @property
    def objective(self) -> float:
        """The number that the step makes smaller: the loss, with the penalty if there is one."""
        extra = 0.0 if self.penalty is None else self.penalty.data
        return self.loss.data + extra
