"""Comparing floats to the last bit, or as closely as compiled programs promise."""

import math


def bits(x) -> str:
    """Return a float as a text of all its bits: 0.0 is not -0.0, and a nan is a nan."""
    return float(x).hex()


def near(x, y, scale) -> bool:
    """Return whether two results of a program of a thousand ops are equal up to rounding.

    Each op is off by at most 3 ulps (7e-16) of the largest number, `scale`: 1e-12 in all. If one is
    not finite, the other must be the same infinity, or a nan as well.
    """
    if not (math.isfinite(x) and math.isfinite(y)):
        return (x != x) == (y != y) and (x != x or x == y)
    return abs(x - y) <= 1e-12 * scale
