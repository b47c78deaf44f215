"""Are the gradients right? Compared with differences, and with PyTorch.

Rule: a check returns its numbers as rows that can be printed, and is true if they agree.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from micrograd import errors
from micrograd.engine import Value, gradients
from micrograd.graph import topological_order
from micrograd.ops import OPS, Arithmetic, Op
from micrograd.support.extras import require
from micrograd.support.text_table import align_columns
from micrograd.watchers import enable_grad

EPS = 2.0**-52  # the gap between 1 and the next float


@dataclass(frozen=True)
class Check:
    """A table of what was compared; true where every row agrees."""

    header: tuple[str, ...]
    rows: tuple[tuple, ...]  # (what, ours, the other's, how far apart, whether that is right)

    def __bool__(self):
        return all(row[-1] for row in self.rows)

    def __str__(self):
        table = [self.header] + [
            (what, f"{ours:.12g}", f"{other:.12g}", f"{apart:.1e}", "ok" if right else "WRONG")
            for what, ours, other, apart, right in self.rows
        ]
        return align_columns(table)


def gradcheck(f: Callable, *inputs: float, tolerance: float = 1e-6) -> Check:
    """Compare the gradient of `f` at `inputs` with central differences, one input after the other.

    The step for an input x is eps**(1/3) * max(1, |x|), which balances the error of the formula, of
    order step**2, against that of rounding, of order eps / step (Press et al., Numerical Recipes,
    5.7). A row is right if the two differ by at most `tolerance` relative to the larger of 1 and
    the gradient. Print the result to see which input fails.

    >>> print(gradcheck(lambda x, y: x * y + y.tanh(), 2.0, 0.5))
    input    analytic       numeric         error
    input 0  0.5            0.500000000005  4.6e-12  ok
    input 1  2.78644773297  2.78644773296   3.4e-12  ok
    """
    xs = [Value(x) for x in inputs]
    with enable_grad():
        analytic = gradients(one_value(f(*xs)), xs)
    rows = []
    for i, exact in enumerate(analytic):
        numeric = central_difference(f, [x.data for x in xs], i)
        error = abs(exact - numeric) / max(1.0, abs(exact))
        rows.append((f"input {i}", exact, numeric, error, error <= tolerance))
    return Check(("input", "analytic", "numeric", "error", ""), tuple(rows))


def central_difference(f: Callable, numbers: list[float], i: int) -> float:
    """(f(x + h) - f(x - h)) / 2h for input number i."""
    step = EPS ** (1.0 / 3.0) * max(1.0, abs(numbers[i]))
    above = numbers[i] + step
    below = numbers[i] - step

    def at(x):
        moved = [*numbers]
        moved[i] = x
        return one_value(f(*map(Value, moved))).data

    return (at(above) - at(below)) / (above - below)  # not 2 * step: sums are rounded


def against_torch(f: Callable, *inputs: float, ulps: float = 64) -> Check:
    """Compare the value and every gradient of `f` at `inputs` with PyTorch's, in float64.

    `f` is run on Values and, unchanged, on PyTorch's tensors. The difference is in ulp, units in
    the last place of PyTorch's number; a row is right within `ulps`. Needs the extra "test".

    >>> print(against_torch(lambda x, y: x * y + y**2, 2.0, 0.5))
             ours  PyTorch  ulp
    value    1.25  1.25     0.0e+00  ok
    input 0  0.5   0.5      0.0e+00  ok
    input 1  3     3        0.0e+00  ok
    """
    torch = require("torch", "torch")
    xs = [Value(x) for x in inputs]
    with enable_grad():
        ours = one_value(f(*xs))
    tensors = [as_tensor(torch, x.data).requires_grad_() for x in xs]
    theirs = as_tensor(torch, f(*map(Tensor, tensors)))
    grads = [None] * len(xs)
    if theirs.requires_grad:
        grads = torch.autograd.grad(theirs, tensors, allow_unused=True)
    names = ["value", *(f"input {i}" for i in range(len(xs)))]
    mine = [ours.data, *gradients(ours, xs)]
    found = [theirs.item(), *(0.0 if grad is None else grad.item() for grad in grads)]
    return beside(names, mine, found, ulps)


def compare(y: Value, ulps: float = 64) -> Check:
    """Compare `y` and the grad of each of its leaves with PyTorch's, in float64: by their labels.

    The graph is computed again, by PyTorch, from the numbers at its leaves. As `against_torch`, it
    needs the extra "test". Raises GraphError for an op that is no row.

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
    value, theirs = on_torch(order)
    names = ["value", *(x.label or f"leaf {i}" for i, x in enumerate(leaves, 1))]
    with enable_grad():
        mine = [y.data, *gradients(y, leaves)]
    return beside(names, mine, [value, *[theirs[x] for x in leaves]], ulps)


def beside(names: list[str], ours: list, theirs: list, ulps: float) -> Check:
    rows = []
    for name, a, b in zip(names, ours, theirs):
        apart = distance(a, b)
        rows.append((name, a, b, apart, apart <= ulps))
    return Check(("", "ours", "PyTorch", "ulp", ""), tuple(rows))


def on_torch(order: list) -> tuple[float, dict]:
    """(the last node, computed by PyTorch from the leaves; {leaf: its grad})."""
    torch = require("torch", "torch")
    known = {x: Tensor(as_tensor(torch, x.data).requires_grad_()) for x in order if not x.inputs}
    leaves, y = list(known), order[-1]
    for node in order:
        if node.inputs:
            inputs = tuple(known[x] for x in node.inputs)
            known[node] = inputs[0].interpret(node.op, inputs)
    result = known[y].tensor
    if not result.requires_grad:  # a step, a comparison: flat everywhere
        return result.item(), dict.fromkeys(leaves, 0.0)
    found = torch.autograd.grad(result, [known[x].tensor for x in leaves], allow_unused=True)
    grads = {x: 0.0 if grad is None else grad.item() for x, grad in zip(leaves, found)}
    return result.item(), grads


class Tensor(Arithmetic):
    """The interpreter for which applying an op means: PyTorch's function of that name."""

    def __init__(self, tensor):
        self.tensor = tensor

    def interpret(self, op: Op, inputs: tuple):
        torch = require("torch", "torch")
        tensors = [as_tensor(torch, x) for x in inputs]
        if OPS.get(op.name) is not op:  # a user's own, written in the ops' language
            return op.forward(*map(Tensor, tensors))
        if spelling := TORCH.get(op.name):
            return Tensor(spelling(torch, *tensors))
        return Tensor(getattr(torch, op.name)(*tensors))


def as_tensor(torch, x):
    if isinstance(x, Tensor):
        return x.tensor
    return torch.tensor(float(x), dtype=torch.float64)


# the rows that PyTorch spells in another way than by their name
# fmt: off
TORCH = {
    "softplus": lambda torch, x: -torch.nn.functional.logsigmoid(-x),  # torch's is cut off at 20
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
    """|a - b| in ulp of b; 0 for two nans or two equal infinities, inf for one of them."""
    if a == b or (a != a and b != b):
        return 0.0
    if math.isfinite(a) and math.isfinite(b):
        return abs(a - b) / math.ulp(b)
    return math.inf


def one_value(y) -> Value:
    """`y` as a Value. Raises TypeError for a list."""
    if isinstance(y, list | tuple | dict):
        raise TypeError(errors.not_one_number("a check", y))
    return y if isinstance(y, Value) else Value(y)
