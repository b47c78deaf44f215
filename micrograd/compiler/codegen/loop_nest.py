"""Loop nests: the loops that compute a kernel's members, in tiles and in lanes.

Rule: one axis is in lanes. Some others are unrolled, so that a number that was loaded is used more
than once. So each place of the nest has a tile of points, which are computed together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from micrograd.compiler.access import Access
from micrograd.compiler.codegen.addresses import (
    EXAMPLES,
    TERMS,
    Addresses,
    AxisName,
    Context,
    Index,
    Point,
    depends_on,
)
from micrograd.compiler.codegen.lanes import Lanes
from micrograd.compiler.codegen.sums import Sums
from micrograd.compiler.lines import run_lengths
from micrograd.compiler.nodes import takes_many
from micrograd.compiler.plan import Kernel
from micrograd.ops import Op

# How far a sum is unrolled along the axes that share a factor, and how many registers along the
# axis in lanes stand side by side.
ROWS, VECTORS = (4,), 3
REDUCED_ROWS = (4, 2)  # the same for a sum whose terms are in lanes

Tile = list[dict[AxisName, int]]  # the offset of each point along each axis


@dataclass(frozen=True)
class Strip:
    """A part of an axis: `turns` of a loop, each with `unrolled` registers of `lanes` numbers."""

    turns: int
    unrolled: int
    lanes: int


@dataclass(frozen=True)
class Axis:
    """An axis of the nest, run through in strips, one after the other."""

    name: AxisName
    strips: tuple[Strip, ...]


class LoopNest:
    """The loops of one kernel."""

    def __init__(self, context: Context, kernel: Kernel):
        self.context, self.code, self.kernel = context, context.code, kernel
        self.addresses = Addresses(context, kernel)
        self.lane_axis = self.choose_lane_axis()
        self.sums = Sums(self.addresses, self.lane_axis == TERMS)

    def write(self) -> None:
        self.nest(self.axes(), {}, [{}], 1, None)

    # ------------------------------------------------------------------------------------ the axes

    def axes(self) -> list[Axis]:
        """Return the axes, the outermost first."""
        kernel, lanes = self.kernel, self.context.lanes
        sizes: dict[AxisName, int] = dict(enumerate(kernel.grid))
        if kernel.varies and not kernel.reduces:
            sizes[EXAMPLES] = self.context.block
        is_long = kernel.reduces or any(s.terms > 1 for s in kernel.segments)
        unrolled = self.unrolled_axes(sizes) if is_long else {}
        axes: list[Axis] = []
        for name, size in sizes.items():
            if name == self.lane_axis:
                strips = split_axis(size // lanes, VECTORS if is_long else 1, lanes)
                strips += split_axis(size % lanes, 1)
            else:
                strips = split_axis(size, unrolled.get(name, 1))
            axes.append(Axis(name, tuple(strips)))
        return sorted(axes, key=lambda axis: (axis.name == self.lane_axis, axis.name in unrolled))

    def unrolled_axes(self, sizes: dict[AxisName, int]) -> dict[AxisName, int]:
        """Return axes along which a factor of a product stays the same, and how far to unroll."""
        factors = [f for s in self.kernel.segments for f in s.factors]
        reused = [
            name
            for name in reversed(sizes)
            if name not in (self.lane_axis, EXAMPLES)
            and sizes[name] > 1
            and not all(depends_on(f, name) for f in factors)
        ]
        return dict(zip(reused, REDUCED_ROWS if self.lane_axis == TERMS else ROWS))

    def choose_lane_axis(self) -> AxisName | None:
        kernel = self.kernel
        if kernel.reduces:
            row_axis = self.row_axis()
            return TERMS if row_axis is None else row_axis
        if kernel.varies:
            return EXAMPLES
        accesses = kernel.every_access()

        def regular_accesses(axis: int) -> int:
            return len([a for a in accesses if self.is_regular(a, axis)])

        wide = [axis for axis, size in enumerate(kernel.grid) if size >= self.context.lanes]
        best = max(wide, key=regular_accesses, default=None)
        if best is not None and regular_accesses(best) == len(accesses):
            return best
        return TERMS if self.sums_fit_lanes() else best

    def is_regular(self, access: Access, axis: AxisName) -> bool:
        """Return whether lanes along the axis are contiguous, or all the same number."""
        return self.addresses.stride(access, axis) in (0, 1)

    def sums_fit_lanes(self) -> bool:
        """Return whether there are long sums, all of whose terms can be loaded in lanes."""
        long = [s for s in self.kernel.segments if s.terms >= 2 * self.context.lanes]
        if not long or self.context.exact:
            return False
        return all(self.is_regular(f, TERMS) for s in long for f in s.factors)

    def row_axis(self) -> int | None:
        """Return the axis along which a mean of products reads rows of examples as given."""
        kernel, stride = self.kernel, self.addresses.stride
        for axis, size in enumerate(kernel.grid):
            factors = [f for f in kernel.segments[0].factors if depends_on(f, axis)]
            strides = [stride(access, axis) for access in (kernel.result, *factors)]
            fits = size >= self.context.lanes and strides == [1, self.context.block]
            if fits and self.addresses.row_source(factors[0]):
                return axis
        return None

    # ----------------------------------------------------------------------------------- the loops

    def nest(
        self, axes: Sequence[Axis], index: Index, tile: Tile, lanes: int, lane_axis: AxisName | None
    ) -> None:
        """Write the loops of `axes`, inside those whose index is given."""
        if not axes:
            self.body([self.point(index, offset, lanes, lane_axis) for offset in tile])
            return
        (name, strips), inner, start = (axes[0].name, axes[0].strips), axes[1:], 0
        for strip in strips:
            stride = strip.unrolled * strip.lanes
            offsets = range(0, stride, strip.lanes)
            inner_tile = [{**point, name: offset} for point in tile for offset in offsets]
            width, axis = (strip.lanes, name) if strip.lanes > 1 else (lanes, lane_axis)
            if strip.turns == 1:
                inner_index = {**index, name: self.code.integer(start)}
                self.nest(inner, inner_index, inner_tile, width, axis)
            else:
                with self.code.loop(strip.turns * stride, stride) as (i, _):
                    self.nest(inner, {**index, name: i + start}, inner_tile, width, axis)
            start += strip.turns * stride

    def point(
        self, index: Index, offset: dict[AxisName, int], lanes: int, lane_axis: AxisName | None
    ) -> Point:
        moved = {axis: index[axis] + offset.get(axis, 0) for axis in index}
        return Point(moved, offset, lanes, lane_axis)

    def body(self, points: Sequence[Point]) -> None:
        """Write what is computed at the points of one tile."""
        kernel = self.kernel
        if kernel.op:
            for point in points:
                inputs = [self.addresses.fetch(access, point) for access in kernel.inputs]
                self.addresses.store(point, self.apply(kernel.op, inputs))
        elif kernel.reduces:
            self.add_to_means(points)
        else:
            for point, total in zip(points, self.sums.totals(points)):
                self.addresses.store(point, total)

    def apply(self, op: Op, inputs: Sequence[Lanes]) -> Lanes:
        """Return the op of its inputs, of which a maximum may have any number."""
        rule = self.context.rules[op]
        return reduce(rule, inputs) if takes_many(op, inputs) else rule(*inputs)

    def add_to_means(self, points: Sequence[Point]) -> None:
        """Add the sums over the examples of this block to those of the blocks before it."""
        in_rows = self.lane_axis != TERMS
        totals = self.sums.over_rows(points) if in_rows else self.sums.over_examples(points)
        for point, total in zip(points, totals):
            place = self.addresses.address(self.kernel.result, point.index)
            before = self.code.load(self.context.memory, place, point.lanes)
            self.code.store(before + total, self.context.memory, place)


def split_axis(count: int, most: int, lanes: int = 1) -> list[Strip]:
    """Split `count` registers into strips of at most `most` at once, avoiding a last one of one.

    A single accumulator would wait for each of its additions to end before the next can begin.

    >>> split_axis(7, 3)
    [Strip(turns=1, unrolled=3, lanes=1), Strip(turns=2, unrolled=2, lanes=1)]
    """
    turns, rest = divmod(count, most)
    sizes = [most] * turns
    if rest == 1 and turns and most > 1:
        sizes[-1:] = [(most + 2) // 2, (most + 1) // 2]
    elif rest:
        sizes.append(rest)
    return [Strip(turns, unrolled, lanes) for unrolled, turns in run_lengths(sizes)]
