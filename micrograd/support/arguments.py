"""Checks of arguments that several functions share, and their messages."""

from collections.abc import Iterable
from numbers import Integral

from micrograd.support.wording import kind


def whole_number(x: object, name: str, least: int) -> int:
    """Return `x` as an int. Raises ValueError unless it is a whole number of at least `least`.

    >>> whole_number(3.0, "steps", 1)
    Traceback (most recent call last):
        ...
    ValueError: steps must be a whole number of at least 1, got 3.0.
    """
    if isinstance(x, bool) or not isinstance(x, Integral) or x < least:
        raise ValueError(not_a_whole_number(name, least, x))
    return int(x)


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


def not_a_whole_number(name: str, least: int, got: object) -> str:
    return f"{name} must be a whole number of at least {least}, got {got!r}."


def unknown_format(name: str, known: Iterable[str]) -> str:
    formats = ", ".join("." + x for x in known)
    return f"{name!r} does not end in a known format. Choose one of {formats}."
