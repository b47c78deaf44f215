"""Drawings as SVG: a card for each number, a disc for each op, and the curves between them.

Rule: made as a tree of elements, so that every text is escaped. Colour is never alone: a sign also
has a glyph and a dash. The same drawing gives the same bytes.
"""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from micrograd.drawing.layout import Item, Layout, layout

LETTER, LINE, PADDING = 7.3, 17.0, 8.0  # pixels: of a letter in the font below, of a line of text
RADIUS = 15.0
MARGIN = 12.0
FAR = 1500.0  # pixels that a curve goes to the side, beyond which it is drawn faintly
# From Okabe and Ito's palette, told apart by everyone: blue is positive, orange negative.
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
    """What stands at one place: lines of (class or "", text), and a sentence to be read aloud."""

    key: str
    lines: tuple[tuple[str, str], ...]
    told: str
    sign: str = ""  # "plus" or "minus", of a card
    disc: bool = False

    @property
    def item(self) -> Item:
        if self.disc:
            longest = max(len(text) for _, text in self.lines)
            size = max(2 * RADIUS, longest * LETTER + PADDING)
            return Item(self.key, size, size, "circle")
        longest = max(len(text) for _, text in self.lines)
        return Item(self.key, longest * LETTER + 2 * PADDING, len(self.lines) * LINE + PADDING)


def svg(parts: list[Part], links: list[tuple[str, str]], title: str, rankdir: str = "LR") -> str:
    """The text of the picture. `links` are pairs of keys."""
    placed = layout([part.item for part in parts], links, rankdir)
    width, height = placed.width + 2 * MARGIN, placed.height + 2 * MARGIN
    root = ElementTree.Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "class": "micrograd",
        "role": "graphics-document",
        "viewBox": f"0 0 {shown(width)} {shown(height)}",
        "width": shown(width), "height": shown(height), "aria-label": clean(title),
    })  # fmt: skip
    add(root, "title", text=title)
    add(root, "desc", text=f"{len(parts)} parts, {len(links)} links between them.")
    add(root, "style", text=STYLE)
    add(root, "rect", {"class": "paper", "width": "100%", "height": "100%"})
    middle = add(root, "g", {"transform": f"translate({shown(MARGIN)} {shown(MARGIN)})"})
    for (_, head), points in zip(links, placed.curves):
        far = "far" if abs(points[-1][0] - points[0][0]) > FAR else ""
        add(middle, "path", {"class": far, "d": curve(points), "data-to": head})
    for part in parts:
        draw_part(middle, part, placed)
    return ElementTree.tostring(root, encoding="unicode")


def draw_part(parent, part: Part, placed: Layout) -> None:
    (x, y), item = placed.centers[part.key], part.item
    group = add(parent, "g", {"class": part.sign, "role": "img", "data-key": part.key})
    add(group, "title", text=part.told)
    if part.disc:
        radius = shown(item.width / 2)
        add(group, "circle", {"class": "disc", "cx": shown(x), "cy": shown(y), "r": radius})
    else:
        left, top = shown(x - item.width / 2), shown(y - item.height / 2)
        size = {"width": shown(item.width), "height": shown(item.height)}
        add(group, "rect", {"class": "card", "x": left, "y": top, **size})
    first = y - (len(part.lines) - 1) * LINE / 2 + 4.0  # 4: from the middle of a letter to its foot
    for i, (kind, text) in enumerate(part.lines):
        at = {"x": shown(x), "y": shown(first + i * LINE)}
        add(group, "text", {"class": kind, **at}, text)


def curve(points: list[tuple[float, float]]) -> str:
    start, *rest = (f"{shown(x)} {shown(y)}" for x, y in points)
    return f"M{start}C{' '.join(rest)}"


def add(parent, tag: str, attributes: dict | None = None, text: str = ""):
    given = {name: value for name, value in (attributes or {}).items() if value}
    element = ElementTree.SubElement(parent, tag, given)
    element.text = clean(text) if text else None
    return element


def clean(text: str) -> str:
    """Without the characters that XML has no way to write."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


def shown(number: float) -> str:
    """Whole pixels: nobody sees a tenth of one, and a large picture is a quarter smaller."""
    return f"{number:.0f}"
