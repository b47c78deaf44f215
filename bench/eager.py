"""`python -m bench eager`: the eager engine beside the original, and the cost of a long chain.

Rule: contestants take turns within one run, and their medians are compared. The garbage collector
is on, as users have it, unless a row says otherwise. Without the original its columns are left out.
"""

import copy
import gc
import json
import random
import statistics
import subprocess
import sys
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

from bench.original import original
from micrograd import draw_dot, engine, nn
from micrograd.data import moons
from micrograd.graph import topological_order

EXAMPLES, ROUNDS, CHAIN = 100, 7, 1_000_000


def moons_loss(Value, model, X, y):
    """Return the loss of the original's demo notebook, over all points."""
    inputs = [list(map(Value, row)) for row in X]
    scores = list(map(model, inputs))
    losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores)]
    data_loss = sum(losses) * (1.0 / len(losses))
    return data_loss + 1e-4 * sum(p * p for p in model.parameters())


class Contestant:
    def __init__(self, Value, MLP):
        self.Value = Value
        random.seed(1337)
        self.model = MLP(2, [16, 16, 1])
        self.data = moons(EXAMPLES, seed=1337)

    def loss(self):
        return moons_loss(self.Value, self.model, *self.data)

    def step(self) -> float:
        """Return the milliseconds of one forward and backward pass."""
        began = time.perf_counter()
        self.model.zero_grad()
        self.loss().backward()
        return 1e3 * (time.perf_counter() - began)

    def bytes_a_node(self) -> tuple[float, float]:
        """Return the bytes a node after the forward pass, and after the backward pass."""
        gc.collect()
        tracemalloc.start()
        loss = self.loss()
        forward, _ = tracemalloc.get_traced_memory()
        loss.backward()
        backward, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        nodes = len(topological_order(Contestant(engine.Value, nn.MLP).loss()))
        return forward / nodes, backward / nodes


def steps(contestants: dict, collector: bool) -> dict[str, float]:
    """Return the median milliseconds of a step; the contestants take turns of three steps.

    Each turn begins with a collection and a step that does not count. One contestant's garbage must
    not be collected in the other's time, but its own must be.
    """
    times = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, contestant in contestants.items():
            gc.collect()
            (gc.enable if collector else gc.disable)()
            _, *counted = [contestant.step() for _ in range(3)]
            gc.enable()
            times[name] += counted
    return {name: statistics.median(row) for name, row in times.items()}


def import_time() -> float:
    """Return the median milliseconds of `import micrograd` beyond Python's own start."""

    def run(code):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return 1e3 * (time.perf_counter() - began)

    pairs = [(run("import micrograd"), run("pass")) for _ in range(2 * ROUNDS)]
    return statistics.median(a - b for a, b in pairs)


def chain() -> dict[str, float]:
    """Return the seconds of each operation on a chain of a million additions, collector off."""
    gc.collect()
    gc.disable()
    before = sys.getallocatedblocks()
    times = {}

    def clock(name, do):
        began = time.perf_counter()
        result = do()
        times[name] = time.perf_counter() - began
        return result

    def build():
        y = x = engine.Value(1.0)
        for _ in range(CHAIN):
            y = y + x
        return y

    y = clock("build", build)
    clock("backward", y.backward)
    clock("draw, folded", lambda: draw_dot(y))
    copied = [clock("deep copy", lambda: copy.deepcopy(y))]
    clock("free the copy", copied.clear)
    y = None
    times["blocks left"] = sys.getallocatedblocks() - before
    gc.enable()
    return times


def main(path: Path) -> None:
    contestants = {"ours": Contestant(engine.Value, nn.MLP)}
    with suppress(ImportError):
        contestants["original"] = Contestant(*original())
    losses = {name: c.loss().data for name, c in contestants.items()}
    if "original" in losses:
        assert abs(losses["ours"] - losses["original"]) < 1e-12, losses  # the same work
    results = {}
    for collector in (True, False):
        name = f"moons step, ms, collector {'on' if collector else 'off'}"
        results[name] = steps(contestants, collector)
    for name, contestant in contestants.items():
        forward, backward = contestant.bytes_a_node()
        results.setdefault("bytes a node, forward", {})[name] = forward
        results.setdefault("bytes a node, forward and backward", {})[name] = backward
    for name, row in results.items():
        ratio = f"  {row['original'] / row['ours']:.1f}x" if "original" in row else ""
        print(f"{name:36}", *(f"{who} {value:8.1f}" for who, value in row.items()), ratio)
    results["import, ms"] = import_time()
    print(f"{'import micrograd, ms':36} {results['import, ms']:.1f}")
    results["chain of a million"] = chain()
    for name, value in results["chain of a million"].items():
        print(f"chain of a million: {name:16} {value:.2f}")
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {path}")
