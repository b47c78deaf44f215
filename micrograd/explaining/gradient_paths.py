"""Every path from a result back to one Value, and what each path contributes to its grad.

Rule: paths are counted and summed node by node, so that a graph with astronomically many of them
takes no longer than one pass over its nodes; only the largest are written out.
"""

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass

from micrograd.engine import Value, read_data
from micrograd.explaining.events import acyclic_order
from micrograd.explaining.naming import names_of
from micrograd.graph import dependents, partials
from micrograd.support import arguments
from micrograd.support.numbers import format_float
from micrograd.support.text_result import TextResult

COUNTABLE = 10**15  # a number of paths from which on only its size is shown
MOST_PATHS = 20  # that are returned; if there are more, the largest


@dataclass(frozen=True, repr=False)
class Path(TextResult):
    """The nodes from the input to the result, the partial of each edge, and their product."""

    nodes: tuple[str, ...]
    partials: tuple[float, ...]
    product: float

    def __str__(self) -> str:
        factors = " * ".join(map(format_float, self.partials)) or "1.0"
        return f"{' -> '.join(self.nodes)}:  {factors} = {format_float(self.product)}"


@dataclass(frozen=True, repr=False)
class Paths(TextResult):
    """The paths from one Value to another, the largest products first. Print it to read it."""

    count: int
    paths: tuple[Path, ...]
    total: float  # the sum over all paths, also those that are not among `paths`

    def __str__(self) -> str:
        head = self.count_in_words()
        if self.count > len(self.paths):
            head += f", of which the {len(self.paths)} with the largest products are"
        total = f"the sum of all paths: {format_float(self.total)}"
        return "\n".join([f"{head}:", *map(str, self.paths), total])

    def count_in_words(self) -> str:
        if self.count >= COUNTABLE:
            return f"about 10**{math.log10(self.count):.0f} paths"
        return "1 path" if self.count == 1 else f"{self.count:,} paths"


def paths(y: Value, x: Value, most: int = MOST_PATHS) -> Paths:
    """Return the paths from `x` to `y`: the grad of x is the sum of the products along them.

    There may be very many. They are counted exactly, and the `most` paths with the largest products
    are returned. Raises GraphError for an x that is not in the graph, and ValueError for a `most`
    below 1.

    >>> from micrograd import Value
    >>> a = Value(3.0, label="a")
    >>> print(paths(a * a + a, a))
    3 paths:
    a -> t1 -> t2:  3.0 * 1.0 = 3.0
    a -> t1 -> t2:  3.0 * 1.0 = 3.0
    a -> t2:  1.0 = 1.0
    the sum of all paths: 7.0
    """
    if not isinstance(most, int) or most < 1:
        raise ValueError(arguments.not_a_whole_number("most", 1, most))
    order = acyclic_order(y, x)
    names = names_of(order)
    reached = {x: BestPaths(1, 1.0, [(1.0, None)])}
    for node in dependents(order, [x]):
        best = best_paths(node, reached, most)
        if best.count:
            reached[node] = best
    if y not in reached:
        return Paths(0, (), 0.0)
    largest = [Path(*unwind(edge, x, names), product) for product, edge in reached[y].largest]
    return Paths(reached[y].count, tuple(largest), reached[y].total)


@dataclass(frozen=True)
class PathEdge:
    """The last edge of a path: it enters `node`; `previous` is the edge before it."""

    node: Value
    partial: float
    previous: "PathEdge | None"


@dataclass(frozen=True)
class BestPaths:
    """How many paths lead to a node, the sum of their products, and (product, last edge) of some.

    The last edge is None for the path of length 0, which starts and ends at the input.
    """

    count: int
    total: float
    largest: list[tuple[float, PathEdge | None]]


def best_paths(node: Value, reached: Mapping[Value, BestPaths], most: int) -> BestPaths:
    """Return the paths to `node`, from the paths to those of its inputs that are reached."""
    count = 0
    totals: list[float] = []
    candidates: list[tuple[float, PathEdge | None]] = []
    for x, partial in zip(node.inputs, partials(node, read_data)):
        if x in reached and partial is not None:
            before = reached[x]
            count += before.count
            totals.append(before.total * partial)
            for product, edge in before.largest:
                candidates.append((product * partial, PathEdge(node, partial, edge)))
    return BestPaths(count, sum(totals), heapq.nlargest(most, candidates, key=magnitude))


def magnitude(candidate: tuple[float, PathEdge | None]) -> float:
    """Return how large the product of a path is; nan counts as the largest."""
    product = candidate[0]
    return math.inf if math.isnan(product) else abs(product)


def unwind(
    edge: PathEdge | None, x: Value, names: Mapping[Value, str]
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Return the names of the nodes and the partials along a path, from the input `x` on."""
    nodes: list[str] = []
    factors: list[float] = []
    while edge:
        nodes.append(names[edge.node])
        factors.append(edge.partial)
        edge = edge.previous
    nodes.append(names[x])
    return tuple(reversed(nodes)), tuple(reversed(factors))
