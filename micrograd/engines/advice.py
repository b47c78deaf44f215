"""Advice: whether a run would be quicker in one process, by what a sum over all of them takes."""

import time
from statistics import median
from typing import Any

import numpy as np

from micrograd.engines import messages
from micrograd.engines.processes import Processes
from micrograd.support.extras import require

SUMS = 5  # that are timed


def advise(processes: Processes, numbers: int, step: float) -> str:
    """Return a sentence if one process would be quicker, "" else. All processes must call this.

    A step sums so many numbers over the processes, and takes `step` seconds.
    """
    seconds = seconds_of_sum(numbers)
    if not is_one_quicker(processes.count, seconds, step):
        return ""
    return messages.one_is_quicker(seconds, step)


def is_one_quicker(processes: int, sum: float, step: float) -> bool:
    """Return whether one process alone needs less than `step` seconds for a step.

    All together spend `sum` seconds of it on their sum. One computes alone what all compute in
    parts, and sums nothing.

    >>> is_one_quicker(2, 0.003, 0.004), is_one_quicker(2, 0.003, 0.010)
    (True, False)
    """
    return processes * (step - sum) < step


def seconds_of_sum(numbers: int) -> float:
    """Return how long a sum of so many float64 numbers over all devices takes."""
    jax = require("jax", "jax")
    devices = np.array(jax.devices())
    mesh = jax.sharding.Mesh(devices, ("all",))
    rows, whole = (place(jax, mesh, *axes) for axes in (["all"], []))
    shape = (len(devices), 2 * numbers)  # in halves, since JAX may be without float64
    array = jax.make_array_from_callback(shape, rows, lambda index: np.ones((1, shape[1]), "f4"))
    total = jax.jit(lambda x: x.sum(0), out_shardings=whole)
    total(array).block_until_ready()
    times = []
    for _ in range(SUMS):
        began = time.perf_counter()
        total(array).block_until_ready()
        times.append(time.perf_counter() - began)
    return median(times)


def place(jax: Any, mesh: Any, *axes: str) -> Any:
    return jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec(*axes))
