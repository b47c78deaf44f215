"""What happens to the result if one number moves? A graph, computed again with another number.

Rule: the graph is left as it is. A difference is an estimate of the grad, and says how good it is.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, isfinite
from numbers import Real

from micrograd import errors
from micrograd.engine import Value, gradients
from micrograd.explaining import messages
from micrograd.explaining.events import order_of, same
from micrograd.support.text_table import align_columns

EPS = sys.float_info.epsilon  # the gap between 1 and the next float
DISTANCES = tuple(10.0**-k for k in range(1, 16))
NEAR, NEARER = 1e-4, 1e-6  # where a corner is looked for, of numbers of the size of 1
STILL = 0.5  # the share of the gap between the slopes that a corner leaves, from near to nearer


class Again:
    """A graph that can be computed with other numbers; the order of its nodes is found once."""

    def __init__(self, y: Value, x=None):
        self.y, self.order = y, order_of(y, x)

    def __call__(self, changes: dict) -> float:
        """The number that `y` would be with those, {Value: number}, in place of its own."""
        found = dict(changes)
        for node in self.order:
            if node not in found:
                inputs = [found[x] for x in node.inputs]
                found[node] = node.op.forward(*inputs) if inputs else node.data
        return found[self.y]


@dataclass(frozen=True)
class Row:
    """The slopes that moving x by h shows, and how far the symmetric one is from the grad."""

    h: float
    forward: float  # (y(x + h) - y(x)) / h
    backward: float  # (y(x) - y(x - h)) / h
    symmetric: float  # (y(x + h) - y(x - h)) / 2h
    error: float

    def cells(self) -> tuple[str, ...]:
        slopes = map(digits, (self.forward, self.backward, self.symmetric))
        return (f"{self.h:.0e}", *slopes, f"{self.error:.0e}")


@dataclass(frozen=True)
class Nudge:
    """Differences beside the grad, one row for each h; print it for a table with an explanation."""

    x: float
    y: float
    grad: float
    rows: tuple[Row, ...]
    corner: bool  # whether the slopes on the two sides do not come nearer as h gets smaller

    @property
    def best(self) -> Row:
        """The row whose symmetric difference is nearest to the grad."""
        return min(self.rows, key=lambda row: row.error if isfinite(row.error) else inf)

    def __str__(self):
        header = ("h", "forward", "backward", "symmetric", "error")
        table = [header, *(row.cells() for row in self.rows)]
        return "\n".join([align_columns(table), f"grad {digits(self.grad)}", *self.reasons()])

    def reasons(self) -> Iterable[str]:
        if not isfinite(self.y):
            yield f"the result is {self.y}: no difference can tell a slope."
            return
        if self.corner:
            yield (
                "forward and backward do not come nearer: at this x, or very near, there is a "
                "corner or a jump, and the grad is one of the slopes that meet there."
            )
        elif len(self.rows) > 1 and self.rows[0].error > 10.0 * self.best.error:
            yield (
                "a smaller h brings the formulas nearer, forward and backward by h, symmetric by "
                "h**2; but y is known to 16 digits, and the difference of two that are nearly "
                "equal keeps few of them: the error then grows as 1e-16 / h."
            )
        if any(self.x + row.h == self.x for row in self.rows):
            yield "the smallest h are lost beside x: x + h is x."
        if len(self.rows) > 1 and isfinite(self.best.error):
            yield f"best here: h = {self.best.h:.0e}, off by {self.best.error:.0e}."


def digits(number: float) -> str:
    return f"{number:.10g}"


def nudge(y: Value, x: Value, h: float | Iterable[float] = DISTANCES) -> Nudge:
    """Move `x` by h to both sides, compute `y` again, and compare the slopes with the grad.

    `h` is one distance or several. Raises GraphError for an x that is not in the graph, or a graph
    whose leaves have other numbers by now; ValueError for an h of 0 or less, or none.

    >>> from micrograd import Value
    >>> x = Value(3.0)
    >>> nudge(x * x, x, h=0.5).rows[0].forward
    6.5
    """
    again = Again(y, x)
    if not same(again({}), y.data):
        raise errors.GraphError(messages.stale(y))
    (grad,) = gradients(y, [x])
    distances = tuple(h) if isinstance(h, Iterable) else (h,)
    if not distances or not all(isinstance(h, Real) and h > 0.0 for h in distances):
        raise ValueError(messages.no_distance(h))
    rows = tuple(row(again, x, grad, float(h)) for h in distances)
    return Nudge(x.data, y.data, grad, rows, has_corner(again, x, grad))


def row(again: Again, x: Value, grad: float, h: float) -> Row:
    here = again.y.data
    above, below = (again({x: x.data + step}) for step in (h, -h))
    symmetric = (above - below) / (2.0 * h)
    return Row(h, (above - here) / h, (here - below) / h, symmetric, abs(symmetric - grad))


def has_corner(again: Again, x: Value, grad: float) -> bool:
    """The gap between the slopes of the two sides shrinks as h does, where there is no corner."""
    size = max(1.0, abs(x.data))
    near, nearer = (row(again, x, grad, h * size) for h in (NEAR, NEARER))
    gaps = [abs(one.forward - one.backward) for one in (near, nearer)]
    rounding = 8.0 * EPS * max(abs(again.y.data), abs(grad * size)) / nearer.h
    return all(map(isfinite, gaps)) and gaps[1] > max(STILL * gaps[0], rounding)
