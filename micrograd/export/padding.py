"""Padding: products of parameters and constant zeros, which are left out of sums.

Rule: x + p * 0.0 is x for every finite parameter p. One that is infinite or nan makes nan of the
places at which it meets an image, but no longer of those at which it meets the zeros beside it.
"""

from __future__ import annotations

from micrograd.compiler import Operand, Program, remap
from micrograd.ops import add, mul


def without_padding(program: Program, first: int) -> Program:
    """Return the program without products of 0 and a parameter among the terms of its sums.

    The parameters are the inputs from place `first` on.

    >>> operands = ((0, 1), (1, 0.0), (0, 2), (4, 3))
    >>> print(without_padding(Program(("x", "p"), (mul, mul, add, add), operands, (5,)), 1))
    t0 = mul x, p
    t1 = mul p, 0.0
    t2 = add x, t0
    t3 = add t2, t1
    return t2
    """
    inputs = len(program.input_names)
    lines = list(enumerate(zip(program.ops, program.operands), inputs))
    parameters = range(first, inputs)
    zeros = {place for place, (op, x) in lines if op is mul and is_padding(x, parameters)}
    if not zeros:
        return program

    def is_zero(x: Operand) -> bool:
        return isinstance(x, int) and x in zeros

    replacement: list[Operand] = list(range(inputs + len(program)))
    remapped = []
    for place, (op, before) in lines:
        operands = remap(before, replacement)
        remapped.append(operands)
        if op is add and any(map(is_zero, operands)):
            left, right = operands
            replacement[place] = right if is_zero(left) else left
    outputs = remap(program.outputs, replacement)
    return Program(program.input_names, program.ops, tuple(remapped), outputs)


def is_padding(factors: tuple[Operand, ...], parameters: range) -> bool:
    """Return whether the factors are 0 and a parameter, in either order."""
    if float not in map(type, factors):
        return False
    numbers = [x for x in factors if isinstance(x, float)]
    return numbers == [0.0] and any(x in parameters for x in factors if isinstance(x, int))
