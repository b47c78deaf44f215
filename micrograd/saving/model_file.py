"""Models as files: one safetensors file, which PyTorch loads under the same names.

Rule: the numbers are tensors, and everything else is JSON in the file's metadata; never pickle.
NumPy is loaded when a file is written or read, so that `from micrograd import *` is quick.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from micrograd import errors
from micrograd.nn import Module
from micrograd.saving import messages
from micrograd.saving.structure import build, describe
from micrograd.support import files
from micrograd.support.nest import children

if TYPE_CHECKING:
    import numpy as np

    from micrograd.saving.tensor_file import Metadata, Tensors

Nested = Any  # a float, or lists of nested numbers
# endings of files that hold something else, and that other programs would try to read as such
OTHER_FORMATS = {".json", ".pt", ".pth", ".pkl", ".pickle", ".npy", ".npz", ".csv", ".h5", ".keras"}
OTHER_FORMATS |= {".joblib", ".onnx", ".gguf", ".txt", ".md", ".html", ".svg", ".png", ".py"}


def save(model: Module, path: Path | str, about: dict[str, Any] | None = None) -> Path:
    """Write the model's parameters, its structure, and `about`, metadata of yours; return the path.

    `about` is a dictionary that JSON can hold. The tensors bear the names of `model.state_dict()`;
    a list of rows of unequal lengths becomes a tensor for each row. Raises OSError if the file
    cannot be written, TypeError if `about` is not JSON, and ValueError for a name such as
    "model.pt", which promises another format.

    >>> import tempfile
    >>> from micrograd import MLP
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(MLP(2, [1]), f"{folder}/model.safetensors", {"accuracy": 0.98})
    ...     load(path), read_about(path)
    (MLP of [Layer of [LinearNeuron(2)]], {'accuracy': 0.98})
    """
    if not isinstance(model, Module):
        raise TypeError(messages.saves_a_module(model))
    if not isinstance(about, dict | None):
        raise TypeError(messages.about_is_a_dictionary(about))
    if files.as_path(path).suffix.lower() in OTHER_FORMATS:
        raise ValueError(messages.name_of_another_format(path))
    try:
        tensors, structure = tensors_of(model), describe(model)
    except RecursionError as error:
        raise ValueError(messages.nested_too_deeply(path)) from error
    from micrograd.saving.tensor_file import write_tensors

    return write_tensors(path, tensors, {"model": structure, "about": about or {}})


def load(path: Path | str, model: Module | None = None) -> Module:
    """Return the model in the file, built anew; or set the parameters of `model`, and return it.

    Raises OSError if the file cannot be read, ValueError if it holds no model or is damaged, or if
    the model has classes of your own and no `model` is given; ShapeError, which names the entries,
    if `model` does not fit the file; TypeError for a `path` or `model` that is not one.
    """
    if not isinstance(model, Module | None):
        raise TypeError(messages.fills_a_module(model))
    tensors, metadata = read_file(path)
    if model is not None:
        model.load_state_dict(state_of(model, tensors))
        return model
    try:
        count = sum(array.size for array in tensors.values())
        model = build(path, metadata, count)
        model.load_state_dict(state_of(model, tensors))
    except RecursionError as error:
        raise ValueError(messages.nested_too_deeply(path)) from error
    except (TypeError, LookupError, AttributeError, errors.ShapeError) as error:
        raise ValueError(messages.odd_structure(path)) from error
    return model


def read_about(path: Path | str) -> dict[str, Any]:
    """Return the metadata that was given to `save` as `about`."""
    _, metadata = read_file(path)
    about = metadata.get("about")
    return about if isinstance(about, dict) else {}


def read_file(path: Path | str) -> "tuple[Tensors, Metadata]":
    """Return what `read_tensors` returns. Raises DamagedFile, and says what to do about it."""
    from micrograd.saving.tensor_file import read_tensors

    try:
        return read_tensors(path)
    except errors.DamagedFile as error:
        raise errors.DamagedFile(f"{error} {messages.remedy(path)}") from error


def tensors_of(model: Module) -> "Tensors":
    """Return the parameters as float64 arrays, by name."""
    tensors: Tensors = {}
    for name, numbers in model.state_dict().items():
        tensors.update(split_ragged(numbers, name))
    return tensors


def split_ragged(numbers: Nested, name: str) -> Iterator[tuple[str, "np.ndarray"]]:
    """Yield (name, array); if rows have unequal lengths, a pair for each row, as ("w.0", array)."""
    import numpy as np

    try:
        array = np.array(numbers, float)
    except ValueError:
        for key, row in children(numbers):
            yield from split_ragged(row, f"{name}.{key}")
    else:
        yield name, array


def join_ragged(numbers: Nested, name: str, state: dict[str, Nested]) -> Nested:
    """Undo `split_ragged`: take the rows of `name` out of `state`, nested as in `numbers`."""
    if name in state:
        return state.pop(name)
    return [join_ragged(row, f"{name}.{key}", state) for key, row in children(numbers)]


def state_of(model: Module, tensors: "Tensors") -> dict[str, Nested]:
    """Return the tensors as a `state_dict` of nested lists for `model`.

    Names with a slash are left out unless the model has them: a checkpoint keeps more than a model.
    """
    expected = model.state_dict()
    state: dict[str, Nested] = {}
    for name, array in tensors.items():
        if "/" not in name or name in expected:
            state[name] = array.tolist()
    for name, numbers in expected.items():
        row_names = [row_name for row_name, _ in split_ragged(numbers, name)]
        if name not in state and all(row_name in state for row_name in row_names):
            state[name] = join_ragged(numbers, name, state)
    return state
