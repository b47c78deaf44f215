"""Arrays that hold more pairs than were asked for: what nobody asked for changes nothing.

Rule: position i asks for its scores with 0 .. i, as in causal attention; the others would give nan
or infinity, as results or in grads.
"""

import numpy as np
import pytest

from micrograd import Value, ops
from micrograd.export.dialects import DIALECTS
from micrograd.export.jax_function import jax_precision
from micrograd.export.layout import arrays_of, layout_of
from micrograd.export.source import call_model, source_of
from micrograd.nn import Module
from micrograd.nn.layers import dot
from tests.support.rolled import roll_everything

jax = pytest.importorskip("jax")
pytestmark = pytest.mark.slow

POSITIONS, TERMS = 6, 4
FUNCTIONS = {  # of a score, which is i - j + 0.5: above 0 where it was asked for
    "log": ops.log,
    "sqrt": ops.sqrt,
    "a power": lambda score: score**1.5,
    "exp": lambda score: ops.exp(score * -1000.0),
    "exp of a difference": lambda score: ops.exp(score * -400.0 - 1.0),
    "a fraction": lambda score: 1.0 / score,
    "log of a product": lambda score: ops.log(score * 2.0) * score,
}


class Pairs(Module):
    """Sums of a function of the scores of each position with itself and those before it."""

    def __init__(self, f):
        self.f, self.w = f, [Value(1.0), Value(0.5)]

    def __call__(self, rows):
        queries = [[x * self.w[0] for x in row[:TERMS]] for row in rows]
        keys = [row[TERMS:] for row in rows]
        totals = []
        for i, query in enumerate(queries, 1):
            scores = [sum(x * y for x, y in zip(query, key)) for key in keys[:i]]
            totals.append(sum(self.f(score) for score in scores) * self.w[1])
        return totals


def rows():
    """Return a query and a key in each row; the score of i and j is i - j + 0.5."""
    zeros = [0.0] * (TERMS - 2)
    return [[i + 0.5, 1.0, *zeros, 1.0, -float(i), *zeros] for i in range(POSITIONS)]


class Learned(Pairs):
    """The same, where the rows are parameters, so that nothing differs between examples."""

    def __init__(self, f):
        super().__init__(f)
        self.rows = [[Value(x) for x in row] for row in rows()]

    def __call__(self, factor):
        return [total * factor for total in super().__call__(self.rows)]


MODELS = {  # the model, and an example
    "rows of an example": (Pairs, rows()),
    "rows of parameters": (Learned, 0.5),
}


class Score(Module):
    def __call__(self, query, key):
        return dot(query, key)


class Twice(Pairs):
    """Scores of which some are computed twice, in calls that stay apart, and used in two ways."""

    def __init__(self):
        super().__init__(ops.exp)
        self.score = Score()

    def __call__(self, rows):
        totals = []
        for i, row in enumerate(rows):
            query = [x * self.w[0] for x in row[:TERMS]]
            keys = [other[TERMS:] for other in rows[: i + 1]]
            once = [self.score(query, key) for key in keys]
            again = [self.score(query, key) for j, key in enumerate(keys) if i * j % 3 == 1]
            totals.append(sum(ops.exp(x - query[0]) for x in once))
            totals.append(sum((ops.exp(x - query[1]) for x in again), self.w[1]))
        return totals


def test_a_pair_that_is_computed_twice_may_be_used_in_two_ways(monkeypatch):
    roll_everything(monkeypatch)
    model, x = Twice(), np.array([rows()]) / 10.0
    text = source_of(call_model, model, [x.shape[1:]], DIALECTS["numpy"])
    assert "all pairs" in [word for _, words in text.steps for word in words]
    right = [y.data for y in model(x[0].tolist())]
    # sums in another order
    np.testing.assert_allclose(text.compile()(arrays_of(model), x)[0], right, rtol=1e-12)


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_results_and_grads_are_those_of_values(name, kind):
    make, example = MODELS[kind]
    model = make(FUNCTIONS[name])
    loss = sum(model(example))
    loss.backward()
    x = np.array([example])
    text = source_of(call_model, model, [x.shape[1:]], DIALECTS["jax"])
    assert "all pairs" in [word for _, words in text.steps for word in words]
    f, parameters = text.compile(), arrays_of(model)
    with jax_precision(jax, "float64"):
        value, grads = jax.value_and_grad(lambda p: f(p, x).sum())(parameters)
    # sums in another order
    np.testing.assert_allclose(value, loss.data, rtol=1e-12)
    for key, values in layout_of(model).items():
        right = [value.grad for value in values.ravel()]
        np.testing.assert_allclose(grads[key].ravel(), right, rtol=1e-12)
