"""Ctrl-C in a long piece of work, which it stops once, and in a place where all is consistent.

Rule: only a handler that is a Python function is replaced. A program that ignores SIGINT, as under
nohup, means it.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Interrupts:
    """A block in which the first Ctrl-C raises KeyboardInterrupt, and later ones do nothing.

    Within `hold()`, Ctrl-C waits for the end of that inner block. Outside the main thread, which is
    the one that Ctrl-C reaches, nothing changes. With `deferred`, Ctrl-C never raises: it is noted
    in `is_waiting` alone, for whoever must tell others first.
    """

    def __init__(self, deferred: bool = False) -> None:
        self.is_deferred = deferred
        self.is_held = False
        self.is_waiting = False  # there was a Ctrl-C that has not raised yet
        self.is_over = False  # no Ctrl-C raises any more

    def __enter__(self) -> "Interrupts":
        self.handler: Any = signal.getsignal(signal.SIGINT)
        self.is_installed = callable(self.handler)
        try:
            if self.is_installed:
                signal.signal(signal.SIGINT, self.handle)
        except ValueError:  # another thread
            self.is_installed = False
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_installed:
            signal.signal(signal.SIGINT, self.handler)

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Do what Ctrl-C did before this block, unless it must wait or was done already."""
        if self.is_held or self.is_over or self.is_deferred:
            self.is_waiting = True
            return
        self.is_over = True
        self.handler(number, frame)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let Ctrl-C in the block wait, and raise at its end."""
        self.is_held = True
        try:
            yield
        finally:
            self.is_held = False
        if self.is_waiting and not self.is_over and not self.is_deferred:
            self.handle(signal.SIGINT, None)

    @property
    def must_be_told(self) -> bool:
        """Whether there was a Ctrl-C that is only noted."""
        return self.is_deferred and self.is_waiting

    def rearm(self) -> None:
        """Let the next Ctrl-C raise again, after somebody else has dealt with the last one."""
        self.is_over = False

    def ignore(self) -> None:
        """Let no later Ctrl-C raise."""
        self.is_over = True
