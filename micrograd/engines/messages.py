"""Messages of the engines: what happened, why, and what to do."""

import signal
from collections.abc import Mapping, Sequence
from typing import Any

from micrograd.support.wording import kind, plural

DIGESTS = ("data",)  # short facts that say nothing to a reader
LONGEST_FACTS = 100  # characters of a pair of facts that is shown


def indivisible(examples: int, devices: int) -> str:
    fitting = -(-examples // devices) * devices
    return (
        f"A batch of {plural(examples, 'example')} cannot be divided evenly among "
        f"{plural(devices, 'device')}. Write batch_size={fitting}, or use fewer devices: "
        'mesh={"data": 1}, or one process.'
    )


def not_a_mesh(got: object) -> str:
    return f'`mesh` must be a dict of axes and sizes, got {kind(got)}. Write mesh={{"data": -1}}.'


def not_a_size(axis: str, got: object) -> str:
    return (
        f'The size of a mesh\'s axis must be a whole number, got {got!r} for "{axis}". Write -1 '
        "for all devices that are left."
    )


def unknown_axis(name: object) -> str:
    return f'A mesh has the axes "data" and "model", got {name!r}. Write mesh={{"data": -1}}.'


def mesh_does_not_fit(sizes: object, devices: int) -> str:
    return (
        f"The mesh {sizes!r} does not fit {plural(devices, 'device')}: the product of its sizes "
        "may be at most their number. Write -1 for one of them, which then follows."
    )


def one_batch_on_one_device() -> str:
    return (
        "A loss of a whole batch, as with per_example=False or BatchNorm1d, needs all examples in "
        'one place. Write mesh={"data": 1}, or a loss of one example.'
    )


def mesh_without_processes(sizes: object, processes: int) -> str:
    return (
        f"The mesh {sizes!r} has too few devices for {plural(processes, 'process', 'processes')}, "
        'each of which brings its own. Write mesh={"data": -1}, or start one process.'
    )


def too_little_memory(examples: int) -> str:
    half = f"batch_size={examples // 2}" if examples > 1 else "a smaller model"
    return (
        f"A step of {plural(examples, 'example')} needs more memory than the device has free. "
        f'Write {half} or dtype="float32", or end other programs that use the device.'
    )


# -------------------------------------------------------------------------------------- processes


def lost_process(has_launcher: bool) -> str:
    """Say that a process is lost, and what to do; a launcher says and does that itself."""
    reason = "Another process of this run has ended, so the sum over all of them failed."
    if has_launcher:
        return reason
    return f"{reason} Start all processes again: with a checkpoint the run goes on from there."


def absent(missing: Sequence[int], seconds: float) -> str:
    names = " and ".join(f"process {index}" for index in missing)
    return (
        f"After {seconds:g} seconds {names} had not come, and a run begins only when all its "
        "processes are there. Start all of them, or wait longer: MICROGRAD_TIMEOUT=300."
    )


def taken_port(port: int, error: Exception) -> str:
    return (
        f"Process 0 cannot listen on port {port} ({error}). Choose another port in "
        "MICROGRAD_COORDINATOR, the same for all processes."
    )


def not_an_address(address: str) -> str:
    return (
        f"MICROGRAD_COORDINATOR must be the host and a port of process 0, got {address!r}. Write "
        "it as in MICROGRAD_COORDINATOR=node1:1234."
    )


def missing_variables(missing: Sequence[str], names: Sequence[str]) -> str:
    return (
        f"{' and '.join(missing)} must be set as well, because {', '.join(names)} say together "
        "where this process belongs. Set all three, or none."
    )


def not_a_whole_number(name: str, text: str) -> str:
    return f"{name} must be a whole number, got {text!r}. Write it as in {name}=2."


def number_beyond_count(index: int, count: int) -> str:
    return (
        f"MICROGRAD_PROCESS is {index}, but {plural(count, 'process', 'processes')} are numbered "
        f"from 0 to {count - 1}. Give each process a number of its own."
    )


def connected_too_late() -> str:
    return (
        "JAX was used before the processes were connected, so each has found its own devices "
        "alone. Call fit() before any other use of JAX, or jax.distributed.initialize() first of "
        "all."
    )


def old_jax(version: str) -> str:
    return (
        f"JAX {version} is too old for several processes: it cannot be told after how many "
        "seconds of silence one is lost. Use JAX 0.7 or newer, which needs Python 3.11 or newer: "
        "pip install -U 'micrograd[jax]'"
    )


def scheduler_not_understood(scheduler: object, error: Exception) -> str:
    return (
        f"JAX cannot tell which processes {scheduler} has started ({error}). Set "
        "MICROGRAD_COORDINATOR, MICROGRAD_PROCESSES and MICROGRAD_PROCESS for each."
    )


def unequal_processes(index: int, unequal: Mapping[str, tuple[Any, Any]]) -> str:
    """Say what differs; what is too long to be shown, or a digest, is only named."""
    parts = []
    for name, (first, other) in unequal.items():
        is_shown = name not in DIGESTS and len(f"{first}{other}") < LONGEST_FACTS
        parts.append(f"{name} ({first} and {other})" if is_shown else name)
    return (
        f"Process 0 and process {index} differ in: {', '.join(parts)}. All processes must train "
        "the same model on the same data, since each computes a part of every step. Start them "
        "with the same data, arguments and versions."
    )


def one_is_quicker(sum: float, step: float) -> str:
    return (
        f"One process is quicker here: a sum over processes takes {sum * 1e3:.2g} ms, and this "
        f"step {step * 1e3:.2g} ms. Start one, or write a larger batch_size."
    )


# ------------------------------------------------------------------------------------ the launcher


def end_of_process(index: int, code: int) -> str:
    if code < 0:
        return f"Process {index} was ended by {signal.Signals(-code).name}."
    return f"Process {index} lost the others."


def more_processes_than_cores(count: int, cores: int) -> str:
    return (
        f"{count} processes share {plural(cores, 'core')} of this machine, and each takes 0.3 GB "
        f"of memory, so they are slower than {cores}. Write --processes {cores}, or start the "
        "others on other machines."
    )


def restart(index: int, code: int, number: int, most: int) -> str:
    return (
        f"{end_of_process(index, code)} All processes start again, from the checkpoint if one has "
        f"been written (restart {number} of at most {most})."
    )


def gave_up(index: int, code: int, restarts: int) -> str:
    return (
        f"{end_of_process(index, code)} The run is given up, as it may be started again "
        f"{plural(restarts, 'time')} at most. Find out what ends its processes, such as too little "
        "memory, and continue with --resume."
    )


def failed_process(index: int, lines: str) -> str:
    return f"Process {index} has failed:\n{lines}"
