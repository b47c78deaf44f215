"""An interrupt at each point of a call of a compiled step.

Rule: whenever it comes, all numbers are those after as many steps as the optimizer has counted, and
the next call goes on from there. A trace function raises the interrupt, at one call or line of what
runs between the user's code and the machine code. Left out are the lines `with ...` and `try`, at
which Python raises no interrupt, and generators, which lose one while they are freed.
"""

import random
import sys
from itertools import count
from linecache import getline
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from micrograd import MLP, compile_step
from micrograd.optim import Adam, late_state
from micrograd.training import steps
from micrograd.training.steps.parameter_numbers import NUMBERS

X, Y = np.linspace(-1.0, 1.0, 12).reshape(6, 2), np.array([1.0, -1.0, 0.5, 0.0, 2.0, -0.5])
FILES = (str(Path(steps.__file__).parent), late_state.__file__)
GENERATORS = ("hold", "<genexpr>")


class Interrupted(BaseException):
    pass


class Interrupter:
    """A trace function that raises Interrupted at one of the events that it counts."""

    def __init__(self, event):
        self.left = event

    def __call__(self, frame, event, argument):
        code = frame.f_code
        if not code.co_filename.startswith(FILES) or code.co_name in GENERATORS:
            return None
        line = getline(code.co_filename, frame.f_lineno)
        if event in ("call", "line") and not line.lstrip().startswith(("with ", "try:")):
            self.left -= 1
            if not self.left:
                raise Interrupted
        return self


class Training:
    """A step over points, and what it reaches if nobody interrupts it."""

    def __init__(self):
        random.seed(5)
        model = MLP(2, [3, 1], activation="tanh")
        self.optimizer = Adam(model.parameters(), lr=0.05)
        self.setting = [0]  # the loss reads it, so that two programs take turns
        self.step = compile_step(self.loss, model, self.optimizer)
        self.one_of_two()
        self.run_of_two()

    def loss(self, model, x, y):
        difference = model(x) - y
        return difference**2 if self.setting[0] else difference * difference

    def numbers(self):
        ps = self.optimizer.parameters
        rows = [list(row) for row in self.optimizer.state]
        return [p.data for p in ps], [p.grad for p in ps], rows

    def link(self):
        """Take two steps: after the first, the numbers are copied."""
        NUMBERS.pop(self.optimizer, None)
        self.step(X, Y)
        self.step(X, Y)

    def one(self):
        self.step(X, Y)

    def run(self):
        self.step.run(X, Y, steps=3)

    def one_of_two(self):
        self.setting[0] = 1 - self.setting[0]
        self.one()

    def run_of_two(self):
        self.setting[0] = 1 - self.setting[0]
        self.run()

    def block(self):
        with self.step.bound(X, Y) as take:
            take.run(2)
            take()


def interrupt(work, event):
    """Run work(), interrupted at that event; return whether there was one."""
    before = sys.gettrace()
    sys.settrace(Interrupter(event))
    try:
        work()
    except Interrupted:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.fixture(scope="module")
def reached():
    """Return a function that says what a run without interrupts has reached after some steps."""
    training, history = Training(), {}

    def after(steps):
        while steps not in history:
            history[training.optimizer.steps] = training.numbers()
            training.one()
        return history[steps]

    return after


@pytest.mark.parametrize("goes_on", [False, True], ids=["then a look", "then a step"])
@pytest.mark.parametrize("is_linked", [False, True], ids=["copied", "linked"])
@pytest.mark.parametrize("name", ["one", "run", "block", "one_of_two", "run_of_two"])
def test_parameters_and_count_of_steps_agree(name, is_linked, goes_on, reached):
    training = Training()
    for event in count(1):
        if is_linked:
            training.link()
        is_interrupted = interrupt(getattr(training, name), event)
        if goes_on:
            training.one()
        assert training.numbers() == reached(training.optimizer.steps), event
        if not is_interrupted:
            break
    assert event > 40
    assert_other_threads_can_look(training)


def assert_other_threads_can_look(training):
    """No lock is held: a thread that reads linked Values ends."""
    training.link()
    thread = Thread(target=training.numbers, daemon=True)
    thread.start()
    thread.join(timeout=60.0)
    assert not thread.is_alive()
