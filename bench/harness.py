"""The contestants, a check of their numbers, and the time that a step takes them.

Rule: a contestant is a function from a workload to `run(steps)`, which begins at the start weights
and returns the loss of its last step. Contestants take turns, and their medians are compared.
"""

import gc
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module

from bench.workloads import Workload

TURN = 0.2  # seconds
BUDGET = 5.0  # seconds, after which a contestant takes no more turns
CHECKED = 3  # steps before the losses are compared
TOLERANCE = {"float64": 1e-9, "float32": 1e-3}


@dataclass(frozen=True)
class Contestant:
    name: str
    where: str  # "module:function", imported when asked for
    get: str  # how to get it
    without: tuple = ()  # names of workloads that it does not run
    slow: bool = False  # only with --slow

    def prepare(self, workload: Workload) -> Callable:
        module, function = self.where.split(":")
        return getattr(import_module(f"bench.{module}"), function)(workload)


WIDE = ("wide64", "wide32")
GET_JAX = "pip install jax"
GET_TORCH = "pip install torch==2.13.0"

CONTESTANTS = (
    Contestant("C", "c_peer:prepare", "install gcc"),
    Contestant("compiled", "ours:compiled", "pip install llvmlite"),
    Contestant("eager", "ours:eager", "", WIDE),
    Contestant(
        "original",
        "original:prepare",
        "pip install --no-deps --target bench/.peers micrograd==0.1.0",
        WIDE,
    ),
    Contestant("PyTorch", "torch_peer:eager", GET_TORCH),
    Contestant("torch.compile", "torch_peer:compiled", GET_TORCH, slow=True),
    Contestant("JAX", "jax_peer:a_step_a_call", GET_JAX),
    Contestant("JAX, loop inside", "jax_peer:loop_inside", GET_JAX),
    Contestant("exported to JAX", "exported:loop_inside", GET_JAX),
    Contestant("autograd", "autograd_peer:prepare", "pip install autograd"),
)


@dataclass
class Result:
    """A contestant on a workload: the seconds of a step in each turn, or what went wrong."""

    run: Callable | None = None
    problem: str = ""
    steps: int = 1  # in one go
    goes: int = 1  # in one turn
    used: float = 0.0  # seconds
    times: list = None

    def seconds(self) -> float | None:
        return statistics.median(self.times) if self.times else None


def present(contestant: Contestant) -> bool:
    """Return whether it can run here: ImportError and FileNotFoundError mean that it is missing."""
    module, function = contestant.where.split(":")
    try:
        getattr(import_module(f"bench.{module}"), "available", lambda name: None)(function)
    except (ImportError, FileNotFoundError):
        return False
    return True


def reference(workload: Workload) -> float:
    """Return the expected loss: PyTorch's, else our eager engine's, in double precision."""
    exact = replace(workload, dtype="float64")
    try:
        from bench.torch_peer import eager
    except ImportError:
        from bench.ours import eager
    return eager(exact)(CHECKED)


def admit(contestant: Contestant, workload: Workload, expected: float) -> Result:
    """Check the contestant's loss; return a result that is ready to take turns, or its problem."""
    if workload.name in contestant.without:
        return Result(problem="-")
    try:
        run = contestant.prepare(workload)
        loss = run(CHECKED)
    except Exception as error:  # a peer that fails is a result, too
        return Result(problem=f"fails: {type(error).__name__}: {error}")
    if not math.isclose(loss, expected, rel_tol=TOLERANCE[workload.dtype]):
        return Result(problem=f"WRONG: {loss:.12g}, not {expected:.12g}")
    return calibrate(Result(run, times=[]), workload.most)


def calibrate(result: Result, most: int) -> Result:
    """Choose how many steps, at most `most`, and how many goes of them fill a turn."""
    gc.collect()  # else the first go may pay for the garbage of its compilation, and seem slow
    spent = seconds_of(result.run, 1)
    while spent < TURN / 2 and result.steps < most:
        result.steps = min(most, result.steps * min(10, math.ceil(TURN / spent)))
        spent = seconds_of(result.run, result.steps)
    result.goes = max(1, round(TURN / spent))
    return result


def seconds_of(run: Callable, steps: int) -> float:
    """Return the seconds that the steps take, without `run.restart()`, which may take long."""
    getattr(run, "restart", lambda: None)()
    began = time.perf_counter()
    run(steps)
    return time.perf_counter() - began


def turn(result: Result) -> None:
    """Time one more turn, after a collection, so that nobody pays for another's garbage."""
    if result.run is None or result.used > BUDGET:
        return
    gc.collect()
    spent = sum(seconds_of(result.run, result.steps) for _ in range(result.goes))
    result.used += spent
    result.times.append(spent / (result.goes * result.steps))


def measure(
    workload: Workload, contestants: list[Contestant], rounds: int, report=lambda what: None
) -> dict[str, Result]:
    """Return {name of the contestant: its result}."""
    report("the reference")
    expected = reference(workload)
    results = {}
    for contestant in contestants:
        report(f"{contestant.name}, checking")
        results[contestant.name] = admit(contestant, workload, expected)
    for i in range(rounds):
        for name, result in results.items():
            report(f"{name}, round {i + 1} of {rounds}")
            turn(result)
    return results
