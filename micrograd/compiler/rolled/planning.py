"""Planning: kernels over arrays of places become kernels that can be lowered.

Rule: each block has memory of its own. An operand that is not affine is copied side by side first,
if its numbers are read often, and looked up in a table otherwise.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import chain

import numpy as np

from micrograd.compiler.access import CONSTANT, SHARED, VARYING, Access, Grid, is_separable
from micrograd.compiler.batch import MOST_SINGLE_TERMS
from micrograd.compiler.lines import distinct
from micrograd.compiler.nodes import EXTREMES
from micrograd.compiler.packing import READS
from micrograd.compiler.plan import Kernel, Plan, Segment
from micrograd.compiler.rolled.blocks import (
    Array,
    ArrayKernel,
    Blocks,
    Places,
    Terms,
    is_places,
)
from micrograd.compiler.rolled.calls import ENDING
from micrograd.compiler.rolled.flattening import results_of
from micrograd.compiler.rolled.grids import affine, best_grid, simplest
from micrograd.compiler.rolled.partials import program_of_op
from micrograd.compiler.rolled.slots import NOWHERE, GivenSlots, Slots
from micrograd.compiler.rolled.templates import Template
from micrograd.compiler.trace import expand
from micrograd.ops import Op, detach

# The memories. Where that of all examples is only read, its constants are an array of their own.
OF_EXAMPLE, OF_ALL, OF_CONSTANTS = range(3)


class RolledPlanner:
    """Makes the plan of `blocks`, in the ops of `targets`.

    `given_slots` are those of places that are there before, or are wanted somewhere. The first
    `varying` slots are taken by the example, and shared memory from `work` on is free. Without
    `packs` nothing is copied for speed, and copies pass grads on.
    """

    def __init__(
        self,
        blocks: Blocks,
        targets: Container[Op],
        given_slots: GivenSlots,
        varying: int,
        work: int,
        packs: bool = True,
    ) -> None:
        self.packs = packs
        self.blocks, self.targets, self.given_slots = blocks, targets, given_slots
        self.varying, self.work, self.shared = varying, work, work
        self.constants: list[tuple[int, np.ndarray]] = []
        self.aliases: list[tuple[Places, Places]] = []  # two names of the same numbers
        self.kernels: list[Kernel] = []
        self.templates: dict[Op, Template] = {}  # of ops for which the target has no word
        self.tables: dict[tuple[Grid, bytes], np.ndarray] = {}  # of accesses

    def plan(self) -> Plan:
        """Return the plan, without the slots of places. Its caller adds outputs to be copied."""
        kernels = self.blocks.replace_each(self.add_with_detached_maxima)
        self.known = self.blocks.places_and_constants()
        self.allocate()
        for kernel in kernels:
            self.add(kernel)
        self.blocks.kernels = []  # whose arrays are large, and read no more
        return Plan(
            self.kernels,
            constants=self.constants,
            shared=self.shared - self.work,
            varying=self.varying,
            copies=[],
            slots=np.empty(0, np.int64),
            varies=(),
            has_repeats=True,
        )

    def plan_with_slots(self) -> Plan:
        """Return the plan with the slot of each place, for outputs that somebody reads there."""
        plan = self.plan()
        varies = np.repeat(self.blocks.varies, self.blocks.sizes)
        return replace(plan, slots=self.slots.of_all(), varies=varies)

    def add_with_detached_maxima(self, kernel: ArrayKernel) -> None:
        """Add a kernel. A maximum of many is detached, and exports say so with an op."""
        if self.packs or kernel.op not in EXTREMES or not kernel.is_of_many:
            self.expand(kernel)
            return
        attached = self.blocks.new(kernel.results.shape, self.kind(kernel.results) == VARYING)
        self.expand(replace(kernel, results=attached))
        self.blocks.add(ArrayKernel(detach, kernel.results, [attached]))

    def expand(self, kernel: ArrayKernel) -> None:
        """Add a kernel, or those of what its op computes if the target has no word for it."""
        if kernel.op is ENDING:
            kernel = replace(kernel, op=detach)
        op, inputs = kernel.op, kernel.inputs
        if op is None or op in self.targets:
            self.blocks.add(kernel)
            return
        if kernel.is_of_many:
            inputs = [*inputs[:-1], *np.moveaxis(inputs[-1], -1, 0)]
        if op not in self.templates:
            self.templates[op] = Template(expand(program_of_op(op), self.targets))
        known = self.blocks.count
        results = results_of(self.templates[op], inputs, self.blocks)
        if results.min() >= known and self.kind(results) == self.kind(kernel.results):
            self.aliases.append((kernel.results, results))
        else:  # a constant, or an input
            self.blocks.add(self.copy_kernel(kernel.results, results))

    def copy_kernel(self, results: Places, x: Places) -> ArrayKernel:
        """Return the kernel of a copy: grads are made by now, or it is a sum of one term."""
        if self.packs:
            return ArrayKernel(detach, results, [x])
        return ArrayKernel(None, results, sums=[Terms(False, [x[..., None]])])

    # -------------------------------------------------------------------------------------- memory

    def allocate(self) -> None:
        """Give the blocks their memory, but for places that have a slot."""
        blocks = self.blocks
        self.slots = slots = Slots(blocks.starts, blocks.count)
        for places, where in self.given_slots:
            slots.put(places, where)
        free, lengths = slots.firsts == NOWHERE, slots.lengths
        varies = np.array(blocks.varies)[blocks.blocks_of(slots.starts)]
        for runs, kind in ((free & varies, True), (free & ~varies, False)):
            ends = np.cumsum(lengths[runs])
            first = self.reserve(kind, int(lengths[runs].sum()))
            slots.firsts[runs] = first + ends - lengths[runs]
        for number, constants in blocks.numbers.items():
            start = np.array([blocks.starts[number]])
            self.constants.append((int(slots[start][0]), constants))
        for places, results in self.aliases:
            same = np.broadcast_to(slots[results], places.shape)
            slots.put(places.ravel(), same.ravel())

    def reserve(self, varies: bool, count: int) -> int:
        """Return the first of that many slots, of the memory of each example or of the shared."""
        if varies:
            self.varying += count
            return self.varying - count
        self.shared += count
        return self.shared - count

    def reserve_box(self, varies: bool, shape: Grid) -> Places:
        """Return slots for an array of that shape, side by side."""
        size = int(np.prod(shape))
        first = self.reserve(varies, size)
        return np.arange(first, first + size).reshape(shape)

    # ------------------------------------------------------------------------------------- kernels

    def add(self, kernel: ArrayKernel) -> None:
        """Append the kernel, behind the copies that it reads."""
        sums = chain.from_iterable(map(self.in_arrays, kernel.sums))
        kernel = replace(kernel, sums=list(sums))
        is_sum = kernel.op is None
        varies = kernel.is_mean or self.kind(kernel.results) == VARYING
        operands = [self.in_one_memory(x) for x in each_operand(kernel)]
        kinds, rank = list(map(self.kind, operands)), kernel.results.ndim
        with_terms = operands if is_sum else [x[..., None] for x in operands]
        arrays = [kernel.results[..., None], *with_terms]
        arrays = [x.reshape((1,) * (rank + 1 - x.ndim) + x.shape) for x in arrays]
        places = [self.slots[x] if is_places(x) else x for x in arrays]
        grid, (target, *places) = best_grid(kernel.results.shape, places)
        accesses = [self.access(kind, x, grid) for kind, x in zip(kinds, places)]
        result = self.simplest(self.kind(kernel.results), target, grid)
        segments = segments_of(kernel, iter(accesses)) if is_sum else ()
        inputs = () if is_sum else tuple(accesses)
        level = len(self.kernels) + 1
        self.kernels.append(
            Kernel(kernel.op, varies, kernel.is_mean, level, grid, result, inputs, segments)
        )

    def in_arrays(self, terms: Terms) -> list[Terms]:
        """Return the terms, split where each may stand in an array of its own."""
        slots = [self.slots[x] for x in terms.factors if is_places(x)]
        if self.packs and all(is_separable(x.reshape(-1, x.shape[-1])) for x in slots):
            return [terms]
        return single_terms(terms)

    def kind(self, x: Array) -> str:
        """Return the memory in which the numbers stand."""
        if not is_places(x):
            return CONSTANT
        block = self.blocks.block_at(int(x.flat[0]))
        return VARYING if self.blocks.varies[block] else SHARED

    def in_one_memory(self, x: Array) -> Array:
        """Return a number for an operand that is one, and copies for numbers in two memories."""
        if not is_places(x):
            return x
        if self.is_one_constant(x):
            return np.full((1,) * x.ndim, self.constants_at(x.flat[:1])[0])
        blocks = self.blocks.blocks_met(x)
        of_blocks = list(map(self.memory, blocks.tolist()))
        if len(set(of_blocks)) == 1:
            return x
        memories = np.array(of_blocks)[np.searchsorted(blocks, self.blocks.blocks_of(x))]
        varies = memories == OF_EXAMPLE
        if not self.packs and varies.any() and (varies | (self.bits(x) == 0)).all():
            return np.where(varies, x, self.varying_zero)
        copies = self.new_varying(x.shape)
        for memory in distinct(memories):
            mask = memories == memory
            self.add(self.copy_kernel(copies[mask], x[mask]))
        return copies

    def is_one_constant(self, x: Places) -> bool:
        """Return whether all of these places have the same constant."""
        first = x.flat[:1]
        if self.blocks.block_at(int(first[0])) not in self.blocks.numbers:
            return False
        if np.isnan(self.constants_at(first)[0]):
            return False
        return bool((self.bits(x) == self.bits(first)).all())

    def bits(self, x: Places) -> np.ndarray:
        """Return the constants at these places as integers, which tell 0.0 from -0.0."""
        return self.constants_at(x).view(np.int64)

    def constants_at(self, x: Places) -> np.ndarray:
        """Return the constant at each place, nan for a number that is none."""
        places, numbers = self.known
        index = np.searchsorted(places, x, side="right") - 1
        return np.where(places[index] == x, numbers[index], np.nan)

    def memory(self, block: int) -> int:
        """Return in which memory a block stands."""
        if block in self.blocks.numbers and not self.blocks.once:
            return OF_CONSTANTS
        return OF_EXAMPLE if self.blocks.varies[block] else OF_ALL

    def new_varying(self, shape: Grid) -> Places:
        """Return new places, with memory of each example."""
        places = self.blocks.new(shape, True)
        self.slots.append(places.size, self.reserve(True, places.size))
        return places

    @cached_property
    def varying_zero(self) -> int:
        """The place of a 0 of each example, for sums some of whose factors are missing."""
        place = self.new_varying((1,))
        self.add(ArrayKernel(None, place, sums=[Terms(False, [np.zeros((1, 1))])]))
        return int(place[0])

    # ------------------------------------------------------------------------------------ accesses

    def access(self, kind: str, x: Array, grid: Grid) -> Access:
        """Return how the kernel reaches an operand."""
        if kind == CONSTANT:
            return self.constant(x)
        access = affine(kind, x)
        if access is None and self.packs and np.prod(grid) * x.shape[-1] >= READS * x.size:
            return self.copy(kind, x)
        return access or self.simplest(kind, x, grid)

    def simplest(self, kind: str, x: Places, grid: Grid) -> Access:
        """Return the simplest access; equal tables, as those of layers, are one object."""
        access = simplest(kind, x, grid)
        return replace(
            access,
            member_offsets=self.shared_table(access.member_offsets),
            term_offsets=self.shared_table(access.term_offsets),
            offset_table=self.shared_table(access.offset_table),
        )

    def shared_table(self, x: np.ndarray | None) -> np.ndarray | None:
        """Return the first table that equals this one."""
        return None if x is None else self.tables.setdefault((x.shape, x.tobytes()), x)

    def constant(self, x: np.ndarray) -> Access:
        if x.size == 1:
            return Access(CONSTANT, number=float(x.flat[0]))
        slots = self.reserve_box(False, x.shape)
        self.constants.append((int(slots.flat[0]), x.ravel()))
        return regular(SHARED, slots)

    def copy(self, kind: str, x: Places) -> Access:
        """Return the access to a copy of the numbers, side by side; terms are the outermost."""
        box = np.moveaxis(x, -1, 0)
        slots = self.reserve_box(kind == VARYING, box.shape)
        line, (target, places) = best_grid(box.shape, [slots[..., None], box[..., None]])
        result, source = regular(kind, target), self.simplest(kind, places, line)
        level = len(self.kernels) + 1
        self.kernels.append(Kernel(detach, kind == VARYING, False, level, line, result, (source,)))
        return regular(kind, np.moveaxis(slots, 0, -1))


def each_operand(kernel: ArrayKernel) -> list[Array]:
    """Return the operands, those of an op of many numbers one by one."""
    if not kernel.is_of_many:
        return kernel.operands()
    *inputs, many = kernel.inputs
    return [*inputs, *np.moveaxis(many, -1, 0)]


def single_terms(terms: Terms) -> list[Terms]:
    """Split a short sum into single terms, each of which may stand in an array of its own."""
    count = max(x.shape[-1] for x in terms.factors)
    if count > MOST_SINGLE_TERMS:
        return [terms]
    rows = [[x[..., min(i, x.shape[-1] - 1), None] for x in terms.factors] for i in range(count)]
    return [Terms(terms.negative, factors) for factors in rows]


def segments_of(kernel: ArrayKernel, accesses: Iterator[Access]) -> tuple[Segment, ...]:
    segments = []
    for terms in kernel.sums:
        count = max(x.shape[-1] for x in terms.factors)
        factors = tuple(next(accesses) for _ in terms.factors)
        segments.append(Segment(terms.negative, count, factors))
    return tuple(segments)


def regular(kind: str, places: Places) -> Access:
    """Return the access to places that are known to be affine."""
    access = affine(kind, places)
    assert access is not None
    return access
