"""The parts of a learner's code in which no mistake is looked for, as ids of nodes of its tree.

Rule: a line that the solution has, too, is right, and so is what no edit could explain.
"""

import ast
from collections.abc import Iterable, Iterator

from micrograd.course.exercises.edits import code

DRAWS = {"uniform", "gauss", "randint", "randrange", "choice", "choices", "sample", "shuffle"}

KINDS = {"hasattr", "isinstance", "getattr", "type"}  # functions that ask what a thing is


def parts_of_the_solution(own: list[ast.AST], solved: list[ast.AST]) -> set[int]:
    """Return the ids of the nodes in lines that the solution has, word for word."""
    right = set(map(ast.dump, simple_statements(solved)))
    lines = [line for line in simple_statements(own) if ast.dump(line) in right]
    return ids_in(lines)


def operands_of_the_solution(own: list[ast.AST], solved: list[ast.AST]) -> set[int]:
    """Return the ids of the operations that are operands in the solution, too.

    Around 1 - beta in (1 - beta) * grad no call is missing.
    """
    right = set(map(ast.dump, operands(solved)))
    return {id(node) for node in nodes_of(own) if ast.dump(node) in right}


def operands(functions: list[ast.AST]) -> Iterator[ast.BinOp]:
    """Yield the operations that are operands of another one, but a power."""
    for node in nodes_of(functions):
        if not isinstance(node, ast.BinOp) or isinstance(node.op, ast.Pow):
            continue
        for side in (node.left, node.right):
            if isinstance(side, ast.BinOp):
                yield side


def parts_beyond_doubt(own: list[ast.AST]) -> set[int]:
    """Return the ids of the nodes that no edit changes, since a changed one would explain nothing.

    Random numbers are drawn from them, their kind is asked for, things are sorted by them, or they
    are compared with a number by ==: with something else that is never true.
    """
    kept: list[ast.AST] = []
    for node in nodes_of(own):
        match node:
            case ast.Call(func=function):
                if draws_or_asks(code(function)):
                    kept += node.args
            case ast.keyword(arg="key"):
                kept.append(node.value)
            case ast.Compare(ops=[ast.Eq() | ast.NotEq(), *_]):
                sides = [node.left, *node.comparators]
                if any(isinstance(side, ast.Constant) for side in sides):
                    kept += sides
    return ids_in(kept)


def draws_or_asks(function: str) -> bool:
    """Return whether a function of that name draws random numbers, or asks what a thing is."""
    _, _, last = function.rpartition(".")
    return last in DRAWS or function in KINDS


def ids_in(parts: Iterable[ast.AST]) -> set[int]:
    """Return the ids of the nodes, and of all below them."""
    ids = set()
    for part in parts:
        for node in ast.walk(part):
            ids.add(id(node))
    return ids


def simple_statements(functions: list[ast.AST]) -> Iterator[ast.stmt]:
    for node in nodes_of(functions):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            yield node


def nodes_of(functions: list[ast.AST]) -> Iterator[ast.AST]:
    for function in functions:
        yield from ast.walk(function)
