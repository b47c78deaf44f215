"""Chains: sums in another order, and like terms as one.

Rule: a row is a function and its program afterwards; what must not change has a row as well.
"""

import random

import pytest

from micrograd import MLP, Module, Value, compile_step, ops
from micrograd.compiler.chains import shorten_chains
from micrograd.compiler.program import Program
from micrograd.compiler.trace import trace
from micrograd.optim import SGD


def used_twice(x, y):
    total = x + y
    return total * (4.0 * total + x)


# fmt: off
ROWS = {  # name: (a function of x and y, its program in one line)
    "like terms":      (lambda x, y: x + 3.0 * x,         "mul 4.0, x0"),
    "twice":           (lambda x, y: x + x,               "mul 2.0, x0"),
    "like ones apart": (lambda x, y: (x + y) + x,         "mul 2.0, x0; add t0, x1"),
    "cancels":         (lambda x, y: x + -x,              "neg x0; add x0, t0"),
    "both signs":      (lambda x, y: 3.0 * x + -2.0 * x,  "mul 3.0, x0; mul -2.0, x0; add t0, t1"),
    "a multiple":      (lambda x, y: 2.0 * (3.0 * x),     "mul 6.0, x0"),
    "a fraction":      (lambda x, y: 0.5 * (3.0 * x),     "mul 3.0, x0; mul 0.5, t0"),
    "one too large":   (lambda x, y: 1e200 * (1e200 * x), "mul 1e+200, x0; mul 1e+200, t0"),
    "negative":        (lambda x, y: -(3.0 * x),          "mul -3.0, x0"),
    "two signs":       (lambda x, y: (-x) * (-y),         "mul x0, x1"),
    "one sign":        (lambda x, y: x * (-y),            "mul x0, x1; neg t0"),
    "a four":          (lambda x, y: 4.0 * (x + y) + x,   "mul 4.0, x1; mul 5.0, x0; add t1, t0"),
    "no power":        (lambda x, y: 3.0 * (x + y) + x,   "add x0, x1; mul 3.0, t0; add t1, x0"),
    "a half":          (lambda x, y: 0.5 * (x + y) + x,   "add x0, x1; mul 0.5, t0; add t1, x0"),
    "ready first":     (lambda x, y: x / y + x + y,       "div x0, x1; add x0, x1; add t0, t1"),
    "constants":       (lambda x, y: 1.0 + x + 2.0,       "add 3.0, x0"),
    "spread constant": (lambda x, y: x + 2.0 * (y + 1.0), "mul 2.0, x1; add 2.0, x0; add t0, t1"),
    "a difference":    (lambda x, y: x - (y - x),         "sub x1, x0; sub x0, t0"),
    "of sums":         (lambda x, y: (x + y) - (y + x),   "add x0, x1; add x1, x0; sub t0, t1"),
    "nothing times":   (lambda x, y: 0.0 * x + -3.0 * x,  "mul 0.0, x0; mul -3.0, x0; add t1, t0"),
    "too much":        (lambda x, y: 1e308 * x + 1e308 * x, "mul 1e+308, x0; add t0, t0"),
    "2.0 at place 2":  (lambda x, y: (x + 2.0) / y,       "add 2.0, x0; div t0, x1"),
    "used twice":      (used_twice, "add x0, x1; mul 4.0, t0; add t1, x0; mul t0, t2"),
}
# fmt: on


@pytest.mark.parametrize("name", ROWS)
def test_the_program_afterwards(name):
    f, expected = ROWS[name]
    *lines, _ = str(shorten_chains(trace(f, 2))).splitlines()
    assert "; ".join(line.partition(" = ")[2] for line in lines) == expected


def random_program(seed):
    """Return a program of sums, differences, products and multiples, and the same of magnitudes."""
    rng = random.Random(seed)
    lines, sizes = [], []
    for place in range(3, 40):
        op = rng.choice([ops.add, ops.add, ops.add, ops.mul, ops.sub, ops.neg])
        operands = tuple(rng.randrange(max(0, place - 5), place) for _ in op.partials)
        if op is ops.mul and rng.random() < 0.8:
            operands = (rng.choice([2.0, 3.0, -1.0, 4.0, 0.5, -8.0]), operands[0])
        if op is ops.add and rng.random() < 0.2:
            operands = (operands[0], float(rng.randrange(place)))
        lines.append((op, operands))
        magnitudes = tuple(abs(x) if isinstance(x, float) else x for x in operands)
        sizes.append({ops.sub: (ops.add, magnitudes), ops.neg: (ops.abs, magnitudes)}.get(op))
        sizes[-1] = sizes[-1] or (op, magnitudes)
    outputs = (39, 38, 37)
    return [Program(("x0", "x1", "x2"), *zip(*rows), outputs) for rows in (lines, sizes)]


@pytest.mark.parametrize("seed", range(40))
def test_random_programs_compute_the_same(seed):
    program, magnitudes = random_program(seed)
    shorter = shorten_chains(program)
    rng = random.Random(-seed)
    for _ in range(5):
        numbers = [rng.uniform(-2.0, 2.0) for _ in range(3)]
        bounds = magnitudes.run(*map(abs, numbers))
        for x, y, bound in zip(shorter.run(*numbers), program.run(*numbers), bounds):
            assert abs(x - y) <= 1e-14 * bound


class Number(Module):
    def __init__(self):
        self.x = Value(3.0)

    def __call__(self):
        return self.x + 3.0 * self.x


def test_a_step_of_one_chain_is_shortened():
    model = Number()
    step = compile_step(lambda model: model(), model, SGD(model.parameters(), lr=0.5))
    assert step.run(steps=2).tolist() == [12.0, 4.0]
    assert "mul 4.0, p0" in step.program


def test_a_step_of_several_examples_is_not():
    model = MLP(1, [1])

    def loss(model, x, y):
        return model(x) + 3.0 * model(x)

    step = compile_step(loss, model, SGD(model.parameters()))
    rows = [[1.0], [2.0]]
    step.run(rows, [0.0, 0.0])
    assert "mul 3.0," in step.program
    step.run(rows, [0.0, 0.0], batch_size=1)
    assert "mul 4.0," in step.program
