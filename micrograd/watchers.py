"""Watchers: what else happens when a Value is made or passes its grad on."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from micrograd import errors
from micrograd.graph import topological_order
from micrograd.support import source_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import _GeneratorContextManager
    from typing import Any, TypeAlias

    Block: TypeAlias = _GeneratorContextManager[None]  # for a `with`, or as a decorator

# the functions of `math` through which a gradient is lost; the others test or round
READERS = set(vars(math)) - {"isnan", "isinf", "isfinite", "isclose", "floor", "ceil", "trunc"}

watchers: ContextVar[tuple[Watcher, ...]] = ContextVar("watchers", default=())


# what the transforms at work, such as grad, differentiate with respect to
transform_variables: ContextVar[frozenset[Any]] = ContextVar("variables", default=frozenset())


class Watcher:
    """An observer of Values. Each method is called where its name says; here they do nothing."""

    def on_leaf(self, leaf: Any) -> None:
        """A leaf was made."""

    def intercept(self, op: Any, inputs: tuple[Any, ...]) -> Any:
        """An op is to be computed. Return its result if nothing is to be computed, else None."""

    def on_result(self, out: Any, op: Any, inputs: tuple[Any, ...]) -> None:
        """An op made `out`."""

    def on_backward(self, node: Any) -> None:
        """A node passed its grad on to its inputs."""

    def on_watchers_changed(self, active: tuple[Watcher, ...]) -> None:
        """A watcher was added or removed: `active` are all that watch now."""


@contextmanager
def watching(*more: Watcher, without: tuple[type[Watcher], ...] = ()) -> Iterator[None]:
    """Within the block, add `more` watchers and silence those of the classes `without`.

    This holds for this thread or task alone.
    """
    others = [watcher for watcher in watchers.get() if not isinstance(watcher, without)]
    token = watchers.set((*others, *more))
    announce()
    try:
        yield
    finally:
        watchers.reset(token)
        announce()


def announce() -> None:
    for watcher in watchers.get():
        watcher.on_watchers_changed(watchers.get())


class NoGrad(Watcher):
    """Turns every result into a leaf."""

    def on_result(self, out: Any, op: Any, inputs: tuple[Any, ...]) -> None:
        out.inputs, out.op = (), None


class Anomaly(Watcher):
    """Raises at the first number that is not finite."""

    def on_result(self, out: Any, op: Any, inputs: tuple[Any, ...]) -> None:
        out.made_at = source_line.user_line()
        self.check("The result", op, inputs, out.data, out.made_at)

    def on_backward(self, node: Any) -> None:
        line = getattr(node, "made_at", "a line before detect_anomaly()")
        for x in node.inputs:
            self.check("A grad that comes out", node.op, node.inputs, x.grad, line)

    def check(self, what: str, op: Any, inputs: tuple[Any, ...], number: float, line: str) -> None:
        if not math.isfinite(number):
            raise FloatingPointError(errors.anomaly(what, op.name, inputs, number, line))


def is_grad_enabled() -> bool:
    """Return whether results remember their inputs now, which they do not within `no_grad()`."""
    return not any(isinstance(watcher, NoGrad) for watcher in watchers.get())


def warn_of_reading(value: Any) -> None:
    """Warn if a caller of float(value) is likely to lose a gradient.

    That is whoever reads a number that is computed from a variable of a transform and, outside of
    transforms, a function of `math` that reads a result. Within no_grad() nothing is lost.
    """
    variables = transform_variables.get()
    is_lost = variables and not variables.isdisjoint(topological_order(value))
    if not variables and value.op:
        is_lost = source_line.called_function(2) in READERS
    if is_lost and is_grad_enabled():
        warnings.warn(errors.gradient_lost(), errors.GradientWarning, stacklevel=3)


def no_grad() -> Block:
    """Make results leaves within `with no_grad():`, or in a function below `@no_grad()`.

    >>> from micrograd import Value
    >>> x = Value(2.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.inputs
    ()
    """
    return watching(NoGrad())


def enable_grad() -> Block:
    """Make results remember their inputs within the block, also inside `no_grad()`.

    >>> from micrograd import Value
    >>> x = Value(2.0)
    >>> with no_grad(), enable_grad():
    ...     y = x * x
    >>> len(y.inputs)
    2
    """
    return watching(without=(NoGrad,))


def detect_anomaly() -> Block:
    """Raise FloatingPointError at the first nan or inf, in a result or a grad, within the block.

    The message names the op, its inputs and the line that made it.

    >>> from micrograd import Value
    >>> with detect_anomaly():
    ...     Value(0.0).log()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    FloatingPointError: The result of log is -inf, where its inputs are data=0.0. Made at ...
    """
    return watching(Anomaly())
