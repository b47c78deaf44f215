"""Edits of statements: += for =, a return behind its loop, a line too many or in the wrong place.

Rule: a function yields what may stand instead of a statement, or of a list of them; the checks
decide whether it should.
"""

import ast
import copy
from collections.abc import Iterator
from typing import Any

from micrograd.course.exercises.edits import Edit, Slot, bodies, code, is_target, parse, slots


def assignments(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield += for =, and the like; `words` are what the solution adds to, in these ways."""
    for body in bodies(function):
        in_loop = isinstance(body.owner, ast.For | ast.While)
        for i, node in enumerate(body.content):
            slot = Slot(body.owner, body.field, i)
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                shown = code(node.targets[0])
                if shown in words or (in_loop and isinstance(node.targets[0], ast.Name)):
                    yield from augmented(slot, node, node.targets[0])
            if isinstance(node, ast.AugAssign):
                yield from other_assignments(slot, node)
                yield from other_targets(slot, node, words)


def other_targets(slot: Slot, node: ast.AugAssign, words: list[str]) -> Iterator[Edit]:
    """Yield the same line for another of the things that the solution adds to."""
    shown = code(node.target)
    for word in words if shown in words else ():
        if word != shown:
            target = parse(word)
            target.ctx = ast.Store()  # type: ignore[attr-defined]
            text = f"`{code(node)}` goes to `{shown}`, and has to go to `{word}`"
            new = ast.AugAssign(target, node.op, node.value)  # type: ignore[arg-type]
            yield Edit("wrong target", node.lineno, text, slot, new)


def augmented(slot: Slot, node: ast.Assign, target: Any) -> Iterator[Edit]:
    shown, line = code(target), node.lineno
    reads = shown in [code(each) for each in ast.walk(node.value) if isinstance(each, ast.expr)]
    if not reads:
        lost = f"`{shown} = ...` replaces what was there: `+=` adds to it"
        yield Edit("= for +=", line, lost, slot, ast.AugAssign(target, ast.Add(), node.value), "+=")
        lost = f"`{shown} = ...` replaces what was there: `-=` subtracts from it"
        yield Edit("= for -=", line, lost, slot, ast.AugAssign(target, ast.Sub(), node.value), "-=")


def other_assignments(slot: Slot, node: ast.AugAssign) -> Iterator[Edit]:
    shown, line = code(node.target), node.lineno
    symbols = {ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/="}
    mark = symbols.get(type(node.op), "")
    for operator, symbol in symbols.items():
        if mark and not isinstance(node.op, operator):
            text = f"`{mark}` is wrong for `{shown}`: it is `{symbol}` here"
            new = ast.AugAssign(node.target, operator(), node.value)
            yield Edit(f"{mark} for {symbol}", line, text, slot, new, f"{mark}{symbol}")
    target = copy.copy(node.target)
    new_assign = ast.Assign([target], node.value)
    text = f"`{shown} {mark} ...` keeps what was there: `=` replaces it"
    name, group = f"{mark} for =", f"{mark}="
    if shown in [code(each) for each in ast.walk(node.value) if isinstance(each, ast.expr)]:
        text = f"`{code(node)}` counts `{shown}` twice: `{mark}` keeps what was there, too"
        name, group = "counted twice", "twice"
    yield Edit(name, line, text, slot, new_assign, group)


def returns(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield the result of an expression returned, and a return behind its loop."""
    for body in bodies(function):
        statements = body.content
        if not statements:
            continue
        last = statements[-1]
        if isinstance(last, ast.Expr) and isinstance(body.owner, ast.FunctionDef):
            yield from returned(Slot(body.owner, body.field, len(statements) - 1), last)
        if isinstance(last, ast.Assign) and isinstance(body.owner, ast.FunctionDef):
            text = f"`{code(last)}` is the last line: is a return of it missing"
            new = [*statements, ast.Return(last.targets[0])]
            yield Edit("no return", last.lineno, text, body, new)
        for i, node in enumerate(statements):
            if isinstance(node, ast.For | ast.While) and isinstance(node.body[-1], ast.Return):
                text = (
                    "the return stands inside the loop, which ends in its first turn: it "
                    "belongs behind it"
                )
                loop = copy.copy(node)
                loop.body = node.body[:-1] or [ast.Pass()]
                new = [*statements[:i], loop, node.body[-1], *statements[i + 1 :]]
                certain = len(node.body) > 1
                yield Edit(
                    "return in the loop", node.body[-1].lineno, text, body, new, certain=certain
                )


def returned(slot: Slot, last: ast.Expr) -> Iterator[Edit]:
    printed = last.value
    if isinstance(printed, ast.Call) and code(printed.func) == "print" and printed.args:
        value = printed.args[0] if len(printed.args) == 1 else ast.Tuple(printed.args, ast.Load())
        text = "print only shows the result: return it"
        yield Edit("print for return", last.lineno, text, slot, ast.Return(value), certain=True)
    else:
        text = f"the result of `{code(printed)}` is not used: is the return missing"
        yield Edit("no return", last.lineno, text, slot, ast.Return(printed))


def rebound(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield p.data = p.data - ... for p = p - ..., which only gives the name p to another Value."""
    for body in bodies(function):
        for i, node in enumerate(body.content):
            if isinstance(node, ast.AugAssign | ast.Assign):
                target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
                if not isinstance(target, ast.Name):
                    continue
                name = target.id
                if f"{name}.grad" not in code(node):
                    continue
                text = (
                    f"`{code(node)}` only gives the name `{name}` to another Value: the "
                    f"parameter changes if its .data does"
                )
                slot = Slot(body.owner, body.field, i)
                new = copy.deepcopy(node)
                for each in list(slots(new)):
                    held = each.content
                    is_name = isinstance(held, ast.Name) and held.id == name
                    if is_name and not isinstance(each.owner, ast.Attribute):
                        ctx = ast.Store() if isinstance(held.ctx, ast.Store) else ast.Load()
                        each.content = ast.Attribute(ast.Name(name, ast.Load()), "data", ctx)
                yield Edit("the name is rebound", node.lineno, text, slot, new)


def is_guard(node: ast.stmt) -> bool:
    """Return whether the statement decides if the rest of a loop's turn is run."""
    return isinstance(node, ast.If) and isinstance(node.body[-1], ast.Continue)


def too_much(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield each list of statements without one of them."""
    for body in bodies(function):
        statements = body.content
        for i, node in enumerate(statements):
            if isinstance(node, ast.FunctionDef | ast.Return):
                continue
            rest = [*statements[:i], *statements[i + 1 :]] or [ast.Pass()]
            text = f"the line `{code(node)}` does not belong there"
            yield Edit("a line too much", node.lineno, text, body, rest)


def neighbours(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield each list of statements with two neighbours exchanged."""
    for body in bodies(function):
        statements = body.content
        for i in range(len(statements) - 1):
            first, second = statements[i], statements[i + 1]
            if isinstance(second, ast.Return) or is_guard(first):
                continue
            if set_names(first) & set_names(second):
                continue
            swapped = [*statements[:i], second, first, *statements[i + 2 :]]
            text = f"`{code(first)}` comes too early: `{code(second)}` has to come before it"
            yield Edit("wrong order of lines", first.lineno, text, body, swapped)


def set_names(node: ast.stmt) -> set[str]:
    """Return the names that a plain assignment sets, as text; of other statements none."""
    return {code(target) for target in node.targets} if isinstance(node, ast.Assign) else set()


def indentation(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield the last line of a loop behind it, and the line behind a loop as its last one."""
    for body in bodies(function):
        statements = body.content
        for i, node in enumerate(statements):
            if not isinstance(node, ast.For | ast.While | ast.If):
                continue
            loop = copy.copy(node)
            kind = "if" if isinstance(node, ast.If) else "loop"
            if len(node.body) > 1:
                loop.body = node.body[:-1]
                new = [*statements[:i], loop, node.body[-1], *statements[i + 1 :]]
                text = f"`{code(node.body[-1])}` stands inside the {kind}, but belongs behind it"
                yield Edit("in the loop", node.body[-1].lineno, text, body, new)
                front = copy.copy(node)
                front.body = node.body[1:]
                new = [*statements[:i], node.body[0], front, *statements[i + 1 :]]
                text = f"`{code(node.body[0])}` stands inside the {kind}, but belongs before it"
                yield Edit("in the loop", node.body[0].lineno, text, body, new)
            if i + 1 < len(statements) and depends(statements[i + 1], node):
                inner = copy.copy(node)
                inner.body = [*node.body, statements[i + 1]]
                new = [*statements[:i], inner, *statements[i + 2 :]]
                text = (
                    f"`{code(statements[i + 1])}` stands behind the {kind}, but belongs inside it"
                )
                yield Edit("behind the loop", statements[i + 1].lineno, text, body, new)
            if i > 0 and depends(statements[i - 1], node):
                inner = copy.copy(node)
                inner.body = [statements[i - 1], *node.body]
                new = [*statements[: i - 1], inner, *statements[i + 1 :]]
                text = (
                    f"`{code(statements[i - 1])}` stands before the {kind}, but belongs inside it"
                )
                yield Edit("before the loop", statements[i - 1].lineno, text, body, new)


def depends(line: ast.stmt, block: ast.stmt) -> bool:
    """Return whether a line has to do with a loop: it uses a name that the loop sets, or sets one
    that it uses. Whatever has nothing to do with it does not belong inside it.
    """
    if isinstance(block, ast.If):
        return True
    ours, theirs = names_of(line), names_of(block)
    return any(ast.Store in ours[name] | theirs[name] for name in ours.keys() & theirs.keys())


def names_of(node: ast.AST) -> dict[str, set[type]]:
    """Return the names in the code, and whether each is read or set there."""
    uses: dict[str, set[type]] = {}
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            uses.setdefault(each.id, set()).add(type(each.ctx))
    return uses


def attributes_of(function: ast.AST) -> set[str]:
    return {code(node) for node in ast.walk(function) if isinstance(node, ast.Attribute)}


def state_outside(function: ast.AST, lines: list[str]) -> Iterator[Edit]:
    """Yield the function that makes a list itself, in place of one of the file's `lines`."""
    for text in lines:
        line: Any = ast.parse(text).body[0]
        name = code(line.target if isinstance(line, ast.AnnAssign) else line.targets[0])
        if name in names_of(function) or name in attributes_of(function):
            slot = Slot(function, "body")
            sentence = (
                f"make `{name}` here, in the function: outside of it, `{name}` keeps what it holds "
                "from call to call"
            )
            new = [line, *slot.content]
            yield Edit("state outside", slot.content[0].lineno, sentence, slot, new)


def loss_grads(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    for slot in list(slots(function)):
        node = slot.content
        if isinstance(node, ast.expr) and code(node) in LOSS_GRADS and not is_target(slot):
            text = f"`{code(node)}` is the grad of the loss itself, 1: use that of the parameter"
            yield Edit("loss.grad", node.lineno, text, slot, parse("p.grad"), "loss")


def first_places(function: ast.AST, words: list[str]) -> Iterator[Edit]:
    """Yield enumerate() for a loop that asks with .index() where it is."""
    for node in list(ast.walk(function)):
        if not isinstance(node, ast.For | ast.comprehension):
            continue
        held, target = code(node.iter), code(node.target)
        calls = [slot for slot in slots(function) if is_call(slot, f"{held}.index({target})")]
        for slot in calls:
            text = (
                f"`{held}.index({target})` is the place of the first that equals `{target}`: take "
                f"the place from enumerate({held})"
            )
            place = ast.Name("its_place", ast.Load())
            both = ast.Tuple([ast.Name("its_place", ast.Store()), node.target], ast.Store())
            pairs = ast.Call(ast.Name("enumerate", ast.Load()), [node.iter], [])
            places = ((slot, place), (Slot(node, "target"), both), (Slot(node, "iter"), pairs))
            for where, new in places:
                group = f"only together {slot.content.lineno} {slot.content.col_offset}"
                yield Edit("the first place", slot.content.lineno, text, where, new, group)


def is_call(slot: Slot, text: str) -> bool:
    return isinstance(slot.content, ast.Call) and code(slot.content) == text


def exact_statements(function: ast.AST, lines: list[str]) -> Iterator[Edit]:
    """Yield the function with one more line: one that the solution has and this code lacks."""
    done = {purpose(node) for node in ast.walk(function) if isinstance(node, ast.stmt)}
    for body in bodies(function):
        statements = body.content
        if not statements or not isinstance(statements[0], ast.stmt):
            continue
        for text in lines:
            (line,) = ast.parse(text).body
            if purpose(line) in done:
                continue
            for i in range(len(statements) + 1):
                around = statements[min(i, len(statements) - 1)]
                new = [*statements[:i], line, *statements[i:]]
                sentence = f"a line is missing here, which {purpose(line)}"
                yield Edit("a line is missing", around.lineno, sentence, body, new)


def purpose(line: ast.stmt) -> str:
    """Return what a line does, without its right-hand side."""
    if isinstance(line, ast.Assign):
        return f"sets `{code(line.targets[0])}`"
    if isinstance(line, ast.AugAssign):
        return f"changes `{code(line.target)}`"
    if isinstance(line, ast.Return):
        return "returns the result"
    if isinstance(line, ast.Expr) and isinstance(line.value, ast.Call):
        return f"calls `{code(line.value.func)}`"
    if isinstance(line, ast.For) and line.body:
        return f"goes through `{code(line.iter)}` and {purpose(line.body[0])}"
    return f"does `{code(line)}`"


LOSS_GRADS = ("loss.grad", "total.grad", "L.grad")
RULES = (rebound, loss_grads)
USUAL = (assignments, returns, state_outside, first_places)
EXTRAS = (too_much,)
MOVES = (indentation, neighbours)
