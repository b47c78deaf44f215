"""A network as SVG: columns of neurons, and a curve for each weight, wide for a large one.

Rule: a negative number is dashed as well as orange. A long column shows its first and its last
neurons, and how many are left out. Widths compare with the largest number of the whole network.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from micrograd.drawing.layout import Point
from micrograd.drawing.network_layers import NeuronLayer
from micrograd.drawing.svg import (
    BASELINE,
    LETTER,
    LINE,
    MARGIN,
    SHAPE,
    SHAPES,
    TEXTS,
    Svg,
    add,
    curve,
    pixels,
    sheet,
    sign_class,
)
from micrograd.engine import Value
from micrograd.support.numbers import format_number
from micrograd.support.wording import plural

MOST_IN_COLUMN = 16  # neurons; more are folded
AT_ENDS = 7  # neurons of a folded column that are drawn at either end
BESIDE, BELOW = 170.0, 34.0  # pixels from one column, and from one neuron, to the next
AROUND = 64.0  # pixels from the picture's sides to the middle of the columns
RADIUS = 12.0
WIDEST, NARROWEST = 5.0, 0.4  # pixels of the curves
CROWDED = 40.0  # pixels that the widest curves at a neuron may have together
ODD = {"stroke-dasharray": "1 4"}  # a weight that is nan or infinite

Number = Callable[[Value], float]


class Spot(NamedTuple):
    """A place in a column: that of a neuron or, with None, of those left out."""

    neuron: int | None
    center: Point


@dataclass(frozen=True)
class Column:
    """The neurons of a layer that are drawn, and how many there are."""

    x: float
    size: int
    spots: list[Spot]

    @property
    def neurons(self) -> dict[int, Point]:
        """The neurons that are drawn, with their places."""
        return {neuron: center for neuron, center in self.spots if neuron is not None}


def network_svg(layers: Sequence[NeuronLayer], number: Number, title: str, legend: str) -> Svg:
    """Return the picture of a network whose curves show `number` of each weight."""
    columns = columns_of(layers)
    tallest = BELOW * max(len(column.spots) for column in columns)
    width = max(columns[-1].x + AROUND, LETTER * len(legend))
    height = tallest + 4 * LINE
    root, drawing = sheet(width + 2 * MARGIN, height + 2 * MARGIN, title, legend)
    draw_edges(add(drawing, "g"), layers, columns, number)
    draw_inputs(drawing, columns[0])
    caption(drawing, (columns[0].x, tallest + LINE), plural(columns[0].size, "input"))
    for layer, column in zip(layers, columns[1:]):
        draw_neurons(drawing, layer, column, number)
        group = add(drawing, "g", {"data-key": layer.path})
        text = f"{column.size:,} {layer.activation}"
        caption(group, (column.x, tallest + LINE), text, layer.path)
    write(drawing, legend, (width / 2, height - LINE / 2), "name")
    return Svg(ElementTree.tostring(root, encoding="unicode"), height + 2 * MARGIN)


def columns_of(layers: Sequence[NeuronLayer]) -> list[Column]:
    """Return the columns, beside each other and around the same height."""
    sizes = [layers[0].inputs, *(len(layer.weights) for layer in layers)]
    tallest = BELOW * max(len(indices(size)) for size in sizes)
    return [column_at(AROUND + i * BESIDE, size, tallest / 2) for i, size in enumerate(sizes)]


def indices(size: int) -> list[int | None]:
    """Return the neurons of a column that are drawn, with None for those in the middle."""
    if size <= MOST_IN_COLUMN:
        return list(range(size))
    return [*range(AT_ENDS), None, *range(size - AT_ENDS, size)]


def column_at(x: float, size: int, middle: float) -> Column:
    """Return the column of `size` neurons around the height `middle`."""
    shown = indices(size)
    top = middle - BELOW * (len(shown) - 1) / 2
    spots = [Spot(neuron, (x, top + BELOW * i)) for i, neuron in enumerate(shown)]
    return Column(x, size, spots)


def caption(drawing: Element, foot: Point, text: str, path: str = "") -> None:
    """Write what a column is and, below it, its path in the model."""
    x, y = foot
    write(drawing, text, foot, "label")
    write(drawing, path, (x, y + LINE), "name")


# ---------------------------------------------------------------------------------------- edges


def draw_edges(
    group: Element, layers: Sequence[NeuronLayer], columns: Sequence[Column], number: Number
) -> None:
    """Add a curve for each weight between two neurons that are drawn, the widest ones on top."""
    numbers = [number(value) for layer in layers for row in layer.weights for value in row]
    most = max((abs(x) for x in numbers if isfinite(x)), default=0.0)
    crowd = max(len(column.spots) for column in columns)
    widest = min(WIDEST, CROWDED / crowd)
    for layer, (before, column) in zip(layers, pairwise(columns)):
        edges = edges_of(layer, before, column, number)
        for edge in sorted(edges, key=Edge.size):
            share = min(edge.size() / (most or 1.0), 1.0)
            draw_edge(group, edge, NARROWEST + (widest - NARROWEST) * share)


class Edge(NamedTuple):
    """A weight: its number, its name, and the places of the neurons that it joins."""

    number: float
    name: str
    tail: Point
    head: Point

    def size(self) -> float:
        """Return how large the number is; one that is nan or infinite is the largest."""
        return abs(self.number) if isfinite(self.number) else float("inf")


def edges_of(layer: NeuronLayer, before: Column, column: Column, number: Number) -> Iterator[Edge]:
    for j, head in column.neurons.items():
        for i, tail in before.neurons.items():
            name = f"{layer.path} weight {j}, {i}".strip()
            yield Edge(number(layer.weights[j][i]), name, tail, head)


def draw_edge(group: Element, edge: Edge, width: float) -> None:
    kind = sign_class(edge.number)
    look = SHAPES.get(kind, {}) if isfinite(edge.number) else ODD
    line = {"class": kind, "fill": "none", "stroke": SHAPE["stroke"], **look}
    path = {"stroke-width": f"{width:.2g}", "d": curve(between(edge.tail, edge.head))}
    element = add(group, "path", {**line, **path})
    add(element, "title", text=f"{edge.name}: {format_number(edge.number)}")


def between(tail: Point, head: Point) -> list[Point]:
    """Return the curve from the right of one neuron to the left of another."""
    start, end = tail[0] + RADIUS, head[0] - RADIUS
    middle = (start + end) / 2
    return [(start, tail[1]), (middle, tail[1]), (middle, head[1]), (end, head[1])]


# -------------------------------------------------------------------------------------- neurons


def draw_inputs(drawing: Element, inputs: Column) -> None:
    for index, (x, y) in inputs.neurons.items():
        name = f"x{index + 1}"
        group = add(drawing, "g", {"role": "img"})
        add(group, "title", text=f"input {name}")
        draw_disc(group, (x, y), "")
        end = {"text-anchor": "end"}
        write(group, name, (x - RADIUS - 4.0, y + BASELINE), "name", end)
    draw_rest(drawing, inputs)


def draw_neurons(drawing: Element, layer: NeuronLayer, column: Column, number: Number) -> None:
    """Add a disc for each neuron; its line shows the sign of the bias."""
    for index, center in column.neurons.items():
        bias = number(layer.biases[index]) if layer.biases else 0.0
        key = f"{layer.path} {index}".strip()
        group = add(drawing, "g", {"class": sign_class(bias), "role": "img", "data-key": key})
        text = f"{layer.path} neuron {index}, bias {format_number(bias)}, {layer.activation}"
        add(group, "title", text=text.strip())
        draw_disc(group, center, sign_class(bias))
    key = f"{layer.path} more".strip()
    rest = add(drawing, "g", {"data-key": key})
    draw_rest(rest, column)


def draw_disc(group: Element, center: Point, sign: str) -> None:
    x, y = center
    circle = {"cx": pixels(x), "cy": pixels(y), "r": pixels(RADIUS)}
    add(group, "circle", {"class": "card", **circle, **SHAPE, **SHAPES.get(sign, {})})


def draw_rest(drawing: Element, column: Column) -> None:
    """Write how many neurons are left out, in their place."""
    for neuron, (x, y) in column.spots:
        if neuron is None:
            count = column.size - len(column.neurons)
            write(drawing, f"… {count:,} more", (x, y + BASELINE), "name")


def write(
    drawing: Element, text: str, foot: Point, kind: str, more: dict[str, str] | None = None
) -> None:
    """Add a text above its foot, unless it is empty."""
    if text:
        place = {"x": pixels(foot[0]), "y": pixels(foot[1])}
        add(drawing, "text", {"class": kind, **TEXTS[kind], **place, **(more or {})}, text)
