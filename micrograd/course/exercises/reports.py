"""Reports: what the process of a learner's file tells its judge, line by line, through a pipe.

Rule: each line begins with a token that the judge has drawn, and that no module holds: whoever else
writes to the pipe does not know it. All that writes a line is bound before the learner's file runs.
"""

import ast
import os
from collections.abc import Callable
from typing import NamedTuple

from micrograd.course.exercises.running import THE_FILE_RUNS, Finding

BEGINS, FOUND, ENDS = "begins", "found", "ends"
Report = Callable[..., None]  # to be called with one of these, and texts


class Reports(NamedTuple):
    """The content of a pipe: the findings, and whether all have ended.

    `current` is what is known of the check that began last.
    `forged` says that somebody else wrote to the pipe.
    """

    findings: list[Finding]
    current: Finding
    ended: bool
    forged: bool


def reporter(handle: int, token: str) -> Report:
    """Return the function that reports to the judge, in this process and in no copy of it."""
    write, represent, number, this = os.write, repr, os.getpid, os.getpid()

    def report(kind: str, *texts: str) -> None:
        if number() == this:
            line = f"{token} {represent((kind, *texts))}\n"
            write(handle, line.encode("utf-8", "replace"))

    return report


def read_reports(content: bytes, token: str) -> Reports:
    """Return what the lines report. The last one may be cut off, if the process was killed."""
    *lines, rest = content.decode(errors="replace").split("\n")
    findings: list[Finding] = []
    current, ended = Finding(THE_FILE_RUNS), False
    for line in lines:
        if not line.startswith(f"{token} ("):
            return Reports([], current, ended=False, forged=True)
        kind, *texts = ast.literal_eval(line[len(token) + 1 :])
        if kind == FOUND:
            findings.append(Finding(*texts))
            current = Finding(texts[0])
        if kind == BEGINS:
            current = Finding(*texts)
        ended = kind == ENDS
    is_cut_off = rest.startswith(token) or token.startswith(rest)
    return Reports(findings, current, ended, forged=not is_cut_off)
