"""Chains: a program whose instructions wait less for each other, with its sums in another order.

Rule: only sums and constant factors change. Like terms become one (x + 3 x is 4 x), and those that
are ready first are added first. A 2, 4 or 8 before a sum goes to its terms, which changes no bit
unless one of them overflows.
Differences, quotients and products of numbers that vary stay as they are, so `x * x - y * y` is 0
where x is y.
"""

import math
from collections.abc import Iterator
from heapq import heapify, heappop, heappush

from micrograd.compiler.program import Operand, Operands, Program
from micrograd.compiler.simplification import drop
from micrograd.compiler.trace import remap
from micrograd.ops import Op, add, div, mul, neg, sqrt
from micrograd.support.sums import add_all

# Cycles until an instruction has its result, on processors of today.
CYCLES: dict[Op, int] = {neg: 0, div: 13, sqrt: 20}
OTHER_CYCLES = 3
ROUNDS = 3  # each makes sums longer that the next one orders
SPREAD = (1.0, 2.0, 4.0, 8.0)  # constants that go to the terms of a sum

Term = tuple[float, Operand]  # a constant, and what it multiplies


def shorten_chains(program: Program) -> Program:
    """Return a program of the same outputs, in which sums are ready sooner.

    >>> from micrograd.compiler.trace import trace
    >>> print(shorten_chains(trace(lambda x, y: x + 2.0 * (y + x), 2)))
    t0 = mul 2.0, x1
    t1 = mul 3.0, x0
    t2 = add t1, t0
    return t2
    """
    for _ in range(ROUNDS):
        program = drop(Reordering(program).result())
    return program


class Reordering:
    """One walk through a program, which writes the new one."""

    def __init__(self, program: Program):
        self.program, self.first = program, program.input_count
        self.inner = self.inner_places()
        self.ops: list[Op] = []
        self.operands: list[Operands] = []
        self.ready = [0] * self.first  # the cycle at which each new place is ready
        self.known: dict[tuple[object, ...], int] = {}

    def result(self) -> Program:
        replacement: list[Operand] = list(range(self.first))  # what each place has become
        for place in range(self.first, self.first + len(self.program)):
            op, operands = self.line(place)
            new: Operand = math.nan  # which nobody reads
            if op is add and not self.inner[place]:
                new = self.add_up(self.new_terms(place, replacement))
            elif op is not None and not self.inner[place]:
                new = self.write(op, remap(operands, replacement))
            replacement.append(new)
        outputs = remap(self.program.outputs, replacement)
        return Program(self.program.input_names, tuple(self.ops), tuple(self.operands), outputs)

    # ------------------------------------------------------------------------- the old program

    def line(self, x: Operand) -> tuple[Op | None, Operands]:
        """Return the instruction whose result an operand is; (None, ()) for inputs and numbers."""
        if not isinstance(x, int) or x < self.first:
            return None, ()
        i = x - self.first
        return self.program.ops[i], self.program.operands[i]

    def inner_places(self) -> bytearray:
        """Return 1 for each place that is only a part of a sum, 0 for each other."""
        uses = self.program.uses()
        inner = bytearray(len(uses))
        for op, operands in zip(self.program.ops, self.program.operands):
            if op is not add:
                continue
            for places in map(self.places_of_sum, operands):
                if all(uses[place] == 1 for place in places):
                    for place in places:
                        inner[place] = 1
        return inner

    def places_of_sum(self, x: Operand) -> list[int]:
        """Return [x] for a sum, [x, the sum] for a constant of `SPREAD` times one, else []."""
        op, operands = self.line(x)
        if op is add:
            return [int(x)]
        if op is not mul or operands[0] not in SPREAD or not isinstance(operands[0], float):
            return []
        inside = operands[1]
        is_sum = self.line(inside)[0] is add
        return [int(x), int(inside)] if is_sum else []

    def terms(self, place: int) -> Iterator[Term]:
        """Yield the terms of a sum in order, each with the constant that it is multiplied by."""
        waiting: list[Term] = [(1.0, place)]
        while waiting:
            c, x = waiting.pop()
            op, operands = self.line(x)
            is_root = isinstance(x, int) and x == place  # the constant 1.0 is not place 1
            if not is_root and not (op and self.inner[int(x)]):
                yield c, x
            elif op is mul:
                factor, inside = operands
                waiting.append((c * factor, inside))
            else:
                waiting += [(c, operand) for operand in reversed(operands)]

    def new_terms(self, place: int, replacement: list[Operand]) -> list[Operand]:
        """Return the terms of a sum in the new program."""
        constants, olds = zip(*self.terms(place))
        news = remap(olds, replacement)
        return [self.multiple(c, x) for c, x in zip(constants, news)]

    # ------------------------------------------------------------------------- the new program

    def write(self, op: Op, operands: Operands) -> Operand:
        """Return the result of an instruction. Constant factors and signs come first."""
        if op is neg:
            return self.multiple(-1.0, operands[0])
        if op is not mul:
            return self.append(op, operands)
        x, y = operands
        if isinstance(y, float):
            x, y = y, x
        if isinstance(x, float):
            return self.multiple(x, y)
        x_sign, x = self.without_sign(x)
        y_sign, y = self.without_sign(y)
        return self.multiple(x_sign * y_sign, self.append(mul, (x, y)))

    def without_sign(self, x: Operand) -> Term:
        """Return (-1.0, y) if x is -y, else (1.0, x)."""
        c, base = self.as_term(x)
        return (c, base) if c == -1.0 else (1.0, x)

    def multiple(self, c: float, x: Operand) -> Operand:
        """Return c * x. Where x is d * y, it is (c d) * y.

        They stay apart if one is below 1 in size, as the number between them could underflow.
        """
        if isinstance(x, float):
            return c * x
        inner, base = self.as_term(x)
        grows = abs(c) >= 1.0 and abs(inner) >= 1.0
        if abs(inner) == 1.0 or (grows and math.isfinite(c * inner)):
            c, x = c * inner, base
        if c == 1.0:
            return x
        if c == -1.0:
            return self.append(neg, (x,))
        return self.append(mul, (c, x))

    def as_term(self, x: Operand) -> Term:
        """Return (c, y) if x is a constant c times y, else (1.0, x)."""
        if not isinstance(x, int) or x < self.first:
            return 1.0, x
        i = x - self.first
        op, operands = self.ops[i], self.operands[i]
        if op is neg:
            return -1.0, operands[0]
        if op is mul and isinstance(operands[0], float):
            return operands[0], operands[1]
        return 1.0, x

    def add_up(self, terms: list[Operand]) -> Operand:
        """Return the sum: the two terms that are ready first are added first."""
        waiting = [(self.cycle(x), i, x) for i, x in enumerate(self.merge_like(terms))]
        heapify(waiting)
        following = len(waiting)
        while len(waiting) > 1:
            _, i, x = heappop(waiting)
            _, k, y = heappop(waiting)
            total = self.append(add, (x, y) if i < k else (y, x))
            heappush(waiting, (self.cycle(total), following, total))
            following += 1
        return waiting[0][2]

    def merge_like(self, terms: list[Operand]) -> list[Operand]:
        """Return the terms with like ones as one: they have the same sign, so nothing cancels.

        A term that is 0 times something stays, as that may be infinite, and so does one with which
        the constant would overflow.
        """
        numbers: list[float] = []
        others: list[Operand] = []
        factors: dict[tuple[bool, Operand], float] = {}
        for x in terms:
            if isinstance(x, float):
                numbers = [add_all([x], *numbers)]
                continue
            c, base = self.as_term(x)
            key = (c > 0.0, base)
            total = factors.get(key, 0.0) + c
            if c == 0.0 or not math.isfinite(total):
                others.append(x)
            else:
                factors[key] = total
        return [*numbers, *[self.multiple(c, base) for (_, base), c in factors.items()], *others]

    def append(self, op: Op, operands: Operands) -> int:
        """Return the place of an instruction, which is written once."""
        key = (op, *map(repr, operands))  # which tells 0.0 from -0.0
        place = self.known.setdefault(key, len(self.ready))
        if place == len(self.ready):
            self.ops.append(op)
            self.operands.append(operands)
            begins = max(map(self.cycle, operands), default=0)
            self.ready.append(begins + CYCLES.get(op, OTHER_CYCLES))
        return place

    def cycle(self, x: Operand) -> int:
        return self.ready[x] if isinstance(x, int) else 0
