"""The HTML of the site, mended where the theme is hard on keyboards and screen readers.

Rule: tests/test_site.py runs axe on the pages; what it finds is mended here, and nothing else.
"""

import re
from pathlib import Path
from typing import Any

TABLE = '<div class="table-wrapper'
PARAMETERS = re.compile(r"<dl>\s*((?:<dd>.*?</dd>\s*)+)</dl>", re.DOTALL)
LANDMARKS = {  # of the theme, which leaves them without a name
    '<aside class="sidebar-drawer"': '<aside aria-label="All pages" class="sidebar-drawer"',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
}


def make_accessible(app: Any, pagename, templatename, context: dict, doctree) -> None:
    """Mend the body of a page, in place.

    The Tab key reaches whatever may have to be scrolled sideways, and the parameters of a long
    signature are no list of definitions.
    """
    body = context.get("body", "").replace("<pre>", '<pre tabindex="0">')
    body = body.replace(TABLE, TABLE.replace("<div", '<div tabindex="0"'))
    context["body"] = PARAMETERS.sub(spans_of, body)


def spans_of(parameters: re.Match) -> str:
    lines = parameters[1].replace("<dd>", '<span class="parameter">').replace("</dd>", "</span>")
    return f'<span class="parameters">{lines}</span>'


def name_landmarks(app: Any, exception) -> None:
    """Give the two side columns of each page a name, by which a screen reader tells them apart."""
    for path in Path(app.outdir).rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        named = text
        for old, new in LANDMARKS.items():
            named = named.replace(old, new)
        if named != text:
            path.write_text(named, encoding="utf-8")
