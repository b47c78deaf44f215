"""What checks are written with: numbers that are compared, and answers that are recognised.

Rule: what is wrong is one sentence, in a `Wrong`; a check that says nothing has found nothing.
"""

import math
from collections.abc import Callable


class Wrong(Exception):
    """What is wrong with an answer, in one sentence."""


def numbers(found, count: int, plain: bool = False) -> list[float]:
    """The answer as so many numbers, `plain` ones or Values. Wrong if it is anything else."""
    if found is None:
        raise Wrong("nothing comes back: is there a return?")
    found = found.tolist() if hasattr(found, "tolist") else found
    if not isinstance(found, list | tuple) or len(found) != count:
        raise Wrong(f"{count} numbers are wanted, in a list, and this came back: {shown(found)}.")
    return [number(x, plain) for x in found]


def number(found, plain: bool = False) -> float:
    """The answer as one number; that of a Value is its data. Wrong if it is anything else.

    With `plain` it must not be a Value.
    """
    if found is None:
        raise Wrong("nothing comes back: is there a return?")
    if hasattr(found, "grad"):
        if plain:
            raise Wrong(
                f"a float is wanted, and a Value came back: {shown(found)}. Take its .data."
            )
        found = found.data
    if isinstance(found, str) or not hasattr(found, "__float__"):
        raise Wrong(f"a number is wanted, and this came back: {shown(found)}.")
    return float(found)


def near(found, wanted, what: str, rel: float = 1e-9) -> None:
    """Wrong unless each number is the wanted one, but for rounding."""
    pairs = zip(found, wanted) if isinstance(wanted, list | tuple) else [(found, wanted)]
    if not all(close(x, y, rel) for x, y in pairs):
        raise Wrong(f"{what} is {shown(found)}, and should be {shown(wanted)}.")


def recognise(found, mistakes: dict, rel: float = 1e-9) -> None:
    """Wrong, with its sentence, if the answer is what somebody who makes that mistake gives."""
    for sentence, answer in mistakes.items():
        answers = answer if isinstance(answer, list | tuple) else [answer]
        given = found if isinstance(found, list | tuple) else [found]
        if len(given) == len(answers) and all(close(x, y, rel) for x, y in zip(given, answers)):
            sentence = sentence.strip()
            raise Wrong(sentence if sentence.endswith("?") else f"{sentence}.")


def close(x: float, y: float, rel: float) -> bool:
    return math.isclose(x, y, rel_tol=rel, abs_tol=rel) or (math.isnan(x) and math.isnan(y))


def slope(f: Callable, point, i: int, h: float = 1e-5) -> float:
    """d f / d its input number i, by a symmetric difference."""
    up, down = list(point), list(point)
    up[i] += h
    down[i] -= h
    return (number(f(*up)) - number(f(*down))) / (2 * h)


def shown(x) -> str:
    """Short enough for a sentence."""
    if isinstance(x, float):
        return f"{x:.6g}"
    if isinstance(x, list | tuple):
        return "[" + ", ".join(map(shown, x)) + "]"
    text = repr(x)
    return text if len(text) < 60 else text[:57] + "..."
