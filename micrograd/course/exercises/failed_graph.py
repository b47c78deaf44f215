"""The smallest graph that fails, as text: so it comes from the process of a learner's file.

Rule: the text is numbers and the signs of ops, and is read as if a stranger had written it. Any
other text is read as no graph.
"""

import re
from collections.abc import Iterable

from micrograd.course.exercises.graphs import Graph, Run

MOST_NODES = 60
MOST_CALLS = 500  # of a backward that goes along all paths; the order of more is left out
MOST_CHARACTERS = 6000
PARTS = 5
NUMBER = r"(?:-?(?:\d+(?:\.\d*)?(?:e[-+]?\d+)?|inf)|nan)"
NUMBERS = re.compile(rf"{NUMBER}( {NUMBER})*", re.ASCII)
OPERATION = re.compile(r"([-+*/]) (\d{1,3}) (\d{1,3})", re.ASCII)


def write_run(run: object) -> str:
    """Return the run as text; "" for another object, and for more than MOST_NODES nodes.

    >>> write_run(Run(Graph((2.0,), (("+", 0, 0),)), [1.0, 1.0], [1], 1.0))
    '2.0; + 0 0; 1.0 1.0; 1; 1.0'
    """
    if not isinstance(run, Run) or len(run.grads) > MOST_NODES:
        return ""
    calls = run.calls if len(run.calls) <= MOST_CALLS else []
    operations = [f"{symbol} {i} {j}" for symbol, i, j in run.graph.operations]
    parts = (
        write_numbers(run.graph.leaves),
        ", ".join(operations),
        write_numbers(run.grads),
        write_numbers(calls),
        repr(run.root_grad),
    )
    return "; ".join(parts)


def write_numbers(numbers: Iterable[float]) -> str:
    return " ".join(map(repr, numbers))


def read_run(text: str) -> Run | None:
    """Return the run that `write_run` wrote; None for any other text."""
    parts = text.split("; ")
    if len(text) > MOST_CHARACTERS or len(parts) != PARTS:
        return None
    graph = read_graph(parts[0], parts[1])
    grads, calls, root = map(read_numbers, parts[2:])
    is_damaged = len(root) != 1 or (parts[3] and not calls)
    if graph is None or is_damaged:
        return None
    nodes = range(len(graph.leaves) + len(graph.operations))
    if len(grads) != len(nodes) or not all(call in nodes for call in calls):
        return None
    return Run(graph, grads, list(map(int, calls)), root[0])


def read_graph(leaves: str, operations: str) -> Graph | None:
    """Return the graph; None unless it is of a usual size, and its root depends on all nodes."""
    data = read_numbers(leaves)
    steps = read_operations(operations, len(data))
    graph = Graph(tuple(data), tuple(steps))
    if not steps or len(data) + len(steps) > MOST_NODES:
        return None
    return graph if graph.without_unused() == graph else None


def read_numbers(part: str) -> list[float]:
    """Return the numbers in a part of the text; [] if it has anything else."""
    if not NUMBERS.fullmatch(part):
        return []
    return list(map(float, part.split(" ")))


def read_operations(part: str, leaves: int) -> list[tuple[str, int, int]]:
    """Return the operations in a part of the text; [] if one is malformed or uses a later node."""
    operations: list[tuple[str, int, int]] = []
    for text in part.split(", "):
        match = OPERATION.fullmatch(text)
        if not match:
            return []
        i, j = int(match[2]), int(match[3])
        if max(i, j) >= leaves + len(operations):
            return []
        operations.append((match[1], i, j))
    return operations
