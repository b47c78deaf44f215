"""Checks of arguments that several functions share, and their messages."""

from collections.abc import Iterable
from math import inf
from numbers import Real
from pathlib import PurePath

from micrograd.support.arrays import is_array
from micrograd.support.whole_numbers import not_a_whole_number as not_a_whole_number
from micrograd.support.whole_numbers import whole_number as whole_number
from micrograd.support.wording import did_you_mean, kind


def require_numbers(least: float = 0.0, **numbers: object) -> None:
    """Raise ValueError for a number below `least`, and TypeError for what is not a number.

    >>> require_numbers(noise=-0.1)
    Traceback (most recent call last):
        ...
    ValueError: noise must be a number of at least 0, got -0.1.
    """
    for name, x in numbers.items():
        if getattr(x, "shape", None) == ():  # a number of NumPy's
            x = x.item()  # type: ignore[attr-defined]
        if not isinstance(x, Real):
            raise TypeError(not_a_number(name, least, x))
        if not x >= least:  # type: ignore[operator]
            raise ValueError(not_a_number(name, least, x))


def require_function(who: str, f: object) -> None:
    """Raise TypeError unless `f` can be called.

    >>> require_function("grad", 3.0)
    Traceback (most recent call last):
        ...
    TypeError: grad() takes a function, got a float. Pass the function, not its result: grad(f).
    """
    if not callable(f):
        raise TypeError(not_a_function(who, f))


def require_scalars(who: str, inputs: Iterable[object]) -> None:
    """Raise TypeError for a list or an array among the inputs of a function of numbers.

    >>> require_scalars("gradcheck", [[1.0, 2.0]])
    Traceback (most recent call last):
        ...
    TypeError: gradcheck() takes a number for each input of f, got a list of 2. Write \
gradcheck(lambda *xs: f(xs), *xs).
    """
    for x in inputs:
        if isinstance(x, list | tuple) or is_array(x):
            raise TypeError(not_scalars(who, x))


def not_scalars(who: str, got: object) -> str:
    return (
        f"{who}() takes a number for each input of f, got {kind(got)}. "
        f"Write {who}(lambda *xs: f(xs), *xs)."
    )


def not_a_number(name: str, least: float, got: object, most: float = inf) -> str:
    limits = f"of at least {least:g}" if most == inf else f"between {least:g} and {most:g}"
    got = repr(got) if isinstance(got, int | float) else kind(got)
    return f"{name} must be a number {limits}, got {got}."


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
    endings = ["." + x for x in known]
    hint = did_you_mean(PurePath(name).suffix, endings)
    return f"{name!r} does not end in a known format.{hint} Choose one of {', '.join(endings)}."


def no_spelling(name: str) -> str:
    return (
        f"{name} cannot be compiled, because its row does not compute with ops. "
        "Write its forward with operators and micrograd's functions, without branches, as in "
        'Op("swish", "swish({})", lambda x: x * sigmoid(x), ...).'
    )
