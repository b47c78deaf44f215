"""Edits of expressions: signs, numbers, functions, and one thing in another's place.

Rule: a function yields what may stand instead of a node; the checks decide whether it should.
"""

import ast
import copy
from collections.abc import Iterator
from typing import Any

from micrograd.course.exercises import parenthesis_edits
from micrograd.course.exercises.edits import (
    Edit,
    Finding,
    Slot,
    code,
    in_expressions,
    is_small,
    is_target,
    parse,
    slots,
)


def signs(node: ast.expr) -> Iterator[Finding]:
    """Yield the node with another sign. No minus stands before a length or an abs."""
    text = f"the sign of `{code(node)}` is wrong"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield (
            "wrong sign",
            f"the minus in front of `{code(node.operand)}` is wrong",
            node.operand,
            "s",
        )
    elif may_be_negative(node):
        yield "a minus missing", text, ast.UnaryOp(ast.USub(), node), "sign"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        sign = "+" if isinstance(node.op, ast.Add) else "-"
        text = f"the `{sign}` in `{code(node)}` is the wrong sign"
        yield "wrong sign", text, ast.BinOp(node.left, other, node.right), f"{sign} {node.lineno}"


def may_be_negative(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return code(node.func) not in ("len", "abs")
    return isinstance(node, ast.BinOp | ast.Attribute | ast.Name | ast.Subscript)


def wrong_way_round(node: ast.expr) -> Iterator[Finding]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        text = f"`{code(node)}` is the wrong way round"
        yield "wrong way round", text, ast.BinOp(node.right, node.op, node.left), "round"


def reciprocals(node: ast.expr) -> Iterator[Finding]:
    match node:
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Div(), right=ast.BinOp() as inner):
            text = f"`{code(node)}` is upside down"
            yield "upside down", text, inner, "reciprocal"


def indices(node: ast.expr) -> Iterator[Finding]:
    match node:
        case ast.Subscript(value=ast.Subscript(value=table, slice=i), slice=j):
            text = f"the indices in `{code(node)}` are in the wrong order"
            row = ast.Subscript(table, j, ast.Load())
            yield "wrong order", text, ast.Subscript(row, i, ast.Load()), f"indices {code(table)}"


def shared(node: ast.expr) -> Iterator[Finding]:
    """Yield a comprehension for [x] * n, if x is a list or an object that may change."""
    other = unshared(node)
    if other is not node:
        text = (
            f"`{code(node)}` is one and the same object several times: a comprehension makes a "
            "new one for each place"
        )
        yield "one object in all places", text, other, "shared"


def unshared(node: ast.expr) -> ast.expr:
    """Return [x for _ in range(n)] for [x] * n and n * [x], also within x; else the node itself."""
    match node:
        case ast.BinOp(left=ast.List(elts=[x]), op=ast.Mult(), right=n):
            pass
        case ast.BinOp(left=n, op=ast.Mult(), right=ast.List(elts=[x])):
            pass
        case _:
            return node
    inner = unshared(x)
    if inner is x and not isinstance(x, ast.Call | ast.List | ast.ListComp | ast.BinOp):
        return node
    count = ast.Call(ast.Name("range", ast.Load()), [n], [])
    turns = ast.comprehension(ast.Name("_", ast.Store()), count, [], 0)
    return ast.ListComp(inner, [turns])


def upside_down(node: ast.expr) -> Iterator[Finding]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Pow):
        text = f"`{code(node)}` is the wrong way round"
        yield "wrong way round", text, ast.BinOp(node.right, node.op, node.left), "upside"


def operators(node: ast.expr) -> Iterator[Finding]:
    symbols = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
    if not isinstance(node, ast.BinOp) or type(node.op) not in symbols:
        return
    for operator, symbol in symbols.items():
        if not isinstance(node.op, operator):
            text = (
                f"`{symbols[type(node.op)]}` in `{code(node)}` is the wrong operation: it is "
                f"`{symbol}` here"
            )
            new = ast.BinOp(node.left, operator(), node.right)
            group = f"operator {symbol} {type(node.op).__name__}"
            yield "wrong operation", text, new, f"{group} {node.lineno}"
            yield "wrong operation", text, new, f"only together {group}"
            yield "wrong operation", text, new, f"only together {group} {code(node.right)}"


def constants(node: ast.expr) -> Iterator[Finding]:
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        return
    value: Any = node.value
    above, below = round(value + 1, 12), round(value - 1, 12)  # 0.0001, and not 9.9999e-05
    for other in (above, below, 2 * value, value / 2, -value, 0, 1, 2, 0.5):
        if other != value:
            text = f"the number {value} is wrong: it has to be {other}"
            yield "wrong number", text, ast.Constant(other), f"{value} {other}"


def extras(node: ast.expr) -> Iterator[Finding]:
    """Yield what is left without one of two operands, or without a call around something."""
    if isinstance(node, ast.BinOp):
        kinds = {ast.Mult: "factor", ast.Div: "division by", ast.Pow: "power"}
        kind = kinds.get(type(node.op), "term")
        for removed, kept in ((node.right, node.left), (node.left, node.right)):
            text = f"the {kind} `{code(removed)}` in `{code(node)}` does not belong there"
            yield "something too much", text, kept, f"without {code(removed)}"
    if isinstance(node, ast.Call):
        name = code(node.func)
        if name == "round" and len(node.args) == 2:
            text = f"`round()` loses digits of `{code(node.args[0])}`: return them all"
            yield "round() too much", text, node.args[0], "without round"
        if len(node.args) == 1 and not node.keywords:
            text = f"`{name}()` does not belong around `{code(node.args[0])}`"
            yield f"{name}() too much", text, node.args[0], f"without {name}"
        if isinstance(node.func, ast.Attribute) and not node.args:
            text = f"`.{node.func.attr}()` does not belong after `{code(node.func.value)}`"
            yield (
                f".{node.func.attr}() too much",
                text,
                node.func.value,
                f"without .{node.func.attr}",
            )
    if isinstance(node, ast.Subscript) and code(node.slice) != ":":  # x[:] is a copy
        text = f"`{code(node)}` takes only a part: `{code(node.value)}` is meant"
        yield "only a part", text, node.value, f"part {code(node.slice)}"


def comparisons(node: ast.expr) -> Iterator[Finding]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for operator in (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Eq, ast.NotEq):
            if not isinstance(node.ops[0], operator):
                new = ast.Compare(node.left, [operator()], node.comparators)
                text = f"`{code(node)}` is the wrong comparison"
                yield "wrong comparison", text, new, operator.__name__
    if isinstance(node, ast.IfExp):
        text = f"the two cases of `{code(node)}` are exchanged"
        yield "wrong comparison", text, ast.IfExp(node.test, node.orelse, node.body), "cases"


def lost_graph(node: ast.expr) -> Iterator[Finding]:
    """Yield the Value itself in place of its data: what was computed from that has no graph."""
    if isinstance(node, ast.Attribute) and node.attr == "data":
        text = (
            f"`{code(node)}` is a plain number, from which no gradient comes back: use the Value "
            f"`{code(node.value)}` itself"
        )
        yield ".data loses the graph", text, node.value, "data"
    if isinstance(node, ast.Call) and code(node.func) in ("float", "Value") and node.args:
        text = f"`{code(node)}` has no graph, so no gradient comes back through it"
        yield "the graph is lost", text, node.args[0], "lost"
    match node:
        case ast.Call(func=ast.Attribute(attr="detach" | "item" as name, value=value)):
            text = f"`.{name}()` cuts the graph, so no gradient comes back through it"
            yield "the graph is lost", text, value, "lost"


def lost_graphs(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield what `lost_graph` finds: no graph is lost by what is only a key."""
    edits = in_expressions(lost_graph)(function, words)
    return (edit for edit in edits if not is_key(edit.slot))


def data_keys(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield the Value itself as a key in place of its data."""
    for slot in list(slots(function)):
        node = slot.content
        if isinstance(node, ast.Attribute) and node.attr == "data" and is_key(slot):
            text = (
                f"`{code(node)}` is a key here, and Values with equal data share it: use the Value "
                f"`{code(node.value)}` itself"
            )
            yield Edit("data as a key", node.lineno, text, slot, node.value, "keys")


def is_key(slot: Slot) -> bool:
    """Return whether the place is a key of a dictionary, or an index."""
    places = ((ast.DictComp, "key"), (ast.Dict, "keys"), (ast.Subscript, "slice"))
    return (type(slot.owner), slot.field) in places


def missing_data(node: ast.expr) -> Iterator[Finding]:
    if isinstance(node, ast.Name | ast.Subscript | ast.Call):
        text = f"`{code(node)}` is a Value, and a plain number is wanted: its .data"
        yield "Value instead of float", text, ast.Attribute(node, "data", ast.Load()), "needs data"


FAMILIES = (
    ("min", "max"),
    ("sum", "max", "min", "len"),
    ("log", "log10", "log2", "log1p"),
    ("sin", "cos", "tan"),
    ("tanh", "relu", "sigmoid", "exp", "expm1"),
    ("uniform", "random", "gauss", "randint"),
    ("sorted", "reversed", "list", "set"),
)


def functions(node: ast.expr) -> Iterator[Finding]:
    """Yield another function of the same family: max for min, log for log10."""
    if not isinstance(node, ast.Call):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else code(node.func)
    for family in FAMILIES:
        for other in family if name in family else ():
            if other != name:
                func = copy.copy(node.func)
                setattr(func, "attr" if isinstance(func, ast.Attribute) else "id", other)
                text = f"`{name}` is the wrong function in `{code(node)}`: `{other}` is meant"
                new = ast.Call(func, node.args, node.keywords)
                yield "wrong function", text, new, f"{name} {other}"


def floors(node: ast.expr) -> Iterator[Finding]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
        text = f"`//` in `{code(node)}` rounds down: a division is `/`"
        yield "// for /", text, ast.BinOp(node.left, ast.Div(), node.right), "floor"


def wrong_words(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield another of the task's words in place of each small expression.

    A word that replaces a lambda's argument must contain it: a key that ignores its item sorts
    nothing.
    """
    arguments = lambda_arguments(function)
    lists, values = containers(function), assigned(function)
    for slot in list(slots(function)):
        node = slot.content
        if not isinstance(node, ast.expr) or is_target(slot) or not is_small(node):
            continue
        keeps = arguments & names_read(node)
        for word in words:
            if says_nothing(slot, word, lists, values):
                continue
            if word != code(node) and keeps <= names_read(parse(word)):
                text = f"with `{word}` in place of `{code(node)}` it is right"
                name = f"{code(node)} for {word}"
                yield Edit("one for another", node.lineno, text, slot, parse(word), name)


def says_nothing(slot: Slot, word: str, lists: set[str], values: dict[str, str]) -> bool:
    """Return whether nothing is asked with the word there, as in x - x or `number != list`."""
    owner: Any = slot.owner
    if isinstance(owner, ast.Compare):
        equal = isinstance(owner.ops[0], ast.Eq | ast.NotEq | ast.Is | ast.IsNot)
        return equal and word in lists
    if isinstance(owner, ast.BinOp) and isinstance(owner.op, ast.Sub | ast.Div):
        other = code(owner.left if slot.field == "right" else owner.right)
        return word in (other, values.get(other))
    return False


def containers(function: ast.AST) -> set[str]:
    """Return what the function loops over, or takes an item of."""
    nodes = list(ast.walk(function))
    loops = {code(node.iter) for node in nodes if isinstance(node, ast.For | ast.comprehension)}
    return loops | {code(node.value) for node in nodes if isinstance(node, ast.Subscript)}


def assigned(function: ast.AST) -> dict[str, str]:
    """Return {name: what it is made of} of the function's plain assignments."""
    values: dict[str, str] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            pairs = zip(parts(node.targets[0]), parts(node.value))
            values |= {code(target): code(value) for target, value in pairs}
    return values


def parts(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def lambda_arguments(function: ast.AST) -> set[str]:
    lambdas = [node for node in ast.walk(function) if isinstance(node, ast.Lambda)]
    return {each.arg for one in lambdas for each in one.args.args}


def names_read(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def exchanged(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield the edits that put each of two words in place of the other, everywhere."""
    places: dict[str, list[Slot]] = {}
    for slot in slots(function):
        node = slot.content
        plain = isinstance(node, ast.Name | ast.Attribute)
        if plain and not is_target(slot) and code(node) in words:
            places.setdefault(code(node), []).append(slot)
    for first in places:
        for second in places:
            if first < second:
                text = f"`{first}` and `{second}` are exchanged"
                for old, new in ((first, second), (second, first)):
                    for slot in places[old]:
                        group = f"only together {first} {second}"
                        line = slot.content.lineno
                        yield Edit("exchanged", line, text, slot, parse(new), group)


@in_expressions
def exchanged_items(node: ast.expr) -> Iterator[Finding]:
    """Yield (b, a) for (a, b)."""
    if isinstance(node, ast.Tuple | ast.List) and len(node.elts) == 2:
        text = f"in `{code(node)}` the two are in the wrong order"
        yield "wrong order", text, type(node)(node.elts[::-1], ast.Load()), ""


def exchanged_numbers(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield the edits that exchange two numbers of one line: 3 * a**2 for 2 * a**3."""
    places = [slot for slot in slots(function) if isinstance(slot.content, ast.Constant)]
    numbers = [slot for slot in places if type(slot.content.value) in (int, float)]
    for i, first in enumerate(numbers):
        for second in numbers[i + 1 :]:
            x, y = first.content, second.content
            if x.value != y.value and x.lineno == y.lineno:
                text = f"the numbers {x.value} and {y.value} are exchanged"
                group = f"only together {i} {numbers.index(second)}"
                yield Edit("exchanged", x.lineno, text, first, ast.Constant(y.value), group)
                yield Edit("exchanged", x.lineno, text, second, ast.Constant(x.value), group)


def missing_words(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield each expression with one of the task's words as another factor, divisor or term."""
    for slot in list(slots(function)):
        node = slot.content
        if not isinstance(node, ast.expr) or is_target(slot) or slot.field in ("func", "slice"):
            continue
        if not isinstance(
            node, ast.BinOp | ast.Call | ast.Name | ast.Attribute | ast.Constant | ast.UnaryOp
        ):
            continue
        for word in words:
            if word == code(node):
                continue
            for kind, operator in (
                ("factor", ast.Mult),
                ("divisor", ast.Div),
                ("term", ast.Add),
                ("subtracted", ast.Sub),
            ):
                new = ast.BinOp(node, operator(), parse(word))
                texts = {
                    "factor": f"`{code(node)}` lacks the factor `{word}`",
                    "divisor": f"`{code(node)}` has to be divided by `{word}`",
                    "term": f"`{word}` has to be added to `{code(node)}`",
                    "subtracted": f"`{word}` has to be subtracted from `{code(node)}`",
                }
                name = f"{kind} missing"
                yield Edit(name, node.lineno, texts[kind], slot, new, f"{kind} {word}")


def missing_calls(function: ast.AST, calls: list[str]) -> Iterator[Edit]:
    """Yield each expression within one of the task's calls: "abs({})", "({}).tanh()", "-{}".

    Within a power no other power is put: its exponent would only undo that of the first.
    """
    powers = [x.left for x in ast.walk(function) if isinstance(x, ast.BinOp) and is_power(x)]
    within = {id(node) for power in powers for node in ast.walk(power)}
    for slot in list(slots(function)):
        node = slot.content
        if not isinstance(node, ast.expr) or isinstance(node, ast.Starred | ast.Slice):
            continue
        if is_target(slot) or slot.field == "func":
            continue
        for call in calls if not isinstance(node, ast.Tuple | ast.List) else ():
            if id(node) in within and " ** " in call:
                continue
            new = parse(call.format(f"({ast.unparse(node)})"))
            shown = call.format("...")
            text = f"`{code(node)}` lacks `{shown}` around it"
            yield Edit(f"{shown} missing", node.lineno, text, slot, new, f"call {call}")


def is_power(node: ast.BinOp) -> bool:
    return isinstance(node.op, ast.Pow)


def functions_of_math(node: ast.expr) -> Iterator[Finding]:
    """Yield the function of the same name that takes Values: exp(x) for math.exp(x)."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="math"), attr=name), args=[x]):
            text = f"`math.{name}` gives a plain number, from which no gradient comes back"
            yield "math of a Value", text, ast.Call(ast.Name(name, ast.Load()), [x], []), "math"


LOST = (shared, functions_of_math, floors)
ALONE = (
    *map(in_expressions, LOST),
    data_keys,
    lost_graphs,
    *map(in_expressions, (indices, reciprocals)),
    *parenthesis_edits.RULES,
    in_expressions(upside_down),
)
SIGNS = tuple(map(in_expressions, (signs, wrong_way_round)))
EXTRAS = tuple(map(in_expressions, (extras, constants)))
OTHER_WORDS = (exchanged, exchanged_numbers, wrong_words)
MORE_WORDS = (missing_words,)
BOLD = tuple(map(in_expressions, (functions, operators, comparisons, missing_data)))
