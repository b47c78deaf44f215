"""Measure again what the records in this folder rest on; each takes seconds.

Usage: python docs/decisions/measure.py NAME

Rule: each function belongs to one record, needs nothing but the package, and prints the numbers
that the record quotes. They differ from machine to machine; the conclusion should not.
"""

import gc
import math
import os
import random
import re
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial, reduce
from operator import add
from statistics import median
from tempfile import TemporaryDirectory
from unittest.mock import patch


def seconds(f: Callable, rounds: int = 5) -> float:
    """Return the processor time of `f()`, the median of some rounds."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        f()
        times.append(time.process_time() - began)
    return median(times)


# ---------------------------------------------------------------------------- two slots


class TwoSlots:
    __slots__ = ("data", "grad", "op", "first", "second")


class TupleSlot:
    __slots__ = ("data", "grad", "op", "inputs")


def slots(nodes: int = 300_000) -> None:
    """Build a chain of nodes with two inputs each, in two slots and in one tuple."""

    def two_slots():
        leaf = out = TwoSlots()
        for _ in range(nodes):
            node = TwoSlots()
            node.data, node.grad, node.op, node.first, node.second = 1.0, 0.0, None, out, leaf
            out = node
        unlink(out, "first")

    def tuple_slot():
        leaf = out = TupleSlot()
        for _ in range(nodes):
            node = TupleSlot()
            node.data, node.grad, node.op, node.inputs = 1.0, 0.0, None, (out, leaf)
            out = node
        unlink(out, "inputs")

    for name, f in (("two slots", two_slots), ("a tuple", tuple_slot)):
        print(f"{name:9}  {seconds(f) / nodes * 1e9:6.0f} ns a node")


def unlink(node, attribute: str) -> None:
    """Free a chain from its end, so that freeing it does not recurse."""
    while node is not None:
        inputs = getattr(node, attribute, None)
        node = inputs[0] if isinstance(inputs, tuple) else inputs


# ---------------------------------------------------------------------------- no cycles


class Closures:
    """The original's design: each node owns a closure that holds the node and its inputs."""

    def __init__(self, data, inputs=()):
        self.data, self.grad, self._prev, self._backward = data, 0.0, set(inputs), lambda: None

    def __add__(self, other):
        out = Closures(self.data + other.data, (self, other))

        def backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = backward
        return out


def cycles(nodes: int = 60_000, rounds: int = 5) -> None:
    """Build and drop graphs, and see how much of the time the garbage collector takes."""
    from micrograd import Value

    for kind in (Value, Closures):
        gc.collect()
        clock = CollectorClock()
        gc.callbacks.append(clock)
        began = time.perf_counter()
        for _ in range(rounds):
            total = kind(1.0)
            for _ in range(nodes):
                total = total + kind(1.0)
            del total
        share = clock.seconds / (time.perf_counter() - began)
        gc.callbacks.remove(clock)
        gc.collect()
        gc.disable()
        small = kind(1.0) + kind(2.0)
        del small
        left = gc.collect()
        gc.enable()
        print(f"{kind.__name__:8} collector {share:4.0%} of the time, one sum leaves {left}")


class CollectorClock:
    """Adds up the seconds that Python's garbage collector takes; an entry of `gc.callbacks`."""

    seconds = 0.0

    def __call__(self, phase: str, info: dict) -> None:
        self.seconds += time.perf_counter() * (1 if phase == "stop" else -1)


# ---------------------------------------------------------------------------- rows of their own


def division(pairs: int = 100_000) -> None:
    """Count how often a * b**-1 is not a / b to the last bit."""
    rng = random.Random(0)
    draws = [(rng.uniform(-10.0, 10.0), rng.uniform(-10.0, 10.0)) for _ in range(pairs)]
    differing = sum(a / b != a * b**-1 for a, b in draws)
    print(f"a * b**-1 differs from a / b in {differing / pairs:.0%} of random pairs")


# ---------------------------------------------------------------------------- order of sums


def sums(terms: int = 1024, count: int = 4, calls: int = 3000) -> None:
    """Sum squares in the order of the program, and in lanes."""
    from micrograd.compiler.codegen.executable import ScalarFunction
    from micrograd.compiler.trace import trace

    def squares(*xs):
        rows = [xs[i : i + terms] for i in range(0, len(xs), terms)]
        return [reduce(add, [x * x for x in row]) for row in rows]

    rng = random.Random(0)
    rows = [[rng.gauss(0.0, 1.0) for _ in range(terms)] for _ in range(count)]
    numbers = [x for row in rows for x in row]
    expected = [math.fsum(x * x for x in row) for row in rows]
    for exact in (True, False):
        with empty_cache():
            compiled = ScalarFunction(trace(squares, len(numbers)), exact)
            results = compiled.run(numbers)
        took = seconds(partial(call_often, compiled, calls)) / calls
        error = max(abs(x - y) / y for x, y in zip(results, expected))
        order = "in order" if exact else "in lanes"
        print(f"{order}  {took * 1e6:5.2f} us, relative error {error:.1e}")


def call_often(compiled, calls: int) -> None:
    call, pointer = compiled.machine.call, compiled.pointer
    for _ in range(calls):
        call(pointer)


# ---------------------------------------------------------------------------- straight lines


def sines(count: int) -> Callable:
    from micrograd import sin

    def chain(x):
        for _ in range(count):
            x = sin(x)
        return x

    return chain


def straight(counts: tuple = (1000, 2000, 4000)) -> None:
    """Compile a chain of sines with its derivative, in functions of 500 instructions and in one."""
    from micrograd import grad, jit
    from micrograd.compiler.codegen import straight_line

    for piece in (straight_line.PIECE, 10**9):
        for count in counts:
            with empty_cache(), patch.object(straight_line, "PIECE", piece):
                took = seconds(lambda n=count: grad(jit(sines(n)))(0.5), rounds=1)
            how = "functions of 500" if piece < 10**9 else "one function"
            print(f"{count:5} sines, {how:16}  {took:5.2f} s")


# ---------------------------------------------------------------------------- kernels by agenda


def recurrent_step():
    """Return the parts of a training step: a recurrent net over 20 inputs, each state read out."""
    from micrograd import losses, nn, optim

    class Tagger(nn.Module):
        def __init__(self):
            self.rnn = nn.RNN(4, 8)
            self.out = nn.Linear(8, 3)

        def __call__(self, xs):
            states, _ = self.rnn(xs)
            return [self.out(state) for state in states]

    def loss(model, x, y):
        outputs = model([x[i : i + 4] for i in range(0, 80, 4)])
        return sum(losses.mean_squared_error(output, [0.5] * 3) for output in outputs) * y

    random.seed(1)
    model = Tagger()
    return model, loss, optim.SGD(model.parameters(), lr=0.001), [[0.1] * 80], [0.05]


def agenda(steps: int = 3000) -> None:
    """Plan the kernels of a recurrent net by level alone, and with the agenda to choose from."""
    from micrograd import compile_step
    from micrograd.compiler import schedule

    for worthwhile, name in ((0.0, "by level"), (schedule.WORTHWHILE, "as chosen")):
        model, loss, optimizer, X, y = recurrent_step()
        step = compile_step(loss, model, optimizer)
        with empty_cache(), patch.object(schedule, "WORTHWHILE", worthwhile):
            step.run(X, y, steps=10)
        took = seconds(partial(step.run, X, y, steps=steps)) / steps
        print(f"{name:10} {took * 1e6:5.1f} us a step, {len(step.kernels)} kernels")


# ---------------------------------------------------------------------------- LLVM's passes


def passes(steps: int = 3000) -> None:
    """Compile the moons network with the passes we choose, and with LLVM's -O1, -O2 and -O3."""
    from llvmlite import binding

    from micrograd.compiler.codegen import llvm

    def level(n: int, text: str):
        module = binding.parse_assembly(text)
        options = binding.create_pipeline_tuning_options(speed_level=n)
        builder = binding.create_pass_builder(llvm.machine(), options)
        builder.getModulePassManager().run(module, builder)
        return module

    for name, optimise in (
        ("ours", llvm.optimise),
        *((f"-O{n}", partial(level, n)) for n in (1, 2, 3)),
    ):
        step, X, y = moons_step()
        with empty_cache(), patch.object(llvm, "optimise", optimise):
            step.run(X, y, steps=10)
        took = seconds(partial(step.run, X, y, steps=steps)) / steps
        (compilation,) = re.findall(r"compile (\S+) s", step.report())
        print(f"{name:4}  compile {compilation} s, {took * 1e6:.1f} us a step")


# ---------------------------------------------------------------------------- one array


def moons_step():
    """Return the compiled step of the demo's network, and its data."""
    from micrograd import MLP, compile_step, data, losses, optim

    random.seed(1)
    model = MLP(2, [16, 16, 1])
    optimizer = optim.SGD(model.parameters(), lr=0.01)
    step = compile_step(lambda model, x, y: losses.hinge(model(x), y), model, optimizer)
    return step, *data.moons(100, seed=1)


def bound(steps: int = 2000) -> None:
    """Take single steps of the moons network by `step(X, y)` and within `step.bound(X, y)`."""
    step, X, y = moons_step()
    step.run(X, y, steps=10)

    def calls():
        for _ in range(steps):
            step(X, y)

    def takes():
        with step.bound(X, y) as take:
            for _ in range(steps):
                take()

    rows = (
        ("step(X, y)", calls),
        ("take()", takes),
        ("step.run", lambda: step.run(X, y, steps=steps)),
    )
    for name, f in rows:
        print(f"{name:10}  {seconds(f) / steps * 1e6:6.1f} us a step")


# ---------------------------------------------------------------------------- single calls


def calls(steps: int = 2000) -> None:
    """Call the steps of three networks: what is beyond the time that a step takes in `step.run`."""
    for sizes, share in (((3, [4, 4, 1]), 1), ((64, [64, 10]), 4), ((784, [128, 10]), 20)):
        calls_of(*sizes, steps // share)


def calls_of(nin: int, nouts: list[int], count: int, examples: int = 4) -> None:
    import numpy as np

    from micrograd import MLP, compile_step, optim

    def loss(model, x, y):
        outs = model(x)
        return sum((out - y) ** 2 for out in (outs if isinstance(outs, list) else [outs]))

    def each(f, *arguments) -> float:
        return seconds(lambda: [f(*arguments) for _ in range(count)]) / count * 1e6

    model = MLP(nin, nouts)
    step = compile_step(loss, model, optim.SGD(model.parameters(), lr=1e-6))
    X, y = np.ones((examples, nin)), np.zeros(examples)
    others = iter([X.copy() for _ in range(5 * count)])
    for _ in range(5):
        step(X, y)
    work = seconds(lambda: step.run(X, y, steps=count)) / count * 1e6
    print(f"{len(model.parameters()):,} parameters, work {work:.1f} us; beyond it")
    print(f"  the same array  {each(step, X, y) - work:6.1f} us")
    print(f"  other arrays    {each(lambda: step(next(others), y)) - work:6.1f} us")
    print(f"  lists           {each(step, X.tolist(), y) - work:6.1f} us")
    print(f"  the comparison  {each(step.latest.state.is_current):6.1f} us of each")


# ---------------------------------------------------------------------------- rolled programs


def rolled(context: int = 16, size: int = 16, layers: int = 1, steps: int = 300) -> None:
    """Compile a GPT with every call of a module written out, and rolled, however small it is."""
    from micrograd import compile_step, losses, nn, optim
    from micrograd.transforms import rolled_functions

    rng = random.Random(1)
    X, y = [[[rng.randrange(27) for _ in range(context)]] for _ in range(2)]
    for unroll in (True, False):
        random.seed(1)
        model = nn.GPT(27, context, size=size, layers=layers)
        step = compile_step(
            lambda model, x, y: losses.cross_entropy(model(x), y),
            model,
            optim.SGD(model.parameters(), lr=0.01),
            unroll=unroll,
        )
        with empty_cache(), patch.object(rolled_functions, "FEWEST_INSTRUCTIONS", 0):
            first = seconds(partial(step.run, X, y), rounds=1)
        took = seconds(partial(step.run, X, y, steps=steps), rounds=3) / steps
        how = "unrolled" if unroll else "rolled"
        print(f"{how:8}  {first:5.1f} s to the first loss, {took * 1e6:,.0f} us a step")


# ---------------------------------------------------------------------------- the cache's key


def digest() -> None:
    """Read and hash every source of the package."""
    from micrograd.compiler.codegen import cache

    took = seconds(cache.digest_of_sources.__wrapped__)
    print(f"{len(list(cache.PACKAGE.rglob('*.py')))} files, {took * 1e3:.1f} ms")


@contextmanager
def empty_cache():
    """Within the block machine code is compiled, not found in the cache."""
    with TemporaryDirectory() as folder, patch.dict(os.environ, MICROGRAD_CACHE=folder):
        yield


EVERY = (slots, cycles, division, sums, straight, agenda, passes, bound, calls, rolled, digest)
MEASURES = {f.__name__: f for f in EVERY}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in MEASURES:
        MEASURES[sys.argv[1]]()
    else:
        sys.exit(f"usage: python docs/decisions/measure.py {'|'.join(MEASURES)}")
