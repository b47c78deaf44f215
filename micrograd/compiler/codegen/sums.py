"""Sums: the totals of products that a kernel computes, for the points of one tile.

Rule: what several points of a tile need is loaded once. Terms are added in order, unless they stand
in lanes. The products of a reduction are contracted: each is added to the sum without being rounded
before. Short sums and differences are not, so that `x * x - y * y` is 0 where x is y.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from micrograd.compiler.access import Access
from micrograd.compiler.codegen.addresses import EXAMPLES, Addresses, Point, depends_on
from micrograd.compiler.codegen.lanes import Int, Lanes
from micrograd.compiler.plan import Segment

FEWEST_CONTRACTED = 4  # products in a reduction; those of vectors in space have at most three

Points = Sequence[Point]


class Sums:
    """The sums of one kernel; `terms_in_lanes` says that long segments have terms in lanes."""

    def __init__(self, addresses: Addresses, terms_in_lanes: bool):
        self.addresses, self.terms_in_lanes = addresses, terms_in_lanes
        self.kernel, self.code = addresses.kernel, addresses.code
        self.lanes, self.here = addresses.context.lanes, addresses.context.here

    def totals(self, points: Points) -> list[Lanes]:
        """Return the sum of all segments at each point."""
        with self.code.contraction(is_reduction(self.kernel.segments)):
            return self.sum_of_segments(points)

    def sum_of_segments(self, points: Points) -> list[Lanes]:
        totals: list[Lanes] | None = None
        for segment in self.kernel.segments:
            if segment.terms == 1:
                terms = self.products(segment, points, self.code.integer(0))
            elif self.terms_in_lanes and segment.terms >= 2 * self.lanes:
                terms = self.vectorised_sum(segment, points)
            else:
                totals = self.sequential_sum(segment, points, totals)
                continue
            totals = accumulate(totals, terms, segment.negative)
        assert totals is not None
        return totals

    def products(
        self, segment: Segment, points: Points, term: Int, lanes: int | None = None
    ) -> list[Lanes]:
        """Return one term at each point or, with `lanes`, as many terms from `term` on."""
        loaded: dict[tuple[int, ...], Lanes] = {}
        products: list[Lanes] = []
        for point in points:
            factors: list[Lanes] = []
            for access in segment.factors:
                key = key_of(access, point)
                if key not in loaded:
                    loaded[key] = self.addresses.fetch(access, point, term, lanes)
                factors.append(loaded[key])
            products.append(math.prod(factors[1:], start=factors[0]))
        return products

    def sequential_sum(
        self, segment: Segment, points: Points, totals: list[Lanes] | None
    ) -> list[Lanes]:
        """Return `totals` plus the terms in order. Without totals the first term begins it."""
        first = 0
        if totals is None:
            terms = self.products(segment, points, self.code.integer(0))
            totals, first = accumulate(None, terms, segment.negative), 1
        with self.code.loop(segment.terms - first, carried=totals) as (k, state):
            terms = self.products(segment, points, k + first)
            state[:] = accumulate(state, terms, segment.negative)
        return state

    def vectorised_sum(self, segment: Segment, points: Points) -> list[Lanes]:
        """Return the sum of the terms, added in lanes; those left over are added one by one."""
        code, lanes = self.code, self.lanes
        full = segment.terms // lanes * lanes
        zeros = [code.number(0.0, lanes)] * len(points)
        with code.loop(full, lanes, zeros) as (k, state):
            state[:] = accumulate(state, self.products(segment, points, k, lanes))
        totals = [x.reduce_add() for x in state]
        for term in range(full, segment.terms):
            totals = accumulate(totals, self.products(segment, points, code.integer(term)))
        return totals

    # ----------------------------------------------------------------------- sums over the examples

    def over_examples(self, points: Points) -> list[Lanes]:
        """Return the sums over the block's examples, which stand in lanes.

        The last register may have fewer examples: a mask leaves out the others.
        """
        with self.code.contraction():
            return self.sums_over_examples(points)

    def sums_over_examples(self, points: Points) -> list[Lanes]:
        code, lanes, here = self.code, self.lanes, self.here
        (segment,) = self.kernel.segments
        zero = code.integer(0)
        full = here // lanes * lanes
        zeros = [code.number(0.0, lanes)] * len(points)
        with code.loop(full, lanes, zeros) as (e, state):
            inside = self.at_example(points, e)
            terms = self.products(segment, inside, zero)
            state[:] = accumulate(state, terms)
        valid = code.lane_mask(full, here, lanes)
        with code.loop(here - full, lanes, state) as (_, rest):
            inside = self.at_example(points, full)
            terms = self.products(segment, inside, zero)
            rest[:] = [x + valid.select(y, 0.0) for x, y in zip(rest, terms)]
        return [x.reduce_add() for x in rest]

    def over_rows(self, points: Points) -> list[Lanes]:
        """Return the sums over the block's examples one by one, with numbers of a row in lanes."""
        code = self.code
        (segment,) = self.kernel.segments
        zeros = [code.number(0.0, point.lanes) for point in points]
        with code.contraction(), code.loop(self.here, carried=zeros) as (e, state):
            inside = [replace(p, index={**p.index, EXAMPLES: e}) for p in points]
            terms = self.products(segment, inside, code.integer(0))
            state[:] = accumulate(state, terms)
        return state

    def at_example(self, points: Points, e: Int) -> list[Point]:
        """Return the points with the examples from `e` on in lanes."""
        inside: list[Point] = []
        for point in points:
            index = {**point.index, EXAMPLES: e}
            inside.append(Point(index, point.offset, self.lanes, EXAMPLES))
        return inside


def is_reduction(segments: Sequence[Segment]) -> bool:
    """Return whether a sum has many products, and nothing is subtracted."""
    products = sum(segment.terms for segment in segments if len(segment.factors) == 2)
    return products >= FEWEST_CONTRACTED and not any(segment.negative for segment in segments)


def key_of(access: Access, point: Point) -> tuple[int, ...]:
    """Return a key that is equal for points of a tile that need the same number."""
    offsets = [n for axis, n in point.offset.items() if depends_on(access, axis)]
    return (id(access), *offsets)


def accumulate(
    totals: Sequence[Lanes] | None, terms: Sequence[Lanes], negative: bool = False
) -> list[Lanes]:
    """Return the totals plus the terms, or minus them; None is a sum that has not begun."""
    if totals is None:
        return [-x for x in terms] if negative else list(terms)
    if negative:
        return [total - x for total, x in zip(totals, terms)]
    return [total + x for total, x in zip(totals, terms)]
