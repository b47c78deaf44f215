"""The process in which a learner's file runs, and then the checks of its task, with limits.

Rule: the findings go to a file of ours, whatever the learner's code prints.
"""

import json
from dataclasses import astuple
from pathlib import Path

from micrograd.course.exercises.python_errors import FILE_MEGABYTES
from micrograd.course.exercises.running import Finding, run_checks
from micrograd.course.exercises.task import Task
from micrograd.support import files

MEGABYTES = 2000  # the memory of each process
CPU_SECONDS = 120  # after which the system ends it, if its judge was killed and ends nothing
SAID_AT_MOST = 500  # how many characters of an error or of a finding are shown


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
