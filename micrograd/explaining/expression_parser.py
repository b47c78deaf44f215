"""Expressions written as text, such as "tanh(x1*w1 + x2*w2 + b)", as graphs of Values.

Rule: `ast` parses the text, and an allow-list of numbers, names, operators and ops reads it.
Nothing evaluates it. Every number becomes a float before anything is computed.
"""

import ast
import math
from typing import Any

from micrograd import errors
from micrograd.engine import Value
from micrograd.errors import ExpressionError
from micrograd.explaining import messages
from micrograd.ieee import as_number
from micrograd.ops import OPS, Op, add, div, interpret, mul, neg, pow, sub

LONGEST, DEEPEST = 10_000, 100  # characters; operators and ops within one another
CONSTANTS = {"pi": math.pi}  # names that need no number

OPERATORS = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Div: div,
    ast.Pow: pow,
    ast.USub: neg,
}


def parse(text: str, numbers: dict[str, float]) -> tuple[Value, dict[str, Value]]:
    """Return (the Value of the expression, {name: its Value}), labelled with the names.

    The name pi stands for itself unless it is given a number. Raises ExpressionError for a text
    that is not an expression, and for names without a number.

    >>> y, names = parse("x**2 + 1", {"x": 3})
    >>> y, names
    (Value(data=10.0, grad=0.0), {'x': Value(data=3.0, grad=0.0)})
    """
    values = {name: Value(x, label=name) for name, x in numbers.items()}
    y, used = evaluate(text, values)
    return (y if isinstance(y, Value) else Value(y)), used


def evaluate(text: str, values: dict) -> tuple:
    """Return (the result of the expression, {name: value} for the values that it used).

    The values may be Values, traced numbers, or of any other kind that the ops take.
    """
    reader = Reader(text.strip(), values)
    y = reader.build(syntax(text), 0)
    missing = [name for name in names(text) if name not in values]
    if missing:
        raise MissingNumbers(messages.no_numbers(missing), missing)
    return y, reader.used


class MissingNumbers(ExpressionError):
    """The error for names without a number, which are its `names`."""

    def __init__(self, message: str, names: list[str]) -> None:
        super().__init__(message)
        self.names = names


def names(text: str) -> list[str]:
    """Return the names in the expression that need a number, in the order of the text.

    >>> names("tanh(x1*w1 + x1)")
    ['x1', 'w1']
    """
    nodes = list(ast.walk(syntax(text)))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    words = [node for node in nodes if isinstance(node, ast.Name)]
    variables = [word for word in words if id(word) not in called and word.id not in CONSTANTS]
    variables.sort(key=lambda word: (word.lineno, word.col_offset))
    return list(dict.fromkeys(word.id for word in variables))


def syntax(text: str) -> ast.expr:
    """Return the syntax tree of the text. Raises ExpressionError if it has none."""
    if len(text) > LONGEST:
        raise ExpressionError(messages.expression_too_long(len(text), LONGEST))
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        place = error.offset - 1 if error.offset else len(text)
        raise ExpressionError(messages.not_an_expression(text, text.strip()[place:])) from error
    except ValueError as error:
        raise ExpressionError(messages.not_an_expression(text)) from error
    except (RecursionError, MemoryError) as error:
        raise ExpressionError(messages.expression_too_deep(DEEPEST)) from error


class Reader:
    """A reader of a syntax tree; `used` collects the values that it has met, by name."""

    def __init__(self, text: str, values: dict):
        self.text, self.values = text, values
        self.used: dict = {}

    def build(self, node: ast.expr, depth: int) -> Any:
        """Return the Value or the float that `node` stands for."""
        if depth > DEEPEST:
            raise ExpressionError(messages.expression_too_deep(DEEPEST))

        def inputs(*nodes: ast.expr) -> tuple[Any, ...]:
            return tuple(self.build(x, depth + 1) for x in nodes)

        match node:
            case ast.Constant(value=int() | float() as number) if type(number) is not bool:
                return float(as_number(number))
            case ast.Name(id=name):
                return self.look_up(name)
            case ast.BinOp():
                return self.build_chain(node, depth + 1)
            case ast.UnaryOp(op=ast.UAdd(), operand=x):
                return inputs(x)[0]
            case ast.UnaryOp(op=ast.USub(), operand=x):
                return interpret(neg, inputs(x))
            case ast.Call(func=ast.Name(id=name), args=xs, keywords=[]):
                return interpret(find_op(name, len(xs)), inputs(*xs))
        raise ExpressionError(messages.not_allowed(self.source(node)))

    def build_chain(self, node: ast.expr, depth: int) -> Any:
        """Return what a chain such as a + b - c stands for; each operator is one level deeper.

        The left operand of each is the chain before it, so the levels are counted on the right.
        """
        chain = []
        while isinstance(node, ast.BinOp):
            if isinstance(node.op, ast.BitXor):
                raise ExpressionError(messages.power_is_two_stars(self.source(node)))
            if type(node.op) not in OPERATORS:
                raise ExpressionError(messages.not_allowed(self.source(node)))
            chain.append((OPERATORS[type(node.op)], node.right))
            node = node.left
        result = self.build(node, depth)
        for op, right in reversed(chain):
            result = interpret(op, (result, self.build(right, depth)))
        return result

    def source(self, node: ast.expr) -> str:
        """Return the text of the node."""
        return ast.get_source_segment(self.text, node) or self.text

    def look_up(self, name: str) -> Any:
        """Return the value or the constant of that name, and remember that the value was used.

        A name without either counts as 0 here, so that `evaluate` can name all of them at once.
        """
        if name not in self.values:
            return CONSTANTS.get(name, 0.0)
        self.used[name] = self.values[name]
        return self.used[name]


def find_op(name: str, count: int) -> Op:
    """Return the op of that name. Raises ExpressionError unless it takes `count` inputs."""
    if name not in OPS:
        raise ExpressionError(messages.unknown_op(name, OPS))
    expected = len(OPS[name].partials)
    if count != expected:
        raise ExpressionError(errors.wrong_arity(name, expected, count))
    return OPS[name]
