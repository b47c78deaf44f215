"""The process in which a learner's file runs, and then the checks of its task, confined.

Rule: all that the checks and the reports use is bound before the learner's file runs, and that file
reaches neither the pipe of the judge nor the checks.
"""

import os
import sys
from functools import partial
from pathlib import Path

from micrograd.course.exercises.frames import hide_frames
from micrograd.course.exercises.learner_file import Unreadable, read_source
from micrograd.course.exercises.limits import limit_resources, limit_starts
from micrograd.course.exercises.plain_text import shorten
from micrograd.course.exercises.reports import BEGINS, ENDS, FOUND, Report, reporter
from micrograd.course.exercises.running import THE_FILE_RUNS, Finding, findings
from micrograd.course.exercises.task import Task

TOKEN_BYTES = 64  # at most


def main(task_path: str, path: str, output: str) -> None:
    """Judge the file at `path` by the task at `task_path`, and report to the judge.

    The token comes from the standard input, and the pipe is the standard output; then nothing can
    be read from the one, and the other is the file `output`.
    """
    token = os.read(0, TOKEN_BYTES).decode()
    pipe = os.dup(1)  # no process that the file starts inherits it
    redirect(os.devnull, os.O_RDONLY, 0)
    redirect(output, os.O_WRONLY | os.O_APPEND, 1)
    report = reporter(pipe, token)
    task = Task(Path(task_path))
    _ = task.checker_names  # what its checks import comes from here, and not from the learner
    limit_resources()
    limit_starts()
    hide_frames(path)
    leave = os._exit  # no thread of the file goes on, and nothing that it has left for the end
    judge(task, path, report)
    try:
        sys.stdout.flush()
    finally:
        leave(0)


def redirect(path: str, flags: int, handle: int) -> None:
    """Let the open file `handle` be the one at `path`."""
    opened = os.open(path, flags)
    os.dup2(opened, handle)
    os.close(opened)


def judge(task: Task, path: str, report: Report) -> None:
    """Report each finding as soon as it is there."""
    try:
        source = read_source(Path(path))
    except Unreadable as error:
        tell(report, FOUND, Finding(THE_FILE_RUNS, str(error), "unreadable"))
    else:
        for finding in findings(task, source, path, partial(tell, report, BEGINS)):
            tell(report, FOUND, finding)
    report(ENDS)


def tell(report: Report, kind: str, finding: Finding) -> None:
    sentences = (finding.what, finding.wrong, finding.misconception)
    report(kind, *map(shorten, sentences), finding.graph)
