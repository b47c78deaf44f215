"""Activations as modules, by PyTorch's names: functions of each number, or of each list of numbers.

Rule: a module here has no parameters and states no derivative; it applies ops. It takes a number,
or lists or arrays of them of any depth, and returns lists. `Sequential(Linear(2, 8), relu)` with an
op means the same as with `ReLU()`.
"""

from __future__ import annotations

from collections.abc import Callable

from micrograd import losses, ops
from micrograd.nn import messages
from micrograd.nn.network import Module
from micrograd.support import foreign_keywords
from micrograd.support.arrays import as_lists, nested_lists
from micrograd.support.nest import is_batch, leaves
from micrograd.support.unknown_keywords import suggest_keywords

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Activation(Module):
    """The base of the activations that map each number by `function`, which is an op or uses ops.

    A call raises TypeError if a subclass does not define it.

    >>> ReLU()([[1.0, -2.0], [3.0, 0.0]])
    [[1.0, 0.0], [3.0, 0.0]]
    """

    maps_each_number = True
    if TYPE_CHECKING:
        function: Callable[[Any], Any]
    else:

        def function(self, x: Any) -> Any:
            raise TypeError(messages.no_function(type(self).__name__))

    @suggest_keywords(foreign_keywords.LAYER, "{}(x)")
    def __init__(self) -> None: ...

    def __call__(self, x: Any) -> Any:
        x = as_lists(x)
        if isinstance(x, list | tuple):
            return [self(child) for child in x]
        return self.function(x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Identity(Activation):
    """The function x. Arguments are ignored, as PyTorch ignores them."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __call__(self, x: Any) -> Any:
        return as_lists(x)


class ReLU(Activation):
    """The op `relu`: x where x is positive, else 0."""

    function = staticmethod(ops.relu)


class Tanh(Activation):
    """The op `tanh`."""

    function = staticmethod(ops.tanh)


class Sigmoid(Activation):
    """The op `sigmoid`: 1 / (1 + exp(-x))."""

    function = staticmethod(ops.sigmoid)


class GELU(Activation):
    """The op `gelu`: x times the probability that a normal variable is below x."""

    function = staticmethod(ops.gelu)


class ELU(Activation):
    """The op `elu`: x where x is positive, else exp(x) - 1."""

    function = staticmethod(ops.elu)


class SiLU(Activation):
    """The function x * sigmoid(x), which is also called swish."""

    def function(self, x: Any) -> Any:
        return x * ops.sigmoid(x)


class Softplus(Activation):
    """The function log(1 + exp(beta x)) / beta, a smooth relu.

    PyTorch returns x itself above a threshold, which differs by at most 2e-9.
    """

    @suggest_keywords(foreign_keywords.LAYER)
    def __init__(self, beta: float = 1.0):
        self.beta = beta

    def function(self, x: Any) -> Any:
        return ops.softplus(self.beta * x) / self.beta


class LeakyReLU(Activation):
    """The function x where x is positive, else `negative_slope` times x; that of the op by default.

    >>> LeakyReLU(0.25)([2.0, -2.0])
    [2.0, -0.5]
    """

    @suggest_keywords(foreign_keywords.LAYER)
    def __init__(self, negative_slope: float = -ops.leaky_relu(-1.0)):
        self.negative_slope = negative_slope

    def function(self, x: Any) -> Any:
        return ops.where(ops.less(0.0, x), x, self.negative_slope * x)


class Softmax(Module):
    """The softmax of each list of numbers: positive numbers that add up to 1.

    `dim` can only name the innermost lists: -1, or 0 for one list, 1 for a list of rows. Raises
    ValueError for another.

    >>> Softmax()([0.0, 0.0])
    [0.5, 0.5]
    """

    function = staticmethod(losses.softmax)

    @suggest_keywords(foreign_keywords.LAYER)
    def __init__(self, dim: int | None = None):
        self.dim = dim

    def __call__(self, x: Any) -> Any:
        return self.over_lists(as_lists(x), 0)

    def over_lists(self, x: Any, depth: int) -> Any:
        if is_batch(x):
            return [self.over_lists(as_lists(row), depth + 1) for row in x]
        if self.dim not in (None, -1, depth):
            raise ValueError(messages.not_the_innermost(repr(self), depth))
        return self.function(x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'' if self.dim is None else self.dim})"


class LogSoftmax(Softmax):
    """The logarithms of the softmax of each list of numbers. `dim` is as in Softmax."""

    function = staticmethod(losses.log_softmax)


class Flatten(Module):
    """The numbers of one example, however nested, as one list.

    >>> Flatten()([[1.0, 2.0], [3.0, 4.0]])
    [1.0, 2.0, 3.0, 4.0]
    """

    def __call__(self, x: Any) -> list[Any]:
        return leaves(nested_lists(x))

    def __repr__(self) -> str:
        return "Flatten()"
