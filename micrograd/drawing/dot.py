"""Pictures of graphs, of data and of training.

Rule: what is drawn is read from the nodes; nothing is computed, but where a decision boundary asks
the model. What is large, as graphviz and matplotlib are, is imported by the function that needs it.
"""

from collections import Counter

from micrograd.drawing import messages
from micrograd.drawing.folding import fold, owner_of_label
from micrograd.drawing.text import MOST_NODES, grad_of, shown, trace

LARGE = 100  # nodes from which a drawing is made in haste: not the best of all, but in seconds
HASTE = {"nslimit": "0.5", "nslimit1": "0.5", "mclimit": "0.3"}  # of Graphviz's searches


def draw_dot(root, format: str = "svg", rankdir: str = "LR"):
    """The graph below `root` as a `graphviz.Digraph`, which shows itself in a notebook.

    A box for each Value (label, data, grad), a disc for each op. `format` is "svg", "png", ...,
    `rankdir` "LR" (left to right) or "TB" (top to bottom). `.render("file")` writes it. A graph of
    more than 500 nodes is folded: a box then stands for the nodes of a module, if `label_all` has
    named its parameters, or for those of an op. Needs no Graphviz on the machine.
    """
    if rankdir not in ("LR", "TB"):
        raise ValueError(messages.unknown_rankdir(rankdir))
    nodes, edges = trace(root)
    dot = digraph(format, rankdir)
    if len(nodes) > LARGE:
        dot.attr(**HASTE)
    if len(nodes) > MOST_NODES:
        draw_folded(dot, nodes, edges)
    else:
        draw_nodes(dot, nodes)
    return dot


def digraph(format: str, rankdir: str):
    """An empty graph. Where there is no `dot` on the path, graphviz-pure takes its place."""
    import shutil
    import sysconfig
    from pathlib import Path

    import graphviz
    from graphviz.backend import dot_command

    if not shutil.which(dot_command.DOT_BINARY):
        pure = shutil.which("graphviz-pure", path=sysconfig.get_path("scripts"))
        dot_command.DOT_BINARY = Path(pure or "graphviz-pure")
    return graphviz.Digraph(format=format, graph_attr={"rankdir": rankdir})


def draw_nodes(dot, nodes) -> None:
    names = {node: f"n{i}" for i, node in enumerate(nodes)}
    known = any(node.grad for node in nodes)
    for node, name in names.items():
        dot.node(name, card(node, known), shape="record")
        if node.inputs:
            dot.node(f"{name}op", plain(node._op), ordering="in")
            dot.edge(f"{name}op", name)
    for node, name in names.items():
        for x in node.inputs:
            dot.edge(names[x], f"{name}op")


def plain(text: str) -> str:
    """`text` as a label in which nothing is HTML and no backslash means anything."""
    import graphviz

    return graphviz.escape(text)


def card(node, known: bool) -> str:
    """The label of a record: "{ label | data | grad }"."""
    cells = [escape(node.label), f"data {shown(node.data)}", grad_of(node, known)]
    return "{ " + " | ".join(cell for cell in cells if cell) + " }"


def escape(text: str) -> str:
    """`text` with a backslash before what means something in a record's label."""
    lines = str(text).splitlines() or [""]
    return r"\n".join("".join(f"\\{c}" if c in r"\{}|<>" else c for c in line) for line in lines)


# ----------------------------------------------------------------------------------- folding


def draw_folded(dot, nodes, edges) -> None:
    groups = fold(nodes)
    names = {group: f"g{i}" for i, group in enumerate(dict.fromkeys(groups.values()))}
    for group, count in Counter(groups.values()).items():
        dot.node(names[group], f"{{ {escape(group)} | {count:,} nodes }}", shape="record")
    between = Counter((groups[x], groups[node]) for x, node in edges)
    for (a, b), count in between.items():
        if a != b:
            dot.edge(names[a], names[b], label=f"{count:,}")
    what = "module and op" if any(map(owner_of_label, nodes)) else "op"
    dot.attr(label=f"{len(nodes):,} nodes, more than {MOST_NODES}: folded by {what}")


# ------------------------------------------------------------------------------------ as text


# ------------------------------------------------------------------------- data and training
