"""File writers: for each ending, the function that writes a model to a path.

Rule: a format is a row of `formats`, and its writer stands in WRITERS. A file is written whole or
not at all, and holds structure and numbers, so that nothing of micrograd is needed to run it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path

import numpy as np

from micrograd.export import messages
from micrograd.export.arguments import require_dtype, row_shape
from micrograd.export.c_file import c_source
from micrograd.export.dialects import find_dialect
from micrograd.export.file_pairs import write_pair
from micrograd.export.formats import arrays_of_python, format_of, input_shape, paths_of
from micrograd.export.jax_function import jax_precision, to_jax
from micrograd.export.layout import arrays_of
from micrograd.export.onnx_file import to_onnx
from micrograd.export.source import call_model, source_of
from micrograd.export.target import Shape
from micrograd.export.text import quoted
from micrograd.export.torch_module import to_torch
from micrograd.nn import Module
from micrograd.support import files
from micrograd.support.extras import require


@dataclass(frozen=True)
class Export:
    """An export to a file: of which model, where, for rows of which shape, and in which numbers.

    `notes` stand as a comment at the head of a file of text.
    """

    model: Module
    path: Path
    shape: Shape
    dtype: str
    dialect: str
    notes: Sequence[str] = ()

    def two_rows(self) -> str:
        """Return the source of two rows of ones."""
        return f'np.ones({(2, *self.shape)}, "{self.dtype}")'


def export_file(
    model: Module,
    path: Path | str,
    input: Sequence[int] | None = None,
    dtype: str | None = None,
    dialect: str = "numpy",
    notes: Sequence[str] = (),
) -> list[Path]:
    """Write the model to a path that ends as one of FORMATS; return the paths of its files.

    `input` is the shape of one row, and may be left out if the model tells it. `dialect` is that of
    `to_source`, for a file of Python. `notes` are lines of a comment in files of Python and C, such
    as what the numbers of a row mean. Raises ValueError for an unknown ending, dtype or dialect, or
    without a shape; OSError if the file cannot be written; ImportError if a package is missing; and
    TraceError for a model that cannot be exported.

    >>> import tempfile
    >>> from micrograd import MLP
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in export_file(MLP(2, [3, 1]), f"{folder}/net.c")]
    ['net.c', 'net.h']
    """
    path = files.as_path(path)
    known = format_of(path)
    dtype = dtype or known.dtype
    require_dtype(dtype)
    shape = input_shape(model) if input is None else row_shape(input)
    if shape is None:
        raise ValueError(messages.unknown_input(model))
    for place in paths_of(path):
        files.check_writable(place)
    WRITERS[path.suffix](Export(model, path, shape, dtype, dialect, notes))
    return paths_of(path)


# ---------------------------------------------------------------------------------------- formats

PLATFORMS = ("cpu", "cuda", "rocm", "tpu")  # on which a .stablehlo file runs
PT2_NAMES = ("self", "_guards_fn")  # what code in a .pt2 file calls its own
LINES = {  # dialect: (imports, how the arrays are read, how the examples are made)
    "numpy": ("from safetensors.numpy import load_file", "load_file({file})", "{rows}"),
    "jax": (
        "from safetensors.numpy import load_file",
        "jax.tree.map(jnp.asarray, load_file({file}))",
        "jnp.asarray({rows})",
    ),
    "torch": (
        "from safetensors.torch import load_file",
        "load_file({file})",
        "torch.from_numpy({rows})",
    ),
}


def write_onnx(export: Export) -> None:
    to_onnx(export.model, export.path, export.shape, export.dtype)


def write_c(export: Export) -> None:
    """Write the file and its header, with the notes in that."""
    source = c_source(export.model, export.path, export.shape, export.dtype)
    source.write(export.path, export.notes)


def write_python(export: Export) -> None:
    """Write the source and, beside it, the arrays."""
    from safetensors.numpy import save

    source = source_of(call_model, export.model, [export.shape], find_dialect(export.dialect))
    arrays = {name: x.astype(export.dtype) for name, x in arrays_of(export.model).items()}
    notes = "".join(f"# {note}\n" for note in export.notes)
    text = notes + source.module(python_example(export))
    write_pair(export.path, {arrays_of_python(export.path): save(arrays), export.path: text})


def python_example(export: Export) -> str:
    """Return the lines that load the arrays and run the function on two rows."""
    imports, load, rows = LINES[export.dialect]
    name = arrays_of_python(export.path).name
    arrays = load.format(file=f"Path(__file__).with_name({quoted(name)})")
    lines = ["from pathlib import Path", "", imports, ""]
    if export.dialect == "jax" and export.dtype == "float64":
        lines.append('jax.config.update("jax_enable_x64", True)')
    lines += [f"p = {arrays}", f"x = {rows.format(rows=export.two_rows())}", "print(f(p, x))"]
    indented = [f"    {line}".rstrip() for line in lines]
    return "\n".join(['if __name__ == "__main__":', *indented, ""])


def write_stablehlo(export: Export) -> None:
    """Write a function of the rows alone, as `jax.export` serializes it."""
    jax = require("jax", "jax")
    jax_export = require("jax.export", "jax", "jax")
    require("flatbuffers", "jax")  # which JAX loads when it serializes
    with jax_precision(jax, export.dtype):
        f, parameters = to_jax(export.model)
        (examples,) = jax_export.symbolic_shape("n")
        rows = jax.ShapeDtypeStruct((examples, *export.shape), np.dtype(export.dtype))
        of_rows = jax.jit(lambda x: f(parameters, x))
        content = jax_export.export(of_rows, platforms=PLATFORMS)(rows).serialize()
    files.write(export.path, bytes(content))


def write_pt2(export: Export) -> None:
    torch = require("torch", "torch")
    module = to_torch(export.model, export.shape).to(getattr(torch, export.dtype))
    for name in module.state_dict():
        require_readable(name)
    rows = torch.ones((2, *export.shape), dtype=getattr(torch, export.dtype))
    examples = torch.export.Dim("examples")
    program = torch.export.export(module, (rows,), dynamic_shapes=({0: examples},))
    content = io.BytesIO()
    torch.export.save(program, content)
    files.write(export.path, content.getvalue())


def require_readable(name: str) -> None:
    """Raise ValueError for a parameter that PyTorch writes into a file, but cannot read again."""
    for part in name.split("."):
        if iskeyword(part) or part in PT2_NAMES:
            raise ValueError(messages.name_without_file(name, part))


WRITERS = {
    ".onnx": write_onnx,
    ".py": write_python,
    ".stablehlo": write_stablehlo,
    ".pt2": write_pt2,
    ".c": write_c,
}
