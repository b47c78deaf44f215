"""Tasks: a file each, with the solution marked, from which the starter is made, and the checks.

Rule: between `# <solution>` and `# </solution>` stands what a learner has to write, and between
`# <checker>` and `# </checker>` what only the checker sees.
"""

import ast
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from micrograd.course import messages

FOLDER = Path(__file__).parent / "tasks"
SOLUTION = re.compile(r"^( *)# <solution>\n(.*?)^ *# </solution>\n", re.MULTILINE | re.DOTALL)
CHECKER = re.compile(r"\n*^# <checker>\n(.*?)^# </checker>\n", re.MULTILINE | re.DOTALL)
STUB = 'raise NotImplementedError("write it here")'


@dataclass(frozen=True)
class Task:
    """One exercise."""

    number: int
    path: Path = field(repr=False)

    @property
    def name(self) -> str:
        """As a learner writes it: "analytic_gradient"."""
        return self.path.stem[3:]

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def title(self) -> str:
        return ast.get_docstring(ast.parse(self.text)).splitlines()[0]

    @property
    def solution(self) -> str:
        """The file as a learner who has solved it would have it."""
        return CHECKER.sub("\n", SOLUTION.sub(r"\2", self.text))

    @property
    def starter(self) -> str:
        """The file as a learner gets it: with nothing in the gaps, or with what is to be mended."""
        given = self.knowledge.get("GIVEN")
        return self.with_answers(given or [STUB] * len(SOLUTION.findall(self.text)))

    def with_answers(self, answers) -> str:
        """The learner's file with these lines of code in place of the solutions, one for each."""
        left = iter(answers)

        def answer(found) -> str:
            return textwrap.indent(textwrap.dedent(next(left)).strip("\n") + "\n", found[1])

        return CHECKER.sub("\n", SOLUTION.sub(answer, self.text))

    @cached_property
    def knowledge(self) -> dict:
        """What the checker's part defines: NEEDS, HINTS, WRONG, the checks, and GIVEN, if any."""
        names: dict = {}
        exec(compile(self.checker, str(self.path), "exec"), names)
        return names

    @property
    def checker(self) -> str:
        """The checker's part, on the lines that it has in the file."""
        found = CHECKER.search(self.text)
        return "\n" * self.text.count("\n", 0, found.start(1)) + found[1]

    def checks(self, names: dict) -> list[Callable]:
        """The checks of a learner's file, whose `names` they look at."""
        known = dict(names)
        exec(compile(self.checker, str(self.path), "exec"), known)
        return [known[name] for name in self.knowledge if name.startswith("check_")]


def tasks() -> list[Task]:
    """All, in order."""
    return [Task(int(path.name[:2]), path) for path in sorted(FOLDER.glob("[0-9]*.py"))]


def task(name: str) -> Task:
    """The one of that name or number. ValueError if there is none."""
    for one in tasks():
        if name in (one.name, str(one.number), one.path.stem, one.path.name):
            return one
    raise ValueError(messages.no_such_task(name, [one.name for one in tasks()]))
