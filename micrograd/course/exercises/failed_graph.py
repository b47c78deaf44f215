"""The smallest graph that fails, as text: so it comes from the process of a learner's file.

Rule: the text is numbers and the signs of ops, and is read as if a stranger had written it. A text
that is no graph of a usual size is none.
"""

import re

from micrograd.course.exercises.graphs import OPERATIONS, Graph, Run

MOST_NODES = 60
MOST_CALLS = 500  # of a backward that goes along all paths; the order of more is left out
MOST_CHARACTERS = 6000
NUMBER = r"(?:-?(?:\d+(?:\.\d*)?(?:e[-+]?\d+)?|inf)|nan)"
PART = re.compile(rf"{NUMBER}( {NUMBER})*", re.ASCII)
OPERATION = re.compile(r"([-+*/]) (\d{1,3}) (\d{1,3})", re.ASCII)


def write_run(run: object) -> str:
    """Return the run as text; "" if it is none, or one of a huge graph.

    >>> write_run(Run(Graph((2.0,), (("+", 0, 0),)), [1.0, 1.0], [1], 1.0))
    '2.0; + 0 0; 1.0 1.0; 1; 1.0'
    """
    if not isinstance(run, Run) or len(run.grads) > MOST_NODES:
        return ""
    operations = ", ".join(f"{symbol} {i} {j}" for symbol, i, j in run.graph.operations)
    calls = run.calls if len(run.calls) <= MOST_CALLS else []
    parts = (run.graph.leaves, run.grads, calls, [run.root_grad])
    leaves, grads, order, root = (" ".join(map(repr, part)) for part in parts)
    return "; ".join((leaves, operations, grads, order, root))


def read_run(text: str) -> Run | None:
    """Return the run that `write_run` wrote; None for any other text."""
    parts = text.split("; ") if len(text) <= MOST_CHARACTERS else []
    if len(parts) != 5:
        return None
    leaves, grads, calls, root = (read_numbers(parts[i]) for i in (0, 2, 3, 4))
    operations = read_operations(parts[1], len(leaves))
    count = len(leaves) + len(operations)
    if not (operations and 1 < count <= MOST_NODES and len(grads) == count and len(root) == 1):
        return None
    if not all(call in range(count) for call in calls):
        return None
    graph = Graph(tuple(leaves), tuple(operations))
    if graph.without_unused() != graph:
        return None
    return Run(graph, grads, [int(call) for call in calls], root[0])


def read_numbers(part: str) -> list[float]:
    """Return the numbers in a part of the text; [] if it has anything else."""
    return [float(word) for word in part.split(" ")] if PART.fullmatch(part) else []


def read_operations(part: str, leaves: int) -> list[tuple[str, int, int]]:
    """Return the operations in a part of the text, on nodes before them; [] if one is none."""
    operations: list[tuple[str, int, int]] = []
    for text in part.split(", "):
        match = OPERATION.fullmatch(text)
        if not match or match[1] not in OPERATIONS:
            return []
        i, j = int(match[2]), int(match[3])
        if max(i, j) >= leaves + len(operations):
            return []
        operations.append((match[1], i, j))
    return operations
