"""A lock for each optimizer: only one of its compiled steps may run at a time.

Rule: a thread that waits for itself is told so, as it would wait for ever.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from weakref import WeakKeyDictionary

from micrograd.optim import Optimizer
from micrograd.training import messages


class OptimizerLock:
    """The lock of an optimizer, and the thread that has it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.owner: int | None = None  # a thread

    @classmethod
    def of(cls, optimizer: Optimizer) -> OptimizerLock:
        return LOCKS.setdefault(optimizer, cls())

    def hold(self) -> Generator[None, None, None]:
        """Wait for the lock, yield, and hold it until the generator is closed.

        Ctrl-C may come at any time, also between a call of acquire() and the next line, but not
        within a `with` statement of the lock itself.
        """
        thread = threading.get_ident()
        self.require_other(thread)
        with self.lock:
            self.owner = thread
            try:
                yield
            finally:
                self.owner = None

    def require_other(self, thread: int) -> None:
        """Raise RuntimeError if this thread has the lock: it would wait for ever."""
        if self.owner == thread and self.lock.locked():
            raise RuntimeError(messages.already_bound())


LOCKS: WeakKeyDictionary[Optimizer, OptimizerLock] = WeakKeyDictionary()
