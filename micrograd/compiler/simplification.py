"""Simplifying a program, without changing a bit of what it computes.

Rule: only identities of IEEE 754 that hold to the last bit. x * 1.0 is x; but x * 0.0 is not 0.0
(x may be infinite), and x + 0.0 is not x (x may be -0.0).
"""

from math import copysign

from micrograd.compiler.program import Operand, Program
from micrograd.compiler.trace import moved
from micrograd.ops import add, div, mul, neg, sub

# for x as the left input and as the right one: the number on the other side that leaves x as it is
NEUTRAL = {mul: (1.0, 1.0), div: (1.0, None), add: (-0.0, -0.0), sub: (0.0, None)}


def simplify(program: Program) -> Program:
    """The same outputs from fewer instructions: see the passes."""
    for a_pass in PASSES:
        program = a_pass(program)
    return program


def fold(program: Program) -> Program:
    """mul x, 1.0  becomes  x;  tanh 0.5  becomes  0.46211715726000973;  a repeated line, the first.

    One walk, since each of the three makes room for the others.
    """
    known: list[Operand] = list(range(len(program.names)))  # what each place has become
    ops, rows, seen = [], [], {}
    for op, inputs in zip(program.ops, program.inputs):
        inputs = moved(inputs, known)
        same, key = None, (op, inputs)
        if float in map(type, inputs):
            same = unchanged(op, inputs)
            key = (op, *[x if type(x) is int else x.hex() for x in inputs])  # 0.0 is not -0.0
        if same is None:
            same = seen.setdefault(key, len(program.names) + len(ops))
            if same == len(program.names) + len(ops):
                op, inputs = negated(op, inputs)
                ops.append(op)
                rows.append(inputs)
        known.append(same)
    return Program(program.names, tuple(ops), tuple(rows), moved(program.outputs, known))


def unchanged(op, inputs: tuple) -> Operand | None:
    """The number or the place that the instruction's result is; None if it has to be computed."""
    if len(inputs) == 2 and op in NEUTRAL:
        by_left, by_right = NEUTRAL[op]
        if is_number(inputs[1], by_left):
            return inputs[0]
        if is_number(inputs[0], by_right):
            return inputs[1]
    if int not in map(type, inputs):
        return float(op.forward(*inputs))
    return None


def negated(op, inputs: tuple) -> tuple:
    """mul -1.0, x  is  neg x."""
    if op is mul and float in map(type, inputs):
        for number, x in (inputs, inputs[::-1]):
            if is_number(number, -1.0):
                return neg, (x,)
    return op, inputs


def is_number(x: Operand, number: float | None) -> bool:
    return type(x) is float and x == number and copysign(1.0, x) == copysign(1.0, number)


def drop(program: Program) -> Program:
    """Without the instructions that no output needs."""
    first = len(program.names)
    needed = bytearray(first + len(program))
    for x in program.outputs:
        if type(x) is int:
            needed[x] = 1
    for place in range(first + len(program) - 1, first - 1, -1):
        if needed[place]:
            for x in program.inputs[place - first]:
                if type(x) is int:
                    needed[x] = 1
    place = list(range(first))
    kept = first
    for i in range(first, len(needed)):
        place.append(kept)
        kept += needed[i]

    lines = [i for i in range(len(program)) if needed[first + i]]
    return Program(
        program.names,
        tuple([program.ops[i] for i in lines]),
        tuple([moved(program.inputs[i], place) for i in lines]),
        moved(program.outputs, place),
    )


PASSES = (fold, drop)
