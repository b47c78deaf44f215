"""Contraction: a product is added without being rounded before, in long sums and nowhere else.

Rule: each row is a function that is 0 in the eager engine, at any numbers. One rounding less would
leave some 1e-17 of either sign, and the root of that would be nan.
"""

import random

import numpy as np
import pytest

from micrograd.compiler.chains import shorten_chains
from micrograd.compiler.codegen.executable import BatchFunction, ScalarFunction
from micrograd.compiler.gradient import differentiate
from micrograd.compiler.trace import trace
from micrograd.ops import sqrt


def dot(u, v):
    return sum(x * y for x, y in zip(u, v))


def double_root(a, b, c):
    return sqrt(b * b - 4.0 * a * c)


def area(*x):
    u, v = x[:3], x[3:]
    return sqrt(dot(u, u) * dot(v, v) - dot(u, v) * dot(u, v))


# fmt: off
ZEROS = {  # name: (the function; its inputs, from three numbers)
    "squares":          (lambda x, y: sqrt(x * x - y * y),      lambda a, b, c: (a, a)),
    "double root":      (double_root,                           lambda a, b, c: (a / 2, a, a / 2)),
    "area":             (area,                                  lambda a, b, c: (a, b, c, a, b, c)),
    "commuted":         (lambda x, y: (x * y - y * x) * 1e30,   lambda a, b, c: (a, b)),
    "a known square":   (lambda x, y: sqrt(x - y * y),          lambda a, b, c: (a * a, a)),
    "minus a square":   (lambda x, y: sqrt(-(y * y) + x),       lambda a, b, c: (a * a, a)),
    "orthogonal":       (lambda *x: sqrt(dot(x[:2], x[2:])),    lambda a, b, c: (a, b, -b, a)),
    "orthogonal, 3d":   (lambda *x: sqrt(dot(x[:3], x[3:])),   lambda a, b, c: (a, b, 0, -b, a, c)),
    "a sum, taken off": (lambda x, y, z: sqrt(x - (y + z)),     lambda a, b, c: (a + b, a, b)),
    "minus a sum":      (lambda x, y, z: sqrt(-(y + z) + x),    lambda a, b, c: (a + b, a, b)),
    "four products":    (lambda x, y: sqrt(x * y + y * x - x * y - y * x),
                                                                lambda a, b, c: (a, 3.0)),
    "an update":        (lambda p, g: 1e30 * (p - 0.1 * g),     lambda a, b, c: (0.1 * a, a)),
}
# fmt: on


@pytest.mark.parametrize("longest_line", [0, 1000], ids=["kernels", "lines"])
@pytest.mark.parametrize("name", ZEROS)
def test_what_is_0_in_eager_is_0_in_compiled_code(name, longest_line):
    f, inputs_from = ZEROS[name]
    rng = random.Random(15)
    rows = [inputs_from(*[rng.uniform(-3.0, 3.0) for _ in range(3)]) for _ in range(300)]
    width = len(rows[0])
    program = trace(f, width)
    for same in (program, shorten_chains(program)):
        assert [same.run(*row) for row in rows] == [[0.0]] * 300
    one = ScalarFunction(program, False, longest_line)
    assert [one.run(row) for row in rows] == [[0.0]] * 300
    many = BatchFunction(program, [(0, i, width) for i in range(width)], False, 300, longest_line)
    assert not many.run([], [np.array(rows)], 300).any()


@pytest.mark.parametrize("longest_line", [0, 1000], ids=["kernels", "lines"])
def test_a_gradient_that_cancels_is_0(longest_line):
    program = differentiate(trace(lambda x, y: (x * y - y * x) * 1e30, 2))
    for seed in range(100):
        x, y = random.Random(seed).random(), random.Random(-seed).random()
        assert ScalarFunction(program, False, longest_line).run([x, y]) == program.run(x, y)


@pytest.mark.parametrize("exact", [False, True])
def test_only_long_sums_are_contracted(exact):
    def contracts(terms):
        program = trace(lambda *x: dot(x[:terms], x[terms:]), 2 * terms)
        return "contract" in ScalarFunction(program, exact, longest_line=0).machine.ir

    assert not contracts(3)
    assert contracts(4) is not exact
