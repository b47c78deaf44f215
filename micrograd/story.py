"""The backward pass, told: which edge brought which grad, and by which paths.

Rule: a story is read off the events of steps.py and the rows of the table, and changes no Value. It
is data first; its text is made when it is printed.
"""

import heapq
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from micrograd import errors
from micrograd.engine import read_data
from micrograd.formula import Formula
from micrograd.graph import partials
from micrograd.steps import (
    ALGORITHMS,
    Backward,
    Seed,
    algorithm_called,
    events,
    order_of,
    wrong_nodes,
)
from micrograd.support import arguments, source_line
from micrograd.support.text_table import aligned
from micrograd.watchers import Watcher, watching

MOST_LINES = 10_000  # of a story; nobody reads more
COUNTABLE = 10**15
AGAIN = "backward() is called once more:"
MOST_PATHS = 20  # that are shown; of more, the largest


class Sources(Watcher):
    """Notes which line of the user's made each Value."""

    def began(self, leaf):
        leaf.made_at = source_line.user_line()

    def made(self, out, op, inputs):
        out.made_at = source_line.user_line()


def record_sources():
    """Within the block every Value remembers the line that made it, which `explain` then shows.

    >>> from micrograd import Value
    >>> with record_sources():
    ...     a = Value(2.0)
    >>> a.made_at.endswith("a = Value(2.0)")
    True
    """
    return watching(Sources())


def names_of(order: list) -> dict:
    """{node: what to call it}: its label, or "c1" for a leaf, "t1" for a result without one.

    No two are called the same: of nodes with one label the second is "w#2".
    """
    found, given, counts = {}, set(), Counter()
    labels = {"", *(printable(node.label) for node in order)}
    for node in order:
        name = label = printable(node.label)
        stem = f"{label}#" if label else "t" if node.inputs else "c"
        while name in given or (not label and name in labels):
            counts[stem] += 1
            name = f"{stem}{counts[stem] + bool(label)}"
        given.add(name)
        found[node] = name
    return found


def printable(label) -> str:
    """The label with what would move the cursor, or cannot be written, in Python's spelling."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(label))


def shown(number: float) -> str:
    """Six digits, and always a point: "-2.0", "0.333333", "1e-07"."""
    return str(float(f"{number:.6g}"))


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
        told = aligned(rows).splitlines() if rows else ["nothing is passed on."]
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
                raise errors.GraphError(errors.too_long_a_story(MOST_LINES))
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


@dataclass(frozen=True)
class Path:
    """The nodes from the input to the result, the partial of each edge, and their product."""

    nodes: tuple[str, ...]
    partials: tuple[float, ...]
    product: float

    def __str__(self):
        factors = " * ".join(map(shown, self.partials)) or "1.0"
        return f"{' -> '.join(self.nodes)}:  {factors} = {shown(self.product)}"


@dataclass(frozen=True)
class Paths:
    """The paths from one Value to another, the largest products first; print it for a text."""

    count: int
    paths: tuple[Path, ...]
    total: float  # of all, also of those that are not among `paths`

    def __str__(self):
        one = "path" if self.count == 1 else "paths"
        few = self.count < COUNTABLE  # an exact number of hundreds of digits is read by nobody
        head = f"{self.count:,} {one}" if few else f"about 10**{math.log10(self.count):.0f} paths"
        if self.count > len(self.paths):
            head += f", of which the {len(self.paths)} with the largest products are"
        return "\n".join([f"{head}:", *map(str, self.paths), f"sum of all: {shown(self.total)}"])


def paths(y, x, most: int = MOST_PATHS) -> Paths:
    """All paths from `x` to `y`: the grad of x is the sum of the products along them.

    There may be very many: they are counted exactly, and those with the largest products are
    returned, `most` of them. Raises GraphError for an x that is not in the graph, ValueError for a
    `most` of less than 1.

    >>> from micrograd import Value
    >>> a = Value(3.0, label="a")
    >>> print(paths(a * a + a, a))
    3 paths:
    a -> t1 -> t2:  3.0 * 1.0 = 3.0
    a -> t1 -> t2:  3.0 * 1.0 = 3.0
    a -> t2:  1.0 = 1.0
    sum of all: 7.0
    """
    if not isinstance(most, int) or most < 1:
        raise ValueError(arguments.not_natural("most", 1, most))
    order = order_of(y, x)
    names = names_of(order)
    found = {x: Reached(1, 1.0, [(1.0, None)])}
    for node in order:
        if node not in found and any(input in found for input in node.inputs):
            found[node] = reached(node, found, most)
    if y not in found:
        return Paths(0, (), 0.0)
    best = [Path(*unrolled(step, x, names), product) for product, step in found[y].best]
    return Paths(found[y].count, tuple(best), found[y].total)


@dataclass
class Reached:
    """How many paths lead to a node, the sum of their products, and the largest ones.

    Each is (product, how): None at the beginning, else (node, partial, how before).
    """

    count: int
    total: float
    best: list


def reached(node, found: dict, most: int) -> Reached:
    count, totals, candidates = 0, [], []
    for x, partial in zip(node.inputs, partials(node, read_data)):
        if x in found:
            before = found[x]
            count += before.count
            totals.append(before.total * partial)
            candidates += [(p * partial, (node, partial, how)) for p, how in before.best]
    best = heapq.nlargest(most, candidates, key=lambda candidate: size(candidate[0]))
    return Reached(count, sum(totals), best)


def size(product: float) -> float:
    return math.inf if math.isnan(product) else abs(product)


def unrolled(how, x, names: dict) -> tuple[tuple, tuple]:
    """(names of the nodes, partials), from the input on."""
    nodes, factors = [], []
    while how:
        node, partial, how = how
        nodes.append(names[node])
        factors.append(partial)
    return (names[x], *reversed(nodes)), tuple(reversed(factors))
