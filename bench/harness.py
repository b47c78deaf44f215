"""Who takes part, whether their numbers are right, and how long a step takes them.

Rule: a contestant is a function from a workload to `run(steps)`, which begins at the start weights
and returns the loss of its last step. Contestants take turns; medians are compared.
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
BUDGET = 5.0  # seconds: whoever has used them takes no more turns
CHECKED = 3  # steps before the losses are compared
TOLERANCE = {"float64": 1e-9, "float32": 1e-3}


@dataclass(frozen=True)
class Contestant:
    name: str
    where: str  # "module:function", imported when asked for
    get: str  # how to get it
    without: tuple = ()  # workloads that it does not run
    slow: bool = False  # only with --slow

    def prepare(self, workload: Workload) -> Callable:
        module, function = self.where.split(":")
        return getattr(import_module(f"bench.{module}"), function)(workload)


WIDE = ("wide64", "wide32")
GET_JAX = "pip install jax"
GET_TORCH = "pip install torch==2.13.0"

CONTESTANTS = (
    Contestant("C", "limit:prepare", "install gcc"),
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
    """Whether it can be imported; ImportError and FileNotFoundError mean that it is missing."""
    module, function = contestant.where.split(":")
    try:
        getattr(import_module(f"bench.{module}"), "available", lambda name: None)(function)
    except (ImportError, FileNotFoundError):
        return False
    return True


def reference(workload: Workload) -> float:
    """The loss to compare with: PyTorch's, else that of our eager engine, in double precision."""
    exact = replace(workload, dtype="float64")
    try:
        from bench.torch_peer import eager
    except ImportError:
        from bench.ours import eager
    return eager(exact)(CHECKED)


def entered(contestant: Contestant, workload: Workload, expected: float) -> Result:
    """The contestant, checked and ready to take turns."""
    if workload.name in contestant.without:
        return Result(problem="-")
    try:
        run = contestant.prepare(workload)
        found = run(CHECKED)
    except Exception as error:  # a peer that fails is a result, too
        return Result(problem=f"fails: {type(error).__name__}: {error}")
    if not math.isclose(found, expected, rel_tol=TOLERANCE[workload.dtype]):
        return Result(problem=f"WRONG: {found:.12g}, not {expected:.12g}")
    return calibrated(Result(run, times=[]), workload.most)


def calibrated(result: Result, most: int) -> Result:
    """As many steps in one go as fill a turn, up to `most`, then as many goes."""
    spent = clocked(result.run, 1)
    while spent < TURN / 2 and result.steps < most:
        result.steps = min(most, result.steps * min(10, math.ceil(TURN / spent)))
        spent = clocked(result.run, result.steps)
    result.goes = max(1, round(TURN / spent))
    return result


def clocked(run: Callable, steps: int) -> float:
    """Seconds of so many steps, not counting `run.restart()`, where beginning anew takes long."""
    getattr(run, "restart", lambda: None)()
    began = time.perf_counter()
    run(steps)
    return time.perf_counter() - began


def turn(result: Result) -> None:
    """One more time of a step. It begins with a collection: nobody pays for another's garbage."""
    if result.run is None or result.used > BUDGET:
        return
    gc.collect()
    spent = sum(clocked(result.run, result.steps) for _ in range(result.goes))
    result.used += spent
    result.times.append(spent / (result.goes * result.steps))


def measure(
    workload: Workload, contestants: list[Contestant], rounds: int, report=lambda what: None
) -> dict[str, Result]:
    """{name of the contestant: its result}."""
    report("the reference")
    expected = reference(workload)
    results = {}
    for contestant in contestants:
        report(f"{contestant.name}, checking")
        results[contestant.name] = entered(contestant, workload, expected)
    for i in range(rounds):
        for name, result in results.items():
            report(f"{name}, round {i + 1} of {rounds}")
            turn(result)
    return results
