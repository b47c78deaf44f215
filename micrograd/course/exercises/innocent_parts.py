"""The parts of a learner's code in which no mistake is looked for, as ids of nodes of its tree.

Rule: a line that the solution has, too, is right, and so is what no edit could explain.
"""

import ast
from collections.abc import Iterator

from micrograd.course.exercises.edits import code

DRAWS = {"uniform", "gauss", "randint", "randrange", "choice", "choices", "sample", "shuffle"}

KINDS = {"hasattr", "isinstance", "getattr", "type"}  # functions that ask what a thing is


def parts_of_the_solution(own: list[ast.AST], solved: list[ast.AST]) -> set[int]:
    """Return the ids of the nodes in lines that the solution has, word for word."""
    right = {ast.dump(node) for function in solved for node in simple_statements(function)}
    lines = [node for function in own for node in simple_statements(function)]
    return {id(node) for one in lines if ast.dump(one) in right for node in ast.walk(one)}


def operands_of_the_solution(own: list[ast.AST], solved: list[ast.AST]) -> set[int]:
    """Return the ids of the operations that are operands in the solution, too.

    Around 1 - beta in (1 - beta) * grad no call is missing.
    """
    right = {
        ast.dump(side)
        for node in nodes_of(solved)
        if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Pow)
        for side in (node.left, node.right)
        if isinstance(side, ast.BinOp)
    }
    return {id(node) for node in nodes_of(own) if ast.dump(node) in right}


def parts_beyond_doubt(own: list[ast.AST]) -> set[int]:
    """Return the ids of the nodes that no edit changes, since a changed one would explain nothing.

    Random numbers are drawn from them, their kind is asked for, things are sorted by them, or they
    are compared with a number by ==: with something else that is never true.
    """
    kept: list[ast.AST] = []
    for node in nodes_of(own):
        if isinstance(node, ast.Call) and code(node.func).rpartition(".")[2] in DRAWS:
            kept += node.args
        if isinstance(node, ast.Call) and code(node.func) in KINDS:
            kept += node.args
        if isinstance(node, ast.keyword) and node.arg == "key":
            kept.append(node.value)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = [node.left, *node.comparators]
            kept += sides if any(isinstance(x, ast.Constant) for x in sides) else []
    return {id(node) for one in kept for node in ast.walk(one)}


def simple_statements(function: ast.AST) -> Iterator[ast.stmt]:
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            yield node


def nodes_of(functions: list[ast.AST]) -> Iterator[ast.AST]:
    return (node for function in functions for node in ast.walk(function))
