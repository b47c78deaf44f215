"""Clipping: grads that are made smaller before a training step, so that no step is too long.

Rule: `clip_factor` is written with operators and ops alone, and so can be compiled.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from micrograd import ieee
from micrograd.ops import minimum, sqrt
from micrograd.optim import messages
from micrograd.support.arguments import require_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def clip_factor(grads: Iterable[Any], most: float) -> Any:
    """Return the factor that brings the norm of all grads to at most `most`; 1 if it is already.

    Pascanu et al. 2013, algorithm 1; as in `torch.nn.utils.clip_grad_norm_`.

    >>> round(clip_factor([3.0, 4.0], most=1.0), 4), clip_factor([0.3, 0.4], most=1.0)
    (0.2, 1.0)
    """
    norm = sqrt(sum(grad * grad for grad in grads))
    return minimum(1.0, most / (norm + 1e-6))


def clip_grad_norm_(parameters: Any, max_norm: float) -> float:
    """Scale all grads so that their norm is at most `max_norm`; return the norm they had.

    As `torch.nn.utils.clip_grad_norm_`. In `fit` and `compile_step` the argument `clip` does it.
    Raises TypeError for what are no Values, ValueError for a norm below 0.

    >>> from micrograd import Value
    >>> w = Value(2.0)
    >>> (50.0 * w).backward()
    >>> clip_grad_norm_([w], max_norm=1.0), round(w.grad, 4)
    (50.0, 1.0)
    """
    require_numbers(max_norm=max_norm)
    values = values_of("clip_grad_norm_", parameters)
    grads = [p.grad for p in values]
    factor = clip_factor(grads, max_norm)
    for p in values:
        p.grad *= factor
    return math.sqrt(sum(grad * grad for grad in grads))


def clip_grad_value_(parameters: Any, clip_value: float) -> None:
    """Bring each grad into [-clip_value, clip_value], as `torch.nn.utils.clip_grad_value_`.

    Raises TypeError for what are no Values, ValueError for a number below 0.

    >>> from micrograd import Value
    >>> w = Value(2.0)
    >>> (-50.0 * w).backward()
    >>> clip_grad_value_([w], 0.5)
    >>> w.grad
    -0.5
    """
    require_numbers(clip_value=clip_value)
    for p in values_of("clip_grad_value_", parameters):
        p.grad = ieee.minimum(ieee.maximum(p.grad, -clip_value), clip_value)


def values_of(who: str, parameters: Any) -> list[Any]:
    """Return a list of Values, or one Value, as a list. Raises TypeError for anything else."""
    values = [parameters] if hasattr(parameters, "grad") else parameters
    values = list(values) if isinstance(values, Iterable) else [values]
    for p in values:
        if not hasattr(p, "grad"):
            raise TypeError(messages.no_grads(who, parameters))
    return values
