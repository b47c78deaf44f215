"""Templates: a program's instructions as kernels, whose operands are places in the program.

Rule: a template is made once, and used wherever its part is called. Sums that differ only in length
are one kernel: a term that a shorter one lacks is a product with 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np

from micrograd.compiler.access import common_grid
from micrograd.compiler.lines import distinct, line, without_repeats
from micrograd.compiler.nodes import EXTREMES, Node, dependencies_of, nodes_of, takes_many
from micrograd.compiler.program import Operand, Operands, Program
from micrograd.compiler.rolled.blocks import Array, Places, Terms, is_places
from micrograd.compiler.rolled.boxes import LEAST_FILLED, box_of, numbered_rows
from micrograd.compiler.rolled.calls import is_pick
from micrograd.compiler.rolled.dots import DOT, VECTOR
from micrograd.compiler.rolled.sums import (
    Extreme,
    Sum,
    TermKind,
    dot_groups,
    groups_of,
    is_place,
    signature,
)
from micrograd.compiler.schedule import WORTHWHILE, schedules
from micrograd.compiler.simplification import simplify
from micrograd.ops import Op, detach

NOTHING = -1  # in the place of a term that a shorter sum does not have


@dataclass(eq=False)
class TemplateKernel:
    """The same op, or a sum of products, for each of its members.

    `results` are places of the program; operands are members x terms. An op of many numbers, such
    as a maximum, has them all as terms of its last input. Members may be a grid of several axes,
    and an operand is 1 long along those on which it does not depend. A grid may have members of
    which the program knows nothing: their result is NOTHING.
    """

    op: Op | None
    results: Places
    inputs: list[Array] = field(default_factory=list)
    sums: list[Terms] = field(default_factory=list)

    @property
    def is_of_many(self) -> bool:
        return takes_many(self.op, self.inputs)

    @property
    def is_completed(self) -> bool:
        return bool((self.results == NOTHING).any())


class Template:
    """The kernels of a program, in order. With `fewest` they are as few as can be.

    `constants` have the last places, as they stand in one array with other numbers.
    Without `fewest`, products of most rows with most columns are those of all with all.
    """

    def __init__(self, program: Program, fewest: bool = False) -> None:
        self.program = simplify(program)
        self.inputs = len(self.program.input_names)
        self.count = self.inputs + len(self.program)
        self.constants: dict[str, int] = {}  # the place of each, by its digits
        nodes = list(self.nodes())
        self.count += len(self.constants)
        kinds = list(map(signature, nodes))
        worthwhile = 1.0 if fewest else WORTHWHILE
        groups = min(schedules(kinds, dependencies_of(nodes), worthwhile), key=len)
        self.kernels: list[TemplateKernel] = []
        for _, ids in groups:
            kernels = map(over_grid, kernels_of([nodes[i] for i in ids]))
            self.kernels += kernels if fewest else map(all_with_all, kernels)

    def nodes(self) -> Iterator[Node]:
        """Yield the nodes. A chain of maxima and the `detach` that alone reads it are one node.

        Any other number that is detached is then the greatest of one: so the first row of causal
        attention is like the others.
        """
        detached = self.detached_extremes()
        chains: dict[Operand, Operands] = {}
        vectors: dict[Operand, Operands] = {}
        computed: dict[Operand, Operands] = {}  # those entries of a vector that are no inputs
        for node in nodes_of(self.program, [True] * self.count, (), exact=False):
            if node.op is VECTOR:
                vectors[node.place] = node.inputs
                own = [x for x in node.inputs if is_place(x) and x >= self.inputs]
                computed[node.place] = tuple(own)
            elif node.op is DOT:
                *start, left, right = node.inputs
                groups = dot_groups(tuple(start), vectors[left], vectors[right])
                inputs = (*start, *computed[left], *computed[right])
                yield Sum(node.place, None, inputs, groups=groups)
            elif node.place in detached:
                chains[node.place] = node.inputs
            elif node.op in EXTREMES:
                yield from self.chain(node.place, node.inputs)
            elif node.op is detach and detached:
                (x,) = node.inputs
                op = detached.get(x) or next(iter(detached.values()))
                yield Extreme(node.place, op, self.places_of(chains.get(x, (x,))))
            elif is_pick(node.op) and int in map(type, node.inputs[1:]):
                index, *table = node.inputs
                yield replace(node, inputs=(index, *self.places_of(table)))
            elif node.op:
                yield node
            else:
                yield Sum(node.place, None, terms=node.terms, groups=groups_of(node.terms))

    def places_of(self, operands: Iterable[Operand]) -> Operands:
        """Return the places of operands; a constant gets one."""
        return tuple([x if isinstance(x, int) else self.place_of_constant(x) for x in operands])

    def place_of_constant(self, x: float) -> int:
        return self.constants.setdefault(x.hex(), self.count + len(self.constants))

    def detached_extremes(self) -> dict[Operand, Op]:
        """Return the op of each place of a maximum or minimum that nothing but `detach` reads."""
        program = self.program
        ops = enumerate(program.ops, self.inputs)
        detached: dict[Operand, Op] = {place: op for place, op in ops if op in EXTREMES}
        if not detached:
            return {}
        rows = [*zip(program.ops, program.operands), (None, program.outputs)]
        for operands in [operands for op, operands in rows if op is not detach]:
            for x in filter(is_place, operands):
                detached.pop(x, None)
        return detached

    def chain(self, place: int, ends: Operands) -> Iterator[Node]:
        """Yield a node for each of the maxima between the ends of a chain and its result."""
        given = set(filter(is_place, ends))  # the constant 3.0 is not place 3
        places, waiting = [], [place]
        while waiting:
            places.append(waiting.pop())
            operands = self.program.operands[places[-1] - self.inputs]
            waiting += [x for x in operands if isinstance(x, int) and x not in given]
        for x in sorted(places):
            yield Node(x, self.program.ops[x - self.inputs], self.program.operands[x - self.inputs])


# ------------------------------------------------------------------------------------------ kernels


def kernels_of(members: list[Node]) -> list[TemplateKernel]:
    """Return one kernel of nodes of one signature, or several of those that have one length."""
    lengths = list(map(length_of, members))
    if sum(lengths) >= LEAST_FILLED * len(members) * max(lengths):
        return [kernel_of(members)]
    by_length: dict[int, list[Node]] = {}
    for node, length in zip(members, lengths):
        by_length.setdefault(length, []).append(node)
    return [kernel_of(nodes) for nodes in by_length.values()]


def over_grid(kernel: TemplateKernel) -> TemplateKernel:
    """Return a kernel of products with its members as a grid, if both factors are shorter then.

    So the products of all rows of a matrix with all columns of another name each number once.
    """
    if len(kernel.sums) != 1 or len(kernel.sums[0].factors) != 2:
        return kernel
    factors = kernel.sums[0].factors
    grid = common_grid([line(x.view(np.int64), 0) for x in factors], partly=True)
    boxes = [x.reshape(*grid, -1) for x in factors]
    small = [without_repeats(x.view(np.int64), end=len(grid)).view(x.dtype) for x in boxes]
    if any(x.size == box.size for x, box in zip(small, boxes)):
        return kernel
    sums = [Terms(kernel.sums[0].negative, small)]
    return TemplateKernel(None, kernel.results.reshape(grid), sums=sums)


def all_with_all(kernel: TemplateKernel) -> TemplateKernel:
    """Return a kernel of products of rows with columns, where most of them meet, as one of all.

    So the scores of causal attention name each query and each key once. The axes are components
    of rows that meet, their rows, and their columns.
    """
    if kernel.results.ndim > 1 or len(kernel.sums) != 1 or len(kernel.sums[0].factors) != 2:
        return kernel
    factors = kernel.sums[0].factors
    if not all(map(has_repeats, factors)):
        return kernel
    rows, columns = [numbered_rows(x.view(np.int64), 0)[1] for x in factors]
    box = box_of(rows, columns)
    if box is None or 1 in box.shape[1:]:
        return kernel
    left, right = factors
    grid = [left[box.max(axis=2)][:, :, None], right[box.max(axis=1)][:, None]]
    results = np.where(box < 0, NOTHING, kernel.results[box])
    return TemplateKernel(None, results, sums=[Terms(kernel.sums[0].negative, grid)])


def has_repeats(x: Array) -> bool:
    """Return whether two rows may be one: they begin with the same."""
    first = line(x, 0)
    return len(distinct(first)) < len(first)


def length_of(node: Node) -> int:
    """Return how many inputs or terms it has."""
    return node.length if isinstance(node, Sum) else len(node.inputs)


def kernel_of(members: list[Node]) -> TemplateKernel:
    first, results = members[0], np.array([node.place for node in members])
    sums = [node.groups for node in members if isinstance(node, Sum)]
    if sums:
        terms = [terms_of([groups[kind] for groups in sums], kind) for kind in sums[0]]
        return TemplateKernel(None, results, sums=terms)
    op, longest = first.op, max(map(length_of, members))
    if isinstance(first, Extreme):
        if longest > 1:
            rows = [pad(node.inputs, longest, node.inputs[-1]) for node in members]
            return TemplateKernel(op, results, [matrix(rows)])
        op = detach
    columns = zip(*[node.inputs for node in members])
    inputs = [matrix([(x,) for x in column]) for column in columns]
    if is_pick(op):
        inputs = [inputs[0], np.hstack(inputs[1:])]
    return TemplateKernel(op, results, inputs)


def terms_of(members: list[list[Operands]], kind: TermKind) -> Terms:
    """Return the terms of one kind; each member has a row for each factor."""
    negative, constants = kind
    longest = max(len(rows[0]) for rows in members)
    factors = []
    for i, is_constant in enumerate(constants):
        nothing = 0.0 if is_constant else NOTHING
        factors.append(padded_matrix([rows[i] for rows in members], longest, nothing))
    if len(factors) == 2 and any(len(rows[0]) < longest for rows in members):
        factors = complete(factors)
    return Terms(negative, factors)


def padded_matrix(rows: Sequence[Operands], length: int, x: Operand) -> Array:
    """Return rows of at most that length, of which many may be one object, as a matrix."""
    different = {id(row): row for row in rows}
    lengths = np.array(list(map(len, different.values())))
    whole = np.full((len(different), length), x)
    flat = np.fromiter(chain.from_iterable(different.values()), whole.dtype, int(lengths.sum()))
    whole[np.arange(length) < lengths[:, None]] = flat
    if len(different) == len(rows):
        return whole
    index = {key: i for i, key in enumerate(different)}
    return whole[[index[id(row)] for row in rows]]


def pad(row: Operands, length: int, x: Operand) -> Operands:
    return row + (x,) * (length - len(row)) if len(row) < length else row


def matrix(rows: Sequence[Sequence[Operand]]) -> Array:
    return np.array(rows, float if isinstance(rows[0][0], float) else np.int64)


def complete(factors: list[Array]) -> list[Array]:
    """Return factors, in one of which missing terms go on as in a row that has them.

    So its places stay regular; the other factor of such a term is 0.
    """
    for i in (1, 0):
        full = continuation(factors[i]) if is_places(factors[i]) else None
        if full is not None:
            return [full if k == i else x for k, x in enumerate(factors)]
    return factors


def continuation(places: Places) -> Places | None:
    """Return the matrix without gaps, or None if the rows do not go on as the longest one does.

    >>> continuation(np.array([[4, NOTHING], [4, 5]])).tolist()
    [[4, 5], [4, 5]]
    """
    there = places != NOTHING
    longest = places[there.sum(axis=1).argmax()]
    full = places[:, :1] + (longest - longest[0])
    known = np.zeros(int(places.max()) + 1, bool)
    known[places[there]] = True
    is_known = full.min() >= 0 and full.max() < len(known) and known[full].all()
    fits = is_known and (full == places)[there].all()
    return full if fits else None
