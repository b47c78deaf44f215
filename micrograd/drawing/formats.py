"""A drawing and the formats in which it is saved.

Rule: the SVG is the drawing; the other formats are made from it when they are asked for.
"""

from pathlib import Path
from typing import ClassVar

from micrograd.drawing.pdf import pdf
from micrograd.drawing.png import png
from micrograd.drawing.tikz import tikz
from micrograd.support import files
from micrograd.support.arguments import unknown_format


class Drawing:
    """A drawing with its `svg`, which `save(path)` writes in the format of the path's ending."""

    svg: str
    formats: ClassVar[tuple[str, ...]] = ("svg", "png", "pdf", "tex")  # endings, and attributes

    @property
    def png(self) -> bytes:
        """The picture as a bitmap of two dots a pixel.

        Raises ImportError, with the line that installs it, if resvg-py is missing.
        """
        return png(self.svg)

    @property
    def pdf(self) -> bytes:
        """The picture as a PDF of one page."""
        return pdf(self.svg)

    @property
    def tex(self) -> str:
        """The picture as a LaTeX document that draws it with TikZ."""
        return tikz(self.svg)

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file, whole or not at all, and return its path.

        Raises ValueError for an ending that is none of its formats, ImportError for a .png without
        resvg-py, and OSError if the file cannot be written.
        """
        path = files.as_path(path)
        format = path.suffix.lower().removeprefix(".")
        if format not in self.formats:
            raise ValueError(unknown_format(path.name, self.formats))
        return files.write(path, getattr(self, format))
