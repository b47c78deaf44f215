"""Pages that show the package itself: its commands, its ops, its lessons, a picture.

Rule: each function returns something that a cell shows; a page tags the cell `remove-input`.
"""

import base64
import re
from html import escape
from typing import Any

import typer

from micrograd.cli.app import app
from micrograd.course import build
from micrograd.course.lesson import LECTURE, Lesson, lessons
from micrograd.explaining import Formula, derivatives, input_names
from micrograd.ops import OPS


class Text:
    """Markdown that a cell shows."""

    def __init__(self, text: str):
        self.text = text

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/markdown": self.text}


class Image:
    """An SVG that a cell shows as a picture, not as a page to play with."""

    def __init__(self, svg: str, alt: str):
        self.svg, self.alt = svg, alt

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        data = base64.b64encode(self.svg.encode()).decode()
        source = f"data:image/svg+xml;base64,{data}"
        return {"text/html": f'<img class="graph" src="{source}" alt="{escape(self.alt)}">'}


# ------------------------------------------------------------------------------- the command line


def command(path: str) -> Text:
    """Return the help of a command of `micrograd`, such as "exercises check"."""
    this: Any = typer.main.get_command(app)
    context = typer.Context(this, info_name="micrograd")
    for name in path.split():
        this = this.get_command(context, name)
        context = typer.Context(this, info_name=name, parent=context)
    usage = context.get_usage().removeprefix("Usage: ")
    rows = [parameter_row(parameter, context) for parameter in this.params]
    table = ["| Option or argument | Meaning |", "|---|---|", *filter(None, rows)]
    parts = [f"```text\n{usage}\n```", "", help_text(this.help or ""), ""]
    return Text("\n".join(parts + table * any(rows)))


def help_text(text: str) -> str:
    """Return a command's help as Markdown, its examples as one block of code."""
    about, _, examples = text.partition("[bold]Examples[/bold]")
    lines = [line.strip() for line in examples.splitlines() if line.strip()]
    block = "```sh\n" + "\n".join(lines) + "\n```" if lines else ""
    return f"{about.strip()}\n\n{block}"


def parameter_row(parameter: Any, context: typer.Context) -> str:
    """Return the row of a table for an argument or an option; "" for one that is hidden."""
    record = parameter.get_help_record(context)
    if record is None or parameter.name == "help":
        return ""
    name, about = (re.sub(r"\s+", " ", text).replace("|", "\\|") for text in record)
    return f"| `{name}` | {about} |"


# ---------------------------------------------------------------------------- the lessons, the ops


def list_of_lessons() -> Text:
    """Return the lessons as a list: title, goal, and its chapter and its exercises."""
    items = []
    for lesson in lessons():
        title = f"[{lesson.title}]({lesson.path.stem}.md)"
        goal = lesson.goal[0].upper() + lesson.goal[1:]
        items.append(f"{lesson.number}. {title}. {goal}{lecture_link(lesson)}")
    return Text("\n".join(items))


def list_of_stages() -> Text:
    """Return the stages of building micrograd as a list, each with links to its lessons."""
    by_number = {lesson.number: lesson for lesson in lessons()}
    items = []
    for stage in build.all_stages():
        chosen = [by_number[number] for number in stage.lessons]
        links = [f"[lesson {each.number}](../lessons/{each.path.stem}.md)" for each in chosen]
        items.append(f"{stage.number}. {stage.title} ({', '.join(links)})")
    return Text("\n".join(items))


def lecture_link(lesson: Lesson) -> str:
    """Return a link to the chapter, called by its times; "" for a lesson beyond the lecture."""
    if not lesson.seconds:
        return ""
    chapter = " to ".join(filter(None, lesson.chapter))
    return f" (In the lecture: [{chapter}]({LECTURE}{lesson.seconds}){lesson.after_lecture}.)"


def table_of_ops() -> Text:
    """Return the ops as a table: the notation and, for each input, the partial derivative."""
    rows = ["| Op | Notation | Partial derivatives |", "|---|---|---|"]
    for name, op in OPS.items():
        partials = derivatives(op)
        names = input_names(op)
        notation = Formula("", op, tuple(map(Formula, names)))
        lines = [f"∂/∂{x} = `{partials[x]}`" if x in partials else f"∂/∂{x}: none" for x in names]
        rows.append(f"| `{name}` | `{notation}` | {'<br>'.join(lines)} |")
    return Text("\n".join(rows))
