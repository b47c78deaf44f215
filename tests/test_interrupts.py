"""A Ctrl-C ends the work once, also if its exception is lost on the way.

Rule: Python code that C calls back, such as a weak reference's, loses every exception.
"""

import signal
import sys
import weakref
from contextlib import suppress

import pytest

import micrograd.cli.demo as demo
from micrograd import MLP, data, fit
from micrograd.cli import app
from micrograd.cli.exit_codes import INTERRUPTED
from micrograd.support.interrupts import CtrlC, Interrupts, ctrl_c_ends
from micrograd.training.loop import Training
from micrograd.training.progress_bar import ProgressBar
from tests.support.commands import CliRunner

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGINT for one process"
)


class Owner:
    """An object with a weak reference."""


def interrupt(*_: object) -> None:
    signal.raise_signal(signal.SIGINT)


def lose_an_interrupt() -> None:
    owner = Owner()
    reference = weakref.ref(owner, interrupt)
    del owner
    assert reference() is None


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """Let Python print no exception that is lost."""
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: None)


def train(**options):
    X, y = data.moons(20)
    return fit(MLP(2, [4, 1]), "hinge", X, y, steps=200, progress=False, **options)


def test_a_lost_interrupt_ends_the_training_that_begins_next():
    with CtrlC() as ctrl_c:
        lose_an_interrupt()
        assert ctrl_c.has_come
        first, second = train(), train()
    assert (first.stopped, first.done) == ("interrupted", 0)
    assert (second.stopped, second.done) == ("", 200)


def test_an_interrupt_that_is_lost_while_the_step_is_compiled_ends_the_training(monkeypatch):
    begin = Training.begin

    def interrupted(training):
        begin(training)
        lose_an_interrupt()

    monkeypatch.setattr(Training, "begin", interrupted)
    history = train()
    assert (history.stopped, history.done) == ("interrupted", 0)


def test_an_interrupt_waits_until_the_bar_has_begun(monkeypatch):
    begin = ProgressBar.__enter__

    def interrupted(bar):
        interrupt()
        return begin(bar)

    monkeypatch.setattr(ProgressBar, "__enter__", interrupted)
    history = train()
    assert (history.stopped, history.done) == ("interrupted", 0)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_what_became_of_an_interrupt_is_no_error_of_a_command(monkeypatch, error):
    def lose_and_fail(*_: object) -> None:
        lose_an_interrupt()
        raise error

    monkeypatch.setattr(demo, "train_on_points", lose_and_fail)
    result = CliRunner().invoke(app.app, ["demo"], prog_name="micrograd")
    assert (result.exit_code, result.stderr) == (INTERRUPTED, "")


def test_an_error_without_an_interrupt_stays_one(monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(demo, "train_on_points", fail)
    with pytest.raises(RuntimeError, match="a fault"):
        app.app(["demo"])


def test_a_block_begins_with_interrupts_held():
    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        interrupt()
        interrupts.release()


@pytest.mark.parametrize("fails", [False, True])
def test_a_block_ends_although_ctrl_c_was_caught_inside(fails):
    """A training catches it and returns, and what follows may fail for want of a loss."""
    with pytest.raises(KeyboardInterrupt), ctrl_c_ends():
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        if fails:
            raise IndexError
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_block_without_ctrl_c_raises_what_is_raised_inside():
    with pytest.raises(IndexError), ctrl_c_ends():
        raise IndexError
