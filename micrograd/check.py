"""Checks of gradients: against central differences, and against PyTorch.

Rule: a check returns its numbers as a table that can be printed, and is true if they agree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from micrograd.engine import Value, gradients
from micrograd.graph import fold, topological_order
from micrograd.ops import OPS, Arithmetic, Op
from micrograd.support.arguments import not_one_number, require_function
from micrograd.support.extras import require
from micrograd.support.shown import Shown
from micrograd.support.text_table import align_columns
from micrograd.watchers import enable_grad

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EPS = 2.0**-52  # the gap between 1 and the next float


@dataclass(frozen=True, repr=False)
class Check(Shown):
    """A table of compared numbers. It is true if every row is right; print it to read it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, float, float, float, bool], ...]  # (name, ours, theirs, error, right)

    def __bool__(self) -> bool:
        return all(right for *_, right in self.rows)

    def __str__(self) -> str:
        table = [self.header]
        for name, ours, theirs, error, right in self.rows:
            verdict = "ok" if right else "WRONG"
            table.append((name, f"{ours:.12g}", f"{theirs:.12g}", f"{error:.1e}", verdict))
        return align_columns(table)


def gradcheck(
    f: Callable[..., Any],
    *inputs: float,
    tolerance: float = 1e-6,
) -> Check:
    """Compare the gradient of `f` at `inputs` with central differences, one input after the other.

    `f` takes one Value for each input and returns one Value. The distance h for an input x is
    eps**(1/3) * max(1, |x|), which balances the error of the formula, of order h**2, against that
    of rounding, of order eps / h (Press et al., Numerical Recipes, 5.7). A row is right if the two
    differ by at most `tolerance` times the larger of 1 and the gradient. Print the result to see
    which input fails. Raises TypeError if `f` is no function or returns a list.

    >>> print(gradcheck(lambda x, y: x * y + y.tanh(), 2.0, 0.5))
    input    analytic       numeric         error
    input 0  0.5            0.500000000005  4.6e-12  ok
    input 1  2.78644773297  2.78644773296   3.4e-12  ok
    """
    require_function("gradcheck", f)
    xs = [Value(x) for x in inputs]
    with enable_grad():
        analytic = gradients(one_value(f(*xs)), xs)
    rows = []
    for i, exact in enumerate(analytic):
        numeric = central_difference(f, [x.data for x in xs], i)
        error = abs(exact - numeric) / max(1.0, abs(exact))
        rows.append((f"input {i}", exact, numeric, error, error <= tolerance))
    return Check(("input", "analytic", "numeric", "error", ""), tuple(rows))


def central_difference(f: Callable[..., Any], numbers: list[float], i: int) -> float:
    """Return (f(x + h) - f(x - h)) / 2h with respect to input number i."""
    x = numbers[i]
    h = EPS ** (1.0 / 3.0) * max(1.0, abs(x))
    above, below = x + h, x - h

    def at(x: float) -> float:
        inputs = [*numbers[:i], x, *numbers[i + 1 :]]
        return one_value(f(*map(Value, inputs))).data

    return (at(above) - at(below)) / (above - below)  # not 2h: x + h and x - h are rounded


def against_torch(f: Callable[..., Any], *inputs: float, ulps: float = 64) -> Check:
    """Compare the value and every gradient of `f` at `inputs` with PyTorch's, in float64.

    `f` is run on Values and, unchanged, on PyTorch's tensors. The error is in ulp, units in the
    last place of PyTorch's number; a row is right within `ulps`. This needs the extra "torch".
    Raises TypeError as `gradcheck` does.

    >>> print(against_torch(lambda x, y: x * y + y**2, 2.0, 0.5))
             ours  PyTorch  ulp
    value    1.25  1.25     0.0e+00  ok
    input 0  0.5   0.5      0.0e+00  ok
    input 1  3     3        0.0e+00  ok
    """
    require_function("against_torch", f)
    torch = require("torch", "torch")
    xs = [Value(x) for x in inputs]
    with enable_grad():
        ours = one_value(f(*xs))
    tensors = [as_tensor(torch, x.data).requires_grad_() for x in xs]
    theirs = as_tensor(torch, f(*map(Tensor, tensors)))
    names = ["value", *(f"input {i}" for i in range(len(xs)))]
    our_numbers = [ours.data, *gradients(ours, xs)]
    their_numbers = [theirs.item(), *torch_grads(theirs, tensors)]
    return comparison(names, our_numbers, their_numbers, ulps)


def compare(y: Value, ulps: float = 64) -> Check:
    """Compare `y` and the grad of each of its leaves, by its label, with PyTorch's in float64.

    PyTorch computes the graph again, from the numbers at its leaves. Like `against_torch`, this
    needs the extra "torch". Raises GraphError for an op that is not a row of the table.

    >>> x, w = Value(2.0, label="x"), Value(-3.0, label="w")
    >>> print(compare((x * w + 6.5).tanh()))
            ours            PyTorch         ulp
    value   0.46211715726   0.46211715726   0.0e+00  ok
    x       -2.3593431989   -2.3593431989   0.0e+00  ok
    w       1.57289546593   1.57289546593   0.0e+00  ok
    leaf 3  0.786447732966  0.786447732966  0.0e+00  ok
    """
    require("torch", "torch")
    order = topological_order(y)
    leaves = [node for node in order if not node.inputs]
    value, theirs = evaluate_with_torch(order)
    names = ["value", *(str(x.label or f"leaf {i}") for i, x in enumerate(leaves, 1))]
    with enable_grad():
        ours = [y.data, *gradients(y, leaves)]
    return comparison(names, ours, [value, *theirs.values()], ulps)


def comparison(
    names: Sequence[str], ours: Iterable[float], theirs: Iterable[float], ulps: float
) -> Check:
    """Return the table of our numbers beside PyTorch's; a row is right within `ulps`."""
    rows = []
    for name, our, their in zip(names, ours, theirs):
        gap = distance(our, their)
        rows.append((name, our, their, gap, gap <= ulps))
    return Check(("", "ours", "PyTorch", "ulp", ""), tuple(rows))


def evaluate_with_torch(order: Sequence[Value]) -> tuple[float, dict[Value, float]]:
    """Compute the last node of `order` with PyTorch. Return it, and {leaf: its grad}."""
    torch = require("torch", "torch")
    results = fold(
        order,
        leaf=lambda node: Tensor(as_tensor(torch, node.data).requires_grad_()),
        apply=lambda op, inputs: inputs[0].interpret(op, inputs),
    )
    leaves = [node for node in order if not node.inputs]
    result = results[order[-1]].tensor
    return result.item(), dict(
        zip(leaves, torch_grads(result, [results[x].tensor for x in leaves]))
    )


def torch_grads(result: Any, tensors: Sequence[Any]) -> list[float]:
    """Return d result / d each tensor, and 0 where the result does not depend on it."""
    torch = require("torch", "torch")
    if not result.requires_grad:  # of a step or a comparison, which is flat everywhere
        return [0.0] * len(tensors)
    grads = torch.autograd.grad(result, tensors, allow_unused=True)
    return [0.0 if grad is None else grad.item() for grad in grads]


class Tensor(Arithmetic):
    """The interpreter that applies an op by calling PyTorch's function of that name."""

    def __init__(self, tensor: Any):
        self.tensor = tensor

    def interpret(self, op: Op, inputs: tuple[Any, ...]) -> Tensor:
        torch = require("torch", "torch")
        tensors = [as_tensor(torch, x) for x in inputs]
        if OPS.get(op.name) is not op:  # a user's own op, which is written in ops
            own: Tensor = op.forward(*map(Tensor, tensors))
            return own
        if function := TORCH.get(op.name):
            return Tensor(function(torch, *tensors))
        return Tensor(getattr(torch, op.name)(*tensors))


def as_tensor(torch: Any, x: Any) -> Any:
    """Return the tensor of a Tensor, or a tensor of one number, in float64."""
    if isinstance(x, Tensor):
        return x.tensor
    return torch.tensor(float(x), dtype=torch.float64)


# The rows that PyTorch does not call by their name.
# fmt: off
TORCH: dict[str, Callable[..., Any]] = {
    "softplus": lambda torch, x: -torch.nn.functional.logsigmoid(-x),  # its own is x above 20
    "leaky_relu": lambda torch, x: torch.nn.functional.leaky_relu(x),
    "elu": lambda torch, x: torch.nn.functional.elu(x),
    "gelu": lambda torch, x: torch.nn.functional.gelu(x),
    "step": lambda torch, x: (x > 0).to(x.dtype),
    "less": lambda torch, x, y: (x < y).to(x.dtype),
    "equal": lambda torch, x, y: (x == y).to(x.dtype),
    "detach": lambda torch, x: x.detach(),
    "where": lambda torch, c, x, y: torch.where(c != 0, x, y),
}
# fmt: on


def distance(a: float, b: float) -> float:
    """Return |a - b| in ulp of b: 0 for two nans or equal infinities, inf for only one of them."""
    if a == b or (a != a and b != b):
        return 0.0
    if math.isfinite(a) and math.isfinite(b):
        return abs(a - b) / math.ulp(b)
    return math.inf


def one_value(y: Any) -> Value:
    """Return `y` as a Value. Raises TypeError for a list."""
    if isinstance(y, list | tuple | dict):
        raise TypeError(not_one_number("A check", y))
    return y if isinstance(y, Value) else Value(y)
