"""Nodes: the instructions of a program, with each chain of additions or maxima as one.

Rule: a node is an op of its inputs or a sum of terms, where a term is one operand or the product of
two. A product, sum or negation that only one sum reads is fused into that sum, and a maximum that
only another one reads into that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from micrograd.compiler.program import Operand, Operands, Program
from micrograd.ops import Op, add, maximum, minimum, mul, neg, sub

Term = tuple[bool, Operands]  # whether it is subtracted, and its one or two factors

IN_A_SUM: tuple[Op, ...] = (add, sub, mul, neg)
PRODUCTS: tuple[Op, ...] = (mul,)
EXTREMES: tuple[Op, ...] = (maximum, minimum)  # of any number of inputs, in any order


def takes_many(op: Op | None, inputs: Sequence[Any]) -> bool:
    """Return whether an op has another number of inputs than its row, as a maximum of many."""
    return op is not None and len(inputs) != len(op.partials)


@dataclass
class Node:
    """An op of inputs or, if `op` is None, a sum of terms. A mean is over the examples."""

    place: int  # of a mean: -1 - the number of the output
    op: Op | None
    inputs: Operands = ()
    terms: list[Term] = field(default_factory=list)
    is_mean: bool = False
    term_kinds: list[tuple[Any, ...]] = field(default_factory=list)  # set by the planner

    def operands(self) -> Iterable[Operand]:
        return self.inputs or [x for _, factors in self.terms for x in factors]


def nodes_of(
    program: Program, varies: Sequence[bool], means: Iterable[int], exact: bool
) -> list[Node]:
    """Return the nodes of a program, each after those that it is computed from."""
    fused = fused_places(program, varies, means, exact)
    first = len(program.input_names)
    nodes: list[Node] = []
    for place, (op, inputs) in enumerate(zip(program.ops, program.operands), first):
        if fused[place]:
            continue
        if op in (add, sub):
            nodes.append(Node(place, None, terms=terms_of(program, place, fused)))
        elif op in EXTREMES:
            nodes.append(Node(place, op, inputs_of(program, place, fused)))
        else:
            nodes.append(Node(place, op, inputs))
    for output in sorted(means):
        x = program.outputs[output]
        is_product = isinstance(x, int) and x >= first and fused[x]
        factors = program.operands[int(x) - first] if is_product else (x,)
        nodes.append(Node(-1 - output, None, terms=[(False, factors)], is_mean=True))
    return nodes


def dependencies_of(nodes: Sequence[Node]) -> list[list[int]]:
    """Return, for each node, the indices of the nodes that it is computed from."""
    index = {node.place: i for i, node in enumerate(nodes)}
    return [[index[x] for x in node.operands() if type(x) is int and x in index] for node in nodes]


def fused_places(
    program: Program, varies: Sequence[bool], means: Iterable[int], exact: bool
) -> bytearray:
    """Return 1 for each place that exists only as a part of a sum or of a mean, 0 for each other.

    With `exact` the order of additions stays, so a sum on the right of another is not fused. A sum
    that is subtracted never is: `x - (y + z)` is 0 where x is y + z, and `x - y - z` may not be.
    """
    first, uses = len(program.input_names), program.uses()
    ops = [None] * first + list(program.ops)
    fused = bytearray(len(ops))
    outputs = {x for x in program.outputs if isinstance(x, int)}

    def fuse(x: Operand, into: int, kinds: tuple[Op, ...]) -> None:
        if not isinstance(x, int) or uses[x] > 1 or x in outputs:
            return
        if ops[x] in kinds and varies[x] == varies[into]:
            fused[x] = 1

    for place in range(len(ops) - 1, first - 1, -1):
        op, inputs = ops[place], program.operands[place - first]
        if op in (add, sub):
            fuse(inputs[0], place, IN_A_SUM)
            fuse(inputs[1], place, PRODUCTS if exact or op is sub else IN_A_SUM)
        elif op is neg and fused[place]:
            fuse(inputs[0], place, PRODUCTS)
        elif op in EXTREMES:
            for x in inputs:
                fuse(x, place, (op,))
    for output in means:
        x = program.outputs[output]
        if isinstance(x, int) and ops[x] is mul and uses[x] == 1 and varies[x]:
            fused[x] = 1
    return fused


def inputs_of(program: Program, root: int, fused: Sequence[int]) -> Operands:
    """Return the inputs of a chain of one op that ends at the place `root`, in order."""
    first = len(program.input_names)
    inputs: list[Operand] = []
    waiting: list[Operand] = [root]
    while waiting:
        x = waiting.pop()
        if isinstance(x, int) and (x == root or fused[x]):
            waiting += reversed(program.operands[x - first])
        else:
            inputs.append(x)
    return tuple(inputs)


def terms_of(program: Program, root: int, fused: Sequence[int]) -> list[Term]:
    """Return the terms of the sum at the place `root`, in order."""
    first = len(program.input_names)
    terms: list[Term] = []
    waiting: list[tuple[bool, Operand]] = [(False, root)]
    while waiting:
        negative, x = waiting.pop()
        if not (isinstance(x, int) and (x == root or fused[x])):
            terms.append((negative, (x,)))
            continue
        op, inputs = program.ops[x - first], program.operands[x - first]
        if op is mul:
            terms.append((negative, inputs))
        elif op is neg:
            waiting.append((not negative, inputs[0]))
        else:
            waiting.append((negative != (op is sub), inputs[1]))
            waiting.append((negative, inputs[0]))
    return terms
