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

from micrograd.course.exercises.checking import Wrong
from micrograd.course.exercises.task import Task, task

SECONDS, MEGABYTES = 20, 2000  # that an answer may take
SAID_AT_MOST = 2000  # characters of the learner's own prints that are shown
# Without the current folder on the path: a learner's random.py there is not Python's.
START = """
import sys
sys.path[:] = [folder for folder in sys.path if folder]
from micrograd.course.exercises.judge import main
main(*sys.argv[1:])
"""


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
        command = [sys.executable, "-c", START, one.name, str(path.resolve()), str(result)]
        with open(Path(folder, "out"), "w+b") as out, open(Path(folder, "err"), "w+b") as err:
            how = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err, "check": False}
            try:
                code = subprocess.run(command, timeout=seconds, **how).returncode
            except subprocess.TimeoutExpired:
                loop = f"it did not end within {seconds:g} seconds: is there an endless loop?"
                return ended(loop, beginning(out))
            printed, said = beginning(out), beginning(err)
        if not result.exists():
            return ended(how_it_ended(code, said), printed)
        found = json.loads(result.read_text(encoding="utf-8"))
        return Verdict(tuple(Finding(*pair) for pair in found), printed)


def beginning(file) -> str:
    """What was written to it, at first."""
    file.seek(0)
    return file.read(4 * SAID_AT_MOST).decode(errors="replace")[:SAID_AT_MOST]


def ended(sentence: str, printed: str = "") -> Verdict:
    return Verdict((Finding("the file runs", sentence),), printed)


def how_it_ended(code: int, said: str) -> str:
    if "MemoryError" in said or code in (-9, 137):
        return f"it wanted more than {MEGABYTES:,} megabytes of memory."
    if code == 0:
        return "it ended before it could be checked: is there an exit()?"
    last = said.strip().splitlines()[-1:]
    return f"Python itself stopped, with code {code}" + "".join(f": {line}" for line in last) + "."


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
    one = task(name)
    limit()
    try:
        found = findings(one, Path(path).read_text(encoding="utf-8"), path)
    except UnicodeDecodeError:
        found = [Finding("the file runs", "it is not text in UTF-8: save it in that encoding.")]
    pairs = [(finding.what, finding.wrong) for finding in found]
    Path(result).write_text(json.dumps(pairs), encoding="utf-8")
