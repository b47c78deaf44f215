"""matplotlib Figures that a notebook shows, and their PNG."""

from __future__ import annotations

TYPE_CHECKING = False  # a type checker reads it as True; matplotlib takes long to import
if TYPE_CHECKING:
    from matplotlib.figure import Figure

# from the palette of Okabe and Ito, whose colours everyone can tell apart
ORANGE, BLUE = "#d55e00", "#0072b2"
RED = "#c00000"  # of text that says what is wrong
COLORS = (BLUE, ORANGE, "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#000000")
MARKERS = "so^Dv<>P"  # of classes, so that a print without colours tells them apart, too
LONGEST_NAME = 22  # letters


def blank(width: float, height: float) -> Figure:
    """Return an empty Figure of that size in inches. A notebook shows it as a picture."""
    from matplotlib.figure import Figure

    class ShownFigure(Figure):
        def _repr_png_(self) -> bytes:
            return png(self)

    return ShownFigure(figsize=(width, height), layout="constrained")


def png(figure: Figure, dpi: int = 150) -> bytes:
    """Return the Figure as a PNG; equal figures give equal bytes."""
    import io

    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=dpi, metadata={"Software": None})
    return out.getvalue()


def short_name(name: str) -> str:
    """Return the name in one short line in which matplotlib sees no formula.

    Return "" if matplotlib's font lacks one of the letters.
    """
    from matplotlib.font_manager import FontProperties, findfont, get_font

    line = " ".join(name.split())
    if len(line) > LONGEST_NAME:
        line = line[: LONGEST_NAME - 1] + "…"
    font = get_font(findfont(FontProperties()))
    has_all = all(font.get_char_index(ord(letter)) for letter in line)
    return line.replace("$", r"\$") if has_all else ""
