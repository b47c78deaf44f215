"""Formulas: the interpreter of the table that writes down what it is told, as text or as LaTeX.

Rule: how an op is written stands in its row (`symbol`), and here only where LaTeX has a spelling of
its own. Parentheses stand where Python's grammar needs them.
"""

import ast
import functools
import inspect
import re
import string
from itertools import pairwise

from micrograd.graph import topological_order
from micrograd.ops import Arithmetic, Op, abs, cos, div, exp, less, log, mul, pow, sin, sqrt, tanh

LONGEST = 2000  # characters of an inner formula, beyond which it is "..."
TIGHT = 9
OPENING, CLOSING = set("({|,"), set(")}|,\\")
BINDS = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.USub: 3, ast.Pow: 4}

LATEX = {  # where it is neither Python's operator nor \operatorname{name}(x)
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


class Formula(Arithmetic):
    """A name, a number, or an op of formulas. `str(formula)` is Python, `formula.latex` LaTeX.

    >>> x, y = Formula("x1"), Formula("y")
    >>> print((x + y) * x - 1.0)
    (x1 + y) * x1 - 1
    >>> print((x / y).latex)
    \\frac{x_{1}}{y}
    """

    __slots__ = ("inputs", "name", "op")
    __array_ufunc__ = None

    def __init__(self, name: str | float, op: Op | None = None, inputs: tuple = ()):
        self.name, self.op, self.inputs = name, op, inputs

    def interpret(self, op: Op, inputs: tuple):
        """Fill in the symbol."""
        return Formula("", op, tuple(map(formula_of, inputs)))

    def __str__(self):
        return spelled(self, lambda op: op.template, text_name)

    @property
    def latex(self) -> str:
        return spelled(self, latex_symbol, lambda name: latex_name(text_name(name)))

    def __repr__(self):
        return f"Formula({str(self)!r})"


def formula_of(x) -> Formula:
    """Itself, or that of a number."""
    return x if isinstance(x, Formula) else Formula(float(x))


def text_name(name: str | float) -> str:
    return short(name) if isinstance(name, float) else name


def short(number: float) -> str:
    """Six digits, and none after the point that say nothing: "2", "0.5", "1.5e-07"."""
    return f"{number:.6g}"


def expression(y, name_of=lambda node: node.label) -> Formula:
    """What `y` was computed from, as a formula: a node that `name_of` names stands for itself.

    >>> from micrograd import Value
    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> print(expression((a * b + 1.0).tanh()))
    tanh(a * b + 1)
    """
    found: dict = {}
    for node in topological_order(y):
        name = name_of(node) if node is not y or not node.inputs else ""
        if name or not node.inputs:
            found[node] = Formula(name or node.data)
        else:
            found[node] = Formula("", node.op, tuple(found[x] for x in node.inputs))
    return found[y]


def derivatives(op: Op) -> dict[str, Formula]:
    """{name of the input: d out / d it}, as the row has them.

    >>> from micrograd.ops import tanh
    >>> print(derivatives(tanh)["x"])
    1 - out * out
    """
    names = input_names(op)
    formulas = [*map(Formula, names), Formula("out")]
    return {x: formula_of(partial(*formulas)) for x, partial in zip(names, op.partials)}


def input_names(op: Op) -> list[str]:
    """Those that the row's partials call their inputs."""
    names = list(inspect.signature(op.partials[0]).parameters)[:-1] if op.partials else []
    known = len(names) == len(op.partials)
    return names if known else [f"x{i}" for i in range(len(op.partials))]


# ---------------------------------------------------------------------------------------- spelling


def spelled(formula: Formula, symbol_of, name_of) -> str:
    """The text, from the innermost formula outwards."""
    found: dict = {}
    for node in topological_order(formula):
        if not node.op:
            found[node] = name_of(node.name)
            continue
        template = symbol_of(node.op)
        inputs = [
            apart(found[x], needs_parentheses(node.op, template, place, x, found[x]))
            for place, x in enumerate(node.inputs)
        ]
        text = template.format(*inputs)
        found[node] = text if len(text) <= LONGEST else "..."
    return found[formula]


def apart(text: str, needed: bool) -> str:
    return f"({text})" if needed else text


def needs_parentheses(op: Op, template: str, place: int, x: Formula, text: str) -> bool:
    """Whether the input would be misread without."""
    if enclosed(template)[place]:
        return False
    around, inside = binds(op) % TIGHT, binds(x.op) if x.op else TIGHT
    if text.startswith("-") and (place or around == BINDS[ast.Pow]):
        return True
    power = around == BINDS[ast.Pow]  # a**b**c is a**(b**c)
    return inside < around or (inside == around and (place == 0) == power)


@functools.cache
def binds(op: Op) -> int:
    """How tightly the op holds its inputs together, next to another op."""
    names = string.ascii_letters * len(op.partials)
    node = ast.parse(op.template.format(*names), mode="eval").body
    return BINDS[type(node.op)] if isinstance(node, ast.BinOp | ast.UnaryOp) else TIGHT


@functools.cache
def enclosed(template: str) -> list[bool]:
    """For each input whether the symbol itself stands around it, as in tanh({})."""
    texts = [""]
    for text, field, *_ in string.Formatter().parse(template):
        texts[-1] += text
        texts += [""] if field is not None else []
    return [
        before.rstrip()[-1:] in OPENING and after.lstrip()[:1] in CLOSING
        for before, after in pairwise(texts)
    ]


@functools.cache
def latex_symbol(op: Op) -> str:
    if op in LATEX:
        return LATEX[op]
    if call := re.match(r"(\w+)\(", op.template):
        name = latex_name(call[1]) if len(call[1]) == 1 else call[1].replace("_", r"\_")
        return rf"\operatorname{{{{{name}}}}}" + op.template[call.end(1) :]
    base, power, exponent = op.template.partition("**")
    return f"{base}^{{{{{exponent}}}}}" if power else op.template


def latex_name(name: str) -> str:
    """x_{1} of "x1"; a number or a letter as it is; other names upright."""
    if number := re.fullmatch(r"([A-Za-z])(\d+)", name):
        return f"{number[1]}_{{{number[2]}}}"
    if power := re.fullmatch(r"(-?[\d.]+)e([+-]\d+)", name):
        return rf"{power[1]} \cdot 10^{{{int(power[2])}}}"
    if len(name) == 1 or re.fullmatch(r"-?[\d.]+", name):
        return name
    if name in ("inf", "-inf"):
        return name.replace("inf", r"\infty")
    return r"\mathrm{" + re.sub(r"[\\#$%&_{}~^]", escaped, name) + "}"


def escaped(found: re.Match) -> str:
    named = {"\\": r"\backslash{}", "~": r"\sim{}", "^": r"\wedge{}"}
    return named.get(found[0], "\\" + found[0])
