"""A lock that one process at a time can hold: a file beside the file that it protects.

Rule: the lock is the system's, which releases it however the process ends. So a lock file that is
left over locks nothing.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BUSY = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}  # a lock is refused so if another holds it

if sys.platform == "win32":
    import msvcrt

    FAR = 2**30  # a byte far behind the text, which stays readable

    def lock(handle: int) -> None:
        """Lock the open file. Raises OSError, at once, if it is locked."""
        os.lseek(handle, FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)

else:
    import fcntl

    def lock(handle: int) -> None:
        """Lock the open file. Raises OSError, at once, if it is locked."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Held(Exception):
    """The error of a lock that another process holds, or another thread of this one."""


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock at that path for the block. Raises Held, with the number of the other process.

    Where the file system has no locks, the block runs without one.
    """
    handle = acquire(path)
    try:
        yield
    finally:
        with suppress(OSError):  # Windows keeps a file that is open
            path.unlink()
        os.close(handle)


def acquire(path: Path) -> int:
    """Return the locked file, whose folder is created if it is missing. Raises Held."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            lock(handle)
        except OSError as error:
            if error.errno in BUSY:
                owner = os.read(handle, 20).decode(errors="replace")
                os.close(handle)
                raise Held(owner) from error
        if is_at(handle, path):
            os.truncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())
            return handle
        os.close(handle)  # the process that held the lock has just removed the file


def is_at(handle: int, path: Path) -> bool:
    """Return whether the open file is still the one with that name."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
