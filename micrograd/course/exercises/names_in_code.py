"""The functions of a file, and the names that a function, or the file, knows.

Rule: nothing is run, and nothing is changed: these are questions to a tree.
"""

import ast

from micrograd.course.exercises.code_rules import CONTAINERS


def functions(tree: ast.Module) -> dict[str, ast.AST]:
    """Return the functions of a file and the methods of its classes, by their names."""
    choices: dict[str, ast.AST] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            choices[node.name] = node
        if isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            choices |= {f"{node.name}.{method.name}": method for method in methods}
    return choices


def names_in(function: ast.AST) -> set[str]:
    """Return the names that a function takes or sets."""
    names: set[str] = set()
    for node in ast.walk(function):
        match node:
            case ast.arg(arg=name) | ast.FunctionDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
    return names


def names_of_module(tree: ast.Module) -> set[str]:
    """Return the names that the file defines or imports."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {x.id for x in node.targets if isinstance(x, ast.Name)}
    return names


def names_used(text: str) -> set[str]:
    """Return the names that the code reads, and does not set itself."""
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    stored = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
    return {node.id for node in nodes} - stored


def modules_in(tree: ast.Module) -> set[str]:
    """Return the names of the modules that the file imports."""
    imports = [node for node in tree.body if isinstance(node, ast.Import)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


def containers_in(tree: ast.Module) -> list[str]:
    """Return the lines outside all functions that make what may change, as any call may do.

    In a class these are `Value.seen = set()`, and the same for self.
    """
    lines = lines_with_containers(tree)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            held = lines_with_containers(node)
            lines += [f"{owner}.{line}" for line in held for owner in (node.name, "self")]
    return lines


def lines_with_containers(node: ast.Module | ast.ClassDef) -> list[str]:
    lines = []
    for line in node.body:
        match line:
            case ast.Assign(targets=[ast.Name()], value=made) | ast.AnnAssign(value=made) if (
                isinstance(made, CONTAINERS)
            ):
                lines.append(ast.unparse(line))
    return lines
