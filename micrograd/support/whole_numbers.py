"""Whole numbers: sizes, counts and seeds, checked before anything is made of them."""

from numbers import Integral


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


def not_a_whole_number(name: str, least: int, got: object) -> str:
    return f"{name} must be a whole number of at least {least}, got {got!r}."
