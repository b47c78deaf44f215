"""The judge of a learner's file: it starts a process that runs the file, and reads the findings.

Rule: every way to go wrong ends in one short sentence, and the findings before it are kept. Only a
file whose checks have all been reported, by `learner_process`, is right.
"""

import secrets
import signal
from dataclasses import dataclass
from pathlib import Path

from micrograd.course import messages
from micrograd.course.exercises.judged_process import FOLDER_MEGABYTES, Ended, run_process
from micrograd.course.exercises.limits import CPU_SECONDS, MEGABYTES
from micrograd.course.exercises.plain_text import shorten
from micrograd.course.exercises.reports import Reports, read_reports
from micrograd.course.exercises.running import THE_FILE_RUNS, Finding
from micrograd.course.exercises.task import Task

SECONDS = 20  # for a learner's file
CRASHES = {"SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL"}


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

    @property
    def on_a_graph(self) -> Finding | None:
        """The first finding of a check that failed on a graph."""
        return next((finding for finding in self.findings if finding.run), None)

    @property
    def misconception(self) -> str:
        """The short name of the first mistake, or its sentence; "" if nothing is wrong."""
        wrong = (finding for finding in self.findings if finding.wrong)
        return next((finding.misconception or finding.wrong for finding in wrong), "")


def judge_file(task: Task, path: Path, seconds: float = SECONDS) -> Verdict:
    """Return the verdict on the file at `path`, which is run in a process of its own."""
    token = secrets.token_hex(16)
    arguments = [str(task.path.resolve()), str(path.resolve())]
    ended = run_process(arguments, token, seconds)
    reports = read_reports(ended.reports, token)
    failure = find_failure(ended, reports, seconds)
    findings = [*reports.findings, failure] if failure else reports.findings
    return Verdict(tuple(findings), ended.printed)


def find_failure(ended: Ended, reports: Reports, seconds: float) -> Finding | None:
    """Return why not all checks were reported; None if they were."""
    if reports.forged:
        return not_judged(messages.wrote_to_the_judge())
    if reports.ended:
        return None if reports.findings else not_judged(messages.no_check_ran())
    current = reports.current
    if current.wrong:
        return current
    if ended.full:
        return Finding(current.what, messages.wrote_too_much(FOLDER_MEGABYTES), "fills the disk")
    if ended.code is None:
        return Finding(current.what, messages.did_not_end(seconds), "does not end")
    return Finding(current.what, describe_exit(ended.code, ended.errors), "ends the process")


def not_judged(reason: str) -> Finding:
    return Finding(THE_FILE_RUNS, messages.not_judged(reason), "not judged")


def describe_exit(code: int, errors: str) -> str:
    """Return a sentence that says how the process ended before all its findings were there."""
    if "MemoryError" in errors:
        return messages.needed_memory(MEGABYTES)
    if code < 0:
        return describe_signal(-code)
    if code == 0:
        return messages.ended_early()
    last_line = "".join(f": {line}" for line in errors.strip().splitlines()[-1:])
    return messages.stopped_with(code, shorten(last_line))


def describe_signal(number: int) -> str:
    """Return the name of the signal, and what it means for a learner."""
    names = {one.value: one.name for one in signal.Signals}
    name = names.get(number, f"signal {number}")
    if name == "SIGXCPU":
        return messages.computed_too_long(CPU_SECONDS)
    crash = ", which means that it crashed" if name in CRASHES else ""
    return messages.ended_by(name + crash)
