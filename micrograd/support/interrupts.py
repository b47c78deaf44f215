"""Ctrl-C in a long piece of work, which it stops once, and in a place where all is consistent.

Rule: only a handler that is a Python function is replaced. A program that ignores SIGINT, as under
nohup, means it.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any


class CtrlC:
    """A block in which Ctrl-C raises KeyboardInterrupt, and is remembered.

    For the exception can be lost: code that imports a module, holds a lock or is called back by C
    may replace it by one of its own, or print it and go on.
    """

    def __init__(self) -> None:
        self.has_come = False

    def __enter__(self) -> CtrlC:
        handler: Any = signal.getsignal(signal.SIGINT)
        self.is_installed = False
        if handler is signal.default_int_handler:
            with suppress(ValueError):  # another thread
                signal.signal(signal.SIGINT, self)
                self.is_installed = True
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.has_come = True
        raise KeyboardInterrupt


@contextmanager
def ctrl_c_ends() -> Iterator[None]:
    """A block that Ctrl-C ends, although a training inside it catches it and returns.

    Raises KeyboardInterrupt at the end of the block, also in place of an error that came of it.
    """
    came = []
    before: Any = signal.getsignal(signal.SIGINT)

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)
        before(number, frame)

    is_installed = False
    if callable(before):
        with suppress(ValueError):  # another thread
            signal.signal(signal.SIGINT, note)
            is_installed = True
    try:
        yield
    except Exception:
        if not came:
            raise
    finally:
        if is_installed:
            signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt


class Interrupts:
    """A block in which the first Ctrl-C raises KeyboardInterrupt, and later ones do nothing.

    Within `hold()`, Ctrl-C waits for the end of that inner block. It waits from the beginning, too,
    until `release()`. Outside the main thread, which is the one that Ctrl-C reaches, nothing
    changes. With `deferred`, Ctrl-C never raises: it is noted in `is_waiting` alone, for whoever
    must tell others first.
    """

    def __init__(self, deferred: bool = False) -> None:
        self.is_deferred = deferred
        self.is_held = True
        self.is_waiting = False  # there was a Ctrl-C that has not raised yet
        self.is_over = False  # no Ctrl-C raises any more

    def __enter__(self) -> Interrupts:
        self.handler: Any = signal.getsignal(signal.SIGINT)
        if isinstance(self.handler, CtrlC):
            self.is_waiting = self.handler.has_come  # and was lost, as we are here
        self.is_installed = callable(self.handler)
        try:
            if self.is_installed:
                signal.signal(signal.SIGINT, self.handle)
        except ValueError:  # another thread
            self.is_installed = False
        return self

    def __exit__(self, *exception: object) -> None:
        if self.is_installed:
            signal.signal(signal.SIGINT, self.handler)
        if isinstance(self.handler, CtrlC) and exception[0] is None:
            self.handler.has_come = False  # and was dealt with here

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
        self.release()

    def release(self) -> None:
        """Let Ctrl-C raise from now on. If one has waited, it raises now."""
        self.is_held = False
        if self.is_waiting and not self.is_over and not self.is_deferred:
            self.handle(signal.SIGINT, None)

    @property
    def must_be_told(self) -> bool:
        """Whether there was a Ctrl-C that is only noted."""
        return self.is_deferred and self.is_waiting

    def raise_if_lost(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C did, and the exception has not arrived."""
        if self.is_over:
            raise KeyboardInterrupt

    def rearm(self) -> None:
        """Let the next Ctrl-C raise again, after somebody else has dealt with the last one."""
        self.is_over = False

    def ignore(self) -> None:
        """Let no later Ctrl-C raise."""
        self.is_over = True
