"""Lowering kernels: each is a loop nest that computes its members, some side by side in lanes.

Rule: the axes are those of the kernel's grid, the examples ("e") and the terms of a sum ("k"). One
of them is in lanes; of the others some are unrolled, so that a number that was loaded is used more
than once.
"""

from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

from micrograd.compiler.batch import CONSTANT, VARYING, Access, Kernel, Plan, Segment, counted
from micrograd.compiler.codegen.llvm import Code, Int, Lanes
from micrograd.compiler.codegen.straight_line import LINE, CompilationUnit, padded, runs

EXAMPLES, TERMS = "e", "k"
ROWS, VECTORS = (4,), 3  # how far a sum is unrolled, and how many registers stand side by side
REDUCED_ROWS = (4, 2)  # the same for a sum whose terms are in lanes
BLOCK_BYTES = 2**20  # for a block of examples; with a quarter, wide layers were a seventh slower
BLOCK_MOST = 128  # examples
TOGETHER = 64  # kernels in one function: LLVM's time grows faster than a function does


def block_size(plan: Plan, lanes: int, count: int, width: int) -> int:
    """How many examples are computed together: as many as the cache has room for."""
    room = BLOCK_BYTES // (max(plan.varying, 1) * width // 8)
    wanted = min(room, BLOCK_MOST, -(-count // lanes) * lanes)
    return max(wanted // lanes, 1) * lanes


def memory(plan: Plan, block: int) -> int:
    """How many numbers of `work` the kernels need."""
    return padded(plan.shared) + plan.varying * block + LINE


@dataclass(frozen=True)
class Axis:
    """A loop, or several one after the other: `ways` are (turns, how many at once, lanes)."""

    name: int | str
    ways: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Point:
    """Where in the loop nest an accumulator is: its index on each axis, its offset in the tile."""

    index: dict
    offset: dict
    lanes: int
    lane_axis: int | str | None


def lower(
    code: Code, part: CompilationUnit, plan: Plan, spellings, lanes: int, block: int, exact: bool
):
    """Write the loops over blocks of examples and, within, over the kernels."""
    Lowering(code, part, plan, spellings, lanes, block, exact).write()


class Lowering:
    """The state of writing one part."""

    def __init__(self, code, part, plan, spellings: dict[object, Callable], lanes, block, exact):
        self.code, self.part, self.plan, self.spellings = code, part, plan, spellings
        self.lanes, self.block, self.exact = lanes, block, exact
        self.count = part.count if isinstance(part.count, Int) else code.int(part.count)
        self.first, self.here = code.int(0), self.count  # of the examples in this block
        self.order = part.order
        self.enter()
        self.tables: dict[int, object] = {}
        self.rows = runs([s for s in part.inputs if s.stride])  # the first slots, in order

    def enter(self) -> None:
        """Find the arrays; each function has to find its own."""
        self.memory = self.code.array(self.part.array)
        work = self.part.work + padded(self.plan.shared)
        self.examples = self.code.element(self.memory, work)

    def write(self) -> None:
        code = self.code
        self.kernels([kernel for kernel in self.plan.kernels if not kernel.varies])
        if self.plan.varying or self.part.sums or any(s.stride for s in self.part.outputs):
            self.each_sum(lambda x: code.number(0.0))
            with code.loop(self.count, self.block) as (first, _):
                self.first, self.here = first, (self.count - first).at_most(self.block)
                self.load(first)
                self.kernels([kernel for kernel in self.plan.kernels if kernel.varies])
                self.store(first)
            share = 1.0 / self.count.real()
            self.each_sum(lambda x: x * share)
        self.copy()

    # ------------------------------------------------------------------------ in and out of memory

    def each_sum(self, change: Callable) -> None:
        streams = [self.part.outputs[i] for i in sorted(self.part.sums)]
        for _, stream, length in runs(streams):
            with self.code.loop(length) as (i, _):
                place = i + stream.offset
                x = change(self.code.load(self.memory, place))
                self.code.store(x, self.memory, place)

    def load(self, first: Int) -> None:
        """Rows of examples into slots. After the last one it is the last one again."""
        code = self.code
        for slot, stream, length in self.rows:
            source = code.array(stream.array)
            with code.loop(length) as (f, _), code.loop(self.block) as (e, _):
                begin = self.row(stream, (first + e).at_most(self.count - 1))
                place = (f + slot) * self.block + e
                code.store(code.load(source, begin + f), self.examples, place)

    def store(self, first: Int) -> None:
        """What is wanted for each example, from slots to where it is wanted."""
        for output, x in self.plan.copies:
            stream = self.part.outputs[output]
            if not stream.stride:
                continue
            target = self.code.array(stream.array)
            with self.code.loop(self.here) as (e, _):
                value = self.value(x, e)
                begin = self.code.int(stream.offset) * self.part.output_stride
                self.code.store(value, target, begin + (first + e) * stream.stride)

    def value(self, x, e: Int) -> Lanes:
        """The operand x, for example e of the block."""
        if type(x) is float:
            return self.code.number(x)
        slot = int(self.plan.slots[x])
        if self.plan.varies[x]:
            return self.code.load(self.examples, e + slot * self.block)
        return self.code.load(self.memory, slot)

    def copy(self) -> None:
        """Outputs that are inputs or constants."""
        for stream, x, length in self.repeated():
            target = self.code.array(stream.array)
            with self.code.loop(length) as (i, _):
                if type(x) is float:
                    value = self.code.number(x)
                else:
                    value = self.code.load(self.memory, i + int(self.plan.slots[x]))
                self.code.store(value, target, i + stream.offset)

    def repeated(self) -> list[tuple]:
        """(where, what, how many) of copies side by side: of one number, or of neighbours."""
        found: list = []
        for output, x in self.plan.copies:
            stream = self.part.outputs[output]
            if stream.stride:
                continue
            if found and self.follows(*found[-1], stream, x):
                found[-1] = (*found[-1][:2], found[-1][2] + 1)
            else:
                found.append((stream, x, 1))
        return found

    def follows(self, stream, x, length: int, after, y) -> bool:
        if after != replace(stream, offset=stream.offset + length) or type(x) is not type(y):
            return False
        if type(x) is float:
            return x.hex() == y.hex()
        return self.plan.slots[y] == self.plan.slots[x] + length

    # ------------------------------------------------------------------------------ one kernel

    def kernels(self, kernels: list[Kernel]) -> None:
        """One after the other; of many, some at a time are a function of their own."""
        for start in range(0, len(kernels), TOGETHER):
            with self.apart() if len(kernels) > TOGETHER else nullcontext():
                for kernel in kernels[start : start + TOGETHER]:
                    self.kernel(kernel)

    @contextmanager
    def apart(self):
        outside = vars(self).copy()
        needed = [self.first, self.here]
        needed += [self.order] if self.order else []
        with self.code.apart(*needed) as inside:
            self.first, self.here, *order = inside
            self.order = order[0] if order else None
            self.enter()
            yield
        vars(self).update(outside)

    def kernel(self, kernel: Kernel) -> None:
        axes = self.axes(kernel)
        self.nest(kernel, axes, {}, [{}], (1, None))

    def axes(self, kernel: Kernel) -> list[Axis]:
        """The loops, the outermost first."""
        lane = self.lane_axis(kernel)
        sizes = dict(enumerate(kernel.grid))
        if kernel.varies and not kernel.reduces:
            sizes[EXAMPLES] = self.block
        long = any(s.terms > 1 for s in kernel.segments) or kernel.reduces
        tiled = self.tiled(kernel, sizes, lane) if long else {}
        axes = []
        for name, size in sizes.items():
            if name == lane:
                most = VECTORS if long else 1
                ways = shares(size // self.lanes, most, self.lanes)
                ways += shares(size % self.lanes, 1)
            else:
                ways = shares(size, tiled.get(name, 1))
            axes.append(Axis(name, tuple(ways)))
        return sorted(axes, key=lambda axis: (axis.name == lane, axis.name in tiled))

    def tiled(self, kernel: Kernel, sizes: dict, lane) -> dict:
        """Axes to unroll, and how far: along them one factor of a product stays the same."""
        found = []
        for name in reversed([n for n in sizes if n != lane and n != EXAMPLES]):
            factors = [f for s in kernel.segments for f in s.factors]
            if sizes[name] > 1 and any(not depends(f, name) for f in factors):
                found.append(name)
        return dict(zip(found, REDUCED_ROWS if lane == TERMS else ROWS))

    def lane_axis(self, kernel: Kernel):
        if kernel.reduces:
            by_rows = self.row_axis(kernel)
            return TERMS if by_rows is None else by_rows
        if kernel.varies:
            return EXAMPLES
        accesses = [kernel.result, *kernel.accesses()]
        wide = [a for a, size in enumerate(kernel.grid) if size >= self.lanes]

        def regular(axis):
            return sum(self.stride(access, axis) in (0, 1) for access in accesses)

        best = max(wide, key=regular, default=None)
        if best is not None and regular(best) == len(accesses):
            return best
        long = [s for s in kernel.segments if s.terms >= 2 * self.lanes]
        if long and not self.exact and all(
            self.stride(f, TERMS) in (0, 1) for s in long for f in s.factors
        ):  # fmt: skip
            return TERMS
        return best

    def row_axis(self, kernel: Kernel) -> int | None:
        """The axis along which a mean of products reads the rows of examples as they are given."""
        for axis, size in enumerate(kernel.grid):
            factors = [f for f in kernel.segments[0].factors if depends(f, axis)]
            strides = [self.stride(x, axis) for x in (kernel.result, *factors)]
            if size >= self.lanes and strides == [1, self.block] and self.source(*factors, kernel):
                return axis
        return None

    def source(self, access: Access, kernel: Kernel) -> tuple | None:
        """(slot of the first number, where it stands) if the inputs are neighbours in a row."""
        if access.kind != VARYING or access.rows is not None or access.table is not None:
            return None
        ends = [(n - 1) * stride for n, stride in zip(kernel.grid, access.strides)]
        low = access.base + sum(x for x in ends if x < 0)
        high = access.base + sum(x for x in ends if x > 0)
        for slot, stream, length in self.rows:
            if slot <= low and high < slot + length:
                return slot, stream
        return None

    def stride(self, access: Access, axis) -> int | None:
        """From one lane to the next along the axis; None if that is irregular."""
        if access.kind == CONSTANT:
            return 0
        if access.table is not None:
            return 0 if axis == EXAMPLES and access.kind != VARYING else None
        if axis == EXAMPLES:
            return int(access.kind == VARYING)
        scale = self.block if access.kind == VARYING else 1
        if axis == TERMS:
            return None if access.columns is not None else access.along * scale
        return None if access.rows is not None else access.strides[axis] * scale

    def nest(self, kernel: Kernel, axes: list[Axis], index: dict, tiles: list, lanes: tuple):
        """The loops from that axis on."""
        if not axes:
            points = [Point({a: index[a] + t.get(a, 0) for a in index}, t, *lanes) for t in tiles]
            self.body(kernel, points)
            return
        axis, done = axes[0], 0
        for turns, unrolled, width in axis.ways:
            step = unrolled * width
            more = [{**t, axis.name: u * width} for t in tiles for u in range(unrolled)]
            inside = (width, axis.name) if width > 1 else lanes
            if turns == 1:
                at = {**index, axis.name: self.code.int(done)}
                self.nest(kernel, axes[1:], at, more, inside)
                done += step
                continue
            with self.code.loop(turns * step, step) as (i, _):
                self.nest(kernel, axes[1:], {**index, axis.name: i + done}, more, inside)
            done += turns * step

    def body(self, kernel: Kernel, points: list[Point]) -> None:
        if kernel.op:
            for point in points:
                inputs = [self.fetch(access, point, kernel) for access in kernel.inputs]
                self.write_result(kernel, point, self.spellings[kernel.op](*inputs))
        elif kernel.reduces:
            by_rows = self.lane_axis(kernel) != TERMS
            totals = (
                self.over_rows(kernel, points) if by_rows else self.over_examples(kernel, points)
            )
            for point, total in zip(points, totals):
                index = self.address(kernel.result, point.index, kernel)
                before = self.code.load(self.memory, index, point.lanes)
                self.code.store(before + total, self.memory, index)
        else:
            for point, total in zip(points, self.sums(kernel, points)):
                self.write_result(kernel, point, total)

    # ------------------------------------------------------------------------------------- sums

    def sums(self, kernel: Kernel, points) -> list[Lanes]:
        totals: list = [None] * len(points)
        for segment in kernel.segments:
            in_lanes = self.lane_axis(kernel) == TERMS and segment.terms >= 2 * self.lanes
            if segment.terms == 1:
                found = self.products(segment, points, kernel, self.code.int(0))
            elif in_lanes:
                found = self.side_by_side(segment, points, kernel)
            else:
                totals = self.one_by_one(segment, points, kernel, totals)
                continue
            totals = [plus(t, x, segment.negative) for t, x in zip(totals, found)]
        return totals

    def products(self, segment: Segment, points, kernel, term: Int, lanes=None) -> list[Lanes]:
        """The term for each point; what several points need is loaded once."""
        seen: dict = {}
        found = []
        for point in points:
            factors = []
            for factor in segment.factors:
                key = (id(factor), *[o for a, o in point.offset.items() if depends(factor, a)])
                if key not in seen:
                    seen[key] = self.fetch(factor, point, kernel, term, lanes)
                factors.append(seen[key])
            found.append(factors[0] if len(factors) == 1 else factors[0] * factors[1])
        return found

    def one_by_one(self, segment: Segment, points, kernel, totals) -> list[Lanes]:
        """Term after term, in order; the first begins the sum if nothing has."""
        first = 0
        if totals[0] is None:
            found = self.products(segment, points, kernel, self.code.int(0))
            totals, first = [plus(None, x, segment.negative) for x in found], 1
        with self.code.loop(segment.terms - first, carried=tuple(totals)) as (k, state):
            found = self.products(segment, points, kernel, k + first)
            state[:] = [plus(t, x, segment.negative) for t, x in zip(state, found)]
        return state

    def side_by_side(self, segment: Segment, points, kernel) -> list[Lanes]:
        """Terms in lanes, and what is left over one by one."""
        code, lanes = self.code, self.lanes
        whole = segment.terms // lanes * lanes
        zeros = [code.number(0.0, lanes)] * len(points)
        with code.loop(whole, lanes, tuple(zeros)) as (k, state):
            found = self.products(segment, points, kernel, k, lanes)
            state[:] = [t + x for t, x in zip(state, found)]
        totals = [x.total() for x in state]
        for k in range(whole, segment.terms):
            found = self.products(segment, points, kernel, code.int(k))
            totals = [t + x for t, x in zip(totals, found)]
        return totals

    def over_examples(self, kernel: Kernel, points) -> list[Lanes]:
        """The sum over the examples of this block, in lanes; of the last register a part."""
        code, lanes, (segment,) = self.code, self.lanes, kernel.segments
        whole = self.here // lanes * lanes
        zeros = [code.number(0.0, lanes)] * len(points)
        with code.loop(whole, lanes, tuple(zeros)) as (e, state):
            found = self.products(segment, self.with_examples(points, e), kernel, code.int(0))
            state[:] = [t + x for t, x in zip(state, found)]
        valid = code.counting(whole, self.here, lanes)
        with code.loop(self.here - whole, lanes, tuple(state)) as (_, rest):
            found = self.products(segment, self.with_examples(points, whole), kernel, code.int(0))
            rest[:] = [t + valid.choose(x, 0.0) for t, x in zip(rest, found)]
        return [x.total() for x in rest]

    def over_rows(self, kernel: Kernel, points) -> list[Lanes]:
        """The same example after example, with numbers of its row in lanes."""
        code, (segment,) = self.code, kernel.segments
        zeros = tuple(code.number(0.0, point.lanes) for point in points)
        with code.loop(self.here, carried=zeros) as (e, state):
            here = [replace(point, index={**point.index, EXAMPLES: e}) for point in points]
            found = self.products(segment, here, kernel, code.int(0))
            state[:] = [t + x for t, x in zip(state, found)]
        return state

    def row(self, stream, example: Int) -> Int:
        """Where the row of an example begins."""
        if stream.ordered and self.order is not None:
            example = self.code.load_int(self.order, example)
        return example * stream.stride + stream.offset

    def with_examples(self, points, e: Int) -> list[Point]:
        return [Point({**p.index, EXAMPLES: e}, p.offset, self.lanes, EXAMPLES) for p in points]

    # ------------------------------------------------------------------------- loads and stores

    def fetch(self, access: Access, point: Point, kernel: Kernel, term=None, lanes=None) -> Lanes:
        """The input at that point, in lanes; with `lanes`, the terms from `term` on."""
        code = self.code
        lanes, axis = (lanes, TERMS) if lanes else (point.lanes, point.lane_axis)
        if access.kind == CONSTANT:
            return code.number(access.number, lanes)
        if kernel.reduces and axis not in (TERMS, EXAMPLES, None) and depends(access, axis):
            slot, stream = self.source(access, kernel)
            row = self.row(stream, self.first + point.index[EXAMPLES])
            place = row + self.slot(access, point.index) - slot
            return code.load(code.array(stream.array), place, lanes)
        index = {**point.index, TERMS: code.int(0) if term is None else term}
        array = self.examples if access.kind == VARYING else self.memory
        stride = self.stride(access, axis) if lanes > 1 else 0
        if stride == 0:
            one = code.load(array, self.address(access, index, kernel))
            return code.broadcast(one, lanes)
        if stride == 1:
            return code.load(array, self.address(access, index, kernel), lanes)
        return code.gather(array, self.addresses(access, index, axis, lanes, kernel))

    def addresses(self, access, index, axis, lanes, kernel) -> list[Int]:
        moved = [{**index, axis: index[axis] + lane} for lane in range(lanes)]
        return [self.address(access, at, kernel) for at in moved]

    def slot(self, access: Access, index: dict) -> Int:
        """The affine part of where an input stands."""
        place = self.code.int(access.base)
        for axis, stride in enumerate(access.strides):
            if stride:
                place = place + index[axis] * stride
        return place

    def address(self, access: Access, index: dict, kernel: Kernel) -> Int:
        code = self.code
        term = index.get(TERMS, code.int(0))
        place = self.slot(access, index)
        if access.along:
            place = place + term * access.along
        if access.rows is not None:
            place = place + self.looked_up(access.rows, self.member(index, kernel))
        if access.columns is not None:
            place = place + self.looked_up(access.columns, term)
        if access.table is not None:
            at = self.member(index, kernel) * access.table.shape[1] + term
            place = self.looked_up(access.table, at)
        if access.kind == VARYING:
            place = place * self.block + index[EXAMPLES]
        return place

    def looked_up(self, numbers, index: Int) -> Int:
        if id(numbers) not in self.tables:
            self.tables[id(numbers)] = self.code.table(numbers.ravel().tolist())
        return self.code.load_int(self.tables[id(numbers)], index)

    def member(self, index: dict, kernel: Kernel) -> Int:
        """The number of the member at that place of the grid."""
        found = self.code.int(0)
        for axis, size in enumerate(kernel.grid):
            found = found * size + index[axis]
        return found

    def write_result(self, kernel: Kernel, point: Point, x: Lanes) -> None:
        code, access = self.code, kernel.result
        array = self.examples if access.kind == VARYING else self.memory
        x = code.broadcast(x, point.lanes)
        if point.lanes == 1 or self.stride(access, point.lane_axis) == 1:
            code.store(x, array, self.address(access, point.index, kernel))
        else:
            index = self.addresses(access, point.index, point.lane_axis, point.lanes, kernel)
            code.scatter(x, array, index)


def shares(count: int, most: int, lanes: int = 1) -> list[tuple[int, int, int]]:
    """Ways to go through so many, `most` at once; at the end rather two and two than three and one.

    A single one would wait for each of its additions to end before the next begins.
    """
    turns, rest = divmod(count, most)
    sizes = [most] * turns + [rest] * bool(rest)
    if rest == 1 and turns and most > 1:
        sizes[-2:] = [(most + 2) // 2, (most + 1) // 2]
    return [(turns, at_once, lanes) for at_once, turns in counted(sizes)]


def depends(access: Access, axis) -> bool:
    """Whether the input is another one further along the axis."""
    if access.kind == CONSTANT:
        return False
    if axis == EXAMPLES:
        return access.kind == VARYING
    if access.table is not None or access.rows is not None:
        return True
    return bool(access.strides[axis])


def plus(total: Lanes | None, x: Lanes, negative: bool) -> Lanes:
    if total is None:
        return -x if negative else x
    return total - x if negative else total + x
