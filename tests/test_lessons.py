"""Tests of the lessons: each runs from start to end, has the common shape, and states no number
that it does not show.

Rule: a number with a point in the prose has to stand in the code or in what the code prints.
"""

import ast
import dataclasses
import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from micrograd.course.build import all_stages
from micrograd.course.exercises.task import tasks
from micrograd.course.lesson import SECTIONS, Lesson, find_lesson, lessons, run_cell
from micrograd.course.stages import STAGES, difference, source

LESSONS = lessons()
ROOT = Path(__file__).parents[1]
EVERY = pytest.mark.parametrize("one", LESSONS, ids=[path.path.stem for path in LESSONS])
MINUTES = 12  # of a reader; the guesses and the exercise may take three more
WORDS_A_MINUTE, LINES_A_MINUTE, QUESTIONS_A_MINUTE = 180, 20, 2


@pytest.fixture(scope="module")
def ran():
    """Return a function that runs a lesson once, and returns its cells and the names at its end."""
    known = {}

    def run(one):
        for package in one.needs:
            pytest.importorskip(package)
        if one.number not in known:
            names = {"__name__": "lesson"}
            cells = [run_cell(each, names, "lesson") if each.code else each for each in one.cells]
            known[one.number] = cells, names
        return known[one.number]

    return run


@pytest.mark.no_cover
@pytest.mark.slow
@EVERY
def test_it_runs_and_states_only_what_it_shows(one, ran, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    cells, _ = ran(one)
    code = [cell for cell in cells if cell.code and not cell.question]
    shown = "\n".join([*[c.text + c.printed for c in code], *returned(cells)])
    stated = re.sub(r"`[^`]*`|\(https?:[^)]*\)", "", prose(one))
    tasks = {task.number for task in one.exercises}
    for number in re.findall(r"(?<![\w.])-?\d+\.\d+", stated):
        if number not in tasks:
            assert number in shown, number


@EVERY
def test_its_cells_are_those_that_jupytext_reads(one):
    jupytext = pytest.importorskip("jupytext")
    cells = jupytext.reads(one.text, fmt="py:percent").cells
    expected = [(cell.cell_type == "code", cell.source) for cell in cells]
    *script, closing = one.cells
    script[0] = dataclasses.replace(script[0], text=script[0].text.replace(one.after_lecture, ""))
    as_read = [(code, re.sub(r"\A# alt: (.*\n(?:# .*\n)*)", "", text)) for code, text in expected]
    assert [(cell.code, cell.text) for cell in script] == as_read
    assert "micrograd exercises" in closing.text


def returned(cells):
    return [repr(c.returned) for c in cells if c.returned is not None]


def prose(one):
    """Return all that is said: the text, and what is asked and replied."""
    asked = [(each.text, each.why, *each.mistakes.values()) for each in one.questions]
    texts = [cell.text for cell in one.cells if not cell.code]
    return "\n".join(itertools.chain(texts, *asked))


@EVERY
def test_it_has_the_common_shape(one):
    text = prose(one)
    assert text.startswith(f"# {one.number}. {one.title}\n")
    sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert [section for section in sections if section in SECTIONS] == list(SECTIONS)
    assert one.goal.endswith(".") and len(one.goal) < 200
    recap = next(cell.text for cell in one.cells if "## Recap\n" in cell.text)
    assert len(re.findall(r"^- ", recap, re.MULTILINE)) == 3
    assert any("draw(" in cell.text or "plot" in cell.text for cell in one.cells if cell.code)
    assert "assert" in "".join(cell.text for cell in one.cells if cell.code)


@EVERY
def test_a_reader_is_through_in_twelve_minutes(one):
    """A reply to a wrong guess is not counted, and a word has a letter or a digit."""
    texts = [cell.text for cell in one.cells if not cell.code]
    texts += [text for each in one.questions for text in (each.text, each.why)]
    read = re.sub(r"\]\([^)]*\)|```text.*?```", "", "\n".join(texts), flags=re.DOTALL)
    words = sum(bool(re.search(r"\w", word)) for word in read.split())
    code = [cell.text for cell in one.cells if cell.code and cell.tag in ("", "quiz", "solution")]
    lines = sum(bool(line.strip()) for line in "\n".join(code).splitlines())
    minutes = words / WORDS_A_MINUTE + lines / LINES_A_MINUTE
    assert minutes + len(one.questions) / QUESTIONS_A_MINUTE <= MINUTES, (words, lines)


COLUMNS = 60  # of code that beginners type along, beside a video


@EVERY
def test_it_asks_and_its_code_can_be_typed_along(one):
    assert 2 <= len(one.questions) <= 4
    shown = [cell for cell in one.cells if cell.code and cell.tag in ("", "solution")]
    assert any(cell.tag == "solution" for cell in shown)
    assert any(task.lesson == one.number for task in tasks())
    lines = [line for cell in shown for line in cell.text.splitlines()]
    assert [line for line in lines if len(line) > COLUMNS] == []
    assert [cell.text for cell in shown if "blank(" in cell.text and not cell.alt] == []


def test_a_chapter_ends_where_the_next_one_begins():
    chapters = sorted({one.seconds: one.chapter for one in LESSONS if one.seconds}.items())
    for (_, (_, end)), (_, (begin, _)) in itertools.pairwise(chapters):
        assert end == begin


@EVERY
def test_its_words_are_those_of_the_course(one):
    forbidden = r"\b(children|child node|adjoint|cotangent|local grad\w*|local derivative)\b"
    found = re.findall(forbidden, prose(one))
    assert not found or (one.number in (4, 19) and set(found) == {"children"})


@EVERY
def test_its_words_are_in_the_glossary(one):
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### (.*)$", page, re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    links = set(re.findall(r"\(glossary:([\w-]+)\)", prose(one)))
    assert links <= anchors, links - anchors


def test_each_word_of_the_lessons_has_an_example():
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = page.partition("\n## Words of the lessons\n")[2].split("\n### ")[1:]
    names = [word.partition("\n")[0] for word in words]
    assert len(set(names)) == len(names) > 40
    assert [name for name, word in zip(names, words) if "*Example:*" not in word] == []


def test_they_are_numbered_and_follow_the_lecture():
    assert [one.number for one in LESSONS] == list(range(1, len(LESSONS) + 1))
    stamps = [one.seconds for one in LESSONS if one.seconds]
    assert all(a <= b for a, b in itertools.pairwise(stamps))  # 17 and 18 share a chapter


PRINT = """
import json
import sys
from micrograd.course.lesson import lessons, run_cell

shared = {"__name__": "my_gpt"} if sys.argv[1:] else {}
for one in lessons():
    if not one.needs:
        names = shared if shared and one.number >= 22 else {"__name__": "lesson"}
        typed = [cell for cell in one.cells if cell.code and not cell.question]
        typed = [cell for cell in typed if not (shared and cell.tag == "check")]
        printed = [run_cell(cell, names, "lesson").printed for cell in typed]
        print(json.dumps([one.number, *filter(None, printed)]))
"""


def start_lessons(seed, *arguments):
    """Start a process that prints what all lessons print; its hashes have that seed."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "MPLBACKEND": "agg"}
    command = [sys.executable, "-c", PRINT, *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_the_same_numbers_whatever_the_hashes_and_in_one_file():
    """Python's hashes change nothing, nor does it to type part two along in one file."""
    with start_lessons("0") as alone, start_lessons("7", "in one file") as together:
        printed = alone.communicate()[0]
        assert printed == together.communicate()[0]
    assert (alone.returncode, together.returncode) == (0, 0)
    assert printed.count("\n") > 20


def test_a_learners_own_value_finds_the_gradients_of_lesson_26():
    mine: dict = {"__name__": "my_micrograd"}
    exec(all_stages()[-1].solution, mine)
    names: dict = {"__name__": "lesson"}
    code = next(c.text for c in find_lesson(26).cells if "def rms_norm_backward" in c.text)
    exec(code.partition("\ng = ")[0], names)
    numbers, g = [3.0, -1.0, 2.0], [1.0, 4.0, -2.0]
    xs = [mine["Value"](x) for x in numbers]
    sum(gi * y for gi, y in zip(g, names["rms_norm"](xs))).backward()
    wanted = names["rms_norm_backward"](numbers, g)
    assert [x.grad for x in xs] == pytest.approx(wanted, rel=1e-12)  # other order of additions


def test_a_misconception_does_not_say_what_the_reason_says():
    """A wrong guess is told its misconception and then the reason: never the same words twice."""

    def runs(text):  # of six words
        words = re.findall(r"[\w·²']+", text.casefold())
        return set(zip(*(words[i:] for i in range(6))))

    for question in (each for one in lessons() for each in one.questions):
        for sentence in question.mistakes.values():
            assert not runs(sentence) & runs(question.why), (question.name, sentence)


def test_a_lesson_that_is_not_there():
    with pytest.raises(ValueError, match=r"no lesson 99: they are numbered from 1 to"):
        find_lesson(99)


# ------------------------------------------------------------------------------------- questions


@pytest.mark.slow
@EVERY
def test_an_answer_is_proved(one, ran):
    _, names = ran(one)
    for question in one.questions:
        assert is_computed(question.proof), question.name
        proved = eval(question.proof, dict(names))
        if not question.choices:
            proved = list(proved) if isinstance(question.answer, list | tuple) else float(proved)
        assert question.equals(proved, question.answer), (question.name, proved)


def is_computed(proof):
    """Return whether the proof is more than the answer, written once more."""
    try:
        ast.literal_eval(proof)
    except (SyntaxError, ValueError):
        return True
    return False


def shown(cell):
    """Return what a reader sees of a cell, its question aside."""
    if cell.question or cell.tag == "check":
        return ""
    return "\n".join([cell.text, cell.printed, repr(cell.returned) if cell.code else ""])


def stands_in(answer, text):
    """Return whether the text shows the number, however many of its digits."""
    found = re.findall(r"(?<![\w.])[-\u2212]?\d+(?:\.\d+)?(?![\w])", text)
    return any(close(float(each.replace("\u2212", "-")), answer, each) for each in found)


def close(number, answer, text):
    digits = len(text.partition(".")[2])
    if number == answer or not digits or number == 0.0:  # "0.0" does not give 0.04 away
        return number == answer
    return abs(number - answer) <= 0.5 * 10.0**-digits


@pytest.mark.slow
@EVERY
def test_an_answer_is_shown_after_its_question_and_not_before(one, ran):
    """A short number, such as 2, may stand before, as an input; a long one gives it away."""
    cells, _ = ran(one)
    for place, cell in enumerate(cells):
        if cell.question and not cell.question.choices:
            answer = cell.question.answer
            for number in answer if isinstance(answer, list | tuple) else [answer]:
                before, after = ("\n".join(map(shown, x)) for x in (cells[:place], cells[place:]))
                name = cell.question.name
                assert stands_in(number, after), (name, number)
                long = len(re.sub(r"\D", "", f"{number:.6g}")) > 2
                assert not (long and stands_in(number, before)), (name, number)


# --------------------------------------------------------------------------------------- stages


def neuron(Value, tanh):
    """Return the leaves and o = tanh(x1*w1 + x2*w2 + b), made of such Values."""
    x1, x2, w1, w2, b = (Value(x) for x in (2.0, 0.0, -3.0, 1.0, 6.7))
    return (x1, x2, w1, w2, b), tanh(x1 * w1 + x2 * w2 + b)


@pytest.mark.parametrize("stage", range(5, 9))
def test_a_stage_gives_the_engines_numbers(stage):
    from micrograd import Value

    leaves, out = neuron(STAGES[stage - 1], lambda x: x.tanh())
    ours, wanted = neuron(Value, lambda x: x.tanh())
    out.backward()
    wanted.backward()
    assert out.data == wanted.data
    found = [x.grad for x in leaves]
    assert found == pytest.approx([x.grad for x in ours], rel=1e-15)  # out**2 or out * out


def expression(a, b):
    c = a + b
    d = a * b + c
    c += c + 1
    d += d * 2 + (b + a).tanh()
    e = c - d
    f = (e * 0.01).exp()
    return f / 2.0 + 10.0 / f - (1 - a) * 3


def test_the_last_stage_gives_the_engines_numbers_to_the_bit():
    from micrograd import Value

    last = STAGES[-1]
    ours, theirs = (Value(-4.0), Value(2.0)), (last(-4.0), last(2.0))
    wanted, found = expression(*ours), expression(*theirs)
    wanted.backward()
    found.backward()
    assert found.data == wanted.data
    assert [x.grad for x in theirs] == [x.grad for x in ours]


@pytest.mark.parametrize("stage", range(1, 9))
def test_a_stage_prints_its_number(stage):
    a, b, c = (STAGES[stage - 1](x) for x in (2.0, -3.0, 10.0))
    assert repr(a) == "Value(data=2.0)" and repr(a * b + c) == "Value(data=4.0)"


@pytest.mark.parametrize("stage", range(2, 9))
def test_a_stage_remembers_what_made_a_number(stage):
    a, b = (STAGES[stage - 1](x) for x in (2.0, -3.0))
    for out, op in ((a + b, "+"), (a * b, "*")):
        assert out.op == op and list(out.inputs) == [a, b] and list(a.inputs) == []


def test_the_last_stage_negates():
    assert (-STAGES[7](2.0)).data == -2.0


@pytest.mark.parametrize("stage", [7, 8])
def test_a_number_may_stand_on_the_left(stage):
    a = STAGES[stage - 1](2.0)
    assert [(3.0 + a).data, (3.0 - a).data, (3.0 * a).data, (3.0 / a).data] == [5.0, 1.0, 6.0, 1.5]
    assert (a / STAGES[stage - 1](4.0)).data == 0.5


@pytest.mark.parametrize("part", ["title", "goal"])
def test_a_lesson_without_a_part_is_named(part, tmp_path):
    path = tmp_path / "01_empty.py"
    path.write_text("# %%\nx = 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=f"01_empty.py has no {part}: begin"):
        getattr(Lesson(1, path), part)


def test_the_bug_is_there_until_stage_6_fixes_it():
    for stage, grad in ((5, 1.0), (6, 2.0), (7, 2.0), (8, 2.0)):
        a = STAGES[stage - 1](3.0)
        (a + a).backward()
        assert a.grad == grad


def test_a_difference_shows_new_lines():
    assert difference(1) == "\n".join(f"+ {line}".rstrip() for line in source(1).splitlines())
    assert "+         self.grad = 0.0" in difference(3)
    mended = difference(6).splitlines()
    assert sum("+=" in line for line in mended if line.startswith("+")) == 5
    assert "Value5" not in source(5) and "class Value:" in source(5)
