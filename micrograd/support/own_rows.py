"""Rows of the op table, told apart from those that users write, which may have the same names.

Rule: a row is this package's own if its functions are. Its name then says all about it.
"""

from __future__ import annotations

TYPE_CHECKING = False  # a type checker reads it as True; importing `typing` takes milliseconds
if TYPE_CHECKING:
    from typing import Any

OPS = "micrograd.ops"  # in which each of the rows has a function,
MODULES = {OPS, "micrograd.ieee", "math", "_operator"}  # and the others


def is_own_row(op: Any) -> bool:
    """Return whether a row is one of micrograd/ops.py, and none that has its name or its family.

    >>> from micrograd.ops import Op, relu, tanh
    >>> is_own_row(tanh), is_own_row(Op("tanh", "tanh", tanh.forward, (lambda x, out: 1.0,)))
    (True, False)
    """
    modules = {module_of(f) for f in (op.forward, *op.partials) if f}
    return OPS in modules and modules <= MODULES


def has_own_forward(op: Any) -> bool:
    """Return whether a row computes what one of ours does, whatever its partials are."""
    return module_of(op.forward) in MODULES


def module_of(f: Any) -> str:
    return getattr(f, "__module__", None) or ""
