"""Checks of arguments that several functions share."""

from numbers import Integral


def natural(x, what: str, least: int) -> int:
    """`x`, if it is a whole number and not less than that. ValueError else."""
    if isinstance(x, bool) or not isinstance(x, Integral) or x < least:
        raise ValueError(not_natural(what, least, x))
    return int(x)


def not_natural(what: str, least: int, got) -> str:
    return f"{what} is a whole number, at least {least}; got {got!r}."
