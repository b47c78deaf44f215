"""Where the parts of a drawing stand. Asked of Graphviz once, by its JSON.

Rule: sizes go in and places come out, in pixels from the top left; what is drawn is not known here.
Where links are so long that Graphviz would search for minutes, parts stand in plain columns.
"""

import json
from dataclasses import dataclass
from graphlib import TopologicalSorter
from statistics import fmean

from micrograd.picture import HASTE, LARGE, digraph

LONG = 5000  # columns that all links together pass by: with more Graphviz takes too long
ACROSS, DOWN = 40.0, 14.0  # pixels between columns, and between what stands in one
SWEEPS = 4  # over the columns, to bring what is linked side by side
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
        columns = columns_of(items, links)
        if length(columns, links) > LONG:
            return in_columns(items, links, columns, rankdir)
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


# ------------------------------------------------------------------------------------- in columns


def columns_of(items: list[Item], links: list[tuple[str, str]]) -> dict[str, int]:
    """{key: its column}, from 0 to the left: just before the first that it is linked to."""
    heads: dict[str, list[str]] = {item.key: [] for item in items}
    for tail, head in links:
        heads[tail].append(head)
    found: dict[str, int] = {}
    for key in TopologicalSorter(heads).static_order():
        found[key] = min([found[head] for head in heads[key]], default=0) - 1
    return found


def length(columns: dict[str, int], links: list[tuple[str, str]]) -> int:
    return sum(columns[head] - columns[tail] - 1 for tail, head in links)


def in_columns(items, links, columns: dict[str, int], rankdir: str) -> Layout:
    """The items of a column one below the other, in the order of what they are linked to."""
    sizes = {item.key: item for item in items}
    if rankdir == "TB":
        sizes = {key: Item(key, item.height, item.width) for key, item in sizes.items()}
    stacks: dict[int, list[str]] = {}
    for item in items:
        stacks.setdefault(columns[item.key], []).append(item.key)
    down = ordered(stacks, links, sizes)
    across, x = {}, 0.0
    for column in sorted(stacks):
        width = max(sizes[key].width for key in stacks[column])
        across |= dict.fromkeys(stacks[column], x + width / 2)
        x += width + ACROSS
    tallest = max(down[key] + sizes[key].height / 2 for key in down)
    centers = {key: (across[key], down[key]) for key in sizes}
    curves = [between(sizes[a], centers[a], sizes[b], centers[b]) for a, b in links]
    found = Layout(x - ACROSS, tallest, centers, curves)
    return turned(found) if rankdir == "TB" else found


def ordered(stacks: dict[int, list[str]], links, sizes: dict[str, Item]) -> dict[str, float]:
    """{key: how far down}; sweeps from column to column and back sort by the neighbours' mean."""
    sides: tuple[dict, dict] = ({}, {})
    for tail, head in links:
        sides[0].setdefault(head, []).append(tail)
        sides[1].setdefault(tail, []).append(head)
    down: dict[str, float] = {}
    for stack in stacks.values():
        down |= stacked(stack, sizes)
    for sweep in range(SWEEPS):
        near = sides[sweep % 2]
        for column in sorted(stacks, reverse=bool(sweep % 2)):
            where = {key: fmean([down[x] for x in near.get(key, [key])]) for key in stacks[column]}
            stacks[column].sort(key=where.__getitem__)
            down |= stacked(stacks[column], sizes, fmean(where.values()))
    top = min(down[key] - sizes[key].height / 2 for key in down)
    return {key: y - top for key, y in down.items()}


def stacked(stack: list[str], sizes: dict[str, Item], middle: float = 0.0) -> dict[str, float]:
    """{key: how far down}, one below the other around the middle."""
    y = middle - (sum(sizes[key].height + DOWN for key in stack) - DOWN) / 2
    found = {}
    for key in stack:
        found[key] = y + sizes[key].height / 2
        y += sizes[key].height + DOWN
    return found


def between(a: Item, start: tuple, b: Item, end: tuple) -> list[tuple[float, float]]:
    """The curve from the right side of one to the left side of the other."""
    x0, x1 = start[0] + a.width / 2, end[0] - b.width / 2
    middle = (x0 + x1) / 2
    return [(x0, start[1]), (middle, start[1]), (middle, end[1]), (x1, end[1])]


def turned(layout: Layout) -> Layout:
    """The same from top to bottom."""
    centers = {key: (y, x) for key, (x, y) in layout.centers.items()}
    curves = [[(y, x) for x, y in curve] for curve in layout.curves]
    return Layout(layout.height, layout.width, centers, curves)
