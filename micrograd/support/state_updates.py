"""State that a module moves as it runs, such as running statistics, where the module cannot set it.

Rule: a module offers each new number to `record_update`; the code that runs the module, such as a
compiled training step, decides whether it collects them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

TYPE_CHECKING = False  # a type checker reads it as True; importing `typing` takes milliseconds
if TYPE_CHECKING:
    from typing import Any

collected: ContextVar[dict[Any, Any] | None] = ContextVar("collected", default=None)


def is_collecting() -> bool:
    """Return whether updates are collected now, in this thread or task."""
    return collected.get() is not None


def latest(holder: Any) -> Any:
    """Return the number that was last recorded for `holder`, and the holder itself before that."""
    updates = collected.get() or {}
    return updates.get(holder, holder)


def record_update(holder: Any, number: Any) -> None:
    """Record the number that `holder`, a Value, has after the call of the module."""
    updates = collected.get()
    if updates is not None:
        updates[holder] = number


@contextmanager
def collect_updates() -> Iterator[dict[Any, Any]]:
    """Collect the updates within the block, as {holder: number}, so that the module sets nothing.

    >>> with collect_updates() as updates:
    ...     record_update("mean", 0.5)
    >>> updates
    {'mean': 0.5}
    """
    updates: dict[Any, Any] = {}
    token = collected.set(updates)
    try:
        yield updates
    finally:
        collected.reset(token)
