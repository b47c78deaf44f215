"""One picture in all formats: SVG, PNG, PDF and TikZ show the same shapes, letters and colours.

Rule: a bitmap is compared with another program's bitmap of the same drawing, and the LaTeX with a
text; where a TeX is installed, it is compiled as well.
"""

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from micrograd import MLP, Value, draw
from micrograd.cli import app
from micrograd.cli.expressions import render
from micrograd.course.presets import PRESETS
from micrograd.drawing import FORMATS, Picture
from micrograd.drawing.pdf import INCH, figure_of
from micrograd.drawing.png import MOST_DOTS, SHARP, png
from micrograd.drawing.shapes import POINTS, Shape, shapes_of
from micrograd.drawing.svg import MINUS, PAPER, PLUS
from micrograd.drawing.tikz import SPECIAL, escape, options
from tests.support.commands import CliRunner

GUIDES = Path(__file__).parent.parent / "docs" / "how-to"


def neuron():
    root = PRESETS["neuron"]()
    root.backward()
    return root


def pixels(data):
    return imread(io.BytesIO(data))[:, :, :3]


def rgb(color):
    digits = color[1:] if len(color) == 7 else "".join(2 * x for x in color[1:])
    return [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]


def test_a_bitmap_has_the_colours_of_the_drawing():
    image = pixels(draw(neuron()).png)
    for color in (PAPER, PLUS, MINUS):
        assert (abs(image - rgb(color)) < 0.02).all(axis=2).sum() > 20


@pytest.mark.parametrize("name", [*PRESETS, "network"])
def test_bitmap_and_pdf_are_the_same_picture(name):
    """matplotlib draws the figure behind the PDF as a bitmap, which is compared with resvg's.

    The two smooth edges and letters differently, so that about one dot in a hundred differs; a
    card, a text or a colour that is missing or out of place changes blocks of 16 by 16 dots.
    """
    picture = draw(MLP(2, [4, 20, 1])) if name == "network" else draw(PRESETS[name]())
    drawing = shapes_of(picture.svg)
    out = io.BytesIO()
    figure_of(drawing).savefig(out, format="png", dpi=SHARP * INCH / POINTS)
    one, other = pixels(out.getvalue()), pixels(picture.png)
    assert abs(np.subtract(one.shape, other.shape)).max() <= 1
    height, width = (16 * (min(a, b) // 16) for a, b in zip(one.shape[:2], other.shape[:2]))
    blocks = [
        x[:height, :width].mean(2).reshape(height // 16, 16, width // 16, 16).mean((1, 3))
        for x in (one, other)
    ]
    assert abs(blocks[0] - blocks[1]).max() < 0.16
    assert abs(blocks[0] - blocks[1]).mean() < 0.005


def test_a_faint_edge_is_faint_in_tex_as_well():
    faint = Shape("path", {"stroke": "#fff", "opacity": "0.25", "d": "M0,0L1,1"}, (0.0, 0.0), "")
    assert options(faint) == f"draw=cFFFFFF,line width={POINTS:g}bp,opacity=0.25"


def test_a_huge_picture_is_a_bitmap_that_can_be_opened():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="20000"></svg>'
    image = pixels(png(svg))
    assert image.shape[0] * image.shape[1] <= 1.01 * MOST_DOTS


def test_a_pdf_has_its_size_and_letters_and_the_same_bytes_each_time():
    picture = draw(neuron())
    data = picture.pdf
    assert data == draw(neuron()).pdf
    box = re.search(rb"/MediaBox \[ ?([\d. ]+)\]", data)[1].split()
    drawing = shapes_of(picture.svg)
    assert float(box[2]) == pytest.approx(drawing.width * POINTS, abs=0.1)
    assert float(box[3]) == pytest.approx(drawing.height * POINTS, abs=0.1)
    assert b"DejaVuSansMono" in data


def test_a_dollar_and_letters_that_a_font_lacks_are_drawn():
    x = Value(2.0, label="$x_1$ \U0001f393 \u4f60")
    picture = draw(x * x)
    assert all([picture.png, picture.pdf, picture.tex])


TEX = r"""
\path[draw=c6B6B6B,line width=0.9bp] (96,40)..controls(112,40)and(116,40)..(132,40)(125,36)--(132,40)--(125,43);
\path[fill=cFFFFFF,draw=cB34700,line width=0.9bp,rounded corners=3.75bp,dash pattern=on 3.75bp off 2.25bp] (12,10) rectangle (96,69);
\node[anchor=base,inner sep=0pt,text=c1B1B1B,font=\ttfamily\fontsize{9}{9}\selectfont\bfseries] at (54,27) {w\_1};
\node[anchor=base,inner sep=0pt,text=cB34700,font=\ttfamily\fontsize{9}{9}\selectfont] at (54,61) {$\blacktriangledown$ grad -1.0000};
\path[fill=cFFFFFF,draw=c6B6B6B,line width=0.9bp] (162,40) circle [radius=11.25bp];
"""  # noqa: E501


def test_tikz_has_a_command_for_each_shape():
    x = Value(2.0, label="w_1")
    y = -x
    y.backward()
    text = draw(y).tex
    numbers = re.compile(r"-?\d+(?=[,)])")  # places are Graphviz's
    for line in TEX.strip().splitlines():
        assert numbers.sub("0", line) in numbers.sub("0", text)
    assert text.count(r"\node") == 6
    assert text.startswith(r"\documentclass[tikz,border=0pt]{standalone}")
    bare = re.sub(r"\\[{}\\]", "", text)
    assert bare.count("{") == bare.count("}")


@pytest.mark.parametrize("character", SPECIAL)
def test_characters_that_latex_reads_as_commands_are_escaped(character):
    text = escape(f"a{character}b")
    assert text.startswith("a") and text.endswith("b")
    assert re.fullmatch(r"a(\\[{}$&#%_]|\\\w+\{\}|\$\\?[\w-]+\$)b", text)


def test_labels_in_greek_are_letters_of_mathematics():
    assert escape("ω_α\nΔ") == r"$\omega$\_$\alpha$ $\Delta$"


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("pdflatex"), reason="no TeX on this machine")
def test_latex_compiles_it(tmp_path):
    x = Value(2.0, label=r"\w_1{a}&~^%$#π")
    y = (x * x).tanh() - 3.0
    y.backward()
    path = draw(y).save(tmp_path / "y.tex")
    subprocess.run(["pdflatex", "-halt-on-error", path], cwd=tmp_path, check=True)
    assert (tmp_path / "y.pdf").read_bytes().startswith(b"%PDF")


def test_a_picture_and_the_command_write_every_format(tmp_path):
    picture = draw(neuron())
    for format in FORMATS:
        saved = picture.save(tmp_path / f"y.{format}").read_bytes()
        text = render(neuron(), Path(f"y.{format}"))
        assert saved == (text if isinstance(text, bytes) else text.encode())


def help_of_draw():
    result = CliRunner().invoke(app.app, ["draw", "--help"], env={"COLUMNS": "200"})
    return result.stdout


NAMING = {
    "Picture": lambda: Picture.__doc__,
    "the guide": lambda: (GUIDES / "draw_for_a_paper.md").read_text(encoding="utf-8"),
    "the command": help_of_draw,
}


@pytest.mark.parametrize("place", NAMING)
def test_the_same_formats_are_named_everywhere(place):
    named = re.findall(r"\.(svg|html|png|pdf|tex|json|gv|eps|jpg)\b", NAMING[place]())
    assert set(named) == set(FORMATS)


def test_a_bitmap_without_resvg_names_the_line_that_installs_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(ImportError, match=r"pip install 'micrograd\[pictures\]'"):
        draw(Value(1.0)).save(tmp_path / "y.png")
    assert not list(tmp_path.iterdir())
