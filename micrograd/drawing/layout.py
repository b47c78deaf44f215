"""Where the parts of a drawing stand. Asked of Graphviz once, by its JSON.

Rule: sizes go in and places come out, in pixels from the top left; what is drawn is not known here.
Where links are so long that Graphviz would search for minutes, parts stand in plain columns.
"""

import json
from dataclasses import dataclass

from micrograd.drawing import layered_layout
from micrograd.drawing.dot import HASTE, LARGE, digraph
from micrograd.drawing.layered_layout import Box

LONG = 5000  # columns that all links together pass by: with more Graphviz takes too long
DOTS_PER_INCH = 72.0  # Graphviz's own: its points are our pixels


@dataclass(frozen=True)
class Item:
    """A box or a disc: `key` is its name, and `shape` "box" or "circle"."""

    key: str
    width: float
    height: float
    shape: str = "box"


@dataclass(frozen=True)
class Layout:
    """`centers` of the items, and of each link the points of a Bezier curve: start, then threes."""

    width: float
    height: float
    centers: dict[str, tuple[float, float]]
    curves: list[list[tuple[float, float]]]


def layout(items: list[Item], links: list[tuple[str, str]], rankdir: str = "LR") -> Layout:
    """Places for the items so that links go from left to right (or, with "TB", down).

    >>> placed = layout([Item("a", 40, 20), Item("b", 40, 20)], [("a", "b")])
    >>> placed.centers["a"][0] < placed.centers["b"][0]
    True
    """
    if len(items) > LARGE:
        boxes = boxes_of(items, links, rankdir)
        if layered_layout.assign([*boxes.values()]) > LONG:
            return in_columns(boxes, links, rankdir)
    dot = digraph("json", rankdir)
    if len(items) > LARGE:
        dot.attr(**HASTE)
    for item in items:
        inches = (item.width / DOTS_PER_INCH, item.height / DOTS_PER_INCH)
        size = {"width": str(inches[0]), "height": str(inches[1]), "fixedsize": "true"}
        dot.node(item.key, "", shape=item.shape, ordering="in", **size)
    for tail, head in links:
        dot.edge(tail, head, arrowhead="none")
    found = json.loads(dot.pipe())
    _, _, width, height = map(float, found["bb"].split(","))

    def point(text: str) -> tuple[float, float]:
        x, y = map(float, text.split(","))
        return x, height - y

    centers = {one["name"]: point(one["pos"]) for one in found.get("objects", ())}
    curves = {}
    for edge in found.get("edges", ()):
        ends = (found["objects"][edge["tail"]]["name"], found["objects"][edge["head"]]["name"])
        points = [point(text) for text in edge["pos"].split() if text[0] not in "es"]
        curves.setdefault(ends, []).append(points)
    return Layout(width, height, centers, [curves[link].pop(0) for link in links])


def boxes_of(items: list[Item], links, rankdir: str) -> dict[str, Box]:
    boxes = {}
    for item in items:
        boxes[item.key] = Box(item.width, item.height)
        if rankdir == "TB":
            boxes[item.key] = Box(item.height, item.width)
    for tail, head in links:
        layered_layout.link(boxes[tail], boxes[head])
    return boxes


def in_columns(boxes: dict[str, Box], links, rankdir: str) -> Layout:
    """The same, quickly, with links that pass over what is between their ends."""
    width, height = layered_layout.place([*boxes.values()])
    centers = {key: (box.x, box.y) for key, box in boxes.items()}
    curves = [layered_layout.curve(boxes[tail], boxes[head]) for tail, head in links]
    if rankdir == "LR":
        return Layout(width, height, centers, curves)
    centers = {key: (y, x) for key, (x, y) in centers.items()}
    curves = [[(y, x) for x, y in points] for points in curves]
    return Layout(height, width, centers, curves)
