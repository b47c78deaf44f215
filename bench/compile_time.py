"""`python -m bench compile`: the time from a model to its first step, beside JAX and PyTorch.

Rule: each number comes from a process of its own (first_step.py), so that nobody finds another's
caches. In each row ours comes first, with an empty cache on disk, and then with what that run left
there. A process that takes longer than LIMIT is stopped.
"""

import json
import math
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.harness import GET_JAX, GET_TORCH, TOLERANCE
from bench.sizes import ONLY_WHEN_NAMED, SIZES
from bench.workloads import WORKLOADS

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 120.0  # seconds of a process, from its start
PACKAGES = ("numpy", "llvmlite", "jax", "torch")
ONE_THREAD = {"TORCHINDUCTOR_COMPILE_THREADS": "1"}  # bench/__init__.py sets the others

Outcome = dict[str, float] | str  # what first_step measured, or why it did not


@dataclass(frozen=True)
class Entrant:
    name: str
    where: str  # as a contestant's
    package: str
    get: str


OURS = "ours:compiled"
COLD = Entrant("ours, cold", OURS, "llvmlite", "pip install llvmlite")
SECOND = Entrant("ours, second process", OURS, "llvmlite", "pip install llvmlite")
ENTRANTS = (
    COLD,
    SECOND,
    Entrant("JAX", "jax_peer:a_step_a_call", "jax", GET_JAX),
    Entrant("torch.compile", "torch_peer:compiled", "torch", GET_TORCH),
    Entrant("PyTorch", "torch_peer:eager", "torch", GET_TORCH),
)


def main(path: Path, names: Iterable[str] = ()) -> None:
    """Measure these rows, or all but those that take longest; print the table, and write `path`."""
    entrants = present()
    results: dict[str, dict[str, Outcome]] = {}
    for name in names or [name for name in SIZES if name not in ONLY_WHEN_NAMED]:
        results[name] = check_losses(name, dict(measure_row(name, entrants)))
        path.write_text(json.dumps(record(results), indent=1) + "\n", encoding="utf-8")
    show(results, entrants)
    print(f"wrote {path}")


def present() -> list[Entrant]:
    """Return the entrants that are installed; print a line for each of the others."""
    entering = []
    for entrant in ENTRANTS:
        if find_spec(entrant.package) is not None:
            entering.append(entrant)
        else:
            print(f"{entrant.name} is missing; to add it: {entrant.get}")
    return entering


def measure_row(name: str, entrants: Iterable[Entrant]) -> Iterator[tuple[str, Outcome]]:
    """Yield (entrant, outcome). The caches on disk are empty at first, and gone afterwards."""
    outcomes: dict[Entrant, Outcome] = {}
    with tempfile.TemporaryDirectory() as folder:
        caches = {"MICROGRAD_CACHE": folder, "TORCHINDUCTOR_CACHE_DIR": f"{folder}/inductor"}
        for entrant in entrants:
            print(f"{name}: {entrant.name}", file=sys.stderr)
            if entrant is SECOND and isinstance(outcomes[COLD], str):
                outcomes[entrant] = "-"  # there is nothing on disk for it to find
            else:
                outcomes[entrant] = first_step(entrant.where, name, caches)
            yield entrant.name, outcomes[entrant]


def first_step(where: str, name: str, caches: dict[str, str], limit: float = LIMIT) -> Outcome:
    """Return what a new process measures, or its problem."""
    command = [sys.executable, "-m", "bench.first_step", where, name]
    environment = os.environ | ONE_THREAD | caches
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=limit
        )
    except subprocess.TimeoutExpired:
        return f"over {limit:g} s"
    if done.returncode:
        last = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
        return f"fails: {last}"
    outcome: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return outcome


def check_losses(name: str, outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
    """Return the outcomes without those whose loss is not that of the last entrant that has one."""
    workload = (WORKLOADS | SIZES)[name]
    losses = {who: o["loss"] for who, o in outcomes.items() if not isinstance(o, str)}
    if not losses:
        return outcomes
    *_, expected = losses.values()
    for who, loss in losses.items():
        if not math.isclose(loss, expected, rel_tol=TOLERANCE[workload.dtype]):
            outcomes[who] = f"WRONG: {loss:.12g}, not {expected:.12g}"
    return outcomes


def record(results: dict[str, dict[str, Outcome]]) -> dict:
    """Return what is written as JSON: seconds and bytes of each first step, or the problem."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "versions": dict(versions()),
        "first steps": results,
    }


def versions() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue


def show(results: dict[str, dict[str, Outcome]], entrants: Iterable[Entrant]) -> None:
    rendered = Table(
        title="The first step: wall seconds, CPU seconds, peak memory of the process",
        title_justify="left",
    )
    rendered.add_column("")
    for entrant in entrants:
        rendered.add_column(entrant.name, justify="right")
    for name, row in results.items():
        rendered.add_row(name, *map(cell, row.values()))
    Console(width=None if sys.stdout.isatty() else 160).print(rendered)
    for name, row in results.items():
        for who, outcome in row.items():
            if isinstance(outcome, str) and ":" in outcome:
                print(f"{name}, {who}: {outcome}")


def cell(outcome: Outcome) -> str:
    if isinstance(outcome, str):
        return outcome.split(":")[0]
    megabytes = outcome["memory"] / 1e6
    return f"{outcome['wall']:.3g} s\n{outcome['cpu']:.3g} CPU\n{megabytes:,.0f} MB"
