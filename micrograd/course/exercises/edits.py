"""Small edits of a learner's code: what one is, where it is made, and how it is undone.

Rule: an edit proves a mistake only together with the checks: if all of them pass after it, what it
undid was the mistake. So an edit may be as bold as it likes, and right code is never refused by it.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass
class Slot:
    """A place in the tree that holds a node, or a list of statements."""

    owner: ast.AST
    field: str
    index: int | None = None

    @property
    def content(self) -> Any:
        held = getattr(self.owner, self.field)
        return held if self.index is None else held[self.index]

    @content.setter
    def content(self, new: Any) -> None:
        if self.index is None:
            setattr(self.owner, self.field, new)
        else:
            getattr(self.owner, self.field)[self.index] = new


@dataclass(frozen=True)
class Edit:
    """A change of one place: what stands there instead, and what was wrong before.

    `name` is the misconception. Edits with the same `group` are also tried all at once. An edit
    that is `certain` undoes what is a mistake in any case, even if others remain.
    """

    name: str
    line: int
    sentence: str
    slot: Slot
    new: Any
    group: str = ""
    certain: bool = False


def slots(node: ast.AST) -> Iterator[Slot]:
    """Yield the places of all expressions and statements below the node."""
    for field, held in ast.iter_fields(node):
        if isinstance(held, list):
            for i, item in enumerate(held):
                if isinstance(item, ast.AST):
                    yield Slot(node, field, i)
                    yield from slots(item)
        elif isinstance(held, ast.AST):
            yield Slot(node, field)
            yield from slots(held)


def bodies(node: ast.AST) -> Iterator[Slot]:
    """Yield the places of all lists of statements below the node, and in it."""
    for each in ast.walk(node):
        for field in ("body", "orelse", "finalbody"):
            if isinstance(getattr(each, field, None), list):
                yield Slot(each, field)


def code(node: ast.AST) -> str:
    """Return the code of a node, short enough for a sentence."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 50 else text[:47] + "..."


def parse(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def apply(edits: Iterable[Edit]) -> Callable[[], None]:
    """Make the edits, and return what undoes them."""
    before = [(edit.slot, edit.slot.content) for edit in edits]
    for edit in edits:
        for node in edit.new if isinstance(edit.new, list) else [edit.new]:
            ast.fix_missing_locations(node)
        edit.slot.content = edit.new

    def undo() -> None:
        for slot, content in before:
            slot.content = content

    return undo


def is_target(slot: Slot) -> bool:
    """Return whether the place is left of an =, or the function of a call."""
    if isinstance(slot.owner, ast.Attribute) and isinstance(slot.owner.ctx, ast.Store):
        return True
    return slot.field in ("target", "targets", "annotation", "decorator_list") or (
        isinstance(slot.content, ast.Name | ast.Attribute)
        and not isinstance(slot.content.ctx, ast.Load)
    )


def is_small(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute | ast.Constant | ast.Subscript) or (
        isinstance(node, ast.Call) and len(code(node)) < 30
    )


Finding = tuple[str, str, Any, str]  # the misconception, the sentence, what is right, the group


def in_expressions(find: Callable[[Any], Iterable[Finding]]) -> Callable:
    """Return the table's entry that looks at each expression of a function."""

    def edits(function: ast.AST, words: list[str]) -> Iterator[Edit]:
        for slot in list(slots(function)):
            node = slot.content
            if isinstance(node, ast.expr) and not is_target(slot):
                for name, sentence, new, group in find(node):
                    yield Edit(name, node.lineno, sentence, slot, new, group)

    return edits
