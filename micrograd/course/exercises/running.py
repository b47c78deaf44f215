"""Running the checks of a task on a learner's file, in this process: what is wrong, and why.

Rule: a reason is given once, with the first check that fails, and the checks end at the second one
that would say the same. Once a mistake has been named, later findings say what is known, and guess
no reason: most of what they see is the same mistake again.
"""

import ast
import contextlib
import io
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType
from typing import Any

from micrograd.course import messages
from micrograd.course.exercises.causes import Cause
from micrograd.course.exercises.checking import (
    NONE_RETURNED,
    NOTHING,
    NOTHING_RETURNED,
    STAYS,
    Unexplained,
    Wrong,
    capital,
)
from micrograd.course.exercises.failed_graph import read_run, write_run
from micrograd.course.exercises.graphs import Run
from micrograd.course.exercises.learner_file import seems_half_saved
from micrograd.course.exercises.names_in_code import functions
from micrograd.course.exercises.originals import keep_originals
from micrograd.course.exercises.python_errors import describe_error
from micrograd.course.exercises.repairs import find_cause
from micrograd.course.exercises.task import Task, as_written

RECURSION_LIMIT = 1000  # Python's own, which no learner's file raises
NOT_WRITTEN = "this is not written yet."
FRESH = 3  # new modules that must pass where the old one fails, before we say that state stays
THE_FILE_RUNS = "the file runs"


@dataclass(frozen=True)
class Failure:
    """An error that a check raised, and the state of `random` in which it did."""

    error: BaseException
    drawn: Any


@dataclass(frozen=True)
class Finding:
    """The result of one check: what it looks at, and what is wrong, if anything is."""

    what: str
    wrong: str = ""
    misconception: str = ""  # a short name for the mistake, by which answers are counted
    graph: str = ""  # the smallest that fails, with its grads, as `failed_graph` reads it

    @property
    def run(self) -> Run | None:
        """The run of the learner's code on that graph."""
        return read_run(self.graph)


def run_checks(task: Task, source: str, path: str) -> list[Finding]:
    """Run the file, then each check of the task on what it defines, and return the findings."""
    return list(findings(task, source, path))


def findings(
    task: Task, source: str, path: str, begin: Callable[[Finding], object] = str
) -> Iterator[Finding]:
    """Yield the findings of `run_checks`, each as soon as it is there.

    `begin` is called with what is looked at next, and again with what is wrong there before a cause
    is looked for, which runs the learner's code: so much holds if that never ends. All that the
    checks use is imported before the file runs; if the file replaces something of it, that is the
    last finding.
    """
    _ = task.checker_names
    names = new_module(path)
    restore = keep_originals()
    with recursion_limit():
        begin(Finding(THE_FILE_RUNS))
        finding = run_file(source, path, names)
        if replaced := restore():
            finding = tampering(THE_FILE_RUNS, replaced)
        if finding:
            yield finding
            return
        examination = Examination(task, source, path)
        for finding in examination.findings(task.checks(names), begin):
            if replaced := restore():
                yield tampering(finding.what, replaced)
                return
            yield finding


def new_module(path: str) -> dict[str, Any]:
    """Return the names of a new module, which Python finds by its name, as dataclasses need it."""
    module = sys.modules["answer"] = ModuleType("answer")
    module.__file__ = path
    return vars(module)


def run_file(source: str, path: str, names: dict[str, Any]) -> Finding | None:
    """Run the file, and return what is wrong if it does not run to its end."""
    try:
        exec(as_written(source, path), names)
    except (Exception, SystemExit) as error:
        sentence = describe_error(error, path)
        if seems_half_saved(source, error):
            sentence = messages.half_saved(sentence)
        return Finding(THE_FILE_RUNS, sentence, type(error).__name__)
    return None


def tampering(what: str, names: list[str]) -> Finding:
    """Return the finding that the file has replaced what the checks use."""
    return Finding(what, messages.replaced(names), "the checker is changed")


class Examination:
    """The checks of a task on one file, and what they have said about it so far."""

    def __init__(self, task: Task, source: str, path: str):
        self.task, self.source, self.path = task, source, path
        self.told: set[str] = set()
        self.named = False  # whether a finding has named a mistake

    def findings(
        self, checks: list[Callable], begin: Callable[[Finding], object]
    ) -> Iterator[Finding]:
        """Yield the finding of each check, until one would say again what was said before."""
        for i, check in enumerate(checks):
            finding = Finding(check.__doc__ or "")
            begin(finding)
            failed = failure(check, partial(fresh_check, self.task, self.source, self.path, i))
            if failed:
                finding = self.add_symptom(finding, failed.error)
                if finding.wrong in self.told:
                    return
                self.told.add(finding.wrong)
                begin(finding)
                finding = self.add_cause(finding, i, failed)
            yield finding

    def add_symptom(self, finding: Finding, error: BaseException) -> Finding:
        """Return the finding with what is wrong, as far as the check itself knows it."""
        guesses = self.named and not is_known(error)
        sentence = messages.fails_as_well() if guesses else describe_failure(error, self.path)
        if NOTHING_RETURNED in sentence and returns_everywhere(self.task, self.source):
            sentence = sentence.replace(NOTHING_RETURNED, NONE_RETURNED)
        misconception = "" if guesses else name_of(error)
        graph = write_run(getattr(error, "graph", None))
        return replace(finding, wrong=sentence, misconception=misconception, graph=graph)

    def add_cause(self, finding: Finding, i: int, failed: Failure) -> Finding:
        """Return the finding with the cause, which only the first check that fails is given."""
        is_first = len(self.told) == 1
        cause = cause_of(self.task, self.source, i, failed) if is_first else None
        knows_none = isinstance(failed.error, NotImplementedError | Unexplained)
        self.named = self.named or bool(cause) or not knows_none
        if cause is None:
            return finding
        sentence = join_cause(cause.sentence, finding.wrong)
        return replace(finding, wrong=sentence, misconception=cause.misconception)


def cause_of(task: Task, source: str, i: int, failed: Failure) -> Cause | None:
    """Return what in the code is the mistake, None if that is not known, or said already."""
    error = failed.error
    if isinstance(error, NotImplementedError):
        return None
    returned = not isinstance(error, Wrong) or error.misconception != NOTHING
    return find_cause(task.stage(i), source, i, is_named(error), returned, failed.drawn)


def join_cause(cause: str, sentence: str) -> str:
    """Return the cause and then the sentence, unless both say the same."""
    if "`**`" in cause and "`**`" in sentence:
        return cause
    return f"{cause} {capital(sentence)}"


def returns_everywhere(task: Task, source: str) -> bool:
    """Return whether each function returns something that does so in the solution."""
    own, solved = (functions(ast.parse(text)) for text in (source, task.solution))
    return all(
        name in own and has_return(own[name]) for name, each in solved.items() if has_return(each)
    )


def has_return(function: ast.AST) -> bool:
    """Return whether the function returns something, on some way and not only in inner ones."""
    for node in ast.iter_child_nodes(function):
        if isinstance(node, ast.Return) and node.value is not None:
            return True
        is_inner = isinstance(node, ast.FunctionDef | ast.Lambda)
        if not is_inner and has_return(node):
            return True
    return False


def failure(check: Callable, make_fresh: Callable[[], Callable]) -> Failure | None:
    """Return what the check raises, None if it passes twice, so that nothing may stay.

    A check may draw random numbers, so that it fails the second time by chance. So something stays
    only if the checks of new modules, from `make_fresh`, pass with the very same numbers.
    """
    for turn in range(2):
        state = random.getstate()
        error = outcome(check)
        if turn and isinstance(error, Wrong) and all_pass(make_fresh, state):
            return Failure(Wrong(f"{STAYS} {error}", "state stays", error.graph), state)
        if error:
            return Failure(error, state)
    return None


def outcome(check: Callable) -> BaseException | None:
    try:
        check()
    except (Exception, SystemExit) as error:
        return error
    return None


def all_pass(make_fresh: Callable[[], Callable], state: Any) -> bool:
    """Return whether new checks pass where the random numbers are in that state."""
    for _ in range(FRESH):
        check = make_fresh()
        random.setstate(state)
        if outcome(check):
            return False
    return True


def fresh_check(task: Task, source: str, path: str, i: int) -> Callable:
    """Return check number i on a module that has just been made from the file."""
    names = new_module(path)
    with contextlib.redirect_stdout(io.StringIO()):
        run_file(source, path, names)
    return task.checks(names)[i]


def describe_failure(error: BaseException, path: str) -> str:
    if isinstance(error, Wrong):
        return str(error)
    if isinstance(error, NotImplementedError):
        return NOT_WRITTEN
    return describe_error(error, path)


def name_of(error: BaseException) -> str:
    """Return the short name of the mistake."""
    if isinstance(error, Wrong):
        return error.misconception
    return "not written yet" if isinstance(error, NotImplementedError) else type(error).__name__


def is_named(error: BaseException) -> bool:
    """Return whether the sentence names the mistake already, so that no cause is looked for."""
    if isinstance(error, RecursionError):
        return True
    return isinstance(error, Wrong) and not isinstance(error, Unexplained)


def is_known(error: BaseException) -> bool:
    """Return whether the sentence says only what is known, and guesses no reason."""
    if isinstance(error, NotImplementedError):
        return True
    return isinstance(error, Unexplained) and not error.misconception


@contextlib.contextmanager
def recursion_limit() -> Iterator[None]:
    """A block in which the recursion limit is Python's own, and stays so."""
    before, change = sys.getrecursionlimit(), sys.setrecursionlimit
    sys.setrecursionlimit(RECURSION_LIMIT)
    sys.setrecursionlimit = lambda limit: None
    try:
        yield
    finally:
        sys.setrecursionlimit = change
        change(before)
