"""Dot products as one instruction: start + x0 * y0 + x1 * y1 + ..., the start being 0 if left out.

Rule: only a rolled trace has them, and a template makes a sum of products of each.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from micrograd.compiler.trace import Trace
from micrograd.ops import Op
from micrograd.support.sums import add_all


class Dot(Op):
    """The op of a dot product."""


@lru_cache(maxsize=4096)
def dot_op(length: int, has_start: bool) -> Op:
    """Return the op of a start, if it has one, then so many left factors, then the right ones."""

    def forward(*inputs: Any) -> Any:
        start, factors = (inputs[0], inputs[1:]) if has_start else (0.0, inputs)
        pairs = zip(factors[:length], factors[length:])
        return add_all((x * y for x, y in pairs), start)

    partials = (None,) * (2 * length + has_start)
    return Dot(f"dot {length}", "dot", forward, partials)


def record_dot(trace: Trace, xs: Iterable[Any], ys: Iterable[Any], start: Any) -> Any:
    """Record start + the sum of the products; NotImplemented for an input of an unknown kind."""
    left, right = tuple(xs), tuple(ys)
    length = min(len(left), len(right))
    if not length:
        return start
    has_start = type(start) is not float or start != 0.0
    first = (start,) if has_start else ()
    return trace.record(dot_op(length, has_start), (*first, *left[:length], *right[:length]))
