"""Tasks: one file each, with the solution marked, from which the starter and the checks are made.

Rule: LESSON_PLACE_NAME.py is a task of that lesson. Between `# <solution>` and `# </solution>`
stands what a learner has to write, and between `# <checker>` and `# </checker>` what only the
checker sees.
"""

import ast
import functools
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType

from micrograd.course import messages

FOLDER = Path(__file__).parent / "tasks"
SOLUTION = re.compile(r"^( *)# <solution>\n(.*?)^ *# </solution>\n", re.MULTILINE | re.DOTALL)
CHECKER = re.compile(r"\n*^# <checker>\n(.*?)^# </checker>\n", re.MULTILINE | re.DOTALL)
STUB = 'raise NotImplementedError("write it here")'


@dataclass(frozen=True)
class Task:
    """An exercise: a file from which a learner's file, a solution and checks are made."""

    path: Path

    @property
    def name(self) -> str:
        """The name by which learners call the task: "analytic_gradient"."""
        return self.path.stem.split("_", 2)[2]

    @property
    def lesson(self) -> int:
        """The number of the lesson after which the task can be solved."""
        return int(self.path.stem.split("_")[0])

    @property
    def number(self) -> str:
        """The number of the task, such as "3.1" for the first of lesson 3."""
        return f"{self.lesson}.{self.path.stem.split('_')[1]}"

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def title(self) -> str:
        docstring = ast.get_docstring(ast.parse(self.text)) or self.name
        return docstring.splitlines()[0]

    @property
    def solution(self) -> str:
        """The file of a learner who has solved the task."""
        return CHECKER.sub("\n", SOLUTION.sub(r"\2", self.text))

    @property
    def starter(self) -> str:
        """The file that a learner starts from: with gaps to fill, or with a bug to fix."""
        gaps = [STUB] * len(SOLUTION.findall(self.text))
        return self.with_answers(self.checker_names.get("GIVEN") or gaps)

    def with_answers(self, answers: Iterable[str]) -> str:
        """Return the learner's file with these lines of code instead of the solutions."""
        remaining = iter(answers)

        def answer(gap: re.Match) -> str:
            code = textwrap.dedent(next(remaining)).strip("\n") + "\n"
            return textwrap.indent(code, gap[1])

        return CHECKER.sub("\n", SOLUTION.sub(answer, self.text))

    @cached_property
    def checker_names(self) -> dict:
        """The names that the checker's part defines: HINTS, WRONG, the checks, GIVEN."""
        names: dict = {}
        exec(as_written(self.checker, str(self.path)), names)
        return names

    @property
    def another_way(self) -> str:
        """Another right answer, shown to those who have solved the task; "" if there is none."""
        another = self.after.get("another", "")
        parts = [another] if isinstance(another, str) else another
        return "\n\n".join(textwrap.dedent(part).strip("\n") for part in parts)

    @property
    def remark(self) -> str:
        """A remark on the task, shown to those who have solved it; "" if there is none."""
        return self.after.get("remark", "")

    @property
    def after(self) -> dict:
        after = self.checker_names.get("AFTER", {})
        return after if isinstance(after, dict) else {}

    @property
    def checker(self) -> str:
        """The checker's part, on the lines that it has in the file."""
        part = CHECKER.search(self.text)
        if part is None:
            raise ValueError(messages.no_checker(self.path))
        return "\n" * self.text.count("\n", 0, part.start(1)) + part[1]

    def stage(self, check: int) -> "Task":
        """Return the task that a file has solved once it passes that check: one of its stages."""
        stages = self.checker_names.get("STAGES")
        return stages[check] if stages else self

    def checks(self, names: dict) -> list[Callable]:
        """Return the checks, which look at the `names` that a learner's file defines.

        A check takes from the learner what its parameters name, and nothing else. Where no check of
        a task has parameters, all of them run among the learner's names.
        """
        checks = [each for name, each in self.checker_names.items() if name.startswith("check_")]
        if any(map(parameters, checks)):
            return [bind(check, names) for check in checks]
        namespace = dict(names)
        exec(as_written(self.checker, str(self.path)), namespace)
        return [namespace[check.__name__] for check in checks]


def parameters(check: Callable) -> list[str]:
    return list(inspect.signature(check).parameters)


def bind(check: Callable, names: dict) -> Callable:
    """Return the check, to be called without arguments: it gets what its parameters name.

    It raises NameError if the learner's file does not define one of these.
    """

    @functools.wraps(check)
    def bound() -> None:
        for name in parameters(check):
            if name not in names:
                raise NameError(f"name {name!r} is not defined", name=name)
        check(*(names[name] for name in parameters(check)))

    return bound


def as_written(source: str, path: str) -> CodeType:
    """Return the code of `source` with all docstrings and asserts, which `python -OO` leaves out.

    The docstring of a check is the line that a learner reads.
    """
    try:
        return compile(source, path, "exec", optimize=0)
    except ValueError as error:  # of a NUL, in Python 3.10
        raise SyntaxError(str(error)) from None


def tasks() -> list[Task]:
    """Return all tasks, in order."""
    return [Task(path) for path in sorted(FOLDER.glob("[0-9]*.py"))]


def find_task(name: str) -> Task:
    """Return the task of that name or number. Raises ValueError if there is none."""
    for task in tasks():
        if name in (task.name, task.number, task.path.stem, task.path.name):
            return task
    raise ValueError(messages.no_such_task(name, [task.name for task in tasks()]))
