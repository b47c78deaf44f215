"""The ends of gradients, made visible while a rolled program is checked.

Rule: in the check `detach` returns another number, so that results show where it is called. Blocks
of no_grad() are counted: as code computes with floats there, their results cannot be marked.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from micrograd.ops import detach
from micrograd.transforms.state import TRACING

MARK = 0.01  # the greatest, of what lies between whole numbers: a probability remains one
is_marked: ContextVar[bool] = ContextVar("is_marked", default=False)


def mark(x: float) -> float:
    """Return another number near `x`; a whole number stays, as it may be an index.

    It is continuous, as the program rounds its sums otherwise.

    >>> mark(0.25), mark(3.0)
    (0.26, 3.0)
    """
    if not math.isfinite(x):
        return x
    return x + MARK * math.sin(math.tau * math.remainder(x, 1.0))


@contextmanager
def detached_numbers_marked() -> Iterator[None]:
    """Let `detach` mark numbers within the block, in this thread alone."""
    with TRACING:
        token, forward = is_marked.set(True), detach.forward
        marking = lambda x: mark(x) if is_marked.get() else x  # noqa: E731
        object.__setattr__(detach, "forward", marking)  # a row is frozen
        try:
            yield
        finally:
            object.__setattr__(detach, "forward", forward)
            is_marked.reset(token)
