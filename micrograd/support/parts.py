"""Parts: functions that a large program traces once for arguments of one shape.

Rule: outside of such a program a part is simply called; whoever records one sets `call_of_part`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from types import FunctionType

from micrograd.support.arguments import require_function

TYPE_CHECKING = False  # a type checker reads it as True; importing `typing` takes milliseconds
if TYPE_CHECKING:
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])
    CallOfPart = Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]

call_of_part: ContextVar[CallOfPart | None] = ContextVar("call_of_part", default=None)


def part(f: F) -> F:
    """Return `f`, which a large program traces once for arguments of one shape.

    For code that has functions and no modules: what a decorated function does becomes one loop over
    its calls, as with the calls of a module. It must be a function of its arguments: one that reads
    another Value, or does more than return numbers, is traced at each call. Outside of a large
    program it is simply called. Raises TypeError for something that is no function.

    >>> from micrograd import Value, part
    >>> @part
    ... def neuron(weights, bias, x):
    ...     return sum((w * xi for w, xi in zip(weights, x)), bias).tanh()
    >>> neuron([Value(1.0), Value(-1.0)], Value(0.0), [2.0, 2.0])
    Value(data=0.0, grad=0.0)
    """
    require_function("part", f)

    @functools.wraps(f)
    def call(*args: Any, **named: Any) -> Any:
        recorded = call_of_part.get()
        return f(*args, **named) if recorded is None else recorded(f, args, named)

    call.is_part = True  # type: ignore[attr-defined]
    return call  # type: ignore[return-value]


def is_part(x: object) -> bool:
    """Return whether `x` is a function that `part` returned."""
    return isinstance(x, FunctionType) and "is_part" in vars(x)
