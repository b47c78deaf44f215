"""`draw`: the graph of a Value as a picture that shows itself in a notebook and can be saved.

Rule: here it is decided what is drawn, a part for each node, or for each module where there are
many; how it looks is svg.py's.
"""

import functools
import re
from collections import Counter
from html import escape
from pathlib import Path

from micrograd import errors
from micrograd.drawing import messages
from micrograd.drawing.dot import draw_dot
from micrograd.drawing.folding import fold
from micrograd.drawing.module_details import Inside, counts, insides
from micrograd.drawing.player.page import page, still
from micrograd.drawing.svg import Part, svg
from micrograd.drawing.text import grad_of, shown
from micrograd.explaining import checked_order, names_of
from micrograd.support import files
from micrograd.support.extras import missing_extra

CARD_TITLE = "the graph of {}: {:,} nodes"
FRAME = (
    '<iframe srcdoc="{}" sandbox="allow-scripts" title="the graph" width="100%" height="{}" '
    'frameborder="0"></iframe>'
)
AROUND = 520  # pixels, of the controls below the picture
MOST_PLAYED = 1200  # nodes that have a card each
WAYS = {".svg": "svg", ".png": "png", ".html": "html"}


class Picture:
    """A drawing: `.svg`, `.html` and `.png`, and `.save(path)` by the path's ending.

    A notebook shows its page.
    """

    def __init__(self, root, rankdir: str = "LR"):
        self.root, self.rankdir = root, rankdir
        self.nodes = checked_order(root)
        self.folded = len(self.nodes) > MOST_PLAYED
        self.title = CARD_TITLE.format(root.label or "a Value", len(self.nodes))
        drawn = folded(self.nodes) if self.folded else each(self.nodes)
        self.svg = svg(*drawn, self.title, rankdir)

    @functools.cached_property
    def html(self) -> str:
        """One page, to be opened from disk: nothing else is loaded.

        It plays forward and backward step by step, takes other numbers for the leaves, shows what
        usual mistakes do, and asks. Where cards are modules it is a still, with what is in them
        below.
        """
        if self.folded:
            why = messages.too_large_to_play(len(self.nodes), MOST_PLAYED)
            return still(self.svg, self.title, why, unfolded(self.nodes, self.rankdir))
        return page(self.played, self.title, self.root)

    def widget(self):
        """The page as a widget: a leaf that is moved there is moved in Python, and all with it.

        After a change in Python, `refresh()` shows it. Without anywidget, the picture itself, which
        plays as well, and a line that says how to get it. Raises GraphError or TraceError for a
        graph that only Python can compute, and where cards are modules.
        """
        try:
            from micrograd.drawing.player.widget import Player
        except ImportError:
            print(missing_extra("anywidget", "notebook"))
            return self
        if self.folded:
            raise errors.GraphError(messages.too_large_to_play(len(self.nodes), MOST_PLAYED))
        return Player(self.root, self.played)

    @functools.cached_property
    def played(self) -> str:
        """The SVG for a page, with a name on each card, as its lines call it."""
        return svg(*each(self.nodes, names_of(self.nodes)), self.title, self.rankdir)

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
        """The page in a frame of its own; the SVG for what shows no pages."""
        height = re.search(r'<svg[^>]* height="(\d+)"', self.svg)[1]
        frame = FRAME.format(escape(self.html), min(int(height), 400) + AROUND)
        return {"text/html": frame, "image/svg+xml": self.svg, "text/plain": repr(self)}

    def __repr__(self):
        return f"<Picture of {self.title}>"


def draw(root, rankdir: str = "LR") -> Picture:
    """The graph below `root` as a `Picture`: a card for each Value, a disc for each op.

    A card says label, data and grad; a constant without a label is small. Blue and a plus mean a
    grad that is positive, orange, dashes and a minus a negative one. Of more than 1,200 nodes each
    card stands for the nodes of a module, if `label_all` has named its parameters, or of an op.
    `rankdir` is "LR" (left to right) or "TB" (top to bottom). Raises GraphError for a cycle, and
    for more than two million nodes.

    >>> from micrograd import Value
    >>> draw(Value(2.0, label="a") * 3.0)
    <Picture of the graph of a Value: 3 nodes>
    """
    if rankdir not in ("LR", "TB"):
        raise ValueError(messages.unknown_rankdir(rankdir))
    return Picture(root, rankdir)


def each(nodes, names: dict | None = None) -> tuple[list[Part], list[tuple[str, str]]]:
    """A card for each node, and a disc for its op; with `names`, also on those without a label.

    What a node is computed from may be missing: then it has no disc.
    """
    keys = {node: f"n{i}" for i, node in enumerate(nodes)}
    known = any(node.grad for node in nodes)
    parts, links = [], []
    for node, key in keys.items():
        parts.append(card(node, key, known, names))
        if node.inputs and all(x in keys for x in node.inputs):
            parts.append(Part(f"{key}op", (("op", node._op),), f"op {node._op}", disc=True))
            links += [(keys[x], f"{key}op") for x in node.inputs]
            links.append((f"{key}op", key))
    return parts, links


def card(node, key: str, known: bool, names: dict | None) -> Part:
    grad = grad_of(node, known)
    told = f"{node.label or node._op or 'a constant'}, data {shown(node.data)}, {grad}"
    name = ("label", node.label) if node.label else ("name", names[node] if names else "")
    lines = [name] if name[1] else []
    if not node.label and not node.inputs:
        return Part(key, (*lines, ("data", shown(node.data))), told)
    sign = "plus" if node.grad > 0.0 else "minus" if node.grad < 0.0 else ""
    lines.append(("data", f"data {shown(node.data)}"))
    lines.append(("grad", {"plus": "\u25b2 ", "minus": "\u25bc "}.get(sign, "") + grad))
    return Part(key, tuple(lines), told, sign)


def folded(nodes: list) -> tuple[list[Part], list[tuple[str, str]]]:
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
    edges = ((x, node) for node in nodes for x in node.inputs)
    between = dict.fromkeys((keys[groups[x]], keys[groups[node]]) for x, node in edges)
    return parts, [link for link in between if link[0] != link[1]]


def unfolded(nodes: list, rankdir: str) -> str:
    """What is in each module, as HTML that opens at a click."""
    found = list(insides(nodes))
    text = []
    for group, count in sorted(counts(found).items()):
        text.append(f"<details><summary>{escape(group)}: {count:,} nodes</summary>\n")
        text += [opened(inside, rankdir) for inside in found if inside.group == group]
        text.append("</details>\n")
    return "".join(text)


def opened(inside: Inside, rankdir: str) -> str:
    """One owner, that is a neuron: a picture of its first sample."""
    title = f"{inside.owner}: {inside.count:,} nodes"
    if inside.samples > 1:
        title += f", {inside.samples:,} samples; the first"
    if not inside.nodes:
        return f"<p>{escape(title)}: too many to be drawn here; try draw() of one of them.</p>\n"
    drawing = svg(*each(inside.nodes), title, rankdir)
    head = f"<details><summary>{escape(title)}</summary>"
    region = f'<div class="stage" role="region" tabindex="0" aria-label="{escape(inside.owner)}">'
    return f"{head}\n{region}{drawing}</div></details>\n"
