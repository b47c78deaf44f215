"""A learner's folder: a file for each task, and which tasks were solved and which hints were shown.

Rule: `progress.json` is all that is stored, and no file of a learner is ever overwritten: `reset`
renames it first.
"""

import json
import re
from itertools import count
from pathlib import Path
from typing import Any

from micrograd.course import messages
from micrograd.course.exercises.judge import Verdict, judge_file
from micrograd.course.exercises.task import Task, find_task, tasks
from micrograd.support import files

PROGRESS = "progress.json"


def unused_path(path: Path) -> Path:
    """Return the first of NAME.py.old, NAME.py.old2, NAME.py.old3, ... that does not exist."""
    old = path.with_name(f"{path.name}.old")
    numbers = count(2)
    while old.exists():
        old = path.with_name(f"{path.name}.old{next(numbers)}")
    return old


class Workspace:
    """A learner's folder. Its methods raise OSError if it cannot be read or written."""

    def __init__(self, folder: Path | str):
        self.folder = Path(folder)

    def path(self, task: Task) -> Path:
        """Return the path of the learner's file, which may have another number than the task."""
        own_number = re.compile(rf"[0-9_]+{task.name}\.py")
        paths = sorted(self.folder.glob("[0-9]*.py"))
        return next(
            (path for path in paths if own_number.fullmatch(path.name)),
            self.folder / task.path.name,
        )

    def existing_path(self, task: Task) -> Path:
        """Return the path of the learner's file. Raises ValueError if there is none yet."""
        path = self.path(task)
        if not path.exists():
            raise ValueError(messages.no_such_file_yet(path))
        return path

    def start(self) -> list[Path]:
        """Write the starters that are missing, and return their paths."""
        missing = [task for task in tasks() if not self.path(task).exists()]
        return [files.write(self.path(task), task.starter) for task in missing]

    def task(self, name: str) -> Task:
        """Return the task of that name or number; for "", the next one to solve.

        Raises ValueError if there is no such task.
        """
        if name:
            return find_task(name)
        return self.next_task() or tasks()[-1]

    def next_task(self, after: Task | None = None) -> Task | None:
        """Return the first unsolved task that comes later than `after`, or else the first.

        Returns None if all tasks are solved.
        """
        solved = self.solved()
        left = [task for task in tasks() if task.name not in solved]
        later = [task for task in left if after and task.path > after.path]
        return next(iter(later + left), None)

    def modified(self, task: Task) -> float:
        """Return the time at which the learner's file was last changed; 0 if it is missing."""
        path = self.path(task)
        if not path.exists():
            return 0.0
        return path.stat().st_mtime

    def check(self, task: Task) -> Verdict:
        """Return the verdict on the learner's file. If it is right, the task counts as solved."""
        verdict = judge_file(task, self.existing_path(task))
        if verdict.right:
            self.store_progress(solved=sorted({*self.solved(), task.name}))
        return verdict

    def hint(self, task: Task) -> tuple[int, int, str]:
        """Return the next hint, as (its number, how many there are, the hint).

        After the last hint, it is the last one again.
        """
        hints, shown = task.checker_names["HINTS"], self.progress()["hints"]
        number = min(shown.get(task.name, 0) + 1, len(hints))
        self.store_progress(hints={**shown, task.name: number})
        return number, len(hints), hints[number - 1]

    def reset(self, task: Task) -> Path:
        """Write the starter again, and return its path; the task is no longer solved.

        A changed file stays beside it as NAME.py.old (then NAME.py.old2, and so on).
        """
        path = self.path(task)
        if path.exists() and path.read_bytes() != task.starter.encode():
            path.replace(unused_path(path))
        if task.name in self.solved():
            self.store_progress(solved=sorted(self.solved() - {task.name}))
        return files.write(path, task.starter)

    # ----------------------------------------------------------------------------- what is stored

    def solved(self) -> set[str]:
        """Return the names of the tasks that are solved."""
        return set(self.progress()["solved"])

    def progress(self) -> dict:
        """Return {"solved": names, "hints": {name: how many}}; empty without a readable file."""
        try:
            content = json.loads((self.folder / PROGRESS).read_text(encoding="utf-8"))
            return {"solved": list(content["solved"]), "hints": dict(content["hints"])}
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return {"solved": [], "hints": {}}

    def store_progress(self, **changes: Any) -> None:
        """Write the progress to its file, with these changes."""
        content = json.dumps({**self.progress(), **changes}, indent=1) + "\n"
        files.write(self.folder / PROGRESS, content)
