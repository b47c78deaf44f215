"""The backward pass in words: which edge brought which grad, with the chain rule and the numbers.

Rule: an explanation is read off the events and the op table, and changes no Value. It is data
first; its text is built when it is printed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd import errors
from micrograd.engine import Value
from micrograd.explaining import messages, notation
from micrograd.explaining.events import (
    Algorithm,
    Backward,
    Done,
    Seed,
    acyclic_order,
    backward_events,
    find_algorithm,
    wrong_nodes,
)
from micrograd.explaining.formula import Formula
from micrograd.explaining.naming import names_of
from micrograd.graph import partials
from micrograd.support.numbers import format_float
from micrograd.support.text_result import TextResult
from micrograd.support.text_table import align_columns

MOST_LINES = 10_000  # of an explanation
SECOND_PASS = "backward() is called once more:"


@dataclass(frozen=True, repr=False)
class Line(TextResult):
    """One edge: the part of the grad of `result` that `node` sent to `input`."""

    result: str
    node: str
    input: str
    formula: str  # of the partial
    upstream: float
    partial: float
    contribution: float
    before: float
    after: float
    sign: str = "+="
    source: str = ""  # the line that made the node, if that was recorded
    turn: int = 1  # which call of backward(), for an algorithm that calls it twice

    def __str__(self) -> str:
        return f"{self.rule} = {self.numbers}   ({self.total})"

    @property
    def rule(self) -> str:
        """The chain rule in symbols: "grad(a) += grad(e) · ∂e/∂a"."""
        return notation.chain_rule(self.node, self.input, self.sign)

    @property
    def numbers(self) -> str:
        """The chain rule in numbers: "-2.0 · -3.0 = 6.0"."""
        upstream, partial = format_float(self.upstream), format_float(self.partial)
        return f"{upstream} · {partial} = {format_float(self.contribution)}"

    @property
    def total(self) -> str:
        """How the contribution joined the grad: "sum 1.0 + 6.0 = 7.0", or "1.0 replaced"."""
        before, after = format_float(self.before), format_float(self.after)
        if self.sign == "=":
            return f"{before} replaced"
        return f"sum {before} {self.sign[0]} {format_float(self.contribution)} = {after}"

    @property
    def why(self) -> str:
        """The formula of the partial: "∂e/∂a = b"."""
        return f"{notation.partial_of(self.node, self.input)} = {self.formula}"


@dataclass(frozen=True, repr=False)
class Explanation(TextResult):
    """The lines of a backward pass. Print it to read it."""

    result: str
    forward: tuple[str, ...]  # "e = a * b = -6.0", for each node that was computed
    lines: tuple[Line, ...]
    grads: dict[str, float]  # of the leaves, by name
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        rows = [(str(line), line.why, line.source) for line in self.lines]
        edges = align_columns(rows).splitlines() if rows else ["nothing is passed on."]
        for place in self.again:
            edges.insert(place, SECOND_PASS)
        return "\n".join([*self.forward, notation.seed(self.result), *edges, *self.notes])

    @property
    def again(self) -> list[int]:
        """The places, last first, of the lines with which a second backward() begins."""
        turns = [line.turn for line in self.lines]
        return [i for i in range(len(turns) - 1, 0, -1) if turns[i] != turns[i - 1]]


def explain(y: Value, x: Value | None = None, algorithm: str = "right") -> Explanation:
    """Explain the backward pass from `y`, edge by edge: the chain rule in symbols and in numbers.

    With `x`, only the edges that bring x its grad. `algorithm` may be one of the mistakes in
    `events.ALGORITHMS`. Values are called by their labels; within `record_sources()`, each line
    ends with the line of code that made the node. Raises ValueError for an unknown algorithm, and
    GraphError for more than 10,000 edges or for an x that is not in the graph.

    >>> from micrograd import Value
    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> e = a * b
    >>> e.label = "e"
    >>> print(explain(e))
    e = a * b = -6.0
    grad(e) = 1.0
    grad(a) += grad(e) · ∂e/∂a = 1.0 · -3.0 = -3.0   (sum 0.0 + -3.0 = -3.0)  ∂e/∂a = b
    grad(b) += grad(e) · ∂e/∂b = 1.0 · 2.0 = 2.0   (sum 0.0 + 2.0 = 2.0)      ∂e/∂b = a
    backward() has not been run: these are the grads that it will give.
    """
    row = find_algorithm(algorithm)
    order = acyclic_order(y, x)
    names = names_of(order)
    writer = LineWriter(names, names[y], row.sign)
    for event in backward_events(order, row):
        writer.read(event, x)
    described = [node for node in order if x is None or node is x or x in node.inputs]
    forward = tuple(forward_lines(described, names))
    notes = tuple(notes_on(order, names, row))
    return Explanation(names[y], forward, tuple(writer.lines), writer.grads, notes)


class LineWriter:
    """Turns events into lines, and the last event into the grads of the leaves."""

    def __init__(self, names: Mapping[Value, str], result: str, sign: str):
        self.names, self.result, self.sign = names, result, sign
        self.lines: list[Line] = []
        self.grads: dict[str, float] = {}
        self.turn = 0
        self.formulas: dict[Value, list[str]] = {}  # the partials of each node

    def read(self, event: Seed | Backward | Done, x: Value | None) -> None:
        """Take in an event; with `x`, write a line only for an edge that brings x its grad."""
        match event:
            case Seed():
                self.turn += 1
            case Backward() if x is None or event.input is x:
                self.lines.append(self.line(event))
                if len(self.lines) > MOST_LINES:
                    raise errors.GraphError(messages.too_long_an_explanation(MOST_LINES))
            case Done(grads=grads):
                self.grads = {self.names[n]: g for n, g in grads.items() if not n.inputs}

    def line(self, event: Backward) -> Line:
        node = event.node
        if node not in self.formulas:
            self.formulas[node] = partial_formulas(node, self.names)
        return Line(
            result=self.result,
            node=self.names[node],
            input=self.names[event.input],
            formula=self.formulas[node][event.place],
            upstream=event.upstream,
            partial=event.partial,
            contribution=event.contribution,
            before=event.before,
            after=event.after,
            sign=self.sign,
            source=getattr(node, "made_at", ""),
            turn=self.turn,
        )


def partial_formulas(node: Value, names: Mapping[Value, str]) -> list[str]:
    """Return d node / d input as text for each input: a formula in the names, or a number.

    The text is "none" where there is no derivative.
    """

    def text(slope: Any) -> str:
        if slope is None:
            return "none"
        return str(slope) if isinstance(slope, Formula) else format_float(slope)

    return [text(slope) for slope in partials(node, lambda x: Formula(names[x]))]


def node_formula(node: Value, names: Mapping[Value, str]) -> str:
    """Return what a node was computed from, as text: "a * b"."""
    return str(Formula("", node.op, tuple(Formula(names[x]) for x in node.inputs)))


def forward_lines(nodes: Sequence[Value], names: Mapping[Value, str]) -> Iterator[str]:
    """Yield "e = a * b = -6.0" for each node that was computed."""
    for node in nodes:
        if node.inputs:
            yield f"{names[node]} = {node_formula(node, names)} = {format_float(node.data)}"


def notes_on(
    order: Sequence[Value], names: Mapping[Value, str], algorithm: Algorithm
) -> Iterator[str]:
    """Yield what a reader should know besides the lines: the mistake, or that grads are to come."""
    y = order[-1]
    if algorithm.misconception:
        yield algorithm.misconception
        wrong = [names[node] for node in wrong_nodes(order, algorithm)]
        yield messages.wrong_grads(wrong)
    elif y.inputs and y.grad == 0.0:
        yield "backward() has not been run: these are the grads that it will give."
