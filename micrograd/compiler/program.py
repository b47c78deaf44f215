"""Programs: scalar code written down, one instruction a line.

Rule: a program is plain data. What an instruction is applied to is a place (an int: the program's
inputs come first, then its instructions, in order) or a constant (a float).
"""

from dataclasses import dataclass

from micrograd.ops import Op

Operand = int | float


@dataclass(frozen=True, eq=False, repr=False)
class Program:
    """Instructions in an order in which they can be run.

    >>> from micrograd.ops import mul, tanh
    >>> print(Program(("x0", "x1"), (mul, tanh), ((0, 1), (2,)), (3,)))
    t0 = mul x0, x1
    t1 = tanh t0
    return t1
    """

    names: tuple[str, ...]  # of the inputs
    ops: tuple[Op, ...]  # of the instructions
    inputs: tuple[tuple[Operand, ...], ...]  # what each is applied to
    outputs: tuple[Operand, ...]

    def __len__(self):
        return len(self.ops)

    def __str__(self):
        lines = [
            f"t{i} = {op.name} {self.written(inputs)}"
            for i, (op, inputs) in enumerate(zip(self.ops, self.inputs))
        ]
        return "\n".join([*lines, f"return {self.written(self.outputs)}".rstrip()])

    @property
    def key(self) -> str:
        """All of it as one text, quicker to make than what is printed."""
        return f"{self.names} {[op.name for op in self.ops]} {self.inputs} {self.outputs}"

    def __repr__(self):
        return f"Program of {len(self.names)} inputs, {len(self)} instructions"

    def written(self, operands) -> str:
        return ", ".join(self.name(x) for x in operands)

    def name(self, x: Operand) -> str:
        """How an operand is printed: "x0", "t0", "-1.5"."""
        if type(x) is float:
            return repr(x)
        first = len(self.names)
        return self.names[x] if x < first else f"t{x - first}"

    def run(self, *numbers: float) -> list[float]:
        """The outputs, computed by the rows themselves: what every target has to give."""
        found = list(numbers)
        for op, inputs in zip(self.ops, self.inputs):
            found.append(op.forward(*[x if type(x) is float else found[x] for x in inputs]))
        return [x if type(x) is float else found[x] for x in self.outputs]

    def uses(self) -> list[int]:
        """How many instructions and outputs read each place."""
        counts = [0] * (len(self.names) + len(self))
        for inputs in (*self.inputs, self.outputs):
            for x in inputs:
                if type(x) is int:
                    counts[x] += 1
        return counts
