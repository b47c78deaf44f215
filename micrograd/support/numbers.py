"""Numbers as text: the formats in which the package shows a float.

Rule: every function takes any float, nan and inf included, and returns a short text.
"""

from collections.abc import Callable
from math import isfinite


def format_number(number: float, digits: int = 6) -> str:
    """Return the number with at most `digits` significant digits, and no zeros after them.

    >>> format_number(2.0), format_number(1 / 3), format_number(1.5e-7)
    ('2', '0.333333', '1.5e-07')
    """
    return f"{number:.{digits}g}"


def format_float(number: float, digits: int = 6) -> str:
    """Return the number as `format_number` does, but as Python writes a float, with its point.

    >>> format_float(-2.0), format_float(1 / 3), format_float(1e-7)
    ('-2.0', '0.333333', '1e-07')
    """
    return str(float(format_number(number, digits)))


SMALLEST_FIXED = 0.00005  # that four places after the point show


def format_fixed(number: float) -> str:
    """Return the number with four places after the point, as in the lecture.

    A number of a million or more is written in scientific notation, and so is one that would read
    as 0 and is none: a gradient that vanishes is not gone.

    >>> format_fixed(2.0), format_fixed(1e9), format_fixed(1.23e-6)
    ('2.0000', '1.0000e+09', '1.2e-06')
    """
    if 0.0 < abs(number) < SMALLEST_FIXED:
        return f"{number:.1e}"
    return f"{number:.4f}" if abs(number) < 1e6 else f"{number:.4e}"


def format_percent(share: float) -> str:
    """Return the share in percent, with one place after the point.

    >>> format_percent(0.9375)
    '93.8 %'
    """
    return f"{100 * share:.1f} %"


def json_number(number: float, spell: Callable[[float], str] = str) -> float | str:
    """Return the number if JSON can hold it, else (nan, inf, -inf) its text, as `spell` makes it.

    >>> json_number(0.5), json_number(float("-inf"))
    (0.5, '-inf')
    """
    return number if isfinite(number) else spell(number)
