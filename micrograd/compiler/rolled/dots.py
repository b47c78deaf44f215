"""Dot products as one instruction: start + x0 * y0 + x1 * y1 + ..., the start being 0 if left out.

Rule: only a rolled trace has them, and a template makes a sum of products of each. A vector is an
instruction, too, which only lists its entries. So each stage reads these once, however many
products use the vector.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter, mul
from typing import Any

from micrograd.compiler.trace import Trace, Tracer
from micrograd.ops import Op
from micrograd.support.sums import add_all

Entries = tuple[Tracer, ...]
trace_of = attrgetter("trace")


def dot_of(*inputs: Any) -> Any:
    """Return the sum of a start, if there is one, and the products of two vectors.

    They are multiplied as far as both go.
    """
    *start, left, right = inputs
    return add_all(map(mul, left, right), *start or [0.0])


DOT = Op("dot", "dot", dot_of, ())
VECTOR = Op("vector", "vector", lambda *entries: entries, ())


class Vectors:
    """The instruction of each vector of a trace, by its entries.

    A tuple that a caller keeps, such as a column, is also known by its id, without its entries.
    """

    def __init__(self) -> None:
        self.by_entries: dict[Entries, Tracer] = {}
        self.by_id: dict[int, tuple[Entries, Tracer]] = {}  # the tuple stays alive


def record_dot(
    trace: Trace, vectors: Vectors, xs: Iterable[Any], ys: Iterable[Any], start: Any
) -> Any:
    """Record start + the sum of the products; NotImplemented for an input of an unknown kind."""
    left, right = tuple(xs), tuple(ys)
    if not left or not right:
        return start
    pairs = ((left, left is xs), (right, right is ys))
    factors = [record_vector(trace, vectors, x, is_kept) for x, is_kept in pairs]
    if any(x is NotImplemented for x in factors):
        return NotImplemented
    has_start = type(start) is not float or start != 0.0
    return trace.record(DOT, (start, *factors) if has_start else tuple(factors))


def record_vector(
    trace: Trace, vectors: Vectors, entries: tuple[Any, ...], is_kept: bool = False
) -> Any:
    """Record a vector; NotImplemented for an entry of an unknown kind.

    Equal ones of Tracers alone are one instruction.
    """
    if id(entries) in vectors.by_id:
        return vectors.by_id[id(entries)][1]
    if set(map(type, entries)) != {Tracer}:
        return new_vector(trace, tuple(map(trace.as_operand, entries)))
    known = vectors.by_entries
    if entries not in known:
        own = set(map(trace_of, entries)) == {trace}
        known[entries] = new_vector(
            trace, entries if own else tuple(map(trace.as_operand, entries))
        )
    if is_kept:
        vectors.by_id[id(entries)] = entries, known[entries]
    return known[entries]


def new_vector(trace: Trace, inputs: tuple[Any, ...]) -> Any:
    is_known = not any(x is NotImplemented for x in inputs)
    return trace.append(VECTOR, inputs) if is_known else NotImplemented


def count_operations(x: Tracer) -> int:
    """Return how many instructions of one or two inputs an instruction is."""
    if x.op is VECTOR:
        return 0
    if x.op is not DOT:
        return max(len(x.inputs) - 1, 1)
    *start, left, right = x.inputs
    return 2 * min(len(left.inputs), len(right.inputs)) + len(start) - 1
