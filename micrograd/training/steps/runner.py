"""Running a compiled step: parameters go into an array, machine code takes steps, they come back.

Rule: within the block of a StepRunner the array holds the parameters; outside it the Values do.
"""

from __future__ import annotations

import ctypes
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd.compiler import Frame
from micrograd.optim import Optimizer
from micrograd.support.arguments import whole_number
from micrograd.training import messages
from micrograd.training.steps.memory import Word
from micrograd.training.steps.minibatches import MinibatchSampler, Orders
from micrograd.training.steps.optimizer_lock import OptimizerLock
from micrograd.training.steps.parameter_numbers import ParameterNumbers, read_numbers
from micrograd.training.steps.step_numbers import PLAIN, compute

if TYPE_CHECKING:
    from micrograd.training.steps.compiled_step import CompiledStep

MAX_STEPS_PER_CALL = 2**14
MAX_INSTRUCTIONS_PER_CALL = 200_000_000  # Ctrl-C waits until a call has ended
MAX_STEPS_PREPARED = 2**10  # where each step is a call of its own
MAX_FLOATS_PREPARED = 2**20

# the words of the arrays that prepared steps read and write
OF_STEPS = (Word.ROWS, Word.TARGETS, Word.ORDER, Word.RATES, Word.LOSSES)

C_TYPES: dict[str, Any] = {"float64": ctypes.c_double, "float32": ctypes.c_float}


class StepRunner:
    """Steps over the same data: a block, and within it each call takes one step.

    A call returns the loss before the step. The Values are read when the block begins, and written
    when it ends, however it ends. Outside the block no step can be taken. `specialise` returns the
    step compiled for the state of now and what a sampler serves. With `idle`, the order of
    minibatches goes on from the number of steps that the optimizer has taken.
    """

    is_atomic = False  # the machine code does not notice an exception

    def __init__(
        self,
        specialise: Callable[[MinibatchSampler], CompiledStep],
        optimizer: Optimizer,
        sampler: MinibatchSampler,
        idle: Orders | None,
    ) -> None:
        self.specialise, self.optimizer, self.sampler = specialise, optimizer, sampler
        self.idle = idle  # orders of minibatches to go on with; None for an order of its own
        self.lock = OptimizerLock.of(optimizer)
        self.set_up(specialise(sampler))
        self.token = object()  # which stands for this runner
        self.call: Callable[[], object] | None = None  # the machine code, within the block
        self.first = 0  # steps that the optimizer had taken when the block began
        self.prepared = 0  # steps whose minibatches are bound and which are not taken yet
        self.lr: float | Callable[[int], float] | None = None  # of the prepared steps
        self.returned = False  # whether the caller's code ran between two steps of the block

    def set_up(self, compiled: CompiledStep) -> None:
        """Allocate what the machine code of `compiled` works on."""
        self.is_set_up = False
        self.compiled, sampler = compiled, self.sampler
        sampler.random_per_example = compiled.programs.random_per_example
        self.threads = min(compiled.threads, sampler.examples_per_step)
        self.signal = np.zeros(1, np.int64)  # counts the threads that have reached a barrier
        self.memories = compiled.allocate(self.threads)
        self.parts = compiled.layout.parts(self.threads)
        self.frames = [self.build_frame(thread) for thread in range(self.threads)]
        self.pointers = [frame.pointer for frame in self.frames]
        self.words = self.frames[0].words
        self.rates = np.empty((0, 0), compiled.dtype)  # of prepared steps, a row for each
        self.loss = C_TYPES[compiled.dtype].from_buffer(compiled.array.section("loss"))
        self.is_set_up = True

    def build_frame(self, thread: int) -> Frame:
        """Return the frame of one thread, which has a part of the examples."""
        frame = Frame(np.zeros(Word.NUMBER, np.int64))
        frame.bind(Word.MEMORY, self.memories[thread])
        frame.bind(Word.SIGNAL, self.signal)
        frame.bind(Word.LEADER, self.memories[0])
        frame.bind(Word.PEERS, self.list_peers(thread))
        examples = self.sampler.examples_per_step
        start, stop = (examples * i // self.threads for i in (thread, thread + 1))
        frame.words[Word.FIRST], frame.words[Word.COUNT] = start, stop - start
        frame.words[Word.STRIDE] = self.sampler.order_stride
        frame.words[Word.LEADS] = 1 if thread == 0 else 0
        frame.words[Word.THREADS] = self.threads
        part = self.parts[thread]
        frame.words[Word.START], frame.words[Word.SIZE] = part.start, part.stop - part.start
        frame.bind(Word.PART, self.memories[thread][part.start :])
        return frame

    def list_peers(self, thread: int) -> np.ndarray:
        """Return the words about each thread, from this one on (see `Peer`)."""
        rows = [
            (memory.ctypes.data, part.start, part.stop - part.start)
            for memory, part in zip(self.memories, self.parts)
        ]
        return np.array(rows[thread:] + rows[:thread], np.int64)

    def machine_call(self, call: Callable[..., object]) -> Callable[[], object]:
        """Return a function that runs the machine code, in all threads at the same time."""
        if self.threads == 1:
            return partial(call, *self.pointers)
        return partial(run_threads, call, self.pointers)

    # ------------------------------------------------------------------------------ the block

    def __enter__(self) -> StepRunner:
        compiled = self.specialise(self.sampler)
        code = compiled.machine.call  # compiles first, before the optimizer is locked
        held = self.lock.hold()
        try:
            next(held)
            self.begin(compiled)
            self.numbers.freeze(self.optimizer)
            call = self.machine_call(code)
        except BaseException:
            held.close()
            raise
        self.held, self.call = held, call
        return self

    def begin(self, compiled: CompiledStep) -> None:
        """Count the steps from here on, and load all numbers into the array."""
        self.begin_count(compiled)
        self.load()

    def begin_count(self, compiled: CompiledStep) -> None:
        self.call = None  # there is no step until all of this is done
        if compiled is not self.compiled or not self.is_set_up:
            self.set_up(compiled)
        self.first, self.prepared, self.lr = self.optimizer.steps, 0, None
        self.returned = False
        if self.idle is not None:
            self.sampler.go_to(self.first, self.idle)
        self.set_word(Word.DONE, 0)

    def load(self) -> None:
        self.optimizer.match_state()
        self.numbers = ParameterNumbers.of(self.optimizer)
        self.numbers.require_trainable(self.optimizer)
        self.load_parameters()
        self.compiled.array.user = self.token

    def __exit__(self, *_: object) -> None:
        try:
            self.end()
            if self.returned and self.steps_taken > self.first:
                self.warn_of_changes()
        except BaseException:
            self.end()  # once more: Ctrl-C may have come before it had ended
            raise
        finally:
            self.held.close()

    def end(self) -> None:
        """Let everybody have what was reached; to do so twice changes nothing.

        Parameters and state come before the count of steps, since steps that count have been taken.
        """
        self.put_back()
        if self.idle is not None:
            self.sampler.leave(self.idle)
        if self.steps_taken > self.first:
            self.store_parameters()
            self.optimizer.steps = self.steps_taken
        self.call = None

    def warn_of_changes(self) -> None:
        """Warn if what the step depends on changed within the block: its steps did not see it."""
        state = self.compiled.state
        if not state.is_current():
            change = next(state.changes(), None)
            if change is not None:
                warnings.warn(messages.changed_within_block(change.what), stacklevel=3)

    @property
    def steps_taken(self) -> int:
        """How many steps the optimizer has taken in all."""
        return self.first + int(self.words.item(Word.DONE))

    @property
    def steps_per_call(self) -> int:
        """How many steps one call of the machine code takes, so that Ctrl-C need not wait long."""
        work = self.sampler.examples_per_step * (len(self.compiled.programs.example) + 1)
        by_work = MAX_INSTRUCTIONS_PER_CALL // work
        by_memory = 4 * MAX_FLOATS_PREPARED // self.sampler.floats_per_step
        return max(1, min(MAX_STEPS_PER_CALL, by_work, by_memory))

    def __call__(self) -> float:
        """Take one step; return the loss before it."""
        if not self.prepared:
            self.prepare_many()
        lr = self.optimizer.lr
        if lr is not self.lr or callable(lr):
            first = len(self.rates) - self.prepared
            if callable(lr):
                self.set_rates(first, 1, lr(self.steps_taken))
            else:
                self.set_rates(first, self.prepared, lr)
            self.lr = lr
        self.prepared -= 1
        self.call()  # type: ignore[misc]  # prepare_many has seen that this is within the block
        loss: float = self.loss.value
        return loss

    def prepare_many(self) -> None:
        """Prepare steps that are called one by one. Their rate is set at each call."""
        count = self.most_prepared()
        self.prepare(np.empty(count, self.compiled.dtype), None, 1)
        self.prepared, self.lr, self.returned = count, None, True

    def most_prepared(self) -> int:
        """Return how many steps that are called one by one are prepared together."""
        most = MAX_FLOATS_PREPARED // self.sampler.floats_per_step
        return max(1, min(MAX_STEPS_PREPARED, most))

    def run(self, steps: int) -> np.ndarray:
        """Take `steps` steps, as many in one call as Ctrl-C may wait for; return their losses.

        A schedule is asked for the rates of all steps of a call before the call.
        """
        losses = np.zeros(whole_number(steps, "steps", 0), self.compiled.dtype)
        self.run_into(losses)
        return losses

    def run_into(self, losses: np.ndarray, rates: np.ndarray | None = None) -> None:
        """Take len(losses) steps; put the loss before each, and its learning rate, there.

        If it is interrupted, `steps_taken` says how many of them were taken.
        """
        done = 0
        self.returned = self.returned or self.steps_taken > self.first
        self.put_back()
        while done < len(losses):
            count = min(self.steps_per_call, len(losses) - done)
            lr, first = self.optimizer.lr, self.steps_taken
            now = [lr(first + i) for i in range(count)] if callable(lr) else lr
            self.prepare(losses[done : done + count], now, count)
            if rates is not None:
                rates[done : done + count] = now
            self.call()  # type: ignore[misc]  # prepare has seen that this is within the block
            done += count

    def prepare(self, losses: np.ndarray, rates: Any, steps_per_call: int) -> None:
        """Bind what the next len(losses) steps read and write. RuntimeError outside the block."""
        if self.call is None:
            raise RuntimeError(messages.not_bound())
        steps = len(losses)
        rows, targets, order = self.sampler.arrays_for(steps, self.steps_taken)
        self.number(steps)
        if rates is not None:
            self.set_rates(0, steps, rates)
        self.signal[0] = 0
        arrays = zip(OF_STEPS, (rows, targets, order, self.rates, losses))
        bound = [(word, array) for word, array in arrays if array is not None]
        for frame in self.frames:
            for word, array in bound:
                frame.bind(word, array)
            frame.words[Word.STEPS] = steps_per_call
            frame.words[Word.SINCE] = frame.words[Word.DONE]

    def number(self, steps: int) -> None:
        """Number the next steps, and make room for their rates.

        Arrays of the same size are used again, as each page of a new one has to be fetched first.
        """
        shape, first = (steps, len(self.compiled.programs.shared.outputs)), self.steps_taken + 1.0
        if self.rates.shape != shape:
            rates, numbers = np.empty(shape, self.compiled.dtype), np.arange(first, first + steps)
            self.rates, self.step_numbers = rates, numbers
        elif self.step_numbers[0] != first:
            self.step_numbers += first - self.step_numbers[0]

    def set_rates(self, first: int, count: int, lr: Any) -> None:
        """Set the numbers that all parameters share in prepared steps, from their rates."""
        rows, numbers = self.rates[first : first + count], self.step_numbers[first : first + count]
        shared = self.compiled.programs.shared
        if shared is PLAIN:
            rows[:, 0], rows[:, 1] = lr, numbers
        else:
            rates = np.broadcast_to(np.asarray(lr, float), count)
            rows[:] = compute(shared, rates, numbers)

    def put_back(self) -> None:
        """Give the minibatches of prepared steps back, so that they come next."""
        self.sampler.put_back(self.prepared)
        self.prepared = 0

    def set_word(self, word: int, number: int) -> None:
        for frame in self.frames:
            frame.words[word] = number

    # --------------------------------------------------------------- Values and the array

    def load_parameters(self) -> None:
        """Copy parameters and the optimizer's state into the memory of each thread."""
        compiled, numbers = self.compiled, self.numbers
        numbers.load(compiled.array)
        self.load_others()
        if compiled.programs.keeps_state:
            numbers.load_state(self.optimizer, compiled.array)
        for frame, memory in zip(self.frames, self.memories):
            if memory is not self.memories[0]:
                memory[:] = self.memories[0]
            share = frame.words[Word.COUNT] / self.sampler.examples_per_step
            compiled.layout.view(memory, "share")[:] = share

    def load_others(self) -> None:
        """Copy the parameters that the optimizer does not have into the first thread's memory."""
        others = self.compiled.programs.other_parameters
        if others:
            self.compiled.array.section("other")[:] = read_numbers(others)

    def store_parameters(self, is_live: bool = False) -> None:
        """Let Values and optimizer have the numbers in the array, and the gradients with them."""
        compiled, array = self.compiled, self.compiled.array
        self.collect_parts()
        if compiled.programs.keeps_state:
            self.numbers.store_state(self.optimizer, array)
        self.store_others()
        self.numbers.store(array, is_live)

    def store_others(self) -> None:
        """Let the Values that each step moves, such as running statistics, have their numbers."""
        programs = self.compiled.programs
        if programs.moved:
            moved = programs.other_parameters[: programs.moved]
            for value, number in zip(moved, self.compiled.array.section("other").tolist()):
                value.data = number

    def collect_parts(self) -> None:
        """Copy the gradients and the state that other threads have into the first one's memory."""
        if self.threads == 1:
            return
        layout, first = self.compiled.layout, self.memories[0]
        for name in ("grad", *layout.state_sections):
            section = layout.view(first, name)
            for memory, part in zip(self.memories[1:], self.parts[1:]):
                section[part] = layout.view(memory, name)[part]


def run_threads(call: Callable[[Any], object], arguments: Sequence[Any]) -> None:
    """Call call(x) for each x at the same time; return, or pass Ctrl-C on, when all have returned.

    Python raises Ctrl-C in the main thread alone. The threads wait for each other in machine code,
    so none of them may be missing: another thread starts and joins them. (An interrupted join()
    would not wait a second time.)
    """
    begun, done = threading.Event(), threading.Event()

    def start_and_join() -> None:
        begun.set()
        threads = [threading.Thread(target=call, args=(x,)) for x in arguments]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        done.set()

    try:
        threading.Thread(target=start_and_join).start()
        done.wait()
    except KeyboardInterrupt:
        while begun.wait(1.0) and not done.is_set():  # it may have come before there was a thread
            with suppress(KeyboardInterrupt):
                done.wait()
        raise
