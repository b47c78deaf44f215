"""A module that does not fit into memory is refused before its parameters are made.

Rule: the size that is counted is the size that it has, so that nothing that fits is refused.
"""

import math
import re
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from micrograd import MLP, Value, nn
from micrograd.nn import sizes
from micrograd.support import machine_memory

SMALL = {  # each module that counts its parameters first
    "MLP": lambda: MLP(3, [4, 5, 2]),
    "MLP by name": lambda: MLP(nouts=[4, 5, 2], nin=3),
    "MLP, other arguments": lambda: MLP(3, [4], "tanh", None, "he"),
    "MLP of NumPy's small integers": lambda: MLP(np.int8(20), [np.int8(10), np.int8(3)]),
    "Layer": lambda: nn.Layer(3, 4),
    "Neuron": lambda: nn.Neuron(3, activation="tanh"),
    "Linear": lambda: nn.Linear(3, 4),
    "Embedding": lambda: nn.Embedding(7, 4),
    "TransformerBlock": lambda: nn.TransformerBlock(8, 2),
    "TransformerBlock, hidden": lambda: nn.TransformerBlock(8, 2, hidden=3),
    "GPT": lambda: nn.GPT(5, 6, size=8, heads=2, layers=3),
    "GPT by position": lambda: nn.GPT(5, 6, 4, 2),
}
LARGE = {  # name: (a module of a billion parameters and more, how many)
    "MLP": (lambda: MLP(30_000, [30_000, 10]), 900_330_010),
    "GPT": (lambda: nn.GPT(100, 100, size=100_000), 120_030_000_000),
    "Layer": (lambda: nn.Layer(10**5, 10**5), 10_000_100_000),
    "Neuron": (lambda: nn.Neuron(10**9), 1_000_000_001),
    "Linear": (lambda: nn.Linear(10**5, 10**5), 10_000_100_000),
    "Embedding": (lambda: nn.Embedding(10**5, 10**5), 10**10),
    "Conv2d": (lambda: nn.Conv2d(10**4, 10**5, 3), 9 * 10**9),
    "RNN": (lambda: nn.RNN(10**5, 10**5), 10**10),
}


@pytest.fixture
def memory(monkeypatch):
    """Let the machine have that much memory."""
    return lambda most: monkeypatch.setattr(sizes, "most_memory", lambda: most)


@pytest.mark.parametrize("name", SMALL)
def test_the_size_that_is_counted_is_that_of_the_module(name, memory, monkeypatch):
    expected = len(SMALL[name]().parameters())
    monkeypatch.setattr(sizes, "MANY", 0)
    memory(expected * sizes.BYTES - 1)
    with pytest.raises(ValueError, match=f"would have {expected:,} parameters"):
        SMALL[name]()
    memory(expected * sizes.BYTES)
    assert len(SMALL[name]().parameters()) == expected


@pytest.mark.parametrize("name", LARGE)
def test_a_module_of_a_billion_parameters_is_refused_at_once(name, memory):
    memory(20e9)
    make, count = LARGE[name]
    begun = time.process_time()
    with pytest.raises(ValueError, match=f"would have {count:,} parameters, which take at least"):
        make()
    assert time.process_time() - begun < 1.0  # a thousandth of what making them takes


def test_the_message_says_both_sizes_and_what_to_do(memory):
    memory(20e9)
    with pytest.raises(ValueError) as error:
        MLP(30_000, [30_000, 10])
    assert re.fullmatch(
        r"This MLP would have 900,330,010 parameters, which take at least 1\d\d\.\d GB of memory, "
        r"and this machine has 20\.0 GB\. Choose smaller sizes: a map from n to m numbers has "
        r"n \* m parameters, and each of them, a Value, takes 1\d\d bytes\.",
        str(error.value),
    )


def test_a_very_large_module_that_fits_is_announced(memory, monkeypatch):
    monkeypatch.setattr(sizes, "MANY", 0)
    monkeypatch.setattr(sizes, "LARGE", 26)
    memory(math.inf)
    with pytest.warns(UserWarning, match="This MLP will have 26 parameters, which take at least"):
        MLP(3, [4, 2])


@pytest.mark.parametrize("wrong", [("a", [2]), (3, "a"), (3, 2), (3, [None]), (3, [])])
def test_arguments_that_cannot_be_counted_keep_their_own_error(wrong, memory):
    memory(0.0)
    with pytest.raises((TypeError, ValueError)) as error:
        MLP(*wrong)
    assert "parameters" not in str(error.value)


def test_the_bytes_of_a_parameter_are_no_more_than_it_takes():
    count = 10_000
    tracemalloc.start()
    try:
        values = [Value(float(i)) for i in range(count)]
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count * sizes.BYTES <= taken < 1.2 * count * sizes.BYTES
    assert len(values) == count


# ------------------------------------------------------------------------ the memory of a machine


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Let the system's files say these texts."""

    def set_up(meminfo, group=None):
        paths = [tmp_path / name for name in ("meminfo", "group", "none")]
        for path, text in zip(paths, (meminfo, group)):
            if text is not None:
                path.write_text(text)
        monkeypatch.setattr(machine_memory, "MEMINFO", paths[0])
        monkeypatch.setattr(machine_memory, "GROUP_LIMITS", (paths[2], paths[1]))
        monkeypatch.setattr(machine_memory, "address_limit", lambda: math.inf)

    return set_up


FACTS = "MemTotal:       1000 kB\nMemFree:  10 kB\nSwapTotal:      24 kB\n"
MACHINES = {  # name: (facts of the system, limit of the container, bytes)
    "swap": (FACTS, None, 1024 * 1024),
    "a container": (FACTS, "100000\n", 100_000 + 24 * 1024),
    "a container without a limit": (FACTS, "max\n", 1024 * 1024),
    "a large container": (FACTS, f"{2**60}", 1024 * 1024),
    "another system": (None, None, math.inf),
    "other facts": ("Pages: 3\n", None, math.inf),
}


@pytest.mark.parametrize("name", MACHINES)
def test_the_memory_of(name, machine):
    facts, group, expected = MACHINES[name]
    machine(facts, group)
    assert machine_memory.most_memory() == expected


@pytest.mark.skipif(not Path("/proc").exists(), reason="the limit is one of Linux")
def test_a_limit_of_the_shell_counts(monkeypatch):
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (10**9, 10**10))
    assert machine_memory.address_limit() == 1e9
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (resource.RLIM_INFINITY, 0))
    assert machine_memory.address_limit() == math.inf
