"""Processes: those that train together, and how they agree on what could differ between them.

Rule: whatever depends on the clock, on a file or on a person is decided by the first process, or by
all together. One process agrees with itself at no cost.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd.engines import messages
from micrograd.engines.rendezvous import Disconnected, meet
from micrograd.support.extras import require
from micrograd.support.jax_devices import find_devices

VARIABLES = ("MICROGRAD_COORDINATOR", "MICROGRAD_PROCESSES", "MICROGRAD_PROCESS")
LAUNCHED = "MICROGRAD_LAUNCHED"  # set where a launcher starts the processes again
HEARTBEAT = ("MICROGRAD_HEARTBEAT", 30)  # seconds without a sign of life: the process is lost
TIMEOUT = ("MICROGRAD_TIMEOUT", 60)  # seconds in which all processes must have met
SCHEDULERS = {  # what JAX finds by itself: the variables that each of them sets
    "SLURM": ("SLURM_NTASKS", "SLURM_PROCID", "SLURM_STEP_NODELIST"),
    "Open MPI": ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"),
    "Kubernetes": ("KUBERNETES_SERVICE_HOST", "JOB_COMPLETION_INDEX"),
    "a TPU pod": ("TPU_WORKER_HOSTNAMES", "TPU_WORKER_ID"),
}
FIRST_BYTES = 256  # of what a process tells the others; the rest, if there is any, follows


@dataclass(frozen=True)
class Processes:
    """The processes of a run, and which of them this one is.

    >>> Processes().gather("x")  # one process alone
    ['x']
    """

    count: int = 1
    index: int = 0

    @property
    def is_first(self) -> bool:
        return self.index == 0

    def gather(self, x: Any) -> list[Any]:
        """Return the `x` of each process, in their order, once all have called this.

        Raises Disconnected if one of them is lost.
        """
        if self.count == 1:
            return [x]
        content = pickle.dumps(x)
        beginnings = gather_bytes(len(content).to_bytes(8, "big") + content, FIRST_BYTES)
        longest = 8 + max(int.from_bytes(each[:8], "big") for each in beginnings)
        if longest <= FIRST_BYTES:
            return [pickle.loads(each[8:]) for each in beginnings]
        capacity = 1 << longest.bit_length()  # few lengths, since JAX compiles for each
        return [pickle.loads(each) for each in gather_bytes(content, capacity)]

    def first(self, x: Any) -> Any:
        """Return the `x` of the first process."""
        return self.gather(x)[0]

    def any(self, x: bool) -> bool:
        """Return whether `x` holds in one of the processes."""
        return any(self.gather(x))

    def together(self, f: Callable[[], Any]) -> list[Any]:
        """Return f() of each process. If it raises in one of them, it raises in all."""
        if self.count == 1:
            return [f()]
        result, error = None, None
        try:
            result = f()
        except Exception as own:
            error = own
        outcomes = self.gather((result, make_portable(error)))
        errors = [other for _, other in outcomes if other is not None]
        if errors:
            raise error or errors[0]
        return [result for result, _ in outcomes]

    def lead(self, f: Callable[[], Any]) -> Any:
        """Return f() of the first process, which alone calls it. An error is raised in all."""
        return self.together(f if self.is_first else lambda: None)[0]

    @contextmanager
    def lead_block(self, block: AbstractContextManager[None]) -> Iterator[None]:
        """Enter the block in the first process alone. An error of that is raised in all."""
        with ExitStack() as stack:
            self.lead(lambda: stack.enter_context(block))
            yield

    def check_same(self, facts: Callable[[], Mapping[str, Any]]) -> None:
        """Raise ValueError, in all processes, if one has other facts() than the first."""
        if self.count == 1:
            return
        first, *others = self.gather(dict(facts()))
        for index, theirs in enumerate(others, 1):
            pairs = {name: (first[name], theirs.get(name)) for name in first}
            unequal = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
            if unequal:
                raise ValueError(messages.unequal_processes(index, unequal))


def gather_bytes(content: bytes, capacity: int) -> list[bytes]:
    """Return the first `capacity` bytes of each process's content, with zeros behind."""
    utils = require("jax.experimental.multihost_utils", "jax", "jax")
    row = np.frombuffer(content[:capacity].ljust(capacity, b"\0"), np.uint8)
    with watch():
        rows = utils.process_allgather(row)
    return [each.tobytes() for each in rows]


@contextmanager
def watch() -> Iterator[None]:
    """Raise Disconnected in place of JAX's error about a process that has gone."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        if "Gloo" not in str(error):
            raise
        raise Disconnected(messages.lost_process(LAUNCHED in os.environ)) from error


def make_portable(error: Exception | None) -> Exception | None:
    """Return the error, or one of a plain type if it cannot be sent to another process."""
    try:
        pickle.loads(pickle.dumps(error))
        return error
    except Exception:  # an error of the user's may raise anything when it is pickled
        kinds = (kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
        kind = next(kinds)
        return kind(str(error))


# ------------------------------------------------------------------------------------- connecting


def connect() -> Processes:
    """Connect the processes that a launcher or a scheduler has started; return them.

    Without either there is one process. Raises Disconnected if one of them does not come, and
    NoDevices if JAX has nothing to compute on.
    """
    jax = require("jax", "jax")
    if not jax.distributed.is_initialized():
        initialize(jax)
    find_devices(jax)
    return Processes(jax.process_count(), jax.process_index())


def initialize(jax: Any) -> None:
    """Connect JAX to the other processes, if there are any."""
    timeout = seconds_of(*TIMEOUT)
    address, count, index = own_place()
    name = scheduler()
    if count == 1 or (address is None and name is None):
        return
    arguments: dict[str, Any] = {"initialization_timeout": timeout}
    arguments["heartbeat_timeout_seconds"] = seconds_of(*HEARTBEAT)
    if address is not None:
        meet(address, count, index, timeout)
        arguments |= {"coordinator_address": address, "num_processes": count, "process_id": index}
        arguments["cluster_detection_method"] = "deactivate"
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    try:
        jax.distributed.initialize(**arguments)
    except TypeError as error:  # there is no heartbeat_timeout_seconds before JAX 0.7
        raise ImportError(messages.old_jax(jax.__version__)) from error
    except RuntimeError as error:
        raise RuntimeError(messages.connected_too_late()) from error
    except ValueError as error:
        raise ValueError(messages.scheduler_not_understood(name, error)) from error


def is_one_of_several() -> bool:
    """Return whether a launcher or a scheduler has started this process with others."""
    _, count, _ = own_place()
    return count > 1 or (count == 0 and scheduler() is not None)


def own_place() -> tuple[str | None, int, int]:
    """Return (address, count, index) as our variables say; the address is None without them.

    Raises ValueError if one is missing or is no number in its range.
    """
    texts = {name: os.environ[name] for name in VARIABLES if os.environ.get(name)}
    if not texts:
        return None, 0, 0
    if texts == {VARIABLES[1]: "1"}:
        return None, 1, 0  # for a process of a scheduler that trains by itself
    missing = [name for name in VARIABLES if name not in texts]
    if missing:
        raise ValueError(messages.missing_variables(missing, VARIABLES))
    address, *numbers = texts.values()
    for name, number in zip(VARIABLES[1:], numbers):
        if not number.isdecimal():
            raise ValueError(messages.not_a_whole_number(name, number))
    count, index = map(int, numbers)
    if index >= count:
        raise ValueError(messages.number_beyond_count(index, count))
    return address, count, index


def scheduler() -> str | None:
    """Return the scheduler that has started this process as one of several, None without one."""
    for name, variables in SCHEDULERS.items():
        count = os.environ.get(variables[0], "")
        if all(each in os.environ for each in variables) and count not in ("", "1", "localhost"):
            return name
    return None


def seconds_of(name: str, default: int) -> int:
    """Return the seconds that an environment variable has. Raises ValueError if it has none."""
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or int(text) == 0:
        raise ValueError(messages.not_a_whole_number(name, text))
    return int(text)
