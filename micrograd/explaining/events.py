"""Forward and backward as a stream of plain events, and the same with the mistakes people make.

Rule: an event is data, and a wrong algorithm is a row of a table. No Value is changed, and nothing
is drawn or told here: whoever does that reads the events.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from operator import add, attrgetter

from micrograd import errors, graph
from micrograd.explaining import messages
from micrograd.graph import topological_order

MOST_EDGES = 100_000  # of the recursive algorithm: the number of paths can be astronomic
MOST_READ = 2_000_000  # nodes of a graph that is drawn or told
LATE = 0.1  # learning rate of the update that `closure_bug` reads the numbers after

read_data = attrgetter("data")


@dataclass(frozen=True)
class Forward:
    """A node was computed from its inputs; a leaf was given."""

    node: object
    inputs: tuple
    value: float


@dataclass(frozen=True)
class Seed:
    """d result / d result."""

    node: object
    grad: float


@dataclass(frozen=True)
class Backward:
    """An edge: `node` owes its input number `place` the contribution upstream * partial.

    The grad of the input was `before` and is `after`.
    """

    node: object
    place: int
    upstream: float
    partial: float
    contribution: float
    before: float
    after: float

    @property
    def input(self):
        return self.node.inputs[self.place]


@dataclass(frozen=True)
class Done:
    """All grads are there: {node: grad}."""

    node: object
    grads: dict = field(repr=False)


# ------------------------------------------------------------------ orders, of edges (node, place)


def edges_of(node) -> Iterator[tuple]:
    return ((node, place) for place in range(len(node.inputs)))


def backwards(root) -> Iterator[tuple]:
    """A node after all that use it."""
    return chain.from_iterable(map(edges_of, reversed(topological_order(root))))


def along_paths(root) -> Iterator[tuple]:
    """Every path by itself: what a node receives, it passes on at once."""
    waiting = [edges_of(root)]
    for _ in range(MOST_EDGES):
        while waiting and (edge := next(waiting[-1], None)) is None:
            waiting.pop()
        if not waiting:
            return
        yield edge
        node, place = edge
        waiting.append(edges_of(node.inputs[place]))
    raise errors.GraphError(messages.too_many_paths(MOST_EDGES))


def by_distance(root) -> Iterator[tuple]:
    """The nodes nearest to the root first."""
    seen, order = {root}, [root]
    for node in order:
        for x in node.inputs:
            if x not in seen:
                seen.add(x)
                order.append(x)
    return chain.from_iterable(map(edges_of, order))


# -------------------------------------------------------------------------------------- algorithms


@dataclass(frozen=True)
class Algorithm:
    """How grads are made: in which order, how a contribution joins what is there."""

    name: str
    misconception: str = ""
    order: Callable = backwards
    join: Callable[[float, float], float] = add
    passes: int = 1  # how often backward() is called
    clears: bool = True  # whether the grads of nodes in between are set to 0 before each
    sign: str = "+="  # how the join is written
    late: bool = False  # whether partials read the numbers after an update


def replace(before: float, contribution: float) -> float:
    return contribution


def take_away(before: float, contribution: float) -> float:
    return before - contribution


# fmt: off
ALGORITHMS = {row.name: row for row in (
    Algorithm("right"),
    Algorithm("assign",
        "`=` in place of `+=`: where a node is used twice, the second use erases the first.",
        join=replace, sign="="),
    Algorithm("recursive",
        "Each node passes its grad on as soon as anything arrives, so what arrived first is passed "
        "on again with what comes later: a node must wait until all that use it have had their "
        "turn.",
        order=along_paths),
    Algorithm("wrong_order",
        "Nodes take their turns by their distance from the result, so one that is near by one path "
        "and far by another passes on a grad that is not complete: the order must be topological.",
        order=by_distance),
    Algorithm("no_zero",
        "backward() was called twice and the grads in between were not set to 0: what they held "
        "from the first pass is passed on once more.",
        passes=2, clears=False),
    Algorithm("wrong_sign",
        "The minus belongs to the update, p.data -= lr * p.grad, not to the chain rule: a grad "
        "points uphill.",
        join=take_away, sign="-="),
    Algorithm("closure_bug",
        "The parameters were moved between forward and backward, and the partials read the new "
        "numbers: a partial is taken at the numbers that the result was computed from.",
        late=True),
)}
# fmt: on


# ------------------------------------------------------------------------------------------ events


def events(root, algorithm: str = "right") -> Iterator[Forward | Seed | Backward | Done]:
    """Every event of forward and of backward, in the order in which they happen.

    With the algorithm "right" the grads are those of `root.backward()`, to the last bit, where all
    were 0 before; any other is one of `ALGORITHMS`, each a mistake that people make. Raises
    GraphError for a node that was made by hand, whose partials nobody knows.

    >>> from micrograd import Value
    >>> a = Value(3.0, label="a")
    >>> for event in events(a + a):
    ...     if isinstance(event, Backward):
    ...         print(event.upstream, event.partial, event.before, event.after)
    1.0 1.0 0.0 1.0
    1.0 1.0 1.0 2.0
    """
    row = algorithm_called(algorithm)
    for node in order_of(root):
        yield Forward(node, node.inputs, node.data)
    yield from backward_events(root, row)


def algorithm_called(name: str) -> Algorithm:
    """The row of that name. ValueError if there is none."""
    if name not in ALGORITHMS:
        raise ValueError(errors.unknown_name("algorithm", name, ALGORITHMS))
    return ALGORITHMS[name]


def order_of(root, x=None) -> list:
    """The nodes of the graph, each after its inputs.

    Raises TypeError for a root that is no node, GraphError if a node is among what it was computed
    from, if there are more than two million nodes, or if there is an `x` that is not among them.
    """
    if not hasattr(root, "inputs"):
        raise TypeError(errors.not_a_node(root))
    order = topological_order(root)
    if len(order) > MOST_READ:
        raise errors.GraphError(messages.too_large_a_graph(len(order), MOST_READ))
    if x is not None and not any(node is x for node in order):
        raise errors.GraphError(messages.not_in_graph(x))
    place = {node: i for i, node in enumerate(order)}
    for node in order:
        for x in node.inputs:
            if place[x] >= place[node]:
                raise errors.GraphError(messages.cycle(node, x))
    return order


def backward_events(root, algorithm: Algorithm) -> Iterator[Seed | Backward | Done]:
    grads = dict.fromkeys(topological_order(root), 0.0)
    partials = Partials(late_data(root) if algorithm.late else read_data)
    for _ in range(algorithm.passes):
        if algorithm.clears:
            grads.update({node: 0.0 for node in grads if node.inputs})
        grads[root] = 1.0
        yield Seed(root, 1.0)
        for node, place in algorithm.order(root):
            x, upstream, partial = node.inputs[place], grads[node], partials.of(node)[place]
            before, contribution = grads[x], partial * upstream
            grads[x] = algorithm.join(before, contribution)
            yield Backward(node, place, upstream, partial, contribution, before, grads[x])
    yield Done(root, grads)


class Partials:
    """Those of each node, computed once, from `read(node)`."""

    def __init__(self, read: Callable):
        self.read, self.known = read, {}

    def of(self, node) -> list[float]:
        if node not in self.known:
            self.known[node] = graph.partials(node, self.read)
        return self.known[node]


def late_data(root) -> Callable:
    """What partials read that come after an update: leaves have moved, results have not."""
    grads = grads_of(root)
    return lambda node: node.data if node.inputs else node.data - LATE * grads[node]


def grads_of(root, algorithm: Algorithm = ALGORITHMS["right"]) -> dict:
    """{node: its grad}, by that algorithm."""
    *_, done = backward_events(root, algorithm)
    return done.grads


def wrong_nodes(root, algorithm: str) -> list:
    """The nodes whose grad that algorithm gets wrong, in the order of the graph."""
    row = algorithm_called(algorithm)
    right = grads_of(root, Algorithm("right", passes=row.passes))
    wrong = grads_of(root, row)
    return [node for node in right if not same(right[node], wrong[node])]


def same(x: float, y: float) -> bool:
    return x == y or (x != x and y != y)
