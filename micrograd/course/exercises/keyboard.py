"""Single keys, read without waiting for Enter, where there is a terminal."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def keys() -> Iterator[Callable[[float], str]]:
    """Yield key(seconds), which returns the key that is pressed within that time, or ""."""
    if not sys.stdin.isatty():
        yield no_key
    elif sys.platform == "win32":
        yield key_on_windows
    else:
        with single_keys():
            yield key_on_posix


def no_key(seconds: float) -> str:
    time.sleep(seconds)
    return ""


def key_on_posix(seconds: float) -> str:
    import select

    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    return os.read(sys.stdin.fileno(), 1).decode(errors="ignore") if ready else ""


def key_on_windows(seconds: float) -> str:
    time.sleep(seconds)
    if sys.platform == "win32":  # for type checkers, which look for msvcrt
        import msvcrt

        return msvcrt.getwch() if msvcrt.kbhit() else ""
    return ""


@contextmanager
def single_keys() -> Iterator[None]:
    """Let the terminal hand on each key at once; afterwards it is as it was before."""
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
