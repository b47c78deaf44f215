"""Watchers: what else happens when a Value is made or passes its grad on."""

from contextlib import contextmanager
from contextvars import ContextVar
from math import isfinite

from micrograd import errors
from micrograd.support import source_line

watchers: ContextVar[tuple] = ContextVar("watchers", default=())


class Watcher:
    """Is told of every leaf, of every Value that an op made, of every node that passed its grad on.

    Where `intercept` returns something, that is the result of the op, and nothing is computed.
    `on_watchers_changed` receives the active watchers whenever one is added or removed.
    """

    def on_leaf(self, leaf): ...

    def intercept(self, op, inputs): ...

    def on_watchers_changed(self, active): ...

    def on_result(self, out, op, inputs): ...

    def on_backward(self, node): ...


@contextmanager
def watching(*more: Watcher, without: tuple = ()):
    """Within the block, in this thread or task alone, tell `more` watchers and not those kinds."""
    others = (watcher for watcher in watchers.get() if not isinstance(watcher, without))
    token = watchers.set((*others, *more))
    announce()
    try:
        yield
    finally:
        watchers.reset(token)
        announce()


def announce():
    for watcher in watchers.get():
        watcher.on_watchers_changed(watchers.get())


class NoGrad(Watcher):
    """Makes every result a leaf."""

    def on_result(self, out, op, inputs):
        out.inputs, out.op = (), None


class Anomaly(Watcher):
    """Raises at the first number that is not finite."""

    def on_result(self, out, op, inputs):
        out.made_at = source_line.user_line()
        self.check("the result", op, inputs, out.data, out.made_at)

    def on_backward(self, node):
        line = getattr(node, "made_at", "a line before detect_anomaly()")
        for x in node.inputs:
            self.check("a grad that comes out", node.op, node.inputs, x.grad, line)

    def check(self, what, op, inputs, number, line):
        if not isfinite(number):
            raise FloatingPointError(errors.anomaly(what, op.name, inputs, number, line))


def is_grad_enabled() -> bool:
    """Return whether results remember their inputs now, which they do not within `no_grad()`."""
    return not any(isinstance(watcher, NoGrad) for watcher in watchers.get())


def no_grad():
    """Within `with no_grad():` (or below `@no_grad()`) results are leaves: no inputs are kept."""
    return watching(NoGrad())


def enable_grad():
    """Within the block inputs are kept, also inside `no_grad()`."""
    return watching(without=(NoGrad,))


def detect_anomaly():
    """Within the block the first nan or inf, in a result or a grad, is a FloatingPointError.

    It names the op, its inputs and the line that made it.
    """
    return watching(Anomaly())
