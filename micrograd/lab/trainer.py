"""The trainer of an experiment: its network, its optimizer and its step, as `fit` would build them.

Rule: with equal settings a trainer takes the steps of `fit`, to the same bits. A mistake is looked
up in its row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from micrograd import losses, optim
from micrograd.explaining import ALGORITHMS, acyclic_order, grads_of
from micrograd.lab.datasets import Points
from micrograd.lab.experiment import OPTIMIZERS, Experiment
from micrograd.lab.mistakes import MISTAKES, Mistake
from micrograd.nn import MLP, Identity
from micrograd.support.randomness import seeded
from micrograd.training import (
    EagerStep,
    Snapshot,
    StepDefinition,
    compile_step,
    grads_of_parameters,
    loss_of,
)
from micrograd.watchers import no_grad

RIGHT = Mistake("", "")


@dataclass(frozen=True)
class Penalty:
    """The L2 penalty of a network's parameters, as the argument `penalty` takes it."""

    alpha: float

    def __call__(self, model: Any) -> Any:
        return losses.l2_penalty(model.parameters(), self.alpha)


class AssigningStep(EagerStep):
    """A step whose backward writes = where += must stand, in plain Python.

    Every example uses each parameter, and the first one of a minibatch has its turn last. So what
    it contributes is left in the grads, and from the others only their losses are needed.
    """

    def backward(self, batch: Any, random_numbers: Any) -> float:
        """Set the grads that the mistake computes; return the mean loss plus penalty."""
        share = 1.0 / len(batch)
        first = self.loss(self.model, *batch[0]) * share
        grads = grads_of(acyclic_order(first), ALGORITHMS["assign"])
        for parameter in self.optimizer.parameters:
            parameter.grad = grads.get(parameter, 0.0)
        with no_grad():
            others = [self.loss(self.model, *example) * share for example in batch[1:]]
            penalty = self.penalty(self.model) if self.penalty else 0.0
            total = sum(others, first) + penalty
        return float(total.data)


class Trainer:
    """The network, the optimizer and the step of an experiment, for points of one kind."""

    def __init__(self, experiment: Experiment, points: Points) -> None:
        self.experiment = experiment
        self.mistake = MISTAKES.get(experiment.mistake, RIGHT)
        self.model = self.build_model(len(points.columns), points.outputs)
        self.optimizer = self.build_optimizer()
        penalty = Penalty(experiment.l2) if experiment.l2 else None
        loss = loss_of(experiment.loss)
        self.definition = StepDefinition(loss, self.model, self.optimizer, penalty, None, False)
        self.step: Any = AssigningStep(self.definition, True)
        if not self.mistake.assigns:
            self.step = compile_step(loss, self.model, self.optimizer, penalty)
        self.arrays: tuple[Any, ...] = (None, None, None)  # points, and their rows and targets
        self.first = self.snapshot(0)

    def build_model(self, inputs: int, outputs: int) -> MLP:
        """Return the network with its initial weights."""
        name = self.mistake.activation or self.experiment.activation
        activation = Identity() if name == "none" else name
        with seeded(self.experiment.seed):
            model = MLP(inputs, [*self.experiment.hidden, outputs], activation=activation)
        for path, parameter in model.named_parameters():
            parameter.label = path  # by which a message calls it
        if self.mistake.initialize:
            self.mistake.initialize(model)
        return model

    def build_optimizer(self) -> optim.Optimizer:
        kind, settings = OPTIMIZERS[self.experiment.optimizer]
        optimizer = getattr(optim, kind)(self.model.parameters(), lr=self.rate, **settings)
        return self.mistake.optimizer(optimizer) if self.mistake.optimizer else optimizer

    @property
    def rate(self) -> float:
        """The learning rate, with what a mistake makes of it."""
        return self.experiment.rate * self.mistake.rate

    def snapshot(self, step: int) -> Snapshot:
        """Return the snapshot of a run that has taken `step` steps."""
        return Snapshot.of(self.optimizer, step, [])

    def restore(self, snapshot: Snapshot) -> None:
        snapshot.restore(self.optimizer, [])

    def adopt(self, snapshot: Snapshot, before: Experiment) -> Snapshot:
        """Return the snapshot from which this trainer goes on after one with other settings.

        A mistake of the weights strikes here, and another rule begins with its own state.
        """
        mistake = MISTAKES.get(before.mistake, RIGHT)
        if not self.follows_rule_of(before):
            snapshot = replace(snapshot, optimizer_steps=0, state=self.first.state)
        self.restore(snapshot)
        if self.mistake.initialize and self.mistake is not mistake:
            self.mistake.initialize(self.model)
        return self.snapshot(snapshot.step)

    def follows_rule_of(self, before: Experiment) -> bool:
        """Return whether the optimizer goes on with the state of the one before."""
        mistake = MISTAKES.get(before.mistake, RIGHT)
        is_same = before.optimizer == self.experiment.optimizer
        return is_same and self.mistake.optimizer is mistake.optimizer

    @property
    def numbers(self) -> np.ndarray:
        """The parameters now, in the optimizer's order."""
        return self.snapshot(0).parameters

    @property
    def grads(self) -> np.ndarray:
        """The grads of the last step, as the optimizer's rule took them."""
        if self.mistake.sums_grads:
            return self.snapshot(0).state[0]
        return grads_of_parameters(self.optimizer)

    def bound(self, points: Points, first: int, step: Any = None) -> Any:
        """Return the block of steps over the points whose first one is step number `first`."""
        if self.arrays[0] is not points:
            rows = np.array(points.X, float)
            self.arrays = points, rows, targets_for(self.experiment.loss, points.y)
        _, rows, targets = self.arrays
        size = min(self.experiment.batch_size or len(rows), len(rows))
        seed = self.experiment.seed
        return (step or self.step).bound(rows, targets, size, seed, first, shuffle=True)

    def eager_step(self) -> EagerStep:
        """Return the same step in plain Python, which can say why a number is nan."""
        return EagerStep(self.definition, True)


def targets_for(loss: str, y: Sequence[float]) -> np.ndarray:
    """Return targets as the loss takes them: a probability for sides, if that is wanted.

    >>> targets_for("binary_cross_entropy", [-1.0, 1.0])
    array([0., 1.])
    """
    targets = np.array(y, float)
    return (targets + 1.0) / 2.0 if loss == "binary_cross_entropy" else targets
