"""The interface of a training step, whichever engine computes it.

Rule: the steps in plain Python (with NumPy and without it), in machine code and on JAX differ in
how they compute, and in nothing that stands here. A type checker holds all four against these
protocols.
"""

from typing import Any, Protocol

import numpy as np


class Runner(Protocol):
    """A block that takes training steps, one after the other."""

    @property
    def steps_per_call(self) -> int:
        """How many steps run between two chances to react to Ctrl-C."""
        ...

    @property
    def is_atomic(self) -> bool:
        """Whether Ctrl-C must wait until a call has ended."""
        ...

    def __enter__(self) -> "Runner": ...

    def __exit__(self, *exception: object) -> None: ...

    def run_into(self, losses: np.ndarray, rates: np.ndarray) -> None:
        """Take len(losses) steps; put the loss before each, and its learning rate, there."""
        ...


class TrainingStep(Protocol):
    """One step of training, for any data."""

    def bound(
        self, X: Any, y: Any, batch_size: int, seed: int, first: int, shuffle: bool
    ) -> Runner:
        """Return the block of steps over X and y whose first one is step number `first`."""
        ...
