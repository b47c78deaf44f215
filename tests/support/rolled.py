"""Steps of one loss: as a rolled program, with each instruction written out, and with Values.

Rule: the program that is written out and the eager engine are the referees of the rolled one.
"""

import numpy as np

from micrograd import Value, compile_step, nn, ops, optim
from micrograd.nn import Layer, Module
from micrograd.transforms import rolled_functions

FLOAT64 = 1e-12  # of the largest number: sums in another order differ by a few roundings
FLOAT32 = 1e-5

LAYERS = {
    "Linear": (lambda: nn.Linear(3, 4), (3,)),
    "Linear without bias": (lambda: nn.Linear(3, 4, bias=False), (3,)),
    "Layer": (lambda: Layer(3, 4), (3,)),
    "RMSNorm": (lambda: nn.Sequential(nn.Linear(3, 4), nn.RMSNorm(4)), (3,)),
    "LayerNorm": (lambda: nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4)), (3,)),
    "Sequential": (lambda: nn.Sequential(nn.Linear(3, 4), ops.tanh, nn.Linear(4, 2)), (3,)),
    "Flatten": (lambda: nn.Sequential(nn.Flatten(), nn.Linear(6, 2)), (2, 3)),
    "Dropout": (lambda: nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 2)), (3,)),
    "Dropout twice": (
        lambda: nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 2), nn.Dropout(0.25)),
        (3,),
    ),
    "Dropout in eval": (lambda: nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5)).eval(), (3,)),
    "Conv1d": (lambda: nn.Conv1d(2, 3, 2), (2, 5)),
    "Conv2d": (lambda: nn.Conv2d(1, 2, 2), (1, 4, 4)),
    "Conv2d with padding and stride": (lambda: nn.Conv2d(1, 2, 3, stride=2, padding=1), (1, 5, 5)),
    "MaxPool2d": (lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.MaxPool2d(2)), (1, 6, 6)),
    "GRU": (lambda: nn.GRU(2, 3), (4, 2)),
    "RNN": (lambda: nn.RNN(2, 3), (4, 2)),
    "CausalSelfAttention": (lambda: nn.CausalSelfAttention(4, 2), (3, 4)),
    "TransformerBlock": (lambda: nn.TransformerBlock(4, 2), (3, 4)),
}  # each with the shape of what it is given


FAMILIES = ("", "pow", "take", "dot")
PARTIALS = {  # of rows of one's own, which need not be those of what they compute
    "of one form": (None, lambda i, x, y, out: 3.0 * i, lambda i, x, y, out: 4.0 * i),
    "of two forms": (None, lambda i, x, y, out: ops.tanh(x), lambda i, x, y, out: 4.0),
    "of an input": (None, lambda i, x, y, out: 3.0 * x, lambda i, x, y, out: 4.0 * x),
    "of the result": (lambda i, x, y, out: out, *[lambda i, x, y, out: 2.0 * out] * 2),
    "with one missing": (None, lambda i, x, y, out: 3.0 * x, None),
}


def roll_everything(monkeypatch):
    """Let models of any size be rolled."""
    monkeypatch.setattr(rolled_functions, "FEWEST_PARAMETERS", 0)
    monkeypatch.setattr(rolled_functions, "FEWEST_INSTRUCTIONS", 0)
    monkeypatch.setattr(rolled_functions, "FEWEST_EXPORTED", 0)
    monkeypatch.setattr(rolled_functions, "MOST_IRREGULAR", 1.0)


def numbers(*shape, seed=0):
    """Return an array of random numbers, the same ones for the same shape."""
    return np.random.default_rng(seed).normal(size=shape)


class Own(Module):
    """Computes one number by a row of one's own, which says that it is of a family."""

    def __init__(self, family, name):
        compute = lambda i, x, y: i + x * y  # noqa: E731
        self.op = ops.Op("mine", "mine", compute, PARTIALS[name], family=family)
        self.w = Value(0.7)

    def __call__(self, x):
        return self.op(self.w * x[0], self.w * x[1], 2.0 * self.w)


def compiled(loss, model, X, y=None, parameters=None, **options):
    """Return (the step, its loss, the gradients), with the parameters as they were before."""
    parameters = parameters or model.parameters()
    before = [p.data for p in parameters]
    step = compile_step(loss, model, optim.SGD(parameters, lr=0.5), **options)
    try:
        number = step(X, y)
        return step, number, [p.grad for p in parameters]
    finally:
        for p, data in zip(parameters, before):
            p.data, p.grad = data, 0.0


def eager(loss, model, X, y=None, parameters=None):
    """Return (the mean loss of the examples, its gradients), computed with Values."""
    parameters = parameters or model.parameters()
    rows = [np.asarray(a).tolist() for a in (X, y) if a is not None]
    count = len(rows[0]) if rows else 1
    total = sum([loss(model, *[r[i] for r in rows]) for i in range(count)], 0.0) / count
    for p in parameters:
        p.grad = 0.0
    total.backward()
    grads = [p.grad for p in parameters]
    for p in parameters:
        p.grad = 0.0
    return total.data, grads


def assert_close(found, expected, tolerance):
    """Compare (loss, gradients), relative to the largest gradient; nan and inf must be the same."""
    np.testing.assert_allclose(found[0], expected[0], rtol=tolerance, atol=tolerance)
    a, b = np.array(found[1]), np.array(expected[1])
    finite = b[np.isfinite(b)]
    largest = np.abs(finite).max(initial=1e-300)
    np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * largest)


def check(loss, model, X, y=None, *, reasons=None, is_eager=True, is_written_out=True, **options):
    """Assert that the rolled step equals the referees; return it."""
    tolerance = FLOAT32 if options.get("dtype") == "float32" else FLOAT64
    step, *rolled = compiled(loss, model, X, y, **options)
    assert step.latest.why_unrolled == "", step.latest.why_unrolled
    if is_written_out:
        _, *written_out = compiled(loss, model, X, y, unroll=True, **options)
        assert_close(rolled, written_out, tolerance)
    if is_eager and not options.keys() & {"clip", "penalty", "per_example"}:
        assert_close(rolled, eager(loss, model, X, y, options.get("parameters")), tolerance)
    if reasons is not None:
        assert reasons in step.report()
    return step
