"""Lowering rules: how each row of the table is written in lanes.

Rule: the rules are keyed by row and only say how to write it; the row's meaning stands in ops.py. A
row without a rule is replaced by what its forward computes, if that is written in ops.
"""

import functools
import math
from collections.abc import Callable, Mapping

from micrograd import ops
from micrograd.compiler.codegen.elementary import ELEMENTARY
from micrograd.compiler.codegen.lanes import Lanes, Mask, Number

Rule = Callable[..., Lanes]
Rules = Mapping[ops.Op, Rule]

LIBM = ("exp", "expm1", "log", "log1p", "sin", "cos", "tanh", "erf", "pow")


@functools.cache
def lowering_rules(exact: bool) -> dict[ops.Op, Rule]:
    """Return the rule of each row, a function of lanes.

    With `exact`, functions are C's libm, as in Python's `math`; without, they are elementary.py's.
    """
    calls: dict[str, Rule]
    if exact:
        calls = {name: libm_call(name) for name in LIBM}
    else:
        calls = {name: elementary_call(name) for name in ELEMENTARY} | {"pow": power}
    rows = {getattr(ops, name): calls[name] for name in LIBM}
    return {**DIRECT, **composed_rules(calls), **rows}


def libm_call(name: str) -> Rule:
    return lambda x, *others: x.call(name, *others)


def elementary_call(name: str) -> Rule:
    """Return a call of the elementary function, which is written once in a piece of code."""

    def call(x: Lanes, *others: Number) -> Lanes:
        return x.code.shared(name, ELEMENTARY[name], [x, *map(x.like, others)])

    return call


def is_nan(x: Lanes) -> Mask:
    return ~x.equals(x)


def step(x: Lanes) -> Lanes:
    return is_nan(x).select(x, (x > 0.0).number())


def sign(x: Lanes) -> Lanes:
    return is_nan(x).select(x, (x > 0.0).number() - (x < 0.0).number())


# fmt: off
DIRECT: dict[ops.Op, Rule] = {
    ops.add:        lambda x, y: x + y,
    ops.sub:        lambda x, y: x - y,
    ops.mul:        lambda x, y: x * y,
    ops.div:        lambda x, y: x / y,
    ops.neg:        lambda x: -x,
    ops.sqrt:       lambda x: x.sqrt(),
    ops.abs:        lambda x: x.abs(),
    ops.relu:       lambda x: (x <= 0.0).select(0.0, x),
    ops.maximum:    lambda x, y: ((x >= y) | is_nan(x)).select(x, y),
    ops.minimum:    lambda x, y: ((x <= y) | is_nan(x)).select(x, y),
    ops.step:       step,
    ops.sign:       sign,
    ops.less:       lambda x, y: (x < y).number(),
    ops.equal:      lambda x, y: x.equals(y).number(),
    ops.where:      lambda c, x, y: (~c.equals(0.0)).select(x, y),
    ops.detach:     lambda x: x,
}
# fmt: on


def composed_rules(calls: Mapping[str, Rule]) -> dict[ops.Op, Rule]:
    """Return the rules of rows that are made of several functions."""
    exp, expm1, log1p = calls["exp"], calls["expm1"], calls["log1p"]

    def sigmoid(x: Lanes) -> Lanes:
        small = exp(-x.abs())
        return (x >= 0.0).select(x.like(1.0), small) / (1.0 + small)

    def softplus(x: Lanes) -> Lanes:
        return (x > 0.0).select(x, 0.0) + log1p(exp(-x.abs()))

    return {
        ops.sigmoid: calls.get("sigmoid", sigmoid),
        ops.softplus: calls.get("softplus", softplus),
        ops.elu: lambda x: (x > 0.0).select(x, expm1(x)),
    }


def power(x: Lanes, y: Lanes) -> Lanes:
    """Return x**y by products if y is a small whole number, else by the elementary function."""
    n = y.constant
    if n is None or not is_small_whole(n):
        return elementary_call("pow")(x, y)
    product = whole_power(x, abs(int(n)))
    return product if n > 0 else 1.0 / product


def is_small_whole(n: float) -> bool:
    return math.isfinite(n) and n == int(n) and 1 <= abs(n) <= 8


def whole_power(x: Lanes, n: int) -> Lanes:
    """Return x * x * ..., n times, in about log2(n) multiplications."""
    if n == 1:
        return x
    half = whole_power(x, n // 2)
    return half * half * x if n % 2 else half * half
