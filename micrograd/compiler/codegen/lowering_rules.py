"""How each row of the table is spelled in lanes: in C's functions, or in straight arithmetic.

Rule: keyed by row, and only spelling: what a row means stands in ops.py. A row that is missing here
is replaced by what its forward computes, where that is written in ops.
"""

import functools
import math
from collections.abc import Callable

from micrograd import ops
from micrograd.compiler.codegen.elementary import ELEMENTARY


@functools.cache
def lowering_rules(exact: bool) -> dict[ops.Op, Callable]:
    """{row: function of lanes}; `exact` calls C's libm, as Python's `math` does."""
    if exact:
        call = {name: by_libm(name) for name in LIBM}
    else:
        call = {name: in_lanes(name) for name in ELEMENTARY} | {"pow": power}
    return {**PLAIN, **composed(call), **{getattr(ops, name): call[name] for name in LIBM}}


LIBM = ("exp", "expm1", "log", "log1p", "sin", "cos", "tanh", "erf", "pow")


def by_libm(name: str) -> Callable:
    return lambda x, *others: x.call(name, *others)


def in_lanes(name: str) -> Callable:
    """The elementary function, written once for all its uses in a piece of code."""

    def call(x, *others):
        return x.code.shared(name, ELEMENTARY[name], [x, *map(x.like, others)])

    return call


def is_nan(x):
    return ~x.equals(x)


def step(x):
    return is_nan(x).choose(x, (x > 0.0).number())


def sign(x):
    return is_nan(x).choose(x, (x > 0.0).number() - (x < 0.0).number())


# fmt: off
PLAIN = {
    ops.add:        lambda x, y: x + y,
    ops.sub:        lambda x, y: x - y,
    ops.mul:        lambda x, y: x * y,
    ops.div:        lambda x, y: x / y,
    ops.neg:        lambda x: -x,
    ops.sqrt:       lambda x: x.sqrt(),
    ops.abs:        lambda x: x.abs(),
    ops.relu:       lambda x: (x <= 0.0).choose(0.0, x),
    ops.leaky_relu: lambda x: (x > 0.0).choose(x, 0.01 * x),
    ops.maximum:    lambda x, y: ((x >= y) | is_nan(x)).choose(x, y),
    ops.minimum:    lambda x, y: ((x <= y) | is_nan(x)).choose(x, y),
    ops.step:       step,
    ops.sign:       sign,
    ops.less:       lambda x, y: (x < y).number(),
    ops.equal:      lambda x, y: x.equals(y).number(),
    ops.where:      lambda c, x, y: (~c.equals(0.0)).choose(x, y),
    ops.detach:     lambda x: x,
}
# fmt: on


def composed(call: dict[str, Callable]) -> dict[ops.Op, Callable]:
    """Rows that are made of the elementary functions."""
    exp, expm1, log1p = call["exp"], call["expm1"], call["log1p"]

    def sigmoid(x):
        small = exp(-x.abs())
        return (x >= 0.0).choose(x.like(1.0), small) / (1.0 + small)

    def softplus(x):
        return (x > 0.0).choose(x, 0.0) + log1p(exp(-x.abs()))

    return {
        ops.sigmoid: call.get("sigmoid", sigmoid),
        ops.softplus: call.get("softplus", softplus),
        ops.elu: lambda x: (x > 0.0).choose(x, expm1(x)),
    }


def power(x, y):
    """x**y by products where y is a small whole number, else by the elementary function."""
    n = y.constant
    if n is None or not math.isfinite(n) or n != int(n) or not 1 <= abs(n) <= 8:
        return in_lanes("pow")(x, y)
    found = product(x, abs(int(n)))
    return found if n > 0 else 1.0 / found


def product(x, n: int):
    """x * x * ..., n times, in about log2(n) multiplications."""
    if n == 1:
        return x
    half = product(x, n // 2)
    return half * half * x if n % 2 else half * half
