"""The tests of karpathy/micrograd, on any engine: the numbers that they compare.

Rule: an engine is a function that makes a number of it, so that a learner's Value, ours and PyTorch
run the same lines.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from micrograd.engine import Value

Make = Callable[[float], Any]
Numbers = dict[str, list[float]]  # {test: the result, and the grads of the inputs}


def sanity_check(make: Make) -> tuple[Any, list[Any]]:
    x = make(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    return y, [x]


def more_ops(make: Make) -> tuple[Any, list[Any]]:
    a = make(-4.0)
    b = make(2.0)
    c = a + b
    d = a * b + b**3
    c = c + (c + 1)
    c = c + (1 + c + (-a))
    d = d + (d * 2 + (b + a).relu())
    d = d + (3 * d + (b - a).relu())
    e = c - d
    f = e**2
    g = f / 2.0
    g = g + 10.0 / f
    return g, [a, b]


TESTS = {"test_sanity_check": sanity_check, "test_more_ops": more_ops}


def numbers_of(make: Make, read: Callable[[Any], float] = lambda x: float(x.data)) -> Numbers:
    """Return the numbers of both tests, after backward()."""
    results: Numbers = {}
    for name, test in TESTS.items():
        out, inputs = test(make)
        out.backward()
        results[name] = [read(out), *(float(x.grad) for x in inputs)]
    return results


def reference() -> tuple[str, Numbers]:
    """Return (the name of the engine to compare with, its numbers): PyTorch, if it is installed."""
    if not find_spec("torch"):
        return "this package", numbers_of(Value)
    import torch

    def make(x: float) -> Any:
        return torch.tensor(x, dtype=torch.float64, requires_grad=True)

    return "PyTorch", numbers_of(make, lambda x: x.item())
