"""Pictures of graphs, of data and of training.

Rule: what is drawn is read from the nodes; nothing is computed, but where a decision boundary asks
the model. What is large, as graphviz and matplotlib are, is imported by the function that needs it.
"""

from collections import Counter
from itertools import chain

from micrograd import errors
from micrograd.graph import topological_order
from micrograd.support.figures import BLUE, ORANGE, blank
from micrograd.support.nest import parts

MOST_NODES = 500  # of more than these a picture shows nothing
LARGE = 100  # nodes from which a drawing is made in haste: not the best of all, but in seconds
HASTE = {"nslimit": "0.5", "nslimit1": "0.5", "mclimit": "0.3"}  # of Graphviz's searches
MOST_GROUPS = 12  # boxes for modules; more are a thicket


def trace(root) -> tuple[list, list]:
    """(nodes, edges) below `root`: nodes after their inputs, an edge (input, node) for each use."""
    if not hasattr(root, "inputs"):
        raise TypeError(errors.not_a_node(root))
    nodes = topological_order(root)
    return nodes, [(x, node) for node in nodes for x in node.inputs]


def draw_dot(root, format: str = "svg", rankdir: str = "LR"):
    """The graph below `root` as a `graphviz.Digraph`, which shows itself in a notebook.

    A box for each Value (label, data, grad), a disc for each op. `format` is "svg", "png", ...,
    `rankdir` "LR" (left to right) or "TB" (top to bottom). `.render("file")` writes it. A graph of
    more than 500 nodes is folded: a box then stands for the nodes of a module, if `label_all` has
    named its parameters, or for those of an op. Needs no Graphviz on the machine.
    """
    if rankdir not in ("LR", "TB"):
        raise ValueError(errors.unknown_rankdir(rankdir))
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


def fold(nodes) -> dict:
    """{node: its group}: the module that it belongs to, of a depth that leaves few, or its op."""
    owners = owners_of(nodes) if any(map(owner_of_label, nodes)) else dict.fromkeys(nodes, "")
    while len(set(owners.values())) > MOST_GROUPS:
        longest = max(owner.count(".") for owner in owners.values())
        shorter = {owner: shorten(owner, longest) for owner in set(owners.values())}
        owners = {node: shorter[owner] for node, owner in owners.items()}
    return {node: owner or op_group(node) for node, owner in owners.items()}


def owners_of(nodes) -> dict:
    """{node: the module it belongs to, "" for none}.

    What is computed with a parameter belongs to the parameter's module, and so does what is
    computed from one module's numbers alone. The rest, as a loss, belongs to none.
    """
    owners: dict = {}
    for node in nodes:
        found = [owners[x] for x in node.inputs]
        parameters = [owners[x] for x in node.inputs if not x.inputs and owners[x]]
        if not node.inputs:
            owners[node] = owner_of_label(node)
        elif parameters and len(parameters) < len(found):
            owners[node] = parameters[0]
        else:
            owners[node] = found[0] if len(set(found)) == 1 and not parameters else ""
    return owners


def op_group(node) -> str:
    """The op's mark, all powers being one; "leaves" for leaves."""
    mark = node._op
    return "**" if mark.startswith("**") else mark or "leaves"


def owner_of_label(node) -> str:
    """The module in a parameter's label: "model.layers.0" of "model.layers.0.w.1"."""
    path = node.label.split(".")
    if not all(part.isidentifier() or part.isdigit() for part in path):
        return ""
    while len(path) > 1 and path[-1].isdigit():
        path.pop()
    return ".".join(path[:-1])


def shorten(owner: str, longest: int) -> str:
    """The module around: "model.layers.0" of "model.layers.0.neurons.3"."""
    path = owner.split(".")
    if len(path) - 1 < longest:
        return owner
    path.pop()
    while len(path) > 1 and not path[-1].isdigit():
        path.pop()
    return ".".join(path)


# ------------------------------------------------------------------------------------ as text


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
    for key, part in parts(x):
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


# ------------------------------------------------------------------------- data and training


def draw_boundary(model, X, y, resolution: int = 60):
    """A matplotlib Figure: points of two classes (labels +1, -1) over what the model says where.

    The model is asked for its score at resolution x resolution places; the line is where it is 0.
    """
    import numpy

    points = numpy.asarray(X, dtype=float)
    left, low = points.min(axis=0) - 0.5
    right, high = points.max(axis=0) + 0.5
    across = numpy.linspace(left, right, resolution)
    up = numpy.linspace(low, high, resolution)
    scores = numpy.array([[float(model([a, b])) for a in across] for b in up])
    finite = scores[numpy.isfinite(scores)]
    limit = float(numpy.abs(finite).max(initial=0.0)) or 1.0
    scores = numpy.ma.masked_invalid(scores.clip(-limit, limit))  # a nan is left blank
    figure = blank(6, 5)
    axes = figure.add_subplot()
    axes.contourf(
        across, up, scores, levels=numpy.linspace(-limit, limit, 21), cmap="PuOr_r", alpha=0.7
    )
    if scores.min() < 0.0 < scores.max():
        axes.contour(across, up, scores, levels=[0.0], colors="black", linewidths=1.5)
    for sign, color, marker in ((1, ORANGE, "o"), (-1, BLUE, "s")):
        chosen = points[[label * sign > 0 for label in y]]
        axes.scatter(
            *chosen.T,
            c=color,
            marker=marker,
            s=30,
            edgecolors="white",
            linewidths=0.7,
            label=f"{sign:+d}",
        )
    axes.set(xlabel="x1", ylabel="x2", title="What the model says, and the data")
    axes.legend(title="label", loc="upper right")
    return figure
