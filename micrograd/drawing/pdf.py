"""A drawing as PDF, written by matplotlib, which the package needs anyway and which brings a font.

Rule: an artist stands for each shape, in the shapes' order, and equal drawings give equal bytes.
"""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

from micrograd.drawing.shapes import POINTS, Point, Shape, Shapes, shapes_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from matplotlib.path import Path

FONT = "DejaVu Sans Mono"
INCH = 72.0  # points
ENDS: Any = {"start": "left", "middle": "center", "end": "right"}  # of a text at its place
SETTINGS: Any = {"pdf.fonttype": 42, "text.parse_math": False}  # letters stay letters, "$" a dollar


def pdf(svg: str) -> bytes:
    """Return a drawing of ours as a PDF of one page, with its letters as text.

    A letter that the font lacks shows as a box.
    """
    from matplotlib import rc_context

    out = io.BytesIO()
    with rc_context(SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")
        figure_of(shapes_of(svg)).savefig(out, format="pdf", metadata={"CreationDate": None})
    return out.getvalue()


def figure_of(drawing: Shapes) -> Figure:
    """Return the drawing as a Figure of its size, whose axes count pixels from the top left."""
    from matplotlib.figure import Figure

    size = (drawing.width * POINTS / INCH, drawing.height * POINTS / INCH)
    figure = Figure(figsize=size)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0.0, drawing.width), ylim=(drawing.height, 0.0))
    axes.set_axis_off()
    for order, shape in enumerate(drawing.shapes):
        artist = artist_of(shape)
        artist.set_zorder(order)
        axes.add_artist(artist)
    return figure


def artist_of(shape: Shape) -> Artist:
    """Return a shape as matplotlib draws it."""
    from matplotlib.patches import Circle, FancyBboxPatch, PathPatch

    match shape.tag:
        case "rect":
            sides = shape.number("width"), shape.number("height")
            corners = f"round,pad=0,rounding_size={shape.number('rx')}"
            return FancyBboxPatch(shape.place(), *sides, boxstyle=corners, **line_of(shape))
        case "circle":
            return Circle(shape.place("cx", "cy"), shape.number("r"), **line_of(shape))
        case "path":
            return PathPatch(path_of(shape), **line_of(shape))
        case _:
            return text_of(shape)


def line_of(shape: Shape) -> dict[str, Any]:
    """Return matplotlib's arguments for the lines and the colours of a shape."""
    look = shape.look
    width = shape.number("stroke-width", 1.0) * POINTS
    dashes = [length * POINTS / width for length in shape.dashes]  # matplotlib counts in widths
    style = {"linestyle": (0.0, dashes)} if dashes else {}
    colors = {"facecolor": look.get("fill", "none"), "edgecolor": look.get("stroke", "none")}
    return {**colors, **style, "linewidth": width, "alpha": shape.number("opacity", 1.0)}


def path_of(shape: Shape) -> Path:
    """Return a path's pieces as a Path of matplotlib's."""
    from matplotlib.path import Path

    codes = {"M": Path.MOVETO, "L": Path.LINETO, "C": Path.CURVE4}
    places: list[Point] = []
    kinds: list[Any] = []
    for letter, points in shape.strokes:
        places += points
        kinds += [codes[letter]] * len(points)
    return Path(places, kinds)


def text_of(shape: Shape) -> Artist:
    """Return a text whose foot is at its place."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text

    look = shape.look
    font = FontProperties(
        family=FONT,
        size=shape.number("font-size") * POINTS,
        weight=look.get("font-weight", "normal"),
        style=look.get("font-style", "normal"),  # type: ignore[arg-type]
    )
    end = ENDS[look["text-anchor"]]
    text = Text(*shape.place(), shape.text, color=look["fill"], font=font)
    text.set_horizontalalignment(end)
    return text
