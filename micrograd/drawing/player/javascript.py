"""The table as JavaScript, for pages: rows with a forward and partials, generated.

Rule: a partial is written down by running it on formulas, as everywhere; only what an op computes
is written by hand, in web/ops.mjs, and tested against Python on every row.
"""

import json
import math
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from micrograd import errors
from micrograd.explaining import Formula, formula_of, input_names, render
from micrograd.ops import Op

WEB = Path(__file__).parent / "web"


@cache
def source(name: str) -> str:
    """The text of a file of web/."""
    return (WEB / name).read_text(encoding="utf-8")


@cache
def functions() -> frozenset[str]:
    """The ops that web/ops.mjs computes."""
    plain = re.findall(r"^(?:const|function) (\w+)", source("ops.mjs"), re.MULTILINE)
    (from_math,) = re.findall(r"^const \{ (.*) \} = Math", source("ops.mjs"), re.MULTILINE)
    return frozenset([*plain, *from_math.split(", ")])


def rows(ops: Iterable[Op]) -> str:
    """The text of an object {name: {forward, partials}} of those rows.

    Raises TraceError for a row of the user's own that is not written in ops.

    >>> from micrograd.ops import tanh
    >>> print(rows([tanh]))
    {"tanh": {forward: (x) => tanh(x), partials: [(x, out) => sub(1.0, mul(out, out))]}}
    """
    return "{" + ", ".join(f"{json.dumps(op.name)}: {row(op)}" for op in dict.fromkeys(ops)) + "}"


def row(op: Op) -> str:
    names = input_names(op)
    formulas = [Formula(name) for name in names]
    inputs, out = ", ".join(names), Formula("out")
    try:
        partials = [formula_of(partial(*formulas, out)) for partial in op.partials]
        computed = forward(op, formulas)
    except TypeError as error:
        raise errors.TraceError(errors.no_spelling(op.name)) from error
    slopes = ", ".join(f"({inputs}, out) => {written(partial)}" for partial in partials)
    return f"{{forward: ({inputs}) => {written(computed)}, partials: [{slopes}]}}"


def forward(op: Op, formulas: list[Formula]) -> Formula:
    """A call of the function of that name; of any other op, what it computes, if that is in ops."""
    if function_of(op) in functions():
        return Formula("", op, tuple(formulas))
    return formula_of(op.forward(*formulas))


def function_of(op: Op) -> str:
    """Return the name of the function that computes the op: "pow" for `x**3`."""
    return op.family or op.name


def written(formula: Formula) -> str:
    return render(formula, call_of, number_of)


def call_of(op: Op) -> str:
    """Return "mul({}, {})"; for x**3, whose last input is part of the op, return "pow({}, 3)"."""
    slots = ["{}"] * len(op.partials)
    if op.constant is not None:
        slots.append(str(op.constant))
    return f"{function_of(op)}({', '.join(slots)})"


def number_of(name: str | float) -> str:
    if not isinstance(name, float):
        return name
    if math.isnan(name):
        return "NaN"
    return repr(name).replace("inf", "Infinity")
