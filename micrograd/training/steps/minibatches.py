"""The examples that the steps of a run see, in their order, and random numbers for each.

Rule: all of it follows from the seed and the number of the step, so that a run can go on anywhere.
"""

from collections.abc import Iterator
from itertools import chain, islice, repeat

import numpy as np

from micrograd import errors
from micrograd.training import messages

DRAWN = 4  # numbers at each count of NumPy's Philox generator


class Feed:
    """`size` of the rows and targets a step, from step number `first` on.

    With `draws`, so many random numbers follow each row; with `whole` the batch is one row to the
    loss. Then rows are gathered in the order in which they are seen, else they stay where they are.
    """

    def __init__(self, rows, targets, size, seed, first=0, whole=False, draws=0):
        self.rows, self.targets = rows, targets
        self.size, self.seed = size, seed
        self.step, self.draws, self.whole = first, draws, whole
        count = 1 if rows is None else len(rows)
        self.shuffles = size < count
        if self.shuffles:
            self.orders = islice(batches(count, size, seed), first, None)
        else:
            self.orders = repeat(np.arange(size))
        self.seen: list = []

    @property
    def gathers(self) -> bool:
        return self.rows is not None and (self.draws > 0 or self.whole)

    @property
    def examples(self) -> int:
        """To the loss, a step."""
        return 1 if self.whole else self.size

    @property
    def moves(self) -> int:
        """By how many places of the order a step moves on."""
        return self.examples if self.gathers or self.shuffles else 0

    @property
    def numbers(self) -> int:
        """How many of them stand ready for each step that is prepared."""
        if not self.gathers:
            return self.size
        data = [array[0].size for array in (self.rows, self.targets) if array is not None]
        return self.size * sum(data) + self.examples * self.draws

    def next(self, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """The places of the examples that the next steps see, and the random numbers of each."""
        self.seen = list(islice(self.orders, steps))
        places = np.concatenate([*self.seen, np.arange(0)]).astype(np.int64)
        drawn = noise(self.seed, self.step, steps, self.examples * self.draws)
        self.step += steps
        return places, drawn.reshape(steps * self.examples, self.draws)

    def served(self, steps: int) -> tuple:
        """(rows, targets, order) of the next steps."""
        if not (self.gathers or self.shuffles):
            self.step += steps
            return self.rows, self.targets, np.arange(self.size, dtype=np.int64)
        places, drawn = self.next(steps)
        if not self.gathers:
            return self.rows, self.targets, places
        count = len(drawn)
        rows, targets = (gathered(array, places, count) for array in (self.rows, self.targets))
        rows = np.hstack([rows, drawn], dtype=rows.dtype, casting="same_kind")
        return rows, targets, np.arange(count, dtype=np.int64)

    def put_back(self, steps: int) -> None:
        """The last so many were not taken; they come next."""
        self.step -= steps
        if self.shuffles and steps:
            self.orders = chain(self.seen[-steps:], self.orders)


def gathered(array, places, count: int):
    """The examples in those places, as so many rows; None of None."""
    return None if array is None else array[places].reshape(count, -1)


def batches(count: int, size: int, seed: int) -> Iterator[np.ndarray]:
    """Orders of `size` examples, without end: all in a random order, then in another."""
    generator = np.random.default_rng(seed)
    while True:
        order = generator.permutation(count)
        for start in range(0, count - size + 1, size):
            yield order[start : start + size]


def noise(seed: int, first: int, steps: int, count: int) -> np.ndarray:
    """steps x count numbers between 0 and 1; those of a step are the same however it is reached.

    Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3" (2011): a step has its counts.
    """
    if not count:
        return np.empty((steps, 0))
    counts = -(-count // DRAWN)
    generator = np.random.Generator(np.random.Philox(key=seed).advance(first * counts))
    drawn = generator.random((steps, counts * DRAWN))
    return drawn[:, :count]


def examples(rows, targets) -> int:
    """How many there are, 1 without data. ShapeError for none, or not a target for each row."""
    count = len(rows) if rows is not None else int(targets is None)
    if targets is not None and len(targets) != count:
        raise errors.ShapeError(errors.rows_and_labels(count, len(targets)))
    if not count:
        raise errors.ShapeError(errors.empty("the mean"))
    return count


def as_array(x, dtype: str):
    """A contiguous array. Raises ShapeError for what is not rows of equally many numbers."""
    if x is None:
        return None
    try:
        return np.ascontiguousarray(x, dtype)
    except (ValueError, TypeError) as error:
        raise errors.ShapeError(messages.not_an_array(x)) from error
