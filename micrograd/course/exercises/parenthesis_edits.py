"""Edits of parentheses: those that were forgotten, are too many, or stand in the wrong place.

Rule: a function yields what may stand instead of a node; the checks decide whether it should.
"""

import ast
from collections.abc import Iterator
from itertools import combinations

from micrograd.course.exercises.edits import (
    Edit,
    Finding,
    code,
    in_expressions,
    is_target,
    parse,
    slots,
)

# fmt: off
BINDS = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.FloorDiv: 2, ast.Mod: 2, ast.Pow: 3}
SYMBOLS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//",
           ast.Mod: "%", ast.Pow: "**"}
ATOMS = (ast.Name, ast.Attribute, ast.Constant, ast.Call, ast.Subscript)
MISSING, OR_MISPLACED = "parentheses are missing", ", or stand in the wrong place"
# fmt: on


def parentheses(node: ast.expr) -> Iterator[Finding]:
    """Yield the other ways to put parentheses, if some were forgotten, or are too many."""
    for finding in other_parentheses(node):
        if ast.unparse(finding[2]).count("(") != ast.unparse(node).count("("):
            yield finding


def other_parentheses(node: ast.expr) -> Iterator[Finding]:
    """Yield the other way to put parentheses: (a - b) * c for a - b * c, and a / (b * c)."""
    if isinstance(node, ast.BinOp):
        if isinstance(node.right, ast.BinOp):
            yield from from_the_right(node, node.right)
        if isinstance(node.left, ast.BinOp):
            yield from from_the_left(node, node.left)
        yield from minus_in_front(node)


def from_the_right(node: ast.BinOp, inner: ast.BinOp) -> Iterator[Finding]:
    """Yield (a - b) * c for a - b * c."""
    if is_one(inner.left) and isinstance(node.op, ast.Mult | ast.Div):
        return
    left = ast.BinOp(node.left, node.op, inner.left)
    text = parenthesis_text(node, node.op, inner.op, inner.right)
    new = ast.BinOp(left, inner.op, inner.right)
    group = shape(node, inner, "right")
    yield "parentheses", text, new, group


def from_the_left(node: ast.BinOp, inner: ast.BinOp) -> Iterator[Finding]:
    """Yield a / (b * c) for a / b * c, and b * a**n for (a * b)**n."""
    text = parenthesis_text(node, node.op, inner.op, inner.left)
    if not (is_one(inner.right) and isinstance(node.op, ast.Mult)):
        right = ast.BinOp(inner.right, node.op, node.right)
        new = ast.BinOp(inner.left, inner.op, right)
        group = shape(node, inner, "left")
        yield "parentheses", text, new, group
    if isinstance(inner.op, ast.Mult) and isinstance(node.op, ast.Pow):
        power = ast.BinOp(inner.left, node.op, node.right)
        new = ast.BinOp(inner.right, inner.op, power)
        group = shape(node, inner, "first")
        yield "parentheses", text, new, group


def minus_in_front(node: ast.BinOp) -> Iterator[Finding]:
    """Yield -(a ** b) for (-a) ** b, and the same for the other operations."""
    for side, operand in (("left", node.left), ("right", node.right)):
        if isinstance(operand, ast.UnaryOp) and isinstance(operand.op, ast.USub):
            moved = ast.BinOp(node.left, node.op, node.right)
            setattr(moved, side, operand.operand)
            yield "parentheses", misplaced(node), ast.UnaryOp(ast.USub(), moved), "parentheses"


def is_one(node: ast.expr) -> bool:
    """Return whether the node is the number 1, by which nobody would multiply."""
    return isinstance(node, ast.Constant) and node.value == 1


def shape(node: ast.BinOp, inner: ast.BinOp, side: str) -> str:
    """Return the group of an edit: the same mistake is often made in several places."""
    return f"parentheses {type(node.op).__name__} {type(inner.op).__name__} {side}"


def parenthesis_text(
    node: ast.expr, outer: ast.operator, inner: ast.operator, factor: ast.expr
) -> str:
    """Return the sentence. A factor in one part of a sum may also be missing in the other part."""
    if isinstance(outer, ast.Add | ast.Sub) and isinstance(inner, ast.Mult | ast.Div):
        return (
            f"in `{code(node)}` only one of two parts has `{code(factor)}`: parentheses are "
            "missing, or it is missing in the other part"
        )
    return misplaced(node)


def misplaced(node: ast.expr) -> str:
    return f"{MISSING} in `{code(node)}`{OR_MISPLACED}"


def missing_pair(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield each expression with one more pair of parentheses: a**(n - 1) for a**n - 1."""
    for slot in list(slots(function)):
        node = slot.content
        if not isinstance(node, ast.BinOp) or is_target(slot) or is_bare(slot.owner, node):
            continue
        operands, operators = flat(node)
        for i, j in combinations(range(len(operands)), 2):
            new, inner = with_pair(operands, operators, i, j)
            if ast.dump(new) != ast.dump(node):
                text = f"parentheses are missing around `{code(inner)}`"
                group = f"pair {i} {j} {operators[i:j]}"
                yield Edit("parentheses", node.lineno, text, slot, new, group)


def is_bare(whole: ast.AST, part: ast.AST) -> bool:
    """Return whether an operand is written without parentheses, as a * b in a * b + c."""
    if not isinstance(whole, ast.BinOp) or not isinstance(part, ast.BinOp):
        return False
    outer, inner = BINDS.get(type(whole.op), 0), BINDS.get(type(part.op), 0)
    if inner == outer:
        first = whole.right if isinstance(whole.op, ast.Pow) else whole.left
        return part is first
    return inner > outer > 0


def flat(node: ast.expr) -> tuple[list[str], list[str]]:
    """Return the operands and the operators between them, as they stand in a line."""
    if not isinstance(node, ast.BinOp) or type(node.op) not in SYMBOLS:
        return [in_parentheses(node)], []
    first, before = flat_side(node, node.left)
    second, behind = flat_side(node, node.right)
    return [*first, *second], [*before, SYMBOLS[type(node.op)], *behind]


def flat_side(node: ast.BinOp, side: ast.expr) -> tuple[list[str], list[str]]:
    return flat(side) if is_bare(node, side) else ([in_parentheses(side)], [])


def in_parentheses(node: ast.expr) -> str:
    """Return the code of an operand that stays one, whatever is put around it."""
    text = ast.unparse(node)
    return text if isinstance(node, ATOMS) else f"({text})"


def with_pair(
    operands: list[str], operators: list[str], i: int, j: int
) -> tuple[ast.expr, ast.expr]:
    """Return the expression with parentheses from operand i to j, and what stands in them."""
    inner = line_of(operands[i : j + 1], operators[i:j])
    before, behind = operands[:i], operands[j + 1 :]
    others = [*operators[:i], *operators[j:]]
    text = line_of([*before, f"({inner})", *behind], others)
    return parse(text), parse(inner)


def line_of(operands: list[str], operators: list[str]) -> str:
    """Return the line of code that alternates between operands and operators."""
    first, *others = operands
    behind = [f"{sign} {x}" for sign, x in zip(operators, others)]
    return " ".join([first, *behind])


def power_signs(node: ast.expr) -> Iterator[Finding]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.BinOp):
        inner = node.operand
        if isinstance(inner.op, ast.Pow):
            base = ast.UnaryOp(ast.USub(), inner.left)
            text = f"in `{code(node)}` the power comes before the minus: parentheses are missing"
            yield "parentheses", text, ast.BinOp(base, ast.Pow(), inner.right), "parentheses"


def into_calls(node: ast.expr) -> Iterator[Finding]:
    """Yield the factor behind a call as a factor of its argument: cos(3 * b) for cos(3) * b."""
    match node:
        case ast.BinOp(left=ast.Call(func=func, args=[x]), op=operator, right=factor):
            inner = ast.BinOp(x, operator, factor)
            text = f"in `{code(node)}` the end belongs inside the parentheses of `{code(func)}()`"
            yield "parentheses", text, ast.Call(func, [inner], []), "into"


def powers_of_sums(node: ast.expr) -> Iterator[Finding]:
    """Yield (x - y) ** 2 for x ** 2 - y."""
    match node:
        case ast.BinOp(left=ast.BinOp(left=x, op=ast.Pow(), right=n), op=operator, right=y):
            inner = ast.BinOp(x, operator, y)
            yield "parentheses", misplaced(node), ast.BinOp(inner, ast.Pow(), n), "power of a sum"


RULES = (
    in_expressions(parentheses),
    missing_pair,
    *map(in_expressions, (into_calls, powers_of_sums, power_signs)),
)
