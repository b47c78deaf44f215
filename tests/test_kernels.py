"""Programs in kernels: the same numbers as in a straight line, and the expected kernels.

Rule: a structure is a function of numbers. Its golden table has the loops that a reader would name.
"""

import functools
import math
import random
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given

from micrograd.compiler.access import common_grid, fit_access
from micrograd.compiler.codegen import kernels, straight_line
from micrograd.compiler.codegen.executable import (
    BatchFunction,
    Frame,
    MachineCode,
    ScalarFunction,
    zeros,
)
from micrograd.compiler.codegen.lowering_rules import lowering_rules
from micrograd.compiler.gradient import differentiate
from micrograd.compiler.simplification import simplify
from micrograd.compiler.trace import expand, trace
from micrograd.losses import logsumexp
from tests.support.floats import bits, near
from tests.support.numbers import uniforms
from tests.support.random_programs import SMOOTH, examples, on_values, programs, run

EXACT = pytest.mark.parametrize("exact", [True, False], ids=["exact", "default"])


def with_gradient(f, inputs, exact):
    program = differentiate(trace(f, inputs))
    return simplify(expand(program, lowering_rules(exact)))


# ------------------------------------------------------------------------------------ structures


def mlp(*xs):
    """3 inputs, 8 tanh neurons, 2 outputs, and the sum of their squares."""
    it = iter(xs)
    x = [next(it) for _ in range(3)]
    for nin, nout in ((3, 8), (8, 2)):
        rows = [[next(it) for _ in range(nin + 1)] for _ in range(nout)]
        x = [sum((w * z for w, z in zip(row, x)), row[-1]).tanh() for row in rows]
    return sum(z * z for z in x)


def convolution(*xs):
    """A filter of 5 numbers over a row of 36."""
    w, x = xs[:5], xs[5:]
    return sum(sum(a * b for a, b in zip(w, x[i:])).relu() for i in range(32))


def recurrent(*xs):
    """A state of 4 numbers over 6 points in time."""
    w, u, x = xs[:16], xs[16:20], xs[20:26]
    h = [0.0] * 4
    for t in range(6):
        h = [(sum(w[4 * i + j] * h[j] for j in range(4)) + u[i] * x[t]).tanh() for i in range(4)]
    return sum(h)


def readouts(*xs):
    """The same, with a number read from each state; the sum of their squares."""
    w, u, v, x = xs[:16], xs[16:20], xs[20:24], xs[24:30]
    h, total = list(xs[30:34]), 0.0
    for t in range(6):
        h = [(sum(w[4 * i + j] * h[j] for j in range(4)) + u[i] * x[t]).tanh() for i in range(4)]
        total = total + sum(v[j] * h[j] for j in range(4)) ** 2
    return total


def horner(x, *coefficients):
    return functools.reduce(lambda y, c: y * x + c, coefficients)


def products(*xs):
    """The sum of 1 + x0, (1 + x0)(1 + x1), and so on."""
    product, total = 1.0, 0.0
    for x in xs:
        product = product * (1.0 + x)
        total = total + product
    return total


def tree(*xs):
    """The sum of the squares, added in pairs, pairs of pairs, and so on."""
    xs = [x * x for x in xs]
    while len(xs) > 1:
        xs = [a + b for a, b in zip(xs[::2], xs[1::2])]
    return xs[0]


def attention(*xs):
    """5 positions of 4 numbers, each of which attends to those before it."""
    rows = [xs[4 * i : 4 * i + 4] for i in range(5)]
    attended = []
    for i, q in enumerate(rows):
        scores = [sum(a * b for a, b in zip(q, k)) for k in rows[: i + 1]]
        total = logsumexp(scores)
        weights = [(s - total).exp() for s in scores]
        attended += [sum(w * v[j] for w, v in zip(weights, rows)) for j in range(4)]
    return sum(y * y for y in attended)


def scattered(*xs):
    """16 sums over the same numbers, which stand in no order, some of them times constants."""
    order = [7, 1, 4, 9, 0, 3, 8, 2]
    weights, numbers = xs[:128], [xs[128 + i] for i in order]
    rows = [weights[8 * i : 8 * i + 8] for i in range(16)]
    y = [sum(w * x for w, x in zip(row, numbers)) for row in rows]
    scales = [0.5, -2.0, 3.0]
    z = [sum(scales[i % 3] * w for w in row) for i, row in enumerate(rows)]
    return sum(a * b for a, b in zip(y, z))


def unordered(*xs):
    """16 sums over the same 8 numbers, each of which begins with another one."""
    weights, numbers = xs[:128], xs[128:]
    turns = [[(i + k) % 8 for k in range(8)] for i in range(16)]
    y = [sum(weights[8 * i + k] * numbers[k] for k in turn) for i, turn in enumerate(turns)]
    return sum(z * z for z in y)


STRUCTURES = {
    "mlp": (mlp, 3 + 8 * 4 + 2 * 9),
    "convolution": (convolution, 41),
    "recurrent": (recurrent, 26),
    "readouts": (readouts, 34),
    "horner": (horner, 12),
    "products": (products, 9),
    "tree": (tree, 32),
    "attention": (attention, 20),
    "scattered": (scattered, 138),
    "unordered": (unordered, 136),
}
EVERY_STRUCTURE = pytest.mark.parametrize(("f", "inputs"), STRUCTURES.values(), ids=STRUCTURES)


# name: (the length of the longest program that is straight lines, and of each function of them)
LOWERINGS = {"kernels": (0, 500), "straight line": (10**6, 10**6), "lines of 7": (10**6, 7)}


@pytest.mark.no_cover
@pytest.mark.slow
@EXACT
@EVERY_STRUCTURE
def test_a_structure_equals_its_program(f, inputs, exact, monkeypatch):
    program, xs = with_gradient(f, inputs, exact), uniforms(random.Random(1), inputs)
    wanted = program.run(*xs)
    for longest_line, piece in LOWERINGS.values():
        monkeypatch.setattr(straight_line, "PIECE", piece)
        results = ScalarFunction(program, exact, longest_line).run(xs)
        if exact:
            assert list(map(bits, results)) == list(map(bits, wanted))
        else:  # sums of tens of numbers of the size of 1, in another order: 1e-14 at most
            assert results == pytest.approx(wanted, rel=1e-12, abs=1e-12)


@pytest.mark.no_cover
@pytest.mark.slow
@EVERY_STRUCTURE
def test_a_structure_equals_its_program_for_every_example(f, inputs, monkeypatch):
    """Half of the inputs are shared. With 37 examples the last register is not full."""
    program = with_gradient(f, inputs, False)
    shared = inputs // 2
    first = uniforms(random.Random(1), shared)
    columns = [None] * shared + [(0, i, inputs - shared) for i in range(inputs - shared)]
    rows = np.array([uniforms(random.Random(seed), inputs - shared) for seed in range(37)])
    for longest_line, piece in LOWERINGS.values():
        monkeypatch.setattr(straight_line, "PIECE", piece)
        function = BatchFunction(program, columns, False, 37, longest_line)
        results = function.run(first, [rows], 37)
        for i in (0, 17, 36):
            wanted = program.run(*first, *rows[i])
            assert results[:, i].tolist() == pytest.approx(wanted, rel=1e-12, abs=1e-12)


def words(f, inputs):
    """Return the kernels of the function as printed, without their levels."""
    program = simplify(trace(f, inputs))
    kernels = ScalarFunction(program, False, longest_line=0).kernels
    return [str(kernel).partition(": ")[2] for kernel in kernels]


GOLDEN = {
    "mlp": [
        "8 x sum of products of 4 (affine)",
        "8 x tanh (affine)",
        "2 x matrix product of 9 (affine)",
        "2 x tanh (affine)",
        "1 x sum of products of 3 (0.0, affine)",
    ],
    "tree": ["1 x matrix product of 32 (affine)"],
    "convolution": [
        "32 x matrix product of 6 (0.0, affine)",
        "32 x relu (affine)",
        "1 x sum of products of 33 (0.0, affine)",
    ],
    # Terms change places, so that no sum needs a table.
    "unordered": [
        "16 x matrix product of 9 (0.0, affine)",
        "1 x matrix product of 17 (0.0, affine)",
    ],
    # Numbers that many sums read are copied side by side, so that a product of matrices remains.
    "scattered": [
        "8 x copy (separable)",
        "16 x matrix product of 9 (0.0, affine)",
        "16 x sum of products of 9 (0.0, separable, affine)",
        "1 x matrix product of 17 (0.0, affine)",
    ],
    # By level there would be three more kernels for each time. By agenda the readouts wait.
    "readouts": [
        *["4 x sum of products of 6 (0.0, table, separable)", "4 x tanh (affine)"] * 6,
        "6 x matrix product of 5 (0.0, affine)",
        "6 x pow (affine, 2.0)",
        "1 x sum of products of 7 (0.0, affine)",
    ],
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_structure_is_recognised(name):
    assert words(*STRUCTURES[name]) == GOLDEN[name]


@pytest.mark.slow
@pytest.mark.parametrize("together", [1, 7])
@pytest.mark.parametrize("name", ["readouts", "mlp"])
def test_many_kernels_are_several_functions(name, together, monkeypatch):
    """This holds for one example, and for 37, whose last block is not full."""
    f, inputs = STRUCTURES[name]
    program, xs = with_gradient(f, inputs, True), uniforms(random.Random(1), inputs)
    monkeypatch.setattr(kernels, "KERNELS_PER_FUNCTION", together)
    once = ScalarFunction(program, True, longest_line=0)
    assert once.machine.ir.count("define internal void") == -(-len(once.kernels) // together)
    assert list(map(bits, once.run(xs))) == list(map(bits, program.run(*xs)))
    rows = np.array([uniforms(random.Random(seed), inputs) for seed in range(37)])
    mapped = BatchFunction(
        program, [(0, i, inputs) for i in range(inputs)], True, 37, longest_line=0
    )
    results = mapped.run([], [rows], 37)
    for i in (0, 36):
        assert list(map(bits, results[:, i])) == list(map(bits, program.run(*rows[i])))


def outputs_of_every_kind(count):
    """Return a function of a shared number and one of each example, with 5 outputs a turn."""

    def f(shared, x):
        turns = [(shared * (i + 2.0), x * (i + 2.0), i + 0.5) for i in range(count)]
        return [y for turn in turns for y in (*turn, x, math.nan)]

    return f


def batch_of(f):
    return BatchFunction(trace(f, 2), [None, (0, 0, 1)], True, 37, longest_line=0)


def test_outputs_of_every_kind_are_copied_for_every_example():
    f, xs = outputs_of_every_kind(9), [i - 18.5 for i in range(37)]
    wanted = np.array([f(0.3, x) for x in xs]).T
    results = batch_of(f).run([0.3], [np.array(xs).reshape(-1, 1)], 37)
    assert results.tobytes() == wanted.tobytes()


def test_many_outputs_take_no_more_code_than_few():
    lines = [batch_of(outputs_of_every_kind(n)).machine.ir.count("\n") for n in (16, 160)]
    assert lines[0] == lines[1]


@pytest.mark.parametrize(
    ("slots", "count", "block"),
    [
        (1, 0, 8),
        (1, 1, 8),
        (1, 64, 64),
        (1, 300, 104),  # three blocks of at most 128
        (2400, 64, 32),  # there is room for 54: blocks of 48 and 16 would cost as much as 96
        (10**6, 64, 8),
    ],
)
def test_blocks_are_equal(slots, count, block):
    plan = SimpleNamespace(varying=slots)
    assert kernels.block_size(plan, lanes=8, count=count, width=64) == block


# -------------------------------------------------------------------------------- random programs


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("lowering", ["kernels", "lines of 7"])
@EXACT
def test_a_random_program_is_the_same_however_lowered(exact, lowering, monkeypatch):
    longest_line, piece = LOWERINGS[lowering]
    monkeypatch.setattr(straight_line, "PIECE", piece)

    @examples(40)
    @given(programs(SMOOTH, 1, 12))
    def check(drawn):
        starts, instructions = drawn

        def f(*xs):
            return run(instructions, xs, on_values)[-1]

        program = with_gradient(f, len(starts), exact)
        wanted = program.run(*starts)
        results = ScalarFunction(program, exact, longest_line).run(starts)
        scale = 1.0 + max((abs(x) for x in wanted if math.isfinite(x)), default=0.0)
        for x, y in zip(results, wanted):
            assert bits(x) == bits(y) or x != x if exact else near(x, y, scale)

    check()


# ---------------------------------------------------------------------------------------- fitting


@pytest.mark.parametrize(
    ("columns", "grid"),
    [
        ([[0, 1, 2, 3]], (4,)),
        ([[0, 1, 2, 10, 11, 12]], (2, 3)),
        ([[0, 1, 2, 10, 11, 12], [5, 5, 5, 5, 5, 5]], (2, 3)),
        ([[0, 1, 10, 11, 100, 101, 110, 111]], (2, 2, 2)),
        ([[3, 1, 4, 1, 5, 9]], (6,)),
        ([[7]], ()),
    ],
)
def test_the_members_form_a_grid(columns, grid):
    assert common_grid([np.array(column) for column in columns]) == grid


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        ([[0, 1], [2, 3]], "affine"),
        ([[0, 1], [1, 2], [7, 8]], "separable"),
        ([[0, 1, 5], [1, 2, 6], [2, 3, 7]], "separable"),
        ([[0, 1], [1, 3], [2, 4]], "table"),
    ],
)
def test_an_access_has_the_simplest_form_that_fits(matrix, words):
    matrix = np.array(matrix)
    assert str(fit_access("shared", matrix, (len(matrix),))) == words


# ---------------------------------------------------------------------------------- deep programs


@pytest.mark.slow
@EXACT
def test_a_deep_program_is_straight_lines(exact):
    """1,500 nested sines would be 4,500 kernels of one member each."""

    def sines(x):
        for _ in range(1500):
            x = x.sin()
        return x

    program = with_gradient(sines, 1, exact)
    once = ScalarFunction(program, exact)
    assert once.lowered.plan is None
    assert once.lowered.summary() == "4,499 instructions -> 9 straight lines"
    wanted = program.run(0.5)
    # each sine is off by some ulps (2e-16); the derivative of all together is 1e-2
    assert once.run([0.5]) == (wanted if exact else pytest.approx(wanted, rel=1e-12))


@pytest.mark.slow
def test_a_deep_program_of_many_examples_is_straight_lines():
    def powers(x, w):
        y = 1.0
        for _ in range(700):
            y = y * x * w + 1.0
        return y.tanh()

    program = simplify(expand(trace(powers, 2), lowering_rules(False)))
    mapped = BatchFunction(program, [(0, 0, 1), None], False, 7)
    rows = np.linspace(0.1, 0.9, 7)[:, None]
    results = mapped.run([0.5], [np.ascontiguousarray(rows)], 7)
    assert mapped.lowered.plan is None
    wanted = [program.run(x, 0.5)[0] for x in rows[:, 0]]
    assert results[0].tolist() == pytest.approx(wanted, rel=1e-13)  # fused, and tanh of some ulps


# -------------------------------------------------------------------------------- sums over lanes


@pytest.mark.parametrize("dtype, lanes", [("float64", 2), ("float64", 8), ("float32", 16)])
def test_rows_are_reduced_to_the_bits_of_each(dtype, lanes):
    """The referee adds the lanes in NumPy: halves onto halves, until one number is left."""

    def write(code):
        memory = code.array(0)
        rows = [code.load(memory, lanes * i, lanes) for i in range(lanes)]
        code.store(straight_line.reduce_rows(rows), memory, lanes * lanes)
        for i, row in enumerate(rows):
            code.store(row.reduce_add(), memory, lanes * (lanes + 1) + i)

    numbers = np.array(uniforms(random.Random(4), lanes, lanes)).astype(dtype)
    memory = zeros(lanes * (lanes + 2), dtype)
    memory[: lanes * lanes] = numbers.ravel()
    MachineCode(f"rows of {lanes}", write, dtype, False).call(Frame.of(memory).pointer)
    while numbers.shape[1] > 1:
        half = numbers.shape[1] // 2
        numbers = numbers[:, :half] + numbers[:, half:]
    *_, together, one_by_one = memory.reshape(lanes + 2, lanes).tolist()
    assert together == one_by_one == numbers[:, 0].tolist()
