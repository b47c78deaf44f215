"""Graphs as text, and the labels of their nodes."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from micrograd.drawing import messages
from micrograd.drawing.lookalikes import as_graph
from micrograd.engine import Value
from micrograd.explaining import label_of
from micrograd.graph import topological_order
from micrograd.support.nest import children
from micrograd.support.numbers import format_fixed

MOST_NODES = 500  # that `tree` and `draw_dot` show one by one
# From wide to narrow: every how many characters of the lines of a tree are kept, and whether a grad
# stands below its data.
FORMS = ((1, False), (2, False), (2, True), (4, True))


def trace(root: Value) -> tuple[list[Value], list[tuple[Value, Value]]]:
    """Return (nodes, edges) of the graph below `root`.

    Nodes come after their inputs; there is an edge (input, node) for each use of an input. Raises
    TypeError if `root` is not a node.

    >>> a = Value(2.0)
    >>> nodes, edges = trace(a * a)
    >>> len(nodes), len(edges)
    (2, 2)
    """
    nodes = topological_order(as_graph(root))
    return nodes, [(x, node) for node in nodes for x in node.inputs]


def clean(text: str) -> str:
    """Return the text with a replacement for each character that XML cannot hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


def label_all(names: Mapping[str, Any]) -> None:
    """Label Values after the variables that hold them: `label_all(locals())`.

    It also labels those in lists and dicts ("x[0]") and the parameters of modules
    ("model.layers.0.b"). A Value that has a label keeps it, and names that begin with an underscore
    are skipped. Raises TypeError for anything but the names of variables with what they hold.

    >>> row = [Value(1.0), Value(2.0)]
    >>> label_all({"row": row})
    >>> row[1].label
    'row[1]'
    """
    if not isinstance(names, Mapping):
        raise TypeError(messages.not_variables(names))
    for name, x in names.items():
        if not str(name).startswith("_"):
            for label, value in values_in(str(name), x):
                value.label = value.label or label


def values_in(name: str, x: Any) -> Iterator[tuple[str, Value]]:
    """Yield (label, Value) for every Value in what the variable `name` holds."""
    if isinstance(x, type):
        return
    if hasattr(x, "named_parameters"):
        yield from ((f"{name}.{path}", value) for path, value in x.named_parameters())
    elif hasattr(x, "inputs") and hasattr(x, "grad"):
        yield name, x
    for key, part in children(x):
        yield from values_in(f"{name}[{key}]", part)


def tree(root: Value, columns: int | None = None) -> str:
    """Return the graph below `root` as text: each node's inputs stand, indented, under it.

    A node that is used more than once is written once, and its number stands for it afterwards. If
    there are more than 500 lines, the first 500 are shown. Given `columns`, a tree that is wider is
    drawn more narrowly. A graph of another engine, with the lecture's `_prev` and `_op`, is shown
    as well, here and by `draw`.

    >>> from micrograd import Value
    >>> x = Value(3.0, label="x")
    >>> print(tree(x * x + 1))
    + data 10.0000  backward not run
    ├── * data 9.0000  backward not run
    │   ├── x data 3.0000  backward not run  #1
    │   └── x #1
    └── data 1.0000  backward not run
    >>> print(tree(x * x, columns=30))
    * data 9.0000
    │ backward not run
    ├─x data 3.0000  #1
    │   backward not run
    └─x #1
    """
    root = as_graph(root)
    nodes = topological_order(root)
    writer = TreeWriter(nodes)
    waiting = [(root, "", "")]
    while waiting and len(writer.lines) < MOST_NODES:
        node, lead, below = waiting.pop()
        if writer.write(node, lead, below):
            waiting.extend(reversed(branches(node, below)))
    text = arrange(writer.lines, columns)
    return f"{text}\n... {len(nodes):,} nodes in all" if waiting else text


@dataclass(frozen=True)
class Line:
    """A line of a tree: what stands before it, and before a second line of its own."""

    lead: str
    below: str
    text: str
    grad: str = ""
    mark: str = ""

    def arrange(self, step: int, splits: bool) -> str:
        """Return the line in one of the FORMS."""
        head = self.lead[::step] + self.text
        if splits and self.grad:
            return f"{head}{self.mark}\n{self.below[::step]}{self.grad}"
        return f"{head}  {self.grad}{self.mark}".rstrip()


def arrange(lines: list[Line], columns: int | None) -> str:
    """Return the lines in the first form that fits into the columns, or else in the narrowest."""
    text = ""
    for step, splits in FORMS:
        text = "\n".join(line.arrange(step, splits) for line in lines)
        if columns is None or max(map(len, text.split("\n"))) <= columns:
            break
    return text


class TreeWriter:
    """Writes one line for each use of a node, and the whole node only for its first use."""

    def __init__(self, nodes: list[Value]):
        self.ran = any(node.grad for node in nodes)  # backward()
        self.uses = Counter(chain.from_iterable(node.inputs for node in nodes))
        self.numbers: dict[Value, int] = {}  # of the nodes that are used more than once
        self.lines: list[Line] = []

    def write(self, node: Value, lead: str, below: str) -> bool:
        """Add the line of a node behind `lead`; return whether its inputs follow."""
        if node in self.numbers:
            self.lines.append(Line(lead, below, f"{title(node)} #{self.numbers[node]}".lstrip()))
            return False
        mark = ""
        if self.uses[node] > 1:
            self.numbers[node] = len(self.numbers) + 1
            mark = f"  #{self.numbers[node]}"
        text = f"{title(node)} data {format_fixed(node.data)}".lstrip()
        inside = below + ("│   " if node.inputs else "    ")
        self.lines.append(Line(lead, inside, text, grad_text(node, self.ran), mark))
        return True


def title(node: Value) -> str:
    return " ".join(filter(None, (label_of(node), node._op)))


def grad_text(node: Value, ran: bool) -> str:
    """Return the grad as text; `ran` says whether backward() has been run."""
    return f"grad {format_fixed(node.grad)}" if ran else "backward not run"


def branches(node: Value, below: str) -> list[tuple[Value, str, str]]:
    """Return for each input: (it, what stands before it, what stands before its own inputs)."""
    leads = [("├── ", "│   ")] * (len(node.inputs) - 1) + [("└── ", "    ")]
    return [(x, below + lead, below + rest) for x, (lead, rest) in zip(node.inputs, leads)]
