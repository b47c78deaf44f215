"""Grouped cases: each runs, and each that fails is named."""

import ast
import inspect
from collections import Counter
from pathlib import Path

import pytest

from tests.support.cases import cases


def test_every_case_runs_and_each_that_fails_is_named():
    seen = []

    @cases("x, y", [(1, 1), (2, 3), (4, 4), (5, 6)])
    def equal(x, y, fixture):
        seen.append((x, y, fixture))
        assert x == y, f"{x} is not {y}"

    assert list(inspect.signature(equal).parameters) == ["fixture"]
    with pytest.raises(AssertionError, match=r"^2 of 4:") as error:
        equal(fixture="given")
    assert seen == [(x, y, "given") for x, y in [(1, 1), (2, 3), (4, 4), (5, 6)]]
    text = str(error.value)
    assert "\n(2, 3)\nTraceback" in text and "2 is not 3" in text
    assert "\n(5, 6)\nTraceback" in text and "5 is not 6" in text
    assert "(4, 4)" not in text and "support/cases.py" not in text


def test_an_error_that_did_not_come_fails_its_case():
    @cases("x", [0, 1])
    def refused(x):
        with pytest.raises(ZeroDivisionError):
            1 / x

    with pytest.raises(AssertionError, match="DID NOT RAISE"):
        refused()


def test_no_cases_are_a_mistake():
    with pytest.raises(AssertionError, match="no cases"):
        cases("x", [])(lambda x: None)()


@cases("path", sorted(Path(__file__).parent.rglob("test_*.py")))
def test_a_table_of_tests_is_written_once(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    targets = [t for node in tree.body if isinstance(node, ast.Assign) for t in node.targets]
    counts = Counter(target.id for target in targets if isinstance(target, ast.Name))
    assert [name for name, count in counts.items() if count > 1] == []
