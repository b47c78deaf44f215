"""Keywords: a function that is called by the words of another library names its own.

Rule: a decorated function is called as before. Only a call that Python would refuse ends in another
message, and its type stays TypeError.
"""

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from micrograd.support.wording import nearest

P = ParamSpec("P")
R = TypeVar("R")

LONGEST = 40  # characters of a value that is repeated


class Word(NamedTuple):
    """A row of keywords that other libraries have, and of what to write in their place.

    `names` are the keywords, separated by spaces, and `reason` says in a clause why the function
    does not have them. In `write`, the caller's value takes the place of {}, or `example` does if
    the value is neither a number nor a short text.
    """

    names: str
    reason: str
    write: str
    example: str = ""


def explain_keywords(
    words: Sequence[Word], call: str
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator: calls that do not fit the function's signature are explained.

    `words` are the keywords that are answered, and `call` shows how the function is called.

    >>> words = [Word("size", "a tree has no size", "height={}", "2.0")]
    >>> @explain_keywords(words, "grow(height=2.0)")
    ... def grow(height):
    ...     return height
    >>> grow(size=3.0)
    Traceback (most recent call last):
        ...
    TypeError: grow() has no argument 'size': a tree has no size. Write height=3.0.
    """

    def decorate(f: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(f)

        @wraps(f)
        def call_or_explain(*args: P.args, **kwargs: P.kwargs) -> R:
            unknown = {name: x for name, x in kwargs.items() if name not in signature.parameters}
            if unknown:
                names = list(signature.parameters)
                raise TypeError(unknown_keywords(f.__name__, unknown, names, words))
            try:
                signature.bind(*args, **kwargs)
            except TypeError as error:
                raise TypeError(unsuitable_call(f.__name__, error, call)) from None
            return f(*args, **kwargs)

        return call_or_explain

    return decorate


def unknown_keywords(
    function: str, unknown: dict[str, Any], known: Sequence[str], words: Sequence[Word]
) -> str:
    """Return a sentence or two for each unknown keyword."""
    by_name = {name: word for word in words for name in word.names.split()}
    sentences: list[str] = []
    for name, x in unknown.items():
        who = f"{function}()" if not sentences else "It"
        sentences.append(f"{who} has no argument {name!r}{answer(name, x, known, by_name)}")
    return " ".join(sentences)


def answer(name: str, x: object, known: Sequence[str], by_name: dict[str, Word]) -> str:
    """Return the end of the sentence about one keyword, and what to write."""
    names = [name] if name in by_name else nearest(name, [*known, *by_name])
    if not names:
        return f". Its arguments are {', '.join(known)}."
    if names[0] in by_name:
        word = by_name[names[0]]
        return f": {word.reason}. Write {word.write.replace('{}', text(x, word.example))}."
    return f". Did you mean {names[0]!r}?"


def text(x: object, example: str) -> str:
    """Return a number or a short text as Python writes it, `example` for anything else."""
    is_plain = type(x) in (int, float, str) and len(str(x)) <= LONGEST
    return repr(x) if is_plain else example


def unsuitable_call(function: str, error: TypeError, call: str) -> str:
    return f"{function}() was called with the wrong arguments: {error}. Write {call}."
