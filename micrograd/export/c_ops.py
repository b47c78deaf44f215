"""C's spelling of each op, the functions that it needs, and numbers that are exact.

Rule: names are those of the rows of ops.py; a row without a spelling is replaced by what its
forward computes. A whole number in a template takes the type of what stands beside it, so that one
text serves float and double.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from micrograd.export.dialects import PICK, name_of, row_name
from micrograd.ops import Op

# fmt: off
SPELLINGS = {
    "add": "{0} + {1}", "sub": "{0} - {1}", "mul": "{0} * {1}", "div": "{0} / {1}", "neg": "-{0}",
    "detach": "{0}", "less": "{0} < {1}", "equal": "{0} == {1}", "where": "{0} != 0 ? {1} : {2}",
}
OF_MATH = {  # under C's names for them, with an f behind for float
    "exp": "exp", "expm1": "expm1", "log": "log", "log1p": "log1p", "sqrt": "sqrt", "sin": "sin",
    "cos": "cos", "tanh": "tanh", "erf": "erf", "abs": "fabs", "pow": "pow",
}
FUNCTIONS = {  # parameters and result; {f} is the f of float
    "relu": ("x", "x <= 0 ? 0 : x"),
    "sigmoid": ("x", "(x >= 0 ? 1 : exp{f}(-fabs{f}(x))) / (1 + exp{f}(-fabs{f}(x)))"),
    "softplus": ("x", "(x > 0 ? x : 0) + log1p{f}(exp{f}(-fabs{f}(x)))"),
    "elu": ("x", "x > 0 ? x : expm1{f}(x)"),
    "step": ("x", "isnan(x) ? x : x > 0"),
    "sign": ("x", "isnan(x) ? x : (x > 0) - (x < 0)"),
    "maximum": ("x, y", "x >= y || isnan(x) ? x : y"),
    "minimum": ("x, y", "x <= y || isnan(x) ? x : y"),
}
ENTRY = """static int entry({real} index, int count)  /* which one to pick, -1 if there is none */
{{
    const int i = index > -1 && index < count ? (int)index : -1;
    return i == index ? i : -1;
}}"""
# fmt: on


@dataclass(frozen=True)
class CType:
    """A type of C's numbers: "double", or "float", whose functions and numbers end with an f."""

    name: str
    suffix: str
    dtype: str

    def __contains__(self, op: object) -> bool:
        """Return whether the row has a spelling, or is written by the walk over the kernels."""
        name = row_name(op)
        return name == PICK or name in SPELLINGS or name in OF_MATH or name in FUNCTIONS

    def number(self, x: float) -> str:
        """Return a number, exactly.

        >>> DOUBLE.number(0.1), FLOAT.number(-0.1), DOUBLE.number(math.inf)
        ('0.1', '(-0.1f)', 'INFINITY')
        """
        rounded = round_to(self.dtype, x)
        if math.isnan(rounded):
            return "NAN"
        source = "INFINITY" if math.isinf(rounded) else str(abs(rounded)) + self.suffix
        return f"(-{source})" if math.copysign(1.0, rounded) < 0.0 else source

    def apply(self, op: Op, inputs: Sequence[str]) -> str:
        """Return the op of these pieces of source."""
        name = name_of(op)
        if op.constant is not None:
            inputs = [*inputs, self.number(float(op.constant))]
        if name in SPELLINGS:
            return SPELLINGS[name].format(*inputs)
        function = f"{OF_MATH[name]}{self.suffix}" if name in OF_MATH else name
        return f"{function}({', '.join(inputs)})"

    def functions(self, lines: Sequence[str]) -> list[str]:
        """Return the definitions of the functions that the lines call."""
        text = "\n".join(lines)
        definitions = [self.definition(name) for name in FUNCTIONS if f" {name}(" in text]
        if " entry(" in text:
            definitions.append(ENTRY.format(real=self.name))
        return definitions

    def definition(self, name: str) -> str:
        parameters, result = FUNCTIONS[name]
        typed = ", ".join(f"{self.name} {parameter}" for parameter in parameters.split(", "))
        head = f"static {self.name} {name}({typed})"
        return f"{head}\n{{\n    return {result.format(f=self.suffix)};\n}}"


DOUBLE, FLOAT = CType("double", "", "float64"), CType("float", "f", "float32")
C_TYPES = {"float64": DOUBLE, "float32": FLOAT}


def round_to(dtype: str, x: float) -> np.floating:
    """Return the number in the type, infinite where the type ends."""
    with np.errstate(over="ignore"):
        return np.dtype(dtype).type(x)
