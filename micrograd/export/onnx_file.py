"""Models as ONNX files, which run in onnxruntime, in browsers and on phones.

Rule: the words of a target are nodes of a graph. The number of examples stays free. ONNX has no
`expm1` and no `log1p`: near 0 these lose digits there, and with them `elu` and `softplus`. A node
that onnxruntime has in float32 alone is made of others, but for `Erf`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from micrograd.export import shapes
from micrograd.export.arguments import require_dtype, row_shape
from micrograd.export.arrays import ArrayWriter
from micrograd.export.constants import Constants
from micrograd.export.dialects import PICK, name_of, row_name
from micrograd.export.function import array_function
from micrograd.export.layout import arrays_of
from micrograd.export.source import call_model
from micrograd.export.target import EXAMPLES, Cut, Padding, Shape
from micrograd.nn import Module
from micrograd.ops import LEAK, Op
from micrograd.support import files
from micrograd.support.extras import require
from micrograd.support.nest import leaves

OPSET, IR_VERSION = 17, 8  # of ONNX 1.12, from 2022: what most runtimes read
INPUT, OUTPUT = "x", "y"  # names in the file
OWN_NAMES = re.compile(r"x|y\d*|[ct]\d+")

# fmt: off
NODES = {  # rows that are one node
    "add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "neg": "Neg", "pow": "Pow",
    "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "sin": "Sin", "cos": "Cos", "tanh": "Tanh",
    "sigmoid": "Sigmoid", "relu": "Relu", "erf": "Erf", "abs": "Abs", "sign": "Sign",
    "maximum": "Max", "minimum": "Min", "detach": "Identity",
}
# fmt: on
REDUCE = {"maximum": "ReduceMax", "minimum": "ReduceMin"}
TESTS = {"less": "Less", "equal": "Equal"}  # nodes whose result is a bool


def to_onnx(model: Module, path: Path | str, input: Shape, dtype: str = "float32") -> Path:
    """Write the model as an ONNX file that takes rows of the shape `input`; return the path.

    The file's input is called "x" and its output "y" ("y0", "y1", ... if there are several). The
    first axis of both, that of the examples, is free. `dtype` is "float32" or "float64"; runtimes
    know fewer nodes in float64. Raises OSError if the file cannot be written, ValueError for
    another dtype, and ImportError if onnx is not installed.

    >>> import tempfile
    >>> from micrograd import MLP
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     to_onnx(MLP(2, [3, 1]), f"{folder}/net.onnx", (2,)).name
    'net.onnx'
    """
    onnx = require("onnx", "onnx")
    require_dtype(dtype)
    arrays, input = arrays_of(model), row_shape(input)
    target = OnnxTarget(onnx, dtype)
    function = array_function(call_model, model, [input], target.ops)
    for name, array in arrays.items():
        target.constants.arrays[name_in_file(name)] = array.astype(dtype)
    parameters = {name: Tensor(name_in_file(name), x.shape) for name, x in arrays.items()}
    example = Tensor(INPUT, (EXAMPLES, *input))
    results = leaves(ArrayWriter(function, target, parameters, [example]).write(by_row=True))
    graph = target.model([example], results)
    onnx.checker.check_model(graph)
    return files.write(path, graph.SerializeToString())


def name_in_file(name: str) -> str:
    """Return the name of a parameter in the file, which has some names of its own.

    >>> name_in_file("layers.0.w"), name_in_file("x")
    ('layers.0.w', 'parameters.x')
    """
    return name if name and not OWN_NAMES.fullmatch(name) else f"parameters.{name}"


@dataclass(frozen=True)
class Tensor:
    """The name of a node's result, and its shape."""

    name: str
    shape: Shape


Tensors = Sequence[Tensor]
Labels = Sequence[str]
Numbers = Sequence[int]
Operand = Tensor | float


class OnnxTarget:
    """Nodes of a graph, and the numbers that they begin with."""

    def __init__(self, onnx: Any, dtype: str) -> None:
        self.helper, self.to_tensor = onnx.helper, onnx.numpy_helper.from_array
        self.kind = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        self.int64 = onnx.TensorProto.INT64
        self.dtype, self.ops = dtype, OnnxOps(self)
        self.has_convolutions = dtype == "float32"
        self.nodes: list[Any] = []
        self.constants = Constants()

    def node(self, kind: str, inputs: Tensors, shape: Shape, **attributes: Any) -> Tensor:
        """Append a node; return its result."""
        result = Tensor(f"t{len(self.nodes) + 1}", shape)
        self.add(kind, inputs, result.name, **attributes)
        return result

    def add(self, kind: str, inputs: Tensors, name: str, **attributes: Any) -> None:
        """Append a node whose result has that name."""
        names = [x.name for x in inputs]
        node = self.helper.make_node(kind, names, [name], **attributes)
        self.nodes.append(node)

    def initializer(self, array: np.ndarray) -> Tensor:
        """Return an array that the graph holds."""
        name = self.constants.add(array)
        return Tensor(name, array.shape)

    def integers(self, numbers: Numbers | np.ndarray) -> Tensor:
        array = np.asarray(numbers, np.int64)
        return self.initializer(array)

    def constant(self, numbers: np.ndarray) -> Tensor:
        array = np.asarray(numbers, self.dtype)
        return self.initializer(array)

    def tensor(self, x: Operand) -> Tensor:
        if isinstance(x, float):
            return self.constant(np.array(x))
        return x

    def cast(self, x: Tensor, kind: int) -> Tensor:
        return self.node("Cast", [x], x.shape, to=kind)

    # --------------------------------------------------------------------------------------- words

    def reshape(self, x: Tensor, shape: Shape) -> Tensor:
        sizes = self.integers(shape)
        return self.node("Reshape", [x, sizes], shape)

    def slice(self, x: Tensor, cuts: Sequence[Cut]) -> Tensor:
        axes = [axis for axis, cut in enumerate(cuts) if cut is not None]
        starts, stops, steps = zip(*filter(None, cuts))
        shape = shapes.after_slice(cuts)
        return self.cut(x, (starts, stops, axes, steps), shape)

    def cut(self, x: Tensor, columns: Sequence[Numbers], shape: Shape) -> Tensor:
        """Return a slice, given the starts, stops, axes and steps."""
        arrays = map(self.integers, columns)
        return self.node("Slice", [x, *arrays], shape)

    def transpose(self, x: Tensor, order: Numbers) -> Tensor:
        shape = shapes.after_transpose(x.shape, order)
        return self.node("Transpose", [x], shape, perm=list(order))

    def flip(self, x: Tensor, axis: int) -> Tensor:
        size = x.shape[axis]
        columns = ([size - 1], [-size - 1], [axis], [-1])
        return self.cut(x, columns, x.shape)

    def expand(self, x: Tensor, shape: Shape) -> Tensor:
        sizes = self.integers(shape)
        if shape[0] == EXAMPLES:
            count = self.node("Shape", [Tensor(INPUT, ())], (1,), start=0, end=1)
            inner = self.integers(shape[1:])
            sizes = self.concatenate([count, inner], 0)
        return self.node("Expand", [x, sizes], shape)

    def take(self, x: Tensor, places: np.ndarray, axis: int) -> Tensor:
        index = self.integers(places)
        shape = shapes.after_take(x.shape, len(places), axis)
        return self.node("Gather", [x, index], shape, axis=axis)

    def concatenate(self, xs: Tensors, axis: int) -> Tensor:
        shape = shapes.after_concatenate([x.shape for x in xs], axis)
        return self.node("Concat", xs, shape, axis=axis)

    def contract(self, xs: Tensors, labels: Labels, out: str) -> Tensor:
        if len(xs) == 2:
            if out and out[-1] in labels[0]:
                xs, labels = xs[::-1], labels[::-1]
            product = self.matrix_product(xs, labels, out)
            if product is not None:
                return product
        shape = shapes.after_contract([x.shape for x in xs], labels, out)
        formula = f"{','.join(labels)}->{out}"
        return self.node("Einsum", xs, shape, equation=formula)

    def matrix_product(self, xs: Tensors, labels: Labels, out: str) -> Tensor | None:
        """Return a contraction of two arrays as MatMul, if each has one axis of its own."""
        first, second = labels
        both = [name for name in out if name in first and name in second]
        left = [name for name in out if name not in second]
        right = [name for name in out if name not in first]
        is_summed = "k" in first and "k" in second
        if not is_summed or len(left) != 1 or len(right) != 1:
            return None
        order = [*both, *left, *right]
        shape = shapes.after_contract([x.shape for x in xs], labels, order)
        x = self.permute(xs[0], first, [*both, *left, "k"])
        y = self.permute(xs[1], second, [*both, "k", *right])
        z = self.node("MatMul", [x, y], shape)
        return self.permute(z, order, out)

    def permute(self, x: Tensor, labels: Labels, order: Labels) -> Tensor:
        axes = [list(labels).index(name) for name in order]
        return x if axes == sorted(axes) else self.transpose(x, axes)

    def convolve(self, x: Tensor, filters: Tensor, strides: Shape, padding: Padding) -> Tensor:
        shape = shapes.after_convolve(x.shape, filters.shape, strides, padding)
        before, after = zip(*padding)
        pads = [*before, *after]
        return self.node("Conv", [x, filters], shape, strides=strides, pads=pads)

    def extreme(self, name: str, x: Tensor, axis: int) -> Tensor:
        shape = shapes.after_extreme(x.shape, axis)
        kind = REDUCE[name]
        return self.node(kind, [x], shape, axes=[axis], keepdims=0)

    def pick_rows(self, table: Tensor, index: Tensor) -> Tensor:
        whole = self.cast(index, self.int64)
        shape = shapes.after_pick_rows(table.shape, index.shape)
        return self.node("Gather", [table, whole], shape, axis=0)

    def pick_along(self, table: Tensor, index: Tensor, axis: int) -> Tensor:
        whole = self.cast(index, self.int64)
        return self.node("GatherElements", [table, whole], index.shape, axis=axis)

    def keep(self, x: Tensor, comment: str) -> Tensor:
        return x

    # --------------------------------------------------------------------------------------- model

    def model(self, inputs: Tensors, results: Tensors) -> Any:
        """Return the graph from the inputs to the results as an ONNX model."""
        names = [f"{OUTPUT}{i}" for i in range(len(results))]
        if len(names) == 1:
            names = [OUTPUT]
        for name, x in zip(names, results):
            self.add("Identity", [x], name)
        outputs = [Tensor(name, x.shape) for name, x in zip(names, results)]
        graph = self.helper.make_graph(
            self.nodes,
            "micrograd",
            list(map(self.value_info, inputs)),
            list(map(self.value_info, outputs)),
            [self.to_tensor(array, name) for name, array in self.constants.arrays.items()],
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
            "expm1": self.expm1,
            "log1p": self.log1p,
            "elu": self.elu,
            "softplus": self.softplus,
            "leaky_relu": self.leaky_relu,
            "step": lambda x: self.node("Relu", self.node("Sign", x)),
            "where": self.where,
        }

    def __contains__(self, op: object) -> bool:
        return row_name(op) in {*NODES, *TESTS, *self.composed, PICK}

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
        shape = shapes.broadcast([x.shape for x in tensors])
        return self.target.node(kind, tensors, shape)

    def test(self, kind: str, *xs: Operand) -> Tensor:
        result = self.node(kind, *xs)
        return self.target.cast(result, self.target.kind)

    def expm1(self, x: Operand) -> Tensor:
        power = self.node("Exp", x)
        return self.node("Sub", power, 1.0)

    def log1p(self, x: Operand) -> Tensor:
        total = self.node("Add", x, 1.0)
        return self.node("Log", total)

    def elu(self, x: Operand) -> Tensor:
        below = self.expm1(self.node("Min", x, 0.0))
        is_above = self.node("Greater", x, 0.0)
        return self.node("Where", is_above, x, below)

    def softplus(self, x: Operand) -> Tensor:
        size = self.node("Abs", x)
        power = self.node("Exp", self.node("Neg", size))
        above = self.node("Max", x, 0.0)
        return self.node("Add", above, self.log1p(power))

    def leaky_relu(self, x: Operand) -> Tensor:
        below = self.node("Mul", x, LEAK)
        return self.node("Max", x, below)

    def where(self, c: Operand, x: Operand, y: Operand) -> Tensor:
        is_zero = self.node("Equal", c, 0.0)
        return self.node("Where", is_zero, y, x)
