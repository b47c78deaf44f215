"""Formulas: what is written means what was computed, and LaTeX is whole.

Rule: the judge of a text is Python itself, which reads it and computes the same number.
"""

import math
import random
import re

import pytest

from micrograd import OPS, Value, ops
from micrograd.explaining.formula import (
    Formula,
    derivatives,
    expression,
    input_names,
    latex_name,
)
from micrograd.ops import Op, op_named
from tests.support.cases import cases
from tests.support.floats import approx

ROWS = [*OPS.values(), op_named("pow 3"), op_named("pow -2"), op_named("pow 0.5")]
IDS = [op.name for op in ROWS]
NAMES = {name: getattr(ops, name) for name in OPS if name.isidentifier()}


def read(text, **numbers):
    """What Python makes of it, where `x**y` is of floats that can be negative, and / of 0."""
    values = {name: Value(x) for name, x in numbers.items()}
    found = eval(text, {**NAMES, **values})
    return float(found)


@cases("op", ROWS, ids=IDS)
def test_a_derivative_that_is_read_is_the_partial(op):
    for numbers in ((0.7, 1.3, 0.4), (-0.6, 0.5, 1.1), (0.0, 2.0, -1.0)):
        inputs = numbers[: len(op.partials)]
        out = op.forward(*inputs)
        slopes = dict(zip(input_names(op), op.partials))
        assert list(derivatives(op)) == [name for name, partial in slopes.items() if partial]
        for name, formula in derivatives(op).items():
            known, partial = dict(zip(slopes, inputs), out=out), slopes[name]
            assert read(str(formula), **known) == approx(partial(*inputs, out), rel=1e-4, abs=1e-4)


OPERATORS = (ops.add, ops.sub, ops.mul, ops.neg, ops.div, ops.tanh, ops.maximum, op_named("pow 2"))


def random_formula(rng, depth):
    if depth == 0 or rng.random() < 0.15:
        return rng.choice(["x", "y", 2.0, -1.5])
    op = rng.choice(OPERATORS)
    inputs = [random_formula(rng, depth - 1) for _ in op.partials]
    if all(isinstance(x, float) for x in inputs):  # Python alone would compute these, and raise
        inputs[-1] = "x"
    return op, *inputs


def build(tree, leaves):
    if isinstance(tree, tuple):
        op, *inputs = tree
        return op(*[build(x, leaves) for x in inputs])
    return leaves[tree] if isinstance(tree, str) else leaves["number"](tree)


@cases("seed", range(200))
def test_parentheses_stand_where_they_are_needed(seed):
    tree = random_formula(random.Random(seed), 5)
    names = {name: Formula(name) for name in "xy"}
    formula = build(tree, {**names, "number": lambda x: Formula(x)})
    numbers = {"x": 0.7, "y": -1.2}
    wanted = build(tree, {**{k: Value(v) for k, v in numbers.items()}, "number": Value})
    found = read(str(formula), **numbers)
    assert found == pytest.approx(float(wanted), rel=1e-9, nan_ok=True)
    assert formula.latex.count("{") == formula.latex.count("}")
    assert re.sub(r"\\left\||\\right\|", "", formula.latex).count("(") == formula.latex.count(")")


a, b, c = map(Formula, "abc")
# fmt: off
GOLDEN = {  # text: (formula, LaTeX)
    "a - (b - c)":      (a - (b - c),         r"a - (b - c)"),
    "a - b - c":        (a - b - c,           r"a - b - c"),
    "a * (b + c)":      (a * (b + c),         r"a \cdot (b + c)"),
    "a / (b * c)":      (a / (b * c),         r"\frac{a}{b \cdot c}"),
    "(-a)**2":          ((-a) ** 2,           r"(-a)^{2}"),
    "-a**2":            (-(a**2),             r"-a^{2}"),
    "a**b**c":          (a ** (b**c),         r"a^{b^{c}}"),
    "(a**b)**c":        ((a**b) ** c,         r"(a^{b})^{c}"),
    "a * (-b)":         (a * -b,              r"a \cdot (-b)"),
    "a - 1e-07":        (a - 1e-7,            r"a - 1 \cdot 10^{-7}"),
    "a + inf":          (a + math.inf,        r"a + \infty"),
    "tanh(a + 1)":      ((a + 1.0).tanh(),    r"\tanh(a + 1)"),
    "exp(a)":           (a.exp(),             r"e^{a}"),
    "abs(a) / sqrt(b)": (abs(a) / b.sqrt(),   r"\frac{\left|a\right|}{\sqrt{b}}"),
    "leaky_relu(a)":    (a.leaky_relu(),      r"\operatorname{leaky\_relu}(a)"),
    "maximum(a, b)":    (a.maximum(b),        r"\operatorname{maximum}(a, b)"),
}
# fmt: on


@pytest.mark.parametrize("text", GOLDEN)
def test_a_formula_is_written(text):
    formula, latex = GOLDEN[text]
    assert (str(formula), formula.latex) == (text, latex)
    assert repr(formula) == f"Formula({text!r})"


NAMED = {
    "x1": "x_{1}",
    "w": "w",
    "grad": r"\mathrm{grad}",
    "layers.0.w": r"\mathrm{layers.0.w}",
    "a_b": r"\mathrm{a\_b}",
    "50%": r"\mathrm{50\%}",
    "a\\b^{c}": r"\mathrm{a\backslash{}b\wedge{}\{c\}}",
    "-inf": r"-\infty",
    "-2.5": "-2.5",
}


@pytest.mark.parametrize("name", NAMED)
def test_names_in_latex(name):
    assert latex_name(name) == NAMED[name]


def test_the_expression_of_a_value():
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    t = x * w + 1.0
    assert str(expression(t.tanh())) == "tanh(x * w + 1)"
    t.label = "t"
    assert str(expression(t.tanh())) == "tanh(t)"
    assert str(expression(t)) == "x * w + 1"
    assert str(expression(x)) == "x"
    assert str(expression(Value(2.5))) == "2.5"


def test_a_formula_that_is_too_long_has_dots():
    x = Formula("x")
    for _ in range(1000):
        x = x + x  # as text 2**1000 letters
    assert str(x) == "... + ..." or "..." in str(x)
    assert len(str(x)) < 5000


def test_a_row_of_the_users_own():
    swish = Op("swish", "swish({})", lambda x: x, (lambda u, out: out + (1.0 - out) * u,))
    assert {name: str(f) for name, f in derivatives(swish).items()} == {"u": "out + (1 - out) * u"}
    assert swish(Formula("q")).latex == r"\operatorname{swish}(q)"
