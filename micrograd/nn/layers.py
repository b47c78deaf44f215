"""Layers of larger networks: linear maps, rows of a table, norms, and one after the other.

Rule: they are PyTorch's of the same name, for one example: the same shapes, starts and formulas.
"""

import math
import random
from collections.abc import Callable

from micrograd import errors
from micrograd.engine import Value
from micrograd.nn import messages
from micrograd.nn.network import Module
from micrograd.ops import Arithmetic, Op, equal, less, take, where
from micrograd.support import randomness
from micrograd.support.nest import shape, tree_map
from micrograd.watchers import is_grad_enabled


def uniform(bound: float, *sizes: int):
    """Values drawn evenly from (-bound, bound), in lists of those lengths within each other."""
    if not sizes:
        return Value(random.uniform(-bound, bound))
    return [uniform(bound, *sizes[1:]) for _ in range(sizes[0])]


def dot(xs, ys, start=0.0):
    """start + the sum of the products."""
    return sum((x * y for x, y in zip(xs, ys)), start)


def fits(module: Module, x, *sizes: int) -> list:
    """`x`, if it is a list of lists of those lengths. ShapeError, with both shapes, if not.

    A length of 0 stands for any; an array becomes lists.
    """
    x = x.tolist() if hasattr(x, "tolist") else x
    if not has_shape(x, sizes):
        raise errors.ShapeError(messages.wrong_shape(repr(module), sizes, shape(x)))
    return x


def has_shape(x, sizes) -> bool:
    if not sizes:
        return not isinstance(x, list | tuple)
    if not isinstance(x, list | tuple) or (sizes[0] and len(x) != sizes[0]):
        return False
    return all(has_shape(part, sizes[1:]) for part in x)


class Linear(Module):
    """weight · x + bias: from a list of `nin` to one of `nout`. The weights are nout x nin.

    >>> random.seed(1)
    >>> len(Linear(3, 2)([1.0, 2.0, 3.0]))
    2
    """

    def __init__(self, nin: int, nout: int, bias: bool = True):
        self.nin, self.nout = nin, nout
        bound = nin**-0.5
        self.weight = uniform(bound, nout, nin)
        self.bias = uniform(bound, nout) if bias else None

    def __call__(self, x) -> list:
        x = fits(self, x, self.nin)
        biases = self.bias or [0.0] * self.nout
        return [dot(row, x, b) for row, b in zip(self.weight, biases)]

    def __repr__(self):
        return f"Linear({self.nin}, {self.nout})"


class Embedding(Module):
    """A table of `count` rows of `size` numbers; called with the number of a row, that row.

    In compiled code the number may be a traced one. Raises IndexError for one that is no row's;
    compiled, where no one can raise, that is nan.
    """

    def __init__(self, count: int, size: int):
        self.count, self.size = count, size
        self.weight = [[Value(random.gauss(0.0, 1.0)) for _ in range(size)] for _ in range(count)]

    def __call__(self, i) -> list:
        if not isinstance(i, Arithmetic):
            return list(take(self.weight, i))
        rows = range(self.count)  # a product of matrices is quicker than a choice for each number
        chosen = [equal(i, float(k)) for k in rows]
        unknown = where(sum(chosen), 0.0, math.nan)
        return [dot(chosen, column, unknown) for column in zip(*self.weight)]

    def __repr__(self):
        return f"Embedding({self.count}, {self.size})"


class RMSNorm(Module):
    """x / sqrt(mean(x**2) + eps), times a weight for each of the `size` numbers, which starts at 1.

    Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019). Without `weights` it has
    none.
    """

    def __init__(self, size: int, eps: float = 1e-5, weights: bool = True):
        self.size, self.eps = size, eps
        self.weight = [Value(1.0) for _ in range(size)] if weights else None

    def __call__(self, x) -> list:
        x = fits(self, x, self.size)
        scale = (dot(x, x) / self.size + self.eps) ** -0.5
        out = [xi * scale for xi in x]
        return [xi * w for xi, w in zip(out, self.weight)] if self.weight else out

    def __repr__(self):
        return f"RMSNorm({self.size})"


class LayerNorm(Module):
    """(x - mean) / sqrt(variance + eps), times a weight, plus a bias, for each of `size` numbers.

    Ba, Kiros and Hinton, "Layer Normalization" (2016); the variance is that of the whole.
    """

    def __init__(self, size: int, eps: float = 1e-5):
        self.size, self.eps = size, eps
        self.weight = [Value(1.0) for _ in range(size)]
        self.bias = [Value(0.0) for _ in range(size)]

    def __call__(self, x) -> list:
        x = fits(self, x, self.size)
        mean = sum(x) / self.size
        apart = [xi - mean for xi in x]
        scale = (dot(apart, apart) / self.size + self.eps) ** -0.5
        return [xi * scale * w + b for xi, w, b in zip(apart, self.weight, self.bias)]

    def __repr__(self):
        return f"LayerNorm({self.size})"


class Dropout(Module):
    """Each number becomes 0 with probability `p`; the others are divided by 1 - p.

    Srivastava et al., "Dropout" (2014). Off after `model.eval()` and within `no_grad()`. What is
    dropped comes from `random`, and so from `random.seed`; in `fit` and compiled steps from their
    seed. Raises ValueError for a `p` that is no probability.
    """

    def __init__(self, p: float = 0.5):
        if not 0.0 <= p < 1.0:
            raise ValueError(messages.no_probability(p))
        self.p = p

    def __call__(self, x):
        return tree_map(self.one, x) if self.training and is_grad_enabled() else x

    def one(self, x):
        drawn = randomness.uniform()
        return x if drawn is None else where(less(drawn, self.p), 0.0, x * (1.0 / (1.0 - self.p)))

    def __repr__(self):
        return f"Dropout({self.p})"


class Sequential(Module):
    """Modules, one after the other; an op among them, as `relu`, is applied to each number."""

    def __init__(self, *steps: Module | Op | Callable):
        self.steps = list(steps)

    def __call__(self, x):
        for step in self.steps:
            x = tree_map(step, x) if isinstance(step, Op) else step(x)
        return x

    def __repr__(self):
        names = [step.name if isinstance(step, Op) else repr(step) for step in self.steps]
        return f"Sequential({', '.join(names)})"
