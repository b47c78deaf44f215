"""The tools that checks are written with: comparing numbers, and recognising known mistakes.

Rule: a check raises `Wrong`, with one sentence that says what is wrong; a check that returns has
found no mistake.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from micrograd.support.numbers import format_number

NOTHING_RETURNED = "nothing was returned: is there a return?"


class Wrong(Exception):
    """A mistake in an answer, described in one sentence.

    `misconception` is a short name for it, the same whatever the numbers are: a class counts by it.
    """

    def __init__(self, sentence: str, misconception: str = ""):
        super().__init__(sentence)
        self.misconception = misconception


def numbers(answer: Any, count: int, plain: bool = False) -> list[float]:
    """Return the answer as a list of floats. Raises Wrong unless it has `count` numbers.

    The numbers may be Values, whose data is taken, unless `plain` is set.
    """
    if answer is None:
        raise Wrong(NOTHING_RETURNED)
    answer = answer.tolist() if hasattr(answer, "tolist") else answer
    if not isinstance(answer, list | tuple) or len(answer) != count:
        raise Wrong(f"expected a list of {count} numbers, got {show(answer)}.")
    return [number(x, plain) for x in answer]


def number(answer: Any, plain: bool = False) -> float:
    """Return the answer as a float. Raises Wrong unless it is a number.

    It may be a Value, whose data is taken, unless `plain` is set.
    """
    if answer is None:
        raise Wrong(NOTHING_RETURNED)
    if hasattr(answer, "grad"):
        if plain:
            raise Wrong(f"expected a float, got a Value, {show(answer)}: take its .data.")
        answer = answer.data
    if isinstance(answer, str) or not hasattr(answer, "__float__"):
        raise Wrong(f"expected a number, got {show(answer)}.")
    return float(answer)


def near(answer: Any, expected: Any, what: str, rel: float = 1e-9) -> None:
    """Raise Wrong unless each number equals the expected one, but for rounding."""
    if agree(as_list(answer), as_list(expected), rel):
        return
    digits = 6 if show(answer) != show(expected) else 12
    raise Wrong(f"{what}: expected {show(expected, digits)}, got {show(answer, digits)}.")


def recognise(answer: Any, mistakes: dict[str, Any], rel: float = 1e-9) -> None:
    """Raise Wrong if the answer is the result of a known mistake.

    `mistakes` is {the sentence that explains the mistake: the answer that it leads to}.
    """
    for sentence, mistake in mistakes.items():
        if agree(as_list(answer), as_list(mistake), rel):
            text = sentence.strip()
            raise Wrong(text if text.endswith("?") else f"{text}.")


def as_list(x: Any) -> list[Any]:
    return list(x) if isinstance(x, list | tuple) else [x]


def agree(xs: list, ys: list, rel: float) -> bool:
    """Return whether the lists have the same numbers, but for rounding."""
    if len(xs) != len(ys):
        return False
    return all(close(x, y, rel) for x, y in zip(xs, ys))


def close(x: float, y: float, rel: float) -> bool:
    if math.isnan(x) and math.isnan(y):
        return True
    return math.isclose(x, y, rel_tol=rel, abs_tol=rel)


def slope(f: Callable[..., Any], point: Sequence[Any], i: int, h: float = 1e-5) -> float:
    """Return the slope of f with respect to its input number i, by a symmetric difference."""
    up, down = list(point), list(point)
    up[i] += h
    down[i] -= h
    return (number(f(*up)) - number(f(*down))) / (2 * h)


def show(x: Any, digits: int = 6) -> str:
    """Return x as text that is short enough for a sentence; floats with so many digits."""
    if isinstance(x, float):
        return format_number(x, digits)
    if isinstance(x, list | tuple):
        return "[" + ", ".join(show(item, digits) for item in x) + "]"
    text = repr(x)
    return text if len(text) < 60 else text[:57] + "..."
