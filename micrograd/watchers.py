"""Watchers: what else happens when a Value is made or passes its grad on."""

from contextlib import contextmanager
from contextvars import ContextVar
from math import isfinite

from micrograd import errors
from micrograd.support import source_line

watchers: ContextVar[tuple] = ContextVar("watchers", default=())


class Watcher:
    """Is told of every leaf, of every Value that an op made, of every node that passed its grad on.

    Where `instead` returns something, that is the result of the op, and nothing is computed.
    `beside` is called with all watchers when there are others than before.
    """

    def began(self, leaf): ...

    def instead(self, op, inputs): ...

    def beside(self, active): ...

    def made(self, out, op, inputs): ...

    def passed(self, node): ...


@contextmanager
def watching(*more: Watcher, without: tuple = ()):
    """Within the block, in this thread or task alone, tell `more` watchers and not those kinds."""
    kept = (watcher for watcher in watchers.get() if not isinstance(watcher, without))
    token = watchers.set((*kept, *more))
    tell_all()
    try:
        yield
    finally:
        watchers.reset(token)
        tell_all()


def tell_all():
    for watcher in watchers.get():
        watcher.beside(watchers.get())


class Forget(Watcher):
    """Makes every result a leaf."""

    def made(self, out, op, inputs):
        out.inputs, out.op = (), None


class Anomaly(Watcher):
    """Raises at the first number that is not finite."""

    def made(self, out, op, inputs):
        out.made_at = source_line.user_line()
        self.check("the result", op, inputs, out.data, out.made_at)

    def passed(self, node):
        line = getattr(node, "made_at", "a line before detect_anomaly()")
        for x in node.inputs:
            self.check("a grad that comes out", node.op, node.inputs, x.grad, line)

    def check(self, what, op, inputs, number, line):
        if not isfinite(number):
            raise FloatingPointError(errors.anomaly(what, op.name, inputs, number, line))


def forgetting() -> bool:
    """Whether results are leaves now, as within `no_grad()`."""
    return any(isinstance(watcher, Forget) for watcher in watchers.get())


def no_grad():
    """Within `with no_grad():` (or below `@no_grad()`) results are leaves: no inputs are kept."""
    return watching(Forget())


def enable_grad():
    """Within the block inputs are kept, also inside `no_grad()`."""
    return watching(without=(Forget,))


def detect_anomaly():
    """Within the block the first nan or inf, in a result or a grad, is a FloatingPointError.

    It names the op, its inputs and the line that made it.
    """
    return watching(Anomaly())
