"""The tools that checks are written with: answers are compared with the right ones, point by point.

Rule: a check raises `Wrong`, with one sentence that says what is wrong; a check that returns has
found no mistake.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from inspect import Parameter, signature
from typing import Any

from micrograd.course.exercises.relations import (
    SORTED,
    Comparison,
    Diagnosis,
    between_names,
    close,
    diagnose,
    order_of,
)
from micrograd.support.numbers import format_number

NOTHING_RETURNED = "nothing was returned: is there a return?"
NOTHING = "nothing returned"  # the misconception then
STAYS = (
    "it is right the first time, and wrong when everything is done once more: does something stay "
    "from before, such as a list in a signature, or a name outside the function?"
)
NONE_RETURNED = (
    "None was returned: does every way through the function end with a return, and does the name "
    "that is returned always get a value?"
)
MOST_TOLD = 2  # of wrong numbers in one sentence
MOST_NAMED = 3  # of right ones
REASONS_WANTED: ContextVar[bool] = ContextVar("REASONS_WANTED", default=True)


class Wrong(Exception):
    """A mistake in an answer, described in one sentence.

    `misconception` is a short name for it, the same whatever the numbers are: a class counts by it.
    `graph`, if there is one, is what the player can show.
    """

    def __init__(self, sentence: str, misconception: str = "", graph: Any = None):
        super().__init__(sentence)
        self.misconception = misconception or sentence
        self.graph = graph


class Unexplained(Wrong):
    """A mistake of which only the symptom is known: which number is wrong, and by how much.

    `misconception` is "" if not even a relation to the right number is known.
    """

    def __init__(self, sentence: str, misconception: str = "", graph: Any = None):
        super().__init__(sentence, misconception, graph)
        self.misconception = misconception


@contextmanager
def without_reasons() -> Iterator[None]:
    """A block in which checks end at the first wrong number, and look for no reason.

    There what a check raises only says that something is wrong.
    """
    token = REASONS_WANTED.set(False)
    try:
        yield
    finally:
        REASONS_WANTED.reset(token)


# ----------------------------------------------------------------------------------------- answers


def numbers(answer: Any, count: int, plain: bool = False) -> list[float]:
    """Return the answer as a list of floats. Raises Wrong unless it has `count` numbers.

    The numbers may be Values, whose data is taken, unless `plain` is set.
    """
    if answer is None:
        raise Unexplained(NOTHING_RETURNED, NOTHING)
    answer = answer.tolist() if hasattr(answer, "tolist") else answer
    if not isinstance(answer, list | tuple) or len(answer) != count:
        raise Unexplained(f"expected a list of {count} numbers, got {show(answer)}.", "shape")
    return [number(x, plain) for x in answer]


def number(answer: Any, plain: bool = False) -> float:
    """Return the answer as a float. Raises Wrong unless it is a number.

    It may be a Value, whose data is taken, unless `plain` is set.
    """
    if answer is None:
        raise Unexplained(NOTHING_RETURNED, NOTHING)
    if hasattr(answer, "grad"):
        if plain:
            text = f"expected a float, got a Value, {show(answer)}: take its .data."
            raise Wrong(text, "Value instead of float")
        answer = answer.data
    if isinstance(answer, complex):
        raise Wrong(f"{show(answer)} is complex: a root of a negative number?", "complex")
    if isinstance(answer, str) or not hasattr(answer, "__float__"):
        raise Wrong(f"expected a number, got {show(answer)}.", "no number")
    return float(answer)


@contextmanager
def unchanged(**kept: list) -> Iterator[None]:
    """A block in which the learner's code may not change these lists, which the caller keeps."""
    before = {name: copied(each) for name, each in kept.items()}
    yield
    for name, each in kept.items():
        if is_another(each, before[name]):
            if holds_new_values(each, before[name]):
                text = f"a Value in the list `{name}` is replaced by a new one, of which nobody"
                raise Wrong(f"{text} else knows: change the .data of the old one.", "new Values")
            raise Wrong(
                f"your code changes the list `{name}`, which belongs to the caller: work on a new "
                "list instead.",
                "the caller's list is changed",
            )


def copied(x: Any) -> Any:
    """Return a copy of a list, and of all lists in it; anything else is returned itself."""
    return [copied(item) for item in x] if isinstance(x, list) else x


def is_another(x: Any, y: Any) -> bool:
    """Return whether x differs from y, in lists also within other lists."""
    if isinstance(x, list) and isinstance(y, list):
        return len(x) != len(y) or any(map(is_another, x, y))
    return x is not y and x != y


def holds_new_values(x: list, y: list) -> bool:
    old = {id(item) for item in y}
    new = [item for item in x if id(item) not in old]
    return len(x) == len(y) and new != [] and all(hasattr(item, "grad") for item in [*new, *y])


def refuse_one_list(lists: Sequence[Any], name: str) -> None:
    """Raise Wrong if two of these, each of which is called by that name, are the same list."""
    kept = [id(each) for each in lists if isinstance(each, list)]
    if len(set(kept)) < len(kept):
        text = f"more than one {name} is the same list, so changing one changes the others"
        raise Wrong(f"{text}: make a new list for each {name}.", "one list")


def refuse_lost_grads(parameters: Sequence[Any]) -> None:
    """Raise Wrong if backward() from the output has not reached all parameters."""
    left = [p for p in parameters if not p.grad]
    if left:
        text = f"{len(left)} of {len(parameters)} parameters have no grad: does the output not use"
        raise Wrong(f"{text} them, or do you take .data on the way?", "graph is lost")


# ----------------------------------------------------------------------------------------- compare


def compare(
    call: Callable[..., Any],
    right: Callable[..., Any],
    points: Sequence[Sequence[Any]],
    names: str,
    at: str | Callable[..., str],
    mistakes: dict[str, Callable[..., Any]] | None = None,
    quantities: Callable[..., dict[str, float]] | None = None,
    rel: float = 1e-9,
    plain: bool = False,
) -> None:
    """Raise Wrong, with the reason, unless call(*point) is right(*point) at all points.

    An answer is a number, or several in a list. `names` has the name of each, as in "df/da df/db";
    a single name with {} in it, as in "probability {}", is that of each item, from 0 on; any other
    text is the name of the one number. `at` is the text that says where, with a {} for each input.

    `mistakes` is {the sentence that explains a mistake: what the answers of one who makes it are}.
    A None among these stands for any number. A mistake is told if it explains all answers. Then
    relations are looked for, also to the `quantities` of a point, {name: number}.

    >>> double = lambda x: 2 * x
    >>> compare(lambda x: -2 * x, double, [(1.5,), (2.5,)], "the double", "x = {}")
    Traceback (most recent call last):
    micrograd.course.exercises.checking.Unexplained: the double has the wrong sign. For x = 1.5, \
the double is -3, and should be 3.
    """
    table = Table(names, rel)
    for point in points:
        result = right(*point)
        wanted = as_floats(result)
        place = at(*point) if callable(at) else at.format(*map(show, point))
        try:
            answer = answer_at(call, point, len(wanted), isinstance(result, list), plain)
        except Wrong as wrong:
            table.examine_several(mistakes, quantities)
            if place and wrong.misconception == "shape":
                raise Unexplained(f"for {place}: {wrong}", wrong.misconception) from None
            raise
        except Exception as error:
            table.examine_several(mistakes, quantities)
            error.place = place  # type: ignore[attr-defined]
            raise
        if not (REASONS_WANTED.get() or agree(answer, wanted, rel)):
            raise Unexplained(f"it is wrong for {place}")
        table.add(list(point), place, answer, wanted)
    table.examine(mistakes, quantities)


def answer_at(call: Callable, point: Sequence, count: int, many: bool, plain: bool) -> list[float]:
    """Return the numbers that the learner's code gives there, which may not change its inputs."""
    inputs = [copied(x) for x in point]
    known = zip(argument_names(call, len(inputs)), inputs)
    lists = {name: x for name, x in known if isinstance(x, list)}
    with unchanged(**lists):
        answer = call(*inputs)
    return numbers(answer, count, plain) if many else [number(answer, plain)]


def argument_names(call: Callable, count: int) -> list[str]:
    """Return the names of the function's first arguments, or else their numbers."""
    with suppress(TypeError, ValueError):
        several = {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}
        parameters = signature(call).parameters.values()
        names = [each.name for each in parameters if each.kind not in several]
        if len(names) >= count:
            return names[:count]
    return [f"argument {i + 1}" for i in range(count)]


def as_floats(x: Any) -> list[float]:
    return [float(item) for item in as_list(x)]


class Table:
    """The answers at all points, beside the right ones; `examine` raises Wrong with the reason."""

    def __init__(self, names: str, rel: float):
        self.names, self.rel = names, rel
        self.points: list[list[Any]] = []
        self.places: list[str] = []
        self.answers: list[list[float]] = []
        self.wanted: list[list[float]] = []

    def add(self, point: list, place: str, answer: list[float], wanted: list[float]) -> None:
        self.points.append(point)
        self.places.append(place)
        self.answers.append(answer)
        self.wanted.append(wanted)

    def examine(self, mistakes: dict | None, quantities: Callable | None) -> None:
        """Raise Wrong unless all answers are right."""
        rows = zip(self.answers, self.wanted)
        wrong = [i for i, pair in enumerate(rows) if not agree(*pair, self.rel)]
        if not wrong:
            return
        facts = self.facts(wrong[0])
        for sentence, predict in (mistakes or {}).items():
            if self.is_explained_by(predict):
                raise Wrong(f"{end(sentence)} {capital(facts)}", sentence)
        diagnosis, subject = self.relation(quantities, wrong)
        if subject in SORTED:
            raise Wrong(f"{end(subject)} {capital(facts)}", diagnosis.name)
        if diagnosis:
            raise Unexplained(f"{end(subject)} {capital(facts)}", diagnosis.name)
        raise Unexplained(facts)

    def examine_several(self, mistakes: dict | None, quantities: Callable | None) -> None:
        """Do the same, unless there are too few points to tell a mistake by them."""
        if len(self.points) > 2:
            self.examine(mistakes, quantities)

    def is_explained_by(self, predict: Callable[..., Any]) -> bool:
        """Return whether one who makes the mistake gives these answers, and no right ones."""
        differ = 0
        for point, answer, wanted in zip(self.points, self.answers, self.wanted):
            try:
                predicted = as_list(predict(*point))
            except (ArithmeticError, ValueError):  # the mistake gives no number there
                continue
            kept = [i for i, x in enumerate(predicted) if x is not None]
            if len(predicted) != len(answer):
                return False
            theirs, mine, right = ([xs[i] for i in kept] for xs in (answer, predicted, wanted))
            if not all(map(self.same, theirs, mine)):
                return False
            differ += not agree(mine, right, self.rel)
        return differ >= min(2, len(self.points))

    def same(self, x: float, predicted: float) -> bool:
        """Return whether a number is the predicted one; 0 is told from a small number."""
        if math.isnan(predicted):
            return math.isnan(x)
        return x == predicted or math.isclose(
            x, predicted, rel_tol=max(self.rel, 1e-9), abs_tol=1e-12
        )

    def name(self, i: int) -> str:
        """Return the name of number i of an answer."""
        if "{}" in self.names:
            return self.names.format(i)
        parts = self.names.split()
        return parts[i] if len(parts) == len(self.wanted[0]) > 1 else self.names

    def facts(self, row: int) -> str:
        """Return which numbers are wrong at a point, what they should be, and which are right."""
        pairs = list(zip(self.answers[row], self.wanted[row]))
        wrong = [i for i, (x, y) in enumerate(pairs) if not close(x, y, self.rel)]
        right = [self.name(i) for i in range(len(pairs)) if i not in wrong]
        told = [f"{self.name(i)} is {both_numbers(*pairs[i])}" for i in wrong[:MOST_TOLD]]
        text = ", and ".join(told)
        if len(wrong) > MOST_TOLD:
            text += f" ({len(wrong)} of {len(pairs)} are wrong)"
        if 0 < len(right) <= MOST_NAMED:
            text += f"; {join(right)} {verb(right, 'is', 'are')} right"
        elif right:
            text += "; the others are right"
        return f"for {self.places[row]}, {text}." if self.places[row] else f"{text}."

    def relation(self, quantities: Callable | None, rows: list[int]) -> tuple:
        """Return how the wrong numbers follow from the right ones, and the sentence: or None."""
        columns = self.columns(quantities)
        wrong = [one for one in columns if one.wrong_points()]
        swapped = self.swapped(columns)
        if swapped:
            return Diagnosis("swapped", "", ""), f"{join(swapped)} are swapped"
        reasons = [diagnose(one) for one in wrong]
        if not reasons or reasons[0] is None:
            text = between_names(columns) or order_of(self.answers, self.wanted, self.rel)
            return (Diagnosis(text, "", ""), text) if text else (None, "")
        same = [
            one.name for one, each in zip(wrong, reasons) if each and each.name == reasons[0].name
        ]
        if len(same) == 1:
            return reasons[0], f"{same[0]} {reasons[0].singular}"
        if len(same) > MOST_NAMED:
            same = ["all of them" if len(same) == len(columns) else f"{len(same)} of them"]
        return reasons[0], f"{join(same)} {reasons[0].plural}"

    def columns(self, quantities: Callable | None) -> list[Comparison]:
        """Return the answers as one comparison for each name, or one for all items."""
        per_point = [quantities(*point) if quantities else {} for point in self.points]
        known = list(per_point[0]) if per_point else []
        if len({len(answer) for answer in self.answers}) == 1 and "{}" not in self.names:
            count = len(self.answers[0])
            places = [[(row, i) for row in range(len(self.answers))] for i in range(count)]
            labels = [self.name(i) for i in range(count)]
        else:
            places = [[(row, i) for row, xs in enumerate(self.answers) for i in range(len(xs))]]
            labels = [name_of_all(self.names)]
        return [
            Comparison(
                label,
                [self.answers[row][i] for row, i in where],
                [self.wanted[row][i] for row, i in where],
                {name: [float(per_point[row][name]) for row, _ in where] for name in known},
                self.rel,
            )
            for label, where in zip(labels, places)
        ]

    def swapped(self, columns: list[Comparison]) -> list[str]:
        """Return the names of two numbers that stand in each other's place, [] if none do."""
        wrong = [one for one in columns if one.is_telling()]
        for first in wrong:
            for second in wrong:
                if first.follows(second.wanted) and second.follows(first.wanted):
                    return [first.name, second.name]
        return []


# --------------------------------------------------------------------------------------- sentences


def name_of_all(names: str) -> str:
    """Return the name that stands for each item, of whose own name the {} is the number.

    >>> name_of_all("probability {}"), name_of_all("the grad of logit {}"), name_of_all("{}")
    ('every probability', 'the grad of every logit', 'every item')
    """
    first, _, last = names.removesuffix(" {}").rpartition(" ")
    noun = "item" if last == "{}" else last
    return f"{first} every {noun}".strip()


def both_numbers(answer: float, right: float) -> str:
    """Return "A, and should be B", with as many digits as make them look different."""
    for digits in (6, 9, 12):
        if show(answer, digits) != show(right, digits):
            break
    return f"{show(answer, digits)}, and should be {show(right, digits)}"


def join(names: Sequence[str]) -> str:
    """Return the names as a list in a sentence.

    >>> join(["a", "b", "c"])
    'a, b and c'
    """
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def verb(names: Sequence, singular: str, plural: str) -> str:
    return singular if len(names) == 1 else plural


def capital(text: str) -> str:
    """Return the text as a sentence begins, unless it begins with a name of the code.

    >>> capital("nothing moves."), capital("a.grad is 2.")
    ('Nothing moves.', 'a.grad is 2.')
    """
    first = text.partition(" ")[0].rstrip(":,")
    return text[0].upper() + text[1:] if first.isalpha() and len(first) > 1 else text


def end(sentence: str) -> str:
    text = sentence.strip()
    return text if text.endswith(("?", ".")) else f"{text}."


def show(x: Any, digits: int = 6) -> str:
    """Return x as text that is short enough for a sentence; floats with so many digits."""
    if isinstance(x, float):
        return format_number(x, digits)
    if isinstance(x, list | tuple):
        text = "[" + ", ".join(show(item, digits) for item in x) + "]"
    else:
        text = represent(x)
    return text if len(text) < 60 else text[:57] + "..."


def represent(x: Any) -> str:
    """Return the repr of x, although the `__repr__` of a learner's class may fail."""
    try:
        return repr(x)
    except Exception:
        return f"a {type(x).__name__}"


# ---------------------------------------------------------------------------- one point and no more


def near(answer: Any, expected: Any, what: str, rel: float = 1e-9) -> None:
    """Raise Wrong unless each number equals the expected one, but for rounding."""
    answers, wanted = as_list(answer), as_list(expected)
    if agree(answers, wanted, rel):
        return
    if len(wanted) == len(answers) == 1:
        raise Unexplained(f"{what} is {both_numbers(answers[0], wanted[0])}.")
    if len(answers) != len(wanted):
        raise Wrong(f"{what}: expected {len(wanted)} numbers, got {show(answer)}.", "shape")
    table = Table("number {}", rel)
    table.add([], what, answers, wanted)
    raise Unexplained(table.facts(0))


def recognise(answer: Any, mistakes: dict[str, Any], rel: float = 1e-9) -> None:
    """Raise Wrong if the answer is the result of a known mistake.

    `mistakes` is {the sentence that explains the mistake: the answer that it leads to}.
    """
    for sentence, mistake in mistakes.items():
        if agree(as_list(answer), as_list(mistake), rel):
            raise Wrong(end(sentence), sentence.strip())


def as_list(x: Any) -> list[Any]:
    return list(x) if isinstance(x, list | tuple) else [x]


def agree(xs: list, ys: list, rel: float) -> bool:
    """Return whether the lists have the same numbers, but for rounding."""
    if len(xs) != len(ys):
        return False
    return all(close(x, y, rel) for x, y in zip(xs, ys))
