"""Tests of `micrograd review`: which questions come back, and when, and that nothing is lost.

Rule: the schedule is made of the journal each time, so each test writes a journal and looks at it.
"""

import csv
import io
import json
import re
from datetime import datetime, timedelta, timezone
from unittest import mock

import pytest
from rich.console import Console

from micrograd.cli import review as command
from micrograd.cli.app import app
from micrograd.course import anki, lesson, page, progress, review
from micrograd.support import journal
from tests.support.commands import CliRunner, Terminal

pytest.importorskip("fsrs")

NOW = datetime(2026, 5, 20, 12, tzinfo=timezone.utc)
DAY = timedelta(days=1)
FIVE = lesson.find_lesson(5)
NAMES = [question.name for question in FIVE.questions]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read_five():
    progress.mark(FIVE.name)


def note(right=True, at=NOW, question=NAMES[0], name=FIVE.name):
    record = {"lesson": name, "question": question, "right": right, "at": at.isoformat()}
    journal.append(review.path(), record)


def days_until(question=NAMES[0], now=NOW):
    """Return after how many days the question comes back."""
    (card,) = [card for card in review.cards(now) if card.question.name == question]
    return (card.due - now) / DAY


def run(*arguments):
    return CliRunner().invoke(app, ["review", *arguments], env={"COLUMNS": "100"})


# --------------------------------------------------------------------------------------- schedule


def test_only_questions_of_lessons_that_were_read_come():
    assert review.cards(NOW) == []
    read_five()
    assert [card.question for card in review.cards(NOW)] == FIVE.questions
    assert all(card.is_due(NOW) for card in review.cards(NOW))


def test_intervals_grow_with_right_answers_and_shrink_with_a_wrong_one():
    read_five()
    intervals = []
    at = NOW
    for right in (True, True, True, False, True):
        note(right, at)
        intervals.append(days_until(now=at))
        at += timedelta(days=intervals[-1])
    first, second, third, wrong, last = intervals
    assert 1 <= first < second < third
    assert 1 <= wrong < third and wrong < last < third


def test_a_question_that_was_right_is_not_due_before_its_day():
    read_five()
    note(True)
    due = review.due_cards(review.cards(NOW), NOW)
    assert [card.question.name for card in due] == NAMES[1:]
    later = NOW + timedelta(days=days_until()) - timedelta(hours=6)  # on its day, at any hour
    assert review.due_cards(review.cards(later), later)[0].question.name == NAMES[0]


def test_what_waited_longest_comes_first_and_new_questions_last():
    read_five()
    note(False, NOW - 20 * DAY, NAMES[2])
    note(False, NOW - 30 * DAY, NAMES[1])
    due = [card.question.name for card in review.due_cards(review.cards(NOW), NOW)]
    assert due[:2] == [NAMES[1], NAMES[2]] and set(due) == set(NAMES)


def test_a_clock_that_was_moved_back_loses_nothing():
    """The second review seems to come before the first; both count, and none is in the future."""
    read_five()
    note(True, NOW)
    once = days_until()
    note(True, NOW - 100 * DAY)
    assert days_until() >= once > 0
    assert len(list(review.reviews(NOW))) == 2


def test_a_review_of_a_future_day_was_done_now():
    """A clock was years ahead for one day; its questions come back all the same."""
    read_five()
    note(True, NOW)
    wanted = days_until()
    review.path().unlink()
    note(True, NOW + 20_000 * DAY)
    assert days_until() == wanted


def test_a_question_that_no_lesson_asks_is_left_out_and_kept():
    read_five()
    note(question="gone")
    note(name="gone")
    assert [card.question for card in review.cards(NOW)] == FIVE.questions
    assert len(review.path().read_text().split()) > 2
    assert run().exit_code == 0


BROKEN = [
    *("", "{", "[]", "null", "\x00", '{"lesson": "x"}', '{"at": 3}', "[" * 100_000),
    '{"lesson": "a", "question": "b", "right": true, "at": "yesterday"}',
    '{"lesson": "a", "question": "b", "right": true, "at": 3}',
    '{"lesson": "a", "question": "b", "right": 1e999, "at": "0001-01-01T00:00:00+14:00"}',
]


@pytest.mark.parametrize("line", BROKEN, ids=lambda line: line[:30])
def test_a_broken_line_of_the_schedule_costs_itself_alone(line):
    read_five()
    note()
    before = days_until()
    with review.path().open("a") as file:
        file.write(line)
    assert days_until() == before
    assert review.unreadable_lines(NOW) == bool(line)
    assert ("1 line of " in run().stderr) == bool(line)
    note(question=NAMES[1])
    assert days_until(NAMES[1]) == before
    assert line in review.path().read_text()


def test_a_card_has_what_its_question_refers_to_and_no_answer():
    read_five()
    for card in review.cards(NOW):
        text = "\n".join(cell.text for cell in card.context)
        assert "# " not in text.splitlines()[0] and "Goal" not in text
        assert card.question.why not in text
    first = review.cards(NOW)[0]
    assert "A bicycle is 4 times as fast as a walker" in first.context[0].text


NAME = re.compile(r"(?<![\w'’.])[A-Za-z](?![\w'])")
ARTICLES = re.compile(r"\b[aA](?= [a-z`-]{2})|\bI\b")
ABSENT = re.compile(r"picture|[Ss]tage \d|Now it is your turn|\bour neuron|Go back|figure\b")
NUDGE = "h"  # a small number, wherever it stands


@pytest.mark.parametrize("one", lesson.lessons(), ids=str)
def test_a_card_can_be_answered_without_its_lesson(one):
    """Each one-letter name stands in what is given, or gets its number in the question."""
    for question in one.questions:
        card = review.Card(one, question)
        given = "\n".join(cell.text for cell in card.context)
        sides = [question.text, *question.choices, question.answer_text, question.why]
        used = set(NAME.findall(ARTICLES.sub("", "\n".join(sides)))) - {NUDGE}
        known = set(NAME.findall(given)) | set(re.findall(r"\b([a-z]) = ", question.text))
        assert used <= known, (question.name, used - known)
        assert not ABSENT.search(f"{given}\n{question.text}"), question.name


def test_a_card_shows_what_is_given_and_the_lesson_does_not():
    (question,) = [each for each in FIVE.questions if each.name == "c_is_added"]
    assert "f = -2" in question.given
    card = review.Card(FIVE, question)
    (cell,) = card.context
    assert "f = -2" in anki.front(card)
    assert cell.text == question.given and not cell.code
    assert question.given not in page.render_question(question)


# ---------------------------------------------------------------------------------------- session


def hold(lines, seconds=1.0):
    """Hold a session in which these lines are typed, each after that time; return the screen."""
    screen = Console(file=io.StringIO(), width=300, highlight=False)
    rest, times = list(lines), iter(range(1000))

    def type_in(prompt):
        if not rest:
            raise EOFError
        return rest.pop(0)

    now = datetime.now(timezone.utc)
    due = review.due_cards(review.cards(now), now)
    command.hold_session(screen, due, type_in, lambda: seconds * next(times))
    return screen.file.getvalue()


def test_a_session_asks_replies_and_keeps():
    read_five()
    answers = [question.answer_text for question in FIVE.questions]
    said = hold(["?", *answers])
    assert "From lesson 5, Backpropagation by hand" in said
    assert said.count("✓ Right.") == len(answers)
    assert f"{len(answers)} of {len(answers)} right." in said
    now = datetime.now(timezone.utc)
    assert not review.due_cards(review.cards(now), now)
    shown = run().stdout
    assert "Nothing more today. Next: " in shown and "due today" not in shown


@pytest.mark.parametrize("end", [["q"], []])
def test_a_user_who_ends_keeps_what_was_answered(end):
    read_five()
    said = hold(["8", *end])
    assert f"1 of 1 right. {len(NAMES) - 1} more questions due today." in said
    assert len(list(review.reviews(datetime.now(timezone.utc)))) == 1


def test_a_skipped_question_comes_back_tomorrow():
    read_five()
    said = hold(["", "q"])
    assert "The answer is 8" in said and "0 of 1 right" in said
    tomorrow = datetime.now(timezone.utc) + DAY
    assert review.cards(tomorrow)[0].is_due(tomorrow)


def test_after_five_minutes_no_more_is_asked():
    read_five()
    said = hold(["8", "8", "8", "8"], seconds=200.0)
    assert f"{len(NAMES) - 1} more questions due today" in said


# ---------------------------------------------------------------------------------------- command


def test_without_a_lesson_there_is_nothing():
    result = run()
    assert result.exit_code == 2
    assert "Read one, for example: micrograd learn 1" in result.stderr


def test_without_a_terminal_nothing_waits():
    read_five()
    result = run()
    assert result.exit_code == 0
    assert f"{len(NAMES)} questions of {len(NAMES)} due today" in result.stdout
    shown = json.loads(run("--json").stdout)
    assert [row["question"] for row in shown["due"]] == NAMES and shown["later"] == []
    assert all(question.why not in json.dumps(shown) for question in FIVE.questions)


def test_without_fsrs_the_line_that_installs_it_is_told(monkeypatch):
    read_five()
    monkeypatch.setitem(__import__("sys").modules, "fsrs", None)
    result = run()
    assert result.exit_code == 2 and "pip install 'micrograd[review]'" in result.stderr
    assert run("--anki", "cards.txt").exit_code == 0


def test_on_a_terminal_the_questions_are_asked(monkeypatch):
    read_five()
    screen = Console(file=io.StringIO(), force_terminal=True, width=100, highlight=False)
    monkeypatch.setattr(command, "Console", lambda highlight: screen)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(command, "hold_session", lambda to, due: held.extend(due))
    held = []
    command.review()
    assert [card.question.name for card in held] == NAMES
    assert screen.file.getvalue() == ""  # they are all due still


def test_a_user_without_a_home_has_no_reviews(monkeypatch):
    """Path.home() raises RuntimeError where no file of the system knows the user."""
    note()
    assert len(list(review.reviews(NOW))) == 1
    monkeypatch.setattr(review, "path", mock.Mock(side_effect=RuntimeError("no home")))
    assert list(review.reviews(NOW)) == [] and review.unreadable_lines(NOW) == 0


# ------------------------------------------------------------------------------------------- Anki


def test_cards_for_anki(home):
    read_five()
    result = run("--anki", "cards.txt")
    assert result.exit_code == 0 and "wrote cards.txt" in result.stdout
    lines = (home / "cards.txt").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["#separator:tab", "#html:true"]
    body = "\n".join(line for line in lines if not line.startswith("#"))
    rows = list(csv.reader(io.StringIO(body), delimiter="\t"))
    assert len(rows) == len(NAMES) and len({row[0] for row in rows}) == len(NAMES)
    for (_, front, back, tags), question in zip(rows, FIVE.questions):
        assert re.sub("<.*?>", "", front).strip() and question.why not in front
        assert f"<strong>{question.answer_text}." in back
        assert tags == f"micrograd {FIVE.name}"


def test_a_file_of_cards_is_not_overwritten(home):
    read_five()
    (home / "cards.txt").write_text("mine")
    assert run("--anki", "cards.txt").exit_code == 2
    assert (home / "cards.txt").read_text() == "mine"
    assert run("--anki", "cards.txt", "--force").exit_code == 0
    assert "wrote" not in run("--anki", str(home)).stdout


def test_a_file_of_cards_that_cannot_be_written(home):
    read_five()
    (home / "file").write_text("")
    result = run("--anki", "file/cards.txt")
    assert (result.exit_code, result.stdout) == (2, "")
    sentence = "error: cannot write to 'file/cards.txt': Not a directory. Name another place.\n"
    assert result.stderr == sentence


def test_every_lesson_makes_cards():
    for one in lesson.lessons():
        progress.mark(one.name)
    text = anki.anki_text(review.new_cards())
    rows = [line for line in text.splitlines() if line.startswith('"micrograd-')]
    assert len(rows) == sum(len(one.questions) for one in lesson.lessons())
