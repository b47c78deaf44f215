"""Repairs: which small edit of a learner's code makes it pass all checks, and so names its mistake.

Rule: an edit is told only if all checks pass after it, or if it undoes what is a mistake in any
case. Nothing is tried in functions that the learner has not changed, nor in lines that the solution
has, too. If edits of two kinds mend everything, both are told.
"""

import ast
import builtins
import contextlib
import io
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from micrograd.course.exercises import expression_edits, statement_edits
from micrograd.course.exercises.checking import without_reasons
from micrograd.course.exercises.code_rules import CONTAINERS, RULES, statements
from micrograd.course.exercises.edits import Edit, apply, code, is_small, is_target, slots
from micrograd.course.exercises.given_lines import given_lines, kept_lines
from micrograd.course.exercises.parenthesis_edits import MISSING, OR_MISPLACED
from micrograd.course.exercises.task import Task
from micrograd.course.exercises.time_limit import TakesTooLong, limited

SECONDS = 3.0  # of computing for all trials together
SECONDS_OF_ONE = 1.0  # after which a trial has failed: perhaps it has no end
PATH = "<repaired>"
FAR_GROUPS = {"+=", "-=", "twice", "shared", "without round"}  # one mistake, in several functions
DRAWS = {"uniform", "gauss", "randint", "randrange", "choice", "choices", "sample", "shuffle"}
KINDS = {"hasattr", "isinstance", "getattr", "type"}  # functions that ask what a thing is
ONLY_TOGETHER = "only together"  # begins the name of a group of edits that are not tried alone
LONGEST_WORD = 12  # characters: a longer one would be the solution


# the most specific first, since the first edit that mends everything gives the name
BEFORE_SIGNS = (statement_edits.USUAL, expression_edits.ALONE, [given_lines], statement_edits.MOVES)
RETURNS = ([statement_edits.returns], [statement_edits.indentation])
BEHIND_SIGNS = (
    [*expression_edits.EXTRAS, *expression_edits.OTHER_WORDS],
    [*statement_edits.EXTRAS, *expression_edits.MORE_WORDS],
    [expression_edits.missing_calls],
    expression_edits.BOLD,
    [statement_edits.exact_statements],
)


@dataclass(frozen=True)
class Cause:
    """The mistake in a learner's code: one sentence, and its short name."""

    sentence: str
    misconception: str


def find_cause(
    task: Task,
    source: str,
    failed: int,
    rules_only: bool = False,
    returned: bool = True,
    drawn: Any = None,
) -> Cause | None:
    """Return the mistake that a small edit undoes, None if no such edit is found.

    `failed` is the number of the first check that fails. With `rules_only`, only what is a mistake
    in any case is looked for. Where nothing is `returned`, only a return is looked for. `drawn` is
    the state of `random` in which the check fails.
    """
    trials = Trials(task, source, failed, drawn)
    certain: list[Edit] = []
    with contextlib.suppress(TakesTooLong):
        for one in trials.stage((*RULES, *statement_edits.RULES)):
            certain += [edit for edit in one if edit.certain and edit not in certain]
            if trials.succeed(one):
                return cause(one)
        if not certain and not rules_only and not returned:
            return trials.first(RETURNS)
        if not certain and not rules_only and (searched := trials.search()):
            return searched
    if certain or rules_only:
        return cause(certain) if certain else None
    return trials.unused_name()


def cause(together: list[Edit]) -> Cause:
    """Return the sentence for edits that belong together, with the lines."""
    first = together[0]
    lines = sorted({edit.line for edit in together})
    where = f"line {lines[0]}"
    if len(lines) > 1:
        where = f"lines {', '.join(map(str, lines[:-1]))} and {lines[-1]}"
    return Cause(f"{where}: {first.sentence.rstrip('?')}.", first.name)


def cause_of_both(parentheses: Cause) -> Cause:
    """Return the cause if parentheses mend everything, and a sign does, too."""
    begin, missing, place = parentheses.sentence.partition(MISSING)
    place = place.rstrip(".").removesuffix(OR_MISPLACED)
    if not missing or not place:
        return Cause(f"{parentheses.sentence.rstrip('.')}; or a sign is wrong there.", "a sign")
    return Cause(f"{begin}a sign is wrong, or {MISSING},{place}.", "a sign")


def sign_cause(signs: list[list[Edit]]) -> Cause | None:
    """Return the cause if a changed sign mends everything; several places may have that effect."""
    changed = [edits for edits in signs if edits[0].name != "a minus missing"]
    if len(changed) == 1 or len(signs) == 1:
        return cause((changed or signs)[0])
    signs = changed or signs
    if not signs:
        return None
    places = [{edit.line for edit in edits} for edits in signs]
    fewest = [lines for lines in places if not any(other < lines for other in places)]
    lines = sorted(set().union(*fewest))
    together = all(each == fewest[0] for each in fewest)
    where = f"in line {lines[0]}"
    if len(lines) > 1:
        first = ", ".join(map(str, lines[:-1]))
        where = (
            f"in lines {first} and {lines[-1]}" if together else f"in line {first} or {lines[-1]}"
        )
    return Cause(f"a sign is wrong {where}.", "wrong sign")


def pair_cause(pairs: list[list[Edit]]) -> Cause | None:
    """Return the cause if two things, exchanged, mend everything; there may be several pairs."""
    if not pairs:
        return None
    edits = [together[0] for together in pairs]
    shown = " or ".join(dict.fromkeys(f"`{code(edit.slot.content)}`" for edit in edits))
    text = f"line {edits[0].line}: in {shown} the two are in the wrong order."
    return Cause(text, "wrong order")


class Trials:
    """A learner's tree, in which edits are tried out."""

    def __init__(self, task: Task, source: str, failed: int, drawn: Any):
        self.task, self.failed, self.drawn = task, failed, drawn
        self.tree = ast.parse(source)
        self.until = time.process_time() + SECONDS
        self.chosen: dict[tuple, list[str]] = {}  # the words for edits, by their kind and function
        starter = functions(ast.parse(task.starter))
        solved = functions(ast.parse(task.solution))
        own = functions(self.tree)
        self.changed = [
            node for name, node in own.items()
            if name not in starter or ast.dump(node) != ast.dump(starter[name])
        ]  # fmt: skip
        self.given = {
            node: kept_lines(starter.get(name), solved.get(name)) for name, node in own.items()
        }
        self.solved = [
            node for name, node in solved.items()
            if name not in starter or ast.dump(node) != ast.dump(starter[name])
        ]  # fmt: skip
        self.innocent = parts_beyond_doubt(self.changed)
        self.right = parts_of_the_solution(self.changed, list(solved.values()))
        self.complete = operands_of_the_solution(self.changed, self.solved)

    def stage(self, kinds: Iterable[Any]) -> Iterator[list[Edit]]:
        """Yield the edits of these kinds, each alone, and those of one group together."""
        for kind in kinds:
            everywhere: dict[str, list[list[Edit]]] = {}
            for function in self.changed:
                edits = kind(function, self.words(kind, function))
                choices = self.without_innocent(edits, kind)
                groups: dict[str, list[Edit]] = {}
                for edit in choices:
                    if edit.group:
                        groups.setdefault(edit.group, []).append(edit)
                    if not edit.group.startswith(ONLY_TOGETHER):
                        yield [edit]
                yield from (group for group in groups.values() if len(group) > 1)
                yield from self.pairs(groups)
                for name in groups.keys() & FAR_GROUPS:
                    everywhere.setdefault(name, []).append(groups[name])
            yield from ([*chain(*parts)] for parts in everywhere.values() if len(parts) > 1)

    def without_innocent(self, edits: Iterable[Edit], kind: Any) -> list[Edit]:
        """Return the edits of what may be wrong; those that go only together stay together.

        Signs are looked for in all lines, since a line with another one may go with any of them.
        """
        edits = list(edits)
        innocent = self.innocent
        if kind not in expression_edits.SIGNS:
            innocent = innocent | self.right
        if kind is expression_edits.missing_calls:
            innocent = innocent | self.complete
        guilty = [edit for edit in edits if id(edit.slot.content) not in innocent]
        together = [edit.group for edit in edits if edit.group.startswith(ONLY_TOGETHER)]
        kept = [edit.group for edit in guilty]
        broken = {group for group in together if kept.count(group) < together.count(group)}
        return [edit for edit in guilty if edit.group not in broken]

    def first(self, stages: Iterable[Any]) -> Cause | None:
        """Return the cause by the first edit after which all checks pass."""
        for stage in stages:
            for one in self.stage(stage):
                if self.succeed(one):
                    return cause(one)
        return None

    def search(self) -> Cause | None:
        """Return the cause by edits that are mistakes only if all checks pass after them."""
        first = self.first(BEFORE_SIGNS)
        if first and first.misconception != "parentheses":
            return first
        signs = self.all_that_succeed(expression_edits.SIGNS)
        if first and signs:
            return cause_of_both(first)
        pairs = self.all_that_succeed([expression_edits.exchanged_items])
        return first or sign_cause(signs) or pair_cause(pairs) or self.first(BEHIND_SIGNS)

    def unused_name(self) -> Cause | None:
        """Return the first name that is never used, unless the solution leaves it unused, too."""
        right = {name for function in self.solved for name, _ in unused_names(function)}
        rows = [row for function in self.changed for row in unused_names(function)]
        return next(
            (Cause(text, "an unused name") for name, text in rows if name not in right), None
        )

    def all_that_succeed(self, kinds: Iterable[Any]) -> list[list[Edit]]:
        """Return all edits of these kinds after which all checks pass."""
        return [one for one in self.stage(kinds) if self.succeed(one)]

    def pairs(self, groups: dict[str, list[Edit]]) -> Iterator[list[Edit]]:
        """Yield two edits of a group that has a few more."""
        for group in groups.values():
            if 2 < len(group) <= 4:
                for i, first in enumerate(group):
                    yield from ([first, second] for second in group[i + 1 :])

    def words(self, kind: Any, function: ast.AST) -> list[str]:
        """Return what an edit of that kind takes from the solution, as far as names are known."""
        if kind is given_lines:
            return self.given[function]
        if kind in WITHOUT_WORDS:
            return []
        if kind is statement_edits.state_outside:
            return containers_in(self.tree)
        if kind is statement_edits.assignments:
            return targets_of(self.solved)
        choose = CHOICES.get(kind, small_words)
        if (choose, function) not in self.chosen:
            self.chosen[choose, function] = self.usable_words(choose(self.solved), function)
        return self.chosen[choose, function]

    def usable_words(self, choices: list[str], function: ast.AST) -> list[str]:
        """Return those words whose names the function knows."""
        modules = modules_in(self.tree)
        choices = [word for word in choices if word not in modules]
        names = names_in(function) | set(dir(builtins)) | names_of_module(self.tree)
        return [word for word in choices if names_used(word.replace("{}", "(0)")) <= names]

    def succeed(self, together: list[Edit]) -> bool:
        """Return whether all checks pass after these edits."""
        if time.process_time() > self.until:
            raise TakesTooLong
        undo = apply(together)
        try:
            return self.passes()
        finally:
            undo()

    def passes(self) -> bool:
        """Return whether the tree, as it is now, passes all checks."""
        names: dict[str, Any] = {"__name__": "answer", "__file__": PATH}
        silence = contextlib.redirect_stdout(io.StringIO())
        with silence, without_reasons(), limited(SECONDS_OF_ONE, PATH):
            try:
                exec(compile(self.tree, PATH, "exec", optimize=0), names)
                checks = self.task.checks(names)
                first = checks[self.failed]
                if self.drawn:
                    random.setstate(self.drawn)
                for check in (first, first, *checks):
                    check()
            except Exception:
                return False
            except TakesTooLong:
                return False
        return True


def parts_of_the_solution(own: list[ast.AST], solved: list[ast.AST]) -> set[int]:
    """Return the ids of the nodes in lines that the solution has, word for word."""
    right = {ast.dump(node) for function in solved for node in simple_statements(function)}
    lines = [node for function in own for node in simple_statements(function)]
    return {id(node) for one in lines if ast.dump(one) in right for node in ast.walk(one)}


def unused_names(function: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield each name that is never read, and the sentence about it. A += reads what it changes."""
    read = read_or_changed(function) | names_outside(function)
    for _, _, node in statements(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) if name not in read:
                yield name, f"line {node.lineno}: `{name}` gets a value that is never used."
            case ast.For(target=ast.Name(id=name), iter=ast.Name() | ast.Attribute()) if (
                name not in read
            ):
                yield name, f"line {node.lineno}: `{name}` is never used."


def read_or_changed(function: ast.AST) -> set[str]:
    """Return the names whose values the function reads or changes."""
    nodes = list(ast.walk(function))
    changed = {code(node.target) for node in nodes if isinstance(node, ast.AugAssign)}
    names = [node for node in nodes if isinstance(node, ast.Name)]
    return changed | {node.id for node in names if not isinstance(node.ctx, ast.Store)}


def names_outside(function: ast.AST) -> set[str]:
    """Return the names that a function declares global or nonlocal, and `_`."""
    nodes = [node for node in ast.walk(function) if isinstance(node, ast.Global | ast.Nonlocal)]
    return {"_", *(name for node in nodes for name in node.names)}


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


def nodes_of(functions: list[ast.AST]) -> Iterator[ast.AST]:
    return (node for function in functions for node in ast.walk(function))


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


# ---------------------------------------------------------------------------- words of the solution


def small_words(solved: list[ast.AST]) -> list[str]:
    """Return the names, attributes and short calls that the solution uses."""
    words: dict[str, None] = {}
    for function in solved:
        for slot in slots(function):
            node = slot.content
            if not isinstance(node, ast.expr) or isinstance(node, ast.Constant):
                continue
            if is_word(node) and not is_target(slot) and slot.field != "func":
                words[code(node)] = None
    return list(words)


def is_word(node: ast.expr) -> bool:
    """Return whether an expression is short enough to be told: out.grad, len(ys), exp(2 * x)."""
    return is_small(node) and len(code(node)) <= LONGEST_WORD


def targets_of(solved: list[ast.AST]) -> list[str]:
    """Return what the solution adds to, or subtracts from, with += or -=."""
    nodes = [node for function in solved for node in ast.walk(function)]
    return [code(node.target) for node in nodes if isinstance(node, ast.AugAssign)]


def call_patterns(solved: list[ast.AST]) -> list[str]:
    """Return what the solution does with a single operand: "abs({})", "{}.tanh()", "{} ** 2"."""
    patterns: dict[str, None] = {"{}.data": None, "list({})": None}
    for function in solved:
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Attribute(attr=name), args=[]):
                    patterns[f"{{}}.{name}()"] = None
                case ast.Call(func=ast.Name(id=name), args=[_]):
                    patterns[f"{name}({{}})"] = None
                case ast.Call(func=ast.Attribute() as function_name, args=[_]):
                    patterns[f"{code(function_name)}({{}})"] = None
                case ast.BinOp(left=ast.Constant(value=x), op=operator):
                    patterns[f"{x!r} {SYMBOLS.get(type(operator), '+')} {{}}"] = None
                case ast.BinOp(op=operator, right=ast.Constant(value=x)):
                    patterns[f"{{}} {SYMBOLS.get(type(operator), '+')} {x!r}"] = None
    return list(patterns)


SYMBOLS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}


def lines_of(solved: list[ast.AST]) -> list[str]:
    """Return the solution's lines, and its loops of one line."""
    lines: dict[str, None] = {}
    for function in solved:
        for node in ast.walk(function):
            simple = isinstance(node, ast.Assign | ast.AugAssign | ast.Expr)
            short = isinstance(node, ast.For) and len(node.body) == 1
            if simple or short:
                lines[ast.unparse(node)] = None
    return list(lines)


def names_in(function: ast.AST) -> set[str]:
    """Return the names that a function takes or sets."""
    taken = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    defined = {node.name for node in ast.walk(function) if isinstance(node, ast.FunctionDef)}
    stored = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return taken | defined | stored


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


def modules_in(tree: ast.Module) -> set[str]:
    """Return the names of the modules that the file imports."""
    imports = [node for node in tree.body if isinstance(node, ast.Import)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


def names_used(text: str) -> set[str]:
    """Return the names that the code reads, and does not set itself."""
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    stored = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
    return {node.id for node in nodes} - stored


CHOICES = {
    expression_edits.missing_calls: call_patterns,
    statement_edits.exact_statements: lines_of,
}
WITHOUT_WORDS = {*RULES, *statement_edits.RULES}
