"""Simplifying a program, without changing a bit of what it computes.

Rule: only identities of IEEE 754 that hold to the last bit. x * 1.0 is x, but x * 0.0 is not 0.0
(x may be infinite), and x + 0.0 is not x (x may be -0.0).
"""

from itertools import accumulate
from math import copysign
from typing import Any

from micrograd.compiler.program import Operand, Operands, Program
from micrograd.compiler.trace import remap
from micrograd.ops import Op, add, div, mul, neg, sub

# Each op's neutral number on the right of x, and on the left: x * 1.0 is x, and so is 1.0 * x.
NEUTRAL: dict[Op, tuple[float | None, float | None]] = {
    mul: (1.0, 1.0),
    div: (1.0, None),
    add: (-0.0, -0.0),
    sub: (0.0, None),
}


def simplify(program: Program) -> Program:
    """Return a program with the same outputs and fewer instructions, by the passes below."""
    for run_pass in PASSES:
        program = run_pass(program)
    return program


def fold(program: Program) -> Program:
    """mul x, 1.0  becomes  x;  tanh 0.5  becomes  0.46211715726000973;  a repeated line, the first.

    These are one walk, because each of the three makes room for the others.
    """
    first = len(program.input_names)
    replacement: list[Operand] = list(range(first))  # what each place has become
    new_ops: list[Op] = []
    new_operands: list[Operands] = []
    seen: dict[Any, int] = {}
    for op, operands in zip(program.ops, program.operands):
        operands = remap(operands, replacement)
        existing: Operand | None = None
        key: tuple[Any, ...] = (op, operands)
        if float in map(type, operands):
            existing = trivial_result(op, operands)
            # hex tells 0.0 from -0.0
            key = (op, *[x.hex() if isinstance(x, float) else x for x in operands])
        if existing is None:
            place = first + len(new_ops)
            existing = seen.setdefault(key, place)
            if existing == place:
                op, operands = as_negation(op, operands)
                new_ops.append(op)
                new_operands.append(operands)
        replacement.append(existing)
    outputs = remap(program.outputs, replacement)
    return Program(program.input_names, tuple(new_ops), tuple(new_operands), outputs)


def trivial_result(op: Op, operands: Operands) -> Operand | None:
    """Return the number or the place that the result is, or None if it has to be computed."""
    if len(operands) == 2 and op in NEUTRAL:
        on_right, on_left = NEUTRAL[op]
        if is_number(operands[1], on_right):
            return operands[0]
        if is_number(operands[0], on_left):
            return operands[1]
    if int in map(type, operands):
        return None
    result = op.forward(*operands)
    return None if isinstance(result, tuple) else float(result)  # a vector is no number


def as_negation(op: Op, operands: Operands) -> tuple[Op, Operands]:
    """mul -1.0, x  becomes  neg x."""
    if op is mul and float in map(type, operands):
        for number, x in (operands, operands[::-1]):
            if is_number(number, -1.0):
                return neg, (x,)
    return op, operands


def is_number(x: Operand, number: float | None) -> bool:
    if number is None or not isinstance(x, float):
        return False
    return x == number and copysign(1.0, x) == copysign(1.0, number)


def drop(program: Program) -> Program:
    """Return the program without the instructions that no output needs."""
    first = len(program.input_names)
    needed = needed_places(program)
    if all(needed[first:]):
        return program
    # The new place of an instruction is the number of places before it that stay.
    places = [*range(first), *accumulate(needed[first:], initial=first)]
    lines = [i for i in range(len(program)) if needed[first + i]]
    return Program(
        program.input_names,
        tuple([program.ops[i] for i in lines]),
        tuple([remap(program.operands[i], places) for i in lines]),
        remap(program.outputs, places),
    )


def needed_places(program: Program) -> bytearray:
    """Return 1 for each place that an output needs, and 0 for each other."""
    first = len(program.input_names)
    needed = bytearray(first + len(program))
    for x in program.outputs:
        if isinstance(x, int):
            needed[x] = 1
    for place in range(len(needed) - 1, first - 1, -1):
        if needed[place]:
            for x in program.operands[place - first]:
                if type(x) is int:
                    needed[x] = 1
    return needed


PASSES = (fold, drop)
