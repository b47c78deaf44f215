"""Every row of the table, compiled, against its forward; and random programs.

Rule: no test here names the rows that it is about. With `exact`, a result has the same bits as the
eager engine's (all nans are equal); without, it is near.
"""

import functools
import itertools
import math
import random

import pytest
from hypothesis import given

from micrograd import ops
from micrograd.compiler.codegen.executable import BatchFunction, ScalarFunction
from micrograd.compiler.codegen.lowering_rules import lowering_rules
from micrograd.compiler.program import Program
from micrograd.compiler.trace import trace
from micrograd.engine import Value
from micrograd.ops import OPS, pow_op, take_op
from micrograd.transforms.jitting import jit
from tests.support.cases import cases
from tests.support.floats import bits, close, near
from tests.support.random_programs import examples, on_values, programs, run, share

EDGES = (0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e-300, 1e300, 0.3, -0.3)
EXPONENTS = (0, 1, 2, 3, 7, 8, 9, -1, -2, 0.5, -0.5, 2.5, 1e300, math.inf)
ROWS = {**OPS, **{op.name: op for op in (*map(pow_op, EXPONENTS), take_op(1), take_op(2))}}
EVERY_ROW = pytest.mark.parametrize("op", ROWS.values(), ids=ROWS)
EXACT = pytest.mark.parametrize("exact", [True, False], ids=["exact", "default"])


def every(op):
    return list(itertools.product(EDGES, repeat=len(op.partials)))


def places(op):
    return tuple(range(len(op.partials)))


def alone(op):
    """Return the program of one op."""
    names = tuple(f"x{i}" for i in places(op))
    return Program(names, (op,), (places(op),), (len(names),))


def judge(op, exact, xs, got):
    wanted = op.forward(*xs)
    if exact:
        assert bits(got) == bits(wanted), (xs, got, wanted)
    elif not (math.isnan(got) and op in (ops.sin, ops.cos) and abs(xs[0]) > 2.0**50):  # as stated
        assert close(got, wanted), (xs, got, wanted)


@EVERY_ROW
@EXACT
def test_a_row_equals_its_forward(op, exact):
    compiled = ScalarFunction(alone(op), exact)
    for xs in every(op):
        judge(op, exact, xs, *compiled.run(xs))


@pytest.mark.slow
@EVERY_ROW
@EXACT
def test_a_row_in_lanes_equals_its_forward(op, exact):
    """This holds in every lane, and in a last block that is not full."""
    import numpy as np

    rows = every(op)
    columns = [(0, i, len(op.partials)) for i in places(op)]
    mapped = BatchFunction(alone(op), columns, exact, len(rows))
    for xs, got in zip(rows, mapped.run([], [np.array(rows)], len(rows))[0].tolist()):
        judge(op, exact, xs, got)


CONSTANTS = (0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 10.0, math.e, math.inf)


def with_constants(x):
    """Return every row of two inputs with each constant in place of one."""
    rows = [op for op in OPS.values() if len(op.partials) == 2]
    return [y for op in rows for c in CONSTANTS for y in (op(x, c), op(c, x))]


def two_in_turn(x):
    """Return every row of one input, applied to every other one's result."""
    rows = [op for op in OPS.values() if len(op.partials) == 1]
    return [outer(inner(x)) for inner in rows for outer in rows]


@pytest.mark.slow
@pytest.mark.parametrize("f", [with_constants, two_in_turn])
def test_exact_code_computes_what_is_written(f):
    """LLVM has identities of its own: pow(x, 2.0) is x * x there, and differs in the last bit."""
    compiled = ScalarFunction(trace(f, 1), exact=True)
    rng = random.Random(1)
    for x in (rng.gauss(0.0, 3.0) for _ in range(300)):
        assert list(map(bits, compiled.run([x]))) == list(map(bits, f(x))), x


@cases("n", range(-10, 11))
@cases("x", EDGES)
def test_a_whole_power_is_pow(n, x):
    judge(pow_op(n), False, (x,), *whole_power(n).run([x]))


@functools.cache
def whole_power(n):
    return ScalarFunction(trace(lambda x: x**n, 1), False)


def test_every_row_has_a_rule_or_is_written_in_ops():
    names = {op.name for exact in (True, False) for op in lowering_rules(exact)}
    assert names <= set(OPS)
    assert set(OPS) - names == {"gelu", "leaky_relu"}  # whose forward is written in ops


# --------------------------------------------------------------------------------- random programs


def eager_and_compiled(starts, program, exact):
    """Return (results, grads of the starts) of both, after backward() of the last result."""

    def f(*xs):
        return run(program, xs, on_values)

    both = []
    for function in (f, jit(f, exact=exact)):
        leaves = [Value(x) for x in starts]
        results = function(*leaves)
        results[-1].backward()
        both.append(([float(y) for y in results], [x.grad for x in leaves]))
    return both


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("exact, count", [(True, 40), (False, 40)], ids=["exact", "default"])
def test_a_random_program_is_the_same_with_and_without_jit(exact, count):
    finite = []

    @examples(count)
    @given(programs(list(OPS), 1, 40))
    def check(drawn):
        eager, compiled = eager_and_compiled(*drawn, exact)
        for wanted, got in zip(eager, compiled):
            scale = 1.0 + max(map(abs, filter(math.isfinite, wanted)), default=0.0)
            for x, y in zip(wanted, got):
                assert bits(x) == bits(y) if exact else near(x, y, scale), (x, y)
        finite.append(all(map(math.isfinite, [*eager[0], *eager[1]])))

    check()
    assert share(finite) > 0.9
