"""The minibatches of a run, in their order, and the random numbers of each example.

Rule: the order follows from the seed and the number of the step in it, and random numbers follow
from the seed and the number of steps that the optimizer has taken. So a run can go on anywhere, and
it does not matter by which calls the steps are taken.
"""

from collections.abc import Iterator
from copy import copy, deepcopy
from itertools import islice
from typing import Any

import numpy as np

from micrograd import errors
from micrograd.support.numpy_draws import PHILOX_BLOCK
from micrograd.support.splitting import rows_and_labels
from micrograd.training import messages

# Orders of minibatches: the number of the next step, what comes first, and what follows.
Batches = Iterator[np.ndarray]
Orders = dict[tuple[int, int, int, bool], tuple[int, list[np.ndarray], Batches]]


class MinibatchSampler:
    """Serves a minibatch of `size` examples for each step, starting at step `first`.

    `random_per_example` random numbers are appended to each row. With `one_batch_per_step` the
    loss takes the whole minibatch as one example. In both cases rows are copied in the order in
    which they are seen; otherwise they stay where they are, and the order is a list of indices.
    Without `shuffle` that is the order of the data, round and round.
    """

    def __init__(
        self,
        rows: np.ndarray | None,
        targets: np.ndarray | None,
        size: int,
        seed: int,
        first: int = 0,
        one_batch_per_step: bool = False,
        random_per_example: int = 0,
        shuffle: bool = True,
    ) -> None:
        self.rows, self.targets = rows, targets
        self.size, self.seed, self.step = size, seed, first
        self.one_batch_per_step = one_batch_per_step
        self.random_per_example = random_per_example
        count = 1 if rows is None else len(rows)
        self.is_partial = size < count  # whether a step sees some of the examples only
        self.order = (count, size, seed, shuffle)
        self.all_examples = np.arange(0 if self.is_partial else size, dtype=np.int64)
        self.waiting: list[np.ndarray] = []  # batches that were put back, which come first
        self.batches: Iterator[np.ndarray] | None = None  # those that follow
        self.served: list[np.ndarray] = []  # batches of the steps that were prepared last

    @property
    def arrays(self) -> list[np.ndarray]:
        """The rows and the targets, as far as there are any."""
        return [array for array in (self.rows, self.targets) if array is not None]

    @property
    def copies_rows(self) -> bool:
        """Whether the rows of each step are copied, one after the other."""
        return self.rows is not None and (self.random_per_example > 0 or self.one_batch_per_step)

    @property
    def examples_per_step(self) -> int:
        """How many examples the loss sees in one step."""
        return 1 if self.one_batch_per_step else self.size

    @property
    def order_stride(self) -> int:
        """How far each step advances in the order of examples."""
        return self.examples_per_step if self.copies_rows or self.is_partial else 0

    @property
    def floats_per_step(self) -> int:
        """How many numbers are prepared for each step."""
        if not self.copies_rows:
            return self.size
        width = sum(int(array[0].size) for array in self.arrays)
        return self.size * width + self.examples_per_step * self.random_per_example

    def go_to(self, step: int, idle: Orders) -> None:
        """Serve the minibatch of that step of the order next; `idle` are orders to go on with."""
        where, waiting, batches = idle.pop(self.order, (None, [], None))
        if step != self.step or self.batches is None:
            self.step, self.waiting, self.batches = step, [], None
            if where == step:
                self.waiting, self.batches = waiting, batches

    def leave(self, idle: Orders) -> None:
        """Let another sampler go on from here."""
        idle.clear()
        if self.is_partial and self.batches is not None:
            idle[self.order] = (self.step, self.waiting, self.batches)
        self.waiting, self.batches = [], None

    def order_from_here(self) -> Batches:
        """Return a copy of the order, for a sampler that begins at the same step."""
        if self.batches is None:
            self.batches = minibatches_from(self.step, *self.order)
        return copy(self.batches)

    def next(self, steps: int, taken: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the indices of the next steps' examples, and random numbers for each example.

        `taken` steps were taken by the optimizer before.
        """
        if self.batches is None:
            self.batches = minibatches_from(self.step, *self.order)
        self.served, self.waiting = self.waiting[:steps], self.waiting[steps:]
        self.served += islice(self.batches, steps - len(self.served))
        indices = np.concatenate([*self.served, np.arange(0)]).astype(np.int64)
        count = self.examples_per_step * self.random_per_example
        numbers = random_numbers(self.seed, taken, steps, count)
        self.step += steps
        return indices, numbers.reshape(steps * self.examples_per_step, self.random_per_example)

    def arrays_for(
        self, steps: int, taken: int
    ) -> tuple[np.ndarray | None, np.ndarray | None, np.ndarray]:
        """Return (rows, targets, order) of the next steps; the order is of indices into both."""
        if not (self.copies_rows or self.is_partial):
            self.step += steps
            return self.rows, self.targets, self.all_examples
        indices, numbers = self.next(steps, taken)
        if not self.copies_rows:
            return self.rows, self.targets, indices
        count = len(numbers)
        rows, targets = (copy_rows(array, indices, count) for array in (self.rows, self.targets))
        rows = np.hstack([rows, numbers], dtype=rows.dtype, casting="same_kind")
        return rows, targets, np.arange(count, dtype=np.int64)

    def put_back(self, steps: int) -> None:
        """Serve the last `steps` minibatches again: they were not used."""
        self.step -= steps
        if self.is_partial and steps:
            self.waiting = self.served[-steps:] + self.waiting


def copy_rows(array: np.ndarray | None, indices: np.ndarray, count: int) -> Any:
    """Return the examples of those indices, as `count` rows; None without an array."""
    return None if array is None else array[indices].reshape(count, -1)


def minibatches_from(
    first: int, count: int, size: int, seed: int, shuffle: bool
) -> Iterator[np.ndarray]:
    """Return the indices of each step's examples, from step `first` on, without end.

    They can be copied; a copy goes on from where it was made.
    """
    if shuffle and size < count:
        return ShuffledBatches(count, size, seed, first)
    return OrderedBatches(max(count, size), size, first)


class ShuffledBatches:
    """The indices of `size` examples, without end, as from step `first` on.

    Each epoch has another random order, in which no example comes twice; what is left over at its
    end is not served. A copy goes on from where it was made, and so saves the way there.
    """

    def __init__(self, count: int, size: int, seed: int, first: int = 0) -> None:
        self.count, self.size = count, size
        self.generator = np.random.default_rng(seed)
        epochs, done = divmod(first, count // size)
        for _ in range(epochs):
            self.generator.permutation(count)
        self.order = self.generator.permutation(count)
        self.start = done * size

    def __iter__(self) -> Iterator[np.ndarray]:
        return self

    def __next__(self) -> np.ndarray:
        if self.start > self.count - self.size:
            self.order, self.start = self.generator.permutation(self.count), 0
        start, self.start = self.start, self.start + self.size
        return self.order[start : self.start]

    def __copy__(self) -> "ShuffledBatches":
        other = object.__new__(type(self))
        vars(other).update(vars(self), generator=deepcopy(self.generator))
        return other


class OrderedBatches:
    """The indices of `size` examples in the order of the data, round and round.

    They begin as at step `first`. A copy goes on from where it was made; since Python 3.14, one of
    an iterator of itertools is an error.

    >>> batches = OrderedBatches(5, 2)
    >>> [next(batches).tolist() for _ in range(4)]
    [[0, 1], [2, 3], [4, 0], [1, 2]]
    """

    def __init__(self, count: int, size: int, first: int = 0) -> None:
        self.count, self.places = count, np.arange(size)
        self.start = first * size % count

    def __iter__(self) -> Iterator[np.ndarray]:
        return self

    def __next__(self) -> np.ndarray:
        batch = (self.start + self.places) % self.count
        self.start = (self.start + len(self.places)) % self.count
        return batch


def random_numbers(seed: int, first: int, steps: int, count: int) -> np.ndarray:
    """Return `count` numbers between 0 and 1 for each step from step `first` on: (steps, count).

    Those of a step do not depend on how it is reached: each step has values of the counter of its
    own (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011).
    """
    if not count:
        return np.empty((steps, 0))
    blocks = -(-count // PHILOX_BLOCK)
    generator = np.random.Generator(np.random.Philox(key=seed).advance(first * blocks))
    numbers = generator.random((steps, blocks * PHILOX_BLOCK))
    return numbers[:, :count]


def count_examples(rows: np.ndarray | None, targets: np.ndarray | None) -> int:
    """Return how many examples there are, 1 without data.

    Raises ShapeError if there are none, or not one target for each row.
    """
    count = len(rows) if rows is not None else int(targets is None)
    if targets is not None and len(targets) != count:
        raise errors.ShapeError(rows_and_labels(count, len(targets)))
    if not count:
        raise errors.ShapeError(messages.no_examples())
    return count


def first_example(sampler: MinibatchSampler) -> list[Any]:
    """Return the arguments of the loss, after the model, for one example."""
    rows = [
        array[: sampler.size] if sampler.one_batch_per_step else array[0]
        for array in sampler.arrays
    ]
    return [row.tolist() for row in rows]
