"""The shapes of a drawing: all that stands in its SVG, one after the other, with its full look.

Rule: the SVG is the drawing, and every other format is written from its shapes, so that all formats
show the same picture.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

SHAPES = {"rect", "circle", "path", "text"}
SPACE = "{http://www.w3.org/2000/svg}"
POINTS = 0.75  # that a pixel is: in CSS, 96 pixels and 72 points are an inch

Point = tuple[float, float]


class Shape(NamedTuple):
    """A shape: `look` has its attributes and those of the groups around it, `shift` moves it."""

    tag: str
    look: dict[str, str]
    shift: Point
    text: str

    def number(self, name: str, default: float = 0.0) -> float:
        """Return an attribute as a number."""
        return float(self.look.get(name, default))

    def place(self, x: str = "x", y: str = "y") -> Point:
        """Return the point that two attributes hold, in the picture's pixels."""
        return add((self.number(x), self.number(y)), self.shift)

    @property
    def dashes(self) -> list[float]:
        """The lengths of dashes and gaps, in pixels; an empty list is a whole line."""
        return [float(length) for length in self.look.get("stroke-dasharray", "").split()]

    @property
    def strokes(self) -> Iterator[tuple[str, list[Point]]]:
        """The pieces of a path as (command, points): "M" moves, "L" is a line, "C" a curve."""
        for command, text in re.findall("([MLC])([^MLC]*)", self.look["d"]):
            numbers = list(map(float, text.split()))
            points = zip(numbers[::2], numbers[1::2])
            yield command, [add(point, self.shift) for point in points]


class Shapes(NamedTuple):
    """The size of a picture in pixels, and its shapes from back to front, without its paper."""

    width: float
    height: float
    shapes: list[Shape]


def shapes_of(svg: str) -> Shapes:
    """Return the shapes in a drawing of ours."""
    root = ElementTree.fromstring(svg)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    return Shapes(width, height, list(shapes_in(root, {}, (0.0, 0.0))))


def shapes_in(element: Element, around: Mapping[str, str], shift: Point) -> Iterator[Shape]:
    """Yield the shapes within an element; `around` is the look of what it stands in."""
    for child in element:
        tag = child.tag.removeprefix(SPACE)
        look = {**around, **child.attrib}
        moved = add(shift, translation(child.get("transform", "")))
        if tag in SHAPES and child.get("class") != "paper":
            yield Shape(tag, look, moved, child.text or "")
        yield from shapes_in(child, look, moved)


def translation(transform: str) -> Point:
    """Return the point that "translate(12 5)" moves the origin to."""
    numbers = re.findall(r"[-\d.]+", transform) or ["0", "0"]
    x, y = map(float, numbers)
    return x, y


def add(one: Point, other: Point) -> Point:
    return one[0] + other[0], one[1] + other[1]
