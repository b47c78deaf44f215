"""Series: kernels of the same forms that come several times in a row, as layers and time steps do.

Rule: a series is found in the order in which the kernels run, whatever it was in the user's code.
"""

from collections.abc import Hashable, Iterator, Sequence

import numpy as np

LONGEST = 128  # kernels; backwards, a layer of a GPT has 37, and each length up to this is tried

Series = tuple[int, int, int]  # where it begins, how many kernels it has, and how often it comes


def series_of(forms: Sequence[Hashable]) -> Iterator[Series]:
    """Yield the series that `forms` consist of, one after the other. A None is like no other form.

    >>> list(series_of("abcbcbcd"))
    [(0, 1, 1), (1, 2, 3), (7, 1, 1)]
    """
    numbers = numbers_of(forms)
    # for the series that would begin at each place: its length, and how many kernels it saves
    lengths, saved = np.ones(len(forms), int), np.zeros(len(forms), int)
    for length in range(1, min(LONGEST, len(forms) // 2) + 1):
        in_a_row = count_in_a_row(numbers[length:] == numbers[:-length])
        saves = in_a_row // length * length
        better = np.flatnonzero(saves > saved[: len(saves)])
        saved[better], lengths[better] = saves[better], length
    start = 0
    while start < len(forms):
        length = int(lengths[start])
        times = int(saved[start]) // length + 1
        yield start, length, times
        start += length * times


def numbers_of(forms: Sequence[Hashable]) -> np.ndarray:
    """Return a number for each form, the same for the same one, and another for each None."""
    numbers: dict[Hashable, int] = {}
    return np.array(
        [-1 - i if f is None else numbers.setdefault(f, len(numbers)) for i, f in enumerate(forms)]
    )


def count_in_a_row(matches: np.ndarray) -> np.ndarray:
    """Return how many entries in a row are true, from each one on.

    >>> count_in_a_row(np.array([True, True, False, True])).tolist()
    [2, 1, 0, 1]
    """
    here = np.arange(len(matches))
    ends = np.where(matches, len(matches), here)
    return np.minimum.accumulate(ends[::-1])[::-1] - here
