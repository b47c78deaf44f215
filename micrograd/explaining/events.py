"""Forward and backward as a stream of plain events, also with the mistakes that people make.

Rule: an event is data, and a wrong algorithm is a row of a table. Nothing here changes a Value,
draws or prints: other modules read the events and do that.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import add

from micrograd import errors, graph
from micrograd.engine import Value, read_data
from micrograd.explaining import messages

MOST_EDGES = 100_000  # of the recursive algorithm, which may meet astronomically many
MOST_NODES = 2_000_000  # of a graph that can be drawn or explained
LEARNING_RATE = 0.1  # of the update that `closure_bug` makes before it computes the partials

Edge = tuple[Value, int]  # a node and the place of one of its inputs


@dataclass(frozen=True)
class Forward:
    """A node was computed from its inputs; a leaf has none."""

    node: Value
    inputs: tuple[Value, ...]
    value: float


@dataclass(frozen=True)
class Seed:
    """The result received its own grad, d result / d result = 1."""

    node: Value
    grad: float


@dataclass(frozen=True)
class Backward:
    """An edge: `node` sent upstream * partial = contribution to its input number `place`.

    The grad of that input was `before` and is now `after`.
    """

    node: Value
    place: int
    upstream: float
    partial: float
    contribution: float
    before: float
    after: float

    @property
    def input(self) -> Value:
        """The input that received the contribution."""
        return self.node.inputs[self.place]


@dataclass(frozen=True)
class Done:
    """All grads are complete: `grads` is {node: its grad}."""

    node: Value
    grads: dict[Value, float] = field(repr=False)


# ------------------------------------ orders of edges, from an order of nodes with the root last


def edges_of(node: Value) -> Iterator[Edge]:
    """Yield the edges on which a node passes its grad on: those with a derivative."""
    partials = node.op.partials if node.op else ()
    return ((node, place) for place, partial in enumerate(partials) if partial)


def reverse_topological(order: Sequence[Value]) -> Iterator[Edge]:
    """Yield the edges of each node after those of every node that uses it."""
    return chain.from_iterable(map(edges_of, reversed(graph.receivers(order))))


def along_paths(order: Sequence[Value]) -> Iterator[Edge]:
    """Yield edges path by path: each node at once passes on whatever it receives.

    Raises GraphError after 100,000 edges.
    """
    count, waiting = 0, [edges_of(order[-1])]
    while waiting:
        edge = next(waiting[-1], None)
        if edge is None:
            waiting.pop()
            continue
        count += 1
        if count > MOST_EDGES:
            raise errors.GraphError(messages.too_many_edges(MOST_EDGES))
        yield edge
        node, place = edge
        waiting.append(edges_of(node.inputs[place]))


def by_distance(order: Sequence[Value]) -> Iterator[Edge]:
    """Yield the edges of the nodes nearest to the root first."""
    queue = [order[-1]]
    seen = set(queue)
    for node in queue:
        inputs = dict.fromkeys(node.inputs[place] for _, place in edges_of(node))
        fresh = [x for x in inputs if x not in seen]
        seen.update(fresh)
        queue += fresh
    return chain.from_iterable(map(edges_of, queue))


# -------------------------------------------------------------------------------------- algorithms


@dataclass(frozen=True)
class Algorithm:
    """A way to compute grads: the order of the edges, and how a contribution joins a grad."""

    name: str
    title: str = ""  # a few words
    misconception: str = ""
    order: Callable[[Sequence[Value]], Iterator[Edge]] = reverse_topological
    join: Callable[[float, float], float] = add
    passes: int = 1  # how often backward() is called
    clears: bool = True  # whether each pass first sets the grads of interior nodes to 0
    sign: str = "+="  # how the join is written
    reads_after_update: bool = False  # whether an update comes before the partials are computed


def replace(before: float, contribution: float) -> float:
    return contribution


def subtract(before: float, contribution: float) -> float:
    return before - contribution


# fmt: off
ALGORITHMS = {row.name: row for row in (
    Algorithm("right", "as backward() does"),
    Algorithm("assign", "= in place of +=",
        "`=` in place of `+=`: if a node is used twice, the second use erases the first.",
        join=replace, sign="="),
    Algorithm("recursive", "each node passes on at once",
        "Each node passes its grad on as soon as something arrives, so it passes the first "
        "contribution on again together with each later one. A node must wait until every node "
        "that uses it has had its turn.",
        order=along_paths),
    Algorithm("wrong_order", "nodes by their distance",
        "Nodes take their turns by their distance from the result, so a node that is near along "
        "one path and far along another passes on an incomplete grad. The order must be "
        "topological.",
        order=by_distance),
    Algorithm("no_zero", "twice, without zero_grad",
        "backward() was called twice, and the grads of the nodes in between were not set to 0 "
        "before the second call, so what they held from the first was passed on once more.",
        passes=2, clears=False),
    Algorithm("wrong_sign", "a minus in the chain rule",
        "The minus belongs to the update, p.data -= lr * p.grad, not to the chain rule: a grad "
        "points uphill.",
        join=subtract, sign="-="),
    Algorithm("closure_bug", "update before backward",
        "The parameters were updated between forward and backward, so the partials were computed "
        "from the new numbers. They must be computed from the numbers that gave the result.",
        reads_after_update=True),
)}
# fmt: on


def find_algorithm(name: str) -> Algorithm:
    """Return the row of `ALGORITHMS` with that name. Raises ValueError if there is none."""
    if name not in list(ALGORITHMS):
        raise ValueError(errors.unknown_name("algorithm", name, ALGORITHMS))
    return ALGORITHMS[name]


# ------------------------------------------------------------------------------------------ events

Event = Forward | Seed | Backward | Done


def events(root: Value, algorithm: str = "right") -> Iterator[Event]:
    """Yield every event of forward and backward, in the order in which they happen.

    With the algorithm "right", and if all grads were 0 before, the grads equal those of
    `root.backward()` to the last bit; any other is one of `ALGORITHMS`, a mistake that people make.
    Raises ValueError for an unknown algorithm, and GraphError for a node that was made by hand,
    because its partials are unknown.

    >>> from micrograd import Value
    >>> a = Value(3.0, label="a")
    >>> for event in events(a + a):
    ...     if isinstance(event, Backward):
    ...         print(event.upstream, event.partial, event.before, event.after)
    1.0 1.0 0.0 1.0
    1.0 1.0 1.0 2.0
    """
    row = find_algorithm(algorithm)
    order = acyclic_order(root)
    for node in order:
        yield Forward(node, node.inputs, node.data)
    yield from backward_events(order, row)


def acyclic_order(root: Value, x: Value | None = None) -> list[Value]:
    """Return the nodes of the graph, each after its inputs, `root` last.

    Raises TypeError for a root that is not a node, and GraphError for a cycle, for more than two
    million nodes, or for an `x` that is not in the graph.
    """
    order = graph.topological_order(root)
    if len(order) > MOST_NODES:
        raise errors.GraphError(messages.too_large_a_graph(len(order), MOST_NODES))
    if x is not None and not any(node is x for node in order):
        raise errors.GraphError(messages.not_in_graph(x))
    refuse_cycles(order)
    return order


def refuse_cycles(order: Sequence[Value]) -> None:
    earlier: set[Value] = set()
    for node in order:
        for x in node.inputs:
            if x not in earlier:
                raise errors.GraphError(messages.cycle(node, x))
        earlier.add(node)


def backward_events(
    order: Sequence[Value], algorithm: Algorithm
) -> Iterator[Seed | Backward | Done]:
    """Yield the events of backward for a graph in its topological order."""
    root, grads = order[-1], dict.fromkeys(order, 0.0)
    slopes = Partials(data_after_update(order) if algorithm.reads_after_update else read_data)
    for _ in range(algorithm.passes):
        if algorithm.clears:
            grads.update({node: 0.0 for node in order if node.inputs})
        grads[root] = 1.0
        yield Seed(root, 1.0)
        for node, place in algorithm.order(order):
            x, upstream, partial = node.inputs[place], grads[node], slopes.of(node)[place]
            before, contribution = grads[x], partial * upstream
            grads[x] = algorithm.join(before, contribution)
            yield Backward(node, place, upstream, partial, contribution, before, grads[x])
    yield Done(root, grads)


class Partials:
    """The partials of each node, computed once, from the numbers that `read(node)` gives."""

    def __init__(self, read: Callable[[Value], float]):
        self.read = read
        self.computed: dict[Value, list[float]] = {}

    def of(self, node: Value) -> list[float]:
        if node not in self.computed:
            self.computed[node] = graph.partials(node, self.read)
        return self.computed[node]


def data_after_update(order: Sequence[Value]) -> Callable[[Value], float]:
    """Return a function that reads a node after an update moved the leaves, but not the results."""
    grads = grads_of(order)
    return lambda node: node.data if node.inputs else node.data - LEARNING_RATE * grads[node]


def grads_of(
    order: Sequence[Value], algorithm: Algorithm = ALGORITHMS["right"]
) -> dict[Value, float]:
    """Return {node: its grad}, as that algorithm computes them, for a graph in its order."""
    events = backward_events(order, algorithm)
    return next(event.grads for event in events if isinstance(event, Done))


def wrong_nodes(order: Sequence[Value], algorithm: Algorithm) -> list[Value]:
    """Return the nodes whose grad that algorithm gets wrong, in the order of the graph."""
    right = grads_of(order, Algorithm("right", passes=algorithm.passes))
    wrong = grads_of(order, algorithm)
    return [node for node in order if not same(right[node], wrong[node])]


def same(x: float, y: float) -> bool:
    """Return whether two numbers are equal; nan equals nan here."""
    return x == y or (x != x and y != y)
