"""A lesson as one HTML file that works offline: text, code in colours, and pictures that play.

Rule: answers and solutions are folded, and open without any script. With the script of `web/`, a
question has a field for the guess, which is judged in the page.
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from micrograd.course import messages
from micrograd.course.lesson import Cell, Lesson, is_difference, link_glossary, mime_bundle
from micrograd.course.questions import LETTERS, Question

STYLE = Path(__file__).with_name("lesson.css")
WEB = Path(__file__).parent / "web"
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
{script}</body>
</html>
"""
OUTPUT = '<pre class="output" tabindex="0">{}</pre>\n'
FOLDED = "<details>\n<summary>{}</summary>\n{}</details>\n"
QUESTION = '<div class="question" data-question="{}">\n{}{}</div>\n'
PLOT = '<img src="data:image/png;base64,{}" alt="{}">\n'
ALT = "the plot that the code above makes"
PREDICTED = '<p class="predicted" role="status"></p>\n'
SCRIPT = '<script type="module">\n{}</script>\n'
PLAYER = '<main class="player">'  # its first tag
QUIZ = '<main class="player" data-quiz>'  # with its quiz open


def render_page(lesson: Lesson, cells: list[Cell], lessons: Sequence[Lesson] = ()) -> str:
    """Return the HTML of a page of the lesson's cells, whether they were run or not.

    It begins and ends with links to the lessons beside it, if `lessons` has several.
    """
    style = STYLE.read_text(encoding="utf-8") + web_file("questions.css") + code_colours()
    above, below = navigation(lesson, lessons), navigation(lesson, lessons, "Lessons, again")
    asks = any(cell.question for cell in cells)
    *most, closing = map(as_html, cells)
    predicted = PREDICTED if asks else ""
    body = "".join([above, *most, predicted, closing, below])
    script = page_script() if asks else ""
    return PAGE.format(title=escape(heading(lesson)), style=style, body=body, script=script)


def render_index(lessons: Sequence[Lesson]) -> str:
    """Return the HTML of the page that lists the lessons, each with its goal and its chapter."""
    items = [f"<li>{index_entry(lesson)}</li>" for lesson in lessons]
    body = "<h1>The lecture in lessons that run</h1>\n<ol>\n" + "\n".join(items) + "\n</ol>\n"
    style = STYLE.read_text(encoding="utf-8")
    return PAGE.format(title="The lecture in lessons", style=style, body=body, script="")


def index_entry(lesson: Lesson) -> str:
    """Return the lesson's link, its goal, its place in the lecture, and its exercises."""
    chapter = " to ".join(filter(None, lesson.chapter))
    where = f"In the lecture: {chapter}{lesson.after_lecture}." if chapter else ""
    return f"{link(lesson, lesson.title)}: {escape(lesson.goal)} {where}".rstrip()


def navigation(lesson: Lesson, lessons: Sequence[Lesson], label: str = "Lessons") -> str:
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
    return f'<nav aria-label="{label}">{" | ".join(links)}</nav>\n'


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
        text = markdown(cell.text)
        return FOLDED.format("Why", text) if cell.tag == "remark" else text
    if cell.tag == "check":
        return ""
    html = code_and_outputs(cell)
    return FOLDED.format("Solution", html) if cell.tag == "solution" else html


def markdown(text: str) -> str:
    html = MarkdownIt("commonmark").enable("table").render(link_glossary(text))
    return html.replace("<pre>", '<pre tabindex="0">')


def inline(text: str) -> str:
    """Return the Markdown of one line as HTML without a paragraph."""
    return MarkdownIt("commonmark").renderInline(link_glossary(text))


def render_question(question: Question) -> str:
    """Return the HTML of a question, whose answer is folded."""
    letters = LETTERS if question.has_letters else ""
    labels = [f"{letter}) " for letter in letters] or [""] * len(question.choices)
    choices = [f"- {label}{choice}" for label, choice in zip(labels, question.choices)]
    text = markdown("\n".join([f"**Your guess?** {question.text}", "", *choices]))
    answer = markdown(f"**{question.answer_text.rstrip('.')}.** {question.why}")
    data = escape(json.dumps(page_data(question), ensure_ascii=False))
    return QUESTION.format(data, text, FOLDED.format("Answer", answer))


def page_data(question: Question) -> dict[str, Any]:
    """Return what `web/guess.mjs` knows of a question, in JSON's types; sentences are HTML."""
    replies = {
        "right": messages.RIGHT,
        "wrong": messages.NOT_RIGHT,
        "sign": messages.WRONG_SIGN,
        "partly": messages.PARTLY_RIGHT,
        "unread": messages.not_a_guess(question.answer, question.choices),
    }
    mistakes = [[wrong, inline(sentence)] for wrong, sentence in question.mistakes.items()]
    return {
        "answer": question.answer,
        "choices": question.choices,
        "shown": list(map(inline, question.choices)),
        "letters": question.has_letters,
        "mistakes": mistakes,
        "within": question.within,
        "replies": {name: inline(sentence) for name, sentence in replies.items()},
    }


@cache
def web_file(name: str) -> str:
    """Return the text of a file in web/."""
    return (WEB / name).read_text(encoding="utf-8")


def page_script() -> str:
    """Return the element with the script of a page that asks: one module, which loads nothing."""
    code = web_file("guess.mjs") + web_file("questions.mjs")
    return SCRIPT.format(
        re.sub(r"^(import .*\n|export (?=function))", "", code, flags=re.MULTILINE)
    )


def code_and_outputs(cell: Cell) -> str:
    """Return the code in colours, with what it printed and returned."""
    formatter = HtmlFormatter(cssclass="code", nobackground=True)
    html = highlight(cell.text, PythonLexer(), formatter).replace("<pre>", '<pre tabindex="0">')
    if cell.printed:
        html += render_printed(cell.printed.rstrip())
    if cell.returned is not None:
        html += render_output(cell)
    return html


def render_printed(text: str) -> str:
    """Return printed text as HTML; of a difference, new and removed lines are in colours."""
    return OUTPUT.format(coloured(text) if is_difference(text) else escape(text))


def coloured(text: str) -> str:
    """Return the lines of a difference as HTML, each new or removed one in an element."""
    tags = {"+": "ins", "-": "del"}
    lines = []
    for line in text.splitlines():
        tag = tags.get(line[:1])
        html = escape(line)
        lines.append(f"<{tag}>{html}</{tag}>" if tag else html)
    return "\n".join(lines)


def render_output(cell: Cell) -> str:
    """Return the HTML of what a cell returned, in its richest form."""
    bundle = mime_bundle(cell.returned)
    if "text/html" in bundle:
        html = bundle["text/html"]
        return (open_quiz(html) if cell.tag == "quiz" else html) + "\n"
    if "image/png" in bundle:
        return PLOT.format(bundle["image/png"], escape(cell.alt or ALT))
    return OUTPUT.format(escape(bundle["text/plain"]))


def open_quiz(html: str) -> str:
    """Return the frame of a picture that plays, with its quiz open."""
    return html.replace(escape(PLAYER), escape(QUIZ))
