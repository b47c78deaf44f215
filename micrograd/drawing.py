"""`draw`: the graph of a Value as a picture that shows itself in a notebook and can be saved.

Rule: here it is decided what is drawn, a part for each node, or for each module where there are
many; how it looks is svg.py's.
"""

from collections import Counter
from pathlib import Path

from micrograd import errors, files
from micrograd.picture import MOST_NODES, draw_dot, fold, grad_of, shown, trace
from micrograd.svg import Part, svg

CARD_TITLE = "the graph of {}: {:,} nodes"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; background: light-dark(#fff, #16181c); }}
main {{ overflow: auto; padding: 1rem; }}
</style>
</head>
<body>
<main>
{svg}
</main>
</body>
</html>
"""
WAYS = {".svg": "svg", ".png": "png", ".html": "html"}


class Picture:
    """A drawing: `.svg`, `.html` and `.png`, and `.save(path)` by the path's ending.

    A notebook shows it as it is.
    """

    def __init__(self, root, parts: list[Part], links: list[tuple[str, str]], rankdir: str):
        self.root, self.rankdir = root, rankdir
        self.title = CARD_TITLE.format(root.label or "a Value", len(trace(root)[0]))
        self.svg = svg(parts, links, self.title, rankdir)

    @property
    def html(self) -> str:
        """One page, to be opened from disk: nothing else is loaded."""
        from html import escape

        return PAGE.format(title=escape(self.title), svg=self.svg)

    @property
    def png(self) -> bytes:
        """Graphviz's picture of the same graph, of dots."""
        return draw_dot(self.root, rankdir=self.rankdir).pipe("png", quiet=True)

    def save(self, path) -> Path:
        """Write the file, whole or not at all; returns where it is.

        Raises ValueError for an ending that is none of .svg, .png and .html, and OSError where
        nothing can be written.
        """
        ending = Path(path).suffix.lower()
        if ending not in WAYS:
            raise ValueError(errors.unknown_format(Path(path).name, [w[1:] for w in WAYS]))
        return files.write(Path(path), getattr(self, WAYS[ending]))

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"image/svg+xml": self.svg, "text/plain": repr(self)}

    def __repr__(self):
        return f"<Picture of {self.title}>"


def draw(root, rankdir: str = "LR") -> Picture:
    """The graph below `root` as a `Picture`: a card for each Value, a disc for each op.

    A card says label, data and grad; a constant without a label is small. Blue and a plus mean a
    grad that is positive, orange, dashes and a minus a negative one. Of more than 500 nodes each
    card stands for the nodes of a module, if `label_all` has named its parameters, or of an op.
    `rankdir` is "LR" (left to right) or "TB" (top to bottom).

    >>> from micrograd import Value
    >>> draw(Value(2.0, label="a") * 3.0)
    <Picture of the graph of a Value: 3 nodes>
    """
    if rankdir not in ("LR", "TB"):
        raise ValueError(errors.unknown_rankdir(rankdir))
    nodes, edges = trace(root)
    parts = folded(nodes, edges) if len(nodes) > MOST_NODES else each(nodes)
    return Picture(root, *parts, rankdir)


def each(nodes: list) -> tuple[list[Part], list[tuple[str, str]]]:
    """A card for each node, and a disc for its op."""
    keys = {node: f"n{i}" for i, node in enumerate(nodes)}
    known = any(node.grad for node in nodes)
    parts, links = [], []
    for node, key in keys.items():
        parts.append(card(node, key, known))
        if node.inputs:
            parts.append(Part(f"{key}op", (("op", node._op),), f"op {node._op}", disc=True))
            links += [(keys[x], f"{key}op") for x in node.inputs]
            links.append((f"{key}op", key))
    return parts, links


def card(node, key: str, known: bool) -> Part:
    grad = grad_of(node, known)
    told = f"{node.label or node._op or 'a constant'}, data {shown(node.data)}"
    if not node.label and not node.inputs:
        return Part(key, (("", shown(node.data)),), f"{told}, {grad}")
    lines = [("label", node.label)] if node.label else []
    lines.append(("", f"data {shown(node.data)}"))
    sign = "plus" if node.grad > 0.0 else "minus" if node.grad < 0.0 else ""
    lines.append(("grad", {"plus": "\u25b2 ", "minus": "\u25bc "}.get(sign, "") + grad))
    return Part(key, tuple(lines), f"{told}, {grad}", sign)


def folded(nodes: list, edges: list) -> tuple[list[Part], list[tuple[str, str]]]:
    """A card for each group of nodes, and a link where one is used by another."""
    groups = fold(nodes)
    keys = {group: f"g{i}" for i, group in enumerate(dict.fromkeys(groups.values()))}
    parts = [
        Part(
            keys[group],
            (("label", group), ("", f"{count:,} nodes")),
            f"{group}: {count:,} nodes",
        )
        for group, count in Counter(groups.values()).items()
    ]
    between = dict.fromkeys((keys[groups[x]], keys[groups[node]]) for x, node in edges)
    return parts, [link for link in between if link[0] != link[1]]
