"""The rule of an optimizer in C: a loop over the parameters, with straight lines for one of them.

Rule: what depends on the learning rate and on the number of the step alone is computed once a step,
in double, as in compiled steps. `state` begins with the number of the step, if the rule reads it;
then each parameter has its numbers, side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from micrograd.compiler import (
    SHARED,
    Operand,
    Program,
    expand,
    fit_access,
    program_of,
    simplify,
)
from micrograd.export.c_kernels import KernelWriter, affine
from micrograd.export.c_ops import DOUBLE, CType
from micrograd.optim import Optimizer
from micrograd.transforms import State, record

INPUTS = ("lr", "t", "p", "grad")  # of a rule; behind them, the numbers of its state
STEP = 1  # the place of the step's number among them


def trace_rule(optimizer: Optimizer, real: CType) -> Program:
    """Return the program of one parameter after a step, and of its state."""
    names = [*INPUTS, *(f"s{i}" for i in range(len(optimizer.start)))]
    with record(State(optimizer.update)) as recorder:
        variables = [recorder.trace.variable() for _ in names]
        lr, t, p, grad, *state = variables
        new, new_state = optimizer.update(p, grad, tuple(state), lr, t)
        outputs = [recorder.as_result(x) for x in (new, *new_state)]
    return simplify(expand(program_of(dict(zip(variables, names)), outputs), real))


class RuleWriter:
    """Writes the step of the parameters at `places`, in this order, with the lines of a kernel."""

    def __init__(self, optimizer: Optimizer, places: np.ndarray, writer: KernelWriter) -> None:
        self.program = trace_rule(optimizer, writer.tables.real)
        self.places, self.writer, self.real = places, writer, writer.tables.real
        self.counts_steps = self.program.uses()[STEP] > 0
        self.numbers = len(optimizer.start)  # of a parameter's state
        self.names = list(self.program.input_names)
        self.rates = {0, STEP}  # the places that all parameters share

    def write(self) -> None:
        """Write what is computed once a step, then the loop over the parameters."""
        rates, values = self.instructions()
        if self.counts_steps:
            self.writer.line("const double t = state[0] += 1;")
        self.write_lines(rates)
        with self.writer.loops((len(self.places),), declares=True):
            lines = [*values, *self.updates()]
            words = set(re.findall(r"\w+", " ".join(lines)))
            for name, source in self.inputs():
                if name in words:
                    self.writer.line(f"const {self.real.name} {name} = {source};")
            self.write_lines(lines)

    def instructions(self) -> tuple[list[str], list[str]]:
        """Return (the lines that are computed once a step, those for each parameter)."""
        rates: list[str] = []
        values: list[str] = []
        for op, operands in zip(self.program.ops, self.program.operands):
            is_rate = all(isinstance(x, float) or x in self.rates for x in operands)
            real, lines, letter = (DOUBLE, rates, "r") if is_rate else (self.real, values, "v")
            source = real.apply(op, [self.operand(x, real) for x in operands])
            place, name = len(self.names), f"{letter}{len(self.names)}"
            if is_rate:
                self.rates.add(place)
            self.names.append(name)
            lines.append(f"const {real.name} {name} = {source};")
        return rates, values

    def write_lines(self, lines: list[str]) -> None:
        for line in lines:
            self.writer.line(line)

    def operand(self, x: Operand, real: CType) -> str:
        """Return the source of an operand; what is computed in double is rounded to float."""
        if isinstance(x, float):
            return real.number(x)
        is_double = x in self.rates and real is not DOUBLE
        return f"({real.name}){self.names[x]}" if is_double else self.names[x]

    def inputs(self) -> Iterator[tuple[str, str]]:
        """Yield (name, source) of what a parameter's step reads."""
        yield "p", self.parameter()
        yield "grad", f"gradient[{self.index(0, 1)}]"
        for i in range(self.numbers):
            yield f"s{i}", self.state(i)

    def updates(self) -> Iterator[str]:
        targets = [self.parameter(), *map(self.state, range(self.numbers))]
        olds = ["p", *(f"s{i}" for i in range(self.numbers))]
        for target, old, x in zip(targets, olds, self.program.outputs):
            new = self.operand(x, self.real)
            if new != old:
                yield f"{target} = {new};"

    def parameter(self) -> str:
        grid = (len(self.places),)
        return self.writer.read(fit_access(SHARED, self.places[:, None], grid), grid)

    def state(self, i: int) -> str:
        return f"state[{self.index(self.counts_steps + i, self.numbers)}]"

    def index(self, first: int, stride: int) -> str:
        """Return the place of a parameter's number in an array with so many for each."""
        return affine(first, [(stride, "i")] if len(self.places) > 1 else [])
