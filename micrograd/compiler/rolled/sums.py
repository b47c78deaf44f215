"""Sums in a template: nodes whose terms stand by their kinds.

Rule: a kind says whether terms are subtracted, and which of their factors are constants. A dot
product is a sum from the start.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from micrograd.compiler.nodes import Node, Term
from micrograd.compiler.program import Operand, Operands

TermKind = tuple[bool, tuple[bool, ...]]
PLACES = (), (False,), (False, False)  # of no, one and two factors that are all places
Groups = dict[TermKind, list[Operands]]  # for each kind of terms, a row for each of their factors


@dataclass
class Sum(Node):
    """A sum, with its terms by their kinds."""

    groups: Groups = field(default_factory=dict)

    @property
    def length(self) -> int:
        """How many terms it has."""
        return sum(len(rows[0]) for rows in self.groups.values())


class Extreme(Node):
    """The greatest, or the least, of any number of inputs. It passes no grad on."""


def is_place(x: Operand) -> bool:
    return type(x) is int


def groups_of(terms: Iterable[Term]) -> Groups:
    """Return the terms by kind, and in each of them constants before other factors."""
    rows: dict[TermKind, list[Operands]] = {}
    for negative, factors in terms:
        if float in map(type, factors):
            factors = tuple(sorted(factors, key=is_place))
            kind = negative, tuple([not is_place(x) for x in factors])
        else:
            kind = negative, PLACES[len(factors)]
        rows.setdefault(kind, []).append(factors)
    if len(rows) > 1:
        rows = {kind: rows[kind] for kind in sorted(rows)}
    return {kind: list(zip(*rows[kind])) for kind in rows}


def dot_groups(start: Operands, left: Operands, right: Operands) -> Groups:
    """Return the terms of a dot product of two vectors, and of a start, if it has one."""
    length = min(len(left), len(right))
    left, right = left[:length], right[:length]
    first: list[Term] = [(False, (x,)) for x in start if is_place(x) or x]
    if float in map(type, left) or float in map(type, right):
        return groups_of([*first, *[(False, pair) for pair in zip(left, right)]])
    return {**groups_of(first), (False, (False, False)): [left, right]}


def signature(node: Node) -> tuple[Any, ...]:
    """Return what the members of a kernel have in common; sums of one kind may differ in length."""
    if isinstance(node, Extreme):
        return (True, id(node.op), "of many")
    if not isinstance(node, Sum):
        return (True, id(node.op), *[type(x).__name__ for x in node.inputs])
    counts = {kind: len(rows[0]) for kind, rows in node.groups.items()}
    longest = max(counts, key=counts.__getitem__)
    counts[longest] = 1
    return (True, None, *counts.items())
