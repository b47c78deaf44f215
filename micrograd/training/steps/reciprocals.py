"""Reciprocals: where all parameters are divided by one number, a product takes its place.

Rule: a division takes as long as ten products, so the reciprocal is computed once in a step. The
result differs by a rounding, and the reciprocal of a number next to 0 must not overflow.
"""

from collections.abc import Sequence

from micrograd.compiler import Program
from micrograd.ops import Op, abs, div, less, mul, where

Operand = int | float  # a place or a number

SMALLEST, SCALE = 1e-30, 2.0**100  # a number below the first is multiplied by the second


def with_reciprocals(program: Program, varies: Sequence[bool]) -> Program:
    """Return a program that computes the same; `varies` says which places differ by parameter.

    >>> whole = Program(("lr", "p"), (div,), ((1, 0),), (2,))
    >>> print(with_reciprocals(whole, [False, True, True]))
    t0 = abs lr
    t1 = less t0, 1e-30
    t2 = where t1, 1.2676506002282294e+30, 1.0
    t3 = mul lr, t2
    t4 = div 1.0, t3
    t5 = mul p, t4
    t6 = mul t5, t2
    return t6
    """
    rewriter = Rewriter(program)
    for op, operands in zip(program.ops, program.operands):
        new = rewriter.new_places(operands)
        shared = [is_shared(x, varies) for x in operands]
        if op is div and shared == [False, True]:
            place = rewriter.product(*new)
        else:
            place = rewriter.add(op, *new)
        rewriter.places.append(place)
    return rewriter.result()


def is_shared(x: Operand, varies: Sequence[bool]) -> bool:
    return not isinstance(x, float) and not varies[x]


class Rewriter:
    """Writes a program anew, instruction by instruction."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.ops: list[Op] = []
        self.operands: list[tuple[Operand, ...]] = []
        self.places = list(range(program.input_count))  # of what stood at each place
        self.reciprocals: dict[Operand, tuple[int, int]] = {}

    def add(self, op: Op, *operands: Operand) -> int:
        """Add an instruction; return its place."""
        self.ops.append(op)
        self.operands.append(operands)
        return self.program.input_count + len(self.ops) - 1

    def product(self, x: Operand, y: Operand) -> int:
        """Add x / y as a product."""
        if y not in self.reciprocals:
            self.reciprocals[y] = self.reciprocal(y)
        reciprocal, scale = self.reciprocals[y]
        scaled = self.add(mul, x, reciprocal)
        return self.add(mul, scaled, scale)

    def reciprocal(self, y: Operand) -> tuple[int, int]:
        """Add 1 / (y * scale); return its place, and that of the scale."""
        size = self.add(abs, y)
        is_small = self.add(less, size, SMALLEST)
        scale = self.add(where, is_small, SCALE, 1.0)
        scaled = self.add(mul, y, scale)
        return self.add(div, 1.0, scaled), scale

    def new_places(self, operands: tuple[Operand, ...]) -> tuple[Operand, ...]:
        return tuple([x if isinstance(x, float) else self.places[x] for x in operands])

    def result(self) -> Program:
        outputs = self.new_places(self.program.outputs)
        return Program(self.program.input_names, tuple(self.ops), tuple(self.operands), outputs)
