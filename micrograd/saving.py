"""Models as files: one safetensors file, which PyTorch loads under the same names.

Rule: what is no tensor is JSON in the file's metadata, with a digest of the numbers; never pickle.
"""

import hashlib
import json
from pathlib import Path

import numpy as np

from micrograd import errors, files
from micrograd.nn import Module
from micrograd.structure import built, described

KEY = "micrograd"  # of the metadata
FORMAT = 1


def save(model: Module, path: Path | str, about: dict | None = None) -> Path:
    """Write the parameters, what the model consists of, and `about`, which is JSON; the path.

    Names are those of `model.state_dict()`. Raises OSError where it cannot be written.
    """
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
    state = {name: array.tolist() for name, array in tensors.items() if "/" not in name}
    model.load_state_dict(state)
    return model


def read_about(path: Path | str) -> dict:
    """What `save` was given as `about`."""
    return read_tensors(path)[1].get("about", {})


def tensors_of(model: Module) -> dict[str, np.ndarray]:
    """{name: array in float64} of the parameters."""
    return {name: np.array(x, float) for name, x in model.state_dict().items()}


# ---------------------------------------------------------------------------------------- the file


def write_tensors(path: Path | str, tensors: dict[str, np.ndarray], about: dict) -> Path:
    """Write the arrays and `about`, which is JSON. Raises OSError."""
    from safetensors.numpy import save as as_bytes

    tensors = {name: np.asarray(array, order="C") for name, array in tensors.items()}
    whole = {**about, "format": FORMAT, "digest": digest(tensors)}
    return files.write(path, as_bytes(tensors, {KEY: json.dumps(whole)}))


def read_tensors(path: Path | str) -> tuple[dict[str, np.ndarray], dict]:
    """({name: array}, about); an empty `about` if the file is not of `write_tensors`.

    Raises OSError where it cannot be read, DamagedFile where it is not what was written, ValueError
    where a later version wrote it.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_bytes

    content = Path(path).read_bytes()
    try:
        tensors = from_bytes(content)
        length = int.from_bytes(content[:8], "little")
        metadata = json.loads(content[8 : 8 + length]).get("__metadata__", {})
        about = json.loads(metadata.get(KEY, "{}"))
    except (SafetensorError, ValueError, KeyError) as error:
        raise errors.DamagedFile(errors.not_safetensors(path)) from error
    if about.get("format", FORMAT) > FORMAT:
        raise ValueError(errors.later_format(path))
    if about and about.get("digest") != digest(tensors):
        raise errors.DamagedFile(errors.damaged(path))
    return tensors, about


def digest(tensors: dict[str, np.ndarray]) -> str:
    """SHA-256 of names and numbers."""
    found = hashlib.sha256()
    for name in sorted(tensors):
        found.update(f"{name} {tensors[name].shape}".encode() + tensors[name].tobytes())
    return found.hexdigest()
