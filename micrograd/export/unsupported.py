"""The line of an op that a target cannot write.

Rule: the function runs once more to find it, and only where an export was refused.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from micrograd.compiler import Program, Trace, Tracer, expand
from micrograd.errors import TraceError
from micrograd.ops import Op
from micrograd.support.source_line import user_line
from micrograd.transforms import Recorder, State, record


def with_line(
    error: TraceError, run: Callable[[Recorder], Any], state: State, targets: Container[Op]
) -> TraceError:
    """Return the error that names the line too, if the op is applied outside of this package.

    `run(recorder)` is what was recorded.
    """
    try:
        with record(state) as recorder:
            recorder.trace = WatchfulTrace(recorder.capture, targets)
            run(recorder)
    except TraceError as found:
        return found
    return error


class WatchfulTrace(Trace):
    """A trace that raises TraceError at the first op that has no form in the targets."""

    def __init__(self, capture: Callable[[Any], Any], targets: Container[Op]) -> None:
        super().__init__(capture)
        self.targets, self.outside = targets, user_line()

    def append(self, op: Op | None, inputs: tuple[Any, ...]) -> Tracer:
        if op is not None and op not in self.targets:
            self.require_form(op)
        return super().append(op, inputs)

    def require_form(self, op: Op) -> None:
        places = range(len(op.partials))
        names = tuple([f"x{place}" for place in places])
        alone = Program(names, (op,), (tuple(places),), (len(places),))
        try:
            expand(alone, self.targets)
        except TraceError as error:
            line = user_line()
            is_inside = line != self.outside  # not that of the call which exports
            raise TraceError(f"at {line}\n{error}" if is_inside else str(error)) from error
