"""Sugiyama's layered drawing, for graphs whose long links would keep Graphviz busy for minutes.

Rule: a layer is a column, and every link goes to the right. A few barycentre sweeps sort each
column by the average height of its boxes' neighbours. Links pass over what lies between their ends,
where the full method has dummy boxes.

K. Sugiyama, S. Tagawa, M. Toda: Methods for visual understanding of hierarchical system structures,
IEEE Transactions on Systems, Man, and Cybernetics 11(2), 1981.
"""

from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from statistics import fmean

BETWEEN_COLUMNS, BETWEEN_BOXES = 40.0, 14.0  # pixels
SWEEPS = 4  # over all columns, forth and back


@dataclass(eq=False)
class Box:
    """A part to place. `x` and `y` are its centre; columns are counted back from -1, the last."""

    width: float
    height: float
    tails: list["Box"] = field(default_factory=list)  # the other ends of the links that arrive
    heads: list["Box"] = field(default_factory=list)  # the other ends of the links that leave
    column: int = -1
    x: float = 0.0
    y: float = 0.0


def link(tail: Box, head: Box) -> None:
    tail.heads.append(head)
    head.tails.append(tail)


def break_cycles(boxes: list[Box]) -> None:
    """Forget a link of each cycle, as modules have that use one another by turns."""
    while cycle := find_cycle(boxes):
        head, tail = cycle[:2]  # a box stands before those that link to it
        tail.heads.remove(head)
        head.tails.remove(tail)


def find_cycle(boxes: list[Box]) -> list[Box]:
    """Return the boxes of a cycle, the first of them once more at the end; [] if there is none."""
    try:
        TopologicalSorter({box: box.heads for box in boxes}).prepare()
    except CycleError as error:
        boxes_of_cycle: list[Box] = error.args[1]
        return boxes_of_cycle
    return []


def assign_columns(boxes: list[Box]) -> int:
    """Assign each box to the column left of its nearest successor.

    Return how many columns the links pass by, all links together. Raises graphlib.CycleError.
    """
    passed = 0
    for box in TopologicalSorter({box: box.heads for box in boxes}).static_order():
        columns = [head.column for head in box.heads]
        box.column = min(columns, default=0) - 1
        passed += sum(columns) - len(columns) * (box.column + 1)
    return passed


def place_boxes(boxes: list[Box]) -> tuple[float, float]:
    """Give each box its place; return the (width, height) of the drawing."""
    stacks: dict[int, list[Box]] = {}
    for box in boxes:
        stacks.setdefault(box.column, []).append(box)
    columns = [stacks[column] for column in sorted(stacks)]
    for column in columns:
        stack(column)
    for sweep in range(SWEEPS):
        if sweep % 2 == 0:
            for column in columns:
                order_by_neighbours(column, "tails")
        else:
            for column in reversed(columns):
                order_by_neighbours(column, "heads")
    top = min(box.y - box.height / 2 for box in boxes)
    for box in boxes:
        box.y -= top
    return place_columns(columns), max(box.y + box.height / 2 for box in boxes)


def order_by_neighbours(column: list[Box], side: str) -> None:
    """Sort a column by the average height of each box's neighbours on one side, "tails" or "heads".

    The column is stacked anew around the average of those heights.
    """
    barycentres = {}
    for box in column:
        neighbours = getattr(box, side) or [box]
        barycentres[box] = fmean([other.y for other in neighbours])
    column.sort(key=barycentres.__getitem__)
    stack(column, fmean(barycentres.values()))


def stack(column: list[Box], middle: float = 0.0) -> None:
    """Place the boxes of a column one below the other, around the height `middle`."""
    height = sum(box.height + BETWEEN_BOXES for box in column) - BETWEEN_BOXES
    y = middle - height / 2
    for box in column:
        box.y = y + box.height / 2
        y += box.height + BETWEEN_BOXES


def place_columns(columns: list[list[Box]]) -> float:
    """Place the columns one to the right of the other; return the width of all."""
    x = 0.0
    for column in columns:
        width = max(box.width for box in column)
        for box in column:
            box.x = x + width / 2
        x += width + BETWEEN_COLUMNS
    return x - BETWEEN_COLUMNS


def curve(tail: Box, head: Box) -> list[tuple[float, float]]:
    """Return a Bezier curve from the right side of one box to the left side of the other."""
    start = tail.x + tail.width / 2
    end = head.x - head.width / 2
    middle = (start + end) / 2
    return [(start, tail.y), (middle, tail.y), (middle, head.y), (end, head.y)]
