"""A drawing as a bitmap, which resvg makes from the SVG itself.

Rule: the picture has two dots a pixel, for screens and slides, unless it would become too large to
be opened. Its font is DejaVu Sans Mono, which comes with matplotlib.
"""

from math import sqrt
from pathlib import Path

from micrograd.drawing.shapes import shapes_of
from micrograd.drawing.svg import FONT
from micrograd.support.extras import require

SHARP = 2.0  # dots a pixel, in each direction
MOST_DOTS = 40e6  # 160 MB of memory
FAMILY = "DejaVu Sans Mono"


def png(svg: str) -> bytes:
    """Return a drawing of ours as a PNG. Raises ImportError if resvg-py is not installed."""
    resvg = require("resvg_py", "pictures", "resvg-py")
    drawing = shapes_of(svg)
    zoom = min(SHARP, sqrt(MOST_DOTS / (drawing.width * drawing.height)))
    text = svg.replace(FONT, FAMILY)
    return bytes(resvg.svg_to_bytes(svg_string=text, zoom=zoom, font_files=font_files()))


def font_files() -> list[str]:
    """Return matplotlib's files of the font: plain, bold and italic."""
    import matplotlib

    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    return sorted(map(str, folder.glob("DejaVuSansMono*.ttf")))
