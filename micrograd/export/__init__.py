"""Exports: a model leaves for NumPy, JAX, PyTorch, ONNX and C.

Read it in the order in which a model passes through it: `layout` (its parameters in arrays, by
name), `function` (what it computes as kernels, without `padding`), `unsupported` (the line of an op
that has no spelling), `target` (the words of all targets), `views`, `memory`, `ragged`, `windows`,
`sums` and `arrays` (the walk over the kernels), then the targets: `dialects`, `text` and `source`
(text that runs), `jax_function`, `bfloat16`, `torch_module`, `torch_layers`, `onnx_file`. C is
written from the same kernels: `c_ops`, `c_kernels` (loop nests), `c_rule` and `c_training` (a step
of training), `c_file`. `formats` and `file_writers` write any of them, by the path's ending.
"""

from micrograd.support.lazy import load_on_demand

TYPE_CHECKING: bool = False  # type checkers read True; `bool` lets Jedi look inside, too
if TYPE_CHECKING:
    from micrograd.export.bfloat16 import BFLOAT16 as BFLOAT16
    from micrograd.export.bfloat16 import number_type as number_type
    from micrograd.export.c_file import to_c as to_c
    from micrograd.export.dialects import JAX as JAX
    from micrograd.export.dialects import JAX_BFLOAT16 as JAX_BFLOAT16
    from micrograd.export.dialects import Dialect as Dialect
    from micrograd.export.file_writers import export_file as export_file
    from micrograd.export.formats import FORMATS as FORMATS
    from micrograd.export.formats import format_of as format_of
    from micrograd.export.formats import input_shape as input_shape
    from micrograd.export.formats import paths_of as paths_of
    from micrograd.export.function import ArrayFunction as ArrayFunction
    from micrograd.export.function import array_function as array_function
    from micrograd.export.jax_function import jax_precision as jax_precision
    from micrograd.export.jax_function import to_jax as to_jax
    from micrograd.export.layout import Layout as Layout
    from micrograd.export.layout import arrays_of as arrays_of
    from micrograd.export.layout import data_of as data_of
    from micrograd.export.layout import layout_of as layout_of
    from micrograd.export.layout import load_arrays as load_arrays
    from micrograd.export.layout import values_in as values_in
    from micrograd.export.layout import without_mixtures as without_mixtures
    from micrograd.export.onnx_file import to_onnx as to_onnx
    from micrograd.export.source import program_function as program_function
    from micrograd.export.source import to_source as to_source
    from micrograd.export.source import write_source as write_source
    from micrograd.export.torch_layers import from_torch as from_torch
    from micrograd.export.torch_module import to_torch as to_torch

LAZY = {
    "arrays_of": "layout",
    "export_file": "file_writers",
    "from_torch": "torch_layers",
    "input_shape": "formats",
    "load_arrays": "layout",
    "to_c": "c_file",
    "to_jax": "jax_function",
    "to_onnx": "onnx_file",
    "to_source": "source",
    "to_torch": "torch_module",
}
FOR_OTHER_ROOMS = {
    "ArrayFunction": "function",
    "BFLOAT16": "bfloat16",
    "Dialect": "dialects",
    "FORMATS": "formats",
    "JAX": "dialects",
    "JAX_BFLOAT16": "dialects",
    "Layout": "layout",
    "array_function": "function",
    "data_of": "layout",
    "format_of": "formats",
    "jax_precision": "jax_function",
    "layout_of": "layout",
    "number_type": "bfloat16",
    "paths_of": "formats",
    "program_function": "source",
    "values_in": "layout",
    "without_mixtures": "layout",
    "write_source": "source",
}
load_on_demand(__name__, LAZY | FOR_OTHER_ROOMS)

__all__: list[str] = []
__all__.extend(LAZY)
