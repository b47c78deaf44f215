"""Batching: the instructions of a program in kernels, each of which is one loop nest.

Rule: nodes of the same op and kinds of inputs that are run at the same time (schedule.py says when)
are one kernel, and its results stand side by side. Then where an input stands is, nearly always, an
affine function of the member's number in a grid and of the term's in a sum: a sum of products of
such inputs is a matrix product.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

import numpy as np

from micrograd.compiler.program import Program
from micrograd.compiler.schedule import Group, schedules
from micrograd.ops import Op, add, mul, neg, sub

UNROLLED = 3  # terms of one kind in a sum up to which each has an access of its own
CONSTANT, SHARED, VARYING = "constant", "shared", "varying"


@dataclass(frozen=True, eq=False)
class Access:
    """Where the input of a kernel stands for each member and term.

    base + sum of strides * grid index + along * term, or, where that does not fit, by `rows` (an
    offset for each member), `columns` (one for each term) or `table` (for each of both).
    """

    kind: str
    base: int = 0
    strides: tuple[int, ...] = ()
    along: int = 0
    number: float = 0.0  # of a constant that is the same throughout
    rows: np.ndarray | None = None
    columns: np.ndarray | None = None
    table: np.ndarray | None = None

    def __str__(self):
        if self.kind == CONSTANT:
            return repr(self.number)
        if self.table is not None:
            return "table"
        return "affine" if self.rows is None and self.columns is None else "separable"


@dataclass(frozen=True, eq=False)
class Segment:
    """So many terms of a sum, each the product of one or two inputs."""

    negative: bool
    terms: int
    factors: tuple[Access, ...]


@dataclass(frozen=True, eq=False)
class Kernel:
    """The same op, or a sum of products (`op` is None), for each member of a grid."""

    op: Op | None
    varies: bool
    reduces: bool  # over the examples: a mean
    level: int
    grid: tuple[int, ...]
    result: Access
    inputs: tuple[Access, ...] = ()
    segments: tuple[Segment, ...] = ()

    @property
    def members(self) -> int:
        return int(np.prod(self.grid, dtype=int))

    @property
    def terms(self) -> int:
        return sum(segment.terms for segment in self.segments)

    @property
    def product(self) -> bool:
        """Whether it is a matrix product: a sum, or a mean, of affine products."""
        long = [s for s in self.segments if len(s.factors) == 2 and (s.terms > 1 or self.reduces)]
        return bool(long) and all(str(f) == "affine" for s in long for f in s.factors)

    def accesses(self) -> list[Access]:
        return [*self.inputs, *[f for segment in self.segments for f in segment.factors]]

    def __str__(self):
        what = (
            self.op.name if self.op else "mean of products" if self.reduces else "sum of products"
        )
        kinds = ", ".join(dict.fromkeys(map(str, self.accesses())))
        terms = f" of {self.terms}" if self.segments else ""
        grid = "x".join(map(str, self.grid)) or "1"
        name = "matrix product" if self.product else what
        return f"level {self.level:3}  {grid:>12}  {name}{terms}  ({kinds})"


@dataclass
class Plan:
    """Kernels in an order in which they can be run, and what memory they need.

    Shared numbers stand in one array, `shared` of them behind what was there; `constants` says
    which of them are known: (place, numbers). Varying ones have `varying` slots, each with a place
    for every example of a block. `copies` are outputs that are no kernel's result.
    """

    kernels: list[Kernel] = field(default_factory=list)
    constants: list[tuple[int, np.ndarray]] = field(default_factory=list)
    shared: int = 0
    varying: int = 0
    copies: list[tuple[int, int | float]] = field(default_factory=list)  # (output, place)
    slots: np.ndarray | None = None  # where each place stands
    varies: list[bool] = field(default_factory=list)

    def irregular(self) -> int:
        """How many inputs of kernels are no affine function of member and term."""
        accesses = [x for kernel in self.kernels for x in kernel.accesses()]
        return sum(x.kind != CONSTANT and str(x) != "affine" for x in accesses)

    def __str__(self):
        return "\n".join(map(str, self.kernels))


@dataclass
class Node:
    """An instruction that is kept: an op of inputs, or a sum of terms (negative, factors)."""

    place: int
    op: Op | None
    inputs: tuple = ()
    terms: list = field(default_factory=list)
    mean: bool = False


def nodes_of(program: Program, varies: list[bool], sums: Iterable[int], exact: bool) -> list[Node]:
    """The instructions, with chains of additions and the products in them as one node each."""
    taken = absorbed(program, varies, sums, exact)
    first = len(program.names)
    found = []
    for i, (op, inputs) in enumerate(zip(program.ops, program.inputs)):
        if taken[first + i]:
            continue
        if op in (add, sub):
            terms = terms_of(program, first + i, taken)
            found.append(Node(first + i, None, terms=terms))
        else:
            found.append(Node(first + i, op, inputs))
    for output in sorted(sums):
        x = program.outputs[output]
        inside = type(x) is int and x >= first and taken[x]
        factors = program.inputs[x - first] if inside else (x,)
        found.append(Node(-1 - output, None, terms=[(False, factors)], mean=True))
    return found


def below(nodes: list[Node]) -> list[list[int]]:
    """The numbers of the nodes that each is computed from."""
    number = {node.place: i for i, node in enumerate(nodes)}
    found = []
    for node in nodes:
        inputs = node.inputs or [x for _, factors in node.terms for x in factors]
        found.append([number[x] for x in inputs if type(x) is int and x in number])
    return found


def absorbed(program: Program, varies, sums: Iterable[int], exact: bool) -> bytearray:
    """Which places are only a part of a sum, or of a mean over the examples."""
    first, uses = len(program.names), program.uses()
    ops = [None] * first + list(program.ops)
    taken = bytearray(len(ops))
    last = {x for x in program.outputs if type(x) is int}

    def take(x, like: bool, kinds) -> None:
        if type(x) is int and ops[x] in kinds and uses[x] == 1 and x not in last:
            taken[x] = varies[x] == like

    for place in range(len(ops) - 1, first - 1, -1):
        op, inputs = ops[place], program.inputs[place - first]
        if op in (add, sub):
            take(inputs[0], varies[place], (add, sub, mul, neg))
            take(inputs[1], varies[place], (mul,) if exact else (add, sub, mul, neg))
        elif op is neg and taken[place]:
            take(inputs[0], varies[place], (mul,) if exact else (add, sub, mul, neg))
    for output in sums:
        x = program.outputs[output]
        if type(x) is int and ops[x] is mul and uses[x] == 1 and varies[x]:
            taken[x] = 1
    return taken


def terms_of(program: Program, root: int, taken) -> list[tuple[bool, tuple]]:
    """The terms of the sum at `root`, in order."""
    first, found, waiting = len(program.names), [], [(False, root)]
    while waiting:
        negative, x = waiting.pop()
        if not (type(x) is int and (x == root or taken[x])):
            found.append((negative, (x,)))
            continue
        op, inputs = program.ops[x - first], program.inputs[x - first]
        if op is mul:
            found.append((negative, inputs))
        elif op is neg:
            waiting.append((not negative, inputs[0]))
        else:
            waiting.append((negative ^ (op is sub), inputs[1]))
            waiting.append((negative, inputs[0]))
    return found


# --------------------------------------------------------------------------------------- grouping


def batch(
    program: Program,
    varies: list[bool],
    addresses: dict[int, int],
    results: dict[int, int],
    sums: Iterable[int],
    work: int,
    exact: bool,
    least: float = 0.0,
) -> Plan | None:
    """The kernels of a program; None if they have fewer members than `least`, on average.

    `varies` says for each place whether it differs from example to example, `addresses` where a
    shared input stands, `results` where an output is wanted (a number among the outputs), `sums`
    which outputs are means over the examples.
    """
    batcher = Batcher(program, varies, addresses, results, set(sums), work, exact)
    found = schedules(batcher.signatures, below(batcher.nodes))
    if len(batcher.nodes) < least * len(found[0]):
        return None
    return min(map(batcher.plan, found), key=Plan.irregular)


class Batcher:
    """The nodes of a program, and the state of making one plan."""

    def __init__(self, program, varies, addresses, results, sums, work, exact):
        self.program, self.varies, self.sums = program, varies, sums
        self.addresses, self.results, self.work, self.exact = addresses, results, work, exact
        self.kinds = [VARYING if x else SHARED for x in varies]
        self.wanted, self.copies = self.destinations()
        self.nodes = nodes_of(program, varies, sums, exact)
        self.signatures = [self.signature(node) for node in self.nodes]

    def plan(self, groups: list[Group]) -> Plan:
        self.made = Plan(varies=self.varies, copies=self.copies)
        self.slots = np.zeros(len(self.varies), np.int64)
        self.temporary = self.work  # the next free place of the shared ones
        for place in range(len(self.program.names)):
            if self.varies[place]:
                self.slots[place] = self.made.varying
                self.made.varying += 1
            else:
                self.slots[place] = self.addresses[place]
        for level, numbers in groups:
            members = [self.nodes[i] for i in numbers]
            self.made.kernels.append(self.kernel(level, self.signatures[numbers[0]], members))
        self.made.shared = self.temporary - self.work
        self.made.slots = self.slots
        return self.made

    def destinations(self) -> tuple[dict[int, int], list]:
        """(where a place is to be computed at once, every other output: it is copied there)."""
        found, copies, first = {}, [], len(self.program.names)
        for i, x in enumerate(self.program.outputs):
            if i in self.sums:
                continue
            computed = type(x) is int and x >= first and not self.varies[x]
            if computed and i in self.results and x not in found:
                found[x] = self.results[i]
            else:
                copies.append((i, x))
        return found, copies

    def kind(self, x) -> str:
        return CONSTANT if type(x) is float else self.kinds[x]

    def signature(self, node: Node) -> tuple:
        """What the members of a kernel have in common."""
        varies = node.mean or self.varies[node.place]
        wanted = node.mean or node.place in self.wanted
        start = (varies, wanted, node.mean)
        if node.op:
            return (*start, id(node.op), *map(self.kind, node.inputs))
        node.terms = [(negative, self.ordered(factors)) for negative, factors in node.terms]
        kinds = [self.term_kind(term) for term in node.terms]
        if not self.exact and len(set(kinds)) > 1:
            node.terms.sort(key=self.term_kind)
            kinds.sort()
        return (*start, *counted(kinds))

    def ordered(self, factors: tuple) -> tuple:
        swapped = len(factors) == 2 and self.kind(factors[0]) > self.kind(factors[1])
        return factors[::-1] if swapped else factors

    def term_kind(self, term) -> tuple:
        negative, factors = term
        return (len(factors), negative, *map(self.kind, factors))

    # ------------------------------------------------------------------------------ one kernel

    def kernel(self, level: int, signature: tuple, members: list[Node]) -> Kernel:
        varies, wanted, mean = signature[:3]
        result = self.place(members, varies, wanted, mean)
        columns = self.columns(members)
        matrices = [self.matrix(column) for column in columns]
        grid = common_grid([m[:, 0] for m in (result[:, None], *matrices) if m.dtype == np.int64])
        grid = grid or (len(members),)
        where = SHARED if mean or not varies else VARYING
        fitted = [self.fit(matrix, column, grid) for matrix, column in zip(matrices, columns)]
        made = {"result": access(where, result[:, None], grid), "grid": grid, "level": level}
        made |= {"varies": varies, "reduces": mean}
        if members[0].op:
            return Kernel(op=members[0].op, inputs=tuple(fitted), **made)
        return Kernel(op=None, segments=self.segments(members[0], fitted), **made)

    def place(self, members, varies, wanted, mean) -> np.ndarray:
        """Where the results go; the nodes learn it."""
        count = len(members)
        if mean:
            return np.array([self.results[-1 - node.place] for node in members])
        if wanted:
            found = np.array([self.wanted[node.place] for node in members])
        elif varies:
            found = np.arange(self.made.varying, self.made.varying + count)
            self.made.varying += count
        else:
            found = np.arange(self.temporary, self.temporary + count)
            self.temporary += count
        self.slots[[node.place for node in members]] = found
        return found

    def runs(self, node: Node) -> list[tuple[int, int]]:
        """(first term, how many) of each segment."""
        found, start = [], 0
        for _, count in counted(map(self.term_kind, node.terms)):
            step = count if count > UNROLLED else 1
            found += [(start + i, step) for i in range(0, count, step)]
            start += count
        return found

    def columns(self, members: list[Node]) -> list[list[list]]:
        """For each input of the kernel the operands, members x terms."""
        if members[0].op:
            return [[[node.inputs[i]] for node in members] for i in range(len(members[0].inputs))]
        found = []
        for start, count in self.runs(members[0]):
            for factor in range(len(members[0].terms[start][1])):
                found.append([
                    [factors[factor] for _, factors in node.terms[start : start + count]]
                    for node in members
                ])  # fmt: skip
        return found

    def segments(self, node: Node, fitted: list[Access]) -> tuple[Segment, ...]:
        left, found = iter(fitted), []
        for start, count in self.runs(node):
            negative, factors = node.terms[start]
            accesses = tuple(next(left) for _ in factors)
            if not self.exact:
                accesses = forward(accesses, count)
            found.append(Segment(negative, count, accesses))
        return tuple(found)

    def matrix(self, column: list[list]) -> np.ndarray:
        """The operands as places in memory (integers), or as constants (floats)."""
        if type(column[0][0]) is float:
            return np.array(column)
        return self.slots[np.array(column)]

    def fit(self, matrix: np.ndarray, column, grid) -> Access:
        kind = self.kind(column[0][0])
        if kind is not CONSTANT:
            return access(kind, matrix, grid)
        if (matrix.view(np.int64) == matrix.view(np.int64)[0, 0]).all():
            return Access(CONSTANT, number=float(matrix[0, 0]))
        return access(SHARED, self.stored(matrix), grid)

    def stored(self, matrix: np.ndarray) -> np.ndarray:
        """Where the constants stand, each row of them once; they take their places as they come."""
        rows, inverse = unique_in_order(matrix)
        base = self.temporary
        self.made.constants += [(base, rows.ravel())]
        self.temporary += rows.size
        return base + inverse[:, None] * rows.shape[1] + np.arange(rows.shape[1])


def counted(kinds: Iterable[tuple]) -> list[tuple]:
    """[(kind, how many), ...] of neighbours."""
    return [(kind, len(list(same))) for kind, same in groupby(kinds)]


def forward(accesses: tuple[Access, ...], terms: int) -> tuple[Access, ...]:
    """The same terms from the last to the first, if that is how they stand in memory."""
    if any(a.along > 0 or a.columns is not None or a.table is not None for a in accesses):
        return accesses
    return tuple(replace(a, base=a.base + a.along * (terms - 1), along=-a.along) for a in accesses)


def unique_in_order(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(the rows, each once, as they come first; which of them each row is)."""
    seen: dict[bytes, int] = {}
    inverse = np.array([seen.setdefault(row.tobytes(), len(seen)) for row in matrix])
    firsts = np.unique(inverse, return_index=True)[1]
    return matrix[firsts], inverse


# ---------------------------------------------------------------------------------------- fitting


def access(kind: str, matrix: np.ndarray, grid: tuple[int, ...]) -> Access:
    """The simplest access that gives that matrix of places, members x terms."""
    rows, columns = matrix[:, 0], matrix[0] - matrix[0, 0]
    if not (matrix - rows[:, None] == columns).all():
        return Access(kind, table=matrix)
    strides = affine(rows, grid)
    along = int(columns[1]) if len(columns) > 1 else 0
    regular = (columns == along * np.arange(len(columns))).all()
    return Access(
        kind,
        int(rows[0]) if strides is not None else 0,
        strides if strides is not None else (0,) * len(grid),
        along if regular else 0,
        rows=None if strides is not None else rows,
        columns=None if regular else columns,
    )


def affine(rows: np.ndarray, grid: tuple[int, ...]) -> tuple[int, ...] | None:
    """The stride along each axis of the grid; None if there is none."""
    box = rows.reshape(grid)
    strides, fitted = [], np.full(grid, box.flat[0])
    for axis, size in enumerate(grid):
        second = tuple(1 if a == axis else 0 for a in range(len(grid)))
        stride = int(box[second] - box.flat[0]) if size > 1 else 0
        strides.append(stride)
        shape = [-1 if a == axis else 1 for a in range(len(grid))]
        fitted = fitted + stride * np.arange(size).reshape(shape)
    return tuple(strides) if (fitted == box).all() else None


def common_grid(columns: list[np.ndarray]) -> tuple[int, ...]:
    """A grid of the members in which as many columns as possible are affine; the last is inner."""
    count = len(columns[0])
    sizes: list[int] = []
    for column in columns:
        found = breaks(column)
        merged = sorted({*sizes, *found})
        chain = [*merged, count]
        if all(b % a == 0 for a, b in pairwise(chain)):
            sizes = merged
    chain = [1, *sizes, count]
    grid = [b // a for a, b in pairwise(chain) if b != a]
    return tuple(reversed(grid))


def breaks(column: np.ndarray) -> list[int]:
    """The numbers of members after which a new row of the column's own grid begins, inner first."""
    found, size = [], 1
    while len(column) > 2:
        steps = np.diff(column)
        other = np.flatnonzero(steps != steps[0])
        if not len(other):
            return found
        run = int(other[0]) + 1
        if len(column) % run:
            return []
        inner = column.reshape(-1, run)
        if not (inner - inner[:, :1] == inner[0] - inner[0, 0]).all():
            return []
        size *= run
        found.append(size)
        column = inner[:, 0]
    return found
