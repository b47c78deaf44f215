"""Drawings as SVG: a card for each number, a disc for each op, and the curves between them.

Rule: a drawing is built as a tree of elements, so that every text is escaped. Colour never stands
alone: a sign also has a glyph and a dash. The same drawing gives the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from micrograd.drawing.layout import Item, Point, place
from micrograd.drawing.text import clean

LETTER, LINE, PADDING = 7.3, 17.0, 8.0  # pixels: a letter in the font below, a line of text, a gap
BASELINE = 4.0  # pixels from the middle of a letter down to its foot
RADIUS = 15.0
MARGIN = 12.0
LONG_EDGE = 1500.0  # pixels sideways; a longer curve is drawn faintly
ARROW = (7.0, 3.0)  # pixels: the length of an arrow's head, and half its width
# The colours are from Okabe and Ito's palette, which colour-blind people can tell apart: blue is
# positive and orange negative. They stand on the elements, for programs that know no style sheets;
# where there is CSS, it wins, and follows JupyterLab's or the reader's light or dark.
FONT = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
PAPER, INK, FAINT, PLUS, MINUS = "#fff", "#1b1b1b", "#6b6b6b", "#0072b2", "#b34700"
LINES = {"fill": "none", "stroke": FAINT, "stroke-width": "1.2"}
SHAPE = {**LINES, "fill": PAPER}
SHAPES = {"plus": {"stroke": PLUS}, "minus": {"stroke": MINUS, "stroke-dasharray": "5 3"}}
TEXT = {"font-family": FONT, "font-size": "12", "text-anchor": "middle", "fill": INK}
TEXTS = {"label": {"font-weight": "bold"}, "name": {"fill": FAINT, "font-style": "italic"}}
GRADS = {"plus": {"fill": PLUS}, "minus": {"fill": MINUS}}
STYLE = """
@supports (color: light-dark(#fff, #000)) {
.micrograd { --paper: light-dark(#fff, #16181c); --ink: light-dark(#1b1b1b, #eee); }
.micrograd { --faint: light-dark(#6b6b6b, #999); --plus: light-dark(#0072b2, #56b4e9); }
.micrograd { --minus: light-dark(#b34700, #e69f00); color-scheme: light dark; }
[data-jp-theme-light="true"] .micrograd { color-scheme: light; }
[data-jp-theme-light="false"] .micrograd { color-scheme: dark; }
.micrograd .paper { fill: var(--paper); }
.micrograd text { fill: var(--ink); }
.micrograd .name { fill: var(--faint); }
.micrograd :is(.card, .disc) { fill: var(--paper); stroke: var(--faint); }
.micrograd .card { stroke-dasharray: none; }
.micrograd .plus .card { stroke: var(--plus); }
.micrograd .minus .card { stroke: var(--minus); stroke-dasharray: 5 3; }
.micrograd .plus .grad { fill: var(--plus); }
.micrograd .minus .grad { fill: var(--minus); }
.micrograd path { stroke: var(--faint); }
.micrograd path.plus { stroke: var(--plus); }
.micrograd path.minus { stroke: var(--minus); }
}
"""


@dataclass(frozen=True)
class Part:
    """A card or a disc: its lines of (class or "", text), and a sentence for screen readers."""

    key: str
    lines: tuple[tuple[str, str], ...]
    description: str
    sign: str = ""  # "plus" or "minus", of a card
    disc: bool = False

    @property
    def item(self) -> Item:
        """The part as the layout sees it: a size and a shape."""
        text = max(len(text) for _, text in self.lines) * LETTER
        if self.disc:
            size = max(2 * RADIUS, text + PADDING)
            return Item(self.key, size, size, "circle")
        return Item(self.key, text + 2 * PADDING, len(self.lines) * LINE + PADDING)


Links = list[tuple[str, str]]  # the keys of the parts at both ends


class Svg(NamedTuple):
    """The text of a picture, and its height in pixels."""

    text: str
    height: float


def svg(
    parts: Sequence[Part], links: Sequence[tuple[str, str]], title: str, rankdir: str = "LR"
) -> Svg:
    """Return the picture of the parts, and of the links between them, which are pairs of keys."""
    layout = place([part.item for part in parts], links, rankdir)
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    text = f"{len(parts)} parts, {len(links)} links between them."
    root, middle = sheet(width, height, title, text)
    lines = add(middle, "g", LINES)
    for (_, head), points in zip(links, layout.curves):
        draw_link(lines, head, points)
    for part in parts:
        draw_part(middle, part, layout.centers[part.key])
    return Svg(ElementTree.tostring(root, encoding="unicode"), height)


def sheet(width: float, height: float, title: str, description: str) -> tuple[Element, Element]:
    """Return an SVG of that size, which is empty, and the group to draw in, within its margin."""
    root = ElementTree.Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "class": "micrograd",
        "role": "graphics-document",
        "viewBox": f"0 0 {pixels(width)} {pixels(height)}",
        "width": pixels(width), "height": pixels(height), "aria-label": clean(title),
    })  # fmt: skip
    add(root, "title", text=title)
    add(root, "desc", text=description)
    add(root, "style", text=STYLE)
    add(root, "rect", {"class": "paper", "width": "100%", "height": "100%", "fill": PAPER})
    shift = f"translate({pixels(MARGIN)} {pixels(MARGIN)})"
    return root, add(root, "g", {"transform": shift, **TEXT})


def sign_class(number: float) -> str:
    """Return "plus", "minus" or, for 0 and nan, ""."""
    if number > 0.0:
        return "plus"
    return "minus" if number < 0.0 else ""


def draw_link(group: Element, head: str, points: Sequence[Point]) -> None:
    is_long = abs(points[-1][0] - points[0][0]) > LONG_EDGE
    faint = {"class": "far", "opacity": "0.25"} if is_long else {}
    add(group, "path", {**faint, "d": curve(points) + arrow(points), "data-to": head})


def draw_part(drawing: Element, part: Part, center: Point) -> None:
    x, y = center
    group = add(drawing, "g", {"class": part.sign, "role": "img", "data-key": part.key})
    add(group, "title", text=part.description)
    if part.disc:
        draw_disc(group, part.item, center)
    else:
        draw_card(group, part.item, center, part.sign)
    first = y - (len(part.lines) - 1) * LINE / 2 + BASELINE
    for i, (kind, text) in enumerate(part.lines):
        look = GRADS.get(part.sign, {}) if kind == "grad" else TEXTS.get(kind, {})
        position = {"x": pixels(x), "y": pixels(first + i * LINE)}
        add(group, "text", {"class": kind, **look, **position}, text)


def draw_disc(group: Element, item: Item, center: Point) -> None:
    x, y = center
    circle = {"cx": pixels(x), "cy": pixels(y), "r": pixels(item.width / 2)}
    add(group, "circle", {"class": "disc", **circle, **SHAPE})


def draw_card(group: Element, item: Item, center: Point, sign: str) -> None:
    x, y = center
    left, top = pixels(x - item.width / 2), pixels(y - item.height / 2)
    size = {"width": pixels(item.width), "height": pixels(item.height)}
    look = {**SHAPE, **SHAPES.get(sign, {})}
    add(group, "rect", {"class": "card", "x": left, "y": top, "rx": "5", **size, **look})


def curve(points: Sequence[Point]) -> str:
    """Return the curve as SVG's path data."""
    start, *rest = (f"{pixels(x)} {pixels(y)}" for x, y in points)
    return f"M{start}C{' '.join(rest)}"


def arrow(points: Sequence[Point]) -> str:
    """Return the head of an arrow, at the end of a curve, as SVG's path data."""
    (x, y), (u, v) = points[-1], points[-2]
    length, half = ARROW
    distance = hypot(x - u, y - v) or 1.0
    along, aside = (x - u) / distance, (y - v) / distance
    left, right = [
        (x - length * along + side * aside, y - length * aside - side * along)
        for side in (half, -half)
    ]
    corners = [" ".join(map(pixels, corner)) for corner in (left, (x, y), right)]
    return f"M{'L'.join(corners)}"


def add(
    element: Element, tag: str, attributes: dict[str, str] | None = None, text: str = ""
) -> Element:
    """Add an element to another one and return it; attributes that are "" are left out."""
    present = {name: value for name, value in (attributes or {}).items() if value}
    inner = ElementTree.SubElement(element, tag, present)
    inner.text = clean(text) if text else None
    return inner


def pixels(number: float) -> str:
    """Return a whole number of pixels: without tenths, large pictures are a quarter smaller."""
    return f"{number:.0f}"
