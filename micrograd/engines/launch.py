"""The launcher: it starts the processes of a run on this machine, watches them, and starts again.

Rule: the others wait for one that has died, so all are ended with it. Each attempt has a free port
of its own, and goes on from the checkpoint of the one before.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from micrograd.engines import messages
from micrograd.engines.processes import LAUNCHED, VARIABLES

POLL_SECONDS = 0.02
GRACE_SECONDS = 5.0  # for the others to end by themselves, after an error that all get
INTERRUPT_SECONDS = 30.0  # for all to write their checkpoint after Ctrl-C
LAST_LINES = 10  # of an error that the first process does not show


class End(NamedTuple):
    """How an attempt ended: the number of a process, and its exit code (as Popen gives it)."""

    process: int
    code: int


class Launcher:
    """Starts `count` processes of a command; `say` prints a sentence.

    A process that exits with `try_again`, or that a signal ends, is worth another attempt.
    """

    def __init__(
        self, command: Sequence[str], count: int, say: Callable[[str], Any], try_again: int
    ) -> None:
        self.command, self.count, self.say, self.try_again = command, count, say, try_again
        self.running: list[subprocess.Popen[bytes]] = []
        self.interrupted: float | None = None  # when Ctrl-C came

    def run(self, restarts: int, resume: Sequence[str]) -> int:
        """Return the exit code of the run, which is started again at most `restarts` times.

        `resume` are the arguments that make a later attempt go on from the checkpoint.
        """
        arguments: Sequence[str] = ()
        cores = os.cpu_count() or self.count
        if self.count > cores:
            self.say(messages.more_processes_than_cores(self.count, cores))
        with self.pass_on_interrupts():
            for restart in range(1, restarts + 2):
                end = self.attempt(arguments)
                if self.interrupted or not self.is_worth_another(end.code):
                    return end.code if end.code >= 0 else self.try_again
                if restart <= restarts:
                    self.say(messages.restart(end.process, end.code, restart, restarts))
                arguments = resume
        self.say(messages.gave_up(end.process, end.code, restarts))
        return self.try_again

    def is_worth_another(self, code: int) -> bool:
        return code < 0 or code == self.try_again

    def attempt(self, arguments: Sequence[str]) -> End:
        """Start all processes, and return how they ended. None is left."""
        with ExitStack() as stack:
            outputs = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(self.count)]
            port = free_port()
            try:
                for index, output in enumerate(outputs):
                    self.running.append(self.start(index, port, arguments, output))
                end = self.watch()
            finally:
                self.end_all()
            if end.process > 0 and end.code > 0 and end.code != self.try_again:
                self.say(messages.failed_process(end.process, last_lines(outputs[end.process])))
            return end

    def start(
        self, index: int, port: int, arguments: Sequence[str], output: Any
    ) -> "subprocess.Popen[bytes]":
        """Start one process. The first one alone shows what it prints."""
        place = (f"127.0.0.1:{port}", str(self.count), str(index))
        own = {"JAX_LOCAL_DEVICE_IDS": str(index), LAUNCHED: "1"}
        shown = index == 0
        return subprocess.Popen(
            [*self.command, *arguments],
            env={**os.environ, **dict(zip(VARIABLES, place)), **own},
            stdin=subprocess.DEVNULL,
            stdout=None if shown else subprocess.DEVNULL,
            stderr=None if shown else output,
            start_new_session=True,  # so that Ctrl-C comes once, from here
        )

    def watch(self) -> End:
        """Return the end of the first process that failed, or of process 0 if all went well."""
        failed: float | None = None
        while True:
            codes = [process.poll() for process in self.running]
            ends = [End(index, code) for index, code in enumerate(codes) if code]
            if None not in codes:
                return min(ends, key=cause_first, default=End(0, 0))
            if ends and failed is None:
                failed = time.monotonic()
            if ends and self.is_overdue(ends, failed or 0.0):
                return min(ends, key=cause_first)
            if self.interrupted and time.monotonic() > self.interrupted + INTERRUPT_SECONDS:
                return min(ends, key=cause_first, default=End(0, -signal.SIGKILL))
            time.sleep(POLL_SECONDS)

    def is_overdue(self, ends: list[End], failed: float) -> bool:
        """Return whether the processes that are left have had their time."""
        if self.interrupted:
            return False
        is_lost = any(self.is_worth_another(end.code) for end in ends)
        return is_lost or time.monotonic() > failed + GRACE_SECONDS

    def end_all(self) -> None:
        """End what is left, also a process that hangs."""
        for process in self.running:
            process.kill()
            process.wait()
        self.running.clear()

    @contextmanager
    def pass_on_interrupts(self) -> Iterator[None]:
        """Pass Ctrl-C, or a request to terminate, on to all processes as one Ctrl-C."""

        def pass_on(*_: object) -> None:
            self.interrupted = self.interrupted or time.monotonic()
            for process in self.running:
                process.send_signal(signal.SIGINT)

        before = {each: signal.signal(each, pass_on) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def cause_first(end: End) -> tuple[bool, int]:
    """Return a key that sorts processes which a signal ended before those that failed by that."""
    return end.code > 0, end.process


def free_port() -> int:
    """Return a port of the loopback that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def last_lines(output: Any) -> str:
    output.seek(0)
    lines = output.read().decode(errors="replace").splitlines()
    return "\n".join(lines[-LAST_LINES:])


def command_here(arguments: Sequence[str]) -> list[str]:
    """Return the command line that runs `micrograd` with these arguments in another process."""
    return [sys.executable, "-m", "micrograd", *arguments]
