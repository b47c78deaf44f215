"""Expressions written as text, such as "tanh(x1*w1 + x2*w2 + b)", as graphs of Values.

Rule: the text is parsed by `ast` and read with an allow-list, of numbers, names, operators and ops
of the table; it is never evaluated. A number is a float before anything is computed.
"""

import ast

from micrograd import errors
from micrograd.engine import Value
from micrograd.errors import ExpressionError
from micrograd.ops import OPS, add, div, interpret, mul, neg, pow, sub

LONGEST, DEEPEST = 10_000, 100  # characters; brackets and operators within one another

OPERATORS = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Div: div,
    ast.Pow: pow,
    ast.USub: neg,
}


def parse(text: str, numbers: dict[str, float]) -> tuple[Value, dict[str, Value]]:
    """(the Value of the expression, {name: its Value} for each name in it), labelled by name.

    Raises ExpressionError for what is no such expression, or has a name without a number.

    >>> y, names = parse("x**2 + 1", {"x": 3})
    >>> y, names
    (Value(data=10.0, grad=0.0), {'x': Value(data=3.0, grad=0.0)})
    """
    if len(text) > LONGEST:
        raise ExpressionError(errors.expression_too_long(len(text), LONGEST))
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(errors.not_an_expression(text)) from error
    values = {name: Value(x, label=name) for name, x in numbers.items()}
    used: dict[str, Value] = {}
    y = build(tree.body, values, used, 0)
    return (y if isinstance(y, Value) else Value(y)), used


def build(node: ast.expr, values: dict, used: dict, depth: int):
    """The Value, or the float, that `node` stands for; names met on the way go into `used`."""
    if depth > DEEPEST:
        raise ExpressionError(errors.expression_too_deep(DEEPEST))

    def inputs(*nodes):
        return tuple(build(x, values, used, depth + 1) for x in nodes)

    match node:
        case ast.Constant(value=bool() | complex() | str() | bytes() | None):
            pass
        case ast.Constant(value=int() | float() as number):
            return as_float(number)
        case ast.Name(id=name):
            return used.setdefault(name, known(name, values))
        case ast.BinOp(left=x, op=operator, right=y) if type(operator) in OPERATORS:
            return interpret(OPERATORS[type(operator)], inputs(x, y))
        case ast.UnaryOp(op=ast.UAdd(), operand=x):
            return inputs(x)[0]
        case ast.UnaryOp(op=ast.USub(), operand=x):
            return interpret(neg, inputs(x))
        case ast.Call(func=ast.Name(id=name), args=xs, keywords=[]):
            return interpret(known_op(name, len(xs)), inputs(*xs))
    raise ExpressionError(errors.not_allowed(ast.unparse(node)))


def as_float(number) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf")


def known(name: str, values: dict) -> Value:
    if name not in values:
        raise ExpressionError(errors.no_number(name))
    return values[name]


def known_op(name: str, count: int):
    if name not in OPS:
        raise ExpressionError(errors.unknown_op(name, OPS))
    wants = len(OPS[name].partials)
    if wants != count:
        raise ExpressionError(errors.wrong_arity(name, wants, count))
    return OPS[name]
