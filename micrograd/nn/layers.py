"""Layers of larger networks: linear maps, embeddings, norms, dropout, and modules in a row.

Rule: they are PyTorch's of the same name, for one example: the same shapes, initial weights and
formulas.
"""

from __future__ import annotations

import functools
import math
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from operator import mul

from micrograd import errors
from micrograd.engine import Value
from micrograd.nn import messages
from micrograd.nn.network import MLP, Layer, Module, Neuron, instantiate
from micrograd.nn.sizes import announce_size, require_room, size_of_layer
from micrograd.ops import Arithmetic, Op, equal, less, take, where
from micrograd.support import foreign_keywords, randomness
from micrograd.support.arguments import require_numbers
from micrograd.support.arrays import as_lists
from micrograd.support.fused import fused_dot, fused_dot_each
from micrograd.support.nest import shape, tree_map
from micrograd.support.sums import add_all
from micrograd.support.unknown_keywords import suggest_keywords
from micrograd.support.whole_numbers import whole_number
from micrograd.watchers import is_grad_enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])


def uniform_values(bound: float, *sizes: int) -> Any:
    """Return Values drawn uniformly from (-bound, bound), in nested lists of those lengths.

    Raises ValueError if they do not fit into memory.
    """
    require_room("list of parameters", math.prod(sizes))
    return nested_values(bound, *sizes)


def nested_values(bound: float, *sizes: int) -> Any:
    if not sizes:
        return Value(random.uniform(-bound, bound))
    first, *rest = sizes
    return [nested_values(bound, *rest) for _ in range(first)]


def dot(xs: Iterable[Any], ys: Iterable[Any], start: Any = 0.0) -> Any:
    """Return start + the sum of the products."""
    fused = fused_dot.get()
    if fused is not None:
        return fused(xs, ys, start)
    return add_all(map(mul, xs, ys), start)


def dot_each(rows: Iterable[Any], x: Any, starts: Iterable[Any]) -> list[Any]:
    """Return start + row · x for each row and start: a matrix times a vector.

    As `zip` does, it stops where the shorter of two ends.
    """
    fused = fused_dot_each.get()
    products = None if fused is None else fused(rows, x, starts)
    if products is not None:
        return products
    vector = tuple(x)
    return [dot(row, vector, start) for row, start in zip(rows, starts)]


def require_shape(module: Module, x: Any, *sizes: int) -> list[Any]:
    """Return `x`, which must be nested lists of those lengths; 0 stands for any length.

    An array becomes lists. Raises ShapeError, with both shapes, if `x` does not fit.
    """
    x = x.tolist() if hasattr(x, "tolist") else x
    if not has_shape(x, sizes):
        message = messages.wrong_shape(repr(module), sizes, shape(x))
        raise errors.ShapeError(message)
    nested: list[Any] = x
    return nested


def has_shape(x: Any, sizes: Sequence[int]) -> bool:
    if not isinstance(x, list | tuple) or (sizes[0] and len(x) != sizes[0]):
        return False
    if len(sizes) == 1:
        return not any(issubclass(kind, list | tuple) for kind in set(map(type, x)))
    return all(has_shape(child, sizes[1:]) for child in x)


def over_examples(call: F) -> F:
    """Let the `__call__` of a module also take a list of examples, and return their outputs.

    The class says how many lists are within each other in one example: `example_depth`.
    """

    @functools.wraps(call)
    def call_or_map(module: Any, x: Any, *others: Any, **named: Any) -> Any:
        if depth_of(x) == module.example_depth + 1:
            return [call(module, example, *others, **named) for example in x]
        return call(module, x, *others, **named)

    return call_or_map  # type: ignore[return-value]


def depth_of(x: Any) -> int:
    """Return how many lists are within each other at the first entries of `x`; arrays count, too.

    >>> depth_of(1.0), depth_of([[1.0, 2.0]])
    (0, 2)
    """
    depth = 0
    while isinstance(x, list | tuple):
        depth += 1
        if not x:
            return depth
        x = x[0]
    axes: int = getattr(x, "ndim", 0)
    return depth + axes


class Linear(Module):
    """A linear map, weight · x + bias, from `nin` numbers to `nout` Values.

    The weights are nout x nin, drawn uniformly from (-1/sqrt(nin), 1/sqrt(nin)). Without `bias`
    there is none. Raises ValueError for sizes below 0, and ShapeError for an input that is not a
    list of `nin`.

    >>> random.seed(1)
    >>> len(Linear(3, 2)([1.0, 2.0, 3.0]))
    2
    """

    example_depth = 1

    @suggest_keywords(foreign_keywords.LAYER)
    @announce_size(size_of_layer)
    def __init__(self, nin: int, nout: int, bias: bool = True):
        self.nin, self.nout = whole_number(nin, "nin", 0), whole_number(nout, "nout", 0)
        bound = nin**-0.5 if nin else 0.0
        self.weight: list[list[Value]] = uniform_values(bound, nout, nin)
        self.bias: list[Value] | None = uniform_values(bound, nout) if bias else None

    @over_examples
    def __call__(self, x: Any) -> list[Value]:
        x = require_shape(self, x, self.nin)
        biases: Sequence[Any] = self.bias or [0.0] * self.nout
        return dot_each(self.weight, x, biases)

    def __repr__(self) -> str:
        return f"Linear({self.nin}, {self.nout})"


class Embedding(Module):
    """A table of `count` rows of `size` Values each. Called with an index, it returns that row.

    In compiled code the index may be a traced number. Raises IndexError outside 0 .. count - 1;
    compiled code cannot raise, and there the result is nan.

    >>> random.seed(1)
    >>> len(Embedding(10, 4)(7))
    4
    """

    example_depth = 0

    @suggest_keywords(foreign_keywords.LAYER)
    def __init__(self, count: int, size: int):
        self.count, self.size = whole_number(count, "count", 0), whole_number(size, "size", 0)
        require_room("Embedding", self.count * self.size)
        self.weight = [self.random_row() for _ in range(count)]

    def random_row(self) -> list[Value]:
        return [Value(random.gauss(0.0, 1.0)) for _ in range(self.size)]

    @over_examples
    def __call__(self, i: Any) -> list[Value]:
        if not isinstance(i, Arithmetic):
            return list(take(self.weight, i))
        # A product of matrices is faster than a choice for each number.
        one_hot = [equal(i, float(k)) for k in range(self.count)]
        nan_outside = where(sum(one_hot), 0.0, math.nan)
        return [dot(one_hot, column, nan_outside) for column in zip(*self.weight)]

    def __repr__(self) -> str:
        return f"Embedding({self.count}, {self.size})"


class RMSNorm(Module):
    """Root mean square norm: x / sqrt(mean(x**2) + eps), times a weight for each of `size` numbers.

    The weights start at 1; without `weights` there are none. `eps` is that of PyTorch, the
    distance from 1 to the next float64. Zhang and Sennrich, "Root Mean Square
    Layer Normalization" (2019). Raises ShapeError for an input that is not a list of `size`.

    >>> [round(x.data, 3) for x in RMSNorm(2)([3.0, 4.0])]
    [0.849, 1.131]
    """

    example_depth = 1

    @suggest_keywords(foreign_keywords.LAYER)
    def __init__(self, size: int, eps: float = sys.float_info.epsilon, weights: bool = True):
        require_numbers(eps=eps)
        self.size, self.eps = whole_number(size, "size", 0), eps
        self.weight = [Value(1.0) for _ in range(size)] if weights else None

    @over_examples
    def __call__(self, x: Any) -> list[Value]:
        x = require_shape(self, x, self.size)
        scale = (dot(x, x) / self.size + self.eps) ** -0.5
        out = [xi * scale for xi in x]
        if self.weight is None:
            return out
        return [xi * w for xi, w in zip(out, self.weight)]

    def __repr__(self) -> str:
        return f"RMSNorm({self.size})"


class LayerNorm(Module):
    """Layer norm: (x - mean) / sqrt(variance + eps), times a weight, plus a bias for each number.

    The input is a list of `size` numbers, and the variance is the mean of all `size` squares. Ba,
    Kiros and Hinton, "Layer Normalization" (2016). Raises ShapeError for another input.

    >>> [round(x.data, 3) for x in LayerNorm(2)([3.0, 4.0])]
    [-1.0, 1.0]
    """

    example_depth = 1

    @suggest_keywords(foreign_keywords.LAYER)
    def __init__(self, size: int, eps: float = 1e-5):
        require_numbers(eps=eps)
        self.size, self.eps = whole_number(size, "size", 0), eps
        self.weight = [Value(1.0) for _ in range(size)]
        self.bias = [Value(0.0) for _ in range(size)]

    @over_examples
    def __call__(self, x: Any) -> list[Value]:
        x = require_shape(self, x, self.size)
        mean = add_all(x) / self.size
        centred = [xi - mean for xi in x]
        scale = (dot(centred, centred) / self.size + self.eps) ** -0.5
        return [xi * scale * w + b for xi, w, b in zip(centred, self.weight, self.bias)]

    def __repr__(self) -> str:
        return f"LayerNorm({self.size})"


class Dropout(Module):
    """A layer that sets each number to 0 with probability `p`, and divides it by 1 - p otherwise.

    It does nothing after `model.eval()` and within `no_grad()`. The draws come from `random`, and
    so from `random.seed`; in `fit` and compiled steps they follow from the seed given there and
    from the number of steps that the optimizer has taken. Srivastava et al., "Dropout" (2014).
    Raises ValueError unless 0 <= p <= 1.

    >>> random.seed(1)
    >>> Dropout(0.5)([1.0, 1.0, 1.0])
    [0.0, 2.0, 2.0]
    """

    maps_each_number = True

    @suggest_keywords(foreign_keywords.LAYER)
    def __init__(self, p: float = 0.5):
        if not hasattr(p, "__float__") or not 0.0 <= p <= 1.0:
            raise ValueError(messages.no_probability(p))
        self.p = p

    def __call__(self, x: Any) -> Any:
        """Return `x`, a number or nested lists of them, with some of its numbers dropped."""
        active = self.training and is_grad_enabled()
        return tree_map(self.drop, x) if active else x

    def drop(self, x: Any) -> Any:
        drawn: Any = randomness.uniform()
        if drawn is None:  # where there is to be no chance
            return x
        scaled = x * (1.0 / (1.0 - self.p)) if self.p < 1.0 else 0.0
        return where(less(drawn, self.p), 0.0, scaled)

    def __repr__(self) -> str:
        return f"Dropout({self.p})"


class Sequential(Module):
    """Modules or functions, applied one after the other. An op, such as relu, maps each number.

    A class of modules, such as nn.ReLU, stands for one of its objects. Raises TypeError if it needs
    arguments, and for a list or anything else that cannot be called.

    A list of examples, which is one list deeper than the first module takes, goes through them
    example by example, but for a BatchNorm1d, which sees all at once.

    >>> from micrograd.ops import relu
    >>> random.seed(1)
    >>> model = Sequential(Linear(2, 3), relu, Linear(3, 1))
    >>> len(model([1.0, 2.0])), len(model([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    (1, 3)
    """

    def __init__(self, *steps: Module | Op | Callable[..., Any]):
        self.steps: list[Any] = [instantiate(step) for step in steps]
        for step in self.steps:
            check_step(step)

    @property
    def example_depth(self) -> int | None:
        """How many lists are within each other in one example; None if nobody knows."""
        for step in self.steps:
            if not isinstance(step, Op) and not getattr(step, "maps_each_number", False):
                known = 1 if isinstance(step, Neuron | Layer | MLP) else None
                depth: int | None = getattr(step, "example_depth", known)
                return depth
        return None

    @property
    def sees_batch(self) -> bool:
        """Whether a step normalises over a batch."""
        return any(getattr(step, "sees_batch", False) for step in self.steps)

    def __call__(self, x: Any) -> Any:
        depth = self.example_depth
        has_examples = bool(depth) and depth_of(x) == depth + 1  # type: ignore[operator]
        for step in self.steps:
            if has_examples and not getattr(step, "sees_batch", False):
                x = [apply(step, example) for example in x]
            else:
                x = apply(step, x)
        return x

    def __repr__(self) -> str:
        names = [step.name if isinstance(step, Op) else repr(step) for step in self.steps]
        return f"Sequential({', '.join(names)})"


def check_step(step: Any) -> None:
    if not callable(step):
        raise TypeError(messages.not_a_step(step))


def apply(step: Any, x: Any) -> Any:
    check_step(step)
    return tree_map(step, as_lists(x)) if isinstance(step, Op) else step(x)
