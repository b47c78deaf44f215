"""The process in which a learner's file runs, and then the checks of its task, with limits.

Rule: the findings go to a file of ours, whatever the learner's code prints.
"""

import errno
import json
import traceback
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path

from micrograd.course.exercises.checking import Wrong
from micrograd.course.exercises.task import Task, as_written
from micrograd.support import files

MEGABYTES = 2000  # the memory of each process
FILE_MEGABYTES = 16  # the limit of each file that it writes, and of what it prints
CPU_SECONDS = 120  # after which the system ends it, if its judge was killed and ends nothing
SAID_AT_MOST = 500  # how many characters of an error or of a finding are shown


@dataclass(frozen=True)
class Finding:
    """The result of one check: what it looks at, and what is wrong, if anything is."""

    what: str
    wrong: str = ""
    misconception: str = ""  # a short name for the mistake, by which answers are counted


def run_checks(task: Task, source: str, path: str) -> list[Finding]:
    """Run the file, then each check of the task on what it defines, and return the findings."""
    names = {"__name__": "answer", "__file__": path}
    try:
        exec(as_written(source, path), names)
    except Exception as error:
        return [Finding("the file runs", describe_error(error, path))]
    return [run_check(check, path) for check in task.checks(names)]


def run_check(check: Callable, path: str) -> Finding:
    """Return the finding of the check: its line, and what it finds wrong."""
    what = check.__doc__ or ""
    try:
        check()
    except Wrong as wrong:
        return Finding(what, str(wrong), wrong.misconception)
    except NotImplementedError:
        return Finding(what, "this is not written yet.", "not written yet")
    except Exception as error:
        return Finding(what, describe_error(error, path), type(error).__name__)
    return Finding(what)


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
    """Return the error's text in one line, although the `__str__` of a learner's class may fail."""
    try:
        return " ".join(str(error).split())
    except Exception as another:
        return f"its text cannot be shown, because __str__ raised a {type(another).__name__}"


def limit_resources() -> None:
    """Limit the memory, the files and the time of this process, where the system can do that."""
    try:
        import resource
    except ImportError:
        return
    limits = {resource.RLIMIT_AS: MEGABYTES, resource.RLIMIT_FSIZE: FILE_MEGABYTES}
    for kind, megabytes in limits.items():
        resource.setrlimit(kind, (megabytes * 2**20, megabytes * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def main(task_path: str, path: str, result: str) -> None:
    """Judge the file at `path` by the task at `task_path`; write findings to the file `result`."""
    task = Task(Path(task_path))
    limit_resources()
    try:
        findings = run_checks(task, Path(path).read_text(encoding="utf-8"), path)
    except UnicodeDecodeError:
        findings = [Finding("the file runs", "it is not UTF-8 text: save it in that encoding.")]
    rows = [[shorten(text) for text in astuple(finding)] for finding in findings]
    Path(result).write_text(json.dumps(rows), encoding="utf-8")


def shorten(text: str) -> str:
    """Return the beginning of the text, without halves of characters, which cannot be printed."""
    text = files.replace_surrogates(text)
    return text if len(text) <= SAID_AT_MOST else f"{text[:SAID_AT_MOST]} ..."
