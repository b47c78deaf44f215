"""Stages: what a learner's file must do next, and why.

Rule: a stage is a module in `stages`. Its docstring is the text that a learner reads; NEEDS are the
names that the file must have, CODE is what our own file gains, HINTS are three, WRONG is {code:
part of the sentence that it is told}, and `check` looks at the learner's file.
"""

import inspect
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from micrograd.course.build import messages
from micrograd.course.build.learner import NOT_WRITTEN, Learner, explain_error
from micrograd.course.build.merging import as_module, merge
from micrograd.course.exercises.checking import Wrong

FOLDER = Path(__file__).parent / "stages"


@dataclass(frozen=True)
class Stage:
    """One step of the file from an empty class to a trained network."""

    number: int
    module: ModuleType

    @property
    def title(self) -> str:
        return self.docstring.splitlines()[0]

    @property
    def text(self) -> str:
        """The text that says what to write, and why, as Markdown."""
        return self.docstring.split("\n", 1)[1].strip("\n")

    @property
    def docstring(self) -> str:
        return inspect.getdoc(self.module) or ""

    @property
    def lessons(self) -> tuple[int, ...]:
        """The numbers of the lessons that tell more."""
        return self.module.LESSONS

    @property
    def minutes(self) -> int:
        """How long the stage takes a learner, about."""
        return self.module.MINUTES

    @property
    def needs(self) -> tuple[str, ...]:
        """The names that the file must have after this stage."""
        return self.module.NEEDS

    @property
    def opening(self) -> str:
        """The name of what is wrong in a file in which the stage is not begun."""
        return getattr(self.module, "OPENING", NOT_WRITTEN)

    @property
    def opening_mark(self) -> str:
        """The pattern of what a file has once such a stage is begun; "" goes by names."""
        return getattr(self.module, "OPENING_MARK", "")

    @property
    def other_names(self) -> tuple[str, ...]:
        """Names that a learner may choose in place of those of our code."""
        return getattr(self.module, "OTHER_NAMES", ())

    @property
    def early(self) -> tuple[str, ...]:
        """Names of this stage that many a file has before."""
        return getattr(self.module, "EARLY", ())

    @property
    def hints(self) -> tuple[str, ...]:
        return self.module.HINTS

    @cached_property
    def solution(self) -> str:
        """Our file after this stage."""
        return merge(*(stage.code for stage in all_stages()[: self.number]))

    @property
    def code(self) -> str:
        """The functions and methods that our file gains, or changes, in this stage."""
        return self.module.CODE

    @property
    def wrong(self) -> dict[str, str]:
        """Usual wrong answers, each a whole file: {file: part of the sentence it is told}."""
        owner: str = self.module.OWNER
        return {
            merge(self.solution, as_module(code, owner)): sentence
            for code, sentence in self.module.WRONG.items()
        }

    def check(self, names: dict[str, Any]) -> None:
        """Look at what the learner's file defines. Raises Wrong for the first mistake."""
        my = Learner(names)
        my.require(self.needs)
        try:
            self.module.check(my)
        except Wrong:
            raise
        except Exception as error:
            mistake = explain_error(error, str(names.get("__file__", "")))
            if mistake is None:
                raise
            raise mistake from error


def all_stages() -> list[Stage]:
    """Return all stages, in order."""
    names = sorted(path.stem for path in FOLDER.glob("s[0-9]*.py"))
    modules = [import_module(f"micrograd.course.build.stages.{name}") for name in names]
    return [Stage(number, module) for number, module in enumerate(modules, 1)]


def find_stage(wanted: str) -> Stage:
    """Return the stage of that number. Raises ValueError if there is none."""
    known = all_stages()
    for stage in known:
        if str(stage.number) == wanted.strip():
            return stage
    raise ValueError(messages.no_such_stage(wanted, len(known)))
