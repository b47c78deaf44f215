"""Models as files: one safetensors file, which PyTorch loads under the same names.

Rule: what is no tensor is JSON in the file's metadata, with a digest of the numbers; never pickle.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from micrograd.nn import Module
from micrograd.saving import messages
from micrograd.saving.structure import built, described
from micrograd.saving.tensor_file import read_tensors, write_tensors
from micrograd.support.nest import children


def save(model: Module, path: Path | str, about: dict | None = None) -> Path:
    """Write the parameters, what the model consists of, and `about`, which is JSON; the path.

    Names are those of `model.state_dict()`; lists of unequal lengths are written part by part.
    Raises OSError where it cannot be written, TypeError where `about` is not JSON.
    """
    if not isinstance(model, Module):
        raise TypeError(messages.saves_a_module(model))
    whole = {"model": described(model), "about": about or {}}
    return write_tensors(path, tensors_of(model), whole)


def load(path: Path | str, model: Module | None = None) -> Module:
    """The model of the file, built anew; with `model` that one, its parameters set.

    Raises ValueError for a file that is none or damaged, and for a model with classes of one's own
    if no `model` is given; ShapeError, which names the entries, for a `model` that is another.
    """
    tensors, kept = read_tensors(path)
    if model is None:
        model = built(path, kept)
    model.load_state_dict(state_of(model, tensors))
    return model


def read_about(path: Path | str) -> dict:
    """What `save` was given as `about`."""
    return read_tensors(path)[1].get("about", {})


def tensors_of(model: Module) -> dict[str, np.ndarray]:
    """{name: array in float64} of the parameters."""
    entries = model.state_dict().items()
    return {part: array for name, x in entries for part, array in arrays(x, name)}


def arrays(x, name: str) -> Iterator[tuple[str, np.ndarray]]:
    """(name, array) of lists of numbers; where their lengths are unequal, of each part."""
    try:
        array = np.array(x, float)
    except ValueError:
        for key, part in children(x):
            yield from arrays(part, f"{name}.{key}")
    else:
        yield name, array


def state_of(model: Module, tensors: dict[str, np.ndarray]) -> dict:
    """What `load_state_dict` takes: lists, those of unequal lengths put together again.

    Names with a slash, which checkpoints have besides the model's, are left out.
    """
    mine = model.state_dict()
    found = {name: x.tolist() for name, x in tensors.items() if "/" not in name or name in mine}
    for name, x in mine.items():
        if name not in found and all(part in found for part, _ in arrays(x, name)):
            found[name] = joined(x, name, found)
    return found


def joined(x, name: str, found: dict):
    """`name` out of its parts, which are taken from `found`."""
    if name in found:
        return found.pop(name)
    return [joined(part, f"{name}.{key}", found) for key, part in children(x)]


# ---------------------------------------------------------------------------------------- the file
