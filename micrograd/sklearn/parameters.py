"""The parameters of an estimator: their ranges, and what they are called in this package."""

from collections.abc import Callable
from functools import partial
from math import inf
from numbers import Integral, Real
from typing import Any

from micrograd import errors
from micrograd.optim import SGD, Adam, AdamW, RMSprop
from micrograd.sklearn import messages
from micrograd.support.arguments import whole_number

RANGES = {  # parameter: (the smallest number, the largest number)
    "alpha": (0.0, inf),
    "learning_rate_init": (0.0, inf),
    "tol": (0.0, inf),
    "momentum": (0.0, 1.0),
    "beta_1": (0.0, 1.0),
    "beta_2": (0.0, 1.0),
    "epsilon": (0.0, inf),
    "validation_fraction": (0.0, 1.0),
}


def check_parameters(network: Any) -> None:
    """Raise ValueError for a parameter out of its range, and TypeError if it is not a number."""
    for name, (least, most) in RANGES.items():
        x = getattr(network, name)
        if isinstance(x, bool) or not isinstance(x, Real):
            raise TypeError(messages.out_of_range(name, least, most, x))
        if not least <= float(x) <= most:
            raise ValueError(messages.out_of_range(name, least, most, x))
    whole_number(network.max_iter, "max_iter", 1)
    if network.n_iter_no_change != inf:
        whole_number(network.n_iter_no_change, "n_iter_no_change", 1)
    if network.batch_size != "auto":
        whole_number(network.batch_size, "batch_size", 1)
    if network.solver not in SOLVERS:
        raise ValueError(errors.unknown_name("solver", network.solver, SOLVERS))


def layer_sizes(network: Any) -> list[int]:
    """Return the sizes of the hidden layers. Raises ValueError if one is not a whole number > 0."""
    sizes = network.hidden_layer_sizes
    sizes = list(sizes) if hasattr(sizes, "__iter__") else [sizes]
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, Integral) or size < 1:
            raise ValueError(messages.not_sizes(network.hidden_layer_sizes))
    return [int(size) for size in sizes]


# ------------------------------------------------------------------------------------ activations


def identity(x: Any) -> Any:
    return x


ACTIVATIONS = {"identity": identity, "logistic": "sigmoid"}  # scikit-learn's names, and ours


def activation_of(network: Any) -> Any:
    """Return the activation as `MLP` takes it: a name or a function."""
    activation = network.activation
    return ACTIVATIONS.get(activation, activation) if isinstance(activation, str) else activation


# ---------------------------------------------------------------------------------------- solvers


# Each function returns what makes the optimizer from the parameters of the network.


def adam(network: Any, kind: Callable[..., Any] = Adam) -> Any:
    betas = (network.beta_1, network.beta_2)
    return partial(kind, lr=network.learning_rate_init, betas=betas, eps=network.epsilon)


def sgd(network: Any) -> Any:
    momentum = network.momentum
    nesterov = bool(network.nesterovs_momentum and momentum)
    return partial(SGD, lr=network.learning_rate_init, momentum=momentum, nesterov=nesterov)


def rmsprop(network: Any) -> Any:
    return partial(RMSprop, lr=network.learning_rate_init, eps=network.epsilon)


SOLVERS: dict[str, Callable[[Any], Any]] = {
    "adam": adam,
    "adamw": partial(adam, kind=AdamW),
    "rmsprop": rmsprop,
    "sgd": sgd,
}


def optimizer_of(network: Any) -> Any:
    """Return the function that makes the optimizer from the parameters."""
    return SOLVERS[network.solver](network)
