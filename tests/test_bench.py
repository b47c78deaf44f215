"""The bench measures what it says: the same work for all, and right before fast."""

import math
import shutil

import pytest

from bench import __main__ as command
from bench import harness, ours
from bench.harness import CONTESTANTS, Result
from bench.workloads import WORKLOADS

SMALL = ("readme", "neuron", "lecture", "yinyang", "microgpt")
C = CONTESTANTS[0]

needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")


def test_the_registry():
    assert list(WORKLOADS) == [
        *("readme", "neuron", "lecture", "moons", "yinyang"),
        *("digits", "microgpt", "wide64", "wide32"),
    ]
    names = [contestant.name for contestant in CONTESTANTS]
    assert names[:4] == ["C", "compiled", "eager", "original"]
    assert len(set(names)) == len(names)


def test_a_model_has_the_same_weights_each_time():
    for name in SMALL:
        first, second = (WORKLOADS[name].model().state_dict() for _ in range(2))
        assert first == second


@pytest.mark.slow
@needs_gcc
@pytest.mark.parametrize("name", SMALL)
def test_c_does_what_the_eager_engine_does(name):
    """The loss of the first step; and of the third, which depends on every grad."""
    workload = WORKLOADS[name]
    limit, eager = C.prepare(workload), ours.eager(workload)
    for steps in (1, 3):
        assert math.isclose(limit(steps), eager(steps), rel_tol=1e-12)


def test_a_wrong_loss_has_no_time():
    result = harness.admit(CONTESTANTS[2], WORKLOADS["neuron"], expected=0.5)
    assert result.seconds() is None
    assert command.cell(result, limit=1.0) == "WRONG"


def test_the_table_prints(capsys):
    row = {"C": Result(times=[2e-6]), "eager": Result(times=[3e-3, 5e-3, 4e-3])}
    command.show({"moons": row}, [C, CONTESTANTS[2]])
    shown = capsys.readouterr().out
    for part in ("moons", "2 µs", "4 ms", "2,000x"):
        assert part in shown


def test_the_list_prints(capsys):
    command.main(["--list"])
    assert "microgpt" in capsys.readouterr().out
