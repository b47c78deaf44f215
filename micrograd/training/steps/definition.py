"""A training step as the user wrote it, which each engine computes in its own way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from micrograd.optim import Optimizer
from micrograd.transforms import State

READ_AT_EACH_STEP = ("lr", "steps", "state", "owners")  # of an optimizer: inputs of the programs


@dataclass(frozen=True)
class StepDefinition:
    """A training step as the user wrote it."""

    loss: Callable[..., Any]
    model: Any
    optimizer: Optimizer
    penalty: Callable[[Any], Any] | None
    clip: float | None
    unroll: bool = False  # whether the loss is never a rolled program

    def state(self) -> State:
        """Return what the programs depend on: all settings of the optimizer but its rate."""
        roots = (self.loss, self.model, self.penalty, self.optimizer, self.optimizer.update)
        return State(*roots, settings=[(self.optimizer, READ_AT_EACH_STEP)])
