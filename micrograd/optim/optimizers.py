"""Optimizers, which move parameters given their grads.

Rule: `update`, one step of one parameter, is written with operators and ops alone, so that it runs
on floats and on traced numbers. Defaults, formulas and what is refused are PyTorch's.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

from micrograd import errors
from micrograd.ops import div, sqrt
from micrograd.optim import messages
from micrograd.optim.groups import ParameterGroup, read_groups
from micrograd.optim.late_state import LateState
from micrograd.optim.settings import check_settings
from micrograd.support import foreign_keywords
from micrograd.support.unknown_keywords import suggest_keywords
from micrograd.support.wording import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from micrograd.optim.schedules import Schedule

    State = tuple[Any, ...]


NO_SETTINGS = ("parameters", "steps", "state", "owners", "groups", "start")  # of the attributes


class Optimizer:
    """The base of all optimizers: each call of `step()` moves every parameter.

    `parameters` are Values, or groups of them with settings of their own, as in PyTorch:
    `[{"params": body.parameters()}, {"params": head.parameters(), "lr": 0.1}]`. A parameter that is
    listed twice moves once. `lr` is a number, or a schedule: a function from the number of steps
    done so far to a number; setting `lr`, or another setting, sets it in every group.

    Raises ValueError if there are no parameters, for one in two groups, and for a setting out of
    its range; TypeError for what is not a Value.

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
    owners: Sequence[Any] = ()  # the parameters that the rows of `state` belong to
    groups: tuple[Optimizer, ...] = ()  # a copy of the optimizer for each group, if there are any
    state: Any = LateState()  # a row for each parameter
    LATE = ("state",)  # attributes that are made when somebody looks

    def __init__(self, parameters: Iterable[Any], lr: float | Schedule, **settings: Any):
        groups = read_groups(type(self).__name__, parameters)
        self.parameters = [p for values, _ in groups for p in values]
        self.lr = lr
        vars(self).update(settings)
        self.steps = 0
        self.state = [self.start] * len(self.parameters)
        self.owners = list(self.parameters)
        self.check()
        if any(own for _, own in groups) or len(groups) > 1:
            self.groups = tuple(self.group(*group) for group in groups)

    def __reduce_ex__(self, protocol: Any) -> Any:
        self.state = self.state  # it is an attribute now, so that copies and pickles have it
        return super().__reduce_ex__(protocol)

    def __repr__(self) -> str:
        settings = []
        for name in settings_of(self):
            setting = getattr(self, name)
            text = getattr(setting, "__name__", "schedule") if callable(setting) else repr(setting)
            settings.append(f"{name}={text}")
        words = [plural(len(self.parameters), "parameter"), *settings]
        return f"{type(self).__name__}({', '.join(words)})"

    def group(self, parameters: list[Any], own: Mapping[str, Any]) -> Optimizer:
        """Return the optimizer of some of the parameters, with settings of their own."""
        group = copy.copy(self)
        known = settings_of(self)
        for name, setting in own.items():
            if name not in known:
                raise ValueError(messages.unknown_setting(type(self).__name__, name, known))
            setattr(group, name, setting)
        group.parameters = parameters
        group.check()
        return group

    def check(self) -> None:
        """Raise ValueError or TypeError for a setting that PyTorch refuses."""
        check_settings({name: getattr(self, name) for name in settings_of(self)})

    def __setattr__(self, name: str, x: Any) -> None:
        super().__setattr__(name, x)
        if self.groups and name in settings_of(self):
            for group in self.groups:
                setattr(group, name, x)

    @property
    def param_groups(self) -> list[ParameterGroup]:
        """The groups as dicts of their settings and "params"; what is set there holds."""
        return [ParameterGroup(group, settings_of(group)) for group in self.groups or (self,)]

    def match_state(self) -> None:
        """Give each parameter its row of the state, also when the list of parameters was changed.

        Raises ValueError for a parameter that was added after the first step, because the number of
        its steps would be another one; and for a list that was changed beside groups.
        """
        if self.groups:
            in_groups = [p for group in self.groups for p in group.parameters]
            if self.parameters not in (in_groups, self.owners):
                raise ValueError(messages.list_beside_groups())
            self.parameters = in_groups
        if self.owners != self.parameters:
            rows = dict(zip(self.owners or self.parameters, self.state))
            if self.steps and not rows.keys() >= set(self.parameters):
                raise ValueError(messages.parameter_comes_late(type(self).__name__, self.steps))
            self.state = [rows.get(p, self.start) for p in self.parameters]
            self.owners = list(self.parameters)

    def require_trainable(self) -> None:
        """Raise ValueError for a parameter that was frozen: the optimizer would move it."""
        flags = map(getattr, self.parameters, repeat("requires_grad"), repeat(True))
        if False in flags:
            raise ValueError(messages.frozen_parameter(type(self).__name__))

    def step(self) -> None:
        """Move every parameter once, by its grad. Raises ValueError for one that was frozen."""
        self.match_state()
        self.require_trainable()
        done, self.steps = self.steps, self.steps + 1
        i = 0
        for group in self.groups or (self,):
            lr = group.lr(done) if callable(group.lr) else group.lr
            for p in group.parameters:
                p.data, self.state[i] = group.update(p.data, p.grad, self.state[i], lr, self.steps)
                i += 1

    def zero_grad(self) -> None:
        """Set every parameter's grad to 0, since `backward()` adds to it."""
        for p in self.parameters:
            p.grad = 0.0

    def update(self, p: Any, grad: Any, state: State, lr: Any, t: Any) -> tuple[Any, State]:
        """Return (the parameter, its state) after step number t = 1, 2, ..."""
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """Return {"steps": ..., "state": [...], "param_groups": [...]}, from which a run goes on.

        The state has a list for each parameter, and a group the places of its parameters.
        """
        self.match_state()
        places = {p: i for i, p in enumerate(self.parameters)}
        groups = []
        for group in self.param_groups:
            own = [places[p] for p in group["params"]]
            groups.append({**group, "params": own})
        return {"steps": self.steps, "state": [*map(list, self.state)], "param_groups": groups}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set the settings and the state from what `state_dict()` returned.

        Raises ValueError, and then sets nothing, if it is of another kind of optimizer or of other
        parameters.
        """
        if not isinstance(state, Mapping):
            raise TypeError(errors.not_a_state(state))
        now = self.state_dict()
        if problems := differences(now, state):
            raise ValueError(messages.state_of_another_optimizer(problems))
        for group, stored in zip(self.param_groups, state["param_groups"]):
            group.update({name: x for name, x in stored.items() if name != "params"})
        self.steps = state["steps"]
        self.state = [*map(tuple, state["state"])]


def settings_of(optimizer: Optimizer) -> list[str]:
    """Return the names of the settings: what its constructor was given but for the parameters."""
    return [name for name in vars(optimizer) if name not in NO_SETTINGS]


def differences(now: Mapping[str, Any], state: Mapping[str, Any]) -> list[str]:
    """Return how the stored state of an optimizer differs in shape from the present one."""
    problems = [f"missing {name!r}" for name in now if name not in state]
    if problems:
        return problems
    here, there = len(now["state"]), len(state["state"])
    if here != there:
        problems.append(f"the state of {there} parameters, where there are {here}")
    elif [*map(len, now["state"])] != [*map(len, state["state"])]:
        problems.append("another number of numbers for each parameter")
    if group_keys(now) != group_keys(state):
        problems.append("parameter groups with other settings or parameters")
    return problems


def group_keys(state: Mapping[str, Any]) -> list[Any]:
    return [(sorted(group), list(group["params"])) for group in state["param_groups"]]


def add_weight_decay(grad: Any, weight_decay: float, p: Any) -> Any:
    """Return the grad of the loss plus weight_decay / 2 times the square of the parameter."""
    return grad + weight_decay * p if weight_decay else grad


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
    momentum: float
    weight_decay: float
    nesterov: bool

    @suggest_keywords(foreign_keywords.OPTIMIZER)
    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float | Schedule = 1e-3,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ):
        settings = {"momentum": momentum, "weight_decay": weight_decay, "nesterov": nesterov}
        super().__init__(parameters, lr, **settings)

    def check(self) -> None:
        super().check()
        if self.nesterov and not self.momentum:
            raise ValueError(messages.nesterov_without_momentum())

    def update(self, p: Any, grad: Any, state: State, lr: Any, t: Any) -> tuple[Any, State]:
        grad = add_weight_decay(grad, self.weight_decay, p)
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
    betas: tuple[float, float]
    eps: float
    weight_decay: float

    @suggest_keywords(foreign_keywords.OPTIMIZER)
    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float | Schedule = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        super().__init__(parameters, lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, p: Any, grad: Any, state: State, lr: Any, t: Any) -> tuple[Any, State]:
        grad = add_weight_decay(grad, self.weight_decay, p)
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
        return p - div(lr / (1.0 - beta1**t) * mean, denominator), (mean, square)


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019), as `torch.optim.AdamW`.

    >>> from micrograd import Value
    >>> w = Value(2.0)
    >>> AdamW([w], lr=0.1, weight_decay=0.5).step()
    >>> w.data  # the grad is 0, so the weight only decays
    1.9
    """

    @suggest_keywords(foreign_keywords.OPTIMIZER)
    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float | Schedule = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ):
        super().__init__(parameters, lr, betas, eps, weight_decay)

    def update(self, p: Any, grad: Any, state: State, lr: Any, t: Any) -> tuple[Any, State]:
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
    alpha: float
    eps: float
    weight_decay: float
    momentum: float

    @suggest_keywords(foreign_keywords.OPTIMIZER)
    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float | Schedule = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
    ):
        settings = {"alpha": alpha, "eps": eps, "weight_decay": weight_decay, "momentum": momentum}
        super().__init__(parameters, lr, **settings)

    def update(self, p: Any, grad: Any, state: State, lr: Any, t: Any) -> tuple[Any, State]:
        grad = add_weight_decay(grad, self.weight_decay, p)
        square, velocity = state
        square = self.alpha * square + (1.0 - self.alpha) * grad * grad
        step = div(grad, sqrt(square) + self.eps)
        velocity = self.momentum * velocity + step if self.momentum else step
        return p - lr * velocity, (square, velocity)


class Adagrad(Optimizer):
    """Adagrad (Duchi, Hazan and Singer 2011), as `torch.optim.Adagrad`.

    A step is the grad over the root of the sum of its squares so far. The rate of step number t is
    lr / (1 + (t - 1) lr_decay).

    >>> from micrograd import Value
    >>> w = Value(2.0)
    >>> optimizer = Adagrad([w], lr=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 6)
    1.9
    """

    lr_decay: float
    weight_decay: float
    initial_accumulator_value: float
    eps: float

    @suggest_keywords(foreign_keywords.OPTIMIZER)
    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float | Schedule = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ):
        self.start = (initial_accumulator_value,)
        settings = {"lr_decay": lr_decay, "weight_decay": weight_decay, "eps": eps}
        settings["initial_accumulator_value"] = initial_accumulator_value
        super().__init__(parameters, lr, **settings)

    def update(self, p: Any, grad: Any, state: State, lr: Any, t: Any) -> tuple[Any, State]:
        grad = add_weight_decay(grad, self.weight_decay, p)
        if self.lr_decay:
            lr = lr / (1.0 + (t - 1.0) * self.lr_decay)
        (total,) = state
        total = total + grad * grad
        return p - div(lr * grad, sqrt(total) + self.eps), (total,)
