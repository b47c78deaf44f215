"""The state of an optimizer that is made when somebody looks.

Rule: an optimizer whose attributes include `state` has it. After a compiled step it has none, and
the first look at it makes one from the step's array.
"""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Rows = list[tuple[Any, ...]]

sources: WeakKeyDictionary[Any, Callable[[], Rows]] = WeakKeyDictionary()  # by the optimizer


class LateState:
    """The attribute `state` of a class of optimizers. An attribute of the optimizer hides it."""

    def __get__(self, optimizer: Any, owner: type | None = None) -> Any:
        return make_state(optimizer)


def make_state(optimizer: Any) -> Any:
    """Return the state of an optimizer, or of None, that has none among its attributes."""
    source = None if optimizer is None else sources.get(optimizer)
    if source is None:
        raise AttributeError("state")
    return vars(optimizer).setdefault("state", source())


def defer_state(optimizer: Any, source: Callable[[], Rows]) -> None:
    """Let source() be the state of the optimizer, when somebody looks.

    It is the state at once if the class of the optimizer has a `state` of its own.
    """
    owner = next(cls for cls in type(optimizer).__mro__ if "state" in vars(cls))
    if isinstance(vars(owner)["state"], LateState):
        sources[optimizer] = source
        vars(optimizer).pop("state", None)
    else:
        optimizer.state = source()


def deferred_state(optimizer: Any) -> Callable[[], Rows] | None:
    """Return the source of a state that nobody has looked at; None if the optimizer has one."""
    return None if "state" in vars(optimizer) else sources.get(optimizer)
