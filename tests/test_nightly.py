"""The nightly comparison finds nothing in its first programs, and would find what is wrong.

Rule: what it once found is a row of SEEDS, and stays.
"""

import math

import numpy as np
import pytest

from micrograd import ops
from micrograd.ops import OPS
from tests.support import differential
from tests.support.differential import Case, exact_findings, fast_findings, findings

torch = pytest.importorskip("torch")

SEEDS = [1000475, 1025712, 34, 56, 62, 67, 83, 86, 101, 109, 122, 137, 141, 191, 219, 241, 276]
SEEDS += [20002359, 20309955, 20464141]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["torch", "exact", "fast"])
def test_the_first_programs_agree(engine):
    cases = [Case(seed) for seed in {*range(30), *SEEDS}]
    assert [(case.seed, text) for case, text in findings(torch, cases, [engine])] == []


def test_every_op_takes_part():
    names = {name for seed in range(100) for name, _ in Case(seed).program}
    assert names == set(OPS)


def wrong_sin():
    right = OPS["sin"]
    return ops.Op("sin", right.template, right.forward, (lambda x, out: -ops.cos(x),))


def test_a_wrong_partial_is_found(monkeypatch):
    monkeypatch.setitem(OPS, "sin", wrong_sin())
    cases = [case for case in map(Case, range(40)) if "sin" in dict(case.program)]
    assert len(list(findings(torch, cases, ["torch"]))) > 3


@pytest.mark.parametrize("change", [-0.0, 2.0**-52, math.nan, math.inf])
def test_a_wrong_bit_is_found(change):
    wanted = [[0.0, 1.0]]
    rows = np.array([[change, 1.0] if change == 0.0 else [0.0, 1.0 + change]])
    assert list(exact_findings(wanted, np.array(wanted))) == []
    assert list(exact_findings(wanted, rows))


def test_more_than_rounding_is_found():
    case = next(case for case in map(Case, range(100)) if "tanh" in dict(case.program))
    case.points[:] = [[0.1, 0.2, 0.3]]
    wanted = differential.eager(case)
    assert list(fast_findings(case, wanted, np.array(wanted))) == []
    assert list(fast_findings(case, wanted, np.array(wanted) + 1e-6))
