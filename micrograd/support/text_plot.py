"""A matplotlib Figure as text: its lines and bars in dots of Braille, its points as letters.

Rule: each place is asked of matplotlib, so scales, limits and shapes are those of the Figure.
Areas, such as those of a contour plot, are left out, and letters tell lines apart, not colours.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

BRAILLE = 0x2800
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # bits, from the top row down
ACROSS, DOWN = 2, 4  # dots of a character
ROWS = 14  # of characters, in each plot
WIDEST, NARROWEST = 64, 16  # columns
MARGIN = 10  # columns for the numbers beside the plot
POINTS = "ox+*#"  # a letter for each colour of points
LINES = "ABCDEFGHIJ"


class Dots:
    """A grid of characters that shows places between 0 and 1."""

    def __init__(self, columns: int):
        self.columns = columns
        self.bits = [[0] * columns for _ in range(ROWS)]
        self.letters: dict[tuple[int, int], str] = {}

    def place(self, x: float, y: float) -> tuple[int, int] | None:
        """Return the (column, row) of the dot there, from the top; None if it is outside."""
        if not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0):
            return None
        across, down = self.columns * ACROSS - 1, ROWS * DOWN - 1
        return round(x * across), round((1.0 - y) * down)

    def dot(self, x: float, y: float) -> None:
        """Set the dot there, if the place is inside."""
        if place := self.place(x, y):
            column, row = place
            self.bits[row // DOWN][column // ACROSS] |= DOTS[row % DOWN][column % ACROSS]

    def letter(self, x: float, y: float, letter: str) -> None:
        """Set the letter there, if the place is inside."""
        if place := self.place(x, y):
            self.letters[place[1] // DOWN, place[0] // ACROSS] = letter

    def line(self, points: Any) -> None:
        """Set the dots of the straight lines between the points."""
        steps = 2 * max(self.columns * ACROSS, ROWS * DOWN)
        for (x1, y1), (x2, y2) in pairwise(points):
            for step in range(steps + 1):
                share = step / steps
                self.dot(x1 + share * (x2 - x1), y1 + share * (y2 - y1))

    def rows(self) -> list[str]:
        """Return the grid as lines of text."""
        return ["".join(self.characters(row)) for row in range(ROWS)]

    def characters(self, row: int) -> Iterator[str]:
        for column, bits in enumerate(self.bits[row]):
            dots = chr(BRAILLE + bits) if bits else " "
            yield self.letters.get((row, column), dots)


def text_plot(figure: Any, columns: int = 80) -> str:
    """Return the Figure's plots, one below the other, in that many columns.

    Return "" if it has no lines, bars or points.
    """
    figure.draw_without_rendering()  # now each part knows its place
    plots = [plot for axes in figure.axes if (plot := axes_as_text(axes, columns))]
    return "\n\n".join(plots)


def axes_as_text(axes: Any, columns: int) -> str:
    """Return one plot with its title, its limits and the names of its lines; "" without any."""
    dots = Dots(max(NARROWEST, min(WIDEST, columns - MARGIN - 2)))
    names = [*draw_lines(axes, dots), *draw_bars(axes, dots), *draw_points(axes, dots)]
    rows = dots.rows()
    if not any(row.strip() for row in rows):
        return ""
    low, high = (f"{y:.4g}"[:MARGIN] for y in axes.get_ylim())
    sides = [high, *[""] * (ROWS - 2), low]
    body = [f"{side:>{MARGIN}} |{row}".rstrip() for side, row in zip(sides, rows)]
    left, right = (f"{x:.4g}" for x in axes.get_xlim())
    below = f"{left}{right:>{dots.columns - len(left)}}"
    lines = [axes.get_title(), axes.get_ylabel(), *body, " " * (MARGIN + 2) + below]
    xlabel = axes.get_xlabel().center(dots.columns).rstrip()
    foot = [" " * (MARGIN + 2) + xlabel if xlabel else "", *names]
    return "\n".join(line for line in [*lines, *foot] if line)


def places(axes: Any, points: Any, transform: Any) -> Any:
    """Return the points as places in the axes, whose corners are (0, 0) and (1, 1)."""
    return axes.transAxes.inverted().transform(transform.transform(points))


def draw_lines(axes: Any, dots: Dots) -> list[str]:
    """Draw the lines, and return the name of each that has one, with its letter."""
    names = []
    lines = [line for line in axes.get_lines() if len(line.get_xydata())]
    for line, letter in zip(lines, LINES):
        points = places(axes, line.get_xydata(), line.get_transform())
        if line.get_linestyle() != "None":
            dots.line(points)
        if line.get_marker() not in ("None", "", None):
            for x, y in points:
                dots.letter(x, y, "o")
        if not line.get_label().startswith("_") and len(lines) > 1:
            names.append(f"{letter}: {line.get_label()}")
            dots.letter(*last_inside(dots, points), letter)
    return names


def last_inside(dots: Dots, points: Any) -> tuple[float, float]:
    """Return the last of the points that can be seen, or the first point."""
    inside = [(x, y) for x, y in points if dots.place(x, y)]
    return inside[-1] if inside else tuple(points[0])


def draw_bars(axes: Any, dots: Dots) -> list[str]:
    """Draw the outlines of bars; they have no names."""
    for patch in axes.patches:
        for corners in patch.get_path().to_polygons(closed_only=True):
            dots.line(places(axes, corners, patch.get_transform()))
    return []


def draw_points(axes: Any, dots: Dots) -> list[str]:
    """Draw the points of scatter plots, with a letter for each of their colours; no names."""
    known: list[tuple[float, ...]] = []
    for collection in axes.collections:
        offsets, colours = collection.get_offsets(), collection.get_facecolors()
        if len(offsets) < 2 or not len(colours):
            continue  # an area
        for i, (x, y) in enumerate(places(axes, offsets, collection.get_offset_transform())):
            colour = tuple(colours[i % len(colours)])
            if colour not in known:
                known.append(colour)
            dots.letter(x, y, POINTS[known.index(colour) % len(POINTS)])
    return []
