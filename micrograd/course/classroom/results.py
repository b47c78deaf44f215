"""The results of a class: every verdict, and the file that keeps them from one run to the next.

Rule: an answer is judged once. It is judged again if its file, its task or the checker changed.
"""

import hashlib
import json
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass, field
from pathlib import Path

from micrograd.course.classroom.submissions import Submission
from micrograd.course.exercises.judge import Verdict
from micrograd.course.exercises.learner_file import MOST_BYTES
from micrograd.course.exercises.many import (
    NOT_WRITTEN,
    Answer,
    Misconception,
    count_misconceptions,
    judge_many,
)
from micrograd.course.exercises.running import Finding
from micrograd.course.exercises.task import Task
from micrograd.support import files

SAVE_EVERY = 20  # verdicts
SOLVED, WRONG, UNWRITTEN = "solved", "wrong", "not written"
MISSING, NOT_JUDGED = "missing", "not judged"
CHECKER = Path(__file__).parents[1] / "exercises"


@dataclass
class Results:
    """The verdicts on all answers of a class, filled in while they come."""

    submissions: Sequence[Submission]
    verdicts: dict[tuple[str, Task], Verdict] = field(default_factory=dict)

    @property
    def answers(self) -> list[Answer]:
        return [answer for each in self.submissions for answer in each.answers()]

    @property
    def tasks(self) -> list[Task]:
        """The tasks of which at least one learner has a file."""
        used = {task for each in self.submissions for task in each.paths}
        return sorted(used, key=lambda task: task.path.name)

    def state(self, submission: Submission, task: Task) -> str:
        """Return the state of a learner's answer in one or two words."""
        if task not in submission.paths:
            return MISSING
        verdict = self.verdicts.get((submission.learner, task))
        if verdict is None:
            return NOT_JUDGED
        if verdict.right:
            return SOLVED
        return UNWRITTEN if verdict.misconception == NOT_WRITTEN else WRONG

    def why(self, submission: Submission, task: Task) -> str:
        """Return what is wrong with a learner's answer, "" if nothing is known to be."""
        verdict = self.verdicts.get((submission.learner, task))
        return verdict.why if verdict else ""

    def solved(self, submission: Submission) -> int:
        """Return how many tasks the learner has solved."""
        return [self.state(submission, task) for task in self.tasks].count(SOLVED)

    def misconceptions(self) -> list[Misconception]:
        """Return the mistakes of the class, the most frequent first."""
        pairs = [
            (answer, self.verdicts.get((answer.learner, answer.task))) for answer in self.answers
        ]
        return count_misconceptions((answer, each) for answer, each in pairs if each)


class KnownVerdicts:
    """The verdicts in a file, by the digest of all that they depend on."""

    def __init__(self, path: Path):
        self.path = path
        self.verdicts = read_verdicts(path)
        self.checker = digest(*(each.read_bytes() for each in sorted(CHECKER.glob("*.py"))))
        self.unsaved = 0

    def key(self, answer: Answer, seconds: float) -> str:
        """Return the digest of the answer, its task, the checker and the time limit."""
        texts = (self.checker, answer.task.text, str(seconds))
        return digest(*(text.encode() for text in texts), beginning(answer.path))

    def add(self, key: str, verdict: Verdict) -> None:
        self.verdicts[key] = verdict
        self.unsaved += 1
        if self.unsaved == SAVE_EVERY:
            self.save()

    def save(self) -> None:
        """Write the file. Raises OSError."""
        rows = {key: [astuple(each) for each in v.findings] for key, v in self.verdicts.items()}
        files.write(self.path, json.dumps(rows) + "\n")
        self.unsaved = 0


def read_verdicts(path: Path) -> dict[str, Verdict]:
    """Return the verdicts in the file; none if it is missing or damaged."""
    try:
        rows = json.loads(path.read_bytes())
        return {
            key: Verdict(tuple(Finding(*map(str, row)) for row in findings))
            for key, findings in rows.items()
        }
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}


def beginning(path: Path) -> bytes:
    """Return as much of the file as is judged; if it cannot be read, the judge will say why."""
    try:
        with open(path, "rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        return str(error).encode()


def digest(*parts: bytes) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def judge_class(
    results: Results, known: KnownVerdicts, seconds: float
) -> Generator[int, None, None]:
    """Fill in the verdicts, and yield how many came at once: equal answers are judged together."""
    groups: dict[str, list[Answer]] = {}
    for answer in results.answers:
        groups.setdefault(known.key(answer, seconds), []).append(answer)
    waiting = {group[0]: key for key, group in groups.items() if key not in known.verdicts}
    for key in groups.keys() & known.verdicts.keys():
        yield enter(results, groups[key], known.verdicts[key])
    try:
        with closing(judge_many(list(waiting), seconds)) as verdicts:
            for answer, verdict in verdicts:
                key = waiting[answer]
                known.add(key, verdict)
                yield enter(results, groups[key], verdict)
    finally:
        known.save()


def enter(results: Results, answers: list[Answer], verdict: Verdict) -> int:
    for each in answers:
        results.verdicts[each.learner, each.task] = verdict
    return len(answers)
