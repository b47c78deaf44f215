"""Source files as trees, each parsed once for all tests that read it."""

import ast
import functools
from pathlib import Path


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax tree of the file. Nobody may change it."""
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def nodes_of(path: Path) -> list[ast.AST]:
    """Return all nodes of the file's tree, as `ast.walk` yields them."""
    return list(ast.walk(tree_of(path)))
