"""Products in place of divisions by a shared number: the same results, but for two roundings."""

import math
import random
import sys

import pytest

from micrograd.compiler import Program
from micrograd.ops import div
from micrograd.training.steps.reciprocals import SMALLEST, with_reciprocals

EPSILON = sys.float_info.epsilon
TINY, HUGE = sys.float_info.min, sys.float_info.max
NUMBERS = [0.0, 5e-324, 1e-310, TINY, SMALLEST, 1e-29, 0.1, 3.0, 1e150, HUGE, math.inf]
NUMBERS += [-x for x in NUMBERS] + [math.nan]
QUOTIENT = Program(("rate", "p"), (div,), ((1, 0),), (2,))


def is_same(found, expected):
    if math.isnan(expected):
        return math.isnan(found)
    if not expected or math.isinf(expected):
        return found == expected and math.copysign(1.0, found) == math.copysign(1.0, expected)
    # a rounding each of the reciprocal and the product, the first one to a number below TINY
    return math.isclose(found, expected, rel_tol=4 * EPSILON, abs_tol=1e-323)


@pytest.mark.parametrize("divisor", NUMBERS)
def test_quotients_of_extreme_numbers(divisor):
    rewritten = with_reciprocals(QUOTIENT, [False, True, True])
    for x in NUMBERS:
        (found,), (expected,) = rewritten.run(divisor, x), QUOTIENT.run(divisor, x)
        assert is_same(found, expected), (x, found, expected)


@pytest.mark.parametrize("seed", range(5))
def test_quotients_of_random_numbers(seed):
    rng = random.Random(seed)
    rewritten = with_reciprocals(QUOTIENT, [False, True, True])
    for _ in range(200):
        divisor, x = (rng.uniform(-1, 1) * 2.0 ** rng.randint(-1070, 1020) for _ in range(2))
        (found,), (expected,) = rewritten.run(divisor, x), QUOTIENT.run(divisor, x)
        assert is_same(found, expected), (divisor, x)


def test_what_differs_by_parameter_is_divided_by_and_numbers_as_well():
    program = Program(("rate", "p", "s"), (div, div, div), ((1, 2), (3, 2.0), (0, 2)), (4, 5))
    rewritten = with_reciprocals(program, [False, True, True, True, True, True])
    assert str(rewritten) == str(program)


def test_one_reciprocal_serves_all_divisions():
    program = Program(("rate", "p", "s"), (div, div), ((1, 0), (2, 0)), (3, 4))
    rewritten = with_reciprocals(program, [False, True, True, True, True])
    assert rewritten.ops.count(div) == 1
    assert rewritten.run(4.0, 1.0, 2.0) == [0.25, 0.5]
