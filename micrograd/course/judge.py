"""Judging a learner's file: in a process of its own, with limits, so that nothing can hang.

Rule: the process writes what it found into a file of ours, whatever the learner's code prints.
Every way to go wrong ends in one sentence.
"""

import json
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path

from micrograd.course.checking import Wrong
from micrograd.course.task import Task, task

SECONDS, MEGABYTES = 20, 2000  # that an answer may take
SAID_AT_MOST = 2000  # characters of the learner's own prints that are shown


@dataclass(frozen=True)
class Finding:
    """One check: what it looks at, and what is wrong, if anything is."""

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
        """The first thing that is wrong."""
        return next((finding.wrong for finding in self.findings if finding.wrong), "")


def judged(one: Task, path: Path, seconds: float = SECONDS) -> Verdict:
    """What is right and wrong with the file, judged in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder, "findings.json")
        command = [sys.executable, "-m", "micrograd.course.judge", one.name, str(path), str(result)]
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=seconds, stdin=subprocess.DEVNULL, check=False
            )
        except subprocess.TimeoutExpired:
            return ended(f"it did not end within {seconds:g} seconds: is there an endless loop?")
        printed = done.stdout.decode(errors="replace")
        if not result.exists():
            return ended(how_it_ended(done), printed)
        found = json.loads(result.read_text(encoding="utf-8"))
        return Verdict(tuple(Finding(*pair) for pair in found), printed[:SAID_AT_MOST])


def ended(sentence: str, printed: str = "") -> Verdict:
    return Verdict((Finding("the file runs", sentence),), printed[:SAID_AT_MOST])


def how_it_ended(done: subprocess.CompletedProcess) -> str:
    if b"MemoryError" in done.stderr or done.returncode in (-9, 137):
        return f"it wanted more than {MEGABYTES:,} megabytes of memory."
    if done.returncode == 0:
        return "it ended before it could be checked: is there an exit()?"
    return f"Python itself stopped, with code {done.returncode}."


# ------------------------------------------------------------------------- in the other process


def findings(one: Task, source: str, path: str) -> list[Finding]:
    """Run the file, then each check of the task on what it defines."""
    names = {"__name__": "answer", "__file__": path}
    try:
        exec(compile(source, path, "exec"), names)
    except Exception as error:
        return [Finding("the file runs", told(error, path))]
    return [Finding(check.__doc__, problem(check, path)) for check in one.checks(names)]


def problem(check, path: str) -> str:
    """What the check finds wrong; "" for nothing."""
    try:
        check()
    except Wrong as wrong:
        return str(wrong)
    except NotImplementedError:
        return "there is nothing here yet."
    except Exception as error:
        return told(error, path)
    return ""


def told(error: Exception, path: str) -> str:
    """The error in one sentence, with the learner's line."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == path]
    said = str(error)
    if isinstance(error, SyntaxError):
        lines, said = [error.lineno], error.msg
    elif isinstance(error, NameError) and not lines:
        return f"there is no `{error.name}` in the file any more: it was there in the beginning."
    where = f"line {lines[-1]}: " if lines else ""
    return f"{where}{type(error).__name__}: {said}".rstrip(": .") + "."


def limit() -> None:
    """No more memory than that, where the system can be told so."""
    try:
        import resource
    except ImportError:
        return
    most = MEGABYTES * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def main(name: str, path: str, result: str) -> None:
    source = Path(path).read_text(encoding="utf-8")
    one = task(name)
    limit()
    found = [(finding.what, finding.wrong) for finding in findings(one, source, path)]
    Path(result).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
