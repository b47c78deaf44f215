"""The guard of an eager function that is differentiated: it leaves all Values as they are.

Rule: nothing is traced, so nothing notes what the function sets. The guard reads every Value that
the function can reach, before the call and after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from micrograd.engine import Value
from micrograd.transforms.copies import same
from micrograd.transforms.state import State


class ValueGuard:
    """Tells whether a call of `f` changed a Value that it can reach, and puts the number back."""

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f = f
        self.state: State | None = None

    def numbers(self, arguments: Sequence[Any]) -> list[tuple[Value, Any, Any]]:
        """Return the Values that the function can reach, with their data and grads."""
        models = [x for x in arguments if type(x) is not float and not isinstance(x, Value)]
        state = self.state
        if state is None or models or not state.is_current():
            state = self.state = State(self.f, *models)
        return [(x, x.data, x.grad) for x in state.values]

    @staticmethod
    def put_back(numbers: list[tuple[Value, Any, Any]]) -> bool:
        """Make all numbers as they were; return whether one was changed."""
        changed = [
            (x, data, grad)
            for x, data, grad in numbers
            if not (same(x.data, data) and same(x.grad, grad))
        ]
        for x, data, grad in changed:
            x.data, x.grad = data, grad
        return bool(changed)
