"""Where a model's random numbers come from while it is at work.

Rule: a module that needs chance calls `draw()`; whoever runs the module says what that gives.
"""

import random
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar

source: ContextVar[Callable | None] = ContextVar("source", default=random.random)


def draw():
    """A number between 0 and 1, evenly drawn; None where there is to be no chance."""
    f = source.get()
    return None if f is None else f()


@contextmanager
def drawing(f: Callable | None):
    """Within the block, in this thread or task alone, `draw()` is `f()`; with None it is None."""
    token = source.set(f)
    try:
        yield
    finally:
        source.reset(token)
