"""Functions of floats as in IEEE 754, which return a number also where Python's `math` raises.

Rule: no function raises. A function of a nan is a nan. No function overflows on the way to a result
that is finite.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Real

from micrograd import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Forward = Callable[..., float]


def as_number(x: Any) -> float:
    """Return `x` as a float, or as an int if a float can hold it exactly.

    Raises TypeError if `x` is not one real number.
    """
    if type(x) is not float and type(x) is not int:  # the usual ones, which need no search
        if type(x).__module__ == "numpy" and getattr(x, "shape", None) == ():
            x = x.item()
        if not isinstance(x, Real):
            raise TypeError(errors.not_a_scalar(x))
    try:
        if isinstance(x, int) and float(x) == x:
            return +x  # +True is 1
        return float(x)
    except OverflowError:
        return -math.inf if x < 0 else math.inf


def div(x: float, y: float) -> float:
    return x / y if y else x * math.copysign(math.inf, y)


def with_fallback(compute: Forward, fallback: Forward) -> Forward:
    """Return a function that calls `compute`, and calls `fallback` where that raises."""

    def forward(*inputs: float) -> float:
        try:
            return compute(*inputs)
        except (ValueError, OverflowError):
            return fallback(*inputs)

    return forward


def power_at_edge(x: float, y: float) -> float:
    if x < 0.0 and y != math.floor(y):
        return math.nan
    odd = math.isfinite(y) and math.fabs(math.fmod(y, 2.0)) == 1.0  # Python 3.10 asks for 0**-inf
    return math.copysign(math.inf, x) if odd else math.inf


exp = with_fallback(math.exp, lambda _: math.inf)
expm1 = with_fallback(math.expm1, lambda _: math.inf)
log = with_fallback(math.log, lambda x: -math.inf if x == 0.0 else math.nan)
log1p = with_fallback(math.log1p, lambda x: -math.inf if x == -1.0 else math.nan)
sqrt = with_fallback(math.sqrt, lambda _: math.nan)
sin = with_fallback(math.sin, lambda _: math.nan)
cos = with_fallback(math.cos, lambda _: math.nan)
pow = with_fallback(math.pow, power_at_edge)


def sigmoid(x: float) -> float:
    small = math.exp(-math.fabs(x))
    return 1.0 / (1.0 + small) if x >= 0.0 else small / (1.0 + small)


def softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-math.fabs(x)))


def maximum(x: float, y: float) -> float:
    return x if x >= y or x != x else y


def minimum(x: float, y: float) -> float:
    return x if x <= y or x != x else y
