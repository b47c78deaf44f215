"""Code in pieces: a file's functions and methods by name, replaced and added one by one.

Rule: a piece is text, as it was written. "Value.__add__" is a method, "Value" what stands above the
first method of the class, and "train" a function.
"""

import ast
from collections.abc import Iterable, Iterator

Pieces = dict[str, str]


def pieces(source: str) -> Pieces:
    """Return {name: code} of the file. Raises SyntaxError if it is no Python.

    >>> list(pieces("import math\\nclass A:\\n    x = 1\\n    def f(self):\\n        return 2\\n"))
    ['import math', 'A', 'A.f']
    """
    lines = source.splitlines()
    result: Pieces = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            result |= class_pieces(node, lines)
        elif not is_text(node):
            result[name_of(node)] = cut(lines, first_line(node), node.end_lineno)
    return result


def class_pieces(node: ast.ClassDef, lines: list[str]) -> Pieces:
    """Return the pieces of a class: its head, and each member from the first method on."""
    members = list(node.body)
    while members and not isinstance(members[0], ast.FunctionDef):
        members.pop(0)
    stop = first_line(members[0]) - 1 if members else node.end_lineno
    result = {node.name: cut(lines, first_line(node), stop).rstrip()}
    for member in members:
        code = cut(lines, first_line(member), member.end_lineno)
        result[f"{node.name}.{name_of(member)}"] = code
    return result


def merge(*sources: str) -> str:
    """Return one file with the pieces of all; a later piece replaces one of the same name.

    >>> print(merge("class A:\\n    def f(self):\\n        pass", "class A:\\n    x = 1"), end="")
    class A:
        x = 1
    <BLANKLINE>
        def f(self):
            pass
    """
    result: Pieces = {}
    for source in sources:
        for name, code in pieces(source).items():
            keeps_head = name in result and is_bare_head(code)
            result[name] = result[name] if keeps_head else code
    return render(result)


def render(parts: Pieces) -> str:
    """Return the file of these pieces: the imports, then classes and functions."""
    imports = [code for name, code in parts.items() if name == code]
    blocks = [code_of(parts, name) for name in parts if "." not in name and name != parts[name]]
    return "\n\n\n".join(["\n".join(imports)] * bool(imports) + blocks) + "\n"


def code_of(parts: Pieces, name: str) -> str:
    """Return the code of a function, or of a class with its methods."""
    methods = [code for each, code in parts.items() if each.startswith(f"{name}.")]
    first = parts[name]
    if methods and is_bare_head(first):
        return "\n".join([first, "\n\n".join(methods)])
    return "\n\n".join([first, *methods])


def is_bare_head(code: str) -> bool:
    """Return whether the code is the line `class NAME:` and nothing else."""
    return code.startswith("class ") and "\n" not in code


def as_module(code: str, owner: str) -> str:
    """Return the methods of a class `owner`, written without it, as a file; "" is no class."""
    text = code.strip("\n")
    if not owner or not text.lstrip().startswith("def "):
        return text
    body = "\n".join(f"    {line}".rstrip() for line in text.splitlines())
    return f"class {owner}:\n{body}\n"


def names_in(sources: Iterable[str]) -> Iterator[str]:
    """Yield the names of the pieces of all sources, each once, without imports."""
    seen: set[str] = set()
    for source in sources:
        for name, code in pieces(source).items():
            if name not in seen and name != code:
                seen.add(name)
                yield name


def name_of(node: ast.stmt) -> str:
    """Return the name that a statement binds, or else its text."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ast.unparse(node)


def is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def first_line(node: ast.stmt) -> int:
    """Return the line that the statement begins in, or its first decorator."""
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def cut(lines: list[str], first: int, last: int | None) -> str:
    return "\n".join(lines[first - 1 : last])
