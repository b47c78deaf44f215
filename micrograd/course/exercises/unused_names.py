"""Names that a function gives a value and never reads: what one says if no edit mends anything.

Rule: += reads what it changes, and a name of another function may be read there.
"""

import ast
from collections.abc import Iterator

from micrograd.course.exercises.code_rules import statements
from micrograd.course.exercises.edits import code


def unused_names(function: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield each name that is never read, and the sentence about it. A += reads what it changes."""
    read = read_or_changed(function) | names_outside(function)
    for _, _, node in statements(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]):
                if name not in read:
                    yield name, f"line {node.lineno}: `{name}` gets a value that is never used."
            case ast.For(target=ast.Name(id=name), iter=ast.Name() | ast.Attribute()):
                if name not in read:
                    yield name, f"line {node.lineno}: `{name}` is never used."


def read_or_changed(function: ast.AST) -> set[str]:
    """Return the names whose values the function reads or changes."""
    names = set()
    for node in ast.walk(function):
        match node:
            case ast.AugAssign(target=target):
                names.add(code(target))
            case ast.Name(id=name, ctx=ast.Load() | ast.Del()):
                names.add(name)
    return names


def names_outside(function: ast.AST) -> set[str]:
    """Return the names that a function declares global or nonlocal, and `_`."""
    names = {"_"}
    for node in ast.walk(function):
        if isinstance(node, ast.Global | ast.Nonlocal):
            names.update(node.names)
    return names
