"""Rolled programs: each kind of module is traced once, and the numbers are those of any other way.

Rule: models of a few parameters are rolled here, and compared with `unroll=True` and with Values.
"""

import os
import queue
import random
import re
import threading
import weakref
from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd import MLP, Value, errors, nn, ops, part
from micrograd.compiler import collector_paused
from micrograd.compiler.rolled import dots, repeats, templates
from micrograd.compiler.rolled.blocks import ArrayKernel, Terms
from micrograd.compiler.rolled.calls import CannotRoll, parts_within
from micrograd.compiler.rolled.owed import Owed, with_terms_last
from micrograd.compiler.rolled.sums import Extreme
from micrograd.compiler.rolled.templates import NOTHING
from micrograd.compiler.trace import Trace
from micrograd.losses import cross_entropy
from micrograd.nn import Module
from micrograd.nn.layers import dot, dot_each
from micrograd.support.fused import Columns
from micrograd.transforms import RolledRecorder, outside, rolled_check, rolled_functions
from micrograd.transforms.rolled_check import MatrixProducts, Numbers, run
from tests.support.rolled import (
    FAMILIES,
    FLOAT64,
    LAYERS,
    PARTIALS,
    Own,
    assert_close,
    check,
    compiled,
    numbers,
)

pytestmark = pytest.mark.usefixtures("rolled")


def squares(y):
    """Return the sum of the squares of all numbers in a nest, each with another weight."""
    flat = list(flattened(y))
    return sum((0.5 + 0.25 * i) * x * x for i, x in enumerate(flat))


def flattened(y):
    if isinstance(y, dict):
        y = y.values()
    elif not isinstance(y, list | tuple):
        yield y
        return
    for child in y:
        yield from flattened(child)


def loss_of(model, x):
    return squares(model(x))


# ------------------------------------------------------------------------------- modules of `nn`

ACTIVATIONS = (
    "ReLU",
    "Tanh",
    "Sigmoid",
    "GELU",
    "ELU",
    "SiLU",
    "Softplus",
    "LeakyReLU",
    "Softmax",
    "LogSoftmax",
    "Identity",
)
NAMES = ("relu", "tanh", "sigmoid", "gelu", "elu", "leaky_relu", "linear")


@pytest.mark.no_cover
@pytest.mark.parametrize("name", LAYERS)
def test_module(name):
    make, shape = LAYERS[name]
    check(loss_of, make(), numbers(3, *shape), is_eager=not name.startswith("Dropout"))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_module(name):
    model = nn.Sequential(nn.Linear(3, 4), getattr(nn, name)(), nn.Linear(4, 2))
    check(loss_of, model, numbers(3, 3))


@pytest.mark.parametrize("size", [1, 3, 17])
def test_batch_sizes(size):
    check(loss_of, MLP(3, [4, 4, 2]), numbers(size, 3))


OPTIONS = [
    {"dtype": "float32"},
    {"threads": 2},
    {"clip": 0.1},
    {"penalty": lambda model: 0.1 * sum(p * p for p in model.parameters())},
    {
        "clip": 0.1,
        "penalty": lambda model: 0.1 * sum(p * p for p in model.parameters()),
        "threads": 2,
    },
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: " ".join(options))
def test_options(options):
    check(loss_of, MLP(3, [4, 2]), numbers(17, 3), **options)


def test_all_examples_at_once():
    def loss(model, xs, ys):
        return sum((model(x)[0] - y) ** 2 for x, y in zip(xs, ys)) / len(xs)

    check(loss, nn.Linear(3, 1), numbers(5, 3), numbers(5), per_example=False)


def test_a_parameter_that_all_examples_at_once_leave_alone():
    loss = lambda m, xs: sum(m.cells[0](x) ** 2 for x in xs)  # noqa: E731
    model = two(lambda w, x: w * x[0])
    check(loss, model, numbers(5, 3), per_example=False)
    assert compiled(loss, model, numbers(5, 3), per_example=False)[2][1] == 0.0


def next_token(model, tokens):
    scores = model(tokens[:-1])
    return sum(cross_entropy(s, t) for s, t in zip(scores, tokens[1:])) / len(scores)


def gpt(layers=1, size=8, context=6):
    return nn.GPT(vocabulary=5, context=context, size=size, heads=2, layers=layers)


@pytest.mark.no_cover
@pytest.mark.parametrize("layers, length", [(1, 2), (1, 7), (3, 4)])
def test_gpt(layers, length):
    tokens = np.random.default_rng(0).integers(0, 5, (3, length))
    check(next_token, gpt(layers), tokens)


def test_embedding_of_traced_tokens():
    model = nn.Embedding(4, 3)
    check(lambda m, xs: squares([m(x) for x in xs]), model, [[0, 3, 3], [1, 2, 0]])


def test_batch_norm_is_refused():
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    step, *_ = compiled(lambda m, xs: squares(m(xs)), model, numbers(4, 2), per_example=False)
    assert step.latest.why_unrolled == "it keeps running statistics"


def test_batch_norm_without_statistics():
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3, track_running_stats=False))
    check(lambda m, xs: squares(m(xs)), model, numbers(4, 2), per_example=False)


# -------------------------------------------------------------------------------- modules of users


class Cell(Module):
    """One parameter, and a function of it and of whatever the call is given."""

    def __init__(self, function, start=0.7):
        self.w, self.function = Value(start), function

    def __call__(self, *args, **named):
        return self.function(self.w, *args, **named)


class Cells(Module):
    def __init__(self, *cells, **others):
        self.cells = list(cells)
        vars(self).update(others)


def two(function):
    return Cells(Cell(function, 0.7), Cell(function, -1.3))


def each(model, x):
    return squares([cell(x) for cell in model.cells])


def largest(*xs):
    """Return the largest number so far, for each of the numbers."""
    return list(accumulate(xs, ops.maximum))


def extremes(*xs):
    return [*largest(*xs), ops.minimum(xs[0], xs[-1])]


CALLS = {  # what a module does, with a list of two numbers
    "a dict": lambda w, x: {"a": w * x[0], "b": [x[1] * w, w]},
    "a tuple of lists": lambda w, x: ([w * x[0]], [w * x[1], x[0]]),
    "ignores an argument": lambda w, x: w * 3.0,
    "passes its input through": lambda w, x: x,
    "passes a number through twice": lambda w, x: [x[0], x[0], w * x[0]],
    "a constant": lambda w, x: [2.0, w * x[1]],
    "a parameter": lambda w, x: w,
    "an output twice": lambda w, x: [y := w * x[0], y],
    "nothing": lambda w, x: [],
    "a power": lambda w, x: ops.exp(w) ** x[0],
    "a square": lambda w, x: w**2 * x[1] ** 3,
    "the larger": lambda w, x: ops.maximum(w, x[0]),
    "the largest": lambda w, x: ops.maximum(ops.maximum(w * x[0], w), x[1]),
    "the smaller": lambda w, x: ops.minimum(w * x[0], x[1]),
    "the smallest of two inputs and the number of the place behind them": lambda w, x: ops.minimum(
        ops.minimum(w, x[0]), 2.0
    ),
    "the largest of very many": lambda w, x: largest(*[w * x[0]] * 2, *[w, x[1]] * 600)[-1],
    "where": lambda w, x: ops.where(ops.less(x[0], 0.1), w * x[1], w * w),
    "a pick by a parameter": lambda w, x: ops.take([1.0, 2.0], ops.less(w, x[0])) * w,
    "a pick from constants and results": lambda w, x: ops.take(
        [w, 2.0, w * x[1], -0.0, 0.0], ops.less(w, x[0]) + 2.0 * ops.less(w, x[1])
    ),
    "detached": lambda w, x: (w * x[0]).detach() * w,
    "detached maxima": lambda w, x: [y.detach() * w for y in largest(w * x[0], w, x[1])],
    "detached extremes": lambda w, x: [y.detach() * w for y in extremes(w * x[0], w, x[1])],
    "detached maxima with constants": lambda w, x: [
        y.detach() * w for y in [*largest(w, -1e9, 0.5, x[0]), largest(-0.0, w, 0.5)[-1]]
    ],
    "a causal mask of constants": lambda w, x: [
        ops.exp(y - largest(*row)[-1].detach())
        for row in ([w * x[0], -1e9], [w * x[0], w * x[1]])
        for y in row
    ],
    "detached numbers and one maximum of many": lambda w, x: [
        y.detach() * w
        for y in (w, w * x[0], w * x[1], largest(*[w * x[0]] * 5, *[w, x[1]] * 5)[-1])
    ],
    "a quotient": lambda w, x: x[0] / (w + 2.0) - x[1] / w,
    "dots of one vector": lambda w, x: [dot(x, x), dot(x, [w, x[0]]), dot([w, w], x, w)],
    "dots of unequal lengths": lambda w, x: [
        dot([w, *x], x),
        dot(x, [w * w]),
        dot(x[:1], [x[1], x[0], w]),
    ],
    "dots with constants": lambda w, x: [
        dot([w, 2.0], [0.0, x[0]]),
        dot([w, 2.0], [-0.0, x[0]]),
        dot(x, [1.0, -1.0], 0.5),
    ],
    "dots of constants": lambda w, x: [
        w * dot([2.0, -0.0], [3.0, 5.0]),
        dot([ops.exp(Value(0.5))] * 2, [2.0, 3.0]) * x[0],
    ],
    "dots of computed constants": lambda w, x: [
        w * dot([Value(2.0) * Value(3.0), 1.0], [Value(2.0) / Value(3.0), Value(4.0) * Value(5.0)])
    ],
    "a dot of nothing": lambda w, x: [dot([], x, w), dot(x, [])],
    "a detached dot": lambda w, x: dot(x, [w, w * w]).detach() * w,
    "dots of dots": lambda w, x: dot([dot(x, [w, w]), w], [dot(x, x), x[0]]),
}


@pytest.mark.parametrize("name", CALLS)
def test_call(name):
    function = CALLS[name]
    check(lambda m, x: each(m, x) + sum(c.w * x[0] for c in m.cells), two(function), numbers(3, 2))


def test_vectors_that_are_multiplied_before_and_after_calls():
    def loss(m, x):
        a = [cell(x) for cell in m.cells]
        b = [cell([dot(a, x), dot(x, x)]) for cell in m.cells]
        return dot(a, b, dot([*a, *b], [*x, *a])) + dot(x, [m.cells[0].w, a[0]]) + dot(b, b)

    check(loss, two(lambda w, x: w * x[0] + x[1]), numbers(3, 2))


def test_a_vector_that_nothing_multiplies():
    def loss(m, x):
        dot([cell(x) for cell in m.cells], x)
        return each(m, x)

    check(loss, two(lambda w, x: w * x[0] + x[1]), numbers(3, 2))


def test_a_row_in_which_one_number_is_whole():
    class Row(Module):
        def __init__(self):
            self.w = [Value(0.5), Value(1.5)]
            self.w[0].data = 2

        def __call__(self, x):
            return dot(self.w, x)

    check(lambda m, x: m(x) ** 2, Row(), numbers(3, 2))


def test_keywords_and_constants():
    def scaled(w, x, k=1.0, *, shift=0.0):
        return w * x * k + shift

    def loss(m, x):
        a, b = m.cells
        return squares([a(x[0]), b(x[0]), a(x[1], 2.0), b(x[1], k=3.0), a(x[0], shift=x[1])])

    check(loss, two(scaled), numbers(3, 2))


NEARLY_THE_SAME = [
    (1, True),
    (0.0, -0.0),
    (2, 2.0),
    ("a", "b"),
    (np.float64(0.0), np.float64(-0.0)),
    (np.float64(1.0), 1.0),
    (np.float64(1.0), np.float32(1.0)),
    (np.int64(1), np.bool_(True)),
    (np.float64("nan"), np.float64(1.0)),
]


@pytest.mark.parametrize("constants", NEARLY_THE_SAME)
def test_constants_that_are_nearly_the_same(constants):
    def by_constant(w, x, k):
        return w * (2.0 if repr(k) == repr(constants[0]) else 3.0) * x[0]

    def loss(m, x):
        return squares([m.cells[0](x, k) for k in constants])

    step = check(loss, two(by_constant), numbers(3, 2))
    assert parts_of(step).count("Cell") == 2


def test_attributes_and_training_differ():
    class Scaled(Module):
        def __init__(self, k):
            self.w, self.k, self.training = Value(0.5), k, True

        def __call__(self, x):
            return self.w * x * (self.k if self.training else 10.0)

    model = Cells(Scaled(1), Scaled(2), Scaled(2), Scaled(True))
    model.cells[2].training = False
    check(lambda m, x: squares([c(x[0]) for c in m.cells]), model, numbers(3, 2))


@pytest.mark.parametrize("constants", NEARLY_THE_SAME)
def test_attributes_that_are_nearly_the_same(constants):
    """Modules of equal constants are one part, also if these are two objects."""

    class ByAttribute(Module):
        def __init__(self, k):
            self.w, self.ks = Value(0.5), [k]

        def __call__(self, x):
            (k,) = self.ks
            return self.w * (2.0 if repr(k) == repr(constants[0]) else 3.0) * x

    model = Cells(*[ByAttribute(type(k)(k)) for k in constants * 2])
    step = check(lambda m, x: squares([c(x[0]) for c in m.cells]), model, numbers(3, 2))
    assert parts_of(step).count("ByAttribute") == 2


def test_numbers_of_numpys_in_arithmetic():
    class Scaled(Module):
        def __init__(self):
            self.w, self.k, self.on = Value(0.5), np.float64(-0.0), np.bool_(True)
            self.n, self.factor = np.int64(2), np.float32(3.0)

        def __call__(self, x):
            y = self.k * self.w + x[0] * self.w**self.n - self.n / self.w
            return y if self.on else y * self.factor

    model = Cells(Scaled(), Scaled(), Scaled())
    model.cells[2].on = np.bool_(False)
    for cells, parts in (model.cells[:2], 1), (model.cells, 2):
        step = check(each, Cells(*cells), numbers(3, 1))
        assert parts_of(step).count("Scaled") == parts


class Tied(Module):
    """Two linear maps that share a weight, or do not, and one at another depth."""

    def __init__(self, is_tied):
        self.a, self.b, self.inner = nn.Linear(2, 2), nn.Linear(2, 2), Cells(nn.Linear(2, 2))
        if is_tied:
            self.b.weight = self.a.weight
            self.inner.cells[0] = self.a

    def __call__(self, x):
        return self.a(self.inner.cells[0](self.b(self.a(x))))


def test_tied_weights():
    model = Cells(Tied(True), Tied(False), Tied(True))
    parameters = list(dict.fromkeys(model.parameters()))
    check(
        lambda m, x: squares([c(x) for c in m.cells]), model, numbers(3, 2), parameters=parameters
    )


def test_values_tied_within_a_module():
    class Pair(Module):
        def __init__(self, is_tied):
            self.u = Value(0.5)
            self.v = self.u if is_tied else Value(0.25)

        def __call__(self, x):
            return self.u * x[0] + self.v * self.v * x[1]

    model = Cells(Pair(True), Pair(False), Pair(True))
    parameters = list(dict.fromkeys(model.parameters()))
    check(each, model, numbers(3, 2), parameters=parameters)


def test_frozen_parameters():
    model = MLP(2, [3, 3, 1])
    parameters = model.parameters()[::2]
    check(lambda m, x: m(x) ** 2, model, numbers(3, 2), parameters=parameters)


def test_only_some_outputs_are_read():
    function = lambda w, x: [w * x[0], ops.exp(w * x[1]), w]  # noqa: E731
    loss = lambda m, x: m.cells[0](x)[1] + m.cells[1](x)[0] ** 2  # noqa: E731
    check(loss, two(function), numbers(3, 2))


def test_called_unequally_often():
    def loss(m, x):
        for i, cell in enumerate(m.cells):
            for _ in range(i + 1):
                x = [cell(x), x[0]]
        return squares(x)

    function = lambda w, x: ops.tanh(w * x[0] + x[1])  # noqa: E731
    model = Cells(*[Cell(function, 0.3 * i - 0.4) for i in range(4)])
    check(loss, model, numbers(3, 2))


def test_called_with_different_lengths():
    function = lambda w, xs: ops.tanh(sum(w * x for x in xs))  # noqa: E731
    loss = lambda m, x: squares([c(x[:n]) for n in (1, 3, 5) for c in m.cells])  # noqa: E731
    check(loss, two(function), numbers(3, 5))


SPECIAL = [float("nan"), float("inf"), float("-inf"), -0.0, 0.0, 1e308, 5e-324]


@pytest.mark.parametrize("name", ["where", "the larger", "the smaller", "a dict", "a quotient"])
def test_special_numbers(name):
    X = [[a, b] for a in SPECIAL for b in (0.5, -0.0)]
    for row in X:
        model = two(CALLS[name])
        check(each, model, [[0.25, 0.5], row], is_eager=name != "a quotient")  # compiled: x * w**-1


def test_extremes_with_ties():
    def function(w, x):
        return [
            ops.maximum(w, w * x[0]),
            ops.minimum(x[0], w),
            ops.maximum(ops.maximum(x[1], w), w),
        ]

    check(each, two(function), [[1.0, 0.7], [0.7, -1.3], [-1.3, 0.7], [1.0, 1.0]])


# ---------------------------------------------------------------------- why a call is not rolled


class Namespace:
    """An object that is neither a number nor a module."""

    def __init__(self, x=None):
        self.x = x


class Counting(Module):
    def __init__(self):
        self.w, self.count = Value(0.5), 0

    def __call__(self, x):
        self.count += 1
        y = self.w * x[0]
        self.count -= 1
        self.last = None
        return y


OUTSIDE = Value(2.0)


def appended(w, x):
    x.append(w)
    return x[0] * w


def looked(w, x):
    return x[0] * w * OUTSIDE_NUMBER.data


OUTSIDE_NUMBER = Value(2.0)
REASONS = {
    "it reads a Value that is not its own": lambda w, x: w * x[0] * OUTSIDE,
    "it changes what it is given": appended,
    "it looks at the number of a Value": looked,
    "it returns an object that holds numbers": lambda w, x: Namespace(w * x[0]),
    "it returns an object of class Namespace": lambda w, x: Namespace(),
    "it returns an object of class complex": lambda w, x: 1j,
}


@pytest.mark.parametrize("reason", REASONS)
def test_reason_of_a_part(reason):
    def loss(m, x):
        for cell in m.cells:
            cell(list(x))
        return sum(c.w * x[0] for c in m.cells)

    check(
        loss,
        two(REASONS[reason]),
        numbers(3, 2),
        reasons=f"Cell is traced at each of its calls: {reason}",
    )


def test_reason_of_an_attribute():
    model = Cells(Counting(), Counting())
    reason = "Counting is traced at each of its calls: it changes its own attributes"
    check(each, model, numbers(3, 2), reasons=reason)


def test_reason_of_a_module_within():
    model = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5))
    reason = "Sequential is traced at each of its calls: it draws random numbers (in Dropout)"
    check(loss_of, model, numbers(3, 2), reasons=reason, is_eager=False)


def test_reason_of_an_argument():
    function = lambda w, box: w * box.x  # noqa: E731
    loss = lambda m, x: squares([c(Namespace(x[0])) for c in m.cells])  # noqa: E731
    reason = "Cell is traced at each of its calls: it is given an object of class Namespace"
    check(loss, two(function), numbers(3, 2), reasons=reason)


def test_reason_of_a_value_in_a_row_of_its_own():
    function = lambda w, x: dot([OUTSIDE, OUTSIDE], x) * w  # noqa: E731
    reason = "Cell is traced at each of its calls: it reads a Value that is not its own"
    check(each, two(function), numbers(3, 2), reasons=reason)


def test_reason_of_a_value_that_a_module_is_given():
    loss = lambda m, x: squares([c(m.cells[0].w, x) for c in m.cells])  # noqa: E731
    reason = "Cell is traced at each of its calls: it is given a Value"
    check(loss, two(lambda w, v, x: w * v * x[0]), numbers(3, 2), reasons=reason)


def test_reason_of_a_module_that_the_loss_makes():
    function = lambda w, x: w * x[0]  # noqa: E731
    loss = lambda m, x: squares([c(x) for c in m.cells]) + Cell(function)(x)  # noqa: E731
    reason = "Cell is traced at each of its calls: it is made by the code that is traced"
    check(loss, two(function), numbers(3, 2), reasons=reason)


def test_reason_of_a_number_of_the_caller():
    numbers_given = queue.SimpleQueue()  # whose insides nobody compares

    def function(w, x):
        return w * x[1] * numbers_given.get()

    def loss(m, x):
        for _ in range(3):  # as the code of the first one runs twice
            numbers_given.put(x[0] * 2.0)
        y = squares([cell(x) for cell in m.cells])
        while not numbers_given.empty():
            numbers_given.get()
        return y

    reason = "Cell is traced at each of its calls: it reads a number that is not given to it"
    check(loss, two(function), numbers(3, 2), reasons=reason)


def test_a_module_that_another_thread_calls_meanwhile_is_not_recorded():
    other, seen = nn.Linear(2, 1), []

    def loss(m, x):
        thread = threading.Thread(target=lambda: seen.append(other([1.0, 2.0])[0].data))
        thread.start()
        thread.join()
        return m(x)[0] ** 2

    expected = other([1.0, 2.0])[0].data
    check(loss, nn.Linear(2, 1), numbers(3, 2))
    assert set(seen) == {expected}


def test_reason_of_random_numbers():
    model = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5))
    reason = "Dropout is traced at each of its calls: it draws random numbers"
    check(loss_of, model, numbers(3, 2), reasons=reason, is_eager=False)


def test_reason_of_parameters_of_another_module():
    class Borrower(Module):
        def __init__(self, owner):
            self.w, self.find = Value(0.5), lambda: owner

        def __call__(self, x):
            return self.find()(x) * self.w

    cell = Cell(lambda w, x: w * x[0])
    model = Cells(cell, Borrower(cell))
    reason = "Borrower is traced at each of its calls: it "
    check(each, model, numbers(3, 2), reasons=reason)


COUNTER = [0]


def counted(w, x):
    COUNTER[0] += 1
    return w * x[0] * COUNTER[0]


def test_a_counter_of_calls_is_refused():
    loss = lambda m, x: squares([c(x) for c in m.cells])  # noqa: E731
    for unroll in (False, True):
        with pytest.raises(errors.TraceError, match="cannot change anything"):
            compiled(loss, two(counted), numbers(3, 2), unroll=unroll)


@pytest.mark.parametrize("entries", [1, outside.LARGEST + 1])
def test_a_counter_that_is_put_back_is_found(entries, monkeypatch):
    monkeypatch.setitem(globals(), "COUNTER", [0] * entries)

    def loss(m, x):
        COUNTER[0] = 0
        y = squares([c(x) for c in m.cells])
        COUNTER[0] = 0
        return y

    step, *found = compiled(loss, two(counted), numbers(3, 2))
    _, *expected = compiled(loss, two(counted), numbers(3, 2), unroll=True)
    is_compared = entries <= outside.LARGEST  # else the check of the results finds it
    assert step.latest.why_unrolled.startswith("a result would be ") is not is_compared
    assert_close(found, expected, FLOAT64)


@pytest.mark.parametrize(
    "loss, reason",
    [
        (
            lambda m, x: m.cells[0].w.detach() * x[0],
            "the loss depends on no parameter of the optimizer",
        ),
        (lambda m, x: 2.0, "its results are constants"),
    ],
)
def test_reason_of_a_loss(loss, reason):
    model = two(lambda w, x: w)
    try:
        step, *_ = compiled(loss, model, numbers(3, 2))
    except errors.TraceError:  # as without rolling
        with pytest.raises(errors.TraceError):
            compiled(loss, model, numbers(3, 2), unroll=True)
    else:
        assert step.latest.why_unrolled == reason


def test_reasons_of_options_and_sizes(monkeypatch):
    step, *_ = compiled(loss_of, nn.Linear(2, 2), numbers(3, 2), unroll=True)
    assert step.latest.why_unrolled == "unroll=True"
    monkeypatch.undo()
    step, *_ = compiled(loss_of, nn.Linear(2, 2), numbers(3, 2))
    assert step.latest.why_unrolled == "it is small"


# --------------------------------------------------------------------------- parts and kernels


def parts_of(step):
    """Return the names of the parts, in order."""
    assert step.latest.why_unrolled == ""
    return re.findall(r"^(\w+) \(.*?\): [\d,]+ instruction", step.program, re.MULTILINE)


@pytest.mark.parametrize("layers", [2, 4])
def test_parts_of_two_widths(layers):
    tokens = np.random.default_rng(0).integers(0, 5, (3, 7))
    a, b = (compiled(next_token, gpt(layers, size), tokens)[0] for size in (8, 16))
    assert parts_of(a) == parts_of(b)
    assert len(a.kernels) == len(b.kernels)


def test_parts_of_two_depths():
    tokens = np.random.default_rng(0).integers(0, 5, (3, 7))
    a, b = (compiled(next_token, gpt(layers), tokens)[0] for layers in (2, 4))
    assert parts_of(a) == parts_of(b)


def test_heads_share_the_tables_of_their_positions():
    tokens = np.random.default_rng(0).integers(0, 5, (1, 7))
    step = compiled(next_token, gpt(), tokens)[0]
    sizes = list(map(int, re.findall(r"constant \[(\d+) x i64\]", step.ir)))
    pairs = 6 * 7 // 2  # of a position and one before it
    assert pairs in sizes and 2 * pairs not in sizes


def test_long_tables_have_the_numbers_of_short_ones(monkeypatch):
    tokens = np.random.default_rng(0).integers(0, 5, (3, 7))
    monkeypatch.setattr("micrograd.compiler.codegen.llvm.MOST_SPELT", 5)
    step = check(next_token, gpt(), tokens)
    assert 'i8] c"' in step.ir


def test_kernels_as_text():
    """The text is what the program does: look at each line before you replace it."""
    model = Cells(nn.Linear(2, 3, bias=False), nn.Linear(2, 3, bias=False))
    loss = lambda m, x: squares([y for c in m.cells for y in c(x)])  # noqa: E731
    assert str(check(loss, model, numbers(3, 2)).kernels) == GOLDEN


def test_levels_count_the_kernels():
    step, *_ = compiled(next_token, gpt(), [[0, 1, 2, 3]])
    kernels = step.latest.lowered[0].kernels
    assert any(kernel.title == "copy" for kernel in kernels)
    assert [kernel.level for kernel in kernels] == list(range(1, len(kernels) + 1))


GOLDEN = """\
level 1: 6 x matrix product of 2 (affine)
level 2: 5 x mul (affine, separable)
level 3: 1 x sum of products of 7 (separable, affine, 0.0)
level 4: 5 x sum of products of 1 (separable, affine)
level 5: 6 x sum of products of 2 (separable)
level 6: 6 x 2 x mean of outer products (affine)
level 7: 1 x mean of products of 1 (affine)
level 1: 1 x sum of products of 2 (affine)"""


# -------------------------------------------------------------------------------- random models

OPS = (ops.tanh, ops.sigmoid, ops.relu, ops.gelu, lambda x: x * x, lambda x: ops.exp(-x * x))


class Tree(Module):
    """A random module: what it does follows from `plan`, which modules may have in common."""

    def __init__(self, plan, weights, children):
        self.plan, self.weights = plan, weights
        self.children = dict(enumerate(children)) if plan[0] == "dict" else children

    def __call__(self, xs, k=1.0):
        children = [self.children[i] for i in range(len(self.children))]
        xs = list(xs)
        for word, number in self.plan[1:]:
            if word == "dot":
                n = min(number, len(xs), len(self.weights))
                xs.append(ops.tanh(dot(self.weights[:n], xs[:n]) * k))
            elif word == "op":
                xs[number % len(xs)] = OPS[number % len(OPS)](xs[number % len(xs)])
            elif word == "weight":
                xs.insert(0, self.weights[number % len(self.weights)] * xs[-1])
            elif word == "larger":
                xs.append(ops.maximum(xs[number % len(xs)], self.weights[0]))
            elif word == "where":
                xs[-1] = ops.where(ops.less(xs[0], 0.0), xs[-1], 0.5 * xs[number % len(xs)])
            elif word == "child" and children:
                xs = [*children[number % len(children)](xs[: 2 + number % 3], 0.5), *xs[:2]]
            elif word == "each" and children:
                xs = [y for child in children for y in child(xs[:2])[:2]]
            elif word == "rows" and children:
                xs = [child([x, xs[0]])[-1] for x in xs[:number] for child in children] or xs
            elif word == "chain" and children:
                for _ in range(number):
                    xs = [children[0](xs[:3])[-1], *xs[:2]]
        return xs[-4:]


WORDS = ("dot", "op", "weight", "larger", "where", "child", "each", "rows", "chain")


def random_tree(chance, pool, depth=0):
    """Return a tree with one plan, or a few, for its children; some weights come from the pool."""
    plan = random_plan(chance)
    return Tree(plan, random_weights(chance, pool), random_children(chance, pool, depth))


def random_plan(chance):
    words = [(chance.choice(WORDS), chance.randrange(1, 5)) for _ in range(chance.randrange(1, 4))]
    return (chance.choice(("list", "dict")), *words)


def random_weights(chance, pool):
    weights = []
    for _ in range(3):
        if not pool or chance.random() < 0.85:
            pool.append(Value(chance.uniform(-1, 1)))
        weights.append(pool[-1] if chance.random() < 0.9 else chance.choice(pool))
    return weights


def random_children(chance, pool, depth):
    if depth == 2:
        return []
    children = []
    for _ in range(chance.randrange(3)):
        if children and chance.random() < 0.6:
            first = children[-1]
            inner = [Tree(c.plan, random_weights(chance, pool), []) for c in inner_of(first)]
            children.append(Tree(first.plan, random_weights(chance, pool), inner))
        else:
            children.append(random_tree(chance, pool, depth + 1))
    return children


def inner_of(tree):
    return [tree.children[i] for i in range(len(tree.children))]


def random_loss(model, x):
    return squares(model(x)) + 0.5 * squares(model([x[1], x[0], x[1] * 0.5]))


@settings(max_examples=int(os.environ.get("ROLLED_EXAMPLES", 80)), deadline=None)
@given(st.integers(0, 10**9))
def check_random_model(seed):
    chance = random.Random(seed)
    model = random_tree(chance, [])
    parameters = list(dict.fromkeys(model.parameters()))
    X = [[chance.uniform(-2, 2) for _ in range(3)] for _ in range(2)]
    loss = lambda m, x: random_loss(m, x) + 0.1 * m.weights[0] ** 2  # noqa: E731
    check(loss, model, X, parameters=parameters, is_written_out=seed % 16 == 0)


@pytest.mark.no_cover
def test_random_models():
    check_random_model()


# ---------------------------------------------------------- code that changes what a module reads


SETTING = {"k": 1.0}
RANKS = {}
BOX = Namespace(1.0)


def rank(module):
    return RANKS[module]


class Scaled(Module):
    """Multiplies by a number that the loss changes between two calls."""

    k = 1.0

    def __init__(self, find):
        self.w, self.find, self.box = Value(0.7), find, BOX

    def __call__(self, x):
        return self.w + self.w * x[0] * self.find(self)


def set_attribute(module, k):
    module.k = k


def set_object(module, k):
    module.box.x = k


def set_global(module, k):
    SETTING["k"] = k


def set_class(module, k):
    Scaled.k = k


SETTINGS = {
    "attribute": (set_attribute, lambda self: self.k),
    "object": (set_object, lambda self: self.box.x),
    "global": (set_global, lambda self: SETTING["k"]),
    "class": (set_class, lambda self: type(self).k),
}
FIRST_IS_ZERO = [[0.0, 0.0], [1.0, 2.0]]  # so that the first example hides any difference


def same_as_written_out(loss, make, X, parameters=lambda model: model.parameters()):
    """Assert that a model has the same numbers, whether it is rolled or not."""
    rolled, written_out = make(), make()
    _, *found = compiled(loss, rolled, X, parameters=parameters(rolled))
    _, *expected = compiled(loss, written_out, X, parameters=parameters(written_out), unroll=True)
    assert_close(found, expected, 1e-12)


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_change_between_calls(name):
    change, find = SETTINGS[name]

    def loss(m, x):
        outputs = []
        for k in (1.0, 2.0, 1.0):
            change(m.cells[0], k)
            outputs.append(m.cells[0](x))
        return squares(outputs)

    same_as_written_out(loss, lambda: Cells(Scaled(find)), FIRST_IS_ZERO)


def test_a_setting_that_detaches():
    def loss(m, x):
        outputs = []
        for k in (1.0, 2.0, 1.0):
            m.cells[0].k = k
            outputs.append(m.cells[0](x))
        return squares(outputs)

    class Detaching(Scaled):
        def __call__(self, x):
            y = self.w * x[0]
            return y if self.k == 1.0 else y.detach()

    same_as_written_out(loss, lambda: Cells(Detaching(None)), [[1.0, 2.0]])


def test_weights_that_are_replaced_between_calls():
    def loss(m, x):
        a, b = m.cells
        before, first = a.w, a(x)
        a.w = b.w
        second, a.w = a(x), before
        return squares([first, second]) + a.w * b.w

    same_as_written_out(loss, lambda: two(lambda w, x: w * x[0]), FIRST_IS_ZERO)


class Nested(Module):
    """Computes with whatever its attributes hold."""

    def __init__(self):
        self.weights = [Value(0.7), Value(-1.3)]
        self.rows = [[Value(0.2), Value(0.3)], [Value(0.4), Value(0.5)]]
        self.named = {"a": Value(1.1), "b": 2.0}
        self.inner = [Cell(lambda w, x: w * x[0])]
        self.k, self.mixed = 1, [Value(0.9), 0.0]

    def __call__(self, x):
        inner = [cell(x) for cell in self.inner]
        named = [w * x[1] * (i + 1) for i, w in enumerate(self.named.values())]
        mixed = [self.mixed[0] * x[0], float(repr(self.mixed[1]) == "0.0")]
        rows = [w * x[0] * (i + 1) for i, w in enumerate([*self.rows[0], *self.rows[1]])]
        weights = [w * (i + 1) * x[1] for i, w in enumerate(self.weights)]
        return sum([*inner, *named, *mixed, *rows, *weights], float(repr(self.k) == "True"))


def swap(entries):
    entries[0], entries[1] = entries[1], entries[0]


CHANGES = {  # of a module, and how they are taken back
    "order of Values": (lambda m: swap(m.weights), lambda m: swap(m.weights)),
    "one Value more": (lambda m: m.weights.append(m.weights[0]), lambda m: m.weights.pop()),
    "a Value for another": (
        lambda m: m.weights.__setitem__(0, m.rows[1][1]),
        lambda m: m.weights.__setitem__(0, m.first),
    ),
    "order of rows": (lambda m: swap(m.rows), lambda m: swap(m.rows)),
    "order in a row": (lambda m: swap(m.rows[1]), lambda m: swap(m.rows[1])),
    "a row for another": (
        lambda m: m.rows.__setitem__(0, m.rows[1]),
        lambda m: m.rows.__setitem__(0, m.first_row),
    ),
    "entry of a dict": (
        lambda m: m.named.__setitem__("b", 3.0),
        lambda m: m.named.__setitem__("b", 2.0),
    ),
    "order of a dict": (
        lambda m: m.named.__setitem__("a", m.named.pop("a")),
        lambda m: m.named.__setitem__("b", m.named.pop("b")),
    ),
    "1 and True": (lambda m: setattr(m, "k", True), lambda m: setattr(m, "k", 1)),
    "0.0 and -0.0": (
        lambda m: m.mixed.__setitem__(1, -0.0),
        lambda m: m.mixed.__setitem__(1, 0.0),
    ),
    "inner module": (
        lambda m: m.inner.__setitem__(0, m.other),
        lambda m: m.inner.__setitem__(0, m.first_cell),
    ),
    "inner module's Value": (
        lambda m: setattr(m.inner[0], "w", m.other.w),
        lambda m: setattr(m.inner[0], "w", m.first_w),
    ),
    "inner module's function": (
        lambda m: setattr(m.inner[0], "function", m.other.function),
        lambda m: setattr(m.inner[0], "function", m.first_function),
    ),
    "class": (
        lambda m: setattr(m, "__class__", Doubled),
        lambda m: setattr(m, "__class__", Nested),
    ),
}


class Doubled(Nested):
    def __call__(self, x):
        return 2.0 * self.weights[0] * x[1]


@pytest.mark.parametrize("name", CHANGES)
def test_containers_that_change_between_calls(name):
    change, undo = CHANGES[name]

    def make():
        module = Nested()
        module.other = Cell(lambda w, x: w * x[1] * 3.0, 0.6)
        module.first, module.first_row = module.weights[0], module.rows[0]
        module.first_cell, module.first_w = module.inner[0], module.inner[0].w
        module.first_function = module.inner[0].function
        return Cells(module)

    def loss(m, x):
        (module,) = m.cells
        outputs = [module(x)]
        change(module)
        outputs.append(module(x))
        undo(module)
        return squares([*outputs, module(x)])

    check(loss, make(), FIRST_IS_ZERO)


def test_a_new_list_of_the_same_values_that_changes():
    def loss(m, x):
        (module,) = m.cells
        outputs, before = [module(x)], module.weights
        module.weights = before[:]
        outputs.append(module(x))
        swap(module.weights)
        outputs.append(module(x))
        module.weights = before
        return squares(outputs)

    check(loss, Cells(Nested()), FIRST_IS_ZERO)


def test_a_registry_of_modules():
    def make():
        model = Cells(Scaled(rank), Scaled(rank))
        RANKS.update(zip(model.cells, (1.0, 2.0)))
        return model

    same_as_written_out(each, make, FIRST_IS_ZERO)


def test_numbers_that_were_looked_at_before():
    def make():
        model = two(lambda w, x: w)
        for i, cell in enumerate(model.cells):
            cell.scale, cell.function = Value(2.0 + i), None
        return model

    def loss(m, x):
        total = sum(c.scale.data for c in m.cells)
        return squares([c(x) for c in m.cells]) + 0.0 * total

    class Looking(Cell):
        def __call__(self, x):
            return self.w + self.w * x[0] * self.scale.data

    def looking():
        model = make()
        for cell in model.cells:
            cell.__class__ = Looking
        return model

    same_as_written_out(loss, looking, FIRST_IS_ZERO, lambda m: [c.w for c in m.cells])


def test_a_returned_list_that_the_caller_changes():
    def loss(m, x):
        (cell,) = m.cells
        xs = [cell.w * x[0], cell.w * x[1]]
        ys = cell(xs)
        ys[0] = ys[0] * 3.0
        return squares([xs, ys]) + cell.w

    same_as_written_out(loss, lambda: Cells(Cell(lambda w, x: x)), FIRST_IS_ZERO)


FOUND = []


def test_a_global_list_of_results():
    def noted(w, x):
        FOUND.append(x[0] * w)
        return x[1] * w

    def loss(m, x):
        FOUND.clear()
        y = each(m, x)
        total = sum(FOUND)
        FOUND.clear()
        return y + total * total

    same_as_written_out(loss, lambda: two(noted), FIRST_IS_ZERO)


def test_outputs_without_a_grad_whose_partial_is_infinite():
    function = lambda w, x, y: (ops.log(w * x), ops.log(w * y))  # noqa: E731
    loss = lambda m, x: m.cells[0](x[0], x[1])[0] + m.cells[0](x[1], x[0])[1]  # noqa: E731
    same_as_written_out(loss, lambda: Cells(Cell(function)), [[1.0, 2.0], [2.0, 0.0]])


@pytest.mark.xfail(strict=True, reason="padded terms are 0 times inf")
@pytest.mark.parametrize("last", [float("inf"), float("nan")])
def test_shorter_sums_beside_infinite_terms(last):
    class Prefixes(Module):
        def __init__(self):
            self.w = [Value(0.5 + i) for i in range(4)]

        def __call__(self, x):
            return [ops.tanh(dot(self.w[:i], x[:i])) for i in range(1, 5)]

    loss = lambda m, x: ops.where(ops.less(x[0], 0.5), sum(m(x)), sum(m(x)[:2]))  # noqa: E731
    same_as_written_out(loss, Prefixes, [[0.4, 0.2, -0.3, 1.0], [0.6, 0.2, -0.3, last]])


# ----------------------------------------------------------------------------- odd arrays of places

UNGROUPED = {  # whose equal targets stay as they are: (factors, the group of each place)
    "one factor for all": ([np.array([[4]])], [0, 0, 1]),
    "groups too unequal": ([np.arange(9)[:, None]], [0, 0, 0, 0, 0, 0, 1, 2, 3]),
    "no factor to be 0": ([np.array([[5], [5], [6]]), np.array([[4]])], [0, 1, 1]),
}


@pytest.mark.parametrize("name", UNGROUPED)
def test_targets_that_are_not_grouped(name):
    factors, group = UNGROUPED[name]
    owed = Owed(np.arange(len(group)), Terms(False, factors))
    assert repeats.group_targets(owed, 0, np.array(group), lambda: 99) is None


@pytest.mark.parametrize(
    "targets, differ", [([-1, -1], True), ([3, -1, -1, 5], True), ([3, 5, 3], False)]
)
def test_only_targets_count_as_different(targets, differ):
    assert repeats.all_differ(np.array(targets)) is differ


def test_a_kernel_of_some_results_that_are_no_box():
    kernel = ArrayKernel(ops.tanh, np.array([[5, 6], [7, 8]]), [np.arange(4).reshape(2, 2, 1)])
    some = kernel.at(np.array([[True, False], [False, True]]))
    assert some.results.tolist() == [5, 8] and some.inputs[0].tolist() == [[0], [3]]


def test_a_sum_along_an_axis_on_which_nothing_depends():
    (terms,) = with_terms_last([np.array([[2.0], [3.0]])], [0], [1], (2, 3))
    assert terms.tolist() == [[2.0] * 3, [3.0] * 3]


def test_missing_terms_that_go_on_as_no_row_does_stay_missing():
    factors = [np.array([[4, NOTHING], [9, 7]]), np.array([[1, NOTHING], [8, 3]])]
    assert templates.complete(factors) is factors


def test_maxima_of_very_different_lengths_are_kernels_of_their_own():
    short = [Extreme(place, ops.maximum, (0, 1)) for place in (50, 52, 53)]
    long = Extreme(51, ops.maximum, tuple(range(40)))
    kernels = templates.kernels_of([short[0], long, *short[1:]])
    assert [kernel.results.tolist() for kernel in kernels] == [[50, 52, 53], [51]]
    shapes = [[x.shape for x in kernel.inputs] for kernel in kernels]
    assert shapes == [[(3, 2)], [(1, 40)]]


def kernel_of_products(pairs):
    """Return the kernel of the product of each pair of rows; row i begins at place 2 i."""
    factors = [np.array([[2 * i, 2 * i + 1] for i in column]) for column in zip(*pairs)]
    results = np.arange(100, 100 + len(pairs))
    return templates.TemplateKernel(None, results, sums=[Terms(False, factors)])


def test_products_of_most_rows_with_most_columns_are_those_of_all_with_all():
    kernel = templates.all_with_all(
        kernel_of_products([(0, 5), (1, 5), (1, 6), (2, 5), (2, 6), (2, 7)])
    )
    wanted = [[[100, NOTHING, NOTHING], [101, 102, NOTHING], [103, 104, 105]]]
    assert kernel.results.tolist() == wanted
    left, right = kernel.sums[0].factors
    assert left[0, :, 0].tolist() == [[0, 1], [2, 3], [4, 5]]
    assert right[0, 0].tolist() == [[10, 11], [12, 13], [14, 15]]
    assert kernel.is_completed


@pytest.mark.parametrize(
    "pairs",
    [
        [(0, 5), (1, 6), (2, 7)],  # no row is in two products
        [(0, 5), (0, 6), (0, 7)],  # one row
        [(0, 5), (0, 5), (1, 5), (1, 6)],  # a product that stands twice
        [(0, 5), (1, 5), (1, 6), (2, 6), (2, 7), (3, 7), (3, 8), (4, 8), (4, 9)],  # a few of all
    ],
)
def test_other_products_stay_as_they_are(pairs):
    kernel = kernel_of_products(pairs)
    assert templates.all_with_all(kernel) is kernel


def test_a_dot_product_computes_its_sum():
    assert dots.DOT.forward(0.5, (2.0, 3.0), (4.0, 5.0)) == 0.5 + 8.0 + 15.0
    assert dots.DOT.forward((2.0, 3.0, 6.0), (4.0, 5.0)) == 23.0
    assert dots.record_dot(Trace(), dots.Vectors(), [], [1.0], 0.5) == 0.5


def test_a_vector_is_recorded_once():
    trace, vectors = Trace(), dots.Vectors()
    x, y, z = trace.variables(3)
    pairs = [([x, y], [y, z], 0.0), ([y, z], (x, y), 0.5), ([x, 1.0], [x, y, z], 0.0)]
    recorded = [dots.record_dot(trace, vectors, *pair) for pair in pairs]
    names = [each.op.name for each in trace.tracers if each.op]
    assert names == ["vector", "vector", "dot", "dot", "vector", "vector", "dot"]
    assert recorded[0].inputs == recorded[1].inputs[:0:-1]
    counts = [dots.count_operations(each) for each in trace.tracers if each.op]
    assert counts == [0, 0, 3, 4, 0, 0, 3]


def test_a_column_that_is_kept_is_one_vector():
    trace, vectors = Trace(), dots.Vectors()
    x, y, z = trace.variables(3)
    column, lists = (x, y), [[y, z], [z, x], [x, y]]
    products = [dots.record_dot(trace, vectors, column, each, 0.0) for each in lists]
    assert {product.inputs[0] for product in products} == {products[2].inputs[1]}


@pytest.mark.parametrize("place", range(3))
def test_a_dot_product_of_an_input_of_unknown_kind(place):
    trace = Trace()
    (x,) = trace.variables(1)
    inputs = [[x], [x], x]
    inputs[place] = "a" if place == 2 else ["a"]
    assert dots.record_dot(trace, dots.Vectors(), *inputs) is NotImplemented


def test_a_dot_product_of_a_tracer_of_another_trace():
    (x,), (y,) = Trace().variables(1), Trace().variables(1)
    with pytest.raises(errors.TraceError):
        dots.record_dot(x.trace, dots.Vectors(), [x], [y], 0.0)


@pytest.mark.parametrize(
    "outputs, reason",
    [([1.0, "a"], "it returns something that is no number"), ([1.0], "its results are constants")],
)
def test_results_that_are_no_numbers_are_not_rolled(outputs, reason):
    with pytest.raises(CannotRoll) as refusal:
        rolled_functions.require_numbers(outputs)
    assert str(refusal.value) == reason


def test_a_tiny_loss():
    def loss(m, x):
        return 1e-12 * each(m, x)

    def make():
        model = Cells(Scaled(rank), Scaled(rank))
        RANKS.update(zip(model.cells, (1.0, 2.0)))
        return model

    rolled, written_out = make(), make()
    _, found, _ = compiled(loss, rolled, [[1.0, 2.0]])
    _, expected, _ = compiled(loss, written_out, [[1.0, 2.0]], unroll=True)
    assert found == pytest.approx(expected, rel=1e-9, abs=0)


def test_arguments_that_are_one_object():
    def loss(m, x):
        (cell,) = m.cells
        return squares([cell(x[0], x[1]), cell(x[1], x[1])]) + cell.w

    function = lambda w, a, b: w * a if a is b else 3.0 * w * b  # noqa: E731
    same_as_written_out(loss, lambda: Cells(Cell(function)), FIRST_IS_ZERO)


class Slotted(Module):
    """A module that detaches by an attribute in a slot. The loss does not show it."""

    __slots__ = ("detaches",)

    def __init__(self, w, detaches):
        self.w, self.detaches = Value(w), detaches

    def __call__(self, x):
        y = self.w * x
        return ops.detach(y) if self.detaches else y


def test_modules_that_differ_in_a_slot():
    loss = lambda m, x: squares([cell(x[0]) for cell in m.cells])  # noqa: E731
    make = lambda: Cells(Slotted(0.5, False), Slotted(0.6, True), Slotted(0.7, False))  # noqa: E731
    same_as_written_out(loss, make, FIRST_IS_ZERO)


def test_matrix_products_of_plain_numbers():
    products, rows = MatrixProducts(), [[1.0, 2.0], [3.0, 4.0]]
    assert products(rows, [1.0, 1.0], [0.0, 0.5]) == [3.0, 7.5]
    rows[1] = [5.0, 5.0]
    assert products(rows, [1.0, 1.0], [0.0, 0.5]) == [3.0, 10.5]
    rows.append([1.0, 1.0])
    assert products(rows, [1.0, 1.0], [0.0, 0.5, 0.0]) == [3.0, 10.5, 2.0]
    assert products(Columns(rows), [1.0, 1.0, 1.0], [0.0, 0.0]) == [7.0, 8.0]
    assert products(Columns(rows), [1.0, 1.0], [0.5, 0.0]) == [6.5, 7.0]
    assert products(Columns(rows), [1.0, 1.0], [0.5]) == [6.5]
    assert products(rows, [2.0], [0.0, 0.0]) == [2.0, 10.0]
    assert products(rows, [1.0, 1.0, 1.0], [0.0]) is None
    assert products(rows, [1.0, 1.0], [0.0] * 4) is None
    for i in range(100):
        assert products(rows[:2], [1.0, float(i)], [0.0, 0.0]) == [1.0 + 2.0 * i, 5.0 + 5.0 * i]
    assert len(products.matrices) <= rolled_check.MOST_MATRICES
    assert products.are_valid()
    rows[0][0] = 2.0
    assert not products.are_valid()


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_number_that_is_changed_in_a_matrix_is_seen_by_the_check(is_replaced):
    """The judge is the sum by hand. The second number is that of the changed row."""
    rows = [[1.0, 2.0], [3.0, 4.0]]

    def f():
        before = dot_each(rows, [1.0, 1.0], [0.0, 0.0])
        rows[0][0] += 1.0
        if is_replaced:
            rows[1] = [5.0, 5.0]
        return before[0], dot_each(rows, [1.0, 1.0], [0.0, 0.0])[0]

    (first, second), _ = run(f, Numbers([], np.zeros(0)), [])
    assert second == first + 1.0


@pytest.mark.parametrize("is_read_before, last", [(False, 1.0), (False, 7.0), (True, 7.0)])
def test_a_number_that_is_changed_in_a_row_of_a_model_is_seen_by_the_check(is_read_before, last):
    values = [Value(1.0), Value(2.0)]
    asked = Numbers(values, np.array([1.0, 2.0]))
    row = asked.of_row(values)

    def f():
        if is_read_before:
            dot_each([row], [1.0, 1.0], [0.0])
        row[0] = 7.0
        first = dot_each([row], [1.0, 1.0], [0.0])
        row[0] = last
        return first

    results, _ = run(f, asked, [])
    assert results.tolist() == [9.0]


def test_numbers_of_values_in_whatever_order_they_are_asked_for():
    values, other = [Value(0.0) for _ in range(7)], Value(9.0)
    draw = random.Random(3)
    for _ in range(50):
        asked = Numbers(values, np.arange(7.0))
        for _ in range(5):
            i, count = draw.randrange(7), draw.randrange(4)
            assert asked.of_row(values[i : i + count]) == list(map(float, range(7)))[i : i + count]
            assert asked[values[i]] == i
        assert (asked[other], other in asked, values[2] in asked) == (9.0, False, True)
        assert asked.of_row([values[6], other, values[0]]) == [6.0, 9.0, 0.0]


@pytest.mark.parametrize(
    "rows, x, starts",
    [
        ([[1.0], [2.0, 3.0]], [1.0], [0.0, 0.0]),
        ([[1.0]], [1.0, 2.0], [0.0]),
        ([[1.0]], [1.0], [0.0, 0.0]),
        ([[Value(1.0)]], [1.0], [0.0]),
        ([[1.0]], [Value(1.0)], [0.0]),
        ([[1.0]], [1.0], [Value(0.0)]),
        ([], [], []),
    ],
)
def test_what_is_no_matrix_product_of_plain_numbers(rows, x, starts):
    assert MatrixProducts()(rows, x, starts) is None


def test_what_was_traced_is_let_go_of(monkeypatch):
    """A step keeps neither the recorder nor the lists of all parameters that it made."""
    made = []

    def recorder(state):
        x = RolledRecorder(state)
        made.append(weakref.ref(x))
        return x

    monkeypatch.setattr(rolled_functions, "RolledRecorder", recorder)
    with collector_paused():
        step = check(loss_of, nn.Linear(3, 2), numbers(4, 3))
        assert made[0]() is None
    assert step.latest.why_unrolled == ""


# ------------------------------------------------------------------ ops and functions of one's own

OWN_OPS = {
    "a constant": ops.Op("one", "one", lambda x: 1.0, (lambda x, out: 0.0,)),
    "its input": ops.Op("same", "same", lambda x: x, (lambda x, out: 1.0,)),
    "written in ops": ops.Op(
        "bend",
        "bend",
        lambda x: x * ops.tanh(x),
        (lambda x, out: ops.tanh(x) + x * (1.0 - ops.tanh(x) ** 2),),
    ),
}


@pytest.mark.parametrize("name", OWN_OPS)
def test_own_op(name):
    op = OWN_OPS[name]
    check(each, two(lambda w, x: op(w * x[0]) + w * op(x[1])), numbers(3, 2))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", PARTIALS)
def test_own_op_of_a_family(family, name):
    check(each, Cells(Own(family, name), Own(family, name)), numbers(3, 2))


@part
def neuron(weights, bias, x):
    total = bias
    for w, xi in zip(weights, x):
        total = total + w * xi
    return total.tanh()


class Net:
    """A network of lists and functions alone."""

    def __init__(self, *sizes):
        self.layers = [
            [([Value(random.uniform(-1, 1)) for _ in range(n)], Value(0.1)) for _ in range(m)]
            for n, m in pairwise(sizes)
        ]

    def __call__(self, x):
        for layer in self.layers:
            x = [neuron(weights, bias, x) for weights, bias in layer]
        return x

    def parameters(self):
        return [p for layer in self.layers for ws, b in layer for p in (*ws, b)]


def test_functions_are_parts():
    step = check(loss_of, Net(3, 5, 4, 2), numbers(4, 3))
    program = step.latest.programs.example
    assert [each.name for each in parts_within(program.part)] == ["loss", *["neuron"] * 3]
    assert len(program.part.calls) == 11


def test_a_part_that_reads_another_value():
    scale = Value(0.5)

    @part
    def scaled(w, x):
        return scale * w * x

    class Model(Net):
        def __call__(self, x):
            ((weights, _),) = self.layers[0]
            return [scaled(w, xi) for w, xi in zip(weights, x)]

    reason = "scaled is traced at each of its calls: it reads a Value that is not its own"
    check(loss_of, Model(2, 1), numbers(3, 2), reasons=reason)


@pytest.mark.parametrize("x", [3, "text", None])
def test_a_part_must_be_a_function(x):
    with pytest.raises(TypeError, match="part"):
        part(x)


def test_irregular_programs_are_not_rolled(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr("micrograd.transforms.rolled_functions.FEWEST_PARAMETERS", 0)
    monkeypatch.setattr("micrograd.transforms.rolled_functions.FEWEST_INSTRUCTIONS", 0)
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.MaxPool2d(2), nn.Conv2d(2, 2, 2))
    step, *_ = compiled(loss_of, model, numbers(2, 1, 9, 9))
    assert step.latest.why_unrolled == "too many of its numbers stand at irregular places"
