"""Snapshots of a run: everything that its next step depends on.

Rule: parameters are in the optimizer's order, and so are the columns of the optimizer's state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from micrograd import errors
from micrograd.engine import Value
from micrograd.nn import Module, parameter_groups
from micrograd.optim import Optimizer
from micrograd.support.nest import leaves
from micrograd.training import messages

if TYPE_CHECKING:
    import numpy as np


def no_numbers() -> np.ndarray:
    import numpy as np  # here, so that a run without NumPy can import this file

    return np.zeros(0)


@dataclass(frozen=True)
class Snapshot:
    """The state of a run after `step` steps.

    `optimizer_steps` is how many steps the optimizer has taken in all. `state` has a row for each
    number that the optimizer keeps about a parameter, and a column for each parameter. `buffers`
    are the numbers of the model that training moves without an optimizer: see `buffers_of`.
    """

    step: int
    optimizer_steps: int
    parameters: np.ndarray
    state: np.ndarray
    buffers: np.ndarray = field(default_factory=no_numbers)

    @classmethod
    def of(cls, optimizer: Optimizer, step: int, buffers: Sequence[Value]) -> Snapshot:
        """Return the snapshot of a run whose model and optimizer are as they are now."""
        from micrograd.training.steps.parameter_numbers import parameters_and_state

        parameters, state = parameters_and_state(optimizer)
        return cls(step, optimizer.steps, parameters, state, numbers_of(buffers))

    def restore(self, optimizer: Optimizer, buffers: Sequence[Value]) -> None:
        """Set the parameters, the buffers and the optimizer's state.

        Raises ShapeError if they are those of another model or optimizer.
        """
        optimizer.match_state()
        there = (len(self.parameters), len(self.state), len(self.buffers))
        here = (len(optimizer.parameters), len(optimizer.start), len(buffers))
        if there != here:
            raise errors.ShapeError(messages.snapshot_of_another_model(here[0], there[0]))
        set_numbers(optimizer.parameters, self.parameters)
        set_numbers(buffers, self.buffers)
        optimizer.state = [tuple(column) for column in self.state.T.tolist()]
        optimizer.steps = self.optimizer_steps

    @property
    def is_finite(self) -> bool:
        """Whether no parameter is nan or inf."""
        import numpy as np

        return bool(np.isfinite(self.parameters).all())


def buffers_of(model: Module) -> list[Value]:
    """Return the Values of the model's state that are no parameters, in its order.

    They are those with `requires_grad=False`, such as the running statistics of a BatchNorm1d.
    """
    values = leaves([group for _, group in parameter_groups(model)])
    return [value for value in dict.fromkeys(values) if not value.requires_grad]


def numbers_of(values: Sequence[Value]) -> np.ndarray:
    import numpy as np

    return np.array([value.data for value in values], float)


def set_numbers(values: Sequence[Value], numbers: np.ndarray) -> None:
    for value, number in zip(values, numbers.tolist()):
        value.data = number
