"""A lesson as one HTML file, readable offline: text, code in colours, pictures to play with."""

from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from micrograd.course.lesson import Cell, Lesson, media

STYLE = Path(__file__).with_name("lesson.css")
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""
OUTPUT = '<pre class="output" tabindex="0">{}</pre>\n'
PLOT = '<img src="data:image/png;base64,{}" alt="the plot that the code above makes">\n'


def render_page(lesson: Lesson, cells: list[Cell]) -> str:
    """The text of the page of the lesson's cells, run or not."""
    style = STYLE.read_text(encoding="utf-8") + colours()
    body = "".join(map(as_html, cells))
    return PAGE.format(title=escape(f"{lesson.number}. {lesson.title}"), style=style, body=body)


def colours() -> str:
    """Those of code, in light and in dark."""
    light, dark = (
        HtmlFormatter(style=style, nobackground=True).get_style_defs(".code")
        for style in ("sas", "github-dark")
    )
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def as_html(cell: Cell) -> str:
    if not cell.code:
        return MarkdownIt("commonmark").enable("table").render(cell.text)
    formatter = HtmlFormatter(cssclass="code", nobackground=True)
    found = highlight(cell.text, PythonLexer(), formatter).replace("<pre>", '<pre tabindex="0">')
    if cell.printed:
        found += OUTPUT.format(escape(cell.printed.rstrip()))
    return found + (shown(media(cell.returned)) if cell.returned is not None else "")


def shown(bundle: dict) -> str:
    if "text/html" in bundle:
        return bundle["text/html"] + "\n"
    if "image/png" in bundle:
        return PLOT.format(bundle["image/png"])
    return OUTPUT.format(escape(bundle["text/plain"]))
