"""Training with several processes: they agree on everything, and nobody waits for ever.

Rule: real processes on the loopback, as few as the point needs, with the smallest models. Each is
ended by its number when the test ends, whatever has become of it.
"""

import contextlib
import inspect
import json
import os
import pickle
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest

from micrograd import optim
from micrograd.cli.app import app
from micrograd.engines import Disconnected, Processes, advice, launch, processes
from micrograd.engines.device_memory import explain_memory
from micrograd.engines.mesh import DeviceMesh
from micrograd.engines.processes import own_place, scheduler
from micrograd.engines.rendezvous import arrive, meet, receive
from micrograd.support import locks
from micrograd.support.jax_devices import NoDevices, find_devices
from micrograd.training.progress_bar import ProgressBar
from micrograd.training.steps.jax_step import CompiledOnJax, JaxRunner
from tests.support import one_of_several
from tests.support.commands import CliRunner

jax = pytest.importorskip("jax")

SECONDS = 240  # after which a process that hangs is ended; on a quiet machine a run takes 10
ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def environment(index: int, count: int, port: int, devices: int = 1) -> dict:
    """Return the environment of a process of a run."""
    place = {
        "MICROGRAD_COORDINATOR": f"127.0.0.1:{port}",
        "MICROGRAD_PROCESSES": str(count),
        "MICROGRAD_PROCESS": str(index),
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
        "PYTHONPATH": str(ROOT),
    }
    return {**os.environ, **place}


def skip_without_heartbeat():
    """Skip the test where JAX is older than 0.7, as with Python 3.10: we connect no processes."""
    arguments = inspect.signature(jax.distributed.initialize).parameters
    if "heartbeat_timeout_seconds" not in arguments:
        pytest.skip("JAX before 0.7 cannot be told when a process is lost")


@contextlib.contextmanager
def started(folder, *names, count=2, devices=1, place=environment):
    """Start the processes that take part in the named runs; end them at the end of the block.

    `place` returns the environment of each.
    """
    skip_without_heartbeat()
    port = free_port()
    command = [sys.executable, "-m", "tests.support.one_of_several", str(folder), *names]
    children = [
        subprocess.Popen(
            command,
            env=place(index, count, port, devices),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for index in range(count)
    ]
    try:
        yield children
    finally:
        for child in children:
            child.kill()
            child.communicate()


def results_of(child) -> dict:
    """Return {name of a run: what came of it}, once the process has ended."""
    output, errors = child.communicate(timeout=SECONDS)
    lines = [line.removeprefix("RUN ") for line in output.splitlines() if line.startswith("RUN ")]
    assert lines, errors[-2000:]
    results = [json.loads(line) for line in lines]
    return {result.pop("name"): result for result in results}


def results_of_all(folder, *names, **settings) -> list[dict]:
    with started(folder, *names, **settings) as children:
        return [results_of(child) for child in children]


def losses_of_one_process(**options):
    return np.array(one_of_several.train(**options).losses)


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """The results of both of two processes, with two devices each, which do one run after another.

    The file of one checkpoint is locked by another run: by this process.
    """
    folder = tmp_path_factory.mktemp("processes")
    with locks.hold_lock(folder / "taken.lock"):
        names = [name for name in one_of_several.RUNS if name != "slow"]
        return folder, results_of_all(folder, *names, devices=2)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["plain", "split"])
def test_two_processes_take_the_steps_of_one(together, name):
    """Also if each has two devices, and with the weights split between these."""
    _, (first, second) = together
    assert first[name]["losses"] == second[name]["losses"]
    wanted = losses_of_one_process()
    assert np.abs(wanted - first[name]["losses"]).max() <= 1e-12


@pytest.mark.slow
def test_one_process_goes_on_from_the_checkpoint_of_two(together):
    folder, _ = together
    losses = losses_of_one_process(checkpoint=folder / "checkpoint")
    assert np.abs(losses - losses_of_one_process()).max() <= 1e-12


@pytest.mark.slow
def test_a_run_says_once_that_one_process_is_quicker(together):
    _, (first, second) = together
    (sentence,) = first["slow sums"]["warnings"]
    assert sentence.startswith("One process is quicker here: a sum over processes takes 1e+06 ms")
    assert not first["quick sums"]["warnings"]
    assert not second["slow sums"]["warnings"]


def test_one_process_agrees_with_itself():
    alone = Processes()
    assert alone.is_first
    assert alone.gather("x") == ["x"]
    assert alone.lead(lambda: 3) == 3
    with pytest.raises(KeyError):
        alone.together(lambda: {}["x"])


@pytest.fixture
def both(monkeypatch):
    """Return process 0 of two; what the other one tells is what this one tells, or `theirs`."""
    theirs = []

    def gather_bytes(content, capacity):
        other = pickle.dumps(theirs[0]) if theirs else None
        if other is not None and capacity == processes.FIRST_BYTES:
            other = len(other).to_bytes(8, "big") + other
        return [x[:capacity].ljust(capacity, b"\0") for x in (content, other or content)]

    monkeypatch.setattr(processes, "gather_bytes", gather_bytes)
    return Processes(2, 0), theirs


def test_processes_hear_from_each_other(both):
    pair, theirs = both
    assert pair.gather("x") == ["x", "x"]
    assert pair.gather("x" * 1000) == ["x" * 1000] * 2  # longer than the first bytes
    theirs.append(True)
    assert pair.first(False) is False
    assert pair.any(False)


class Odd(OSError):
    """An error that cannot be sent to another process."""

    def __reduce__(self):
        raise TypeError("no")


def test_an_error_in_one_process_is_raised_in_all(both):
    pair, theirs = both
    assert pair.lead(lambda: 3) == 3
    with pytest.raises(Odd):
        pair.together(lambda: (_ for _ in ()).throw(Odd("full")))
    assert type(processes.make_portable(Odd("full"))) is OSError
    theirs.append((None, ValueError("theirs")))
    with pytest.raises(ValueError, match="theirs"):
        pair.together(lambda: 3)


def test_facts_that_differ_are_named(both):
    pair, theirs = both
    pair.check_same(lambda: {"seed": 1})
    theirs.append({"seed": 2})
    with pytest.raises(ValueError, match=r"Process 0 and process 1 differ in: seed"):
        pair.check_same(lambda: {"seed": 1})


def test_a_single_process_gathers_its_own_bytes():
    assert processes.gather_bytes(b"abc", 5) == [b"abc\0\0"]
    assert processes.gather_bytes(b"abcdef", 4) == [b"abcd"]


@pytest.fixture
def trained_by_both(both, monkeypatch):
    """Return a function that trains as process 0 of two, whose other process does the same."""
    pair, _ = both
    for place in ("training.parts", "training.steps.jax_step"):
        monkeypatch.setattr(f"micrograd.{place}.connect", lambda: pair)
    return one_of_several.train


@pytest.mark.slow
def test_a_run_of_two_takes_the_same_steps_and_hears_the_advice(trained_by_both, monkeypatch):
    said = []
    monkeypatch.setattr("micrograd.engines.advice.seconds_of_sum", lambda numbers: 1000.0)
    monkeypatch.setattr(ProgressBar, "say", lambda _, text: said.append(text))
    alone = losses_of_one_process(engine="jit")
    assert np.abs(trained_by_both(keep_every=4).losses - alone).max() <= 1e-12
    (sentence,) = said
    assert sentence.startswith("One process is quicker here: a sum over processes takes 1e+06 ms")


class Stateless(optim.Optimizer):
    """Descent that keeps no number of a parameter."""

    def update(self, p, grad, state, lr, t):
        return p - lr * grad, state


@pytest.mark.slow
def test_ctrl_c_in_a_run_of_two_waits_for_the_next_report(trained_by_both):
    def interrupt(history):
        signal.raise_signal(signal.SIGINT)

    options = {"optimizer": lambda p: Stateless(p, lr=0.1), "keep_every": 4}
    history = trained_by_both(callbacks=[interrupt], **options)
    assert (history.stopped, len(history.losses)) == ("interrupted", 4)
    alone = losses_of_one_process(engine="jit", **options)
    assert np.abs(history.losses - alone[:4]).max() <= 1e-12


@pytest.mark.slow
def test_a_run_that_loses_the_other_process_stores_nothing(trained_by_both, monkeypatch):
    """The arrays on the devices are then parts of two different steps."""
    lost, store = Disconnected("lost"), Mock()
    monkeypatch.setattr(CompiledOnJax, "store", store)
    monkeypatch.setattr(JaxRunner, "run_into", Mock(side_effect=lost))
    with pytest.raises(Disconnected) as caught:
        trained_by_both()
    assert caught.value is lost
    assert store.call_count == 1  # after the step was compiled


def test_a_lost_process_is_said_in_our_words():
    with pytest.raises(Disconnected), processes.watch():
        raise RuntimeError("Gloo all-reduce failed: Connection closed by peer")
    with pytest.raises(RuntimeError, match="other"), processes.watch():
        raise RuntimeError("another reason, or other")


@pytest.mark.parametrize("is_launched", [True, False])
def test_only_who_starts_the_processes_is_told_to_start_them_again(is_launched, monkeypatch):
    """A launcher does it, and says so after this message."""
    monkeypatch.delenv(processes.LAUNCHED, raising=False)
    if is_launched:
        code = f"sys.exit(0 if os.environ.get({processes.LAUNCHED!r}) else 2)"
        assert launch.Launcher(command(code), 1, print, TRY_AGAIN).run(0, resume=()) == 0
        monkeypatch.setenv(processes.LAUNCHED, "1")
    failure = pytest.raises(Disconnected, match="sum over all of them failed")
    with failure as caught, processes.watch():
        raise RuntimeError("Gloo all-reduce failed")
    assert ("Start all processes again" in str(caught.value)) is not is_launched


def test_advice_is_given_where_one_process_is_quicker():
    pair = Processes(2, 0)
    assert advice.advise(pair, 10, step=1e9) == ""
    assert "One process is quicker" in advice.advise(pair, 10, step=0.0)


def meeting(count, indices, seconds):
    """Let these of `count` processes meet; return {index: the error, or None}."""
    address, errors = f"127.0.0.1:{free_port()}", {}

    def come(index):
        try:
            errors[index] = meet(address, count, index, seconds)
        except Disconnected as error:
            errors[index] = str(error)

    threads = [threading.Thread(target=come, args=[index]) for index in indices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    return errors


def test_all_processes_meet():
    assert meeting(3, [2, 1, 0], SECONDS) == {0: None, 1: None, 2: None}


def test_an_absent_process_is_named_to_all():
    errors = meeting(4, [0, 2], 1.0)
    assert set(errors) == {0, 2}
    for error in errors.values():
        assert "process 1 and process 3 had not come" in error
    assert "process 0 had not come" in meeting(2, [1], 0.5)[1]


def knock(port, number):
    """Say a number to whoever listens, as soon as somebody does; return the connection."""
    while True:
        with contextlib.suppress(ConnectionRefusedError):
            guest = socket.create_connection(("127.0.0.1", port))
            guest.sendall(f"{number}\n".encode())
            return guest


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_stranger_is_not_taken_for_a_process(number):
    port, missing = free_port(), []
    first = threading.Thread(target=lambda: missing.append(receive(port, 2, SECONDS)))
    first.start()
    with knock(port, number):
        assert arrive(("127.0.0.1", port), 1, SECONDS) == []
        first.join(SECONDS)
    assert missing == [[]]


@pytest.mark.parametrize("address", ["node1", ":1234", "node1:", "node1:x"])
def test_an_address_without_a_host_or_a_port_is_refused(address):
    with pytest.raises(ValueError) as refusal:
        meet(address, 2, 0, 1.0)
    assert str(refusal.value) == (
        f"MICROGRAD_COORDINATOR must be the host and a port of process 0, got {address!r}. Write "
        "it as in MICROGRAD_COORDINATOR=node1:1234."
    )


def test_a_taken_port_is_an_error():
    with socket.create_server(("", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Disconnected, match=f"cannot listen on port {port}"):
            meet(f"127.0.0.1:{port}", 2, 0, 1.0)


WRONG_PLACES = {
    "missing": ({"MICROGRAD_PROCESSES": "2"}, "MICROGRAD_COORDINATOR and MICROGRAD_PROCESS must"),
    "no number": (environment(0, 2, 1) | {"MICROGRAD_PROCESS": "x"}, "whole number, got 'x'"),
    "too large": (environment(2, 2, 1), "MICROGRAD_PROCESS is 2, but 2 processes"),
}


@pytest.mark.parametrize("name", WRONG_PLACES)
def test_variables_that_name_no_place_are_refused(name, monkeypatch):
    variables, sentence = WRONG_PLACES[name]
    for variable, text in variables.items():
        monkeypatch.setenv(variable, text)
    with pytest.raises(ValueError, match=sentence):
        own_place()


@pytest.mark.parametrize("name", WRONG_PLACES)
def test_the_command_says_in_a_sentence_that_variables_name_no_place(name, monkeypatch):
    variables, sentence = WRONG_PLACES[name]
    for variable, text in variables.items():
        monkeypatch.setenv(variable, text)
    done = CliRunner().invoke(app, ["train", "moons", "--engine", "jax"])
    assert (done.exit_code, done.stderr[:7]) == (2, "error: ")
    assert re.search(sentence, done.stderr)


def test_a_jax_that_cannot_lose_a_process_is_too_old(monkeypatch):
    def initialize(coordinator_address=None, num_processes=None, process_id=None):
        pass

    for variable, text in environment(0, 2, 1).items():
        monkeypatch.setenv(variable, text)
    monkeypatch.setattr("micrograd.engines.processes.meet", lambda *_: None)
    monkeypatch.setattr("jax.distributed.initialize", initialize)
    with pytest.raises(ImportError, match="is too old for several processes"):
        processes.connect()


FAILURES_OF_JAX = {  # what JAX raises for a process of SLURM: the sentence
    "too late": (
        RuntimeError("jax.distributed.initialize() must be called before any JAX computations"),
        "JAX was used before the processes were connected, so each has found its own devices "
        "alone. Call fit() before any other use of JAX, or jax.distributed.initialize() first of "
        "all.",
    ),
    "odd variables": (
        ValueError("no coordinator"),
        "JAX cannot tell which processes SLURM has started (no coordinator). Set "
        "MICROGRAD_COORDINATOR, MICROGRAD_PROCESSES and MICROGRAD_PROCESS for each.",
    ),
}


@pytest.mark.parametrize("name", FAILURES_OF_JAX)
def test_where_jax_connects_no_processes_of_a_scheduler_the_error_says_why(name, monkeypatch):
    error, sentence = FAILURES_OF_JAX[name]

    def initialize(initialization_timeout, heartbeat_timeout_seconds):
        raise error

    for variable, text in as_slurm_does(0, 2, 1, 1).items():
        monkeypatch.setenv(variable, text)
    monkeypatch.setattr("jax.config.update", lambda *_: None)
    monkeypatch.setattr("jax.distributed.initialize", initialize)
    with pytest.raises(type(error)) as caught:
        processes.connect()
    assert str(caught.value) == sentence


def test_processes_that_jax_has_connected_are_not_connected_again(monkeypatch):
    monkeypatch.setattr("jax.distributed.is_initialized", lambda: True)
    monkeypatch.setattr("jax.process_count", lambda: 3)
    monkeypatch.setattr("jax.process_index", lambda: 2)
    monkeypatch.setenv(processes.TIMEOUT[0], "soon")  # which nobody reads
    pair = processes.connect()
    assert (pair.count, pair.index) == (3, 2)


@pytest.mark.parametrize("text", ["soon", "0", "-1", "1.5"])
def test_a_time_that_is_no_number_of_seconds_is_refused(text, monkeypatch):
    monkeypatch.setenv("MICROGRAD_TIMEOUT", text)
    with pytest.raises(ValueError) as refusal:
        processes.connect()
    sentence = f"must be a whole number, got {text!r}. Write it as in MICROGRAD_TIMEOUT=2."
    assert str(refusal.value) == f"MICROGRAD_TIMEOUT {sentence}"


PLATFORMS = {  # JAX_PLATFORMS, and what JAX raises: the beginning of the sentence
    "an unknown one": (
        "tpu",
        RuntimeError("Unknown backend tpu (set JAX_PLATFORMS='' to choose one)"),
        "JAX has no device to compute on, because JAX_PLATFORMS is 'tpu': Unknown backend tpu.",
    ),
    "none": ("", AssertionError(), "JAX has no device to compute on."),
}


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_platform_without_a_device_is_a_sentence(name, monkeypatch):
    platforms, error, sentence = PLATFORMS[name]
    jax = SimpleNamespace(devices=Mock(side_effect=error))
    monkeypatch.setenv("JAX_PLATFORMS", platforms)
    with pytest.raises(NoDevices) as caught:
        find_devices(jax)
    assert str(caught.value) == (
        f"{sentence} Write JAX_PLATFORMS=cpu for the processor, or install JAX for the device, "
        "as in pip install 'jax[cuda13]'."
    )


MESHES = {  # the arguments of a mesh of two devices of two processes: the sentence
    "one batch": (
        ({"data": 2}, True),
        "A loss of a whole batch, as with per_example=False or BatchNorm1d, needs all examples in "
        'one place. Write mesh={"data": 1}, or a loss of one example.',
    ),
    "too few devices": (
        ({"data": 1}, False),
        "The mesh {'data': 1} has too few devices for 2 processes, each of which brings its own. "
        'Write mesh={"data": -1}, or start one process.',
    ),
}


@pytest.mark.parametrize("name", MESHES)
def test_a_mesh_that_does_not_fit_the_run_is_refused(name, monkeypatch):
    arguments, sentence = MESHES[name]
    monkeypatch.setattr("micrograd.engines.mesh.find_devices", lambda jax: jax.devices()[:1] * 2)
    monkeypatch.setattr("jax.process_count", lambda: 2)
    with pytest.raises(ValueError) as refusal:
        DeviceMesh(*arguments)
    assert str(refusal.value) == sentence


def test_a_batch_that_devices_cannot_share_is_refused():
    mesh = DeviceMesh({"data": 1})
    mesh.data = 4
    mesh.check_batch(20)
    with pytest.raises(ValueError) as refusal:
        mesh.check_batch(18)
    assert str(refusal.value) == (
        "A batch of 18 examples cannot be divided evenly among 4 devices. Write batch_size=20, or "
        'use fewer devices: mesh={"data": 1}, or one process.'
    )


@pytest.mark.parametrize(
    "examples, remedy", [("64 examples", "batch_size=32"), ("1 example", "a smaller model")]
)
@pytest.mark.parametrize("code", ["RESOURCE_EXHAUSTED", "INTERNAL"])  # of JAX, and of JAX 0.6
def test_a_device_without_memory_is_a_sentence(examples, remedy, code):
    with pytest.raises(MemoryError) as caught, explain_memory(int(examples.split()[0])):
        raise RuntimeError(f"{code}: Out of memory allocating 780000304 bytes.")
    assert str(caught.value) == (
        f"A step of {examples} needs more memory than the device has free. Write {remedy} or "
        'dtype="float32", or end other programs that use the device.'
    )
    with pytest.raises(RuntimeError, match="another"), explain_memory(1):
        raise RuntimeError("another reason")


def test_a_process_of_a_scheduler_may_train_by_itself(monkeypatch):
    for variable, text in as_slurm_does(0, 2, 1, 1).items():
        monkeypatch.setenv(variable, text)
    assert processes.is_one_of_several()
    monkeypatch.setenv("MICROGRAD_PROCESSES", "1")
    assert own_place() == (None, 1, 0)
    assert not processes.is_one_of_several()


def test_a_scheduler_of_one_process_is_none(monkeypatch):
    for variable in ("SLURM_PROCID", "SLURM_STEP_NODELIST"):
        monkeypatch.setenv(variable, "0")
    for count, name in (("1", None), ("2", "SLURM")):
        monkeypatch.setenv("SLURM_NTASKS", count)
        assert scheduler() == name


def as_slurm_does(index, count, port, devices):
    place = {
        "SLURM_JOB_ID": str(port),  # JAX derives its port from this number
        "SLURM_STEP_NODELIST": "localhost",
        "SLURM_NTASKS": str(count),
        "SLURM_PROCID": str(index),
        "SLURM_LOCALID": str(index),
    }
    return {**os.environ, **place}


def as_open_mpi_does(index, count, port, devices):
    place = {
        "OMPI_MCA_orte_hnp_uri": f"{port * 2**12}.0;tcp://127.0.0.1:{port}",
        "OMPI_COMM_WORLD_SIZE": str(count),
        "OMPI_COMM_WORLD_RANK": str(index),
        "OMPI_COMM_WORLD_LOCAL_RANK": str(index),
    }
    return {**os.environ, **place}


@pytest.mark.slow
@pytest.mark.parametrize("place", [as_slurm_does, as_open_mpi_does])
def test_processes_of_a_scheduler_find_each_other(tmp_path, place):
    first, second = results_of_all(tmp_path, "large", place=place)
    assert first["large"] == second["large"] == {"error": "", "warnings": []}


SAME_ERRORS = {
    "unequal data": "ValueError: Process 0 and process 1 differ in: data.",
    "unequal weights": "ValueError: Process 0 and process 1 differ in: the model's numbers.",
    "unequal code": "ValueError: Process 0 and process 1 differ in: the code of the model or the",
    "unequal seeds": "ValueError: Process 0 and process 1 differ in: seed (0 and 1).",
    "a failing callback": "KeyError: 'a callback'",
    "a failing penalty": "KeyError: 'a penalty'",
    "nan": "nan",
    "taken": "ValueError: Another run",
    "too few devices": "ValueError: The mesh {'data': 1} has too few devices for 2 processes",
    "large": "",
    "all kept": "",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SAME_ERRORS)
def test_all_processes_get_the_same_error(together, name):
    _, (first, second) = together
    assert SAME_ERRORS[name] in first[name]["error"]
    assert first[name]["error"] == second[name]["error"]
    assert first[name].get("losses") == second[name].get("losses")


@pytest.mark.slow
@pytest.mark.parametrize("name, stopped", [("a callback", "callback"), ("ctrl-c", "interrupted")])
def test_what_stops_one_process_stops_all_at_the_same_step(together, name, stopped):
    _, (first, second) = together
    assert first[name]["stopped"] == second[name]["stopped"] == stopped
    assert first[name]["losses"] == second[name]["losses"]
    assert len(first[name]["losses"]) == 4  # the first report


@pytest.mark.slow
def test_a_full_disk_of_the_first_process_is_a_warning_in_all(together):
    folder, (first, second) = together
    assert first["a full disk"]["warnings"] == second["a full disk"]["warnings"]
    assert "No space left" in first["a full disk"]["warnings"][0]
    assert len(first["a full disk"]["losses"]) == len(first["plain"]["losses"])
    assert not (folder / "full").exists()


# ------------------------------------------------------------------------------------ the launcher


def command(code: str) -> list[str]:
    """Return the command line of a process that does not train."""
    return [sys.executable, "-c", f"import os, sys, time\nindex = os.environ[{PLACE!r}]\n{code}"]


PLACE = "MICROGRAD_PROCESS"
TRY_AGAIN = 75
ENDS = {  # what the processes do: the exit code, and how often each sentence is said
    "all is well": ("", 0, {}),
    "one is killed": ("os.kill(os.getpid(), 9)", TRY_AGAIN, {"ended by SIGKILL": 3}),
    "a port is taken": (f"sys.exit({TRY_AGAIN})", TRY_AGAIN, {"lost the others": 3}),
    "the first refuses": ("sys.exit(0 if index == '1' else 2)", 2, {}),
    "another refuses": (
        "sys.exit(0 if index == '0' else print('no such thing', file=sys.stderr) or 2)",
        2,
        {"Process 1 has failed:\nno such thing": 1},
    ),
    "one waits for ever": ("time.sleep(1000 * (index == '0')) or sys.exit(3)", 3, {"failed": 1}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ENDS)
def test_a_run_starts_again_only_where_that_can_help(name, monkeypatch):
    code, exit_code, sentences = ENDS[name]
    monkeypatch.setattr(launch, "GRACE_SECONDS", 0.1)
    monkeypatch.setattr(launch.os, "cpu_count", lambda: 2)
    notes = []
    launcher = launch.Launcher(command(code), 2, notes.append, TRY_AGAIN)
    assert launcher.run(restarts=2, resume=()) == exit_code
    for sentence, times in sentences.items():
        assert sum(sentence in note for note in notes) == times
    assert len(notes) == sum(sentences.values())
    assert not launcher.running


class Running:
    """A process, as far as one that waits for it sees it."""

    def __init__(self, code):
        self.code = code

    def poll(self):
        return self.code


@pytest.mark.parametrize(
    "codes, end", [([None, 3], (1, 3)), ([None, None], (0, -signal.SIGKILL)), ([0, 0], (0, 0))]
)
def test_after_ctrl_c_a_process_that_hangs_is_not_waited_for(codes, end):
    launcher = launch.Launcher([], 2, print, TRY_AGAIN)
    launcher.running = list(map(Running, codes))
    launcher.interrupted = time.monotonic() - launch.INTERRUPT_SECONDS - 1.0
    assert launcher.watch() == launch.End(*end)


def test_the_command_of_another_process_is_this_one():
    wanted = [sys.executable, "-m", "micrograd", "train", "moons"]
    assert launch.command_here(["train", "moons"]) == wanted


@pytest.mark.slow
def test_more_processes_than_cores_are_slower(monkeypatch):
    monkeypatch.setattr(launch.os, "cpu_count", lambda: 1)
    notes = []
    assert launch.Launcher(command("None"), 2, notes.append, TRY_AGAIN).run(0, resume=()) == 0
    (note,) = notes
    assert note.startswith("2 processes share 1 core of this machine")
    assert "Write --processes 1, or start the others on other machines." in note


def time_of(path):
    """Return when the file was written, 0 if there is none."""
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_mtime_ns
    return 0


def wait_until(condition):
    deadline = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)


def run_with_disasters(folder, disasters, restarts=4):
    """Run a training that is slow; return (its result, what was said, the exit code).

    Each disaster is called with the launcher when an attempt has gone on for some steps.
    """
    skip_without_heartbeat()
    notes = []
    script = [sys.executable, "-m", "tests.support.one_of_several", str(folder), "slow"]
    launcher = launch.Launcher(script, 2, notes.append, TRY_AGAIN)
    rng = random.Random(int.from_bytes(os.urandom(4), "big"))

    def cause(disaster):
        before = time_of(folder / "slow")
        wait_until(lambda: len(launcher.running) == 2 and time_of(folder / "slow") != before)
        time.sleep(rng.random() / 2)
        children = list(launcher.running)
        disaster(launcher)
        wait_until(lambda: all(child.returncode is not None for child in children))

    thread = threading.Thread(target=lambda: [*map(cause, disasters)], daemon=True)
    thread.start()
    code = launcher.run(restarts, resume=())
    return json.loads((folder / "slow.json").read_text()), notes, code


def send(index, number):
    return lambda launcher: os.kill(launcher.running[index].pid, number)


@pytest.mark.slow
def test_a_run_goes_on_after_processes_were_killed_or_hang(tmp_path, monkeypatch):
    monkeypatch.setenv("MICROGRAD_HEARTBEAT", "3")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    ports = [free_port() for _ in range(5)]
    monkeypatch.setattr(launch, "free_port", lambda: ports.pop())
    disasters = [send(1, signal.SIGKILL), send(0, signal.SIGKILL), send(1, signal.SIGSTOP)]
    with socket.create_server(("", ports[-1])):  # the first port is taken
        result, notes, code = run_with_disasters(tmp_path, disasters)
    assert code == 0
    assert "Process 0 lost the others" in notes[0]
    assert "Process 1 was ended by SIGKILL" in notes[1]
    assert "Process 0 was ended by SIGKILL" in notes[2]
    assert "restart 4 of at most 4" in notes[3]
    wanted = losses_of_one_process(steps=one_of_several.SLOW_STEPS)
    assert np.abs(wanted - result["losses"]).max() <= 1e-12


@pytest.mark.slow
def test_ctrl_c_of_the_launcher_stops_all_with_a_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    interrupt = [lambda launcher: os.kill(os.getpid(), signal.SIGINT)]
    result, notes, code = run_with_disasters(tmp_path, interrupt)
    assert (code, notes, result["stopped"]) == (0, [], "interrupted")
    count = len(result["losses"])
    assert 0 < count < one_of_several.SLOW_STEPS
    losses = losses_of_one_process(checkpoint=tmp_path / "slow", steps=count)
    assert losses.tolist() == result["losses"]


@pytest.mark.slow
def test_the_command_trains_with_processes_and_devices(tmp_path):
    skip_without_heartbeat()
    script = [sys.executable, "-m", "micrograd", "train", "moons", "--engine", "jax", "--json"]
    options = ["--processes", "2", "--devices", "2", "--steps", "10", "--out", str(tmp_path / "o")]
    done = subprocess.run(
        [*script, *options], capture_output=True, text=True, timeout=SECONDS, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["steps"] == 10
    assert (tmp_path / "o" / "model.safetensors").exists()


UNSHARED = {  # a model: devices, a sentence, XLA's flags before
    "gpt": (
        2,
        "sees 1 example, which 2 devices cannot share evenly. Leave --processes and",
        "--xla_force_host_platform_device_count=1",
    ),
    "moons": (
        3,
        "sees 100 examples, which 3 devices cannot share evenly. Choose --processes and",
        "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", UNSHARED)
def test_the_command_names_options_where_devices_cannot_share_a_step(name, tmp_path):
    devices, sentence, flags = UNSHARED[name]
    script = [sys.executable, "-m", "micrograd", "train", name, "--engine", "jax"]
    options = ["--devices", str(devices), "--out", str(tmp_path / "o")]
    done = subprocess.run(
        [*script, *options],
        env={**os.environ, "XLA_FLAGS": flags},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=ROOT,
    )
    assert (done.returncode, sentence in done.stderr) == (2, True), done.stderr
    assert "batch_size" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("is_taken", [False, True])
def test_the_command_that_is_left_alone_ends_with_75(tmp_path, is_taken):
    sentence = "cannot listen on port" if is_taken else "After 1 seconds process 1 had not come"
    with socket.create_server(("", 0)) as server:
        port = server.getsockname()[1] if is_taken else free_port()
        script = [sys.executable, "-m", "micrograd", "train", "moons", "--engine", "jax"]
        done = subprocess.run(
            [*script, "--steps", "2", "--out", str(tmp_path / "o")],
            env={**environment(0, 2, port), "MICROGRAD_TIMEOUT": "1"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=ROOT,
        )
    assert (done.returncode, done.stdout) == (TRY_AGAIN, "")
    assert re.fullmatch(f"error: .*{sentence}.*\n", done.stderr)
    assert not (tmp_path / "o").exists()


@pytest.mark.slow
def test_torchrun_trains_an_exported_model_to_the_loss_of_one_process():
    pytest.importorskip("torch")
    program = [str(ROOT / "examples" / "with_torchrun.py"), "20"]
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    outputs = [
        subprocess.run(
            [sys.executable, *arguments, *program],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        ).stdout
        for arguments in ([], torchrun)
    ]
    assert outputs[0].startswith("1 process(es), loss")
    assert outputs[1] == outputs[0].replace("1 process(es)", "2 process(es)")
