"""Models as C: one C99 file and its header, which include nothing but math.h.

Rule: the caller passes all memory that is written, so that threads can call the functions at the
same time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from micrograd.export import messages
from micrograd.export.arguments import require_dtype, require_module, row_shape
from micrograd.export.c_kernels import Copy, KernelWriter, Tables, comment
from micrograd.export.c_names import require_name
from micrograd.export.c_ops import C_TYPES
from micrograd.export.c_training import TrainingWriter
from micrograd.export.file_pairs import write_pair
from micrograd.export.function import array_function
from micrograd.export.source import call_model
from micrograd.export.target import Shape
from micrograd.nn import Module
from micrograd.optim import Optimizer
from micrograd.support import files

# fmt: off
CPLUSPLUS = ["#ifdef __cplusplus", 'extern "C" {', "#endif"]
END_CPLUSPLUS = ["#ifdef __cplusplus", "}", "#endif"]
FORWARD = """{model} as C99, written by micrograd. It needs nothing but math.h.

   {name}(x, y, work) computes the outputs y of one example x, all numbers in a row. `work` is
   memory for {upper}_WORK numbers, whatever they are before; threads that call at the same time
   pass one each. No two of the arrays may overlap.
"""
TRAINING = """
   {name}_step(x, y, parameters, state, lr, work) takes one step of training on one example x with
   the target y, and returns the loss before it. It moves `parameters` and the optimizer's `state`,
   which {name}_start(parameters, state) begins with the numbers that the model had in Python.
   {name}_with(x, parameters, y, work) computes the outputs with parameters that were trained.

       {real} parameters[{upper}_PARAMETERS], state[{upper}_STATE], work[{upper}_WORK];
       {name}_start(parameters, state);
       {real} loss = {name}_step(x, y, parameters, state, 0.01, work);

   The parameters are, from which place on, with their shapes:

{parameters}
"""
# fmt: on


def to_c(
    model: Module,
    path: Path | str,
    input: Shape,
    dtype: str = "float64",
    loss: Callable[..., Any] | None = None,
    optimizer: Optimizer | None = None,
    target: Shape = (),
) -> Path:
    """Write the model as a C99 file and a header beside it; return the path of the file.

    The function is called as the file is: `net.c` has `net(x, y, work)`, which computes the outputs
    y of one example x, whose shape is `input`. `dtype` is "float64" (double) or "float32" (float).
    With a `loss`, a function (model, x, y) of one example, and an `optimizer` there is `net_step`,
    too, a step of training; `target` is the shape of the loss's y. The header says more.

    Raises OSError if a file cannot be written, ValueError for a path that does not end with ".c",
    a name that means something in C, or another dtype, TypeError for a loss without an optimizer or
    of several numbers, and TraceError for a model that cannot be exported, such as one that draws
    random numbers.

    >>> import tempfile
    >>> from micrograd import MLP
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = to_c(MLP(2, [3, 1]), f"{folder}/net.c", (2,))
    ...     print([line for line in path.read_text().splitlines() if line.startswith("void")][0])
    void net(const double *x, double *restrict y, double *restrict work)
    """
    if (loss is None) != (optimizer is None):
        raise TypeError(messages.loss_without_optimizer())
    path = files.as_path(path)
    source = c_source(model, path, input, dtype)
    if loss is not None and optimizer is not None:
        source.train(loss, optimizer, row_shape(target))
    return source.write(path)


def c_source(model: Module, path: Path, input: Shape, dtype: str) -> CSource:
    """Return the text of the model for a file at the path. Raises what `to_c` raises."""
    name = require_name(path)
    require_dtype(dtype)
    require_module(model)
    for place in (path, path.with_suffix(".h")):
        files.check_writable(place)
    return CSource(name, model, row_shape(input), dtype)


class CSource:
    """The text of a model's file and of its header."""

    def __init__(self, name: str, model: Module, input: Shape, dtype: str) -> None:
        self.name, self.model, self.input = name, model, input
        self.real, self.tables = C_TYPES[dtype], Tables(C_TYPES[dtype])
        self.function = array_function(call_model, model, [input], self.real, once=False)
        self.writer = KernelWriter(self.function, self.tables, ["x"])
        self.outputs = self.function.outputs
        self.forward = self.writer.write([Copy("the outputs", "y", 0, self.outputs)])
        self.values, self.layout = self.function.values, self.function.layout
        self.training: TrainingWriter | None = None

    def train(self, loss: Callable[..., Any], optimizer: Optimizer, target: Shape) -> None:
        """Add the functions of training."""
        shapes = [self.input, target]
        self.training = TrainingWriter(
            loss, self.model, optimizer, shapes, self.values, self.tables
        )
        self.values = self.training.function.values
        self.layout = self.training.function.layout

    def write(self, path: Path, notes: Sequence[str] = ()) -> Path:
        """Write the header, with the notes at its head, and the file; return the file's path."""
        above = comment("\n   ".join(notes)) + "\n" if notes else ""
        header = above + self.header()
        return write_pair(path, {path.with_suffix(".h"): header, path: self.file()})

    # ------------------------------------------------------------------------------------ functions

    def functions(self) -> list[CFunction]:
        """Return the functions that others call."""
        name, real = self.name, self.real.name
        x, y, work = f"const {real} *x", f"{real} *y", f"{real} *work"
        if self.training is None:
            return [CFunction("void", name, [x, y, work], self.forward)]
        parameters, state = f"{real} *parameters", f"{real} *state"
        step = [x, f"const {y}", parameters, state, "double lr", work]
        call = f"    {name}_with(x, start, y, work);"
        return [
            CFunction("void", f"{name}_with", [x, f"const {parameters}", y, work], self.forward),
            CFunction("void", name, [x, y, work], [call]),
            CFunction("void", f"{name}_start", [parameters, state], self.start_lines()),
            CFunction(real, f"{name}_step", step, self.training.lines),
        ]

    def start_lines(self) -> list[str]:
        assert self.training is not None
        sizes = {"parameters": len(self.values)}
        sources = {"parameters": "start[i]", "state": "0"}
        state = self.training.state()
        if state:
            sizes["state"] = len(state)
        if any(state):
            self.tables.numbers("start_state", np.array(state))
            sources["state"] = "start_state[i]"
        return [
            f"    for (int i = 0; i < {size}; i++) {array}[i] = {sources[array]};"
            for array, size in sizes.items()
        ]

    def file(self) -> str:
        functions = self.functions()
        numbers = np.array([value.data for value in self.values], float)
        self.tables.numbers("start" if self.training else "parameters", numbers)
        texts = [str(function) for function in functions]
        parts = [
            comment(f"{type(self.model).__name__}, written by micrograd; {self.name}.h says more."),
            f'#include <math.h>\n\n#include "{self.name}.h"',
            *self.tables.used_in(texts),
            *self.real.functions(texts),
            *texts,
        ]
        return "\n\n".join(parts) + "\n"

    # --------------------------------------------------------------------------------------- header

    def sizes(self) -> dict[str, int]:
        """Return the lengths of the arrays that a caller passes."""
        sizes = {"INPUTS": prod(self.input), "OUTPUTS": len(self.outputs), "WORK": self.writer.size}
        if self.training is not None:
            sizes["WORK"] = max(sizes["WORK"], self.training.work)
            sizes["PARAMETERS"] = len(self.values)
            sizes["STATE"] = len(self.training.state())
        return {name: max(size, 1) for name, size in sizes.items()}

    def header(self) -> str:
        name, upper = self.name, self.name.upper()
        form = FORWARD if self.training is None else FORWARD + TRAINING
        about = form.format(
            model=type(self.model).__name__,
            name=name,
            upper=upper,
            real=self.real.name,
            parameters="\n".join(self.parameter_lines()),
        )
        macros = [f"#define {upper}_{size} {count}" for size, count in self.sizes().items()]
        declarations = [f"{function.head};" for function in self.functions()]
        guard = f"{upper}_H"
        lines = [
            comment(about),
            f"#ifndef {guard}",
            f"#define {guard}",
            "",
            *macros,
            "",
            *CPLUSPLUS,
        ]
        return "\n".join([*lines, "", *declarations, "", *END_CPLUSPLUS, "", "#endif", ""])

    def parameter_lines(self) -> Iterator[str]:
        """Yield where each array of parameters stands."""
        start = 0
        for name, values in self.layout.items():
            shape = " x ".join(map(str, values.shape)) or "1"
            yield f"     {start:>6}  {name} ({shape})"
            start += values.size
        if len(self.values) > start:
            yield f"     {start:>6}  constants ({len(self.values) - start})"


@dataclass(frozen=True)
class CFunction:
    """A function of C: the type of its result, its name, what it takes, and its lines."""

    result: str
    name: str
    takes: Sequence[str]
    lines: Sequence[str]

    @property
    def head(self) -> str:
        return f"{self.result} {self.name}({', '.join(self.takes)})"

    def __str__(self) -> str:
        """Return the definition, in which no array that is written overlaps with another."""
        takes = [
            text if "const" in text else text.replace(" *", " *restrict ") for text in self.takes
        ]
        head = f"{self.result} {self.name}({', '.join(takes)})"
        code = re.sub(r"/\*.*?\*/", "", "\n".join(self.lines))
        words = set(re.findall(r"\w+", code))
        names = [re.findall(r"\w+", text)[-1] for text in self.takes]
        unused = [f"    (void){name};" for name in names if name not in words]
        return "\n".join([head, "{", *unused, *self.lines, "}"])
