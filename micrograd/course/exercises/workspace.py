"""A learner's folder: a file for each task, and which tasks were solved and which hints were shown.

Rule: `progress.json` is all that is stored, and no file of a learner is ever overwritten: `reset`
renames it first.
"""

import re
from collections.abc import Generator
from pathlib import Path

from micrograd.course import messages
from micrograd.course.exercises import solved_tasks
from micrograd.course.exercises.judge import Verdict, judge_file
from micrograd.course.exercises.many import Answer, judge_many
from micrograd.course.exercises.task import Task, find_task, tasks
from micrograd.support import files

PROGRESS = "progress.json"


class Workspace:
    """A learner's folder. Its methods raise OSError if it cannot be read or written."""

    def __init__(self, folder: Path | str):
        self.folder = Path(folder)

    def path(self, task: Task) -> Path:
        """Return the path of the learner's file, which may have another number than the task."""
        return find_file(self.folder, task) or self.folder / task.path.name

    def existing_path(self, task: Task) -> Path:
        """Return the path of the learner's file. Raises ValueError if there is none yet."""
        path = self.path(task)
        if not path.exists():
            raise ValueError(messages.no_such_file_yet(path, self.other_files()))
        return path

    def other_files(self) -> list[str]:
        """Return the names of the folder's programs that belong to no task: one may be renamed."""
        known = {self.path(task) for task in tasks()}
        others = {*self.folder.glob("*.py")} - known
        return sorted(path.name for path in others)

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
        """Return the verdict on the learner's file: the task then counts as solved, or does not."""
        verdict = judge_file(task, self.existing_path(task))
        self.record(task, verdict)
        return verdict

    def check_all(self) -> Generator[tuple[Answer, Verdict], None, None]:
        """Yield the verdict on each file, as soon as it is there and stored."""
        for answer, verdict in judge_many(self.answers()):
            self.record(answer.task, verdict)
            yield answer, verdict

    def answers(self) -> list[Answer]:
        """Return the files of all tasks, those that exist."""
        paths = {task: self.path(task) for task in tasks()}
        return [Answer(task, path) for task, path in paths.items() if path.exists()]

    def record(self, task: Task, verdict: Verdict) -> None:
        """Store whether the task is solved, if that has changed."""
        was_solved = task.name in self.solved()
        if verdict.right != was_solved:
            self.mark(task, verdict.right)

    def mark(self, task: Task, solved: bool) -> None:
        """Store whether the task is solved."""

        def update(progress: dict) -> None:
            names = {*progress["solved"]}
            names.discard(task.name)
            if solved:
                names.add(task.name)
            progress["solved"] = sorted(names)

        solved_tasks.change(self.folder / PROGRESS, update)

    def hint(self, task: Task) -> tuple[int, int, str]:
        """Return the next hint, as (its number, how many there are, the hint).

        After the last hint, it is the last one again.
        """
        hints = task.checker_names["HINTS"]

        def update(progress: dict) -> None:
            shown = progress["hints"]
            number = shown.get(task.name, 0) + 1
            shown[task.name] = min(number, len(hints))

        solved_tasks.change(self.folder / PROGRESS, update)
        number = self.progress()["hints"][task.name]
        return number, len(hints), hints[number - 1]

    def reset(self, task: Task) -> Path:
        """Write the starter again, and return its path; the task is no longer solved.

        A changed file stays beside it as NAME.py.old (then NAME.py.old2, and so on).
        """
        path = self.path(task)
        if path.exists() and path.read_bytes() != task.starter.encode():
            path.replace(solved_tasks.unused_path(path))
        if task.name in self.solved():
            self.mark(task, solved=False)
        return files.write(path, task.starter)

    # ----------------------------------------------------------------------------- what is stored

    def solved(self) -> set[str]:
        """Return the names of the tasks that are solved."""
        return {task.name for task in tasks()} & {*self.progress()["solved"]}

    def progress(self) -> dict:
        """Return {"solved": names, "hints": {name: how many}}; empty without a readable file."""
        return solved_tasks.read(self.folder / PROGRESS)


def find_file(folder: Path, task: Task) -> Path | None:
    """Return the file of the task in the folder, which may have another number; None if missing."""
    own_number = re.compile(rf"[0-9_]*{task.name}\.py")
    for path in sorted(folder.glob("*.py")):
        if own_number.fullmatch(path.name):
            return path
    return None
