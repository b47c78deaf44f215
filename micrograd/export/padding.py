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
    zeros: set[Operand] = set()
    replacement: list[Operand] = list(range(inputs + len(program)))
    remapped = []
    for place, (op, operands) in enumerate(zip(program.ops, program.operands), inputs):
        operands = remap(operands, replacement)
        remapped.append(operands)
        if op is mul and is_padding(operands, range(first, inputs)):
            zeros.add(place)
        elif op is add and not zeros.isdisjoint(operands):
            left, right = operands
            replacement[place] = right if left in zeros else left
    outputs = remap(program.outputs, replacement)
    return Program(program.input_names, program.ops, tuple(remapped), outputs)


def is_padding(factors: tuple[Operand, ...], parameters: range) -> bool:
    """Return whether the factors are 0 and a parameter, in either order."""
    numbers = [x for x in factors if isinstance(x, float)]
    return numbers == [0.0] and any(x in parameters for x in factors if isinstance(x, int))
