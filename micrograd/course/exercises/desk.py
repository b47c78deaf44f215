"""A learner's folder: a file for each task, and what was solved and hinted so far.

Rule: `progress.json` is all that is kept, and a file that is there is never written over: `reset`
puts it beside.
"""

import json
from itertools import count
from pathlib import Path

from micrograd.course import messages
from micrograd.course.exercises.judge import Verdict, judged
from micrograd.course.exercises.task import Task, task, tasks
from micrograd.support import files


def unused(path: Path) -> Path:
    """The first of NAME.py.old, NAME.py.old2, NAME.py.old3 and so on that is not there."""
    old = path.with_name(f"{path.name}.old")
    numbers = count(2)
    while old.exists():
        old = path.with_name(f"{path.name}.old{next(numbers)}")
    return old


class Desk:
    """The folder. Raises OSError where it cannot be read or written."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)

    def path(self, one: Task) -> Path:
        return self.folder / one.path.name

    def start(self) -> list[Path]:
        """Write the starters that are not there; their paths."""
        missing = [one for one in tasks() if not self.path(one).exists()]
        return [files.write(self.path(one), one.starter) for one in missing]

    def task(self, name: str) -> Task:
        """The one of that name or number; "" is the next. ValueError if there is none."""
        if name:
            return task(name)
        following = self.following()
        return following if following else tasks()[-1]

    def following(self, after: int = 0) -> Task | None:
        """The first that is not solved, of those with a larger number; then from the beginning."""
        left = [one for one in tasks() if one.name not in self.solved()]
        return min(left, key=lambda one: (one.number <= after, one.number), default=None)

    def changed(self, one: Task) -> float:
        """When the file was changed last; 0 where there is none."""
        path = self.path(one)
        if not path.exists():
            return 0.0
        return path.stat().st_mtime

    def check(self, one: Task) -> Verdict:
        """What is right and wrong with the learner's file; notes that it is solved."""
        path = self.path(one)
        if not path.exists():
            raise ValueError(messages.no_such_file_yet(path))
        verdict = judged(one, path)
        if verdict.right:
            self.note(solved=sorted({*self.solved(), one.name}))
        return verdict

    def hint(self, one: Task) -> tuple[int, int, str]:
        """(the number of the hint, of how many, the hint): the next one, at the end the last."""
        hints, given = one.knowledge["HINTS"], self.kept()["hints"]
        number = min(given.get(one.name, 0) + 1, len(hints))
        self.note(hints={**given, one.name: number})
        return number, len(hints), hints[number - 1]

    def reset(self, one: Task) -> Path:
        """Put the starter in place of the file, which stays beside it, as NAME.py.old.

        If there is one already, as NAME.py.old2, and so on; the task is no longer solved.
        """
        path = self.path(one)
        if path.exists() and path.read_bytes() != one.starter.encode():
            path.replace(unused(path))
        if one.name in self.solved():
            self.note(solved=sorted(self.solved() - {one.name}))
        return files.write(path, one.starter)

    # ------------------------------------------------------------------------------- what is kept

    def solved(self) -> set[str]:
        return set(self.kept()["solved"])

    def kept(self) -> dict:
        """{"solved": names, "hints": {name: how many}}; empty where there is no such file yet."""
        try:
            found = json.loads((self.folder / "progress.json").read_text(encoding="utf-8"))
            return {"solved": list(found["solved"]), "hints": dict(found["hints"])}
        except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
            return {"solved": [], "hints": {}}

    def note(self, **changed) -> None:
        content = json.dumps({**self.kept(), **changed}, indent=1) + "\n"
        files.write(self.folder / "progress.json", content)
