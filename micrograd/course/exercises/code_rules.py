"""Rules on the code alone: what is a mistake in any case, whatever the numbers are.

Rule: a rule explains a failure that a check has found, and never refuses an answer by itself.
"""

import ast
from collections.abc import Iterator

from micrograd.course.exercises.edits import Edit, Finding, Slot, bodies, code, in_expressions

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp)
CONTAINERS = (ast.List, ast.Set, ast.Dict, ast.Call, *COMPREHENSIONS)  # any call may make one
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
        node = place[2]
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        signed = first_part(node.value)
        if not isinstance(signed, ast.UnaryOp) or not follows_equals(node, signed):
            continue
        if type(signed.op) in operators:
            sign, operator = operators[type(signed.op)]
            text = (
                f"`=` and `{sign}` are in the wrong order: `={sign}` assigns, `{sign}=` "
                "changes what is there"
            )
            value = without_sign(node.value)
            new = ast.AugAssign(node.targets[0], operator, value)  # type: ignore[arg-type]
            yield replaced(place, f"={sign} for {sign}=", text, new, f"={sign}")


def first_part(node: ast.expr) -> ast.expr:
    """Return what an expression begins with: +x in `+x * y`."""
    while isinstance(node, ast.BinOp):
        node = node.left
    return node


def without_sign(node: ast.expr) -> ast.expr:
    """Return the expression without the sign that it begins with."""
    if isinstance(node, ast.BinOp):
        return ast.BinOp(without_sign(node.left), node.op, node.right)
    assert isinstance(node, ast.UnaryOp)
    return node.operand


def follows_equals(node: ast.Assign, signed: ast.UnaryOp) -> bool:
    """Return whether the sign stands right behind the =, as in `x =+ y`, and not as in `x = +y`."""
    end = node.targets[-1].end_col_offset or 0
    return signed.col_offset - end <= len(" =")


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


def kept_defaults(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield new objects for those in a signature, which stay from one call to the next."""
    for node in ast.walk(function):
        if not isinstance(node, ast.FunctionDef):
            continue
        kept = [slot for slot in defaults(node) if isinstance(slot.content, CONTAINERS)]
        if not kept:
            continue
        names = {slot.content: name_with_default(node, slot) for slot in kept}
        shown = ", ".join(f"`{name}={code(made)}`" for made, name in names.items())
        text = f"the signature makes {shown} only once, and it stays from one call to the next"
        group = f"only together: defaults of line {node.lineno}"
        for slot in kept:
            yield Edit(KEPT, node.lineno, text, slot, ast.Constant(None), group)
        begin = [new_if_none(name, made) for made, name in names.items()]
        yield Edit(KEPT, node.lineno, text, Slot(node, "body"), [*begin, *node.body], group)


KEPT = "an object in the signature"


def defaults(node: ast.FunctionDef) -> list[Slot]:
    """Return the places of all default values in the signature."""
    places = [Slot(node.args, "defaults", i) for i in range(len(node.args.defaults))]
    named = enumerate(node.args.kw_defaults)
    return places + [Slot(node.args, "kw_defaults", i) for i, each in named if each]


def name_with_default(node: ast.FunctionDef, slot: Slot) -> str:
    """Return the name of the argument that has this default value."""
    if slot.field == "kw_defaults":
        return node.args.kwonlyargs[slot.index or 0].arg
    arguments = [*node.args.posonlyargs, *node.args.args]
    return arguments[(slot.index or 0) - len(node.args.defaults)].arg


def new_if_none(name: str, made: ast.expr) -> ast.stmt:
    return ast.parse(f"if {name} is None:\n    {name} = {ast.unparse(made)}").body[0]


RULES = (
    recursion_limits, signs_behind, calls, unused, kept_defaults, seeds, in_expressions(carets),
)  # fmt: skip
