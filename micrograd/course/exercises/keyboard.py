"""Single keys, read without waiting for Enter, where there is a terminal."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def keys() -> Iterator[Callable[[float], str]]:
    """Yields key(seconds): the key that was pressed within that time, or ""."""
    if not sys.stdin.isatty():
        yield nobody
    elif sys.platform == "win32":
        yield on_windows
    else:
        with unbuffered():
            yield on_posix


def nobody(seconds: float) -> str:
    time.sleep(seconds)
    return ""


def on_posix(seconds: float) -> str:
    import select

    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    return os.read(sys.stdin.fileno(), 1).decode(errors="ignore") if ready else ""


def on_windows(seconds: float) -> str:
    import msvcrt

    time.sleep(seconds)
    return msvcrt.getwch() if msvcrt.kbhit() else ""


@contextmanager
def unbuffered():
    """The terminal hands on each key at once; afterwards it is as it was."""
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
