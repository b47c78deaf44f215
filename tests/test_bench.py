"""The bench measures what it says: the same work for all, and right before fast."""

import json
import math
import shutil
from dataclasses import replace

import pytest

from bench import __main__ as command
from bench import compile_time, devices, harness, ours, sizes
from bench.harness import CONTESTANTS, Result
from bench.workloads import WORKLOADS, noise

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


@pytest.mark.no_cover
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


@pytest.mark.slow
def test_devices_are_measured_beside_jax_by_hand(monkeypatch, tmp_path, capsys):
    pytest.importorskip("jax")
    small = {"digits": replace(WORKLOADS["digits"], data=lambda: noise(8, 64))}
    monkeypatch.setattr(devices, "CASES", small)
    monkeypatch.setattr(devices, "ROUNDS", 1)
    monkeypatch.setattr(harness, "TURN", 0.001)
    command.main(["devices", "--json", str(tmp_path / "devices.json")])
    shown = capsys.readouterr().out
    written = json.loads((tmp_path / "devices.json").read_text())
    assert list(written["seconds"]) == ["digits, float32", "digits, float64"]
    for name, row in written["seconds"].items():
        assert set(row) == {devices.BY_HAND, devices.OURS}
        assert all(isinstance(seconds, float) for seconds in row.values())
        assert f"{name}: by hand " in shown


# ---------------------------------------------------------------------------------- bench compile

SMALL_SIZES = (
    sizes.mlp("mlp128", [4, 10], pixels=5),
    sizes.gpt("gpt16", 1, 4, 3),
    sizes.gpt("gpt32", 2, 8, 4),
)


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("peer", ["jax_peer:a_step_a_call", "torch_peer:eager", "ours:compiled"])
@pytest.mark.parametrize("workload", SMALL_SIZES, ids=lambda workload: workload.what)
def test_the_models_of_compile_are_the_same_for_all(workload, peer):
    """The loss of the first step; and of the third, which depends on every grad."""
    pytest.importorskip(peer.split("_")[0] if "_peer" in peer else "llvmlite")
    run = harness.Contestant("", peer, "").prepare(workload)
    eager = ours.eager(workload)
    for steps in (1, 3):  # Adam's first steps divide by tiny grads, so 1e-12 would be too strict
        getattr(run, "restart", lambda: None)()
        assert math.isclose(run(steps), eager(steps), rel_tol=1e-9)


def test_a_first_step_is_measured_in_a_new_process(tmp_path):
    """Cold and second: the same loss, and the second process finds the first one's cache."""
    pytest.importorskip("llvmlite")
    caches = {"MICROGRAD_CACHE": str(tmp_path)}
    cold, second = (compile_time.first_step("ours:compiled", "neuron", caches) for _ in range(2))
    assert cold["loss"] == second["loss"]
    expected = ours.eager(WORKLOADS["neuron"])(1)
    assert cold["loss"] == pytest.approx(expected, rel=1e-15)  # as tanh is our own
    assert cold["wall"] > 0.0 and cold["memory"] > 1e6
    assert any(tmp_path.iterdir())


def test_a_process_that_takes_too_long_or_fails_says_so():
    assert compile_time.first_step("ours:compiled", "neuron", {}, limit=0.01) == "over 0.01 s"
    problem = compile_time.first_step("ours:nothing", "neuron", {})
    assert problem.startswith("fails: AttributeError: ") and "nothing" in problem


def test_compile_prints_a_table_and_writes_json(monkeypatch, tmp_path, capsys):
    """A row that takes too long has no second process, and a wrong loss has no time."""
    measured = {"wall": 1.5, "cpu": 2.5, "memory": 3e8, "loss": 0.25}
    outcomes = {
        "ours:compiled": "over 120 s",
        "jax_peer:a_step_a_call": measured,
        "torch_peer:compiled": {**measured, "loss": 0.5},
        "torch_peer:eager": measured,
    }
    monkeypatch.setattr(compile_time, "find_spec", lambda package: True)
    monkeypatch.setattr(compile_time, "first_step", lambda where, *_: outcomes[where])
    path = tmp_path / "compile.json"
    command.main(["compile", "--rows", "gpt16", "--json", str(path)])
    shown = capsys.readouterr().out
    for part in ("gpt16", "over 120 s", "1.5 s", "2.5 CPU", "300 MB", "WRONG: 0.5, not 0.25"):
        assert part in shown
    row = json.loads(path.read_text(encoding="utf-8"))["first steps"]["gpt16"]
    assert row["ours, cold"] == "over 120 s" and row["ours, second process"] == "-"
    assert row["JAX"] == measured and row["torch.compile"].startswith("WRONG")


def test_compile_leaves_the_largest_models_out_unless_they_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(compile_time, "first_step", lambda *_: "fails: here")
    for names, expected in (([], [*sizes.SIZES][:-2]), (["gpt384"], ["gpt384"])):
        path = tmp_path / "compile.json"
        compile_time.main(path, names)
        assert list(json.loads(path.read_text(encoding="utf-8"))["first steps"]) == expected
