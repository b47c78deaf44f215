"""The backward pass of one example: the grad of each number, and the lines that say how it arose.

Rule: the grads come from the events of `explaining`, and the lines from its writer. The loss and
the penalty pass back one after the other, as in a step in plain Python.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from micrograd.engine import Value
from micrograd.explaining import (
    ALGORITHMS,
    Backward,
    LineWriter,
    acyclic_order,
    backward_events,
    seed,
)
from micrograd.lab.example_graph import LOSS, OBJECTIVE, PENALTY, ExampleGraph

RIGHT, ASSIGN = ALGORITHMS["right"], ALGORITHMS["assign"]


class ExampleGrads:
    """The grads of all nodes of an example's graph, and for each the lines of its chain rule.

    `before` are the grads of the parameters when backward begins. With `assigns`, a contribution
    replaces a grad, a mistake, so the loss and the penalty pass back together.
    """

    def __init__(
        self, graph: ExampleGraph, before: Mapping[Value, float], assigns: bool = False
    ) -> None:
        self.graph, self.algorithm = graph, ASSIGN if assigns else RIGHT
        self.grads: defaultdict[Value, float] = defaultdict(float, before)
        self.lines: defaultdict[Value, list[str]] = defaultdict(list)
        if graph.penalty is None:
            self.pass_back(graph.loss, LOSS)
        elif assigns:
            self.pass_back(graph.loss + graph.penalty, OBJECTIVE)
        else:
            self.pass_back(graph.loss, LOSS)
            self.pass_back(graph.penalty, PENALTY)

    def pass_back(self, result: Value, name: str) -> None:
        """Let a result pass its grad, which is 1, back to everything below it."""
        names = {**self.graph.names, result: name}
        writer = LineWriter(names, name, self.algorithm.sign)
        self.grads[result] = 1.0
        self.lines[result].append(seed(name))
        for event in backward_events(acyclic_order(result), self.algorithm):
            if isinstance(event, Backward):
                self.receive(event, writer)

    def receive(self, event: Backward, writer: LineWriter) -> None:
        """Join a contribution to the grad of the input, and write its line."""
        before = self.grads[event.input]
        after = self.algorithm.join(before, event.contribution)
        self.grads[event.input] = after
        if event.input not in self.graph.inner:
            line = replace(writer.line(event), before=before, after=after)
            self.lines[event.input] += [str(line), line.why]
