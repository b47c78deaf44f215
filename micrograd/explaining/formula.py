"""Formulas: an interpreter of the op table that writes each op as text or LaTeX.

Rule: the notation of an op is its row's `template`; only LaTeX's own notations stand here.
Parentheses are written where Python's grammar needs them, and nowhere else.
"""

import ast
import inspect
import re
import string
from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise
from typing import Any

from micrograd.engine import Value
from micrograd.explaining.naming import label_of
from micrograd.graph import topological_order
from micrograd.ops import Arithmetic, Op, abs, cos, div, exp, less, log, mul, pow, sin, sqrt, tanh
from micrograd.support.fold import fold
from micrograd.support.numbers import format_number

LONGEST = 2000  # characters of an inner formula; a longer one is shown as "..."
OPENING, CLOSING = set("({|,"), set(")}|,\\")
PRECEDENCE = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.USub: 3, ast.Pow: 4}
ATOM = 9  # the precedence of a name, a number or a call: nothing binds tighter

LATEX = {  # for an op that is neither one of Python's operators nor \operatorname{name}(x)
    mul: r"{} \cdot {}",
    div: r"\frac{{{}}}{{{}}}",
    pow: "{}^{{{}}}",
    exp: "e^{{{}}}",
    sqrt: r"\sqrt{{{}}}",
    abs: r"\left|{}\right|",
    less: r"({} \lt {})",
    tanh: r"\tanh({})",
    log: r"\ln({})",
    sin: r"\sin({})",
    cos: r"\cos({})",
}
LATEX_SPECIAL = {"\\": r"\backslash{}", "~": r"\sim{}", "^": r"\wedge{}"}  # others get a backslash


class Formula(Arithmetic):
    """A name, a number, or an op applied to formulas.

    `str(formula)` is Python, and `formula.latex` is LaTeX.

    >>> x, y = Formula("x1"), Formula("y")
    >>> print((x + y) * x - 1.0)
    (x1 + y) * x1 - 1
    >>> print((x / y).latex)
    \\frac{x_{1}}{y}
    """

    __slots__ = ("inputs", "name", "op")

    def __init__(self, name: str | float, op: Op | None = None, inputs: "tuple[Formula, ...]" = ()):
        self.name, self.op, self.inputs = name, op, inputs

    def interpret(self, op: Op, inputs: tuple[Any, ...]) -> "Formula":
        """Return the formula of `op` applied to the inputs."""
        return Formula("", op, tuple(map(formula_of, inputs)))

    def __str__(self) -> str:
        return render(self, lambda op: op.template, text_name)

    @property
    def latex(self) -> str:
        return render(self, latex_template, lambda name: latex_name(text_name(name)))

    def __repr__(self) -> str:
        return f"Formula({str(self)!r})"


def formula_of(x: Any) -> Formula:
    """Return a formula as it is, and the formula of a number."""
    return x if isinstance(x, Formula) else Formula(float(x))


def text_name(name: str | float) -> str:
    return format_number(name) if isinstance(name, float) else name


def expression(y: Value, name_of: Callable[[Value], str] = label_of) -> Formula:
    """Return what `y` was computed from, as a formula. A node with a name stands for itself.

    >>> from micrograd import Value
    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> print(expression((a * b + 1.0).tanh()))
    tanh(a * b + 1)
    """
    order = topological_order(y)
    names = {node: name_of(node) for node in order if node is not y or not node.inputs}
    named = {node: Formula(name) for node, name in names.items() if name}
    formulas = fold(order, lambda leaf: Formula(leaf.data), partial(Formula, ""), named)
    return formulas[y]


def derivatives(op: Op) -> dict[str, Formula]:
    """Return {name of an input: d out / d input}, as the op's row has it, where there is one.

    >>> from micrograd.ops import tanh
    >>> print(derivatives(tanh)["x"])
    1 - out * out
    """
    names = input_names(op)
    inputs = [Formula(name) for name in names]
    slopes = {name: slope for name, slope in zip(names, op.partials) if slope}
    return {name: formula_of(slope(*inputs, Formula("out"))) for name, slope in slopes.items()}


def input_names(op: Op) -> list[str]:
    """Return the names that the row gives its inputs, or "x0", "x1", ..."""
    count = len(op.partials)
    slope = next(filter(None, op.partials), None)
    parameters = inspect.signature(slope or op.forward).parameters
    names = list(parameters)[:-1] if slope else list(parameters)
    return names if len(names) == count else [f"x{i}" for i in range(count)]


# ------------------------------------------------------------------------------- text and LaTeX


def render(
    formula: Formula,
    template_of: Callable[[Op], str],
    name_of: Callable[[str | float], str],
) -> str:
    """Return the text of a formula, built from the innermost formulas outwards."""

    def write(op: Op, inputs: tuple[tuple[str, Op | None], ...]) -> tuple[str, Op | None]:
        template, texts = template_of(op), []
        for place, (text, inner) in enumerate(inputs):
            texts.append(parenthesise(text, op, template, place, inner))
        text = template.format(*texts)
        return (text if len(text) <= LONGEST else "..."), op

    order = topological_order(formula)
    text, _ = fold(order, lambda leaf: (name_of(leaf.name), None), write)[formula]
    return text


def parenthesise(text: str, op: Op, template: str, place: int, inner: Op | None) -> str:
    """Return the text of the input at `place`, in parentheses if it would be misread without."""
    if not delimiters(template)[place] and needs_parentheses(text, op, place, inner):
        return f"({text})"
    return text


def needs_parentheses(text: str, op: Op, place: int, inner: Op | None) -> bool:
    around, inside = precedence(op), precedence(inner)
    is_power = around == PRECEDENCE[ast.Pow]
    if text.startswith("-") and (place > 0 or is_power):
        return True
    if around == ATOM:
        return False
    if inside == around:  # a - (b - c), but (a**b)**c
        return (place == 0) == is_power
    return inside < around


@cache
def precedence(op: Op | None) -> int:
    """Return how tightly an op holds its inputs together; for no op, a name, return `ATOM`."""
    if op is None:
        return ATOM
    names = string.ascii_letters * len(op.partials)
    node = ast.parse(op.template.format(*names), mode="eval").body
    return PRECEDENCE[type(node.op)] if isinstance(node, ast.BinOp | ast.UnaryOp) else ATOM


@cache
def delimiters(template: str) -> list[bool]:
    """Return for each input whether the template has delimiters around it, as in "tanh({})"."""
    between = [""]  # the texts before, between and after the inputs
    for text, field, *_ in string.Formatter().parse(template):
        between[-1] += text
        between += [""] if field is not None else []
    return [
        before.rstrip()[-1:] in OPENING and after.lstrip()[:1] in CLOSING
        for before, after in pairwise(between)
    ]


@cache
def latex_template(op: Op) -> str:
    """Return the notation of the op in LaTeX, with a {} for each input."""
    if op in LATEX:
        return LATEX[op]
    if call := re.match(r"(\w+)\(", op.template):
        name = latex_name(call[1]) if len(call[1]) == 1 else call[1].replace("_", r"\_")
        return rf"\operatorname{{{{{name}}}}}" + op.template[call.end(1) :]
    base, power, exponent = op.template.partition("**")
    return f"{base}^{{{{{exponent}}}}}" if power else op.template


def latex_name(name: str) -> str:
    """Return a name or number in LaTeX: "x1" as x_{1}, a letter as it is, other names upright."""
    if number := re.fullmatch(r"([A-Za-z])(\d+)", name):
        return f"{number[1]}_{{{number[2]}}}"
    if power := re.fullmatch(r"(-?[\d.]+)e([+-]\d+)", name):
        return rf"{power[1]} \cdot 10^{{{int(power[2])}}}"
    if len(name) == 1 or re.fullmatch(r"-?[\d.]+", name):
        return name
    if name in ("inf", "-inf"):
        return name.replace("inf", r"\infty")
    return r"\mathrm{" + re.sub(r"[\\#$%&_{}~^]", escape, name) + "}"


def escape(character: re.Match[str]) -> str:
    return LATEX_SPECIAL.get(character[0], "\\" + character[0])
