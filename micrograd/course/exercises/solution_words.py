"""Words of the solution, with which edits try what may be meant: out.grad, len(ys), abs({}).

Rule: a word is short, so that it tells a mistake and not the solution.
"""

import ast

from micrograd.course.exercises.edits import code, is_small, is_target, slots

LONGEST_WORD = 12  # characters: a longer one would be the solution

SYMBOLS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}


def small_words(solved: list[ast.AST]) -> list[str]:
    """Return the names, attributes and short calls that the solution uses."""
    words: dict[str, None] = {}
    for function in solved:
        for slot in slots(function):
            node = slot.content
            if not isinstance(node, ast.expr) or isinstance(node, ast.Constant):
                continue
            if is_word(node) and not is_target(slot) and slot.field != "func":
                words[code(node)] = None
    return list(words)


def is_word(node: ast.expr) -> bool:
    """Return whether an expression is short enough to be told: out.grad, len(ys), exp(2 * x)."""
    return is_small(node) and len(code(node)) <= LONGEST_WORD


def targets_of(solved: list[ast.AST]) -> list[str]:
    """Return what the solution adds to, or subtracts from, with += or -=."""
    targets = []
    for function in solved:
        for node in ast.walk(function):
            if isinstance(node, ast.AugAssign):
                targets.append(code(node.target))
    return targets


def call_patterns(solved: list[ast.AST]) -> list[str]:
    """Return what the solution does with a single operand: "abs({})", "{}.tanh()", "{} ** 2"."""
    patterns: dict[str, None] = {"{}.data": None, "list({})": None}
    for function in solved:
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Attribute(attr=name), args=[]):
                    patterns[f"{{}}.{name}()"] = None
                case ast.Call(func=ast.Name(id=name), args=[_]):
                    patterns[f"{name}({{}})"] = None
                case ast.Call(func=ast.Attribute() as function_name, args=[_]):
                    patterns[f"{code(function_name)}({{}})"] = None
                case ast.BinOp(left=ast.Constant(value=x), op=operator):
                    symbol = SYMBOLS.get(type(operator), "+")
                    patterns[f"{x!r} {symbol} {{}}"] = None
                case ast.BinOp(op=operator, right=ast.Constant(value=x)):
                    symbol = SYMBOLS.get(type(operator), "+")
                    patterns[f"{{}} {symbol} {x!r}"] = None
    return list(patterns)


def lines_of(solved: list[ast.AST]) -> list[str]:
    """Return the solution's lines, and its loops of one line."""
    lines: dict[str, None] = {}
    for function in solved:
        for node in ast.walk(function):
            simple = isinstance(node, ast.Assign | ast.AugAssign | ast.Expr)
            short = isinstance(node, ast.For) and len(node.body) == 1
            if simple or short:
                lines[ast.unparse(node)] = None
    return list(lines)
