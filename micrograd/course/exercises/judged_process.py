"""The judge's side of a process: it is started, waited for and ended, with all that it started.

Rule: nothing that a learner's file has started goes on. A process that has left the group is found
by a mark in its environment, where the system shows that.
"""

import atexit
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from micrograd.course.exercises.plain_text import PRINTED_AT_MOST, plain

FOLDER_MEGABYTES = 256  # of all that the file writes into its folder
POLL_SECONDS = 0.2  # between two looks at that folder
REPORT_BYTES = 2**20  # of all reports, at most
LAST_SECONDS = 5.0  # to wait for a pipe whose writers are killed
ROUNDS = 5  # of looking for processes that were started meanwhile
MARK = "MICROGRAD_JUDGED"  # the variable that the process and all that it starts have
RUNNING: set[subprocess.Popen] = set()  # a process for each file that is being judged
# The file does not see its arguments, and the current folder is taken off the path: a learner's
# random.py there is not Python's.
START = """
import sys
arguments = sys.argv[1:]
del sys.argv[1:]
sys.path[:] = [folder for folder in sys.path if folder]
from micrograd.course.exercises.learner_process import main
main(*arguments)
"""


@dataclass(frozen=True)
class Ended:
    """The rest of a process: its exit code, or None if it took too long, and what it wrote."""

    code: int | None
    reports: bytes
    printed: str
    errors: str
    full: bool = False  # whether it was ended because it filled its folder


def run_process(arguments: list[str], token: str, seconds: float) -> Ended:
    """Run the process of a learner's file in an empty folder, and return what is left of it."""
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        open(Path(folder, "out"), "w+b") as out,
        open(Path(folder, "err"), "w+b") as err,
    ):
        command = [sys.executable, "-c", START, *arguments, out.name]
        work = Path(folder, "work")
        work.mkdir()
        code, reports = run_command(command, work, err, token, seconds)
        full = code is None and is_full(work)
        return Ended(code, reports, read_start(out), read_start(err), full)


def run_command(
    command: list[str], work: Path, err: IO[bytes], token: str, seconds: float
) -> tuple[int | None, bytes]:
    """Run the command in the folder `work`. Return its exit code and its reports.

    The code is None if it took longer, or filled the folder.
    """
    mark = secrets.token_hex(16)
    own = {MARK: mark, "TMPDIR": str(work), "TEMP": str(work), "TMP": str(work)}
    process = subprocess.Popen(
        command,
        cwd=work,
        env={**os.environ, **own},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=err,
        start_new_session=True,
    )
    RUNNING.add(process)
    reader = PipeReader(process)
    try:
        with suppress(OSError), process.stdin as pipe:  # type: ignore[union-attr]
            pipe.write(token.encode())
        code = wait(process, work, seconds)
    finally:
        kill_group(process)
        process.wait()
        kill_marked(f"{MARK}={mark}")
        RUNNING.discard(process)
    return code, reader.content()


def wait(process: subprocess.Popen, work: Path, seconds: float) -> int | None:
    """Return the exit code, or None if the process takes too long or fills the folder."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not is_full(work):
        with suppress(subprocess.TimeoutExpired):
            return process.wait(min(POLL_SECONDS, seconds))
    return process.poll()


def is_full(work: Path) -> bool:
    """Return whether the files in the folder are too large together."""
    size = 0
    for path in work.rglob("*"):
        with suppress(OSError):
            size += path.lstat().st_size
            if size > FOLDER_MEGABYTES * 2**20:
                return True
    return False


class PipeReader:
    """A thread that reads the reports of a process. If they are too long, it ends the process."""

    def __init__(self, process: subprocess.Popen):
        self.process = process
        self.chunks: list[bytes] = []
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self) -> None:
        pipe, size = self.process.stdout, 0
        assert pipe is not None
        while chunk := os.read(pipe.fileno(), 2**16):
            size += len(chunk)
            if size > REPORT_BYTES:
                kill_group(self.process)
                return
            self.chunks.append(chunk)

    def content(self) -> bytes:
        """Return what has come; somebody who keeps the pipe open is not waited for."""
        self.thread.join(LAST_SECONDS)
        if not self.thread.is_alive() and self.process.stdout:
            self.process.stdout.close()
        return b"".join(self.chunks)


def end_judging() -> None:
    """Kill all files that are being judged, in whichever thread; each is then a failed run."""
    for process in list(RUNNING):
        kill_group(process)


atexit.register(end_judging)  # a thread that waits for a process does not outlive this one


def kill_group(process: subprocess.Popen) -> None:
    """Kill the process and those that it has started; there may be none any more."""
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def kill_marked(mark: str) -> None:
    """Kill all processes with the mark in their environment, where the system shows that."""
    for _ in range(ROUNDS):
        marked = find_marked(mark.encode())
        if not marked:
            return
        for number in marked:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(number, signal.SIGKILL)


def find_marked(mark: bytes) -> list[int]:
    """Return the numbers of the processes that have the mark."""
    marked = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (folder / "environ").read_bytes():
                marked.append(int(folder.name))
    return marked


def read_start(file: IO[bytes]) -> str:
    """Return the first characters of what was written to the file, as plain text."""
    file.seek(0)
    return plain(file.read(4 * PRINTED_AT_MOST).decode(errors="replace"))[:PRINTED_AT_MOST]
