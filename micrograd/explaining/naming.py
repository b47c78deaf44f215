"""Names for the nodes of a graph, so that a text can refer to each of them."""

from collections import Counter
from collections.abc import Sequence

from micrograd.engine import Value


def names_of(order: Sequence[Value]) -> dict[Value, str]:
    """Return {node: its name}: its label, else "c1" for a leaf and "t1" for a result.

    All names differ: the second of two nodes that share the label "w" is called "w#2".
    """
    names: dict[Value, str] = {}
    labels = {"", *(printable(label_of(node)) for node in order)}
    taken: set[str] = set()
    counts: Counter[str] = Counter()
    for node in order:
        name = label = printable(label_of(node))
        stem = stem_of(node, label)
        while name in taken or (not label and name in labels):
            counts[stem] += 1
            number = counts[stem] + 1 if label else counts[stem]
            name = f"{stem}{number}"
        taken.add(name)
        names[node] = name
    return names


def stem_of(node: Value, label: str) -> str:
    """Return what stands before the number in the name of a node: "w#", "t" or "c"."""
    if label:
        return f"{label}#"
    return "t" if node.inputs else "c"


def label_of(node: Value) -> str:
    """Return the label as text, whatever the user set as one; "" for None."""
    return "" if node.label is None else str(node.label)


def printable(label: str) -> str:
    """Return the label with Python's escapes for characters that cannot be printed."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in label)


def owner_of(path: str) -> str:
    """Return the module that a parameter belongs to, by its path; "" for none.

    >>> owner_of("layers.0.neurons.3.w.1"), owner_of("b")
    ('layers.0.neurons.3', '')
    """
    names = path.split(".")
    while len(names) > 1 and names[-1].isdigit():
        names.pop()
    return ".".join(names[:-1])
