"""Tests of the questions: how a guess is read and judged, and that each lesson's are sound.

Rule: an answer is proved by an expression in the lesson's names, and is shown after the question and
not before it.
"""

import re

import pytest

from micrograd.course.lesson import Cell, as_cell, lessons, run_cell
from micrograd.course.page import page_data, web_file
from micrograd.course.questions import Question, parse_question
from tests.support import node
from tests.support.node import needs_node

LESSONS = [one for one in lessons() if one.questions]
EVERY = pytest.mark.parametrize("one", LESSONS, ids=[one.path.stem for one in LESSONS])

FOUR = Question("four", "?", 4.0, mistakes={-2.0: "That is f."})
HALF = Question("half", "?", 0.5, within=0.01)
THIRD = Question("third", "?", 1 / 3)
GRADS = Question("grads", "?", [6.0, -4.0], mistakes={(-4.0, 6.0): "swapped"})
THREE = Question("three", "?", [1.0, 2.0, 3.0])
YES = Question("yes", "?", "yes", choices=("yes", "no"), mistakes={"no": "It does."})
LETTER = Question("letter", "?", "b", choices=("a", "b"))
GROWS = Question("grows", "?", "It *shrinks*.", choices=("It grows.", "It *shrinks*.", "It stays."))

# fmt: off
GUESSES = [  # a question, a guess, whether it is right (None: no guess)
    *((FOUR, guess, True) for guess in (
        "4", "4.0", " 4 ", "+4", "4x", "4 x", "x4", "4 times", "4 times as fast", "4,0", "4.", "8/2",
        "= 4", "d = 4", "f.grad = 4.0", "four", "about 4", "~4", "4e0", "400%", "`4`", "(4)", "4\u00d7",
    )),
    *((FOUR, guess, False) for guess in (
        "-4", "\u22124", "\u20134", "minus 4", "-2", "0", "5", "4.1", "4,1", "1/2", "4000000000", "40%",
    )),
    *((FOUR, guess, None) for guess in (
        "", " ", "?", "x", "yes", "4^2", "2*2", "1/0", "4 5", "sqrt(16)", "nan", "inf", "1e999", "--4",
        "4..0", "4e", "1,2,3", "d",
    )),
    *((HALF, guess, True) for guess in ("0.5", ".5", "0,5", ",5", "1/2", "50%", "50 %", "0.507")),
    (HALF, "0.52", False), (HALF, "5", False), (HALF, "1/2/2", None),
    (THIRD, "1/3", True), (THIRD, "0.3333333333", True), (THIRD, "0.33", False),
    (Question("many", "?", 12000.0), "12,000", True),
    (Question("many", "?", 12000.0), "12000", True),
    (Question("few", "?", 12.0), "12,000", True),
    (Question("less", "?", 0.125), "0,125", True),
    *((GRADS, guess, True) for guess in (
        "6, -4", "6 -4", "6,-4", "6; -4", "[6, -4]", "(6.0, -4.0)", "6,0; -4,0", "6,0 -4,0",
        "6 , -4", "a = 6, b = -4",
    )),
    *((GRADS, guess, False) for guess in ("-4, 6", "6, 4", "-6, 4", "0 0")),
    *((GRADS, guess, None) for guess in ("", "6", "6, -4, 2", "6, x", "yes")),
    *((YES, guess, True) for guess in ("yes", "Yes", "YES.", "y", "ye", "a", "a)", "'yes'")),
    *((YES, guess, False) for guess in ("no", "n", "b", "B")),
    *((YES, guess, None) for guess in ("", "maybe", "c", "yes no", "4", ".", ")")),
    (LETTER, "b", True), (LETTER, "a", False), (LETTER, "c", None),
    *((GROWS, guess, True) for guess in ("b", "it shrinks", "It *shrinks*.", "(b)")),
    *((GROWS, guess, False) for guess in ("a", "It grows", "it st")),
    *((GROWS, guess, None) for guess in ("it", "it s", "d")),
]
# fmt: on


@pytest.mark.parametrize(("question", "guess", "right"), GUESSES)
def test_a_guess_is_read_as_people_type(question, guess, right):
    assert question.judge(guess).right is right


REPLIES = {  # a question and a guess: the reply
    (FOUR, "4x"): "Right.",
    (FOUR, "-2"): "That is f.",
    (FOUR, "-4"): "The size is right, but the sign is not.",
    (FOUR, "7"): "Not quite.",
    (FOUR, "x"): "Type a number, such as 4, -0.5 or 1/2.",
    (GRADS, "-4 6"): "swapped",
    (GRADS, "6 6"): "Look again at number 2 of 2: the rest is right.",
    (GRADS, "1 1"): "Not quite.",
    (GRADS, "6"): "Type 2 numbers with commas between them, such as 1, -0.5.",
    (THREE, "3 2 1"): "Look again at number 1 and 3 of 3: the rest is right.",
    (YES, "n"): "It does.",
    (YES, "4"): "Type one of the choices: yes, no.",
    (GROWS, "a"): "Not quite.",
}


@pytest.mark.parametrize(("pair", "sentence"), REPLIES.items(), ids=lambda x: str(x)[:30])
def test_a_reply_names_the_misconception(pair, sentence):
    question, guess = pair
    assert question.judge(guess).sentence == sentence


@pytest.mark.slow
@needs_node
def test_a_page_judges_every_guess_as_python_does():
    """The same reply for each guess of both tables, and for characters that few people type."""
    typed = [(question, guess) for question, guess, _ in GUESSES] + list(REPLIES)
    odd = (
        "\u0663",
        "1_0",
        "0x4",
        "1\u00a02",
        "\ufb00",
        "\u0130",
        "e5",
        "1e5x",
        "4 %x",
        "1,,5",
        "12,34",
    )
    typed += [(question, guess) for question in (FOUR, GRADS, YES) for guess in odd]
    pairs = [[page_data(question), f">{guess}"] for question, guess in typed]
    script = web_file("guess.mjs").replace("export ", "")
    script += "const result = given.map(([question, typed]) => judge(question, typed.slice(1)));"
    found = node.run(script, pairs)
    for (question, guess), reply in zip(typed, found):
        expected = question.judge(guess)
        assert (reply["right"], plain(reply["sentence"])) == (
            expected.right,
            plain(expected.sentence),
        ), (question.name, guess)


def plain(html):
    return re.sub(r"<.*?>|\*", "", html)


ANSWERS = {4.0: "4", -0.5: "-0.5", (6.0, -4.0): "6, -4", "yes": "yes", 0.6456: "0.6456"}


@pytest.mark.parametrize(("answer", "text"), ANSWERS.items())
def test_an_answer_is_written_as_it_is_typed(answer, text):
    assert Question("name", "?", answer).answer_text == text


# ----------------------------------------------------------------------------------- in a lesson

NO_QUESTIONS = [
    "x = 1", "ask", "ask(", "tell('a', 'b', 1)", "ask(name, 'text', 1)", "ask('a')", "",
    "ask('a', 'b', 1)\nask('c', 'd', 2)", "ask('a', 'b', 1, colour='red')", "ask('a', 'b', 1 + f)",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_QUESTIONS)
def test_a_cell_that_is_no_question_is_named(text):
    with pytest.raises(ValueError, match="holds one call ask"):
        parse_question(text)


def test_a_question_is_read_and_not_run():
    cell = as_cell(' tags=["question"]', 'ask(\n    "name",\n    "text",\n    -1.5,\n)')
    assert cell.question == Question("name", "text", -1.5)
    assert run_cell(cell, {}, "here") == cell


def test_the_tags_and_the_alternative_text_of_a_cell():
    cell = as_cell(' tags=["solution"]', "# alt: the loss falls\n# to 0.01\nplot()")
    assert cell == Cell(True, "plot()", tag="solution", alt="the loss falls to 0.01")
    assert as_cell("", "# a comment\nx = 1") == Cell(True, "# a comment\nx = 1")


@EVERY
def test_a_question_is_sound(one):
    names = [question.name for question in one.questions]
    assert len(set(names)) == len(names)
    for question in one.questions:
        assert question.name.isidentifier() and question.why and question.text
        assert question.judge(question.answer_text).right, question.name
        assert question.mistakes, question.name
        for wrong, sentence in question.mistakes.items():
            assert not question.equals(wrong, question.answer), (question.name, wrong)
            typed = Question("", "", wrong).answer_text
            assert question.judge(typed).sentence == sentence, (question.name, wrong)
            assert not question.choices or wrong in question.choices
        if question.choices:
            assert question.answer in question.choices


def test_a_list_is_no_number():
    assert not GRADS.equals([6.0, -4.0], 6.0) and not FOUR.equals(4.0, [4.0])
