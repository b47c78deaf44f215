"""Texts read as expressions, against Python's own reading of the same text.

Rule: an expression is a row, accepted with what Python says it is, or refused with the words of the
error. Nothing a text can say may raise anything but ExpressionError.
"""

import math

import pytest

from micrograd import ops
from micrograd.engine import Value
from micrograd.errors import ExpressionError
from micrograd.explaining.expression_parser import MissingNumbers, names, parse
from micrograd.ops import OPS
from tests.support.cases import cases

NUMBERS = {"x": 0.75, "y": -1.5, "z": 3.0}


def python(text):
    """What Python itself makes of the text, where the ops are those of the table, on floats."""
    return float(eval(text, {"__builtins__": {}}, {**OPS, **NUMBERS}))


def words(text, numbers=NUMBERS):
    """The message with which the text is refused."""
    with pytest.raises(ExpressionError) as refused:
        parse(text, numbers)
    return str(refused.value)


def nested(before, after, depth):
    return before * depth + "x" + after * depth


# ------------------------------------------------------------------------------------- accepted

# fmt: off
ACCEPTED = (
    "x", "3", "-3", "2.5e-3", "0x10", "1_000", "  x  ", "\tx\n", "x  # a comment", "(x)", "((x))",
    "x + y", "x - y", "x * y", "x / z", "z**x", "x**z", "x + 1", "1 + x", "2 - x", "3 / x", "2**x",
    "x**2", "x**3", "x**-1", "x**0.5", "2 + 3 * 4", "7 / 2",
    "x + y * z", "(x + y) * z", "x - y - z", "x - (y - z)", "x / y / z", "x / (y / z)",
    "2 * z**2", "2**z**2", "(2**z)**2", "-x**2", "(-x)**2", "2**-z", "-2**2", "x * -y", "x - -y",
    "+x", "-x", "--x", "-+-x", "+-x", "x + +y",
    "tanh(x)", "tanh(x,)", "tanh(tanh(tanh(x)))", "tanh(x * 2 + y) * relu(z)", "-tanh(-x)",
    "exp(log(z)) + sqrt(z)", "abs(y) + abs(-3)", "maximum(x, minimum(y, z))", "pow(z, 2)",
    "where(less(x, y), x + 1, y + 1)", "add(x, mul(y, sub(z, 1)))", "neg(div(x, y))",
)
# fmt: on


@cases("text", ACCEPTED)
def test_means_what_it_means_to_python(text):
    y, _ = parse(text, NUMBERS)
    assert (type(y), type(y.data)) == (Value, float)
    assert y.data == python(text.strip())


@cases("op", OPS.values(), ids=OPS)
def test_every_op_of_the_table_has_its_name(op):
    inputs = list(NUMBERS)[: len(op.partials)]
    y, names = parse(f"{op.name}({', '.join(inputs)})", NUMBERS)
    assert list(names) == inputs
    assert y.op is op
    expected = op(*(NUMBERS[name] for name in inputs))
    assert y.data == expected or math.isnan(expected)


@pytest.mark.parametrize(
    "text, answer",
    [
        ("9**9**9**9", "inf"),
        ("-(9**9**9**9)", "-inf"),
        ("1e400", "inf"),
        ("9" * 400, "inf"),
        ("0x" + "f" * 5000, "inf"),
        ("1/0", "inf"),
        ("-1/0", "-inf"),
        ("0/0", "nan"),
        ("0**-1", "inf"),
        ("log(0)", "-inf"),
        ("log(-1)", "nan"),
        ("(-8)**(1/3)", "nan"),
        ("exp(1000)", "inf"),
    ],
    ids=lambda text: text[:20],
)
def test_arithmetic_is_that_of_ieee(text, answer):
    assert str(parse(text, {})[0].data) == answer


def test_an_integer_of_5000_digits_is_infinity_or_refused():
    """Python itself refuses to read it, from 3.11 on; it is no traceback either way."""
    try:
        y, _ = parse("9" * 5000, {})
    except ExpressionError as error:
        assert "is not an expression" in str(error)
    else:
        assert y.data == math.inf


# ------------------------------------------------------------------------------ graph and names


def test_gradients_of_the_lectures_neuron():
    numbers = {"x1": 2.0, "x2": 0.0, "w1": -3.0, "w2": 1.0, "b": 6.8813735870195432}
    o, names = parse("tanh(x1*w1 + x2*w2 + b)", numbers)
    o.backward()
    assert o.data == pytest.approx(0.7071067811865476)
    found = {name: value.grad for name, value in names.items()}
    assert found == pytest.approx({"x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0, "b": 0.5})


def test_a_power_keeps_its_exponent_out_of_the_graph():
    y, names = parse("x**3", {"x": 2})
    y.backward()
    assert y.inputs == (names["x"],)
    assert (y.data, names["x"].grad) == (8.0, 12.0)


def test_only_the_names_in_it_come_back_in_order_and_labelled():
    y, names = parse("z + x*z", NUMBERS)
    assert [(name, value.label, value.data) for name, value in names.items()] == [
        ("z", "z", 3.0),
        ("x", "x", 0.75),
    ]
    assert y.inputs[0] is y.inputs[1].inputs[1] is names["z"]
    assert y.label == ""


def test_integers_become_floats():
    y, names = parse("n + 1", {"n": 2})
    assert [type(v.data) for v in (y, *y.inputs)] == [float] * 3
    assert names["n"].data == 2.0


def test_a_name_may_be_that_of_an_op():
    assert parse("tanh(tanh)", {"tanh": 0.5})[0].data == ops.tanh(0.5)


def test_a_number_alone_is_a_leaf():
    y, names = parse("3", NUMBERS)
    assert (y.data, y.inputs, names) == (3.0, (), {})


# -------------------------------------------------------------------------------------- refused

NOT_ALLOWED = (
    "x.data",
    "x[0]",
    "lambda: 1",
    "[1, 2]",
    "x, y",
    "{x}",
    "{'x': y}",
    "True",
    "None",
    "...",
    "'a'",
    "b'a'",
    "f'{x}'",
    "1j",
    "tanh(x=1)",
    "tanh(**x)",
    "tanh.forward(x)",
    "tanh(x)(y)",
    "().__class__",
    "x if y else z",
    "x < y",
    "x == y",
    "(x := 3)",
    "x // y",
    "x % 2",
    "x @ y",
    "x & y",
    "x << 2",
    "~x",
    "not x",
    "x and y",
    "[x for x in y]",
    "tanh(1 + x.data)",
    "1" + " + 1" * 15 + " + x.data",
)

NOT_AN_EXPRESSION = (
    "",
    "   ",
    "x +",
    "x := 3",
    "x = 3",
    "x y",
    "x; y",
    "x\ny",
    "(x",
    "x)",
    "import os",
    "def f(): pass",
    "0777",
    "x!",
    "x\0",
    "\0",
    "\ud800",
    "'\ud800'",
)

IN_WORDS = {
    "z9": "The name z9 has no number. Write z9=1.5 after the expression.",
    "tanh": "The name tanh has no number. Write tanh=1.5 after the expression.",
    "tanh(x, y)": "tanh takes 1 input, got 2.",
    "tanh()": "tanh takes 1 input, got 0.",
    "maximum(x)": "maximum takes 2 inputs, got 1.",
    "where(x)": "where takes 3 inputs, got 1.",
    "tanh(*x)": "'*x' is not allowed in an expression. Use numbers, names, + - * / ** and ops "
    "such as tanh(x).",
    "x +": "'x +' is not an expression: it ends too early. Write one such as tanh(x1*w1 + x2*w2 "
    "+ b).",
    "x" * 10_001: "The expression has 10,001 characters, but at most 10,000 are read. Split it.",
    "-" * 101 + "x": "The expression is nested more than 100 levels deep. Split it into parts.",
    "tanh(" * 101 + "x" + ")" * 101: "The expression is nested more than 100 levels deep. Split "
    "it into parts.",
}


@cases("text", NOT_ALLOWED)
def test_what_is_not_allowed_is_named(text):
    assert "is not allowed in an expression. Use numbers, names" in words(text)


@cases("text", NOT_AN_EXPRESSION)
def test_what_is_no_expression_is_refused(text):
    message = words(text)
    assert message.startswith(f"{text[:60]!r} is not an expression")
    assert message.endswith(". Write one such as tanh(x1*w1 + x2*w2 + b).")
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize("text", IN_WORDS, ids=lambda text: text[:20])
def test_refused_in_these_words(text):
    assert words(text) == IN_WORDS[text]


@pytest.mark.parametrize(
    "text", ["__import__('os')", "f(x)", "print(x)", "eval('1')", "x(1)", "Op(x)", "interpret(x)"]
)
def test_only_the_ops_can_be_called(text):
    name, _, _ = text.partition("(")
    message = words(text)
    assert message.startswith(f"There is no op called {name!r}.")
    assert message.endswith(f" The ops are: {', '.join(OPS)}.")


# fmt: off
NEAR = {  # what is written: what the message proposes
    "sigmod(x)": "Did you mean sigmoid?", "max(x, y)": "Did you mean maximum?",
    "ln(x)": "Did you mean log?", "Tanh(x)": "Did you mean tanh?",
    "x^2": "Write x**2.", "2*(x + y)^2": "Write 2*(x + y)**2.",
}
# fmt: on


@pytest.mark.parametrize("text", NEAR)
def test_the_message_says_what_was_meant(text):
    assert NEAR[text] in words(text)


def test_all_missing_numbers_are_named_at_once():
    with pytest.raises(MissingNumbers) as refused:
        parse("x*w1 + w2 + pi", {"x": 1.0})
    assert refused.value.names == ["w1", "w2"]
    assert str(refused.value).startswith("The names w1 and w2 have no numbers.")


def test_pi_is_known_unless_it_has_a_number():
    assert parse("2*pi*x", {"x": 1.0})[0].data == 2 * math.pi
    assert parse("pi", {"pi": 3.0})[0].data == 3.0
    assert names("pi*x") == ["x"]


@pytest.mark.parametrize("terms", [120, 1000])
@pytest.mark.parametrize("operator", list("+-*/"))
def test_a_chain_of_any_length_is_as_python_computes_it(terms, operator):
    """Its operands stand beside each other, so it is not nested."""
    text = operator.join(["x"] * terms)
    y, _ = parse(text, {"x": 1.0})
    assert y.data == eval(text, {"x": 1.0})


@pytest.mark.parametrize(
    "text",
    [
        nested("(", ")", 201),
        nested("(", ")", 4000),
        nested("-", "", 101),
        nested("-", "", 5000),
        nested("tanh(", ")", 101),
        nested("(1 + ", ")", 101),
        nested("2**", "", 101),
    ],
    ids=lambda text: f"{text[:5]}...{len(text)}",
)
def test_what_is_nested_too_deep_is_refused(text):
    assert words(text)


@pytest.mark.parametrize(
    "text",
    [nested("-", "", 100), nested("(", ")", 100), nested("tanh(", ")", 100)],
    ids=lambda text: text[:5],
)
def test_a_hundred_deep_is_read(text):
    assert math.isfinite(parse(text, NUMBERS)[0].data)


@pytest.mark.parametrize(
    "text",
    [
        "[0x" + "f" * 5000 + "]",
        "[" + "-" * 900 + "x]",
        "[" + " + ".join("x" * 900) + "]",
        "x[" + " + ".join("x" * 900) + "]",
    ],
    ids=lambda text: text[:8],
)
def test_what_is_refused_need_not_be_printable(text):
    """The message cannot itself raise: not for a long integer, not for a deep tree."""
    assert words(text)


def test_a_refused_text_leaves_no_trace_of_itself(tmp_path, monkeypatch):
    """Not even in a file: nothing in it is run."""
    monkeypatch.chdir(tmp_path)
    words("open('trace', 'w')")
    words("[open('trace', 'w') for x in [1]]")
    assert list(tmp_path.iterdir()) == []
