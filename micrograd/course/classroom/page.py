"""The results of a class as one HTML page that works offline.

Rule: a colour says nothing that no text says, and every text of a learner is escaped.
"""

from collections.abc import Iterable
from html import escape

from micrograd.course.classroom.results import (
    MISSING,
    NOT_JUDGED,
    SOLVED,
    UNWRITTEN,
    WRONG,
    Results,
)
from micrograd.course.classroom.submissions import Submission
from micrograd.course.exercises.task import Task
from micrograd.course.page import PAGE, STYLE
from micrograd.support.wording import plural

SIGNS = {SOLVED: "✓", WRONG: "✗", UNWRITTEN: "·", MISSING: "-", NOT_JUDGED: "?"}
CLASS_STYLE = """
main { max-width: 75rem; }
.wide { overflow-x: auto; }
caption { text-align: left; padding: 0.4rem 0; }
td.state { text-align: center; }
.solved { background: light-dark(#e3f0fa, #123349); }
.wrong { background: light-dark(#fdeadb, #4a2a10); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.task { writing-mode: vertical-rl; text-align: left; font-weight: normal; }
th { text-align: left; }
"""


def render_class(results: Results) -> str:
    """Return the HTML of the page: mistakes, learners by tasks, and what each was told."""
    learners = plural(len(results.submissions), "learner")
    title = f"Exercises of {learners}"
    parts = [f"<h1>{title}</h1>\n", summary(results), mistakes(results), grid(results)]
    parts.append("<h2>What each learner was told</h2>\n")
    parts.extend(sentences(results, each) for each in results.submissions)
    style = STYLE.read_text(encoding="utf-8") + CLASS_STYLE
    return PAGE.format(title=title, style=style, body="".join(parts), script="")


def summary(results: Results) -> str:
    """Return a sentence with the counts, and one for each submission that could not be read."""
    solved = sum(results.solved(each) for each in results.submissions)
    text = f"<p>{solved:,} of {plural(len(results.answers), 'answer')} are right.</p>\n"
    problems = [each for each in results.submissions if each.problem]
    items = [f"<li>{escape(each.learner)}: {escape(each.problem)}</li>" for each in problems]
    return text + (f"<ul>\n{lines(items)}</ul>\n" if items else "")


def mistakes(results: Results) -> str:
    """Return the table of misconceptions, the most frequent first."""
    rows = [
        row(each.text, f"{each.task.number} {each.task.name}", each.name, ", ".join(each.learners))
        for each in results.misconceptions()
    ]
    head = header("learners", "task", "mistake", "who")
    return "<h2>Mistakes</h2>\n" + table("Learners who have written an answer", head, rows)


def grid(results: Results) -> str:
    """Return the table of learners by tasks."""
    tasks = results.tasks
    names = "".join(
        f'<th scope="col" class="task">{task.number} {escape(task.name)}</th>' for task in tasks
    )
    head = f'<th scope="col">learner</th><th scope="col">solved</th>{names}'
    rows = []
    for each in results.submissions:
        cells = "".join(state_cell(results.state(each, task)) for task in tasks)
        name = f'<th scope="row">{escape(each.learner)}</th>'
        rows.append(f"<tr>{name}<td>{results.solved(each)}</td>{cells}</tr>")
    legend = ", ".join(f"{sign} {state}" for state, sign in SIGNS.items())
    return "<h2>Learners and tasks</h2>\n" + table(legend, head, rows)


def state_cell(state: str) -> str:
    sign = f'<span aria-hidden="true">{SIGNS[state]}</span>'
    return f'<td class="state {state.split()[0]}">{sign}<span class="hidden">{state}</span></td>'


def sentences(results: Results, submission: Submission) -> str:
    """Return what a learner was told about each answer that is wrong, folded."""
    name = escape(submission.learner)
    wrong = [task for task in submission.paths if results.state(submission, task) == WRONG]
    items = [sentence_item(task, results.why(submission, task)) for task in wrong]
    if not items:
        return f"<p>{name}: nothing is wrong.</p>\n"
    count = plural(len(items), "mistake")
    return f"<details>\n<summary>{name}: {count}</summary>\n<ul>\n{lines(items)}</ul>\n</details>\n"


def sentence_item(task: Task, sentence: str) -> str:
    return f"<li>{task.number} {escape(task.name)}: {escape(sentence)}</li>"


def table(caption: str, head: str, rows: Iterable[str]) -> str:
    """Return a table that scrolls sideways, also by keys."""
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(caption)}">\n'
        f"<table>\n<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{lines(rows)}</tbody>\n</table>\n</div>\n"
    )


def header(*names: str) -> str:
    return "".join(f'<th scope="col">{name}</th>' for name in names)


def row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def lines(texts: Iterable[str]) -> str:
    return "".join(f"{text}\n" for text in texts)
