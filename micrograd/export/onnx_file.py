"""Models as ONNX files, which run in onnxruntime, in browsers and on phones.

Rule: the words of a target are nodes of a graph. The number of examples stays free. ONNX has no
`expm1` and no `log1p`: near 0 these lose digits there, and with them `elu` and `softplus`. A node
that onnxruntime has in float32 alone is made of others, but for `Erf`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from micrograd import errors
from micrograd.export.arguments import row_shape
from micrograd.export.arrays import ArrayWriter
from micrograd.export.dialects import PICK, name_of
from micrograd.export.function import array_function
from micrograd.export.layout import arrays_of
from micrograd.export.source import call_model
from micrograd.export.target import EXAMPLES, Cut, Shape
from micrograd.export.text import broadcast
from micrograd.nn import Module
from micrograd.ops import LEAK, Op, is_row
from micrograd.support import files
from micrograd.support.extras import require
from micrograd.support.nest import leaves

OPSET, IR_VERSION = 17, 8  # of ONNX 1.12, from 2022: what most runtimes read
DTYPES = ("float32", "float64")
INPUT, OUTPUT = "x", "y"  # names in the file

NODES = {  # rows that are one node
    "add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "neg": "Neg", "pow": "Pow",
    "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "sin": "Sin", "cos": "Cos", "tanh": "Tanh",
    "sigmoid": "Sigmoid", "relu": "Relu", "erf": "Erf", "abs": "Abs", "sign": "Sign",
    "maximum": "Max", "minimum": "Min", "detach": "Identity",
}  # fmt: skip
REDUCE = {"maximum": "ReduceMax", "minimum": "ReduceMin"}
TESTS = {"less": "Less", "equal": "Equal"}  # nodes whose result is a bool


def to_onnx(model: Module, path: Path | str, input: Shape, dtype: str = "float32") -> Path:
    """Write the model as an ONNX file that takes rows of the shape `input`; return the path.

    The file's input is called "x" and its output "y" ("y0", "y1", ... if there are several). The
    first axis of both, that of the examples, is free. `dtype` is "float32" or "float64"; runtimes
    know fewer nodes in float64. Raises OSError if the file cannot be written, ValueError for
    another dtype, and ImportError if onnx is not installed.
    """
    onnx = require("onnx", "onnx")
    if dtype not in DTYPES:
        raise ValueError(errors.unknown_name("dtype", dtype, DTYPES))
    arrays, input = arrays_of(model), row_shape(input)
    target = OnnxTarget(onnx, dtype)
    function = array_function(call_model, model, [input], target.ops)
    for name, array in arrays.items():
        target.initializers[name] = array.astype(dtype)
    parameters = {name: Tensor(name, values.shape) for name, values in function.layout.items()}
    example = Tensor(INPUT, (EXAMPLES, *input))
    results = leaves(ArrayWriter(function, target, parameters, [example]).write())
    graph = target.model([example], results)
    onnx.checker.check_model(graph)
    return files.write(path, graph.SerializeToString())


@dataclass(frozen=True)
class Tensor:
    """The name of a node's result, and its shape."""

    name: str
    shape: Shape


Tensors = Sequence[Tensor]
Labels = Sequence[str]
Operand = Tensor | float


class OnnxTarget:
    """Nodes of a graph, and the numbers that they begin with."""

    def __init__(self, onnx: Any, dtype: str) -> None:
        self.helper, self.to_tensor = onnx.helper, onnx.numpy_helper.from_array
        self.kind = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        self.integers = onnx.TensorProto.INT64
        self.dtype, self.ops = dtype, OnnxOps(self)
        self.nodes: list[Any] = []
        self.initializers: dict[str, np.ndarray] = {}
        self.names: dict[object, str] = {}

    def node(self, kind: str, inputs: Labels, shape: Sequence[int], **attributes: Any) -> Tensor:
        """Append a node; return its result."""
        name = f"t{len(self.nodes) + 1}"
        self.nodes.append(self.helper.make_node(kind, inputs, [name], **attributes))
        return Tensor(name, tuple(shape))

    def initializer(self, array: np.ndarray) -> str:
        """Return the name of an array that the graph holds."""
        key = array.dtype.str, array.shape, array.tobytes()
        name = self.names.setdefault(key, f"c{len(self.names)}")
        self.initializers[name] = array
        return name

    def integer_array(self, numbers: Sequence[int] | np.ndarray) -> str:
        return self.initializer(np.asarray(numbers, np.int64))

    def constant(self, numbers: np.ndarray) -> Tensor:
        return Tensor(self.initializer(np.asarray(numbers, self.dtype)), numbers.shape)

    def tensor(self, x: Operand) -> Tensor:
        return self.constant(np.array(x)) if isinstance(x, float) else x

    def cast(self, x: Tensor, kind: int) -> Tensor:
        return self.node("Cast", [x.name], x.shape, to=kind)

    # --------------------------------------------------------------------------------------- words

    def reshape(self, x: Tensor, shape: Shape) -> Tensor:
        return self.node("Reshape", [x.name, self.integer_array(shape)], shape)

    def slice(self, x: Tensor, cuts: Sequence[Cut]) -> Tensor:
        shape = [EXAMPLES if cut is None else len(range(*cut)) for cut in cuts]
        axes = [axis for axis, cut in enumerate(cuts) if cut is not None]
        starts, stops, steps = zip(*filter(None, cuts))
        return self.cut(x, (starts, stops, axes, steps), shape)

    def cut(self, x: Tensor, columns: Sequence[Sequence[int]], shape: Sequence[int]) -> Tensor:
        """Return a slice, given the starts, stops, axes and steps."""
        arrays = map(self.integer_array, columns)
        return self.node("Slice", [x.name, *arrays], shape)

    def transpose(self, x: Tensor, order: Sequence[int]) -> Tensor:
        shape = [x.shape[axis] for axis in order]
        return self.node("Transpose", [x.name], shape, perm=list(order))

    def flip(self, x: Tensor, axis: int) -> Tensor:
        size = x.shape[axis]
        columns = ([size - 1], [-size - 1], [axis], [-1])
        return self.cut(x, columns, x.shape)

    def expand(self, x: Tensor, shape: Shape) -> Tensor:
        sizes = self.integer_array(shape)
        if shape[0] == EXAMPLES:
            count = self.node("Shape", [INPUT], (1,), start=0, end=1)
            inner = self.integer_array(shape[1:])
            sizes = self.node("Concat", [count.name, inner], (len(shape),), axis=0).name
        return self.node("Expand", [x.name, sizes], shape)

    def take(self, x: Tensor, places: np.ndarray, axis: int) -> Tensor:
        shape = list(x.shape)
        shape[axis] = len(places)
        return self.node("Gather", [x.name, self.integer_array(places)], shape, axis=axis)

    def concatenate(self, xs: Tensors, axis: int) -> Tensor:
        shape = list(xs[0].shape)
        shape[axis] = sum(x.shape[axis] for x in xs)
        return self.node("Concat", [x.name for x in xs], shape, axis=axis)

    def contract(self, xs: Tensors, labels: Labels, out: str) -> Tensor:
        sizes: dict[str, int] = {}
        for x, names in zip(xs, labels):
            sizes.update(zip(names, x.shape))
        if len(xs) == 2:
            if out and out[-1] in labels[0]:
                xs, labels = xs[::-1], labels[::-1]
            product = self.matrix_product(xs, labels, out, sizes)
            if product is not None:
                return product
        formula = f"{','.join(labels)}->{out}"
        shape = [sizes[name] for name in out]
        return self.node("Einsum", [x.name for x in xs], shape, equation=formula)

    def matrix_product(
        self,
        xs: Tensors,
        labels: Labels,
        out: str,
        sizes: dict[str, int],
    ) -> Tensor | None:
        """Return a contraction of two arrays as MatMul, if each has one axis of its own."""
        first, second = labels
        both = [name for name in out if name in first and name in second]
        left = [name for name in out if name not in second]
        right = [name for name in out if name not in first]
        if len(left) != 1 or len(right) != 1 or not ("k" in first and "k" in second):
            return None
        x = self.permute(xs[0], labels[0], [*both, *left, "k"])
        y = self.permute(xs[1], labels[1], [*both, "k", *right])
        order = [*both, *left, *right]
        z = self.node("MatMul", [x.name, y.name], [sizes[name] for name in order])
        return self.permute(z, order, out)

    def permute(self, x: Tensor, labels: Labels, order: Labels) -> Tensor:
        axes = [list(labels).index(name) for name in order]
        return x if axes == sorted(axes) else self.transpose(x, axes)

    def extreme(self, name: str, x: Tensor, axis: int) -> Tensor:
        shape = np.delete(x.shape, axis).tolist()
        return self.node(REDUCE[name], [x.name], shape, axes=[axis], keepdims=0)

    def pick_rows(self, table: Tensor, index: Tensor) -> Tensor:
        whole = self.cast(index, self.integers)
        shape = (*index.shape, *table.shape[1:])
        return self.node("Gather", [table.name, whole.name], shape, axis=0)

    def pick_along(self, table: Tensor, index: Tensor, axis: int) -> Tensor:
        whole = self.cast(index, self.integers)
        return self.node("GatherElements", [table.name, whole.name], index.shape, axis=axis)

    def keep(self, x: Tensor, comment: str) -> Tensor:
        return x

    # --------------------------------------------------------------------------------------- model

    def model(self, inputs: Tensors, results: Tensors) -> Any:
        """Return the graph from the inputs to the results as an ONNX model."""
        names = [f"{OUTPUT}{i}" for i in range(len(results))] if len(results) > 1 else [OUTPUT]
        for name, x in zip(names, results):
            self.nodes.append(self.helper.make_node("Identity", [x.name], [name]))
        outputs = [Tensor(name, x.shape) for name, x in zip(names, results)]
        graph = self.helper.make_graph(
            self.nodes,
            "micrograd",
            list(map(self.value_info, inputs)),
            list(map(self.value_info, outputs)),
            [self.to_tensor(array, name) for name, array in self.initializers.items()],
        )
        opsets = [self.helper.make_opsetid("", OPSET)]
        return self.helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)

    def value_info(self, x: Tensor) -> Any:
        sizes = ["n" if size == EXAMPLES else size for size in x.shape]
        return self.helper.make_tensor_value_info(x.name, self.kind, sizes)


class OnnxOps:
    """For each row that ONNX can write, a function of tensors and numbers."""

    def __init__(self, target: OnnxTarget) -> None:
        self.target = target
        self.composed: dict[str, Callable[..., Tensor]] = {
            "elu": self.elu,
            "leaky_relu": lambda x: self.node("Max", x, self.node("Mul", x, LEAK)),
            "softplus": self.softplus,
            "where": self.where,
            "step": lambda x: self.test("Greater", x, 0.0),
            "expm1": lambda x: self.node("Sub", self.node("Exp", x), 1.0),
            "log1p": lambda x: self.node("Log", self.node("Add", x, 1.0)),
        }

    def __contains__(self, op: object) -> bool:
        if not isinstance(op, Op) or not is_row(op):
            return False
        return name_of(op) in {*NODES, *TESTS, *self.composed, PICK}

    def __getitem__(self, op: Op) -> Callable[..., Tensor]:
        name = name_of(op)
        constant = () if op.constant is None else (float(op.constant),)
        if name in NODES:
            return lambda *xs: self.node(NODES[name], *xs, *constant)
        if name in TESTS:
            return lambda *xs: self.test(TESTS[name], *xs)
        return self.composed[name]

    def node(self, kind: str, *xs: Operand) -> Tensor:
        tensors = list(map(self.target.tensor, xs))
        shape = broadcast([x.shape for x in tensors])
        return self.target.node(kind, [x.name for x in tensors], shape)

    def test(self, kind: str, *xs: Operand) -> Tensor:
        return self.target.cast(self.node(kind, *xs), self.target.kind)

    def where(self, c: Operand, x: Operand, y: Operand) -> Tensor:
        return self.node("Where", self.node("Equal", c, 0.0), y, x)

    def elu(self, x: Tensor) -> Tensor:
        below = self.node("Sub", self.node("Exp", self.node("Min", x, 0.0)), 1.0)
        return self.node("Where", self.node("Greater", x, 0.0), x, below)

    def softplus(self, x: Tensor) -> Tensor:
        small = self.node("Exp", self.node("Neg", self.node("Abs", x)))
        return self.node("Add", self.node("Max", x, 0.0), self.composed["log1p"](small))
