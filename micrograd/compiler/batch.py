"""Batching: the instructions of a program in kernels, each of which is one loop nest.

Rule: nodes of the same op and kinds of inputs that run at the same time (schedule.py says when) are
one kernel, and its results stand side by side. Then most operands are affine in the member's index
and in the number of the term: a sum of products of such operands is a matrix product.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from micrograd.compiler.access import (
    CONSTANT,
    SHARED,
    VARYING,
    Access,
    Grid,
    ascending,
    common_grid,
    fit_access,
)
from micrograd.compiler.fusion import Fusion
from micrograd.compiler.lines import run_lengths
from micrograd.compiler.nodes import Node, Term, dependencies_of, nodes_of
from micrograd.compiler.packing import ordered_terms, scattered_box, spread
from micrograd.compiler.plan import Kernel, Plan, Segment
from micrograd.compiler.program import Operand, Operands, Program
from micrograd.compiler.schedule import WORTHWHILE, Group, Signature, schedules
from micrograd.ops import detach

MOST_SINGLE_TERMS = 3  # a sum of at most so many terms of one kind has an access for each
OperandColumn = list[list[Operand]]  # one operand of a kernel: members x terms


def batch_program(
    program: Program,
    varies: Sequence[bool],
    input_slots: dict[int, int],
    results: dict[int, int],
    means: Iterable[int],
    work: int,
    exact: bool,
    least: float = 0.0,
    fewest: bool = False,
) -> Plan | None:
    """Return the kernels of a program, or None if they have fewer members than `least` on average.

    `varies` says whether each place differs from example to example, `input_slots` has the slot of
    each shared input, `results` says where each output is wanted, and `means` which outputs are
    means over the examples. Memory from `work` on is free. With `fewest`, the plan of the fewest
    kernels is taken, and otherwise that of the fewest operands that are not affine, most of which
    are copied side by side first.
    """
    planner = KernelPlanner(
        program, varies, input_slots, results, set(means), work, exact, packs=not fewest
    )
    worthwhile = 1.0 if fewest else WORTHWHILE
    groupings = schedules(planner.signatures, dependencies_of(planner.nodes), worthwhile)
    if len(planner.nodes) < least * len(groupings[0]):
        return None
    if fewest:
        smallest: list[Group] = min(groupings, key=len)
        return planner.plan(smallest)
    return min(map(planner.plan, groupings), key=Plan.irregular)


# ----------------------------------------------------------------------------------------- memory


@dataclass
class SlotAllocator:
    """The memory of one plan while it is made: where places stand, and what is still free."""

    slots: np.ndarray
    next_shared: int
    varying: int = 0
    constants: list[tuple[int, np.ndarray]] = field(default_factory=list)

    def allocate_varying(self, count: int) -> np.ndarray:
        self.varying += count
        return np.arange(self.varying - count, self.varying)

    def allocate_shared(self, count: int) -> np.ndarray:
        self.next_shared += count
        return np.arange(self.next_shared - count, self.next_shared)

    def place_constants(self, matrix: np.ndarray) -> np.ndarray:
        """Return where the constants stand. Equal rows of them are placed once."""
        rows, inverse = unique_in_order(matrix)
        places = self.allocate_shared(rows.size).reshape(rows.shape)
        self.constants.append((int(places[0, 0]), rows.ravel()))
        return np.asarray(places[inverse])


def unique_in_order(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different rows in the order of their first use, and which of them each row is."""
    numbers: dict[bytes, int] = {}
    inverse = np.array([numbers.setdefault(row.tobytes(), len(numbers)) for row in matrix])
    firsts = np.unique(inverse, return_index=True)[1]
    return matrix[firsts], inverse


# --------------------------------------------------------------------------------------- planning


class KernelPlanner:
    """A program's nodes, each with its signature; `plan` makes kernels of groups of them."""

    def __init__(
        self,
        program: Program,
        varies: Sequence[bool],
        input_slots: dict[int, int],
        results: dict[int, int],
        means: set[int],
        work: int,
        exact: bool,
        packs: bool,
    ):
        self.program, self.varies, self.means, self.packs = program, varies, means, packs
        self.input_slots, self.results, self.work, self.exact = input_slots, results, work, exact
        self.kinds = [VARYING if x else SHARED for x in varies]
        self.wanted, self.copies = self.destinations()
        self.nodes = nodes_of(program, varies, means, exact)
        for node in self.nodes:
            self.arrange_terms(node)
        self.signatures = [self.signature(node) for node in self.nodes]

    def plan(self, groups: Iterable[Group]) -> Plan:
        """Return the plan in which each group of nodes is one kernel."""
        memory = self.memory_with_inputs()
        kernels: list[Kernel] = []
        for level, ids in groups:
            members = [self.nodes[i] for i in ids]
            kernels += self.kernels(level, self.signatures[ids[0]], members, memory)
        if self.packs:  # an export has one op in each kernel
            kernels = Fusion(kernels, self.slots_of_copies(memory)).fuse()
        return Plan(
            kernels,
            constants=memory.constants,
            shared=memory.next_shared - self.work,
            varying=memory.varying,
            copies=self.copies,
            slots=memory.slots,
            varies=self.varies,
        )

    def slots_of_copies(self, memory: SlotAllocator) -> list[int]:
        """Return the slots of varying numbers that are copied at the end."""
        copied = [x for _, x in self.copies if isinstance(x, int) and self.varies[x]]
        return memory.slots[copied].tolist()

    def memory_with_inputs(self) -> SlotAllocator:
        memory = SlotAllocator(np.zeros(len(self.varies), np.int64), self.work)
        for place in range(len(self.program.input_names)):
            if self.varies[place]:
                (memory.slots[place],) = memory.allocate_varying(1)
            else:
                memory.slots[place] = self.input_slots[place]
        return memory

    def destinations(self) -> tuple[dict[int, int], list[tuple[int, Operand]]]:
        """Return the places that are computed where an output is wanted, and all other outputs.

        The others, (output, place or number), are copied there at the end.
        """
        wanted: dict[int, int] = {}
        copies: list[tuple[int, Operand]] = []
        for i, x in enumerate(self.program.outputs):
            if i in self.means:
                continue
            if i in self.results and self.is_computed_once(x) and x not in wanted:
                wanted[int(x)] = self.results[i]
            else:
                copies.append((i, x))
        return wanted, copies

    def is_computed_once(self, x: Operand) -> bool:
        """Return whether an instruction computes `x`, once for all examples."""
        first = len(self.program.input_names)
        return isinstance(x, int) and x >= first and not self.varies[x]

    # ---------------------------------------------------------------------------------- signatures

    def kind(self, x: Operand) -> str:
        return CONSTANT if isinstance(x, float) else self.kinds[x]

    def arrange_terms(self, node: Node) -> None:
        """Order the factors of each term and, unless sums must be exact, the terms by kind."""
        node.terms = [(negative, self.ordered_factors(factors)) for negative, factors in node.terms]
        node.term_kinds = list(map(self.term_kind, node.terms))
        if not self.exact and len(set(node.term_kinds)) > 1:
            node.terms.sort(key=self.term_kind)
            node.term_kinds.sort()

    def ordered_factors(self, factors: Operands) -> Operands:
        swapped = len(factors) == 2 and self.kind(factors[0]) > self.kind(factors[1])
        return factors[::-1] if swapped else factors

    def term_kind(self, term: Term) -> tuple[Any, ...]:
        negative, factors = term
        return (len(factors), negative, *map(self.kind, factors))

    def signature(self, node: Node) -> Signature:
        """Return what the members of a kernel have in common."""
        varies = node.is_mean or self.varies[node.place]
        wanted = node.is_mean or node.place in self.wanted
        start = (varies, wanted, node.is_mean)
        if node.op:
            return (*start, id(node.op), *map(self.kind, node.inputs))
        return (*start, *run_lengths(node.term_kinds))

    # --------------------------------------------------------------------------- one kernel, copies

    def kernels(
        self, level: int, signature: Signature, members: Sequence[Node], memory: SlotAllocator
    ) -> list[Kernel]:
        """Return one kernel of the members, behind the copies that it reads."""
        varies, wanted, is_mean = signature[:3]
        result = self.allocate_results(members, varies, wanted, is_mean, memory)
        columns = self.columns(members)
        matrices = [operand_matrix(column, memory.slots) for column in columns]
        if self.packs and not self.exact and not members[0].op:
            matrices = list(with_ordered_terms(members[0], matrices))
        places = [result, *[m[:, 0] for m in matrices if m.dtype == np.int64]]
        grid = common_grid(places) or (len(members),)
        pairs = zip(matrices, columns)
        accesses = [self.access(matrix, column, grid, memory) for matrix, column in pairs]
        kind = SHARED if is_mean or not varies else VARYING
        first, target = members[0], fit_access(kind, result[:, None], grid)
        if first.op:
            inputs = tuple(accesses)
            return [Kernel(first.op, varies, is_mean, level, grid, target, inputs=inputs)]
        copies: list[Kernel] = []
        if self.packs:
            accesses = [
                self.packed(access, matrix, grid, level, memory, copies)
                for access, matrix in zip(accesses, matrices)
            ]
        segments = self.segments(first, iter(accesses))
        return [*copies, Kernel(None, varies, is_mean, level, grid, target, segments=segments)]

    def packed(
        self,
        access: Access,
        matrix: np.ndarray,
        grid: Grid,
        level: int,
        memory: SlotAllocator,
        copies: list[Kernel],
    ) -> Access:
        """Return the access to a copy, which joins `copies`, if one pays; else the access as is."""
        is_constant = matrix.dtype != np.int64  # these were placed side by side
        box = None if is_constant else scattered_box(access, matrix, grid)
        if box is None:
            return access
        kind, line = access.kind, (box.size,)
        allocate = memory.allocate_varying if kind == VARYING else memory.allocate_shared
        places = allocate(box.size)
        result, source = (fit_access(kind, x.reshape(-1, 1), line) for x in (places, box))
        copies.append(Kernel(detach, kind == VARYING, False, level, line, result, (source,)))
        return fit_access(kind, spread(places.reshape(box.shape), grid), grid)

    def allocate_results(
        self,
        members: Sequence[Node],
        varies: bool,
        wanted: bool,
        is_mean: bool,
        memory: SlotAllocator,
    ) -> np.ndarray:
        """Return where the result of each member goes, and note it in `memory`."""
        if is_mean:
            return np.array([self.results[-1 - node.place] for node in members])
        if wanted:
            places = np.array([self.wanted[node.place] for node in members])
        elif varies:
            places = memory.allocate_varying(len(members))
        else:
            places = memory.allocate_shared(len(members))
        memory.slots[[node.place for node in members]] = places
        return places

    def columns(self, members: Sequence[Node]) -> list[OperandColumn]:
        """Return the operands of the members, one column for each operand of the kernel."""
        first = members[0]
        if first.op:
            return [[[node.inputs[i]] for node in members] for i in range(len(first.inputs))]
        columns: list[OperandColumn] = []
        for start, count in segment_bounds(first):
            terms = [node.terms[start : start + count] for node in members]
            for i in range(len(first.terms[start][1])):
                columns.append([[factors[i] for _, factors in row] for row in terms])
        return columns

    def segments(self, node: Node, accesses: Iterator[Access]) -> tuple[Segment, ...]:
        segments: list[Segment] = []
        for start, count in segment_bounds(node):
            negative, operands = node.terms[start]
            factors = tuple(next(accesses) for _ in operands)
            if not self.exact:
                factors = ascending(factors, count)
            segments.append(Segment(negative, count, factors))
        return tuple(segments)

    def access(
        self, matrix: np.ndarray, column: OperandColumn, grid: Grid, memory: SlotAllocator
    ) -> Access:
        kind = self.kind(column[0][0])
        if kind is not CONSTANT:
            return fit_access(kind, matrix, grid)
        bits = matrix.view(np.int64)  # which tell 0.0 from -0.0
        if (bits == bits[0, 0]).all():
            return Access(CONSTANT, number=float(matrix[0, 0]))
        return fit_access(SHARED, memory.place_constants(matrix), grid)


def operand_matrix(column: OperandColumn, slots: np.ndarray) -> np.ndarray:
    """Return the operands, members x terms: where they stand (integers), or constants (floats)."""
    matrix = np.array(column)
    return matrix if isinstance(column[0][0], float) else slots[matrix]


def segment_bounds(node: Node) -> list[tuple[int, int]]:
    """Return (the first term, how many there are) for each segment of a sum."""
    bounds: list[tuple[int, int]] = []
    start = 0
    for _, count in run_lengths(node.term_kinds):
        size = count if count > MOST_SINGLE_TERMS else 1
        bounds += [(start + i, size) for i in range(0, count, size)]
        start += count
    return bounds


def with_ordered_terms(node: Node, matrices: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Yield the matrices of the operands of sums like the node, with the terms in order."""
    remaining = iter(matrices)
    for start, _ in segment_bounds(node):
        factors = tuple(next(remaining) for _ in node.terms[start][1])
        if [factor.dtype for factor in factors] == [np.int64, np.int64]:
            factors = ordered_terms(*factors)
        yield from factors
