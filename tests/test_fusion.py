"""Kernels that are computed within the kernel that reads them, and those that are not.

Rule: a function is a row, with its kernels as they are printed. Its numbers are those of the
program run in Python, to the last bit.
"""

import numpy as np
import pytest

from micrograd import ops
from micrograd.compiler.codegen.executable import BatchFunction, ScalarFunction
from micrograd.compiler.trace import trace
from tests.support.floats import bits

SIZE = 16


def halves(xs):
    return xs[: SIZE // 2], xs[SIZE // 2 :]


def chain(*xs):
    return [ops.sqrt(ops.div(x, 3.0)) for x in xs]


def reversed_chain(*xs):
    roots = [ops.sqrt(x) for x in xs]
    return [ops.div(root, 3.0) for root in reversed(roots)]


def masked(*xs):
    a, b = halves(xs)
    steps = [ops.step(x) for x in a]
    return [ops.div(x, y) for x, y in zip(b, steps)]


def in_a_sum(*xs):
    a, b = halves(xs)
    return [ops.sqrt(x) * y + y for x, y in zip(a, b)]


def in_a_long_sum(*xs):
    roots = [ops.sqrt(x) for x in xs]
    return [sum(roots[1:], roots[0])]


def read_twice(*xs):
    roots = [ops.sqrt(x) for x in xs]
    return [ops.div(root, 3.0) for root in roots] + [ops.neg(root) for root in roots]


def read_by_many(*xs):
    root = ops.sqrt(xs[0])
    return [ops.div(x, root) for x in xs]


def read_and_returned(*xs):
    roots = [ops.sqrt(x) for x in xs]
    return [ops.div(root, 3.0) for root in roots] + roots


def read_in_parts(*xs):
    roots = [ops.sqrt(x) for x in xs]
    a, b = halves(roots)
    return [ops.div(root, 3.0) for root in a] + [ops.neg(root) for root in b]


def read_again(*xs):
    """Two of four roots are read twice by one kernel, and the others by another one."""
    roots, ys = [ops.sqrt(x) for x in xs[:4]], xs[4:6]
    quotients = [ops.div(roots[i], y) for i in (0, 3) for y in ys]
    return quotients + [ops.neg(root) for root in roots[1:3]]


# fmt: off
FUNCTIONS = {  # name: (function, its kernels)
    "a chain":            (chain,          ["16 x sqrt (div of affine, 3.0)"]),
    "in the other order": (reversed_chain, ["16 x div (sqrt of affine, 3.0)"]),
    "two operands":       (masked,         ["8 x div (affine, step of affine)"]),
    "a sum":              (in_a_sum,       ["8 x sum of products of 2 (affine, sqrt of affine)"]),
    "a long sum": (in_a_long_sum, ["16 x sqrt (affine)", "1 x sum of products of 16 (affine)"]),
    "read twice": (
        read_twice, ["16 x sqrt (affine)", "16 x div (affine, 3.0)", "16 x neg (affine)"],
    ),
    "read by many":      (read_by_many,      ["1 x sqrt (affine)", "16 x div (affine)"]),
    "read again": (
        read_again, ["4 x sqrt (affine)", "2 x 2 x div (affine)", "2 x neg (affine)"],
    ),
    "read and returned": (read_and_returned, ["16 x sqrt (affine)", "16 x div (affine, 3.0)"]),
    "read in parts": (
        read_in_parts, ["16 x sqrt (affine)", "8 x div (affine, 3.0)", "8 x neg (affine)"],
    ),
}
# fmt: on

NUMBERS = [0.0, 0.5, 2.0, 1e308, 5e-324, float("inf"), float("nan"), 3.0] * (SIZE // 8)


def words(kernels):
    return [str(kernel).partition(": ")[2] for kernel in kernels]


def for_examples(program, count, exact=False):
    columns = [(0, i, SIZE) for i in range(SIZE)]
    return BatchFunction(program, columns, exact, count, longest_line=0)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_kernels(name):
    f, kernels = FUNCTIONS[name]
    assert words(for_examples(trace(f, SIZE), 13).lowered.plan.kernels) == kernels


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_numbers_of_each_example(name, exact):
    """The last register has five of them."""
    f, _ = FUNCTIONS[name]
    program, count = trace(f, SIZE), 13
    rows = np.array([np.roll(NUMBERS, i) for i in range(count)])
    found = for_examples(program, count, exact).run([], [rows], count)
    for row, numbers in zip(rows.tolist(), found.T.tolist()):
        assert list(map(bits, numbers)) == list(map(bits, program.run(*row)))


def test_what_is_computed_once_stands_in_memory():
    kernels = ScalarFunction(trace(chain, SIZE), False, longest_line=0).kernels
    assert words(kernels) == ["16 x div (affine, 3.0)", "16 x sqrt (affine)"]
