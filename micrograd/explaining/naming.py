"""What to call the nodes of a graph."""

from collections import Counter


def names_of(order: list) -> dict:
    """{node: what to call it}: its label, or "c1" for a leaf, "t1" for a result without one.

    No two are called the same: of nodes with one label the second is "w#2".
    """
    found, given, counts = {}, set(), Counter()
    labels = {"", *(printable(node.label) for node in order)}
    for node in order:
        name = label = printable(node.label)
        stem = f"{label}#" if label else "t" if node.inputs else "c"
        while name in given or (not label and name in labels):
            counts[stem] += 1
            name = f"{stem}{counts[stem] + bool(label)}"
        given.add(name)
        found[node] = name
    return found


def printable(label) -> str:
    """The label with what would move the cursor, or cannot be written, in Python's spelling."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(label))


def shown(number: float) -> str:
    """Six digits, and always a point: "-2.0", "0.333333", "1e-07"."""
    return str(float(f"{number:.6g}"))
