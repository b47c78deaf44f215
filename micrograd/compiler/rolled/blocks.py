"""Blocks: the places of all numbers, and the kernels over arrays of them.

Rule: every number has a place, once for each turn of the loops that compute it. An operand is an
array of places with the axes of its kernel, 1 long where it is the same along one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from micrograd.compiler.nodes import takes_many
from micrograd.ops import Op

Shape = tuple[int, ...]
Places = np.ndarray  # of integers
Array = np.ndarray  # places, or constants (floats)


@dataclass(eq=False)
class Terms:
    """Some terms of a sum, each the product of one or two operands; the terms are the last axis."""

    negative: bool
    factors: list[Array]

    @property
    def plain(self) -> Places | None:
        """The places of the numbers that it is, if it is neither a sum nor a product."""
        first, *others = self.factors
        if self.negative or others or first.shape[-1] > 1 or not is_places(first):
            return None
        return np.asarray(first[..., 0])


@dataclass(eq=False)
class ArrayKernel:
    """The same op, or a sum of products (`op` is None), at each place of an array of results.

    The operands of a sum have one axis more than the results, and so has the last one of an op of
    many numbers, such as a maximum. With `is_mean` it is the mean over the examples. A completed
    one has results that nobody wants, so that the others stand in a grid.
    """

    op: Op | None
    results: Places
    inputs: list[Array] = field(default_factory=list)
    sums: list[Terms] = field(default_factory=list)
    is_mean: bool = False
    is_completed: bool = False

    @property
    def is_of_many(self) -> bool:
        return takes_many(self.op, self.inputs)

    def at(self, mask: np.ndarray) -> ArrayKernel:
        """Return the kernel of some of the results alone.

        >>> kernel = ArrayKernel(None, np.array([[5, 6], [7, 8]]))
        >>> kernel.at(np.array([[True, False], [True, False]])).results.tolist()
        [[5], [7]]
        """
        shape = mask.shape
        axes = [np.flatnonzero(mask.any(axis=others(axis, mask.ndim))) for axis in range(mask.ndim)]
        is_box = mask[np.ix_(*axes)].all()

        def entries(x: Array, last_axes: int) -> Array:  # so many behind those of the results
            x = x.reshape((1,) * (len(shape) + last_axes - x.ndim) + x.shape)
            if not is_box:
                return np.broadcast_to(x, (*shape, *x.shape[len(shape) :]))[mask]
            for axis, places in enumerate(axes):
                x = x.take(places, axis) if x.shape[axis] > 1 else x
            return x

        inputs = [entries(x, 0) for x in self.inputs[:-1]]
        inputs += [entries(x, 1 if self.is_of_many else 0) for x in self.inputs[-1:]]
        sums = [Terms(s.negative, [entries(x, 1) for x in s.factors]) for s in self.sums]
        return replace(self, results=entries(self.results, 0), inputs=inputs, sums=sums)

    def operands(self) -> list[Array]:
        return [*self.inputs, *[x for terms in self.sums for x in terms.factors]]


def others(axis: int, rank: int) -> tuple[int, ...]:
    return tuple(other for other in range(rank) if other != axis)


def is_places(x: Array) -> bool:
    return x.dtype == np.int64


class Blocks:
    """All places, in blocks that stand side by side, and the kernels that compute them.

    A block varies if it has a number for each example; without `once`, each result does. With
    `fewest`, kernels are as few as can be. `numbers` has those of constant blocks.
    """

    def __init__(self, once: bool = True, fewest: bool = False) -> None:
        self.once, self.fewest = once, fewest
        self.starts: list[int] = []
        self.count = 0
        self.varies: list[bool] = []
        self.numbers: dict[int, np.ndarray] = {}
        self.known: dict[tuple[Shape, bytes], Places] = {}
        self.kernels: list[ArrayKernel] = []

    @property
    def sizes(self) -> np.ndarray:
        return np.diff([*self.starts, self.count])

    def new(self, shape: Shape, varies: bool) -> Places:
        """Return the places of a new block."""
        size = int(np.prod(shape))
        self.starts.append(self.count)
        self.varies.append(varies)
        self.count += size
        return np.arange(self.count - size, self.count).reshape(shape)

    def blocks_of(self, places: Places) -> Places:
        """Return the number of the block of each place."""
        first, last = self.outermost_blocks(places)
        return first + np.searchsorted(self.starts[first + 1 : last + 1], places, side="right")

    def blocks_met(self, places: Places) -> Places:
        """Return the numbers of the blocks in which some of the places stand.

        A row lies in one block if its least place and its greatest one do.
        """
        first, last = self.outermost_blocks(places)
        if first >= last or not places.size:
            return np.arange(first, last + 1 if places.size else first)
        axis = int(np.argmax(places.shape))
        least, greatest = [self.blocks_of(f(places, axis)) for f in (np.min, np.max)]
        is_one = least == greatest
        several = np.moveaxis(places, axis, -1)[~is_one]
        marks = np.zeros(last - first + 1, bool)
        marks[least[is_one] - first] = True
        marks[self.blocks_of(several) - first] = True
        return first + np.flatnonzero(marks)

    def outermost_blocks(self, places: Places) -> tuple[int, int]:
        """Return the first block in which one of the places stands, and the last one."""
        ends = places.min(initial=self.count), places.max(initial=0)
        first, last = [self.block_at(int(place)) for place in ends]
        return first, last

    def block_at(self, place: int) -> int:
        """Return the number of the block of one place."""
        return bisect_right(self.starts, place) - 1

    def block_of(self, kernel: ArrayKernel) -> int:
        """Return the number of the block of a kernel's results."""
        return self.block_at(int(kernel.results.flat[0]))

    def any_varies(self, arrays: Iterable[Array]) -> bool:
        """Return whether some of the numbers differ from example to example."""
        return not self.once or any(self.varies_somewhere(x) for x in arrays if is_places(x))

    def varies_somewhere(self, places: Places) -> bool:
        first, last = self.outermost_blocks(places)
        some = self.varies[first : last + 1]
        if not any(some) or all(some):
            return any(some)
        return any(self.varies[block] for block in self.blocks_met(places))

    # ----------------------------------------------------------------------------------- constants

    def constants(self, numbers: np.ndarray) -> Places:
        """Return places of these constants; equal arrays of them share theirs."""
        key = numbers.shape, numbers.tobytes()
        if key not in self.known:
            self.known[key] = self.new_constants(numbers)
        return self.known[key]

    def new_constants(self, numbers: np.ndarray) -> Places:
        places = self.new(numbers.shape, False)
        self.numbers[len(self.starts) - 1] = numbers.ravel()
        return places

    def zero(self) -> int:
        """Return the place of a new 0.

        Each loop gets its own, so that equal loops find theirs at equal offsets.
        """
        return int(self.new_constants(np.zeros(1))[0])

    def all_constants(self, count: int) -> np.ndarray:
        """Return the number of each of the first places that is constant, nan for each other."""
        values = np.full(count, np.nan)
        for block, numbers in self.numbers.items():
            start = self.starts[block]
            if start < count:
                values[start : start + len(numbers)] = numbers
        return values

    def places_and_constants(self) -> tuple[Places, np.ndarray]:
        """Return the places of all constants, in order, and the constants; the first is none."""
        places, constants = [np.array([-1])], [np.array([np.nan])]
        for block, numbers in sorted(self.numbers.items()):
            places.append(self.starts[block] + np.arange(len(numbers)))
            constants.append(numbers)
        return np.concatenate(places), np.concatenate(constants)

    # ------------------------------------------------------------------------------------- kernels

    def add(self, kernel: ArrayKernel) -> Places:
        self.kernels.append(kernel)
        return kernel.results

    def add_op(self, op: Op, inputs: list[Array]) -> Places:
        """Return the results of an op, at places of a new block."""
        shapes = [x.shape for x in inputs]
        if takes_many(op, inputs):
            shapes[-1] = shapes[-1][:-1]
        results = self.new(np.broadcast_shapes(*shapes), self.any_varies(inputs))
        return self.add(ArrayKernel(op, results, inputs))

    def add_sum(self, sums: list[Terms], is_completed: bool = False) -> Places:
        """Return the results of a sum of products, at places of a new block."""
        arrays = [x for terms in sums for x in terms.factors]
        shape = np.broadcast_shapes(*[x.shape[:-1] for x in arrays])
        results = self.new(shape, self.any_varies(arrays))
        return self.add(ArrayKernel(None, results, sums=sums, is_completed=is_completed))

    def replace_each(self, add_for: Callable[[ArrayKernel], None]) -> list[ArrayKernel]:
        """Return the kernels after `add_for`, which adds what takes the place of each."""
        kernels, self.kernels = self.kernels, []
        for kernel in kernels:
            add_for(kernel)
        return self.kernels
