"""The Learn tab: the lessons to read, the exercises, and what the judge finds in an answer.

Rule: a lesson is shown and not run. An answer runs in the judge's own process, with its limits, and
a thread waits for it, so that whatever plays goes on.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from micrograd.course import (
    Lesson,
    Task,
    as_html,
    end_judging,
    find_task,
    judge_file,
    progress,
    tasks,
)
from micrograd.course import lesson as course_lesson
from micrograd.lab import messages
from micrograd.lab.later import later
from micrograd.lab.messages import LabError
from micrograd.lab.session import Session

OUTWARDS = '<a target="_blank" rel="noopener noreferrer" '
ENDING_SECONDS = 1.0  # for which the end of the lab waits for the judge's files to be removed
LONGEST_NAME = 60  # characters of the name of a lesson or an exercise
LONGEST_CODE = 100_000  # characters of an answer


def lessons(session: Session) -> dict[str, Any]:
    """Return the list of the lessons."""
    rows = []
    for lesson in course_lesson.lessons():
        facts = {"number": lesson.number, "name": lesson.name, "title": heading_of(lesson)}
        rows.append({**facts, "goal": lesson.goal})
    return {"lessons": rows}


def heading_of(lesson: Lesson) -> str:
    return f"{lesson.number}. {lesson.title}"


def lesson(session: Session, name: Any) -> dict[str, Any]:
    """Return a lesson by its name or number: each cell is HTML, or code."""
    try:
        chosen = course_lesson.find_lesson(str(name)[:LONGEST_NAME])
    except ValueError as error:
        raise LabError(str(error)) from error
    session.opened.add(chosen.name)
    first, *rest = [cell for cell in chosen.cells if cell.tag != "check"]
    _, _, below_title = first.text.partition("\n")
    cells = [cell_to_json(replace(first, text=below_title)), *map(cell_to_json, rest)]
    facts = {"number": chosen.number, "name": chosen.name, "title": heading_of(chosen)}
    own = [facts_of(session, task) for task in tasks() if task.lesson == chosen.number]
    return {**facts, "goal": chosen.goal, "cells": cells, "exercises": own}


def cell_to_json(cell: Any) -> dict[str, str]:
    """Return a cell, whose links open a tab of their own and do not say where they stood."""
    if cell.code and cell.tag not in ("question", "solution"):
        return {"code": cell.text}
    return {"html": as_html(cell).replace("<a ", OUTWARDS)}


def exercises(session: Session) -> dict[str, Any]:
    """Return the list of the exercises, and which of them were solved in this session."""
    return {"exercises": [facts_of(session, task) for task in tasks()]}


def facts_of(session: Session, task: Task) -> dict[str, Any]:
    """Return what a list shows of an exercise, and whether it was solved in this session."""
    facts = {"number": task.number, "name": task.name, "title": f"{task.number} {task.title}"}
    return {**facts, "solved": task.name in session.solved}


def exercise(session: Session, name: Any) -> dict[str, Any]:
    """Return an exercise: what to do, the code to start from, and its hints."""
    task = require_task(name)
    docstring = ast.get_docstring(ast.parse(task.starter)) or ""
    _, _, text = docstring.partition("\n")
    return {
        **facts_of(session, task),
        "lesson": course_lesson.find_lesson(str(task.lesson)).name,
        "text": text.strip(),
        "code": task.starter,
        "hints": list(task.checker_names["HINTS"]),
    }


def next_steps(session: Session) -> dict[str, Any]:
    """Return {"lesson", "exercise"} to go on with, each None if there is none.

    The lesson is the first one that was neither read nor opened here. The exercise is one that was
    not solved here, of the last lesson that was.
    """
    known = progress.read().read | session.opened
    rows = course_lesson.lessons()
    numbers = {row.number for row in rows if row.name in known}
    open_tasks = [x for x in tasks() if x.lesson in numbers and x.name not in session.solved]
    fresh = [row for row in rows if row.name not in known]
    return {"lesson": next_lesson(fresh), "exercise": next_exercise(open_tasks)}


def next_lesson(lessons: Sequence[Lesson]) -> dict[str, str] | None:
    """Return what is shown of the first of the lessons, None without one."""
    if not lessons:
        return None
    first = lessons[0]
    return {"name": first.name, "title": heading_of(first), "text": f"Goal: {first.goal}"}


def next_exercise(open_tasks: Sequence[Task]) -> dict[str, str] | None:
    """Return what is shown of the first task of the last lesson that has one, None without one."""
    if not open_tasks:
        return None
    last = max(task.lesson for task in open_tasks)
    task = next(task for task in open_tasks if task.lesson == last)
    return {"name": task.name, "title": task.title, "text": messages.exercise_on(last)}


def require_task(name: Any) -> Task:
    try:
        return find_task(str(name)[:LONGEST_NAME])
    except ValueError as error:
        raise LabError(str(error)) from error


def check(session: Session, name: Any, code: Any) -> Future[dict[str, Any]]:
    """Return, once the judge has run it, whether an answer is right, and what was found."""
    task = require_task(name)
    if not isinstance(code, str):
        raise LabError(messages.not_a_text("The code", code))
    if len(code) > LONGEST_CODE:
        raise LabError(messages.code_too_long(len(code), LONGEST_CODE))
    if session.verdict is not None and not session.verdict.done():
        raise LabError(messages.judge_is_at_work())
    session.verdict = verdict = later(partial(judge, session, task, code))

    def end() -> None:
        end_judging()
        wait([verdict], ENDING_SECONDS)

    session.endings.add(end)
    verdict.add_done_callback(lambda _: session.endings.discard(end))
    return verdict


def judge(session: Session, task: Task, code: str) -> dict[str, Any]:
    """Return the judge's verdict on an answer."""
    with TemporaryDirectory() as folder:
        path = Path(folder, task.path.name)
        path.write_text(code, encoding="utf-8", errors="replace")
        verdict = judge_file(task, path)
    if verdict.right:
        session.solved.add(task.name)
    findings = [messages.finding(row.what, row.wrong) for row in verdict.findings]
    return {"solved": verdict.right, "findings": findings, "printed": verdict.printed}
