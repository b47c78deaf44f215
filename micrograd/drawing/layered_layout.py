"""Places in plain columns: for graphs whose links are so long that a better layout takes minutes.

Rule: a column is one step of the computation; within one, what is linked stands near each other.
"""

from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from statistics import fmean

ACROSS, DOWN = 40.0, 14.0  # pixels between columns, and between what stands in one
SWEEPS = 4  # over the columns, to bring what is linked side by side


@dataclass(eq=False)
class Box:
    """What is placed: `x` and `y` are its middle, `column` counts down from the last, -1."""

    width: float
    height: float
    tails: list["Box"] = field(default_factory=list)
    heads: list["Box"] = field(default_factory=list)
    column: int = -1
    x: float = 0.0
    y: float = 0.0


def link(tail: Box, head: Box) -> None:
    tail.heads.append(head)
    head.tails.append(tail)


def assign(boxes: list[Box]) -> int:
    """Give each its column, just before the first that it is linked to.

    Returns how many columns all links together pass by. Raises graphlib.CycleError.
    """
    passed = 0
    for box in TopologicalSorter({box: box.heads for box in boxes}).static_order():
        right = [head.column for head in box.heads]
        box.column = min(right, default=0) - 1
        passed += sum(right) - len(right) * (box.column + 1)
    return passed


def place(boxes: list[Box]) -> tuple[float, float]:
    """Give each its place; (width, height) of them all."""
    stacks: dict[int, list[Box]] = {}
    for box in boxes:
        stacks.setdefault(box.column, []).append(box)
    columns = [stacks[column] for column in sorted(stacks)]
    for stack in columns:
        pile(stack)
    for sweep in range(SWEEPS):
        for stack in reversed(columns) if sweep % 2 else columns:
            settle(stack, "heads" if sweep % 2 else "tails")
    top = min(box.y - box.height / 2 for box in boxes)
    for box in boxes:
        box.y -= top
    return spread(columns), max(box.y + box.height / 2 for box in boxes)


def settle(stack: list[Box], side: str) -> None:
    """Sort by where the neighbours on that side stand, on average."""
    wanted = {}
    for box in stack:
        near = getattr(box, side) or [box]
        wanted[box] = fmean([other.y for other in near])
    stack.sort(key=wanted.__getitem__)
    pile(stack, fmean(wanted.values()))


def pile(stack: list[Box], middle: float = 0.0) -> None:
    """One below the other, around the middle."""
    room = sum(box.height + DOWN for box in stack) - DOWN
    y = middle - room / 2
    for box in stack:
        box.y = y + box.height / 2
        y += box.height + DOWN


def spread(columns: list[list[Box]]) -> float:
    """One column behind the other; the width of them all."""
    x = 0.0
    for stack in columns:
        width = max(box.width for box in stack)
        for box in stack:
            box.x = x + width / 2
        x += width + ACROSS
    return x - ACROSS


def curve(tail: Box, head: Box) -> list[tuple[float, float]]:
    """From the right side of one to the left side of the other."""
    start = tail.x + tail.width / 2
    end = head.x - head.width / 2
    middle = (start + end) / 2
    return [(start, tail.y), (middle, tail.y), (middle, head.y), (end, head.y)]
