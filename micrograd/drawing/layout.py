"""The places of the parts of a drawing, by Graphviz or, where that cannot do it, in plain columns.

Rule: sizes go in and places come out, in pixels from the top left. Nothing here knows what the
parts show.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd.drawing import layered_layout
from micrograd.drawing.dot import FAST_LAYOUT, LARGE, digraph, runs_here
from micrograd.drawing.layered_layout import Box

MOST_PASSED = 5000  # columns that all links together pass by; with more, Graphviz takes too long
SIDES = {  # of an item, at which links leave and arrive
    "LR": {"tailport": "e", "headport": "w"},
    "TB": {"tailport": "s", "headport": "n"},
}
DOTS_PER_INCH = 72.0  # Graphviz's own: its points are our pixels

Link = tuple[str, str]  # the keys of two items
Point = tuple[float, float]


@dataclass(frozen=True)
class Item:
    """A box or a disc: `key` is its name, and `shape` is "box" or "circle"."""

    key: str
    width: float
    height: float
    shape: str = "box"


@dataclass(frozen=True)
class Layout:
    """The places: `centers` of the items and, for each link, a Bezier curve.

    A curve is a list of points: its start, and then three points for each piece.
    """

    width: float
    height: float
    centers: dict[str, Point]
    curves: list[list[Point]]


def place(items: Sequence[Item], links: Sequence[Link], rankdir: str = "LR") -> Layout:
    """Return places for the items in which links go from left to right (or, with "TB", down).

    >>> layout = place([Item("a", 40, 20), Item("b", 40, 20)], [("a", "b")])
    >>> layout.centers["a"][0] < layout.centers["b"][0]
    True
    """
    if not runs_here():
        boxes = boxes_of(items, links, rankdir)
        layered_layout.break_cycles([*boxes.values()])
        layered_layout.assign_columns([*boxes.values()])
        return place_in_columns(boxes, links, rankdir)
    if len(items) > LARGE:
        boxes = boxes_of(items, links, rankdir)
        if layered_layout.assign_columns([*boxes.values()]) > MOST_PASSED:
            return place_in_columns(boxes, links, rankdir)
    return place_by_graphviz(items, links, rankdir)


# ------------------------------------------------------------------------------------- Graphviz


def place_by_graphviz(items: Sequence[Item], links: Sequence[Link], rankdir: str) -> Layout:
    dot = digraph("json", rankdir)
    if len(items) > LARGE:
        dot.attr(**FAST_LAYOUT)
    for item in items:
        size = {"width": inches(item.width), "height": inches(item.height)}
        dot.node(item.key, "", shape=item.shape, ordering="in", fixedsize="true", **size)
    for tail, head in links:
        dot.edge(tail, head, arrowhead="none", **SIDES[rankdir])
    return read_layout(json.loads(dot.pipe()), links)


def inches(pixels: float) -> str:
    return str(pixels / DOTS_PER_INCH)


def read_layout(drawing: dict[str, Any], links: Sequence[Link]) -> Layout:
    """Return the layout that Graphviz's JSON describes; its y axis points up, and ours down."""
    _, _, width, height = map(float, drawing["bb"].split(","))
    nodes = drawing.get("objects", ())
    centers = {node["name"]: point(node["pos"], height) for node in nodes}
    curves: dict[Link, list[list[Point]]] = {}
    for edge in drawing.get("edges", ()):
        tail, head = nodes[edge["tail"]], nodes[edge["head"]]
        texts = [text for text in edge["pos"].split() if text[0] not in "es"]
        points = [point(text, height) for text in texts]
        curves.setdefault((tail["name"], head["name"]), []).append(points)
    return Layout(width, height, centers, [curves[link].pop(0) for link in links])


def point(text: str, height: float) -> Point:
    x, y = map(float, text.split(","))
    return x, height - y


# -------------------------------------------------------------------------------- plain columns


def boxes_of(items: Sequence[Item], links: Sequence[Link], rankdir: str) -> dict[str, Box]:
    """Return {key: box}, with the links; for "TB" the boxes lie on their side."""
    boxes = {}
    for item in items:
        boxes[item.key] = Box(item.width, item.height)
        if rankdir == "TB":
            boxes[item.key] = Box(item.height, item.width)
    for tail, head in links:
        layered_layout.link(boxes[tail], boxes[head])
    return boxes


def place_in_columns(boxes: Mapping[str, Box], links: Sequence[Link], rankdir: str) -> Layout:
    """Return a layout in plain columns, which is quick; links may pass over items."""
    width, height = layered_layout.place_boxes([*boxes.values()])
    centers = {key: (box.x, box.y) for key, box in boxes.items()}
    curves = [layered_layout.curve(boxes[tail], boxes[head]) for tail, head in links]
    if rankdir == "LR":
        return Layout(width, height, centers, curves)
    downward = {key: swap(center) for key, center in centers.items()}
    downward_curves = [list(map(swap, points)) for points in curves]
    return Layout(height, width, downward, downward_curves)


def swap(point: Point) -> Point:
    x, y = point
    return y, x
