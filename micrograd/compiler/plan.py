"""Plans: the kernels of a program, each of which is one loop nest, and the memory that they need.

Rule: a plan is plain data. `batch` makes those of programs, and `rolled/` those of rolled programs.
"""

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from micrograd.compiler.access import CONSTANT, Access, Grid
from micrograd.compiler.nodes import takes_many
from micrograd.compiler.program import Operand
from micrograd.ops import Op, detach


@dataclass(frozen=True, eq=False)
class Segment:
    """Some terms of a sum, each the product of one or two operands."""

    negative: bool
    terms: int
    factors: tuple[Access, ...]


@dataclass(frozen=True, eq=False)
class Kernel:
    """The same op, or a sum of products (`op` is None), for each member of a grid."""

    op: Op | None
    varies: bool
    reduces: bool  # over the examples: a mean
    level: int  # the depth among the instructions, or the place in the order of kernels
    grid: Grid
    result: Access
    inputs: tuple[Access, ...] = ()
    segments: tuple[Segment, ...] = ()

    @property
    def terms(self) -> int:
        return sum(segment.terms for segment in self.segments)

    @property
    def operations(self) -> int:
        """How many operations it does: one for each member, or for each term of one."""
        return prod(self.grid) * max(self.terms, 1)

    @property
    def is_matrix_product(self) -> bool:
        """Whether it is a sum, or a mean, of affine products."""
        long = [s for s in self.segments if len(s.factors) == 2 and (s.terms > 1 or self.reduces)]
        return bool(long) and all(str(f) == "affine" for s in long for f in s.factors)

    @property
    def is_affine(self) -> bool:
        """Whether its result and all of its operands are."""
        accesses = [x for x in self.every_access() if x.kind != CONSTANT]
        return all(str(access) == "affine" for access in accesses)

    @property
    def is_extreme(self) -> bool:
        """Whether it is the largest, or the smallest, of more numbers than its op has inputs."""
        return takes_many(self.op, self.inputs)

    @property
    def title(self) -> str:
        if self.op:
            return "copy" if self.op is detach else self.op.name
        if not self.is_matrix_product:
            return f"{'mean' if self.reduces else 'sum'} of products of {self.terms}"
        return "mean of outer products" if self.terms == 1 else f"matrix product of {self.terms}"

    def every_access(self) -> list[Access]:
        """Return how the result and all operands are reached."""
        return [self.result, *self.accesses()]

    def identity(self) -> tuple[Any, ...]:
        """Return all that its code depends on."""
        bases = [access.base for access in self.every_access()]
        name = self.op.name if self.op else ""
        return (name, self.varies, self.reduces, self.grid, bases, *self.operand_forms())

    def operand_forms(self) -> list[Hashable]:
        """Return all about the result and the operands but where each begins."""
        forms = [x.form() for x in (self.result, *self.operands())]
        return [*forms, *[(s.negative, s.terms, len(s.factors)) for s in self.segments]]

    def accesses(self) -> list[Access]:
        """Return how the numbers are reached that the operands are, or are computed from."""
        return [leaf for operand in self.operands() for leaf in operand.leaves()]

    def operands(self) -> list[Access]:
        return [operand for operand, _ in self.reads()]

    def reads(self) -> list[tuple[Access, int]]:
        """Return each operand and how many terms it has."""
        factors = [(f, segment.terms) for segment in self.segments for f in segment.factors]
        return [*[(x, 1) for x in self.inputs], *factors]

    def with_operand(self, i: int, operand: Access) -> "Kernel":
        """Return the kernel with another operand number i."""
        operands = iter([*self.operands()[:i], operand, *self.operands()[i + 1 :]])
        inputs = tuple(next(operands) for _ in self.inputs)
        segments = [
            replace(s, factors=tuple(next(operands) for _ in s.factors)) for s in self.segments
        ]
        return replace(self, inputs=inputs, segments=tuple(segments))

    def __str__(self) -> str:
        kinds = ", ".join(dict.fromkeys(map(str, self.operands())))
        grid = "".join(f"{count} x " for count in self.grid or (1,))
        return f"level {self.level}: {grid}{self.title} ({kinds})"


@dataclass
class Plan:
    """Kernels in an order in which they can run, and the memory that they need.

    Shared numbers stand in one array, behind those that the caller put there. Each varying number
    has a slot, with room for every example of a block. `copies` are the outputs that no kernel
    writes where they are wanted.
    """

    kernels: list[Kernel]
    constants: list[tuple[int, np.ndarray]]  # (place, numbers) of those known now
    shared: int  # how many shared numbers the plan adds, constants among them
    varying: int  # how many slots it needs
    copies: list[tuple[int, Operand]]  # (output, place or number)
    slots: np.ndarray  # where each place of the program stands
    varies: Sequence[bool] | np.ndarray  # whether each place differs from example to example
    has_repeats: bool = False  # whether kernels of one form are worth a function

    def digest(self) -> str:
        """Return a text that differs for plans that differ."""
        digest = hashlib.sha256(repr((self.shared, self.varying, self.copies)).encode())
        for kernel in self.kernels:
            digest.update(repr(kernel.identity()).encode())
        return digest.hexdigest()

    def operations(self) -> int:
        """Return how many operations the kernels do."""
        return sum(kernel.operations for kernel in self.kernels)

    def irregular(self) -> int:
        """Return how many operands of kernels are no affine function of member and term."""
        accesses = [x for kernel in self.kernels for x in kernel.accesses()]
        return len([x for x in accesses if x.kind != CONSTANT and str(x) != "affine"])

    def irregular_share(self) -> float:
        """Return which fraction of all operations reads or writes places that are not affine."""
        irregular = sum(kernel.operations for kernel in self.kernels if not kernel.is_affine)
        return irregular / max(self.operations(), 1)
