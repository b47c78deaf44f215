"""Fusion: results that one other kernel reads, each once, are computed where they are read.

Rule: each number is computed as often as before, from the same numbers. It is not written to memory
and read again, and its kernel is gone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from math import prod

import numpy as np

from micrograd.compiler.access import VARYING, Access, Computed, Grid, linear_stride, places_of
from micrograd.compiler.lines import distinct
from micrograd.compiler.plan import Kernel
from micrograd.ops import detach

MOST_NUMBERS = 8  # that one operand is computed from: each needs a register

Reader = tuple[int, int]  # the number of a kernel, and that of its operand
Ends = tuple[int, int]  # the first and the last slot of an access


class Fusion:
    """The kernels of one plan, some of which may be computed within others.

    `kept` are the slots that somebody reads when all kernels have run.
    """

    def __init__(self, kernels: Sequence[Kernel], kept: Iterable[int]) -> None:
        self.kernels = dict(enumerate(kernels))
        self.readers: dict[Ends, list[Reader]] = defaultdict(list)
        self.read, self.kept = Counts(), Counts()
        for n, kernel in self.kernels.items():
            for i, (access, terms) in enumerate(kernel.reads()):
                self.add_reader((n, i), access, kernel.grid, terms)
        for slot in kept:
            self.kept.add(np.array([slot]))

    def add_reader(self, reader: Reader, access: Access, grid: Grid, terms: int) -> None:
        if access.kind != VARYING:
            return
        slots = places_of(access, grid, terms)
        self.readers[ends_of(slots)].append(reader)
        self.read.add(slots)

    def fuse(self) -> list[Kernel]:
        """Return the kernels that are left, in their order."""
        for n, kernel in list(self.kernels.items()):
            if is_elementwise(kernel):
                self.fuse_one(n)
        return [self.kernels[n] for n in sorted(self.kernels)]

    def fuse_one(self, n: int) -> None:
        """Compute a kernel within the one that reads its results, if there is only this one."""
        kernel = self.kernels[n]
        ends = ends_of(places_of(kernel.result, kernel.grid, 1))
        readers = self.readers.get(ends, [])
        if len(readers) != 1 or self.read.most(ends) > 1:
            return
        ((m, i),) = readers
        operand = inline(kernel, self.kernels[m], i)
        if operand is not None and not self.kept.most(ends):
            self.kernels[m] = self.kernels[m].with_operand(i, operand)
            del self.kernels[n]


def is_elementwise(kernel: Kernel) -> bool:
    """Return whether a kernel computes an op for each example.

    A copy was made for its order. Numbers that all examples share are too few to matter.
    """
    if kernel.op is None or kernel.op is detach:
        return False
    if kernel.is_extreme or kernel.reduces:
        return False
    return kernel.varies


def inline(kernel: Kernel, reader: Kernel, i: int) -> Access | None:
    """Return what the reader's operand number i is computed from, if it can be; else None."""
    access, terms = reader.reads()[i]
    if reader.reduces or terms > 1 or str(access) != "affine":
        return None
    size, slots = prod(kernel.grid), places_of(access, reader.grid, 1)
    if prod(reader.grid) != size or len(distinct(slots)) != size:  # some are read again, or never
        return None
    leaves = kernel.accesses()
    strides = [linear_stride(x, kernel.grid) for x in leaves]
    if None in strides or len(strides) > MOST_NUMBERS:
        return None
    stride = linear_stride(kernel.result, kernel.grid)
    if stride not in (1, -1):
        return None
    at_reader = partial(move, grid=kernel.grid, stride=stride, base=kernel.result.base, to=access)
    inputs = tuple(map(at_reader, kernel.inputs))
    assert kernel.op is not None
    return Computed(access.kind, op=kernel.op, inputs=inputs)


def move(x: Access, grid: Grid, stride: int, base: int, to: Access) -> Access:
    """Return the access to `x` for that member whose result `to` reads.

    The results begin at `base`, and are `stride` apart, which is 1 or -1.
    """
    if isinstance(x, Computed):
        inputs = tuple(move(y, grid, stride, base, to) for y in x.inputs)
        return replace(x, inputs=inputs)
    x_stride = stride * (linear_stride(x, grid) or 0)
    first = x.base + x_stride * (to.base - base)
    strides = tuple(x_stride * other for other in to.strides)
    return replace(x, base=first, strides=strides)


# ------------------------------------------------------------------------------------------- slots


class Counts:
    """How many accesses reach each slot."""

    def __init__(self) -> None:
        self.counts = np.zeros(0, int)

    def add(self, slots: np.ndarray) -> None:
        """Count an access to these slots. One that it reaches several times counts once."""
        last = int(slots.max())
        if last >= len(self.counts):
            room = np.zeros(last + 1, int)
            self.counts = np.concatenate([self.counts, room])
        self.counts[slots] += 1

    def most(self, ends: Ends) -> int:
        """Return how many accesses reach the slot that most of them reach, of those between."""
        first, last = ends
        between = self.counts[first : last + 1]
        return int(between.max(initial=0))


def ends_of(slots: np.ndarray) -> Ends:
    return int(slots.min()), int(slots.max())
