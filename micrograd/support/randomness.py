"""Random numbers: where a model's come from while it runs, and how a block leaves `random` alone.

Rule: a module that needs chance calls `uniform()`; the code that runs the module chooses the
generator behind it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from importlib import import_module

from micrograd.support.whole_numbers import whole_number

TYPE_CHECKING = False  # a type checker reads it as True; importing `typing` takes milliseconds
if TYPE_CHECKING:
    from typing import Any

    Generator = Callable[[], Any]  # each call gives a float, or what stands for one in a trace

generator: ContextVar[Generator | None] = ContextVar("generator", default=random.random)


def uniform() -> Any:
    """Return a number drawn evenly between 0 and 1, or None where chance is switched off."""
    draw = generator.get()
    return None if draw is None else draw()


@contextmanager
def use_generator(draw: Generator | None) -> Iterator[None]:
    """Let `uniform()` return `draw()` within the block, in this thread or task alone.

    With None chance is switched off: `uniform()` returns None.
    """
    token = generator.set(draw)
    try:
        yield
    finally:
        generator.reset(token)


@contextmanager
def isolated() -> Iterator[None]:
    """Put the state of Python's `random` back when the block ends."""
    state = random.getstate()
    try:
        yield
    finally:
        random.setstate(state)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed Python's `random` for the block; afterwards it goes on from where it was.

    >>> with seeded(3):
    ...     first = random.random()
    >>> with seeded(3):
    ...     first == random.random()
    True
    """
    with isolated():
        random.seed(seed)
        yield


def import_isolated(name: str) -> None:
    """Import a module that draws from `random` when it is first imported, and put the state back.

    Nothing happens if it is not installed.
    """
    with isolated(), suppress(ImportError):
        import_module(name)


def manual_seed(seed: int) -> None:
    """Seed Python's `random`, the source of initial weights, data sets and Dropout, as in PyTorch.

    Raises ValueError for what is not a whole number of at least 0.

    >>> manual_seed(1337)
    >>> first = random.random()
    >>> manual_seed(1337)
    >>> first == random.random()
    True
    """
    random.seed(whole_number(seed, "seed", 0))
