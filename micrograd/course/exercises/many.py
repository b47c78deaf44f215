"""Many files, judged at the same time, and what is wrong with them, counted by misconception.

Rule: a verdict is handed on as soon as it is there. Whoever stops listening stops the judging, too.
"""

import os
import re
import time
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from micrograd.course.exercises.judge import SECONDS, Verdict, judge_file
from micrograd.course.exercises.judged_process import end_judging
from micrograd.course.exercises.task import Task

WORKERS = min(4, os.cpu_count() or 1)
POLL_SECONDS = 0.05
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?!\w)")
NOT_WRITTEN = "not written yet"


@dataclass(frozen=True)
class Answer:
    """A learner's file, as the answer to a task; `learner` is "" for the user's own."""

    task: Task
    path: Path
    learner: str = ""


def judge_many(
    answers: Sequence[Answer], seconds: float = SECONDS
) -> Generator[tuple[Answer, Verdict], None, None]:
    """Yield each answer with its verdict, in the order in which they come."""
    pool = ThreadPoolExecutor(WORKERS)
    futures = {pool.submit(judge_file, each.task, each.path, seconds): each for each in answers}
    try:
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        while not all(future.done() for future in futures):
            end_judging()  # again and again: a process may be about to start
            time.sleep(POLL_SECONDS)


@dataclass(frozen=True)
class Misconception:
    """A mistake in the answers to one task, and who has made it."""

    name: str
    task: Task
    learners: tuple[str, ...]
    answers: int  # how many learners have an answer to the task

    @property
    def text(self) -> str:
        """How many have made it, such as "17 of 30"."""
        return f"{len(self.learners)} of {self.answers}"


def count_misconceptions(verdicts: Iterable[tuple[Answer, Verdict]]) -> list[Misconception]:
    """Return the mistakes, those that most learners have made first."""
    makers: dict[tuple[Task, str], list[str]] = {}
    answers: dict[Task, int] = {}
    for answer, verdict in verdicts:
        name = without_numbers(verdict.misconception)
        if name == NOT_WRITTEN:
            continue
        answers[answer.task] = answers.get(answer.task, 0) + 1
        if name:
            makers.setdefault((answer.task, name), []).append(answer.learner)
    counted = [
        Misconception(name, task, tuple(sorted(learners)), answers[task])
        for (task, name), learners in makers.items()
    ]
    return sorted(counted, key=lambda each: (-len(each.learners), each.task.path.name, each.name))


def tasks_by_misconception(verdicts: Iterable[tuple[Answer, Verdict]]) -> dict[str, list[Task]]:
    """Return the tasks in which each mistake was made, the most frequent first."""
    makers: dict[str, list[Task]] = {}
    for answer, verdict in verdicts:
        name = without_numbers(verdict.misconception)
        if name not in ("", NOT_WRITTEN):
            makers.setdefault(name, []).append(answer.task)
    return dict(sorted(makers.items(), key=lambda pair: -len(pair[1])))


def without_numbers(text: str) -> str:
    """Return the sentence with "..." for each number, so that it is the same for all learners.

    >>> without_numbers("a.grad is -21.5, and should be 3e-07. Is x1 the first?")
    'a.grad is ..., and should be .... Is x1 the first?'
    """
    return NUMBER.sub("...", text)
