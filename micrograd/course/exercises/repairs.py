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
from itertools import chain
from typing import Any

from micrograd.course.exercises import expression_edits, statement_edits
from micrograd.course.exercises.causes import (
    Cause,
    cause,
    cause_of_both,
    pair_cause,
    sign_cause,
)
from micrograd.course.exercises.checking import without_reasons
from micrograd.course.exercises.code_rules import RULES
from micrograd.course.exercises.edits import Edit, apply
from micrograd.course.exercises.given_lines import given_lines, kept_lines
from micrograd.course.exercises.innocent_parts import (
    operands_of_the_solution,
    parts_beyond_doubt,
    parts_of_the_solution,
)
from micrograd.course.exercises.names_in_code import (
    containers_in,
    functions,
    modules_in,
    names_in,
    names_of_module,
    names_used,
)
from micrograd.course.exercises.solution_words import (
    call_patterns,
    lines_of,
    small_words,
    targets_of,
)
from micrograd.course.exercises.task import Task
from micrograd.course.exercises.time_limit import TakesTooLong, limited
from micrograd.course.exercises.unused_names import unused_names

SECONDS = 3.0  # of computing for all trials together
SECONDS_OF_ONE = 1.0  # after which a trial has failed: perhaps it has no end
PATH = "<repaired>"
FAR_GROUPS = {"+=", "-=", "twice", "shared", "without round"}  # one mistake, in several functions
ONLY_TOGETHER = "only together"  # begins the name of a group of edits that are not tried alone

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
CHOICES = {  # the words for a kind of edit, if they are not the small ones
    expression_edits.missing_calls: call_patterns,
    statement_edits.exact_statements: lines_of,
}
WITHOUT_WORDS = {*RULES, *statement_edits.RULES}


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
