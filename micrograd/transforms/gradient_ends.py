"""The ends of gradients, made visible while a rolled program is checked.

Rule: in the check `detach` returns another number, so that results show where it is called. Blocks
of no_grad() are counted: as code computes with floats there, their results cannot be marked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import wraps

from micrograd.ops import detach
from micrograd.transforms.state import TRACING

MARK = 0.01  # the greatest, of what lies between whole numbers: a probability remains one
# what `detach` computes instead, in this thread
replacement: ContextVar[Callable[[float], float] | None] = ContextVar("replacement", default=None)


def mark(x: float) -> float:
    """Return another number near `x`; a whole number stays, as it may be an index.

    It is continuous, as the program rounds its sums otherwise.

    >>> mark(0.5), mark(3.0)
    (0.51, 3.0)
    """
    if not math.isfinite(x):
        return x
    return x + MARK * math.sin(math.pi * math.remainder(x, 1.0)) ** 2


@contextmanager
def detach_replaced(compute: Callable[[float], float]) -> Iterator[None]:
    """Let `detach` of a number return compute(number) within the block, in this thread alone."""
    with TRACING:
        token, forward = replacement.set(compute), detach.forward
        object.__setattr__(detach, "forward", compute_here)  # a row is frozen
        try:
            yield
        finally:
            object.__setattr__(detach, "forward", forward)
            replacement.reset(token)


@wraps(detach.forward)  # so that another thread, which may export, takes the row for ours
def compute_here(x: float) -> float:
    compute = replacement.get()
    return x if compute is None else compute(x)


def detached_numbers_marked(constants: Container[float]) -> AbstractContextManager[None]:
    """Let `detach` mark numbers within the block, but for those that were constants in a trace."""
    return detach_replaced(lambda x: x if x in constants else mark(x))
