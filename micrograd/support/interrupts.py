"""Ctrl-C in a long piece of work: it stops where everything is as it should be, and only once.

Rule: only a handler that is a Python function is replaced. A program that ignores SIGINT, as under
nohup, means it.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Interrupts:
    """A block in which the first Ctrl-C raises KeyboardInterrupt, and more of them are quiet.

    Within `hold()` it waits for the end of that block. Outside the main thread, which is the one
    that Ctrl-C reaches, nothing changes.
    """

    def __init__(self) -> None:
        self.is_held = False
        self.is_waiting = False  # there was one that has not been raised
        self.is_over = False  # no more are raised

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
        if self.is_held or self.is_over:
            self.is_waiting = True
            return
        self.is_over = True
        self.handler(number, frame)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """A block that Ctrl-C does not interrupt: it raises at the end."""
        self.is_held = True
        try:
            yield
        finally:
            self.is_held = False
        if self.is_waiting and not self.is_over:
            self.handle(signal.SIGINT, None)

    def rearm(self) -> None:
        """Let the next one raise again, after one that somebody else has dealt with."""
        self.is_over = False

    def ignore(self) -> None:
        """Raise no more."""
        self.is_over = True
