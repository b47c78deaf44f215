"""Limits of the process in which a learner's file runs, where the system has them.

Rule: they bind that process and each that it starts. The system does not limit how many processes
root has; a hook of Python's limits how many Python starts.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

MEGABYTES = 2000  # the memory of each process
FILE_MEGABYTES = 16  # the limit of each file that it writes, and of what it prints
CPU_SECONDS = 120  # after which the system ends it, if its judge was killed and ends nothing
STARTED = 16  # processes that the learner's file may start, and those may start none by fork
STARTS = {"os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen"}
MORE_PROCESSES = 200  # and threads, beyond those that the user has; packages start some dozens


def limit_resources() -> None:
    """Limit the memory, the files, the time and the processes, where the system can do that."""
    try:
        import resource
    except ImportError:
        return
    limits = {
        resource.RLIMIT_AS: MEGABYTES * 2**20,
        resource.RLIMIT_FSIZE: FILE_MEGABYTES * 2**20,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_CORE: 0,  # a crash leaves no file
    }
    threads = count_threads(Path("/proc"))
    if threads:
        limits[resource.RLIMIT_NPROC] = threads + MORE_PROCESSES
    for kind, limit in limits.items():
        _, most = resource.getrlimit(kind)
        limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(kind, (limit, limit))


def count_threads(processes: Path) -> int:
    """Return how many threads this user has, which is what the system's limit counts."""
    count = 0
    for folder in processes.glob("[0-9]*"):
        with suppress(OSError):
            if folder.stat().st_uid == os.getuid():
                count += len(os.listdir(folder / "task"))
    return count


class Refused(Exception):
    """The error of a learner's file that asks for more than it may have."""


def limit_starts() -> None:
    """Limit how many processes this one starts, as long as it lives."""
    this, number, left = os.getpid(), os.getpid, [STARTED]

    def count(event: str, arguments: tuple) -> None:
        if event in STARTS:
            left[0] -= 1
            if left[0] < 0 or number() != this:
                raise Refused(f"{event} may start {STARTED} processes here, and they none")

    sys.addaudithook(count)
