"""`python -m bench.first_step PEER:FUNCTION ROW`: the cost of one first step, in this process.

Rule: the model is made and everything is imported before the clock starts. It stops when the loss
of the first step is there, so nearly all of the time is compilation.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable

from bench.harness import Contestant
from bench.sizes import SIZES
from bench.workloads import WORKLOADS

MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes


def cpu_seconds() -> float:
    """Return the CPU seconds of all threads, and of child processes such as a C compiler."""
    return sum(os.times()[:4])


def measure(run: Callable) -> dict[str, float]:
    """Return the wall and CPU seconds of `run(1)`, its loss, and the process's peak in bytes."""
    cpu, wall = cpu_seconds(), time.perf_counter()
    loss = run(1)
    wall, cpu = time.perf_counter() - wall, cpu_seconds() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT
    return {"wall": wall, "cpu": cpu, "memory": memory, "loss": float(loss)}


def main(where: str, row: str) -> None:
    workload = (WORKLOADS | SIZES)[row]
    print(json.dumps(measure(Contestant("", where, "").prepare(workload))))


if __name__ == "__main__":
    main(*sys.argv[1:])
