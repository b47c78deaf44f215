"""What happens to the result if one number moves? A graph, computed again with another number.

Rule: the graph is left as it is. A difference is an estimate of the grad, and says how good it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, isfinite, log10

from micrograd import errors
from micrograd.engine import Value, gradients
from micrograd.graph import topological_order
from micrograd.steps import acyclic
from micrograd.table import aligned

DISTANCES = tuple(10.0**-k for k in range(1, 16))
MIDDLE, SMALL = 1e-5, 1e-3  # the h at which a corner is looked for, and the largest that will do
CORNER = 1e-2  # slopes on the two sides that differ by more, relative to their size, make a corner


def recomputed(y: Value, changes: dict) -> float:
    """The number that `y` would be with those numbers, {Value: number}, in place of theirs."""
    found = dict(changes)
    for node in topological_order(y):
        if node not in found:
            inputs = [found[x] for x in node.inputs]
            found[node] = node.op.forward(*inputs) if inputs else node.data
    return found[y]


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

    @property
    def best(self) -> Row:
        """The row whose symmetric difference is nearest to the grad."""
        return min(self.rows, key=lambda row: row.error if isfinite(row.error) else inf)

    @property
    def corner(self) -> bool:
        """Whether the slopes on the two sides differ at an h where they should not."""
        row = min(self.rows, key=lambda row: abs(log10(row.h / MIDDLE)))
        size = max(abs(row.forward), abs(row.backward))
        return row.h <= SMALL and abs(row.forward - row.backward) > CORNER * size

    def __str__(self):
        header = ("h", "forward", "backward", "symmetric", "error")
        table = [header, *(row.cells() for row in self.rows)]
        return "\n".join([aligned(table), f"grad {digits(self.grad)}", *self.reasons()])

    def reasons(self) -> Iterable[str]:
        if not isfinite(self.y):
            yield f"the result is {self.y}: no difference can tell a slope."
            return
        if self.corner:
            yield (
                "forward and backward differ however small h is: there is a corner at this x, and "
                "the grad is one of the slopes between them."
            )
        if len(self.rows) > 1:
            yield (
                "a smaller h brings the formulas nearer, forward and backward by h, symmetric by "
                "h**2; but y is known to 16 digits, and the difference of two that are nearly "
                "equal keeps few of them: the error then grows as 1e-16 / h."
            )
            yield f"best here: h = {self.best.h:.0e}, off by {self.best.error:.0e}."


def digits(number: float) -> str:
    return f"{number:.10g}"


def nudge(y: Value, x: Value, h: float | Iterable[float] = DISTANCES) -> Nudge:
    """Move `x` by h to both sides, compute `y` again, and compare the slopes with the grad.

    `h` is one distance or several. Raises GraphError for an x that is not in the graph, ValueError
    for an h of 0 or less.

    >>> from micrograd import Value
    >>> x = Value(3.0)
    >>> nudge(x * x, x, h=0.5).rows[0].forward
    6.5
    """
    order = acyclic(topological_order(y))
    if x not in set(order):
        raise errors.GraphError(errors.not_in_graph(x))
    (grad,) = gradients(y, [x])
    distances = tuple(h) if isinstance(h, Iterable) else (h,)
    return Nudge(x.data, y.data, grad, tuple(row(y, x, grad, float(h)) for h in distances))


def row(y: Value, x: Value, grad: float, h: float) -> Row:
    if not h > 0.0:
        raise ValueError(errors.no_distance(h))
    above, below = (recomputed(y, {x: x.data + step}) for step in (h, -h))
    symmetric = (above - below) / (2.0 * h)
    return Row(h, (above - y.data) / h, (y.data - below) / h, symmetric, abs(symmetric - grad))
