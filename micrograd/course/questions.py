"""Questions: what a lesson asks before it shows, and what it replies to a guess.

Rule: a question is read from a lesson and never run, and its answer is proved by an expression in
the lesson's names. `web/guess.mjs` judges by the same rules; one table of guesses tests both.
"""

import ast
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from micrograd.course import messages

Answer = float | str | Sequence[float]

DIGITS = r"(?:\d+(?:[.,]\d*)*|[.,]\d+)(?:e[-+]?\d+)?"
NUMBER = re.compile(
    r"(?:about |[~≈])?(?:[a-z_][\w.]* ?= ?|= ?)?(?:[x×] ?)?"  # "about", "a.grad =", "×"
    rf"(?P<top>[-+]?{DIGITS})(?: ?/ ?(?P<bottom>{DIGITS}))?"
    r" ?(?P<percent>%)?(?:[x×]| ?times)?(?: as [a-z ]+)?\.?",
    re.ASCII,
)
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SPLITS = (
    " ?; ?",
    " ?, ",
    " ?, | ",
    " ?,",
)  # between the numbers of a list; "0,5; 2" has decimal commas
LETTERS = "abcdefghij"
RELATIVE = 1e-9  # of the answer, so that 0.1 + 0.2 counts as 0.3


@dataclass(frozen=True)
class Reply:
    """The reply to a guess: whether it is `right`, or None if it cannot be read as a guess."""

    right: bool | None
    sentence: str


@dataclass(frozen=True)
class Question:
    """A prediction that a lesson asks for: `answer` is a number, one of `choices`, or a list.

    `proof` is an expression in the lesson's names that gives the answer, `mistakes` maps a wrong
    guess to the sentence that names the misconception, and a guess may be off by `within`. `given`
    says what somebody must know who has not the lesson in front of him: a card shows it.
    """

    name: str
    text: str
    answer: Answer = field(hash=False)
    proof: str = ""
    mistakes: dict = field(default_factory=dict, hash=False)
    why: str = ""
    choices: tuple[str, ...] = ()
    within: float = 0.0
    given: str = ""

    @property
    def answer_text(self) -> str:
        """The answer as a learner would type it: "4", "yes", or "6, -4"."""
        return as_text(self.answer)

    @property
    def has_letters(self) -> bool:
        """Whether the choices are called a, b, c: not where one of them is a letter itself."""
        return bool(self.choices) and all(len(choice) > 1 for choice in self.choices)

    def judge(self, text: str) -> Reply:
        """Return whether the typed guess is right and, if it is wrong, the misconception.

        >>> question = Question("double", "a + a, grad of a?", 2.0, mistakes={1.0: "Twice!"})
        >>> question.judge("2x"), question.judge("1,0").sentence
        (Reply(right=True, sentence='Right.'), 'Twice!')
        """
        guesses = self.read(text)
        if not guesses:
            return Reply(None, messages.not_a_guess(self.answer, self.choices))
        if any(self.equals(guess, self.answer) for guess in guesses):
            return Reply(True, messages.RIGHT)
        for wrong, sentence in self.mistakes.items():
            if any(self.equals(guess, wrong) for guess in guesses):
                return Reply(False, sentence)
        return Reply(False, self.compare(guesses[0]))

    def read(self, text: str) -> list[Answer]:
        """Return what the text may mean; nothing if it is no guess."""
        text = plain(text)
        if self.choices:
            return [choice for choice in [read_choice(text, self)] if choice is not None]
        if isinstance(self.answer, Sequence):
            return list(read_list(text, len(self.answer)))
        return list(read_number(text))

    def equals(self, guess: Answer, wanted: Answer) -> bool:
        """Return whether the guess is that answer, or as near to it as is asked for."""
        if isinstance(guess, str) or isinstance(wanted, str):
            return guess == wanted
        if isinstance(guess, Sequence) and isinstance(wanted, Sequence):
            return len(guess) == len(wanted) and all(map(self.equals, guess, wanted))
        if isinstance(guess, Sequence) or isinstance(wanted, Sequence):
            return False
        return abs(guess - wanted) <= self.within + RELATIVE * max(1.0, abs(wanted))

    def compare(self, guess: Any) -> str:
        """Return what is true of a wrong guess that no mistake explains."""
        if isinstance(self.answer, Sequence) and not isinstance(self.answer, str):
            return self.compare_lists(list(guess), list(self.answer))
        is_number = isinstance(guess, int | float)
        if is_number and self.equals(-guess, self.answer):
            return messages.WRONG_SIGN
        return messages.NOT_RIGHT

    def compare_lists(self, guess: list[float], answer: list[float]) -> str:
        """Return the places of the numbers that are wrong, if one is right."""
        pairs = enumerate(zip(guess, answer), 1)
        wrong = [str(place) for place, pair in pairs if not self.equals(*pair)]
        if len(wrong) == len(answer):
            return messages.NOT_RIGHT
        return messages.PARTLY_RIGHT.format(" and ".join(wrong), len(answer))


def as_text(answer: Answer) -> str:
    """Return the answer as a learner would type it."""
    if isinstance(answer, str):
        return answer
    if isinstance(answer, Sequence):
        return ", ".join(map(as_text, answer))
    return f"{answer:.10g}"


# ---------------------------------------------------------------------------------------- guesses


def plain(text: str) -> str:
    """Return the text in small letters, with one kind of minus, single spaces and no quotes."""
    text = re.sub(r"[\u2212\u2013]", "-", text.casefold())
    text = re.sub(r"\bminus ", "-", re.sub(r"[`'\"*_()\[\]]", " ", text))
    return re.sub(r"\s+", " ", text).strip()


def read_number(text: str) -> Iterator[float]:
    """Yield the number that the text is, twice where its comma may stand for thousands.

    >>> list(read_number("1/2")), list(read_number("0,5")), list(read_number("12,000"))
    ([0.5], [0.5], [12.0, 12000.0])
    """
    if text in WORDS:
        yield float(WORDS.index(text))
    elif match := NUMBER.fullmatch(text):
        percent = 100.0 if match["percent"] else 1.0
        for comma in (".", ""):  # decimal, or of thousands
            bottom = to_float(match["bottom"] or "1", ".")
            top = to_float(match["top"], comma)
            if top is not None and bottom:
                yield top / bottom / percent


def to_float(digits: str, comma: str) -> float | None:
    """Return the number whose comma means that; None if these digits cannot be read so."""
    thousands = re.fullmatch(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", digits)
    if not comma and not thousands:
        return None
    try:
        number = float(digits.replace(",", comma))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def read_list(text: str, count: int) -> Iterator[list[float]]:
    """Yield the list of so many numbers that the text is, if it is one."""
    for split in SPLITS:
        numbers = [next(read_number(part), None) for part in re.split(split, text)]
        if len(numbers) == count and None not in numbers:
            yield [number for number in numbers if number is not None]
            return


def read_choice(text: str, question: Question) -> str | None:
    """Return the choice that is meant by its text, its letter, or the beginning of its text."""
    text = text.rstrip(".)")
    names = [plain(choice).rstrip(".") for choice in question.choices]
    letters = list(LETTERS[: len(names)]) if question.has_letters else []
    for known in (names, letters):
        if text in known:
            return question.choices[known.index(text)]
    begun = [choice for choice, name in zip(question.choices, names) if name.startswith(text)]
    return begun[0] if text and len(begun) == 1 else None


# ------------------------------------------------------------------------------- reading a lesson


def parse_question(text: str) -> Question:
    """Return the question of a cell that is one call ask(...) of literals. Raises ValueError."""
    try:
        (statement,) = ast.parse(text).body
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not isinstance(call, ast.Call) or ast.unparse(call.func) != "ask":
            raise ValueError
        names = [each.name for each in fields(Question)]
        arguments = dict(zip(names, call.args, strict=False))
        arguments |= {keyword.arg or "": keyword.value for keyword in call.keywords}
        values = {name: ast.literal_eval(value) for name, value in arguments.items()}
        return Question(**values)
    except (SyntaxError, TypeError, ValueError) as error:
        raise ValueError(messages.not_a_question(text)) from error
