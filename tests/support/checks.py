"""The checks of exercises and stages, run in this process, and only as far as a test needs them.

Rule: the checker's own functions are not compared with what they were, which takes longer than most
checks do; `tests/test_judge.py` tests that.
"""

from contextlib import closing
from unittest import mock

from micrograd.course.exercises import running
from micrograd.course.exercises.time_limit import TakesTooLong, limited


class Fails(Exception):
    """Raised as soon as a check has said enough: no cause is looked for."""


def run_checks(task, text, path="answer.py"):
    """Return all findings."""
    with nothing_replaced():
        return running.run_checks(task, text, path)


def first_wrong(task, text, path="answer.py"):
    """Return (number of the first check that finds a mistake, its finding), or (0, None)."""
    with nothing_replaced(), closing(running.findings(task, text, path)) as found:
        return next(((i, one) for i, one in enumerate(found, 1) if one.wrong), (0, None))


def first_told(task, text, sentence):
    """Return what the first check that fails says, with the cause unless the sentence is in it."""

    def begin(finding):
        if finding.wrong and sentence.lower() in finding.wrong.lower():
            raise Fails(finding.wrong)

    try:
        with nothing_replaced(), closing(running.findings(task, text, "answer.py", begin)) as found:
            return next((one.wrong for one in found if one.wrong), "")
    except Fails as told:
        return str(told)


def fails(task, text, path="answer.py"):
    """Return whether the checks find a mistake within ten seconds of computing."""

    def begin(finding):
        if finding.wrong:
            raise Fails

    try:
        with nothing_replaced(), limited(10, path):
            return any(one.wrong for one in running.findings(task, text, path, begin))
    except (Fails, TakesTooLong):
        return True


def nothing_replaced():
    return mock.patch.object(running, "keep_originals", lambda: list)
