"""`python -m bench [workload ...]`: time a step of each workload, all contestants side by side.

Rule: this file prints and writes; harness.py measures. `python -m bench eager` runs eager.py,
`python -m bench fit` runs fit.py, `python -m bench compile` runs compile_time.py, and
`python -m bench devices` runs devices.py.
"""

import argparse
import json
import platform
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench import compile_time, devices, eager, fit
from bench.harness import CONTESTANTS, Contestant, Result, measure, present
from bench.sizes import SIZES
from bench.workloads import WORKLOADS

OTHERS = {  # each measured by its own file
    "eager": eager,
    "fit": fit,
    "compile": compile_time,
    "devices": devices,
}
RESULTS = Path("bench-results.json")
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench", description="Measure the time of a step.")
    parser.add_argument("workload", nargs="*", choices=[[], *WORKLOADS, *OTHERS])
    parser.add_argument(
        "--rounds", type=int, default=7, help="The number of turns of each contestant."
    )
    parser.add_argument("--list", action="store_true", help="List the workloads and contestants.")
    parser.add_argument(
        "--slow", action="store_true", help="Include contestants that take long to start."
    )
    parser.add_argument(
        "--rows",
        nargs="+",
        choices=[*SIZES, *WORKLOADS],
        default=[],
        metavar="NAME",
        help="The models of `compile`; all but the largest by default.",
    )
    parser.add_argument("--json", type=Path, default=RESULTS, metavar="PATH")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    asked = arguments(argv)
    if asked.list:
        return show_registry()
    if len(asked.workload) == 1 and asked.workload[0] in OTHERS:
        options = [asked.rows] if asked.workload == ["compile"] else []
        return OTHERS[asked.workload[0]].main(asked.json, *options)
    names = [name for name in asked.workload or WORKLOADS if name in WORKLOADS]
    contestants = entrants(asked.slow)
    results = {}
    for name, row in measure_all(names, contestants, asked.rounds):
        results[name] = row
        asked.json.write_text(json.dumps(record(results), indent=1) + "\n", encoding="utf-8")
    show(results, contestants)
    print(f"wrote {asked.json}")
    return None


def show_registry() -> None:
    for workload in WORKLOADS.values():
        print(f"{workload.name:10}{workload.what}")
    print(f"{'eager':10}the eager engine's memory, import time and long chains")
    print(f"{'fit':10}whole runs: what `fit` adds to its steps, and PyTorch eager beside it")
    print(f"{'devices':10}steps on the device that JAX has, beside JAX written by hand")
    print(f"{'compile':10}the time to the first step, ours and others'; its rows:")
    for row in SIZES.values():
        print(f"  {row.name:8}{row.what}")
    print("contestants:", "; ".join(c.name + " (--slow)" * c.slow for c in CONTESTANTS))


def entrants(slow: bool) -> list[Contestant]:
    """Return the contestants that can run here; print a line for each of the others."""
    wanted = [c for c in CONTESTANTS if slow or not c.slow]
    entering = []
    for contestant in wanted:
        if present(contestant):
            entering.append(contestant)
        else:
            print(f"{contestant.name} is missing; to add it: {contestant.get}")
    return entering


def measure_all(names: list[str], contestants: list[Contestant], rounds: int):
    """Yield (workload, its results), and show a bar with the contestant that runs now."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        turns = len(names) * (1 + len(contestants) * (1 + rounds))
        bar = progress.add_task("", total=turns, completed=-1)
        for name in names:

            def report(what, name=name):
                progress.update(bar, advance=1, description=f"{name}: {what}")

            yield name, measure(WORKLOADS[name], contestants, rounds, report)


def record(results: dict[str, dict[str, Result]]) -> dict:
    """Return what is written as JSON: the seconds of a step, or the problem."""
    versions = {
        name: sys.modules[name].__version__
        for name in ("numpy", "torch", "jax", "llvmlite")
        if name in sys.modules
    }
    rows = {
        name: {who: result.seconds() or result.problem for who, result in row.items()}
        for name, row in results.items()
    }
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "versions": versions,
        "seconds": rows,
    }


def show(results: dict[str, dict[str, Result]], contestants: list[Contestant]) -> None:
    Console(width=None if sys.stdout.isatty() else 160).print(table(results, contestants))
    for name, row in results.items():
        for who, result in row.items():
            if len(result.problem) > 1:
                print(f"{name}, {who}: {result.problem}")


def table(results: dict[str, dict[str, Result]], contestants: list[Contestant]) -> Table:
    rendered = Table(title="One step: the median, and its ratio to C's", title_justify="left")
    rendered.add_column("")
    for contestant in contestants:
        rendered.add_column(contestant.name, justify="right")
    for name, row in results.items():
        limit = row["C"].seconds() if "C" in row else None
        rendered.add_row(name, *(cell(row[c.name], limit) for c in contestants))
    return rendered


def cell(result: Result, limit: float | None) -> str:
    seconds = result.seconds()
    if seconds is None:
        return result.problem.split(":")[0]
    ratio = f"\n{times(seconds / limit)}x" if limit else ""
    return duration(seconds) + ratio


def times(ratio: float) -> str:
    """Return 1.234 as "1.23" and 12345.6 as "12,346"."""
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.3g}"


def duration(seconds: float) -> str:
    """Return 0.0000012 as "1.2 µs"."""
    size, unit = next((u for u in UNITS if seconds >= u[0]), UNITS[-1])
    return f"{seconds / size:.3g} {unit}"


if __name__ == "__main__":
    main()
