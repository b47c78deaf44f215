"""Running a compiled step: parameters go into an array, machine code takes steps, they come back.

Rule: within the block of a Run the array holds the parameters, outside it the Values do.
"""

import ctypes
import threading
from collections.abc import Callable, Iterator
from functools import partial
from numbers import Integral

import numpy as np

from micrograd import errors
from micrograd.compiler.build import Frame
from micrograd.engine import read_data

AT_ONCE = 2**14  # steps between two looks at Ctrl-C
AHEAD = 2**10  # steps that are prepared together where each is a call
PLACES = 2**20  # numbers of examples that are drawn together


class Word:
    """The words of the frame that a step is called with."""

    MEMORY, ROWS, TARGETS, ORDER, RATES, LOSSES, STEPS, COUNT, MOVE, DONE = range(10)
    FIRST, LEADS, THREADS, SIGNAL, PEERS = range(10, 15)  # of several threads
    ALL = range(15)


class Run:
    """Steps over the same data: a block, and within it a call takes one step.

    It returns the loss before the step. What stands in Values when the block begins is read, and
    written when it ends, however it ends. Outside the block there are no steps.
    """

    def __init__(self, version, rows, targets, size: int, order):
        self.version, self.optimizer = version, version.optimizer
        self.order, self.size = order, size
        self.threads = min(version.step.threads, size)
        self.everything = np.arange(size)
        self.signal = np.zeros(1, np.int64)
        self.memories = version.memories(self.threads)
        self.peers = np.array([memory.ctypes.data for memory in self.memories])
        self.frames = [self.frame(i, rows, targets) for i in range(self.threads)]
        self.words = self.frames[0].words
        self.go = outside
        self.loss = NUMBERS[version.dtype].from_buffer(version.section("loss", 1))
        self.first, self.left, self.lr = 0, 0, None

    def frame(self, thread: int, rows, targets) -> Frame:
        """The words for one thread, which has a part of the examples."""
        frame = Frame(np.zeros(len(Word.ALL), np.int64))
        arrays = {Word.MEMORY: self.memories[thread], Word.ROWS: rows, Word.TARGETS: targets}
        for word, array in {**arrays, Word.SIGNAL: self.signal, Word.PEERS: self.peers}.items():
            if array is not None:
                frame.bind(word, array)
        start, stop = (self.size * i // self.threads for i in (thread, thread + 1))
        frame.words[Word.FIRST], frame.words[Word.COUNT] = start, stop - start
        frame.words[Word.MOVE] = 0 if self.order is None else self.size
        frame.words[Word.LEADS], frame.words[Word.THREADS] = thread == 0, self.threads
        return frame

    def caller(self) -> Callable:
        """What makes the machine code run, at once for every thread."""
        pointers, call = [frame.pointer for frame in self.frames], self.version.machine.call
        return partial(call, *pointers) if self.threads == 1 else partial(together, call, pointers)

    # ----------------------------------------------------------------------------------- the block

    def __enter__(self) -> "Run":
        call = self.caller()  # compiled before anything is at work
        self.version.enter()
        self.go = call
        self.first, self.left, self.words[Word.DONE] = self.optimizer.steps, 0, 0
        self.gather()
        return self

    def __exit__(self, *_) -> None:
        self.go, self.left = outside, AHEAD  # a call outside the block gets no further than that
        try:
            self.optimizer.steps = self.taken
            self.scatter()
        finally:
            self.version.leave()

    @property
    def taken(self) -> int:
        """Steps that the optimizer has taken in all."""
        return self.first + int(self.words[Word.DONE])

    def __call__(self) -> float:
        """Take one step; the loss before it."""
        if not self.left or self.optimizer.lr is not self.lr:
            self.left = max(1, min(AHEAD, PLACES // self.size))
            self.prepare(np.empty(self.left, self.version.dtype), 1)
        self.left -= 1
        self.go()
        return self.loss.value

    def through(self, steps: int) -> np.ndarray:
        """Take so many, as many at once as a wait for Ctrl-C allows; the loss before each."""
        losses, done, self.left = np.zeros(steps, self.version.dtype), 0, 0
        while done < steps:
            now = min(self.at_once, steps - done)
            self.prepare(losses[done : done + now], now)
            self.go()
            done += now
        return losses

    @property
    def at_once(self) -> int:
        """Steps in one call: Ctrl-C should not wait longer than a moment."""
        work = self.size * (len(self.version.example) + 1)
        return max(1, min(AT_ONCE, 200_000_000 // work))

    def prepare(self, losses: np.ndarray, at_once: int) -> None:
        """What the next steps read and write: rates and examples, losses."""
        self.first, self.lr = self.taken, self.optimizer.lr
        self.signal[0], steps = 0, len(losses)
        order = self.everything if self.order is None else order_of(self.order, steps)
        rates = self.rates(steps)
        for frame in self.frames:
            frame.words[Word.DONE], frame.words[Word.STEPS] = 0, at_once
            frame.bind(Word.ORDER, order)
            frame.bind(Word.RATES, rates)
            frame.bind(Word.LOSSES, losses)

    def rates(self, steps: int) -> np.ndarray:
        """Learning rate and number of each step, as Optimizer.step() has them."""
        lr, first = self.lr, self.first
        rates = np.empty((steps, 2), self.version.dtype)
        rates[:, 0] = [lr(first + i) for i in range(steps)] if callable(lr) else lr
        rates[:, 1] = np.arange(first + 1, first + steps + 1)
        return rates

    # ------------------------------------------------------------------------- Values and the array

    def gather(self) -> None:
        """Read the Values and the optimizer's state."""
        version = self.version
        for name, values in (("p", version.parameters), ("frozen", version.frozen)):
            count = len(values)
            version.section(name, count)[:] = np.fromiter(map(read_data, values), float, count)
        if version.keeps_state:
            for i, column in enumerate(zip(*self.optimizer.state)):
                version.section(f"s{i}")[:] = column
        for i, memory in enumerate(self.memories):
            memory[:] = self.memories[0]
            share = self.frames[i].words[Word.COUNT] / self.size
            memory[version.sections["share"]] = share

    def scatter(self) -> None:
        """Write them."""
        version = self.version
        if version.keeps_state:
            states = range(len(self.optimizer.start))
            columns = [version.section(f"s{i}").tolist() for i in states]
            self.optimizer.state = list(zip(*columns))
        data, grads = version.section("p").tolist(), version.section("grad").tolist()
        for p, x, grad in zip(version.parameters, data, grads):
            p.data, p.grad = x, grad


def outside(*_):
    raise RuntimeError(errors.not_bound())


NUMBERS = {"float64": ctypes.c_double, "float32": ctypes.c_float}


def together(call: Callable, arguments: list) -> None:
    """call(x) for each at the same time; returns, or passes Ctrl-C on, when all have returned.

    Ctrl-C comes to the main thread alone: the threads, which wait for each other, are started and
    awaited by another one.
    """

    def all_of_them():
        threads = [threading.Thread(target=call, args=(x,)) for x in arguments]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    outside = threading.Thread(target=all_of_them)
    try:
        outside.start()
        outside.join()
    finally:
        if outside.ident:
            outside.join()


def batches(count: int, size: int, seed: int) -> Iterator[np.ndarray]:
    """Orders of `size` examples, without end: all in a random order, then in another."""
    generator = np.random.default_rng(seed)
    while True:
        order = generator.permutation(count)
        for start in range(0, count - size + 1, size):
            yield order[start : start + size]


def order_of(order: Iterator[np.ndarray], steps: int) -> np.ndarray:
    return np.concatenate([next(order) for _ in range(steps)]).astype(np.int64)


def natural(x, what: str, least: int) -> int:
    """`x`, if it is a whole number and not less than that. ValueError else."""
    if isinstance(x, bool) or not isinstance(x, Integral) or x < least:
        raise ValueError(errors.not_natural(what, least, x))
    return int(x)
