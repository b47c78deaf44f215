"""Numbers that all parameters share in a step, such as Adam's corrections, in double precision.

Rule: they depend on the learning rate and the number of the step alone, are computed in float64,
and are rounded once, to the precision of the step. PyTorch computes them in Python's floats. A step
in float64 needs none of this: its machine code computes them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from micrograd import ops
from micrograd.compiler import Program
from micrograd.ops import Op

INPUTS = ("lr", "t")
PLAIN = Program(INPUTS, (), (), (0, 1))  # the two inputs themselves

# The rows that NumPy has; any other row, such as a user's, is computed number by number.
NUMPY: dict[Op, Callable[..., Any]] = {
    ops.add: np.add,
    ops.sub: np.subtract,
    ops.mul: np.multiply,
    ops.div: np.divide,
    ops.neg: np.negative,
    ops.pow: np.power,
    ops.sqrt: np.sqrt,
    ops.exp: np.exp,
    ops.log: np.log,
}


def split(program: Program) -> tuple[Program, Program]:
    """Return (the program of what depends on `lr` and `t` alone, that of the rest).

    The program's first inputs are `lr` and `t`. The rest has the outputs of the first one in their
    place.

    >>> from micrograd.ops import add, mul
    >>> whole = Program(("lr", "t", "p"), (mul, add), ((0, 1), (2, 3)), (4,))
    >>> for program in split(whole):
    ...     print(program)
    t0 = mul lr, t
    return t0
    t0 = add p, rate0
    return t0
    """
    first = len(program.input_names)
    shared = {0: 0, 1: 1}  # from a place in the program to the place in the first one
    for i, operands in enumerate(program.operands):
        if all(isinstance(x, float) or x in shared for x in operands):
            shared[first + i] = len(shared)
    others = [i for i in range(len(program)) if first + i not in shared]
    reads = [x for i in others for x in program.operands[i]] + [*program.outputs]
    rates = sorted({x for x in reads if type(x) is int and x in shared}) or [0]
    inner = [place - first for place in shared if place >= first]
    inputs = (*[f"rate{i}" for i in range(len(rates))], *program.input_names[2:])
    places = {place: i for i, place in enumerate([*rates, *range(2, first)])}
    places |= {first + i: len(places) + k for k, i in enumerate(others)}
    return (
        select_instructions(program, INPUTS, inner, shared, tuple(rates)),
        select_instructions(program, inputs, others, places, program.outputs),
    )


def select_instructions(
    program: Program,
    names: tuple[str, ...],
    instructions: list[int],
    places: dict[int, int],
    outputs: tuple[int | float, ...],
) -> Program:
    """Return some instructions of a program, with new places."""

    def remap(operands: tuple[int | float, ...]) -> tuple[int | float, ...]:
        return tuple([x if isinstance(x, float) else places[x] for x in operands])

    return Program(
        names,
        tuple([program.ops[i] for i in instructions]),
        tuple([remap(program.operands[i]) for i in instructions]),
        remap(outputs),
    )


def compute(shared: Program, rates: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Return the outputs of a first program, a row for each step, given the rates and the numbers.

    >>> compute(PLAIN, np.array([0.1, 0.2]), np.array([1.0, 2.0])).tolist()
    [[0.1, 1.0], [0.2, 2.0]]
    """
    results: list[Any] = [rates, steps]
    with np.errstate(all="ignore"):
        for op, operands in zip(shared.ops, shared.operands):
            inputs = [x if isinstance(x, float) else results[x] for x in operands]
            results.append(column_function(op)(*inputs))
    columns = [x if isinstance(x, float) else results[x] for x in shared.outputs]
    table = np.empty((len(steps), len(columns)))
    for i, column in enumerate(columns):
        table[:, i] = column
    return table


def column_function(op: Op) -> Callable[..., Any]:
    return NUMPY.get(op) or np.vectorize(op.forward, otypes=[float])
