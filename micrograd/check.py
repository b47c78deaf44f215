"""Checks of gradients: against central differences, and against PyTorch.

Rule: a check returns its numbers as a table that can be printed, and is true if they agree.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from micrograd.engine import Value, gradients
from micrograd.graph import topological_order
from micrograd.ops import OPS, Arithmetic, Op, detach
from micrograd.support.arguments import not_one_number, require_function, require_scalars
from micrograd.support.extras import require
from micrograd.support.fold import fold
from micrograd.support.own_rows import has_own_forward
from micrograd.support.text_result import TextResult
from micrograd.support.text_table import align_columns
from micrograd.watchers import enable_grad

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, TypeAlias

    Row: TypeAlias = tuple[str, float, float, float, bool]  # (name, ours, theirs, error, right)

EPS = 2.0**-52  # the gap between 1 and the next float


@dataclass(frozen=True, repr=False)
class Check(TextResult):
    """A table of compared numbers. It is true if every row is right; print it to read it."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]

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
    which input fails. Raises TypeError if `f` is no function or returns a list, or for a list among
    the inputs.

    Nodes made by hand, such as `out = Value(t, (x,), "mine")`, are checked by their own
    `_backward`, and each such op has a row: how fast its result changes while an input moves, by
    its `_backward` and numerically. Raises GraphError for one without a `_backward`.

    >>> print(gradcheck(lambda x, y: x * y + y.tanh(), 2.0, 0.5))
    input    analytic       numeric         error
    input 0  0.5            0.500000000005  4.6e-12  ok
    input 1  2.78644773297  2.78644773296   3.4e-12  ok
    """
    require_function("gradcheck", f)
    require_scalars("gradcheck", inputs)
    xs = [Value(x) for x in inputs]
    with enable_grad():
        order = topological_order(one_value(f(*xs)))
        handmade = [node for node in order if "_backward" in vars(node)]
        analytic = grads_by_backward(order, xs) if handmade else gradients(order[-1], xs)
        slopes = [central_differences(f, [x.data for x in xs], i) for i in range(len(xs))]
    rows = []
    for i, exact in enumerate(analytic):
        rows.append(gradcheck_row(f"input {i}", exact, slopes[i][-1], tolerance))
    if all(len(numbers) == len(order) for numbers in slopes):  # every run has the same graph
        rows += rows_of_handmade(handmade, order, slopes, tolerance)
    return Check(("input", "analytic", "numeric", "error", ""), tuple(rows))


def gradcheck_row(name: str, exact: float, numeric: float, tolerance: float) -> Row:
    error = abs(exact - numeric) / max(1.0, abs(exact))
    return name, exact, numeric, error, error <= tolerance


def central_differences(f: Callable[..., Any], numbers: list[float], i: int) -> list[float]:
    """Return (z(x + h) - z(x - h)) / 2h with respect to input number i, for each node z of f.

    The nodes are in topological order, so the last one is the result.
    """
    x = numbers[i]
    h = EPS ** (1.0 / 3.0) * max(1.0, abs(x))
    above, below = x + h, x - h

    def nodes_at(x: float) -> list[Value]:
        inputs = [*numbers[:i], x, *numbers[i + 1 :]]
        return topological_order(one_value(f(*map(Value, inputs))))

    width = above - below  # not 2h: x + h and x - h are rounded
    pairs = zip(reversed(nodes_at(above)), reversed(nodes_at(below)))
    return [(high.data - low.data) / width for high, low in pairs][::-1]


def grads_by_backward(order: Sequence[Value], xs: Sequence[Value]) -> list[float]:
    """Return the grads of `xs` after `backward()` of the last of `order`; no grad is changed."""
    with kept_grads([*order, *xs]) as values:
        for value in values:
            value.grad = 0.0
        order[-1].backward()
        return [x.grad for x in xs]


def rows_of_handmade(
    handmade: Sequence[Value],
    order: Sequence[Value],
    slopes: Sequence[Sequence[float]],
    tolerance: float,
) -> list[Row]:
    """Return a row for each op made by hand: the worst of its nodes, while any input moves."""
    places = {node: place for place, node in enumerate(order)}
    worst: dict[str, Row] = {}
    for node in handmade:
        name = f"{node._op or 'a leaf'}._backward"
        partials = partials_by_backward(node)
        for numbers in slopes:
            exact = sum(partial * numbers[places[x]] for x, partial in partials.items())
            row = gradcheck_row(name, exact, numbers[places[node]], tolerance)
            if name not in worst or not row[3] <= worst[name][3]:
                worst[name] = row
    return list(worst.values())


def partials_by_backward(node: Value) -> dict[Value, float]:
    """Return what a node's `_backward` adds to the grad of each input, for each unit of its own.

    All grads begin at 2, so that a `_backward` with `=` in place of `+=`, or without `out.grad`,
    gives another number.
    """
    with kept_grads([node, *node.inputs]) as values:
        for value in values:
            value.grad = 2.0
        node._backward()
        return {x: (x.grad - 2.0) / 2.0 for x in node.inputs}


@contextmanager
def kept_grads(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Yield the Values, and set their grads back at the end of the block."""
    before = [value.grad for value in values]
    try:
        yield values
    finally:
        for value, grad in zip(values, before):
            value.grad = grad


def against_torch(f: Callable[..., Any], *inputs: float, ulps: float = 64) -> Check:
    """Compare the value and every gradient of `f` at `inputs` with PyTorch's, in float64.

    `f` is run on Values and, unchanged, on PyTorch's tensors. The error is in ulp, units in the
    last place of PyTorch's number; a row is right within `ulps`. This needs the extra "torch".
    Raises TypeError as `gradcheck` does, and for a function that reads numbers out of its inputs,
    as by `math.exp(x)`, or AttributeError, as by `math.exp(x.data)`.

    >>> print(against_torch(lambda x, y: x * y + y**2, 2.0, 0.5))
             ours  PyTorch  ulp
    value    1.25  1.25     0.0e+00  ok
    input 0  0.5   0.5      0.0e+00  ok
    input 1  3     3        0.0e+00  ok
    """
    require_function("against_torch", f)
    require_scalars("against_torch", inputs)
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
    grads = torch_grads(result, [results[x].tensor for x in leaves])
    return result.item(), dict(zip(leaves, grads))


def torch_grads(result: Any, tensors: Sequence[Any]) -> list[float]:
    """Return d result / d each tensor, and 0 where the result does not depend on it."""
    torch = require("torch", "torch")
    if not result.requires_grad:  # of a step or a comparison, which is flat everywhere
        return [0.0] * len(tensors)
    grads = torch.autograd.grad(result, tensors, allow_unused=True)
    return [0.0 if grad is None else grad.item() for grad in grads]


class Tensor(Arithmetic):
    """The interpreter that applies an op by calling PyTorch's function of that name.

    It can be compared, as a Value can. Its number cannot be read, because PyTorch would see a
    constant from there on.
    """

    def __init__(self, tensor: Any):
        self.tensor = tensor

    # fmt: off
    def __lt__(self, other: Any) -> bool:   return self.compare(operator.lt, other)
    def __le__(self, other: Any) -> bool:   return self.compare(operator.le, other)
    def __gt__(self, other: Any) -> bool:   return self.compare(operator.gt, other)
    def __ge__(self, other: Any) -> bool:   return self.compare(operator.ge, other)
    def __format__(self, spec: str) -> str: return format(self.tensor.item(), spec)
    def detach(self) -> Tensor:             return self.interpret(detach, (self,))
    # fmt: on

    def compare(self, relation: Callable[[Any, Any], Any], other: Any) -> bool:
        number = other.tensor.item() if isinstance(other, Tensor) else other
        return bool(relation(self.tensor.item(), number))

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(number_is_read(f"x.{name}"))

    def __float__(self) -> float:
        raise TypeError(number_is_read("float(x) or math.exp(x)"))

    def __round__(self, digits: int | None = None) -> NoReturn:
        raise TypeError(number_is_read("round(x)"))

    def interpret(self, op: Op, inputs: tuple[Any, ...]) -> Tensor:
        torch = require("torch", "torch")
        tensors = [as_tensor(torch, x) for x in inputs]
        if OPS.get(op.name) is not op or not has_own_forward(op):  # it is written in ops
            own: Tensor = op.forward(*map(Tensor, tensors))
            return own
        if function := TORCH.get(op.name):
            return Tensor(function(torch, *tensors))
        return Tensor(getattr(torch, op.name)(*tensors))


def number_is_read(code: str) -> str:
    return (
        "The function is also called with PyTorch's tensors, which know the ops and comparisons "
        f"alone. It cannot use {code} there. Write micrograd.exp(x) for math.exp(x.data), and "
        "x > 0 for x.data > 0."
    )


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
