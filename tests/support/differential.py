"""Random programs of any ops over any numbers, and what every interpreter must agree on.

Rule: nothing is excused by hand. PyTorch is asked edge by edge: it computes each instruction, and
what the edge passes back, from the numbers that `Value` has there, so that no rounding is magnified
on the way. Compiled programs are compared with `Value` as a whole: exact ones to the bit, others
within a bound that the program itself gives (`rounding`).
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from micrograd import Value, gradients, jit, value_and_grad, vmap
from micrograd.graph import partials, topological_order
from micrograd.ops import OPS, add, cos, gelu, sin, sub
from tests.support.floats import bits
from tests.support.torch_ops import in_torch

INPUTS, POINTS, LONGEST = (
    3,
    6,
    7,
)  # of a program: inputs, the points it is computed at, instructions
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, -7.5, 20.0, 88.0, 709.0, -745.0, 1e16, 1e-8]
EDGES += [5e-324, -1e-310, 1e300, -1.7e308, math.inf, -math.inf, math.nan, math.pi, math.e]
# What two math libraries may differ by on one edge: `tests.support.floats.close` gives the reasons
# for 1e-13. A partial like 1 - tanh(x)**2 loses digits below the size of its terms, which is 1.
EDGE_BOUND = 1e-12
ULP = 2.0**-52
OVERFLOW = 1e300  # beyond, the order of two sums decides between a number and an infinity
# Where PyTorch's derivative is 0 it is a mask: 0 also times infinity, or at nan. Ours is a product.
MASKED = ("relu", "leaky_relu", "elu", "maximum", "minimum", "abs", "pow", "where")


@dataclass(frozen=True)
class Case:
    """A program, as a list of (name of an op, its inputs), and the points to compute it at.

    An input is the result of so many instructions ago (an int), or a constant (a float).
    """

    seed: int

    @cached_property
    def parts(self) -> tuple[list, list]:
        rng = random.Random(self.seed)
        program = [instruction(rng) for _ in range(rng.randint(1, LONGEST))]
        return program, [[number(rng) for _ in range(INPUTS)] for _ in range(POINTS)]

    @property
    def program(self) -> list:
        return self.parts[0]

    @property
    def points(self) -> list:
        return self.parts[1]

    def __call__(self, *inputs):
        """Return the sum of all results, on whatever the inputs are."""
        results = list(inputs)
        for name, places in self.program:
            args = [results[-1 - x % len(results)] if type(x) is int else x for x in places]
            results.append(OPS[name](*args))
        return sum(results[INPUTS + 1 :], results[INPUTS])


def number(rng: random.Random) -> float:
    return rng.choice(EDGES) if rng.random() < 0.3 else rng.gauss(0.0, 2.0)


def instruction(rng: random.Random) -> tuple[str, list]:
    name = rng.choice(list(OPS))
    places = [number(rng) if rng.random() < 0.15 else rng.randrange(8) for _ in OPS[name].partials]
    if all(type(x) is float for x in places):
        places[0] = 0
    return name, places


# ---------------------------------------------------------------------------- PyTorch, edge by edge


def graphs(case: Case) -> Iterator[list[Value]]:
    """Yield the graph of each point in topological order, after backward()."""
    for point in case.points:
        y = case(*map(Value, point))
        y.backward()
        yield topological_order(y)


def torch_findings(torch, case: Case) -> Iterator[str]:
    """Yield a sentence for each instruction or grad that PyTorch computes differently."""
    for order in graphs(case):
        received = {node: [] for node in order}
        for node in reversed(order):
            if node.inputs:
                yield from edge_findings(torch, node, received)
            if node is not order[-1]:
                yield from sum_findings(node, received[node])


def edge_findings(torch, node: Value, received: dict) -> Iterator[str]:
    """Compare one instruction, and note in `received` what PyTorch sends to each input."""
    name, constant = node.op.family or node.op.name, node.op.constant
    tensors = [torch.tensor(x.data, dtype=torch.float64, requires_grad=True) for x in node.inputs]
    extra = [] if constant is None else [torch.tensor(constant, dtype=torch.float64)]
    out = in_torch(torch, name, *tensors, *extra)
    if not near(node.data, out.item(), abs(out.item())):
        inputs = [x.data for x in node.inputs]
        yield f"{node.op} of {inputs} is {node.data}, in PyTorch {out.item()}"
    numbers = [node.grad, *[x.data for x in node.inputs]]
    sent = [None] * len(tensors)
    if out.requires_grad:
        out.backward(torch.tensor(node.grad, dtype=torch.float64))
        sent = [tensor.grad for tensor in tensors]
    for x, grad in zip(node.inputs, sent):
        is_masked = name in MASKED and not all(map(math.isfinite, numbers))
        unknown = is_masked or overflows(node)
        theirs = 0.0 if grad is None else grad.item()
        received[x].append((math.nan if unknown else theirs, node.grad, unknown))


def overflows(node: Value) -> bool:
    """Return whether a partial is infinite between finite numbers, or 1/y is, as at y = 5e-324.

    PyTorch divides the grad by y there, and so has 0 where ours is 0 times infinity. At 0 itself,
    where the derivative is infinite, both agree.
    """
    inputs = [x.data for x in node.inputs]
    slopes = [slope or 0.0 for slope in partials(node, lambda x: x.data)]
    is_finite = all(map(math.isfinite, inputs)) and all(inputs)
    is_tiny = any(x and math.isinf(1.0 / x) for x in inputs)
    return (is_finite or is_tiny) and any(map(math.isinf, slopes))


def sum_findings(node: Value, received: list) -> Iterator[str]:
    """Compare the grad of a node with the sum of what PyTorch sent there."""
    if any(unknown for *_, unknown in received):
        return
    sizes = [max(abs(part), abs(upstream)) for part, upstream, _ in received]
    total = sum(part for part, *_ in received)
    if not near(node.grad, total, sum(sizes)):
        yield f"the grad of {node} is {node.grad}, in PyTorch {total}"


def near(x: float, y: float, size: float) -> bool:
    """Return whether two numbers are equal, but for what an edge may differ by."""
    if same(x, y) or max(abs(x), abs(y)) > OVERFLOW:
        return True
    return abs(x - y) <= EDGE_BOUND * size + 1e-300


# ------------------------------------------------------------------- compiled programs, as a whole


def eager(case: Case) -> list[list[float]]:
    """Return [y, d y / d input, ...] for each point."""
    rows = []
    for point in case.points:
        values = list(map(Value, point))
        y = case(*values)
        y.backward()
        rows.append([y.data, *[x.grad for x in values]])
    return rows


def compiled(cases: list[Case], exact: bool) -> list[np.ndarray]:
    """Return what `eager` returns, for each case; all are compiled as one program."""
    each = [value_and_grad(case, argnums=tuple(range(INPUTS))) for case in cases]

    def everything(points):
        return [flat(f(*xs)) for f, xs in zip(each, points)]

    f = jit(everything, exact=True) if exact else everything
    points = np.array([case.points for case in cases]).transpose(1, 0, 2)  # the axis of vmap first
    return [np.array(columns).T for columns in vmap(f)(points)]


def flat(result: tuple) -> list:
    return [result[0], *result[1]]


def exact_findings(wanted: list[list[float]], rows: np.ndarray) -> Iterator[str]:
    """Yield a sentence for each number that differs in a bit."""
    for row, (theirs, ours) in enumerate(zip(wanted, rows.tolist())):
        if list(map(bits, theirs)) != list(map(bits, ours)):
            yield f"point {row}: exact gives {ours}, Value {theirs}"


def fast_findings(case: Case, wanted: list[list[float]], rows: np.ndarray) -> Iterator[str]:
    """Yield a sentence for each number that differs by more than rounding may."""
    for point, theirs, ours in zip(case.points, wanted, rows.tolist()):
        if all(map(same, theirs, ours)):
            continue  # to find the bound takes ten times as long as to compute the numbers
        for x, y, bound in zip(theirs, ours, rounding(case, point)):
            if not (same(x, y) or abs(x - y) <= bound or bound == math.inf):
                yield f"at {point}: compiled {y}, Value {x}, more than {bound} apart"


def same(x: float, y: float) -> bool:
    return x == y or (x != x and y != y)


def rounding(case: Case, point: list[float]) -> list[float]:
    """Return how far y and each derivative may be from what another order of roundings gives.

    Each op adds 8 units in the last place of the largest number that it adds up, and passes on the
    errors of its inputs times its partials. The bound is infinite where a number may overflow,
    where an error may move an input across a jump or to a pole, and where an angle is beyond `sin`.
    """
    xs = list(map(Value, point))
    y = case(*xs)
    results = [y, *gradients(y, xs, create_graph=True)]
    errors: dict[Value, float] = {}
    for result in results:
        for node in topological_order(result):
            if node not in errors:
                errors[node] = error_of(node, errors)
    return [errors[result] for result in results]


def error_of(node: Value, errors: dict) -> float:
    if not node.inputs:
        return 0.0
    sizes = [abs(x.data) for x in node.inputs] + [abs(node.data)]
    own = 8.0 * ULP * (max(sizes) if node.op in SUMS else abs(node.data)) + 1e-320
    slopes = [abs(slope or 0.0) for slope in partials(node, lambda x: x.data)]
    passed = [error and error * slope for error, slope in zip(map(errors.get, node.inputs), slopes)]
    total = own + sum(passed)
    is_jump = None in node.op.partials and any(errors[x] for x in node.inputs)
    is_large = max(sizes) > (LARGEST_ANGLE if node.op in (sin, cos) else OVERFLOW)
    is_unknown = total != total or is_jump or is_large or may_reach_a_pole(node, errors)
    return math.inf if is_unknown else total


def may_reach_a_pole(node: Value, errors: dict) -> bool:
    """Return whether a partial is infinite where an error may move an input to, as 1 / log(cos(x)).

    Poles are looked for at 0, 1 and -1.
    """
    for i, x in enumerate(node.inputs):
        inputs = [other.data for other in node.inputs]
        for inputs[i] in (0.0, 1.0, -1.0):
            if errors[x] and abs(x.data - inputs[i]) <= 2.0 * errors[x]:
                out = node.op.forward(*inputs)
                slopes = [partial(*inputs, out) for partial in node.op.partials if partial]
                if not all(map(math.isfinite, slopes)):
                    return True
    return False


LARGEST_ANGLE = 2.0**50
SUMS = (add, sub, gelu)  # x / 2 (1 + erf(x / sqrt(2))) is a sum, too


def findings(torch, cases: list[Case], engines: list[str]) -> Iterator[tuple[Case, str]]:
    """Yield (case, sentence) for all that the engines, of "torch", "exact", "fast", find."""
    wanted = [eager(case) for case in cases] if engines != ["torch"] else []
    for engine in engines:
        if engine == "torch":
            for case in cases:
                yield from ((case, text) for text in torch_findings(torch, case))
            continue
        for case, rows, numbers in zip(cases, compiled(cases, engine == "exact"), wanted):
            if engine == "exact":
                found = exact_findings(numbers, rows)
            else:
                found = fast_findings(case, numbers, rows)
            yield from ((case, text) for text in found)
