"""The original, `micrograd==0.1.0` from PyPI, loaded beside the package that has its name."""

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
    """(Value, MLP) of the original. ImportError where it is not there."""
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
    """Put the original's module in the place of ours, so that its own imports find it."""
    path = FOLDER.joinpath(*name.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    spec = importlib.util.spec_from_file_location(name, path)
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])


# ----------------------------------------------------------------------- the original as contestant


def available(function: str) -> None:
    original()


def prepare(workload: Workload):
    """Its engine under our models: the same expressions, made of the original's Values."""
    Value = with_functions(original()[0])
    model, parameters = workload.model(), []
    swap(model, Value, parameters)
    return ours.trained(workload, model, parameters)


def swap(x, Value, made: list):
    """`x` with the original's Values in place of ours, which are collected in `made`, in order."""
    if isinstance(x, Module):
        vars(x).update({name: swap(part, Value, made) for name, part in vars(x).items()})
    elif isinstance(x, list):
        return [swap(part, Value, made) for part in x]
    elif isinstance(x, engine.Value):
        made.append(Value(x.data))
        return made[-1]
    return x


def with_functions(Value):
    """The original's Value, with tanh, exp and log as the lecture adds them.

    Its operators make Values of the class that its module names, so the new class takes that name.
    """

    class Extended(Value, Arithmetic):
        def interpret(self, op, inputs):
            return FUNCTIONS[op.name](Extended, *inputs)

    Value.__add__.__globals__["Value"] = Extended
    return Extended


def function(f, derivative):
    """The lecture's way to add a function: compute, and leave a closure for the way back."""

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
