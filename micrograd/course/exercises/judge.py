"""The judge of a learner's file: it runs the file in a process of its own, with limits.

Rule: the process writes its findings to a file of ours, whatever the learner's code prints. Every
way to go wrong ends in one short sentence, and nothing that the file has started goes on.
"""

import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from micrograd.course.exercises.checking import Wrong
from micrograd.course.exercises.task import Task, as_written, find_task
from micrograd.support import files

SECONDS, MEGABYTES = 20, 2000  # limits for a learner's file; the memory is that of each process
FILE_MEGABYTES = 16  # the limit of each file that it writes, and of what it prints
PRINTED_AT_MOST = 2000  # how many characters of the learner's own prints are shown
SAID_AT_MOST = 500  # how many characters of an error or of a finding are shown
CRASHES = {"SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL"}
# The current folder is taken off the path: a learner's random.py there is not Python's. The file
# does not see where its findings go.
START = """
import sys
arguments = sys.argv[1:]
del sys.argv[1:]
sys.path[:] = [folder for folder in sys.path if folder]
from micrograd.course.exercises.judge import main
main(*arguments)
"""


@dataclass(frozen=True)
class Finding:
    """The result of one check: what it looks at, and what is wrong, if anything is."""

    what: str
    wrong: str = ""


@dataclass(frozen=True)
class Verdict:
    """All findings, and what the learner's code printed."""

    findings: tuple[Finding, ...]
    printed: str = ""

    @property
    def right(self) -> bool:
        return not any(finding.wrong for finding in self.findings)

    @property
    def why(self) -> str:
        """The first thing that is wrong; "" if nothing is."""
        return next((finding.wrong for finding in self.findings if finding.wrong), "")


def judge_file(task: Task, path: Path, seconds: float = SECONDS) -> Verdict:
    """Return the verdict on the file at `path`, which is run in a process of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        result = Path(folder, "findings.json")
        command = [sys.executable, "-c", START, task.name, str(path.resolve()), str(result)]
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
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            kill_group(process)


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
        pairs = json.loads(files.read(path))
        findings = [Finding(shorten(str(what)), shorten(str(wrong))) for what, wrong in pairs]
    except (OSError, ValueError, TypeError, RecursionError):
        return failed_run("it wrote over the findings of the judge: write no files there.", printed)
    if not findings:
        return failed_run("nothing was checked: does it change the judge?", printed)
    return Verdict(tuple(findings), printed)


def read_start(file: IO[bytes]) -> str:
    """Return the first characters of what was written to the file."""
    file.seek(0)
    return file.read(4 * PRINTED_AT_MOST).decode(errors="replace")[:PRINTED_AT_MOST]


def shorten(text: str) -> str:
    """Return the beginning of the text, without halves of characters, which cannot be printed."""
    text = files.replace_surrogates(text)
    return text if len(text) <= SAID_AT_MOST else f"{text[:SAID_AT_MOST]} ..."


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


# ------------------------------------------------------------------------- in the other process


def run_checks(task: Task, source: str, path: str) -> list[Finding]:
    """Run the file, then each check of the task on what it defines, and return the findings."""
    names = {"__name__": "answer", "__file__": path}
    try:
        exec(as_written(source, path), names)
    except Exception as error:
        return [Finding("the file runs", describe_error(error, path))]
    return [Finding(check.__doc__ or "", run_check(check, path)) for check in task.checks(names)]


def run_check(check: Callable, path: str) -> str:
    """Return what the check finds wrong; "" if it finds nothing."""
    try:
        check()
    except Wrong as wrong:
        return str(wrong)
    except NotImplementedError:
        return "this is not written yet."
    except Exception as error:
        return describe_error(error, path)
    return ""


def describe_error(error: Exception, path: str) -> str:
    """Return the error in one sentence, with the line of the learner's file."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == path]
    text = describe_text(error)
    if isinstance(error, SyntaxError):
        lines, text = [error.lineno or 1], error.msg
    elif isinstance(error, OSError) and error.errno == errno.EFBIG:
        text = f"more than {FILE_MEGABYTES} megabytes of output: is there an endless loop?"
    elif isinstance(error, NameError) and not lines:
        return f"the file no longer defines `{error.name}`, which the starter did: put it back."
    where = f"line {lines[-1]}: " if lines else ""
    sentence = f"{where}{type(error).__name__}: {text}".rstrip(": .")
    return sentence if sentence.endswith("?") else f"{sentence}."


def describe_text(error: Exception) -> str:
    """Return the error's text in one line; a class of the learner's may not be able to tell it."""
    try:
        return " ".join(str(error).split())
    except Exception as another:
        return f"its text cannot be had, because of another {type(another).__name__}"


def limit_resources() -> None:
    """Limit the memory and the files of this process, where the system can do that."""
    try:
        import resource
    except ImportError:
        return
    limits = {resource.RLIMIT_AS: MEGABYTES, resource.RLIMIT_FSIZE: FILE_MEGABYTES}
    for kind, megabytes in limits.items():
        resource.setrlimit(kind, (megabytes * 2**20, megabytes * 2**20))


def main(name: str, path: str, result: str) -> None:
    """Judge the file at `path`, and write the findings to the file `result`."""
    task = find_task(name)
    limit_resources()
    try:
        findings = run_checks(task, Path(path).read_text(encoding="utf-8"), path)
    except UnicodeDecodeError:
        findings = [Finding("the file runs", "it is not UTF-8 text: save it in that encoding.")]
    pairs = [(finding.what, shorten(finding.wrong)) for finding in findings]
    Path(result).write_text(json.dumps(pairs), encoding="utf-8")
