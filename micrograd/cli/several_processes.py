"""Training commands in several processes: who starts them, and which of them writes and prints.

Rule: process 0 alone writes files and prints results. The others take part in training, and end.
"""

import os
import sys
from dataclasses import dataclass
from typing import NoReturn

import typer

from micrograd.cli import messages
from micrograd.cli.console import print_note, stop
from micrograd.cli.exit_codes import SUCCESS, TRY_AGAIN

RESTARTS = 3
RESUME = ("--resume",)
DEVICES = "--xla_force_host_platform_device_count"


@dataclass(frozen=True)
class ProcessOptions:
    """The options about processes and devices; None stands for a default."""

    processes: int | None
    devices: int | None
    restarts: int | None


def prepare_processes(options: ProcessOptions, engine: str) -> None:
    """Set the number of devices, and start the processes that are asked for, and end with them.

    Raises typer.Exit then, and for options that only engine "jax" has.
    """
    for name, value in vars(options).items():
        if value is not None and engine != "jax":
            raise stop(messages.needs_jax(name))
    if engine != "jax":
        return
    if options.devices is not None:
        pretend_devices(options.devices)
    if is_started_with_others():
        silence_libraries()
    elif (options.processes or 1) > 1:
        restarts = RESTARTS if options.restarts is None else options.restarts
        raise typer.Exit(run_processes(options.processes or 1, restarts))


def is_started_with_others() -> bool:
    """Return whether a launcher or a scheduler has started this process with others.

    Ends the command if the variables that say so are no place among the others.
    """
    from micrograd.engines import is_one_of_several

    try:
        return is_one_of_several()
    except ValueError as error:
        raise stop(str(error)) from error


def run_processes(count: int, restarts: int) -> int:
    """Run this command in so many processes; return the exit code."""
    from micrograd.engines import Launcher, command_here

    launcher = Launcher(command_here(sys.argv[1:]), count, print_note, TRY_AGAIN)
    return launcher.run(restarts, RESUME)


def pretend_devices(count: int) -> None:
    """Let JAX, which has not been imported yet, find so many devices in the processor."""
    # XLA reads flags up to the first word that is none, and so this one comes first.
    flags = [flag for flag in os.environ.get("XLA_FLAGS", "").split() if DEVICES not in flag]
    os.environ["XLA_FLAGS"] = " ".join([f"{DEVICES}={count}", *flags])


def silence_libraries() -> None:
    """Drop what libraries of other languages print to standard output; Python's own output stays.

    The one that sums over processes says there which of them it has reached.
    """
    sys.stdout.flush()
    own = os.dup(1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    sys.stdout = os.fdopen(own, "w", encoding=sys.stdout.encoding, errors=sys.stdout.errors)


def leave_to_first(engine: str) -> None:
    """End the command if this process is not the first, which writes the files of the run.

    Raises typer.Exit then.
    """
    if engine != "jax":
        return
    from micrograd.engines import connect

    if not connect().is_first:
        raise typer.Exit(SUCCESS)


def end_disconnected(error: Exception) -> NoReturn:
    """End this process at once: JAX would wait for the others, and then abort it."""
    stop(str(error))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(TRY_AGAIN)
