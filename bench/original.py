"""The original, `micrograd==0.1.0` from PyPI, loaded beside this package, which has its name."""

import importlib.util
import math
import sys
from pathlib import Path

from bench import ours
from bench.workloads import Workload
from micrograd import Module, engine
from micrograd.ops import Arithmetic

FOLDER = Path(__file__).parent / ".peers"
NAMES = ("micrograd", "micrograd.engine", "micrograd.nn")


def original():
    """Return (Value, MLP) of the original. Raises ImportError if it is missing."""
    if not (FOLDER / "micrograd").exists():
        raise ImportError(str(FOLDER))
    ours = {name: sys.modules[name] for name in NAMES}
    try:
        for name in NAMES:
            load(name)
        return sys.modules["micrograd.engine"].Value, sys.modules["micrograd.nn"].MLP
    finally:
        sys.modules.update(ours)


def load(name: str) -> None:
    """Load the original's module under our module's name, so that its own imports find it."""
    path = FOLDER.joinpath(*name.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    spec = importlib.util.spec_from_file_location(name, path)
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])


# ----------------------------------------------------------------------- the original as contestant


def available(function: str) -> None:
    original()


def prepare(workload: Workload):
    """Run our models on the original's engine: the same expressions, of the original's Values."""
    Value = with_functions(original()[0])
    model, parameters = workload.model(), []
    swap(model, Value, parameters)
    return ours.training_loop(workload, model, parameters)


def swap(x, Value, swapped: list):
    """Return `x` with the original's Values instead of ours; add them to `swapped`, in order."""
    if isinstance(x, Module):
        vars(x).update({name: swap(part, Value, swapped) for name, part in vars(x).items()})
    elif isinstance(x, list):
        return [swap(part, Value, swapped) for part in x]
    elif isinstance(x, engine.Value):
        swapped.append(Value(x.data))
        return swapped[-1]
    return x


def with_functions(Value):
    """Return the original's Value, with tanh, exp and log added as in the lecture.

    Its operators create whatever the module calls `Value`, so the new class takes that name.
    """

    class Extended(Value, Arithmetic):
        def interpret(self, op, inputs):
            return FUNCTIONS[op.name](Extended, *inputs)

    Value.__add__.__globals__["Value"] = Extended
    return Extended


def function(f, derivative):
    """Return a function in the lecture's way: it computes, and leaves a closure for backward."""

    def apply(Value, x):
        out = Value(f(x.data), (x,), f.__name__)

        def _backward():
            x.grad += derivative(x.data, out.data) * out.grad

        out._backward = _backward
        return out

    return apply


FUNCTIONS = {
    "tanh": function(math.tanh, lambda x, out: 1 - out**2),
    "exp": function(math.exp, lambda x, out: out),
    "log": function(math.log, lambda x, out: 1 / x),
    "relu": lambda Value, x: x.relu(),
    "detach": lambda Value, x: Value(x.data),
    "maximum": lambda Value, x, y: x if x.data >= y.data else y,
}
