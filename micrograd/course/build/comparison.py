"""A learner's code beside ours, method by method.

Rule: the code of both is compared as Python reads it, so blanks and comments are no difference.
"""

import ast
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from micrograd.course.build.merging import is_bare_head, names_in, pieces
from micrograd.course.page import PAGE, STYLE, code_colours
from micrograd.support import files

TITLE = "Your micrograd beside ours"
WIDE = """
main { max-width: 90rem; }
section { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 1rem; }
@media (max-width: 45rem) { section { grid-template-columns: minmax(0, 1fr); } }
section h2 { grid-column: 1 / -1; margin: 1.5rem 0 0; }
section h3 { font-size: 0.9rem; margin: 0.4rem 0 0; }
section div { min-width: 0; }
"""


@dataclass(frozen=True)
class Pair:
    """A function or a method of both files; "" where one has none."""

    name: str
    theirs: str
    ours: str

    @property
    def same(self) -> bool:
        """Whether Python reads the same code."""
        return bool(self.theirs) and bool(self.ours) and meaning(self.theirs) == meaning(self.ours)


def compare_files(theirs: str, ours: str) -> list[Pair]:
    """Return the pieces of both files, in our order and then theirs. Raises SyntaxError.

    The line `class NAME:`, if both have it, is no piece.

    >>> [(pair.name, pair.same) for pair in compare_files("x = 1  # one", "x = 1\\ny = 2")]
    [('x', True), ('y', False)]
    """
    left, right = pieces(theirs), pieces(ours)
    names = names_in([ours, theirs])
    pairs = [Pair(name, left.get(name, ""), right.get(name, "")) for name in names]
    return [pair for pair in pairs if not (is_bare_head(pair.theirs) and is_bare_head(pair.ours))]


def meaning(code: str) -> str:
    """Return what Python reads, without docstrings."""
    text = textwrap.dedent(code)
    if text.startswith(("class ", "@")):
        text += "\n    ..."
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            node.body.pop(0)
    return ast.dump(tree)


def render_comparison(pairs: Sequence[Pair], about: str) -> str:
    """Return a page with both files side by side; `about` is a sentence on top."""
    same = [pair.name for pair in pairs if pair.same]
    parts = [f"<h1>{TITLE}</h1>\n<p>{escape(about)}</p>\n"]
    if same:
        parts.append(f"<p>The same in both: <code>{escape(', '.join(same))}</code>.</p>\n")
    parts += [render_pair(pair) for pair in pairs if not pair.same]
    style = STYLE.read_text(encoding="utf-8") + code_colours() + WIDE
    return PAGE.format(title=TITLE, style=style, body="".join(parts), script="")


def render_pair(pair: Pair) -> str:
    yours, ours = (render_code(code, pair.name) for code in (pair.theirs, pair.ours))
    head = f"<h2><code>{escape(pair.name)}</code></h2>\n"
    columns = f"<div><h3>yours</h3>{yours}</div>\n<div><h3>ours</h3>{ours}</div>\n"
    return f"<section>\n{head}{columns}</section>\n"


def render_code(code: str, name: str) -> str:
    """Return the code in colours, or that there is none."""
    if not code:
        return f"<p>No <code>{escape(name)}</code>.</p>"
    formatter = HtmlFormatter(cssclass="code", nobackground=True)
    html = highlight(textwrap.dedent(code), PythonLexer(), formatter)
    return html.replace("<pre>", '<pre tabindex="0">')


def write_page(path: Path, pairs: Sequence[Pair], about: str) -> Path:
    """Write the page, and return its path. Raises OSError."""
    return files.write(path, render_comparison(pairs, about))
