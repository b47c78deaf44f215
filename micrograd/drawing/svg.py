"""Drawings as SVG: a card for each number, a disc for each op, and the curves between them.

Rule: a drawing is built as a tree of elements, so that every text is escaped. Colour never stands
alone: a sign also has a glyph and a dash. The same drawing gives the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
# The colours are from Okabe and Ito's palette, which colour-blind people can tell apart: blue is
# positive and orange negative.
STYLE = """
.micrograd { --paper: #fff; --ink: #1b1b1b; --faint: #6b6b6b; --plus: #0072b2; --minus: #b34700; }
@media (prefers-color-scheme: dark) {
  .micrograd { --paper: #16181c; --ink: #eee; --faint: #999; --plus: #56b4e9; --minus: #e69f00; }
}
.micrograd .paper { fill: var(--paper); }
.micrograd text { text-anchor: middle; font: 12px ui-monospace, Menlo, Consolas, monospace; }
.micrograd text { fill: var(--ink); }
.micrograd .label { font-weight: bold; }
.micrograd .name { fill: var(--faint); font-style: italic; }
.micrograd :is(.card, .disc) { fill: var(--paper); stroke: var(--faint); stroke-width: 1.2; }
.micrograd .card { rx: 5px; }
.micrograd .plus .card { stroke: var(--plus); }
.micrograd .minus .card { stroke: var(--minus); stroke-dasharray: 5 3; }
.micrograd .plus .grad { fill: var(--plus); }
.micrograd .minus .grad { fill: var(--minus); }
.micrograd path { fill: none; stroke: var(--faint); stroke-width: 1.2; }
.micrograd .far { opacity: 0.25; }
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
    root = ElementTree.Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "class": "micrograd",
        "role": "graphics-document",
        "viewBox": f"0 0 {pixels(width)} {pixels(height)}",
        "width": pixels(width), "height": pixels(height), "aria-label": clean(title),
    })  # fmt: skip
    add(root, "title", text=title)
    add(root, "desc", text=f"{len(parts)} parts, {len(links)} links between them.")
    add(root, "style", text=STYLE)
    add(root, "rect", {"class": "paper", "width": "100%", "height": "100%"})
    shift = f"translate({pixels(MARGIN)} {pixels(MARGIN)})"
    middle = add(root, "g", {"transform": shift})
    for (_, head), points in zip(links, layout.curves):
        draw_link(middle, head, points)
    for part in parts:
        draw_part(middle, part, layout.centers[part.key])
    return Svg(ElementTree.tostring(root, encoding="unicode"), height)


def draw_link(group: Element, head: str, points: Sequence[Point]) -> None:
    is_long = abs(points[-1][0] - points[0][0]) > LONG_EDGE
    kind = "far" if is_long else ""
    add(group, "path", {"class": kind, "d": curve(points), "data-to": head})


def draw_part(drawing: Element, part: Part, center: Point) -> None:
    x, y = center
    group = add(drawing, "g", {"class": part.sign, "role": "img", "data-key": part.key})
    add(group, "title", text=part.description)
    if part.disc:
        draw_disc(group, part.item, center)
    else:
        draw_card(group, part.item, center)
    first = y - (len(part.lines) - 1) * LINE / 2 + BASELINE
    for i, (kind, text) in enumerate(part.lines):
        position = {"x": pixels(x), "y": pixels(first + i * LINE)}
        add(group, "text", {"class": kind, **position}, text)


def draw_disc(group: Element, item: Item, center: Point) -> None:
    x, y = center
    radius = pixels(item.width / 2)
    add(group, "circle", {"class": "disc", "cx": pixels(x), "cy": pixels(y), "r": radius})


def draw_card(group: Element, item: Item, center: Point) -> None:
    x, y = center
    left, top = pixels(x - item.width / 2), pixels(y - item.height / 2)
    size = {"width": pixels(item.width), "height": pixels(item.height)}
    add(group, "rect", {"class": "card", "x": left, "y": top, **size})


def curve(points: Sequence[Point]) -> str:
    """Return the curve as SVG's path data."""
    start, *rest = (f"{pixels(x)} {pixels(y)}" for x, y in points)
    return f"M{start}C{' '.join(rest)}"


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
