"""Checkpoints: a run that was killed, interrupted or copied reaches the same bits when resumed.

Rule: the judge is the run that nobody stopped.
"""

import json
import random
import shutil
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from micrograd import MLP, data, errors, fit, losses, optim
from micrograd.saving.tensor_file import read_tensors, write_tensors
from micrograd.support import files
from micrograd.training import pace


def points():
    return data.moons(24, seed=5)


def margin(model, x, y):
    return losses.hinge(model(x), y)


def run(path=None, make=lambda: MLP(2, [4, 1]), **how):
    random.seed(3)
    model = make()
    given = {"steps": 60, "batch_size": 8, "optimizer": lambda p: optim.Adam(p, lr=0.02)}
    given |= {"checkpoint": path, "checkpoint_seconds": 0.0, "progress": False}
    history = fit(model, margin, *points(), **{**given, **how})
    return [p.data.hex() for p in model.parameters()], history


class Stop:
    """A callback that raises at its nth call."""

    def __init__(self, calls, what=KeyboardInterrupt):
        self.left, self.what = calls, what

    def __call__(self, history):
        self.left -= 1
        if not self.left:
            raise self.what


HOW = {
    "jit": {"keep_every": 7},
    "eager": {"engine": "eager"},
    "float32": {"dtype": "float32", "keep_every": 10},
    "validated": {"validation": points(), "patience": 50, "validate_every": 5},
    "schedule": {"lr_schedule": optim.cosine_decay(0.1, 0.0, 60), "keep_every": 9},
    "all": {"batch_size": None, "clip": 0.5, "keep_every": 4},
}


@pytest.mark.slow
@pytest.mark.parametrize("calls", [1, 3, 6])
@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_an_interrupted_run_resumes_to_the_same_bits(how, calls, tmp_path, monkeypatch):
    monkeypatch.setattr(pace, "MAX_REPORT_SECONDS", 0.0)  # a report after each step
    path = tmp_path / "run.safetensors"
    _, first = run(path, callbacks=[Stop(calls)], **how)
    assert first.stopped == "interrupted"
    assert 0 < len(first.losses) < 60
    weights, history = run(path, **how)
    wanted, whole = run(**how)
    assert weights == wanted
    assert history.losses == whole.losses
    assert history.learning_rates == whole.learning_rates
    assert history.validation == whole.validation
    assert history.seconds == sorted(history.seconds)


def test_a_checkpoint_of_the_first_format_is_resumed(tmp_path):
    """It was written after 7 steps of an eager run, whose bits are the same on every machine."""
    path = tmp_path / "run.safetensors"
    shutil.copy(Path(__file__).parent / "files" / "checkpoint-1.safetensors", path)
    lengths, runs = [], []
    for checkpoint in (path, None):
        random.seed(3)
        history = fit(
            MLP(3, [4, 1]), margin, *data.four_points(), steps=60, batch_size=2, engine="eager",
            optimizer=lambda p: optim.Adam(p, lr=0.02), validation=0.25, checkpoint=checkpoint,
            progress=False, callbacks=[lambda history: lengths.append(len(history.losses))],
        )  # fmt: skip
        runs.append(history)
    resumed, whole = runs
    assert lengths[0] == 8
    assert resumed.losses == whole.losses
    assert resumed.validation == whole.validation
    assert len(resumed.seconds) == 60


def test_ctrl_c_during_compilation_keeps_the_checkpoint(tmp_path):
    path = tmp_path / "run.safetensors"
    run(path, steps=20)
    before = path.read_bytes()

    class Slow(MLP):
        def __call__(self, x):
            raise KeyboardInterrupt

    _, history = run(path, make=lambda: Slow(2, [4, 1]))
    assert history.stopped == "interrupted"
    assert path.read_bytes() == before


@pytest.mark.parametrize("engine", ["jit", "eager"])
def test_ctrl_c_in_the_middle_of_a_step_undoes_the_step(engine, tmp_path):
    """A schedule that raises stands for Ctrl-C during an update."""
    path = tmp_path / "run.safetensors"
    calls = []

    def rate(step):
        calls.append(step)
        if len(calls) == 23:
            raise KeyboardInterrupt
        return 0.05

    _, history = run(path, engine=engine, lr_schedule=rate, keep_every=10)
    assert history.stopped == "interrupted"
    assert len(history.losses) % 10 == 0 or engine == "eager"
    again, _ = run(path, engine=engine, lr_schedule=lambda step: 0.05)
    assert again == run(engine=engine, lr_schedule=lambda step: 0.05)[0]


SCRIPT = """
import sys, random, time
from micrograd import MLP, data, losses, optim, fit
random.seed(3)
model = MLP(2, [4, 1])
slow = lambda history: time.sleep(0.01)
fit(model, lambda model, x, y: losses.hinge(model(x), y), *data.moons(24, seed=5), steps=60,
    batch_size=8, optimizer=lambda p: optim.Adam(p, lr=0.02), checkpoint=sys.argv[1],
    checkpoint_seconds=0.0, progress=False, callbacks=[slow], keep_every=1, engine="eager")
"""


@pytest.mark.slow
def test_a_killed_run_resumes_to_the_same_bits(tmp_path):
    """The run is killed again and again, each time a little later, until it reaches its end."""
    path, kills = tmp_path / "run.safetensors", 0

    def written():
        return path.stat().st_mtime_ns if path.exists() else 0

    for _ in range(60):
        before = written()
        process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(path)])
        while written() == before and process.poll() is None:
            time.sleep(0.001)
        time.sleep(0.013 * kills)
        if process.poll() is not None:
            break
        process.kill()
        process.wait()
        kills += 1
    assert process.wait() == 0
    assert kills > 0
    weights, history = run(path, engine="eager")
    assert (weights, history.losses) == (lambda w, h: (w, h.losses))(*run(engine="eager"))


def test_a_finished_run_is_not_run_again(tmp_path, capsys):
    path = tmp_path / "run.safetensors"
    weights, history = run(path)
    again, other = run(path, progress=True)
    assert (again, other.losses) == (weights, history.losses)
    assert (
        "all 60 steps are done already. Delete the file to start over." in capsys.readouterr().err
    )
    longer, more = run(path, steps=80)
    assert len(more.losses) == 80
    assert (longer, more.losses) == (lambda w, h: (w, h.losses))(*run(steps=80))


def test_resuming_is_reported(tmp_path, capsys):
    path = tmp_path / "run.safetensors"
    run(path, callbacks=[Stop(2)], keep_every=10)
    run(path, progress=True)
    assert f"resuming from {path}, after step 20 of 60" in capsys.readouterr().err.replace("\n", "")


def test_without_resume_it_starts_over(tmp_path):
    path = tmp_path / "run.safetensors"
    run(path, steps=20)
    _, history = run(path, resume=False)
    assert history.losses == run()[1].losses


def test_a_run_that_stopped_early_stays_stopped(tmp_path):
    how = {"steps": 3000, "validation": data.moons(10, seed=6), "validate_every": 10, "patience": 3}
    how["optimizer"] = lambda p: optim.Adam(p, lr=0.3)
    path = tmp_path / "run.safetensors"
    weights, history = run(path, **how)
    assert history.stopped == "early"
    again, other = run(path, **how)
    assert (again, other.losses, other.stopped) == (weights, history.losses, "early")


def test_the_ring_is_resumed_as_well(tmp_path):
    path = tmp_path / "run.safetensors"
    run(path, callbacks=[Stop(2)], keep_every=10)
    _, history = run(path, keep_every=10)
    assert history.ring.steps == [0, 10, 20, 30, 40, 50, 60]
    assert (tmp_path / "run.ring.npy").exists()
    forked = run(start=history.at(20))[1]
    assert forked.losses == history.losses[20:]


def test_a_run_that_diverged_leaves_the_last_good_parameters(tmp_path):
    path = tmp_path / "run.safetensors"
    how = {"optimizer": lambda p: optim.SGD(p, lr=5.0), "make": lambda: MLP(2, [1])}

    def squares(model, x, y):
        return (model(x) - y) ** 2

    random.seed(3)
    with pytest.raises(errors.Diverged):
        fit(
            MLP(2, [4, 1]), squares, *points(), steps=500, progress=False, checkpoint=path,
            optimizer=how["optimizer"],
        )  # fmt: skip
    tensors, about = read_tensors(path)
    assert np.isfinite(tensors["now/parameters"]).all()
    assert about["stopped"] == "diverged"


# ---------------------------------------------------------------------------------------- bad files


def cut(path):
    path.write_bytes(path.read_bytes()[:-9])


def flip(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [cut, flip, lambda path: path.write_bytes(b"")])
def test_a_damaged_checkpoint_warns_and_the_previous_one_is_used(damage, tmp_path):
    path = tmp_path / "run.safetensors"
    run(path, callbacks=[Stop(3)], keep_every=10)
    damage(path)
    with pytest.warns(
        UserWarning, match=r"Resuming from the previous one, .*run.safetensors.previous"
    ):
        weights, history = run(path)
    assert (weights, history.losses) == (lambda w, h: (w, h.losses))(*run())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(path)


def test_no_intact_checkpoint_at_all(tmp_path):
    path = tmp_path / "run.safetensors"
    run(path)
    for each in (path, tmp_path / "run.safetensors.previous"):
        cut(each)
    with pytest.raises(
        ValueError, match=r"only the beginning of one\. .* Delete it, or pass resume="
    ):
        run(path)
    run(path, resume=False)


# fmt: off
OTHERS = {  # name: (other arguments, part of the message)
    "model":     ({"make": lambda: MLP(2, [5, 1])}, "layers.0.neurons.4.w"),
    "seed":      ({"seed": 1}, r"seed \(then 0, now 1\)"),
    "batch":     ({"batch_size": 4}, r"batch_size \(then 8, now 4\)"),
    "optimizer": ({"optimizer": lambda p: optim.SGD(p, lr=0.02)}, "optimizer"),
    "betas":     ({"optimizer": lambda p: optim.Adam(p, lr=0.02, betas=(0.8, 0.9))}, "optimizer"),
    "clip":      ({"clip": 1.0}, r"clip \(then None, now 1.0\)"),
    "engine":    ({"engine": "eager"}, "engine"),
}
# fmt: on


@pytest.mark.parametrize("how, said", OTHERS.values(), ids=OTHERS)
def test_a_checkpoint_of_another_run_is_refused(how, said, tmp_path):
    path = tmp_path / "run.safetensors"
    run(path, steps=20)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=said):
        run(path, **how)
    assert path.read_bytes() == before


def test_another_learning_rate_may_resume(tmp_path):
    path = tmp_path / "run.safetensors"
    run(path, steps=20)
    _, history = run(path, optimizer=lambda p: optim.Adam(p, lr=0.001))
    assert history.learning_rates == [0.02] * 20 + [0.001] * 40


def test_a_saved_model_is_not_a_checkpoint(tmp_path):
    path = write_tensors(tmp_path / "run.safetensors", {"w": np.zeros(1)}, {"model": {}})
    before = path.read_bytes()
    with pytest.raises(ValueError, match="is not a checkpoint of fit"):
        run(path)
    assert path.read_bytes() == before


def test_a_full_disk_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "run.safetensors"
    run(path, steps=20)
    before = path.read_bytes()
    real = files.write

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write", full)
    with pytest.raises(OSError, match="No space left"):
        run(path)
    monkeypatch.setattr(files, "write", real)
    assert path.read_bytes() == before
    assert run(path)[1].losses == run()[1].losses


def test_the_metadata_is_json(tmp_path):
    path = tmp_path / "run.safetensors"
    run(path)
    tensors, about = read_tensors(path)
    assert set(tensors) >= {"now/parameters", "now/state", "history/losses", "layers.0.neurons.0.w"}
    assert json.loads(json.dumps(about["settings"])) == about["settings"]
    assert about["moments"] == {"now": [60, 60]}
