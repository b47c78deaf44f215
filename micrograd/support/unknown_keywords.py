"""Keywords that a function does not have: the TypeError says which one to pass instead.

Rule: the check costs a call that is right as little as possible, and a TypeError from within the
function stays as it is. `foreign_keywords` has the sentence for a keyword of another library.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Sequence

from micrograd.support.unknown_attributes import Sentences, advice_for
from micrograd.support.wording import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

LONGEST = 40  # characters of a value that a message repeats


def suggest_keywords(instead: Sentences, call: str = "") -> Callable[[F], F]:
    """Return a decorator for a function whose TypeError names the keyword to pass instead.

    A key of `instead` holds one or several keywords that the function does not have; in its
    sentence, the number or short text that was passed takes the place of an {example}. `call` shows
    how to call the function; with it, the TypeError about any other wrong call ends with `call`, in
    which {} stands for the function or, if that is `__init__`, for the class of the object.

    >>> @suggest_keywords({"learning_rate eta": "Write lr={0.1}."})
    ... def descend(lr=0.1): ...
    >>> descend(eta=1.0)
    Traceback (most recent call last):
        ...
    TypeError: descend() has no parameter 'eta'. Write lr=1.0.
    """
    sentences = {name: text for names, text in instead.items() for name in names.split()}

    def decorate(f: F) -> F:
        signature = inspect.signature(f)
        known = list(signature.parameters)

        @functools.wraps(f)
        def check_and_call(*args: Any, **kwargs: Any) -> Any:
            unknown = {name: x for name, x in kwargs.items() if name not in known}
            if unknown:
                who = name_of(f, args)
                problems = [problem(name, x, known, sentences) for name, x in unknown.items()]
                raise TypeError(f"{who} " + " It ".join(problems))
            if call:
                check_call(signature, name_of(f, args), call, args, kwargs)
            return f(*args, **kwargs)

        return check_and_call  # type: ignore[return-value]

    return decorate


def name_of(f: Callable[..., Any], args: Sequence[Any]) -> str:
    """Return a function, or the class that a constructor makes an object of, as "Linear()"."""
    return f"{type(args[0]).__name__ if f.__name__ == '__init__' else f.__qualname__}()"


def problem(name: str, x: object, known: Sequence[str], sentences: Sentences) -> str:
    """Return that there is no such parameter, and what to write instead for the argument `x`."""
    advice = advice_for(name, known, sentences)
    if not advice:
        near = nearest(name, sentences)
        advice = f" {sentences[near[0]]}" if near else ""
    is_plain = type(x) in (int, float, str) and len(str(x)) <= LONGEST
    written = re.sub(r"\{(.+?)\}", lambda match: repr(x) if is_plain else match[1], advice)
    return f"has no parameter {name!r}.{written}"


def check_call(
    signature: inspect.Signature, who: str, call: str, args: Sequence[Any], kwargs: dict[str, Any]
) -> None:
    """Raise TypeError, with `call`, unless a function of that signature can be called so."""
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        advice = f"Write {call.format(who)}."
        raise TypeError(f"{who} cannot be called like this: {error}. {advice}") from None
