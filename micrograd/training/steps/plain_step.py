"""Training steps without NumPy: the eager ones, over lists in the place of arrays.

Rule: examples come in the same order, and with the same random numbers, as with NumPy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice, repeat
from typing import Any

from micrograd.support.numpy_draws import PHILOX_BLOCK, Permutations, philox_numbers
from micrograd.training.steps.eager_step import EagerStep


class Rows:
    """Nested lists of numbers, with the part of an array's interface that eager training uses."""

    def __init__(self, content: Any) -> None:
        self.content = content

    def __len__(self) -> int:
        return len(self.content)

    def __iter__(self) -> Iterator[Rows]:
        return map(Rows, self.content)

    def __getitem__(self, place: Any) -> Rows:
        """Return one row, or those at a list of places; with None, all of them as one row."""
        if place is None:
            return Rows([self.content])
        if isinstance(place, int):
            return Rows(self.content[place])
        return Rows([self.content[i] for i in place])

    def tolist(self) -> Any:
        return self.content

    def ravel(self) -> Rows:
        return Rows(list(flat(self.content)))


def flat(content: Any) -> Iterator[float]:
    """Yield the numbers of nested lists in their order."""
    if isinstance(content, list):
        yield from chain.from_iterable(map(flat, content))
    else:
        yield content


class PlainStep(EagerStep):
    """An EagerStep whose examples are Rows."""

    def sampler(self, *arguments: Any, **options: Any) -> PlainSampler:
        return PlainSampler(*arguments, **options)


class PlainSampler:
    """Serves the minibatches that MinibatchSampler serves, from the first step on."""

    def __init__(
        self,
        rows: Rows | None,
        targets: Rows | None,
        size: int,
        seed: int,
        first: int = 0,
        one_batch_per_step: bool = False,
        random_per_example: int = 0,
        shuffle: bool = True,
    ) -> None:
        self.rows, self.targets = rows, targets
        self.size, self.seed = size, seed
        self.one_batch_per_step = one_batch_per_step
        self.random_per_example = random_per_example
        count = 1 if rows is None else len(rows)
        self.batches = islice(minibatches(count, size, seed, shuffle), first, None)

    @property
    def arrays(self) -> list[Rows]:
        """The rows and the targets, as far as there are any."""
        return [array for array in (self.rows, self.targets) if array is not None]

    def next(self, steps: int, taken: int) -> tuple[Sequence[int], Rows]:
        """Return the indices of the next step's examples, and random numbers for each example.

        `taken` steps were taken by the optimizer before; `steps` is 1.
        """
        indices = next(self.batches)
        examples = 1 if self.one_batch_per_step else self.size
        width = self.random_per_example
        blocks = -(-examples * width // PHILOX_BLOCK)
        numbers = philox_numbers(self.seed, taken * blocks, examples * width)
        return indices, Rows([numbers[i * width : (i + 1) * width] for i in range(examples)])


def minibatches(count: int, size: int, seed: int, shuffle: bool) -> Iterator[list[int]]:
    """Return the indices of each step's examples, without end, as `minibatches_from` does.

    >>> batches = minibatches(5, 2, seed=0, shuffle=True)
    >>> [next(batches) for _ in range(3)]
    [[2, 4], [3, 0], [4, 1]]
    """
    if size >= count:
        return repeat(list(range(size)))
    return shuffled(count, size, seed) if shuffle else in_order(count, size)


def shuffled(count: int, size: int, seed: int) -> Iterator[list[int]]:
    permutations = Permutations(seed)
    while True:
        order = permutations.draw(count)
        for start in range(0, count - size + 1, size):
            yield order[start : start + size]


def in_order(count: int, size: int) -> Iterator[list[int]]:
    start = 0
    while True:
        yield [(start + i) % count for i in range(size)]
        start = (start + size) % count
