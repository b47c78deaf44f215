"""The command `micrograd export`: the model of a file, as a file of another program.

Rule: the ending of the path names the format. Nothing is overwritten without --force.
"""

from pathlib import Path
from typing import Annotated, Any

from rich.console import Console

from micrograd import errors
from micrograd.cli import messages
from micrograd.cli.console import report, show_status, stop, stop_writing
from micrograd.cli.options import AsJson, ModelFile, argument, choice, flag, sizes
from micrograd.cli.run_folder import model_file
from micrograd.cli.saved_models import load_model
from micrograd.support import files
from micrograd.support.jax_devices import NoDevices

DTYPES = ("float32", "float64")
DIALECTS = ("numpy", "jax", "torch")
EXPORT_HELP = """Write a model as a file of another program: ONNX, JAX, PyTorch, C, or Python text.

The ending of the file names the format: .onnx runs in onnxruntime, .pt2 in PyTorch, .stablehlo in \
JAX; .c is C99 with a header, a row at a time, and .py is source text, with its arrays in a second \
file. All but .c take any number of rows.

[bold]Examples[/bold]

  micrograd export micrograd-moons/model.safetensors moons.onnx

  micrograd export micrograd-moons/model.safetensors moons.py --dialect torch

  micrograd export model.safetensors images.pt2 --input 2,7,7
"""


def export(
    model: ModelFile,
    file: Annotated[
        Path, argument("The file to write: .onnx, .py, .stablehlo, .pt2 or .c.", "FILE")
    ],
    input: Annotated[
        Any,
        sizes("The shape of one row, such as 64 or 2,7,7. Default: what the first layer takes."),
    ] = None,
    dtype: Annotated[
        Any,
        choice(
            "The numbers in the file. Default: float64 for .py and .c, else float32.",
            DTYPES,
        ),
    ] = None,
    dialect: Annotated[
        Any,
        choice(
            "For .py: whose functions it calls. Default: numpy.",
            DIALECTS,
        ),
    ] = None,
    force: Annotated[bool, flag("force", "Overwrite FILE.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the model to the file."""
    from micrograd.export import export_file, format_of, input_shape

    check_file(file, force)
    source = model_file(model)
    refuse_to_replace(source, file)
    if dialect and file.suffix != ".py":
        raise stop(messages.dialect_is_for_python(file))
    network, metadata = load_model(source)
    columns = describe_columns(metadata, model)
    shape: Any = input or input_shape(network)
    try:
        with show_status("exporting", as_json):
            paths = export_file(network.eval(), file, shape, dtype, dialect or "numpy", columns)
    except OSError as error:
        raise stop_writing(file, error) from error
    except (ValueError, IndexError, errors.TraceError, ImportError, NoDevices) as error:
        raise stop(str(error)) from error
    results = {"input": shape, "parameters": len(network.parameters())}
    if columns:
        results["columns"] = columns
    dtype = dtype or format_of(file).dtype
    report(
        results,
        purposes_of(paths),
        as_json,
        lambda console: show(console, file, shape, dtype, columns),
    )


def describe_columns(metadata: dict[str, Any], model: Path) -> list[str]:
    """Return lines about what the numbers of a row mean, for a model of a table; none for others.

    Ends the command if the encoding in the model's file cannot be read.
    """
    if "encoding" not in metadata:
        return []
    from micrograd.tables import encoding_in, lines_of

    try:
        return lines_of(encoding_in(metadata, model))
    except ValueError as error:
        raise stop(str(error)) from error


def check_file(file: Path, force: bool) -> None:
    """End the command if the file has an unknown ending, is there already or cannot be written."""
    from micrograd.export import paths_of

    try:
        for path in paths_of(file):
            if path.exists() and not force:
                raise stop(messages.already_exists(path))
            files.check_writable(path)
    except OSError as error:
        raise stop_writing(file, error) from error
    except ValueError as error:
        raise stop(str(error)) from error


def refuse_to_replace(model: Path, file: Path) -> None:
    """End the command if the export would replace the file of the model."""
    from micrograd.export import paths_of

    for path in paths_of(file):
        if path.exists() and model.exists() and path.samefile(model):
            raise stop(messages.is_the_model(path))


def purposes_of(paths: list[Path]) -> dict[Path, str]:
    """Return {path: its purpose}."""
    purposes = {".safetensors": "the numbers that it loads", ".h": "its header"}
    return {path: purposes.get(path.suffix, "") for path in paths}


def show(
    console: Console, file: Path, shape: tuple[int, ...], dtype: str, columns: list[str]
) -> None:
    """Print which rows the file takes, and how to use it."""
    from micrograd.export import format_of

    size = " x ".join(map(str, shape))
    end = ", made from the columns as follows:" if columns else "."
    console.print(f"It takes rows of {size} numbers in {dtype}{end}", soft_wrap=True)
    for line in columns:
        console.print(f"  {line}", soft_wrap=True, markup=False)
    use = format_of(file).use.format(path=file)
    console.print(f"To run it: {use}", soft_wrap=True, markup=False)
