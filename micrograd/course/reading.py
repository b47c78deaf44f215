"""A lesson read at a terminal, part by part: it asks, waits for a guess, and then goes on.

Rule: nothing that answers a question is printed before the reader has guessed or skipped it. A
guess goes to the journal of `progress` at once.
"""

import importlib
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from rich.console import Console, RenderableType
from rich.control import Control
from rich.segment import ControlType

from micrograd.course import messages, progress
from micrograd.course.lesson import Cell, Lesson
from micrograd.course.progress import Guess
from micrograd.course.questions import Question
from micrograd.course.review import Card
from micrograd.course.terminal import answer_of, asking, render_cell, render_text

GO_ON = "Enter goes on, q ends: "
GUESS = "Your guess (Enter skips it, q ends): "
SOLUTION = "Enter shows the solution, q ends: "
ANEW = "Enter goes on there, b begins anew: "
HEADING = re.compile(r"^## (.*)$", re.MULTILINE)
QUIT = ("q", "quit", "exit")


TypeIn = Callable[[str], str]


class Left(Exception):
    """The reader ends the lesson here."""


@dataclass
class Reader:
    """One reading of a lesson. `type_in` asks for a line, as `input` does."""

    lesson: Lesson
    console: Console
    cells: list[Cell]
    type_in: TypeIn = input
    guesses: dict[str, Guess] = field(default_factory=dict)
    used: int = 0  # lines on the screen since the last pause

    def read(self) -> bool:
        """Show the lesson and ask its questions. Return whether the reader came to its end."""
        cell = 0
        try:
            first = self.first_cell()
        except Left:  # the place of the last time stays
            return False
        try:
            for cell in range(first, len(self.cells)):
                self.show(self.cells[cell])
        except Left:
            self.leave(cell)
            return False
        except KeyboardInterrupt:
            self.leave(cell)
            raise
        progress.mark(self.lesson.name)
        self.compare()
        return True

    def leave(self, cell: int) -> None:
        """Note the part of the cell as the place to go on at, and tell the reader."""
        progress.leave(self.lesson.name, part_of(self.cells, cell), len(self.cells))
        self.console.print(messages.left_lesson(self.lesson.number), soft_wrap=True)

    def first_cell(self) -> int:
        """Return the first cell of the part in which the reader left last time, or 0."""
        known = progress.read()
        cell, count = known.places.get(self.lesson.name, (0, 0))
        changed = count != len(self.cells) or cell != part_of(self.cells, cell)
        if not 0 < cell < count or changed:
            return 0
        heading = HEADING.findall(self.cells[cell].text)[-1]
        self.console.print(messages.left_last_time(heading), soft_wrap=True)
        if self.wait(ANEW).startswith("b"):
            return 0
        names = [question.name for question in self.lesson.questions]
        kept = {name: known.guesses.get((self.lesson.name, name)) for name in names}
        self.guesses |= {name: guess for name, guess in kept.items() if guess}
        return cell

    def show(self, cell: Cell) -> None:
        """Show a cell once there is room for it, and ask what it asks."""
        if cell.tag == "check":
            return
        content = render_cell(cell, self.console.width)
        if cell.tag == "solution":
            self.wait(SOLUTION)
        elif self.used and (cell.text.startswith("## ") or not self.fits(content)):
            self.wait(GO_ON)
        self.print(content)
        if cell.question:
            self.ask(cell.question)

    def print(self, content: RenderableType) -> None:
        self.console.print(content)
        self.used += self.height(content)

    def fits(self, content: RenderableType) -> bool:
        """Return whether the content and a prompt have room below what is on the screen."""
        return self.used + self.height(content) < self.console.height

    def height(self, content: RenderableType) -> int:
        return len(self.console.render_lines(content))

    def wait(self, prompt: str) -> str:
        """Return what is typed, in small letters, and remove the prompt. Raises Left at its end."""
        typed = read_line(self.console, self.type_in, prompt).casefold()
        if self.console.is_terminal and not self.console.is_dumb_terminal:
            self.console.control(Control.move(0, -1), Control((ControlType.ERASE_IN_LINE, 2)))
        self.used = 0
        return typed

    # ------------------------------------------------------------------------------- predictions

    def ask(self, question: Question) -> None:
        """Let the reader guess, and reply. Raises Left if the reader ends the lesson.

        A question that the reader answered before leaving is printed with its answer.
        """
        if question.name in self.guesses:
            self.print(render_text(answer_of(question)))
            return
        guess = take_guess(self.console, self.type_in, question)
        self.used = 0
        self.guesses[question.name] = guess
        progress.keep_guess(self.lesson.name, question.name, guess)
        self.print(render_text(reply_to(question, guess.text)))

    def compare(self) -> None:
        """Print how many guesses were right, and for each other question what the answer is."""
        questions = self.lesson.questions
        guesses = {each: self.guesses[each.name] for each in questions if each.name in self.guesses}
        if not guesses:
            return
        right = sum(guess.right for guess in guesses.values())
        made = sum(guess.text != "" for guess in guesses.values())
        counted = messages.predicted(right, made, len(guesses) - made)
        self.console.print(counted, style="bold")
        for question, guess in guesses.items():
            if not guess.right:
                typed = f"you said {quoted(guess.text)}, and it is" if guess.text else "it is"
                text = f"- {question.text} *({typed} {question.answer_text.rstrip('.')}.)*"
                self.console.print(render_text(text))
        self.console.print(render_text(messages.ASKED_AGAIN))


def edit_lines() -> None:
    """Let arrow keys move within a line that is typed, where the system can."""
    with suppress(ImportError):
        importlib.import_module("readline")  # `input` uses it once it is imported


def read_line(console: Console, type_in: TypeIn, prompt: str) -> str:
    """Return the line that is typed. Raises Left for q, and where the input ends."""
    try:
        typed = type_in(prompt).strip()
    except EOFError:
        console.print()
        raise Left from None
    if typed.casefold() in QUIT:
        raise Left
    return typed


def take_guess(console: Console, type_in: TypeIn, question: Question) -> Guess:
    """Return the first guess that can be read; "" skips the question. Raises Left."""
    typed = read_line(console, type_in, GUESS)
    while typed and question.judge(typed).right is None:
        console.print(question.judge(typed).sentence)
        typed = read_line(console, type_in, GUESS)
    return Guess(typed, question.judge(typed).right is True)


def review_card(console: Console, card: Card, type_in: TypeIn = input) -> Guess:
    """Ask the question of a card, below the cells that it refers to, and reply. Raises Left."""
    console.print(messages.card_of(card.lesson.number, card.lesson.title), style="dim")
    for cell in card.context:
        console.print(render_cell(cell, console.width))
    console.print(render_text(asking(card.question)))
    guess = take_guess(console, type_in, card.question)
    console.print(render_text(reply_to(card.question, guess.text)))
    return guess


def quoted(text: str) -> str:
    """Return what was typed as Markdown in which nothing is a sign."""
    return f"`{text.replace('`', ' ')}`"


def reply_to(question: Question, typed: str) -> str:
    """Return the reply to a guess, or to a question that was skipped, as Markdown."""
    if not typed:
        return f"The answer is {answer_of(question)}"
    reply = question.judge(typed)
    if reply.right:
        return f"✓ {reply.sentence} {question.why}"
    return f"✗ {reply.sentence} The answer is {answer_of(question)}"


def part_of(cells: list[Cell], place: int) -> int:
    """Return the cell with which the part begins that has the cell at that place; 0 if none does.

    A part begins with a heading. A part that begins in the first cell is the lesson's beginning.
    """
    for cell in range(min(place, len(cells) - 1), 0, -1):
        if HEADING.search(cells[cell].text):
            return cell
    return 0
