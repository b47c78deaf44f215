"""The command `micrograd review`: questions of lessons that were read come back, day by day.

Rule: after five minutes no more is asked, and each review is in the journal before the next one.
"""

import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, Any

from rich.console import Console

from micrograd.cli import messages
from micrograd.cli.console import print_note, report, stop, stop_writing
from micrograd.cli.options import AsJson, flag, text

REVIEW_HELP = """Answer questions of the lessons that you have read, five minutes a day.

A question comes from the day on which you read its lesson, then after some days, and later each \
time that you are right. Press Enter to see the answer, and type q to end. Needs the extra \
\\[review].

[bold]Examples[/bold]

  micrograd review

  micrograd review --anki cards.txt
"""

SESSION_SECONDS = 300


def review(
    anki: Annotated[
        Path | None, text("Write the questions as cards that Anki imports.", "FILE", "--anki")
    ] = None,
    force: Annotated[bool, flag("force", "Overwrite an existing file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask the questions that are due, list them, or write all of them as cards."""
    from micrograd.course import review as schedule

    new = schedule.new_cards()
    if not new:
        raise stop(messages.nothing_to_review())
    if anki is not None:
        return write_cards(new, anki, force, as_json)
    now = datetime.now(timezone.utc)
    try:
        cards = schedule.cards(now)
    except ImportError as error:
        raise stop(str(error)) from error
    if unread := schedule.unreadable_lines(now):
        print_note(messages.reviews_not_read(unread, schedule.path()))
    due = schedule.due_cards(cards, now)
    console = Console(highlight=False)
    if due and console.is_terminal and sys.stdin.isatty() and not as_json:
        hold_session(console, due)
        return show_next(console, schedule.cards(now), now)
    rows = [as_row(card) for card in due]
    later = [as_row(card) for card in cards if card not in due]
    return report({"due": rows, "later": later}, {}, as_json, lambda to: show_due(to, cards, now))


def as_row(card: Any) -> dict[str, Any]:
    """Return the card as JSON, without its answer."""
    due = card.due.isoformat() if card.due else None
    lesson, question = card.key
    return {"lesson": lesson, "question": question, "text": card.question.text, "due": due}


def show_due(console: Console, cards: list, now: datetime) -> None:
    """Print how many questions are due or, if none is, when the next one comes."""
    due = sum(card.is_due(now) for card in cards)
    if due:
        console.print(messages.questions_due(due, len(cards)))
    show_next(console, cards, now)


def show_next(console: Console, cards: list, now: datetime) -> None:
    """Print when the next question comes back, if none is due today."""
    dates = [card.due.astimezone().date() for card in cards if card.due]
    if dates and not any(card.is_due(now) for card in cards):
        console.print(messages.next_review(min(dates), dates.count(min(dates))))


# ----------------------------------------------------------------------------------- a session


def hold_session(
    console: Console, due: list, type_in: Callable[[str], str] = input, clock: Any = time.monotonic
) -> None:
    """Ask the questions one by one, until none is left, five minutes are over, or the user ends."""
    from micrograd.course import reading, review

    reading.edit_lines()
    right: list[bool] = []
    end = clock() + SESSION_SECONDS
    for card in due:
        if clock() > end:
            break
        try:
            guess = reading.review_card(console, card, type_in)
        except reading.Left:
            break
        review.keep(card, guess.right, datetime.now(timezone.utc))
        right.append(guess.right)
    console.print(messages.session_over(sum(right), len(right), len(due) - len(right)))


# ------------------------------------------------------------------------------------------- anki


def write_cards(cards: list, place: Path, force: bool, as_json: bool) -> None:
    """Write all cards to the file. An existing one is replaced only if the user wants it."""
    from micrograd.course import anki_text
    from micrograd.support import files

    if place.exists() and not force:
        raise stop(messages.already_exists(place))
    try:
        files.write(place, anki_text(cards))
    except OSError as error:
        raise stop_writing(place, error) from error
    about = {place: "in Anki: File, Import"}
    report({"cards": len(cards)}, about, as_json, lambda console: None)
