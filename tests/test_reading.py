"""Tests of a lesson read at a terminal: it shows, waits for guesses, keeps them, and goes on.

Rule: the reader's lines are given as a list, and the journal lies in a folder of the test.
"""

import io
import json
import os
import re
import subprocess
import sys
import threading

import pytest
from rich.console import Console

from micrograd.course import progress, reading
from micrograd.course.lesson import Lesson, find_lesson
from micrograd.course.progress import Guess
from micrograd.course.terminal import render_cell
from micrograd.support import journal

SCRIPT = """# %% [markdown]
# # 1. Two
#
# **Goal:** know what two is.
#
# ## Predict

# %% tags=["question"]
ask("two", "1 + 1 is?", 2.0, mistakes={11.0: "That is how texts add up."}, why="One more than 1.")

# %% tags=["question"]
ask("sign", "Is it positive?", "yes", choices=("yes", "no"), why="It is above 0.")

# %%
print(1 + 1)

# %% [markdown]
# ## Exercise
#
# Now 2 + 2.

# %% tags=["solution"]
print(2 + 2)

# %% tags=["check"]
assert 2 + 2 == 4

# %% [markdown]
# ## Recap
#
# - It is 2.
"""


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def two(tmp_path):
    path = tmp_path / "01_two.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return Lesson(90, path)  # which has no exercises


def read(lesson, *lines, width=80, height=50):
    """Return whether the lesson is read to its end when these lines are typed, and the screen."""
    screen = Console(file=io.StringIO(), width=width, height=height, highlight=False)
    rest = list(lines)

    def type_in(prompt):
        screen.print(f"<{prompt}>")
        if not rest:
            raise EOFError
        return rest.pop(0)

    ended = reading.Reader(lesson, screen, lesson.run(), type_in).read()
    return ended, screen.file.getvalue()


def test_nothing_is_answered_before_the_guess(two):
    _, said = read(two)
    assert "1 + 1 is?" in said and "One more" not in said and "positive" not in said
    _, said = read(two, "2")
    assert "Right. One more than 1." in said
    assert "yes" in said and "above 0" not in said


def test_a_lesson_from_its_beginning_to_its_end(two):
    ended, said = read(two, "two", "a", "", "", "")
    assert ended
    assert "<Enter shows the solution, q ends: >" in said.partition("print(2 + 2)")[0]
    assert "assert" not in said
    assert "You predicted 2 of 2." in said
    assert progress.read().read == {"two"} and progress.read().places == {}


REPLIES = {  # the lines that are typed: texts that follow
    ("11",): "✗ That is how texts add up. The answer is 2. One more than 1.",
    ("3",): "✗ Not quite. The answer is 2.",
    ("",): "The answer is 2. One more than 1.",
    ("?", "2"): "Type a number, such as 4, -0.5 or 1/2.",
    ("2", "no"): "✗ Not quite. The answer is yes. It is above 0.",
    ("11", "b", "", "", ""): "You predicted 0 of 2.",
    ("2", "", "", "", ""): "You predicted 1 of 1 and skipped 1 question.",
    ("", "", "", "", ""): "You skipped 2 questions.",
    ("2", "", "", "", "", ""): "asks all questions of this lesson again: from now on",
    ("1*1", "11", "y", "", "", ""): "(you said 11, and it is 2.)",
}


@pytest.mark.parametrize(("lines", "text"), REPLIES.items())
def test_a_reply(two, lines, text):
    assert text in read(two, *lines, width=200)[1]


@pytest.mark.parametrize("end", ["q", "Q", "quit", None])
def test_a_reader_who_leaves_goes_on_where_the_part_began(two, end):
    ended, said = read(two, "2", "no", "", *([end] if end else []))
    assert not ended and "You can go on here: micrograd learn 90" in said
    assert progress.read().read == set()
    ended, said = read(two, "", "", "")
    assert ended
    assert "Last time you came as far as the part 'Exercise'" in said
    assert "Now 2 + 2" in said and "1 + 1 is?" not in said.partition("You predicted")[0]
    assert "You predicted 1 of 2" in said


def test_a_reader_who_ends_again_at_once_keeps_the_place(two):
    read(two, "2", "no", "", "q")
    place = progress.read().places
    assert read(two, "q")[0] is False and progress.read().places == place != {}


def test_ctrl_c_keeps_the_place(two):
    def press(prompt):
        raise KeyboardInterrupt

    screen = Console(file=io.StringIO())
    with pytest.raises(KeyboardInterrupt):
        reading.Reader(two, screen, two.run(), press).read()
    assert "two" in progress.read().places and "You can go on here" in screen.file.getvalue()


def test_a_reader_who_left_may_begin_anew(two):
    read(two, "2", "no", "", "q")
    _, said = read(two, "b", "11")
    assert said.count("1 + 1 is?") == 1 and "how texts add up" in said


def test_an_answered_question_is_not_asked_again(two):
    """Predict is the first part, so leaving there begins the lesson, with all of its questions."""
    read(two, "2", "q")
    _, said = read(two)
    assert "<Your guess" in said and "Last time" not in said


def test_a_lesson_that_has_changed_begins_anew(two):
    read(two, "2", "no", "", "q")
    two.path.write_text(SCRIPT + "\n# %%\nx = 1\n", encoding="utf-8")
    ended, said = read(Lesson(1, two.path))
    assert not ended and "Last time" not in said and "1 + 1 is?" in said


@pytest.mark.parametrize(("width", "height"), [(60, 24), (80, 30), (200, 60)])
def test_a_page_is_no_higher_than_the_screen_unless_a_cell_is(width, height):
    five = find_lesson(5)
    ended, said = read(five, *["-1"] * len(five.questions), *[""] * 60, width=width, height=height)
    assert ended and max(map(len, said.splitlines())) <= width
    screen = Console(file=io.StringIO(), width=width)
    cells = [len(screen.render_lines(render_cell(cell, width))) for cell in five.run()]
    pages = re.split(r"<(?:Enter|Your guess)[^>]*>", said)
    assert len(pages) > 4
    most = max(height, *cells) + 1  # with the end of the prompt's line
    assert all(page.count("\n") <= most for page in pages[:-1])


def test_the_prompt_is_removed_on_a_terminal(two, monkeypatch):
    """The cursor goes to the line of the prompt, and that line is erased."""
    monkeypatch.setenv("TERM", "xterm")
    screen = Console(file=io.StringIO(), force_terminal=True, width=80, height=50)
    reader = reading.Reader(two, screen, [], lambda prompt: "Q")
    reader.used = 7
    with pytest.raises(reading.Left):
        reader.wait("a ")
    reader.type_in = lambda prompt: "B"
    assert reader.wait("a ") == "b"
    assert screen.file.getvalue() == "\x1b[1A\x1b[2K" and reader.used == 0


def test_a_question_that_was_answered_is_printed_with_its_answer(two):
    screen = Console(file=io.StringIO(), width=80, highlight=False)
    reader = reading.Reader(two, screen, [])
    question = two.questions[0]
    reader.guesses[question.name] = Guess("11", False)
    reader.ask(question)
    assert screen.file.getvalue().strip() == "2. One more than 1."


def test_nothing_is_compared_where_nothing_was_guessed(two):
    screen = Console(file=io.StringIO(), width=80)
    reading.Reader(two, screen, []).compare()
    assert screen.file.getvalue() == ""


# ------------------------------------------------------------------------------- a real terminal


def type_at(command, *lines, environment):
    """Return what the command shows on a terminal where each line is typed at the next prompt."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "micrograd", *command], stdin=theirs, stdout=theirs, stderr=theirs,
        env=environment, close_fds=True,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    rest = list(lines)
    while chunk := read_terminal(ours):
        shown += chunk
        if rest and re.search(rb"(skips it|ends|anew)\)?: $", shown):
            os.write(ours, f"{rest.pop(0)}\n".encode())
    os.close(ours)
    return process.wait(timeout=60), shown.decode()


def read_terminal(handle):
    """Return the next bytes of the terminal; none once the command has ended."""
    try:
        return os.read(handle, 100_000)
    except OSError:
        return b""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="it has no such terminals")
def test_a_lesson_and_its_review_in_a_real_terminal(home):
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "40"}
    code, said = type_at(["learn", "4"], "?", "1", "", "q", environment=environment)
    assert code == 0 and "You can go on here: micrograd learn 4" in said
    question = find_lesson(4).questions[0]
    assert progress.read().guesses["the_value_object", question.name].text == "1"
    progress.mark("the_value_object")
    pytest.importorskip("fsrs")
    code, said = type_at(["review"], question.answer_text, "q", environment=environment)
    assert code == 0 and "1 of 1 right" in said


# ------------------------------------------------------------------------------------- the journal


def test_a_guess_is_kept_at_once(two):
    read(two, "11")
    assert progress.read().guesses == {("two", "two"): Guess("11", False)}
    read(two, "2")
    assert progress.read().guesses["two", "two"] == Guess("2", True)


BROKEN = [
    *("", "{", "[1]", "3", "null", "{}", "\x00\xff", "[" * 100_000, '{"did": "future"}'),
    *('{"did": "read"}', '{"did": "left", "lesson": "x"}'),
    '{"did": "left", "lesson": "x", "cell": "y", "cells": 1}',
    '{"did": "left", "lesson": "x", "cell": 1e999, "cells": 1}',
]


@pytest.mark.parametrize("line", BROKEN, ids=lambda line: line[:20])
def test_a_broken_line_costs_itself_alone(line):
    progress.mark("a")
    with progress.path().open("a", encoding="latin-1") as file:
        file.write(line)  # with no end of line: half written
    progress.mark("b")
    assert progress.read().read == {"a", "b"}


def test_two_terminals_at_once_lose_nothing():
    def mark(letter):
        for number in range(50):
            progress.mark(f"{letter}{number}")

    threads = [threading.Thread(target=mark, args=letter) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(progress.read().read) == 200


FORMER = {  # what an older version wrote: the names of the lessons
    "[3, 5]": {"derivative_of_several_inputs", "backpropagation_by_hand"},
    "[18, 20]": {"the_finished_engine", "beyond_the_lecture"},
    "[99]": set(),
    "": set(), "[1,": set(), "{}": set(), '["a"]': set(), "3": set(), "null": set(), "[": set(),
}  # fmt: skip


@pytest.mark.parametrize(("content", "names"), FORMER.items())
def test_the_list_of_an_older_version_is_read_too(content, names):
    progress.mark("a")
    progress.path().with_name("lessons.json").write_text(content)
    assert progress.read().read == names | {"a"}


def test_a_journal_keeps_the_order_and_any_text(tmp_path):
    path = tmp_path / "new" / "journal.jsonl"
    records = [{"n": n, "text": "é\n\ud800"[: n + 1]} for n in range(3)]
    for record in records:
        journal.append(path, record)
    found = list(journal.read(path))
    assert [each["n"] for each in found] == [0, 1, 2] and found[1]["text"] == "é\n"
    assert list(journal.read(tmp_path / "missing")) == list(journal.read(tmp_path)) == []
    assert all(json.loads(line) for line in path.read_text().splitlines() if line)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_journal_that_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OSError):
        journal.append(tmp_path / "journal.jsonl", {})
