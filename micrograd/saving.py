"""Models as files: one safetensors file, which PyTorch loads under the same names.

Rule: what is no tensor is JSON in the file's metadata, with a digest of the numbers; never pickle.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from micrograd import errors
from micrograd.nn import Module
from micrograd.structure import built, described
from micrograd.support import files
from micrograd.support.nest import parts

KEY = "micrograd"  # of the metadata
FORMAT = 1


def save(model: Module, path: Path | str, about: dict | None = None) -> Path:
    """Write the parameters, what the model consists of, and `about`, which is JSON; the path.

    Names are those of `model.state_dict()`; lists of unequal lengths are written part by part.
    Raises OSError where it cannot be written, TypeError where `about` is not JSON.
    """
    if not isinstance(model, Module):
        raise TypeError(errors.saves_a_module(model))
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
        for key, part in parts(x):
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
    return [joined(part, f"{name}.{key}", found) for key, part in parts(x)]


# ---------------------------------------------------------------------------------------- the file


def write_tensors(path: Path | str, tensors: dict[str, np.ndarray], about: dict) -> Path:
    """Write the arrays, in float64, and `about`. Raises OSError, TypeError if that is not JSON."""
    from safetensors.numpy import save as as_bytes

    tensors = {name: np.asarray(array, float, order="C") for name, array in tensors.items()}
    try:
        about = json.loads(json.dumps({**about, "format": FORMAT}))  # as it will be read
    except (TypeError, ValueError) as error:
        raise TypeError(errors.about_not_json(error)) from error
    about["digest"] = digest(tensors, about)
    return files.write(path, as_bytes(tensors, {KEY: json.dumps(about)}))


def read_tensors(path: Path | str) -> tuple[dict[str, np.ndarray], dict]:
    """({name: array in float64}, about); an empty `about` if the file is not of `write_tensors`.

    Raises OSError where it cannot be read, DamagedFile where it is not what was written, ValueError
    where a later version wrote it, or its numbers are of a kind that NumPy does not know.
    """
    content = Path(path).read_bytes()
    tensors, metadata = parsed(path, content)
    about = checked(path, tensors, metadata[KEY]) if KEY in metadata else {}
    return {name: array.astype(float) for name, array in tensors.items()}, about


def parsed(path, content: bytes) -> tuple[dict[str, np.ndarray], dict]:
    """(the arrays of a safetensors file, its metadata)."""
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_bytes

    try:
        tensors = from_bytes(content)
    except KeyError as error:
        raise ValueError(errors.unknown_numbers(path, error.args[0])) from error
    except SafetensorError as error:
        raise errors.DamagedFile(errors.not_safetensors(path)) from error
    if any(array.dtype.kind == "c" for array in tensors.values()):
        raise ValueError(errors.unknown_numbers(path, "complex"))
    length = int.from_bytes(content[:8], "little")
    return tensors, json.loads(content[8 : 8 + length]).get("__metadata__", {})


def checked(path, tensors: dict, text: str) -> dict:
    """What `write_tensors` was given as `about`, and the format, if nothing has changed since."""
    try:
        about = json.loads(text)
        later, written = about["format"] > FORMAT, about.pop("digest", "")
    except (ValueError, TypeError, KeyError) as error:
        raise errors.DamagedFile(errors.damaged(path)) from error
    if later:
        raise ValueError(errors.later_format(path))
    if written != digest(tensors, about):
        raise errors.DamagedFile(errors.damaged(path))
    return about


def digest(tensors: dict[str, np.ndarray], about: dict) -> str:
    """SHA-256 of names, numbers and what is said about them."""
    found = hashlib.sha256(json.dumps(about).encode())
    for name in sorted(tensors):
        array = tensors[name]
        found.update(f"{name} {array.dtype} {array.shape}".encode() + array.tobytes())
    return found.hexdigest()
