"""The same training step three ways: in plain Python, in machine code, and by PyTorch.

Rule: all three begin with the numbers that the run has now, and see the same examples at once. Loss
and grads are compared with those of plain Python. Times are measured on this machine, now, in the
seconds of the thread that measures: whatever plays on meanwhile is no part of a step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from threading import Lock
from time import thread_time
from typing import Any

import numpy as np

from micrograd.export import arrays_of, to_torch
from micrograd.lab import messages
from micrograd.lab.datasets import Points
from micrograd.lab.experiment import OPTIMIZERS, Experiment
from micrograd.lab.json_numbers import exact, quietly
from micrograd.lab.run import Run
from micrograd.lab.trainer import Trainer, targets_for
from micrograd.support.extras import require

MOST_NODES = 200_000  # about, of the step in plain Python: some half a second
NODES_OF_A_PARAMETER = 2  # a product and a sum
LEAST_SECONDS = 0.05  # of measuring each of the fast ways
WAYS = 3

TORCH_LOSSES: dict[str, Callable[[Any, Any, Any], Any]] = {  # of torch, outputs and targets
    "hinge": lambda torch, scores, y: torch.relu(1.0 - y * scores).mean(),
    "mse": lambda torch, outputs, y: torch.nn.functional.mse_loss(outputs, y),
    "cross_entropy": lambda torch, scores, y: torch.nn.functional.cross_entropy(scores, y.long()),
    "binary_cross_entropy": lambda torch, scores, y: (
        torch.nn.functional.binary_cross_entropy_with_logits(scores, y)
    ),
}


@dataclass
class Result:
    """A way to take a step: the loss before it, its grads in arrays, and the seconds it takes."""

    name: str
    loss: float = float("nan")
    grads: dict[str, np.ndarray] = field(default_factory=dict)
    seconds: float | None = None
    missing: str = ""  # why it could not be measured

    def to_json(self, right: Result) -> dict[str, Any]:
        """Return a row of the page's table, with the largest difference of a grad from `right`."""
        return {
            "name": self.name,
            "loss": exact(self.loss),
            "difference": None if self is right else largest_difference(self.grads, right.grads),
            "seconds": self.seconds,
            "missing": self.missing or None,
        }


@dataclass
class Comparison:
    """A trainer for each way, the points that they see, and the results that there are already."""

    eager: Trainer
    compiled: Trainer
    torch: Trainer
    points: Points
    count: int  # of all points
    results: list[Result] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)  # one way is measured at a time

    def measure(self) -> dict[str, Any]:
        """Measure the next way; return {"rows", "sentences", "left"} of all that are measured.

        Plain Python is the first, so that a page can show it while the next one is compiled.
        """
        with self.lock:
            if self.left:
                self.results.append(self.next_result())
            return self.to_json()

    @property
    def left(self) -> int:
        return WAYS - len(self.results)

    @quietly
    def next_result(self) -> Result:
        if self.left == WAYS:
            return of_trainer(messages.EAGER, self.eager, self.points, is_eager=True)
        if self.left > 1:
            return of_trainer(messages.COMPILED, self.compiled, self.points)
        return of_torch(self.torch, self.points)

    def to_json(self) -> dict[str, Any]:
        rows = [result.to_json(self.results[0]) for result in self.results]
        times = [result.seconds for result in self.results]
        seen = len(self.points.X)
        sentences = [] if self.left else messages.comparison(times, seen, self.count)
        return {"rows": rows, "sentences": sentences, "left": self.left}


def comparison_of(run: Run) -> Comparison:
    """Return what is compared for a run: it begins with the numbers of now, without a mistake."""
    settings = run.experiment.replace(batch_size=None, mistake="")
    numbers = run.numbers.tolist()
    affordable = max(1, MOST_NODES // (NODES_OF_A_PARAMETER * len(numbers)))
    X, y = run.points.X[:affordable], run.points.y[:affordable]
    points = replace(run.points, X=X, y=y)
    eager, compiled, torch = (trainer_of(settings, points, numbers) for _ in range(3))
    return Comparison(eager, compiled, torch, points, len(run.points.X))


def trainer_of(settings: Experiment, points: Points, numbers: Sequence[float]) -> Trainer:
    """Return a new trainer whose network has these numbers."""
    trainer = Trainer(settings, points)
    for p, number in zip(trainer.model.parameters(), numbers):
        p.data = number
    return trainer


def of_trainer(name: str, trainer: Trainer, points: Points, is_eager: bool = False) -> Result:
    """Return the result of our own steps; plain Python takes one alone, because it is slow."""
    step = trainer.eager_step() if is_eager else trainer.step
    losses = np.empty(1)
    with trainer.bound(points, 0, step) as block:
        began = thread_time()
        block.run_into(losses, np.empty(1))
        seconds = thread_time() - began
    grads = grads_in_arrays(trainer)
    if not is_eager:
        seconds = seconds_of(lambda count: take_compiled(trainer, points, count))
    return Result(name, float(losses[0]), grads, seconds)


def take_compiled(trainer: Trainer, points: Points, count: int) -> None:
    with trainer.bound(points, 0) as block:
        block.run_into(np.empty(count), np.empty(count))


def grads_in_arrays(trainer: Trainer) -> dict[str, np.ndarray]:
    """Return {name: the grads} in the arrays that the model has in other frameworks."""
    copy = deepcopy(trainer.model)
    for own, grad in zip(copy.parameters(), trainer.grads.tolist()):
        own.data = grad
    return arrays_of(copy)


def of_torch(trainer: Trainer, points: Points) -> Result:
    """Return the result of PyTorch, in double precision, with the same rule."""
    try:
        torch = require("torch", "torch")
    except ImportError as error:
        return Result(messages.TORCH, missing=str(error))
    module = to_torch(trainer.model, input=(len(points.columns),))
    kind, own = OPTIMIZERS[trainer.experiment.optimizer]
    optimizer = getattr(torch.optim, kind)(module.parameters(), lr=trainer.rate, **own)
    rows = torch.tensor(points.X, dtype=torch.float64)
    targets = torch.tensor(targets_for(trainer.experiment.loss, points.y))
    example_loss, l2 = TORCH_LOSSES[trainer.experiment.loss], trainer.experiment.l2

    def take() -> float:
        optimizer.zero_grad()
        squares = sum((p**2).sum() for p in module.parameters())
        loss = example_loss(torch, module(rows), targets) + l2 * squares
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    with one_thread(torch):
        first = take()
        grads = {name: p.grad.numpy().copy() for name, p in module.named_parameters()}
        seconds = seconds_of(lambda count: repeat(take, count))
    return Result(messages.TORCH, first, grads, seconds)


@contextmanager
def one_thread(torch: Any) -> Iterator[None]:
    """Let PyTorch compute in one thread, as the other ways do."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def repeat(take: Callable[[], object], count: int) -> None:
    for _ in range(count):
        take()


def seconds_of(take: Callable[[int], object]) -> float:
    """Return how long a step takes: blocks are doubled until one is long enough to be measured."""
    count = 1
    while True:
        began = thread_time()
        take(count)
        seconds = thread_time() - began
        if seconds >= LEAST_SECONDS:
            return seconds / count
        count *= 2


def largest_difference(
    grads: Mapping[str, np.ndarray], right: Mapping[str, np.ndarray]
) -> float | None:
    """Return the largest difference of a grad; None if there are no grads, or one is nan."""
    if not grads:
        return None
    differences = [np.abs(grads[name] - right[name]).max() for name in right]
    return exact(float(np.max(differences)))
