"""Cells and answers that Python runs in a browser: text comes in, and JSON for the page goes out.

Rule: nothing here knows the page, and no process is started, since a browser has none. Code that
does not end is ended by the page, which ends this whole Python.
"""

import contextlib
import io
import json
import linecache
import random
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from micrograd.course import messages
from micrograd.course.exercises.python_errors import describe_error
from micrograd.course.exercises.running import run_checks
from micrograd.course.exercises.task import find_task
from micrograd.course.lesson import evaluate, mime_bundle
from micrograd.ops import OPS

PRINTED_AT_MOST = 20_000  # characters that a page shows
NOT_IN_BROWSERS = {"jax", "llvmlite", "matplotlib", "numpy", "onnx", "pandas", "sklearn", "torch"}


@dataclass
class Output:
    """The result of a cell. `html` or `text` is what it returned, "" if that is nothing.

    `error` is a sentence about an exception; `missing` is one about a package that does not run in
    a browser, so that no learner looks for the mistake in the cell.
    """

    printed: str = ""
    html: str = ""
    text: str = ""
    error: str = ""
    missing: str = ""


class Notebook:
    """The cells of a page, which share their names."""

    def __init__(self) -> None:
        self.names: dict = {"__name__": "page"}

    def run(self, code: str, number: int, tell: Callable[[str], object] = str) -> str:
        """Run the cell with that number; return its Output as JSON.

        `tell` is called with each text at once when it is printed.
        """
        where = f"cell {number}"
        keep_lines(code, where)
        output, printed = Output(), Printed(tell)
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                self.show(evaluate(code, self.names, where), output)
            except SystemExit:
                output.error = messages.exit_in_a_cell()
            except Exception as error:
                output.missing = missing_package(error)
                output.error = "" if output.missing else describe_error(error, where)
        output.printed = printed.text
        return json.dumps(asdict(output))

    def show(self, x: object, output: Output) -> None:
        """Put what a cell returned into its output, in the richest form that a page has."""
        if x is None:
            return
        bundle = mime_bundle(x)
        output.html = bundle.get("text/html", "")
        if not output.html:
            output.text = bundle["text/plain"]


def check_answer(name: str, source: str) -> str:
    """Return {"findings": [...], "printed": text, "after": {...}} as JSON, the verdict.

    If the task is solved, `after` has another way to do it, and a remark, as far as the task has.
    Afterwards random numbers and ops are as they were before.
    """
    path = "answer.py"
    keep_lines(source, path)
    printed = Printed(str)
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), as_before():
        task = find_task(name)
        findings = run_checks(task, source, path)
    rows = [asdict(finding) for finding in findings]
    solved = not any(finding.wrong for finding in findings)
    after = {"another": task.another_way, "remark": task.remark} if solved else {}
    return json.dumps({"findings": rows, "printed": printed.text, "after": after})


class Printed(io.TextIOBase):
    """Keeps and shows the beginning of what is printed, so that an endless loop fills no memory."""

    def __init__(self, show: Callable[[str], object]) -> None:
        self.text, self.show = "", show

    def write(self, text: str) -> int:
        left = PRINTED_AT_MOST - len(self.text)
        if left > 0:
            self.text += text[:left]
            self.show(text[:left])
        return len(text)


def keep_lines(source: str, where: str) -> None:
    """Let messages quote the lines of the source, which is in no file."""
    lines = source.splitlines(keepends=True)
    linecache.cache[where] = (len(source), None, lines, where)


def missing_package(error: BaseException) -> str:
    """Return a sentence about the package that is missing in browsers; "" for another error."""
    cause: BaseException | None = error
    while cause is not None:
        name = str(getattr(cause, "name", "")).partition(".")[0]
        if isinstance(cause, ImportError) and name in NOT_IN_BROWSERS:
            return messages.not_in_browsers(name)
        cause = cause.__cause__
    return ""


@contextlib.contextmanager
def as_before() -> Iterator[None]:
    """Let the block draw random numbers and add ops; afterwards both are as they were."""
    state, ops = random.getstate(), dict(OPS)
    try:
        yield
    finally:
        random.setstate(state)
        OPS.clear()
        OPS.update(ops)
