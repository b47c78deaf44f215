"""Training steps in plain Python, which are used as the compiled ones are.

Rule: this computes the same as `compile_step`, in the way one would write it by hand: the same
examples in the same order, with the same random numbers.
"""

from __future__ import annotations

from typing import Any

from micrograd.optim import clip_factor
from micrograd.support.arguments import not_one_number
from micrograd.support.randomness import use_generator
from micrograd.support.state_updates import collect_updates
from micrograd.training.steps.definition import StepDefinition
from micrograd.transforms import State

Batch = list[list[Any]]  # the arguments of the loss after the model, for each example


class EagerRunner:
    """A block that takes steps of an EagerStep."""

    steps_per_call = 1
    is_atomic = False

    def __init__(self, step: EagerStep, sampler: Any) -> None:
        self.step, self.sampler = step, sampler

    def __enter__(self) -> EagerRunner:
        self.sampler.random_per_example = self.step.draws_per_example(self.sampler)
        return self

    def __exit__(self, *_: object) -> None: ...

    def run_into(self, losses: Any, rates: Any) -> None:
        """Take len(losses) steps; put the loss before each, and its learning rate, there."""
        optimizer = self.step.optimizer
        for i in range(len(losses)):
            lr = optimizer.lr
            rates[i] = lr(optimizer.steps) if callable(lr) else lr
            losses[i] = self.step.backward(*self.next_batch())
            optimizer.step()

    def next_batch(self) -> tuple[Batch, list[list[float]]]:
        """Return (arguments of the loss, random numbers) for each example of the next step."""
        indices, numbers = self.sampler.next(1, self.step.optimizer.steps)
        arrays = self.sampler.arrays
        if self.sampler.one_batch_per_step:
            return [[array[indices].tolist() for array in arrays]], numbers.tolist()
        batch = [[array[i].tolist() for array in arrays] for i in indices]
        return batch, numbers.tolist()


class EagerStep:
    """The uncompiled equivalent of what `compile_step` returns."""

    def __init__(self, definition: StepDefinition, per_example: bool) -> None:
        self.loss, self.model = definition.loss, definition.model
        self.optimizer, self.per_example = definition.optimizer, per_example
        self.penalty, self.clip = definition.penalty, definition.clip
        self.draws = 0  # of the loss, for one example in that state
        self.state: State | None = None

    def bound(
        self,
        X: Any,
        y: Any,
        batch_size: int,
        seed: int,
        first: int = 0,
        shuffle: bool = True,
    ) -> EagerRunner:
        """Return the block of steps over X and y whose first one is step number `first`."""
        one_batch = X is not None and not self.per_example
        order = (batch_size, seed, first, one_batch)
        sampler = self.sampler(X, y, *order, shuffle=shuffle)
        sampler.random_per_example = self.draws_per_example(sampler)
        return EagerRunner(self, sampler)

    def sampler(self, *arguments: Any, **options: Any) -> Any:
        """Return what serves the minibatches; the arguments are those of MinibatchSampler."""
        from micrograd.training.steps.minibatches import MinibatchSampler  # needs NumPy

        return MinibatchSampler(*arguments, **options)

    def draws_per_example(self, sampler: Any) -> int:
        """Return how many random numbers an example needs now: none after `model.eval()`."""
        if self.state is None or not self.state.is_current():
            one_batch = sampler.one_batch_per_step
            arrays = (sampler.rows, sampler.targets)
            first = self.sampler(*arrays, sampler.size, sampler.seed, 0, one_batch)
            self.draws = self.count_random_numbers(first)
            self.state = State(self.loss, self.model)
        return self.draws

    def count_random_numbers(self, sampler: Any) -> int:
        """Return how many random numbers the loss draws for one example."""
        count = 0

        def draw() -> float:
            nonlocal count
            count += 1
            return 0.5

        arguments, *_ = EagerRunner(self, sampler).next_batch()[0]
        with use_generator(draw), collect_updates():
            self.loss(self.model, *arguments)
        return count

    def backward(self, batch: Batch, random_numbers: list[list[float]]) -> float:
        """Set the gradients of the mean loss plus penalty, clipped; return their sum."""
        self.optimizer.zero_grad()
        total = 0.0
        for arguments, numbers in zip(batch, random_numbers):
            with use_generator(iter(numbers).__next__):
                loss = self.loss(self.model, *arguments)
            total += backward(loss, 1.0 / len(batch))
        if self.penalty is not None:
            total += backward(self.penalty(self.model), 1.0)
        if self.clip is not None:
            self.clip_gradients(self.clip)
        return total

    def clip_gradients(self, most: float) -> None:
        parameters = self.optimizer.parameters
        scale = clip_factor([p.grad for p in parameters], most)
        for p in parameters:
            p.grad *= scale


def backward(loss: Any, share: float) -> float:
    """Run backward from the loss times its share of the whole; return that product."""
    if not hasattr(loss, "backward"):
        raise TypeError(not_one_number("fit", loss))
    part = loss * share
    part.backward()
    product: float = part.data
    return product
