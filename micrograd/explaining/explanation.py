"""The backward pass, told: which edge brought which grad, and by which paths.

Rule: a story is read off the events of steps.py and the rows of the table, and changes no Value. It
is data first; its text is made when it is printed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from micrograd import errors
from micrograd.explaining import messages
from micrograd.explaining.events import (
    ALGORITHMS,
    Backward,
    Seed,
    algorithm_called,
    events,
    order_of,
    wrong_nodes,
)
from micrograd.explaining.formula import Formula
from micrograd.explaining.naming import names_of, shown
from micrograd.graph import partials
from micrograd.support.text_table import align_columns

MOST_LINES = 10_000  # of a story; nobody reads more
AGAIN = "backward() is called once more:"


# ----------------------------------------------------------------------------------------- explain


@dataclass(frozen=True)
class Line:
    """One edge: what `node` passed on to `input`, of the grad of `result`."""

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
    source: str = ""  # the line that made the node, where that was recorded
    turn: int = 1  # of backward(), where that is called twice

    def __str__(self):
        return f"{self.rule} = {self.numbers}   ({self.total})"

    @property
    def rule(self) -> str:
        y, x, node = self.result, self.input, self.node
        return f"d{y}/d{x} {self.sign} d{y}/d{node} * d{node}/d{x}"

    @property
    def numbers(self) -> str:
        return f"{shown(self.upstream)} * {shown(self.partial)} = {shown(self.contribution)}"

    @property
    def total(self) -> str:
        """What was there and what came: "sum 0.0 + 6.0"; of an assignment what is there now."""
        if self.sign == "=":
            return f"{shown(self.before)} replaced"
        return f"sum {shown(self.before)} {self.sign[0]} {shown(self.contribution)}"

    @property
    def why(self) -> str:
        return f"d{self.node}/d{self.input} = {self.formula}"


@dataclass(frozen=True)
class Story:
    """The lines of a backward pass; print it for a text."""

    result: str
    forward: tuple[str, ...]  # "e = a * b = -6.0", for each node that was computed
    lines: tuple[Line, ...]
    grads: dict[str, float]  # of the leaves, by name
    notes: tuple[str, ...] = ()

    def __str__(self):
        rows = [(str(line), line.why, line.source) for line in self.lines]
        told = align_columns(rows).splitlines() if rows else ["nothing is passed on."]
        for i in self.again:
            told.insert(i, AGAIN)
        seed = f"d{self.result}/d{self.result} = 1.0"
        return "\n".join([*self.forward, seed, *told, *self.notes])

    @property
    def again(self) -> list[int]:
        """The places, last first, of the lines with which a second backward() begins."""
        turns = [line.turn for line in self.lines]
        return [i for i in range(len(turns) - 1, 0, -1) if turns[i] != turns[i - 1]]


def explain(y, x=None, algorithm: str = "right") -> Story:
    """The backward pass from `y`, edge by edge: the chain rule in symbols and in numbers.

    With `x`, only the edges that bring x its grad. `algorithm` may be one of the mistakes in
    `steps.ALGORITHMS`. Values are called by their labels; within `record_sources()` each line ends
    with the one that made the node. Raises GraphError for more than 10,000 edges, or an x that is
    not in the graph.

    >>> from micrograd import Value
    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> e = a * b
    >>> e.label = "e"
    >>> print(explain(e))
    e = a * b = -6.0
    de/de = 1.0
    de/da += de/de * de/da = 1.0 * -3.0 = -3.0   (sum 0.0 + -3.0)  de/da = b
    de/db += de/de * de/db = 1.0 * 2.0 = 2.0   (sum 0.0 + 2.0)     de/db = a
    backward() has not been run: these are the grads that it will give.
    """
    order, names = order_of(y, x), names_of(order_of(y))
    told, lines = Told(names, names[y], algorithm), []
    for event in events(y, algorithm):
        told.turn += isinstance(event, Seed)
        if isinstance(event, Backward) and (x is None or event.input is x):
            lines.append(told.line(event))
            if len(lines) > MOST_LINES:
                raise errors.GraphError(messages.too_long_a_story(MOST_LINES))
    grads = {names[node]: grad for node, grad in event.grads.items() if not node.inputs}
    shown_nodes = [node for node in order if x is None or node is x or x in node.inputs]
    told_of = tuple(notes(y, names, algorithm))
    return Story(names[y], tuple(forward(shown_nodes, names)), tuple(lines), grads, told_of)


def forward(nodes: list, names: dict) -> Iterator[str]:
    for node in nodes:
        if node.inputs:
            formula = Formula("", node.op, tuple(Formula(names[x]) for x in node.inputs))
            yield f"{names[node]} = {formula} = {shown(node.data)}"


class Told:
    """Makes lines of events."""

    def __init__(self, names: dict, result: str, algorithm: str):
        self.names, self.result = names, result
        self.sign = algorithm_called(algorithm).sign
        self.formulas: dict = {}
        self.turn = 0

    def line(self, event: Backward) -> Line:
        node = event.node
        if node not in self.formulas:
            self.formulas[node] = partials(node, lambda x: Formula(self.names[x]))
        return Line(
            self.result,
            self.names[node],
            self.names[event.input],
            written(self.formulas[node][event.place]),
            event.upstream,
            event.partial,
            event.contribution,
            event.before,
            event.after,
            self.sign,
            getattr(node, "made_at", ""),
            self.turn,
        )


def written(partial) -> str:
    return str(partial) if isinstance(partial, Formula) else shown(partial)


def notes(y, names: dict, algorithm: str) -> Iterator[str]:
    if algorithm != "right":
        wrong = [names[node] for node in wrong_nodes(y, algorithm)]
        yield ALGORITHMS[algorithm].misconception
        yield f"wrong: {', '.join(wrong)}." if wrong else "on this graph nothing comes out wrong."
    elif y.inputs and y.grad == 0.0:
        yield "backward() has not been run: these are the grads that it will give."


# ------------------------------------------------------------------------------------------- paths
