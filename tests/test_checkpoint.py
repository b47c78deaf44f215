"""Checkpoints: a run that was killed, interrupted or copied reaches the same bits when resumed.

Rule: the judge is the run that nobody stopped.
"""

import contextlib
import copy
import errno
import io
import json
import pickle
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from micrograd import MLP, data, errors, fit, losses, optim, training
from micrograd.saving.tensor_file import read_tensors, write_tensors
from micrograd.support import files, locks, row_file
from micrograd.training import pace
from micrograd.training.checkpoint import CannotResume
from micrograd.training.snapshot import Snapshot


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


def results(outcome):
    """Return what two runs to the same bits have in common."""
    weights, history = outcome
    lists = (history.losses, history.learning_rates, history.validation, history.stopped)
    return (weights, *lists)


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


@pytest.mark.no_cover
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


# ------------------------------------------------------------------------------- Ctrl-C anywhere


def looks(**how):
    """Return the arguments of a run that validates every 10 steps, and may end early."""
    rate = {"optimizer": lambda p: optim.Adam(p, lr=0.3)}
    return {"steps": 100, "validation": points(), "validate_every": 10, **rate, **how}


# fmt: off
LOOKS = {
    "plain":    looks(),
    "patience": looks(patience=3),
    "eager":    looks(patience=3, engine="eager"),
    "kept":     looks(patience=3, keep_every=10),
    "share":    looks(validation=0.25, patience=5),
}
# fmt: on


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("how", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("every", [1, 2, 3])
def test_ctrl_c_during_a_validation_loses_none(how, every, tmp_path):
    """The metric stands for Ctrl-C: it raises in each validation, once or more often."""
    path, calls = tmp_path / "run.safetensors", []

    def metric(outputs, targets):
        calls.append(0)
        if len(calls) % (every + 1):
            raise KeyboardInterrupt
        return 1.0

    for _ in range(40):
        resumed = run(path, metrics={"a": metric}, **how)
        if resumed[1].stopped != "interrupted":
            break
    assert results(resumed) == results(run(metrics={"a": lambda outputs, targets: 1.0}, **how))
    assert len(calls) > len(resumed[1].validation["a"])


LOOP = {str(Path(training.__file__).with_name(name)) for name in ("loop.py", "checkpoint.py")}
LOOP |= {str(Path(training.__file__).with_name("snapshot.py"))}


@contextlib.contextmanager
def interrupt_at(line):
    """Send SIGINT to this process before a line of the loop is run: that line, as they come."""
    left, previous = [line], sys.gettrace()  # that of a measurement of coverage

    def trace(frame, event, _):
        if frame.f_code.co_filename not in LOOP:
            return None
        left[0] -= event == "line"
        if not left[0]:
            sys.settrace(previous)
            left[0] = -1
            signal.raise_signal(signal.SIGINT)
        return trace

    sys.settrace(trace)
    try:
        yield left
    finally:
        sys.settrace(previous)


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("first", range(3))
@pytest.mark.parametrize("how", [{"engine": "eager"}, {"keep_every": 5}], ids=["eager", "jit"])
def test_ctrl_c_before_any_line_resumes_to_the_same_bits(how, first, tmp_path):
    """Each run is interrupted a little later in its code than the one before, and goes on.

    It takes prime strides through the lines, as a run of every line would take minutes.
    """
    how = looks(patience=3, validate_every=5, steps=20, checkpoint_seconds=0.0, **how)
    interrupted = 0
    wanted = results(run(**how))
    for line in range(100 + 17 * first, 1000, 29):
        path = tmp_path / f"{line}.safetensors"  # another one, as each has a previous one beside it
        try:
            with interrupt_at(line) as left:
                outcome = run(path, **how)
        except KeyboardInterrupt:
            assert left[0] == -1  # before the run began, or after it ended
            continue
        if outcome[1].stopped == "interrupted":
            interrupted += 1
            assert results(run(path, **how)) == wanted, line
    assert interrupted > 20


@pytest.mark.parametrize("signals", [1, 2, 20])
@pytest.mark.parametrize("first", [True, False], ids=["interrupted", "at the end"])
def test_ctrl_c_during_the_last_save_is_quiet(first, signals, tmp_path, monkeypatch):
    path, real = tmp_path / "run.safetensors", files.write

    def write(*arguments):
        for _ in range(signals):
            signal.raise_signal(signal.SIGINT)
        return real(*arguments)

    monkeypatch.setattr(files, "write", write)
    how = {"callbacks": [Stop(2)]} if first else {}
    handler = signal.getsignal(signal.SIGINT)
    _, history = run(path, checkpoint_seconds=1000.0, **how)
    assert history.stopped == "interrupted"
    assert signal.getsignal(signal.SIGINT) is handler
    monkeypatch.undo()
    assert results(run(path)) == results(run())


def test_ctrl_c_that_somebody_else_deals_with_does_not_use_it_up():
    calls = []

    def callback(history):
        calls.append(0)
        if len(calls) == 1:
            with contextlib.suppress(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
        elif len(calls) == 3:
            signal.raise_signal(signal.SIGINT)

    _, history = run(callbacks=[callback], keep_every=1)
    assert (history.stopped, len(calls)) == ("interrupted", 3)


@pytest.mark.parametrize("handler", [signal.SIG_IGN, signal.SIG_DFL])
def test_who_ignores_ctrl_c_means_it(handler):
    before = signal.signal(signal.SIGINT, handler)
    try:
        seen = []
        run(callbacks=[lambda history: seen.append(signal.getsignal(signal.SIGINT))])
        assert set(seen) == {handler}
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_run_in_another_thread_leaves_ctrl_c_alone():
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(results(run())))
    thread.start()
    thread.join()
    assert outcomes == [results(run())]


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


def version(path):
    """Return when the file was written, or None while there is none."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def wait_for_a_write(path, process):
    """Wait until the file is another one, or the process has ended."""
    before = version(path)
    while process.poll() is None and version(path) in (None, before):
        time.sleep(0.001)


@pytest.mark.no_cover
@pytest.mark.slow
def test_a_killed_run_resumes_to_the_same_bits(tmp_path):
    """The run is killed again and again, each time after it has written once more, until its end.

    It waits for files, and not for a time: each kill comes a few files later than the one before.
    """
    path, kills, ended = tmp_path / "run.safetensors", 0, False
    while not ended:
        with subprocess.Popen([sys.executable, "-c", SCRIPT, str(path)]) as process:
            for _ in range(1 + kills):
                wait_for_a_write(path, process)
            ended = process.poll() is not None
            process.kill()
        assert process.returncode == (0 if ended else -signal.SIGKILL)
        kills += not ended
    assert kills > 0
    weights, history = run(path, engine="eager")
    assert (weights, history.losses) == (lambda w, h: (w, h.losses))(*run(engine="eager"))


# ----------------------------------------------------------------------------- two runs at once

HOLDER = """
import sys, time
from pathlib import Path
from micrograd.support.locks import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("locked", flush=True)
    time.sleep(600)
"""


@pytest.mark.slow
def test_a_second_process_is_refused_until_the_first_has_died(tmp_path):
    path, lock = tmp_path / "run.safetensors", tmp_path / "run.safetensors.lock"
    run(path, steps=20)
    before = path.read_bytes()
    command = [sys.executable, "-c", HOLDER, str(lock)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout.readline() == b"locked\n"
            said = rf"Another run \(process {process.pid}\) writes to {path}, .* Wait until"
            with pytest.raises(ValueError, match=said):
                run(path)
            assert path.read_bytes() == before
        finally:
            process.kill()
    assert lock.exists()
    assert results(run(path)) == results(run())
    assert not lock.exists()


def test_a_run_within_a_run_is_refused(tmp_path):
    path, problems = tmp_path / "run.safetensors", []

    def callback(history):
        with pytest.raises(ValueError, match="Another run") as error:
            run(path)
        problems.append(error)

    run(path, callbacks=[callback])
    assert problems
    assert not path.with_name("run.safetensors.lock").exists()


def test_of_many_threads_one_has_the_lock_at_a_time(tmp_path):
    path, inside, most, held = tmp_path / "lock", [], [], []

    def work():
        for _ in range(50):
            try:
                with locks.hold_lock(path):
                    inside.append(0)
                    most.append(len(inside))
                    inside.pop()
            except locks.Held:
                held.append(0)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert len(most) + len(held) == 400
    assert not path.exists()


def test_a_file_system_without_locks_is_no_obstacle(tmp_path, monkeypatch):
    def lock(handle):
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(locks, "lock", lock)
    with locks.hold_lock(tmp_path / "lock"):
        pass


def test_a_finished_run_is_not_run_again(tmp_path, capsys):
    path = tmp_path / "run.safetensors"
    weights, history = run(path)
    again, other = run(path, progress=True)
    assert (again, other.losses) == (weights, history.losses)
    assert (
        "all 60 steps are done already. Pass resume=False to start over." in capsys.readouterr().err
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


def kept(history):
    """Return the parameters of every snapshot, by its step."""
    return {step: history.at(step).parameters.tolist() for step in history.ring.steps}


def test_snapshots_of_an_earlier_run_are_never_returned(tmp_path):
    """The later run has another seed, or the very same settings."""
    path = tmp_path / "run.safetensors"
    _, earlier = run(path, steps=100, keep_every=10, seed=1)
    before = kept(earlier)
    for how in ({"seed": 2}, {"seed": 1}):
        _, later = run(path, steps=50, keep_every=10, resume=False, **how)
        assert later.ring.steps == [0, 10, 20, 30, 40, 50]
        with pytest.raises(KeyError, match="No snapshot was kept after step 90"):
            later.at(90)
        assert kept(earlier) == before  # in a file of its own
    run(path, steps=30, resume=False)
    assert not (tmp_path / "run.ring.npy").exists()
    assert run(path, steps=50, keep_every=10)[1].ring.steps == [30, 40, 50]


def test_snapshots_after_the_step_that_is_resumed_are_left_out(tmp_path):
    path = tmp_path / "run.safetensors"
    run(path, steps=20, keep_every=10)
    old = path.read_bytes()
    run(path, steps=60, keep_every=10)
    path.write_bytes(old)
    _, history = run(path, steps=40, keep_every=10, optimizer=lambda p: optim.Adam(p, lr=0.5))
    assert history.ring.steps == [0, 10, 20, 30, 40]
    assert kept(history) == kept(run(steps=40, keep_every=10, lr_schedule=two_rates)[1])


def two_rates(step):
    return 0.02 if step < 20 else 0.5


@pytest.mark.parametrize("every", [5, 20, 7])
def test_another_spacing_resumes(every, tmp_path):
    path = tmp_path / "run.safetensors"
    run(path, steps=30, keep_every=10)
    _, history = run(path, keep_every=every)
    whole = kept(run(keep_every=1)[1])
    assert {0, 10, 20, 30} <= set(history.ring.steps) or every == 20
    assert set(range(30 - 30 % every + every, 61, every)) <= set(history.ring.steps)
    assert kept(history) == {step: whole[step] for step in history.ring.steps}


def as_float32(path):
    with np.errstate(over="ignore"):  # the bits of a digest may be a large number
        np.save(path, np.load(path).astype(np.float32))


def as_pickle(path):
    np.save(path, np.array([{}, []], object), allow_pickle=True)


def of_another_run(path):
    other = path.with_name("other.safetensors")
    run(other, steps=30, keep_every=10, seed=9)
    path.write_bytes(other.with_name("other.ring.npy").read_bytes())


ODD = {
    "short": lambda path: path.write_bytes(path.read_bytes()[:1000]),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-50_000]),
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("no array"),
    "float32": as_float32,
    "pickle": as_pickle,
    "zeros": lambda path: np.save(path, np.zeros((1000, 4))),
    "another run": of_another_run,
    "ones": lambda path: np.save(path, np.ones_like(np.load(path))),
}


@pytest.mark.parametrize("damage", ODD.values(), ids=ODD)
def test_an_odd_file_of_snapshots_is_not_used(damage, tmp_path):
    path, ring = tmp_path / "run.safetensors", tmp_path / "run.ring.npy"
    run(path, steps=30, keep_every=10)
    whole = kept(run(keep_every=10)[1])
    damage(ring)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        weights, history = run(path, keep_every=10)
    assert weights == run()[0]
    assert set(history.ring.steps) >= {30, 40, 50, 60}
    assert kept(history) == {step: whole[step] for step in history.ring.steps}
    lost = {0, 10, 20} - set(history.ring.steps)
    assert bool(lost) == any(str(ring) in str(warning.message) for warning in said)
    assert np.load(ring).shape[0] == 1000


def test_one_damaged_snapshot_is_one_less(tmp_path):
    path, ring = tmp_path / "run.safetensors", tmp_path / "run.ring.npy"
    run(path, steps=30, keep_every=10)
    rows = np.load(ring, mmap_mode="r+")
    rows[1, -1] += 1.0
    rows.flush()
    del rows
    _, history = run(path, keep_every=10)
    assert history.ring.steps == [0, 20, 30, 40, 50, 60]


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_history_with_snapshots_is_copied(duplicate):
    _, history = run(keep_every=10)
    other = duplicate(history)
    assert kept(other) == kept(history)
    assert other.losses == history.losses


class FullDisk(io.FileIO):
    """A disk with room for so many bytes more."""

    room = 0

    def write(self, content):
        FullDisk.room -= len(content)
        if FullDisk.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(content)


@pytest.mark.parametrize("named", [True, False], ids=["file", "temporary"])
@pytest.mark.parametrize("how", ["raises", "writes less"])
def test_a_full_disk_costs_snapshots_and_not_the_run(named, how, tmp_path, monkeypatch):
    """A file that is mapped into memory would end the process, by SIGBUS."""

    class Full(FullDisk):
        def write(self, content):
            room = FullDisk.room
            if how == "writes less" and len(content) > room:
                FullDisk.room = 0
                return io.FileIO.write(self, content[: max(room, 0)])
            return super().write(content)

    def create(path):
        return Full(tmp_path / "ring", "w+b")

    monkeypatch.setattr(row_file, "create_file", create)
    FullDisk.room = 1500
    with pytest.warns(UserWarning, match="A snapshot could not .* No space left on device") as said:
        weights, history = run(tmp_path / "run.safetensors" if named else None, keep_every=10)
    assert len({str(warning.message) for warning in said}) == 1  # so that Python shows it once
    assert {Path(warning.filename) for warning in said} == {Path(__file__)}
    assert weights == run()[0]
    assert 0 < len(history.ring.steps) < 7
    monkeypatch.undo()
    assert kept(history).items() <= kept(run(keep_every=10)[1]).items()


def test_an_error_of_a_checkpoint_is_the_same_in_another_process():
    error = CannotResume("It is damaged.", "Delete it.")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy)) == (CannotResume, "It is damaged. Delete it.")
    assert (copy.problem, copy.remedy) == ("It is damaged.", "Delete it.")


def test_a_snapshot_without_buffers_has_none():
    snapshot = Snapshot(1, 1, np.array([0.5]), np.zeros((0, 1)))
    assert snapshot.buffers.tolist() == [] and snapshot.is_finite


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
    with pytest.raises(ValueError, match=r"only the beginning of one\. .*Pass resume="):
        run(path)
    run(path, resume=False)


# fmt: off
OTHERS = {  # name: (other arguments, part of the message)
    "model":     ({"make": lambda: MLP(2, [5, 1])}, "another one, .*: layers.0.neurons.4.w"),
    "much else": ({"make": lambda: MLP(2, [50, 1])}, r"layers.0.neurons.4.w, .* and \d+ more"),
    "data":      ({"validation": 0.25}, "the data are other examples"),
    "seed":      ({"seed": 1}, r"seed \(then 0, now 1\)"),
    "batch":     ({"batch_size": 4}, r"batch_size \(then 8, now 4\)"),
    "optimizer": ({"optimizer": lambda p: optim.SGD(p, lr=0.02)},
                  r"optimizer class \(then Adam, now SGD\)"),
    "betas":     ({"optimizer": lambda p: optim.Adam(p, lr=0.02, betas=(0.8, 0.9))},
                  r"another run: optimizer betas \(then"),
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
    with pytest.warns(UserWarning, match=rf"The checkpoint {path} could not .*: No space") as said:
        weights, history = run(path)
    assert len({str(warning.message) for warning in said}) == 1
    assert {Path(warning.filename) for warning in said} == {Path(__file__)}
    monkeypatch.setattr(files, "write", real)
    assert path.read_bytes() == before
    assert (weights, history.losses) == (lambda w, h: (w, h.losses))(*run())
    assert run(path)[1].losses == history.losses


def test_the_metadata_is_json(tmp_path):
    path = tmp_path / "run.safetensors"
    run(path)
    tensors, about = read_tensors(path)
    assert set(tensors) >= {"now/parameters", "now/state", "history/losses", "layers.0.neurons.0.w"}
    assert json.loads(json.dumps(about["settings"])) == about["settings"]
    assert about["moments"] == {"now": [60, 60]}


def test_a_run_of_parameter_groups_resumes_to_the_same_bits(tmp_path, monkeypatch):
    def make(parameters):
        first, *rest = parameters
        return optim.Adam([{"params": [first], "lr": 0.1}, {"params": rest}], lr=0.02)

    how = {"optimizer": make, "engine": "eager", "steps": 20}
    monkeypatch.setattr(pace, "MAX_REPORT_SECONDS", 0.0)  # a report after each step
    _, first = run(tmp_path / "run.safetensors", callbacks=[Stop(3)], **how)
    assert first.stopped == "interrupted"
    assert results(run(tmp_path / "run.safetensors", **how)) == results(run(**how))
