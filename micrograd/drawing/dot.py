"""`draw_dot`: graphs as Graphviz draws them.

Rule: a drawing shows what the nodes hold, and computes nothing. The functions that need Graphviz
import it themselves, because that takes long.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from micrograd.drawing import messages
from micrograd.drawing.folding import group_nodes, labelled_owner
from micrograd.drawing.text import MOST_NODES, clean, grad_text, trace
from micrograd.engine import Value
from micrograd.explaining import label_of
from micrograd.support.numbers import format_fixed

if TYPE_CHECKING:
    import graphviz

LARGE = 100  # nodes from which on a drawing need not be the best, but must take only seconds
FAST_LAYOUT = {"nslimit": "0.5", "nslimit1": "0.5", "mclimit": "0.3"}  # of Graphviz's searches


def draw_dot(root: Value, format: str = "svg", rankdir: str = "LR") -> graphviz.Digraph:
    """Return the graph below `root` as a `graphviz.Digraph`, which shows itself in a notebook.

    It has a box for each Value (label, data, grad) and a disc for each op. `format` is "svg",
    "png", ...; `rankdir` is "LR" (left to right) or "TB" (top to bottom); `.render("file")` writes
    a file. A graph of more than 500 nodes is folded: a box then stands for the nodes of a module,
    if `label_all` has named its parameters, or for those of an op. No Graphviz need be installed on
    the machine. Raises ValueError for another `format` or `rankdir`.

    >>> draw_dot(Value(2.0) * 3.0).source.count("->")
    3
    """
    if rankdir not in ("LR", "TB"):
        raise ValueError(messages.unknown_rankdir(rankdir))
    nodes, edges = trace(root)
    dot = digraph(format, rankdir)
    if len(nodes) > LARGE:
        dot.attr(**FAST_LAYOUT)
    if len(nodes) > MOST_NODES:
        draw_groups(dot, nodes, edges)
    else:
        draw_nodes(dot, nodes)
    return dot


def runs_here() -> bool:
    """Return whether Graphviz, which is a program, can run here: in a browser it cannot."""
    return sys.platform != "emscripten" and find_spec("graphviz") is not None


def digraph(format: str, rankdir: str) -> graphviz.Digraph:
    """Return an empty graph. If no `dot` is on the path, graphviz-pure takes its place.

    Raises ImportError, which says what to call instead, where Graphviz cannot run.
    """
    import shutil
    import sysconfig
    from pathlib import Path

    if not runs_here():
        raise ImportError(messages.no_graphviz())

    import graphviz
    from graphviz.backend import dot_command

    if format not in list(graphviz.FORMATS):
        raise ValueError(messages.unknown_dot_format(format, graphviz.FORMATS))

    if not shutil.which(dot_command.DOT_BINARY):
        pure = shutil.which("graphviz-pure", path=sysconfig.get_path("scripts"))
        dot_command.DOT_BINARY = Path(pure or "graphviz-pure")
    return graphviz.Digraph(format=format, graph_attr={"rankdir": rankdir})


def draw_nodes(dot: graphviz.Digraph, nodes: Sequence[Value]) -> None:
    """Add a box for each node, a disc for each op, and the edges between them."""
    names = {node: f"n{i}" for i, node in enumerate(nodes)}
    ran = any(node.grad for node in nodes)
    for node, name in names.items():
        dot.node(name, record_label(node, ran), shape="record")
        if node.inputs:
            dot.node(f"{name}op", literal(node._op), ordering="in")
            dot.edge(f"{name}op", name)
    for node, name in names.items():
        for x in node.inputs:
            dot.edge(names[x], f"{name}op")


def literal(text: str) -> str:
    """Return `text` as a label in which nothing is HTML and no backslash means anything."""
    import graphviz

    return graphviz.escape(plain(text))


def plain(text: str) -> str:
    """Return `text` as XML can hold it, and each `&` as the entity that Graphviz reads."""
    return clean(text).replace("&", "&amp;")


def record_label(node: Value, ran: bool) -> str:
    """Return the label of a box: "{ label | data | grad }"."""
    cells = [escape(label_of(node)), f"data {format_fixed(node.data)}", grad_text(node, ran)]
    return "{ " + " | ".join(cell for cell in cells if cell) + " }"


def escape(text: str) -> str:
    """Return `text` with a backslash before each character that means something in a record."""
    lines = plain(str(text)).splitlines() or [""]
    return r"\n".join("".join(f"\\{c}" if c in r"\{}|<>" else c for c in line) for line in lines)


def draw_groups(
    dot: graphviz.Digraph, nodes: Sequence[Value], edges: Sequence[tuple[Value, Value]]
) -> None:
    """Add a box for each group of nodes, and an edge with the number of edges between two."""
    groups = group_nodes(nodes)
    names = {group: f"g{i}" for i, group in enumerate(dict.fromkeys(groups.values()))}
    for group, count in Counter(groups.values()).items():
        dot.node(names[group], f"{{ {escape(group)} | {count:,} nodes }}", shape="record")
    between = Counter((groups[x], groups[node]) for x, node in edges)
    for (tail, head), count in between.items():
        if tail != head:
            dot.edge(names[tail], names[head], label=f"{count:,}")
    kinds = "module and op" if any(map(labelled_owner, nodes)) else "op"
    dot.attr(label=f"{len(nodes):,} nodes, more than {MOST_NODES}: folded by {kinds}")
