"""Edits that bring back a line of the given program, which the learner has changed or deleted.

Rule: only a line that the starter and the solution share is brought back: it was right, and to name
it gives nothing away.
"""

import ast
from collections.abc import Iterator

from micrograd.course.exercises.edits import Edit, Slot, bodies, code


def simple_lines(function: ast.AST) -> list[str]:
    """Return the code of the statements without a body, and of the loops of one line."""
    return [ast.unparse(node) for node in ast.walk(function) if is_simple(node)]


def is_simple(node: ast.AST) -> bool:
    if isinstance(node, ast.For):
        return len(node.body) == 1 and is_simple(node.body[0])
    return isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Return)


def can_replace(line: ast.stmt, node: ast.stmt) -> bool:
    """Return whether two lines are shown well beside each other, as other forms of one."""
    loops = isinstance(line, ast.For) or isinstance(node, ast.For)
    return is_simple(node) and not loops and code(line) != code(node)


def kept_lines(starter: ast.AST | None, solution: ast.AST | None) -> list[str]:
    """Return the lines that the starter and the solution share, without docstrings."""
    if starter is None or solution is None:
        return []
    solved = simple_lines(solution)
    both = [line for line in simple_lines(starter) if line in solved]
    return [line for line in both if line[0] not in "\"'"]


def given_lines(function: ast.AST, given: list[str]) -> Iterator[Edit]:
    """Yield a line of `given` that is missing, in the place of each other line and between them."""
    own = simple_lines(function)
    for text in given:
        if text in own:
            continue
        for body in bodies(function):
            for i, node in enumerate(body.content):
                (line,) = ast.parse(text).body
                shown = code(line)
                if can_replace(line, node) and ast.unparse(node) not in given:
                    sentence = f"`{shown}` was right as it was given: here it is `{code(node)}`"
                    slot = Slot(body.owner, body.field, i)
                    yield Edit("given code changed", node.lineno, sentence, slot, line)
                sentence = f"the line `{shown}` was right as it was given, and is missing here"
                new = [*body.content[:i], line, *body.content[i:]]
                yield Edit("given code deleted", node.lineno, sentence, body, new)
