"""The judge of a learner's file: it runs the file in a process of its own, with limits.

Rule: the process writes its findings to a file of ours, whatever the learner's code prints. Every
way to go wrong ends in one sentence.
"""

import json
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from micrograd.course.exercises.checking import Wrong
from micrograd.course.exercises.task import Task, as_written, find_task

SECONDS, MEGABYTES = 20, 2000  # limits for a learner's file
PRINTED_AT_MOST = 2000  # how many characters of the learner's own prints are shown
# The current folder is taken off the path: a learner's random.py there is not Python's.
START = """
import sys
sys.path[:] = [folder for folder in sys.path if folder]
from micrograd.course.exercises.judge import main
main(*sys.argv[1:])
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
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder, "findings.json")
        command = [sys.executable, "-c", START, task.name, str(path.resolve()), str(result)]
        with open(Path(folder, "out"), "w+b") as out, open(Path(folder, "err"), "w+b") as err:
            try:
                code = subprocess.run(
                    command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, timeout=seconds
                ).returncode
            except subprocess.TimeoutExpired:
                sentence = f"it did not end within {seconds:g} seconds: is there an endless loop?"
                return failed_run(sentence, read_start(out))
            printed, errors = read_start(out), read_start(err)
        if not result.exists():
            return failed_run(describe_exit(code, errors), printed)
        pairs = json.loads(result.read_text(encoding="utf-8"))
        return Verdict(tuple(Finding(*pair) for pair in pairs), printed)


def read_start(file: IO[bytes]) -> str:
    """Return the first characters of what was written to the file."""
    file.seek(0)
    return file.read(4 * PRINTED_AT_MOST).decode(errors="replace")[:PRINTED_AT_MOST]


def failed_run(sentence: str, printed: str = "") -> Verdict:
    """Return the verdict on a file that did not run to its end."""
    return Verdict((Finding("the file runs", sentence),), printed)


def describe_exit(code: int, errors: str) -> str:
    """Return a sentence that says how the process ended without any findings."""
    if "MemoryError" in errors or code in (-9, 137):
        return f"it needed more than {MEGABYTES:,} megabytes of memory."
    if code == 0:
        return "it ended before it could be checked: is there an exit()?"
    last_line = "".join(f": {line}" for line in errors.strip().splitlines()[-1:])
    return f"Python stopped with exit code {code}{last_line}."


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
    text = str(error)
    if isinstance(error, SyntaxError):
        lines, text = [error.lineno], error.msg
    elif isinstance(error, NameError) and not lines:
        return f"the file no longer defines `{error.name}`, which the starter did: put it back."
    where = f"line {lines[-1]}: " if lines else ""
    return f"{where}{type(error).__name__}: {text}".rstrip(": .") + "."


def limit_memory() -> None:
    """Limit the memory of this process, where the system can do that."""
    try:
        import resource
    except ImportError:
        return
    most = MEGABYTES * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def main(name: str, path: str, result: str) -> None:
    """Judge the file at `path`, and write the findings to the file `result`."""
    task = find_task(name)
    limit_memory()
    try:
        findings = run_checks(task, Path(path).read_text(encoding="utf-8"), path)
    except UnicodeDecodeError:
        findings = [Finding("the file runs", "it is not UTF-8 text: save it in that encoding.")]
    pairs = [(finding.what, finding.wrong) for finding in findings]
    Path(result).write_text(json.dumps(pairs), encoding="utf-8")
