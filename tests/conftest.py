"""Every test has this: a folder of machine code, Ctrl-C, torch by guard, and the mark `quick`.

Rule: a test is `quick` unless it, or its file, is marked `slow`. A test is marked when it takes
more than some tenths of a second, so that `pytest -m quick` takes less than forty seconds.
"""

import gc
import os
import random
import re
import signal

import pytest

from tests.support.once import session_folder


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist there is no such hook
def pytest_xdist_auto_num_workers(config):
    """Return how many processes run the tests, or none of their own for a file.

    A worker imports everything again, which takes longer than most files do. There is one more than
    cores, as many tests wait: for a process that they started, or until it is killed.
    """
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # xdist reads it
    files = {argument.partition("::")[0] for argument in config.args}
    if len(files) == 1 and files.pop().endswith(".py"):
        return 0
    has_own = hasattr(os, "sched_getaffinity")
    return 1 + (len(os.sched_getaffinity(0)) if has_own else os.cpu_count())


# A background job, as under nohup, is started with SIGINT ignored. Here Ctrl-C is tested.
signal.signal(signal.SIGINT, signal.default_int_handler)

SLOW_FILE = re.compile(r"^pytestmark = (\[\s+)?pytest\.mark\.slow", re.MULTILINE)

# Hundreds of programs are compiled by JAX and run once or twice.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")

# JAX and torch keep so much that a search at each 700 new objects takes a tenth of the time.
GARBAGE = (20_000, 20, 20)
gc.disable()  # while thousands of tests are collected, none of which is garbage


def pytest_ignore_collect(collection_path, config):
    """Import no file for `-m quick` that is marked slow as a whole: some import large libraries."""
    is_file = config.option.markexpr == "quick" and collection_path.suffix == ".py"
    if is_file and SLOW_FILE.search(collection_path.read_text(encoding="utf-8")):
        return True
    return None  # as pytest decides


def pytest_collection_finish():
    """Leave what was collected out of every later search for garbage."""
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    gc.enable()


def pytest_collection_modifyitems(items):
    for item in items:
        if " at 0x" in item.nodeid:  # xdist compares the names that its processes collect
            raise pytest.UsageError(f"The name of a test has an address: {item.nodeid}")
        if not item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.quick)


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """Keep machine code in a folder of the session, which the workers share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MICROGRAD_CACHE", str(session_folder(tmp_path_factory) / "cache"))
        yield


@pytest.fixture(scope="module")
def browser():
    """A real Chromium, without a window, for the tests of a file."""
    from playwright.sync_api import sync_playwright

    from tests.support.site import CHROMIUM, SANDBOX

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SANDBOX)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def torch():
    """Return PyTorch; a test that asks for it is skipped where it is not installed."""
    return pytest.importorskip("torch")


@pytest.fixture(scope="module")
def jax():
    """JAX in float64, for the tests of a file."""
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield jax
    jax.config.update("jax_enable_x64", before)


@pytest.fixture
def rolled(monkeypatch):
    """Let models of any size be rolled, from the same weights in each test."""
    from tests.support.rolled import roll_everything

    roll_everything(monkeypatch)
    random.seed(7)


@pytest.fixture
def enough_time(monkeypatch):
    """Look for the cause of a mistake as long as it takes, also on a slow processor."""
    monkeypatch.setattr("micrograd.course.exercises.repairs.SECONDS", 120.0)
    monkeypatch.setattr("micrograd.course.exercises.repairs.SECONDS_OF_ONE", 5.0)


@pytest.fixture
def no_causes(monkeypatch):
    """Look for no cause of a mistake: the check itself says what the test is about."""
    monkeypatch.setattr("micrograd.course.exercises.repairs.SECONDS", -1.0)
