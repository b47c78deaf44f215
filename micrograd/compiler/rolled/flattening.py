"""Flattening: the kernels of a part, and of all that it calls, in one list.

Rule: a part's own places are few; a scope knows where the numbers of each of them stand, in all
turns of the loops around the part.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from micrograd.compiler.lines import changes_in_line, without_repeats
from micrograd.compiler.program import Operand
from micrograd.compiler.rolled.blocks import Array, Blocks, Places, Terms, is_places
from micrograd.compiler.rolled.calls import Call, Part
from micrograd.compiler.rolled.phases import Region, Step, steps_of
from micrograd.compiler.rolled.templates import NOTHING, Template, TemplateKernel


def flatten(part: Part, bundles: Sequence[Places], blocks: Blocks) -> Places:
    """Return where the outputs of the outermost part stand; its kernels are in `blocks`."""
    return Flattener(blocks).run(part, bundles, 0)


def results_of(template: Template, inputs: Sequence[Array], blocks: Blocks) -> Places:
    """Return where the one output of a template stands at each place of its inputs."""
    arrays = [x if is_places(x) else blocks.constants(x) for x in inputs]
    nothing = np.zeros(0, np.int64)
    scope = Scope(blocks, template.count, max(x.ndim for x in arrays), nothing)
    for i, x in enumerate(arrays):
        scope.put(np.array([i]), x[..., None])
    scope.run(template, np.arange(template.count))
    return scope.outputs(template.program.outputs)[..., 0]


class Scope:
    """The numbers of a part where it is called: for each of its places, those of all turns.

    `outer` says how many loops are around it. Its first places are those of `parameters`, which
    have an axis for each of these loops, and a last one for the numbers.
    """

    def __init__(self, blocks: Blocks, count: int, outer: int, parameters: Places) -> None:
        self.blocks, self.outer = blocks, outer
        self.arrays = [parameters]
        self.first = parameters.shape[-1]  # place after these. From there on two arrays have
        size = count - self.first + 1  # (and a last entry, for the places before it)
        self.owner = np.full(size, NOTHING, np.int32)  # the number of an array,
        self.offset = np.zeros(size, np.int64)  # and an index on its last axis

    def put(self, places: Places | range, array: Places, offsets: Places | None = None) -> None:
        """Note where the numbers of some places stand: along the last axis of an array.

        They stand there at `offsets`, or in order.
        """
        run = slice_of(places)
        index = np.asarray(places) - self.first if run is None else shift(run, -self.first)
        self.owner[index] = len(self.arrays)
        self.offset[index] = np.arange(array.shape[-1]) if offsets is None else offsets
        self.arrays.append(array)

    def name(self, places: Places, others: Places) -> None:
        """Let places stand for the same numbers as others."""
        index = places - self.first
        self.owner[index], self.offset[index] = self.find(others, None)

    def find(self, places: Places, run: slice | None) -> tuple[Places, Places]:
        """Return the array in which the number of each place stands, and its index there.

        `run` are the places if they stand side by side.
        """
        if run is not None and run.start >= self.first:
            at = shift(run, -self.first)
            return self.owner[at].reshape(places.shape), self.offset[at].reshape(places.shape)
        index = places - self.first
        if index.min(initial=0) >= 0:
            return self.owner[index], self.offset[index]
        is_own, index = index < 0, np.maximum(index, -1)
        owners = np.where(is_own, 0, self.owner[index])
        owners[places == NOTHING] = NOTHING
        return owners, np.where(is_own, places, self.offset[index])

    def read(self, places: Places | range) -> Places:
        """Return where the numbers stand: an axis for each loop around, then those of `places`."""
        run = slice_of(places)
        if run is not None and run.stop <= self.first:
            return entries(self.arrays[0], places)
        places = np.asarray(places)
        owners, offsets = self.find(places, run)
        assert (owners >= 0).sum() == (places != NOTHING).sum(), "a number is read too early"
        first = int(owners.min(initial=len(self.arrays)))
        if first == owners.max(initial=NOTHING) and first >= 0:
            return entries(self.arrays[first], offsets)
        counts = np.bincount(owners[owners >= 0])
        arrays = {i: self.arrays[i] for i in np.flatnonzero(counts)}
        outer = np.broadcast_shapes(*[x.shape[:-1] for x in arrays.values()])
        out = np.full((*outer, *places.shape), self.blocks.zero())
        for i, array in arrays.items():
            mask = owners == i
            out[..., mask] = array[..., offsets[mask]]
        return out

    def outputs(self, operands: Sequence[Operand]) -> Places:
        """Return where outputs stand, along the last axis."""
        if float not in map(type, operands):
            return self.read(np.array(operands, np.int64))
        parts = [
            self.constant(x) if isinstance(x, float) else self.read(np.array([x])) for x in operands
        ]
        outer = np.broadcast_shapes(*[x.shape for x in parts])
        return np.concatenate([np.broadcast_to(x, outer) for x in parts], axis=-1)

    def constant(self, x: float) -> Places:
        return self.blocks.constants(np.array([x])).reshape((1,) * self.outer + (1,))

    # ------------------------------------------------------------------------------------- kernels

    def run(self, template: Template, places: Places) -> None:
        """Add the kernels of a template. `places` has the scope's place of each of its own."""
        for digits, place in template.constants.items():
            self.put(places[place : place + 1], self.constant(float.fromhex(digits)))
        for kernel in template.kernels:
            results = self.results(kernel, places)
            grid = kernel.results.shape
            outer = results.shape[: results.ndim - len(grid)]
            whole = np.broadcast_to(results, (*outer, *grid))
            members = kernel.results.ravel()
            there = np.flatnonzero(members != NOTHING)
            self.put(places[members[there]], whole.reshape(*outer, -1), there)

    def results(self, kernel: TemplateKernel, places: Places) -> Places:
        if kernel.op is None:
            sums = []
            for terms in kernel.sums:
                factors = [self.operand(x, places) for x in terms.factors]
                sums.append(Terms(terms.negative, factors))
            return self.blocks.add_sum(sums, kernel.is_completed)
        *inputs, last = [self.operand(x, places) for x in kernel.inputs]
        if not kernel.is_of_many:
            last = last[..., 0]
        return self.blocks.add_op(kernel.op, [*[x[..., 0] for x in inputs], last])

    def operand(self, matrix: Array, places: Places) -> Array:
        """Return an operand of a template's kernel, members x terms, in all turns."""
        if matrix.ndim == 2 and is_same_for_all(matrix.view(np.int64)):
            matrix = matrix[:1]
        if not is_places(matrix):
            return matrix.reshape((1,) * self.outer + matrix.shape)
        return self.read(np.where(matrix == NOTHING, NOTHING, places[matrix]))


def is_same_for_all(matrix: Places) -> bool:
    """Return whether all rows of a matrix are the first one."""
    if changes_in_line(matrix, 0):
        return False
    return bool((matrix == matrix[:1]).all())


def entries(array: Places, offsets: Places | range) -> Places:
    """Return entries of the last axis: a view if they stand side by side."""
    run = slice_of(offsets)
    if run is None:
        return np.asarray(array[..., offsets])
    view = array[..., run]
    shape = np.shape(offsets) if isinstance(offsets, np.ndarray) else (len(offsets),)
    return view.reshape(*view.shape[:-1], *shape)


def shift(run: slice, distance: int) -> slice:
    return slice(run.start + distance, run.stop + distance)


def slice_of(places: Places | range) -> slice | None:
    """Return places that stand side by side, in order, as a slice; None for others.

    >>> slice_of(np.array([[4, 5], [6, 7]])), slice_of(np.array([4, 6, 5, 7]))
    (slice(4, 8, None), None)
    """
    if isinstance(places, range):
        return slice(places.start, places.stop)
    if not places.size:
        return None
    first, last = int(places.flat[0]), int(places.flat[-1])
    if first < 0 or last != first + places.size - 1:
        return None
    is_run = (places.ravel() == np.arange(first, last + 1)).all()
    return slice(first, last + 1) if is_run else None


# --------------------------------------------------------------------------------- parts and calls


class Flattener:
    """Writes the kernels of parts into one list."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.steps: dict[int, list[Step]] = {}  # of each part, by its id
        self.templates: dict[int, Template] = {}  # of each region

    def run(self, part: Part, bundles: Sequence[Places], outer: int) -> Places:
        """Add the kernels of a part; return where its outputs stand, along the last axis.

        `bundles` have an axis for each of the `outer` loops, and a last one for their numbers.
        """
        steps = self.steps_of(part)
        more = sum(self.template_of(step).count for step in steps if isinstance(step, Region))
        parameters, *arguments = bundles
        scope = Scope(self.blocks, part.count + more, outer, parameters)
        _, *sizes = part.sizes
        for start, size, bundle in zip(accumulate(sizes, initial=0), sizes, arguments):
            scope.put(part.order[start : start + size], bundle)
        free = part.count
        for step in steps:
            if isinstance(step, Region):
                free = self.region(scope, step, free)
            else:
                self.group(scope, step)
        return scope.outputs(part.outputs)

    def steps_of(self, part: Part) -> list[Step]:
        if id(part) not in self.steps:
            self.steps[id(part)] = steps_of(part)
        return self.steps[id(part)]

    def template_of(self, region: Region) -> Template:
        if id(region) not in self.templates:
            self.templates[id(region)] = Template(region.program, self.blocks.fewest)
        return self.templates[id(region)]

    def region(self, scope: Scope, region: Region, free: int) -> int:
        """Add the kernels of instructions; return the first place that is free after them."""
        template = self.template_of(region)
        own = free + np.arange(template.count - template.inputs)
        places = np.concatenate([np.array(region.inputs, np.int64), own])
        scope.run(template, places)
        pairs = list(zip(region.outputs, template.program.outputs))
        for place, x in pairs:
            if isinstance(x, float):
                scope.put(np.array([place]), scope.constant(x))
        named = np.array([pair for pair in pairs if isinstance(pair[1], int)], np.int64)
        here, inner = named.reshape(-1, 2).T
        scope.name(here, places[inner])
        return free + len(own)

    # ------------------------------------------------------------------------------ groups of calls

    def group(self, scope: Scope, calls: list[Call]) -> None:
        """Add the kernels of calls that wait for nothing: loops over modules and over their calls.

        Modules that are called equally often are one box of calls.
        """
        rows: dict[int, list[Call]] = {}
        for call in calls:
            rows.setdefault(id(call.parameters), []).append(call)
        boxes: dict[int, list[list[Call]]] = {}
        for row in sorted(rows.values(), key=first_parameter):
            boxes.setdefault(len(row), []).append(row)
        for box in boxes.values():
            self.box(scope, box)

    def box(self, scope: Scope, rows: list[list[Call]]) -> None:
        """Add the kernels of modules x calls of one part."""
        part = rows[0][0].part
        bundles = [self.parameters(scope, [row[0].parameters for row in rows])]
        for i in range(len(part.sizes) - 1):
            box = stacked([stacked([call.arguments[i] for call in row]) for row in rows])
            bundles.append(scope.read(without_repeats(box, end=2)))
        firsts = np.array([[call.first for call in row] for row in rows])
        results = firsts[..., None] + np.arange(len(part.outputs))
        outputs = self.run(part, bundles, scope.outer + 2)
        outer = outputs.shape[: scope.outer]
        shape = (*outer, *results.shape)
        outputs = np.broadcast_to(outputs, shape)
        scope.put(results.ravel(), outputs.reshape(*outer, -1))

    def parameters(self, scope: Scope, places: list[Places | range]) -> Places:
        """Return where the parameters of modules stand; the axis of their calls is 1 long."""
        if len(places) == 1:
            return scope.read(places[0])[..., None, None, :]
        return scope.read(without_repeats(np.stack(places)[:, None], end=2))


def stacked(arrays: list[Places]) -> Places:
    """Return arrays with a new first axis: a view of one alone."""
    return arrays[0][None] if len(arrays) == 1 else np.stack(arrays)


def first_parameter(row: list[Call]) -> list[int]:
    """Return the place of the first parameter of calls of one module, if it has any."""
    return list(row[0].parameters[:1])
