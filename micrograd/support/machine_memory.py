"""The memory of this machine: how many bytes a program can have at most.

Rule: it is never less than what a program can really have. Where a system does not tell, it is
infinite.
"""

from __future__ import annotations

import math
import os
import re
from contextlib import suppress
from pathlib import Path

MEMINFO = Path("/proc/meminfo")
GROUP_LIMITS = (  # of a container, in both versions of Linux's control groups
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def most_memory() -> float:
    """Return how many bytes a program can have, with all that the system swaps."""
    swap = meminfo("SwapTotal")
    return min(physical_memory() + swap, group_limit() + swap, address_limit())


def physical_memory() -> float:
    if MEMINFO.exists():
        return meminfo("MemTotal") or math.inf
    return math.inf  # other systems swap to files, which grow


def meminfo(name: str) -> float:
    """Return a line of Linux's facts about its memory, in bytes; 0 if there is none."""
    with suppress(OSError):
        line = re.search(rf"^{name}: *(\d+) kB$", MEMINFO.read_text(), re.MULTILINE)
        return 1024.0 * int(line[1]) if line else 0.0
    return 0.0


def group_limit() -> float:
    """Return the limit of the container that the program runs in, infinity if there is none."""
    for path in GROUP_LIMITS:
        with suppress(OSError, ValueError):  # the text is "max" without a limit
            return float(int(path.read_text()))
    return math.inf


def address_limit() -> float:
    """Return the limit that `ulimit -v` sets, infinity if there is none."""
    if os.name != "posix":
        return math.inf
    import resource  # which Windows does not have

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return math.inf if limit == resource.RLIM_INFINITY else float(limit)
