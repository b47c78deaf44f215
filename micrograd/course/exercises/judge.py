"""The judge of a learner's file: it starts a process that runs the file, and reads the findings.

Rule: every way to go wrong ends in one short sentence, and nothing that the file has started goes
on. `learner_process` has the code of the other process.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from micrograd.course.exercises.learner_process import MEGABYTES, Finding, shorten
from micrograd.course.exercises.task import Task
from micrograd.support import files

SECONDS = 20  # for a learner's file
PRINTED_AT_MOST = 2000  # how many characters of the learner's own prints are shown
CRASHES = {"SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL"}
RUNNING: set[subprocess.Popen] = set()  # a process for each file that is being judged
# The current folder is taken off the path: a learner's random.py there is not Python's. The file
# does not see where its findings go.
START = """
import sys
arguments = sys.argv[1:]
del sys.argv[1:]
sys.path[:] = [folder for folder in sys.path if folder]
from micrograd.course.exercises.learner_process import main
main(*arguments)
"""


@dataclass(frozen=True)
class Verdict:
    """All findings, and what the learner's code printed."""

    findings: tuple[Finding, ...]
    printed: str = ""

    @property
    def right(self) -> bool:
        """Whether no check found a mistake."""
        return not any(finding.wrong for finding in self.findings)

    @property
    def why(self) -> str:
        """The first thing that is wrong; "" if nothing is."""
        return next((finding.wrong for finding in self.findings if finding.wrong), "")


def judge_file(task: Task, path: Path, seconds: float = SECONDS) -> Verdict:
    """Return the verdict on the file at `path`, which is run in a process of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        result = Path(folder, "findings.json")
        place = str(task.path.resolve())
        command = [sys.executable, "-c", START, place, str(path.resolve()), str(result)]
        with open(Path(folder, "out"), "w+b") as out, open(Path(folder, "err"), "w+b") as err:
            code = run_process(command, out, err, seconds)
            printed, errors = read_start(out), read_start(err)
        if code is None:
            sentence = f"it did not end within {seconds:g} seconds: is there an endless loop?"
            return failed_run(sentence, printed)
        if not result.exists():
            return failed_run(describe_exit(code, errors), printed)
        return read_findings(result, printed)


def run_process(command: list[str], out: IO[bytes], err: IO[bytes], seconds: float) -> int | None:
    """Run the command and return its exit code, or None if it took longer.

    When this returns, all processes that it has started are gone, unless they left its group.
    """
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
    ) as process:
        RUNNING.add(process)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            kill_group(process)
            RUNNING.discard(process)


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


def read_findings(path: Path, printed: str) -> Verdict:
    """Return the verdict in the file, which the learner's code may have spoilt."""
    try:
        rows = json.loads(files.read(path))
        findings = [Finding(*(shorten(str(text)) for text in row)) for row in rows]
    except (OSError, ValueError, TypeError, RecursionError):
        return failed_run("it wrote over the findings of the judge: write no files there.", printed)
    if not findings:
        return failed_run("nothing was checked: does it change the judge?", printed)
    return Verdict(tuple(findings), printed)


def read_start(file: IO[bytes]) -> str:
    """Return the first characters of what was written to the file."""
    file.seek(0)
    return file.read(4 * PRINTED_AT_MOST).decode(errors="replace")[:PRINTED_AT_MOST]


def failed_run(sentence: str, printed: str = "") -> Verdict:
    """Return the verdict on a file that did not run to its end."""
    return Verdict((Finding("the file runs", sentence),), printed)


def describe_exit(code: int, errors: str) -> str:
    """Return a sentence that says how the process ended without any findings."""
    if "MemoryError" in errors:
        return f"it needed more than {MEGABYTES:,} megabytes of memory."
    if code < 0:
        return f"its process was ended by {describe_signal(-code)}."
    if code == 0:
        return "it ended before it could be checked: is there an exit()?"
    last_line = "".join(f": {line}" for line in errors.strip().splitlines()[-1:])
    return f"Python stopped with exit code {code}{shorten(last_line)}."


def describe_signal(number: int) -> str:
    """Return the name of the signal, and what it means for a learner."""
    names = {one.value: one.name for one in signal.Signals}
    name = names.get(number, f"signal {number}")
    if name == "SIGKILL":
        return f"{name}: by itself, or by the system, whose memory was used up"
    return f"{name}, which means that it crashed" if name in CRASHES else name
