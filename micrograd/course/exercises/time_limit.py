"""A limit of computing time for a block of a learner's code.

Rule: a timer of the system interrupts the code; where there is none, or in another thread than the
main one, the limit looks at the time with each line of that code.
"""

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any


class TakesTooLong(BaseException):
    """Raised in code that computes for too long; a learner's `except Exception` lets it pass."""


@contextlib.contextmanager
def limited(seconds: float, path: str) -> Iterator[None]:
    """A block in which the code of the file at `path` raises TakesTooLong after so many seconds."""
    main = threading.current_thread() is threading.main_thread()
    limit = by_timer(seconds) if main and hasattr(signal, "setitimer") else by_line(seconds, path)
    with limit:
        yield


@contextlib.contextmanager
def by_timer(seconds: float) -> Iterator[None]:
    """Do so by a timer, which costs nothing as long as it does not ring."""
    before = signal.signal(signal.SIGPROF, interrupt)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def interrupt(number: int, frame: FrameType | None) -> None:
    raise TakesTooLong


@contextlib.contextmanager
def by_line(seconds: float, path: str) -> Iterator[None]:
    """Do so by looking at the time with each line."""
    until = time.process_time() + seconds

    def watch(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != path:
            return None
        if time.process_time() > until:
            raise TakesTooLong
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(before)
