"""Guesses in a notebook: a cell asks, and `check_guess` replies to what is typed there.

Rule: the answer is told only to a right guess; below the cell it stands folded.
"""

from micrograd.course import progress
from micrograd.course.lesson import find_lesson, link_glossary
from micrograd.course.messages import no_such_question
from micrograd.course.progress import Guess
from micrograd.course.questions import Question

Typed = str | float | list[float] | tuple[float, ...]


class Sentence(str):
    """A reply, which a notebook shows as Markdown and Python as it is."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return str(self)


def check_guess(lesson: int | str, question: str, guess: Typed) -> Sentence:
    """Return the reply to a guess at a question of a lesson, with the reason if it is right.

    Raises ValueError for a lesson or a question that does not exist.

    >>> check_guess(5, "car", 6)
    You added 4 and 2. A rate multiplies: how far does the car go for each metre of the bicycle?
    """
    chosen = find_lesson(lesson)
    row = find_question(chosen.questions, question)
    typed = ", ".join(map(str, guess)) if isinstance(guess, list | tuple) else str(guess)
    reply = row.judge(typed)
    if reply.right is not None:
        progress.keep_guess(chosen.name, row.name, Guess(typed, reply.right))
    sentence = f"{reply.sentence} {row.why}" if reply.right else reply.sentence
    return Sentence(link_glossary(sentence))


def find_question(questions: list[Question], name: str) -> Question:
    """Return the question of that name. Raises ValueError if there is none."""
    for question in questions:
        if question.name == name:
            return question
    raise ValueError(no_such_question(name, [question.name for question in questions]))
