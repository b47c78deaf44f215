"""Graphs as text, and the labels of their nodes."""

from collections import Counter
from itertools import chain

from micrograd import errors
from micrograd.graph import topological_order
from micrograd.support.nest import children

MOST_NODES = 500  # of more than these a picture shows nothing


def trace(root) -> tuple[list, list]:
    """(nodes, edges) below `root`: nodes after their inputs, an edge (input, node) for each use."""
    if not hasattr(root, "inputs"):
        raise TypeError(errors.not_a_node(root))
    nodes = topological_order(root)
    return nodes, [(x, node) for node in nodes for x in node.inputs]


def label_all(names: dict) -> None:
    """Label Values after the variables that hold them: `label_all(locals())`.

    Also those in lists and dicts ("x[0]") and the parameters of modules ("model.layers.0.b"). A
    Value that has a label keeps it.
    """
    for name, x in names.items():
        if not name.startswith("_"):
            for label, value in values_in(name, x):
                value.label = value.label or label


def values_in(name: str, x):
    """(what to call it, Value) for every Value in what the variable `name` holds."""
    if isinstance(x, type):
        return
    if hasattr(x, "named_parameters"):
        yield from ((f"{name}.{path}", value) for path, value in x.named_parameters())
    elif hasattr(x, "inputs") and hasattr(x, "grad"):
        yield name, x
    for key, part in children(x):
        yield from values_in(f"{name}[{key}]", part)


def tree(root) -> str:
    """The graph below `root` as text: each node's inputs stand, indented, under it.

    A node that is used twice is shown once, and then referred to by its number. Of more than 500
    nodes the first 500 are shown.

    >>> from micrograd import Value
    >>> x = Value(3.0, label="x")
    >>> print(tree(x * x + 1))
    + data 10.0000  backward not run
    ├── * data 9.0000  backward not run
    │   ├── x data 3.0000  backward not run  #1
    │   └── x #1
    └── data 1.0000  backward not run
    """
    nodes = topological_order(root)
    known = any(node.grad for node in nodes)
    uses = Counter(chain.from_iterable(node.inputs for node in nodes))
    numbers: dict = {}  # of the nodes that are used more than once, as they are met
    lines: list[str] = []
    waiting = [(root, "", "")]
    while waiting and len(lines) < MOST_NODES:
        node, lead, below = waiting.pop()
        if node in numbers:
            lines.append(f"{lead}{title(node)} #{numbers[node]}".rstrip())
            continue
        if uses[node] > 1:
            numbers[node] = len(numbers) + 1
        mark = f"  #{numbers[node]}" if node in numbers else ""
        text = f"{title(node)} data {shown(node.data)}  {grad_of(node, known)}{mark}"
        lines.append(lead + text.lstrip())
        waiting.extend(reversed(branches(node, below)))
    if waiting:
        lines.append(f"... {len(nodes):,} nodes in all")
    return "\n".join(lines)


def title(node) -> str:
    return " ".join(filter(None, (node.label, node._op)))


def grad_of(node, known: bool) -> str:
    return f"grad {shown(node.grad)}" if known else "backward not run"


def shown(number: float) -> str:
    """Four places after the point, as in the lecture; a large number in scientific notation."""
    return f"{number:.4f}" if abs(number) < 1e6 else f"{number:.4e}"


def branches(node, below: str) -> list[tuple]:
    """(input, what stands before it, what stands before its own inputs), for each input."""
    found = []
    for i, x in enumerate(node.inputs, 1):
        lead, rest = ("└── ", "    ") if i == len(node.inputs) else ("├── ", "│   ")
        found.append((x, below + lead, below + rest))
    return found
