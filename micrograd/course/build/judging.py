"""The judge of `my_micrograd.py`: every stage on its own and against all that came before.

Rule: where a learner stands follows from the file alone, so there is no progress to lose. The
stages are the checks of one task, so one process judges them all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from micrograd.course.build import messages
from micrograd.course.build.begun import furthest_stage, has_begun, read_tree
from micrograd.course.build.failing_graph import add_graph
from micrograd.course.build.stage import Stage, all_stages
from micrograd.course.exercises.checking import Unexplained, Wrong
from micrograd.course.exercises.failed_graph import read_run
from micrograd.course.exercises.graphs import Run
from micrograd.course.exercises.judge import Verdict, judge_file
from micrograd.course.exercises.task import Task

TASK = Path(__file__).parent / "task" / "1_1_my_micrograd.py"
SECONDS = 60  # for the whole file: the last stages train networks


@dataclass(frozen=True)
class Standing:
    """The state of a file: how many of its stages hold, and what is wrong in the next."""

    held: int
    wrong: str = ""  # in the stage after those; "" if all hold
    misconception: str = ""
    furthest: int = 0  # the last stage up to which the file has all names
    begun: bool = True  # the next stage
    printed: str = ""
    runs: bool = True  # the file itself, before any check
    graph: str = ""  # on which the stage fails, as in a Finding

    @property
    def failed(self) -> Stage | None:
        """The first stage that does not hold; None if all that were looked at do."""
        return None if not self.wrong else all_stages()[self.held]

    @property
    def run(self) -> Run | None:
        """The run of the learner's code on the graph on which the stage fails."""
        return read_run(self.graph)

    @property
    def later_parts(self) -> bool:
        """Whether the file already has all names of a later stage than the one that fails."""
        return self.runs and bool(self.wrong) and self.furthest > self.held + 1

    @property
    def not_begun(self) -> bool:
        """Whether nothing of the next stage is written yet."""
        stage = self.failed
        if stage is None or not self.runs or self.begun:
            return False
        return self.misconception == stage.opening


def judge(path: Path, upto: int = 0, seconds: float = SECONDS) -> Standing:
    """Return where the file at `path` stands; stages after `upto` are not looked at."""
    if not path.read_bytes().strip():
        return Standing(0, messages.empty_file(), "the file is empty", runs=False)
    verdict = judge_file(Task(TASK), path, seconds)
    standing = stand(verdict, upto or len(all_stages()))
    if standing.failed is None:
        return standing
    tree = read_tree(path)
    begun = has_begun(tree, standing.failed)
    return replace(standing, furthest=furthest_stage(tree), begun=begun)


def stand(verdict: Verdict, last: int) -> Standing:
    """Return where a file stands among the stages up to `last`, given the findings in order."""
    for held, finding in enumerate(verdict.findings[:last]):
        if finding.wrong:
            runs = finding.what.startswith(f"{held + 1}. ")
            standing = Standing(held, finding.wrong, finding.misconception, graph=finding.graph)
            return replace(standing, printed=verdict.printed, runs=runs)
    return Standing(last, printed=verdict.printed)


# ------------------------------------------------------------------- in the process of the judge


@dataclass(frozen=True)
class StageTask(Task):
    """A stage as a task: a file from nothing up to that stage, against which repairs are tried."""

    through: int

    @property
    def starter(self) -> str:
        return ""

    @property
    def solution(self) -> str:
        return all_stages()[self.through - 1].solution

    def checks(self, names: dict[str, Any]) -> list[Callable]:
        return list(make_checks(lambda: names).values())[: self.through]


def stage_tasks() -> list[Task]:
    """Return the stages as tasks, in order."""
    return [StageTask(TASK, stage.number) for stage in all_stages()]


def make_checks(names: Callable[[], dict[str, Any]]) -> dict[str, Callable[[], None]]:
    """Return the checks of the task, one for each stage. `names()` are those of the file."""
    failed: list[int] = []
    checks = [make_check(stage, names, failed) for stage in all_stages()]
    return {check.__name__: check for check in checks}


def make_check(
    stage: Stage, names: Callable[[], dict[str, Any]], failed: list[int]
) -> Callable[[], None]:
    """Return the check of a stage, which looks no further once an earlier stage has failed."""

    def check() -> None:
        if failed and failed[0] < stage.number:
            raise Unexplained(f"stage {failed[0]} comes first.")
        try:
            stage.check(names())
        except BaseException as error:
            failed.append(stage.number)
            if isinstance(error, Wrong):
                add_graph(error, names().get("Value"), stage.number)
            raise

    check.__name__ = f"check_{stage.number:02}"
    check.__doc__ = f"{stage.number}. {stage.title}"
    return check
