"""A lesson as one HTML file that works offline: text, code in colours, and pictures that play."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from micrograd.course.lesson import Cell, Lesson, link_glossary, mime_bundle
from micrograd.course.questions import Question

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
FOLDED = "<details>\n<summary>{}</summary>\n{}</details>\n"
QUESTION = '<div class="question">\n{}{}</div>\n'
PLOT = '<img src="data:image/png;base64,{}" alt="the plot that the code above makes">\n'


def render_page(lesson: Lesson, cells: list[Cell], lessons: Sequence[Lesson] = ()) -> str:
    """Return the HTML of a page of the lesson's cells, whether they were run or not.

    It begins and ends with links to the lessons beside it, if `lessons` has several.
    """
    style = STYLE.read_text(encoding="utf-8") + code_colours()
    links = navigation(lesson, lessons)
    body = links + "".join(map(as_html, cells)) + links
    return PAGE.format(title=escape(heading(lesson)), style=style, body=body)


def render_index(lessons: Sequence[Lesson]) -> str:
    """Return the HTML of the page that lists the lessons, each with its goal."""
    items = [f"<li>{link(lesson, lesson.title)}: {escape(lesson.goal)}</li>" for lesson in lessons]
    body = "<h1>The lecture in lessons that run</h1>\n<ol>\n" + "\n".join(items) + "\n</ol>\n"
    style = STYLE.read_text(encoding="utf-8")
    return PAGE.format(title="The lecture in lessons", style=style, body=body)


def navigation(lesson: Lesson, lessons: Sequence[Lesson]) -> str:
    """Return the links to the lesson before, the list, and the lesson after."""
    if len(lessons) < 2:
        return ""
    numbers = [each.number for each in lessons]
    place = numbers.index(lesson.number)
    links = ['<a href="index.html">All lessons</a>']
    if place > 0:
        before = lessons[place - 1]
        links.insert(0, link(before, f"Previous: {heading(before)}"))
    if place + 1 < len(lessons):
        after = lessons[place + 1]
        links.append(link(after, f"Next: {heading(after)}"))
    return f'<nav aria-label="Lessons">{" | ".join(links)}</nav>\n'


def link(lesson: Lesson, text: str) -> str:
    return f'<a href="{lesson.path.stem}.html">{escape(text)}</a>'


def heading(lesson: Lesson) -> str:
    return f"{lesson.number}. {lesson.title}"


def code_colours() -> str:
    """Return the CSS for the colours of code, in light and in dark."""
    light, dark = (
        HtmlFormatter(style=style, nobackground=True).get_style_defs(".code")
        for style in ("sas", "github-dark")
    )
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def as_html(cell: Cell) -> str:
    """Return a cell, with its outputs, as HTML; an answer or a solution is folded."""
    if cell.question:
        return render_question(cell.question)
    if not cell.code:
        return markdown(cell.text)
    if cell.tag == "check":
        return ""
    html = code_and_outputs(cell)
    return FOLDED.format("Solution", html) if cell.tag == "solution" else html


def markdown(text: str) -> str:
    return MarkdownIt("commonmark").enable("table").render(link_glossary(text))


def render_question(question: Question) -> str:
    """Return the HTML of a question, whose answer is folded."""
    choices = "".join(f"\n- {choice}" for choice in question.choices)
    answer = markdown(f"**{question.answer_text}.** {question.why}")
    text = markdown(f"**Your guess?** {question.text}\n{choices}")
    return QUESTION.format(text, FOLDED.format("Answer", answer))


def code_and_outputs(cell: Cell) -> str:
    """Return the code in colours, with what it printed and returned."""
    formatter = HtmlFormatter(cssclass="code", nobackground=True)
    html = highlight(cell.text, PythonLexer(), formatter).replace("<pre>", '<pre tabindex="0">')
    if cell.printed:
        html += OUTPUT.format(escape(cell.printed.rstrip()))
    if cell.returned is not None:
        html += render_output(mime_bundle(cell.returned))
    return html


def render_output(bundle: dict) -> str:
    """Return the HTML of an output, from its richest form in {MIME type: content}."""
    if "text/html" in bundle:
        return bundle["text/html"] + "\n"
    if "image/png" in bundle:
        return PLOT.format(bundle["image/png"])
    return OUTPUT.format(escape(bundle["text/plain"]))
