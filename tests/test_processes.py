"""Training with several processes: they agree on everything, and nobody waits for ever.

Rule: real processes on the loopback, as few as the point needs, with the smallest models. Each is
ended by its number when the test ends, whatever has become of it.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from micrograd.engines import Disconnected, Processes
from micrograd.engines.processes import own_place, scheduler
from micrograd.engines.rendezvous import meet
from micrograd.support import locks

pytest.importorskip("jax")

SECONDS = 240  # after which a process that hangs is ended; on a quiet machine a run takes 10
ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def environment(index: int, count: int, port: int, devices: int = 1, **more: str) -> dict:
    """Return the environment of a process of a run."""
    place = {
        "MICROGRAD_COORDINATOR": f"127.0.0.1:{port}",
        "MICROGRAD_PROCESSES": str(count),
        "MICROGRAD_PROCESS": str(index),
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
        "PYTHONPATH": str(ROOT),
    }
    return {**os.environ, **place, **more}


@contextlib.contextmanager
def started(folder, *names, count=2, devices=1, **more):
    """Start the processes that take part in the named runs; end them at the end of the block."""
    port = free_port()
    command = [sys.executable, "-m", "tests.support.one_of_several", str(folder), *names]
    children = [
        subprocess.Popen(
            command,
            env=environment(index, count, port, devices, **more),
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
    from tests.support.one_of_several import train

    return np.array(train(**options).losses)


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """The results of both of two processes, with two devices each, which do one run after another.

    The file of one checkpoint is locked by another run: by this process.
    """
    folder = tmp_path_factory.mktemp("processes")
    names = (
        *("plain", "split", "checkpoint", "large", "unequal data", "unequal seeds"),
        *("a callback", "a failing callback", "nan", "a full disk", "taken", "ctrl-c"),
        *("too few devices", "all kept", "unequal weights"),
    )
    with locks.hold_lock(folder / "taken.lock"):
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


def test_one_process_agrees_with_itself():
    alone = Processes()
    assert alone.is_first
    assert alone.gather("x") == ["x"]
    assert alone.lead(lambda: 3) == 3
    with pytest.raises(KeyError):
        alone.together(lambda: {}["x"])


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


def test_a_scheduler_of_one_process_is_none(monkeypatch):
    for variable in ("SLURM_PROCID", "SLURM_STEP_NODELIST"):
        monkeypatch.setenv(variable, "0")
    for count, name in (("1", None), ("2", "SLURM")):
        monkeypatch.setenv("SLURM_NTASKS", count)
        assert scheduler() == name


SAME_ERRORS = {
    "unequal data": "ValueError: Process 0 and process 1 differ in: data.",
    "unequal weights": "ValueError: Process 0 and process 1 differ in: the model's numbers.",
    "unequal seeds": "ValueError: Process 0 and process 1 differ in: seed (0 and 1).",
    "a failing callback": "KeyError: 'a callback'",
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
