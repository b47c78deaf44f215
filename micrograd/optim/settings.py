"""The settings of optimizers and schedules: which numbers each may be.

Rule: what PyTorch refuses is refused, and when it is made; a number that is nan fits nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real

from micrograd.optim import messages
from micrograd.support.arguments import require_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NOT_NEGATIVE = {"lr", "momentum", "weight_decay", "eps", "alpha", "lr_decay"}
NOT_NEGATIVE |= {"initial_accumulator_value"}


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raise for an optimizer's setting out of its range: ValueError, or TypeError for no number."""
    for name, x in settings.items():
        if name == "betas":
            check_betas(x)
        elif name in NOT_NEGATIVE and not callable(x):
            require_numbers(**{name: x})


def check_betas(betas: Any) -> None:
    """Raise ValueError unless these are two numbers in [0, 1), TypeError if they are no pair."""
    if not isinstance(betas, tuple | list) or not all(isinstance(x, Real) for x in betas):
        raise TypeError(messages.not_betas(betas))
    if len(betas) != 2 or not all(0.0 <= x < 1.0 for x in betas):
        raise ValueError(messages.not_betas(betas))
