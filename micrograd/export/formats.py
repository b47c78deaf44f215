"""Formats of exported files, by the ending of their path, and the shape of the rows they take.

Rule: this file writes nothing and imports no target, so that a command can say at once what a model
can become. `file_writers` writes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from micrograd.export.target import Shape
from micrograd.nn import GPT, Module, input_width
from micrograd.support.arguments import unknown_format


@dataclass(frozen=True)
class Format:
    """The dtype of a file's numbers by default, and a line that runs it.

    `beside` returns the path of the second file that belongs to a path.
    """

    dtype: str
    use: str
    beside: Callable[[Path], Path] | None = None


def arrays_of_python(path: Path) -> Path:
    """Return the path of the arrays: not `out.safetensors`, which may be the model itself."""
    return path.with_name(f"{path.name}.safetensors")


def header_of_c(path: Path) -> Path:
    return path.with_suffix(".h")


# fmt: off
FORMATS = {
    ".onnx": Format(
        "float32", "onnxruntime.InferenceSession('{path}').run(None, {{'x': rows}})"
    ),
    ".py": Format("float64", "python {path}", arrays_of_python),
    ".stablehlo": Format(
        "float32", "jax.export.deserialize(open('{path}', 'rb').read()).call(rows)"
    ),
    ".pt2": Format("float32", "torch.export.load('{path}').module()(rows)"),
    ".c": Format("float64", "cc {path} main.c -lm; the header says more", header_of_c),
}
# fmt: on


def format_of(path: Path) -> Format:
    """Return the format of a path. Raises ValueError for an unknown ending."""
    if path.suffix not in FORMATS:
        raise ValueError(unknown_format(path.name, [ending[1:] for ending in FORMATS]))
    return FORMATS[path.suffix]


def paths_of(path: Path) -> list[Path]:
    """Return the paths of the files that an export to `path` writes."""
    beside = format_of(path).beside
    return [path, beside(path)] if beside else [path]


def input_shape(model: Module) -> Shape | None:
    """Return the shape of one row of inputs, or None if the model does not tell.

    >>> from micrograd import MLP, nn
    >>> input_shape(MLP(64, [10])), input_shape(nn.GPT(5, context=8)), input_shape(nn.ReLU())
    ((64,), (8,), None)
    """
    if type(model) is GPT:
        return (model.context,)
    width = input_width(model)
    return None if width is None else (width,)
