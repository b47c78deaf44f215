"""Checks of arguments that several functions share, and their messages."""

from collections.abc import Iterable

from micrograd.support.whole_numbers import not_a_whole_number as not_a_whole_number
from micrograd.support.whole_numbers import whole_number as whole_number
from micrograd.support.wording import kind


def require_function(who: str, f: object) -> None:
    """Raise TypeError unless `f` can be called.

    >>> require_function("grad", 3.0)
    Traceback (most recent call last):
        ...
    TypeError: grad() takes a function, got a float. Pass the function, not its result: grad(f).
    """
    if not callable(f):
        raise TypeError(not_a_function(who, f))


def not_a_function(who: str, got: object) -> str:
    return (
        f"{who}() takes a function, got {kind(got)}. Pass the function, not its result: {who}(f)."
    )


def not_one_number(who: str, got: object) -> str:
    return (
        f"{who} needs a function that returns one number, got {kind(got)}. "
        "Return one of them or their sum, or use jacobian."
    )


def unknown_format(name: str, known: Iterable[str]) -> str:
    formats = ", ".join("." + x for x in known)
    return f"{name!r} does not end in a known format. Choose one of {formats}."


def no_spelling(name: str) -> str:
    return (
        f"{name} cannot be compiled, because its row does not compute with ops. "
        "Write its forward with operators and micrograd's functions, without branches, as in "
        'Op("swish", "swish({})", lambda x: x * sigmoid(x), ...).'
    )
