"""Random programs, run on Values and on PyTorch's tensors.

Rule: both run the very same program, and must give the same numbers and grads.
"""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd import ops
from micrograd.engine import Value, gradients
from micrograd.ops import OPS
from tests.support.random_programs import SMOOTH, examples, on_values, programs, run, share
from tests.support.torch_ops import in_torch

torch = pytest.importorskip("torch")

MASKED = ("relu", "maximum", "minimum", "abs", "pow")  # in PyTorch, 0 times infinity is 0 there


def on_tensors(name, *inputs):
    inputs = [x if torch.is_tensor(x) else torch.tensor(x, dtype=torch.float64) for x in inputs]
    return in_torch(torch, name, *inputs)


def both(starts, program, guard=True):
    """Return our and PyTorch's leaves and results, after backward() of the last result, the sum."""
    values = run(program, [Value(x) for x in starts], on_values, guard)
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in starts]
    tensors = run(program, leaves, on_tensors, guard)
    for tensor in tensors:
        if tensor.requires_grad:
            tensor.retain_grad()
    values[-1].backward()
    tensors[-1].backward()
    return values, tensors


# ---------------------------------------------------------------------------------- both agree


def agree(x, y):
    """Return whether two numbers are equal to 1e-12, or both not finite.

    Numbers and grads are of the size of 1, and the largest of some hundreds (see `run`), so that
    nothing magnifies a difference in the last place, 1e-16. A thousand ops, times ten, give 1e-12.
    A wrong rule would be wrong in the first digits.
    """
    if math.isfinite(x) and math.isfinite(y):
        return abs(x - y) <= 1e-12 * (1.0 + abs(y))
    return not math.isfinite(x) and not math.isfinite(y)


def compare(values, tensors):
    """Assert that data and grads agree; return whether all were finite."""
    finite = True
    for value, tensor in zip(values, tensors):
        assert agree(float(value), tensor.item())
        finite &= math.isfinite(float(value))
        if tensor.requires_grad:
            assert agree(value.grad, 0.0 if tensor.grad is None else tensor.grad.item())
            finite &= math.isfinite(value.grad)
    return finite


@pytest.mark.no_cover
@pytest.mark.slow
def test_programs_agree_with_torch():
    finite = []

    @examples(150)
    @given(programs(list(OPS), 1, 60))
    def check(made):
        finite.append(compare(*both(*made)))

    check()
    assert share(finite) > 0.9


@pytest.mark.no_cover
@pytest.mark.slow
def test_deep_programs_agree_with_torch():
    finite, depths = [], []

    @examples(40)
    @given(programs(SMOOTH, 150, 200, first=st.just(0)))
    def check(made):
        finite.append(compare(*both(*made)))
        depths.append(len(made[1]))

    check()
    assert share(finite) > 0.9
    assert max(depths) > 180


@pytest.mark.no_cover
@pytest.mark.slow
def test_programs_out_of_their_domain_agree_with_torch():
    """Without the guard there are infinities and nans, which both must have."""
    finite = []
    names = [name for name in SMOOTH if name not in MASKED]

    @examples(200)
    @given(programs(names, 1, 12))
    def check(made):
        finite.append(compare(*both(*made, guard=False)))

    check()
    assert 0.3 < share(finite) < 0.95


def second_derivatives(starts, program):
    """Return [(ours, PyTorch's)]: d² of the last result, the sum, for each two of the starts."""
    xs = [Value(x) for x in starts]
    ts = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in starts]
    y, u = run(program, xs, on_values)[-1], run(program, ts, on_tensors)[-1]
    ours = gradients(y, xs, create_graph=True)
    theirs = torch.autograd.grad(u, ts, create_graph=True, materialize_grads=True)
    pairs = []
    for slope, wanted in zip(ours, theirs):
        again = [torch.zeros(())] * len(ts)
        if wanted.requires_grad:
            again = torch.autograd.grad(wanted, ts, retain_graph=True, materialize_grads=True)
        pairs += zip(gradients(slope, xs), (t.item() for t in again))
    return pairs


@pytest.mark.no_cover
@pytest.mark.slow
def test_second_derivatives_agree_with_torch():
    finite, curved = [], []

    @examples(200)
    @given(programs(list(OPS), 1, 25))
    def check(made):
        pairs = second_derivatives(*made)
        assert all(itertools.starmap(agree, pairs)), pairs
        finite.append(all(math.isfinite(x) for x, _ in pairs))
        curved.append(any(x != 0.0 for x, _ in pairs))

    check()
    assert share(finite) > 0.9
    assert share(curved) > 0.3


def test_a_wrong_partial_would_be_seen(monkeypatch):
    """With a sin whose partial has the other sign, the programs must disagree."""
    right = OPS["sin"]
    wrong = ops.Op("sin", right.template, right.forward, (lambda x, out: -ops.cos(x),))
    monkeypatch.setitem(OPS, "sin", wrong)
    with pytest.raises(AssertionError):
        compare(*both([0.5], [("exp", (0,)), ("sin", (0,)), ("mul", (0, 1))]))
