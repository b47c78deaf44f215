"""Compilation units: a program, and where each of its inputs and outputs stands in memory.

Rule: a unit is plain data. Code that runs once is a loop over one example.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from micrograd.compiler.codegen.lanes import Int
from micrograd.compiler.codegen.llvm import Pointer
from micrograd.compiler.program import Program

# So many numbers: memory that begins at a multiple of it begins a new cache line.
LINE = 16


def padded(count: int) -> int:
    """Return the next multiple of LINE.

    >>> padded(17)
    32
    """
    return -(-count // LINE) * LINE


@dataclass(frozen=True)
class Buffer:
    """Where a number stands: in which array (a word of the frame), and at which offset in it.

    The numbers of two consecutive examples are `stride` apart; with 0 all examples share one. Rows
    that are `ordered` come in the order that the unit's `order` gives.
    """

    array: int
    offset: int = 0
    stride: int = 0
    ordered: bool = False


@dataclass(frozen=True)
class CompilationUnit:
    """A program that runs for `count` examples (an integer of the code, or a known number).

    An output whose stride is 0 is one number: the mean over the examples if listed in `means`, the
    last example's otherwise. Memory from the offset `work` of `array` on is for intermediate
    numbers.
    """

    program: Program
    inputs: tuple[Buffer, ...]
    outputs: tuple[Buffer, ...]
    count: int | Int = 1
    means: frozenset[int] = frozenset()  # indices of outputs
    order: Pointer | None = None  # to integers: the row of each example
    array: int = 0  # a word of the frame
    work: int = 0
    output_stride: int | Int = 1  # between the offsets of consecutive outputs with a stride of 1

    def mean_runs(self) -> list[tuple[int, Buffer, int]]:
        """Return (index of the first, the first, how many) for means that stand side by side."""
        return runs([self.outputs[i] for i in sorted(self.means)])

    def varying(self) -> list[bool]:
        """Return whether each place of the program differs from example to example."""
        varies = [bool(buffer.stride) for buffer in self.inputs]
        for operands in self.program.operands:
            varies.append(any(varies[x] for x in operands if isinstance(x, int)))
        return varies


@dataclass(frozen=True)
class RolledUnit(CompilationUnit):
    """A rolled program. Its inputs are the numbers of an example, and it has a plan of its own.

    `sections` has the offset of its other numbers by their name, and `trained` says how many means
    of gradients there are.
    """

    program: Any
    sections: Mapping[str, int] = field(default_factory=dict)
    trained: int = 0

    def mean_runs(self) -> list[tuple[int, Buffer, int]]:
        if not self.means:
            return []
        loss, grads = [Buffer(self.array, self.sections[name]) for name in ("loss", "grad")]
        return [(0, loss, 1), (1, grads, self.trained)]


def runs(buffers: Sequence[Buffer]) -> list[tuple[int, Buffer, int]]:
    """Return (index of the first, the first, how many) for buffers that stand side by side."""
    merged: list[tuple[int, Buffer, int]] = []
    for i, buffer in enumerate(buffers):
        if merged:
            start, first, length = merged[-1]
            if buffer == replace(first, offset=first.offset + length):
                merged[-1] = (start, first, length + 1)
                continue
        merged.append((i, buffer, 1))
    return merged
