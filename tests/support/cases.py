"""Many small cases as one test: `@cases("x", [1.0, 2.0])` in the place of `parametrize`.

Rule: every case runs, and the error of the test shows each case that failed, by its name. A test of
its own costs pytest two milliseconds, so that thousands of cases of a millisecond each are grouped.
A case that takes longer, that is skipped, or that needs a fixture for itself alone, is a test.
"""

import functools
import inspect
import traceback
from collections.abc import Callable, Iterable

import pytest


def cases(names: str, rows: Iterable, ids: Iterable | Callable = repr) -> Callable:
    """Return what makes one test of a function, whose parameters `names` are those of each row.

    `names`, `rows` and `ids` are those of `pytest.mark.parametrize`, and it may be stacked as well.
    """
    parameters = [name.strip() for name in names.split(",")]
    rows = list(rows)
    labels = map(ids, rows) if callable(ids) else ids
    table = {str(label): row for label, row in zip(labels, rows)}
    assert len(table) == len(rows), "two cases have one name"

    def decorate(test: Callable) -> Callable:
        @functools.wraps(test)
        def all_cases(**fixtures):
            def check(row):
                arguments = [row] if len(parameters) == 1 else row
                test(**dict(zip(parameters, arguments, strict=True)), **fixtures)

            check_each(table, check)

        signature = inspect.signature(test)
        fixtures = [p for name, p in signature.parameters.items() if name not in parameters]
        all_cases.__signature__ = signature.replace(parameters=fixtures)
        return all_cases

    return decorate


def check_each(table: dict[str, object], check: Callable[[object], object]) -> None:
    """Call `check(row)` for each {name: row}. Raises AssertionError with all that it raised."""
    assert table, "there are no cases"
    failures = []
    for name, row in table.items():
        try:
            check(row)
        except (Exception, pytest.fail.Exception) as error:
            failures.append(f"{name}\n{story(error)}")
    if failures:
        raise AssertionError("\n".join([f"{len(failures)} of {len(table)}:", *failures]))


def story(error: BaseException) -> str:
    """Return the traceback of an error, from the test on."""
    trace = error.__traceback__
    while trace.tb_frame.f_code.co_filename == __file__ and trace.tb_next:
        trace = trace.tb_next
    return "".join(traceback.format_exception(error.with_traceback(trace)))
