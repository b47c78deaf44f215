"""Reviews: the questions of lessons that were read come back, at intervals that grow.

Rule: the journal of reviews is all that is stored, and the library fsrs makes the schedule of it
each time. So a line that cannot be read costs one review, and a question that no lesson asks any
more is left out, and comes back with its schedule if a lesson asks it again.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from micrograd.course import progress
from micrograd.course.lesson import Cell, Lesson, lessons
from micrograd.course.questions import Question
from micrograd.support import journal
from micrograd.support.extras import require
from micrograd.support.user_folders import data_folder

HEADING = re.compile(r"^#+ .*$", re.MULTILINE)
RIGHT, WRONG = 3, 1  # fsrs's ratings "good" and "again"


@dataclass(frozen=True)
class Card:
    """A question of a lesson, and the time at which it comes back; None if it never came."""

    lesson: Lesson
    question: Question
    due: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.lesson.name, self.question.name

    @property
    def context(self) -> list[Cell]:
        """Return the `given` of the question, or the text and the code that stand before it."""
        if self.question.given:
            return [Cell(False, self.question.given)]
        cells = self.lesson.cells
        end = [cell.question for cell in cells].index(self.question)
        begin = max(place for place in range(end) if not cells[place].code)
        text = HEADING.split(cells[begin].text)[-1].strip()
        code = [cell for cell in cells[begin + 1 : end] if not cell.tag]
        return [Cell(False, text), *code] if text else code

    def is_due(self, now: datetime) -> bool:
        """Return whether it comes back on this day, or has done so; a new card is always due."""
        return self.due is None or self.due.astimezone().date() <= now.astimezone().date()


def path() -> Path:
    """Return the path of the journal of reviews. Raises RuntimeError for a user without a home."""
    return data_folder() / "reviews.jsonl"


def keep(card: Card, right: bool, now: datetime) -> None:
    """Note a review in the journal, if it can be written."""
    lesson, question = card.key
    record = {"lesson": lesson, "question": question, "right": right, "at": now.isoformat()}
    with suppress(OSError, RuntimeError):
        journal.append(path(), record)


def new_cards() -> list[Card]:
    """Return a card for each question of the lessons that were read, without its time."""
    read = progress.read().read
    chosen = [lesson for lesson in lessons() if lesson.name in read]
    return [Card(lesson, question) for lesson in chosen for question in lesson.questions]


def cards(now: datetime) -> list[Card]:
    """Return a card for each question of the lessons that were read, with its time.

    Raises ImportError if fsrs is missing, with the line that installs it.
    """
    dates = due_dates(reviews(now))
    return [replace(card, due=dates.get(card.key)) for card in new_cards()]


def due_cards(cards: Iterable[Card], now: datetime) -> list[Card]:
    """Return the cards that are due: those that waited longest first, and new ones last."""
    due = [card for card in cards if card.is_due(now)]
    latest = datetime.max.replace(tzinfo=timezone.utc)
    return sorted(due, key=lambda card: card.due or latest)


# --------------------------------------------------------------------------------------- schedule


@dataclass(frozen=True)
class Review:
    """One line of the journal."""

    key: tuple[str, str]
    right: bool
    at: datetime


def reviews(now: datetime) -> Iterator[Review]:
    """Yield the reviews in the journal; one that seems to be in the future was done now."""
    return (review for review in read_reviews(now) if review)


def unreadable_lines(now: datetime) -> int:
    """Return how many lines of the journal cannot be read."""
    return sum(review is None for review in read_reviews(now))


def read_reviews(now: datetime) -> Iterator[Review | None]:
    """Yield the review of each line of the journal, None for a line that cannot be read."""
    try:
        records = list(journal.read_lines(path()))
    except RuntimeError:
        return
    for record in records:
        try:
            yield as_review(record, now)
        except (KeyError, TypeError, ValueError, OverflowError):
            yield None


def as_review(record: Any, now: datetime) -> Review:
    """Return the record as a Review. Raises KeyError, TypeError, ValueError or OverflowError."""
    key = str(record["lesson"]), str(record["question"])
    at = datetime.fromisoformat(record["at"]).astimezone(timezone.utc)
    return Review(key, record["right"] is True, min(at, now))


def due_dates(done: Iterable[Review]) -> dict[tuple[str, str], datetime]:
    """Return the time at which each question comes back.

    A review before the one that stands above it, since the clock was moved back, counts as done at
    the same time. Raises ImportError if fsrs is missing.
    """
    fsrs = require("fsrs", "review")
    scheduler = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    states: dict[tuple[str, str], Any] = {}
    for review in done:
        card = states.get(review.key) or fsrs.Card(card_id=1)
        at = max(review.at, card.last_review or review.at)
        rating = fsrs.Rating(RIGHT if review.right else WRONG)
        states[review.key], _ = scheduler.review_card(card, rating, at)
    return {key: card.due for key, card in states.items()}
