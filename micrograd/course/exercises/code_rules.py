"""Rules on the code alone: what is a mistake in any case, whatever the numbers are.

Rule: a rule explains a failure that a check has found, and never refuses an answer by itself.
"""

import ast
from collections.abc import Iterator

from micrograd.course.exercises.edits import Edit, Finding, Slot, bodies, code, in_expressions

Place = tuple[Slot, int, ast.stmt]  # a list of statements, and one of them with its number


def statements(function: ast.AST) -> Iterator[Place]:
    """Yield all statements of the function, inner ones too."""
    for body in bodies(function):
        for i, node in enumerate(body.content):
            yield body, i, node


def replaced(place: Place, name: str, sentence: str, new: ast.stmt, group: str = "") -> Edit:
    """Return the edit that puts another statement in that place: a mistake in any case."""
    body, i, node = place
    slot = Slot(body.owner, body.field, i)
    return Edit(name, node.lineno, sentence, slot, new, group, certain=True)


def signs_behind(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield += for =+, and -= for =-."""
    operators = {ast.UAdd: ("+", ast.Add()), ast.USub: ("-", ast.Sub())}
    for place in statements(function):
        match place[2]:
            case ast.Assign(targets=[target], value=ast.UnaryOp(op=op, operand=value)) as node:
                if type(op) not in operators or not follows_equals(node):
                    continue
                sign, operator = operators[type(op)]
                text = (
                    f"`=` and `{sign}` are in the wrong order: `={sign}` assigns, `{sign}=` "
                    "changes what is there"
                )
                name, group = f"={sign} for {sign}=", f"={sign}"
                new = ast.AugAssign(target, operator, value)  # type: ignore[arg-type]
                yield replaced(place, name, text, new, group)


def follows_equals(node: ast.Assign) -> bool:
    """Return whether the sign stands right behind the =, as in `x =+ y`, and not as in `x = +y`."""
    value = node.value
    operand = value.operand  # type: ignore[attr-defined]
    end = node.targets[-1].end_col_offset or 0
    gap = value.col_offset - end
    distance = operand.col_offset - value.col_offset
    with_blanks, without, mixed = (2, 2), (1, 1), (1, 2)
    return (gap, distance) in (with_blanks, without, mixed)


def calls(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield a function called that was only named, and one only named that was called."""
    for place in statements(function):
        match place[2]:
            case ast.Expr(value=ast.Attribute() | ast.Name() as named):
                shown = code(named)
                text = f"`{shown}` only names a function: parentheses call it, `{shown}()`"
                new = ast.Expr(ast.Call(named, [], []))
                yield replaced(place, "not called", text, new, "call it")
            case ast.Assign(targets=[ast.Attribute(attr="_backward")], value=ast.Call()) as node:
                text = f"`{code(node)}` calls the function now: assign it, without parentheses"
                assigned = ast.Assign(node.targets, node.value.func)  # type: ignore[attr-defined]
                yield replaced(place, "called, not assigned", text, assigned)


def seeds(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    for body, i, node in statements(function):
        shown = code(node)
        if isinstance(node, ast.Expr) and shown.startswith(("random.seed(", "seed(")):
            text = f"`{shown}` makes the random numbers behind it the same in each call"
            before, after = body.content[:i], body.content[i + 1 :]
            rest = [*before, *after] or [ast.Pass()]
            yield Edit("random.seed inside", node.lineno, text, body, rest)


def recursion_limits(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    text = "a higher recursion limit is no solution, and not in force here: use a loop"
    for place in statements(function):
        node = place[2]
        if isinstance(node, ast.Expr) and "setrecursionlimit" in code(node):
            yield replaced(place, "recursion limit", text, node)


def unused(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield what is computed on a line of its own, where nobody uses it."""
    for place in statements(function):
        match place[2]:
            case ast.Expr(value=ast.BinOp() | ast.Compare()) as node:
                text = f"the result of `{code(node)}` is not used: is an = or a return missing"
                yield replaced(place, "unused result", text, node)


def carets(node: ast.expr) -> Iterator[Finding]:
    match node:
        case ast.BinOp(left=left, op=ast.BitXor(), right=right):
            text = f"`^` in `{code(node)}` is no power: in Python a power is `**`"
            power = ast.BinOp(left, ast.Pow(), right)
            yield "^ for **", text, power, "caret"


RULES = (recursion_limits, signs_behind, calls, unused, seeds, in_expressions(carets))
