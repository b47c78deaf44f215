"""A matplotlib Figure as text: its lines and bars in dots of Braille, its points as letters.

Rule: each place is asked of matplotlib, so scales, limits and shapes are those of the Figure.
Areas, such as those of a contour plot, are left out, and letters tell lines apart, not colours.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, pairwise
from typing import Any

BRAILLE = 0x2800
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # bits, from the top row down
ACROSS, DOWN = 2, 4  # dots of a character
ROWS = 14  # of characters, in each plot
WIDEST, NARROWEST = 64, 16  # columns
MARGIN = 10  # columns for the numbers beside the plot
LEFT = " " * (MARGIN + 2)
POINTS = "ox+*#"  # a letter for each colour of points
LINES = "ABCDEFGHIJ"


class Dots:
    """A grid of characters that shows places between 0 and 1."""

    def __init__(self, columns: int):
        self.columns = columns
        self.across = columns * ACROSS - 1  # the last dot to the right
        self.down = ROWS * DOWN - 1  # the last dot downwards
        self.bits: dict[tuple[int, int], int] = {}  # of the characters, by (row, column)
        self.letters: dict[tuple[int, int], str] = {}

    def place(self, x: float, y: float) -> tuple[int, int] | None:
        """Return the (row, column) of the dot there, from the top; None if it is outside."""
        inside = 0.0 <= x <= 1.0 and 0.0 <= y <= 1.0
        if not inside:
            return None
        from_top = 1.0 - y
        return round(from_top * self.down), round(x * self.across)

    def dot(self, x: float, y: float) -> None:
        """Set the dot there, if the place is inside."""
        place = self.place(x, y)
        if place is None:
            return
        row, down = divmod(place[0], DOWN)
        column, across = divmod(place[1], ACROSS)
        bits = self.bits.get((row, column), 0)
        self.bits[row, column] = bits | DOTS[down][across]

    def letter(self, x: float, y: float, letter: str) -> None:
        """Set the letter there, if the place is inside."""
        place = self.place(x, y)
        if place is None:
            return
        row, column = place
        self.letters[row // DOWN, column // ACROSS] = letter

    def line(self, points: Any) -> None:
        """Set the dots of the straight lines between the points."""
        steps = 2 * max(self.across, self.down)
        for begin, end in pairwise(points):
            x, y = begin
            right, up = end - begin
            for step in range(steps + 1):
                share = step / steps
                self.dot(x + share * right, y + share * up)

    def rows(self) -> list[str]:
        """Return the grid as lines of text."""
        return ["".join(self.characters(row)) for row in range(ROWS)]

    def characters(self, row: int) -> Iterator[str]:
        for column in range(self.columns):
            place = row, column
            bits = self.bits.get(place, 0)
            dots = chr(BRAILLE + bits) if bits else " "
            yield self.letters.get(place, dots)


def text_plot(figure: Any, columns: int = 80) -> str:
    """Return the Figure's plots, one below the other, in that many columns.

    Return "" if it has no lines, bars or points.
    """
    figure.draw_without_rendering()  # now each part knows its place
    plots = [plot for axes in figure.axes if (plot := axes_as_text(axes, columns))]
    return "\n\n".join(plots)


def axes_as_text(axes: Any, columns: int) -> str:
    """Return one plot with its title, its limits and the names of its lines; "" without any."""
    room = min(WIDEST, columns - len(LEFT))
    dots = Dots(max(NARROWEST, room))
    names = draw_lines(axes, dots)
    draw_bars(axes, dots)
    draw_points(axes, dots)
    if not dots.bits and not dots.letters:
        return ""
    low, high = map(short, axes.get_ylim())
    sides = [high, *[""] * (ROWS - 2), low]
    body = [f"{side:>{MARGIN}} |{row}" for side, row in zip(sides, dots.rows())]
    below = names_across(axes, dots.columns) or limits(axes, dots.columns)
    head = [axes.get_title(), axes.get_ylabel()]
    foot = [LEFT + below, LEFT + axes.get_xlabel().center(dots.columns), *names]
    lines = [line.rstrip() for line in [*head, *body, *foot]]
    return "\n".join(filter(None, lines))


def limits(axes: Any, columns: int) -> str:
    """Return the numbers at which the axis across begins and ends."""
    left, right = map(short, axes.get_xlim())
    return left + right.rjust(columns - len(left))


def names_across(axes: Any, columns: int) -> str:
    """Return the names along the axis across, such as those of bars; "" if it has numbers."""
    names = [label.get_text() for label in axes.get_xticklabels()]
    if not any(map(str.isalpha, names)):
        return ""
    marks = [(x, 0.0) for x in axes.get_xticks()]
    row = " " * columns
    for name, (x, _) in zip(names, places(axes, marks, axes.get_xaxis_transform())):
        begin = max(0, round(x * columns) - len(name) // 2)
        row = row[:begin] + name + row[begin + len(name) :]
    return row[:columns]


def short(x: float) -> str:
    """Return the number beside an axis, which fits into the margin."""
    return f"{x:.4g}"[:MARGIN]


def places(axes: Any, points: Any, transform: Any) -> Any:
    """Return the points as places in the axes, whose corners are (0, 0) and (1, 1)."""
    return axes.transAxes.inverted().transform(transform.transform(points))


def draw_lines(axes: Any, dots: Dots) -> list[str]:
    """Draw the lines, and return the name of each that has one, with its letter."""
    names = []
    lines = [line for line in axes.get_lines() if len(line.get_xydata())]
    for line, letter in zip(lines, LINES):
        points = places(axes, line.get_xydata(), line.get_transform())
        draw_line(line, points, dots)
        label = line.get_label()
        if len(lines) > 1 and not label.startswith("_"):
            names.append(f"{letter}: {label}")
            x, y = last_inside(dots, points)
            dots.letter(x, y, letter)
    return names


def draw_line(line: Any, points: Any, dots: Dots) -> None:
    """Draw a line and its markers, as far as it has them."""
    if line.get_linestyle() != "None":
        dots.line(points)
    if line.get_marker() in ("None", "", None):
        return
    for x, y in points:
        dots.letter(x, y, POINTS[0])


def last_inside(dots: Dots, points: Any) -> tuple[float, float]:
    """Return the last of the points that can be seen, or the first point."""
    inside = [(x, y) for x, y in points if dots.place(x, y)]
    return inside[-1] if inside else tuple(points[0])


def draw_bars(axes: Any, dots: Dots) -> None:
    """Draw the outlines of bars; they have no names."""
    for patch in axes.patches:
        for corners in patch.get_path().to_polygons(closed_only=True):
            points = places(axes, corners, patch.get_transform())
            dots.line(points)


def draw_points(axes: Any, dots: Dots) -> None:
    """Draw the points of scatter plots, with a letter for each of their colours; no names."""
    letters: dict[tuple[float, ...], str] = {}
    for collection in axes.collections:
        offsets = collection.get_offsets()
        colours = collection.get_facecolors()
        if len(offsets) < 2 or not len(colours):
            continue  # an area
        points = places(axes, offsets, collection.get_offset_transform())
        for point, colour in zip(points, cycle(colours)):
            letter = POINTS[len(letters) % len(POINTS)]
            x, y = point
            dots.letter(x, y, letters.setdefault(tuple(colour), letter))
