"""Running a compiled step: parameters go into an array, machine code takes steps, they come back.

Rule: within the block of a Run the array holds the parameters, outside it the Values do.
"""

import ctypes
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import product
from weakref import WeakKeyDictionary

import numpy as np

from micrograd.compiler import Frame
from micrograd.engine import read_data
from micrograd.support.arguments import whole_number
from micrograd.training import messages
from micrograd.training.steps.minibatches import Feed

AT_ONCE = 2**14  # steps between two looks at Ctrl-C
AHEAD = 2**10  # steps that are prepared together where each is a call
PLACES = 2**20  # numbers that are prepared together where each step is a call


class Word:
    """The words of the frame that a step is called with; DONE steps in all, the first at SINCE."""

    MEMORY, ROWS, TARGETS, ORDER, RATES, LOSSES, STEPS, COUNT, MOVE, DONE, SINCE = range(11)
    FIRST, LEADS, THREADS, SIGNAL, PEERS = range(11, 16)  # of several threads
    ALL = range(16)


class Run:
    """Steps over the same data: a block, and within it a call takes one step.

    It returns the loss before the step. What stands in Values when the block begins is read, and
    written when it ends, however it ends. Outside the block there are no steps.
    """

    def __init__(self, version, feed: Feed):
        self.version, self.optimizer, self.feed = version, version.optimizer, feed
        self.threads = min(version.step.threads, feed.examples)
        self.signal = np.zeros(1, np.int64)
        self.memories = version.memories(self.threads)
        self.peers = np.array([memory.ctypes.data for memory in self.memories])
        self.frames = [self.frame(i) for i in range(self.threads)]
        self.words = self.frames[0].words
        self.go: Callable | None = None  # set within the block
        self.loss = NUMBERS[version.dtype].from_buffer(version.section("loss", 1))
        self.first = 0  # steps that the optimizer had taken when the block began
        self.left, self.lr = 0, None  # steps that are prepared, and the rate for them

    def frame(self, thread: int) -> Frame:
        """The words for one thread, which has a part of the examples."""
        frame = Frame(np.zeros(len(Word.ALL), np.int64))
        frame.bind(Word.MEMORY, self.memories[thread])
        frame.bind(Word.SIGNAL, self.signal)
        frame.bind(Word.PEERS, self.peers)
        start, stop = (self.feed.examples * i // self.threads for i in (thread, thread + 1))
        frame.words[Word.FIRST], frame.words[Word.COUNT] = start, stop - start
        frame.words[Word.MOVE] = self.feed.moves
        frame.words[Word.LEADS], frame.words[Word.THREADS] = thread == 0, self.threads
        return frame

    def caller(self) -> Callable:
        """What makes the machine code run, at once for every thread."""
        pointers, call = [frame.pointer for frame in self.frames], self.version.machine.call
        return partial(call, *pointers) if self.threads == 1 else partial(together, call, pointers)

    # ----------------------------------------------------------------------------------- the block

    def __enter__(self) -> "Run":
        call = self.caller()  # compiled before anything is at work
        self.turn = Turn.of(self.optimizer)
        self.turn.take()
        try:
            self.first, self.left, self.lr = self.optimizer.steps, 0, None
            self.each(Word.DONE, 0)
            self.gather()
        except BaseException:
            self.turn.give()
            raise
        self.go = call
        return self

    def __exit__(self, *_) -> None:
        self.go = None
        try:
            self.put_back()
            if self.taken > self.first:
                self.optimizer.steps = self.taken
                self.scatter()
        finally:
            self.turn.give()

    @property
    def taken(self) -> int:
        """Steps that the optimizer has taken in all."""
        return self.first + int(self.words[Word.DONE])

    def __call__(self) -> float:
        """Take one step; the loss before it."""
        if not self.left:
            self.ahead()
        lr = self.optimizer.lr
        if lr is not self.lr or callable(lr):
            self.rates[-self.left :, 0] = lr(self.taken) if callable(lr) else lr
            self.lr = lr
        self.left -= 1
        self.go()
        return self.loss.value

    def ahead(self) -> None:
        """Prepare steps that are taken one by one; the rate is that of the moment."""
        count = max(1, min(AHEAD, PLACES // self.feed.numbers))
        self.prepare(np.empty(count, self.version.dtype), np.zeros(count), 1)
        self.left, self.lr = count, None

    def through(self, steps: int) -> np.ndarray:
        """Take so many, as many at once as a wait for Ctrl-C allows; the loss before each.

        A schedule is asked for the rates of all that are taken at once.
        """
        losses = np.zeros(whole_number(steps, "steps", 0), self.version.dtype)
        self.fill(losses)
        return losses

    def fill(self, losses: np.ndarray, used: np.ndarray | None = None) -> None:
        """Take as many steps as `losses` has places; put the loss before each there, and the rate
        in `used`.

        Also when it is interrupted: `taken` says how many of them there are.
        """
        done = 0
        self.put_back()
        while done < len(losses):
            now = min(self.at_once, len(losses) - done)
            lr, first = self.optimizer.lr, self.taken
            rates = [lr(first + i) for i in range(now)] if callable(lr) else lr
            self.prepare(losses[done : done + now], rates, now)
            if used is not None:
                used[done : done + now] = rates
            self.go()
            done += now

    @property
    def at_once(self) -> int:
        """Steps in one call: Ctrl-C should not wait longer than a moment."""
        work = self.feed.examples * (len(self.version.example) + 1)
        return max(1, min(AT_ONCE, 200_000_000 // work, 4 * PLACES // self.feed.numbers))

    def prepare(self, losses: np.ndarray, rates, at_once: int) -> None:
        """What the next steps read and write: rates, numbers of steps, examples, losses.

        RuntimeError outside the block.
        """
        if self.go is None:
            raise RuntimeError(messages.not_bound())
        steps = len(losses)
        rows, targets, order = self.feed.served(steps)
        self.rates = np.empty((steps, 2), self.version.dtype)
        self.rates[:, 0] = rates
        self.rates[:, 1] = self.taken + np.arange(1, steps + 1)
        self.signal[0] = 0
        arrays = {Word.ROWS: rows, Word.TARGETS: targets, Word.ORDER: order}
        arrays |= {Word.RATES: self.rates, Word.LOSSES: losses}
        for frame, (word, array) in product(self.frames, arrays.items()):
            if array is not None:
                frame.bind(word, array)
        self.each(Word.STEPS, at_once)
        self.each(Word.SINCE, self.words[Word.DONE])

    def put_back(self) -> None:
        """Examples that were drawn for steps that are not taken come next."""
        self.feed.put_back(self.left)
        self.left = 0

    def each(self, word: int, number: int) -> None:
        for frame in self.frames:
            frame.words[word] = number

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
            share = self.frames[i].words[Word.COUNT] / self.feed.examples
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


NUMBERS = {"float64": ctypes.c_double, "float32": ctypes.c_float}


class Turn:
    """Of the steps of one optimizer one is at work at a time; another thread waits for its turn."""

    def __init__(self):
        self.lock, self.owner = threading.Lock(), None

    @classmethod
    def of(cls, optimizer) -> "Turn":
        return TURNS.setdefault(optimizer, cls())

    def take(self) -> None:
        """Wait for it. RuntimeError if this very thread has it: it would wait for ever."""
        if self.owner == threading.get_ident():
            raise RuntimeError(messages.already_bound())
        self.lock.acquire()
        self.owner = threading.get_ident()

    def give(self) -> None:
        self.owner = None
        self.lock.release()


TURNS: WeakKeyDictionary = WeakKeyDictionary()  # of each optimizer


def together(call: Callable, arguments: list) -> None:
    """call(x) for each at the same time; returns, or passes Ctrl-C on, when all have returned.

    Ctrl-C comes to the main thread alone: the threads, which wait for each other, are started and
    awaited by another one. (A join() that was interrupted would not wait a second time.)
    """
    begun, done = threading.Event(), threading.Event()

    def all_of_them():
        begun.set()
        threads = [threading.Thread(target=call, args=(x,)) for x in arguments]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        done.set()

    try:
        threading.Thread(target=all_of_them).start()
        done.wait()
    except KeyboardInterrupt:
        while begun.wait(1.0) and not done.is_set():  # it may have come before there was a thread
            with suppress(KeyboardInterrupt):
                done.wait()
        raise
