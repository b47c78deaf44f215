"""Curves of a few blocks, in one line of text."""

import math
from collections.abc import Sequence

from micrograd.support.smoothing import window_means

BLOCKS = "▁▂▃▄▅▆▇█"
WIDTH = 16  # blocks of the curve


def sparkline(numbers: Sequence[float], width: int = WIDTH) -> str:
    """Return a curve of at most `width` blocks, "" for no finite numbers.

    Each block is the mean of an equal stretch; the largest mean is a full block, the smallest the
    lowest one.

    >>> sparkline([3.0, 2.0, 1.0, 1.0], 4)
    '█▅▁▁'
    """
    count = min(width, len(numbers))
    edges = [len(numbers) * i // max(count, 1) for i in range(count + 1)]
    means = window_means(numbers, edges[:-1], edges[1:])
    finite = [mean for mean in means if math.isfinite(mean)]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    span = high - low or 1.0
    blocks = []
    for mean in means:
        height = (mean - low) / span if math.isfinite(mean) else 1.0
        place = round(height * (len(BLOCKS) - 1))
        blocks.append(BLOCKS[place])
    return "".join(blocks)
