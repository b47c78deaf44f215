"""Partials of a row as programs of its inputs and its result.

Rule: those of a row with a table, which differ in one constant, are one program.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

import numpy as np

from micrograd.compiler.program import Operand, Operands, Program
from micrograd.compiler.simplification import simplify
from micrograd.compiler.trace import Trace, expand, number_inputs, program_of
from micrograd.ops import Op


def partial_program(op: Op, i: int, targets: Container[Op]) -> Program:
    """Return the partial with respect to input `i`, in the ops of the target."""
    recorder = Trace()
    variables = [recorder.variable() for _ in range(len(op.partials) + 1)]
    partial = op.partials[i]
    assert partial is not None
    y = recorder.as_operand(partial(*variables))
    return simplify(expand(program_of(number_inputs(variables), [y]), targets))


def as_one(programs: Sequence[Program]) -> tuple[np.ndarray, Program]:
    """Return programs that differ in one constant as (the constants, one of an input more)."""
    first = programs[0]
    ((line, i),) = [
        (line, i)
        for line, operands in enumerate(first.operands)
        for i, x in enumerate(operands)
        if isinstance(x, float)
    ]
    numbers = np.array([program.operands[line][i] for program in programs])
    return numbers, with_input(first, line, i)


def with_input(program: Program, line: int, i: int) -> Program:
    """Return the program with a new last input in the place of one operand."""
    last = len(program.input_names)

    def shift(x: Operand) -> Operand:
        return x + 1 if isinstance(x, int) and x >= last else x

    rows: list[Operands] = [tuple(map(shift, row)) for row in program.operands]
    rows[line] = (*rows[line][:i], last, *rows[line][i + 1 :])
    names, outputs = (*program.input_names, "k"), tuple(map(shift, program.outputs))
    return Program(names, program.ops, tuple(rows), outputs)


def program_of_op(op: Op) -> Program:
    """Return the program that applies an op to its inputs."""
    count = len(op.partials)
    names = tuple(f"x{i}" for i in range(count))
    return Program(names, (op,), (tuple(range(count)),), (count,))
