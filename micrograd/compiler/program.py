"""Programs: scalar code as data, one instruction a line.

Rule: a program is plain data. An operand is a place (an int: the program's inputs come first, then
its instructions, in order) or a constant (a float).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from micrograd.ops import Op

Operand = int | float
Operands = tuple[Operand, ...]


@dataclass(frozen=True, eq=False, repr=False)
class Program:
    """Instructions, each of which comes after those whose results it uses.

    >>> from micrograd.ops import mul, tanh
    >>> print(Program(("x0", "x1"), (mul, tanh), ((0, 1), (2,)), (3,)))
    t0 = mul x0, x1
    t1 = tanh t0
    return t1
    """

    input_names: tuple[str, ...]
    ops: tuple[Op, ...]  # one for each instruction
    operands: tuple[Operands, ...]  # what each instruction is applied to
    outputs: Operands

    def __len__(self) -> int:
        return len(self.ops)

    def __str__(self) -> str:
        lines = [
            f"t{i} = {op.name} {self.join_names(operands)}"
            for i, (op, operands) in enumerate(zip(self.ops, self.operands))
        ]
        return "\n".join([*lines, f"return {self.join_names(self.outputs)}".rstrip()])

    def __repr__(self) -> str:
        return f"Program of {len(self.input_names)} inputs, {len(self)} instructions"

    @property
    def input_count(self) -> int:
        return len(self.input_names)

    @property
    def output_count(self) -> int:
        return len(self.outputs)

    @property
    def key(self) -> str:
        """The whole program as one line, which is faster to make than the printed text."""
        names = [op.name for op in self.ops]
        return f"{self.input_names} {names} {self.operands} {self.outputs}"

    def join_names(self, operands: Iterable[Operand]) -> str:
        return ", ".join(self.name(x) for x in operands)

    def name(self, x: Operand) -> str:
        """Return how an operand is printed: "x0", "t0" or "-1.5"."""
        if isinstance(x, float):
            return repr(x)
        first = len(self.input_names)
        return self.input_names[x] if x < first else f"t{x - first}"

    def run(self, *numbers: float) -> list[float]:
        """Return the outputs, computed by the rows themselves. Every target must return the same.

        >>> from micrograd.ops import mul
        >>> Program(("x0", "x1"), (mul,), ((0, 1),), (2,)).run(2.0, 3.0)
        [6.0]
        """
        results = list(numbers)
        for op, operands in zip(self.ops, self.operands):
            inputs = [x if isinstance(x, float) else results[x] for x in operands]
            results.append(op.forward(*inputs))
        return [x if isinstance(x, float) else results[x] for x in self.outputs]

    def uses(self) -> list[int]:
        """Return how many instructions and outputs read each place."""
        counts = [0] * (len(self.input_names) + len(self))
        for operands in (*self.operands, self.outputs):
            for x in operands:
                if type(x) is int:
                    counts[x] += 1
        return counts
