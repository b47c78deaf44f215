"""Functions of floats as IEEE 754 has them, which answer also where Python's `math` raises.

Rule: no function of floats raises, one of a nan is a nan, and what could overflow on the way to a
number that does not is written so that it cannot.
"""

import math
import operator
from collections.abc import Callable
from numbers import Real

from micrograd import errors


def as_number(x) -> float:
    """`x` as a float, or an int that fits one. TypeError for what is not one real number."""
    if type(x).__module__ == "numpy" and getattr(x, "shape", None) == ():
        x = x.item()
    if not isinstance(x, Real):
        raise TypeError(errors.not_a_scalar(x))
    try:
        return +x if isinstance(x, int) and float(x) == x else float(x)  # +True is 1
    except OverflowError:
        return math.copysign(math.inf, 1 if x > 0 else -1)


def with_fallback(compute: Callable, answer: Callable) -> Callable:
    """`compute`, and where that raises, `answer` of the same inputs."""

    def forward(*inputs):
        try:
            return compute(*inputs)
        except (ValueError, OverflowError, ZeroDivisionError):
            return answer(*inputs)

    return forward


def infinity(x):
    return math.inf


def not_a_number(x):
    return math.nan


def log_at_edge(x):
    return -math.inf if x == 0.0 else math.nan


def log1p_at_edge(x):
    return -math.inf if x == -1.0 else math.nan


def quotient_by_zero(x, y):
    return x * math.copysign(math.inf, y)


def power_at_edge(x, y):
    if x < 0.0 and y != math.floor(y):
        return math.nan
    odd = math.fabs(math.fmod(y, 2.0)) == 1.0
    return math.copysign(math.inf, x) if odd else math.inf


exp = with_fallback(math.exp, infinity)
expm1 = with_fallback(math.expm1, infinity)
log = with_fallback(math.log, log_at_edge)
log1p = with_fallback(math.log1p, log1p_at_edge)
sqrt = with_fallback(math.sqrt, not_a_number)
sin = with_fallback(math.sin, not_a_number)
cos = with_fallback(math.cos, not_a_number)
div = with_fallback(operator.truediv, quotient_by_zero)
pow = with_fallback(math.pow, power_at_edge)


def sigmoid(x):
    small = math.exp(-math.fabs(x))
    return 1.0 / (1.0 + small) if x >= 0.0 else small / (1.0 + small)


def softplus(x):
    above = x if x > 0.0 else 0.0
    return above + math.log1p(math.exp(-math.fabs(x)))


def step(x):
    return x if x != x else float(x > 0.0)


def sign(x):
    return x if x != x else float((x > 0.0) - (x < 0.0))


def maximum(x, y):
    return x if x >= y or x != x else y


def minimum(x, y):
    return x if x <= y or x != x else y
