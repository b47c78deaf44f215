"""Numbers as the page takes them: JSON, in which a number that is not finite is null."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

import numpy as np

DIGITS = 5  # significant digits of a number that is shown
FORMAT = f"%.{DIGITS}g"
quietly = np.errstate(over="ignore", invalid="ignore")  # nan and infinities are shown, too


def rounded(x: float) -> float | None:
    """Return the number with five significant digits; None for nan and infinities.

    >>> rounded(2 / 3), rounded(float("nan"))
    (0.66667, None)
    """
    return float(FORMAT % x) if isfinite(x) else None


def exact(x: float) -> float | None:
    """Return the number as it is; None for nan and infinities."""
    return float(x) if isfinite(x) else None


def all_rounded(numbers: Iterable[float]) -> list[float | None]:
    """Return each number rounded, in a list; a frame has thousands, so no function is called."""
    return [float(FORMAT % x) if x - x == 0.0 else None for x in numbers]
