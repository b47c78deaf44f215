"""Limits of the process in which a learner's file runs, where the system has them.

Rule: they bind that process and each that it starts. Those of root are not bound in number.
"""

import os
from contextlib import suppress
from pathlib import Path

MEGABYTES = 2000  # the memory of each process
FILE_MEGABYTES = 16  # the limit of each file that it writes, and of what it prints
CPU_SECONDS = 120  # after which the system ends it, if its judge was killed and ends nothing
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
