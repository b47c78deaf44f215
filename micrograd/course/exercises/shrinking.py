"""Shrinking: the smallest graph that still fails.

Rule: a step makes the graph smaller, or its numbers rounder, and is taken if the graph still fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from micrograd.course.exercises.graphs import Graph, with_leaf

ROUND = (2.0, 3.0, 5.0, -1.0)  # data of leaves that is read easily; 1 hides factors


def shrink(graph: Graph, fails: Callable[[Graph], bool]) -> Graph:
    """Return a graph that fails, and of which no smaller neighbour does.

    >>> big = Graph((0.7, 0.2), (("+", 0, 1), ("*", 2, 0), ("+", 3, 2)))
    >>> print(shrink(big, lambda graph: any(op == "*" for op, _, _ in graph.operations)))
    b = a * a with a = 2
    """
    rounded = round_numbers(graph)
    if fails(rounded):
        graph = rounded
    while True:
        failing = (one for one in smaller_graphs(graph) if fails(one))
        smaller = next(failing, None)
        if smaller is None:
            return easy_numbers(graph, fails)
        graph = smaller


def smaller_graphs(graph: Graph) -> Iterator[Graph]:
    """Yield the graphs with fewer operations: another root, or a node replaced by an input."""
    first, operations = len(graph.leaves), graph.operations
    for count in range(1, len(operations)):
        beginning = operations[:count]
        yield replace(graph, operations=beginning).without_unused()
    for k, (_, *inputs) in enumerate(operations[:-1]):
        for one in inputs:
            yield without(graph, first + k, one)
    for k in range(len(operations)):
        for leaf in range(first):
            for place in (1, 2):
                yield from with_input(graph, k, place, leaf)


def with_input(graph: Graph, k: int, place: int, leaf: int) -> Iterator[Graph]:
    """Yield the graph whose operation number k takes a leaf there, if that makes it smaller."""
    symbol, i, j = graph.operations[k]
    changed = (symbol, leaf, j) if place == 1 else (symbol, i, leaf)
    before, behind = graph.operations[:k], graph.operations[k + 1 :]
    operations = (*before, changed, *behind)
    fewer = replace(graph, operations=operations).without_unused()
    if size(fewer) < size(graph):
        yield fewer


def size(graph: Graph) -> int:
    return len(graph.leaves) + len(graph.operations)


def without(graph: Graph, node: int, instead: int) -> Graph:
    """Return the graph in which users of a node use one of its inputs."""
    operations = []
    for symbol, i, j in graph.operations:
        first = instead if i == node else i
        second = instead if j == node else j
        operations.append((symbol, first, second))
    return replace(graph, operations=tuple(operations)).without_unused()


def round_numbers(graph: Graph) -> Graph:
    """Return the graph with 2, 3, 5, ... as data."""
    count = len(graph.leaves)
    leaves = [ROUND[i % len(ROUND)] for i in range(count)]
    return replace(graph, leaves=tuple(leaves))


def easy_numbers(graph: Graph, fails: Callable[[Graph], bool]) -> Graph:
    """Return the graph with rounder data, where it still fails with that."""
    for i in range(len(graph.leaves)):
        own = ROUND[i % len(ROUND)]
        choices = (with_leaf(graph, i, x) for x in (own, *ROUND))
        failing = (one for one in choices if fails(one))
        graph = next(failing, graph)
    return graph
