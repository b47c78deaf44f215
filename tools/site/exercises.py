"""A page for each exercise: the task, the starter, the hints, and a place where it is checked.

Rule: what the page shows stands in the task's file, and nowhere else; `run.js` makes the code of
the starter a field to write in, and has Python check it.
"""

import re
from html import escape
from pathlib import Path
from typing import Any

from micrograd.course.exercises.task import Task, tasks
from micrograd.course.lesson import Lesson, lessons
from tools.site.content import Text

PAGE = """# {number} {title}

{text}

```python
{starter}
```

```{{raw}} html
<div data-task="{name}"></div>
{hints}
```

{links}
"""
HINT = '<details class="hint"><summary>Hint {} of {}</summary><p>{}</p></details>'


def write_exercises(app: Any) -> None:
    """Write a page for each task, and remove the pages of tasks that are gone."""
    folder = Path(app.srcdir) / "exercises"
    all_tasks = tasks()
    pages = {}
    for task, following in zip(all_tasks, [*all_tasks[1:], None]):
        pages[folder / f"{task.path.stem}.md"] = exercise_page(task, following)
    for path in set(folder.glob("[0-9]*.md")) - pages.keys():
        path.unlink()
    for path, text in pages.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def exercise_page(task: Task, following: Task | None) -> str:
    """Return the page of a task, with a link to the one that follows."""
    head, code = split_starter(task)
    title, _, text = head.partition("\n")
    hints = task.checker_names["HINTS"]
    rows = [HINT.format(i, len(hints), as_html(hint)) for i, hint in enumerate(hints, 1)]
    return PAGE.format(
        number=task.number,
        title=as_markdown(title),
        text=as_markdown(text.strip()),
        starter=code,
        name=task.name,
        hints="\n".join(rows),
        links=links_of(task, following),
    )


def split_starter(task: Task) -> tuple[str, str]:
    """Return the docstring of the starter, which is the problem, and the code below it."""
    _, head, code = task.starter.split('"""', 2)
    return head, code.strip("\n")


def links_of(task: Task, following: Task | None) -> str:
    """Return links to the lesson of a task and to the next task."""
    own = [lesson for lesson in lessons() if lesson.number == task.lesson]
    links = [f"[Lesson {lesson.number}: {lesson.title}]({page_of(lesson)})" for lesson in own]
    links.append("[All exercises](index.md)")
    if following:
        title = as_markdown(following.title)
        links.append(f"[Next: {following.number} {title}]({following.path.stem}.md)")
    return " · ".join(links)


def page_of(lesson: Lesson) -> str:
    return f"../lessons/{lesson.path.stem}.md"


def as_markdown(text: str) -> str:
    """Return plain text with `code` as Markdown in which every other character is itself."""
    pieces = re.split(r"(`[^`]+`)", text)
    return "".join(piece if piece[:1] == "`" else escape_signs(piece) for piece in pieces)


def escape_signs(text: str) -> str:
    return re.sub(r"([\\*_<>\[\]#$|~^])", r"\\\1", text)


def as_html(text: str) -> str:
    """Return plain text with `code` as HTML."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


# ---------------------------------------------------------------------------------------- the list


def list_of_exercises() -> Text:
    """Return the exercises of each lesson as a list."""
    items = []
    for lesson in lessons():
        own = [task for task in tasks() if task.lesson == lesson.number]
        if own:
            items.append(f"\n**[Lesson {lesson.number}: {lesson.title}]({page_of(lesson)})**\n")
            items += [exercise_link(task, "") for task in own]
    return Text("\n".join(items))


def exercise_link(task: Task, folder: str) -> str:
    return f"- [{task.number} {as_markdown(task.title)}]({folder}{task.path.stem}.md)"


def exercises_of(lesson: Lesson) -> str:
    """Return the exercises of a lesson as Markdown, for its page; "" if it has none."""
    own = [task for task in tasks() if task.lesson == lesson.number]
    links = [exercise_link(task, "../exercises/") for task in own]
    return "\n".join(["## Exercises to check here", "", *links]) if links else ""
