"""Advice: whether a run would be quicker in one process, by what a sum over all of them takes."""

import time
from typing import Any

import numpy as np

from micrograd.engines import messages
from micrograd.engines.processes import Processes
from micrograd.support.extras import require

SUMS = 100  # that are timed


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
    """Return how long a sum of so many float64 numbers over all devices takes, as steps do it.

    Many sums in a row are a mean that holds the waiting for each other, as a step does.
    """
    jax = require("jax", "jax")
    devices = np.array(jax.devices())
    mesh = jax.sharding.Mesh(devices, ("all",))
    spec = jax.sharding.PartitionSpec("all")
    shape = (len(devices), 2 * numbers)  # in halves, since JAX may be without float64
    rows = jax.sharding.NamedSharding(mesh, spec)
    array = jax.make_array_from_callback(shape, rows, lambda index: np.ones((1, shape[1]), "f4"))

    def add_up(x: Any) -> Any:
        return jax.lax.fori_loop(0, SUMS, lambda i, x: jax.lax.pmean(x, "all"), x)

    add = jax.jit(jax.shard_map(add_up, mesh=mesh, in_specs=spec, out_specs=spec, check_vma=False))
    add(array).block_until_ready()
    began = time.perf_counter()
    add(array).block_until_ready()
    return (time.perf_counter() - began) / SUMS
