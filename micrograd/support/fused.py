"""A dot product as one operation, where the code that runs a model has one.

Rule: a layer asks `fused_dot`; whoever records a program sets it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

TYPE_CHECKING = False  # a type checker reads it as True; importing `typing` takes milliseconds
if TYPE_CHECKING:
    from typing import Any

    Dot = Callable[[Any, Any, Any], Any]  # of the factors, and the number to start from

fused_dot: ContextVar[Dot | None] = ContextVar("fused_dot", default=None)
