"""How much the result changes if one number moves: the graph is recomputed with another number.

Rule: the graph itself stays as it is. A difference is an estimate of the grad, and it says how good
an estimate.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf, isfinite
from numbers import Real

from micrograd import errors
from micrograd.engine import Value, gradients, read_data
from micrograd.explaining import messages
from micrograd.explaining.events import acyclic_order, same
from micrograd.support.fold import fold
from micrograd.support.numbers import format_number
from micrograd.support.text_result import TextResult
from micrograd.support.text_table import align_columns

EPS = sys.float_info.epsilon  # the gap between 1 and the next float
DISTANCES = tuple(10.0**-k for k in range(1, 16))
# At a corner the slopes on the two sides stay apart. Without one, the gap between them shrinks with
# h; so it is measured at two distances, for numbers of the size of 1.
CORNER_FAR, CORNER_NEAR = 1e-4, 1e-6
CORNER_SHARE = 0.5  # of the gap at the far distance that a corner leaves at the near one
SIGNIFICANT = 10  # digits in which slopes are shown


class Recompute:
    """Computes a graph with other numbers; the order of its nodes is worked out once."""

    def __init__(self, y: Value, x: Value | None = None):
        self.y, self.order = y, acyclic_order(y, x)

    def __call__(self, changes: Mapping[Value, float]) -> float:
        """Return the number that `y` would be with `changes`, {Value: number}."""
        data = fold(self.order, read_data, lambda op, inputs: op.forward(*inputs), changes)
        return data[self.y]


@dataclass(frozen=True)
class Row:
    """The slopes that moving x by h shows, and how far the symmetric one is from the grad."""

    h: float
    forward: float  # (y(x + h) - y(x)) / h
    backward: float  # (y(x) - y(x - h)) / h
    symmetric: float  # (y(x + h) - y(x - h)) / 2h
    error: float

    @property
    def gap(self) -> float:
        """How far the slopes on the two sides are from each other."""
        return abs(self.forward - self.backward)

    def cells(self) -> tuple[str, ...]:
        slopes = (self.forward, self.backward, self.symmetric)
        texts = [format_number(slope, SIGNIFICANT) for slope in slopes]
        return (f"{self.h:.0e}", *texts, f"{self.error:.0e}")


@dataclass(frozen=True, repr=False)
class Nudge(TextResult):
    """The slopes for each h, compared with the grad. Print it for a table with an explanation."""

    x: float
    y: float
    grad: float
    rows: tuple[Row, ...]
    corner: bool  # whether the slopes on the two sides stay apart as h gets smaller

    @property
    def best(self) -> Row:
        """The row whose symmetric difference is nearest to the grad."""
        return min(self.rows, key=lambda row: row.error if isfinite(row.error) else inf)

    def __str__(self) -> str:
        header = ("h", "forward", "backward", "symmetric", "error")
        table = align_columns([header, *(row.cells() for row in self.rows)])
        grad = f"grad {format_number(self.grad, SIGNIFICANT)}"
        return "\n".join([table, grad, *self.reasons()])

    def reasons(self) -> Iterator[str]:
        """Yield the sentences that explain the table."""
        if not isfinite(self.y):
            yield f"The result is {self.y}, so differences show no slope."
            return
        if self.corner:
            yield (
                "Forward and backward stay apart as h shrinks: at this x, or very near it, there "
                "is a corner or a jump, and the grad is one of the slopes that meet there."
            )
        elif len(self.rows) > 1 and self.rows[0].error > 10.0 * self.best.error:
            yield (
                "A smaller h brings the slopes nearer to the grad: the error of forward and "
                "backward shrinks with h, that of symmetric with h**2. But y has 16 digits, and "
                "the difference of two nearly equal numbers keeps few of them, so for a very "
                "small h the error grows as 1e-16 / h."
            )
        if any(self.x + row.h == self.x for row in self.rows):
            yield "The smallest h are lost in rounding: x + h is x."
        if len(self.rows) > 1 and isfinite(self.best.error):
            best, error = self.best.h, self.best.error
            yield f"The best h here is {best:.0e}: its slope is off by {error:.0e}."


def nudge(y: Value, x: Value, h: float | Iterable[float] = DISTANCES) -> Nudge:
    """Move `x` by h to both sides, recompute `y`, and compare the slopes with the grad.

    `h` is one distance or several. Raises GraphError for an x that is not in the graph, or if the
    leaves have changed since `y` was computed; raises ValueError if `h` is empty or not positive.

    >>> from micrograd import Value
    >>> x = Value(3.0)
    >>> nudge(x * x, x, h=0.5).rows[0].forward
    6.5
    """
    recompute = Recompute(y, x)
    if not same(recompute({}), y.data):
        raise errors.GraphError(messages.stale(y))
    (grad,) = gradients(y, [x])
    distances = tuple(h) if isinstance(h, Iterable) else (h,)
    if not distances or not all(isinstance(h, Real) and 0.0 < h < inf for h in distances):
        raise ValueError(messages.no_distance(h))
    rows = tuple(measure(recompute, x, grad, float(h)) for h in distances)
    return Nudge(x.data, y.data, grad, rows, has_corner(recompute, x, grad))


def measure(recompute: Recompute, x: Value, grad: float, h: float) -> Row:
    """Return the slopes that moving `x` by `h` to both sides shows."""
    here = recompute.y.data
    above = recompute({x: x.data + h})
    below = recompute({x: x.data - h})
    symmetric = (above - below) / (2.0 * h)
    return Row(h, (above - here) / h, (here - below) / h, symmetric, abs(symmetric - grad))


def has_corner(recompute: Recompute, x: Value, grad: float) -> bool:
    """Return whether the slopes on the two sides stay apart as h shrinks."""
    scale = max(1.0, abs(x.data))
    far = measure(recompute, x, grad, CORNER_FAR * scale)
    near = measure(recompute, x, grad, CORNER_NEAR * scale)
    rounding = 8.0 * EPS * max(abs(recompute.y.data), abs(grad * scale)) / near.h
    finite = isfinite(far.gap) and isfinite(near.gap)
    return finite and near.gap > max(CORNER_SHARE * far.gap, rounding)
