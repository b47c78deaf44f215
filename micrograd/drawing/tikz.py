"""A drawing as TikZ: a LaTeX document of its own, whose picture can also be pasted into a paper.

Rule: a command stands for each shape, in the shapes' order. A pixel is 0.75 points, so letters are
9 points high.
"""

import re
from collections.abc import Iterable, Iterator

from micrograd.drawing.shapes import POINTS, Point, Shape, Shapes, shapes_of

DOCUMENT = r"""\documentclass[tikz,border=0pt]{{standalone}}
\usepackage{{amssymb}}
\IfFileExists{{lmodern.sty}}{{\usepackage[T1]{{fontenc}}\usepackage{{lmodern}}}}{{}}
\begin{{document}}
\begin{{tikzpicture}}[x=0.75bp,y=-0.75bp]
{colors}
\path (0,0) rectangle ({width:g},{height:g});
{commands}
\end{{tikzpicture}}
\end{{document}}
"""
ENDS = {"start": "base west", "end": "base east"}  # of a text: where its place is on it
# what LaTeX reads as a command, or lacks in its typewriter font
SPECIAL = {character: "\\" + character for character in "{}$&#%_"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "▲": r"$\blacktriangle$",
    "▼": r"$\blacktriangledown$",
    "…": r"\ldots{}",
    "·": r"$\cdot$",
    "−": r"$-$",
    "∂": r"$\partial$",
}
LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"
LETTER_NAMES = (
    r"\alpha\beta\gamma\delta\epsilon\zeta\eta\theta\iota\kappa\lambda\mu\nu\xi\pi\rho\sigma\tau"
    r"\upsilon\phi\chi\psi\omega\Gamma\Delta\Theta\Lambda\Xi\Pi\Sigma\Phi\Psi\Omega"
)
GREEK = {letter: f"${name}$" for letter, name in zip(LETTERS, re.findall(r"\\\w+", LETTER_NAMES))}
SPELLINGS = str.maketrans(SPECIAL | GREEK)


def tikz(svg: str) -> str:
    """Return a drawing of ours as the text of a LaTeX document."""
    drawing = shapes_of(svg)
    commands = "\n".join(f"\\{command(shape)};" for shape in drawing.shapes)
    width, height = drawing.width, drawing.height
    colors = "\n".join(color_definitions(drawing))
    return DOCUMENT.format(colors=colors, width=width, height=height, commands=commands)


def color_definitions(drawing: Shapes) -> Iterator[str]:
    """Yield the definition of each colour, once."""
    looks = [shape.look for shape in drawing.shapes]
    used = dict.fromkeys(look.get(name, "none") for look in looks for name in ("fill", "stroke"))
    for color in used:
        if color != "none":
            yield rf"\definecolor{{{color_name(color)}}}{{HTML}}{{{color_name(color)[1:]}}}"


def color_name(color: str) -> str:
    """Return the name of "#fff" in the document: "cFFFFFF"."""
    digits = color.removeprefix("#").upper()
    return "c" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def command(shape: Shape) -> str:
    """Return the command of a shape, without its backslash and its semicolon."""
    match shape.tag:
        case "rect":
            x, y = shape.place()
            far = (x + shape.number("width"), y + shape.number("height"))
            return f"path[{options(shape)}] {point((x, y))} rectangle {point(far)}"
        case "circle":
            radius = f"[radius={points(shape.number('r'))}]"
            return f"path[{options(shape)}] {point(shape.place('cx', 'cy'))} circle {radius}"
        case "path":
            return f"path[{options(shape)}] {''.join(map(stroke, shape.strokes))}"
        case _:
            return node(shape)


def options(shape: Shape) -> str:
    """Return how a shape is drawn: "draw=c6B6B6B,line width=0.9bp"."""
    look = shape.look
    words = []
    for name, attribute in (("fill", "fill"), ("draw", "stroke")):
        color = look.get(attribute, "none")
        if color != "none":
            words.append(f"{name}={color_name(color)}")
    words.append(f"line width={points(shape.number('stroke-width', 1.0))}")
    if "rx" in look:
        words.append(f"rounded corners={points(shape.number('rx'))}")
    if shape.dashes:
        words.append(f"dash pattern={dash_pattern(shape.dashes)}")
    if "opacity" in look:
        words.append(f"opacity={look['opacity']}")
    return ",".join(words)


def dash_pattern(lengths: Iterable[float]) -> str:
    """Return "on 3.75bp off 2.25bp" for dashes of 5 and gaps of 3 pixels."""
    on, off = map(points, lengths)
    return f"on {on} off {off}"


def stroke(piece: tuple[str, list[Point]]) -> str:
    """Return a piece of a path."""
    letter, places = piece
    texts = [point(place) for place in places]
    if letter == "M":
        return texts[0]
    if letter == "L":
        return "".join(f"--{text}" for text in texts)
    curves = zip(texts[::3], texts[1::3], texts[2::3])
    return "".join(f"..controls{first}and{second}..{end}" for first, second, end in curves)


def node(shape: Shape) -> str:
    """Return a text as a node whose foot is at its place."""
    look = shape.look
    size = shape.number("font-size") * POINTS
    font = rf"\ttfamily\fontsize{{{size:g}}}{{{size:g}}}\selectfont"
    if look.get("font-weight") == "bold":
        font += r"\bfseries"
    if look.get("font-style") == "italic":
        font += r"\itshape"
    anchor = ENDS.get(look["text-anchor"], "base")
    style = f"anchor={anchor},inner sep=0pt,text={color_name(look['fill'])},font={font}"
    return f"node[{style}] at {point(shape.place())} {{{escape(shape.text)}}}"


def escape(text: str) -> str:
    """Return a text in which LaTeX reads no command, in one line.

    >>> escape("w_1 {50%}")
    'w\\\\_1 \\\\{50\\\\%\\\\}'
    """
    return re.sub(r"\s+", " ", text).translate(SPELLINGS)


def point(place: Point) -> str:
    x, y = place
    return f"({x:g},{y:g})"


def points(pixels: float) -> str:
    return f"{pixels * POINTS:g}bp"
