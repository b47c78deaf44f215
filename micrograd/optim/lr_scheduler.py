"""Schedulers: objects that set an optimizer's learning rate after each step or epoch.

Rule: names, arguments and rates are those of `torch.optim.lr_scheduler`. A scheduler computes the
rate from the initial one and the number of its steps; a schedule of `optim`, such as
`optim.cosine_decay`, is the same as a function, and is what `fit` and compiled steps take.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from micrograd import errors, ieee
from micrograd.optim import messages
from micrograd.optim.optimizers import Optimizer
from micrograd.support import foreign_names
from micrograd.support.arguments import require_numbers
from micrograd.support.lazy import load_on_demand
from micrograd.support.whole_numbers import whole_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["ConstantLR", "CosineAnnealingLR", "ExponentialLR", "LRScheduler", "LambdaLR"]
__all__ += ["LinearLR", "MultiStepLR", "ReduceLROnPlateau", "StepLR"]
NOT_SAVED = ("optimizer", "lr_lambda")  # which a state does not hold
load_on_demand(__name__, {}, foreign_names.LR_SCHEDULER)


class LRScheduler:
    """The base of all schedulers: `step()` sets the rate of each parameter group of `optimizer`.

    A subclass defines `rate(initial, epoch)`. Raises TypeError for what is no optimizer, and
    ValueError for one whose lr is a schedule.

    >>> from micrograd import Value, optim
    >>> optimizer = optim.SGD([Value(1.0)], lr=1.0)
    >>> scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=2)
    >>> for _ in range(2):
    ...     scheduler.step()
    >>> optimizer.lr
    0.1
    """

    def __init__(self, optimizer: Optimizer):
        who = type(self).__name__
        if not isinstance(optimizer, Optimizer):
            raise TypeError(messages.not_an_optimizer(who, optimizer))
        self.optimizer = optimizer
        self.initial_rates = [group["lr"] for group in optimizer.param_groups]
        if any(map(callable, self.initial_rates)):
            raise ValueError(messages.lr_is_a_schedule(who))
        self.last_epoch = 0
        self.set_rates()

    def __repr__(self) -> str:
        words = [f"{name}={show(x)}" for name, x in vars(self).items() if name != "optimizer"]
        return f"{type(self).__name__}({', '.join(words)})"

    def step(self) -> None:
        """Count one more epoch, and set the rates that it has."""
        self.last_epoch += 1
        self.set_rates()

    def set_rates(self) -> None:
        for group, initial in zip(self.optimizer.param_groups, self.initial_rates):
            group["lr"] = self.rate(initial, self.last_epoch)

    def rate(self, initial: float, epoch: int) -> float:
        """Return the learning rate after `epoch` calls of `step()`."""
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """Return the settings and the state by name, without functions.

        The rates now are the optimizer's, so save its `state_dict()` as well.
        """
        own = vars(self).items()
        return {name: x for name, x in own if name not in NOT_SAVED}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set the settings and the state from what `state_dict()` returned, and the rates.

        Raises ValueError, and then sets nothing, if it is of another kind of scheduler.
        """
        if not isinstance(state, Mapping):
            raise TypeError(errors.not_a_state(state))
        if state.keys() != self.state_dict().keys():
            raise ValueError(messages.state_of_another_scheduler(type(self).__name__))
        vars(self).update(state)
        self.set_rates()

    def get_last_lr(self) -> list[float]:
        """Return the learning rate of each parameter group now."""
        return [group["lr"] for group in self.optimizer.param_groups]


class StepLR(LRScheduler):
    """Multiplies the rate by `gamma` every `step_size` steps."""

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1):
        self.step_size, self.gamma = whole_number(step_size, "step_size", 1), gamma
        require_numbers(gamma=gamma)
        super().__init__(optimizer)

    def rate(self, initial: float, epoch: int) -> float:
        return initial * ieee.pow(self.gamma, epoch // self.step_size)


class MultiStepLR(LRScheduler):
    """Multiplies the rate by `gamma` at each of the `milestones`, which are numbers of steps."""

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1):
        self.milestones, self.gamma = sorted(milestones), gamma
        require_numbers(gamma=gamma)
        super().__init__(optimizer)

    def rate(self, initial: float, epoch: int) -> float:
        passed = sum(milestone <= epoch for milestone in self.milestones)
        return initial * ieee.pow(self.gamma, passed)


class ConstantLR(LRScheduler):
    """Multiplies the rate by `factor` for the first `total_iters` steps."""

    def __init__(self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5):
        self.factor, self.total_iters = factor, whole_number(total_iters, "total_iters", 0)
        require_numbers(factor=factor)
        super().__init__(optimizer)

    def rate(self, initial: float, epoch: int) -> float:
        return initial * self.factor if epoch < self.total_iters else initial


class LinearLR(LRScheduler):
    """Multiplies the rate by a factor from `start_factor` to `end_factor`, in a straight line."""

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
    ):
        require_numbers(start_factor=start_factor, end_factor=end_factor)
        self.start_factor, self.end_factor = start_factor, end_factor
        self.total_iters = whole_number(total_iters, "total_iters", 1)
        super().__init__(optimizer)

    def rate(self, initial: float, epoch: int) -> float:
        done = min(epoch, self.total_iters) / self.total_iters
        return initial * (self.start_factor + (self.end_factor - self.start_factor) * done)


class ExponentialLR(LRScheduler):
    """Multiplies the rate by `gamma` at each step."""

    def __init__(self, optimizer: Optimizer, gamma: float):
        require_numbers(gamma=gamma)
        self.gamma = gamma
        super().__init__(optimizer)

    def rate(self, initial: float, epoch: int) -> float:
        return initial * ieee.pow(self.gamma, epoch)


class CosineAnnealingLR(LRScheduler):
    """Lowers the rate to `eta_min` along half a cosine over `T_max` steps, and then back again.

    Loshchilov and Hutter 2017. `optim.cosine_decay` stays at the end instead.
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0):
        self.T_max, self.eta_min = whole_number(T_max, "T_max", 1), eta_min
        require_numbers(eta_min=eta_min)
        super().__init__(optimizer)

    def rate(self, initial: float, epoch: int) -> float:
        share = 0.5 * (1.0 + math.cos(math.pi * epoch / self.T_max))
        return self.eta_min + (initial - self.eta_min) * share


class LambdaLR(LRScheduler):
    """Multiplies the initial rate by `lr_lambda(epoch)`; a list has a function for each group."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Any):
        self.lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]] = lr_lambda
        super().__init__(optimizer)

    def set_rates(self) -> None:
        groups = self.optimizer.param_groups
        factors = [self.lr_lambda] * len(groups) if callable(self.lr_lambda) else self.lr_lambda
        if len(factors) != len(groups):
            raise ValueError(messages.one_function_for_each_group(len(groups), len(factors)))
        for group, initial, factor in zip(groups, self.initial_rates, factors):
            group["lr"] = initial * factor(self.last_epoch)


class ReduceLROnPlateau(LRScheduler):
    """Multiplies the rate by `factor` when a metric has not improved for `patience` steps.

    `step(metric)` takes the validation loss, or with `mode="max"` a metric that should grow. An
    improvement is one by the share `threshold` of the best metric or, with `threshold_mode="abs"`,
    by that much. After a reduction, `cooldown` steps do not count. No rate falls below `min_lr`,
    and a change of less than `eps` is not made.

    >>> from micrograd import Value, optim
    >>> optimizer = optim.SGD([Value(1.0)], lr=1.0)
    >>> scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1)
    >>> for loss in (0.5, 0.6, 0.7):
    ...     scheduler.step(loss)
    >>> optimizer.lr
    0.1
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ):
        require_numbers(factor=factor, threshold=threshold, min_lr=min_lr, eps=eps)
        if factor >= 1.0:
            raise ValueError(messages.not_smaller(factor))
        require_choice("mode", mode, ("min", "max"))
        require_choice("threshold_mode", threshold_mode, ("rel", "abs"))
        self.mode, self.factor, self.patience = mode, factor, whole_number(patience, "patience", 0)
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.cooldown, self.min_lr, self.eps = cooldown, min_lr, eps
        self.best = math.inf if mode == "min" else -math.inf
        self.bad_epochs = self.cooling = 0
        super().__init__(optimizer)

    def set_rates(self) -> None:
        """Leave the initial rates as they are."""

    def step(self, metric: Any) -> None:  # type: ignore[override]
        """Take the metric of one more epoch into account."""
        self.last_epoch += 1
        number = float(metric)
        if self.is_better(number):
            self.best, self.bad_epochs = number, 0
        else:
            self.bad_epochs += 1
        if self.cooling:
            self.cooling, self.bad_epochs = self.cooling - 1, 0
        if self.bad_epochs > self.patience:
            self.reduce()
            self.cooling, self.bad_epochs = self.cooldown, 0

    def is_better(self, metric: float) -> bool:
        sign = 1.0 if self.mode == "max" else -1.0
        if self.threshold_mode == "abs":
            bound = self.best + sign * self.threshold
        else:
            bound = self.best * (1.0 + sign * self.threshold)
        return metric > bound if self.mode == "max" else metric < bound

    def reduce(self) -> None:
        for group in self.optimizer.param_groups:
            rate = max(group["lr"] * self.factor, self.min_lr)
            if group["lr"] - rate > self.eps:
                group["lr"] = rate


def require_choice(name: str, x: object, known: Sequence[str]) -> None:
    if x not in known:
        raise ValueError(messages.not_one_of(name, known, x))


def show(setting: Any) -> str:
    return getattr(setting, "__name__", "function") if callable(setting) else repr(setting)
