"""Optimizers: how parameters move, given their grads. And schedules: how the learning rate does.

Rule: `update`, one step of one parameter, is written with operators and ops alone, on numbers or
whatever else has these. Defaults and rules are PyTorch's.
"""

import math
from collections.abc import Callable, Iterable
from functools import partial

from micrograd import errors
from micrograd.ops import cos, minimum, sqrt


class Optimizer:
    """Moves `parameters` (each once, also if listed twice) a step for each call of `step()`.

    `lr` is a number, or a schedule: a function from the number of steps done so far to a number.
    """

    start: tuple = ()  # the state of a parameter before its first step

    def __init__(self, parameters: Iterable, lr: float | Callable):
        self.parameters = list(dict.fromkeys(parameters))
        if not self.parameters:
            raise ValueError(errors.nothing_to_train())
        self.lr = lr
        self.steps = 0
        self.state = [self.start] * len(self.parameters)

    def step(self) -> None:
        """Move every parameter by its grad."""
        lr = self.lr(self.steps) if callable(self.lr) else self.lr
        self.steps += 1
        for i, p in enumerate(self.parameters):
            p.data, self.state[i] = self.update(p.data, p.grad, self.state[i], lr, self.steps)

    def zero_grad(self) -> None:
        """Set every parameter's grad to 0: `backward()` adds to what is there."""
        for p in self.parameters:
            p.grad = 0.0

    def update(self, p, grad, state: tuple, lr, t) -> tuple:
        """(the parameter, its state) after step number t = 1, 2, ..."""
        raise NotImplementedError


class SGD(Optimizer):
    """Gradient descent, with momentum (Nesterov's, if so) and weight decay: `torch.optim.SGD`."""

    start = (0.0,)

    def __init__(
        self,
        parameters: Iterable,
        lr: float | Callable = 1e-3,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ):
        super().__init__(parameters, lr)
        self.momentum, self.weight_decay, self.nesterov = momentum, weight_decay, nesterov
        if nesterov and not momentum:
            raise ValueError(errors.nesterov_without_momentum())

    def update(self, p, grad, state, lr, t):
        if self.weight_decay:
            grad = grad + self.weight_decay * p
        if not self.momentum:
            return p - lr * grad, state
        (velocity,) = state
        velocity = self.momentum * velocity + grad
        step = grad + self.momentum * velocity if self.nesterov else velocity
        return p - lr * step, (velocity,)


class Adam(Optimizer):
    """Kingma and Ba 2015, algorithm 1; weight decay is added to the grad: `torch.optim.Adam`."""

    start = (0.0, 0.0)

    def __init__(
        self,
        parameters: Iterable,
        lr: float | Callable = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        super().__init__(parameters, lr)
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay

    def update(self, p, grad, state, lr, t):
        if self.weight_decay:
            grad = grad + self.weight_decay * p
        return self.adapt(p, grad, state, lr, t)

    def adapt(self, p, grad, state, lr, t):
        """The step along the mean of the grads, over the root of the mean of their squares."""
        mean, square = state
        beta1, beta2 = self.betas
        mean = mean + (grad - mean) * (1.0 - beta1)
        square = beta2 * square + (1.0 - beta2) * grad * grad
        denominator = sqrt(square) / sqrt(1.0 - beta2**t) + self.eps
        return p - lr / (1.0 - beta1**t) * mean / denominator, (mean, square)


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019): `torch.optim.AdamW`."""

    def __init__(
        self,
        parameters: Iterable,
        lr: float | Callable = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ):
        super().__init__(parameters, lr, betas, eps, weight_decay)

    def update(self, p, grad, state, lr, t):
        return self.adapt(p * (1.0 - lr * self.weight_decay), grad, state, lr, t)


class RMSprop(Optimizer):
    """Hinton's: the grad over the root of the mean of its squares: `torch.optim.RMSprop`."""

    start = (0.0, 0.0)

    def __init__(
        self,
        parameters: Iterable,
        lr: float | Callable = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
    ):
        super().__init__(parameters, lr)
        self.alpha, self.eps = alpha, eps
        self.weight_decay, self.momentum = weight_decay, momentum

    def update(self, p, grad, state, lr, t):
        if self.weight_decay:
            grad = grad + self.weight_decay * p
        square, velocity = state
        square = self.alpha * square + (1.0 - self.alpha) * grad * grad
        step = grad / (sqrt(square) + self.eps)
        velocity = self.momentum * velocity + step if self.momentum else step
        return p - lr * velocity, (square, velocity)


def scale_to_clip(grads: Iterable, most: float):
    """What to multiply all grads by, so that their norm is at most `most`; 1 if it is.

    Pascanu et al. 2013, algorithm 1; as in `torch.nn.utils.clip_grad_norm_`.
    """
    return minimum(1.0, most / (sqrt(sum(grad * grad for grad in grads)) + 1e-6))


# -------------------------------------- schedules: functions of the number of steps done so far


def linear_decay(start: float, end: float, steps: int) -> Callable:
    """From `start` down (or up) to `end` in a straight line over `steps` steps, then `end`.

    The lecture's demo is `linear_decay(1.0, 0.1, 100)`.
    """
    return partial(linear_at, start, end, steps)


def linear_at(start, end, steps, step):
    return start + (end - start) * minimum(step, steps) / steps


def cosine_decay(start: float, end: float, steps: int) -> Callable:
    """From `start` to `end` along half a cosine over `steps` steps (Loshchilov and Hutter 2017)."""
    return partial(cosine_at, start, end, steps)


def cosine_at(start, end, steps, step):
    done = minimum(step, steps) / steps
    return end + (start - end) * 0.5 * (1.0 + cos(math.pi * done))


def warm_up(schedule: float | Callable, steps: int) -> Callable:
    """`schedule`, from 1/steps of itself up to all of it over the first `steps` steps."""
    return partial(warm_up_at, schedule, steps)


def warm_up_at(schedule, steps, step):
    rate = schedule(step) if callable(schedule) else schedule
    return rate * minimum((step + 1) / steps, 1.0)
