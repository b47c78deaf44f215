"""Means over windows of a series: how every curve of losses is smoothed."""

from collections.abc import Iterable, Sequence


def window_means(
    numbers: Sequence[float], starts: Iterable[int], stops: Iterable[int]
) -> list[float]:
    """Return the mean of numbers[start:stop] for each start and stop; no window may be empty.

    >>> window_means([3.0, 1.0, 2.0, 2.0], starts=[0, 2], stops=[2, 4])
    [2.0, 2.0]
    """
    means = []
    for start, stop in zip(starts, stops):
        window = numbers[start:stop]
        means.append(sum(window) / len(window))
    return means
