"""The learner's own journal: which lessons were read, what was predicted, and where a reader is.

Rule: a lesson is known by its name, whatever number it has. The journal lies in the folder that the
system has for each user's data, and what cannot be written is not kept, without an error.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from micrograd.support import files, journal
from micrograd.support.user_folders import data_folder

FORMER_NAMES = {  # of the numbers that have another lesson now
    17: "to_modern_networks",
    18: "the_finished_engine",
    19: "inside_pytorch",
    20: "beyond_the_lecture",
}


@dataclass(frozen=True)
class Guess:
    """The text that a learner typed, "" if the question was skipped, and whether it was right."""

    text: str
    right: bool


@dataclass
class Progress:
    """The learner's journal, summed up."""

    read: set[str] = field(default_factory=set)
    guesses: dict[tuple[str, str], Guess] = field(default_factory=dict)  # of (lesson, question)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)  # (cell, number of cells)

    def add(self, record: dict[str, Any]) -> None:
        """Add one record of the journal. Raises KeyError, TypeError or ValueError."""
        lesson = str(record["lesson"])
        match record["did"]:
            case "read":
                self.read.add(lesson)
                self.places.pop(lesson, None)
            case "guess":
                guess = Guess(str(record["guess"]), record["right"] is True)
                self.guesses[lesson, str(record["question"])] = guess
            case "left":
                self.places[lesson] = int(record["cell"]), int(record["cells"])


def path() -> Path:
    """Return the path of the journal. Raises RuntimeError for a user who has no home."""
    return data_folder() / "learning.jsonl"


def read() -> Progress:
    """Return what the journal says, and the lessons that an older version noted as read."""
    progress = Progress()
    try:
        records = list(journal.read(path()))
        progress.read |= read_before(path().with_name("lessons.json"))
    except RuntimeError:
        return progress
    for record in records:
        with suppress(KeyError, TypeError, ValueError, OverflowError):
            progress.add(record)
    return progress


def read_before(former: Path) -> set[str]:
    """Return the names of the lessons in the file of an older version, a list of numbers."""
    from micrograd.course.lesson import lessons

    names = {lesson.number: lesson.name for lesson in lessons()} | FORMER_NAMES
    try:
        numbers = set(map(int, json.loads(files.read(former))))
    except (OSError, ValueError, TypeError, RecursionError):
        return set()
    return {names[number] for number in numbers if number in names}


def mark(lesson: str) -> None:
    """Note that the lesson of that name was read to its end."""
    note(did="read", lesson=lesson)


def keep_guess(lesson: str, question: str, guess: Guess) -> None:
    """Note what was predicted; a later guess at the same question replaces it."""
    note(did="guess", lesson=lesson, question=question, guess=guess.text, right=guess.right)


def leave(lesson: str, cell: int, cells: int) -> None:
    """Note that the reader left the lesson before this one of its cells."""
    note(did="left", lesson=lesson, cell=cell, cells=cells)


def note(**record: Any) -> None:
    with suppress(OSError, RuntimeError):
        journal.append(path(), record)
