"""`draw`: the graph of a Value as a picture that shows itself in a notebook and can be saved.

Rule: this file decides what is drawn, a part for each node or, in a large graph, for each module;
`svg` decides how a part looks.
"""

import functools
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, overload

from micrograd import errors
from micrograd.drawing import messages
from micrograd.drawing.dot import draw_dot
from micrograd.drawing.formats import Drawing
from micrograd.drawing.lookalikes import as_graph
from micrograd.drawing.network_picture import NetworkPicture
from micrograd.drawing.overview import Overview
from micrograd.drawing.player.given_run import GivenRun
from micrograd.drawing.player.page import page
from micrograd.drawing.svg import Links, Part, Svg, sign_class, svg
from micrograd.drawing.text import grad_text
from micrograd.engine import Value
from micrograd.explaining import acyclic_order, expression, label_of, names_of
from micrograd.nn import Module
from micrograd.support.extras import missing_extra
from micrograd.support.numbers import format_fixed

CARD_TITLE = "the graph of {}: {:,} nodes"
MOST_IN_HEADING = 16  # nodes; written out, shared ones are repeated
LONGEST_HEADING = 60  # characters
FRAME = (
    '<iframe srcdoc="{}" sandbox="allow-scripts" title="the graph" width="100%" height="{}" '
    'frameborder="0" onload="{}"></iframe>'
)
TELL_THEME = (  # the page cannot look out of its frame, so the notebook tells it the theme
    "const theme = () => ({ jpThemeLight: document.body.dataset.jpThemeLight });"
    "const tell = () => this.contentWindow?.postMessage(theme(), '*');"
    "const changes = { attributeFilter: ['data-jp-theme-light'] };"
    "new MutationObserver(tell).observe(document.body, changes);"
    "tell();"
)
TALLEST = 400  # pixels that the picture has in a notebook
CONTROLS_HEIGHT = 520  # pixels of the controls below it
MOST_PLAYED = 1200  # nodes that have a card each
FORMATS = ("svg", "html", "png", "pdf", "tex", "json", "gv")  # endings of files, and attributes
GLYPHS = {"plus": "\u25b2 ", "minus": "\u25bc "}  # triangles that point up and down


class Picture(Drawing):
    """A drawing that `.save(path)` writes to a file, in the format of the path's ending.

    `.svg`, `.png`, `.pdf` and `.tex` (TikZ) are the same picture, and `.html` is a page that plays
    it. `.json` and `.gv` are the graph for Graphviz. A notebook shows the page.
    """

    formats = FORMATS

    def __init__(self, root: Value, rankdir: str = "LR"):
        self.root, self.rankdir = as_graph(root), rankdir
        self.nodes = acyclic_order(self.root)
        self.folded = len(self.nodes) > MOST_PLAYED
        self.title = CARD_TITLE.format(label_of(self.root) or "a Value", len(self.nodes))
        self.svg, self.height = self.overview.svg if self.folded else self.node_svg()

    @functools.cached_property
    def html(self) -> str:
        """One page that loads nothing else, so that it can be opened from disk.

        It plays forward and backward step by step, takes other numbers for the leaves, shows the
        effect of common mistakes, and asks questions. If the graph is folded, the page opens with
        its network or its modules, and plays the part that a reader opens.
        """
        if self.folded:
            return self.overview.page()
        return page(self.labelled_svg, heading_of(self.nodes) or self.title, self.nodes)

    def widget(self) -> Any:
        """Return the page as a widget: when a reader moves a leaf there, Python's graph follows.

        After a change in Python, `refresh()` shows it. Without anywidget, print how to install it
        and return the picture, whose page plays as well. Raises GraphError or TraceError for a
        graph that only Python can compute, and GraphError for a folded one.
        """
        try:
            from micrograd.drawing.player.widget import Player
        except ImportError:
            print(missing_extra("anywidget", "notebook"))
            return self
        if self.folded:
            raise errors.GraphError(messages.too_large_to_play(len(self.nodes), MOST_PLAYED))
        return Player(self.root, self.labelled_svg)

    @functools.cached_property
    def overview(self) -> Overview:
        """The network or the modules of a folded graph."""
        return Overview(self.nodes, self.title, self.rankdir)

    def node_svg(self) -> Svg:
        return svg(*node_cards(self.nodes), self.title, self.rankdir)

    @functools.cached_property
    def labelled_svg(self) -> str:
        """The SVG for a page: each card has the name that the page's sentences use."""
        parts, links = node_cards(self.nodes, names_of(self.nodes))
        return svg(parts, links, self.title, self.rankdir).text

    @property
    def json(self) -> bytes:
        """The same graph in Graphviz's JSON, with places for its parts."""
        return draw_dot(self.root, rankdir=self.rankdir).pipe("json", quiet=True)

    @property
    def gv(self) -> str:
        """The same graph in Graphviz's language."""
        return draw_dot(self.root, rankdir=self.rankdir).source

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return the page in a frame of its own, and the SVG for programs that show no pages."""
        height = min(round(self.height), TALLEST) + CONTROLS_HEIGHT
        frame = FRAME.format(escape(self.html), height, TELL_THEME)
        return {"text/html": frame, "image/svg+xml": self.svg, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Picture of {self.title}>"


def page_of_run(root: Value, run: GivenRun, title: str) -> str:
    """Return the page that opens with the grads of somebody's backward beside the right ones."""
    picture = Picture(root)
    return page(picture.labelled_svg, title, picture.nodes, run)


def heading_of(nodes: Sequence[Value]) -> str:
    """Return what the last node is, as "L = a * b + 1"; "" for a leaf and where that is long."""
    root = nodes[-1]
    if not root.inputs or len(nodes) > MOST_IN_HEADING:
        return ""
    name = label_of(root)
    text = f"{name} = {expression(root)}" if name else str(expression(root))
    return text if len(text) <= LONGEST_HEADING else ""


@overload
def draw(root: Value, rankdir: str = "LR") -> Picture: ...
@overload
def draw(root: Module, *, show: str = "weight") -> NetworkPicture: ...
def draw(
    root: Value | Module, rankdir: str = "LR", show: str = "weight"
) -> Picture | NetworkPicture:
    """Return the graph below `root`, or a network, as a picture.

    A graph has a card for each Value and a disc for each op. A card shows label, data and grad; a
    constant without a label is small. Blue and a triangle that points up mean a positive grad;
    orange, dashes and a triangle that points down a negative one. A graph of more than 1,200 nodes
    is folded: if `label_all` has named the parameters, the picture is the network that computed it,
    or has a card for each module, and else for each op; its page opens every part. `rankdir` is
    "LR" (left to right) or "TB" (top to bottom). Raises GraphError for a cycle and for more than
    two million nodes, and ValueError for another `rankdir`.

    A network, such as an MLP or a Sequential of Linear layers, has a curve for each weight, which
    is wide if the weight is large, and dashed if it is negative; `show="grad"` shows the grads
    instead. A layer of more than 16 neurons shows its first and its last. Raises TypeError for a
    module that is no row of such layers, and ValueError for another `show`.

    >>> from micrograd import Value
    >>> draw(Value(2.0, label="a") * 3.0)
    <Picture of the graph of a Value: 3 nodes>
    >>> from micrograd import MLP
    >>> draw(MLP(2, [16, 1]))
    <Picture of the weights of MLP: 2 inputs, layers of 16, 1>
    """
    if isinstance(root, Module):
        if rankdir != "LR":
            raise ValueError(messages.rankdir_of_a_network(rankdir))
        return NetworkPicture(root, show)
    if show != "weight":
        raise ValueError(messages.show_of_a_graph(show))
    if rankdir not in ("LR", "TB"):
        raise ValueError(messages.unknown_rankdir(rankdir))
    return Picture(root, rankdir)


# ---------------------------------------------------------------------------------------- cards


def node_cards(
    nodes: Sequence[Value], names: Mapping[Value, str] | None = None
) -> tuple[list[Part], Links]:
    """Return a card for each node and a disc for its op, and the links between them.

    With `names`, cards without a label show their name. A node has no disc if one of its inputs is
    not among the nodes.
    """
    keys = {node: f"n{i}" for i, node in enumerate(nodes)}
    ran = any(node.grad for node in nodes)
    parts: list[Part] = []
    links: Links = []
    for node, key in keys.items():
        parts.append(card(node, key, ran, names[node] if names else ""))
        if node.inputs and all(x in keys for x in node.inputs):
            parts.append(Part(f"{key}op", (("op", node._op),), f"op {node._op}", disc=True))
            links += [(keys[x], f"{key}op") for x in node.inputs]
            links.append((f"{key}op", key))
    return parts, links


def card(node: Value, key: str, ran: bool, name: str) -> Part:
    """Return the card of a node; `ran` says whether backward() has been run."""
    data, grad = format_fixed(node.data), grad_text(node, ran)
    label = label_of(node)
    description = f"{label or node._op or 'a constant'}, data {data}, {grad}"
    head = ("label", label) if label else ("name", name)
    lines = [head] if head[1] else []
    if not label and not node.inputs:
        return Part(key, (*lines, ("data", data)), description)
    sign = sign_class(node.grad)
    lines += [("data", f"data {data}"), ("grad", GLYPHS.get(sign, "") + grad)]
    return Part(key, tuple(lines), description, sign)
