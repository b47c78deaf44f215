"""Batch norm: numbers that are normalised by their mean and variance over the examples of a batch.

Rule: it is PyTorch's. It must see all examples of a batch at once, so its input is a list of rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from micrograd import errors
from micrograd.engine import Value
from micrograd.nn import messages
from micrograd.nn.layers import depth_of, dot, require_shape
from micrograd.nn.network import Module
from micrograd.ops import Arithmetic
from micrograd.support import foreign_keywords
from micrograd.support.arguments import require_numbers
from micrograd.support.state_updates import is_collecting, latest, record_update
from micrograd.support.sums import add_all
from micrograd.support.unknown_keywords import suggest_keywords
from micrograd.support.whole_numbers import whole_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class BatchNorm1d(Module):
    """Batch norm: (x - mean) / sqrt(variance + eps), times a weight, plus a bias for each number.

    In training, mean and variance are those of the batch, a list of at least two rows of `size`
    numbers, and the running statistics move towards them by the share `momentum`. After `eval()`
    the running statistics take their place, and a single row will do. Without
    `track_running_stats` there are none, and the batch's are always used; without `affine` there
    are no weights and biases. With `momentum=None` they are the means over all batches so far,
    which `num_batches_tracked` counts. Ioffe and Szegedy, "Batch Normalization" (2015).

    `fit` and `compile_step` with `per_example=False` move the running statistics, too. Any other
    compiled function changes nothing: in training it raises TraceError, unless there are no running
    statistics. Checkpoints and snapshots keep them. Raises ShapeError for another input.

    >>> norm = BatchNorm1d(1)
    >>> [[round(x.data, 3) for x in row] for row in norm([[3.0], [5.0]])]
    [[-1.0], [1.0]]
    >>> round(norm.running_mean[0].data, 6), norm.parameters() == norm.weight + norm.bias
    (0.4, True)
    """

    example_depth = 1
    sees_batch = True

    @suggest_keywords(foreign_keywords.LAYER)
    def __init__(
        self,
        size: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ):
        require_numbers(eps=eps)
        if momentum is not None:
            require_numbers(least=-math.inf, momentum=momentum)
        self.size, self.eps, self.momentum = whole_number(size, "size", 0), eps, momentum
        self.track_running_stats = track_running_stats
        self.weight = [Value(1.0) for _ in range(size)] if affine else None
        self.bias = [Value(0.0) for _ in range(size)] if affine else None
        self.running_mean = [Value(0.0, requires_grad=False) for _ in range(size)]
        self.running_var = [Value(1.0, requires_grad=False) for _ in range(size)]
        if momentum is None:
            self.num_batches_tracked = Value(0.0, requires_grad=False)

    def __call__(self, rows: Any) -> list[Any]:
        """Return the rows, normalised; one row for a single row after `eval()`."""
        is_row = depth_of(rows) == 1
        batch = require_shape(self, [rows] if is_row else rows, 0, self.size)
        if self.training or not self.track_running_stats:
            if len(batch) < 2:
                raise errors.ShapeError(messages.no_batch(repr(self)))
            return self.normalise_batch(batch)
        normalised = self.normalise(batch, self.running_mean, self.running_var)
        return normalised[0] if is_row else normalised

    def normalise_batch(self, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """Return the rows, normalised by their own statistics, which are tracked."""
        means = [add_all(column) / len(rows) for column in zip(*rows)]
        centred = [[x - mean for x, mean in zip(row, means)] for row in rows]
        variances = [dot(column, column) / len(rows) for column in zip(*centred)]
        if self.track_running_stats:
            self.track(means, variances, len(rows))
        return self.normalise(rows, means, variances)

    def normalise(
        self, rows: Sequence[Sequence[Any]], means: Sequence[Any], variances: Sequence[Any]
    ) -> list[list[Any]]:
        scales = [(variance + self.eps) ** -0.5 for variance in variances]
        out = [[(x - m) * s for x, m, s in zip(row, means, scales)] for row in rows]
        if self.weight is None or self.bias is None:
            return out
        return [[x * w + b for x, w, b in zip(row, self.weight, self.bias)] for row in out]

    def track(self, means: Sequence[Any], variances: Sequence[Any], count: int) -> None:
        """Move the running statistics towards a batch's; its variance there is the unbiased one."""
        is_traced = any(isinstance(x, Arithmetic) and not isinstance(x, Value) for x in means)
        if is_traced and not is_collecting():
            raise errors.TraceError(messages.running_statistics_in_a_trace(repr(self)))
        unbiased = [variance * (count / (count - 1)) for variance in variances]
        share = self.share_of_new()
        for running, new in zip([*self.running_mean, *self.running_var], [*means, *unbiased]):
            number = current(running)
            new = new.data if isinstance(new, Value) else new
            set_number(running, number + share * (new - number))

    def share_of_new(self) -> Any:
        """Return the share of a batch's statistics in the next running ones."""
        if self.momentum is not None:
            return self.momentum
        set_number(self.num_batches_tracked, current(self.num_batches_tracked) + 1.0)
        return 1.0 / current(self.num_batches_tracked)

    def __repr__(self) -> str:
        return f"BatchNorm1d({self.size})"


def current(holder: Value) -> Any:
    """Return the number of a running statistic: a float, or what stands for it in a trace."""
    return latest(holder) if is_collecting() else holder.data


def set_number(holder: Value, number: Any) -> None:
    if is_collecting():
        record_update(holder, number)
    else:
        holder.data = number
