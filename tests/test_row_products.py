"""Products of a module's matrix with a vector are calls, one for each row, wherever that is right.

Rule: each case is compared with the program that is written out, and with Values.
"""

import pytest

from micrograd import Value
from micrograd.errors import TraceError
from micrograd.nn import Module
from micrograd.nn.layers import dot_each
from micrograd.watchers import no_grad
from tests.support.rolled import check, numbers

pytestmark = pytest.mark.usefixtures("rolled")
ZEROS = [0.0] * 3


class Matrix(Module):
    """A module of a matrix and a vector, with code of its own."""

    def __init__(self, code, weight=None):
        self.code = code
        self.weight = weight or [[Value(0.5 + i - j) for j in range(2)] for i in range(3)]
        self.bias = [Value(0.25 * i - 0.1) for i in range(3)]

    def __call__(self, x):
        return self.code(self, x)


def loss(model, x):
    return sum((0.5 + i) * y * y for i, y in enumerate(model(x)))


def with_other_row(model, x):
    before = model.weight[1]
    model.weight[1] = [before[1], before[0]]
    products = dot_each(model.weight, x, model.bias)
    model.weight[1] = before
    return products


def with_other_entry(model, x):
    row = model.weight[1]
    row.reverse()
    products = dot_each(model.weight, x, model.bias)
    row.reverse()
    return products


def with_no_grad(model, x):
    with no_grad():
        known = dot_each(model.weight, x, model.bias)
    return [y * z for y, z in zip(known, dot_each(model.weight, x, ZEROS))]


CODES = {  # the code, and how many rows are calls
    "with zeros": (lambda m, x: dot_each(m.weight, x, ZEROS), 3),
    "with starts": (lambda m, x: dot_each(m.weight, x, m.bias), 3),
    "with two vectors": (
        lambda m, x: [*dot_each(m.weight, x, m.bias), *dot_each(m.weight, x[::-1], m.bias)],
        6,
    ),
    "of its own results": (
        lambda m, x: dot_each(m.weight, dot_each(m.weight, x, m.bias)[1:], m.bias),
        6,
    ),
    "of its own parameters": (
        lambda m, x: [y * x[0] for y in dot_each(m.weight, m.bias, ZEROS)],
        0,
    ),
    "with and without grads": (with_no_grad, 6),
    "of one number twice": (lambda m, x: dot_each(m.weight, [x[0], x[0]], m.bias), 0),
    "of a constant": (lambda m, x: dot_each(m.weight, [x[0], 2.0], m.bias), 0),
    "of a tuple": (lambda m, x: dot_each(m.weight, tuple(x), m.bias), 0),
    "of a longer vector": (lambda m, x: dot_each(m.weight, [*x, x[0]], m.bias), 0),
    "of a shorter vector": (lambda m, x: dot_each(m.weight, x[:1], m.bias), 0),
    "with fewer starts": (lambda m, x: dot_each(m.weight, x, m.bias[:2]), 0),
    "with computed starts": (lambda m, x: dot_each(m.weight, x, [b * x[0] for b in m.bias]), 0),
    "with one start of a number": (lambda m, x: dot_each(m.weight, x, [0.0, 0.0, 1.0]), 0),
    "with one start of -0.0": (lambda m, x: dot_each(m.weight, x, [0.0, 0.0, -0.0]), 3),
    "of copied rows": (lambda m, x: dot_each([row[:] for row in m.weight], x, m.bias), 0),
    "of rows in a tuple": (lambda m, x: dot_each(tuple(m.weight), x, m.bias), 0),
    "of some rows": (lambda m, x: dot_each(m.weight[1:], x, ZEROS[1:]), 2),
    "of a row twice": (lambda m, x: dot_each([m.weight[0]] * 2, x, ZEROS[1:]), 2),
    "of another row meanwhile": (with_other_row, 0),
    "of another order meanwhile": (with_other_entry, 0),
    "of no rows": (lambda m, x: [*dot_each([], x, []), m.bias[0] * x[0]], 0),
}


@pytest.mark.parametrize("name", CODES)
def test_code(name):
    code, count = CODES[name]
    check_calls(Matrix(code), count)


def check_calls(model, count):
    step = check(loss, model, numbers(5, 2))
    calls = f"{count} x row" if count else ""
    own = [line for line in step.program.splitlines() if line.startswith("Matrix (")]
    assert len(own) == 1 and calls in own[0], step.program
    assert bool(count) == ("x row" in own[0])


def test_rows_of_two_lengths():
    weight = [[Value(0.5)], [Value(0.25), Value(-1.0)]]
    check_calls(Matrix(lambda m, x: dot_each(m.weight, x, ZEROS[:2]), weight), 0)


def test_rows_that_share_a_parameter():
    shared = Value(0.5)
    weight = [[shared, Value(2.0)], [Value(3.0), shared], [Value(1.0), Value(-1.0)]]
    check_calls(Matrix(lambda m, x: dot_each(m.weight, x, m.bias), weight), 0)


def test_modules_of_one_length_call_one_part():
    first, second = Matrix(CODES["with starts"][0]), Matrix(CODES["with starts"][0])
    step = check(
        lambda models, x: loss(first, x) + loss(second, x),
        [first, second],
        numbers(5, 2),
        parameters=[*first.parameters(), *second.parameters()],
    )
    assert step.program.count("row (3 parameters, 2 numbers): 1 instruction") == 1


def test_a_parameter_that_has_another_number_meanwhile_is_refused():
    def code(model, x):
        w = model.weight[0][0]
        before, w.data = w.data, 7.0
        products = dot_each(model.weight, x, model.bias)
        w.data = before
        return products

    with pytest.raises(TraceError, match="it cannot change anything"):
        check(loss, Matrix(code), numbers(5, 2))
