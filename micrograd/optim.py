"""Optimizers, which move parameters given their grads, and schedules of the learning rate.

Rule: `update`, one step of one parameter, is written with operators and ops alone, so that it runs
on floats and on traced numbers. Defaults and formulas are PyTorch's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial

from micrograd import errors
from micrograd.ops import cos, minimum, sqrt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Schedule = Callable[[Any], Any]  # from the number of steps done so far to the learning rate
    State = tuple[Any, ...]

__all__ = ["Adam", "AdamW", "Optimizer", "RMSprop", "SGD", "clip_factor", "cosine_decay"]
__all__ += ["linear_decay", "warm_up"]


class Optimizer:
    """The base of all optimizers: each call of `step()` moves every parameter.

    A parameter that is listed twice moves once. `lr` is a number, or a schedule: a function from
    the number of steps done so far to a number. Raises ValueError if there are no parameters.

    A subclass defines `start` and `update`:

    >>> from micrograd import Value
    >>> class SignDescent(Optimizer):
    ...     def update(self, p, grad, state, lr, t):
    ...         return p - lr * (1.0 if grad > 0.0 else -1.0), state
    >>> w = Value(2.0)
    >>> (w * w).backward()
    >>> SignDescent([w], lr=0.5).step()
    >>> w.data
    1.5
    """

    start: State = ()  # the state of a parameter before its first step

    def __init__(self, parameters: Iterable[Any], lr: float | Schedule):
        self.parameters = list(dict.fromkeys(parameters))
        if not self.parameters:
            raise ValueError(errors.nothing_to_train())
        self.lr = lr
        self.steps = 0
        self.state = [self.start] * len(self.parameters)

    def step(self) -> None:
        """Move every parameter once, by its grad."""
        lr = self.lr(self.steps) if callable(self.lr) else self.lr
        self.steps += 1
        for i, p in enumerate(self.parameters):
            p.data, self.state[i] = self.update(p.data, p.grad, self.state[i], lr, self.steps)

    def zero_grad(self) -> None:
        """Set every parameter's grad to 0, since `backward()` adds to it."""
        for p in self.parameters:
            p.grad = 0.0

    def update(
        self,
        p: Any,
        grad: Any,
        state: State,
        lr: Any,
        t: Any,
    ) -> tuple[Any, State]:
        """Return (the parameter, its state) after step number t = 1, 2, ..."""
        raise NotImplementedError


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum and weight decay, as `torch.optim.SGD`.

    With `nesterov` the momentum is Nesterov's. Raises ValueError for `nesterov` without momentum.

    >>> from micrograd import Value
    >>> w = Value(2.0)
    >>> optimizer = SGD([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w.data
    1.6
    """

    start = (0.0,)

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float | Schedule = 1e-3,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ):
        super().__init__(parameters, lr)
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.nesterov = nesterov
        if nesterov and not momentum:
            raise ValueError(errors.nesterov_without_momentum())

    def update(
        self,
        p: Any,
        grad: Any,
        state: State,
        lr: Any,
        t: Any,
    ) -> tuple[Any, State]:
        if self.weight_decay:
            grad = grad + self.weight_decay * p
        if not self.momentum:
            return p - lr * grad, state
        (velocity,) = state
        velocity = self.momentum * velocity + grad
        step = grad + self.momentum * velocity if self.nesterov else velocity
        return p - lr * step, (velocity,)


class Adam(Optimizer):
    """Adam (Kingma and Ba 2015, algorithm 1), as `torch.optim.Adam`: weight decay adds to the grad.

    >>> from micrograd import Value
    >>> w = Value(2.0)
    >>> optimizer = Adam([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 6)
    1.9
    """

    start = (0.0, 0.0)

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float | Schedule = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        super().__init__(parameters, lr)
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay

    def update(
        self,
        p: Any,
        grad: Any,
        state: State,
        lr: Any,
        t: Any,
    ) -> tuple[Any, State]:
        if self.weight_decay:
            grad = grad + self.weight_decay * p
        return self.adapt(p, grad, state, lr, t)

    def adapt(
        self,
        p: Any,
        grad: Any,
        state: State,
        lr: Any,
        t: Any,
    ) -> tuple[Any, State]:
        """Step along the mean of the grads, divided by the root of the mean of their squares."""
        mean, square = state
        beta1, beta2 = self.betas
        mean = mean + (grad - mean) * (1.0 - beta1)
        square = beta2 * square + (1.0 - beta2) * grad * grad
        denominator = sqrt(square) / sqrt(1.0 - beta2**t) + self.eps
        return p - lr / (1.0 - beta1**t) * mean / denominator, (mean, square)


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019), as `torch.optim.AdamW`.

    >>> from micrograd import Value
    >>> w = Value(2.0)
    >>> AdamW([w], lr=0.1, weight_decay=0.5).step()
    >>> w.data  # the grad is 0, so the weight only decays
    1.9
    """

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float | Schedule = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ):
        super().__init__(parameters, lr, betas, eps, weight_decay)

    def update(
        self,
        p: Any,
        grad: Any,
        state: State,
        lr: Any,
        t: Any,
    ) -> tuple[Any, State]:
        decayed = p * (1.0 - lr * self.weight_decay)
        return self.adapt(decayed, grad, state, lr, t)


class RMSprop(Optimizer):
    """RMSprop (Hinton 2012), as `torch.optim.RMSprop`.

    A step is the grad over the root of the mean of its squares.

    >>> from micrograd import Value
    >>> w = Value(2.0)
    >>> optimizer = RMSprop([w], lr=0.01)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 6)
    1.9
    """

    start = (0.0, 0.0)

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float | Schedule = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
    ):
        super().__init__(parameters, lr)
        self.alpha, self.eps = alpha, eps
        self.weight_decay, self.momentum = weight_decay, momentum

    def update(
        self,
        p: Any,
        grad: Any,
        state: State,
        lr: Any,
        t: Any,
    ) -> tuple[Any, State]:
        if self.weight_decay:
            grad = grad + self.weight_decay * p
        square, velocity = state
        square = self.alpha * square + (1.0 - self.alpha) * grad * grad
        step = grad / (sqrt(square) + self.eps)
        velocity = self.momentum * velocity + step if self.momentum else step
        return p - lr * velocity, (square, velocity)


def clip_factor(grads: Iterable[Any], most: float) -> Any:
    """Return the factor that brings the norm of all grads to at most `most`; 1 if it is already.

    Pascanu et al. 2013, algorithm 1; as in `torch.nn.utils.clip_grad_norm_`.

    >>> round(clip_factor([3.0, 4.0], most=1.0), 4), clip_factor([0.3, 0.4], most=1.0)
    (0.2, 1.0)
    """
    norm = sqrt(sum(grad * grad for grad in grads))
    return minimum(1.0, most / (norm + 1e-6))


# -------------------------------------- schedules: functions of the number of steps done so far
# Each is a `partial` of a function of this file, because a closure could not be pickled.


def linear_decay(start: float, end: float, steps: int) -> Schedule:
    """Return the schedule from `start` to `end` in a straight line over `steps` steps, then `end`.

    The lecture's demo is `linear_decay(1.0, 0.1, 100)`.

    >>> lr = linear_decay(1.0, 0.0, 10)
    >>> lr(0), lr(5), lr(20)
    (1.0, 0.5, 0.0)
    """
    return partial(linear_at, start, end, steps)


def linear_at(start: float, end: float, steps: int, step: Any) -> Any:
    return start + (end - start) * minimum(step, steps) / steps


def cosine_decay(start: float, end: float, steps: int) -> Schedule:
    """Return the schedule from `start` to `end` along half a cosine over `steps` steps, then `end`.

    Loshchilov and Hutter 2017.

    >>> lr = cosine_decay(1.0, 0.0, 10)
    >>> lr(0), round(lr(5), 4), lr(20)
    (1.0, 0.5, 0.0)
    """
    return partial(cosine_at, start, end, steps)


def cosine_at(start: float, end: float, steps: int, step: Any) -> Any:
    done = minimum(step, steps) / steps
    return end + (start - end) * 0.5 * (1.0 + cos(math.pi * done))


def warm_up(schedule: float | Schedule, steps: int) -> Schedule:
    """Return `schedule`, scaled from 1/steps up to 1 over the first `steps` steps.

    >>> lr = warm_up(0.1, steps=4)
    >>> lr(0), lr(3), lr(9)
    (0.025, 0.1, 0.1)
    """
    return partial(warm_up_at, schedule, steps)


def warm_up_at(schedule: float | Schedule, steps: int, step: Any) -> Any:
    rate = schedule(step) if callable(schedule) else schedule
    return rate * minimum((step + 1) / steps, 1.0)
