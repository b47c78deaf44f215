"""Steps of training in plain Python, to be used as the compiled ones are.

Rule: what `compile_step` computes, this computes as one would write it by hand, over the same
examples in the same order, with the same random numbers.
"""

import numpy as np

from micrograd import errors
from micrograd.optim import Optimizer, clip_factor
from micrograd.support.randomness import use_generator
from micrograd.training.steps.minibatches import Feed


class EagerRun:
    """A block in which `fill(losses, rates)` takes steps."""

    at_once = 1  # steps before Ctrl-C is looked at

    def __init__(self, step: "EagerStep", feed: Feed):
        self.step, self.feed = step, feed

    def __enter__(self) -> "EagerRun":
        return self

    def __exit__(self, *_) -> None: ...

    def fill(self, losses: np.ndarray, used: np.ndarray) -> None:
        """Take as many steps as `losses` has places; put loss and rate of each there."""
        optimizer = self.step.optimizer
        for i in range(len(losses)):
            lr = optimizer.lr
            used[i] = lr(optimizer.steps) if callable(lr) else lr
            losses[i] = self.step.backward(*self.batch())
            optimizer.step()

    def batch(self) -> tuple[list, list]:
        """(arguments of the loss, random numbers) of each example of the next step."""
        places, drawn = self.feed.next(1)
        arrays = [array for array in (self.feed.rows, self.feed.targets) if array is not None]
        if self.feed.whole:
            return [[array[places].tolist() for array in arrays]], drawn.tolist()
        return [[array[i].tolist() for array in arrays] for i in places], drawn.tolist()


class EagerStep:
    """What `compile_step` returns, uncompiled."""

    def __init__(self, loss, model, optimizer: Optimizer, penalty, clip, per_example: bool):
        self.loss, self.model, self.optimizer = loss, model, optimizer
        self.penalty, self.clip, self.per_example = penalty, clip, per_example
        self.draws: int | None = None

    def bound(self, X, y, batch_size, seed, first=0) -> EagerRun:
        whole = X is not None and not self.per_example
        feed = Feed(X, y, batch_size, seed, first, whole=whole)
        if self.draws is None:
            self.draws = self.count_draws(feed)
        feed = Feed(X, y, batch_size, seed, first, whole, self.draws)
        return EagerRun(self, feed)

    def count_draws(self, feed: Feed) -> int:
        """How many random numbers the loss of one example takes."""
        drawn: list = []
        arguments, _ = EagerRun(self, feed).batch()
        with use_generator(lambda: drawn.append(0.5) or 0.5):
            self.loss(self.model, *arguments[0])
        return len(drawn)

    def backward(self, batch: list, drawn: list) -> float:
        """The mean loss of the batch and the penalty; the grads are those of their sum, clipped."""
        self.optimizer.zero_grad()
        total = 0.0
        for arguments, numbers in zip(batch, drawn):
            with use_generator(iter(numbers).__next__):
                loss = self.loss(self.model, *arguments)
            total += backward(loss, 1.0 / len(batch))
        if self.penalty is not None:
            total += backward(self.penalty(self.model), 1.0)
        if self.clip is not None:
            self.clip_grads()
        return total

    def clip_grads(self) -> None:
        parameters = self.optimizer.parameters
        scale = clip_factor([p.grad for p in parameters], self.clip)
        for p in parameters:
            p.grad *= scale


def backward(loss, share: float) -> float:
    """Run backward from the loss times its share of the whole; the number of that."""
    if not hasattr(loss, "backward"):
        raise TypeError(errors.not_one_number("fit", loss))
    part = loss * share
    part.backward()
    return part.data
