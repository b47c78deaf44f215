"""Source: a model as text of NumPy, JAX or PyTorch, and that text as a function.

Rule: what is shown is what runs. `f(p, x)` has the parameters as a dict of arrays and the examples
as rows, and returns a row for each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd import errors
from micrograd.compiler import Program
from micrograd.export import messages
from micrograd.export.arguments import require_module, row_shape
from micrograd.export.arrays import ArrayWriter
from micrograd.export.dialects import Dialect, find_dialect
from micrograd.export.function import ArrayFunction, array_function
from micrograd.export.target import EXAMPLES, Shape
from micrograd.export.text import ARGUMENTS, Text, TextTarget, number_text, quoted, tuple_source
from micrograd.nn import Module


@dataclass(frozen=True)
class Source:
    """A function of parameters and examples as text. `steps` say how each kernel came out."""

    dialect: Dialect
    arguments: tuple[str, ...]
    lines: list[str]
    result: str
    constants: dict[str, np.ndarray]
    steps: list[tuple[str, list[str]]]

    @property
    def body(self) -> str:
        """The function alone."""
        lines = [*self.lines, f"return {self.result}"]
        head = f"def f({', '.join(self.arguments)}):"
        return "\n".join([head, *(f"    {line}" for line in lines)])

    def __str__(self) -> str:
        return self.module()

    def module(self, example: str = "") -> str:
        """Return a module that defines the function, with an example of its use at the end."""
        constants = [
            f"{name} = {array_source(x, self.dialect)}" for name, x in self.constants.items()
        ]
        code = f"{self.body}\n\n\n{example}" if example else f"{self.body}\n"
        imports = needed_imports(self.dialect, "\n".join([*constants, code]))
        head = "".join(f"{part}\n\n" for part in (imports, "\n".join(constants)) if part)
        return f"{head}\n{code}" if head else code

    def compile(self) -> Callable[..., Any]:
        """Return the function."""
        namespace: dict[str, Any] = {}
        exec(compile(str(self), "<exported>", "exec"), namespace)
        return namespace["f"]


def to_source(model: Module, input: Shape, dialect: str = "numpy") -> str:
    """Return the model as text that runs: the matrices that were in the scalars.

    `input` is the shape of one row; `dialect` is "numpy", "jax" or "torch". The text defines a
    function f(p, x) of the parameters, which `arrays_of(model)` returns, and of rows of inputs.

    >>> from micrograd import MLP
    >>> print(to_source(MLP(2, [3, 2]), (2,)))
    import numpy as np
    <BLANKLINE>
    <BLANKLINE>
    def f(p, x):
        t1 = p["layers.0.neurons.*.b"] + x @ p["layers.0.neurons.*.w"].T
        t2 = np.maximum(t1, 0.0)
        t3 = p["layers.1.neurons.*.b"] + t2 @ p["layers.1.neurons.*.w"].T
        return t3
    <BLANKLINE>
    """
    require_module(model)
    return str(source_of(call_model, model, [row_shape(input)], find_dialect(dialect)))


def call_model(model: Any, *example: Any) -> Any:
    return model(*example)


def source_of(
    f: Callable[..., Any], model: Module, shapes: Sequence[Shape], dialect: Dialect
) -> Source:
    """Return f(model, *example) as text, for an example whose parts have these shapes."""
    function = array_function(f, model, shapes, dialect)
    return write_source(function, dialect, by_row=True)


class SourceByShape:
    """The source of f(model, *example) for each shape of the example that it meets."""

    def __init__(self, f: Callable[..., Any], model: Module, dialect: Dialect) -> None:
        self.f, self.model, self.dialect = f, model, dialect
        self.sources: dict[tuple[Shape, ...], Source] = {}
        self.functions: dict[tuple[Shape, ...], Callable[..., Any]] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a pickle has: the sources, but not the functions."""
        return {**vars(self), "functions": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        for shapes, source in self.sources.items():
            self.functions[shapes] = source.compile()

    def source(self, shapes: Sequence[Shape]) -> Source:
        """Return the source, and keep the function that it defines."""
        written = source_of(self.f, self.model, shapes, self.dialect)
        self.sources[tuple(shapes)] = written
        self.functions[tuple(shapes)] = written.compile()
        return written

    def write(self, shapes: Sequence[Shape]) -> None:
        """Write the source for rows that were passed.

        Raises ShapeError, which says what the shape of a row was, if the model does not take it.
        """
        try:
            self.source(shapes)
        except errors.ShapeError as error:
            raise errors.ShapeError(f"{error} {messages.shape_of_a_row(shapes)}") from error

    def function(self, examples: Sequence[Any]) -> Callable[..., Any]:
        """Return the function for arrays of examples. Raises ShapeError for unequal rows."""
        heads = {tuple(x.shape[:1]) for x in examples}
        if len(heads) > 1 or () in heads:
            raise errors.ShapeError(messages.uneven_rows([tuple(x.shape) for x in examples]))
        shapes = tuple([tuple(x.shape[1:]) for x in examples])
        if shapes not in self.functions:
            self.write(shapes)
        return self.functions[shapes]


def write_source(function: ArrayFunction, dialect: Dialect, by_row: bool = False) -> Source:
    """Return the function as text. With `by_row` each result has a row for each example.

    Without, a result that does not depend on the example has none.
    """
    names = ARGUMENTS[: len(function.shapes)]
    example = [Text(name, (EXAMPLES, *shape)) for name, shape in zip(names, function.shapes)]
    parameters = {name: Text(f"p[{quoted(name)}]", x.shape) for name, x in function.layout.items()}
    target = TextTarget(dialect, next(iter([*parameters.values(), *example])))
    writer = ArrayWriter(function, target, parameters, example)
    result = result_source(writer.write(by_row))
    arguments = ("p", *names)
    return Source(dialect, arguments, target.lines, result, target.constants.arrays, writer.steps)


def program_function(program: Program, dialect: Dialect, like: str) -> Callable[..., Any]:
    """Return a program as a function of arrays, or of numbers, that returns a tuple.

    The program is of ops that the dialect can write; the input `like` gives constants their type.
    """
    target = TextTarget(dialect, Text(like, ()))
    results: list[Text | float] = [Text(name, ()) for name in program.input_names]
    for op, operands in zip(program.ops, program.operands):
        inputs = [x if isinstance(x, float) else results[x] for x in operands]
        results.append(target.keep(target.ops[op](*inputs), op.name))
    outputs = tuple(x if isinstance(x, float) else results[x] for x in program.outputs)
    texts = tuple(number_text(x) if isinstance(x, float) else x for x in outputs)
    result, constants = result_source(texts), target.constants.arrays
    source = Source(dialect, program.input_names, target.lines, result, constants, [])
    return source.compile()


def result_source(result: Any) -> str:
    """Return the source of what the function returns."""
    if isinstance(result, dict):
        pairs = [f"{key_source(key)}: {result_source(x)}" for key, x in result.items()]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(result, tuple):
        return tuple_source([*map(result_source, result)])
    return str(result.source)


def needed_imports(dialect: Dialect, text: str) -> str:
    """Return the imports of the dialect whose module the text names."""
    lines = [
        line for line in dialect.imports if not line or re.search(rf"\b{line.split()[-1]}\.", text)
    ]
    return "\n".join(lines).strip()


def key_source(key: object) -> str:
    return quoted(key) if isinstance(key, str) else repr(key)


def array_source(array: np.ndarray, dialect: Dialect) -> str:
    """Return the source of an array of constants."""
    numbers = str(array.tolist()).replace("inf", "np.inf").replace("nan", "np.nan")
    source = f"np.array({numbers})"
    return dialect.words.get("array", "{0}").format(source)
