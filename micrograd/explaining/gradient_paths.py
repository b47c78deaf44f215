"""Every path from a result back to one Value, and what each contributes to its grad."""

import heapq
import math
from dataclasses import dataclass

from micrograd.engine import read_data
from micrograd.explaining.events import order_of
from micrograd.explaining.naming import names_of, shown
from micrograd.graph import partials
from micrograd.support import arguments

COUNTABLE = 10**15
MOST_PATHS = 20  # that are shown; of more, the largest


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
        raise ValueError(arguments.not_a_whole_number("most", 1, most))
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
